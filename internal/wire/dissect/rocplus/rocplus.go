// Package rocplus tells what happens in ROC Plus conversations: who reads and
// sets points, clocks and files of flow computers, and who signs in.
package rocplus

import (
	"errors"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/rocplus"
)

// Port is the port ROC Plus devices listen on.
const Port = 4000

// Protocol is ROC Plus over TCP.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name: "roc-plus", TCP: []uint16{Port},
		Probe: probe,
		New:   func() dissect.Parser { return &parser{} },
	}
}

var verbs = dissect.NewVerbs("roc-plus", "%d", []dissect.VerbRow{
	{Code: uint32(pdu.SystemConfig), Name: "System Configuration", Kind: plant.Identify, Technique: "T0888"},
	{Code: uint32(pdu.ReadClock), Name: "Read Real-time Clock", Kind: plant.Read},
	{Code: uint32(pdu.SetClock), Name: "Set Real-time Clock", Kind: plant.Config, Technique: "T0838"},
	{Code: uint32(pdu.ReadConfigurable), Name: "Read Configurable Opcode Point Data", Kind: plant.Read, Technique: "T0801"},
	{Code: uint32(pdu.WriteConfigurable), Name: "Write Configurable Opcode Point Data", Kind: plant.Write, Technique: "T0855"},
	{Code: uint32(pdu.Login), Name: "Login", Kind: plant.Auth},
	{Code: uint32(pdu.StoreAndForward), Name: "Store and Forward", Kind: plant.Other},
	{Code: uint32(pdu.IOPosition), Name: "Request I/O Point Position", Kind: plant.Identify, Technique: "T0888"},
	{Code: uint32(pdu.UserDefinedInfo), Name: "Access User-defined Information", Kind: plant.Read, Technique: "T0888"},
	{Code: uint32(pdu.MinMaxToday), Name: "Request Today's and Yesterday's Min/Max", Kind: plant.Read, Technique: "T0801"},
	{Code: uint32(pdu.HistoryTag), Name: "Request History Tag and Periodic Index", Kind: plant.Read, Technique: "T0861"},
	{Code: uint32(pdu.AlarmData), Name: "Request Alarm Data", Kind: plant.Read},
	{Code: uint32(pdu.EventData), Name: "Request Event Data", Kind: plant.Read},
	{Code: uint32(pdu.SingleHistory), Name: "Request Single History Point Data", Kind: plant.Read, Technique: "T0801"},
	{Code: uint32(pdu.MultipleHistory), Name: "Request Multiple History Point Data", Kind: plant.Read, Technique: "T0801"},
	{Code: uint32(pdu.HistoryIndex), Name: "Request History Index", Kind: plant.Read, Technique: "T0801"},
	{Code: uint32(pdu.DailyPeriodicHistory), Name: "Request Daily and Periodic History", Kind: plant.Read, Technique: "T0801"},
	{Code: uint32(pdu.HistoryInformation), Name: "History Information Data", Kind: plant.Read, Technique: "T0801"},
	{Code: uint32(pdu.SetPoint), Name: "Set Single Point Parameters", Kind: plant.Write, Technique: "T0855"},
	{Code: uint32(pdu.ReadPoint), Name: "Request Single Point Parameters", Kind: plant.Read, Technique: "T0801"},
	{Code: uint32(pdu.ReadParameters), Name: "Request Parameters", Kind: plant.Read, Technique: "T0801"},
	{Code: uint32(pdu.WriteParameters), Name: "Write Parameters", Kind: plant.Write, Technique: "T0855"},
	{Code: uint32(pdu.FileTransfer), Name: "General File Transfer", Kind: plant.Program, Technique: "T0845"},
	{Code: uint32(pdu.PeerToPeer), Name: "Peer-to-peer Network Message", Kind: plant.Other},
	{Code: uint32(pdu.TransactionHistory), Name: "Read Transaction History", Kind: plant.Read, Technique: "T0801"},
	{Code: uint32(pdu.SpontaneousReport), Name: "Spontaneous Report by Exception", Kind: plant.Other},
	{Code: uint32(pdu.AcknowledgeReport), Name: "Acknowledge Spontaneous Report", Kind: plant.Other},
	{Code: uint32(pdu.ErrorIndicator), Name: "Error Indicator", Kind: plant.Other},
})

// File transfers that change files.
var (
	fileWrite  = &plant.Verb{Protocol: "roc-plus", Code: "203", Name: "General File Transfer (write)", Kind: plant.Program, Technique: "T0843"}
	fileDelete = &plant.Verb{Protocol: "roc-plus", Code: "203", Name: "General File Transfer (delete)", Kind: plant.Program, Technique: "T0889"}
)

// probe relies on the checksum; a second message that fits makes it sure.
func probe(b []byte, h dissect.Hint) dissect.Match {
	if !h.Stream {
		return dissect.No
	}
	m, n, err := pdu.Decode(b)
	switch {
	case errors.Is(err, pdu.ErrShort):
		return dissect.Short
	case err != nil || m.Opcode == 0:
		return dissect.No
	}
	if n < len(b) {
		if _, _, err := pdu.Decode(b[n:]); err == nil {
			return dissect.Strong
		} else if !errors.Is(err, pdu.ErrShort) {
			return dissect.No
		}
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
		p.message(c, &m)
		taken += n
	}
	return taken, nil
}

// message tells request from response by the port of the device, since both
// look alike; a spontaneous report comes from the device and is answered.
func (p *parser) message(c *dissect.Context, m *pdu.Message) {
	fromDevice := c.FromPort == Port
	if c.FromPort != Port && c.ToPort != Port {
		_, fromDevice = c.Peek(uint64(m.Opcode))
	}
	switch {
	case m.Opcode == pdu.ErrorIndicator:
		p.failure(c)
	case m.Opcode == pdu.SpontaneousReport, m.Opcode == pdu.PeerToPeer:
		c.Send(verbs.Get(uint32(m.Opcode)), dissect.Object{})
	case fromDevice:
		p.response(c, m)
	default:
		p.request(c, m)
	}
}

func (p *parser) request(c *dissect.Context, m *pdu.Message) {
	verb, o := verbs.Get(uint32(m.Opcode)), dissect.Object{Unit: uint32(m.DestinationUnit)}
	if point, _, ok := m.Point(); ok {
		o.Space, o.Ranged, o.From, o.To = "point type", true, uint32(point.Type), uint32(point.Type)
	}
	if command, ok := m.FileCommand(); ok {
		switch command {
		case 3:
			verb = fileWrite
		case 5:
			verb = fileDelete
		}
	}
	c.Request(verb, uint64(m.Opcode), o)
	if login, ok := m.Credentials(); ok {
		p.login(c, login)
	}
}

// login tells who signs in. ROC Plus has no encryption: the password crosses in
// clear, and is not read.
func (p *parser) login(c *dissect.Context, login pdu.Credentials) {
	const source = "roc-plus.login"
	if len(login.Operator) == 0 || login.Logout {
		return
	}
	c.Fact(dissect.Sender, plant.FieldUser, login.Operator, source, 0.9)
	p.scratch = append(append(p.scratch[:0], "roc-plus user "...), login.Operator...)
	c.Fact(dissect.Receiver, plant.FieldCleartextLogin, p.scratch, source, 0.95)
}

func (p *parser) response(c *dissect.Context, m *pdu.Message) {
	verb := verbs.Get(uint32(m.Opcode))
	if _, ok := c.Peek(uint64(m.Opcode)); ok {
		verb = nil
	}
	c.Response(verb, uint64(m.Opcode), dissect.Accepted)
	c.SenderIsServer()
	if s, ok := m.System(); ok {
		identify(c, s)
	}
}

// failure is the answer to whichever request was refused. The device does not
// repeat its opcode.
func (p *parser) failure(c *dissect.Context) {
	c.Send(verbs.Get(uint32(pdu.ErrorIndicator)), dissect.Object{})
}

func identify(c *dissect.Context, s pdu.System) {
	const source = "roc-plus.system"
	c.FactText(dissect.Sender, plant.FieldVendor, "Emerson", source, 0.8)
	c.FactText(dissect.Sender, plant.FieldRole, plant.RoleController, source, 0.9)
	if s.Type == 6 {
		c.FactText(dissect.Sender, plant.FieldProduct, "ROC800", source, 0.95)
	}
	switch s.Mode {
	case 0:
		c.FactText(dissect.Sender, plant.FieldMode, "firmware update", source, 0.95)
	case 1:
		c.FactText(dissect.Sender, plant.FieldMode, "run", source, 0.95)
	}
}
