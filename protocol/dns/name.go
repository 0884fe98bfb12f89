package dns

import "encoding/binary"

// MaxName is the most bytes that a name takes on the wire and, without its
// compression, in a buffer.
const MaxName = 255

// maxJumps bounds the compression pointers followed in one name. Real names
// need one or two; each has to point backwards as well.
const maxJumps = 32

// Name is a name inside a message. The zero value is the root.
type Name struct {
	raw []byte
	off int
}

// Append appends the labels with dots between them, without a dot at the end.
// The bytes of labels stand as they came, also where they are not printable. A
// name that breaks off or goes in circles is appended as far as it can be read.
func (n Name) Append(b []byte) []byte {
	start := len(b)
	for it := n.Labels(); ; {
		label, ok := it.Next()
		if !ok || len(b)-start+len(label)+1 > MaxName {
			return b
		}
		if len(b) > start {
			b = append(b, '.')
		}
		b = append(b, label...)
	}
}

// Labels is a cursor over the labels of a name.
type Labels struct {
	raw   []byte
	off   int
	floor int // a pointer must point below this
	jumps int
}

// Labels starts before the first label.
func (n Name) Labels() Labels { return Labels{raw: n.raw, off: n.off, floor: n.off} }

// Next is the next label, in the decoded buffer.
func (l *Labels) Next() ([]byte, bool) {
	for l.off < len(l.raw) {
		size := int(l.raw[l.off])
		switch {
		case size == 0:
			return nil, false
		case size >= 0xc0:
			if !l.jump() {
				return nil, false
			}
		case size > 63 || l.off+1+size > len(l.raw):
			return nil, false
		default:
			label := l.raw[l.off+1 : l.off+1+size]
			l.off += 1 + size
			return label, true
		}
	}
	return nil, false
}

// jump follows the pointer under the cursor. Pointers go to an earlier place
// in the message (RFC 1035 section 4.1.4); one that does not would loop.
func (l *Labels) jump() bool {
	if l.off+2 > len(l.raw) || l.jumps >= maxJumps {
		return false
	}
	to := int(binary.BigEndian.Uint16(l.raw[l.off:]) & 0x3fff)
	if to >= l.floor {
		return false
	}
	l.jumps++
	l.off, l.floor = to, to
	return true
}

// skipName is where the bytes behind the name at off begin.
func skipName(raw []byte, off int) (int, error) {
	start := off
	for {
		if off >= len(raw) {
			return 0, ErrShort
		}
		size := int(raw[off])
		switch {
		case size == 0:
			return off + 1, nil
		case size >= 0xc0:
			if off+2 > len(raw) {
				return 0, ErrShort
			}
			return off + 2, nil
		case size > 63 || off+1+size-start > MaxName:
			return 0, ErrFormat
		}
		off += 1 + size
	}
}
