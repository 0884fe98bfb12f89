// Package symbolic says what a boundary does with all packets at once: with
// those that were never seen too. It compares policies with each other and with
// the rules of devices, and finds rules that never decide, rules that allow
// everything, and what reaches one set of addresses from another. Whatever it
// finds has an example packet.
//
// A packet is its addresses, protocol and ports, of IPv4 and IPv6 alike; sets of
// packets are decision diagrams (package bdd). Addresses that no range of any
// side tells apart are one class, and a diagram has the bits of a class's number
// instead of 32 or 128 bits of an address: decision record 0021 has what that
// saves.
//
// Lines of a configuration that were not understood leave three answers: a
// packet is allowed, stopped, or unknown where such a line might decide. Unknown
// is never allowed.
//
// The questions are those of Batfish (compareFilters, filterLineReachability,
// searchFilters).
package symbolic

import (
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// Source is one side of a question: a policy or the rules of a device.
type Source struct {
	Name   string // in sentences: "revision 12", "the FortiGate's configuration"
	Policy *policy.Policy
	Rules  *policy.RuleSet // where Policy is nil
}

// Basis is what counts as allowed by a policy.
type Basis uint8

// Bases.
const (
	// Passing is whatever reaches the other side, so what a stage lets through
	// too: what a network does.
	Passing Basis = iota
	// Allowed is what a conduit allows and what stays within a zone, whatever
	// the stage: what a policy means.
	Allowed
)

// Options of a question. The zero value is a useful one.
type Options struct {
	// Now decides which conduits and rules have ended; the zero time leaves all.
	Now   time.Time
	Basis Basis
	// Family is 4 or 6 to ask about one family only.
	Family int
	// Names has the zones by which addresses are named where a source has none.
	Names *policy.Policy
	// Hosts are addresses of real machines: examples are of them if they can be.
	Hosts []netip.Addr
	// Regions bounds an answer, 200 if 0; Nodes its memory, 4 million if 0 (about
	// 150 MB).
	Regions, Nodes int
}

// ErrQuestion is the error of a question that cannot be asked.
var ErrQuestion = errors.New("the question")

// Change is what a region is about.
type Change string

// Changes from one source to the other.
const (
	NewlyAllowed Change = "allowed"   // passes on the second side only
	NewlyStopped Change = "stopped"   // passes on the first side only
	Unrelayed    Change = "unrelayed" // a relay read it on the first side, and none does on the second
	Relayed      Change = "relayed"   // a relay reads it on the second side only
	Otherwise    Change = "otherwise" // relays of both sides let other things through
	Unknown      Change = "unknown"   // a line that was not understood might decide on either side
	Reaches      Change = "reaches"   // of one source: it passes
)

// Region is packets of one family that the same things decide about.
type Region struct {
	Change Change `json:"change"`
	Family int    `json:"family"` // 4 or 6
	// Example is one of its packets, as real as can be.
	Example policy.Packet `json:"-"`
	// FromZone and ToZone are the zones of the example by id, "" for none: those
	// of the second source, else of the first, else of Options.Names.
	FromZone string `json:"from_zone"`
	ToZone   string `json:"to_zone"`
	// From, To and Services are what the region's packets have: none has others,
	// but not every mixture of them need be in it. Each has at most 64 entries;
	// Cut says that there were more.
	From     []netip.Prefix     `json:"from"`
	To       []netip.Prefix     `json:"to"`
	Services []policy.PortMatch `json:"services"`
	// Except are services that the region does not have, where Services is
	// everything.
	Except []policy.PortMatch `json:"except,omitempty"`
	Cut    bool               `json:"cut"`
	// Before and After are what decides on each side. A question about one source
	// has After only.
	Before Decision `json:"before"`
	After  Decision `json:"after"`
	Says   string   `json:"says"` // a sentence with the example
}

// Decision is what one side says to a packet, and why.
type Decision struct {
	// Action of a policy; Allow or Deny of rules.
	Action  policy.Action `json:"-"`
	Unknown bool          `json:"unknown,omitempty"` // a line that was not understood might decide
	// Conduit is the policy's conduit, or the one that a rule stands for.
	Conduit string `json:"conduit,omitempty"`
	// Rule is the position of the rule, -1 for none; Line is in the text.
	Rule int    `json:"rule"`
	Line int    `json:"line,omitempty"`
	Says string `json:"says"` // "conduit history allows it"
}

// Difference is what tells two sources apart.
type Difference struct {
	Regions []Region `json:"regions"`
	// More says that there are regions beside those.
	More bool `json:"more"`
	// Equal says that both let exactly the same packets through, through the same
	// relays. It is false while anything is unknown.
	Equal bool `json:"equal"`
	// Unknown says that lines which were not understood may make a difference.
	Unknown bool `json:"unknown"`
}

// check says whether a source can be asked about.
func (s *Source) check() error {
	switch {
	case (s.Policy == nil) == (s.Rules == nil):
		return fmt.Errorf("%w is about a policy or about rules: %q has both or none", ErrQuestion, s.Name)
	case s.Policy != nil:
		return s.Policy.Validate()
	}
	for i := range s.Rules.Rules {
		for _, m := range s.Rules.Rules[i].Matches {
			if m.First > m.Last || m.SrcFirst > m.SrcLast {
				return fmt.Errorf("%w: rule %d of %q has ports %d to %d, from %d to %d", ErrQuestion, i, s.Name, m.First, m.Last, m.SrcFirst, m.SrcLast)
			}
		}
	}
	return nil
}

// Compare says what the second source does otherwise than the first.
func Compare(before, after Source, opt Options) (*Difference, error) {
	q, err := ask(opt, before, after)
	if err != nil {
		return nil, err
	}
	return q.compare()
}

// Reach says what passes from some addresses to others, by what lets it through.
// No addresses are all.
func Reach(s Source, from, to []netip.Prefix, opt Options) (*Difference, error) {
	q, err := ask(opt, s, Source{Rules: &policy.RuleSet{Rules: []policy.Rule{{From: from, To: to, Allow: true}}}})
	if err != nil {
		return nil, err
	}
	return q.reach()
}
