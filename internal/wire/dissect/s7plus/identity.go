package s7plus

import (
	"bytes"
	"strconv"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/s7plus"
)

// client reports what the sender of a request for a session says of itself.
func (p *Parser) client(c *dissect.Context, w pdu.Walker) {
	c.SenderIsClient()
	if p.Role != "" {
		c.FactText(dissect.Sender, plant.FieldRole, p.Role, "s7comm-plus.tsap", 0.5)
	}
	for {
		f, ok := w.Next()
		if !ok || f.Kind == pdu.ObjectStart || f.Kind == pdu.ObjectEnd {
			return
		}
		if f.Kind != pdu.Attribute || f.Value.Type != pdu.WString {
			continue
		}
		switch f.ID {
		case pdu.AttrSessionHost:
			c.Fact(dissect.Sender, plant.FieldName, host(f.Value.Bytes), "s7comm-plus.session", 0.5)
		case pdu.AttrSessionApplication:
			c.Fact(dissect.Sender, plant.FieldSoftware, f.Value.Bytes, "s7comm-plus.session", 0.7)
		}
	}
}

// host is the computer's name in what a client gives as host. TIA Portal
// appends the number of the session; panels and drivers give other texts.
func host(text []byte) []byte {
	if i := bytes.LastIndexByte(text, '_'); i > 0 && len(text)-i > 4 && digits(text[i+1:]) {
		text = text[:i]
	}
	for _, c := range text {
		if c != '-' && c != '_' && c != '.' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') {
			return nil
		}
	}
	return text
}

func digits(b []byte) bool {
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// tell reports what a response says about its sender. asked is the tag of the
// request, 0 when that was not seen.
func (p *Parser) tell(c *dissect.Context, m pdu.Message, asked uint64) {
	switch m.Function {
	case pdu.CreateObject:
		p.session(c, m)
	case pdu.GetVarSubStreamed:
		v, ok := pdu.Streamed(m)
		switch {
		case !ok:
		case v.Type == pdu.Blob && asked&ofCPU != 0:
			p.maintenance(c, v.Bytes)
		case uint32(asked) == pdu.AttrEffectiveProtection && !v.Array:
			protection(c, v.Int)
		}
	}
}

// session reads the version in a new session. A session in clear means that
// everything after it is in clear too: newer controllers ask for TLS first.
func (p *Parser) session(c *dissect.Context, m pdu.Message) {
	w := pdu.Content(m)
	first, ok := w.Next()
	if !ok || first.Class != pdu.ClassServerSession {
		return
	}
	c.FactText(dissect.Sender, plant.FieldRole, plant.RoleController, "s7comm-plus.session", 0.8)
	c.FactText(dissect.Sender, plant.FieldSecurity, "s7comm-plus.tls=off", "s7comm-plus.session", 0.9)
	p.versions(c, dissect.Sender, w, 0.95)
}

// versions finds order number and firmware in a session's version. A client
// sends back what its project expects, which is less sure.
func (p *Parser) versions(c *dissect.Context, who dissect.Subject, w pdu.Walker, sure float64) {
	for {
		f, ok := w.Next()
		if !ok {
			return
		}
		if f.Kind != pdu.Element || f.Value.Type != pdu.WString || f.ID != pdu.AttrSystemVersion && f.ID != pdu.AttrProjectVersion {
			continue
		}
		if order, firmware, ok := pdu.DecodeVersionText(f.Value.Bytes); ok {
			c.Fact(who, plant.FieldOrderNumber, order, "s7comm-plus.session", sure)
			c.Fact(who, plant.FieldFirmware, firmware, "s7comm-plus.session", sure)
		}
	}
}

// maintenance reads the CPU's identification and maintenance record.
func (p *Parser) maintenance(c *dissect.Context, blob []byte) {
	r, ok := pdu.DecodeIdentity(blob)
	if !ok {
		return
	}
	const source, sure = "s7comm-plus.im0", 0.95
	c.Fact(dissect.Sender, plant.FieldOrderNumber, r.Order, source, sure)
	c.Fact(dissect.Sender, plant.FieldSerial, r.Serial, source, sure)
	c.Fact(dissect.Sender, plant.FieldFirmware, r.AppendFirmware(p.name[:0]), source, sure)
	c.Fact(dissect.Sender, plant.FieldHardware, strconv.AppendUint(p.name[:0], uint64(r.Hardware), 10), source, sure)
	c.Fact(dissect.Sender, plant.FieldVendorID, strconv.AppendUint(append(p.name[:0], "profinet:"...), uint64(r.Vendor), 10), source, sure)
}

// protection reports the access that a session without a password has.
func protection(c *dissect.Context, level int64) {
	switch level {
	case 1:
		c.FactText(dissect.Sender, plant.FieldSecurity, "s7comm-plus.protection=none", "s7comm-plus.protection", 0.9)
	case 2, 3, 4:
		c.FactText(dissect.Sender, plant.FieldSecurity, "s7comm-plus.protection=on", "s7comm-plus.protection", 0.9)
	}
}
