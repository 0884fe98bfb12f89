package symbolic

import (
	"fmt"
	"strings"

	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/bdd"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// policySide is a policy in a space. It is made pair by pair of zones: what a
// pair allows is a set of services, and pairs are put together by a table of
// classes, not by operations on large sets.
type policySide struct {
	*space
	policy *policy.Policy
	opt    *Options
	lists  []int // of each zone; that of Nowhere is not one
	pairs  map[zones]*joined
	must   bdd.Ref
	// keys are the relays that are there, each by what it lets through.
	keys  map[string]bool
	known map[string]bdd.Ref // sets that were asked for
}

type zones struct{ from, to int }

// joined is what the conduits of a pair allow together.
type joined struct {
	parts []part
	rest  bdd.Ref // services that no conduit allows
	plain bdd.Ref // that one allows without a relay
	relay map[string]bdd.Ref
}

// part is the services that one conduit decides about.
type part struct {
	conduit int
	action  policy.Action
	set     bdd.Ref
}

func preparePolicy(c *catalogue, p *policy.Policy, opt *Options) func(*space) side {
	x := &policySide{policy: p, opt: opt, lists: make([]int, len(p.Zones)), pairs: map[zones]*joined{}, keys: map[string]bool{}, known: map[string]bdd.Ref{}}
	for i := 1; i < len(p.Zones); i++ {
		x.lists[i] = c.add(p.Zones[i].Ranges)
	}
	return func(s *space) side {
		x.space = s
		x.join()
		x.must = x.table(x.allowed)
		return x
	}
}

// join adds up the conduits of each pair.
func (x *policySide) join() {
	type entry struct {
		*policy.Match
		conduit int
	}
	all := map[zones][]entry{}
	for i := range x.policy.Conduits {
		c := &x.policy.Conduits[i]
		if !x.opt.Now.IsZero() && !c.Until.IsZero() && !x.opt.Now.Before(c.Until) {
			continue
		}
		k := zones{c.From, c.To}
		for j := range c.Matches {
			all[k] = append(all[k], entry{&c.Matches[j], i})
		}
	}
	for k, list := range all {
		// Conduits without a relay come first: they let everything through.
		x.pairs[k] = x.joined(func(yield func(*policy.Match, int) bool) {
			for _, relay := range []bool{false, true} {
				for _, e := range list {
					if (e.Relay != nil) == relay && !yield(e.Match, e.conduit) {
						return
					}
				}
			}
		})
	}
}

// joined takes matches in the order in which they decide.
func (x *policySide) joined(all func(func(*policy.Match, int) bool)) *joined {
	j := &joined{relay: map[string]bdd.Ref{}}
	taken := bdd.False
	for m, conduit := range all {
		set := x.service(&policy.PortMatch{Proto: m.Proto, SrcLast: 65535, First: m.First, Last: m.Last})
		action := policy.Allow
		if m.Relay != nil {
			action = policy.Inspect
			key := relayKey(m)
			x.keys[key] = true
			j.relay[key] = x.Or(j.relay[key], x.Diff(set, j.plain))
		} else {
			j.plain = x.Or(j.plain, set)
		}
		if mine := x.Diff(set, taken); mine != bdd.False {
			j.add(x.space, part{conduit, action, mine})
		}
		taken = x.Or(taken, set)
	}
	j.rest = x.Not(taken)
	return j
}

func (j *joined) add(s *space, p part) {
	for i := range j.parts {
		if j.parts[i].conduit == p.conduit && j.parts[i].action == p.action {
			j.parts[i].set = s.Or(j.parts[i].set, p.set)
			return
		}
	}
	j.parts = append(j.parts, p)
}

// relayKey is the same for relays that let the same through, "" for none.
func relayKey(m *policy.Match) string {
	if m.Relay == nil {
		return ""
	}
	return fmt.Sprintf("%s %x %s", m.Relay.Protocol, m.Relay.Kinds, strings.Join(m.Relay.Objects, "\x00"))
}

// allowed is the services that pass from one zone to another.
func (x *policySide) allowed(from, to int) bdd.Ref {
	if from == to && from != policy.Nowhere {
		return bdd.True
	}
	if x.opt.Basis == Passing && policy.Rest(x.policy.StageOf(from, to)) != policy.Deny {
		return bdd.True
	}
	if j := x.pairs[zones{from, to}]; j != nil {
		return x.Not(j.rest)
	}
	return bdd.False
}

// table is the packets whose services are those that leaf says for their zones.
func (x *policySide) table(leaf func(from, to int) bdd.Ref) bdd.Ref {
	leaves := map[zones]bdd.Ref{}
	half := func(c *classes) bdd.Ref {
		zone := x.zoneOf(c)
		rows := make([]bdd.Ref, len(x.policy.Zones))
		for from := range rows {
			row := make([]bdd.Ref, len(zone))
			for i, to := range zone {
				k := zones{from, to}
				r, ok := leaves[k]
				if !ok {
					r = leaf(from, to)
					leaves[k] = r
				}
				row[i] = r
			}
			rows[from] = x.Choose(x.dst, x.width, row)
		}
		all := make([]bdd.Ref, len(zone))
		for i, from := range zone {
			all[i] = rows[from]
		}
		return x.Choose(x.src, x.width, all)
	}
	return x.Node(family, half(x.four), half(x.six))
}

// zoneOf is the zone of each class.
func (x *policySide) zoneOf(c *classes) []int {
	zone := make([]int, len(c.members))
	for i := 1; i < len(x.lists); i++ {
		for _, r := range c.lists[x.lists[i]] {
			for n := r.First; n <= r.Last; n++ {
				zone[n] = i
			}
		}
	}
	return zone
}

// relayed is the packets that pass through a relay.
func (x *policySide) relayed() bdd.Ref {
	all := bdd.False
	for key := range x.keys {
		all = x.Or(all, x.through(key))
	}
	return all
}

// through is the packets that pass through a relay of that key.
func (x *policySide) through(key string) bdd.Ref {
	if r, ok := x.known[key]; ok {
		return r
	}
	r := x.table(func(from, to int) bdd.Ref {
		if j := x.pairs[zones{from, to}]; j != nil && from != to {
			return j.relay[key] // False if there is none
		}
		return bdd.False
	})
	x.known[key] = r
	return r
}

func (x *policySide) bounds() (must, may bdd.Ref) { return x.must, x.must }

func (x *policySide) zones() *policy.Policy { return x.policy }

func (x *policySide) passes(d *Decision) bool {
	if x.opt.Basis == Allowed {
		return d.Action == policy.Allow || d.Action == policy.Inspect
	}
	return d.Action.Passes()
}

func (x *policySide) decide(k *policy.Packet) Decision {
	v := x.policy.Judge(k, x.opt.Now)
	d := Decision{Action: v.Action, Rule: -1}
	if v.Conduit >= 0 {
		d.Conduit = x.policy.Conduits[v.Conduit].ID
	}
	switch {
	case v.Action == policy.Allow && v.Conduit < 0:
		d.Says = fmt.Sprintf("both ends stand in zone %s", called(&x.policy.Zones[v.From]))
	case v.Action == policy.Allow:
		d.Says = fmt.Sprintf("conduit %s allows it", d.Conduit)
	case v.Action == policy.Inspect:
		d.Says = fmt.Sprintf("conduit %s allows it through a relay: %s", d.Conduit, x.asked(k, &v))
	case v.Action == policy.Observe:
		d.Says = "no conduit allows it; it passes, since nothing is done about that yet"
	case v.Action == policy.Shadow:
		d.Says = "no conduit allows it; it passes and is reported"
	default:
		d.Says = "no conduit allows it, and it is stopped"
	}
	return d
}

// asked is what a relay lets through, in words.
func (x *policySide) asked(k *policy.Packet, v *policy.Verdict) string {
	c := &x.policy.Conduits[v.Conduit]
	for i := range c.Matches {
		m := &c.Matches[i]
		if m.Relay == nil || !m.Fits(k) {
			continue
		}
		var kinds []string
		for _, kind := range m.Relay.Kinds.List() {
			kinds = append(kinds, kind.String())
		}
		says := m.Relay.Protocol + " (" + strings.Join(kinds, ", ") + ")"
		if len(m.Relay.Objects) > 0 {
			says += " of " + strings.Join(m.Relay.Objects, ", ")
		}
		return says
	}
	return ""
}

func (x *policySide) region(k *policy.Packet, d *Decision) bdd.Ref {
	v := x.policy.Judge(k, x.opt.Now)
	set := bdd.True
	if j := x.pairs[zones{v.From, v.To}]; j != nil && v.From != v.To {
		set = j.rest
		for _, p := range j.parts {
			if p.conduit == v.Conduit && p.action == v.Action {
				set = p.set
			}
		}
	}
	return x.And(x.standing(x.src, v.From), x.And(x.standing(x.dst, v.To), set))
}

// standing is packets whose address at that place stands in a zone.
func (x *policySide) standing(place, zone int) bdd.Ref {
	key := fmt.Sprint(place, zone)
	if r, ok := x.known[key]; ok {
		return r
	}
	r := bdd.True
	if zone != policy.Nowhere {
		r = x.Node(family, x.In(place, x.width, x.four.lists[x.lists[zone]]), x.In(place, x.width, x.six.lists[x.lists[zone]]))
	} else {
		for i := 1; i < len(x.lists); i++ {
			r = x.Diff(r, x.standing(place, i))
		}
	}
	x.known[key] = r
	return r
}
