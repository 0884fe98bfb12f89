// Package ldap tells what happens in directory conversations: who signs in how
// (and whether the password crossed in clear), what is changed, and what a
// domain controller says about itself when it is looked for.
package ldap

import (
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/gssapi"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/tls"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/ldap"
)

// Protocol is LDAP on TCP, also that of the global catalog, and CLDAP on UDP.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name: "ldap", TCP: []uint16{389, 3268}, UDP: []uint16{389},
		Probe: probe,
		New:   func() dissect.Parser { return &parser{} },
	}
}

// Codes are the application tags of the requests; a response counts under its
// request.
var verbs = dissect.NewVerbs("ldap", "%d", []dissect.VerbRow{
	{Code: 0, Name: "Bind", Kind: plant.Auth},
	{Code: 2, Name: "Unbind"},
	{Code: 3, Name: "Search"},
	{Code: 6, Name: "Modify", Kind: plant.Config},
	{Code: 8, Name: "Add", Kind: plant.Config},
	{Code: 10, Name: "Delete", Kind: plant.Config},
	{Code: 12, Name: "Modify DN", Kind: plant.Config},
	{Code: 14, Name: "Compare"},
	{Code: 16, Name: "Abandon"},
	{Code: 23, Name: "Extended"},
})

var (
	searchRoot = &plant.Verb{Protocol: "ldap", Code: "3", Name: "Search of the root entry", Kind: plant.Identify, Technique: "T0888"}
	wrapped    = &plant.Verb{Protocol: "ldap", Code: "sasl", Name: "Protected message"}
)

// probe takes a bind of version 2 or 3 for sure. Other messages have the same
// outer form as SNMP and others, and are taken on the ports only.
func probe(b []byte, h dissect.Hint) dissect.Match {
	op, n, err := pdu.Peek(b)
	switch {
	case err == pdu.ErrShort && h.Stream && len(b) < 16:
		return dissect.Short
	case err != nil:
		return dissect.No
	case op != pdu.BindRequest || len(b) < n:
		return dissect.Weak
	}
	m, _, err := pdu.Decode(b)
	if err != nil {
		return dissect.No
	}
	if v, ok := m.Bind(); !ok || v.Version != 3 && v.Version != 2 {
		return dissect.No
	}
	return dissect.Strong
}

type parser struct {
	gss  gssapi.Reader
	text []byte
	tls  *tls.Parser // behind StartTLS
	sasl bool        // a mechanism was agreed on that may protect what follows
}

// maxWhole is the longest message that is waited for. Longer ones are entries
// with photographs and certificates, and lists of members.
const maxWhole = 64 << 10

// Parse reads the messages in b.
func (p *parser) Parse(c *dissect.Context, b []byte) (int, error) {
	taken := 0
	for taken < len(b) {
		if p.tls != nil {
			n, err := p.tls.Parse(c, b[taken:])
			return taken + n, err
		}
		n, err := p.next(c, b[taken:])
		if err == pdu.ErrShort {
			break
		}
		if err != nil {
			return taken, err
		}
		taken += n
	}
	return taken, nil
}

func (p *parser) next(c *dissect.Context, b []byte) (int, error) {
	if c.Stream && p.sasl && b[0] == 0 {
		n, err := pdu.Wrapped(b)
		if err == nil {
			c.Send(wrapped, dissect.Object{})
		}
		return n, err
	}
	_, n, err := pdu.Peek(b)
	if err != nil {
		return 0, err
	}
	if n > len(b) && n > maxWhole {
		return n, nil
	}
	m, n, err := pdu.Decode(b)
	if err != nil {
		return 0, err
	}
	p.message(c, &m)
	return n, nil
}

func (p *parser) message(c *dissect.Context, m *pdu.Message) {
	if m.Request() {
		c.SenderIsClient()
		p.request(c, m)
		return
	}
	c.SenderIsServer()
	switch m.Op {
	case pdu.SearchEntry:
		p.entry(c, m)
	case pdu.SearchReference, pdu.IntermediateReply:
	default:
		p.response(c, m)
	}
}

// What a request leaves for its response.
const (
	tagSASL = 1 + iota
	tagStartTLS
)

func (p *parser) request(c *dissect.Context, m *pdu.Message) {
	v, o, tag := verbs.Get(uint32(m.Op)), dissect.Object{}, uint64(0)
	switch m.Op {
	case pdu.BindRequest:
		tag = p.bind(c, m, &o)
	case pdu.SearchRequest:
		v = p.search(c, m, v, &o)
	case pdu.ExtendedRequest:
		o.Space, o.Name = "extension", m.Extension()
		if string(o.Name) == pdu.StartTLS {
			tag = tagStartTLS
		}
	case pdu.UnbindRequest, pdu.AbandonRequest: // have no response
		c.Send(v, o)
		return
	default:
		o.Space, o.Name = "entry", m.Target()
	}
	c.Request(v, uint64(m.ID), o).Tag = tag
}

func (p *parser) bind(c *dissect.Context, m *pdu.Message, o *dissect.Object) (tag uint64) {
	b, ok := m.Bind()
	if !ok {
		return 0
	}
	if len(b.Name) > 0 {
		o.Space, o.Name = "account", b.Name
	}
	if b.Simple {
		if b.Password && len(b.Name) > 0 {
			p.text = append(append(p.text[:0], "ldap user "...), b.Name...)
			c.Fact(dissect.Receiver, plant.FieldCleartextLogin, p.text, "ldap.bind", 0.95)
			c.Fact(dissect.Sender, plant.FieldUser, b.Name, "ldap.bind", 0.8)
		}
		return 0
	}
	if account := p.gss.Read(c, b.Credential); len(account) > 0 {
		o.Space, o.Name = "account", account
	}
	return tagSASL
}

// search reads a search. A netlogon ping carries the name of the one that
// looks for its domain controller.
func (p *parser) search(c *dissect.Context, m *pdu.Message, v *plant.Verb, o *dissect.Object) *plant.Verb {
	s, ok := m.Search()
	if !ok {
		return v
	}
	if len(s.Base) == 0 && s.Scope == 0 {
		c.Fact(dissect.Sender, plant.FieldName, s.Equal("Host"), "ldap.ping", 0.8)
		c.Fact(dissect.Sender, plant.FieldDomain, s.Equal("DnsDomain"), "ldap.ping", 0.7)
		return searchRoot
	}
	o.Space, o.Name = "below", s.Base
	return v
}

func (p *parser) response(c *dissect.Context, m *pdu.Message) {
	r, ok := m.Result()
	if !ok {
		return
	}
	result := dissect.Refused
	switch r.Code {
	case pdu.ResultSuccess:
		result = dissect.Accepted
	case pdu.ResultSASLProgress:
		result = dissect.Answered
	}
	w, waiting := c.Peek(uint64(m.ID))
	if waiting {
		c.Response(nil, uint64(m.ID), result)
	} else {
		// Each response's tag is its request's plus one.
		c.Response(verbs.Get(uint32(m.Op)-1), uint64(m.ID), result)
	}
	if m.Op == pdu.BindResponse {
		p.gss.Read(c, r.Credential)
		p.gss.Read(c, r.Matched)
	}
	switch {
	case result == dissect.Refused:
	case w.Tag == tagSASL:
		p.sasl = true
	case w.Tag == tagStartTLS:
		p.tls = tls.New()
	}
}

// activeDirectory is the capability by which a directory says that it is one.
const activeDirectory = "1.2.840.113556.1.4.800"

// entry reads the root entry, in which a server speaks about itself.
func (p *parser) entry(c *dissect.Context, m *pdu.Message) {
	e, ok := m.Entry()
	if !ok || len(e.Name) > 0 {
		return
	}
	const source = "ldap.root"
	for a, ok := e.Next(); ok; a, ok = e.Next() {
		v, has := a.Next()
		switch {
		case !has:
		case a.Is("dnsHostName"):
			c.Fact(dissect.Sender, plant.FieldName, v, source, 0.95)
		case a.Is("ldapServiceName"):
			c.FactText(dissect.Sender, plant.FieldRole, plant.RoleDomain, source, 0.9)
		case a.Is("defaultNamingContext"):
			p.text = appendDomain(p.text[:0], v)
			c.Fact(dissect.Sender, plant.FieldDomain, p.text, source, 0.9)
		case a.Is("vendorName"):
			c.Fact(dissect.Sender, plant.FieldSoftware, v, source, 0.7)
		case a.Is("vendorVersion"):
			c.Fact(dissect.Sender, plant.FieldSoftware, v, source, 0.8)
		case a.Is("supportedCapabilities"):
			for ; has; v, has = a.Next() {
				if string(v) == activeDirectory {
					c.FactText(dissect.Sender, plant.FieldRole, plant.RoleDomain, source, 0.95)
				}
			}
		case a.Is("netlogon"):
			p.netlogon(c, v)
		}
	}
}

// netlogon reads the answer to a ping.
func (p *parser) netlogon(c *dissect.Context, v []byte) {
	n, _, err := pdu.DecodeNetlogon(v)
	if err != nil {
		return
	}
	const source = "ldap.netlogon"
	p.text = n.AppendHost(p.text[:0])
	c.Fact(dissect.Sender, plant.FieldName, p.text, source, 0.95)
	p.text = n.AppendComputer(p.text[:0])
	c.Fact(dissect.Sender, plant.FieldName, p.text, source, 0.95)
	p.text = n.AppendDomain(p.text[:0])
	c.Fact(dissect.Sender, plant.FieldDomain, p.text, source, 0.95)
	p.text = n.AppendSite(p.text[:0])
	c.Fact(dissect.Sender, plant.FieldLocation, p.text, source, 0.5)
	c.FactText(dissect.Sender, plant.FieldRole, plant.RoleDomain, source, 0.95)
}

// appendDomain turns DC=plant,DC=local into plant.local.
func appendDomain(dst, name []byte) []byte {
	for len(name) > 3 && (name[0]|0x20) == 'd' && (name[1]|0x20) == 'c' && name[2] == '=' {
		name = name[3:]
		i := 0
		for i < len(name) && name[i] != ',' {
			i++
		}
		if len(dst) > 0 {
			dst = append(dst, '.')
		}
		dst = append(dst, name[:i]...)
		name = name[min(i+1, len(name)):]
	}
	return dst
}
