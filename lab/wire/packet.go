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

// ipHeader is the length of an IPv4 header without options.
const ipHeader = 20

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

// Route is the way of IPv4 packets from an end to an address. What is the same
// in each of them is made once: the Ethernet and IP headers and their sums.
type Route struct {
	host   *Host
	head   []byte // Ethernet and IP headers; length, identification and sum are 0
	ip     int    // where the IP header begins
	sum    uint32 // of the IP header
	pseudo uint32 // of the addresses, for the sums of TCP and UDP
}

// Route is the way to an address.
func (e End) Route(to netip.Addr) *Route {
	h := e.Host
	r := &Route{host: h, head: binary.BigEndian.AppendUint16(e.header(0), TypeIPv4)}
	r.ip = len(r.head)
	b := make([]byte, ipHeader)
	b[0] = 0x45
	if h.Stack.DontFragment {
		b[6] = 0x40
	}
	b[8] = h.Stack.TTL - e.Hops
	if e.TTL != 0 {
		b[8] = e.TTL
	}
	copy(b[12:], h.IP.AsSlice())
	copy(b[16:], to.AsSlice())
	r.head = append(r.head, b...)
	r.sum, r.pseudo = uint32(sum(0, b)), uint32(sum(0, b[12:]))
	return r
}

// begin appends the headers to dst.
func (r *Route) begin(dst []byte) []byte { return append(dst, r.head...) }

// finish fills the IP header of a packet whose frame starts at from, and pads
// the frame.
func (r *Route) finish(b []byte, from int, protocol uint8) []byte {
	p := b[from+r.ip:]
	n, id := uint16(len(p)), r.host.nextID()
	binary.BigEndian.PutUint16(p[2:], n)
	binary.BigEndian.PutUint16(p[4:], id)
	p[9] = protocol
	binary.BigEndian.PutUint16(p[10:], ^fold(uint64(r.sum)+uint64(n)+uint64(id)+uint64(protocol)))
	for len(b)-from < minFrame {
		b = append(b, 0)
	}
	return b
}

// UDP appends the frame of a datagram to dst.
func (r *Route) UDP(dst []byte, from, port uint16, payload []byte) []byte {
	b := append(r.begin(dst), byte(from>>8), byte(from), byte(port>>8), byte(port), 0, 0, 0, 0)
	b = append(b, payload...)
	u := b[len(dst)+len(r.head):]
	binary.BigEndian.PutUint16(u[4:], uint16(len(u)))
	c := ^r.transport(protoUDP, u)
	if c == 0 {
		c = 0xffff // 0 would say that there is none
	}
	binary.BigEndian.PutUint16(u[6:], c)
	return r.finish(b, len(dst), protoUDP)
}

// Ping appends an echo request, or the answer to one.
func (r *Route) Ping(dst []byte, answer bool, id, sequence uint16) []byte {
	b := append(r.begin(dst), 8, 0, 0, 0, byte(id>>8), byte(id), byte(sequence>>8), byte(sequence))
	for i := range byte(32) {
		b = append(b, 'a'+i%23)
	}
	m := b[len(dst)+len(r.head):]
	if answer {
		m[0] = 0
	}
	binary.BigEndian.PutUint16(m[2:], ^sum(0, m))
	return r.finish(b, len(dst), protoICMP)
}

// transport is the sum over the pseudo header and a segment or datagram.
func (r *Route) transport(protocol uint8, b []byte) uint16 {
	return sum(uint64(r.pseudo)+uint64(protocol)+uint64(len(b)), b)
}

// sum is the one's complement sum of RFC 1071, taken eight bytes at a time:
// 2^16 is 1 in it, so that words of any even size can be added.
func sum(s uint64, b []byte) uint16 {
	for ; len(b) >= 8; b = b[8:] {
		v := binary.BigEndian.Uint64(b)
		s += v>>32 + v&0xffffffff
	}
	for ; len(b) > 1; b = b[2:] {
		s += uint64(b[0])<<8 | uint64(b[1])
	}
	if len(b) == 1 {
		s += uint64(b[0]) << 8
	}
	return fold(s)
}

func fold(s uint64) uint16 {
	for s > 0xffff {
		s = s>>16 + s&0xffff
	}
	return uint16(s)
}
