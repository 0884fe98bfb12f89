package profinet

import (
	"encoding/hex"
	"net/netip"
	"strconv"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/protocol/pndcp"
)

// Sources of facts: what a device says, and what others give it.
const (
	sourceDCP = "profinet.dcp"
	sourceSet = "profinet.dcp.set"
)

// Set is configuration whatever it sets. What it does to the one that is set
// decides the technique: a new address or name takes a device out of its
// controller's reach, a reset to factory takes all it was given.
var (
	dcpVerbs = dissect.NewVerbs(nameDCP, "%d", []dissect.VerbRow{
		{Code: uint32(pndcp.Get), Name: "Get", Kind: plant.Read, Technique: "T0888"},
		{Code: uint32(pndcp.Set), Name: "Set", Kind: plant.Config, Technique: "T0836"},
		{Code: uint32(pndcp.Identify), Name: "Identify", Kind: plant.Identify, Technique: "T0846"},
		{Code: uint32(pndcp.Hello), Name: "Hello", Kind: plant.Identify, Technique: "T0888"},
	})
	resetVerbs = dissect.NewVerbs(nameDCP, "%d", []dissect.VerbRow{
		{Code: uint32(pndcp.Set), Name: "Set (reset to factory)", Kind: plant.Config, Technique: "T0816"},
	})
)

// dcp reads a DCP frame.
func (p *parser) dcp(c *dissect.Context, b []byte) (int, error) {
	m, n, err := pndcp.Decode(b)
	if err != nil {
		return 0, err
	}
	id := uint64(m.Service)<<32 | uint64(m.Xid)
	switch {
	case m.Service == pndcp.Hello:
		c.Send(dcpVerbs.Get(uint32(m.Service)), dissect.Object{})
		identity(c, m)
	case m.IsResponse():
		c.SenderIsServer()
		response(c, m, id)
	default:
		c.SenderIsClient()
		request(c, m, id)
	}
	return n, nil
}

func request(c *dissect.Context, m pndcp.Message, id uint64) {
	verb, o := dcpVerbs.Get(uint32(m.Service)), dissect.Object{}
	w := m.Blocks()
	for b, ok := w.Next(); ok; b, ok = w.Next() {
		switch {
		case m.Service == pndcp.Identify:
			o = sought(c, b)
		case m.Service == pndcp.Set:
			if isReset(b) {
				verb = resetVerbs.Get(uint32(m.Service))
			}
			if x := setting(c, b); x.Space != "" {
				o = x
			}
		case o.Space == "":
			o.Space = blockName(b)
		}
	}
	c.Request(verb, id, o)
}

// sought says whom an Identify looks for. The name is also a fact of the one
// that asks: it expects a device of that name.
func sought(c *dissect.Context, b pndcp.Block) dissect.Object {
	switch {
	case b.Option == pndcp.OptionAll:
		return dissect.Object{Space: "everyone"}
	case b.Is(pndcp.OptionDevice, pndcp.DeviceName), b.Is(pndcp.OptionDevice, pndcp.DeviceAlias):
		c.Fact(dissect.Sender, plant.FieldResolves, b.Value, sourceDCP, 0.5)
		return dissect.Object{Space: "station", Name: b.Value}
	}
	return dissect.Object{Space: blockName(b)}
}

func isReset(b pndcp.Block) bool {
	return b.Is(pndcp.OptionControl, pndcp.ControlFactoryReset) || b.Is(pndcp.OptionControl, pndcp.ControlReset)
}

// setting says what a Set block sets, and to what. A name that is given is known
// of both ends before the device says it.
func setting(c *dissect.Context, b pndcp.Block) dissect.Object {
	o := dissect.Object{Space: blockName(b)}
	if b.Option == pndcp.OptionControl && (b.Sub == pndcp.ControlStart || b.Sub == pndcp.ControlEnd) {
		return dissect.Object{} // the brackets of a transaction
	}
	if b.Is(pndcp.OptionDevice, pndcp.DeviceName) {
		o.Name = b.Value
		c.Fact(dissect.Receiver, plant.FieldName, b.Value, sourceSet, 0.5)
		var buf [280]byte
		t := append(append(buf[:0], b.Value[:min(len(b.Value), 240)]...), '=')
		c.Fact(dissect.Sender, plant.FieldResolves, c.Dst().MAC.AppendTo(t), sourceSet, 0.5)
	}
	if s, ok := b.Suite(); ok {
		o.Name = netip.AddrFrom4(s.Address).AppendTo(nil)
	}
	return o
}

func blockName(b pndcp.Block) string {
	switch b.Option {
	case pndcp.OptionIP:
		return "IP address"
	case pndcp.OptionDevice:
		if b.Sub == pndcp.DeviceName {
			return "name of station"
		}
		return "device properties"
	case pndcp.OptionDHCP:
		return "DHCP"
	case pndcp.OptionControl:
		switch b.Sub {
		case pndcp.ControlSignal:
			return "signal (flash LED)"
		case pndcp.ControlFactoryReset, pndcp.ControlReset:
			return "reset to factory"
		}
		return "control"
	case pndcp.OptionInitiative:
		return "device initiative"
	}
	return ""
}

func response(c *dissect.Context, m pndcp.Message, id uint64) {
	verb, result := dcpVerbs.Get(uint32(m.Service)), dissect.Answered
	if w, ok := c.Peek(id); ok {
		verb = w.Verb
	}
	if m.Type == pndcp.TypeUnsupported {
		result = dissect.Refused
	} else if m.Service == pndcp.Set {
		result = answer(m)
	}
	c.Response(verb, id, result)
	if m.Service != pndcp.Set {
		identity(c, m)
	}
}

// answer is Refused when any block of a Set was.
func answer(m pndcp.Message) dissect.Result {
	result := dissect.Answered
	w := m.Blocks()
	for b, ok := w.Next(); ok; b, ok = w.Next() {
		if a, ok := b.Answer(); ok && a.Error != 0 {
			return dissect.Refused
		} else if ok {
			result = dissect.Accepted
		}
	}
	return result
}

// identity reports what a device says of itself.
func identity(c *dissect.Context, m pndcp.Message) {
	w := m.Blocks()
	for b, ok := w.Next(); ok; b, ok = w.Next() {
		switch b.Option {
		case pndcp.OptionIP:
			addresses(c, b)
		case pndcp.OptionDevice:
			device(c, b)
		}
	}
}

func device(c *dissect.Context, b pndcp.Block) {
	switch b.Sub {
	case pndcp.DeviceVendor:
		c.Fact(dissect.Sender, plant.FieldProduct, b.Value, sourceDCP, 0.9)
	case pndcp.DeviceName:
		c.Fact(dissect.Sender, plant.FieldName, b.Value, sourceDCP, 0.95)
	case pndcp.DeviceID:
		if len(b.Value) >= 4 {
			numbers(c, b.Value)
		}
	case pndcp.DeviceRole:
		if len(b.Value) >= 1 {
			role(c, b.Value[0])
		}
	case pndcp.DeviceAlias:
		c.Fact(dissect.Sender, plant.FieldPort, b.Value, sourceDCP, 0.7)
	case pndcp.DeviceOEM:
		if len(b.Value) >= 4 {
			numbers(c, b.Value)
		}
	}
}

// numbers reports vendor and device identifier, by which the vendor and the
// description file are found.
func numbers(c *dissect.Context, v []byte) {
	var b [40]byte
	vendor := uint64(v[0])<<8 | uint64(v[1])
	c.Fact(dissect.Sender, plant.FieldVendorID, strconv.AppendUint(append(b[:0], "profinet:"...), vendor, 10), sourceDCP, 0.95)
	t := hex.AppendEncode(append(b[:0], "profinet:0x"...), v[2:4])
	c.Fact(dissect.Sender, plant.FieldDeviceType, t, sourceDCP, 0.95)
	t = hex.AppendEncode(append(b[:0], "profinet:0x"...), v[:2])
	t = hex.AppendEncode(append(t, "/0x"...), v[2:4])
	c.Fact(dissect.Sender, plant.FieldProductCode, t, sourceDCP, 0.95)
}

func role(c *dissect.Context, r uint8) {
	switch {
	case r&pndcp.RoleSupervisor != 0:
		c.FactText(dissect.Sender, plant.FieldRole, plant.RoleEngineering, sourceDCP, 0.7)
	case r&pndcp.RoleController != 0:
		c.FactText(dissect.Sender, plant.FieldRole, plant.RoleController, sourceDCP, 0.8)
	case r&pndcp.RoleDevice != 0:
		c.FactText(dissect.Sender, plant.FieldRole, plant.RoleRemoteIO, sourceDCP, 0.5)
	}
}

// addresses joins the device's MAC with the address it says it has.
func addresses(c *dissect.Context, b pndcp.Block) {
	s, ok := b.Suite()
	if !ok {
		return
	}
	if b.Info&pndcp.IPConflict != 0 {
		c.Malformed("a PROFINET device finds its IP address used by another")
	}
	var buf [16]byte
	for _, x := range [...]struct {
		field plant.Field
		value [4]byte
	}{{plant.FieldAddress, s.Address}, {plant.FieldNetmask, s.Mask}, {plant.FieldGateway, s.Gateway}} {
		if x.value == [4]byte{} || x.field == plant.FieldGateway && s.Gateway == s.Address {
			continue // a device without a gateway names itself
		}
		c.Fact(dissect.Sender, x.field, netip.AddrFrom4(x.value).AppendTo(buf[:0]), sourceDCP, 0.95)
	}
}
