// Package rdp tells who opens Remote Desktop connections to whom, from which
// computer and with what protection. A connection into a plant's network is
// worth a look, so each counts with technique T0886.
package rdp

import (
	"strconv"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/tls"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/rdp"
	"github.com/bulkhead-ot/bulkhead/protocol/winstr"
)

// Port is the registered port.
const Port = 3389

// Protocol is the Remote Desktop Protocol.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name: "rdp", TCP: []uint16{Port},
		Probe: probe,
		New:   func() dissect.Parser { return &parser{} },
	}
}

var (
	connect  = &plant.Verb{Protocol: "rdp", Code: "0xe0", Name: "Connection Request", Kind: plant.Auth, Technique: "T0886"}
	settings = &plant.Verb{Protocol: "rdp", Code: "0x65", Name: "Client Settings", Technique: "T0886"}
)

// probe takes for sure what only Remote Desktop sends: its cookie, its
// negotiation structure, its settings. Bare X.224 packets may be anybody's.
func probe(b []byte, h dissect.Hint) dissect.Match {
	if !h.Stream {
		return dissect.No
	}
	p, _, err := pdu.Decode(b)
	switch {
	case err == pdu.ErrShort:
		return dissect.Short
	case err != nil:
		return dissect.No
	case p.Kind == pdu.ConnectInitial, p.Kind == pdu.ConnectResponse, p.Negotiates, len(p.User) > 0:
		return dissect.Strong
	}
	return dissect.Weak
}

type parser struct {
	over bool        // what follows is encrypted by RDP itself
	tls  *tls.Parser // what follows is TLS
	text []byte
}

// Parse reads the packets in b up to the end of the clear part.
func (p *parser) Parse(c *dissect.Context, b []byte) (int, error) {
	taken := 0
	for taken < len(b) && !p.over {
		if p.tls != nil {
			n, err := p.tls.Parse(c, b[taken:])
			return taken + n, err
		}
		m, n, err := pdu.Decode(b[taken:])
		if err == pdu.ErrShort {
			return taken, nil
		}
		if err != nil {
			return taken, err
		}
		p.packet(c, &m)
		taken += n
	}
	return len(b), nil
}

func (p *parser) packet(c *dissect.Context, m *pdu.Packet) {
	switch m.Kind {
	case pdu.ConnectionRequest:
		p.request(c, m)
	case pdu.ConnectionConfirm:
		p.confirm(c, m)
	case pdu.ConnectInitial:
		p.client(c, m)
	case pdu.ConnectResponse:
		p.server(c, m)
	case pdu.Data:
		// Channels are joined, then keys are exchanged; nothing of it tells
		// more. Later packets may have a short header that is not TPKT.
		p.over = true
	}
}

func (p *parser) request(c *dissect.Context, m *pdu.Packet) {
	c.SenderIsClient()
	o := dissect.Object{}
	if len(m.User) > 0 {
		o.Space, o.Name = "user", m.User
		c.Fact(dissect.Sender, plant.FieldUser, m.User, "rdp.cookie", 0.6)
	}
	c.Request(connect, 0, o)
}

func (p *parser) confirm(c *dissect.Context, m *pdu.Packet) {
	c.SenderIsServer()
	if m.Failure != 0 {
		c.Response(connect, 0, dissect.Refused)
		return
	}
	c.Response(connect, 0, dissect.Accepted)
	const source = "rdp.confirm"
	if !m.Security.NLA() {
		c.FactText(dissect.Sender, plant.FieldSecurity, "rdp.nla=off", source, 0.9)
	}
	if m.Security == 0 {
		c.FactText(dissect.Sender, plant.FieldSecurity, "rdp.tls=off", source, 0.9)
		return
	}
	p.tls = tls.New()
}

func (p *parser) client(c *dissect.Context, m *pdu.Packet) {
	const source = "rdp.client"
	c.SenderIsClient()
	if name := (winstr.Text{Raw: m.Client.Name, Wide: true}); !name.Empty() {
		p.text = name.AppendTo(p.text[:0])
		c.Fact(dissect.Sender, plant.FieldName, p.text, source, 0.9)
	}
	if m.Client.Build > 0 {
		p.text = strconv.AppendUint(append(p.text[:0], "RDP client build "...), uint64(m.Client.Build), 10)
		c.Fact(dissect.Sender, plant.FieldSoftware, p.text, source, 0.7)
	}
	c.Request(settings, 1, dissect.Object{})
}

func (p *parser) server(c *dissect.Context, m *pdu.Packet) {
	const source = "rdp.server"
	c.SenderIsServer()
	c.Response(settings, 1, dissect.Accepted)
	if m.Server.Secured && p.plain(m) {
		c.FactText(dissect.Sender, plant.FieldSecurity, "rdp.encryption=weak", source, 0.9)
	}
	p.over = true
}

// plain reports whether the server encrypts nothing, or with 40 or 56 bits.
// Under TLS its own encryption is off, but then this packet is not seen.
func (p *parser) plain(m *pdu.Packet) bool {
	switch m.Server.Method {
	case 0, 1, 8:
		return true
	}
	return m.Server.Level <= 1
}
