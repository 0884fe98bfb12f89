// Package s7plus decodes S7comm-plus, the protocol between SIMATIC S7-1200 and
// S7-1500 controllers and their engineering, panel and driver software, as far
// as it goes over the wire in clear.
//
// Decode reads one protocol data unit, which is the user data of one COTP
// transport service data unit; DecodeMessage reads the function in it, and a
// Walker the objects, attributes and values that a function carries. It reads
// bytes and returns values that point into them: no I/O, no state, no clock. It
// does not join messages that come in several units, verify or decrypt
// anything, or read what a controller sends inside TLS.
//
// Reference: none is published by the manufacturer. Numbers of functions and
// attributes are those of the public S7comm-plus dissector and driver
// documentation by Thomas Wiens, proved on the captures named in
// docs/protocols/s7plus.md. The record of identification and maintenance data
// is IEC 61158-6-10 (PROFINET), I&M0.
package s7plus

import "errors"

// Errors that Decode returns. ErrShort means "give me more bytes"; the others
// that the bytes are not S7comm-plus.
var (
	ErrShort    = errors.New("s7plus: short unit")
	ErrProtocol = errors.New("s7plus: protocol identifier is not 0x72")
	ErrVersion  = errors.New("s7plus: unknown version")
)

// ProtocolID is the first byte of every unit.
const ProtocolID = 0x72

// Versions of units.
const (
	VersionSession   = 1 // setting a session up, everywhere
	VersionPlain     = 2 // S7-1200 before firmware 3, and inside TLS
	VersionDigest    = 3 // with a digest over each unit
	VersionEvent     = 0xfe
	VersionKeepAlive = 0xff
)

const (
	headerLen = 4
	digestLen = 32
)

// PDU is one unit: a whole message or a part of one. Digest and Data point
// into the decoded bytes.
type PDU struct {
	Version uint8
	Digest  []byte // version 3: keyed digest over the unit, nil where there is none
	Data    []byte
	Last    bool // a trailer follows: the message ends with this unit
}

// Decode reads the unit at the start of b and returns the number of bytes it
// took.
func Decode(b []byte) (PDU, int, error) {
	if len(b) > 0 && b[0] != ProtocolID {
		return PDU{}, 0, ErrProtocol
	}
	if len(b) > 1 && !version(b[1]) {
		return PDU{}, 0, ErrVersion
	}
	if len(b) < headerLen {
		return PDU{}, 0, ErrShort
	}
	n := headerLen + int(be16(b[2:]))
	if len(b) < n {
		return PDU{}, 0, ErrShort
	}
	p := PDU{Version: b[1], Data: b[headerLen:n:n]}
	if p.Version == VersionDigest {
		p.Digest, p.Data = splitDigest(p.Data)
	}
	if trailer(b[n:], p.Version) {
		p.Last = true
		n += headerLen
	}
	return p, n, nil
}

func version(v uint8) bool { return v >= 1 && v <= 3 || v >= VersionEvent }

func trailer(b []byte, version uint8) bool {
	return len(b) >= headerLen && b[0] == ProtocolID && b[1] == version && b[2] == 0 && b[3] == 0
}

// splitDigest takes the digest off the data of a version 3 unit: a length, which
// is 32 on all controllers seen, and as many bytes. Controllers that speak TLS
// (S7-1200 from firmware 4.5 on) send version 3 without one: the data then
// begins with an opcode.
func splitDigest(data []byte) (digest, rest []byte) {
	if len(data) == 0 {
		return nil, data
	}
	end := 1 + int(data[0])
	if end >= len(data) || data[0] != digestLen && (opcode(data[0]) || !opcode(data[end])) {
		return nil, data
	}
	return data[1:end:end], data[end:]
}

func opcode(c byte) bool {
	o := Opcode(c)
	return o == Request || o == Response || o == Notification
}

// Opcode says whether a message asks, answers or reports.
type Opcode uint8

// Opcodes.
const (
	Request      Opcode = 0x31
	Response     Opcode = 0x32
	Notification Opcode = 0x33
	Response2    Opcode = 0x02 // an answer to SetVariable that asked for no data
)

// Function is what a request asks for and its answer repeats.
type Function uint16

// Functions.
const (
	ErrorReply        Function = 0x04b1
	Explore           Function = 0x04bb
	CreateObject      Function = 0x04ca
	DeleteObject      Function = 0x04d4
	SetVariable       Function = 0x04f2
	GetVariable       Function = 0x04fc
	AddLink           Function = 0x0506
	RemoveLink        Function = 0x051a
	GetLink           Function = 0x0524
	SetMultiVariables Function = 0x0542
	GetMultiVariables Function = 0x054c
	BeginSequence     Function = 0x0556
	EndSequence       Function = 0x0560
	Invoke            Function = 0x056b
	SetVarSubStreamed Function = 0x057c
	GetVarSubStreamed Function = 0x0586
	GetVariables      Function = 0x0590
	Abort             Function = 0x059a
	Error             Function = 0x05a9
	InitSSL           Function = 0x05b3
)

// Message is the beginning of a message. Body points into the decoded bytes:
// in a request what the function acts on, in a response the return value and
// what it brings.
type Message struct {
	Opcode       Opcode
	Function     Function // not in notifications
	Sequence     uint16   // chosen by the requester, repeated in the response
	Session      uint32   // requests
	Subscription uint32   // notifications: the object that subscribed
	Body         []byte
}

// DecodeMessage reads the message that begins in data; false when data does
// not begin with one.
func DecodeMessage(data []byte) (Message, bool) {
	if len(data) == 0 {
		return Message{}, false
	}
	m := Message{Opcode: Opcode(data[0])}
	if m.Opcode == Notification {
		if len(data) < 5 {
			return Message{}, false
		}
		m.Subscription, m.Body = be32(data[1:]), data[5:]
		return m, true
	}
	if len(data) < 10 || data[1]|data[2]|data[5]|data[6] != 0 {
		return Message{}, false
	}
	m.Function, m.Sequence = Function(be16(data[3:])), be16(data[7:])
	return m.body(data)
}

// body finds where the body begins: behind the session and a byte of transport
// flags in a request, behind the flags in a response.
func (m Message) body(data []byte) (Message, bool) {
	switch m.Opcode {
	case Response, Response2:
		m.Body = data[10:]
		return m, true
	case Request:
		if len(data) < 14 {
			return Message{}, false
		}
		m.Session, m.Body = be32(data[9:]), data[14:]
		return m, true
	}
	return Message{}, false
}

// Result is the return value at the start of a response's body and what
// follows it. Its low 16 bits are the code: negative when the request failed.
func (m Message) Result() (code int16, rest []byte, ok bool) {
	v, n := vlq64(m.Body)
	if n == 0 {
		return 0, nil, false
	}
	return int16(v), m.Body[n:], true
}

func be16(b []byte) uint16 { return uint16(b[0])<<8 | uint16(b[1]) }

func be32(b []byte) uint32 { return uint32(be16(b))<<16 | uint32(be16(b[2:])) }
