package snmp

import (
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/protocol/ber"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/snmp"
)

// identify reads what the variables of a message say about its sender.
func (p *parser) identify(c *dissect.Context, m *pdu.Message) {
	bindings := m.Bindings()
	for {
		b, ok := bindings.Next()
		if !ok {
			return
		}
		if scalar, ok := pdu.SystemScalar(b.OID); ok {
			p.system(c, scalar, b)
		} else if column, row, ok := pdu.EntityCell(b.OID); ok {
			entity(c, column, row, b)
		}
	}
}

const sourceSystem = "snmp.system"

func (p *parser) system(c *dissect.Context, scalar uint8, b pdu.Binding) {
	if scalar == pdu.SysObjectID && b.Value.Tag == ber.ObjectIdentifier {
		oid := b.Value.Body[:min(len(b.Value.Body), 64)]
		if text, ok := ber.AppendOID(append(p.text[:0], "snmp:"...), oid); ok {
			c.Fact(dissect.Sender, plant.FieldProductCode, text, sourceSystem, 0.9)
		}
		p.enterprise(c, oid, sourceSystem, 0.9)
		return
	}
	field := map[uint8]plant.Field{
		pdu.SysDescr: plant.FieldDescription, pdu.SysContact: plant.FieldContact,
		pdu.SysName: plant.FieldName, pdu.SysLocation: plant.FieldLocation,
	}[scalar]
	if text, ok := b.Text(); ok && field != "" {
		c.Fact(dissect.Sender, field, text, sourceSystem, 0.95)
	}
}

// netSNMP is the number of the program that answers on Linux: it says nothing
// about the device.
const netSNMP = 8072

// enterprise reports the vendor that an object identifier belongs to.
func (p *parser) enterprise(c *dissect.Context, oid []byte, source string, confidence float64) {
	if v, ok := pdu.Enterprise(oid); ok && v != netSNMP {
		c.Fact(dissect.Sender, plant.FieldVendorID, p.number(v), source, confidence)
	}
}

// columns are those of the table of physical entities that are worth a fact.
var columns = map[uint8]plant.Field{
	pdu.EntityHardware: plant.FieldHardware, pdu.EntityFirmware: plant.FieldFirmware, pdu.EntitySoftware: plant.FieldFirmware,
	pdu.EntitySerial: plant.FieldSerial, pdu.EntityManufacturer: plant.FieldVendor, pdu.EntityModel: plant.FieldProduct,
}

// entity reports one cell of the table. The first row is the device itself in
// nearly every agent; the others are its modules.
func entity(c *dissect.Context, column uint8, row uint32, b pdu.Binding) {
	const maxSlot = 1<<15 - 1
	field := columns[column]
	text, ok := b.Text()
	if field == "" || !ok || row == 0 || row > maxSlot {
		return
	}
	who := dissect.Sender
	if row > 1 {
		who = dissect.Module(int(row))
	}
	c.Fact(who, field, text, "snmp.entity", 0.95)
}
