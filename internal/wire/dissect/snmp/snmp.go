// Package snmp tells who asks and sets what by SNMP, how the agents are
// protected, and what they say about themselves: the system group and the
// entities of their racks.
package snmp

import (
	"encoding/hex"
	"strconv"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/protocol/ber"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/snmp"
)

// Ports of agents and of receivers of traps.
const (
	agentPort = 161
	trapPort  = 162
)

// Protocol is SNMP over UDP.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name: "snmp", UDP: []uint16{agentPort, trapPort},
		Probe: probe,
		New:   func() dissect.Parser { return &parser{} },
	}
}

var verbs = dissect.NewVerbs("snmp", "%d", []dissect.VerbRow{
	{Code: uint32(pdu.Get), Name: "get-request", Kind: plant.Read, Technique: "T0801"},
	{Code: uint32(pdu.GetNext), Name: "get-next-request", Kind: plant.Read, Technique: "T0801"},
	{Code: uint32(pdu.Response), Name: "response", Kind: plant.Other},
	{Code: uint32(pdu.Set), Name: "set-request", Kind: plant.Config, Technique: "T0836"},
	{Code: uint32(pdu.TrapV1), Name: "trap", Kind: plant.Read},
	{Code: uint32(pdu.GetBulk), Name: "get-bulk-request", Kind: plant.Read, Technique: "T0801"},
	{Code: uint32(pdu.Inform), Name: "inform-request", Kind: plant.Read},
	{Code: uint32(pdu.Trap), Name: "trap (version 2)", Kind: plant.Read},
	{Code: uint32(pdu.Report), Name: "report", Kind: plant.Other},
})

// identifies are the reads that ask who a device is.
var identifies = dissect.NewVerbs("snmp", "%d", []dissect.VerbRow{
	{Code: uint32(pdu.Get), Name: "get-request (identity)", Kind: plant.Identify, Technique: "T0888"},
	{Code: uint32(pdu.GetNext), Name: "get-next-request (identity)", Kind: plant.Identify, Technique: "T0888"},
	{Code: uint32(pdu.GetBulk), Name: "get-bulk-request (identity)", Kind: plant.Identify, Technique: "T0888"},
})

var encrypted = &plant.Verb{Protocol: "snmp", Code: "encrypted", Name: "encrypted PDU", Kind: plant.Other}

// probe takes a whole message, which has enough structure to be sure of, on any
// port; on the registered ports one that is cut off too.
func probe(b []byte, h dissect.Hint) dissect.Match {
	if h.Stream {
		return dissect.No
	}
	m, n, err := pdu.Decode(b)
	switch {
	case err != nil:
		return dissect.No
	case m.Whole && n == len(b) && (m.HasPDU || m.Version == pdu.V3):
		return dissect.Strong
	}
	return dissect.Weak
}

type parser struct {
	told [2]uint8 // what was told about each side
	text [300]byte
}

// Bits of what was told.
const (
	toldVersion = 1 << iota
	toldCommunity
	toldSecret
	toldEngine
	toldUser
	toldLevel
)

// once reports whether that was not told about the side yet.
func (p *parser) once(side int, what uint8) bool {
	fresh := p.told[side]&what == 0
	p.told[side] |= what
	return fresh
}

// Parse reads one message.
func (p *parser) Parse(c *dissect.Context, b []byte) (int, error) {
	m, n, err := pdu.Decode(b)
	if err != nil {
		return 0, err
	}
	p.message(c, &m)
	p.protection(c, &m)
	return n, nil
}

func (p *parser) message(c *dissect.Context, m *pdu.Message) {
	if !m.HasPDU {
		c.Send(encrypted, dissect.Object{})
		return
	}
	id := uint64(uint32(m.Request))
	switch m.Type {
	case pdu.Get, pdu.GetNext, pdu.GetBulk, pdu.Set:
		c.SenderIsClient()
		p.request(c, m, id)
	case pdu.Inform:
		c.Request(verbs.Get(uint32(m.Type)), id, dissect.Object{})
	case pdu.Response, pdu.Report:
		p.response(c, m, id)
	default:
		c.Send(verbs.Get(uint32(m.Type)), dissect.Object{})
	}
	if m.Type == pdu.Response || m.Type == pdu.Trap || m.Type == pdu.Inform {
		p.identify(c, m)
	}
	if m.Type == pdu.TrapV1 {
		p.enterprise(c, m.Enterprise, "snmp.trap", 0.5)
	}
}

func (p *parser) request(c *dissect.Context, m *pdu.Message, id uint64) {
	v := verbs.Get(uint32(m.Type))
	o := dissect.Object{}
	bindings := m.Bindings()
	if first, ok := bindings.Next(); ok {
		switch {
		case m.Type == pdu.Set:
			o.Space = "variable"
			o.Name, _ = ber.AppendOID(p.text[:0], first.OID[:min(len(first.OID), 64)])
		case asksIdentity(first.OID):
			v = identifies.Get(uint32(m.Type))
		}
	}
	c.Request(v, id, o)
}

func asksIdentity(oid []byte) bool {
	has := func(prefix string) bool { return len(oid) >= len(prefix) && string(oid[:len(prefix)]) == prefix }
	return has(pdu.System) || has(pdu.Entity)
}

func (p *parser) response(c *dissect.Context, m *pdu.Message, id uint64) {
	v := verbs.Get(uint32(m.Type))
	if w, ok := c.Peek(id); ok {
		v = nil
		if w.Verb.Kind != plant.Read || c.FromPort == agentPort {
			c.SenderIsServer()
		}
	}
	r := dissect.Accepted
	switch {
	case m.Type == pdu.Report:
		r = dissect.Answered
	case m.Error != 0:
		r = dissect.Refused
	}
	c.Response(v, id, r)
}

// protection tells how messages between the two are protected. What an agent
// answers it accepts: only then is a community known to be its own.
func (p *parser) protection(c *dissect.Context, m *pdu.Message) {
	if m.Version == pdu.V3 {
		p.secured(c, m)
		return
	}
	version := "snmp.version=1"
	if m.Version == pdu.V2c {
		version = "snmp.version=2c"
	}
	me := c.Side()
	if m.Type == pdu.Response && p.once(me, toldVersion) {
		c.FactText(dissect.Sender, plant.FieldSecurity, version, "snmp", 0.95)
	}
	standard := isDefault(m.Community)
	switch {
	case standard && m.Type == pdu.Response && p.once(me, toldCommunity):
		c.FactText(dissect.Sender, plant.FieldSecurity, "snmp.community=default", "snmp", 0.95)
	case !standard && len(m.Community) > 0 && m.Type <= pdu.Set && m.Type != pdu.Response && p.once(1-me, toldSecret):
		c.FactText(dissect.Receiver, plant.FieldCleartextLogin, "snmp community", "snmp", 0.95)
	}
}

// isDefault knows the communities that devices are delivered with.
func isDefault(community []byte) bool {
	switch string(community) {
	case "public", "private", "Public", "Private", "PUBLIC", "PRIVATE", "admin", "manager", "monitor", "cisco", "snmp", "snmpd",
		"community", "default", "write", "read", "test", "guest", "security", "ILMI", "system", "secret", "all private", "netman", "trap":
		return true
	}
	return false
}

// secured tells the engine, the account and the level of version 3. The engine
// is that of the agent, whoever sends the message.
func (p *parser) secured(c *dissect.Context, m *pdu.Message) {
	agent, side := dissect.Sender, c.Side()
	if c.ToPort == agentPort && c.FromPort != agentPort {
		agent, side = dissect.Receiver, 1-side
	}
	if len(m.Engine) > 0 && p.once(side, toldEngine) {
		b := hex.AppendEncode(append(p.text[:0], "snmp-engine:"...), m.Engine[:min(len(m.Engine), 32)])
		c.Fact(agent, plant.FieldUnit, b, "snmp.engine", 0.9)
		if vendor, _, _, ok := pdu.Engine(m.Engine); ok && vendor != netSNMP {
			c.Fact(agent, plant.FieldVendorID, p.number(vendor), "snmp.engine", 0.6)
		}
	}
	if len(m.User) == 0 {
		return // a discovery
	}
	if agent == dissect.Receiver && p.once(c.Side(), toldUser) {
		c.Fact(dissect.Sender, plant.FieldUser, m.User, "snmp.user", 0.9)
	}
	switch {
	case m.Flags&(pdu.Authenticated|pdu.Encrypted) == 0 && p.once(side, toldLevel):
		c.FactText(agent, plant.FieldSecurity, "snmp.v3=noAuthNoPriv", "snmp.user", 0.9)
	case m.Flags&pdu.Encrypted == 0 && p.once(side, toldLevel):
		c.FactText(agent, plant.FieldSecurity, "snmp.v3=authNoPriv", "snmp.user", 0.9)
	}
}

// number writes a vendor's number as IANA assigns them.
func (p *parser) number(vendor uint32) []byte {
	return strconv.AppendUint(append(p.text[:0], "snmp:"...), uint64(vendor), 10)
}
