// Package fins tells what happens in Omron FINS conversations: who reads and
// writes which memory, who runs and stops controllers and moves programs, and
// what controllers say about themselves.
package fins

import (
	"errors"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/fins"
)

// Port is the registered port.
const Port = 9600

// Protocol is FINS in UDP datagrams and in FINS/TCP frames.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name: "fins", TCP: []uint16{Port}, UDP: []uint16{Port},
		Probe: probe,
		New:   func() dissect.Parser { return &parser{} },
	}
}

func probe(b []byte, h dissect.Hint) dissect.Match {
	if h.Stream {
		return probeStream(b)
	}
	m, _, err := pdu.Decode(b)
	if err != nil || !m.Command.Known() {
		return dissect.No
	}
	// A datagram has no magic number: a fresh gateway count, the bit that
	// clients set, and data of the only possible length come close.
	fresh := m.ICF&0x80 != 0 && (m.Gateways == 2 || m.Gateways == 7)
	switch m.Command {
	case pdu.MemoryRead, pdu.MemoryMultiRead, pdu.ControllerData, pdu.ControllerStatus, pdu.ClockRead:
		if fresh && !m.Response() && m.Command.Fits(len(m.Data)) {
			return dissect.Strong
		}
	}
	return dissect.Weak
}

// probeStream looks for a FINS/TCP header; the frame may not be whole yet.
func probeStream(b []byte) dissect.Match {
	_, _, err := pdu.DecodeTCP(b)
	switch {
	case err == nil:
		return dissect.Strong
	case !errors.Is(err, pdu.ErrShort):
		return dissect.No
	case len(b) >= 16:
		return dissect.Strong
	}
	return dissect.Short
}

type parser struct {
	mode string // of the controller, told last
}

// Parse reads the messages in b.
func (p *parser) Parse(c *dissect.Context, b []byte) (int, error) {
	if !c.Stream {
		m, n, err := pdu.Decode(b)
		if err == nil {
			p.message(c, m)
		}
		return n, err
	}
	taken := 0
	for taken < len(b) {
		f, n, err := pdu.DecodeTCP(b[taken:])
		if errors.Is(err, pdu.ErrShort) {
			break
		}
		if err != nil {
			return taken, err
		}
		taken += n
		if f.Command != pdu.TCPFrame {
			continue
		}
		m, _, err := pdu.Decode(f.Body)
		if err != nil {
			c.Malformed("FINS/TCP frame without a FINS message")
			continue
		}
		p.message(c, m)
	}
	return taken, nil
}

// message pairs by service identifier and command: both come back in the
// response.
func (p *parser) message(c *dissect.Context, m pdu.Message) {
	id := uint64(m.Service)<<16 | uint64(m.Command)
	verb := verbs.Get(uint32(m.Command))
	switch {
	case m.Response():
		p.response(c, m, verb, id)
	case !m.Wanted():
		c.Send(verb, object(m))
	default:
		c.Request(verb, id, object(m))
	}
}

func (p *parser) response(c *dissect.Context, m pdu.Message, verb *plant.Verb, id uint64) {
	result := dissect.Accepted
	if !m.OK() {
		result = dissect.Refused
	}
	c.Response(verb, id, result)
	c.SenderIsServer()
	if result == dissect.Accepted {
		p.identify(c, m)
	}
}

// object is the memory, file or name that a command is about.
func object(m pdu.Message) dissect.Object {
	switch m.Command {
	case pdu.MemoryRead, pdu.MemoryWrite, pdu.MemoryFill:
		if r, values, ok := pdu.Memory(m.Data); ok {
			return memory(r, values)
		}
	case pdu.MemoryMultiRead:
		return spanned(m.Data)
	case pdu.ForceSetReset:
		if f, ok := pdu.Forced(m.Data, 0); ok {
			o := memory(f.Range, nil)
			o.Valued, o.Value = true, int64(f.Operation&1)
			return o
		}
	case pdu.FileRead, pdu.FileWrite, pdu.FileDelete:
		return dissect.Object{Space: "file", Name: pdu.FileSpec(m.Command, m.Data)}
	case pdu.ProgramRead, pdu.ProgramWrite, pdu.ProgramClear:
		return dissect.Object{Space: "program"}
	case pdu.Run:
		return dissect.Object{Space: runMode(pdu.RunMode(m.Data))}
	}
	return dissect.Object{}
}

func memory(r pdu.Range, values []byte) dissect.Object {
	last := uint32(r.Start)
	if r.Count > 0 && !r.Area.Bits() {
		last += uint32(r.Count) - 1
	}
	o := dissect.Object{Space: r.Area.String(), Ranged: true, From: uint32(r.Start), To: last}
	if r.Count == 1 {
		switch len(values) {
		case 1:
			o.Valued, o.Value = true, int64(values[0])
		case 2:
			o.Valued, o.Value = true, int64(values[0])<<8|int64(values[1])
		}
	}
	return o
}

// spanned is the range that a multiple read covers in the area of its first
// item.
func spanned(data []byte) dissect.Object {
	first, ok := pdu.Item(data, 0)
	if !ok {
		return dissect.Object{}
	}
	o := memory(first, nil)
	for i := 1; ; i++ {
		r, ok := pdu.Item(data, i)
		if !ok {
			return o
		}
		if r.Area == first.Area {
			o.From, o.To = min(o.From, uint32(r.Start)), max(o.To, uint32(r.Start))
		}
	}
}

func runMode(mode uint8) string {
	switch mode {
	case 1:
		return "debug mode"
	case 2:
		return "monitor mode"
	case 4:
		return "run mode"
	}
	return "mode"
}

// identify reads what a controller says about itself.
func (p *parser) identify(c *dissect.Context, m pdu.Message) {
	switch m.Command {
	case pdu.ControllerData:
		controller(c, m.Data)
	case pdu.ControllerStatus:
		if s, ok := pdu.ControllerState(m.Data); ok && p.mode != mode(s) {
			p.mode = mode(s)
			c.FactText(dissect.Sender, plant.FieldMode, p.mode, "fins.status", 0.95)
		}
	case pdu.NameRead:
		c.Fact(dissect.Sender, plant.FieldName, m.Data, "fins.name", 0.95)
	}
}

func controller(c *dissect.Context, data []byte) {
	const source = "fins.controller-data"
	id, ok := pdu.ControllerText(data)
	if !ok {
		return
	}
	c.Fact(dissect.Sender, plant.FieldProduct, id.Model, source, 0.95)
	c.Fact(dissect.Sender, plant.FieldOrderNumber, id.Model, source, 0.9)
	c.Fact(dissect.Sender, plant.FieldFirmware, id.Version, source, 0.95)
	c.FactText(dissect.Sender, plant.FieldVendor, "OMRON", source, 0.8)
	c.FactText(dissect.Sender, plant.FieldRole, plant.RoleController, source, 0.9)
}

func mode(s pdu.Status) string {
	switch {
	case s.Fatal != 0:
		return "fault"
	case !s.Running:
		return "program"
	case s.Mode == 2:
		return "monitor"
	}
	return "run"
}
