// Package sv tells who publishes which Sampled Values streams: the digitised
// currents and voltages of a substation, thousands of frames each second.
package sv

import (
	"bytes"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/sv"
)

// Protocol is Sampled Values.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name:   "sv",
		Link:   []dissect.LinkType{0x88ba},
		New:    func() dissect.Parser { return &parser{} },
		Cyclic: cyclic,
	}
}

// The two kinds of message.
var (
	samples    = &plant.Verb{Protocol: "sv", Code: "savPdu", Name: "Sampled Values", Kind: plant.Read}
	simulation = &plant.Verb{Protocol: "sv", Code: "savPdu", Name: "Sampled Values (simulation)", Kind: plant.Read, Technique: "T0856"}
)

// parser follows the streams of one sender to one group. A merging unit sends
// one stream, or a few in turn.
type parser struct {
	last      [64]byte // identifier of the stream told last
	lastLen   uint8
	simulated bool
	text      [100]byte
}

// Parse reads one frame.
func (p *parser) Parse(c *dissect.Context, b []byte) (int, error) {
	f, n, err := pdu.Decode(b)
	if err != nil {
		return 0, err
	}
	m, err := pdu.DecodePDU(f.PDU)
	units := m.Units()
	u, _ := units.Next()
	v := samples
	if f.Simulated {
		v = simulation
		if !p.simulated {
			p.simulated = true
			c.FactText(dissect.Sender, plant.FieldSecurity, "sv.simulation=on", "sv", 0.95)
		}
	}
	c.Send(v, dissect.Object{Name: u.ID})
	p.tell(c, u.ID)
	return n, err
}

// tell reports a stream when it is not the one told before.
func (p *parser) tell(c *dissect.Context, id []byte) {
	if len(id) == 0 || len(id) > len(p.last) || bytes.Equal(id, p.last[:p.lastLen]) {
		return
	}
	p.lastLen = uint8(copy(p.last[:], id))
	c.Fact(dissect.Sender, plant.FieldService, append(append(p.text[:0], "sv "...), id...), "sv", 0.95)
	c.FactText(dissect.Sender, plant.FieldRole, plant.RoleSensor, "sv", 0.5)
}
