// Package c1222 tells what happens in ANSI C12.22 conversations with meters: who
// logs on, which tables are read and written, and whether a password crosses in
// clear.
package c1222

import (
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/protocol/ber"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/c1222"
)

// Port is the registered port.
const Port = 1153

// Protocol is C12.22 over TCP and UDP.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name: "c1222", TCP: []uint16{Port}, UDP: []uint16{Port},
		Probe: probe,
		New:   func() dissect.Parser { return &parser{} },
	}
}

var verbs = dissect.NewVerbs("c1222", "0x%02x", rows())

func rows() []dissect.VerbRow {
	list := []dissect.VerbRow{
		{Code: 0x00, Name: "OK"},
		{Code: uint32(pdu.Identify), Name: "Identification", Kind: plant.Identify, Technique: "T0888"},
		{Code: uint32(pdu.Terminate), Name: "Terminate"},
		{Code: uint32(pdu.Disconnect), Name: "Disconnect", Kind: plant.Mode, Technique: "T0816"},
		{Code: uint32(pdu.Deregister), Name: "Deregistration", Kind: plant.Config},
		{Code: uint32(pdu.Resolve), Name: "Resolve", Kind: plant.Identify, Technique: "T0846"},
		{Code: uint32(pdu.Trace), Name: "Trace", Kind: plant.Identify, Technique: "T0846"},
		{Code: uint32(pdu.Register), Name: "Registration", Kind: plant.Config},
		{Code: uint32(pdu.Logon), Name: "Logon", Kind: plant.Auth},
		{Code: uint32(pdu.SecurityOp), Name: "Security", Kind: plant.Auth},
		{Code: uint32(pdu.Logoff), Name: "Logoff", Kind: plant.Auth},
		{Code: uint32(pdu.Auth), Name: "Authenticate", Kind: plant.Auth},
		{Code: uint32(pdu.Negotiate), Name: "Negotiate"},
		{Code: uint32(pdu.Wait), Name: "Wait"},
		{Code: uint32(pdu.Timing), Name: "Timing Setup"},
	}
	for code := uint32(0x30); code < 0x40; code++ {
		list = append(list, dissect.VerbRow{Code: code, Name: "Read", Kind: plant.Read, Technique: "T0801"})
	}
	for code := uint32(0x40); code < 0x50; code++ {
		list = append(list, dissect.VerbRow{Code: code, Name: "Write", Kind: plant.Write, Technique: "T0836"})
	}
	return list
}

// probe takes a message whose field of information is in order: an ACSE message
// with an EPSEM in it is nothing else.
func probe(b []byte, h dissect.Hint) dissect.Match {
	m, _, err := pdu.Decode(b)
	switch {
	case err == nil && m.Marked && len(m.Calling.Body)+len(m.Called.Body) > 0:
		return dissect.Strong
	case err == nil:
		return dissect.Weak
	case err == pdu.ErrShort && h.Stream:
		return dissect.Short
	}
	return dissect.No
}

type parser struct {
	title [2]bool // the title of that side was told
	text  [200]byte
}

// Parse reads the messages in b.
func (p *parser) Parse(c *dissect.Context, b []byte) (int, error) {
	taken := 0
	for taken < len(b) {
		m, n, err := pdu.Decode(b[taken:])
		if err == pdu.ErrShort && c.Stream {
			break
		}
		if err != nil {
			return taken, err
		}
		p.message(c, &m)
		taken += n
	}
	return taken, nil
}

// ciphered is a message whose services nobody can read.
var ciphered = &plant.Verb{Protocol: "c1222", Code: "ciphered", Name: "Ciphered services", Kind: plant.Other}

func (p *parser) message(c *dissect.Context, m *pdu.Message) {
	p.tell(c, m)
	if m.Security == pdu.Ciphered {
		c.Send(ciphered, dissect.Object{})
		return
	}
	services := m.Services()
	for i := uint64(0); ; i++ {
		s, ok := services.Next()
		if !ok {
			return
		}
		if s.Code.Response() {
			response(c, m, s, i)
		} else {
			request(c, m, s, i)
		}
	}
}

func request(c *dissect.Context, m *pdu.Message, s pdu.Service, i uint64) {
	c.SenderIsClient()
	o := dissect.Object{}
	if table, ok := s.Table(); ok {
		o = dissect.Object{Space: "table", Ranged: true, From: uint32(table), To: uint32(table)}
	}
	c.Request(verbs.Get(uint32(s.Code)), uint64(m.Invocation)<<16|i, o)
	if user, ok := s.User(); ok {
		c.Fact(dissect.Sender, plant.FieldUser, user, "c1222.logon", 0.9)
	}
	if s.Code == pdu.SecurityOp && m.Security == pdu.Clear {
		c.FactText(dissect.Receiver, plant.FieldCleartextLogin, "c1222 password", "c1222.security", 0.95)
	}
}

func response(c *dissect.Context, m *pdu.Message, s pdu.Service, i uint64) {
	c.SenderIsServer()
	number := m.Invocation
	if m.Answering {
		number = m.Answers
	}
	id, v := uint64(number)<<16|i, verbs.Get(uint32(s.Code))
	if _, ok := c.Peek(id); ok {
		v = nil
	}
	r := dissect.Accepted
	if s.Code != pdu.OK {
		r = dissect.Refused
	}
	c.Response(v, id, r)
}

// tell reports the title of the sender: what it is called in the meter network.
func (p *parser) tell(c *dissect.Context, m *pdu.Message) {
	if p.title[c.Side()] || m.Calling.Tag != ber.ObjectIdentifier {
		return
	}
	p.title[c.Side()] = true
	if b, ok := ber.AppendOID(append(p.text[:0], "c1222:"...), m.Calling.Body[:min(len(m.Calling.Body), 40)]); ok {
		c.Fact(dissect.Sender, plant.FieldUnit, b, "c1222", 0.9)
	}
}
