// Package mms decodes the Manufacturing Message Specification, as IEC 61850
// and ICCP/TASE.2 use it, and the OSI layers it travels in: session,
// presentation and association control (ACSE).
//
// Open takes one whole transport user-data unit (what COTP reassembled) and
// gives the MMS PDUs in it; Decode reads one PDU: its kind, invoke number and
// service, with methods for the names, values and results that the services
// carry. Everything points into the caller's buffer and nothing is allocated.
// It keeps no state: which presentation context is MMS is told by the PDU's own
// tag, so that an association can be joined in the middle. Session
// segmentation, negotiated parameters and type descriptions are not read.
//
// Reference: ISO 9506-2:2003 (MMS), ISO 8327-1 (session), ISO 8823-1
// (presentation), ISO 8650-1 (ACSE); IEC 61850-8-1 ed. 2.1 for their use.
package mms

import (
	"errors"

	"github.com/bulkhead-ot/bulkhead/protocol/ber"
)

// Errors of this package. ErrShort means that the unit or PDU is cut off; the
// others mean that the bytes are not MMS and never will be.
var (
	ErrShort    = errors.New("mms: short unit")
	ErrProtocol = errors.New("mms: not an MMS PDU")
	ErrSession  = errors.New("mms: not an ISO session unit")
)

// Kind is the choice of an MMS PDU.
type Kind uint8

// PDUs of MMS, numbered as their tags.
const (
	ConfirmedRequest  Kind = 0
	ConfirmedResponse Kind = 1
	ConfirmedError    Kind = 2
	Unconfirmed       Kind = 3
	Reject            Kind = 4
	CancelRequest     Kind = 5
	CancelResponse    Kind = 6
	CancelError       Kind = 7
	InitiateRequest   Kind = 8
	InitiateResponse  Kind = 9
	InitiateError     Kind = 10
	ConcludeRequest   Kind = 11
	ConcludeResponse  Kind = 12
	ConcludeError     Kind = 13
)

// PDU is one MMS PDU. Body points into the decoded buffer.
type PDU struct {
	Kind Kind
	// Invoke pairs a response or error with its request; Invoked says that
	// the PDU has one.
	Invoke  uint32
	Invoked bool
	// Service is the choice of a confirmed or unconfirmed service; Serviced
	// says that the PDU names one. Some servers send a response without.
	Service  Service
	Serviced bool
	// Body is the service's parameters; of an error the service error, of
	// any other PDU the PDU itself.
	Body ber.Element
}

// IsPDU says whether a first octet is the tag of an MMS PDU.
func IsPDU(tag byte) bool {
	switch tag {
	case 0xa0, 0xa1, 0xa2, 0xa3, 0xa4, 0x85, 0x86, 0xa7, 0xa8, 0xa9, 0xaa, 0x8b, 0x8c, 0xad:
		return true
	}
	return false
}

// Decode reads the MMS PDU at the start of b and returns the number of octets
// it took.
func Decode(b []byte) (PDU, int, error) {
	if len(b) == 0 {
		return PDU{}, 0, ErrShort
	}
	if !IsPDU(b[0]) {
		return PDU{}, 0, ErrProtocol
	}
	e, n, err := ber.Decode(b)
	switch {
	case errors.Is(err, ber.ErrShort):
		return PDU{}, 0, ErrShort
	case err != nil:
		return PDU{}, 0, ErrProtocol
	}
	p := PDU{Kind: Kind(e.Tag.Number()), Body: e}
	if err := p.read(e); err != nil {
		return PDU{}, 0, err
	}
	return p, n, nil
}

func (p *PDU) read(e ber.Element) error {
	switch p.Kind {
	case ConfirmedRequest, ConfirmedResponse:
		return p.confirmed(e.Children())
	case ConfirmedError, Reject, CancelError:
		p.failure(e.Children())
	case CancelRequest, CancelResponse:
		p.setInvoke(e)
	case Unconfirmed:
		c := e.Children()
		p.service(&c)
	}
	return nil
}

// confirmed reads the invoke number, which every such PDU begins with, and the
// service behind the modifiers.
func (p *PDU) confirmed(c ber.Cursor) error {
	id, ok := c.Take(ber.Integer)
	if !ok {
		return ErrProtocol
	}
	p.setInvoke(id)
	p.service(&c)
	return nil
}

func (p *PDU) service(c *ber.Cursor) {
	for {
		e, ok := c.Next()
		if !ok {
			return
		}
		// The list of modifiers before it is a universal sequence.
		if e.Tag.Class() == ber.Context && e.Tag.Number() <= 255 {
			p.Service, p.Serviced, p.Body = Service(e.Tag.Number()), true, e
			return
		}
	}
}

func (p *PDU) failure(c ber.Cursor) {
	if id, ok := c.Take(ber.Context); ok {
		p.setInvoke(id)
	}
	if p.Kind == Reject {
		if reason, ok := c.Next(); ok {
			p.Body = reason
		}
		return
	}
	if reason, ok := c.Find(ber.Context | 2); ok {
		p.Body = reason
	}
}

func (p *PDU) setInvoke(e ber.Element) {
	if v, ok := ber.Unsigned(e.Body); ok && v < 1<<32 {
		p.Invoke, p.Invoked = uint32(v), true
	}
}

// ErrorClass is the class and code of a confirmed error: 7 and 2 for "access:
// object does not exist".
func (p PDU) ErrorClass() (class, code uint32, ok bool) {
	if p.Kind != ConfirmedError {
		return 0, 0, false
	}
	c := p.Body.Children()
	e, ok := c.Take(ber.Context)
	if !ok {
		return 0, 0, false
	}
	c = e.Children()
	if e, ok = c.Next(); !ok {
		return 0, 0, false
	}
	v, ok := ber.Unsigned(e.Body)
	return e.Tag.Number(), uint32(v), ok
}
