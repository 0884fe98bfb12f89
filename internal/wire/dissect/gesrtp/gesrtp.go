// Package gesrtp tells what happens in GE-SRTP conversations: who reads and
// writes which memory, who runs and stops controllers and moves programs, and
// what state controllers are in.
package gesrtp

import (
	"encoding/binary"
	"errors"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/gesrtp"
)

// Protocol is GE-SRTP.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name: "ge-srtp", TCP: []uint16{18245, 18246},
		Probe: probe,
		New:   func() dissect.Parser { return &parser{} },
	}
}

var verbs = dissect.NewVerbs("ge-srtp", "0x%02x", []dissect.VerbRow{
	{Code: uint32(pdu.ShortStatus), Name: "PLC Short Status", Kind: plant.Read, Technique: "T0868"},
	{Code: uint32(pdu.ProgramNames), Name: "Return Control Program Names", Kind: plant.Identify, Technique: "T0888"},
	{Code: uint32(pdu.ReadSystem), Name: "Read System Memory", Kind: plant.Read, Technique: "T0801"},
	{Code: uint32(pdu.ReadTask), Name: "Read Task Memory", Kind: plant.Read, Technique: "T0801"},
	{Code: uint32(pdu.ReadProgram), Name: "Read Program Memory", Kind: plant.Program, Technique: "T0845"},
	{Code: uint32(pdu.WriteSystem), Name: "Write System Memory", Kind: plant.Write, Technique: "T0855"},
	{Code: uint32(pdu.WriteTask), Name: "Write Task Memory", Kind: plant.Write, Technique: "T0855"},
	{Code: uint32(pdu.WriteProgram), Name: "Write Program Block Memory", Kind: plant.Program, Technique: "T0843"},
	{Code: uint32(pdu.Logon), Name: "Programmer Logon", Kind: plant.Auth},
	{Code: uint32(pdu.ChangePrivilege), Name: "Change Privilege Level", Kind: plant.Auth, Technique: "T0892"},
	{Code: uint32(pdu.SetControlID), Name: "Set CPU ID", Kind: plant.Config, Technique: "T0836"},
	{Code: uint32(pdu.SetRunStop), Name: "Set PLC Run or Stop", Kind: plant.Mode, Technique: "T0858"},
	{Code: uint32(pdu.SetTime), Name: "Set PLC Time and Date", Kind: plant.Config, Technique: "T0838"},
	{Code: uint32(pdu.ReturnTime), Name: "Return PLC Time and Date", Kind: plant.Read},
	{Code: uint32(pdu.FaultTable), Name: "Return Fault Table", Kind: plant.Read},
	{Code: uint32(pdu.ClearFaultTable), Name: "Clear Fault Table", Kind: plant.Config, Technique: "T0878"},
	{Code: uint32(pdu.ProgramStore), Name: "Program Store (from PLC)", Kind: plant.Program, Technique: "T0845"},
	{Code: uint32(pdu.ProgramLoad), Name: "Program Load (to PLC)", Kind: plant.Program, Technique: "T0843"},
	{Code: uint32(pdu.ReturnIdentity), Name: "Return Controller Type and ID", Kind: plant.Identify, Technique: "T0888"},
	{Code: uint32(pdu.ToggleForce), Name: "Toggle Force System Memory", Kind: plant.Write, Technique: "T0855"},
})

// Packets that carry no service.
var (
	connect = &plant.Verb{Protocol: "ge-srtp", Code: "init", Name: "Connect", Kind: plant.Other}
	unknown = &plant.Verb{Protocol: "ge-srtp", Code: "response", Name: "Response to an unseen request", Kind: plant.Other}
)

// probe is sure of a request or response with a mailbox message in it: 56 bytes
// of which many are fixed. The connecting packet is all zero and proves little.
func probe(b []byte, h dissect.Hint) dissect.Match {
	if !h.Stream {
		return dissect.No
	}
	m, n, err := pdu.Decode(b)
	switch {
	case errors.Is(err, pdu.ErrShort):
		return dissect.Short
	case err != nil:
		return dissect.No
	case m.Type >= pdu.TypeRequest && n == len(b) && mailbox(b):
		return dissect.Strong
	}
	return dissect.Weak
}

// mailbox reports whether the packet numbers say one of one, as they do outside
// long transfers, and the bytes before the time are those that GE sends.
func mailbox(b []byte) bool { return b[40] == 1 && b[41] == 1 && b[3] == 0 && b[29] == 0 }

type parser struct {
	state [2]uint8 // told last, by side, plus one
}

// Parse reads the packets in b.
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
		p.packet(c, &m)
		taken += n
	}
	return taken, nil
}

const connecting = 1 << 32 // identifier of the connecting packets

func (p *parser) packet(c *dissect.Context, m *pdu.Message) {
	id := uint64(m.Sequence)
	switch m.Type {
	case pdu.TypeInit:
		c.Request(connect, connecting, dissect.Object{})
		c.SenderIsClient()
	case pdu.TypeInitAck:
		c.Response(connect, connecting, dissect.Accepted)
		c.SenderIsServer()
	case pdu.TypeRequest:
		c.Request(verbs.Get(uint32(m.Service)), id, object(m)).Tag = uint64(m.Service)
		c.SenderIsClient()
	case pdu.TypeResponse:
		p.response(c, m, id)
	}
}

func object(m *pdu.Message) dissect.Object {
	r, ok := m.Range()
	if !ok {
		return dissect.Object{}
	}
	o := dissect.Object{Space: r.Segment.String(), Ranged: true, From: uint32(r.Start) + 1, To: uint32(r.Start) + max(uint32(r.Count), 1)}
	if m.Service == pdu.WriteSystem && r.Count == 1 && len(m.Text) == 2 {
		o.Valued, o.Value = true, int64(binary.LittleEndian.Uint16(m.Text))
	}
	return o
}

func (p *parser) response(c *dissect.Context, m *pdu.Message, id uint64) {
	result := dissect.Accepted
	if m.Mail == pdu.MailNack || m.Status != 0 {
		result = dissect.Refused
	}
	w, ok := c.Peek(id)
	if ok {
		c.Response(nil, id, result)
	} else {
		c.Response(unknown, id, result)
	}
	c.SenderIsServer()
	if result == dissect.Refused {
		return
	}
	p.mode(c, m)
	if ok && pdu.Service(w.Tag) == pdu.ReturnIdentity {
		const source = "ge-srtp.identity"
		c.Fact(dissect.Sender, plant.FieldName, m.ControllerName(), source, 0.8)
		c.FactText(dissect.Sender, plant.FieldRole, plant.RoleController, source, 0.9)
		c.FactText(dissect.Sender, plant.FieldVendor, "GE", source, 0.6)
	}
}

// mode tells the state that every response carries, when it changes.
func (p *parser) mode(c *dissect.Context, m *pdu.Message) {
	state, ok := m.State()
	if !ok || p.state[c.Side()] == state+1 {
		return
	}
	p.state[c.Side()] = state + 1
	c.FactText(dissect.Sender, plant.FieldMode, modeName(state), "ge-srtp.status", 0.9)
}

func modeName(state uint8) string {
	switch state {
	case pdu.StateRun:
		return "run"
	case pdu.StateRunNoIO:
		return "run, outputs disabled"
	case pdu.StateStopNoIO:
		return "stop"
	case pdu.StateStopFault:
		return "stop, faulted"
	case pdu.StateHalted:
		return "halted"
	case pdu.StateSuspended:
		return "suspended"
	case pdu.StateStopWithIO:
		return "stop, I/O enabled"
	}
	return ""
}
