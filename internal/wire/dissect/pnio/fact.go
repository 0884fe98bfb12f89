package pnio

import (
	"encoding/hex"
	"net/netip"
	"strconv"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/protocol/dcerpc"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/pnio"
)

// Sources of facts.
const (
	sourceCM   = "profinet.cm"
	sourceIM   = "profinet.im"
	sourceReal = "profinet.real"
	sourceEPM  = "profinet.epm"
)

func numbers(c *dissect.Context, who dissect.Subject, vendor, device uint16) {
	var b [40]byte
	c.Fact(who, plant.FieldVendorID, strconv.AppendUint(append(b[:0], "profinet:"...), uint64(vendor), 10), sourceCM, 0.9)
	t := hex4(append(b[:0], "profinet:0x"...), device)
	c.Fact(who, plant.FieldDeviceType, t, sourceCM, 0.9)
	t = hex4(append(b[:0], "profinet:0x"...), vendor)
	c.Fact(who, plant.FieldProductCode, hex4(append(t, "/0x"...), device), sourceCM, 0.9)
}

func hex4(b []byte, v uint16) []byte {
	return hex.AppendEncode(b, []byte{byte(v >> 8), byte(v)})
}

// connected reads what a device answers to Connect: its name, and the places
// whose module is not the expected one.
func connected(c *dissect.Context, body []byte) {
	w := pdu.WalkBlocks(body)
	for b, ok := w.Next(); ok; b, ok = w.Next() {
		switch b.Type {
		case pdu.BlockARServer:
			name, _ := b.ServerName()
			c.Fact(dissect.Sender, plant.FieldName, name, sourceCM, 0.95)
		case pdu.BlockModuleDiff:
			differences(c, b)
		}
	}
}

func differences(c *dissect.Context, b pdu.Block) {
	subs := b.Submodules()
	for m, ok := subs.Next(); ok; m, ok = subs.Next() {
		switch m.State {
		case 0:
			module(c, m, "missing module")
		case 1:
			module(c, m, "wrong module")
		}
	}
}

// module names what is in a slot by the identifiers of the device's
// description file: a name is not on the wire.
func module(c *dissect.Context, m pdu.Submodule, what string) {
	var b [64]byte
	t := append(append(b[:0], what...), " 0x"...)
	t = hex4(hex4(t, uint16(m.Module>>16)), uint16(m.Module))
	c.Fact(dissect.Module(int(m.Slot&0x7fff)), plant.FieldDescription, t, sourceCM, 0.8)
}

// records reports what a record that was read says.
func records(c *dissect.Context, r pdu.Record) {
	w := pdu.WalkBlocks(r.Data)
	for b, ok := w.Next(); ok; b, ok = w.Next() {
		if in, ok := b.Inner(); ok {
			for x, ok := in.Next(); ok; x, ok = in.Next() {
				block(c, r, x)
			}
			continue
		}
		block(c, r, b)
	}
}

func block(c *dissect.Context, r pdu.Record, b pdu.Block) {
	who := dissect.Sender
	if r.Slot != 0 && r.Slot < 0x8000 {
		who = dissect.Module(int(r.Slot))
	}
	switch b.Type {
	case pdu.BlockIM0:
		plate(c, who, b)
	case pdu.BlockIM1:
		function, location, _ := b.IM1()
		c.Fact(who, plant.FieldName, function, sourceIM, 0.7)
		c.Fact(who, plant.FieldLocation, location, sourceIM, 0.95)
	case pdu.BlockIM3:
		text, _ := b.IMText()
		c.Fact(who, plant.FieldDescription, text, sourceIM, 0.9)
	case pdu.BlockInterfaceReal:
		network(c, b)
	case pdu.BlockPortReal:
		neighbor(c, b)
	case pdu.BlockRealIdent:
		subs := b.Submodules()
		for m, ok := subs.Next(); ok; m, ok = subs.Next() {
			module(c, m, "module")
		}
	}
}

// plate reports the electronic type plate.
func plate(c *dissect.Context, who dissect.Subject, b pdu.Block) {
	im, ok := b.IM0()
	if !ok {
		return
	}
	var buf [32]byte
	c.Fact(who, plant.FieldVendorID, strconv.AppendUint(append(buf[:0], "profinet:"...), uint64(im.Vendor), 10), sourceIM, 0.95)
	c.Fact(who, plant.FieldOrderNumber, im.Order, sourceIM, 0.98)
	c.Fact(who, plant.FieldSerial, im.Serial, sourceIM, 0.98)
	c.Fact(who, plant.FieldHardware, strconv.AppendUint(buf[:0], uint64(im.Hardware), 10), sourceIM, 0.95)
	t := append(buf[:0], im.Prefix)
	for i, v := range im.Software {
		if i > 0 {
			t = append(t, '.')
		}
		t = strconv.AppendUint(t, uint64(v), 10)
	}
	c.Fact(who, plant.FieldFirmware, t, sourceIM, 0.98)
}

func network(c *dissect.Context, b pdu.Block) {
	x, ok := b.Interface()
	if !ok {
		return
	}
	c.Fact(dissect.Sender, plant.FieldName, x.Name, sourceReal, 0.9)
	if x.Address != [4]byte{} {
		var buf [16]byte
		at := dissect.At(plant.Endpoint{MAC: x.MAC, IP: netip.AddrFrom4(x.Address), VLAN: c.Src().VLAN})
		c.Fact(at, plant.FieldAddress, netip.AddrFrom4(x.Address).AppendTo(buf[:0]), sourceReal, 0.9)
	}
}

func neighbor(c *dissect.Context, b pdu.Block) {
	x, ok := b.Neighbor()
	if !ok || len(x.Peer) == 0 {
		return
	}
	var buf [256]byte
	t := append(append(buf[:0], x.Port...), " -> "...)
	t = append(append(append(t, x.Peer...), '/'), x.PeerPort...)
	c.Fact(dissect.Sender, plant.FieldNeighbor, t, sourceReal, 0.95)
}

// lookup reads a device's answer to a look-up at its endpoint mapper: the
// annotation names the device.
func lookup(c *dissect.Context, d dcerpc.Datagram) {
	c.Response(mapper.Get(uint32(d.Opnum)), callID(d), dissect.Answered)
	if d.Opnum != dcerpc.EPMLookup {
		return
	}
	e, err := dcerpc.DecodeLookup(d.Rep, d.Body)
	if err != nil {
		return
	}
	for x, ok := e.Next(); ok; x, ok = e.Next() {
		if !pdu.IsInterface(x.Tower.Interface.UUID) {
			continue
		}
		if o, ok := pdu.DecodeObject(x.Object); ok {
			numbers(c, dissect.Sender, o.Vendor, o.Device)
		}
		if a, ok := pdu.DecodeAnnotation(x.Annotation); ok {
			annotation(c, a)
		}
	}
}

func annotation(c *dissect.Context, a pdu.Annotation) {
	c.Fact(dissect.Sender, plant.FieldProduct, a.Type, sourceEPM, 0.9)
	c.Fact(dissect.Sender, plant.FieldOrderNumber, a.Order, sourceEPM, 0.95)
	c.Fact(dissect.Sender, plant.FieldHardware, a.Hardware, sourceEPM, 0.9)
	var buf [16]byte
	t := append(buf[:0], a.Prefix)
	space := false
	for _, ch := range a.Software { // "2 1 7" is version 2.1.7
		if ch == ' ' {
			space = len(t) > 1
			continue
		}
		if space && len(t) < len(buf) {
			t, space = append(t, '.'), false
		}
		if len(t) < len(buf) {
			t = append(t, ch)
		}
	}
	c.Fact(dissect.Sender, plant.FieldFirmware, t, sourceEPM, 0.95)
}
