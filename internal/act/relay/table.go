package relay

import (
	"net/netip"
	"time"

	"github.com/gaissmai/bart"

	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// FromPolicy is the Lookup of a policy. A connection that several services of
// its conduits fit may do what any of them allows. Conduits that have run out by
// now are not there; the relay asks again every Config.Every, so that one ends
// with the conduit. Containments and grants are not looked at: the kernel stops
// and lets through before a relay sees anything.
func FromPolicy(p *policy.Policy, now func() time.Time) Lookup {
	t := &table{now: now, pairs: make(map[[2]int]*crossing), rest: p.Rest}
	for i := 1; i < len(p.Zones); i++ {
		for _, prefix := range p.Zones[i].Ranges {
			t.zones.Insert(prefix, i)
		}
	}
	for _, x := range p.Pairs {
		t.pair(x.From, x.To).stage = x.Stage
	}
	for i := range p.Conduits {
		c := &p.Conduits[i]
		x := t.pair(c.From, c.To)
		for _, m := range c.Matches {
			if m.Proto == policy.TCP || m.Proto == policy.Any {
				x.services = append(x.services, service{m.First, m.Last, m.Relay, c.Until})
			}
		}
	}
	return t.find
}

// table finds the rule of a connection. It does not change.
type table struct {
	now   func() time.Time
	zones bart.Table[int]
	pairs map[[2]int]*crossing
	rest  model.Stage
}

type crossing struct {
	stage    model.Stage
	services []service
}

type service struct {
	first, last uint16
	relay       *policy.Relay
	until       time.Time
}

func (t *table) pair(from, to int) *crossing {
	k := [2]int{from, to}
	if t.pairs[k] == nil {
		t.pairs[k] = &crossing{stage: t.rest}
	}
	return t.pairs[k]
}

func (t *table) find(client, server netip.AddrPort) (Rule, bool) {
	from, _ := t.zones.Lookup(client.Addr()) // 0, Nowhere, if there is none
	to, _ := t.zones.Lookup(server.Addr())
	if from == to && from != policy.Nowhere {
		return Rule{Relays: []*policy.Relay{nil}}, true
	}
	r := Rule{Stage: t.rest}
	if x := t.pairs[[2]int{from, to}]; x != nil {
		r.Stage = x.stage
		now := t.now()
		for _, s := range x.services {
			if server.Port() >= s.first && server.Port() <= s.last && (s.until.IsZero() || now.Before(s.until)) {
				r.Relays = append(r.Relays, s.relay)
			}
		}
	}
	loose := r.Stage == model.StageObserve || r.Stage == model.StageShadow
	return r, loose || len(r.Relays) > 0
}
