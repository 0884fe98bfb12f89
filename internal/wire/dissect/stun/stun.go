// Package stun tells who looks for a way through address translation: peers of
// calls, and programs for working on a machine from afar.
package stun

import (
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/stun"
)

// Protocol is STUN on UDP and TCP.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name: "stun", TCP: []uint16{3478}, UDP: []uint16{3478},
		Probe: probe,
		New:   func() dissect.Parser { return parser{} },
	}
}

// verbs are methods.
var verbs = dissect.NewVerbs("stun", "%d", []dissect.VerbRow{
	{Code: 1, Name: "Binding"},
	{Code: 3, Name: "Allocate"},
	{Code: 4, Name: "Refresh"},
	{Code: 6, Name: "Send"},
	{Code: 7, Name: "Data"},
	{Code: 8, Name: "Create Permission"},
	{Code: 9, Name: "Channel Bind"},
})

func probe(b []byte, h dissect.Hint) dissect.Match {
	_, n, err := pdu.Decode(b)
	switch {
	case err == pdu.ErrShort && h.Stream:
		return dissect.Short
	case err != nil || !h.Stream && n != len(b):
		return dissect.No
	}
	return dissect.Strong
}

type parser struct{}

// Parse reads messages. What peers send each other on the same ports once they
// have met is not read.
func (parser) Parse(c *dissect.Context, b []byte) (int, error) {
	taken := 0
	for taken < len(b) {
		m, n, err := pdu.Decode(b[taken:])
		switch {
		case err == pdu.ErrShort && c.Stream:
			return taken, nil
		case err != nil:
			return len(b), nil
		}
		message(c, &m)
		if !c.Stream {
			return n, nil
		}
		taken += n
	}
	return taken, nil
}

func message(c *dissect.Context, m *pdu.Message) {
	verb := verbs.Get(uint32(m.Method))
	switch m.Class {
	case pdu.Request:
		c.Request(verb, m.Transaction, dissect.Object{})
	case pdu.Success:
		c.Response(verb, m.Transaction, dissect.Accepted)
	case pdu.Failure:
		c.Response(verb, m.Transaction, dissect.Refused)
	default:
		c.Send(verb, dissect.Object{})
	}
	c.Fact(dissect.Sender, plant.FieldSoftware, m.Attribute(pdu.AttrSoftware), "stun", 0.8)
}
