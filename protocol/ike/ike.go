// Package ike decodes the headers of the Internet key exchange, versions 1 and
// 2, and of its first messages what is in clear: the proposed algorithms and,
// in version 1's aggressive mode, the name an end gives itself.
//
// It decrypts nothing and checks nothing but lengths. Slices point into the
// decoded buffer.
//
// Reference: RFC 2408 section 3 and RFC 2409 appendix A (version 1); RFC 7296
// section 3 (version 2); RFC 3948 section 2.2 (UDP port 4500).
package ike

import (
	"encoding/binary"
	"errors"
)

// Errors that Decode returns. ErrShort means "give me more bytes".
var (
	ErrShort    = errors.New("ike: short message")
	ErrProtocol = errors.New("ike: not a key exchange")
)

// Exchange is the type of an exchange.
type Exchange uint8

// Types of exchange.
const (
	Base          Exchange = 1
	MainMode      Exchange = 2
	AuthOnly      Exchange = 3
	Aggressive    Exchange = 4
	Informational Exchange = 5
	ModeConfig    Exchange = 6
	QuickMode     Exchange = 32
	NewGroup      Exchange = 33
	SAInit        Exchange = 34
	Auth          Exchange = 35
	CreateChild   Exchange = 36
	Informative2  Exchange = 37
)

// HeaderLen is the length of the header.
const HeaderLen = 28

// Message is one message. Payloads is empty where the message is encrypted.
type Message struct {
	Initiator, Responder uint64 // cookies or SPIs; Responder is 0 in the first message
	Major                uint8
	Exchange             Exchange
	Response             bool // version 2
	Encrypted            bool
	ID                   uint32
	next                 uint8
	body                 []byte
}

// Bits of the header's flags.
const (
	flagEncrypted1 = 0x01 // version 1
	flagResponse   = 0x20 // version 2
	payloadSK      = 46
)

// Decode reads the message in b and returns the number of bytes it took. The
// four zeros that mark a key exchange on port 4500 are the caller's to take off.
func Decode(b []byte) (Message, int, error) {
	if len(b) < HeaderLen {
		return Message{}, 0, ErrShort
	}
	be := binary.BigEndian
	m := Message{
		Initiator: be.Uint64(b), Responder: be.Uint64(b[8:]), next: b[16], Major: b[17] >> 4,
		Exchange: Exchange(b[18]), ID: be.Uint32(b[20:]),
	}
	n := be.Uint32(b[24:])
	if m.Initiator == 0 || b[17]&15 != 0 || !m.consistent(b[19]) || n < HeaderLen || n > 1<<16 {
		return Message{}, 0, ErrProtocol
	}
	if uint32(len(b)) < n {
		return Message{}, 0, ErrShort
	}
	if !m.Encrypted {
		m.body = b[HeaderLen:n]
	}
	return m, int(n), nil
}

// consistent checks what the versions allow in the header.
func (m *Message) consistent(flags uint8) bool {
	switch m.Major {
	case 1:
		m.Encrypted = flags&flagEncrypted1 != 0
		return flags&^7 == 0 && (m.Exchange >= Base && m.Exchange <= ModeConfig || m.Exchange == QuickMode || m.Exchange == NewGroup)
	case 2:
		m.Encrypted = m.next == payloadSK || m.next == payloadSK+7
		m.Response = flags&flagResponse != 0
		return flags&^0x38 == 0 && m.Exchange >= SAInit && m.Exchange <= 44
	}
	return false
}

// Payload is one payload of a message in clear.
type Payload struct {
	Type uint8
	Body []byte
}

// Types of payload.
const (
	PayloadSA       = 1 // version 1
	PayloadID       = 5
	PayloadVendor   = 13
	PayloadSA2      = 33 // version 2
	PayloadVendor2  = 43
	maxPayloadCount = 64
)

// Payloads walks the payloads of a message.
type Payloads struct {
	b    []byte
	next uint8
	left int
}

// Payloads starts a walk.
func (m *Message) Payloads() Payloads { return Payloads{m.body, m.next, maxPayloadCount} }

// Next is the next payload; false when there are no more.
func (p *Payloads) Next() (Payload, bool) {
	if p.next == 0 || p.left == 0 || len(p.b) < 4 {
		return Payload{}, false
	}
	n := int(binary.BigEndian.Uint16(p.b[2:]))
	if n < 4 || n > len(p.b) {
		return Payload{}, false
	}
	x := Payload{p.next, p.b[4:n]}
	p.next, p.b = p.b[0], p.b[n:]
	p.left--
	return x, true
}

// Name is the name in an identification payload of version 1: a domain name or
// a user's. It is nil for addresses and keys.
func (p Payload) Name() []byte {
	if p.Type != PayloadID || len(p.Body) < 5 || p.Body[0] != 2 && p.Body[0] != 3 {
		return nil
	}
	return p.Body[4:]
}
