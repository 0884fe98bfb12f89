// Package cip decodes the messages of the Common Industrial Protocol: service
// and path of a request, service and status of a reply, and the bodies that
// carry other messages or name a device (Multiple Service Packet, Unconnected
// Send, Forward Open and Close, Identity, TCP/IP Interface).
//
// It does not know connections: which class an open connection leads to, and
// which request a reply belongs to, is the caller's to remember. It does not
// decode cyclic I/O, nor the safety bytes inside it. All slices in results
// point into the decoded buffer.
//
// Reference: ODVA, The CIP Networks Library, Volume 1, Common Industrial
// Protocol, edition 3.x: chapter 2-4 (message router), 3-5 (connection
// manager), 5A (object library), appendix B (status codes) and C (EPATH).
// Services of Logix controllers: Rockwell publication 1756-PM020, Logix 5000
// Controllers Data Access.
package cip

import (
	"encoding/binary"
	"errors"
)

// Errors that the decoders wrap. ErrShort means that the bytes end early,
// ErrPath that a path is not an EPATH.
var (
	ErrShort = errors.New("cip: short message")
	ErrPath  = errors.New("cip: not a path")
)

// Message is one request or reply of the message router.
type Message struct {
	Service  Service // without the reply bit
	Reply    bool
	Path     Path   // requests only
	Status   Status // replies only
	Extended []byte // replies only: additional status, words in little endian
	Data     []byte // what follows, specific to service and class
}

const replyBit = 0x80

// Decode reads the one message that b holds; a message has no length of its
// own, so all of b is taken.
func Decode(b []byte) (Message, int, error) {
	if len(b) < 2 {
		return Message{}, 0, ErrShort
	}
	if b[0]&replyBit != 0 {
		return decodeReply(b)
	}
	end := 2 + 2*int(b[1])
	if len(b) < end {
		return Message{}, 0, ErrShort
	}
	m := Message{Service: Service(b[0]), Path: Path(b[2:end]), Data: b[end:]}
	if !m.Path.plausible() {
		return Message{}, 0, ErrPath
	}
	return m, len(b), nil
}

func decodeReply(b []byte) (Message, int, error) {
	if len(b) < 4 {
		return Message{}, 0, ErrShort
	}
	end := 4 + 2*int(b[3])
	if len(b) < end {
		return Message{}, 0, ErrShort
	}
	return Message{
		Service:  Service(b[0] &^ replyBit),
		Reply:    true,
		Status:   Status(b[2]),
		Extended: b[4:end],
		Data:     b[end:],
	}, len(b), nil
}

// ExtendedStatus is the first word of the additional status, 0 without one.
func (m *Message) ExtendedStatus() uint16 {
	if len(m.Extended) < 2 {
		return 0
	}
	return binary.LittleEndian.Uint16(m.Extended)
}

// Packet is the body of a Multiple Service Packet, request or reply: several
// messages behind a table of offsets.
type Packet struct {
	b     []byte // from the count on
	count int
}

// DecodePacket reads the table of a Multiple Service Packet.
func DecodePacket(data []byte) (Packet, error) {
	if len(data) < 2 {
		return Packet{}, ErrShort
	}
	count := int(binary.LittleEndian.Uint16(data))
	if len(data) < 2+2*count {
		return Packet{}, ErrShort
	}
	return Packet{b: data, count: count}, nil
}

// Len is the number of messages in the packet.
func (p Packet) Len() int { return p.count }

// At is the bytes of message i, none when the table points outside the packet
// or backwards.
func (p Packet) At(i int) []byte {
	if i < 0 || i >= p.count {
		return nil
	}
	start, end := p.offset(i), len(p.b)
	if i+1 < p.count {
		end = min(end, p.offset(i+1))
	}
	if start < 2+2*p.count || start > end {
		return nil
	}
	return p.b[start:end:end]
}

func (p Packet) offset(i int) int {
	return int(binary.LittleEndian.Uint16(p.b[2+2*i:]))
}

// UnconnectedSend is the body of an Unconnected Send request: a message and
// the way to the module it is for.
type UnconnectedSend struct {
	Message []byte
	Route   Path // empty when the capture cut it off
}

// DecodeUnconnectedSend reads the body of an Unconnected Send request. A body
// cut by the capture yields what there is of the message.
func DecodeUnconnectedSend(data []byte) (UnconnectedSend, error) {
	if len(data) < 6 {
		return UnconnectedSend{}, ErrShort
	}
	size := int(binary.LittleEndian.Uint16(data[2:]))
	rest := data[4:]
	if size >= len(rest) {
		return UnconnectedSend{Message: rest[:min(size, len(rest))]}, nil
	}
	u := UnconnectedSend{Message: rest[:size:size]}
	rest = rest[size+size&1:]
	if len(rest) >= 2 && len(rest) >= 2+2*int(rest[0]) {
		u.Route = Path(rest[2 : 2+2*int(rest[0])])
	}
	return u, nil
}
