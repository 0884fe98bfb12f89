// Package codesys tells what happens in CODESYS conversations: who searches for
// runtimes and what they are, and who signs in, downloads, starts and stops
// applications.
package codesys

import (
	"errors"
	"strconv"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/codesys"
)

// Protocol is CODESYS V3 over UDP and TCP, and the first answer of V2 runtimes.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name: "codesys", TCP: []uint16{1200, 1217, 2455, 11740, 11741, 11742, 11743}, UDP: []uint16{1740, 1741, 1742, 1743},
		Probe: probe,
		New:   func() dissect.Parser { return &parser{} },
	}
}

func probe(b []byte, h dissect.Hint) dissect.Match {
	if !h.Stream {
		return probeDatagram(b)
	}
	_, _, err := pdu.DecodeBlock(b)
	switch {
	case err == nil, errors.Is(err, pdu.ErrShort) && len(b) >= 8:
		return dissect.Strong
	case errors.Is(err, pdu.ErrShort):
		return dissect.Short
	}
	if _, _, err := pdu.DecodeV2(b); err == nil {
		return dissect.Strong
	}
	if pdu.IsV2(b) {
		return dissect.Weak
	}
	return dissect.No
}

// probeDatagram is sure of a datagram that carries a known layer inside.
func probeDatagram(b []byte) dissect.Match {
	d, _, err := pdu.Decode(b)
	if err != nil {
		return dissect.No
	}
	kind, ok := d.NamePackage()
	if ok && (kind == pdu.ResolveName || kind == pdu.ResolveAddress || kind == pdu.Identification) {
		return dissect.Strong
	}
	if _, ok := d.OnlineService(); ok {
		return dissect.Strong
	}
	return dissect.Weak
}

type parser struct {
	secure  [2]bool // told that services are encrypted, by side
	scratch []byte
}

// Parse reads the datagrams in b.
func (p *parser) Parse(c *dissect.Context, b []byte) (int, error) {
	if !c.Stream {
		d, n, err := pdu.Decode(b)
		if err == nil {
			p.datagram(c, d)
		}
		return n, err
	}
	if pdu.IsV2(b) {
		return p.v2(c, b), nil
	}
	taken := 0
	for taken < len(b) {
		block, n, err := pdu.DecodeBlock(b[taken:])
		if errors.Is(err, pdu.ErrShort) {
			break
		}
		if err != nil {
			return taken, err
		}
		taken += n
		if d, _, err := pdu.Decode(block); err == nil {
			p.datagram(c, d)
		} else {
			c.Malformed("CODESYS block without a datagram")
		}
	}
	return taken, nil
}

func (p *parser) datagram(c *dissect.Context, d pdu.Datagram) {
	if s, ok := d.OnlineService(); ok {
		p.service(c, s)
		return
	}
	kind, ok := d.NamePackage()
	switch {
	case !ok:
	case d.Service == pdu.ServiceNameRequest:
		c.Request(verbs.Get(uint32(kind)), 0, dissect.Object{})
	default:
		c.Send(verbs.Get(uint32(kind)), dissect.Object{})
		p.identify(c, d)
	}
}

func (p *parser) identify(c *dissect.Context, d pdu.Datagram) {
	const source = "codesys.identification"
	id, ok := d.Identity()
	if !ok {
		return
	}
	text := func(f plant.Field, utf16 []byte, confidence float64) {
		p.scratch = pdu.AppendText(p.scratch[:0], utf16)
		c.Fact(dissect.Sender, f, p.scratch, source, confidence)
	}
	text(plant.FieldName, id.Node, 0.95)
	text(plant.FieldProduct, id.Device, 0.95)
	text(plant.FieldVendor, id.Vendor, 0.95)
	c.Fact(dissect.Sender, plant.FieldSerial, id.Serial, source, 0.95)
	c.FactText(dissect.Sender, plant.FieldRole, plant.RoleController, source, 0.8)
	p.scratch = p.scratch[:0]
	for shift := 24; shift >= 0; shift -= 8 {
		if shift < 24 {
			p.scratch = append(p.scratch, '.')
		}
		p.scratch = strconv.AppendUint(p.scratch, uint64(id.TargetVersion>>shift&0xff), 10)
	}
	c.Fact(dissect.Sender, plant.FieldFirmware, p.scratch, source, 0.8)
	p.scratch = strconv.AppendUint(append(p.scratch[:0], "codesys:0x"...), uint64(id.TargetID), 16)
	c.Fact(dissect.Sender, plant.FieldProductCode, p.scratch, source, 0.9)
}

// service reports an online service by its first block. One that is encrypted
// does not tell truly which it is.
func (p *parser) service(c *dissect.Context, s pdu.Service) {
	if s.Encrypted {
		if side := c.Side(); !p.secure[side] {
			p.secure[side] = true
			c.Send(encrypted, dissect.Object{})
		}
		return
	}
	id := uint64(s.Channel)<<32 | uint64(s.Code())
	if !s.Response {
		c.Request(verbs.Get(s.Code()), id, dissect.Object{})
		return
	}
	if _, ok := c.Response(verbs.Get(s.Code()), id, dissect.Answered); ok {
		c.SenderIsServer()
	}
}

// v2 takes all that is there: how V2 messages are framed is not public.
func (p *parser) v2(c *dissect.Context, b []byte) int {
	c.Send(messageV2, dissect.Object{})
	r, _, err := pdu.DecodeV2(b)
	if err != nil {
		return len(b)
	}
	const source = "codesys.v2"
	c.SenderIsServer()
	c.Fact(dissect.Sender, plant.FieldProduct, r.Product, source, 0.9)
	c.FactText(dissect.Sender, plant.FieldSoftware, "CODESYS V2 runtime", source, 0.9)
	c.FactText(dissect.Sender, plant.FieldRole, plant.RoleController, source, 0.8)
	p.scratch = append(append(append(p.scratch[:0], r.OS...), ' '), r.Version...)
	c.Fact(dissect.Sender, plant.FieldOS, p.scratch, source, 0.9)
	return len(b)
}
