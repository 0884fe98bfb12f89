// Package ntp decodes the Network Time Protocol, versions 1 to 4, and the
// control messages that name its implementation.
//
// It reads the fixed header of time messages; extension fields and signatures
// behind it are left alone. Of control messages (mode 6) it reads the text of
// variables, of private ones (mode 7) the request code only.
//
// References: RFC 5905 (section 7.3), RFC 4330 (SNTP), RFC 9327 (control
// messages).
package ntp

import (
	"bytes"
	"encoding/binary"
	"errors"
)

// Errors that Decode wraps. ErrShort means that bytes are missing; ErrFormat
// that these are not NTP.
var (
	ErrShort  = errors.New("ntp: short message")
	ErrFormat = errors.New("ntp: not an NTP message")
)

// Size is the length of a time message without extensions.
const Size = 48

// Mode is the kind of a message.
type Mode uint8

// Modes (RFC 5905 figure 10).
const (
	SymmetricActive  Mode = 1
	SymmetricPassive Mode = 2
	Client           Mode = 3
	Server           Mode = 4
	Broadcast        Mode = 5
	Control          Mode = 6
	Private          Mode = 7
)

// Message is one message. Byte fields point into the decoded buffer.
type Message struct {
	Mode      Mode
	Version   uint8
	Leap      uint8 // 3: the clock is not synchronised
	Stratum   uint8 // 1: has a clock of its own; 0: unknown
	Reference [4]byte
	Origin    uint64 // transmit time of the request that this answers
	Transmit  uint64 // NTP timestamps: seconds since 1900 and their fraction

	Response bool   // control and private messages
	Opcode   uint8  // of a control message; request code of a private one
	Sequence uint16 // of a control message
	Text     []byte // variables of a control message
}

// Decode reads one message, which is a whole datagram, and returns the number
// of bytes it took.
func Decode(b []byte) (Message, int, error) {
	if len(b) < 1 {
		return Message{}, 0, ErrShort
	}
	m := Message{Leap: b[0] >> 6, Version: b[0] >> 3 & 7, Mode: Mode(b[0] & 7)}
	switch {
	case m.Version < 1 || m.Version > 4 || m.Mode == 0:
		return Message{}, 0, ErrFormat
	case m.Mode == Control:
		return m.control(b)
	case m.Mode == Private:
		return m.private(b)
	case len(b) < Size:
		return Message{}, 0, ErrShort
	case b[1] > 16 && m.Mode != Client:
		return Message{}, 0, ErrFormat
	}
	m.Stratum, m.Reference = b[1], [4]byte(b[12:16])
	m.Origin, m.Transmit = binary.BigEndian.Uint64(b[24:]), binary.BigEndian.Uint64(b[40:])
	return m, Size, nil
}

// Operations of control messages.
const (
	ReadStatus     = 1
	ReadVariables  = 2
	WriteVariables = 3
	Configure      = 8
)

func (m Message) control(b []byte) (Message, int, error) {
	const fixed = 12
	if len(b) < fixed {
		return Message{}, 0, ErrShort
	}
	m.Leap = 0
	m.Response, m.Opcode = b[1]&0x80 != 0, b[1]&0x1f
	m.Sequence = binary.BigEndian.Uint16(b[2:])
	end := fixed + int(binary.BigEndian.Uint16(b[10:]))
	if len(b) < end {
		return Message{}, 0, ErrShort
	}
	m.Text = b[fixed:end]
	return m, end, nil
}

func (m Message) private(b []byte) (Message, int, error) {
	const fixed = 8
	if len(b) < fixed {
		return Message{}, 0, ErrShort
	}
	m.Response, m.Opcode, m.Leap = b[0]&0x80 != 0, b[3], 0
	return m, fixed, nil
}

// Variable is the value of a variable in the text of a control message,
// without the quotes around it.
func (m Message) Variable(name string) []byte {
	for rest := m.Text; len(rest) > 0; {
		var item []byte
		item, rest = cutItem(rest)
		key, value, ok := bytes.Cut(item, []byte("="))
		if ok && string(bytes.TrimSpace(key)) == name {
			return bytes.Trim(bytes.TrimSpace(value), `"`)
		}
	}
	return nil
}

// cutItem cuts at the first comma that is not quoted.
func cutItem(b []byte) (item, rest []byte) {
	quoted := false
	for i, c := range b {
		switch {
		case c == '"':
			quoted = !quoted
		case c == ',' && !quoted:
			return b[:i], b[i+1:]
		}
	}
	return b, nil
}
