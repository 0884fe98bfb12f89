// Package tls tells who speaks TLS to whom on any port: the server asked for,
// versions and ciphers, certificates in clear, and the JA4 fingerprint of
// clients. Parsers of protocols that change to TLS half-way carry one of these.
package tls

import (
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/tls"
)

// Protocol is TLS on TCP.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name: "tls", TCP: []uint16{443, 465, 636, 853, 989, 990, 993, 995, 3269, 4443, 4843, 4911, 5011, 5061, 5986, 8443, 8883, 9443},
		Probe: probe,
		New:   func() dissect.Parser { return New() },
	}
}

// verbs are handshake messages.
var verbs = dissect.NewVerbs("tls", "%d", []dissect.VerbRow{
	{Code: uint32(pdu.TypeHelloRequest), Name: "Hello Request"},
	{Code: uint32(pdu.TypeClientHello), Name: "Client Hello"},
	{Code: uint32(pdu.TypeServerHello), Name: "Server Hello"},
	{Code: uint32(pdu.TypeNewSessionTicket), Name: "New Session Ticket"},
	{Code: uint32(pdu.TypeCertificate), Name: "Certificate"},
	{Code: uint32(pdu.TypeServerKeyExchange), Name: "Server Key Exchange"},
	{Code: uint32(pdu.TypeCertificateReq), Name: "Certificate Request"},
	{Code: uint32(pdu.TypeServerHelloDone), Name: "Server Hello Done"},
	{Code: uint32(pdu.TypeCertificateVerify), Name: "Certificate Verify"},
	{Code: uint32(pdu.TypeClientKeyExchange), Name: "Client Key Exchange"},
	{Code: uint32(pdu.TypeFinished), Name: "Finished"},
	{Code: uint32(pdu.TypeCertificateStatus), Name: "Certificate Status"},
})

// The other records that are read.
var (
	alert     = &plant.Verb{Protocol: "tls", Code: "alert", Name: "Alert"}
	data      = &plant.Verb{Protocol: "tls", Code: "data", Name: "Application Data"}
	heartbeat = &plant.Verb{Protocol: "tls", Code: "heartbeat", Name: "Heartbeat"}
)

// probe is sure of a hello in a record of its length; on a port of TLS any
// record will do, so that a conversation in progress is recognised.
func probe(b []byte, h dissect.Hint) dissect.Match {
	if !h.Stream {
		return dissect.No
	}
	r, err := pdu.DecodeHeader(b)
	switch {
	case err == pdu.ErrShort:
		return dissect.Short
	case err != nil:
		return dissect.No
	case r.Content != pdu.HandshakeRecord:
		return dissect.Weak
	case len(b) < pdu.HeaderSize+6:
		return dissect.Short
	}
	m := b[pdu.HeaderSize:]
	size := int(m[1])<<16 | int(m[2])<<8 | int(m[3])
	hello := m[0] == byte(pdu.TypeClientHello) || m[0] == byte(pdu.TypeServerHello)
	if hello && size >= 38 && size <= pdu.MaxMessage && m[4] == 3 && m[5] <= 4 {
		return dissect.Strong
	}
	return dissect.Weak
}

// Parser reads the records of one conversation.
type Parser struct {
	sides [2]struct {
		hidden bool   // what follows is encrypted
		adrift bool   // bytes are missing: wait for a record
		part   []byte // a handshake message that goes on in the next record
	}
	modern bool // TLS 1.3: everything behind the server's hello is encrypted
}

// New is a parser for one conversation.
func New() *Parser { return new(Parser) }

// Parse reads records. Bodies that are encrypted are skipped, also when they
// have not come yet.
func (p *Parser) Parse(c *dissect.Context, b []byte) (int, error) {
	s := &p.sides[c.Side()]
	if s.adrift {
		if probe(b, dissect.Hint{Stream: true}) < dissect.Weak {
			return len(b), nil
		}
		s.adrift = false
	}
	taken := 0
	for taken < len(b) {
		h, err := pdu.DecodeHeader(b[taken:])
		switch {
		case err == pdu.ErrShort:
			return taken, nil
		case err != nil && s.hidden:
			s.adrift = true // out of step in bytes that say nothing anyway
			return len(b), nil
		case err != nil:
			return taken, err
		}
		end := taken + pdu.HeaderSize + h.Length
		if p.reads(c, h) {
			if end > len(b) {
				return taken, nil
			}
			p.record(c, h.Content, b[taken+pdu.HeaderSize:end])
		}
		taken = end
	}
	return taken, nil
}

// Gap is told that bytes are missing.
func (p *Parser) Gap(c *dissect.Context, _ int) {
	s := &p.sides[c.Side()]
	s.adrift, s.part = true, nil
}

// reads reports whether the body of a record is in clear and of use.
func (p *Parser) reads(c *dissect.Context, h pdu.Header) bool {
	if h.Content == pdu.ApplicationData {
		p.sides[c.Side()].hidden = true
		c.Send(data, dissect.Object{})
		return false
	}
	return h.Content == pdu.ChangeCipherSpec || !p.sides[c.Side()].hidden
}

func (p *Parser) record(c *dissect.Context, content pdu.Content, body []byte) {
	s := &p.sides[c.Side()]
	switch content {
	case pdu.HandshakeRecord:
		p.handshake(c, body)
	case pdu.ChangeCipherSpec:
		// In TLS 1.3 it is there for old middleboxes only; hellos may follow.
		s.hidden = s.hidden || !p.modern
	case pdu.AlertRecord:
		if len(body) != 2 {
			s.hidden = true
		} else if _, ok := c.Peek(hello); ok {
			c.Response(nil, hello, dissect.Refused)
		} else {
			c.Send(alert, dissect.Object{})
		}
	case pdu.HeartbeatRecord:
		c.Send(heartbeat, dissect.Object{})
	}
}

// handshake reads the messages in a record. One that goes on in the next
// record is kept until it is whole.
func (p *Parser) handshake(c *dissect.Context, body []byte) {
	s := &p.sides[c.Side()]
	if len(s.part) > 0 {
		s.part = append(s.part, body...)
		body = s.part
	}
	for len(body) > 0 {
		m, n, err := pdu.DecodeMessage(body)
		switch {
		case err == pdu.ErrShort:
			if len(s.part) == 0 || len(body) < len(s.part) {
				s.part = append([]byte(nil), body...)
			}
			return
		case err != nil:
			s.part, s.hidden = nil, true
			return
		}
		p.message(c, &m)
		body = body[n:]
	}
	s.part = nil
}
