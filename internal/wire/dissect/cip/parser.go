// Package cip turns CIP messages into observations: what is asked of which
// object, tag or module, how it was answered, and who devices and the modules
// behind them are. EtherNet/IP carries it: package dissect/enip calls the
// Parser here for each message.
//
// Requests travel nested: several in one Multiple Service Packet, one through
// others in an Unconnected Send. Each is reported by itself.
package cip

import (
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/pccc"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/cip"
)

// Parser reads the CIP messages of one conversation.
type Parser struct {
	// Cut says that the capture lacks the end of the message: what does not
	// fit is then nobody's fault.
	Cut bool

	conns   connections
	pccc    pccc.Parser
	scratch [256]byte

	// Of the message at hand.
	slot   int  // module that a request is routed to, -1 for none
	remote bool // it is routed out of the responder's rack
}

// maxDepth bounds how deep messages may hold messages. One real client nests
// four deep: packet, send, packet, service.
const maxDepth = 5

// exchange names a request for its reply: what the carrier pairs by, and the
// place in a packet of several.
type exchange struct {
	base   uint64
	index  int
	depth  int
	packed bool // in a packet of several
}

// id mixes the service in, so that the reply to a message that was sent
// through another finds its own request.
func (x exchange) id(s pdu.Service) uint64 {
	return (x.base^uint64(x.index+1)<<40)*0x9e3779b97f4a7c15 ^ uint64(s)
}

// Unconnected reads a message of an unconnected data item and reports whether
// it is a reply. context is the sender's context of the encapsulation.
func (p *Parser) Unconnected(c *dissect.Context, b []byte, context uint64) (reply bool, err error) {
	p.slot, p.remote = -1, false
	return p.message(c, b, exchange{base: context})
}

// Connected reads a message of a connected data item, which stands behind a
// sequence count, and reports whether it is a reply.
func (p *Parser) Connected(c *dissect.Context, b []byte, connection uint32, sequence uint16) (reply bool, err error) {
	conn := p.conns.find(connection)
	base := 1<<63 | uint64(sequence)
	p.slot, p.remote = -1, false
	if conn != nil {
		base |= uint64(conn.toOriginator) << 16
		p.slot, p.remote = conn.slot, conn.remote
		if conn.class == classDHPlus {
			return p.dataHighway(c, b)
		}
	}
	return p.message(c, b, exchange{base: base})
}

// message reads one message and those inside it.
func (p *Parser) message(c *dissect.Context, b []byte, x exchange) (reply bool, err error) {
	m, _, err := pdu.Decode(b)
	switch {
	case err != nil:
	case m.Reply:
		p.reply(c, &m, x)
	default:
		p.request(c, &m, x)
	}
	return m.Reply, err
}

func (p *Parser) request(c *dissect.Context, m *pdu.Message, x exchange) {
	if x.packed && m.Service == pdu.ReadTag && m.Path.Named() { // most messages there are
		c.Send(verbs.generic[pdu.ReadTag], dissect.Object{})
		return
	}
	a := m.Path.Address()
	class := a.Class
	if !a.HasClass && a.Symbol != nil {
		class = pdu.ClassSymbol
	}
	v := verbs.find(class, m.Service)
	switch {
	case m.Service == pdu.MultipleServicePacket:
		c.Request(v, x.id(m.Service), dissect.Object{})
		p.packet(c, m.Data, x)
		return
	case class == pdu.ClassConnectionManager && m.Service == pdu.UnconnectedSendCode:
		// Its reply is the inner message's, or an error that names it.
		c.Send(v, dissect.Object{})
		p.forward(c, m.Data, x)
		return
	case x.packed && v == verbs.generic[m.Service] && v.Kind == plant.Read:
		// One of many reads in a packet: nothing would be learned from pairing
		// it that its service code does not say.
		c.Send(v, dissect.Object{})
		return
	}
	o := p.object(v, &a, m)
	if class == pdu.ClassConnectionManager {
		o = p.connect(m)
	}
	c.Request(v, x.id(m.Service), o).Tag = p.tag(&a)
	if class == pdu.ClassPCCC && m.Service == pdu.ExecutePCCC {
		p.pccc.Execute(c, m.Data, x.id(m.Service))
	}
}

// connect remembers the connection that a request to the connection manager
// opens or closes, and says where it leads.
func (p *Parser) connect(m *pdu.Message) dissect.Object {
	switch m.Service {
	case pdu.ForwardOpen, pdu.LargeForwardOpen:
		if o, err := pdu.DecodeOpenRequest(m.Data, m.Service == pdu.LargeForwardOpen); err == nil {
			p.conns.opening(&o)
			return p.opening(&o)
		}
	case pdu.ForwardClose:
		if t, err := pdu.DecodeCloseRequest(m.Data); err == nil {
			p.conns.close(t)
		}
	}
	return dissect.Object{}
}

// packet reads the messages of a Multiple Service Packet, requests or replies.
func (p *Parser) packet(c *dissect.Context, data []byte, x exchange) {
	packet, err := pdu.DecodePacket(data)
	if err != nil || x.depth >= maxDepth {
		p.damage(c, "a multiple service packet ends in its table")
		return
	}
	inner := exchange{base: x.base, depth: x.depth + 1, packed: true}
	for i := range packet.Len() {
		inner.index = x.index<<8 + i + 1
		if _, err := p.message(c, packet.At(i), inner); err != nil {
			p.damage(c, "a service of a multiple service packet is cut")
			return
		}
	}
}

func (p *Parser) damage(c *dissect.Context, text string) {
	if !p.Cut {
		c.Malformed(text)
	}
}

// forward reads the message inside an Unconnected Send.
func (p *Parser) forward(c *dissect.Context, data []byte, x exchange) {
	u, err := pdu.DecodeUnconnectedSend(data)
	if err != nil || x.depth >= maxDepth {
		p.damage(c, "an unconnected send is cut")
		return
	}
	route := u.Route.Address()
	slot, remote := p.slot, p.remote
	p.slot, p.remote = route.Slot, p.remote || route.Hops > 1 || route.Hops == 1 && route.Slot < 0
	x.depth++
	if _, err := p.message(c, u.Message, x); err != nil {
		p.damage(c, "the message in an unconnected send is cut")
	}
	p.slot, p.remote = slot, remote
}

func (p *Parser) reply(c *dissect.Context, m *pdu.Message, x exchange) {
	c.SenderIsServer()
	result := dissect.Refused
	switch {
	case m.Status.OK():
		result = dissect.Accepted
	case m.Status == pdu.EmbeddedError:
		result = dissect.Answered
	}
	id := x.id(m.Service)
	asked, ok := c.Response(nil, id, result)
	if !ok {
		c.Response(verbs.guess(m), id, result)
	}
	switch {
	case m.Service == pdu.MultipleServicePacket && len(m.Data) > 0:
		p.packet(c, m.Data, x)
	case m.Service == pdu.ForwardOpen || m.Service == pdu.LargeForwardOpen:
		if o, err := pdu.DecodeOpenReply(m.Data); err == nil && m.Status == pdu.Success {
			p.conns.opened(&o)
		}
	case ok && m.Service == pdu.ExecutePCCC && classOf(asked.Tag) == pdu.ClassPCCC:
		p.pccc.Execute(c, m.Data, id)
	case ok && m.Status.OK():
		p.learn(c, m, asked.Tag)
	case !ok && m.Service == pdu.ExecutePCCC:
		p.pccc.ExecuteUnasked(c, m.Data, id)
	}
}

// The tag of a pending request: class, instance, attribute, and where the
// request went.
const (
	tagSlot   = 48
	tagRemote = 1 << 63
)

func (p *Parser) tag(a *pdu.Address) uint64 {
	t := uint64(a.Class&0xffff) | uint64(a.Instance&0xffff)<<16 | uint64(a.Attribute&0xffff)<<32
	if p.remote {
		return t | tagRemote
	}
	return t | uint64(p.slot+1)<<tagSlot
}

func classOf(tag uint64) uint32     { return uint32(tag & 0xffff) }
func instanceOf(tag uint64) uint32  { return uint32(tag >> 16 & 0xffff) }
func attributeOf(tag uint64) uint16 { return uint16(tag >> 32) }

// subjectOf is whom the reply to a request is about; false for a device behind
// another network.
func subjectOf(tag uint64) (dissect.Subject, bool) {
	if tag&tagRemote != 0 {
		return dissect.Subject{}, false
	}
	if slot := int(tag>>tagSlot&0x1ff) - 1; slot >= 0 {
		return dissect.Module(slot), true
	}
	return dissect.Sender, true
}

// classDHPlus is the object of Rockwell gateways that a connection to a Data
// Highway Plus node leads to: its messages are addresses and PCCC.
const classDHPlus = 0xa6

// dataHighway reads a message on a connection to a DH+ node: link and node of
// receiver and sender, two bytes each, then PCCC.
func (p *Parser) dataHighway(c *dissect.Context, b []byte) (reply bool, err error) {
	if len(b) < 12 {
		return false, pdu.ErrShort
	}
	return p.pccc.Message(c, b[8:], 1<<62), nil
}
