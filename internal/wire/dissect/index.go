package dissect

import "math/bits"

// slab is a list that never moves its elements.
type slab[T any] struct {
	parts [][]T
	n     uint32
}

const slabPart = 1024

func (s *slab[T]) at(i uint32) *T { return &s.parts[i/slabPart][i%slabPart] }

func (s *slab[T]) add() (*T, uint32) {
	i := s.n
	if i%slabPart == 0 && int(i/slabPart) == len(s.parts) {
		s.parts = append(s.parts, make([]T, slabPart))
	}
	s.n++
	return s.at(i), i
}

// reset empties the list. It keeps the room that it used this time.
func (s *slab[T]) reset() { s.cut(0) }

// cut drops the elements from n on, and the room that was not used for long.
func (s *slab[T]) cut(n uint32) {
	used := int(s.n+slabPart-1) / slabPart
	clear(s.parts[used:])
	s.parts, s.n = s.parts[:used], n
}

// index is a hash table of positions in a slab: 8 bytes a slot and no keys of
// its own, half the memory of a map.
type index struct {
	slots []indexSlot
	n     int
}

// indexSlot has the low half of a hash, which also tells where its home is, and
// position+1; 0 is empty.
type indexSlot struct{ tag, pos uint32 }

// find returns the position with that hash for which same is true.
func (x *index) find(h uint64, same func(uint32) bool) (uint32, bool) {
	if len(x.slots) == 0 {
		return 0, false
	}
	tag, mask := uint32(h), uint32(len(x.slots)-1)
	for i := tag & mask; ; i = (i + 1) & mask {
		s := x.slots[i]
		if s.pos == 0 {
			return 0, false
		}
		if s.tag == tag && same(s.pos-1) {
			return s.pos - 1, true
		}
	}
}

// add puts in a position that find did not find.
func (x *index) add(h uint64, pos uint32) {
	if (x.n+1)*3 > len(x.slots)*2 {
		old := x.slots
		x.slots = make([]indexSlot, max(256, 2*len(old)))
		for _, s := range old {
			if s.pos != 0 {
				x.place(s.tag, s.pos-1)
			}
		}
	}
	x.place(uint32(h), pos)
	x.n++
}

// reset empties the table. One that was mostly empty is given back.
func (x *index) reset() {
	if x.n*8 < len(x.slots) {
		x.slots = nil
	}
	clear(x.slots)
	x.n = 0
}

func (x *index) place(tag, pos uint32) {
	mask := uint32(len(x.slots) - 1)
	i := tag & mask
	for x.slots[i].pos != 0 {
		i = (i + 1) & mask
	}
	x.slots[i] = indexSlot{tag, pos + 1}
}

// Hash steps: multiply and fold, with wyhash's constants.
const (
	k0 = 0xa0761d6478bd642f
	k1 = 0xe7037ed1a0b428db
)

func mix(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a^k0, b^k1)
	return hi ^ lo
}

// hashBytes is FNV-1a in 8-byte steps, folded by mix at the end.
func hashBytes(h uint64, b []byte) uint64 {
	for ; len(b) >= 8; b = b[8:] {
		w := uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 |
			uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
		h = mix(h, w)
	}
	w := uint64(len(b))
	for _, c := range b {
		w = w<<8 | uint64(c)
	}
	return mix(h, w)
}

func hashString(h uint64, s string) uint64 {
	for len(s) >= 8 {
		w := uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
			uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
		h, s = mix(h, w), s[8:]
	}
	w := uint64(len(s))
	for i := range len(s) {
		w = w<<8 | uint64(s[i])
	}
	return mix(h, w)
}
