// Package verdict judges packets by a policy, millions a second: to replay a
// year of recorded conversations against a draft while a person waits.
//
// A Table says exactly what policy.Policy.Judge says, which is the definition,
// and allocates nothing. Zones are disjoint ranges, so an address needs no
// longest match: IPv4 is looked up in a trie of 16, 8 and 8 bits, IPv6 by
// halving. Each pair of zones leads to what its conduits allow together, as
// ranges of ports that do not overlap.
package verdict

import (
	"cmp"
	"slices"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// Table is a policy made ready to judge. It does not change: several goroutines
// may use it.
type Table struct {
	policy *policy.Policy
	n      uint32 // zones
	v4     trie
	wide   halving // of IPv4, where v4 has no room
	v6     halving
	pairs  []uint32 // n*n indices into cells, by from and to
	cells  []cell
}

// cell is what one pair of zones may say. Pairs that are the same share one.
type cell struct {
	tcp, udp []span
	other    []proto // protocols without ports that a conduit names
	rest     outcome // all others
}

// outcome is an action and the conduit that it comes from.
type outcome struct {
	conduit int32
	action  policy.Action
}

// span is ports that have one outcome. Spans of a cell are sorted and cover all
// ports.
type span struct {
	last uint16
	outcome
}

type proto struct {
	number uint8
	outcome
}

// New makes the table of a policy at a time: conduits whose Until has come are
// not in it. The policy is as Validate wants it, and stays as it is while the
// table is used.
func New(p *policy.Policy, now time.Time) *Table {
	n := len(p.Zones)
	t := &Table{policy: p, n: uint32(n), pairs: make([]uint32, n*n)}
	t.zones()
	within := outcome{-1, policy.Allow}
	t.cells = []cell{uniform(within)}
	rests := t.rests()
	for i := range t.pairs {
		if from, to := i/n, i%n; from != to || from == policy.Nowhere {
			t.pairs[i] = rests[policy.Rest(p.Rest)]
		}
	}
	for _, x := range p.Pairs {
		t.pairs[x.From*n+x.To] = rests[policy.Rest(x.Stage)]
	}
	t.conduits(now)
	return t
}

func uniform(o outcome) cell {
	all := []span{{65535, o}}
	return cell{tcp: all, udp: all, rest: o}
}

// rests are the cells of pairs that no conduit joins.
func (t *Table) rests() map[policy.Action]uint32 {
	all := map[policy.Action]uint32{}
	for _, s := range model.Stages {
		a := policy.Rest(s)
		if _, ok := all[a]; !ok {
			all[a] = uint32(len(t.cells))
			t.cells = append(t.cells, uniform(outcome{-1, a}))
		}
	}
	return all
}

// entry is a match of a conduit of a pair.
type entry struct {
	*policy.Match
	outcome
}

// conduits makes a cell for each pair that has conduits.
func (t *Table) conduits(now time.Time) {
	pairs := map[int][]entry{}
	for i := range t.policy.Conduits {
		c := &t.policy.Conduits[i]
		if !c.Until.IsZero() && !now.Before(c.Until) {
			continue
		}
		for j := range c.Matches {
			o := outcome{int32(i), policy.Allow}
			if c.Matches[j].Relay != nil {
				o.action = policy.Inspect
			}
			k := c.From*int(t.n) + c.To
			pairs[k] = append(pairs[k], entry{&c.Matches[j], o})
		}
	}
	for k, list := range pairs {
		rest := t.cells[t.pairs[k]].rest
		t.pairs[k] = uint32(len(t.cells))
		t.cells = append(t.cells, cellOf(list, rest))
	}
}

// before orders outcomes: what needs no relay first, then the first conduit.
func (o outcome) before(p outcome) bool {
	return cmp.Or(cmp.Compare(o.action, p.action), cmp.Compare(o.conduit, p.conduit)) < 0
}

// cellOf adds up what the conduits of a pair allow.
func cellOf(list []entry, rest outcome) cell {
	c := cell{
		tcp: spans(list, policy.TCP, rest),
		udp: spans(list, policy.UDP, rest),
	}
	everything := best(list, policy.Any, rest)
	for _, e := range list {
		if e.Proto == policy.Any || e.Proto == policy.TCP || e.Proto == policy.UDP || slices.ContainsFunc(c.other, func(x proto) bool { return x.number == e.Proto }) {
			continue
		}
		c.other = append(c.other, proto{e.Proto, best(list, e.Proto, rest)})
	}
	c.rest = everything
	return c
}

// best is what is said to a protocol without ports.
func best(list []entry, number uint8, rest outcome) outcome {
	found, out := false, rest
	for _, e := range list {
		if (e.Proto == number || e.Proto == policy.Any) && (!found || e.before(out)) {
			found, out = true, e.outcome
		}
	}
	return out
}

// Judge is what the policy says to the first packet of a connection.
func (t *Table) Judge(k policy.Packet) policy.Verdict {
	from, to := t.zone(&k.Src), t.zone(&k.Dst)
	c := &t.cells[t.pairs[from*t.n+to]]
	o := c.rest
	switch k.Proto {
	case policy.TCP:
		o = at(c.tcp, k.DstPort)
	case policy.UDP:
		o = at(c.udp, k.DstPort)
	default:
		for i := range c.other {
			if c.other[i].number == k.Proto {
				o = c.other[i].outcome
				break
			}
		}
	}
	return policy.Verdict{Action: o.action, Conduit: int(o.conduit), From: int(from), To: int(to)}
}

// at is the outcome of a port. Most pairs have few spans: looking through them
// is quicker than halving.
func at(all []span, port uint16) outcome {
	for len(all) > 8 {
		if mid := len(all) / 2; all[mid-1].last < port {
			all = all[mid:]
		} else {
			all = all[:mid]
		}
	}
	for i := range all {
		if port <= all[i].last {
			return all[i].outcome
		}
	}
	return outcome{-1, policy.Deny} // spans cover all ports
}

// Policy is what the table was made from.
func (t *Table) Policy() *policy.Policy { return t.policy }
