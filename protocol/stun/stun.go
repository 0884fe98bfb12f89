// Package stun decodes the head and attributes of STUN messages: who looks
// for a way through address translation, and with what software.
//
// It reads messages with the magic cookie of RFC 5389; the classic form
// without it is not told from noise. Integrity is not checked.
//
// Reference: RFC 8489 (sections 5 and 14).
package stun

import (
	"encoding/binary"
	"errors"
)

// Errors that Decode wraps. ErrShort means that bytes are missing; ErrFormat
// that these are not STUN.
var (
	ErrShort  = errors.New("stun: short message")
	ErrFormat = errors.New("stun: not a STUN message")
)

// HeaderSize is the length of the fixed header.
const HeaderSize = 20

const cookie = 0x2112a442

// Class is the kind of a message.
type Class uint8

// Classes.
const (
	Request Class = iota
	Indication
	Success
	Failure
)

// Attributes that have names here.
const (
	AttrUsername = 0x0006
	AttrRealm    = 0x0014
	AttrSoftware = 0x8022
)

// Message is one message. Attributes point into the decoded buffer.
type Message struct {
	Class       Class
	Method      uint16 // 1: Binding, 3: Allocate …
	Transaction uint64 // the last 8 of its 12 bytes
	attributes  []byte
}

// Decode reads one message and returns the number of bytes it took.
func Decode(b []byte) (Message, int, error) {
	if len(b) < HeaderSize {
		if len(b) >= 8 && binary.BigEndian.Uint32(b[4:]) != cookie || len(b) > 0 && b[0] > 0x3f {
			return Message{}, 0, ErrFormat
		}
		return Message{}, 0, ErrShort
	}
	kind, size := binary.BigEndian.Uint16(b), int(binary.BigEndian.Uint16(b[2:]))
	if kind > 0x3fff || size%4 != 0 || binary.BigEndian.Uint32(b[4:]) != cookie {
		return Message{}, 0, ErrFormat
	}
	m := Message{
		Class:       Class(kind>>4&1 | kind>>7&2),
		Method:      kind&0x000f | kind>>1&0x0070 | kind>>2&0x0f80,
		Transaction: binary.BigEndian.Uint64(b[12:]),
	}
	if len(b) < HeaderSize+size {
		return m, 0, ErrShort
	}
	m.attributes = b[HeaderSize : HeaderSize+size]
	return m, HeaderSize + size, nil
}

// Attribute is the value of an attribute.
func (m Message) Attribute(kind uint16) []byte {
	for b := m.attributes; len(b) >= 4; {
		size := int(binary.BigEndian.Uint16(b[2:]))
		padded := (4 + size + 3) &^ 3
		if len(b) < 4+size {
			return nil
		}
		if binary.BigEndian.Uint16(b) == kind {
			return b[4 : 4+size]
		}
		b = b[min(padded, len(b)):]
	}
	return nil
}
