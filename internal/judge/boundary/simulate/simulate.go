// Package simulate replays recorded conversations against a boundary that is
// not enforced yet: what would have been stopped, on which line, how often, when
// last, what that line costs by the hour, and what the nearest conduit lacks.
//
// Each conversation is judged by address, as an enforcer does it, and then by
// its operations where a relay reads them. Rows are grouped so that a person
// reads tens of them. What only asks for names and time, and what never leaves
// its own segment, is counted by itself. A conversation with an end that stands
// in no zone is never said to pass because of that.
//
// A replay keeps sums only: conversations are streamed through it.
package simulate

import (
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/record"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// Judge says what a policy does with a packet: a *verdict.Table.
type Judge interface {
	Judge(policy.Packet) policy.Verdict
}

// Input is what a replay is made with.
type Input struct {
	Policy *policy.Policy // the draft, compiled
	// Table judges by Policy; nil makes one.
	Table  Judge
	Model  *model.Model // the draft, as people read it
	Assets []record.Asset
	Marks  []Mark
	Now    time.Time
}

// Mark is what a person decided about a row.
type Mark struct {
	Row    string // Row.Key
	Says   Decision
	Until  time.Time // of Ignore: from then on it counts again
	By     string
	Reason string
}

// Decision is what is done about something that would be stopped.
type Decision string

// Decisions.
const (
	Accept Decision = "accept" // it may be stopped
	Fix    Decision = "fix"    // the draft will be changed
	Ignore Decision = "ignore" // until a day it is left open
)

// Result is what a draft would have done.
type Result struct {
	Total     int // conversations
	Passes    int // of them: allowed by a conduit, or within one zone
	Inspected int // of those: through a relay
	// Blocked are conversations that no conduit allows and that were answered.
	Blocked []Row
	// Attempts are those that nobody answered: nothing is lost without them.
	Attempts []Row
	// Refused are conversations that a conduit with a relay lets through, and of
	// which the relay would refuse some operations.
	Refused []Row
	// Beyond are those whose conduit means less than it can be held to: the port
	// is open, and they ask for more than its verbs.
	Beyond []Row
	Aside  []Row // names, time and announcements that no conduit names
	// Frames are those without an IP header between machines of two zones, which
	// a bridge stops unless the boundary names them. A router never passes them.
	Frames   []Row
	Local    int // conversations that never leave their segment
	Unjudged int // through a relay that also looks at objects, which a conversation does not tell
	Lines    []Line
	// Open are the blocked and refused rows that no mark answers.
	Open        int
	From, To    time.Time // of what was replayed
	Approximate bool      // there were more kinds of row than are kept: some are put together
}

// Row is conversations of one kind.
type Row struct {
	Key              string // names the row for as long as it means the same
	Clients, Servers []Ref  // at most MaxRefs each
	ClientCount      int
	ServerCount      int
	FromZone, ToZone string // identifiers, "" for nowhere
	Protocol         string // "" where several are put together
	Transport        plant.Transport
	Port             uint16 // 0 where there is none or several are put together
	Kinds            model.Kinds
	Conversations    int
	Count            uint64
	First, Last      time.Time
	Days             int    // of the conversation that was seen on most
	Line             string // that it would touch, "" for none
	PerHour          float64
	Restart          float64
	Why              string // what is missing, a sentence
	Conduit          string // the nearest, "" if none leads there
	// Stage is of the pair of zones in the draft: what it would do today.
	Stage    model.Stage
	Answered bool  // somebody answered: without it nothing is lost
	Talk     int64 // the newest conversation
	Mark     *Mark
}

// Ref names an asset.
type Ref struct{ ID, Label string }

// MaxRefs bounds the assets that a row names.
const MaxRefs = 20

// Line is what would be stopped on one line.
type Line struct {
	ID, Name string // "" for what stands on no line
	Blocked  int    // rows
	Refused  int
	Count    uint64
	Last     time.Time
	PerHour  float64
}
