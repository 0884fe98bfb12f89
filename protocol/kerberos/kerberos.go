// Package kerberos decodes Kerberos 5 messages as far as they are in clear.
//
// It reads who asks for what (client, service, realm, encryption types, the
// client's NetBIOS name among its addresses, whether the request proves that
// the client knows its key), what kind of key a ticket is encrypted with, and
// errors. Encrypted parts are passed over. Slices point into the decoded
// buffer.
//
// Reference: RFC 4120 section 5 and, for the length on TCP, section 7.2.2;
// RFC 3961 section 8 and RFC 4757 for encryption types.
package kerberos

import (
	"encoding/binary"
	"errors"

	"github.com/bulkhead-ot/bulkhead/protocol/ber"
)

// Errors that Decode returns. ErrShort means "give me more bytes".
var (
	ErrShort    = errors.New("kerberos: short message")
	ErrProtocol = errors.New("kerberos: not a Kerberos 5 message")
)

// Type is the type of a message, which is also its application tag.
type Type uint8

// Message types.
const (
	ASReq  Type = 10
	ASRep  Type = 11
	TGSReq Type = 12
	TGSRep Type = 13
	APReq  Type = 14
	APRep  Type = 15
	Safe   Type = 20
	Priv   Type = 21
	Cred   Type = 22
	Error  Type = 30
)

// Etype is an encryption type.
type Etype int32

// Weak reports whether the type can be broken: DES and RC4.
func (e Etype) Weak() bool {
	switch e {
	case 1, 2, 3, 23, 24, -133, -128, -135:
		return true
	}
	return false
}

// Encryption types that are told apart.
const (
	DESCRC Etype = 1
	DESMD5 Etype = 3
	AES128 Etype = 17
	AES256 Etype = 18
	RC4    Etype = 23
)

// Errors of a key distribution center that the callers of this package ask for.
const (
	CodeClientUnknown   = 6
	CodeServiceUnknown  = 7
	CodePreauthFailed   = 24
	CodePreauthRequired = 25
	CodeTooBig          = 52
)

// Name is a principal's name: one or two parts, such as "host" and "plc1".
type Name struct {
	Type  int
	First []byte
	Last  []byte // nil if there is one part only
}

// AppendTo appends the name as people write it, "host/plc1".
func (n Name) AppendTo(dst []byte) []byte {
	dst = append(dst, n.First...)
	if n.Last != nil {
		dst = append(append(dst, '/'), n.Last...)
	}
	return dst
}

// Empty reports whether there is no name.
func (n Name) Empty() bool { return len(n.First) == 0 }

// Message is one message.
type Message struct {
	Type     Type
	Realm    []byte
	Client   Name   // requests of a first ticket, replies, errors
	Service  Name   // requests; of the ticket in replies and AP-REQ; errors
	Computer []byte // AS-REQ: the NetBIOS name among the client's addresses, padded
	Preauth  bool   // requests: the client proves that it knows its key
	Ticket   Etype  // replies and AP-REQ: what the ticket is encrypted with
	Code     int    // errors

	etypes []byte
}

// Etypes is a walk over the encryption types a request offers, best first.
func (m *Message) Etypes() Etypes { return Etypes{ber.Over(m.etypes)} }

// Etypes is a list of encryption types, borrowed.
type Etypes struct{ c ber.Cursor }

// Next is the next type; false when there are no more.
func (e *Etypes) Next() (Etype, bool) {
	x, ok := e.c.Next()
	if !ok {
		return 0, false
	}
	v, _ := x.Int64()
	return Etype(v), true
}

// Length reads the four bytes that stand before a message on TCP.
func Length(b []byte) (int, error) {
	if len(b) < 4 {
		return 0, ErrShort
	}
	n := binary.BigEndian.Uint32(b)
	// The top bit is reserved; a ticket with the largest group list that
	// Windows allows has 64 KiB, so a megabyte is no Kerberos.
	if n < 10 || n > 1<<20 {
		return 0, ErrProtocol
	}
	return int(n), nil
}

// Peek tells the type of the message that starts with these bytes, which may
// be the first few of it.
func Peek(b []byte) (Type, error) {
	h, n, err := ber.DecodeHeader(b)
	if errors.Is(err, ber.ErrShort) {
		return 0, ErrShort
	}
	if err != nil || h.Tag.Class() != ber.Application || !h.Constructed || h.Length < 4 || !known(h.Tag.Number()) {
		return 0, ErrProtocol
	}
	s, k, err := ber.DecodeHeader(b[n:])
	if errors.Is(err, ber.ErrShort) {
		return 0, ErrShort
	}
	if err != nil || s.Tag != ber.Sequence || !s.Constructed || s.Length+k != h.Length {
		return 0, ErrProtocol
	}
	return Type(h.Tag.Number()), nil
}

func known(n uint32) bool {
	switch Type(n) {
	case ASReq, ASRep, TGSReq, TGSRep, APReq, APRep, Safe, Priv, Cred, Error:
		return true
	}
	return false
}

// Decode reads the message at the start of b (behind the length, on TCP) and
// returns the number of bytes it took.
func Decode(b []byte) (Message, int, error) {
	t, err := Peek(b)
	if err != nil {
		return Message{}, 0, err
	}
	e, n, err := ber.Decode(b)
	if err != nil {
		return Message{}, 0, wrap(err)
	}
	c := e.Children()
	seq, ok := c.Take(ber.Sequence)
	if !ok {
		return Message{}, 0, ErrProtocol
	}
	m := Message{Type: t}
	if !m.read(seq) {
		return Message{}, 0, ErrProtocol
	}
	return m, n, nil
}

func wrap(err error) error {
	if errors.Is(err, ber.ErrShort) {
		return ErrShort
	}
	return ErrProtocol
}
