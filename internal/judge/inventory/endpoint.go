package inventory

import (
	"encoding/binary"
	"net/netip"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// endpoint is one combination of MAC, IP and VLAN that a sensor saw.
type endpoint struct {
	ip      [16]byte // IPv4 as ::ffff:a.b.c.d; all zero for none
	packets uint64   // IP packets sent
	first   int64    // nanoseconds since 1970
	last    int64
	packet  plant.PacketRef
	facts   uint32 // the newest fact about it, plus 1
	mac     plant.MAC
	vlan    uint16
	seen    evidence
	ttlMin  uint8
	ttlMax  uint8
	ttl     ttlKind
	place   place // set by Build
}

// evidence is how we know of an endpoint.
type evidence uint16

const (
	sentIP      evidence = 1 << iota // was the source of a whole IP packet
	claimedIP                        // its MAC claimed the IP on the link (ARP, neighbour discovery)
	saidIP                           // its MAC said the IP is its own (DCP, DHCP)
	announcedIP                      // a port announced the IP for its device (LLDP, CDP)
	heard                            // something was said about it
	spoke                            // it took part in a conversation as a sender
	hairpinned                       // it talked to another IP of its own MAC
)

// ownIP is what a MAC says of itself; present is what proves that it sent.
const (
	ownIP   = claimedIP | saidIP | announcedIP
	present = sentIP | ownIP | spoke
)

// ttlKind sorts the times-to-live that came from an endpoint.
type ttlKind uint8

const (
	ttlInitial ttlKind = 1 << iota // a value that systems start with: not routed
	ttlFewer                       // a little below such a value: routed
	ttlOther                       // tells nothing
)

// place is where an endpoint's IP stands in relation to its MAC.
type place uint8

const (
	placeNone    place = iota // no IP, or none that was ever used
	placeOwn                  // the IP is the MAC's own, and something proves it
	placeAlone                // it is the only one that the MAC sends from
	placeRouted               // the MAC belongs to a router in between
	placeUnclear              // several IPs behind one MAC and nothing tells
)

// onLink reports whether the IP belongs to the device with that MAC.
func (p place) onLink() bool { return p == placeOwn || p == placeAlone }

func (e *endpoint) addr() netip.Addr {
	if e.ip == ([16]byte{}) {
		return netip.Addr{}
	}
	return netip.AddrFrom16(e.ip).Unmap()
}

func (e *endpoint) hasIP() bool { return e.ip != [16]byte{} }

// usedIP reports whether the address is real: it sent, or its owner claimed it.
func (e *endpoint) usedIP() bool {
	return e.hasIP() && (e.seen&sentIP != 0 || e.seen&ownIP != 0 && !e.mac.IsZero())
}

// span widens the time in which the endpoint was seen.
func (e *endpoint) span(first, last int64, packet plant.PacketRef) {
	if first != 0 && (e.first == 0 || first < e.first) {
		e.first = first
	}
	e.last = max(e.last, last)
	if packet != 0 && (e.packet == 0 || packet < e.packet) {
		e.packet = packet
	}
}

// unicast reports whether an IP address can be somebody's own.
func unicast(a netip.Addr) bool {
	return a.IsValid() && !a.IsMulticast() && !a.IsUnspecified() && a != broadcast
}

var broadcast = netip.AddrFrom4([4]byte{255, 255, 255, 255})

// keyOf is what an endpoint is known by: its MAC and IP, either of which may be
// zero. It is not ok for a group, and for nothing at all.
func keyOf(e plant.Endpoint) (mac plant.MAC, ip [16]byte, ok bool) {
	if !e.MAC.IsGroup() {
		mac = e.MAC
	}
	a := e.IP.Unmap()
	switch {
	case unicast(a):
		return mac, a.As16(), true
	case a.IsValid() && !a.IsUnspecified():
		return mac, ip, false
	}
	return mac, ip, !mac.IsZero()
}

// endpointID is the record of e, made if need be. Group addresses have none,
// and neither has an endpoint beyond the bound.
func (b *Builder) endpointID(e plant.Endpoint) (uint32, bool) {
	mac, ip, ok := keyOf(e)
	if !ok {
		return 0, false
	}
	vlan := e.VLAN & 0xfff
	if id, ok := b.findEndpoint(mac, ip, vlan); ok {
		return id, true
	}
	if b.endpoints.n >= b.limit[0] {
		b.dropped++
		return 0, false
	}
	id := b.endpoints.add(endpoint{ip: ip, mac: mac, vlan: vlan})
	b.endpointIdx.add(hashEndpoint(mac, ip, vlan), id)
	return id, true
}

// findEndpoint is endpointID for one that must be there already.
func (b *Builder) findEndpoint(mac plant.MAC, ip [16]byte, vlan uint16) (uint32, bool) {
	return b.endpointIdx.find(hashEndpoint(mac, ip, vlan), func(i uint32) bool {
		r := b.endpoints.at(i)
		return r.ip == ip && r.mac == mac && r.vlan == vlan
	})
}

func hashEndpoint(mac plant.MAC, ip [16]byte, vlan uint16) uint32 {
	h := mix(0, binary.BigEndian.Uint64(ip[:8]))
	h = mix(h, binary.BigEndian.Uint64(ip[8:]))
	m := uint64(binary.BigEndian.Uint32(mac[:4]))<<16 | uint64(binary.BigEndian.Uint16(mac[4:]))
	return uint32(mix(h, m<<16|uint64(vlan)))
}

// initialTTLs are the values that systems send with (RFC 1700 recommends 64;
// Windows uses 128, network equipment 255, older stacks 32, 30 and 60).
var initialTTLs = [...]uint8{30, 32, 60, 64, 100, 128, 200, 255}

// furthest is the most routers that packets on the Internet pass in practice.
const furthest = 32

// kindOfTTL sorts one value.
func kindOfTTL(v uint8) ttlKind {
	for _, initial := range initialTTLs {
		if v == initial {
			return ttlInitial
		}
	}
	for _, initial := range [...]uint8{64, 128, 255} {
		if v < initial && initial-v <= furthest {
			return ttlFewer
		}
	}
	return ttlOther
}
