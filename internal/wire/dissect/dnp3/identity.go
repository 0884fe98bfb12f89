package dnp3

import (
	"strconv"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/dnp3"
)

// said is what was told last about one side, so as not to tell it each time.
type said struct {
	station     uint32 // address + 1
	indications uint16
}

// tell reports the addresses of outstation and master, once for each change.
func (p *parser) tell(c *dissect.Context, outstation, master uint16, where dissect.Subject) {
	side, other := c.Side(), dissect.Receiver
	if where == dissect.Receiver {
		side, other = 1-side, dissect.Sender
	}
	s := &p.said[side]
	if s.station == uint32(outstation)+1 {
		return
	}
	s.station = uint32(outstation) + 1
	station(c, where, outstation, plant.RoleController)
	station(c, other, master, plant.RoleSCADA)
}

// station reports one link address. The highest are those of all stations.
func station(c *dissect.Context, who dissect.Subject, address uint16, role plant.Role) {
	const firstBroadcast = 0xfffd
	if address < firstBroadcast {
		var text [16]byte
		c.Fact(who, plant.FieldUnit, strconv.AppendUint(append(text[:0], "dnp3:"...), uint64(address), 10), "dnp3", 0.9)
	}
	c.FactText(who, plant.FieldRole, role, "dnp3", 0.4)
}

// indications reports the state that an outstation's responses carry.
func (p *parser) indications(c *dissect.Context, x *pdu.Fragment) {
	const watched = pdu.LocalControl | pdu.DeviceTrouble | pdu.ConfigCorrupt
	s := &p.said[c.Side()]
	fresh := x.Indications & watched &^ s.indications
	s.indications = x.Indications & watched
	if fresh&pdu.LocalControl != 0 {
		c.FactText(dissect.Sender, plant.FieldKeySwitch, "local", "dnp3.indications", 0.9)
	}
	if fresh&pdu.DeviceTrouble != 0 {
		c.FactText(dissect.Sender, plant.FieldMode, "trouble", "dnp3.indications", 0.9)
	}
	if fresh&pdu.ConfigCorrupt != 0 {
		c.FactText(dissect.Sender, plant.FieldMode, "configuration corrupt", "dnp3.indications", 0.9)
	}
}

// fields are the device attributes worth a fact.
var fields = map[uint8]plant.Field{
	pdu.AttrSoftware: plant.FieldFirmware, pdu.AttrHardware: plant.FieldHardware, pdu.AttrLocation: plant.FieldLocation,
	pdu.AttrID: plant.FieldDescription, pdu.AttrName: plant.FieldName, pdu.AttrSerial: plant.FieldSerial,
	pdu.AttrProduct: plant.FieldProduct, pdu.AttrManufacturer: plant.FieldVendor,
}

// attributes reads the device attributes in a response.
func attributes(c *dissect.Context, x *pdu.Fragment) {
	if len(x.Objects) == 0 || x.Objects[0] != pdu.GroupAttributes {
		return
	}
	headers := x.Headers()
	for {
		h, ok := headers.Next()
		if !ok || h.Group != pdu.GroupAttributes {
			return
		}
		points := h.Points()
		for {
			p, ok := points.Next()
			if !ok {
				break
			}
			field := fields[p.Variation]
			if text, ok := p.Attribute(); ok && field != "" {
				c.Fact(dissect.Sender, field, text, "dnp3.attribute", 0.95)
			}
		}
	}
}
