// Package c1222 decodes ANSI C12.22, which meters and their collectors speak
// over TCP and UDP: the ACSE message around it and the requests and responses
// (EPSEM) in it.
//
// Decode reads one message, Message.Services walks its requests or responses.
// Everything points into the caller's buffer and nothing is allocated. Ciphered
// services stay closed, and the tables of ANSI C12.19 that services read and
// write are named by number only.
//
// Reference: ANSI C12.22-2012 (IEEE 1703-2012), clause 5 and annex A.
package c1222

import (
	"encoding/binary"
	"errors"

	"github.com/bulkhead-ot/bulkhead/protocol/ber"
)

// Errors of this package. ErrShort means "give me more bytes"; ErrProtocol that
// the bytes are not C12.22.
var (
	ErrShort    = errors.New("c1222: short message")
	ErrProtocol = errors.New("c1222: not a C12.22 message")
)

// Security is how the services of a message are protected.
type Security uint8

// Security modes.
const (
	Clear         Security = 0
	Authenticated Security = 1
	Ciphered      Security = 2
)

// Message is one message. The titles name the receiver and the sender: an object
// identifier, or with the tag Context|0 one relative to that of all C12.22
// nodes. They are borrowed.
type Message struct {
	Called, Calling ber.Element
	Invocation      uint32 // the sender's number of the message
	Answers         uint32 // the number that a response answers
	Answering       bool   // Answers is there
	Security        Security
	Marked          bool   // the control octet has its top bit set, as it must
	Class           []byte // kind of device, four characters, often left out
	services        []byte
}

const (
	tagMessage     = ber.Application
	tagCalled      = ber.Context | 2
	tagAnswers     = ber.Context | 4
	tagCalling     = ber.Context | 6
	tagInvocation  = ber.Context | 8
	tagInformation = ber.Context | 30
)

// Decode reads the message at the start of b and returns the number of bytes
// it took.
func Decode(b []byte) (Message, int, error) {
	e, n, err := ber.Decode(b)
	switch {
	case errors.Is(err, ber.ErrShort):
		if len(b) > 0 && b[0] != 0x60 {
			return Message{}, 0, ErrProtocol
		}
		return Message{}, 0, ErrShort
	case err != nil || e.Tag != tagMessage || !e.Constructed:
		return Message{}, 0, ErrProtocol
	}
	var m Message
	c := e.Children()
	for {
		f, ok := c.Next()
		if !ok {
			return Message{}, 0, ErrProtocol // no information
		}
		switch f.Tag {
		case tagCalled:
			m.Called = inner(f)
		case tagCalling:
			m.Calling = inner(f)
		case tagAnswers:
			v, ok := ber.Unsigned(inner(f).Body)
			m.Answers, m.Answering = uint32(v), ok
		case tagInvocation:
			v, _ := ber.Unsigned(inner(f).Body)
			m.Invocation = uint32(v)
		case tagInformation:
			if !m.information(f) {
				return Message{}, 0, ErrProtocol
			}
			return m, n, nil
		}
	}
}

// inner is the element in an explicit tag.
func inner(e ber.Element) ber.Element {
	c := e.Children()
	x, _ := c.Next()
	return x
}

// information opens the EXTERNAL and reads what goes before the services.
func (m *Message) information(e ber.Element) bool {
	c := e.Children()
	x, ok := c.Take(ber.External)
	if !ok {
		return false
	}
	c = x.Children()
	octets, ok := c.Find(ber.Context | 1)
	if !ok || len(octets.Body) == 0 {
		return false
	}
	control, b := octets.Body[0], octets.Body[1:]
	m.Marked = control&0x80 != 0
	m.Security = Security(control >> 2 & 3)
	if control&0x10 != 0 && m.Security == Clear {
		if len(b) < 4 {
			return false
		}
		m.Class, b = b[:4:4], b[4:]
	}
	if m.Security != Ciphered {
		m.services = b
	}
	return true
}

// Code is a service: a request from 0x20 on, below it a response's outcome.
type Code uint8

// Requests. The reads and writes of parts of tables are several codes each.
const (
	Identify   Code = 0x20
	Terminate  Code = 0x21
	Disconnect Code = 0x22
	Deregister Code = 0x24
	Resolve    Code = 0x25
	Trace      Code = 0x26
	Register   Code = 0x27
	FullRead   Code = 0x30
	FullWrite  Code = 0x40
	Logon      Code = 0x50
	SecurityOp Code = 0x51
	Logoff     Code = 0x52
	Auth       Code = 0x53
	Negotiate  Code = 0x60
	Wait       Code = 0x70
	Timing     Code = 0x71
	OK         Code = 0x00
)

// Response says that the code is the outcome of a request.
func (c Code) Response() bool { return c < 0x20 }

// Reads and Writes say that the code moves a table or part of one.
func (c Code) Reads() bool { return c >= 0x30 && c <= 0x3f }

// Writes says that the code changes a table or part of one.
func (c Code) Writes() bool { return c >= 0x40 && c <= 0x4f }

// Service is one request or response. Data is borrowed.
type Service struct {
	Code Code
	Data []byte
}

// Table is the number of the table that a request reads or writes. A number
// from 2048 on is the manufacturer's own.
func (s Service) Table() (uint16, bool) {
	if !s.Code.Reads() && !s.Code.Writes() || s.Code == 0x3e || len(s.Data) < 2 {
		return 0, false
	}
	return binary.BigEndian.Uint16(s.Data), true
}

// User is the account that a logon names, borrowed.
func (s Service) User() ([]byte, bool) {
	if s.Code != Logon || len(s.Data) < 12 {
		return nil, false
	}
	return s.Data[2:12:12], true
}

// Services walks the services of a message.
type Services struct {
	rest []byte
	err  error
}

// Services is a walk over the services of the message; of a ciphered one there
// are none.
func (m Message) Services() Services { return Services{rest: m.services} }

// Err is why Next stopped before the end. In an authenticated message the code
// of authentication stands behind the services and ends the walk.
func (s *Services) Err() error { return s.err }

// Next is the next service: its length goes before it.
func (s *Services) Next() (Service, bool) {
	if len(s.rest) == 0 || s.err != nil {
		return Service{}, false
	}
	n, at := int(s.rest[0]), 1
	if n >= 0x80 {
		octets := n & 0x7f
		if octets == 0 || octets > 3 || len(s.rest) < 1+octets {
			s.err = ErrShort
			return Service{}, false
		}
		n = 0
		for _, c := range s.rest[1 : 1+octets] {
			n = n<<8 | int(c)
		}
		at += octets
	}
	if n == 0 || n > len(s.rest)-at {
		s.err = ErrShort
		return Service{}, false
	}
	x := Service{Code: Code(s.rest[at]), Data: s.rest[at+1 : at+n : at+n]}
	s.rest = s.rest[at+n:]
	return x, true
}
