// Package dcerpc decodes the headers of DCE/RPC: the connection-oriented
// protocol (version 5, over TCP and named pipes), the connectionless one
// (version 4, over UDP) and the answers of the endpoint mapper.
//
// It reads one protocol data unit at a time: fragments are told, not put
// together, and the stub data is left to the interface's own decoder (package
// pnio for PROFINET). Encrypted stubs are handed on as they are. Slices of
// decoded values point into the decoded buffer.
//
// Reference: The Open Group C706, DCE 1.1: Remote Procedure Call, chapters 12
// (PDU encodings), 14 (NDR), appendix L (protocol towers) and O (endpoint
// mapper); [MS-RPCE] for the security trailer.
package dcerpc

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
)

// Errors of the decoders. ErrShort means "give me more bytes"; the others mean
// that the bytes are not DCE/RPC and never will be.
var (
	ErrShort   = errors.New("dcerpc: short message")
	ErrVersion = errors.New("dcerpc: not a version of DCE/RPC")
	ErrType    = errors.New("dcerpc: unknown message type")
	ErrRep     = errors.New("dcerpc: unknown data representation")
	ErrLength  = errors.New("dcerpc: lengths contradict each other")
)

// Type is the kind of a protocol data unit (C706 section 12.1).
type Type uint8

// Types. Those up to CancelAck also exist in the connectionless protocol.
const (
	Request      Type = 0
	Ping         Type = 1
	Response     Type = 2
	Fault        Type = 3
	Working      Type = 4
	NoCall       Type = 5
	Reject       Type = 6
	Ack          Type = 7
	Cancel       Type = 8
	FragmentAck  Type = 9
	CancelAck    Type = 10
	Bind         Type = 11
	BindAck      Type = 12
	BindNak      Type = 13
	AlterContext Type = 14
	AlterResp    Type = 15
	Auth3        Type = 16
	Shutdown     Type = 17
	CoCancel     Type = 18
	Orphaned     Type = 19
	RTS          Type = 20 // [MS-RPCH]: RPC over HTTP
)

// typeNames are indexed by Type.
var typeNames = [...]string{
	"request", "ping", "response", "fault", "working", "nocall", "reject", "ack", "cancel", "fack", "cancel_ack",
	"bind", "bind_ack", "bind_nak", "alter_context", "alter_context_resp", "auth3", "shutdown", "co_cancel", "orphaned", "rts",
}

// String is the name that C706 uses, "unknown" for a value it lacks.
func (t Type) String() string {
	if int(t) < len(typeNames) {
		return typeNames[t]
	}
	return "unknown"
}

// Rep is the data representation a sender writes integers in: true is little
// endian.
type Rep bool

// DecodeRep reads the first byte of a data representation label. Only ASCII
// and EBCDIC characters exist (C706 section 14.1).
func DecodeRep(b byte) (Rep, error) {
	if b&^0x11 != 0 {
		return false, ErrRep
	}
	return b&0x10 != 0, nil
}

// Uint16 reads two bytes of b, which must have them.
func (r Rep) Uint16(b []byte) uint16 {
	if r {
		return binary.LittleEndian.Uint16(b)
	}
	return binary.BigEndian.Uint16(b)
}

// Uint32 reads four bytes of b, which must have them.
func (r Rep) Uint32(b []byte) uint32 {
	if r {
		return binary.LittleEndian.Uint32(b)
	}
	return binary.BigEndian.Uint32(b)
}

// UUID is a universally unique identifier with its bytes in the order of its
// text form, whatever the representation it came in.
type UUID [16]byte

// UUID reads 16 bytes of b, which must have them.
func (r Rep) UUID(b []byte) UUID {
	u := UUID(b[:16])
	if r {
		u[0], u[1], u[2], u[3] = b[3], b[2], b[1], b[0]
		u[4], u[5], u[6], u[7] = b[5], b[4], b[7], b[6]
	}
	return u
}

// IsZero reports whether u is the nil UUID.
func (u UUID) IsZero() bool { return u == UUID{} }

// String is the text form in lower case: 8-4-4-4-12 hexadecimal digits.
func (u UUID) String() string {
	b := make([]byte, 0, 36)
	for i := range u {
		if i == 4 || i == 6 || i == 8 || i == 10 {
			b = append(b, '-')
		}
		b = hex.AppendEncode(b, u[i:i+1])
	}
	return string(b)
}

// ParseUUID reads the text form: 8-4-4-4-12 hexadecimal digits. Anything else
// gives the nil UUID.
func ParseUUID(s string) UUID {
	var u UUID
	n := 0
	for i := 0; i+1 < len(s) && n < len(u); {
		if s[i] == '-' {
			i++
			continue
		}
		if _, err := hex.Decode(u[n:n+1], []byte(s[i:i+2])); err != nil {
			return UUID{}
		}
		i, n = i+2, n+1
	}
	if n != len(u) {
		return UUID{}
	}
	return u
}

// Syntax is an interface or a transfer syntax with its version; Minor is the
// upper half of the version on the wire.
type Syntax struct {
	UUID         UUID
	Major, Minor uint16
}

const syntaxSize = 20

func (r Rep) syntax(b []byte) Syntax {
	v := r.Uint32(b[16:])
	return Syntax{UUID: r.UUID(b), Major: uint16(v), Minor: uint16(v >> 16)}
}
