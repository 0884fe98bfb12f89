// Package umas tells what engineering tools do with Modicon controllers over
// UMAS, which travels inside Modbus function 90: reservations, starts and
// stops, program transfers, and what the controller says about itself. It has
// no conversation of its own: the Modbus adapter hands it the bytes.
package umas

import (
	"strconv"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/umas"
)

var verbs = dissect.NewVerbs("umas", "0x%02x", []dissect.VerbRow{
	{Code: uint32(pdu.Init), Name: "Initialize Communication", Kind: plant.Other},
	{Code: uint32(pdu.ReadID), Name: "Read ID", Kind: plant.Identify, Technique: "T0888"},
	{Code: uint32(pdu.ReadProject), Name: "Read Project Information", Kind: plant.Identify, Technique: "T0888"},
	{Code: uint32(pdu.ReadStatus), Name: "Read PLC Information", Kind: plant.Read, Technique: "T0868"},
	{Code: uint32(pdu.ReadCard), Name: "Read Memory Card Information", Kind: plant.Identify, Technique: "T0888"},
	{Code: uint32(pdu.Echo), Name: "Repeat", Kind: plant.Other},
	{Code: uint32(pdu.Reserve), Name: "Take PLC Reservation", Kind: plant.Auth},
	{Code: uint32(pdu.Release), Name: "Release PLC Reservation", Kind: plant.Auth},
	{Code: uint32(pdu.KeepAlive), Name: "Keep Alive", Kind: plant.Other},
	{Code: uint32(pdu.ReadMemory), Name: "Read Memory Block", Kind: plant.Read, Technique: "T0801"},
	{Code: uint32(pdu.WriteMemory), Name: "Write Memory Block", Kind: plant.Write, Technique: "T0855"},
	{Code: uint32(pdu.ReadVariables), Name: "Read Variables", Kind: plant.Read, Technique: "T0801"},
	{Code: uint32(pdu.WriteVariables), Name: "Write Variables", Kind: plant.Write, Technique: "T0855"},
	{Code: uint32(pdu.ReadRegisters), Name: "Read Coils and Registers", Kind: plant.Read, Technique: "T0801"},
	{Code: uint32(pdu.WriteRegisters), Name: "Write Coils and Registers", Kind: plant.Write, Technique: "T0855"},
	{Code: uint32(pdu.DataDictionary), Name: "Read Data Dictionary", Kind: plant.Read, Technique: "T0861"},
	{Code: uint32(pdu.ReadPhysical), Name: "Read Physical Address", Kind: plant.Read, Technique: "T0801"},
	{Code: uint32(pdu.WritePhysical), Name: "Write Physical Address", Kind: plant.Write, Technique: "T0855"},
	{Code: uint32(pdu.BeginDownload), Name: "Begin Program Download", Kind: plant.Program, Technique: "T0843"},
	{Code: uint32(pdu.DownloadBlock), Name: "Download Program Block", Kind: plant.Program, Technique: "T0843"},
	{Code: uint32(pdu.EndDownload), Name: "End Program Download", Kind: plant.Program, Technique: "T0843"},
	{Code: uint32(pdu.BeginUpload), Name: "Begin Program Upload", Kind: plant.Program, Technique: "T0845"},
	{Code: uint32(pdu.UploadBlock), Name: "Upload Program Block", Kind: plant.Program, Technique: "T0845"},
	{Code: uint32(pdu.EndUpload), Name: "End Program Upload", Kind: plant.Program, Technique: "T0845"},
	{Code: uint32(pdu.Backup), Name: "Program Backup", Kind: plant.Program},
	{Code: uint32(pdu.Signed), Name: "Signed Request", Kind: plant.Other},
	{Code: uint32(pdu.ReadEthMaster), Name: "Read Ethernet Master Data", Kind: plant.Read},
	{Code: uint32(pdu.Start), Name: "Start PLC", Kind: plant.Mode, Technique: "T0858"},
	{Code: uint32(pdu.Stop), Name: "Stop PLC", Kind: plant.Mode, Technique: "T0858"},
	{Code: uint32(pdu.InitPLC), Name: "Initialize PLC", Kind: plant.Mode, Technique: "T0816"},
	{Code: uint32(pdu.Swap), Name: "Swap Primary and Standby", Kind: plant.Mode, Technique: "T0858"},
	{Code: uint32(pdu.Monitor), Name: "Monitor PLC", Kind: plant.Read, Technique: "T0801"},
	{Code: uint32(pdu.ForcedBits), Name: "Forced Bits", Kind: plant.Read},
	{Code: uint32(pdu.Check), Name: "Check PLC", Kind: plant.Other},
	{Code: uint32(pdu.Nonces), Name: "Exchange Nonces", Kind: plant.Auth},
	{Code: uint32(pdu.ReadIO), Name: "Read I/O Object", Kind: plant.Read, Technique: "T0801"},
	{Code: uint32(pdu.WriteIO), Name: "Write I/O Object", Kind: plant.Write, Technique: "T0855"},
	{Code: uint32(pdu.ReadRack), Name: "Read Rack", Kind: plant.Identify, Technique: "T0888"},
	{Code: uint32(pdu.ReadModule), Name: "Read Module Status", Kind: plant.Read},
	{Code: uint32(pdu.DiagnoseModule), Name: "Diagnose Module", Kind: plant.Read},
	{Code: uint32(pdu.ResponseRefused), Name: "Refusal of an unseen request", Kind: plant.Other},
	{Code: uint32(pdu.ResponseOK), Name: "Response to an unseen request", Kind: plant.Other},
})

// Asked is the verb of the request that fills b, or of the one inside a signed
// request: for who judges messages by the same table.
func Asked(b []byte) *plant.Verb {
	m, _, err := pdu.Decode(b)
	if err != nil {
		return verbs.Get(0)
	}
	if inner, ok := m.Unwrap(); ok {
		m = inner
	}
	return verbs.Get(uint32(m.Function))
}

// Parser reads the UMAS messages of one Modbus conversation.
type Parser struct {
	scratch []byte
}

// ours keeps the identifiers of UMAS requests apart from those of the Modbus
// requests that carry them.
const ours = 1 << 62

// PDU reads one message: the bytes behind function code 90. The identifier is
// the one by which Modbus pairs a response with its request.
func (p *Parser) PDU(c *dissect.Context, id uint64, response bool, b []byte) {
	m, _, err := pdu.Decode(b)
	switch {
	case err != nil:
		c.Malformed("UMAS message cut off")
	case response:
		p.response(c, id|ours, m)
	default:
		p.request(c, id|ours, m)
	}
}

// request keeps function and sub code of the request in the tag: a response
// repeats neither.
func (p *Parser) request(c *dissect.Context, id uint64, m pdu.Message) {
	if inner, ok := m.Unwrap(); ok {
		m = inner
	}
	tag := uint64(m.Function)
	if len(m.Data) > 0 {
		tag |= uint64(m.Data[0]) << 8
	}
	c.Request(verbs.Get(uint32(m.Function)), id, object(m)).Tag = tag
	if m.Function == pdu.Reserve {
		c.Fact(dissect.Sender, plant.FieldName, pdu.Owner(m.Data), "umas.reservation", 0.8)
		c.FactText(dissect.Sender, plant.FieldRole, plant.RoleEngineering, "umas.reservation", 0.8)
	}
}

func object(m pdu.Message) dissect.Object {
	switch m.Function {
	case pdu.ReadMemory, pdu.WriteMemory:
		if r, ok := pdu.ReadRange(m.Data); ok {
			return dissect.Object{Space: "memory block", Ranged: true, From: uint32(r.Block), To: uint32(r.Block)}
		}
	case pdu.BeginDownload, pdu.DownloadBlock, pdu.EndDownload, pdu.BeginUpload, pdu.UploadBlock, pdu.EndUpload:
		return dissect.Object{Space: "program"}
	}
	return dissect.Object{}
}

func (p *Parser) response(c *dissect.Context, id uint64, m pdu.Message) {
	result := dissect.Refused
	if m.Function == pdu.ResponseOK {
		result = dissect.Accepted
	}
	w, ok := c.Peek(id)
	if !ok {
		c.Response(verbs.Get(uint32(m.Function)), id, result)
		return
	}
	c.Response(nil, id, result)
	c.SenderIsServer()
	if result == dissect.Accepted {
		p.identify(c, pdu.Function(w.Tag), uint8(w.Tag>>8), m.Data)
	}
}

func (p *Parser) identify(c *dissect.Context, asked pdu.Function, sub uint8, data []byte) {
	switch {
	case asked == pdu.ReadID:
		p.identity(c, data)
	case asked == pdu.ReadProject && sub == 0:
		p.project(c, data)
	case asked == pdu.ReadCard:
		if name := pdu.CardName(data); name != nil {
			p.scratch = append(append(p.scratch[:0], "memory card "...), name...)
			c.Fact(dissect.Sender, plant.FieldDescription, p.scratch, "umas.card", 0.9)
		}
	}
}

func (p *Parser) identity(c *dissect.Context, data []byte) {
	const source = "umas.id"
	id, ok := pdu.ReadIdentity(data)
	if !ok {
		return
	}
	c.Fact(dissect.Sender, plant.FieldProduct, id.Model, source, 0.95)
	c.Fact(dissect.Sender, plant.FieldOrderNumber, id.Model, source, 0.95)
	c.FactText(dissect.Sender, plant.FieldVendor, "Schneider Electric", source, 0.8)
	c.FactText(dissect.Sender, plant.FieldRole, plant.RoleController, source, 0.9)
	p.scratch = strconv.AppendUint(p.scratch[:0], uint64(id.Version>>8), 16)
	p.scratch = append(p.scratch, '.', '0'+byte(id.Version>>4&15)%10, '0'+byte(id.Version&15)%10)
	c.Fact(dissect.Sender, plant.FieldFirmware, p.scratch, source, 0.9)
	p.scratch = append(p.scratch[:0], "umas:0x"...)
	p.scratch = strconv.AppendUint(p.scratch, uint64(id.Ident), 16)
	c.Fact(dissect.Sender, plant.FieldProductCode, p.scratch, source, 0.8)
}

func (p *Parser) project(c *dissect.Context, data []byte) {
	project, ok := pdu.ReadProjectInfo(data)
	if !ok {
		return
	}
	p.scratch = append(append(p.scratch[:0], "project "...), project.Name...)
	for i, v := range project.Revision {
		p.scratch = append(p.scratch, " .."[i])
		p.scratch = strconv.AppendUint(p.scratch, uint64(v), 10)
	}
	c.Fact(dissect.Sender, plant.FieldSoftware, p.scratch, "umas.project", 0.9)
}
