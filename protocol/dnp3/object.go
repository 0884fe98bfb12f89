package dnp3

import "encoding/binary"

// Object groups that this package knows more of than their size.
const (
	GroupAttributes   = 0
	GroupBinaryOutput = 10
	GroupControl      = 12 // control relay output block
	GroupAnalogOutput = 41
	GroupTime         = 50
	GroupClass        = 60
	GroupFile         = 70
	GroupIndications  = 80
	GroupApplication  = 90
	GroupString       = 110
	GroupAuth         = 120
)

// Header is one object header with the data behind it. Data is borrowed.
type Header struct {
	Group, Variation uint8
	Qualifier        uint8
	Count            uint32
	Ranged           bool // First and Count name points by a range
	First            uint32
	data             []byte
	prefix           int  // octets before each object
	sized            bool // the prefix is the object's size, not its index
	size             int  // octets of each object; 0: none or not known
}

// Last is the last point of a range.
func (h Header) Last() uint32 { return h.First + h.Count - 1 }

// Indexed says that each object has its index before it.
func (h Header) Indexed() bool { return h.prefix > 0 && !h.sized }

// All says that the header names all objects of its kind.
func (h Header) All() bool { return h.Qualifier&0x0f == 6 }

// Headers walks the object headers of a fragment.
type Headers struct {
	rest []byte
	data bool // objects follow their headers
	err  error
}

// Headers is a walk over the object headers of a fragment.
func (f Fragment) Headers() Headers {
	return Headers{rest: f.Objects, data: f.carriesData()}
}

// carriesData says that objects stand behind their headers, as in writes,
// controls and responses; else only the headers, perhaps with indexes.
func (f Fragment) carriesData() bool {
	switch f.Function {
	case Confirm, Read, Freeze, FreezeNoAck, FreezeClear, FreezeClearNoAck, EnableUnsolicited, DisableUnsolicited, AssignClass:
		return false
	}
	return true
}

// Err is why Next stopped before the end: ErrShort for a header whose objects
// are cut off or of unknown size.
func (h *Headers) Err() error { return h.err }

// Next is the next header. The last one may stand before objects that are cut
// off or of unknown size; Err says so.
func (h *Headers) Next() (Header, bool) {
	if len(h.rest) == 0 || h.err != nil {
		return Header{}, false
	}
	if len(h.rest) < 3 {
		h.err = ErrShort
		return Header{}, false
	}
	x := Header{Group: h.rest[0], Variation: h.rest[1], Qualifier: h.rest[2]}
	n, ok := x.readRange(h.rest[3:])
	if !ok {
		h.err = ErrShort
		return Header{}, false
	}
	h.rest = h.rest[3+n:]
	x.prefixes()
	n, ok = x.extent(h.rest, h.data)
	if !ok {
		x.data, h.rest, h.err = h.rest, nil, ErrShort
		return x, true
	}
	x.data, h.rest = h.rest[:n:n], h.rest[n:]
	return x, true
}

// readRange reads the range field and returns its length.
func (h *Header) readRange(b []byte) (int, bool) {
	code := h.Qualifier & 0x0f
	switch code {
	case 0, 1, 2, 3, 4, 5:
		w := 1 << (code % 3)
		if len(b) < 2*w {
			return 0, false
		}
		first, last := uintN(b, w), uintN(b[w:], w)
		if last < first {
			return 0, false
		}
		h.First, h.Count, h.Ranged = first, last-first+1, code < 3
		return 2 * w, true
	case 6:
		return 0, true
	case 7, 8, 9, 11:
		w := 1
		if code < 10 {
			w = 1 << (code - 7)
		}
		if len(b) < w {
			return 0, false
		}
		h.Count = uintN(b, w)
		return w, true
	}
	return 0, false
}

func (h *Header) prefixes() {
	switch code := h.Qualifier >> 4 & 7; code {
	case 1, 2, 3:
		h.prefix = 1 << (code - 1)
	case 4, 5, 6:
		h.prefix, h.sized = 1<<(code-4), true
	}
}

// extent is how many octets the objects of a header take.
func (h *Header) extent(b []byte, data bool) (int, bool) {
	if h.Count == 0 {
		return 0, true
	}
	if h.sized || h.Group == GroupAttributes && data {
		return h.walk(b)
	}
	bits := 0
	if data {
		var ok bool
		if bits, ok = objectBits(h.Group, h.Variation); !ok {
			return 0, false
		}
	}
	var n uint64
	switch {
	case bits%8 != 0 && h.prefix == 0:
		n = (uint64(h.Count)*uint64(bits) + 7) / 8
	default:
		h.size = (bits + 7) / 8
		n = uint64(h.Count) * uint64(h.prefix+h.size)
	}
	return int(n), n <= uint64(len(b))
}

// walk adds up objects that each tell their size.
func (h *Header) walk(b []byte) (int, bool) {
	p := Points{head: *h, rest: b, left: h.Count}
	for p.left > 0 {
		if _, ok := p.Next(); !ok {
			return 0, false
		}
	}
	return len(b) - len(p.rest), true
}

// Point is one object of a header: its index where the header gives one, and
// its octets, borrowed.
type Point struct {
	Group, Variation uint8
	Index            uint32
	Data             []byte
}

// Points walks the objects of a header.
type Points struct {
	head Header
	rest []byte
	left uint32
	seen uint32
}

// Points is a walk over the objects of a header, as far as they are whole. Of
// packed bits there are none.
func (h Header) Points() Points {
	if !h.sized && h.prefix == 0 && h.size == 0 && h.Group != GroupAttributes {
		return Points{}
	}
	return Points{head: h, rest: h.data, left: h.Count}
}

// Next is the next object.
func (p *Points) Next() (Point, bool) {
	if p.left == 0 {
		return Point{}, false
	}
	h := &p.head
	x := Point{Group: h.Group, Variation: h.Variation, Index: h.First + p.seen}
	if len(p.rest) < h.prefix {
		return Point{}, false
	}
	size := h.size
	switch {
	case h.sized:
		v := uintN(p.rest, h.prefix)
		if v > uint32(len(p.rest)) {
			return Point{}, false
		}
		size = int(v)
	case h.prefix > 0:
		x.Index = uintN(p.rest, h.prefix)
	}
	b := p.rest[h.prefix:]
	if h.Group == GroupAttributes && !h.sized {
		if len(b) < 2 {
			return Point{}, false
		}
		size = 2 + int(b[1])
	}
	if size > len(b) || size+h.prefix == 0 {
		return Point{}, false
	}
	x.Data = b[:size:size]
	p.rest = b[size:]
	p.left--
	p.seen++
	return x, true
}

func uintN(b []byte, width int) uint32 {
	switch width {
	case 1:
		return uint32(b[0])
	case 2:
		return uint32(binary.LittleEndian.Uint16(b))
	}
	return binary.LittleEndian.Uint32(b)
}
