// Package lldp tells what stations say of themselves to their neighbours with
// LLDP: name, description, port, management address, capabilities and the type
// plate of LLDP-MED.
package lldp

import (
	"net/netip"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/lldp"
)

// EtherType of LLDP.
const EtherType = 0x88cc

const source = "lldp"

// Protocol is LLDP on Ethernet.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name: "lldp", Link: []dissect.LinkType{EtherType},
		New: func() dissect.Parser { return parser{} },
	}
}

var advertisement = &plant.Verb{Protocol: "lldp", Code: "advertisement", Name: "Advertisement", Kind: plant.Identify, Technique: "T0888"}

type parser struct{}

// Parse reads one frame behind its EtherType.
func (parser) Parse(c *dissect.Context, b []byte) (int, error) {
	w, err := pdu.Decode(b)
	if err != nil {
		return 0, err
	}
	c.Send(advertisement, dissect.Object{})
	for t, ok := w.Next(); ok; t, ok = w.Next() {
		if t.Type == pdu.Organization {
			organization(c, t)
		} else {
			basic(c, t)
		}
	}
	return len(b), nil
}

func basic(c *dissect.Context, t pdu.TLV) {
	switch t.Type {
	case pdu.ChassisID:
		chassis(c, t)
	case pdu.PortID:
		port(c, t)
	case pdu.PortDescription:
		c.Fact(dissect.Sender, plant.FieldPort, t.Value, source, 0.7)
	case pdu.SystemName:
		c.Fact(dissect.Sender, plant.FieldName, t.Value, source, 0.95)
	case pdu.SystemDescription:
		c.Fact(dissect.Sender, plant.FieldDescription, t.Value, source, 0.95)
	case pdu.Capabilities:
		if enabled, ok := t.Enabled(); ok {
			capabilities(c, enabled)
		}
	case pdu.ManagementAddress:
		address(c, t.Address(), 0.9)
	}
}

// chassis reports the identifier of the whole station. The MAC address in it
// tells that ports with addresses of their own belong to one station.
func chassis(c *dissect.Context, t pdu.TLV) {
	switch t.Subtype {
	case pdu.ChassisMAC:
		if len(t.Value) == 6 {
			chassisMAC(c, plant.MAC(t.Value))
		}
	case pdu.ChassisAddress:
		address(c, t.Address(), 0.8)
	case pdu.ChassisLocal, pdu.ChassisInterface, pdu.ChassisAlias, pdu.ChassisComponent:
		// PROFINET puts the name of station here.
		c.Fact(dissect.Sender, plant.FieldName, t.Value, source, 0.7)
	}
}

func chassisMAC(c *dissect.Context, m plant.MAC) {
	if m != c.Src().MAC {
		var buf [40]byte
		c.Fact(dissect.Sender, plant.FieldFingerprint, m.AppendTo(append(buf[:0], "lldp-chassis="...)), source, 0.9)
	}
}

func port(c *dissect.Context, t pdu.TLV) {
	switch t.Subtype {
	case pdu.PortMAC:
		if len(t.Value) == 6 {
			var buf [20]byte
			c.Fact(dissect.Sender, plant.FieldPort, plant.MAC(t.Value).AppendTo(buf[:0]), source, 0.5)
		}
	case pdu.PortAddress:
		address(c, t.Address(), 0.7)
	default:
		c.Fact(dissect.Sender, plant.FieldPort, t.Value, source, 0.9)
	}
}

// address reports an IP address that the station has.
func address(c *dissect.Context, b []byte, confidence float64) {
	ip, ok := netip.AddrFromSlice(b)
	if !ok || ip.IsUnspecified() || ip.IsMulticast() {
		return
	}
	var buf [48]byte
	c.Fact(dissect.Sender, plant.FieldAddress, ip.AppendTo(buf[:0]), source, confidence)
}

// capabilities tell the role of infrastructure. A device with two ports is a
// bridge too, so that a bridge need not be a switch.
func capabilities(c *dissect.Context, enabled uint16) {
	role, confidence := "", 0.6
	switch {
	case enabled&pdu.CapTelephone != 0:
		role, confidence = plant.RolePhone, 0.9
	case enabled&pdu.CapWLAN != 0:
		role, confidence = plant.RoleAccessPoint, 0.8
	case enabled&pdu.CapRouter != 0:
		role = plant.RoleRouter
	case enabled&pdu.CapBridge != 0 && enabled&pdu.CapStation == 0:
		role, confidence = plant.RoleSwitch, 0.5
	default:
		return
	}
	c.FactText(dissect.Sender, plant.FieldRole, role, source, confidence)
}

func organization(c *dissect.Context, t pdu.TLV) {
	switch t.OUI {
	case pdu.OUIMED:
		med(c, t)
	case pdu.OUIProfinet:
		if t.Subtype == pdu.PNChassis && len(t.Value) == 6 {
			chassisMAC(c, plant.MAC(t.Value))
		}
		if t.Subtype == pdu.PNAlias {
			c.Fact(dissect.Sender, plant.FieldPort, t.Value, source, 0.6)
		}
	case pdu.OUIIANA:
		if t.Subtype == pdu.IANAMUD {
			c.Fact(dissect.Sender, plant.FieldService, append([]byte("mud "), t.Value...), source, 0.9)
		}
	}
}

// med reports the type plate of LLDP-MED.
func med(c *dissect.Context, t pdu.TLV) {
	fields := [...]plant.Field{
		pdu.MEDHardware: plant.FieldHardware, pdu.MEDFirmware: plant.FieldFirmware, pdu.MEDSoftware: plant.FieldSoftware,
		pdu.MEDSerial: plant.FieldSerial, pdu.MEDManufacturer: plant.FieldVendor, pdu.MEDModel: plant.FieldProduct,
	}
	if int(t.Subtype) < len(fields) && fields[t.Subtype] != "" {
		c.Fact(dissect.Sender, fields[t.Subtype], t.Value, source, 0.95)
	}
}
