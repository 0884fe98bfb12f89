// Package pcworx tells who talks to Phoenix Contact controllers over the PC Worx
// engineering protocol, and what those controllers are.
package pcworx

import (
	"errors"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/pcworx"
)

// Port is the port controllers listen on.
const Port = 1962

// Protocol is PC Worx.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name: "pcworx", TCP: []uint16{Port},
		Probe: probe,
		New:   func() dissect.Parser { return &parser{} },
	}
}

var verbs = dissect.NewVerbs("pcworx", "0x%02x", []dissect.VerbRow{
	{Code: pdu.Open, Name: "Open Session", Kind: plant.Other},
	{Code: pdu.Bind, Name: "Bind Session", Kind: plant.Other},
	{Code: pdu.Query, Name: "Query", Kind: plant.Identify, Technique: "T0888"},
})

func probe(b []byte, h dissect.Hint) dissect.Match {
	if !h.Stream {
		return dissect.No
	}
	m, n, err := pdu.Decode(b)
	switch {
	case errors.Is(err, pdu.ErrShort):
		return dissect.Short
	case err != nil || n < len(b):
		return dissect.No
	}
	if _, ok := m.Identity(); ok {
		return dissect.Strong
	}
	return dissect.Weak
}

type parser struct {
	scratch []byte
}

// Parse reads the messages in b.
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
		p.message(c, m)
		taken += n
	}
	return taken, nil
}

func (p *parser) message(c *dissect.Context, m pdu.Message) {
	verb := verbs.Get(uint32(m.Command))
	if !m.Reply {
		c.Request(verb, uint64(m.Command), dissect.Object{})
		c.SenderIsClient()
		return
	}
	c.Response(verb, uint64(m.Command), dissect.Answered)
	c.SenderIsServer()
	id, ok := m.Identity()
	if !ok {
		return
	}
	const source = "pcworx.identity"
	c.Fact(dissect.Sender, plant.FieldProduct, id.Type, source, 0.95)
	c.Fact(dissect.Sender, plant.FieldOrderNumber, id.Model, source, 0.95)
	c.Fact(dissect.Sender, plant.FieldFirmware, id.Firmware, source, 0.95)
	c.FactText(dissect.Sender, plant.FieldVendor, "Phoenix Contact", source, 0.8)
	c.FactText(dissect.Sender, plant.FieldRole, plant.RoleController, source, 0.9)
	p.scratch = append(append(append(append(p.scratch[:0], "firmware of "...), id.Date...), ' '), id.Time...)
	c.Fact(dissect.Sender, plant.FieldDescription, p.scratch, source, 0.9)
}
