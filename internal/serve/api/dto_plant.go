package api

import "time"

// Overview is what the shell of the console shows on every page.
type Overview struct {
	Sites           []string      `json:"sites"`
	Assets          AssetCounts   `json:"assets"`
	Conversations   int64         `json:"conversations"`
	Crossings       int64         `json:"crossings" doc:"Conversations from one side of the plant's network to the other."`
	Findings        FindingCounts `json:"findings"`
	Sensors         SensorCounts  `json:"sensors"`
	LastObservation *time.Time    `json:"last_observation" doc:"Packet time of the newest thing seen."`
	KeptFrom        *time.Time    `json:"kept_from" doc:"From when on conversations and operations are kept."`
	KeptTo          *time.Time    `json:"kept_to"`
	Version         string        `json:"version" doc:"Of the program."`
	Now             time.Time     `json:"now" doc:"The server's clock."`
}

// AssetCounts is how many assets there are, seen three ways.
type AssetCounts struct {
	Total   int64   `json:"total"`
	Unknown int64   `json:"unknown" doc:"Inside the site, with neither role nor vendor known."`
	Kinds   []Count `json:"kinds"`
	Sides   []Count `json:"sides"`
	Roles   []Count `json:"roles"`
}

// SensorCounts is how many sensors do their work.
type SensorCounts struct {
	Total int64 `json:"total"`
	OK    int64 `json:"ok"`
	Not   int64 `json:"not" doc:"With a problem, silent, without link, or not heard of."`
}

// Map is the plant as a picture: Purdue levels are bands, networks are boxes,
// assets stand in the boxes.
type Map struct {
	At    time.Time  `json:"at" doc:"The time it shows."`
	From  *time.Time `json:"from" doc:"From when on its edges count; null for all time."`
	Bands []Band     `json:"bands" doc:"Highest level first; the one without a level is last."`
	Boxes []Box      `json:"boxes"`
	Edges []Edge     `json:"edges" doc:"Between boxes, added up; and between assets where sides are crossed."`
	More  int64      `json:"more" doc:"Assets left out because there are too many to draw; each box counts its own."`
}

// Band is one Purdue level.
type Band struct {
	Level *float64 `json:"level"`
	Name  string   `json:"name"`
}

// Box is one zone in one band, or one network where no zone is declared.
type Box struct {
	ID      string     `json:"id"`
	Site    string     `json:"site"`
	Network string     `json:"network" doc:"Empty for a zone."`
	Zone    string     `json:"zone" doc:"Of the plant model; empty for a network whose assets stand in no zone."`
	Name    string     `json:"name" doc:"What people call the zone; the network's name else."`
	Kind    string     `json:"kind" doc:"Of the zone: enterprise, dmz, operations, cell, safety, vendor, wireless, internet; network else."`
	Line    string     `json:"line" doc:"That all its assets with a line belong to; empty if there is none, or several."`
	Level   *float64   `json:"level"`
	Side    string     `json:"side" enum:"ot,it,unknown" doc:"Of most of its assets."`
	Total   int64      `json:"total" doc:"Assets in it, drawn or not."`
	Assets  []MapAsset `json:"assets" doc:"Those with findings first, then by label."`
}

// MapAsset is one asset in a box.
type MapAsset struct {
	ID          string   `json:"id"`
	Label       string   `json:"label"`
	Role        string   `json:"role"`
	Kind        string   `json:"kind" enum:"device,network,external"`
	Side        string   `json:"side" enum:"ot,it,unknown"`
	Level       *float64 `json:"level"`
	VendorKnown bool     `json:"vendor_known"`
	Line        string   `json:"line" doc:"Of the plant model."`
	Worst       string   `json:"worst" enum:"high,medium,low,info,none" doc:"The level of its most serious finding."`
}

// Edge is what passes between two boxes or two assets.
type Edge struct {
	Between    string     `json:"between" enum:"boxes,assets"`
	From       string     `json:"from" doc:"Identifier of the box or asset that asks."`
	To         string     `json:"to"`
	Protocols  []string   `json:"protocols"`
	Packets    uint64     `json:"packets"`
	Bytes      uint64     `json:"bytes"`
	Last       *time.Time `json:"last"`
	Crossing   bool       `json:"crossing"`
	Operations []string   `json:"operations" doc:"Kinds of operation that were asked for, the most consequential first."`
	Conduits   []string   `json:"conduits" doc:"Of the plant model, that cover some of it."`
	Uncovered  int64      `json:"uncovered" doc:"Conversations between zones that were answered and that no conduit covers."`
}

// Sensor is how one sensor does.
type Sensor struct {
	Name     string     `json:"name"`
	Site     string     `json:"site"`
	State    string     `json:"state" doc:"What it says it does: watching, silent, no link, reading, ended."`
	OK       bool       `json:"ok" doc:"It does its work: no problem, heard of within the last minutes, or ended as meant."`
	Problem  string     `json:"problem" doc:"What is wrong and what to do; empty if nothing is."`
	Version  string     `json:"version"`
	Source   string     `json:"source" example:"eth1"`
	Started  *time.Time `json:"started"`
	Heard    *time.Time `json:"heard" doc:"When its last batch was made, by its own clock."`
	Seen     *time.Time `json:"seen" doc:"Packet time up to which the hub knows what it saw."`
	Applied  *time.Time `json:"applied" doc:"When its last batch was taken in, by the hub's clock."`
	Lag      *float64   `json:"lag" doc:"Seconds between its last batch being made and being taken in; null if unknown."`
	Epoch    string     `json:"epoch"`
	Sequence uint64     `json:"sequence" doc:"Of the last batch applied."`
	Batches  uint64     `json:"batches" doc:"That were taken in."`
	Missing  uint64     `json:"missing" doc:"Batches that have not come."`
	OneSided int64      `json:"one_sided" doc:"Conversations of which only one side is seen: the mirror port lacks a direction."`

	Packets    uint64 `json:"packets" doc:"Read from the source since it started, copies included."`
	Bytes      uint64 `json:"bytes"`
	Dropped    uint64 `json:"dropped" doc:"By the kernel: they came too fast."`
	Duplicates uint64 `json:"duplicates" doc:"Copies that the mirror port made."`
	Undecoded  uint64 `json:"undecoded" doc:"Whose link or network layer is not read."`
	Sampled    uint64 `json:"sampled" doc:"Cyclic I/O counted without being parsed."`
	Failures   uint64 `json:"failures" doc:"Of decoders."`
	Lost       uint64 `json:"lost" doc:"Observations that found no room."`
	Flows      uint64 `json:"flows" doc:"In progress now."`

	PacketsPerSecond *float64 `json:"packets_per_second" doc:"Over the last minutes; null until two batches are known."`
	BytesPerSecond   *float64 `json:"bytes_per_second"`
	DropsPerSecond   *float64 `json:"drops_per_second"`

	RingBytes  uint64     `json:"ring_bytes" doc:"Packets kept on disk."`
	RingOldest *time.Time `json:"ring_oldest" doc:"From when on packets can be shown; null without a ring."`
}

// History is what is kept of the past, and for how long.
type History struct {
	Days      []HistoryDay `json:"days" doc:"Newest first."`
	Rows      uint64       `json:"rows"`
	Bytes     uint64       `json:"bytes"`
	Oldest    *time.Time   `json:"oldest"`
	Newest    *time.Time   `json:"newest"`
	Retention Retention    `json:"retention"`
}

// HistoryDay is the sealed segments of one day, kind and step.
type HistoryDay struct {
	Site     string `json:"site"`
	Day      string `json:"day" format:"date"`
	Kind     string `json:"kind" enum:"conversations,operations"`
	Step     string `json:"step" enum:"minute,hour,day" doc:"What one row covers."`
	Segments int64  `json:"segments" doc:"Files."`
	Rows     uint64 `json:"rows"`
	Bytes    uint64 `json:"bytes"`
}

// Retention is how long history is kept. Rows by the minute are rolled up to
// hours and then days as they age.
type Retention struct {
	MinuteDays int    `json:"minute_days" minimum:"0" maximum:"36500" doc:"Days for which there is a row a minute; 0 for ever."`
	HourDays   int    `json:"hour_days" minimum:"0" maximum:"36500" doc:"Days for which there is a row an hour; 0 for ever."`
	DayDays    int    `json:"day_days" minimum:"0" maximum:"36500" doc:"Days for which there is a row a day; 0 for ever."`
	MaxBytes   uint64 `json:"max_bytes" maximum:"9007199254740991" doc:"Size on disk at which the oldest go early; 0 for no limit."`
}

// Settings is what people can set.
type Settings struct {
	Retention Retention `json:"retention"`
}
