// Package cdp tells what switches, routers and phones say of themselves with
// the Cisco Discovery Protocol.
package cdp

import (
	"bytes"
	"net/netip"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/cdp"
)

const (
	oui    = 0x00000c
	pid    = 0x2000
	source = "cdp"
)

// Protocol is CDP behind LLC and SNAP.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name: "cdp", Link: []dissect.LinkType{dissect.SNAP(oui, pid)},
		New: func() dissect.Parser { return parser{} },
	}
}

var advertisement = &plant.Verb{Protocol: "cdp", Code: "advertisement", Name: "Advertisement", Kind: plant.Identify, Technique: "T0888"}

type parser struct{}

// Parse reads one frame behind its SNAP header.
func (parser) Parse(c *dissect.Context, b []byte) (int, error) {
	_, w, err := pdu.Decode(b)
	if err != nil {
		return 0, err
	}
	c.Send(advertisement, dissect.Object{})
	for t, ok := w.Next(); ok; t, ok = w.Next() {
		value(c, t)
	}
	return len(b), nil
}

func value(c *dissect.Context, t pdu.TLV) {
	switch t.Type {
	case pdu.DeviceID:
		c.Fact(dissect.Sender, plant.FieldName, t.Value, source, 0.9)
	case pdu.SystemName:
		c.Fact(dissect.Sender, plant.FieldName, t.Value, source, 0.95)
	case pdu.Addresses, pdu.Management:
		addresses(c, t)
	case pdu.PortID:
		c.Fact(dissect.Sender, plant.FieldPort, t.Value, source, 0.9)
	case pdu.Capabilities:
		if v, ok := t.Uint32(); ok {
			capabilities(c, v)
		}
	case pdu.Software:
		software(c, t.Value)
	case pdu.Platform:
		c.Fact(dissect.Sender, plant.FieldProduct, t.Value, source, 0.95)
		if len(t.Value) > 5 && bytes.EqualFold(t.Value[:5], []byte("cisco")) {
			c.FactText(dissect.Sender, plant.FieldVendor, "Cisco", source, 0.9)
		}
	case pdu.Location:
		// The first byte says how the place is written.
		if len(t.Value) > 1 {
			c.Fact(dissect.Sender, plant.FieldLocation, t.Value[1:], source, 0.9)
		}
	}
}

func addresses(c *dissect.Context, t pdu.TLV) {
	w := t.Addresses()
	for b, ok := w.Next(); ok; b, ok = w.Next() {
		ip, ok := netip.AddrFromSlice(b)
		if !ok || ip.IsUnspecified() || ip.IsMulticast() {
			continue
		}
		var buf [48]byte
		c.Fact(dissect.Sender, plant.FieldAddress, ip.AppendTo(buf[:0]), source, 0.9)
	}
}

func capabilities(c *dissect.Context, v uint32) {
	switch {
	case v&pdu.CapPhone != 0:
		c.FactText(dissect.Sender, plant.FieldRole, plant.RolePhone, source, 0.9)
	case v&pdu.CapSwitch != 0:
		c.FactText(dissect.Sender, plant.FieldRole, plant.RoleSwitch, source, 0.8)
	case v&pdu.CapRouter != 0:
		c.FactText(dissect.Sender, plant.FieldRole, plant.RoleRouter, source, 0.8)
	}
}

// software reports the whole text, and the version in it: "Cisco IOS Software,
// C3560 Software (C3560-IPBASE-M), Version 12.2(25)SEB4, RELEASE SOFTWARE".
func software(c *dissect.Context, text []byte) {
	c.Fact(dissect.Sender, plant.FieldDescription, text, source, 0.9)
	_, v, ok := bytes.Cut(text, []byte("Version "))
	if !ok {
		return
	}
	if i := bytes.IndexAny(v, ", \r\n"); i >= 0 {
		v = v[:i]
	}
	c.Fact(dissect.Sender, plant.FieldFirmware, v, source, 0.9)
}
