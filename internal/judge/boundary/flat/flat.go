// Package flat says how flat a network is: of all the ways from machines outside
// a cell to the controllers in it, how many stand open under what is really
// enforced. 0 is a plant whose controllers nobody outside their cells reaches,
// 100 one where everything reaches everything.
//
// The number is a sum of terms that one can look up, and closing a conduit or
// enforcing a pair of zones never raises it. What nobody is known to stop stands
// open. It counts single steps: what an attacker reaches over several is
// another question. Decision record 0023 has the definition and why.
package flat

import (
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/record"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// Input is what a network is measured by.
type Input struct {
	Model *model.Model // nil for none
	// Draft is Model, compiled: what it would mean to enforce it.
	Draft *policy.Policy
	// Enforced is what an enforcer holds now, as it was read back; nil if nothing
	// is enforced, or nobody knows.
	Enforced *policy.Policy
	Assets   []record.Asset
	Talks    []record.Talk // what closing would stop
	// Around are conversations that were answered although Enforced stops them,
	// as package proof finds them: between their zones nothing holds.
	Around []record.Talk
	Now    time.Time
}

// Flatness is how flat a network is.
type Flatness struct {
	// Number is 0 to 100; -1 where nothing can be said: there is nothing that
	// could be reached.
	Number float64
	Says   string
	Terms  []Term // the heaviest first
	Next   *Next  // nil if nothing is left to close
	Others []Next // what comes after it, at most nine
}

// Term is one pair of zones in the number.
type Term struct {
	From, To     string // zones, "" for what stands in none
	FromName     string
	ToName       string
	Sources      int     // assets in From
	Targets      int     // assets in To that do something to the process
	Weight       float64 // of the targets together
	Open         float64 // 0 to 1: how far From reaches into To
	Why          string  // what makes it so
	Contribution float64 // to the number
}

// Next is one thing to close.
type Next struct {
	Conduit  string // to close or to narrow, "" where a pair is to be enforced
	From, To string
	Gains    float64 // by how much the number goes down
	Number   float64 // what it would be then
	Risk     float64 // conversations that would be stopped, by how lately and on which line; 0 for none
	Blocked  int     // conversations that would be stopped
	Lines    []string
	PerHour  float64   // of those lines
	Last     time.Time // of those conversations
	Says     string
}
