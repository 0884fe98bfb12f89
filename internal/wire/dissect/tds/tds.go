// Package tds tells what happens in conversations with Microsoft SQL Server:
// who signs in from which computer and program (historians, SCADA servers and
// reporting tools do), which server and version answers, and which procedures
// are called. Queries and rows are not kept.
package tds

import (
	"bytes"
	"net/netip"
	"strconv"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/gssapi"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/tls"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/tds"
	"github.com/bulkhead-ot/bulkhead/protocol/winstr"
)

// Protocol is TDS on TCP, and the SQL Server browser on UDP.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name: "tds", TCP: []uint16{1433}, UDP: []uint16{1434},
		Probe: probe,
		New:   func() dissect.Parser { return &parser{} },
	}
}

var verbs = dissect.NewVerbs("tds", "0x%02x", []dissect.VerbRow{
	{Code: 0x01, Name: "SQL Batch"},
	{Code: 0x02, Name: "Login", Kind: plant.Auth},
	{Code: 0x03, Name: "RPC"},
	{Code: 0x04, Name: "Result"},
	{Code: 0x06, Name: "Attention"},
	{Code: 0x07, Name: "Bulk Load"},
	{Code: 0x08, Name: "Federated Authentication", Kind: plant.Auth},
	{Code: 0x0e, Name: "Transaction Manager Request"},
	{Code: 0x10, Name: "Login", Kind: plant.Auth},
	{Code: 0x11, Name: "SSPI", Kind: plant.Auth},
	{Code: 0x12, Name: "Prelogin"},
})

var (
	shell   = &plant.Verb{Protocol: "tds", Code: "0x01", Name: "SQL Batch that runs xp_cmdshell", Kind: plant.Config, Technique: "T0886"}
	browser = &plant.Verb{Protocol: "tds", Code: "browser", Name: "SQL Server Browser", Kind: plant.Identify, Technique: "T0846"}
)

// probe takes a greeting or a login that fills its packet for sure. Other
// packets have little that is fixed: several in a row must fit each other.
func probe(b []byte, h dissect.Hint) dissect.Match {
	if !h.Stream {
		return probeBrowser(b)
	}
	p, n, err := pdu.Peek(b)
	switch {
	case err == pdu.ErrShort:
		return dissect.Short
	case err != nil:
		return dissect.No
	case len(b) < n:
		return dissect.Weak
	}
	body := b[pdu.HeaderLen:n]
	switch p.Type {
	case pdu.Prelogin:
		if _, ok := pdu.ReadGreeting(body); ok {
			return dissect.Strong
		}
	case pdu.Login7:
		if l, ok := pdu.ReadLogin(body); ok && l.Version>>24 >= 0x70 && l.Version>>24 <= 0x74 && len(l.Library) > 0 {
			return dissect.Strong
		}
	}
	if _, _, err := pdu.Peek(b[n:]); err != nil && err != pdu.ErrShort {
		return dissect.No
	}
	return dissect.Weak
}

func probeBrowser(b []byte) dissect.Match {
	r, _, err := pdu.DecodeBrowser(b)
	if err != nil {
		return dissect.No
	}
	if _, ok := r.Next(); ok {
		return dissect.Strong
	}
	return dissect.Weak
}

type parser struct {
	gss  gssapi.Reader
	text []byte
	more [2]bool     // the side's message goes on with its next packet
	tls  *tls.Parser // the handshake, which stands in prelogin packets
}

// Parse reads the packets in b.
func (p *parser) Parse(c *dissect.Context, b []byte) (int, error) {
	if !c.Stream {
		return p.browser(c, b)
	}
	taken := 0
	for taken < len(b) {
		if n := record(b[taken:]); n > 0 {
			taken += n
			continue
		}
		m, n, err := pdu.Decode(b[taken:])
		if err == pdu.ErrShort {
			break
		}
		if err != nil {
			return taken, err
		}
		p.packet(c, &m)
		taken += n
	}
	return taken, nil
}

// record is the length of a TLS record. A login, and with full encryption
// everything behind it, stands in records without any TDS header.
func record(b []byte) int {
	if len(b) < 5 || b[0] < 0x14 || b[0] > 0x17 || b[1] != 3 || b[2] > 4 {
		return 0
	}
	return 5 + int(b[3])<<8 + int(b[4])
}

func (p *parser) packet(c *dissect.Context, m *pdu.Packet) {
	first := !p.more[c.Side()]
	p.more[c.Side()] = !m.Last
	if !first {
		return
	}
	if m.Type == pdu.Result {
		p.result(c, m)
		return
	}
	if m.Type == pdu.Prelogin && record(m.Body) > 0 {
		p.handshake(c, m.Body)
		return
	}
	c.SenderIsClient()
	v, o := verbs.Get(uint32(m.Type)), dissect.Object{}
	switch m.Type {
	case pdu.Login7:
		p.login(c, m.Body, &o)
	case pdu.LoginOld:
		p.oldLogin(c, m.Body, &o)
	case pdu.SSPI:
		if account := p.gss.Read(c, m.Body); len(account) > 0 {
			o.Space, o.Name = "account", account
		}
	case pdu.RPC:
		p.procedure(m.Body, &o)
	case pdu.SQLBatch:
		if runsShell(pdu.Text(m.Body)) {
			v = shell
		}
	}
	c.Request(v, 0, o)
}

// handshake reads TLS in prelogin packets, which both ends send, for the names
// in it. Damage in it is not damage of the conversation.
func (p *parser) handshake(c *dissect.Context, b []byte) {
	if p.tls == nil {
		p.tls = tls.New()
	}
	if _, err := p.tls.Parse(c, b); err != nil {
		c.Malformed("TLS handshake in TDS cannot be read")
	}
}

func (p *parser) login(c *dissect.Context, b []byte, o *dissect.Object) {
	l, ok := pdu.ReadLogin(b)
	if !ok {
		c.Malformed("TDS login without its fixed part")
		return
	}
	const source = "tds.login"
	p.fact(c, dissect.Sender, plant.FieldName, l.Host, source, 0.85)
	p.fact(c, dissect.Sender, plant.FieldSoftware, l.App, source, 0.6)
	p.server(c, l.Server)
	p.gss.Read(c, l.Token)
	if l.Integrated || len(l.User) == 0 {
		return
	}
	p.fact(c, dissect.Sender, plant.FieldUser, l.User, source, 0.9)
	if l.Password {
		// The packet would be in a TLS record if it were encrypted; the
		// password in it is only scrambled.
		p.text = winstr.AppendWide(append(p.text[:0], "tds user "...), l.User)
		c.Fact(dissect.Receiver, plant.FieldCleartextLogin, p.text, source, 0.95)
	}
	p.text = winstr.AppendWide(p.text[:0], l.User)
	o.Space, o.Name = "account", p.text
}

// server reports the name by which a client calls the server. It may carry a
// protocol, an instance and a port, and may be an address.
func (p *parser) server(c *dissect.Context, b []byte) {
	p.text = winstr.AppendWide(p.text[:0], b)
	s := p.text
	if _, after, ok := bytes.Cut(s, []byte(":")); ok {
		s = after
	}
	if i := bytes.IndexAny(s, `\,`); i >= 0 {
		s = s[:i]
	}
	if len(s) < 2 || s[0] == '(' || string(s) == "localhost" {
		return
	}
	if _, err := netip.ParseAddr(string(s)); err != nil {
		c.Fact(dissect.Receiver, plant.FieldName, s, "tds.login", 0.5)
	}
}

func (p *parser) oldLogin(c *dissect.Context, b []byte, o *dissect.Object) {
	host, user, ok := pdu.ReadOldLogin(b)
	if !ok {
		return
	}
	c.Fact(dissect.Sender, plant.FieldName, host, "tds.login", 0.8)
	if len(user) == 0 {
		return
	}
	c.Fact(dissect.Sender, plant.FieldUser, user, "tds.login", 0.8)
	p.text = append(append(p.text[:0], "tds user "...), user...)
	c.Fact(dissect.Receiver, plant.FieldCleartextLogin, p.text, "tds.login", 0.9)
	o.Space, o.Name = "account", user
}

// procedures are the calls that have a number instead of a name.
var procedures = [...]string{
	1: "sp_cursor", 2: "sp_cursoropen", 3: "sp_cursorprepare", 4: "sp_cursorexecute", 5: "sp_cursorprepexec",
	6: "sp_cursorunprepare", 7: "sp_cursorfetch", 8: "sp_cursoroption", 9: "sp_cursorclose", 10: "sp_executesql",
	11: "sp_prepare", 12: "sp_execute", 13: "sp_prepexec", 14: "sp_prepexecrpc", 15: "sp_unprepare",
}

func (p *parser) procedure(b []byte, o *dissect.Object) {
	name, id, ok := pdu.Procedure(b)
	if !ok {
		return
	}
	p.text = p.text[:0]
	if int(id) < len(procedures) {
		p.text = append(p.text, procedures[id]...)
	}
	p.text = winstr.AppendWide(p.text, name)
	o.Space, o.Name = "procedure", p.text
}

// The procedure that runs commands of the operating system, in UTF-16LE as
// people write it.
var (
	shellLower = []byte("x\x00p\x00_\x00c\x00m\x00d\x00s\x00h\x00e\x00l\x00l\x00")
	shellUpper = []byte("X\x00P\x00_\x00C\x00M\x00D\x00S\x00H\x00E\x00L\x00L\x00")
)

func runsShell(b []byte) bool { return bytes.Contains(b, shellLower) || bytes.Contains(b, shellUpper) }

func (p *parser) result(c *dissect.Context, m *pdu.Packet) {
	c.SenderIsServer()
	result := dissect.Accepted
	if g, ok := pdu.ReadGreeting(m.Body); ok {
		p.greeting(c, &g)
	} else if p.tokens(c, m.Body) {
		result = dissect.Refused
	}
	if _, ok := c.Peek(0); ok {
		c.Response(nil, 0, result)
	} else {
		c.Response(verbs.Get(uint32(pdu.Result)), 0, result)
	}
}

func (p *parser) greeting(c *dissect.Context, g *pdu.Greeting) {
	const source = "tds.prelogin"
	p.version(c, "Microsoft SQL Server", g.Major, g.Minor, g.Build, source, 0.9)
	if g.Encryption == pdu.EncryptUnsupported {
		c.FactText(dissect.Sender, plant.FieldSecurity, "tds.encryption=off", source, 0.9)
	}
}

func (p *parser) version(c *dissect.Context, program string, major, minor uint8, build uint16, source string, sure float64) {
	p.text = strconv.AppendUint(append(append(p.text[:0], program...), ' '), uint64(major), 10)
	p.text = strconv.AppendUint(append(p.text, '.'), uint64(minor), 10)
	p.text = strconv.AppendUint(append(p.text, '.'), uint64(build), 10)
	c.Fact(dissect.Sender, plant.FieldSoftware, p.text, source, sure)
}

// classError is the least class of a notice that is an error.
const classError = 11

// tokens reads the start of an answer and reports whether it is an error.
func (p *parser) tokens(c *dissect.Context, b []byte) (failed bool) {
	list := pdu.ReadTokens(b)
	for t, ok := list.Next(); ok; t, ok = list.Next() {
		switch t.Kind {
		case pdu.TokenLoginAck:
			if a, ok := t.LoginAck(); ok {
				program := winstr.Text{Raw: a.Program, Wide: true}.String()
				p.version(c, program, a.Major, a.Minor, a.Build, "tds.login-ack", 0.95)
			}
		case pdu.TokenError, pdu.TokenInfo:
			n, ok := t.Notice()
			failed = failed || t.Kind == pdu.TokenError && n.Class >= classError
			if ok {
				p.text = winstr.AppendWide(p.text[:0], n.Server)
				host, _, _ := bytes.Cut(p.text, []byte{'\\'})
				c.Fact(dissect.Sender, plant.FieldName, host, "tds.notice", 0.85)
			}
		case pdu.TokenSSPI:
			p.gss.Read(c, t.Body)
		}
	}
	return failed
}

func (p *parser) browser(c *dissect.Context, b []byte) (int, error) {
	r, n, err := pdu.DecodeBrowser(b)
	if err != nil {
		return 0, err
	}
	if r.Request {
		c.SenderIsClient()
		c.Request(browser, 0, dissect.Object{})
		return n, nil
	}
	c.SenderIsServer()
	c.Response(browser, 0, dissect.Accepted)
	for i, ok := r.Next(); ok; i, ok = r.Next() {
		c.Fact(dissect.Sender, plant.FieldName, i.Server, "tds.browser", 0.95)
		p.text = append(append(p.text[:0], "Microsoft SQL Server "...), i.Version...)
		c.Fact(dissect.Sender, plant.FieldSoftware, p.text, "tds.browser", 0.9)
		p.text = append(append(p.text[:0], "SQL Server instance "...), i.Name...)
		if len(i.Port) > 0 {
			p.text = append(append(p.text, " on TCP "...), i.Port...)
		}
		c.Fact(dissect.Sender, plant.FieldService, p.text, "tds.browser", 0.9)
	}
	return n, nil
}

func (p *parser) fact(c *dissect.Context, who dissect.Subject, f plant.Field, wide []byte, source string, sure float64) {
	if len(wide) < 2 {
		return
	}
	p.text = winstr.AppendWide(p.text[:0], wide)
	c.Fact(who, f, p.text, source, sure)
}
