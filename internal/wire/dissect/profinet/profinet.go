// Package profinet tells what happens on EtherType 0x8892: who PROFINET
// devices say they are and who names, addresses, resets or looks for them
// (DCP), alarms, and whether the providers of cyclic data run.
//
// Cyclic frames come a thousand times a second and say nothing new: only their
// status is looked at, and they are counted with the conversation, not as
// messages.
package profinet

import (
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/protocol/pnrt"
)

// EtherType of PROFINET.
const EtherType = 0x8892

// Names of the conversations.
const (
	nameRT  = "profinet-rt"
	nameDCP = "profinet-dcp"
)

// Protocol is PROFINET on Ethernet.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name: nameRT, Link: []dissect.LinkType{EtherType},
		New: func() dissect.Parser { return &parser{} },
	}
}

// parser remembers the last status of each side's cyclic data, with the bit
// known set, and whether the conversation has more than DCP in it.
type parser struct {
	status [2]uint16
	cyclic bool
}

const known = 0x100

// Parse reads one frame behind its EtherType.
func (p *parser) Parse(c *dissect.Context, b []byte) (int, error) {
	id, ok := pnrt.FrameID(b)
	if !ok {
		return 0, pnrt.ErrShort
	}
	switch pnrt.ClassOf(id) {
	case pnrt.Cyclic, pnrt.Isochron:
		p.provider(c, b)
	case pnrt.DCP:
		if !p.cyclic {
			c.Name(nameDCP)
		}
		return p.dcp(c, b)
	case pnrt.Alarm:
		p.rt(c)
		return len(b), p.alarm(c, b)
	case pnrt.Time:
		p.rt(c)
		c.Send(timeVerb(id), dissect.Object{})
	}
	return len(b), nil
}

func (p *parser) rt(c *dissect.Context) {
	p.cyclic = true
	c.Name(nameRT)
}

// provider reports when the sender of cyclic data starts or stops.
func (p *parser) provider(c *dissect.Context, b []byte) {
	const bits = pnrt.StatusRun | pnrt.StatusNormal | pnrt.StatusValid
	s, ok := pnrt.CyclicStatus(b)
	if !ok || s.Transfer != 0 {
		return
	}
	now := uint16(s.Data)&bits | known
	if p.status[c.Side()] == now {
		return
	}
	p.status[c.Side()] = now
	p.rt(c)
	mode := "stop"
	if s.Data&pnrt.StatusRun != 0 {
		mode = "run"
	}
	c.FactText(dissect.Sender, plant.FieldMode, mode, "profinet.cyclic", 0.7)
}

// Verbs of the frames that are neither cyclic nor DCP. Their codes are frame
// ids.
var rtVerbs = dissect.NewVerbs(nameRT, "0x%04x", []dissect.VerbRow{
	{Code: pnrt.AlarmHigh, Name: "Alarm High", Kind: plant.Other, Technique: "T0878"},
	{Code: pnrt.AlarmLow, Name: "Alarm Low", Kind: plant.Other, Technique: "T0878"},
	{Code: 0x0020, Name: "PTCP Sync (clock)", Kind: plant.Other},
	{Code: 0x0021, Name: "PTCP Sync (time)", Kind: plant.Other},
	{Code: 0x0080, Name: "PTCP Sync", Kind: plant.Other},
	{Code: 0xff00, Name: "PTCP Announce (clock)", Kind: plant.Other},
	{Code: 0xff01, Name: "PTCP Announce (time)", Kind: plant.Other},
	{Code: 0xff20, Name: "PTCP Follow-Up (clock)", Kind: plant.Other},
	{Code: 0xff21, Name: "PTCP Follow-Up (time)", Kind: plant.Other},
	{Code: 0xff40, Name: "PTCP Delay Request", Kind: plant.Other},
	{Code: 0xff41, Name: "PTCP Delay Response with Follow-Up", Kind: plant.Other},
	{Code: 0xff42, Name: "PTCP Delay Follow-Up", Kind: plant.Other},
	{Code: 0xff43, Name: "PTCP Delay Response", Kind: plant.Other},
})

func timeVerb(id uint16) *plant.Verb { return rtVerbs.Get(uint32(id)) }

// alarm reports an alarm and the place it came from.
func (p *parser) alarm(c *dissect.Context, b []byte) error {
	a, err := pnrt.DecodeAlarm(b)
	if err != nil {
		return err
	}
	id, _ := pnrt.FrameID(b)
	o := dissect.Object{}
	if a.Kind == pnrt.AlarmData && a.Type != 0 {
		o.Space, o.Ranged, o.From, o.To = "slot", true, uint32(a.Slot), uint32(a.Slot)
		o.Name = append(o.Name, pnrt.AlarmName(a.Type)...)
	}
	c.Send(rtVerbs.Get(uint32(id)), o)
	return nil
}
