// Package kerberos tells what happens between clients and a key distribution
// center: who asks for tickets to what, with which keys, and how it is
// answered. It names accounts, computers and realms.
package kerberos

import (
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/gssapi"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/kerberos"
)

// Protocol is Kerberos 5 on TCP and UDP.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name: "kerberos", TCP: []uint16{88}, UDP: []uint16{88},
		Probe: probe,
		New:   func() dissect.Parser { return &parser{} },
	}
}

var verbs = dissect.NewVerbs("kerberos", "%d", []dissect.VerbRow{
	{Code: 10, Name: "AS-REQ", Kind: plant.Auth},
	{Code: 11, Name: "AS-REP", Kind: plant.Auth},
	{Code: 12, Name: "TGS-REQ", Kind: plant.Auth},
	{Code: 13, Name: "TGS-REP", Kind: plant.Auth},
	{Code: 14, Name: "AP-REQ", Kind: plant.Auth},
	{Code: 15, Name: "AP-REP", Kind: plant.Auth},
	{Code: 20, Name: "KRB-SAFE"},
	{Code: 21, Name: "KRB-PRIV"},
	{Code: 22, Name: "KRB-CRED", Kind: plant.Auth},
	{Code: 30, Name: "KRB-ERROR", Kind: plant.Auth},
})

// probe wants the type's tag around a sequence that fills it, and on TCP the
// length before it. A whole message is taken for sure.
func probe(b []byte, h dissect.Hint) dissect.Match {
	n := len(b)
	if h.Stream {
		var err error
		n, err = pdu.Length(b)
		switch {
		case err == pdu.ErrShort && (len(b) == 0 || b[0] == 0):
			return dissect.Short
		case err != nil:
			return dissect.No
		}
		b = b[4:]
	}
	if _, err := pdu.Peek(b); err != nil {
		if err == pdu.ErrShort && h.Stream {
			return dissect.Short
		}
		return dissect.No
	}
	if len(b) < n {
		return dissect.Weak
	}
	_, took, err := pdu.Decode(b[:n])
	switch {
	case err == pdu.ErrShort && !h.Stream: // cut by the capture
		return dissect.Weak
	case err != nil || took != n:
		return dissect.No
	}
	return dissect.Strong
}

type parser struct{ text []byte }

// Parse reads the messages in b.
func (p *parser) Parse(c *dissect.Context, b []byte) (int, error) {
	if !c.Stream {
		m, _, err := pdu.Decode(b)
		if err != nil {
			return 0, err
		}
		p.message(c, &m)
		return len(b), nil
	}
	taken := 0
	for len(b)-taken >= 4 {
		n, err := pdu.Length(b[taken:])
		if err != nil {
			return taken, err
		}
		if len(b)-taken < 4+n {
			break
		}
		m, _, err := pdu.Decode(b[taken+4 : taken+4+n])
		if err != nil {
			return taken, err
		}
		p.message(c, &m)
		taken += 4 + n
	}
	return taken, nil
}

// tagNoProof marks a request for a first ticket that proves no key.
const tagNoProof = 1

func (p *parser) message(c *dissect.Context, m *pdu.Message) {
	switch m.Type {
	case pdu.ASReq, pdu.TGSReq:
		p.request(c, m)
	case pdu.ASRep, pdu.TGSRep:
		p.reply(c, m)
	case pdu.Error:
		p.refusal(c, m)
	default:
		c.Send(verbs.Get(uint32(m.Type)), dissect.Object{})
	}
}

// request reads a request. Nothing in clear pairs it with its answer, so one
// may wait at a time, as clients do it.
func (p *parser) request(c *dissect.Context, m *pdu.Message) {
	const source = "kerberos.request"
	c.SenderIsClient()
	c.Fact(dissect.Sender, plant.FieldDomain, m.Realm, source, 0.7)
	c.Fact(dissect.Sender, plant.FieldName, m.Computer, source, 0.9)
	p.client(c, dissect.Sender, m, source)
	o, tag := dissect.Object{Space: "account"}, uint64(0)
	p.text = m.Client.AppendTo(p.text[:0])
	if m.Type == pdu.TGSReq {
		o.Space = "service"
		p.text = m.Service.AppendTo(p.text[:0])
	} else if !m.Preauth {
		tag = tagNoProof
	}
	o.Name = p.text
	if e := m.Etypes(); onlyWeak(e) {
		c.FactText(dissect.Sender, plant.FieldSecurity, "kerberos.weak-keys", source, 0.8)
	}
	c.Request(verbs.Get(uint32(m.Type)), 0, o).Tag = tag
}

// onlyWeak reports whether a client offers encryption types and none of them
// is strong. Types that stand for nothing real are passed over.
func onlyWeak(e pdu.Etypes) bool {
	weak := false
	for t, ok := e.Next(); ok; t, ok = e.Next() {
		if t.Weak() {
			weak = true
		} else if t > 0 {
			return false
		}
	}
	return weak
}

// client reports whose name a message carries. An account that ends in $ is
// that of a computer.
func (p *parser) client(c *dissect.Context, who dissect.Subject, m *pdu.Message, source string) {
	if m.Client.Empty() {
		return
	}
	p.text = m.Client.AppendTo(p.text[:0])
	if last := len(p.text) - 1; p.text[last] == '$' {
		c.Fact(who, plant.FieldName, p.text[:last], source, 0.8)
		return
	}
	if host := m.Client.Last; host != nil && gssapi.Host(m.Client.First) {
		c.Fact(who, plant.FieldName, host, source, 0.7)
		return
	}
	c.Fact(who, plant.FieldUser, p.text, source, 0.8)
}

func (p *parser) reply(c *dissect.Context, m *pdu.Message) {
	const source = "kerberos.reply"
	c.SenderIsServer()
	w, ok := c.Peek(0)
	if ok {
		c.Response(nil, 0, dissect.Accepted)
	} else {
		c.Response(verbs.Get(uint32(m.Type)), 0, dissect.Accepted)
	}
	c.Fact(dissect.Sender, plant.FieldDomain, m.Realm, source, 0.9)
	c.FactText(dissect.Sender, plant.FieldRole, plant.RoleDomain, source, 0.7)
	p.client(c, dissect.Receiver, m, source)
	if m.Ticket.Weak() {
		c.FactText(dissect.Sender, plant.FieldSecurity, "kerberos.weak-ticket", source, 0.8)
	}
	if ok && m.Type == pdu.ASRep && w.Tag == tagNoProof {
		p.text = m.Client.AppendTo(append(p.text[:0], "kerberos.preauth=off "...))
		c.Fact(dissect.Sender, plant.FieldSecurity, p.text, source, 0.8)
	}
}

func (p *parser) refusal(c *dissect.Context, m *pdu.Message) {
	c.SenderIsServer()
	result := dissect.Refused
	if m.Code == pdu.CodePreauthRequired || m.Code == pdu.CodeTooBig {
		result = dissect.Answered // the client asks again as it is told to
	}
	if _, ok := c.Peek(0); ok {
		c.Response(nil, 0, result)
	} else {
		c.Response(verbs.Get(uint32(m.Type)), 0, result)
	}
	c.Fact(dissect.Sender, plant.FieldDomain, m.Realm, "kerberos.error", 0.7)
}
