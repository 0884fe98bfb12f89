package session

import (
	"iter"
	"math/bits"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// Flow is one conversation in the table. S is what the reader of its bytes
// keeps. First, Packets, Bytes and Ref count from when the flow was last
// reported (Reported).
type Flow[S any] struct {
	Key         Key
	First, Last int64
	Packets     [2]uint32 // by the sender's side
	Tag         [2]uint32 // the owner's, to know the two ends again by
	Bytes       [2]uint64
	State       *S
	Ref         plant.PacketRef // first packet of those counted
	End         [2]uint32       // the two ends in the owner's table
	TTL         [2]uint8
	Server      int8 // side of the server, -1 while unknown
	Sure        uint8
	Seen        uint8 // Seen… bits
	live        bool
}

// What was seen of a flow.
const (
	SeenSYN uint8 = 1 << iota
	SeenSYNACK
	SeenClose // FIN or RST
	SeenRST
	seenSide0 // sent something that was reported
	seenSide1
	SeenReported // the flow itself was
)

// Sent reports whether that side ever sent anything.
func (f *Flow[S]) Sent(side int) bool {
	return f.Packets[side] > 0 || f.Seen&(seenSide0<<side) != 0
}

// Counted reports whether packets were counted since the last report.
func (f *Flow[S]) Counted() bool { return f.Packets[0]|f.Packets[1] != 0 }

// Reported begins the counters anew, and keeps what decisions about the flow
// need.
func (f *Flow[S]) Reported() {
	for side := range 2 {
		if f.Packets[side] > 0 {
			f.Seen |= seenSide0 << side
		}
	}
	f.Seen |= SeenReported
	f.Packets, f.Bytes = [2]uint32{}, [2]uint64{}
}

// Table holds flows up to a bound. It is not safe for concurrent use.
type Table[S any] struct {
	slots []slot
	slabs [][]Flow[S]
	free  []uint32
	n     int
	max   int
	hand  uint32 // where the sweep goes on
	// Evict is called with each flow that leaves the table.
	Evict func(*Flow[S])
	// Forced counts flows that had to go while still in use.
	Forced uint64
}

// slot has the low half of the key's hash, which also tells where its home is,
// and index+1 of the flow; 0 is empty.
type slot struct{ tag, index uint32 }

const slabSize = 1024

// NewTable makes a table of at most max flows.
func NewTable[S any](maxFlows int, evict func(*Flow[S])) *Table[S] {
	return &Table[S]{slots: make([]slot, 1024), max: max(maxFlows, 64), Evict: evict}
}

// Len is the number of flows.
func (t *Table[S]) Len() int { return t.n }

// Find returns the flow of k, made anew (fresh) if there was none.
func (t *Table[S]) Find(k *Key, now int64) (f *Flow[S], fresh bool) {
	tag, mask := uint32(k.hash()), uint32(len(t.slots)-1)
	for i := tag & mask; ; i = (i + 1) & mask {
		s := t.slots[i]
		if s.index == 0 {
			return t.add(k, tag, now), true
		}
		if s.tag == tag {
			if f = t.at(s.index - 1); f.Key == *k {
				return f, false
			}
		}
	}
}

func (t *Table[S]) at(i uint32) *Flow[S] { return &t.slabs[i/slabSize][i%slabSize] }

func (t *Table[S]) add(k *Key, tag uint32, now int64) *Flow[S] {
	t.sweep(now)
	if t.n >= t.max {
		t.force()
	}
	if (t.n+1)*3 > len(t.slots)*2 {
		t.grow()
	}
	i := t.alloc()
	t.insert(tag, i)
	t.n++
	f := t.at(i)
	*f = Flow[S]{Key: *k, First: now, Last: now, Server: -1, live: true}
	return f
}

func (t *Table[S]) alloc() uint32 {
	if len(t.free) == 0 {
		base := uint32(len(t.slabs) * slabSize)
		t.slabs = append(t.slabs, make([]Flow[S], slabSize))
		for i := slabSize - 1; i >= 0; i-- {
			t.free = append(t.free, base+uint32(i))
		}
	}
	i := t.free[len(t.free)-1]
	t.free = t.free[:len(t.free)-1]
	return i
}

func (t *Table[S]) insert(tag, index uint32) {
	mask := uint32(len(t.slots) - 1)
	i := tag & mask
	for t.slots[i].index != 0 {
		i = (i + 1) & mask
	}
	t.slots[i] = slot{tag, index + 1}
}

func (t *Table[S]) grow() {
	old := t.slots
	t.slots = make([]slot, 2*len(old))
	for _, s := range old {
		if s.index != 0 {
			t.insert(s.tag, s.index-1)
		}
	}
}

// Idle times after which a conversation is folded away. A conversation that
// goes on later is picked up again in the middle.
const (
	idleTCP    = 600e9
	idleClosed = 5e9
	idleOpen   = 60e9 // TCP without an answer
	idleOther  = 120e9
	sweepSteps = 4
)

func (f *Flow[S]) idle(now int64) bool {
	age := now - f.Last
	if f.Key.Proto != 6 {
		return age > idleOther
	}
	switch {
	case f.Seen&SeenClose != 0:
		return age > idleClosed
	case !f.Sent(0) || !f.Sent(1):
		return age > idleOpen
	}
	return age > idleTCP
}

// sweep looks at a few flows for each new one and folds the idle ones away.
func (t *Table[S]) sweep(now int64) {
	total := uint32(len(t.slabs) * slabSize)
	if total == 0 {
		return
	}
	for range sweepSteps {
		if t.hand >= total {
			t.hand = 0
		}
		if f := t.at(t.hand); f.live && f.idle(now) {
			t.remove(t.hand)
		}
		t.hand++
	}
}

// force makes room by folding away the next flow in turn.
func (t *Table[S]) force() {
	total := uint32(len(t.slabs) * slabSize)
	for {
		if t.hand >= total {
			t.hand = 0
		}
		if t.at(t.hand).live {
			t.Forced++
			t.remove(t.hand)
			return
		}
		t.hand++
	}
}

// remove folds a flow away and closes the gap it leaves in the slots.
func (t *Table[S]) remove(index uint32) {
	f := t.at(index)
	t.Evict(f)
	mask := uint32(len(t.slots) - 1)
	i := uint32(f.Key.hash()) & mask
	for t.slots[i].index != index+1 {
		i = (i + 1) & mask
	}
	for j := (i + 1) & mask; t.slots[j].index != 0; j = (j + 1) & mask {
		home := t.slots[j].tag & mask
		if (j-home)&mask >= (j-i)&mask {
			t.slots[i] = t.slots[j]
			i = j
		}
	}
	t.slots[i] = slot{}
	*f = Flow[S]{}
	t.free = append(t.free, index)
	t.n--
}

// All walks the flows in the table.
func (t *Table[S]) All() iter.Seq[*Flow[S]] {
	return func(yield func(*Flow[S]) bool) {
		for _, slab := range t.slabs {
			for i := range slab {
				if f := &slab[i]; f.live && !yield(f) {
					return
				}
			}
		}
	}
}

// Drain folds every flow away.
func (t *Table[S]) Drain() {
	for i := range uint32(len(t.slabs) * slabSize) {
		if f := t.at(i); f.live {
			t.Evict(f)
			*f = Flow[S]{}
		}
	}
	t.slots, t.slabs, t.free, t.n, t.hand = make([]slot, 1024), nil, nil, 0, 0
}

// Restart begins the conversation anew in place, after Evict: a client that
// uses the same port again.
func (t *Table[S]) Restart(f *Flow[S], now int64) {
	t.Evict(f)
	*f = Flow[S]{Key: f.Key, First: now, Last: now, Server: -1, live: true}
}

func mix(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}
