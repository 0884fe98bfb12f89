package logs

import (
	"net/netip"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// span is when something was seen, and the first row that showed it. Times are
// nanoseconds since 1970; 0 is unknown.
type span struct {
	first, last int64
	ref         plant.PacketRef
}

// cover stretches the span over another.
func (s *span) cover(o span) {
	if o.first != 0 && (s.first == 0 || o.first < s.first) {
		s.first = o.first
	}
	s.last = max(s.last, o.last)
	if s.ref == 0 || o.ref != 0 && o.ref < s.ref {
		s.ref = o.ref
	}
}

// endKey is what tells endpoints apart: the IP address, or the MAC address of
// one without. Most logs know no MAC address, so it cannot be part of the key of
// an endpoint that has an IP address.
type endKey struct {
	ip  netip.Addr
	mac plant.MAC
}

// end is one endpoint.
type end struct {
	key     endKey
	mac     plant.MAC // the one it was seen with
	vlan    uint16
	several bool // MAC addresses were seen: none is its own for sure
}

// word is the endpoint for the outside.
func (e *end) word() plant.Endpoint {
	w := plant.Endpoint{IP: e.key.ip, MAC: e.mac, VLAN: e.vlan}
	switch {
	case !e.key.ip.IsValid():
		w.MAC = e.key.mac
	case e.several:
		w.MAC, w.VLAN = plant.MAC{}, 0
	}
	return w
}

// presenceKey is one address seen with one MAC address.
type presenceKey struct {
	end  uint32
	mac  plant.MAC
	vlan uint16
}

type presence struct {
	presenceKey
	count uint64
	span  span
}

// endTable holds endpoints and how they were present. When it is full, new ones
// are not told apart.
type endTable struct {
	list     []end
	index    map[endKey]uint32
	seen     []presence
	presence map[presenceKey]uint32
	max      int
	lost     uint64
}

func newEndTable(limit int) endTable {
	return endTable{index: map[endKey]uint32{}, presence: map[presenceKey]uint32{}, max: limit}
}

// noEnd is the id of no endpoint.
const noEnd = ^uint32(0)

// find is the id of an endpoint, noEnd when there is no address or no room.
func (t *endTable) find(ip netip.Addr, mac plant.MAC, vlan uint16) uint32 {
	k := endKey{ip: ip}
	if !ip.IsValid() {
		if mac.IsZero() {
			return noEnd
		}
		k.mac = mac
	}
	id, ok := t.index[k]
	if !ok {
		if len(t.list) >= t.max {
			t.lost++
			return noEnd
		}
		id = uint32(len(t.list))
		t.list = append(t.list, end{key: k})
		t.index[k] = id
	}
	t.list[id].meet(mac, vlan)
	return id
}

// meet notes the MAC address that an endpoint was seen with.
func (e *end) meet(mac plant.MAC, vlan uint16) {
	switch {
	case mac.IsZero() || mac.IsGroup() || !e.key.ip.IsValid():
	case e.mac.IsZero():
		e.mac, e.vlan = mac, vlan
	case e.mac != mac || e.vlan != vlan:
		e.several = true
	}
}

// sent notes that an endpoint sent, count times.
func (t *endTable) sent(id uint32, mac plant.MAC, vlan uint16, count uint64, s span) {
	if id == noEnd || count == 0 || !t.list[id].sends() {
		return
	}
	k := presenceKey{id, mac, vlan}
	i, ok := t.presence[k]
	if !ok {
		if len(t.seen) >= t.max {
			t.lost++
			return
		}
		i = uint32(len(t.seen))
		t.seen = append(t.seen, presence{presenceKey: k})
		t.presence[k] = i
	}
	t.seen[i].count += count
	t.seen[i].span.cover(s)
}

// sends reports whether the address can be a sender's. A log does not know the
// netmask: an IPv4 address that ends in 255 is taken for a broadcast address,
// which some parsers name as the sender of an answer to a broadcast.
func (e *end) sends() bool {
	ip := e.key.ip
	if !ip.IsValid() {
		return !e.key.mac.IsGroup()
	}
	if ip.IsMulticast() || ip.IsUnspecified() {
		return false
	}
	return !ip.Is4() || ip.As4()[3] != 255
}
