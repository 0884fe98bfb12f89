package wire

import (
	"encoding/binary"
	"net/netip"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// IP protocol numbers.
const (
	protoICMP = 1
	protoTCP  = 6
	protoUDP  = 17
)

// End is one end of an exchange of packets: the machine, and the way of what it
// sends to the other end.
type End struct {
	Link
	Host *Host
	Hops uint8 // routers that its packets passed before they were captured
	TTL  uint8 // if it is not that of the host's stack: 255 for a group on the link
}

// ARP is a request for, or an answer about, an IPv4 address.
func ARP(l Link, answer bool, mac plant.MAC, ip netip.Addr, target plant.MAC, wanted netip.Addr) []byte {
	b := []byte{0, 1, 8, 0, 6, 4, 0, 1}
	if answer {
		b[7] = 2
	}
	b = append(b, mac[:]...)
	b = append(b, ip.AsSlice()...)
	b = append(b, target[:]...)
	b = append(b, wanted.AsSlice()...)
	return l.Frame(TypeARP, b)
}

// ip puts an IPv4 header before what begins behind its 20 bytes in b.
func (e End) ip(protocol uint8, to netip.Addr, b []byte) []byte {
	h := e.Host
	b[0] = 0x45
	binary.BigEndian.PutUint16(b[2:], uint16(len(b)))
	binary.BigEndian.PutUint16(b[4:], h.nextID())
	if h.Stack.DontFragment {
		b[6] = 0x40
	}
	b[8] = h.Stack.TTL - e.Hops
	if e.TTL != 0 {
		b[8] = e.TTL
	}
	b[9] = protocol
	copy(b[12:], h.IP.AsSlice())
	copy(b[16:], to.AsSlice())
	binary.BigEndian.PutUint16(b[10:], ^sum(0, b[:20]))
	return e.Frame(TypeIPv4, b)
}

// UDP is a datagram.
func (e End) UDP(to netip.Addr, from, port uint16, payload []byte) []byte {
	b := make([]byte, 28, 28+len(payload))
	b = append(b, payload...)
	u := b[20:]
	binary.BigEndian.PutUint16(u, from)
	binary.BigEndian.PutUint16(u[2:], port)
	binary.BigEndian.PutUint16(u[4:], uint16(len(u)))
	c := ^e.transport(protoUDP, to, u)
	if c == 0 {
		c = 0xffff // 0 would say that there is none
	}
	binary.BigEndian.PutUint16(u[6:], c)
	return e.ip(protoUDP, to, b)
}

// Ping is an echo request, or the answer to one.
func (e End) Ping(to netip.Addr, answer bool, id, sequence uint16) []byte {
	b := make([]byte, 28, 60)
	for i := range byte(32) {
		b = append(b, 'a'+i%23)
	}
	m := b[20:]
	if !answer {
		m[0] = 8
	}
	binary.BigEndian.PutUint16(m[4:], id)
	binary.BigEndian.PutUint16(m[6:], sequence)
	binary.BigEndian.PutUint16(m[2:], ^sum(0, m))
	return e.ip(protoICMP, to, b)
}

// transport is the sum over the pseudo header and a segment or datagram.
func (e End) transport(protocol uint8, to netip.Addr, b []byte) uint16 {
	from, dst := e.Host.IP.As4(), to.As4()
	s := uint32(protocol) + uint32(len(b))
	s += uint32(sum(0, from[:])) + uint32(sum(0, dst[:]))
	return sum(s, b)
}

// sum is the one's complement sum of RFC 1071.
func sum(s uint32, b []byte) uint16 {
	for ; len(b) > 1; b = b[2:] {
		s += uint32(b[0])<<8 | uint32(b[1])
	}
	if len(b) == 1 {
		s += uint32(b[0]) << 8
	}
	for s > 0xffff {
		s = s>>16 + s&0xffff
	}
	return uint16(s)
}
