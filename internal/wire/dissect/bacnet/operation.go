package bacnet

import (
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/bacnet"
)

// request reports a confirmed request. Segments after the first add nothing to
// what it is about.
func (p *parser) request(c *dissect.Context, m message) {
	verb, o := confirmed.Get(uint32(m.Service)), dissect.Object{}
	if m.Segmented && m.Sequence > 0 {
		c.Send(verb, o)
		return
	}
	switch m.Service {
	case pdu.ReadProperty, pdu.ReadPropertyMultiple, pdu.WriteProperty, pdu.WritePropertyMultiple:
		w := m.Properties()
		if x, ok := w.Next(); ok {
			o = object(x.Object)
			if m.Service == pdu.WriteProperty {
				o.Value, o.Valued = number(x.Values)
				verb = program(x, o.Value, verb)
			}
		}
	case pdu.ReinitializeDevice:
		o = reinitialize(m)
		password(c, m, 1)
	case pdu.DeviceControl:
		o = communication(m)
		password(c, m, 2)
	case pdu.ConfirmedCOV, pdu.ConfirmedEvent:
		p.notifier(c, m)
	case pdu.PrivateTransfer:
	default:
		if x, ok := pdu.FirstObject(m.Data); ok {
			o = object(x)
		}
	}
	c.Request(verb, m.id(false), o)
}

// number is the value of a property that holds one whole number.
func number(values []byte) (int64, bool) {
	t, rest, err := pdu.NextTag(values)
	if err != nil || len(rest) > 0 || t.Context {
		return 0, false
	}
	switch t.Number {
	case pdu.TagBoolean:
		if t.Bool {
			return 1, true
		}
		return 0, true
	case pdu.TagUnsigned, pdu.TagEnumerated:
		v, ok := t.Uint()
		return int64(v), ok
	}
	return 0, false
}

// reinitialize says which restart is asked for.
func reinitialize(m message) dissect.Object {
	states := [...]string{
		"cold start", "warm start", "start backup", "end backup", "start restore", "end restore", "abort restore", "activate changes",
	}
	t, ok := pdu.ContextTag(m.Data, 0)
	if v, fits := t.Uint(); ok && fits && int(v) < len(states) {
		return dissect.Object{Space: states[v]}
	}
	return dissect.Object{}
}

// communication says whether a device is to be silent.
func communication(m message) dissect.Object {
	states := [...]string{"enable", "disable", "disable initiation"}
	t, ok := pdu.ContextTag(m.Data, 1)
	if v, fits := t.Uint(); ok && fits && int(v) < len(states) {
		return dissect.Object{Space: states[v]}
	}
	return dissect.Object{}
}

// password reports that a password crossed in clear, never what it is.
func password(c *dissect.Context, m message, tag uint8) {
	if t, ok := pdu.ContextTag(m.Data, tag); ok && len(t.Value) > 1 {
		c.FactText(dissect.Receiver, plant.FieldCleartextLogin, "bacnet device password", "bacnet.request", 0.9)
	}
}

// acknowledged reports that a request was done, and what was read.
func (p *parser) acknowledged(c *dissect.Context, m message) {
	id := m.id(true)
	c.Response(p.verb(c, m, id), id, dissect.Accepted)
	if m.Service != pdu.ReadProperty && m.Service != pdu.ReadPropertyMultiple {
		return
	}
	data := m.Data
	if m.Segmented {
		whole, ok := p.assemble(c.Side(), id, m)
		if !ok {
			return
		}
		data = whole
	}
	p.properties(c, m, data)
}

// verb is that of the request that is answered, or the plain one of the service.
func (p *parser) verb(c *dissect.Context, m message, id uint64) *plant.Verb {
	verb := confirmed.Get(uint32(m.Service))
	if w, ok := c.Peek(id); ok && w.Verb.Code == verb.Code {
		return w.Verb
	}
	return verb
}

const (
	maxParts = 4       // messages in segments at a time
	maxWhole = 1 << 16 // bytes of one: 256 segments of what is usual
)

// assembly is an acknowledgement that comes in segments.
type assembly struct {
	id   uint64
	side int
	next uint8
	open bool
	body []byte
}

// assemble puts segments together, in order; ok with the last one.
func (p *parser) assemble(side int, id uint64, m message) ([]byte, bool) {
	a := p.find(side, id)
	if m.Sequence == 0 {
		if a == nil {
			p.turn = (p.turn + 1) % maxParts
			a = &p.parts[p.turn]
		}
		*a = assembly{id: id, side: side, open: true, body: a.body[:0]}
	}
	if a == nil || m.Sequence+1 == a.next {
		return nil, false // begun elsewhere, or the same again
	}
	if m.Sequence != a.next || len(a.body)+len(m.Data) > maxWhole {
		*a = assembly{}
		return nil, false
	}
	a.body, a.next = append(a.body, m.Data...), a.next+1
	if m.More {
		return nil, false
	}
	a.open = false
	return a.body, true
}

func (p *parser) find(side int, id uint64) *assembly {
	for i := range p.parts {
		if a := &p.parts[i]; a.open && a.id == id && a.side == side {
			return a
		}
	}
	return nil
}
