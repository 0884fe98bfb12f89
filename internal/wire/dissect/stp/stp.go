// Package stp tells which bridges speak the spanning tree protocol and which of
// them is the root.
package stp

import (
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/stp"
)

const (
	dsap   = 0x42
	cisco  = 0x00000c
	pvst   = 0x010b
	source = "stp"
)

// Protocol is the spanning tree protocol behind LLC, and Cisco's tree for each
// VLAN behind SNAP.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name: "stp", Link: []dissect.LinkType{dissect.LLC(dsap), dissect.SNAP(cisco, pvst)},
		New: func() dissect.Parser { return &parser{} },
	}
}

var verbs = dissect.NewVerbs("stp", "0x%02x", []dissect.VerbRow{
	{Code: uint32(pdu.Config), Name: "Configuration", Kind: plant.Other},
	{Code: uint32(pdu.Rapid), Name: "Rapid or Multiple Spanning Tree", Kind: plant.Other},
	{Code: uint32(pdu.TopologyChange), Name: "Topology Change Notification", Kind: plant.Other},
})

// parser remembers what the sender last said, to say it once.
type parser struct {
	last pdu.Frame
}

// Parse reads one frame.
func (p *parser) Parse(c *dissect.Context, b []byte) (int, error) {
	f, n, err := pdu.Decode(b)
	if err != nil {
		return 0, err
	}
	c.Send(verbs.Get(uint32(f.Type)), dissect.Object{})
	if f.Type != pdu.TopologyChange && (f.Root != p.last.Root || f.Bridge != p.last.Bridge) {
		p.last = f
		bridge(c, f)
	}
	return n, nil
}

func bridge(c *dissect.Context, f pdu.Frame) {
	c.FactText(dissect.Sender, plant.FieldRole, plant.RoleSwitch, source, 0.6)
	var buf [48]byte
	if m := plant.MAC(f.Bridge.MAC); m != c.Src().MAC {
		c.Fact(dissect.Sender, plant.FieldFingerprint, m.AppendTo(append(buf[:0], "stp-bridge="...)), source, 0.8)
	}
	if f.IsRoot() {
		c.FactText(dissect.Sender, plant.FieldService, "spanning tree root", source, 0.9)
		return
	}
	c.Fact(dissect.Sender, plant.FieldNeighbor, plant.MAC(f.Root.MAC).AppendTo(append(buf[:0], "spanning tree root "...)), source, 0.7)
}
