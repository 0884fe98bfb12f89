// Package bacnet tells what happens in BACnet: which devices announce
// themselves, directly or from behind a router, who reads and writes which
// objects, who restarts or silences devices, and what devices say they are.
//
// A device behind a router has no IP address of its own: what it says is a fact
// about its router's unit "bacnet device N".
package bacnet

import (
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/bacnet"
)

// Port is the registered port, 0xBAC0. Further networks use the ones behind.
const Port = 47808

const dsap = 0x82

// Protocol is BACnet over UDP.
func Protocol() dissect.Protocol {
	ports := make([]uint16, 16)
	for i := range ports {
		ports[i] = Port + uint16(i)
	}
	return dissect.Protocol{
		Name: "bacnet", UDP: ports, Link: []dissect.LinkType{dissect.LLC(dsap)},
		Probe: probe,
		New:   func() dissect.Parser { return &parser{} },
	}
}

// probe is sure of a frame whose length fits the datagram and whose layers make
// sense down to the service.
func probe(b []byte, h dissect.Hint) dissect.Match {
	f, n, err := pdu.DecodeFrame(b)
	if h.Stream || err != nil {
		return dissect.No
	}
	if f.NPDU == nil || f.Cut || n != len(b) {
		return dissect.Weak
	}
	p, err := pdu.DecodeNPDU(f.NPDU)
	if err != nil {
		return dissect.No
	}
	if p.Message {
		return dissect.Weak
	}
	if a, err := pdu.DecodeAPDU(p.Payload); err != nil || !a.Plausible() {
		return dissect.No
	}
	return dissect.Strong
}

// parser keeps the messages that come in segments.
type parser struct {
	parts [maxParts]assembly
	turn  int
	text  []byte // scratch
	units unitNames
}

// Parse reads one datagram, or one frame behind its LLC header.
func (p *parser) Parse(c *dissect.Context, b []byte) (int, error) {
	if c.FromPort == 0 && c.ToPort == 0 {
		return len(b), p.network(c, b, nil)
	}
	f, n, err := pdu.DecodeFrame(b)
	if err != nil {
		return 0, err
	}
	if f.NPDU == nil {
		link(c, f)
		return n, nil
	}
	if err := p.network(c, f.NPDU, f.Origin); err != nil && !f.Cut {
		return 0, err
	}
	return n, nil
}

// network reads a message of the network layer. origin is who first sent it
// when a broadcast management device forwards it.
func (p *parser) network(c *dissect.Context, b, origin []byte) error {
	n, err := pdu.DecodeNPDU(b)
	if err != nil {
		return err
	}
	if n.Message {
		c.Send(networkVerbs.Get(uint32(n.MessageType)), dissect.Object{})
		if n.MessageType == iAmRouter {
			c.FactText(dissect.Sender, plant.FieldService, "bacnet router", "bacnet.network", 0.95)
		}
		return nil
	}
	a, err := pdu.DecodeAPDU(n.Payload)
	if err != nil {
		return err
	}
	p.application(c, message{a, n, origin})
	return nil
}

// message is an application message with what stands around it.
type message struct {
	pdu.APDU
	net    pdu.NPDU
	origin []byte
}

// behind reports whether the sender is not the one that sent the packet.
func (m message) behind() bool { return m.net.HasSource || len(m.origin) >= 6 }

// id pairs a response with its request: the number, and the address behind a
// router that the request went to and the response comes from.
func (m message) id(response bool) uint64 {
	there, here := address(m.net.DestNet, m.net.Destination), address(m.net.SourceNet, m.net.Source)
	if response {
		there, here = here, there
	}
	return (there*31+here)<<8 | uint64(m.Invoke)
}

func address(net uint16, b []byte) uint64 {
	h := uint64(net)
	for _, c := range b {
		h = h*257 + uint64(c)
	}
	return h
}

func (p *parser) application(c *dissect.Context, m message) {
	switch m.Type {
	case pdu.UnconfirmedRequest:
		p.announcement(c, m)
	case pdu.ConfirmedRequest:
		c.SenderIsClient()
		p.request(c, m)
	case pdu.SimpleAck, pdu.ComplexAck:
		c.SenderIsServer()
		p.acknowledged(c, m)
	case pdu.Error:
		c.SenderIsServer()
		id := m.id(true)
		c.Response(p.verb(c, m, id), id, dissect.Refused)
	}
}

// announcement reads an unconfirmed request.
func (p *parser) announcement(c *dissect.Context, m message) {
	o := dissect.Object{}
	switch m.Service {
	case pdu.IAm:
		if id, err := pdu.DecodeIAm(m.Data); err == nil {
			p.device(c, m, id)
			o = object(id.Device)
		}
	case pdu.UnconfirmedCOV, pdu.UnconfirmedEvt:
		p.notifier(c, m)
	case pdu.WhoIs:
	default:
		if x, ok := pdu.FirstObject(m.Data); ok {
			o = object(x)
		}
	}
	c.Send(unconfirmed.Get(uint32(m.Service)), o)
}

// object names an object by type and instance. A device need not know its
// number: the largest stands for the one that is asked.
func object(x pdu.Object) dissect.Object {
	if x.Type() == pdu.DeviceType && x.Instance() == pdu.MaxInstance {
		return dissect.Object{Space: "device"}
	}
	return dissect.Object{Space: x.TypeName(), Ranged: true, From: x.Instance(), To: x.Instance()}
}
