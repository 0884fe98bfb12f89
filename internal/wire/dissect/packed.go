package dissect

import (
	"math"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// packed is an operation as the table keeps it: there is one for each pair of
// speakers and thing asked, more than of anything else. What most operations
// lack stands in a list of its own.
type packed struct {
	first, last int64
	ref         plant.PacketRef
	counts      [4]uint32 // requests, responses, accepted, refused
	requester   uint32
	responder   uint32
	verb        uint32
	name        uint32
	about       uint32 // place in the list of abouts plus 1; 0 is about nothing
	port        uint16
	flags       uint8
}

// about is what an operation is about besides a name.
type about struct {
	space, unit, from, to uint32
	value                 int64
}

// Flags of a packed operation.
const (
	isRanged = 1 << iota
	isValued
	isMerging
	isWide
)

// operationList is a list of operations.
type operationList struct {
	slab[packed]
	abouts slab[about]
	wide   map[uint32][4]uint64 // counts that 32 bits do not hold
}

func (l *operationList) at(i uint32) operation {
	p := l.slab.at(i)
	o := operation{
		verb: p.verb, name: p.name, requester: p.requester, responder: p.responder, port: p.port,
		ranged: p.flags&isRanged != 0, valued: p.flags&isValued != 0, merges: p.flags&isMerging != 0,
		first: p.first, last: p.last, ref: p.ref,
	}
	if p.about != 0 {
		a := l.abouts.at(p.about - 1)
		o.space, o.unit, o.from, o.to, o.value = a.space, a.unit, a.from, a.to, a.value
	}
	counts := [4]uint64{uint64(p.counts[0]), uint64(p.counts[1]), uint64(p.counts[2]), uint64(p.counts[3])}
	if p.flags&isWide != 0 {
		counts = l.wide[i]
	}
	o.requests, o.responses, o.accepted, o.refused = counts[0], counts[1], counts[2], counts[3]
	return o
}

func (l *operationList) add(o *operation) uint32 {
	_, i := l.slab.add()
	*l.slab.at(i) = packed{}
	l.put(i, o)
	return i
}

// reset empties the list.
func (l *operationList) reset() {
	l.slab.reset()
	l.abouts.reset()
	clear(l.wide)
}

// put replaces operation i.
func (l *operationList) put(i uint32, o *operation) {
	p := l.slab.at(i)
	*p = packed{
		first: o.first, last: o.last, ref: o.ref, requester: o.requester, responder: o.responder,
		verb: o.verb, name: o.name, about: p.about, port: o.port,
	}
	if o.ranged {
		p.flags |= isRanged
	}
	if o.valued {
		p.flags |= isValued
	}
	if o.merges {
		p.flags |= isMerging
	}
	if a := (about{o.space, o.unit, o.from, o.to, o.value}); a != (about{}) || p.about != 0 {
		if p.about == 0 {
			_, at := l.abouts.add()
			p.about = at + 1
		}
		*l.abouts.at(p.about - 1) = a
	}
	l.putCounts(i, p, [4]uint64{o.requests, o.responses, o.accepted, o.refused})
}

func (l *operationList) putCounts(i uint32, p *packed, counts [4]uint64) {
	for k, n := range counts {
		if n > math.MaxUint32 {
			if l.wide == nil {
				l.wide = make(map[uint32][4]uint64)
			}
			l.wide[i] = counts
			p.flags |= isWide
			return
		}
		p.counts[k] = uint32(n)
	}
}
