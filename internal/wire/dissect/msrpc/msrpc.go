// Package msrpc tells what happens in remote procedure calls of Windows (DCE/RPC
// over TCP, and over named pipes inside SMB): which interfaces are bound, which
// calls are made, and what tokens and a few answers say about the two ends.
//
// Classic OPC is among them: it is DCOM, and DCOM is DCE/RPC. The endpoint
// mapper listens on TCP 135, everything else on ports that it gives out; those
// conversations are found by their binds.
package msrpc

import (
	"bytes"
	"net/netip"
	"strconv"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/gssapi"
	"github.com/bulkhead-ot/bulkhead/protocol/dcerpc"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/msrpc"
)

// Protocol is DCE/RPC over TCP.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name: "dcerpc", TCP: []uint16{135, 593},
		Probe: probe,
		New:   func() dissect.Parser { return &parser{} },
	}
}

// probe takes a bind for sure: two version bytes, a type, four bytes of
// representation of which three are fixed, and a list of interfaces. Other
// messages have less that is fixed and are taken with a whole header of the
// usual kind.
func probe(b []byte, h dissect.Hint) dissect.Match {
	if !h.Stream {
		return dissect.No
	}
	t, n, err := dcerpc.Peek(b)
	switch {
	case err == dcerpc.ErrShort && len(b) > 0:
		return dissect.Short
	case err != nil:
		return dissect.No
	}
	usual := b[1] == 0 && (b[4] == 0x10 || b[4] == 0) && b[5] == 0 && b[3]&^0xb7 == 0
	if !usual || n > 1<<14 {
		return dissect.No
	}
	switch t {
	case dcerpc.Bind, dcerpc.AlterContext:
		// Fragment sizes, group, and at least one context of 44 bytes.
		if n >= 72 && len(b) >= 28 && b[24] > 0 && b[24] < 32 && b[25]|b[26]|b[27] == 0 {
			return dissect.Strong
		}
		return dissect.No
	case dcerpc.BindAck, dcerpc.AlterResp:
		if n >= 56 && b[3]&3 == 3 {
			return dissect.Strong
		}
		return dissect.No
	case dcerpc.Request, dcerpc.Response, dcerpc.Fault:
		if n >= 24 && len(b) >= n && follows(b[n:]) {
			return dissect.Strong
		}
		return dissect.Weak
	}
	return dissect.Weak
}

// follows reports whether what stands behind a message may be another one.
func follows(b []byte) bool {
	if len(b) == 0 {
		return true
	}
	_, _, err := dcerpc.Peek(b)
	return err == nil || err == dcerpc.ErrShort
}

type parser struct{ pipe Pipe }

// Parse reads the messages in b.
func (p *parser) Parse(c *dissect.Context, b []byte) (int, error) {
	taken := 0
	for taken < len(b) {
		n, err := p.pipe.next(c, b[taken:])
		if err == dcerpc.ErrShort {
			break
		}
		if err != nil {
			return taken, err
		}
		taken += n
	}
	return taken, nil
}

// maxContexts is how many interfaces of one connection are remembered. Clients
// offer two or three; DCOM adds one for each interface of an object.
const maxContexts = 16

// Pipe is one connection: a TCP connection, or a named pipe that is open inside
// SMB. The zero value is ready. Number tells apart the pipes of one SMB
// conversation.
type Pipe struct {
	Number   uint8
	gss      gssapi.Reader
	contexts [maxContexts]context
	used     int
	name     []byte
}

type context struct {
	id uint16
	i  *iface
}

// Data reads what was written to a named pipe or read from it. A message that
// the capture has cut is left out.
func (p *Pipe) Data(c *dissect.Context, b []byte) {
	for len(b) > 0 {
		n, err := p.next(c, b)
		if err != nil {
			return
		}
		b = b[n:]
	}
}

// Starts reports whether bytes on a pipe are the start of a message, for pipes
// whose opening was not seen.
func Starts(b []byte) bool {
	t, n, err := dcerpc.Peek(b)
	return err == nil && n >= 24 && b[1] == 0 && b[4] == 0x10 && (t == dcerpc.Bind || t == dcerpc.BindAck || t == dcerpc.Request || t == dcerpc.Response)
}

func (p *Pipe) next(c *dissect.Context, b []byte) (int, error) {
	m, n, err := dcerpc.Decode(b)
	if err != nil {
		return 0, err
	}
	if !m.First() && m.Type <= dcerpc.Fault {
		return n, nil // the rest of a message that was counted
	}
	switch m.Type {
	case dcerpc.Bind, dcerpc.AlterContext:
		p.bind(c, &m)
	case dcerpc.BindAck, dcerpc.AlterResp:
		p.bound(c, &m)
	case dcerpc.BindNak:
		c.Response(bindVerb, p.id(&m), dissect.Refused)
		c.SenderIsServer()
	case dcerpc.Auth3:
		p.token(c, &m)
	case dcerpc.Request:
		p.request(c, &m)
	case dcerpc.Response, dcerpc.Fault:
		p.response(c, &m)
	}
	return n, nil
}

var bindVerb = &plant.Verb{Protocol: "dcerpc", Code: "bind", Name: "Bind"}

// id pairs calls. It lies apart from the numbers of SMB.
func (p *Pipe) id(m *dcerpc.PDU) uint64 { return 1<<63 | uint64(p.Number)<<32 | uint64(m.ID) }

// Kinds of security trailer that hold a GSS token.
func (p *Pipe) token(c *dissect.Context, m *dcerpc.PDU) {
	switch m.AuthType {
	case 9, 10, 16:
		p.gss.Read(c, m.Auth)
	}
}

func (p *Pipe) bind(c *dissect.Context, m *dcerpc.PDU) {
	var first *iface
	list := m.Contexts()
	for x, ok := list.Next(); ok; x, ok = list.Next() {
		i := known[x.Interface.UUID]
		if i == nil {
			i = foreign
			if first == nil {
				p.name = append(p.name[:0], x.Interface.UUID.String()...)
			}
		} else if first == nil {
			p.name = append(p.name[:0], i.name...)
		}
		if first == nil {
			first = i
		}
		p.remember(x.ID, i)
	}
	c.Request(bindVerb, p.id(m), dissect.Object{Space: "interface", Name: p.name})
	c.SenderIsClient()
	if first != nil && first.opc && first.name != "IOPCDataCallback" {
		c.FactText(dissect.Receiver, plant.FieldService, "OPC classic", "dcerpc.bind", 0.8)
	}
	p.token(c, m)
}

func (p *Pipe) remember(id uint16, i *iface) {
	for k := range p.contexts[:p.used] {
		if p.contexts[k].id == id {
			p.contexts[k].i = i
			return
		}
	}
	if p.used == maxContexts {
		copy(p.contexts[:], p.contexts[1:])
		p.used--
	}
	p.contexts[p.used] = context{id, i}
	p.used++
}

func (p *Pipe) find(id uint16) *iface {
	for k := range p.contexts[:p.used] {
		if p.contexts[k].id == id {
			return p.contexts[k].i
		}
	}
	return foreign
}

func (p *Pipe) bound(c *dissect.Context, m *dcerpc.PDU) {
	result := dissect.Refused
	if _, list, err := m.Accepted(); err == nil {
		for x, ok := list.Next(); ok; x, ok = list.Next() {
			if x.Result == 0 {
				result = dissect.Accepted
				break
			}
		}
	}
	c.Response(bindVerb, p.id(m), result)
	c.SenderIsServer()
	p.token(c, m)
}

// levelPrivacy is the protection under which arguments are encrypted.
const levelPrivacy = 6

func (p *Pipe) request(c *dissect.Context, m *dcerpc.PDU) {
	call, err := m.ReadCall()
	if err != nil {
		return
	}
	i := p.find(call.Context)
	v, named := i.verb(call.Opnum)
	var o dissect.Object
	if !named {
		o = dissect.Object{Space: "operation", Ranged: true, From: uint32(call.Opnum), To: uint32(call.Opnum)}
	}
	if m.AuthLevel < levelPrivacy {
		v = p.arguments(c, v, &o, call.Stub)
	}
	c.Request(v, p.id(m), o).Tag = uint64(call.Opnum)
	c.SenderIsClient()
}

// zerologon is a logon challenge of zeros: CVE-2020-1472 is tried.
var zerologon = &plant.Verb{
	Protocol: "dcerpc", Code: "netlogon.4", Name: "netlogon NetrServerReqChallenge of zeros (CVE-2020-1472)",
	Kind: plant.Auth, Technique: "T0866",
}

// arguments reads those of the few calls that say more than their name.
func (p *Pipe) arguments(c *dissect.Context, v *plant.Verb, o *dissect.Object, stub []byte) *plant.Verb {
	switch v.Code {
	case "svcctl.12":
		if name, ok := pdu.ServiceName(stub); ok {
			p.name = name.AppendTo(p.name[:0])
			o.Space, o.Name = "service", p.name
		}
	case "netlogon.4":
		x, ok := pdu.ReadChallenge(stub)
		if !ok {
			break
		}
		p.name = x.Computer.AppendTo(p.name[:0])
		c.Fact(dissect.Sender, plant.FieldName, p.name, "netlogon.challenge", 0.7)
		if x.Zero {
			return zerologon
		}
	}
	return v
}

// maxServices bounds what one answer of the endpoint mapper may claim.
const maxServices = 64

func (p *Pipe) lookup(c *dissect.Context, l dcerpc.Entries) {
	for range maxServices {
		e, ok := l.Next()
		if !ok {
			return
		}
		p.tower(c, &e.Tower, e.Annotation)
	}
}

// tower reports an interface that is served on a TCP port: under its name, or
// what the server itself calls it.
func (p *Pipe) tower(c *dissect.Context, t *dcerpc.Tower, annotation []byte) {
	if t.Transport != dcerpc.FloorTCP || t.Port == 0 {
		return
	}
	p.name = append(p.name[:0], annotation...)
	if i := known[t.Interface.UUID]; i != nil {
		p.name = append(p.name[:0], i.name...)
	}
	if len(p.name) == 0 {
		return
	}
	p.name = strconv.AppendUint(append(p.name, " on TCP "...), uint64(t.Port), 10)
	c.Fact(dissect.Sender, plant.FieldService, p.name, "dcerpc.epm", 0.9)
}

func (p *Pipe) response(c *dissect.Context, m *dcerpc.PDU) {
	result := dissect.Accepted
	if m.Type == dcerpc.Fault {
		result = dissect.Refused
	}
	w, ok := c.Peek(p.id(m))
	if !ok {
		c.Response(foreign.other, p.id(m), result)
		return
	}
	c.Response(nil, p.id(m), result)
	c.SenderIsServer()
	call, err := m.ReadCall()
	if err != nil || result == dissect.Refused || m.AuthLevel >= levelPrivacy {
		return
	}
	p.answer(c, m, w.Verb.Code, &call)
}

// answer reads those of the few calls whose results say more than yes.
func (p *Pipe) answer(c *dissect.Context, m *dcerpc.PDU, code string, call *dcerpc.Call) {
	switch code {
	case "epmapper.2":
		if l, err := dcerpc.DecodeLookup(m.Rep, call.Stub); err == nil {
			p.lookup(c, l)
		}
	case "epmapper.3":
		if l, err := dcerpc.DecodeMap(m.Rep, call.Stub); err == nil {
			for range maxServices {
				t, ok := l.Next()
				if !ok {
					break
				}
				p.tower(c, &t, nil)
			}
		}
	case "oxidresolver.5":
		if l, ok := pdu.ReadServerAlive(call.Stub); ok {
			p.bindings(c, l)
		}
	case "oxidresolver.0", "oxidresolver.4":
		if l, ok := pdu.ReadResolved(call.Stub); ok {
			p.bindings(c, l)
		}
	}
}

// bindings reports the name of a DCOM server, and under what other addresses it
// can be reached: its further network cards.
func (p *Pipe) bindings(c *dissect.Context, l pdu.Bindings) {
	var host []byte
	for protocol, a, ok := l.Next(); ok; protocol, a, ok = l.Next() {
		if protocol != pdu.BindingTCP {
			continue
		}
		start := len(host)
		host = a.AppendTo(host)
		at, _, _ := bytes.Cut(host[start:], []byte("["))
		if _, err := netip.ParseAddr(string(at)); err == nil {
			p.name = append(append(append(p.name[:0], host[:start]...), '='), at...)
			if start > 0 {
				c.Fact(dissect.Sender, plant.FieldResolves, p.name, "dcom.bindings", 0.8)
			}
			host = host[:start]
			continue
		}
		host = append(host[:0], at...)
		c.Fact(dissect.Sender, plant.FieldName, host, "dcom.bindings", 0.9)
	}
}
