// Package pccc turns PCCC messages into observations: reads and writes of data
// files, program transfer and mode changes of PLC-5, SLC 500 and MicroLogix
// controllers, and what their diagnostic status says about them. CIP carries
// most of them and calls the Parser here; CSPv4 on TCP port 2222 is a protocol
// of its own.
package pccc

import (
	"bytes"
	"strconv"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/pccc"
)

// Parser reads the PCCC messages of one conversation.
type Parser struct {
	scratch [64]byte
}

// Execute reads the data of Execute PCCC in CIP: the requestor, then a message.
// id is that of the CIP exchange.
func (p *Parser) Execute(c *dissect.Context, data []byte, id uint64) {
	_, n, err := pdu.DecodeRequestor(data)
	if err != nil {
		c.Malformed("an Execute PCCC has no requestor")
		return
	}
	p.Message(c, data[n:], id)
}

// ExecuteUnasked is Execute for a reply whose request was not seen: the
// service code alone does not say that it is PCCC.
func (p *Parser) ExecuteUnasked(c *dissect.Context, data []byte, id uint64) {
	r, n, err := pdu.DecodeRequestor(data)
	if err != nil || n != 7 || r.Serial == 0 {
		return
	}
	if m, _, err := pdu.Decode(data[n:]); err != nil || !m.Reply {
		return
	}
	p.Message(c, data[n:], id)
}

// Message reads one message and reports whether it is a reply. id is that of
// the exchange that carries it.
func (p *Parser) Message(c *dissect.Context, b []byte, id uint64) (reply bool) {
	m, _, err := pdu.Decode(b)
	if err != nil {
		c.Malformed("a PCCC message is cut")
		return false
	}
	id = pairing(id, m.Transaction)
	if m.Reply {
		p.reply(c, &m, id)
		return true
	}
	v, o := p.asked(&m)
	c.Request(v, id, o).Tag = uint64(m.Code())
	return false
}

// Asked is the verb and the object of a command, nil for what is none: for who
// judges messages by the same table. The object is good until the next call.
func (p *Parser) Asked(b []byte) (*plant.Verb, dissect.Object) {
	m, _, err := pdu.Decode(b)
	if err != nil || m.Reply {
		return nil, dissect.Object{}
	}
	return p.asked(&m)
}

func (p *Parser) asked(m *pdu.Message) (*plant.Verb, dissect.Object) {
	a, addressed := address(m)
	v := verbs.Get(uint32(m.Code()))
	if addressed && a.Type == pdu.FileLadder && ladder[v.Kind] != nil {
		v = ladder[v.Kind].Get(uint32(m.Code()))
	}
	switch {
	case addressed:
		return v, p.object(v, m, &a)
	case m.Code() == changeMode && len(m.Data) > 0:
		d := pdu.Diagnostic{Mode: m.Data[0] & 0x1f}
		mode, _ := d.ModeText()
		return v, dissect.Object{Name: append(p.scratch[:0], mode...)}
	}
	return v, dissect.Object{}
}

// address is the file that a typed logical read or write is about.
func address(m *pdu.Message) (pdu.Address, bool) {
	if m.Command != pdu.CommandTyped {
		return pdu.Address{}, false
	}
	a, err := pdu.DecodeAddress(m.Function, m.Data)
	return a, err == nil
}

// pairing names an exchange by its transaction number, apart from those that
// its carrier pairs.
func pairing(id uint64, transaction uint16) uint64 {
	return id*0x9e3779b97f4a7c15 ^ uint64(transaction) ^ 1<<61
}

func (p *Parser) reply(c *dissect.Context, m *pdu.Message, id uint64) {
	c.SenderIsServer()
	result := dissect.Accepted
	if m.Status != 0 {
		result = dissect.Refused
	}
	asked, ok := c.Response(nil, id, result)
	if !ok {
		c.Response(verbs.Get(uint32(m.Command)<<8|unknownFunction), id, result)
	}
	if m.Status == 0 && (ok && asked.Tag == diagnosticStatus || !ok && m.Command == pdu.CommandDiagnostic) {
		p.identity(c, m.Data)
	}
}

// Commands that are looked into.
const (
	diagnosticStatus = 0x0603
	changeMode       = 0x0f80
)

// identity reads the answer to Diagnostic Status.
func (p *Parser) identity(c *dissect.Context, data []byte) {
	d, err := pdu.DecodeDiagnostic(data)
	if err != nil {
		return
	}
	const source, sure = "pccc.diagnostic-status", 0.95
	bulletin := bytes.TrimRight(d.Bulletin, " ") // some clients ask every second
	c.Fact(dissect.Sender, plant.FieldOrderNumber, bulletin, source, sure)
	c.Fact(dissect.Sender, plant.FieldProduct, bulletin, source, sure)
	c.Fact(dissect.Sender, plant.FieldHardware, append(p.scratch[:0], "series "+string(d.Series)+" revision "+string(d.Revision)...), source, sure)
	c.FactText(dissect.Sender, plant.FieldVendorID, "cip:1", source, sure)
	c.FactText(dissect.Sender, plant.FieldRole, plant.RoleController, source, sure)
	mode, key := d.ModeText()
	if d.Fault != 0 {
		mode = "fault"
	}
	if mode != "" {
		c.FactText(dissect.Sender, plant.FieldMode, mode, source, sure)
	}
	if key != "" {
		c.FactText(dissect.Sender, plant.FieldKeySwitch, key, source, sure)
	}
}

// object is the file and element that a command is about: "N7:3". Reads name
// the file only, so that polling an array is one row.
func (p *Parser) object(v *plant.Verb, m *pdu.Message, a *pdu.Address) dissect.Object {
	letter := a.Type.Letter()
	o := dissect.Object{Space: a.Type.Name()}
	if letter == "" && v.Kind == plant.Read {
		return o
	}
	b := strconv.AppendUint(append(p.scratch[:0], letter...), uint64(a.File), 10)
	if letter != "" && v.Kind != plant.Read {
		b = strconv.AppendUint(append(b, ':'), uint64(a.Element), 10)
		if a.Sub > 0 {
			b = strconv.AppendUint(append(b, '.'), uint64(a.Sub), 10)
		}
		if m.Function != maskedWrite && a.Bytes == 2 && len(a.Value) == 2 {
			o.Value, o.Valued = int64(int16(uint16(a.Value[0])|uint16(a.Value[1])<<8)), true
		}
	}
	o.Name = b
	return o
}

const maskedWrite = 0xab
