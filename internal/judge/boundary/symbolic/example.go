package symbolic

import (
	"net/netip"
	"slices"

	"go4.org/netipx"

	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/bdd"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// hostClass is a class of a family.
type hostClass struct {
	six bool
	n   uint32
}

// policyAddr is an address that stands for its class in examples, and how good
// it is: that of a real machine is best.
type policyAddr struct {
	addr netip.Addr
	real bool
}

// usual are addresses that people know from examples (RFC 5737, RFC 3849) and
// from their own networks.
var usual = []string{
	"203.0.113.10", "203.0.113.20", "198.51.100.10", "192.0.2.10", "192.168.1.10", "192.168.1.20", "10.0.0.10", "10.0.0.20", "172.16.0.10",
	"2001:db8::10", "2001:db8::20", "fd00::10", "fd00::20", "fe80::10",
}

// gather finds addresses for the classes that have known ones: two are enough
// for a packet.
func (q *question) gather() {
	q.hosts = map[hostClass][]policyAddr{}
	for _, a := range q.opt.Hosts {
		q.known(a.Unmap().WithZone(""), true)
	}
	for _, s := range usual {
		q.known(netip.MustParseAddr(s), false)
	}
	q.toReal, q.fromReal = q.machines(q.dst), q.machines(q.src)
}

func (q *question) known(a netip.Addr, real bool) {
	if !a.IsValid() {
		return
	}
	k := hostClass{a.Is6(), q.classesOf(a.Is6()).of(a)}
	if len(q.hosts[k]) < 2 {
		q.hosts[k] = append(q.hosts[k], policyAddr{a, real})
	}
}

// common are ports of servers that people know, the best known first.
var common = []uint16{443, 502, 102, 22, 80, 3389, 445, 4840, 44818, 53, 161}

// example is a packet of a set that could really be sent. Each wish is kept
// where the set has a packet that fits.
func (q *question) example(a bdd.Ref) policy.Packet {
	wish := func(w bdd.Ref) bool {
		b := q.And(a, w)
		if b != bdd.False {
			a = b
		}
		return b != bdd.False
	}
	q.wishHosts(wish)
	for _, p := range []uint8{policy.TCP, policy.UDP, policy.ICMP, policy.ICMPv6} {
		if wish(q.protocols(p)) {
			break
		}
	}
	known := false
	for _, p := range common {
		if known = wish(q.ports(q.dport, p, p)); known {
			break
		}
	}
	if !known && !wish(q.ports(q.dport, 1, 1023)) {
		wish(q.ports(q.dport, 1, 65535))
	}
	if !wish(q.ports(q.sport, 50000, 65535)) {
		wish(q.ports(q.sport, 1024, 65535))
	}
	return q.packet(q.One(a))
}

// wishHosts prefers machines that are known, and addresses that stand in zones.
func (q *question) wishHosts(wish func(bdd.Ref) bool) {
	for _, end := range []struct {
		place int
		real  bdd.Ref
	}{{q.dst, q.toReal}, {q.src, q.fromReal}} {
		if wish(end.real) {
			continue
		}
		for _, s := range q.sides {
			if p, ok := s.(*policySide); ok && wish(p.Not(p.standing(end.place, policy.Nowhere))) {
				break
			}
		}
	}
}

// machines is packets from or to the class of a real machine.
func (q *question) machines(place int) bdd.Ref {
	var numbers [2][]uint32
	for k, list := range q.hosts {
		if list[0].real {
			numbers[b2i(k.six)] = append(numbers[b2i(k.six)], k.n)
		}
	}
	half := func(all []uint32) bdd.Ref {
		slices.Sort(all)
		runs := make([]bdd.Run, len(all))
		for i, n := range all {
			runs[i] = bdd.Run{First: n, Last: n}
		}
		return q.In(place, q.width, runs)
	}
	return q.Node(family, half(numbers[0]), half(numbers[1]))
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// packet is the packet that a string stands for, with an address for each class.
func (q *question) packet(bits []bool) policy.Packet {
	six := bits[family]
	k := policy.Packet{
		Proto:   uint8(number(bits, q.proto, 8)),
		DstPort: uint16(number(bits, q.dport, 16)),
		SrcPort: uint16(number(bits, q.sport, 16)),
	}
	k.Dst = q.address(six, number(bits, q.dst, q.width), netip.Addr{})
	k.Src = q.address(six, number(bits, q.src, q.width), k.Dst)
	return k
}

// address is one of a class, another than one if there is one.
func (q *question) address(six bool, n uint32, not netip.Addr) netip.Addr {
	for _, h := range q.hosts[hostClass{six, n}] {
		if h.addr != not {
			return h.addr
		}
	}
	steps := []int{10, 11, 1, 0}
	if six {
		steps = []int{0x10, 0x11, 1, 0}
	}
	members := q.classesOf(six).members[n]
	for _, r := range members {
		// The tenth machine of a network looks like one; the first and last
		// addresses are the network's own.
		for _, step := range steps {
			if a := ahead(r, step); a.IsValid() && a != not {
				return a
			}
		}
	}
	return members[0].From()
}

// ahead is an address so many behind the first of a range, invalid if the range
// does not go further than that.
func ahead(r netipx.IPRange, step int) netip.Addr {
	a := r.From()
	for range step {
		if a == r.To() {
			return netip.Addr{}
		}
		a = a.Next()
	}
	if step > 0 && a == r.To() {
		return netip.Addr{}
	}
	return a
}
