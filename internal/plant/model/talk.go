package model

import "github.com/bulkhead-ot/bulkhead/internal/plant"

// Kinds is a set of kinds of operation.
type Kinds uint16

// KindsOf makes a set.
func KindsOf(all ...plant.Kind) Kinds {
	var k Kinds
	for _, one := range all {
		k |= 1 << one
	}
	return k
}

// Has reports whether a kind is in the set.
func (k Kinds) Has(one plant.Kind) bool { return k>>one&1 != 0 }

// List are the kinds in the set, the most consequential first.
func (k Kinds) List() []plant.Kind {
	var all []plant.Kind
	for one := plant.Firmware; ; one-- {
		if k.Has(one) {
			all = append(all, one)
		}
		if one == plant.Other {
			return all
		}
	}
}

// Talk is a conversation as a conduit looks at it.
type Talk struct {
	From, To  string // zones of the client and the server; "" for none
	Protocol  string
	Transport plant.Transport
	Port      uint16 // the server's
	Answered  bool
	Kinds     Kinds // of operations that were asked for
}

// State is what a model makes of a conversation.
type State uint8

// States. The numbers are kept in databases.
const (
	StateNone      State = iota // no model has been asked
	StateWithin                 // both ends stand in one zone
	StateCovered                // a conduit allows it
	StateUncovered              // no conduit allows it, and it was answered
	StateAttempt                // no conduit allows it, and nobody answered
	StateAside                  // names, time and announcements that no conduit names
	StateUnknown                // an end stands in no zone
)

var stateNames = [...]string{"none", "within", "covered", "uncovered", "attempt", "aside", "unknown"}

// String is the name used in JSON.
func (s State) String() string {
	if int(s) >= len(stateNames) {
		return "none"
	}
	return stateNames[s]
}

// ParseState is the state of that name.
func ParseState(name string) (State, bool) {
	for i, n := range stateNames {
		if n == name {
			return State(i), true
		}
	}
	return StateNone, false
}

// Verdict is a state with its reason.
type Verdict struct {
	State   State
	Conduit string // that allows it, "" if none does
	Why     string // a sentence
}
