// Package powerlink tells who manages a POWERLINK segment, who its nodes say
// they are, who stops and resets them, and who reads and writes their objects.
package powerlink

import (
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"strconv"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/powerlink"
)

// EtherType and UDP port of POWERLINK.
const (
	EtherType = 0x88ab
	Port      = 3819
)

const source = "powerlink.ident"

// Protocol is POWERLINK on Ethernet and over UDP.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name: "powerlink", Link: []dissect.LinkType{EtherType}, UDP: []uint16{Port},
		Probe: probe,
		New:   func() dissect.Parser { return &parser{} },
	}
}

// probe: over UDP only asynchronous frames with one of few services come.
func probe(b []byte, h dissect.Hint) dissect.Match {
	f, err := pdu.Decode(b)
	if h.Stream || err != nil || f.Type != pdu.ASnd || f.Service == 0 || f.Service > 7 {
		return dissect.No
	}
	return dissect.Weak
}

var (
	verbs = dissect.NewVerbs("powerlink", "%d", []dissect.VerbRow{
		{Code: uint32(pdu.SoC), Name: "Start of Cycle", Kind: plant.Other},
		{Code: uint32(pdu.PReq), Name: "Poll Request", Kind: plant.Other},
		{Code: uint32(pdu.PRes), Name: "Poll Response", Kind: plant.Other},
		{Code: uint32(pdu.SoA), Name: "Start of Asynchronous", Kind: plant.Other},
		{Code: uint32(pdu.ASnd), Name: "Asynchronous Send", Kind: plant.Other},
		{Code: uint32(pdu.AMNI), Name: "Active Managing Node Indication", Kind: plant.Other},
		{Code: uint32(pdu.AInv), Name: "Asynchronous Invite", Kind: plant.Other},
	})
	ident  = &plant.Verb{Protocol: "powerlink", Code: "6.1", Name: "Ident Response", Kind: plant.Identify, Technique: "T0888"}
	status = &plant.Verb{Protocol: "powerlink", Code: "6.2", Name: "Status Response", Kind: plant.Read}
	// NMT commands of a plain state (0x20 and up), resets (0x28 and up) and the
	// others.
	start    = &plant.Verb{Protocol: "powerlink", Code: "6.4", Name: "NMT Command (start)", Kind: plant.Mode, Technique: "T0858"}
	stop     = &plant.Verb{Protocol: "powerlink", Code: "6.4", Name: "NMT Command (stop)", Kind: plant.Mode, Technique: "T0858"}
	reset    = &plant.Verb{Protocol: "powerlink", Code: "6.4", Name: "NMT Command (reset)", Kind: plant.Mode, Technique: "T0816"}
	command  = &plant.Verb{Protocol: "powerlink", Code: "6.4", Name: "NMT Command", Kind: plant.Other}
	sequence = &plant.Verb{Protocol: "powerlink", Code: "6.5", Name: "SDO", Kind: plant.Other}
	read     = &plant.Verb{Protocol: "powerlink", Code: "6.5", Name: "SDO Read by Index", Kind: plant.Read, Technique: "T0861"}
	write    = &plant.Verb{Protocol: "powerlink", Code: "6.5", Name: "SDO Write by Index", Kind: plant.Config, Technique: "T0836"}
)

type parser struct {
	managing bool
}

// Parse reads one frame.
func (p *parser) Parse(c *dissect.Context, b []byte) (int, error) {
	f, err := pdu.Decode(b)
	if err != nil {
		return 0, err
	}
	switch {
	case f.Type != pdu.ASnd:
		c.Send(verbs.Get(uint32(f.Type)), dissect.Object{})
	case f.Service == pdu.ServiceIdent:
		c.Send(ident, dissect.Object{})
		identity(c, f)
	case f.Service == pdu.ServiceStatus:
		c.Send(status, dissect.Object{})
	case f.Service == pdu.ServiceNMTCommand:
		nmt(c, f)
	case f.Service == pdu.ServiceSDO:
		sdo(c, f)
	default:
		c.Send(verbs.Get(uint32(f.Type)), dissect.Object{})
	}
	if !p.managing && (f.Type == pdu.SoC || f.Type == pdu.SoA) {
		p.managing = true // a hundred thousand of them follow
		c.FactText(dissect.Sender, plant.FieldRole, plant.RoleController, "powerlink.cycle", 0.9)
		c.FactText(dissect.Sender, plant.FieldService, "powerlink managing node", "powerlink.cycle", 0.95)
	}
	return len(b), nil
}

func nmt(c *dissect.Context, f pdu.Frame) {
	verb := command
	switch x, _ := f.Command(); {
	case x == 0x21, x == 0x25:
		verb = start
	case x == 0x22, x == 0x26:
		verb = stop
	case x >= 0x28 && x <= 0x2b:
		verb = reset
	}
	c.Send(verb, dissect.Object{Space: "node", Unit: uint32(f.Destination)})
}

func sdo(c *dissect.Context, f pdu.Frame) {
	s, ok := f.SDO()
	switch {
	case !ok:
		c.Send(sequence, dissect.Object{})
		return
	case s.Response:
		c.SenderIsServer()
		result := dissect.Accepted
		if s.Abort {
			result = dissect.Refused
		}
		verb := read
		if w, ok := c.Peek(uint64(s.Transaction)); ok {
			verb = w.Verb
		}
		c.Response(verb, uint64(s.Transaction), result)
		return
	}
	c.SenderIsClient()
	o := dissect.Object{Space: "object", Ranged: true, From: uint32(s.Index), To: uint32(s.Index)}
	verb := sequence
	switch s.Command {
	case pdu.ReadByIndex:
		verb = read
	case pdu.WriteByIndex:
		verb = write
		if len(s.Data) == 4 {
			o.Valued, o.Value = true, int64(binary.LittleEndian.Uint32(s.Data))
		}
	}
	c.Request(verb, uint64(s.Transaction), o)
}

// identity reports what a node says of itself.
func identity(c *dissect.Context, f pdu.Frame) {
	id, ok := f.Identity()
	if !ok {
		return
	}
	var buf [64]byte
	c.Fact(dissect.Sender, plant.FieldUnit, strconv.AppendUint(append(buf[:0], "powerlink node "...), uint64(f.Source), 10), source, 0.95)
	c.Fact(dissect.Sender, plant.FieldName, id.Host, source, 0.9)
	c.Fact(dissect.Sender, plant.FieldVendorID, hex8(append(buf[:0], "powerlink:0x"...), id.Vendor), source, 0.95)
	t := hex8(append(buf[:0], "powerlink:0x"...), id.Vendor)
	c.Fact(dissect.Sender, plant.FieldProductCode, hex8(append(t, "/0x"...), id.Product), source, 0.95)
	c.Fact(dissect.Sender, plant.FieldDeviceType, hex8(append(buf[:0], "powerlink:0x"...), id.DeviceType), source, 0.9)
	c.Fact(dissect.Sender, plant.FieldHardware, hex8(append(buf[:0], "revision 0x"...), id.Revision), source, 0.7)
	if id.Serial != 0 {
		c.Fact(dissect.Sender, plant.FieldSerial, strconv.AppendUint(buf[:0], uint64(id.Serial), 10), source, 0.95)
	}
	if id.Address != [4]byte{} {
		c.Fact(dissect.Sender, plant.FieldAddress, netip.AddrFrom4(id.Address).AppendTo(buf[:0]), source, 0.9)
	}
}

func hex8(b []byte, v uint32) []byte {
	return hex.AppendEncode(b, []byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)})
}
