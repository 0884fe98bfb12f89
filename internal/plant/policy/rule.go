package policy

import (
	"net/netip"
	"slices"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
)

// RuleSet is an ordered list of rules as firewalls have them: the first that
// matches decides. It is what a device's configuration means, and what a policy
// means to a device that knows neither zones nor stages.
type RuleSet struct {
	Rules   []Rule
	Default bool // what no rule matches passes
	// Unknown are lines of a configuration that were not understood. While there
	// are any, nothing can be said to be stopped or allowed where they might
	// decide otherwise.
	Unknown []Line
}

// Line is a line of a configuration.
type Line struct {
	Number int // from 1
	Text   string
	Why    string // what was not understood
	// Rule is the position among Rules at which it stands: what it might decide
	// comes before that rule.
	Rule int
	// Harmless is true of what cannot decide about a packet: a name, a banner.
	Harmless bool
	// Bound is the most that the line can do: it leaves alone what Bound does not
	// match, and lets pass (Bound.Allow) or stops an unknown part of what it
	// matches. Nil is anything; who does not look at it is on the safe side.
	Bound *Rule
}

// Rule is one line of a RuleSet. From and To hold prefixes of both families;
// an empty list is every address. A rule without matches is for every packet.
type Rule struct {
	Name    string // as the device calls it
	Conduit string // that it stands for, "" for none
	Allow   bool
	From    []netip.Prefix
	To      []netip.Prefix
	Matches []PortMatch
	Line    int // in the configuration it was read from, 0 if none
	// Until is from when on it is not there any more; zero for ever.
	Until time.Time
}

// PortMatch is a protocol with ranges of ports on both sides, as devices can
// say it. Ports are 0 to 65535 where the protocol has none. ICMP is of IPv4
// alone and ICMPv6 of IPv6: no packet has one in the other's header.
type PortMatch struct {
	Proto             uint8 // Any for all
	SrcFirst, SrcLast uint16
	First, Last       uint16
}

// At is what is left of a list of rules at a time: those whose Until has come
// are not there.
func (s *RuleSet) At(now time.Time) *RuleSet {
	gone := func(r Rule) bool { return !r.Until.IsZero() && !now.Before(r.Until) }
	if !slices.ContainsFunc(s.Rules, gone) {
		return s
	}
	left := &RuleSet{Default: s.Default, Unknown: slices.Clone(s.Unknown)}
	place := make([]int, len(s.Rules)+1) // where what stood before a rule stands now
	for i, r := range s.Rules {
		place[i] = len(left.Rules)
		if !gone(r) {
			left.Rules = append(left.Rules, r)
		}
	}
	place[len(s.Rules)] = len(left.Rules)
	for k := range left.Unknown {
		l := &left.Unknown[k]
		l.Rule = place[min(max(l.Rule, 0), len(s.Rules))]
	}
	return left
}

// Rules is the policy as a list of rules: one for each conduit, then one for
// what passes within each zone, then the pairs that are not enforced; what is
// left is stopped. Relays cannot be said in it: Relayed names the conduits that
// have one.
func (p *Policy) Rules() *RuleSet {
	s := &RuleSet{}
	for i := range p.Conduits {
		c := &p.Conduits[i]
		r := Rule{Name: c.ID, Conduit: c.ID, Allow: true, From: p.Zones[c.From].Ranges, To: p.Zones[c.To].Ranges, Until: c.Until}
		for _, m := range c.Matches {
			r.Matches = append(r.Matches, PortMatch{Proto: m.Proto, SrcLast: 65535, First: m.First, Last: m.Last})
		}
		if len(r.From) > 0 && len(r.To) > 0 && len(r.Matches) > 0 {
			s.Rules = append(s.Rules, r)
		}
	}
	for i := 1; i < len(p.Zones); i++ {
		if z := &p.Zones[i]; len(z.Ranges) > 0 {
			s.Rules = append(s.Rules, Rule{Name: "within-" + z.ID, Allow: true, From: z.Ranges, To: z.Ranges})
		}
	}
	p.staged(s)
	return s
}

// Relayed are the conduits that need a relay.
func (p *Policy) Relayed() []string {
	var all []string
	for i := range p.Conduits {
		for _, m := range p.Conduits[i].Matches {
			if m.Relay != nil {
				all = append(all, p.Conduits[i].ID)
				break
			}
		}
	}
	return all
}

// staged adds what holds between zones that no conduit joins. An address without
// a zone is whatever no rule before has named, so pairs with Nowhere come last.
// Where everything is enforced there is nothing to add: the default stops it.
func (p *Policy) staged(s *RuleSet) {
	if !p.loose(p.Rest) && !slices.ContainsFunc(p.Pairs, func(x Pair) bool { return p.loose(x.Stage) }) {
		return
	}
	stages := map[[2]int]model.Stage{}
	for _, x := range p.Pairs {
		stages[[2]int{x.From, x.To}] = x.Stage
	}
	add := func(from, to int) {
		stage, named := stages[[2]int{from, to}]
		if !named {
			stage = p.Rest
		}
		if !p.empty(from) && !p.empty(to) {
			s.Rules = append(s.Rules, Rule{Name: "rest", Allow: p.loose(stage), From: p.Zones[from].Ranges, To: p.Zones[to].Ranges})
		}
	}
	for from := 1; from < len(p.Zones); from++ {
		for to := 1; to < len(p.Zones); to++ {
			if from != to {
				add(from, to)
			}
		}
	}
	for zone := 1; zone < len(p.Zones); zone++ {
		add(zone, Nowhere)
		add(Nowhere, zone)
	}
	add(Nowhere, Nowhere)
}

// loose reports whether nothing is stopped at a stage.
func (p *Policy) loose(s model.Stage) bool { return s == model.StageObserve || s == model.StageShadow }

// empty reports whether no address can be in a zone. Nowhere has no ranges, and
// a rule without ranges is for every address.
func (p *Policy) empty(zone int) bool { return zone != Nowhere && len(p.Zones[zone].Ranges) == 0 }
