// Package snmp decodes the Simple Network Management Protocol, versions 1, 2c
// and 3.
//
// Decode reads one message: its version, who speaks (community or user and
// engine), the PDU and, by Message.Bindings, the variables in it. A message that
// the capture cut is read as far as it goes. Everything points into the caller's
// buffer and nothing is allocated. Encrypted PDUs stay closed, authentication
// is not checked, and the transports over TLS are not read.
//
// Reference: RFC 1157 (version 1), RFC 3416 and RFC 1901 (version 2c),
// RFC 3412 and RFC 3414 (version 3).
package snmp

import (
	"errors"

	"github.com/bulkhead-ot/bulkhead/protocol/ber"
)

// Errors of this package. ErrShort means that the message ends before its PDU;
// ErrProtocol that the bytes are not SNMP.
var (
	ErrShort    = errors.New("snmp: short message")
	ErrProtocol = errors.New("snmp: not an SNMP message")
)

// Version is the version as messages number it.
type Version uint8

// Versions.
const (
	V1  Version = 0
	V2c Version = 1
	V3  Version = 3
)

// Type is the kind of PDU, numbered as its tag.
type Type uint8

// PDU types.
const (
	Get      Type = 0
	GetNext  Type = 1
	Response Type = 2
	Set      Type = 3
	TrapV1   Type = 4
	GetBulk  Type = 5
	Inform   Type = 6
	Trap     Type = 7
	Report   Type = 8
)

// Flags of a version 3 message.
const (
	Authenticated = 1
	Encrypted     = 2
	Reportable    = 4
)

// Message is one message. Slices are borrowed.
type Message struct {
	Version   Version
	Community []byte // of versions 1 and 2c: a password in clear

	// Of version 3: the engine that the message is secured with, the user's
	// name, the flags.
	Engine []byte
	User   []byte
	Flags  uint8
	ID     int32

	// HasPDU is false for a PDU that is encrypted or cut off.
	HasPDU  bool
	Type    Type
	Request int32
	Error   int32 // error status of a response, 0 for none
	// Of a version 1 trap: what sends it, and its agent's address.
	Enterprise []byte
	Agent      []byte

	// Whole says that nothing was cut off.
	Whole    bool
	bindings []byte
}

// Decode reads the message at the start of b and returns the number of bytes
// it took.
func Decode(b []byte) (Message, int, error) {
	e, n, cut, err := ber.DecodePrefix(b)
	if err != nil {
		return Message{}, 0, wrap(err)
	}
	if e.Tag != ber.Sequence || !e.Constructed {
		return Message{}, 0, ErrProtocol
	}
	m := Message{Whole: !cut}
	c := e.Children()
	v, ok := c.Take(ber.Integer)
	if !ok {
		return Message{}, 0, broken(&c, cut)
	}
	number, ok := v.Int64()
	if !ok {
		return Message{}, 0, ErrProtocol
	}
	switch m.Version = Version(number); number {
	case int64(V1), int64(V2c):
		err = m.community(&c, cut)
	case int64(V3):
		err = m.secured(&c, cut)
	default:
		err = ErrProtocol
	}
	if err != nil {
		return Message{}, 0, err
	}
	return m, n, nil
}

func wrap(err error) error {
	if errors.Is(err, ber.ErrShort) {
		return ErrShort
	}
	return ErrProtocol
}

// broken is the error of a cursor that did not find what must be there.
func broken(c *ber.Cursor, cut bool) error {
	if cut && (errors.Is(c.Err(), ber.ErrShort) || len(c.Rest()) == 0) {
		return ErrShort
	}
	return ErrProtocol
}

func (m *Message) community(c *ber.Cursor, cut bool) error {
	e, ok := c.Take(ber.OctetString)
	if !ok {
		return broken(c, cut)
	}
	m.Community = e.Body
	return m.pdu(c.Rest(), cut)
}

// secured reads the header, the security parameters and the scoped PDU of a
// version 3 message.
func (m *Message) secured(c *ber.Cursor, cut bool) error {
	head, ok := c.Take(ber.Sequence)
	if !ok {
		return broken(c, cut)
	}
	h := head.Children()
	id, _ := h.Take(ber.Integer)
	h.Take(ber.Integer) // greatest size
	flags, _ := h.Take(ber.OctetString)
	if model, ok := h.Take(ber.Integer); !ok || len(flags.Body) != 1 || len(model.Body) == 0 {
		return ErrProtocol
	}
	v, _ := id.Int64()
	m.ID, m.Flags = int32(v), flags.Body[0]
	security, ok := c.Take(ber.OctetString)
	if !ok {
		return broken(c, cut)
	}
	m.userSecurity(security.Body)
	rest := c.Rest()
	if len(rest) == 0 {
		return broken(c, cut)
	}
	return m.scoped(rest, cut)
}

// userSecurity reads the parameters of the user-based security model: engine,
// boots, time, user and two secrets' products that nobody needs here.
func (m *Message) userSecurity(b []byte) {
	e, _, err := ber.Decode(b)
	if err != nil || e.Tag != ber.Sequence {
		return
	}
	c := e.Children()
	engine, _ := c.Take(ber.OctetString)
	c.Take(ber.Integer)
	c.Take(ber.Integer)
	user, _ := c.Take(ber.OctetString)
	m.Engine, m.User = engine.Body, user.Body
}

func (m *Message) scoped(b []byte, cut bool) error {
	e, _, _, err := ber.DecodePrefix(b)
	if err != nil {
		return wrap(err)
	}
	switch e.Tag {
	case ber.OctetString:
		return nil // encrypted
	case ber.Sequence:
	default:
		return ErrProtocol
	}
	c := e.Children()
	if _, ok := c.Take(ber.OctetString); !ok {
		return broken(&c, cut)
	}
	if _, ok := c.Take(ber.OctetString); !ok {
		return broken(&c, cut)
	}
	return m.pdu(c.Rest(), cut)
}

func (m *Message) pdu(b []byte, cut bool) error {
	if len(b) == 0 {
		if cut {
			return nil
		}
		return ErrProtocol
	}
	e, _, _, err := ber.DecodePrefix(b)
	if err != nil {
		return wrap(err)
	}
	if e.Tag.Class() != ber.Context || !e.Constructed || e.Tag.Number() > uint32(Report) {
		return ErrProtocol
	}
	m.Type = Type(e.Tag.Number())
	c := e.Children()
	if m.Type == TrapV1 {
		return m.trapV1(&c, cut)
	}
	var v [3]int64 // request, error status, error index
	for i := range v {
		n, ok := c.Take(ber.Integer)
		if !ok {
			return broken(&c, cut)
		}
		if v[i], ok = n.Int64(); !ok {
			return ErrProtocol
		}
	}
	m.HasPDU, m.Request, m.bindings = true, int32(v[0]), c.Rest()
	if m.Type == Response {
		m.Error = int32(v[1])
	}
	return nil
}

// trapV1 reads a version 1 trap: enterprise, agent's address, two numbers, a
// time stamp.
func (m *Message) trapV1(c *ber.Cursor, cut bool) error {
	enterprise, ok := c.Take(ber.ObjectIdentifier)
	if !ok {
		return broken(c, cut)
	}
	agent, ok := c.Take(ber.Application)
	if !ok {
		return broken(c, cut)
	}
	c.Take(ber.Integer)
	c.Take(ber.Integer)
	c.Take(ber.Application | 3)
	m.HasPDU, m.Enterprise, m.Agent, m.bindings = true, enterprise.Body, agent.Body, c.Rest()
	return nil
}

// Binding is one variable and its value. OID is the body of the object
// identifier; both are borrowed.
type Binding struct {
	OID   []byte
	Value ber.Element
}

// Bindings walks the variables of a message.
type Bindings struct{ list ber.Cursor }

// Bindings is a walk over the variables of the message, as far as they are
// whole.
func (m Message) Bindings() Bindings {
	e, _, _, err := ber.DecodePrefix(m.bindings)
	if err != nil || e.Tag != ber.Sequence {
		return Bindings{}
	}
	return Bindings{e.Children()}
}

// Next is the next variable.
func (b *Bindings) Next() (Binding, bool) {
	e, ok := b.list.Next()
	if !ok {
		return Binding{}, false
	}
	c := e.Children()
	oid, ok := c.Take(ber.ObjectIdentifier)
	if !ok {
		return Binding{}, false
	}
	v, ok := c.Next()
	return Binding{oid.Body, v}, ok
}

// Text is the value as text: of an octet string.
func (b Binding) Text() ([]byte, bool) {
	return b.Value.Body, b.Value.Tag == ber.OctetString
}
