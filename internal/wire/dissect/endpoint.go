package dissect

import (
	"encoding/binary"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/packet"
)

// endKey is what tells endpoints apart.
type endKey struct {
	ip   packet.Addr
	mac  plant.MAC
	vlan uint16
}

func (k *endKey) hash() uint64 {
	var m [8]byte
	copy(m[:], k.mac[:])
	binary.LittleEndian.PutUint16(m[6:], k.vlan)
	return mix(mix(k.ip.Lo, binary.LittleEndian.Uint64(m[:])), k.ip.Hi)
}

// end is one endpoint: who sent, or was sent to.
type end struct {
	key      endKey
	packets  uint64 // it sent since it was last reported, like first and ref
	first    int64
	last     int64
	ref      plant.PacketRef
	reported uint32 // seconds since 1970; 0: never
	ttl      uint8  // the highest seen
	ttlTold  uint8
}

// word is the endpoint as others speak of it.
func (e *end) word() plant.Endpoint { return e.key.word() }

// count adds packets that the endpoint sent.
func (e *end) count(packets uint64, first, last int64, ttl uint8, ref plant.PacketRef) {
	if e.packets == 0 {
		e.first, e.last, e.ref = first, last, ref
	}
	e.packets += packets
	e.first, e.last = min(e.first, first), max(e.last, last)
	e.ref, e.ttl = min(e.ref, ref), max(e.ttl, ttl)
}

// endpointTable holds the endpoints of a run. When it is full, new ones share
// the last place: their packets are counted, they are not told apart.
type endpointTable struct {
	list slab[end]
	keys []endKey // all that is left of list after forget
	idx  index
	max  int
	Lost uint64
}

func (t *endpointTable) init(limit int) { t.max = limit }

func (t *endpointTable) at(id uint32) *end { return t.list.at(id) }

func (t *endpointTable) find(k endKey) uint32 {
	h := k.hash()
	if id, ok := t.idx.find(h, func(i uint32) bool { return t.list.at(i).key == k }); ok {
		return id
	}
	if int(t.list.n) >= t.max {
		t.Lost++
		return t.list.n - 1
	}
	e, id := t.list.add()
	*e = end{key: k}
	t.idx.add(h, id)
	return id
}

// idOf is the id of an endpoint named by a message.
func (t *endpointTable) idOf(e plant.Endpoint) uint32 {
	k := endKey{mac: e.MAC, vlan: e.VLAN}
	if e.IP.IsValid() {
		b := e.IP.As16()
		k.ip = packet.Addr6(b[:])
	}
	return t.find(k)
}
