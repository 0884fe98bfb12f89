package enforce

import (
	"maps"
	"net/netip"
	"slices"

	"go4.org/netipx"

	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// numbering gives zones the numbers that the kernel knows them by. A zone keeps
// its number as long as it is there, and a number is not given to another zone
// while there are unused ones: a packet that is judged during a change must not
// find an old zone's number in the new list of conduits.
type numbering struct {
	Of   map[string]uint32 `json:"of"`   // by the zone's id
	Next uint32            `json:"next"` // never used yet; 0 is nowhere
}

// add gives numbers to the zones of a policy and returns them by index. Zones
// that are not there any more are forgotten, their numbers not used again.
func (n numbering) add(p *policy.Policy) (numbering, []uint32) {
	next := numbering{Of: map[string]uint32{}, Next: max(n.Next, 1)}
	list := make([]uint32, len(p.Zones))
	for i := 1; i < len(p.Zones); i++ {
		id := p.Zones[i].ID
		number, known := n.Of[id]
		if !known {
			number = next.Next
			next.Next++
		}
		next.Of[id], list[i] = number, number
	}
	return next, list
}

// span is a range of addresses of one zone; both ends belong to it.
type span struct {
	first, last netip.Addr
	zone        int
}

// spans are the ranges of a policy's zones of one version, in order, with those
// that belong to no zone in between: together they are every address. Adjoining
// ranges of one zone are one span.
func spans(p *policy.Policy, v6 bool) []span {
	first := netip.IPv4Unspecified()
	last := netip.AddrFrom4([4]byte{255, 255, 255, 255})
	if v6 {
		first, last = netip.IPv6Unspecified(), netipx.PrefixLastIP(netip.PrefixFrom(netip.IPv6Unspecified(), 0))
	}
	var ranges []span
	for i := 1; i < len(p.Zones); i++ {
		for _, r := range p.Zones[i].Ranges {
			if r.Addr().Is6() == v6 {
				ranges = append(ranges, span{r.Addr(), netipx.PrefixLastIP(r), i})
			}
		}
	}
	slices.SortFunc(ranges, func(a, b span) int { return a.first.Compare(b.first) })
	var all []span
	add := func(s span) {
		if n := len(all); n > 0 && all[n-1].zone == s.zone {
			all[n-1].last = s.last
			return
		}
		all = append(all, s)
	}
	at := first // the first address that no span has yet; invalid behind the last
	for _, r := range ranges {
		if at.Less(r.first) {
			add(span{at, r.first.Prev(), policy.Nowhere})
		}
		add(r)
		at = r.last.Next()
	}
	if at.IsValid() {
		add(span{at, last, policy.Nowhere})
	}
	return all
}

// atlas finds the zone of an address.
type atlas struct{ v4, v6 []span }

func newAtlas(p *policy.Policy) atlas { return atlas{spans(p, false), spans(p, true)} }

func (a atlas) zone(x netip.Addr) int {
	list := a.v4
	if x.Is6() {
		list = a.v6
	}
	i, found := slices.BinarySearchFunc(list, x, func(s span, x netip.Addr) int { return s.first.Compare(x) })
	if !found {
		i--
	}
	return list[i].zone
}

// zonesByNumber turns a numbering around.
func (n numbering) byNumber() map[uint32]string {
	out := make(map[uint32]string, len(n.Of))
	for _, id := range slices.Sorted(maps.Keys(n.Of)) {
		out[n.Of[id]] = id
	}
	return out
}
