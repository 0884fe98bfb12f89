package symbolic

import (
	"fmt"
	"math/bits"

	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/bdd"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// space is the packets of a question as strings of bits: the family, the class
// of each address, the protocol, the server's port and the client's.
type space struct {
	*bdd.Space
	four, six *classes
	width     int // bits of a class
	// Where the numbers begin.
	src, dst, proto, dport, sport int
	// real is the strings that stand for a packet.
	real bdd.Ref
}

// family is the variable that is 1 for IPv6.
const family = 0

const defaultNodes = 4 << 20

func newSpace(c *catalogue, nodes int) (*space, error) {
	s := &space{four: c.classes(false), six: c.classes(true)}
	s.width = bits.Len(uint(max(len(s.four.members), len(s.six.members), 2) - 1))
	s.src = family + 1
	s.dst = s.src + s.width
	s.proto = s.dst + s.width
	s.dport = s.proto + 8
	s.sport = s.dport + 16
	if nodes == 0 {
		nodes = defaultNodes
	}
	b, err := bdd.New(s.sport+16, nodes)
	if err != nil {
		return nil, fmt.Errorf("%w has %d kinds of address: %w", ErrQuestion, len(s.four.members)+len(s.six.members), err)
	}
	s.Space = b
	s.real = s.valid()
	return s, nil
}

// valid is the strings that stand for a packet: classes that there are, ports 0
// where a protocol has none, a protocol that is not 0, and each family's own
// ICMP.
func (s *space) valid() bdd.Ref {
	all := func(x *classes) bdd.Ref {
		runs := []bdd.Run{{First: 0, Last: uint32(len(x.members) - 1)}}
		return s.And(s.In(s.src, s.width, runs), s.In(s.dst, s.width, runs))
	}
	ported := s.protocols(policy.TCP, policy.UDP)
	none := s.And(s.In(s.dport, 16, []bdd.Run{{}}), s.In(s.sport, 16, []bdd.Run{{}}))
	packet := s.Diff(s.If(ported, bdd.True, none), s.protocols(policy.Any))
	four := s.And(all(s.four), s.Diff(packet, s.protocols(policy.ICMPv6)))
	six := s.And(all(s.six), s.Diff(packet, s.protocols(policy.ICMP)))
	return s.Node(family, four, six)
}

// protocols are packets of those protocols.
func (s *space) protocols(all ...uint8) bdd.Ref {
	r := bdd.False
	for _, n := range all {
		r = s.Or(r, s.In(s.proto, 8, []bdd.Run{{First: uint32(n), Last: uint32(n)}}))
	}
	return r
}

// service is packets of a protocol with those ports.
func (s *space) service(m *policy.PortMatch) bdd.Ref {
	r := s.And(s.ports(s.dport, m.First, m.Last), s.ports(s.sport, m.SrcFirst, m.SrcLast))
	if m.Proto == policy.Any {
		return r
	}
	return s.And(s.protocols(m.Proto), r)
}

// any is the packets of a list of services.
func (s *space) any(list []policy.PortMatch) bdd.Ref {
	all := bdd.False
	for i := range list {
		all = s.Or(all, s.service(&list[i]))
	}
	return all
}

func (s *space) ports(at int, first, last uint16) bdd.Ref {
	return s.In(at, 16, []bdd.Run{{First: uint32(first), Last: uint32(last)}})
}

// between is packets from the addresses of one list to those of another that are
// in a set of services.
func (s *space) between(from, to int, services bdd.Ref) bdd.Ref {
	half := func(x *classes) bdd.Ref {
		return s.And(s.In(s.src, s.width, x.lists[from]), s.And(s.In(s.dst, s.width, x.lists[to]), services))
	}
	return s.Node(family, half(s.four), half(s.six))
}

// of is the packets of a family.
func (s *space) of(f int) bdd.Ref {
	if f == 6 {
		return s.Node(family, bdd.False, bdd.True)
	}
	return s.Node(family, bdd.True, bdd.False)
}

// classesOf are those of a family.
func (s *space) classesOf(six bool) *classes {
	if six {
		return s.six
	}
	return s.four
}

// has reports whether a packet is in a set.
func (s *space) has(a bdd.Ref, k *policy.Packet) bool {
	six := k.Src.Is6()
	x := s.classesOf(six)
	numbers := []struct {
		at, width int
		n         uint32
	}{
		{s.sport, 16, uint32(k.SrcPort)},
		{s.dport, 16, uint32(k.DstPort)},
		{s.proto, 8, uint32(k.Proto)},
		{s.dst, s.width, x.of(k.Dst)},
		{s.src, s.width, x.of(k.Src)},
	}
	return s.Has(a, func(v int) bool {
		if v == family {
			return six
		}
		for _, f := range numbers {
			if v >= f.at {
				return f.n>>(f.at+f.width-1-v)&1 != 0
			}
		}
		return false
	})
}

// number reads bits of a string.
func number(bits []bool, at, width int) uint32 {
	n := uint32(0)
	for _, b := range bits[at : at+width] {
		n <<= 1
		if b {
			n |= 1
		}
	}
	return n
}
