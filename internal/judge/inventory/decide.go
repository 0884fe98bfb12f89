package inventory

import (
	"cmp"
	"errors"
	"slices"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// Decision is what a person said about assets, in terms of endpoints, since
// assets are made anew whenever something is learnt.
type Decision struct {
	ID string
	// Apart says that the endpoints of the first part are one machine, which is
	// another than those of the second. Else all parts together are one machine,
	// and the first endpoint of each that is there stands for it.
	Apart bool
	// Parts has at least two. An endpoint that was never seen, or is no longer,
	// decides nothing until it is.
	Parts [][]plant.Endpoint
	// Why stands among the reasons of every asset that the decision is about.
	Why string
}

// Bounds of what one decision names: the interfaces of a machine.
const (
	MaxTaken = 64  // endpoints that are merged, or taken out of an asset
	MaxStays = 256 // endpoints that an asset has left after a split
)

// Errors of Cut and Anchors.
var (
	// ErrNotIts means that an endpoint is not of that asset.
	ErrNotIts = errors.New("the endpoint is not of this asset")
	// ErrAll means that nothing would be left of the asset.
	ErrAll = errors.New("nothing would be left of the asset")
	// ErrOneInterface means that the endpoint is the interface itself, whose
	// addresses stay.
	ErrOneInterface = errors.New("an interface cannot be taken from the addresses that it has")
	// ErrTooMany means that more endpoints are meant than a decision can name.
	ErrTooMany = errors.New("too many endpoints")
)

// Decide sets what people decided, in place of all that was set before. The
// order of the list does not matter.
func (b *Builder) Decide(all []Decision) {
	b.fold = nil
	b.decisions = slices.SortedFunc(slices.Values(all), func(x, y Decision) int { return cmp.Compare(x.ID, y.ID) })
}

// Against are the identifiers of decisions that one more would contradict, none
// if it can be followed together with all of them. It holds for what is known
// now, and does not set the decision.
func (b *Builder) Against(d Decision) []string {
	b.Build() // what is learnt there is looked at here
	trial := b.identify(append(slices.Clone(b.decisions), d))
	contradicted := slices.DeleteFunc(trial.following.unmet, func(u unmet) bool {
		return u.decision != d.ID && !slices.Contains(u.chain, d.ID)
	})
	var ids []string
	for _, u := range contradicted {
		ids = append(append(ids, u.decision), u.chain...)
	}
	ids = slices.DeleteFunc(ids, func(id string) bool { return id == d.ID })
	slices.Sort(ids)
	if ids = slices.Compact(ids); len(ids) == 0 && len(contradicted) > 0 {
		ids = []string{d.ID} // it contradicts itself
	}
	return ids
}

// Anchors are endpoints that stand for an asset, one for each interface or
// address that it is made of.
func (b *Builder) Anchors(number int) ([]plant.Endpoint, error) {
	b.Build()
	var ends []plant.Endpoint
	for _, n := range b.fold.members(uint32(number)) {
		if r, ok := b.anchor(uint32(number), n, nil); ok {
			ends = append(ends, b.endpoints.at(r).asWord())
		}
	}
	if len(ends) > MaxTaken {
		return nil, ErrTooMany
	}
	return ends, nil
}

// anchor is the record that stands for a node: the lowest address that it holds,
// else any that it has. Those of IPs in without do not count.
func (b *Builder) anchor(asset, node uint32, without map[[16]byte]bool) (uint32, bool) {
	f := b.fold
	best, found := uint32(0), false
	for _, r := range f.records.of(asset) {
		e := b.endpoints.at(r)
		if f.node[r] != node || without[e.ip] && e.hasIP() {
			continue
		}
		if f.holds[r] {
			return r, true
		}
		if !found {
			best, found = r, true
		}
	}
	return best, found
}

// Cut sorts the endpoints of an asset for a decision that takes some of them
// out: those that stand for what is taken, and for what stays. A whole interface
// goes when all its addresses go; of one that stays single addresses can go.
func (b *Builder) Cut(number int, out []plant.Endpoint) (taken, stays []plant.Endpoint, err error) {
	b.Build()
	chosen, err := b.chosen(uint32(number), out)
	if err != nil {
		return nil, nil, err
	}
	for _, n := range b.fold.members(uint32(number)) {
		rest, restOK := b.anchor(uint32(number), n, chosen[n])
		whole := b.allChosen(uint32(number), n, chosen[n])
		switch {
		case len(chosen[n]) == 0 && !restOK: // a router that is known by what it forwards alone
		case len(chosen[n]) == 0:
			stays = append(stays, b.endpoints.at(rest).asWord())
		case whole || !restOK:
			all, _ := b.anchor(uint32(number), n, nil)
			taken = append(taken, b.endpoints.at(all).asWord())
		case len(chosen[n]) == 1 && chosen[n][[16]byte{}]:
			return nil, nil, ErrOneInterface
		default:
			taken = b.addresses(uint32(number), n, chosen[n], taken)
			stays = append(stays, b.endpoints.at(rest).asWord())
		}
	}
	switch {
	case len(stays) == 0:
		return nil, nil, ErrAll
	case len(taken) > MaxTaken || len(stays) > MaxStays:
		return nil, nil, ErrTooMany
	}
	return taken, stays, nil
}

// chosen are the IPs that are meant, by node; no IP is the interface alone.
func (b *Builder) chosen(asset uint32, out []plant.Endpoint) (map[uint32]map[[16]byte]bool, error) {
	by := map[uint32]map[[16]byte]bool{}
	for _, e := range out {
		mac, ip, ok := keyOf(e)
		r, found := b.findEndpoint(mac, ip, e.VLAN&0xfff)
		if !ok || !found || b.fold.assetOf(r) != asset {
			return nil, ErrNotIts
		}
		n := b.fold.node[r]
		if by[n] == nil {
			by[n] = map[[16]byte]bool{}
		}
		by[n][ip] = true
	}
	return by, nil
}

// allChosen reports whether every address that a node holds was chosen; of a
// node that holds none, the node itself.
func (b *Builder) allChosen(asset, node uint32, chosen map[[16]byte]bool) bool {
	if len(chosen) == 0 {
		return false
	}
	holds := false
	for _, r := range b.fold.records.of(asset) {
		if b.fold.node[r] == node && b.fold.holds[r] {
			holds = true
			if !chosen[b.endpoints.at(r).ip] {
				return false
			}
		}
	}
	return holds || chosen[[16]byte{}]
}

// addresses adds a record for each IP that was chosen.
func (b *Builder) addresses(asset, node uint32, chosen map[[16]byte]bool, to []plant.Endpoint) []plant.Endpoint {
	last := [16]byte{}
	for _, r := range b.fold.records.of(asset) { // sorted by IP
		e := b.endpoints.at(r)
		if b.fold.node[r] == node && e.hasIP() && chosen[e.ip] && e.ip != last {
			last = e.ip
			to = append(to, e.asWord())
		}
	}
	return to
}
