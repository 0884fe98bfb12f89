// Package s7plus tells what happens in S7comm-plus conversations as far as they
// are in clear: sessions and who opens them, variables read and written, blocks
// loaded into a controller and out of it, changes of its operating mode, and
// what controllers say about themselves. It is carried by package isotsap.
package s7plus

import (
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/s7plus"
)

// Parser reads the S7comm-plus of one conversation. The zero value is ready.
type Parser struct {
	// Role is what the client wants to be by the transport selector it called,
	// "" when that was not seen.
	Role plant.Role

	within [2]bool  // the last unit of that side was not the end of its message
	name   [64]byte // where objects are named
}

// User reads the user data of one COTP transport service data unit.
func (p *Parser) User(c *dissect.Context, b []byte) error {
	for len(b) > 0 {
		u, n, err := pdu.Decode(b)
		if err != nil {
			return err
		}
		p.unit(c, &u)
		b = b[n:]
	}
	return nil
}

// Encrypted reports user data that is TLS.
func (p *Parser) Encrypted(c *dissect.Context) { c.Send(encrypted, dissect.Object{}) }

func (p *Parser) unit(c *dissect.Context, u *pdu.PDU) {
	switch u.Version {
	case pdu.VersionEvent:
		c.Send(systemEvent, dissect.Object{})
		return
	case pdu.VersionKeepAlive:
		c.Send(keepAlive, dissect.Object{})
		return
	}
	further := p.within[c.Side()]
	p.within[c.Side()] = !u.Last
	if further {
		return
	}
	m, ok := pdu.DecodeMessage(u.Data)
	if !ok {
		c.Malformed("no message in an S7comm-plus unit")
		return
	}
	switch m.Opcode {
	case pdu.Notification:
		c.Response(notification, unasked, dissect.Answered)
	case pdu.Request:
		p.request(c, m)
	default:
		p.response(c, m)
	}
}

// unasked is an id that no request has: a notification answers a subscription
// of long ago.
const unasked = 1 << 32

// Sequence numbers are given by the client.
func id(m pdu.Message) uint64 { return 2<<16 | uint64(m.Sequence) }

func (p *Parser) request(c *dissect.Context, m pdu.Message) {
	v, o := p.meaning(c, m)
	t, _ := pdu.DecodeTarget(m)
	c.Request(v, id(m), o).Tag = tag(m, t)
	if m.Function == pdu.InitSSL {
		c.SenderIsClient()
	}
}

// tag is what is remembered of a request: its function, its attribute, and
// whether it asks the CPU itself, whose objects have small numbers.
func tag(m pdu.Message, t pdu.Target) uint64 {
	v := uint64(m.Function)<<32 | uint64(t.Attribute)
	if t.Object < 100 {
		v |= ofCPU
	}
	return v
}

const ofCPU = 1 << 48

// meaning is what a request does, by the objects it acts on.
func (p *Parser) meaning(c *dissect.Context, m pdu.Message) (*plant.Verb, dissect.Object) {
	t, _ := pdu.DecodeTarget(m)
	switch m.Function {
	case pdu.CreateObject:
		return p.create(c, m)
	case pdu.DeleteObject:
		if k, ok := p.dataBlock(t.Object); ok {
			return deleteBlock, k
		}
	case pdu.SetVariable:
		v := setVerb(t)
		if v == setSubscription {
			return v, dissect.Object{}
		}
		return v, p.written(t)
	case pdu.SetMultiVariables:
		return p.setMulti(c, m, t)
	case pdu.GetMultiVariables:
		if t.Object != 0 {
			return verbs.Get(uint32(m.Function)), p.object(t)
		}
		return verbs.Get(uint32(m.Function)), p.variables(pdu.DecodeAddresses(m))
	case pdu.GetVarSubStreamed:
		return streamVerb(t), p.object(t)
	case pdu.SetVarSubStreamed:
		return setStreamVerb(t), p.object(t)
	case pdu.Explore:
		return verbs.Get(uint32(m.Function)), p.object(t)
	}
	return verbs.Get(uint32(m.Function)), dissect.Object{}
}

func setStreamVerb(t pdu.Target) *plant.Verb {
	switch {
	case t.Attribute == pdu.AttrLegitimate, t.Attribute == pdu.AttrSessionResponse:
		return setPassStream
	case program(t.Attribute):
		return setBlockStream
	}
	return verbs.Get(uint32(pdu.SetVarSubStreamed))
}

// create tells sessions, subscriptions and blocks apart by the class of the
// first object made.
func (p *Parser) create(c *dissect.Context, m pdu.Message) (*plant.Verb, dissect.Object) {
	w := pdu.Content(m)
	first, ok := w.Next()
	if !ok || first.Kind != pdu.ObjectStart {
		return verbs.Get(uint32(m.Function)), dissect.Object{}
	}
	switch class := first.Class; {
	case class == pdu.ClassServerSession:
		p.client(c, w)
		return createSession, dissect.Object{}
	case class == pdu.ClassSubscription, class == pdu.ClassAlarmRef:
		return createWatch, dissect.Object{}
	case pdu.BlockClass(class) != "":
		return createBlock, p.block(pdu.BlockClass(class), w)
	}
	return verbs.Get(uint32(m.Function)), dissect.Object{}
}

// block names a block that is made: its kind and number.
func (p *Parser) block(kind string, w pdu.Walker) dissect.Object {
	for {
		f, ok := w.Next()
		if !ok || f.Kind == pdu.ObjectEnd {
			return dissect.Object{Space: kind}
		}
		if f.Kind == pdu.Attribute && f.ID == pdu.AttrBlockNumber {
			return dissect.Object{Name: appendNumber(append(p.name[:0], kind...), uint32(f.Value.Int))}
		}
	}
}

func (p *Parser) setMulti(c *dissect.Context, m pdu.Message, t pdu.Target) (*plant.Verb, dissect.Object) {
	switch {
	case t.Object == 0:
		return verbs.Get(uint32(m.Function)), p.variables(pdu.DecodeAddresses(m))
	case t.Attribute == pdu.AttrSessionVersion:
		p.versions(c, dissect.Receiver, pdu.Elements(t.Values), 0.5)
		return setSession, dissect.Object{}
	}
	return verbs.Get(uint32(m.Function)), p.object(t)
}

func (p *Parser) response(c *dissect.Context, m pdu.Message) {
	w, ok := c.Peek(id(m))
	paired := ok && uint16(w.Tag>>32) == uint16(m.Function)
	var v *plant.Verb
	if !paired {
		if !known(m.Function) {
			return
		}
		v = verbs.Get(uint32(m.Function))
	}
	code, _, whole := m.Result()
	r := dissect.Accepted
	switch {
	case !whole:
		r = dissect.Answered
	case code < 0:
		r = dissect.Refused
	}
	c.Response(v, id(m), r)
	if paired {
		c.SenderIsServer()
	}
	if r == dissect.Accepted {
		p.tell(c, m, w.Tag)
	}
}

// known reports functions in the range that the protocol uses: a response whose
// request was not seen may be the middle of a long message.
func known(f pdu.Function) bool { return f >= pdu.ErrorReply && f <= pdu.InitSSL }
