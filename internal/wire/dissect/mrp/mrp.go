// Package mrp tells which device watches a media redundancy ring, whether the
// ring is closed, and when it was not.
package mrp

import (
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/mrp"
)

// EtherType of MRP.
const EtherType = 0x88e3

// Protocol is MRP on Ethernet.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name: "mrp", Link: []dissect.LinkType{EtherType},
		New: func() dissect.Parser { return &parser{} },
	}
}

var verbs = dissect.NewVerbs("mrp", "%d", []dissect.VerbRow{
	{Code: uint32(pdu.Test), Name: "Test", Kind: plant.Other},
	{Code: uint32(pdu.TopologyChange), Name: "Topology Change", Kind: plant.Other},
	{Code: uint32(pdu.LinkDown), Name: "Link Down", Kind: plant.Other},
	{Code: uint32(pdu.LinkUp), Name: "Link Up", Kind: plant.Other},
	{Code: uint32(pdu.InTest), Name: "Interconnection Test", Kind: plant.Other},
	{Code: uint32(pdu.InTopology), Name: "Interconnection Topology Change", Kind: plant.Other},
	{Code: uint32(pdu.InLinkDown), Name: "Interconnection Link Down", Kind: plant.Other},
	{Code: uint32(pdu.InLinkUp), Name: "Interconnection Link Up", Kind: plant.Other},
	{Code: uint32(pdu.InLinkPoll), Name: "Interconnection Link Poll", Kind: plant.Other},
	{Code: uint32(pdu.Option), Name: "Option", Kind: plant.Other},
})

// parser remembers what was last said of the ring, plus one.
type parser struct{ state pdu.RingState }

// Parse reads one frame behind its EtherType.
func (p *parser) Parse(c *dissect.Context, b []byte) (int, error) {
	f, n, err := pdu.Decode(b)
	if err != nil {
		return 0, err
	}
	c.Send(verbs.Get(uint32(f.Type)), dissect.Object{})
	// Tests come fifty times a second: the state is told when it changes.
	if f.Type == pdu.Test && p.state != f.State+1 {
		p.state = f.State + 1
		text := "mrp manager, ring closed"
		if f.State == pdu.RingOpen {
			text = "mrp manager, ring open"
		}
		c.FactText(dissect.Sender, plant.FieldService, text, "mrp.test", 0.9)
	}
	return n, nil
}
