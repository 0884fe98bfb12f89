package dnp3

// Segment is one transport segment: a piece of an application fragment. Data is
// borrowed.
type Segment struct {
	First, Final bool
	Sequence     uint8 // 0 to 63
	Data         []byte
}

// DecodeSegment splits the transport octet off a frame's data.
func DecodeSegment(b []byte) (Segment, error) {
	if len(b) == 0 {
		return Segment{}, ErrShort
	}
	return Segment{First: b[0]&0x40 != 0, Final: b[0]&0x80 != 0, Sequence: b[0] & 0x3f, Data: b[1:]}, nil
}

// MaxFragment is the longest fragment that an Assembler joins. The standard
// names no limit; devices agree on 2048 octets or less, and files go higher.
const MaxFragment = 1 << 15

// Assembler joins the segments of one sender into fragments. The zero value is
// ready. It keeps one buffer, which grows to the longest fragment seen.
type Assembler struct {
	buf  []byte
	next uint8
	open bool
}

// Reset drops the fragment begun and keeps the buffer.
func (a *Assembler) Reset() { a.open = false }

// Add takes the next segment and returns a fragment when it is whole, borrowed
// from the segment or the Assembler until the next call. A segment out of order
// drops the fragment begun.
func (a *Assembler) Add(s Segment) ([]byte, bool) {
	switch {
	case s.First && s.Final:
		a.open = false
		return s.Data, true
	case s.First:
		a.buf = append(a.buf[:0], s.Data...)
		a.open, a.next = true, (s.Sequence+1)&0x3f
		return nil, false
	case !a.open || s.Sequence != a.next || len(a.buf)+len(s.Data) > MaxFragment:
		// A repeated segment is out of order too, but harmless.
		a.open = a.open && (s.Sequence+1)&0x3f == a.next
		return nil, false
	}
	a.buf = append(a.buf, s.Data...)
	a.next = (s.Sequence + 1) & 0x3f
	a.open = !s.Final
	return a.buf, s.Final
}
