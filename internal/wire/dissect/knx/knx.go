// Package knx tells who KNXnet/IP devices say they are, who tunnels or routes
// to the bus behind them, and what they do there: write to groups, write
// memory, restart devices.
package knx

import (
	"encoding/binary"
	"encoding/hex"
	"strconv"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/knx"
)

// Port is the registered port.
const Port = 3671

const source = "knx.description"

// Protocol is KNXnet/IP over UDP and TCP.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name: "knx", UDP: []uint16{Port}, TCP: []uint16{Port},
		Probe: probe,
		New:   func() dissect.Parser { return parser{} },
	}
}

// probe is sure of a header of version 1.0 with a known service whose length is
// that of the datagram.
func probe(b []byte, h dissect.Hint) dissect.Match {
	m, n, err := pdu.Decode(b)
	switch {
	case err == pdu.ErrShort && h.Stream:
		return dissect.Short
	case err != nil || !m.Service.Known():
		return dissect.No
	case n == len(b) && !h.Stream:
		return dissect.Strong
	}
	return dissect.Weak
}

var (
	verbs = dissect.NewVerbs("knx", "0x%04x", []dissect.VerbRow{
		{Code: uint32(pdu.SearchRequest), Name: "Search Request", Kind: plant.Identify, Technique: "T0846"},
		{Code: uint32(pdu.SearchResponse), Name: "Search Response", Kind: plant.Identify, Technique: "T0846"},
		{Code: uint32(pdu.DescriptionRequest), Name: "Description Request", Kind: plant.Identify, Technique: "T0888"},
		{Code: uint32(pdu.DescriptionResponse), Name: "Description Response", Kind: plant.Identify, Technique: "T0888"},
		{Code: uint32(pdu.ConnectRequest), Name: "Connect Request", Kind: plant.Other},
		{Code: uint32(pdu.ConnectResponse), Name: "Connect Response", Kind: plant.Other},
		{Code: uint32(pdu.StateRequest), Name: "Connection State Request", Kind: plant.Other},
		{Code: uint32(pdu.StateResponse), Name: "Connection State Response", Kind: plant.Other},
		{Code: uint32(pdu.DisconnectRequest), Name: "Disconnect Request", Kind: plant.Other},
		{Code: uint32(pdu.DisconnectResponse), Name: "Disconnect Response", Kind: plant.Other},
		{Code: uint32(pdu.SearchRequestExt), Name: "Search Request Extended", Kind: plant.Identify, Technique: "T0846"},
		{Code: uint32(pdu.SearchResponseExt), Name: "Search Response Extended", Kind: plant.Identify, Technique: "T0846"},
		{Code: uint32(pdu.DeviceConfig), Name: "Device Configuration Request", Kind: plant.Other},
		{Code: uint32(pdu.DeviceConfigAck), Name: "Device Configuration Ack", Kind: plant.Other},
		{Code: uint32(pdu.Tunnel), Name: "Tunnelling Request", Kind: plant.Other},
		{Code: uint32(pdu.TunnelAck), Name: "Tunnelling Ack", Kind: plant.Other},
		{Code: uint32(pdu.FeatureGet), Name: "Tunnelling Feature Get", Kind: plant.Read},
		{Code: uint32(pdu.FeatureResponse), Name: "Tunnelling Feature Response", Kind: plant.Read},
		{Code: uint32(pdu.FeatureSet), Name: "Tunnelling Feature Set", Kind: plant.Config, Technique: "T0836"},
		{Code: uint32(pdu.FeatureInfo), Name: "Tunnelling Feature Info", Kind: plant.Read},
		{Code: uint32(pdu.Routing), Name: "Routing Indication", Kind: plant.Other},
		{Code: uint32(pdu.RoutingLost), Name: "Routing Lost Message", Kind: plant.Other},
		{Code: uint32(pdu.RoutingBusy), Name: "Routing Busy", Kind: plant.Other},
		{Code: uint32(pdu.RemoteDiagRequest), Name: "Remote Diagnostic Request", Kind: plant.Identify, Technique: "T0888"},
		{Code: uint32(pdu.RemoteDiagResponse), Name: "Remote Diagnostic Response", Kind: plant.Identify, Technique: "T0888"},
		{Code: uint32(pdu.RemoteConfig), Name: "Remote Basic Configuration Request", Kind: plant.Config, Technique: "T0836"},
		{Code: uint32(pdu.RemoteReset), Name: "Remote Reset Request", Kind: plant.Mode, Technique: "T0816"},
		{Code: uint32(pdu.SecureWrapper), Name: "Secure Wrapper", Kind: plant.Other},
	})
	// Telegrams: the code is the application service.
	telegrams = dissect.NewVerbs("knx", "apci.0x%03x", []dissect.VerbRow{
		{Code: pdu.GroupRead, Name: "Group Value Read", Kind: plant.Read, Technique: "T0801"},
		{Code: pdu.GroupResponse, Name: "Group Value Response", Kind: plant.Read, Technique: "T0801"},
		{Code: pdu.GroupWrite, Name: "Group Value Write", Kind: plant.Write, Technique: "T0855"},
		{Code: pdu.AddressWrite, Name: "Individual Address Write", Kind: plant.Config, Technique: "T0836"},
		{Code: pdu.MemoryRead, Name: "Memory Read", Kind: plant.Program, Technique: "T0845"},
		{Code: pdu.MemoryWrite, Name: "Memory Write", Kind: plant.Program, Technique: "T0843"},
		{Code: pdu.UserMemoryWrite, Name: "User Memory Write", Kind: plant.Program, Technique: "T0843"},
		{Code: pdu.DescriptorRead, Name: "Device Descriptor Read", Kind: plant.Identify, Technique: "T0888"},
		{Code: pdu.Restart, Name: "Restart", Kind: plant.Mode, Technique: "T0816"},
		{Code: pdu.AuthorizeReq, Name: "Authorize Request", Kind: plant.Auth, Technique: "T0892"},
		{Code: pdu.KeyWrite, Name: "Key Write", Kind: plant.Auth, Technique: "T0892"},
		{Code: pdu.PropValueRead, Name: "Property Value Read", Kind: plant.Read, Technique: "T0801"},
		{Code: pdu.PropValueWrite, Name: "Property Value Write", Kind: plant.Config, Technique: "T0836"},
		{Code: pdu.SerialWrite, Name: "Individual Address Serial Number Write", Kind: plant.Config, Technique: "T0836"},
	})
	interfaceReset = &plant.Verb{Protocol: "knx", Code: "0x0310", Name: "Device Configuration Request (reset)", Kind: plant.Mode, Technique: "T0816"}
	propertyWrite  = &plant.Verb{Protocol: "knx", Code: "0x0310", Name: "Device Configuration Request (write)", Kind: plant.Config, Technique: "T0836"}
)

type parser struct{}

// Parse reads the messages in b.
func (parser) Parse(c *dissect.Context, b []byte) (int, error) {
	taken := 0
	for taken < len(b) {
		m, n, err := pdu.Decode(b[taken:])
		if err == pdu.ErrShort {
			break
		}
		if err != nil {
			return taken, err
		}
		message(c, m)
		taken += n
	}
	return taken, nil
}

func message(c *dissect.Context, m pdu.Message) {
	switch m.Service {
	case pdu.ConnectRequest, pdu.DescriptionRequest, pdu.StateRequest:
		c.SenderIsClient()
	case pdu.ConnectResponse, pdu.DescriptionResponse, pdu.SearchResponse, pdu.SearchResponseExt, pdu.StateResponse:
		c.SenderIsServer()
	}
	t, ok := m.Telegram()
	switch {
	case !ok:
		c.Send(verbs.Get(uint32(m.Service)), dissect.Object{})
	case t.Code == pdu.ResetRequest:
		c.Send(interfaceReset, dissect.Object{})
	case t.Code == pdu.PropertyWrite:
		c.Send(propertyWrite, dissect.Object{})
	case t.Code == pdu.PropertyRead, t.Control:
		c.Send(verbs.Get(uint32(m.Service)), dissect.Object{})
	default:
		telegram(c, t)
	}
	if d, ok := m.Device(); ok {
		device(c, d)
	}
}

// telegram reports what is asked of the bus, by the address as it is written:
// three levels for a group, area, line and device for a device.
func telegram(c *dissect.Context, t pdu.Telegram) {
	var buf [24]byte
	o := dissect.Object{Space: "device", Name: individual(buf[:0], pdu.Individual(t.Destination))}
	if t.Group {
		o = dissect.Object{Space: "group", Name: group(buf[:0], t.Destination)}
	}
	if t.Service == pdu.GroupWrite {
		o.Valued, o.Value = value(t)
	}
	c.Send(telegrams.Get(uint32(t.Service)), o)
}

// value is a value of up to six bits, one byte or two; what it means is known
// to the project only.
func value(t pdu.Telegram) (ok bool, v int64) {
	switch len(t.Data) {
	case 0:
		return true, int64(t.Small)
	case 1:
		return true, int64(t.Data[0])
	case 2:
		return true, int64(binary.BigEndian.Uint16(t.Data))
	}
	return false, 0
}

func individual(b []byte, a pdu.Individual) []byte {
	area, line, device := a.Parts()
	b = append(strconv.AppendUint(b, uint64(area), 10), '.')
	b = append(strconv.AppendUint(b, uint64(line), 10), '.')
	return strconv.AppendUint(b, uint64(device), 10)
}

func group(b []byte, a uint16) []byte {
	b = append(strconv.AppendUint(b, uint64(a>>11), 10), '/')
	b = append(strconv.AppendUint(b, uint64(a>>8&7), 10), '/')
	return strconv.AppendUint(b, uint64(a&0xff), 10)
}

// device reports what a device says of itself.
func device(c *dissect.Context, d pdu.Device) {
	var buf [96]byte
	name := buf[:0]
	for _, ch := range d.Name { // ISO 8859-1
		if ch < 0x80 {
			name = append(name, ch)
		} else {
			name = append(name, 0xc0|ch>>6, 0x80|ch&0x3f)
		}
	}
	c.Fact(dissect.Sender, plant.FieldName, name, source, 0.95)
	c.Fact(dissect.Sender, plant.FieldSerial, hex.AppendEncode(buf[:0], d.Serial[:]), source, 0.95)
	// The first half of a serial number is the manufacturer's.
	c.Fact(dissect.Sender, plant.FieldVendorID, hex.AppendEncode(append(buf[:0], "knx:0x"...), d.Serial[:2]), source, 0.8)
	c.Fact(dissect.Sender, plant.FieldUnit, individual(append(buf[:0], "knx device "...), d.Address), source, 0.95)
	c.FactText(dissect.Sender, plant.FieldRole, plant.RoleBuilding, source, 0.6)
}
