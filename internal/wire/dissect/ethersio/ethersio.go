// Package ethersio tells which Saia stations exchange inputs and outputs over
// Ether-S-I/O.
package ethersio

import (
	"strconv"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/ethersio"
)

// Port is the port Ether-S-I/O uses.
const Port = 6060

// Protocol is Ether-S-I/O.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name: "ether-sio", UDP: []uint16{Port},
		Probe: probe,
		New:   func() dissect.Parser { return &parser{} },
	}
}

var verbs = dissect.NewVerbs("ether-sio", "%d", []dissect.VerbRow{
	{Code: pdu.Transfer, Name: "Data Transfer", Kind: plant.Read, Technique: "T0801"},
	{Code: pdu.Status, Name: "Status", Kind: plant.Other},
})

func probe(b []byte, h dissect.Hint) dissect.Match {
	if _, _, err := pdu.Decode(b); h.Stream || err != nil {
		return dissect.No
	}
	return dissect.Strong
}

type parser struct {
	station [2]uint32 // told last, by side
	scratch []byte
}

// Parse reads the telegram that is the datagram b.
func (p *parser) Parse(c *dissect.Context, b []byte) (int, error) {
	t, n, err := pdu.Decode(b)
	if err != nil {
		return 0, err
	}
	o := dissect.Object{}
	if x, _, ok := pdu.Next(t.Data); ok {
		o.Unit = x.Destination
	}
	c.Send(verbs.Get(uint32(t.Type)), o)
	if side := c.Side(); p.station[side] != t.Station {
		p.station[side] = t.Station
		p.scratch = strconv.AppendUint(append(p.scratch[:0], "ether-sio station "...), uint64(t.Station), 10)
		c.Fact(dissect.Sender, plant.FieldUnit, p.scratch, "ether-sio", 0.9)
		c.FactText(dissect.Sender, plant.FieldVendor, "Saia-Burgess", "ether-sio", 0.6)
	}
	return n, nil
}
