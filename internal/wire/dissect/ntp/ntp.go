// Package ntp tells who asks whom for the time, who serves it and how well,
// and what control messages say about a server's software.
package ntp

import (
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/ntp"
)

const port = 123

// Protocol is the Network Time Protocol.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name: "ntp", UDP: []uint16{port},
		Probe: probe,
		New:   func() dissect.Parser { return parser{} },
	}
}

// verbs are modes.
var verbs = dissect.NewVerbs("ntp", "%d", []dissect.VerbRow{
	{Code: uint32(pdu.SymmetricActive), Name: "Symmetric Active"},
	{Code: uint32(pdu.SymmetricPassive), Name: "Symmetric Passive"},
	{Code: uint32(pdu.Client), Name: "Client"},
	{Code: uint32(pdu.Server), Name: "Server"},
	{Code: uint32(pdu.Broadcast), Name: "Broadcast"},
	{Code: uint32(pdu.Control), Name: "Control", Kind: plant.Identify, Technique: "T0888"},
	{Code: uint32(pdu.Private), Name: "Private", Kind: plant.Identify, Technique: "T0888"},
})

// configure is a control message that changes a server.
var configure = &plant.Verb{Protocol: "ntp", Code: "6", Name: "Control Write", Kind: plant.Config, Technique: "T0836"}

func probe(b []byte, h dissect.Hint) dissect.Match {
	if _, _, err := pdu.Decode(b); err != nil || h.Stream {
		return dissect.No
	}
	return dissect.Weak
}

type parser struct{}

// Parse reads one message.
func (parser) Parse(c *dissect.Context, b []byte) (int, error) {
	m, n, err := pdu.Decode(b)
	if err != nil {
		return 0, err
	}
	verb := verbs.Get(uint32(m.Mode))
	switch m.Mode {
	case pdu.Client:
		c.SenderIsClient()
		c.Request(verb, m.Transmit, dissect.Object{})
	case pdu.Server:
		c.SenderIsServer()
		answer(c, &m, verb)
		source(c, &m)
	case pdu.Broadcast:
		c.Send(verb, dissect.Object{})
		source(c, &m)
	case pdu.Control, pdu.Private:
		control(c, &m, verb)
	default:
		c.Send(verb, dissect.Object{})
	}
	return n, nil
}

// answer pairs by the time that the request was sent, which the server gives
// back.
func answer(c *dissect.Context, m *pdu.Message, verb *plant.Verb) {
	result := dissect.Accepted
	if m.Stratum == 0 { // a "kiss of death"
		result = dissect.Refused
	}
	if _, ok := c.Peek(m.Origin); ok {
		c.Response(nil, m.Origin, result)
		return
	}
	c.Response(verb, m.Origin, result)
}

// source reports a server that has the time.
func source(c *dissect.Context, m *pdu.Message) {
	if m.Stratum == 0 || m.Stratum > 15 || m.Leap == 3 {
		return
	}
	c.FactText(dissect.Sender, plant.FieldService, "ntp", "ntp", 0.9)
	if m.Stratum == 1 {
		c.FactText(dissect.Sender, plant.FieldRole, plant.RoleTimeSource, "ntp", 0.8)
		c.Fact(dissect.Sender, plant.FieldDescription, append([]byte("time from "), m.Reference[:]...), "ntp.reference", 0.5)
	}
}

func control(c *dissect.Context, m *pdu.Message, verb *plant.Verb) {
	if m.Mode == pdu.Control && (m.Opcode == pdu.WriteVariables || m.Opcode == pdu.Configure) {
		verb = configure
	}
	id := uint64(m.Mode)<<32 | uint64(m.Sequence)
	if !m.Response {
		c.SenderIsClient()
		c.Request(verb, id, dissect.Object{})
		return
	}
	c.SenderIsServer()
	c.Response(verb, id, dissect.Accepted)
	if m.Opcode == pdu.ReadVariables {
		c.Fact(dissect.Sender, plant.FieldSoftware, m.Variable("version"), "ntp.control", 0.9)
		c.Fact(dissect.Sender, plant.FieldOS, m.Variable("system"), "ntp.control", 0.9)
		c.Fact(dissect.Sender, plant.FieldHardware, m.Variable("processor"), "ntp.control", 0.5)
	}
}
