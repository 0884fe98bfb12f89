// Package ptp tells who gives the time with the Precision Time Protocol and who
// manages clocks.
package ptp

import (
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/ptp"
)

// EtherType of PTP. The UDP ports are for messages with and without a time
// stamp of their own.
const (
	EtherType   = 0x88f7
	portEvent   = 319
	portGeneral = 320
)

const source = "ptp"

// Protocol is PTP on Ethernet and over UDP.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name: "ptp", Link: []dissect.LinkType{EtherType}, UDP: []uint16{portEvent, portGeneral},
		Probe: probe,
		New:   func() dissect.Parser { return &parser{} },
	}
}

var (
	verbs = dissect.NewVerbs("ptp", "%d", []dissect.VerbRow{
		{Code: uint32(pdu.Sync), Name: "Sync", Kind: plant.Other},
		{Code: uint32(pdu.DelayRequest), Name: "Delay_Req", Kind: plant.Other},
		{Code: uint32(pdu.PeerDelayRequest), Name: "Pdelay_Req", Kind: plant.Other},
		{Code: uint32(pdu.PeerDelayResponse), Name: "Pdelay_Resp", Kind: plant.Other},
		{Code: uint32(pdu.FollowUp), Name: "Follow_Up", Kind: plant.Other},
		{Code: uint32(pdu.DelayResponse), Name: "Delay_Resp", Kind: plant.Other},
		{Code: uint32(pdu.PeerDelayFollowUp), Name: "Pdelay_Resp_Follow_Up", Kind: plant.Other},
		{Code: uint32(pdu.Announce), Name: "Announce", Kind: plant.Identify},
		{Code: uint32(pdu.Signaling), Name: "Signaling", Kind: plant.Other},
		{Code: uint32(pdu.Management), Name: "Management", Kind: plant.Read, Technique: "T0888"},
	})
	set = &plant.Verb{Protocol: "ptp", Code: "13", Name: "Management (set)", Kind: plant.Config, Technique: "T0836"}
)

func probe(b []byte, h dissect.Hint) dissect.Match {
	if m, n, err := pdu.Decode(b); h.Stream || err != nil || n < len(b)-8 || m.Type == pdu.Announce && n < 64 {
		return dissect.No
	}
	return dissect.Weak
}

// parser remembers the last grandmaster each side announced, to say it once.
type parser struct {
	last [2]pdu.Grandmaster
}

// Parse reads one message.
func (p *parser) Parse(c *dissect.Context, b []byte) (int, error) {
	m, n, err := pdu.Decode(b)
	if err != nil {
		return 0, err
	}
	verb := verbs.Get(uint32(m.Type))
	if action, _, ok := m.Managed(); ok && (action == pdu.ActionSet || action == pdu.ActionCommand) {
		verb = set
	}
	c.Send(verb, dissect.Object{})
	if g, ok := m.Grandmaster(); ok && g != p.last[c.Side()] {
		p.last[c.Side()] = g
		announce(c, m, g)
	}
	return n, nil
}

func announce(c *dissect.Context, m pdu.Message, g pdu.Grandmaster) {
	if g.ID == m.Source {
		c.FactText(dissect.Sender, plant.FieldRole, plant.RoleTimeSource, source, 0.6)
		c.FactText(dissect.Sender, plant.FieldService, "ptp grandmaster", source, 0.95)
		return
	}
	c.FactText(dissect.Sender, plant.FieldService, "ptp boundary clock", source, 0.9)
	if mac, ok := g.ID.MAC(); ok {
		var buf [48]byte
		c.Fact(dissect.Sender, plant.FieldNeighbor, plant.MAC(mac).AppendTo(append(buf[:0], "ptp grandmaster "...)), source, 0.8)
	}
}
