// Package model is the plant in its own people's words: who answers for what,
// which lines there are and what their stop costs, which zones the machines
// stand in, what may pass between zones, and when a line may be touched. One
// document, plant.yaml, describes one site.
//
// Parse reads the text and reports every problem at once, each with line,
// column and what would be right. Edit changes the text and keeps its comments.
// Diff tells two models apart in sentences. Place says where an asset stands
// and why. The package does no I/O, reads no clock and starts no goroutine.
//
// docs/plant-model.md describes the document for people. The words are those
// of IEC 62443-1-1 and IEC 62443-3-2 (zone, conduit, security level).
package model

import (
	"net/netip"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// Model is one site. Lists keep the order of the text. A model that Parse
// returned without an error refers only to things that it has.
type Model struct {
	Site     string    `yaml:"site" json:"site" need:"always" eg:"site: demo" doc:"The site's identifier, as sensors report it."`
	Name     string    `yaml:"name" json:"name" doc:"What people call the site."`
	TimeZone string    `yaml:"time_zone" json:"time_zone" eg:"time_zone: Europe/Berlin" doc:"Of maintenance windows and shifts: a name of the IANA time zone database."`
	Currency string    `yaml:"currency" json:"currency" eg:"currency: EUR" doc:"Of all costs: an ISO 4217 code."`
	People   []Person  `yaml:"people" json:"people"`
	Teams    []Team    `yaml:"teams" json:"teams"`
	Owners   Owners    `yaml:"owners" json:"owners" doc:"Of whatever names none of its own."`
	Cost     Cost      `yaml:"cost" json:"cost" doc:"Of a stop of a line that names none of its own."`
	Lines    []Line    `yaml:"lines" json:"lines"`
	Zones    []Zone    `yaml:"zones" json:"zones"`
	Conduits []Conduit `yaml:"conduits" json:"conduits"`
	Boundary Between   `yaml:"boundary" json:"boundary" doc:"How strictly the boundary is held where no conduit says so."`
	Windows  []Window  `yaml:"windows" json:"windows"`
}

// Side is whom someone works for. What crosses the boundary has one owner on
// each side.
type Side string

// Sides.
const (
	SideIT         Side = "it"
	SideOperations Side = "operations"
)

// Person is somebody who can own something.
type Person struct {
	ID    string `yaml:"id" json:"id" need:"always" eg:"id: anna"`
	Name  string `yaml:"name" json:"name" need:"always" eg:"name: Anna Weiss"`
	Side  Side   `yaml:"side" json:"side" need:"always" eg:"side: it" enum:"it,operations"`
	Mail  string `yaml:"mail" json:"mail" eg:"mail: anna@example.com"`
	Phone string `yaml:"phone" json:"phone" eg:"phone: \"+49 30 1234\""`
}

// Team is people who own something together, by shifts if it has any.
type Team struct {
	ID      string   `yaml:"id" json:"id" need:"always" eg:"id: maintenance"`
	Name    string   `yaml:"name" json:"name" need:"always" eg:"name: Maintenance"`
	Side    Side     `yaml:"side" json:"side" need:"always" eg:"side: operations" enum:"it,operations"`
	Mail    string   `yaml:"mail" json:"mail" eg:"mail: maintenance@example.com"`
	Phone   string   `yaml:"phone" json:"phone" eg:"phone: \"+49 30 1234\""`
	Members []string `yaml:"members" json:"members" eg:"members: [anna, bernd]"`
	Shifts  []Shift  `yaml:"shifts" json:"shifts"`
}

// Shift is when which of a team's people are there.
type Shift struct {
	Name   string   `yaml:"name" json:"name" need:"always" eg:"name: early"`
	People []string `yaml:"people" json:"people" eg:"people: [bernd]"`
	Days   Days     `yaml:"days" json:"days" need:"always" eg:"days: [mon-fri]"`
	From   Clock    `yaml:"from" json:"from" need:"always" eg:"from: \"06:00\""`
	To     Clock    `yaml:"to" json:"to" need:"always" eg:"to: \"14:00\""` // the next day's if it is not after From
}

// Owners are the person or team of each side that answers for something, ""
// where none is named here. OwnersOf gives what is inherited.
type Owners struct {
	IT         string `yaml:"it" json:"it" eg:"it: anna"`
	Operations string `yaml:"operations" json:"operations" eg:"operations: bernd"`
}

// Cost is what a stop costs, in the site's currency. Zero is not known.
type Cost struct {
	PerHour  float64 `yaml:"per_hour" json:"per_hour" eg:"per_hour: 2200" doc:"For each hour that the line stands."`
	Restart  float64 `yaml:"restart" json:"restart" eg:"restart: 1500" doc:"Once for each stop: cleaning, scrap, starting up."`
	Spoilage float64 `yaml:"spoilage" json:"spoilage" eg:"spoilage: 12000" doc:"Once for each stop that outlasts spoils_after: what must be thrown away."`
	// SpoilsAfter is from when on Spoilage is lost, in hours.
	SpoilsAfter float64 `yaml:"spoils_after" json:"spoils_after" eg:"spoils_after: 4" doc:"Hours after which spoilage is lost; 0 is at once."`
}

// Line is what stops together.
type Line struct {
	ID      string   `yaml:"id" json:"id" need:"always" eg:"id: line-2"`
	Name    string   `yaml:"name" json:"name" need:"always" eg:"name: Filling"`
	Note    string   `yaml:"note" json:"note"`
	Owners  Owners   `yaml:"owners" json:"owners"`
	Cost    Cost     `yaml:"cost" json:"cost"`
	Members []Member `yaml:"members" json:"members" doc:"What belongs to the line and to none of its cells."`
	Cells   []Cell   `yaml:"cells" json:"cells"`
}

// Cell is a part of a line.
type Cell struct {
	ID      string   `yaml:"id" json:"id" need:"always" eg:"id: filler"`
	Name    string   `yaml:"name" json:"name" need:"always" eg:"name: Filler"`
	Note    string   `yaml:"note" json:"note"`
	Owners  Owners   `yaml:"owners" json:"owners"`
	Members []Member `yaml:"members" json:"members"`
}

// ZoneKind is what a zone is for.
type ZoneKind string

// Kinds of zone.
const (
	ZoneEnterprise ZoneKind = "enterprise"
	ZoneDMZ        ZoneKind = "dmz"
	ZoneOperations ZoneKind = "operations"
	ZoneCell       ZoneKind = "cell"
	ZoneSafety     ZoneKind = "safety"
	ZoneVendor     ZoneKind = "vendor"
	ZoneWireless   ZoneKind = "wireless"
	ZoneInternet   ZoneKind = "internet"
)

// ZoneKinds are all kinds, from the one furthest from the process.
var ZoneKinds = []ZoneKind{ZoneInternet, ZoneVendor, ZoneEnterprise, ZoneWireless, ZoneDMZ, ZoneOperations, ZoneCell, ZoneSafety}

// Zone is assets with the same security needs.
type Zone struct {
	ID   string   `yaml:"id" json:"id" need:"always" eg:"id: office"`
	Name string   `yaml:"name" json:"name" need:"always" eg:"name: Office"`
	Kind ZoneKind `yaml:"kind" json:"kind" need:"always" eg:"kind: enterprise" enum:"enterprise,dmz,operations,cell,safety,vendor,wireless,internet"`
	// Level is the Purdue level; nil where none is given.
	Level *float64 `yaml:"level" json:"level" eg:"level: 4"`
	// Target is the security level that the zone should reach (IEC 62443 SL-T), 1
	// to 4; 0 where none is given.
	Target  int      `yaml:"target" json:"target" eg:"target: 2" doc:"Security level to reach, 1 to 4 (IEC 62443 SL-T); 0 if none is given."`
	Note    string   `yaml:"note" json:"note"`
	Owners  Owners   `yaml:"owners" json:"owners"`
	Members []Member `yaml:"members" json:"members"`
}

// Member says which assets belong. All that it names must hold, and it names at
// least one thing. Of the members that match an asset the most specific wins:
// asset, MAC, subnet (the longer prefix first), VLAN, name, role, cell, line.
type Member struct {
	Asset  string       `yaml:"asset" json:"asset,omitempty" eg:"asset: mac-001b1b473fa2" doc:"An asset's identifier."`
	MAC    plant.MAC    `yaml:"mac" json:"mac,omitzero" eg:"mac: 00:1b:1b:47:3f:a2"`
	Subnet netip.Prefix `yaml:"subnet" json:"subnet,omitzero" eg:"subnet: 10.20.2.0/24"`
	VLAN   uint16       `yaml:"vlan" json:"vlan,omitempty" eg:"vlan: 12"`
	Name   string       `yaml:"name" json:"name,omitempty" eg:"name: \"PC-*\"" doc:"A pattern of one of its names: * is any text, ? any one character; case does not matter."`
	Role   string       `yaml:"role" json:"role,omitempty" eg:"role: HMI"`
	Line   string       `yaml:"line" json:"line,omitempty" eg:"line: line-2" doc:"Whatever stands in this line."`
	Cell   string       `yaml:"cell" json:"cell,omitempty" eg:"cell: filler" doc:"Whatever stands in this cell."`
}

// Stage is how far a boundary goes with what is not allowed.
type Stage string

// Stages, from the one that does nothing.
const (
	StageObserve    Stage = "observe"     // everything passes
	StageShadow     Stage = "shadow"      // everything passes, and what would be stopped is reported
	StageEnforceNew Stage = "enforce-new" // new connections are judged, those that stand go on
	StageEnforce    Stage = "enforce"     // what is not allowed stops
)

// Stages are all stages, from the one that does nothing.
var Stages = []Stage{StageObserve, StageShadow, StageEnforceNew, StageEnforce}

// Between is what holds between zones that no conduit joins.
type Between struct {
	// Stage is of pairs of zones without a conduit; "" is StageObserve.
	Stage Stage `yaml:"stage" json:"stage,omitempty" eg:"stage: shadow" enum:"observe,shadow,enforce-new,enforce"`
	// Ethernet are frames without an IP header that may pass a bridge, beside ARP.
	Ethernet []string `yaml:"ethernet" json:"ethernet,omitempty" eg:"ethernet: [profinet, lldp]" doc:"Protocols without IP that may pass a bridge: profinet, ethercat, mrp, ptp, lldp, goose, sv, powerlink, sercos, or a number such as 0x8892."`
}

// Conduit is what may pass from one zone to another: From asks, To answers.
type Conduit struct {
	ID     string    `yaml:"id" json:"id" need:"always" eg:"id: historian"`
	Name   string    `yaml:"name" json:"name" eg:"name: Historian reads the lines"`
	From   string    `yaml:"from" json:"from" need:"always" eg:"from: operations"`
	To     string    `yaml:"to" json:"to" need:"always" eg:"to: dmz"`
	Allow  []Service `yaml:"allow" json:"allow" need:"always" eg:"allow: [ { protocol: opcua, verbs: [read, auth] } ]"`
	Reason string    `yaml:"reason" json:"reason" need:"always" eg:"reason: The office plans by what the lines made."`
	Owners Owners    `yaml:"owners" json:"owners"`
	// Stage is how far the boundary goes from From to To with what no conduit
	// allows: of several conduits the strictest counts. "" is that of Between.
	Stage Stage `yaml:"stage" json:"stage,omitempty" eg:"stage: shadow" enum:"observe,shadow,enforce-new,enforce"`
	// Review is by when its owners look at it again. Expires is the first day on
	// which it does not hold any more.
	Review  Date `yaml:"review" json:"review,omitzero" eg:"review: 2027-01-31"`
	Expires Date `yaml:"expires" json:"expires,omitzero" eg:"expires: 2027-06-30"`
}

// Service is one thing that a conduit lets through. All that it names must
// hold.
type Service struct {
	Protocol  string   `yaml:"protocol" json:"protocol,omitempty" eg:"protocol: opcua" doc:"An application protocol, by the name that conversations show."`
	Transport string   `yaml:"transport" json:"transport,omitempty" eg:"transport: tcp" enum:"tcp,udp,ip,eth"`
	Port      Ports    `yaml:"port" json:"port,omitzero" eg:"port: 443" doc:"Of the server: a port, a range, or a list of them."`
	Objects   []string `yaml:"objects" json:"objects,omitempty" eg:"objects: [\"holding registers 0-99\"]" doc:"What may be asked about, in the words that operations show: registers, a data block, a unit. All if none is named."`
	Verbs     []string `yaml:"verbs" json:"verbs,omitempty" eg:"verbs: [read, auth]" doc:"Kinds of operation that may be asked for; all if none is named. Identifying oneself and keeping a session alive always may."`
	Any       bool     `yaml:"any" json:"any,omitempty" eg:"any: true" doc:"Everything: nothing else is named then."`
}

// Window is when lines may be touched: every week (Days, From and To or Length),
// or once (Date, From and To or Length; or Start and End).
type Window struct {
	ID    string   `yaml:"id" json:"id" need:"always" eg:"id: saturday"`
	Name  string   `yaml:"name" json:"name" eg:"name: Saturday cleaning"`
	Lines []string `yaml:"lines" json:"lines" eg:"lines: [line-2]" doc:"Which lines; none is all of them."`
	Days  Days     `yaml:"days" json:"days" eg:"days: [sat]"`
	Date  Date     `yaml:"date" json:"date,omitzero" eg:"date: 2026-12-28"`
	From  Clock    `yaml:"from" json:"from" eg:"from: \"06:00\""`
	To    Clock    `yaml:"to" json:"to" eg:"to: \"10:00\""`
	// Length is how long it lasts, where it goes on past midnight or for days.
	Length Length `yaml:"length" json:"length,omitzero" eg:"length: 8h"`
	// Since and Until bound a weekly window, both days included.
	Since Date   `yaml:"since" json:"since,omitzero" eg:"since: 2026-10-01"`
	Until Date   `yaml:"until" json:"until,omitzero" eg:"until: 2027-03-31"`
	Note  string `yaml:"note" json:"note"`
}

// Zone is the zone of that identifier, nil if there is none.
func (m *Model) Zone(id string) *Zone { return find(m.Zones, id, func(z *Zone) string { return z.ID }) }

// Line is the line of that identifier, nil if there is none.
func (m *Model) Line(id string) *Line { return find(m.Lines, id, func(l *Line) string { return l.ID }) }

// Conduit is the conduit of that identifier, nil if there is none.
func (m *Model) Conduit(id string) *Conduit {
	return find(m.Conduits, id, func(c *Conduit) string { return c.ID })
}

// Person is the person of that identifier, nil if there is none.
func (m *Model) Person(id string) *Person {
	return find(m.People, id, func(p *Person) string { return p.ID })
}

// Team is the team of that identifier, nil if there is none.
func (m *Model) Team(id string) *Team { return find(m.Teams, id, func(t *Team) string { return t.ID }) }

// Cell is the cell of that identifier and its line, nil if there is none.
// Identifiers of cells are one of a kind in the site.
func (m *Model) Cell(id string) (*Cell, *Line) {
	for i := range m.Lines {
		if c := find(m.Lines[i].Cells, id, func(c *Cell) string { return c.ID }); c != nil {
			return c, &m.Lines[i]
		}
	}
	return nil, nil
}

// Called is what people call a person or a team; the identifier if it is none.
func (m *Model) Called(id string) string {
	if p := m.Person(id); p != nil {
		return p.Name
	}
	if t := m.Team(id); t != nil {
		return t.Name
	}
	return id
}

func find[T any](list []T, id string, of func(*T) string) *T {
	for i := range list {
		if of(&list[i]) == id {
			return &list[i]
		}
	}
	return nil
}
