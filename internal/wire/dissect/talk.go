package dissect

import (
	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// talk is one conversation as people count them: over all client ports.
type talk struct {
	client, server uint32
	port           uint16
	transport      plant.Transport
	confirmed      bool
	answered       bool
	established    bool
	protocol       uint32 // a text
	flows          uint64
	packets, bytes [2]uint64 // up, down
	lost           uint64
	first, last    int64
	ref            plant.PacketRef
}

func (t *talk) hash() uint64 {
	h := mix(uint64(t.client)<<32|uint64(t.server), uint64(t.port)<<8|uint64(t.transport))
	return mix(h, uint64(t.protocol))
}

func (t *talk) same(o *talk) bool {
	return t.client == o.client && t.server == o.server && t.port == o.port && t.transport == o.transport && t.protocol == o.protocol
}

type talkTable struct {
	list slab[talk]
	idx  index
	max  int
	Lost uint64
}

func (t *talkTable) init(limit int) { t.max = limit }

// find is the row of that key; when the table is full, nil.
func (t *talkTable) find(k *talk) *talk {
	h := k.hash()
	if i, ok := t.idx.find(h, func(i uint32) bool { return t.list.at(i).same(k) }); ok {
		return t.list.at(i)
	}
	if int(t.list.n) >= t.max {
		t.Lost++
		return nil
	}
	r, i := t.list.add()
	*r = talk{client: k.client, server: k.server, port: k.port, transport: k.transport, protocol: k.protocol, first: k.first, last: k.last, ref: k.ref}
	t.idx.add(h, i)
	return r
}
