// Package pnio tells what happens in PROFINET IO context management: which
// controller or supervisor connects to which device, which records it reads
// and writes, which modules it expects and which the device finds wrong, and
// what devices say of themselves and their neighbours. Look-ups at a device's
// endpoint mapper belong to it.
package pnio

import (
	"encoding/binary"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/protocol/dcerpc"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/pnio"
)

const name = "profinet-io"

// Protocol is PROFINET IO-CM over UDP.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name: name, UDP: []uint16{pdu.Port},
		Probe: probe,
		New:   func() dissect.Parser { return &parser{} },
	}
}

// Verbs: the code is the operation. What an operation does depends on who asks
// and on the record.
var (
	verbs = dissect.NewVerbs(name, "%d", []dissect.VerbRow{
		{Code: pdu.OpConnect, Name: "Connect", Kind: plant.Other},
		{Code: pdu.OpRelease, Name: "Release", Kind: plant.Other},
		{Code: pdu.OpRead, Name: "Read", Kind: plant.Read, Technique: "T0801"},
		{Code: pdu.OpWrite, Name: "Write", Kind: plant.Config, Technique: "T0836"},
		{Code: pdu.OpControl, Name: "Control", Kind: plant.Other},
		{Code: pdu.OpReadImplicit, Name: "Read Implicit", Kind: plant.Read, Technique: "T0801"},
	})
	supervisor = dissect.NewVerbs(name, "%d", []dissect.VerbRow{
		{Code: pdu.OpConnect, Name: "Connect (supervisor)", Kind: plant.Config, Technique: "T0848"},
	})
	identify = dissect.NewVerbs(name, "%d", []dissect.VerbRow{
		{Code: pdu.OpRead, Name: "Read (identification)", Kind: plant.Identify, Technique: "T0888"},
		{Code: pdu.OpReadImplicit, Name: "Read Implicit (identification)", Kind: plant.Identify, Technique: "T0888"},
	})
	mapper = dissect.NewVerbs(name, "epm.%d", []dissect.VerbRow{
		{Code: dcerpc.EPMLookup, Name: "Endpoint Lookup", Kind: plant.Identify, Technique: "T0846"},
		{Code: dcerpc.EPMMap, Name: "Endpoint Map", Kind: plant.Identify, Technique: "T0846"},
		{Code: dcerpc.EPMFree, Name: "Endpoint Lookup Free", Kind: plant.Other},
	})
)

// probe is sure of PROFINET's interfaces: two UUIDs with fixed bytes. The
// endpoint mapper is everyone's, on PROFINET's port it is a device's.
func probe(b []byte, h dissect.Hint) dissect.Match {
	d, _, err := dcerpc.DecodeDatagram(b)
	if h.Stream || err != nil {
		return dissect.No
	}
	switch {
	case pdu.IsInterface(d.Interface):
		return dissect.Strong
	case d.Interface == dcerpc.EPM && (h.FromPort == pdu.Port || h.ToPort == pdu.Port):
		return dissect.Weak
	}
	return dissect.No
}

// maxWhole is the most bytes that are put together from fragments. A Connect
// of the largest devices has some 30 kB.
const maxWhole = 1 << 16

// assembly is a message that comes in fragments, one for each side.
type assembly struct {
	id   uint64
	next uint16
	body []byte
}

type parser struct {
	parts [2]assembly
}

// Parse reads one datagram.
func (p *parser) Parse(c *dissect.Context, b []byte) (int, error) {
	d, n, err := dcerpc.DecodeDatagram(b)
	if err != nil {
		return 0, err
	}
	if !pdu.IsInterface(d.Interface) && d.Interface != dcerpc.EPM {
		return 0, dcerpc.ErrVersion
	}
	if !d.Whole() && (d.Type == dcerpc.Request || d.Type == dcerpc.Response) {
		whole, ok := p.assemble(c.Side(), d)
		if !ok {
			return n, nil
		}
		d.Body = whole
		p.message(c, d)
		p.parts[c.Side()] = assembly{}
		return n, nil
	}
	p.message(c, d)
	return n, nil
}

// callID pairs a response with its request.
func callID(d dcerpc.Datagram) uint64 {
	a := binary.BigEndian.Uint64(d.Activity[:]) ^ binary.BigEndian.Uint64(d.Activity[8:])
	return a ^ uint64(d.Sequence)<<17 ^ uint64(d.Opnum)
}

// assemble puts the fragments of a message together, in order; ok with the last
// one. A message with a gap is given up.
func (p *parser) assemble(side int, d dcerpc.Datagram) ([]byte, bool) {
	a := &p.parts[side]
	id := callID(d)
	if d.Fragment == 0 {
		*a = assembly{id: id, body: a.body[:0]}
	}
	switch {
	case a.id == id && d.Fragment+1 == a.next:
		return nil, false // the same again
	case a.id != id || d.Fragment != a.next || d.Cut || len(a.body)+len(d.Body) > maxWhole:
		*a = assembly{}
		return nil, false
	}
	a.body, a.next = append(a.body, d.Body...), a.next+1
	return a.body, d.Flags&dcerpc.CLLastFragment != 0
}

func (p *parser) message(c *dissect.Context, d dcerpc.Datagram) {
	switch d.Type {
	case dcerpc.Request:
		c.SenderIsClient()
		object(c, d, dissect.Receiver)
		if d.Interface == dcerpc.EPM {
			c.Request(mapper.Get(uint32(d.Opnum)), callID(d), dissect.Object{})
		} else {
			request(c, d)
		}
	case dcerpc.Response:
		c.SenderIsServer()
		object(c, d, dissect.Sender)
		if d.Interface == dcerpc.EPM {
			lookup(c, d)
		} else {
			response(c, d)
		}
	case dcerpc.Fault, dcerpc.Reject:
		c.SenderIsServer()
		v := verbs
		if d.Interface == dcerpc.EPM {
			v = mapper
		}
		c.Response(v.Get(uint32(d.Opnum)), callID(d), dissect.Refused)
	}
}

// object reports vendor and device identifier of the one that is asked. A
// device is asked at the device interface only: a controller's object is its
// own.
func object(c *dissect.Context, d dcerpc.Datagram, who dissect.Subject) {
	o, ok := pdu.DecodeObject(d.Object)
	if !ok || o.Vendor == 0 && o.Device == 0 {
		return
	}
	numbers(c, who, o.Vendor, o.Device)
	if d.Interface == pdu.InterfaceDevice && who == dissect.Receiver {
		c.FactText(who, plant.FieldRole, plant.RoleRemoteIO, sourceCM, 0.6)
	}
}
