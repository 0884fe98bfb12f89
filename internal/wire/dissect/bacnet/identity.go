package bacnet

import (
	"net/netip"
	"strconv"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/bacnet"
)

// Sources of facts.
const (
	sourceIAm      = "bacnet.iam"
	sourceNotifier = "bacnet.notification"
	sourceProperty = "bacnet.property"
)

// unitNames remembers what was last said of a unit behind this conversation, so
// that a message that says nothing new costs nothing.
type unitNames struct {
	device pdu.Object
	behind bool
	seen   bool
}

// device reports what an I-Am says.
func (p *parser) device(c *dissect.Context, m message, id pdu.Identity) {
	p.unit(c, m, id.Device, sourceIAm)
	vendor := strconv.AppendUint(append(p.text[:0], "bacnet:"...), uint64(id.Vendor), 10)
	p.text = vendor[:0]
	if m.behind() {
		p.detail(c, id.Device, "vendor", vendor, sourceIAm)
		return
	}
	c.Fact(dissect.Sender, plant.FieldVendorID, vendor, sourceIAm, 0.95)
	c.FactText(dissect.Sender, plant.FieldRole, plant.RoleBuilding, sourceIAm, 0.5)
}

// unit reports that the device with that instance is the sender, or stands
// behind it.
func (p *parser) unit(c *dissect.Context, m message, device pdu.Object, source string) {
	now := unitNames{device, m.behind(), true}
	if p.units == now || device.Type() != pdu.DeviceType || device.Instance() == pdu.MaxInstance {
		return
	}
	p.units = now
	t := unitText(p.text[:0], device)
	switch {
	case m.net.HasSource:
		t = strconv.AppendUint(append(t, " on network "...), uint64(m.net.SourceNet), 10)
	case len(m.origin) == 6:
		t = netip.AddrFrom4([4]byte(m.origin)).AppendTo(append(t, " at "...))
	}
	c.Fact(dissect.Sender, plant.FieldUnit, t, source, 0.95)
	p.text = t[:0]
}

func unitText(b []byte, device pdu.Object) []byte {
	return strconv.AppendUint(append(b, "bacnet device "...), uint64(device.Instance()), 10)
}

// detail reports one thing about a device behind the sender.
func (p *parser) detail(c *dissect.Context, device pdu.Object, what string, value []byte, source string) {
	var buf [256]byte
	t := append(append(unitText(buf[:0], device), ", "...), what...)
	t = append(append(t, ' '), value...)
	c.Fact(dissect.Sender, plant.FieldUnit, t, source, 0.9)
}

// notifier reports the device that sends a change of value or an event: it is
// named in the message.
func (p *parser) notifier(c *dissect.Context, m message) {
	t, ok := pdu.ContextTag(m.Data, 1)
	if !ok {
		return
	}
	if x, ok := t.Object(); ok && x.Type() == pdu.DeviceType {
		p.unit(c, m, x, sourceNotifier)
	}
}

// identityProperty is a property of the device object that names the device.
type identityProperty struct {
	id    uint32
	field plant.Field
	name  string
}

var identityProperties = [...]identityProperty{
	{pdu.PropVendor, plant.FieldVendor, "vendor-name"},
	{pdu.PropModel, plant.FieldProduct, "model-name"},
	{pdu.PropFirmware, plant.FieldFirmware, "firmware-revision"},
	{pdu.PropSoftware, plant.FieldSoftware, "application-software-version"},
	{pdu.PropName, plant.FieldName, "object-name"},
	{pdu.PropDescription, plant.FieldDescription, "description"},
	{pdu.PropLocation, plant.FieldLocation, "location"},
	{pdu.PropSerial, plant.FieldSerial, "serial-number"},
}

// properties reports what the device object in an acknowledgement says.
func (p *parser) properties(c *dissect.Context, m message, data []byte) {
	w := pdu.WalkProperties(m.Type, m.Service, data)
	for x, ok := w.Next(); ok; x, ok = w.Next() {
		if x.Object.Type() != pdu.DeviceType || x.Failed || x.HasIndex {
			continue
		}
		p.unit(c, m, x.Object, sourceProperty)
		t, _, err := pdu.NextTag(x.Values)
		if err != nil || t.Context {
			continue
		}
		p.property(c, m, x, t)
	}
}

func (p *parser) property(c *dissect.Context, m message, x pdu.Property, t pdu.Tag) {
	switch {
	case x.ID == pdu.PropStatus && t.Number == pdu.TagEnumerated:
		status(c, m, t)
	case x.ID == pdu.PropVendorID && t.Number == pdu.TagUnsigned && !m.behind():
		if v, ok := t.Uint(); ok {
			p.text = strconv.AppendUint(append(p.text[:0], "bacnet:"...), uint64(v), 10)
			c.Fact(dissect.Sender, plant.FieldVendorID, p.text, sourceProperty, 0.95)
		}
	case t.Number == pdu.TagString:
		for i := range identityProperties {
			if k := &identityProperties[i]; k.id == x.ID {
				p.text = pdu.AppendText(p.text[:0], t.Value)
				p.tell(c, m, x.Object, k)
			}
		}
	}
}

// tell reports the text at hand as a fact about the sender, or about the unit
// behind it.
func (p *parser) tell(c *dissect.Context, m message, device pdu.Object, k *identityProperty) {
	if m.behind() {
		p.detail(c, device, k.name, p.text, sourceProperty)
		return
	}
	c.Fact(dissect.Sender, k.field, p.text, sourceProperty, 0.95)
}

// status reports a device that does not work as it should.
func status(c *dissect.Context, m message, t pdu.Tag) {
	states := [...]string{"operational", "operational, read only", "download required", "download in progress", "non-operational", "backup in progress"}
	if v, ok := t.Uint(); ok && int(v) < len(states) && !m.behind() {
		c.FactText(dissect.Sender, plant.FieldMode, states[v], sourceProperty, 0.9)
	}
}
