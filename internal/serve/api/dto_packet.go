package api

import "time"

// PacketQuery says which packets of a sensor's ring are meant: those around a
// number or around a time, of an asset or between two.
type PacketQuery struct {
	Site   string    `query:"site" json:"site,omitempty" maxLength:"128" doc:"Needed only where two sites have a sensor of this name."`
	Sensor string    `query:"sensor" json:"sensor" required:"true" minLength:"1" maxLength:"128" doc:"The sensor whose ring holds them."`
	Number uint64    `query:"number" json:"number,omitempty" maximum:"281474976710655" doc:"A packet's number; with around, those before and after it."`
	Around int       `query:"around" json:"around,omitempty" minimum:"0" maximum:"10000" doc:"Packets before and after number."`
	From   time.Time `query:"from" json:"from,omitzero" doc:"Instead of number, or to make it certain: packets from this time on."`
	To     time.Time `query:"to" json:"to,omitzero" doc:"Packets before this time; at most one day after from."`
	Asset  string    `query:"asset" json:"asset,omitempty" maxLength:"256" doc:"Only packets from or to this asset's addresses."`
	Peer   string    `query:"peer" json:"peer,omitempty" maxLength:"256" doc:"Only those between asset and this asset."`
}

// KeepRequest asks for a cut of packets to be kept as evidence.
type KeepRequest struct {
	PacketQuery
	Note string `json:"note,omitempty" maxLength:"1000" doc:"Why they are kept."`
}

// KeptPackets is a cut that is kept: an immutable pcapng file.
type KeptPackets struct {
	ID      string     `json:"id"`
	Site    string     `json:"site"`
	Sensor  string     `json:"sensor"`
	Note    string     `json:"note"`
	Packets uint64     `json:"packets"`
	Bytes   uint64     `json:"bytes" doc:"Of the file."`
	SHA256  string     `json:"sha256" doc:"Of the file, hexadecimal."`
	From    *time.Time `json:"from" doc:"Time of its first packet."`
	To      *time.Time `json:"to"`
	Made    *time.Time `json:"made" doc:"When it was kept."`
}

// Job is the import of one capture.
type Job struct {
	ID        string     `json:"id"`
	Name      string     `json:"name" doc:"Of the file, as the one who sent it called it."`
	Site      string     `json:"site"`
	Sensor    string     `json:"sensor" doc:"The name under which its observations come."`
	SHA256    string     `json:"sha256" doc:"Of the file, hexadecimal."`
	State     string     `json:"state" enum:"queued,reading,done,failed,cancelled"`
	Problem   string     `json:"problem" doc:"Why it failed and what to do; empty if it did not."`
	Bytes     uint64     `json:"bytes" doc:"Size of the file."`
	BytesRead uint64     `json:"bytes_read" doc:"Of the file, up to now."`
	Packets   uint64     `json:"packets" doc:"Read up to now."`
	Created   *time.Time `json:"created"`
	Started   *time.Time `json:"started"`
	Ended     *time.Time `json:"ended"`
}

// Health is what /healthz and /readyz say.
type Health struct {
	Status string  `json:"status" enum:"ok,not ready"`
	Checks []Check `json:"checks"`
}

// Check is one thing that has to work.
type Check struct {
	Name    string `json:"name"`
	OK      bool   `json:"ok"`
	Problem string `json:"problem" doc:"In words for a person, without details of the machine; empty if all is well."`
}

// State is what a topic is when a stream begins, or begins anew.
type State struct {
	Topic string `json:"topic" enum:"assets,sensors,captures,findings,overview"`
	Value any    `json:"value" doc:"The first page of the topic's list route; for overview the overview, and for assets only their total: ask /assets for those that are shown."`
}

// Change is one event of the stream: a thing that is new or other than before,
// or gone.
type Change struct {
	Topic string `json:"topic" enum:"assets,sensors,captures,findings,overview"`
	Op    string `json:"op" enum:"put,remove"`
	ID    string `json:"id"`
	Value any    `json:"value,omitempty" doc:"The thing as its list route gives it; absent on remove, and where it is large: ask for it."`
}

// AssetTotal is the state of the topic assets.
type AssetTotal struct {
	Total int64 `json:"total"`
}
