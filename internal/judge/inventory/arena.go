package inventory

import "strings"

// arena keeps values of one type in chunks, so that growing never copies them
// and never needs twice the room. Values are named by their index.
type arena[T any] struct {
	chunks [][]T
	n      int
}

const chunkBits = 12

func (a *arena[T]) add(v T) uint32 {
	if a.n>>chunkBits == len(a.chunks) {
		a.chunks = append(a.chunks, make([]T, 0, 1<<chunkBits))
	}
	c := &a.chunks[len(a.chunks)-1]
	*c = append(*c, v)
	a.n++
	return uint32(a.n - 1)
}

func (a *arena[T]) at(i uint32) *T { return &a.chunks[i>>chunkBits][i&(1<<chunkBits-1)] }

// index finds values kept elsewhere by their hash: open addressing with linear
// probing, 8 bytes a slot.
type index struct {
	slots []indexSlot
	n     int
}

type indexSlot struct {
	hash uint32
	next uint32 // index of the value plus 1; 0 is empty
}

// find is the value with that hash for which same holds.
func (x *index) find(hash uint32, same func(i uint32) bool) (uint32, bool) {
	if len(x.slots) == 0 {
		return 0, false
	}
	mask := uint32(len(x.slots) - 1)
	for at := hash & mask; x.slots[at].next != 0; at = (at + 1) & mask {
		if s := x.slots[at]; s.hash == hash && same(s.next-1) {
			return s.next - 1, true
		}
	}
	return 0, false
}

// add remembers value i under hash. The caller has made sure that it is new.
func (x *index) add(hash, i uint32) {
	if x.n*4 >= len(x.slots)*3 {
		x.grow()
	}
	x.n++
	x.put(indexSlot{hash, i + 1})
}

func (x *index) put(s indexSlot) {
	mask := uint32(len(x.slots) - 1)
	at := s.hash & mask
	for x.slots[at].next != 0 {
		at = (at + 1) & mask
	}
	x.slots[at] = s
}

func (x *index) grow() {
	old := x.slots
	x.slots = make([]indexSlot, max(64, 2*len(old)))
	for _, s := range old {
		if s.next != 0 {
			x.put(s)
		}
	}
}

// interner keeps each text once and names it by a number; "" is 0.
type interner struct {
	ids   map[string]uint32
	texts []string
}

func newInterner() interner {
	return interner{ids: map[string]uint32{"": 0}, texts: []string{""}}
}

func (t *interner) id(s string) uint32 {
	if id, ok := t.ids[s]; ok {
		return id
	}
	s = strings.Clone(s) // s is the caller's, and may be part of something large
	id := uint32(len(t.texts))
	t.texts = append(t.texts, s)
	t.ids[s] = id
	return id
}

func (t *interner) text(id uint32) string { return t.texts[id] }

// word names a field, a source or a protocol: there are few of them, since
// programs and not devices choose them.
type word uint16

// words keeps them; beyond 65,536 there are no more.
type words struct{ interner }

func (w *words) id(s string) (word, bool) {
	if id, ok := w.ids[s]; ok {
		return word(id), true
	}
	if len(w.texts) > 0xffff {
		return 0, false
	}
	return word(w.interner.id(s)), true
}

// find is the word for s, one that nothing has if there is none.
func (w *words) find(s string) word {
	if id, ok := w.ids[s]; ok {
		return word(id)
	}
	return 0 // that of "", which no field is called
}

func (w *words) text(id word) string { return w.texts[id] }

// mix folds v into a hash: the 64-bit finaliser of MurmurHash3 by Austin
// Appleby (public domain), which spreads counting addresses well.
func mix(h, v uint64) uint64 {
	h ^= v
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	h *= 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}
