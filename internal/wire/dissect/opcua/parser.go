// Package opcua turns OPC UA conversations into observations: which services a
// client asks for on which nodes, how servers answer, who both applications
// are, how the channel is protected and how users sign in. Chunks of one
// message are put together within a bound; encrypted messages are not read.
package opcua

import (
	"errors"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/opcua"
)

// port is the registered port; servers use any.
const port = 4840

// Protocol is the binary connection protocol of OPC UA.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name:  protocol,
		TCP:   []uint16{port},
		Probe: probe,
		New:   func() dissect.Parser { return new(parser) },
	}
}

// probe knows a message by its letters and a size that fits its kind.
func probe(b []byte, h dissect.Hint) dissect.Match {
	if !h.Stream {
		return dissect.No
	}
	c, n, err := pdu.Decode(b)
	switch {
	case errors.Is(err, pdu.ErrShort):
		if len(b) >= pdu.HeaderSize {
			return dissect.Strong
		}
		return dissect.Short
	case err != nil, c.Type == pdu.Error && n > 1<<13:
		return dissect.No
	}
	return dissect.Strong
}

// maxMessage bounds a message that comes in chunks. Longer ones are read as far
// as they fit: what names and what asks stands in front.
const maxMessage = 1 << 16

// half is what is kept of one side.
type half struct {
	buf      []byte // body of a message in chunks
	request  uint32
	partial  bool
	saidCert bool
	saidURL  bool
}

type parser struct {
	halves  [2]half
	scratch [160]byte
}

// Parse implements dissect.Parser.
func (p *parser) Parse(c *dissect.Context, b []byte) (int, error) {
	taken := 0
	for taken < len(b) {
		m, n, err := pdu.Decode(b[taken:])
		if errors.Is(err, pdu.ErrShort) {
			break
		}
		if err != nil {
			return taken, err
		}
		p.chunk(c, &m)
		taken += n
	}
	return taken, nil
}

func (p *parser) chunk(c *dissect.Context, m *pdu.Chunk) {
	switch m.Type {
	case pdu.Hello, pdu.ReverseHello, pdu.Acknowledge:
		p.greeting(c, m)
	case pdu.Error:
		c.SenderIsServer()
	case pdu.Open:
		p.open(c, m)
	case pdu.Service, pdu.Close:
		p.service(c, m)
	}
}

// greeting reads a Hello, or what answers it.
func (p *parser) greeting(c *dissect.Context, m *pdu.Chunk) {
	who := dissect.Receiver
	if m.Type == pdu.Hello {
		c.SenderIsClient()
	} else {
		c.SenderIsServer()
		who = dissect.Sender
	}
	g, err := pdu.DecodeGreeting(*m)
	if err != nil {
		c.Malformed("a greeting is cut")
		return
	}
	if h := &p.halves[c.Side()]; len(g.Endpoint) > 0 && !h.saidURL {
		h.saidURL = true
		c.Fact(who, plant.FieldService, g.Endpoint, "opcua.hello", 0.7)
	}
	if len(g.Server) > 0 {
		c.Fact(who, plant.FieldSoftware, g.Server, "opcua.hello", 0.9)
	}
}

// open reads an OpenSecureChannel message: the policy and the sender's
// certificate are always in clear.
func (p *parser) open(c *dissect.Context, m *pdu.Chunk) {
	ch, err := pdu.DecodeChannel(*m)
	if err != nil {
		c.Malformed("an open message is cut")
		return
	}
	p.certificate(c, ch.Certificate)
	policy := pdu.PolicyName(ch.Policy)
	head, err := pdu.DecodeMessage(ch.Body)
	if err != nil {
		// Encrypted. Who asks for a new channel has no number for it yet; a
		// renewal can be told by the port only.
		switch {
		case len(policy) == 0:
		case ch.ID == 0:
			c.SenderIsClient()
			p.policy(c, dissect.Receiver, policy)
		case c.FromPort == port:
			p.policy(c, dissect.Sender, policy)
		case c.ToPort == port:
			p.policy(c, dissect.Receiver, policy)
		}
		return
	}
	if len(policy) == 0 {
		policy = []byte("None")
	}
	if !head.Response {
		p.policy(c, dissect.Receiver, policy)
	}
	p.message(c, &ch, &head)
}

func (p *parser) policy(c *dissect.Context, who dissect.Subject, policy []byte) {
	c.Fact(who, plant.FieldSecurity, append(append(p.scratch[:0], "opcua.policy="...), policy[:min(len(policy), 64)]...), "opcua.open", 0.95)
}

// service reads one chunk of a service message and, when it is the last, the
// message.
func (p *parser) service(c *dissect.Context, m *pdu.Chunk) {
	ch, err := pdu.DecodeChannel(*m)
	if err != nil {
		c.Malformed("a service message is cut")
		return
	}
	h := &p.halves[c.Side()]
	if m.Last != 'F' || h.partial {
		if !p.join(h, m, &ch) {
			return
		}
	}
	head, err := pdu.DecodeMessage(ch.Body)
	switch {
	case errors.Is(err, pdu.ErrService):
		return // encrypted, or a service of a maker's own
	case err != nil && !m.Cut:
		c.Malformed("a service message ends in its header")
	}
	p.message(c, &ch, &head)
}

// join adds a chunk to the message it is of, and reports whether that is
// complete; then ch.Body is the whole.
func (p *parser) join(h *half, m *pdu.Chunk, ch *pdu.Channel) bool {
	if h.partial && ch.Request != h.request {
		h.partial, h.buf = false, nil // the rest of the other never came
		if m.Last == 'F' {
			return true
		}
	}
	if m.Last == 'A' {
		h.partial, h.buf = false, nil
		return false
	}
	room := min(len(ch.Body), maxMessage-len(h.buf))
	h.buf = append(h.buf, ch.Body[:room]...)
	h.partial, h.request = m.Last == 'C', ch.Request
	if h.partial {
		return false
	}
	ch.Body, h.buf = h.buf, nil
	return true
}

// message reports one service message.
func (p *parser) message(c *dissect.Context, ch *pdu.Channel, m *pdu.Message) {
	id := uint64(ch.ID)<<32 | uint64(ch.Request)
	v := verbs.Get(m.Service)
	if !m.Response {
		c.SenderIsClient()
		r := p.request(c, m)
		if r.verb != nil {
			v = r.verb
		}
		c.Request(v, id, r.object).Tag = r.tag
		return
	}
	c.SenderIsServer()
	asked, ok := c.Peek(id)
	switch {
	case ok && asked.Verb.Reply == v.Code:
		c.Response(nil, id, outcome(m))
	case ok: // a fault
		c.Settle(id, outcome(m))
		c.Response(v, id, outcome(m))
	default:
		c.Response(v, id, outcome(m))
	}
	if m.Good() {
		p.response(c, m, asked.Tag, ok)
	}
}

// outcome is how a response answers: by its own status, and for writes by
// those of the values.
func outcome(m *pdu.Message) dissect.Result {
	switch {
	case !m.Good(), m.Service == pdu.ServiceFault:
		return dissect.Refused
	case m.Service == pdu.WriteResponse:
		if total, bad := pdu.Codes(m.Body); bad > 0 && bad == total {
			return dissect.Refused
		}
	}
	return dissect.Accepted
}
