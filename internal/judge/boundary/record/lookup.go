package record

import (
	"net/netip"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// Lookup judges packets by a policy, one map look-up for each length of prefix.
// It is quick enough for what was recorded; package verdict has a table that is
// made for more.
type Lookup struct {
	policy   *policy.Policy
	zones    map[netip.Prefix]int
	bits     [2][]int // lengths in use, of IPv4 and IPv6
	stages   map[[2]int]model.Stage
	conduits map[[2]int][]int
}

// NewLookup makes one for the conduits that hold at a time.
func NewLookup(p *policy.Policy, now time.Time) *Lookup {
	l := &Lookup{policy: p, zones: map[netip.Prefix]int{}, stages: map[[2]int]model.Stage{}, conduits: map[[2]int][]int{}}
	used := [2][129]bool{}
	for i := range p.Zones {
		for _, r := range p.Zones[i].Ranges {
			l.zones[r] = i
			used[family(r.Addr())][r.Bits()] = true
		}
	}
	for f := range used {
		for n := 128; n >= 0; n-- {
			if used[f][n] {
				l.bits[f] = append(l.bits[f], n)
			}
		}
	}
	for _, x := range p.Pairs {
		l.stages[[2]int{x.From, x.To}] = x.Stage
	}
	for i := range p.Conduits {
		c := &p.Conduits[i]
		if c.Until.IsZero() || now.Before(c.Until) {
			k := [2]int{c.From, c.To}
			l.conduits[k] = append(l.conduits[k], i)
		}
	}
	return l
}

func family(a netip.Addr) int {
	if a.Is4() {
		return 0
	}
	return 1
}

// Zone is the zone of an address, policy.Nowhere if it stands in none.
func (l *Lookup) Zone(a netip.Addr) int {
	a = a.Unmap().WithZone("")
	if !a.IsValid() {
		return policy.Nowhere
	}
	for _, n := range l.bits[family(a)] {
		if z, ok := l.zones[netip.PrefixFrom(a, n).Masked()]; ok {
			return z
		}
	}
	return policy.Nowhere
}

// Stage is that of a pair of zones.
func (l *Lookup) Stage(from, to int) model.Stage {
	if s, ok := l.stages[[2]int{from, to}]; ok {
		return s
	}
	return l.policy.Rest
}

// Judge says what the policy does with the first packet of a connection: the
// first conduit with a match decides.
func (l *Lookup) Judge(p policy.Packet) policy.Verdict {
	v := policy.Verdict{Conduit: -1, From: l.Zone(p.Src), To: l.Zone(p.Dst)}
	if v.From == v.To && v.From != policy.Nowhere {
		v.Action = policy.Allow
		return v
	}
	for _, i := range l.conduits[[2]int{v.From, v.To}] {
		if m := MatchOf(&l.policy.Conduits[i], p.Proto, p.DstPort); m != nil {
			v.Action, v.Conduit = policy.Allow, i
			if m.Relay != nil {
				v.Action = policy.Inspect
			}
			return v
		}
	}
	switch l.Stage(v.From, v.To) {
	case model.StageObserve:
		v.Action = policy.Observe
	case model.StageShadow:
		v.Action = policy.Shadow
	}
	return v
}

// MatchOf is the match of a conduit that a packet of a protocol to a port falls
// under, nil for none.
func MatchOf(c *policy.Conduit, proto uint8, port uint16) *policy.Match {
	for i := range c.Matches {
		m := &c.Matches[i]
		if (m.Proto == policy.Any || m.Proto == proto) && m.First <= port && port <= m.Last {
			return m
		}
	}
	return nil
}
