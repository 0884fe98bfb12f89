// Package radius decodes RADIUS: who signs in where, and with what answer.
//
// It reads the head of a packet and walks its attributes. Passwords are not
// handed over under a name of their own, and nothing is decrypted.
//
// References: RFC 2865 (authentication), RFC 2866 (accounting), RFC 5176
// (dynamic authorisation).
package radius

import (
	"encoding/binary"
	"errors"
)

// Errors that Decode wraps. ErrShort means that bytes are missing; ErrFormat
// that these are not RADIUS.
var (
	ErrShort  = errors.New("radius: short packet")
	ErrFormat = errors.New("radius: not a RADIUS packet")
)

// Code is the kind of a packet.
type Code uint8

// Codes.
const (
	AccessRequest      Code = 1
	AccessAccept       Code = 2
	AccessReject       Code = 3
	AccountingRequest  Code = 4
	AccountingResponse Code = 5
	AccessChallenge    Code = 11
	StatusServer       Code = 12
	StatusClient       Code = 13
	DisconnectRequest  Code = 40
	DisconnectAck      Code = 41
	DisconnectNak      Code = 42
	CoARequest         Code = 43
	CoAAck             Code = 44
	CoANak             Code = 45
)

// Attributes that have names here.
const (
	AttrUserName       = 1
	AttrNASAddress     = 4
	AttrCallingStation = 31
	AttrNASIdentifier  = 32
	minimum            = 20
	maximum            = 4096
)

// Packet is one packet. Attributes point into the decoded buffer.
type Packet struct {
	Code       Code
	ID         uint8
	attributes []byte
}

// Decode reads one packet and returns the number of bytes it took.
func Decode(b []byte) (Packet, int, error) {
	if len(b) < 4 {
		return Packet{}, 0, ErrShort
	}
	p := Packet{Code: Code(b[0]), ID: b[1]}
	size := int(binary.BigEndian.Uint16(b[2:]))
	if !p.Code.known() || size < minimum || size > maximum {
		return Packet{}, 0, ErrFormat
	}
	if len(b) < size {
		return Packet{}, 0, ErrShort
	}
	p.attributes = b[minimum:size]
	a := p.Attributes()
	for {
		if _, _, ok := a.Next(); !ok {
			break
		}
	}
	if len(a.rest) > 0 {
		return Packet{}, 0, ErrFormat
	}
	return p, size, nil
}

func (c Code) known() bool {
	return c >= AccessRequest && c <= AccountingResponse || c >= AccessChallenge && c <= StatusClient ||
		c >= DisconnectRequest && c <= CoANak
}

// Attributes is a cursor over the attributes of a packet.
type Attributes struct{ rest []byte }

// Attributes starts before the first attribute.
func (p Packet) Attributes() Attributes { return Attributes{p.attributes} }

// Next is the next attribute. It ends where bytes are missing.
func (a *Attributes) Next() (kind uint8, value []byte, ok bool) {
	if len(a.rest) < 2 || a.rest[1] < 2 || len(a.rest) < int(a.rest[1]) {
		return 0, nil, false
	}
	kind, value = a.rest[0], a.rest[2:a.rest[1]]
	a.rest = a.rest[a.rest[1]:]
	return kind, value, true
}
