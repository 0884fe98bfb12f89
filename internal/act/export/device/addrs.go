package device

import (
	"math/bits"
	"net/netip"
	"slices"

	"go4.org/netipx"
)

// Addrs is a set of addresses of both families as a configuration says it: what
// is surely in it, and what might be. Where everything was understood the two
// are one.
type Addrs struct {
	sure, might *netipx.IPSet
}

var (
	nothing    = &netipx.IPSet{}
	everything = set(All4, All6)
)

// All4 and All6 are all addresses of a family.
var (
	All4 = netip.PrefixFrom(netip.IPv4Unspecified(), 0)
	All6 = netip.PrefixFrom(netip.IPv6Unspecified(), 0)
)

func set(prefixes ...netip.Prefix) *netipx.IPSet {
	var b netipx.IPSetBuilder
	for _, p := range prefixes {
		b.AddPrefix(p)
	}
	s, err := b.IPSet()
	if err != nil { // only of prefixes that are not valid, which no parser makes
		return &netipx.IPSet{}
	}
	return s
}

// AnyAddr is every address, NoAddr none, and UnknownAddr nobody knows which.
func AnyAddr() Addrs { return Addrs{everything, everything} }

// NoAddr is no address.
func NoAddr() Addrs { return Addrs{nothing, nothing} }

// UnknownAddr is a set of which nothing is known.
func UnknownAddr() Addrs { return Addrs{nothing, everything} }

// Prefixes is the set of these.
func Prefixes(all ...netip.Prefix) Addrs {
	masked := make([]netip.Prefix, 0, len(all))
	for _, p := range all {
		if p.IsValid() {
			masked = append(masked, p.Masked())
		}
	}
	s := set(masked...)
	return Addrs{s, s}
}

// Range is all addresses from first to last. It is false where they are none:
// of two families or backwards.
func Range(first, last netip.Addr) (Addrs, bool) {
	r := netipx.IPRangeFrom(first, last)
	if !r.IsValid() {
		return Addrs{}, false
	}
	var b netipx.IPSetBuilder
	b.AddRange(r)
	s, err := b.IPSet()
	return Addrs{s, s}, err == nil
}

// MaxWildcard is how many ranges a wildcard mask with gaps may stand for before
// it is left unknown.
const MaxWildcard = 1024

// Wildcard is the IPv4 addresses that are addr where mask has zeros: a wildcard
// mask as Cisco's lists have it, gaps included. It is false where the mask
// stands for too many ranges.
func Wildcard(addr, mask netip.Addr) (Addrs, bool) {
	if !addr.Is4() || !mask.Is4() {
		return Addrs{}, false
	}
	m, a := word(mask), word(addr)
	tail := bits.TrailingZeros32(^m) // the free bits at the end are one range
	gaps := m &^ (1<<tail - 1)
	if tail == 32 {
		gaps = 0
	}
	if n := bits.OnesCount32(gaps); n > 10 {
		return Addrs{}, false
	}
	var prefixes []netip.Prefix
	// Counts through all values of the bits that gaps leaves free.
	for sub := uint32(0); ; {
		prefixes = append(prefixes, netip.PrefixFrom(address(a&^m|sub), 32-tail))
		if sub = (sub - gaps) & gaps; sub == 0 {
			break
		}
	}
	return Prefixes(prefixes...), true
}

func word(a netip.Addr) uint32 {
	b := a.As4()
	return uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
}

func address(w uint32) netip.Addr {
	return netip.AddrFrom4([4]byte{byte(w >> 24), byte(w >> 16), byte(w >> 8), byte(w)})
}

// Masked is the addresses of a network written with a netmask; false if the mask
// has gaps or the families differ.
func Masked(addr, mask netip.Addr) (netip.Prefix, bool) {
	if !addr.Is4() || !mask.Is4() {
		return netip.Prefix{}, false
	}
	m := word(mask)
	n := bits.LeadingZeros32(^m)
	if m<<n != 0 {
		return netip.Prefix{}, false
	}
	return netip.PrefixFrom(addr, n).Masked(), true
}

// Netmask is the mask of an IPv4 prefix in dotted form.
func Netmask(p netip.Prefix) netip.Addr {
	return address(uint32(uint64(0xffffffff) << (32 - p.Bits())))
}

// Or is what is in any of them.
func (a Addrs) Or(others ...Addrs) Addrs {
	var sure, might netipx.IPSetBuilder
	for _, x := range append(others, a) {
		sure.AddSet(x.sure)
		might.AddSet(x.might)
	}
	return built(&sure, &might)
}

// And is what is in both.
func (a Addrs) And(b Addrs) Addrs {
	switch everything { // what most rules name needs no arithmetic
	case b.sure:
		return a
	case a.sure:
		return b
	}
	var sure, might netipx.IPSetBuilder
	sure.AddSet(a.sure)
	sure.Intersect(b.sure)
	might.AddSet(a.might)
	might.Intersect(b.might)
	return built(&sure, &might)
}

// Not is what is not in it.
func (a Addrs) Not() Addrs {
	var sure, might netipx.IPSetBuilder
	sure.AddSet(everything)
	sure.RemoveSet(a.might)
	might.AddSet(everything)
	might.RemoveSet(a.sure)
	return built(&sure, &might)
}

func built(sure, might *netipx.IPSetBuilder) Addrs {
	s, err := sure.IPSet()
	m, err2 := might.IPSet()
	if err != nil || err2 != nil {
		return UnknownAddr()
	}
	return Addrs{s, m}
}

// Known reports whether all is known of it.
func (a Addrs) Known() bool { return a.sure == a.might || a.sure.Equal(a.might) }

// None reports whether surely nothing is in it.
func (a Addrs) None() bool { return len(a.might.Ranges()) == 0 }

// Local reports whether only addresses are in it that no router passes on:
// multicast and broadcast of one network, and link-local ones.
func (a Addrs) Local() bool {
	for _, r := range a.might.Ranges() {
		if !local.sure.ContainsRange(r) {
			return false
		}
	}
	return !a.None()
}

var local = Prefixes(netip.MustParsePrefix("224.0.0.0/24"), netip.MustParsePrefix("255.255.255.255/32"), netip.MustParsePrefix("ff01::/16"), netip.MustParsePrefix("ff02::/16"), netip.MustParsePrefix("fe80::/10"))

// list is a set as a rule has it: empty is every address. It is false for the
// empty set, which a rule cannot say.
func list(s *netipx.IPSet) ([]netip.Prefix, bool) {
	prefixes := s.Prefixes()
	if len(prefixes) == 2 && slices.Contains(prefixes, All4) && slices.Contains(prefixes, All6) {
		return nil, true
	}
	return prefixes, len(prefixes) > 0
}
