// Package propose drafts a boundary from what was recorded: zones, each with
// why its members belong together, and the fewest conduits that carry what was
// seen between them, each with its evidence, what it would newly forbid and
// what it leaves open.
//
// What looks wrong is listed by itself and never proposed for allowing: an
// office computer that writes to a controller, a controller that talks to the
// internet, one line that reaches into another. A plant model that exists is
// kept: its people, lines, owners, windows, zones and conduits stay as they
// are, and only what they lack is added.
//
// Zones, conduits and security levels are those of IEC 62443-3-2 (ZCR 3). The
// package is pure: the same input gives the same proposal.
package propose

import (
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/record"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
)

// Input is what a proposal is made from.
type Input struct {
	Site string
	// Text is the plant model that holds, "" if there is none. It must be one
	// that model.Parse accepts; one that it does not is left out with a note.
	Text   string
	Assets []record.Asset
	Talks  []record.Talk
	Now    time.Time
}

// Proposal is a boundary as it could be.
type Proposal struct {
	Zones    []Zone
	Conduits []Conduit
	Wrong    []Wrong
	Notes    []string // what a person has to decide, a sentence each
	// Text is the plant model that would result: model.Parse accepts it.
	Text  string
	Model *model.Model // Text, parsed
}

// Zone is a zone with what stands in it.
type Zone struct {
	ID, Name string
	Kind     model.ZoneKind
	Level    *float64
	Members  []model.Member // of the plant model
	Assets   []string       // identifiers of those that would stand in it
	Why      string         // a sentence
	Kept     bool           // the plant model has it already
}

// Conduit is what may pass from one zone to another, with its evidence.
type Conduit struct {
	ID, Name string
	From, To string
	Allow    []model.Service
	Reason   string
	Kept     bool // the plant model has it already
	// Talks are the conversations that it is for, the newest first, at most
	// MaxEvidence of Conversations. IDs of record.Talk.
	Talks         []int64
	Conversations int
	Clients       int // assets that ask
	Servers       int // assets that answer
	Last          time.Time
	// Forbids is what would be stopped from From to To once the pair is enforced
	// and what stands open, a sentence each.
	Forbids []string
	Open    []string
}

// MaxEvidence bounds the conversations that a conduit names.
const MaxEvidence = 100

// Wrong is something that was seen and is never proposed for allowing.
type Wrong struct {
	Rule             Rule
	Client, Server   string // identifiers of assets
	FromZone, ToZone string
	Protocol         string
	Transport        plant.Transport
	Port             uint16
	Kinds            model.Kinds
	Why              string // a sentence
	Conversations    int
	Count            uint64
	First, Last      time.Time
	Talk             int64 // the newest conversation
}

// Rule is why something looks wrong.
type Rule string

// Rules, the worst first.
const (
	Inbound  Rule = "inbound"  // from the internet to the plant
	Control  Rule = "control"  // office or vendor writes to, programs or stops a controller
	Internet Rule = "internet" // a controller talks to the internet
	Remote   Rule = "remote"   // somebody steers a plant machine by a remote-control program
	Across   Rule = "across"   // one line reaches into another
	Direct   Rule = "direct"   // a vendor reaches a cell past operations and past the gateway
	Scan     Rule = "scan"     // a machine tried many others
)
