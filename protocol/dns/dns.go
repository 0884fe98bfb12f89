// Package dns decodes messages of the Domain Name System and of its two
// link-local relatives, Multicast DNS and LLMNR, which share its format.
//
// It reads one message into a header and walks its records with a cursor.
// Names stay in the message, compressed as they came, until they are appended
// to a buffer. It resolves nothing, keeps no cache and checks no signature;
// the data of records that it has no method for is handed over as bytes.
//
// References: RFC 1035 (section 4), RFC 2782 (SRV), RFC 3596 (AAAA), RFC 4795
// (LLMNR), RFC 6762 (mDNS), RFC 7766 (the length before a message on TCP).
package dns

import (
	"encoding/binary"
	"errors"
)

// Errors that Decode wraps. ErrShort means "give me more bytes"; ErrFormat
// that the bytes are not a DNS message and never will be.
var (
	ErrShort  = errors.New("dns: short message")
	ErrFormat = errors.New("dns: record or name breaks the format")
)

// HeaderSize is the length of the fixed header (RFC 1035 section 4.1.1).
const HeaderSize = 12

// Section is a part of a message, in the order of the wire.
type Section uint8

// Sections.
const (
	Question Section = iota
	Answer
	Authority
	Additional
)

// Operation codes (RFC 1035, RFC 1996, RFC 2136).
const (
	OpQuery  = 0
	OpStatus = 2
	OpNotify = 4
	OpUpdate = 5
)

// Header is the fixed part of a message. Counts are as the sender wrote them,
// by section.
type Header struct {
	ID     uint16
	Flags  uint16
	Counts [4]uint16
}

// Response reports whether the message answers another.
func (h Header) Response() bool { return h.Flags&0x8000 != 0 }

// Opcode is the kind of query.
func (h Header) Opcode() uint8 { return uint8(h.Flags>>11) & 0x0f }

// RCode is the response code; 0 is "no error".
func (h Header) RCode() uint8 { return uint8(h.Flags & 0x0f) }

// Truncated reports whether the sender cut the message to fit a datagram.
func (h Header) Truncated() bool { return h.Flags&0x0200 != 0 }

// Message is one message. It points into the decoded buffer: copy what is
// needed before the buffer is reused.
type Message struct {
	Header
	raw []byte
}

// Decode reads the message at the start of b and returns the number of bytes
// it took. On ErrShort the message holds what there is when at least the
// header is whole, so that records before a cut can still be read.
func Decode(b []byte) (Message, int, error) {
	if len(b) < HeaderSize {
		return Message{}, 0, ErrShort
	}
	m := Message{raw: b}
	m.ID = binary.BigEndian.Uint16(b)
	m.Flags = binary.BigEndian.Uint16(b[2:])
	for i := range m.Counts {
		m.Counts[i] = binary.BigEndian.Uint16(b[4+2*i:])
	}
	end, err := m.end()
	if err != nil {
		return m, 0, err
	}
	m.raw = b[:end]
	return m, end, nil
}

// end is where the last record ends.
func (m *Message) end() (off int, err error) {
	off = HeaderSize
	for s := Question; s <= Additional; s++ {
		for range m.Counts[s] {
			if _, off, err = m.bounds(off, s); err != nil {
				return 0, err
			}
		}
	}
	return off, nil
}

// DecodeStream is Decode for TCP, where two bytes of length stand before each
// message. The number of bytes returned includes them.
func DecodeStream(b []byte) (Message, int, error) {
	if len(b) < 2 {
		return Message{}, 0, ErrShort
	}
	n := int(binary.BigEndian.Uint16(b))
	if n < HeaderSize {
		return Message{}, 0, ErrFormat
	}
	if len(b) < 2+n {
		return Message{}, 0, ErrShort
	}
	m, _, err := Decode(b[2 : 2+n])
	if err != nil {
		// The message is whole: what is missing will not come.
		return m, 0, ErrFormat
	}
	return m, 2 + n, nil
}

// Records is a cursor over the records of all sections.
type Records struct {
	m       Message
	off     int
	section Section
	done    uint16
	err     error
}

// Records starts before the first question.
func (m Message) Records() Records { return Records{m: m, off: HeaderSize} }

// Next is the next record. It returns false at the end and where the message
// breaks off; Err tells which.
func (r *Records) Next() (rec Record, ok bool) {
	ok = r.Into(&rec)
	return rec, ok
}

// Into is Next into a record that is used again, which spares copying one.
func (r *Records) Into(rec *Record) bool {
	for r.section <= Additional && r.done == r.m.Counts[r.section] {
		r.section, r.done = r.section+1, 0
	}
	if r.section > Additional || r.err != nil {
		return false
	}
	next, err := r.m.record(rec, r.off, r.section)
	if err != nil {
		r.err = err
		return false
	}
	r.off = next
	r.done++
	return true
}

// Err is nil at the end of a sound message, ErrShort where it was cut and
// ErrFormat where it is broken.
func (r *Records) Err() error { return r.err }
