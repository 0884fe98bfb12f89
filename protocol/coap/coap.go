// Package coap decodes messages of the Constrained Application Protocol (UDP
// 5683).
//
// It reads bytes and returns values: it opens no socket, keeps no state and
// does not put blocks together. The payload is left alone.
//
// Reference: RFC 7252, sections 3 and 5.10.
package coap

import (
	"encoding/binary"
	"errors"
)

// Errors of this package. ErrShort means that the datagram was cut off; the
// others mean that the bytes are not CoAP.
var (
	ErrShort  = errors.New("coap: short message")
	ErrHeader = errors.New("coap: impossible header")
	ErrOption = errors.New("coap: malformed option")
)

// Type is a message type.
type Type uint8

// Message types.
const (
	Confirmable Type = iota
	NonConfirmable
	Acknowledgement
	Reset
)

// Code is a request method or response code: class in the high three bits.
type Code uint8

// Methods.
const (
	Empty  Code = 0
	Get    Code = 1
	Post   Code = 2
	Put    Code = 3
	Delete Code = 4
	Fetch  Code = 5
	Patch  Code = 6
	IPatch Code = 7
)

// Class is the class of the code: 0 request, 2 success, 4 client error, 5
// server error.
func (c Code) Class() uint8 { return uint8(c) >> 5 }

// Defined reports whether the code is a method or response of RFC 7252, 7959,
// 8132 or 8516.
func (c Code) Defined() bool {
	detail := uint8(c) & 0x1f
	switch c.Class() {
	case 0:
		return detail <= 7
	case 2:
		return detail >= 1 && detail <= 5 || detail == 31
	case 4:
		return detail <= 6 || detail == 8 || detail == 9 || detail == 12 || detail == 13 || detail == 15 || detail == 22 || detail == 29
	case 5:
		return detail <= 5 || detail == 8
	}
	return false
}

// Options that matter here.
const (
	OptionURIHost = 3
	OptionURIPath = 11
)

// Message is one message. Token, Options and Payload point into the decoded
// buffer; walk the options with Next.
type Message struct {
	Type    Type
	Code    Code
	ID      uint16
	Token   []byte
	Options []byte
	Payload []byte
}

// Decode reads the message that fills the datagram b.
func Decode(b []byte) (Message, int, error) {
	if len(b) > 0 && (b[0]>>6 != 1 || b[0]&0x0f > 8) || len(b) > 1 && !Code(b[1]).Defined() {
		return Message{}, 0, ErrHeader
	}
	if len(b) < 4 {
		return Message{}, 0, ErrShort
	}
	m := Message{Type: Type(b[0] >> 4 & 3), Code: Code(b[1]), ID: binary.BigEndian.Uint16(b[2:])}
	start := 4 + int(b[0]&0x0f)
	if m.Code == Empty {
		if len(b) != 4 || start != 4 {
			return Message{}, 0, ErrHeader
		}
		return m, 4, nil
	}
	if len(b) < start {
		return Message{}, 0, ErrShort
	}
	m.Token = b[4:start:start]
	if err := m.split(b[start:]); err != nil {
		return Message{}, 0, err
	}
	return m, len(b), nil
}

// split finds where the options end and the payload starts.
func (m *Message) split(b []byte) error {
	rest := b
	for number := 0; len(rest) > 0; {
		if rest[0] == 0xff {
			if len(rest) == 1 {
				return ErrShort
			}
			m.Payload = rest[1:]
			break
		}
		o, next, err := Next(rest, number)
		if err != nil {
			return err
		}
		rest, number = next, o.Number
	}
	m.Options = b[:len(b)-len(rest)]
	return nil
}

// Option is one option.
type Option struct {
	Number int
	Value  []byte
}

// Next is the first option of options and what follows it. The number is that
// of the option before it, 0 for the first. It returns ErrShort at the end.
func Next(options []byte, number int) (Option, []byte, error) {
	if len(options) == 0 {
		return Option{}, nil, ErrShort
	}
	head, b := options[0], options[1:]
	delta, b, err := nibble(head>>4, b)
	if err != nil {
		return Option{}, nil, err
	}
	n, b, err := nibble(head&0x0f, b)
	if err != nil {
		return Option{}, nil, err
	}
	if number+delta > 0xffff {
		return Option{}, nil, ErrOption
	}
	if n > len(b) {
		return Option{}, nil, ErrShort
	}
	return Option{Number: number + delta, Value: b[:n:n]}, b[n:], nil
}

// nibble reads an option delta or length with its extension.
func nibble(v byte, b []byte) (int, []byte, error) {
	switch {
	case v < 13:
		return int(v), b, nil
	case v == 13 && len(b) >= 1:
		return int(b[0]) + 13, b[1:], nil
	case v == 14 && len(b) >= 2:
		return int(binary.BigEndian.Uint16(b)) + 269, b[2:], nil
	case v == 15:
		return 0, nil, ErrOption
	}
	return 0, nil, ErrShort
}

// AppendPath appends the path of a request with a slash before each segment.
func (m Message) AppendPath(dst []byte) []byte {
	number := 0
	for rest := m.Options; ; {
		o, next, err := Next(rest, number)
		if err != nil {
			return dst
		}
		if o.Number == OptionURIPath {
			dst = append(append(dst, '/'), o.Value...)
		}
		rest, number = next, o.Number
	}
}
