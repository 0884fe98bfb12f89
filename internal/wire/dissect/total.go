package dissect

import (
	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// operation is the operationRows of all conversations of two endpoints. Its
// verb, space and name are numbers.
type operation struct {
	verb        uint32
	space, name uint32
	requester   uint32
	responder   uint32
	unit        uint32
	from, to    uint32
	port        uint16
	ranged      bool
	valued      bool
	merges      bool
	value       int64
	requests    uint64
	responses   uint64
	accepted    uint64
	refused     uint64
	first, last int64
	ref         plant.PacketRef
}

func (o *operation) hash() uint64 {
	h := mix(uint64(o.requester)<<32|uint64(o.responder), uint64(o.port)<<32|uint64(o.unit))
	h = mix(h^uint64(o.verb), uint64(o.space)<<32|uint64(o.name))
	if !o.merges {
		h = mix(h, uint64(o.from)<<32|uint64(o.to))
	}
	return h
}

func (o *operation) same(p *operation) bool {
	return o.requester == p.requester && o.responder == p.responder && o.port == p.port && o.verb == p.verb &&
		o.unit == p.unit && o.ranged == p.ranged && o.space == p.space && o.name == p.name &&
		(o.merges || o.from == p.from && o.to == p.to)
}

type operationTable struct {
	list operationList
	idx  index
	max  int
	Lost uint64
}

func (t *operationTable) init(limit int) { t.max = limit }

func (t *operationTable) add(o *operation) {
	h := o.hash()
	if t.merge(h, o) {
		return
	}
	if int(t.list.n) >= t.max { // keep the counts right and let the object go
		t.Lost++
		o.space, o.name, o.unit, o.from, o.to, o.ranged, o.valued = 0, 0, 0, 0, 0, false, false
		h = o.hash()
		if t.merge(h, o) || int(t.list.n) >= 2*t.max {
			return
		}
	}
	t.idx.add(h, t.list.add(o))
}

// merge adds an operation to an equal one, if there is one.
func (t *operationTable) merge(h uint64, o *operation) bool {
	var known operation
	i, ok := t.idx.find(h, func(i uint32) bool {
		known = t.list.at(i)
		return known.same(o)
	})
	if ok {
		known.merge(o)
		t.list.put(i, &known)
	}
	return ok
}

func (o *operation) merge(p *operation) {
	if o.ranged {
		o.from, o.to = min(o.from, p.from), max(o.to, p.to)
	}
	if p.valued && (!o.valued || p.last >= o.last) {
		o.valued, o.value = true, p.value
	}
	o.requests += p.requests
	o.responses += p.responses
	o.accepted += p.accepted
	o.refused += p.refused
	o.first, o.last, o.ref = min(o.first, p.first), max(o.last, p.last), min(o.ref, p.ref)
}

// verbList numbers the verbs that occur: a few hundred.
type verbList struct {
	list []*plant.Verb
	ids  map[*plant.Verb]uint32
}

func (l *verbList) id(v *plant.Verb) uint32 {
	if id, ok := l.ids[v]; ok {
		return id
	}
	if l.ids == nil {
		l.ids = make(map[*plant.Verb]uint32)
	}
	id := uint32(len(l.list))
	l.list, l.ids[v] = append(l.list, v), id
	return id
}
