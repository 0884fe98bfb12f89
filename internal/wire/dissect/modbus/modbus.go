// Package modbus tells what happens in Modbus/TCP conversations: who reads and
// writes which coils and registers of which unit, what was refused, and what
// devices say about themselves. Function 90 is handed to package umas.
package modbus

import (
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/umas"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/modbus"
)

// Port is the registered port.
const Port = 502

// Protocol is Modbus/TCP, and Modbus over UDP as some devices speak it.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name: "modbus", TCP: []uint16{Port}, UDP: []uint16{Port},
		Probe: probe,
		New:   func() dissect.Parser { return new(parser) },
	}
}

// verbs: ATT&CK for ICS techniques as protocols.md maps them. Function 43 with
// MEI type 13 (CANopen) is rare enough to share the row of device
// identification.
var verbs = dissect.NewVerbs("modbus", "%d", []dissect.VerbRow{
	{Code: 1, Name: "Read Coils", Kind: plant.Read, Technique: "T0801"},
	{Code: 2, Name: "Read Discrete Inputs", Kind: plant.Read, Technique: "T0801"},
	{Code: 3, Name: "Read Holding Registers", Kind: plant.Read, Technique: "T0801"},
	{Code: 4, Name: "Read Input Registers", Kind: plant.Read, Technique: "T0801"},
	{Code: 5, Name: "Write Single Coil", Kind: plant.Write, Technique: "T0855"},
	{Code: 6, Name: "Write Single Register", Kind: plant.Write, Technique: "T0855"},
	{Code: 7, Name: "Read Exception Status", Kind: plant.Read, Technique: "T0801"},
	{Code: 8, Name: "Diagnostics", Kind: plant.Other},
	{Code: 11, Name: "Get Comm Event Counter", Kind: plant.Read},
	{Code: 12, Name: "Get Comm Event Log", Kind: plant.Read},
	{Code: 15, Name: "Write Multiple Coils", Kind: plant.Write, Technique: "T0855"},
	{Code: 16, Name: "Write Multiple Registers", Kind: plant.Write, Technique: "T0855"},
	{Code: 17, Name: "Report Server ID", Kind: plant.Identify, Technique: "T0888"},
	{Code: 20, Name: "Read File Record", Kind: plant.Read, Technique: "T0801"},
	{Code: 21, Name: "Write File Record", Kind: plant.Write, Technique: "T0889"},
	{Code: 22, Name: "Mask Write Register", Kind: plant.Write, Technique: "T0855"},
	{Code: 23, Name: "Read/Write Multiple Registers", Kind: plant.Write, Technique: "T0855"},
	{Code: 24, Name: "Read FIFO Queue", Kind: plant.Read, Technique: "T0801"},
	{Code: 43, Name: "Read Device Identification", Kind: plant.Identify, Technique: "T0888"},
	{Code: 90, Name: "Unity (UMAS)", Kind: plant.Other},
	{Code: 125, Name: "Firmware Replacement", Kind: plant.Firmware, Technique: "T0857"},
})

// Diagnostics that do more than ask (specification, section 6.8).
var (
	restart    = &plant.Verb{Protocol: "modbus", Code: "8", Name: "Restart Communications", Kind: plant.Mode, Technique: "T0816"}
	listenOnly = &plant.Verb{Protocol: "modbus", Code: "8", Name: "Force Listen Only Mode", Kind: plant.Mode, Technique: "T0814"}
	clearLog   = &plant.Verb{Protocol: "modbus", Code: "8", Name: "Clear Counters", Kind: plant.Config, Technique: "T0872"}
)

// Asked is the verb of a request, and of the UMAS request that function 90
// carries: for who judges messages by the same table.
func Asked(a *pdu.ADU) *plant.Verb {
	if a.Function == pdu.Unity {
		return umas.Asked(a.Data)
	}
	verb := verbs.Get(uint32(a.Function))
	if sub, ok := a.Subfunction(); ok {
		return diagnostic(sub, verb)
	}
	return verb
}

// probe accepts bytes that are whole ADUs with a plausible function. There is
// no magic number, so it is never more than Weak.
func probe(b []byte, h dissect.Hint) dissect.Match {
	a, n, err := pdu.Decode(b)
	switch err {
	case nil:
	case pdu.ErrShort:
		if h.Stream && (len(b) < pdu.HeaderLen || len(b) < 260) {
			return dissect.Short
		}
		return dissect.No
	default:
		return dissect.No
	}
	if a.Function == 0 || a.Exception && (len(a.Data) == 0 || len(a.Data) > 2 || a.Data[0] == 0 || a.Data[0] > 11) {
		return dissect.No
	}
	if rest := b[n:]; len(rest) > 0 {
		if _, _, err := pdu.Decode(rest); err != nil && err != pdu.ErrShort {
			return dissect.No
		}
	}
	return dissect.Weak
}

type parser struct{ umas umas.Parser }

// Parse reads the ADUs in b.
func (p *parser) Parse(c *dissect.Context, b []byte) (int, error) {
	taken := 0
	for taken < len(b) {
		a, n, err := pdu.Decode(b[taken:])
		if err == pdu.ErrShort {
			break
		}
		if err != nil {
			return taken, err
		}
		p.message(c, &a)
		taken += n
	}
	return taken, nil
}

// message tells requests from responses: by the port, and by the request that
// waits where both ports are the same or another.
func (p *parser) message(c *dissect.Context, a *pdu.ADU) {
	id := uint64(a.Transaction)<<8 | uint64(a.Unit)
	response := p.isResponse(c, a, id)
	if response {
		p.response(c, a, id)
	} else {
		p.request(c, a, id)
	}
	if a.Function == pdu.Unity && !a.Exception {
		p.umas.PDU(c, id, response, a.Data)
	}
}

func (p *parser) isResponse(c *dissect.Context, a *pdu.ADU, id uint64) bool {
	switch {
	case a.Exception:
		return true
	case c.FromPort == Port && c.ToPort != Port:
		return true
	case c.ToPort == Port && c.FromPort != Port:
		return false
	}
	w, ok := c.Peek(id)
	return ok && w.Tag>>32 == uint64(a.Function)
}

func (p *parser) request(c *dissect.Context, a *pdu.ADU, id uint64) {
	verb, o := verbs.Get(uint32(a.Function)), dissect.Object{}
	if a.Unit != 0 && a.Unit != 0xff { // 0 and 255 mean the device itself
		o.Unit = uint32(a.Unit)
	}
	r, value, ok := a.Request()
	if ok {
		o.Space, o.Ranged, o.From, o.To = space(a.Function), true, uint32(r.Address), r.Last()
		if r.Count == 1 && verb.Kind == plant.Write {
			o.Valued, o.Value = true, int64(value)
		}
	}
	if sub, ok := a.Subfunction(); ok {
		verb = diagnostic(sub, verb)
	}
	c.Request(verb, id, o).Tag = uint64(a.Function)<<32 | uint64(r.Count)
}

func (p *parser) response(c *dissect.Context, a *pdu.ADU, id uint64) {
	w, ok := c.Peek(id)
	verb := verbs.Get(uint32(a.Function))
	if ok && w.Tag>>32 == uint64(a.Function) {
		verb = nil
	}
	result := dissect.Accepted
	if a.Exception {
		result = dissect.Refused
	}
	if verb != nil {
		if sub, ok := a.Subfunction(); ok {
			verb = diagnostic(sub, verb)
		}
	}
	c.Response(verb, id, result)
	if ok && verb == nil {
		c.SenderIsServer()
	}
	if !a.Exception {
		identify(c, a)
	}
}

func diagnostic(sub uint16, verb *plant.Verb) *plant.Verb {
	switch sub {
	case 1:
		return restart
	case 4:
		return listenOnly
	case 10:
		return clearLog
	}
	return verb
}

func space(f pdu.Function) string {
	switch f {
	case pdu.ReadCoils, pdu.WriteSingleCoil, pdu.WriteMultipleCoils:
		return "coils"
	case pdu.ReadDiscreteInputs:
		return "discrete inputs"
	case pdu.ReadInputRegisters:
		return "input registers"
	}
	return "holding registers"
}

// identify reads what a device says about itself.
func identify(c *dissect.Context, a *pdu.ADU) {
	switch a.Function {
	case pdu.Encapsulated:
		if a.DeviceObjects(nil) {
			a.DeviceObjects(func(o pdu.DeviceObject) { deviceObject(c, o) })
		}
	case pdu.ReportServerID:
		id, running, ok := a.ServerID()
		if !ok {
			return
		}
		c.Fact(dissect.Sender, plant.FieldDescription, id, "modbus.server-id", 0.8)
		mode := "stop"
		if running {
			mode = "run"
		}
		c.FactText(dissect.Sender, plant.FieldMode, mode, "modbus.server-id", 0.6)
	}
}

func deviceObject(c *dissect.Context, o pdu.DeviceObject) {
	field := map[uint8]plant.Field{
		pdu.ObjectVendor: plant.FieldVendor, pdu.ObjectProductCode: plant.FieldOrderNumber, pdu.ObjectRevision: plant.FieldFirmware,
		pdu.ObjectProductName: plant.FieldProduct, pdu.ObjectModelName: plant.FieldProduct, pdu.ObjectApplication: plant.FieldSoftware,
	}[o.ID]
	if field == "" {
		field = plant.FieldDescription
	}
	c.Fact(dissect.Sender, field, o.Value, "modbus.device-id", 0.95)
}
