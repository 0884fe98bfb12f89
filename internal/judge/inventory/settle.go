package inventory

import (
	"cmp"
	"maps"
	"slices"
	"strconv"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// Identity is what an asset is known by from now on.
type Identity struct {
	ID     string
	Former []string // identifiers of assets that went into it
}

// Pin says what the asset of an endpoint is called, once: when people merge or
// split assets, or take that back, they expect which identifier stays.
type Pin struct {
	Endpoint plant.Endpoint
	ID       string
}

// Settle gives each asset, by its place in Assets, an identifier that it keeps.
// The builder's own identifiers come from the strongest thing that is known and
// change when something stronger is learnt: a link to mac-001b1b010203 would
// lead nowhere once the serial number is read. So an asset keeps the identifier
// that its endpoints had before, which the caller looks up in previous ("" for
// none). Where assets were put together, the others' identifiers become former
// ones; where one fell apart, the part with its own identifier or else with
// most endpoints keeps it. Pins go before all that, the first of them first.
func (b *Builder) Settle(previous func(plant.Endpoint) string, pins ...Pin) []Identity {
	b.Build()
	n := len(b.fold.assets)
	s := settling{had: make([]map[string]int, n), own: make([]string, n), of: make([]string, n), taken: map[string]int{}}
	for i := range n {
		s.own[i] = b.id(b.fold, uint32(i))
		for _, r := range b.fold.records.of(uint32(i)) {
			if id := previous(b.endpoints.at(r).asWord()); id != "" {
				s.note(i, id)
			}
		}
	}
	for _, p := range pins {
		if i := b.assetAt(b.fold, p.Endpoint); i != nobody {
			s.pin(int(i), p.ID)
		}
	}
	s.keep()
	s.name()
	return s.identities()
}

// pin gives an asset an identifier that nobody has yet.
func (s *settling) pin(asset int, id string) {
	if _, gone := s.taken[id]; !gone && s.of[asset] == "" && id != "" {
		s.of[asset], s.taken[id] = id, asset
	}
}

// EndpointsOf are the endpoints of the asset at that place.
func (b *Builder) EndpointsOf(number int) []plant.Endpoint {
	b.Build()
	records := b.fold.records.of(uint32(number))
	ends := make([]plant.Endpoint, len(records))
	for i, r := range records {
		ends[i] = b.endpoints.at(r).asWord()
	}
	return ends
}

func (e *endpoint) asWord() plant.Endpoint {
	return plant.Endpoint{MAC: e.mac, IP: e.addr(), VLAN: e.vlan}
}

// settling shares identifiers out.
type settling struct {
	had   []map[string]int // of each asset: identifiers its endpoints had, and how many had it
	own   []string         // of each asset: the builder's identifier
	of    []string         // of each asset: the one it keeps, "" for none
	taken map[string]int   // identifier → asset
}

func (s *settling) note(asset int, id string) {
	if s.had[asset] == nil {
		s.had[asset] = map[string]int{}
	}
	s.had[asset][id]++
}

// claim is an asset that could keep an identifier.
type claim struct {
	id    string
	asset int
	own   bool
	count int
}

// keep gives identifiers to those that had them, the strongest claim first.
func (s *settling) keep() {
	var claims []claim
	for i, ids := range s.had {
		for id, n := range ids {
			claims = append(claims, claim{id, i, s.own[i] == id, n})
		}
	}
	slices.SortFunc(claims, func(x, y claim) int {
		return cmp.Or(-compareBool(x.own, y.own), cmp.Compare(y.count, x.count), cmp.Compare(x.asset, y.asset), cmp.Compare(x.id, y.id))
	})
	for _, c := range claims {
		if _, gone := s.taken[c.id]; !gone && s.of[c.asset] == "" {
			s.of[c.asset], s.taken[c.id] = c.id, c.asset
		}
	}
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// name gives the builder's identifier to the rest, with a number behind it where
// another keeps that one from earlier.
func (s *settling) name() {
	for i, id := range s.of {
		if id != "" {
			continue
		}
		id = s.own[i]
		for n := 2; ; n++ {
			if _, gone := s.taken[id]; !gone {
				break
			}
			id = s.own[i] + "-" + strconv.Itoa(n)
		}
		s.of[i], s.taken[id] = id, i
	}
}

// identities lists what each asset is called, with the identifiers that nobody
// kept at the asset with most of their endpoints.
func (s *settling) identities() []Identity {
	list := make([]Identity, len(s.of))
	best := map[string]claim{}
	for i, ids := range s.had {
		list[i].ID = s.of[i]
		for id, n := range ids {
			if _, kept := s.taken[id]; kept {
				continue
			}
			if c, ok := best[id]; !ok || n > c.count {
				best[id] = claim{id: id, asset: i, count: n}
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(best)) {
		x := &list[best[id].asset]
		x.Former = append(x.Former, id)
	}
	return list
}
