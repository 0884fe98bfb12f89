// Package hartip decodes HART-IP: the message header, the token-passing frames
// of the HART field bus inside it, the commands of direct messages, and the
// answers that name a device.
//
// It keeps no session and does not know which devices stand behind a gateway.
// Process values are not decoded. All slices in results point into the decoded
// buffer.
//
// Reference: FieldComm Group, HCF_SPEC-085 Network Management (HART-IP),
// HCF_SPEC-081 Token-Passing Data Link Layer, HCF_SPEC-127 Universal Commands,
// HCF_SPEC-151 Common Practice Commands (IEC 61158 types 20).
package hartip

import (
	"encoding/binary"
	"errors"
)

// Errors that the decoders wrap. ErrShort means "give me more bytes"; the
// others mean that the bytes are not HART-IP and never will be.
var (
	ErrShort  = errors.New("hartip: short message")
	ErrHeader = errors.New("hartip: not a message header")
	ErrFrame  = errors.New("hartip: not a token-passing frame")
	ErrLayout = errors.New("hartip: answer has another layout")
)

// Type says which way a message goes.
type Type uint8

// Types of messages.
const (
	Request  Type = 0
	Response Type = 1
	Publish  Type = 2
	Nak      Type = 15
)

// ID says what a message carries.
type ID uint8

// Message IDs.
const (
	SessionInitiate ID = 0
	SessionClose    ID = 1
	KeepAlive       ID = 2
	TokenPassing    ID = 3
	Direct          ID = 4
	AuditLog        ID = 5
)

// HeaderSize is the number of bytes of every header.
const HeaderSize = 8

// Message is one HART-IP message.
type Message struct {
	Version  uint8
	Type     Type
	ID       ID
	Status   uint8
	Sequence uint16
	Body     []byte
}

// Decode reads the first message in b and returns the number of bytes it took.
func Decode(b []byte) (Message, int, error) {
	if err := checkHeader(b); err != nil {
		return Message{}, 0, err
	}
	if len(b) < HeaderSize {
		return Message{}, 0, ErrShort
	}
	n := int(binary.BigEndian.Uint16(b[6:]))
	if n < HeaderSize {
		return Message{}, 0, ErrHeader
	}
	if len(b) < n {
		return Message{}, 0, ErrShort
	}
	return Message{
		Version:  b[0],
		Type:     Type(b[1]),
		ID:       ID(b[2]),
		Status:   b[3],
		Sequence: binary.BigEndian.Uint16(b[4:]),
		Body:     b[HeaderSize:n:n],
	}, n, nil
}

// checkHeader judges as many bytes of the header as there are. The upper half
// of the type byte is reserved.
func checkHeader(b []byte) error {
	switch {
	case len(b) > 0 && b[0] != 1 && b[0] != 2,
		len(b) > 1 && Type(b[1]) > Publish && Type(b[1]) != Nak,
		len(b) > 2 && ID(b[2]) > AuditLog && ID(b[2]) < 128:
		return ErrHeader
	}
	return nil
}

// Session is the body of a session initiate message.
type Session struct {
	Primary    bool
	Inactivity uint32 // milliseconds
}

// DecodeSession reads the body of a session initiate message.
func DecodeSession(body []byte) (Session, error) {
	if len(body) < 5 {
		return Session{}, ErrShort
	}
	return Session{Primary: body[0] == 1, Inactivity: binary.BigEndian.Uint32(body[1:])}, nil
}

// FrameType is the type of a token-passing frame.
type FrameType uint8

// Types of token-passing frames.
const (
	Burst FrameType = 1 // a device publishes
	STX   FrameType = 2 // a host asks
	ACK   FrameType = 6 // a device answers
)

// Frame is one token-passing frame.
type Frame struct {
	Type    FrameType
	Long    bool
	Address [5]byte // long: without the two bits about the host; short: first byte
	Command uint8
	Data    []byte // without the two status bytes of answers
	// Of answers and bursts: the response code, whose top bit marks a
	// communication error, and the device status.
	Answered     bool
	Code, Status uint8
	Checked      bool // the check byte is right
}

// DecodeFrame reads the token-passing frame in the body of a message.
func DecodeFrame(b []byte) (Frame, int, error) {
	if len(b) < 1 {
		return Frame{}, 0, ErrShort
	}
	f := Frame{Type: FrameType(b[0] & 7), Long: b[0]&0x80 != 0}
	if f.Type != Burst && f.Type != STX && f.Type != ACK {
		return Frame{}, 0, ErrFrame
	}
	size := 1
	if f.Long {
		size = 5
	}
	at := 1 + size + int(b[0]>>5&3) // expansion bytes
	if len(b) < at+2 {
		return Frame{}, 0, ErrShort
	}
	copy(f.Address[:], b[1:1+size])
	f.Address[0] &= 0x3f
	f.Command = b[at]
	end := at + 2 + int(b[at+1])
	if len(b) < end {
		return Frame{}, 0, ErrShort
	}
	f.Data = b[at+2 : end : end]
	n := end
	if len(b) > end {
		f.Checked, n = parity(b[:end]) == b[end], end+1
	}
	f.splitStatus()
	return f, n, nil
}

// splitStatus takes the response code and device status off the data of an
// answer.
func (f *Frame) splitStatus() {
	if f.Type == STX || len(f.Data) < 2 {
		return
	}
	f.Answered, f.Code, f.Status, f.Data = true, f.Data[0], f.Data[1], f.Data[2:]
}

func parity(b []byte) byte {
	var x byte
	for _, c := range b {
		x ^= c
	}
	return x
}

// Outcome is what a response code says.
type Outcome uint8

// Outcomes. Deferred is an answer that comes later.
const (
	Done Outcome = iota
	Failed
	Deferred
)

// OutcomeOf is what a response code says (HCF_SPEC-307: warnings count as
// done).
func OutcomeOf(code uint8) Outcome {
	switch {
	case code&0x80 != 0: // communication error
		return Failed
	case code == 0, code == 8, code == 14, code >= 24 && code <= 27, code == 30, code == 31, code >= 96:
		return Done
	case code >= 33 && code <= 36: // delayed response: initiate, running, dead, conflict
		return Deferred
	}
	return Failed
}

// DirectCommand is one command of a direct message.
type DirectCommand struct {
	Command  uint16
	Data     []byte // of answers, with the response code in front
	Response bool
}

// Directs walks the commands of a direct message.
type Directs struct {
	b        []byte
	response bool
}

// DecodeDirect starts on the body of a direct message: two status bytes, then
// commands.
func DecodeDirect(m Message) Directs {
	if m.ID != Direct || len(m.Body) < 2 {
		return Directs{}
	}
	return Directs{b: m.Body[2:], response: m.Type != Request}
}

// Next is the next command of the message.
func (d *Directs) Next() (DirectCommand, bool) {
	if len(d.b) < 3 {
		return DirectCommand{}, false
	}
	end := 3 + int(d.b[2])
	if len(d.b) < end {
		return DirectCommand{}, false
	}
	c := DirectCommand{Command: binary.BigEndian.Uint16(d.b), Data: d.b[3:end:end], Response: d.response}
	d.b = d.b[end:]
	return c, true
}

// Tunnelled is the command inside command 77, Send Command to Sub-Device.
type Tunnelled struct {
	Card, Channel uint8
	Command       uint8
	Data          []byte
}

// DecodeTunnelled reads the data of a request with command 77.
func DecodeTunnelled(data []byte) (Tunnelled, error) {
	if len(data) < 4 {
		return Tunnelled{}, ErrShort
	}
	at := 5
	if data[3]&0x80 != 0 {
		at = 9
	}
	if len(data) < at+1 {
		return Tunnelled{}, ErrShort
	}
	return Tunnelled{Card: data[0], Channel: data[1], Command: data[at], Data: data[min(at+2, len(data)):]}, nil
}
