// Package slmp tells what happens in conversations with Mitsubishi controllers
// over SLMP (MC protocol 3E and 4E frames): who reads and writes which devices,
// who runs and stops processors and moves files, and what processors they are.
package slmp

import (
	"encoding/binary"
	"errors"
	"strconv"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/slmp"
)

// Protocol is SLMP over TCP and UDP. The port is configured per project; those
// listed are the ones that manuals and examples use.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name: "slmp",
		TCP:  []uint16{1025, 1280, 2000, 4999, 5000, 5001, 5002, 5006, 5007, 5008, 5010, 8192},
		UDP:  []uint16{1025, 1280, 2000, 4999, 5000, 5001, 5002, 5006, 5008, 5010, 8192, 45237, 45238, 45239},

		Probe: probe,
		New:   func() dissect.Parser { return &parser{} },
	}
}

// probe is sure of messages for the station itself: then five bytes of route
// are constant, and length and command must fit too.
func probe(b []byte, h dissect.Hint) dissect.Match {
	m, n, err := pdu.Decode(b)
	switch {
	case errors.Is(err, pdu.ErrShort) && h.Stream && len(b) < 4096:
		return dissect.Short
	case err != nil, !h.Stream && n != len(b):
		return dissect.No
	case !m.Response && !m.Command.Known():
		return dissect.No
	}
	if n < len(b) {
		if _, _, err := pdu.Decode(b[n:]); err != nil && !errors.Is(err, pdu.ErrShort) {
			return dissect.No
		}
	}
	if m.Own() {
		return dissect.Strong
	}
	return dissect.Weak
}

type parser struct {
	scratch []byte
}

// Parse reads the messages in b.
func (p *parser) Parse(c *dissect.Context, b []byte) (int, error) {
	taken := 0
	for taken < len(b) {
		m, n, err := pdu.Decode(b[taken:])
		if errors.Is(err, pdu.ErrShort) && c.Stream {
			break
		}
		if err != nil {
			return taken, err
		}
		p.message(c, m)
		taken += n
		if !c.Stream {
			break
		}
	}
	return taken, nil
}

// message pairs 4E frames by serial number. A 3E frame has none: there one
// request at a time is under way. TSN frames repeat their command.
func (p *parser) message(c *dissect.Context, m pdu.Message) {
	var id uint64
	switch m.Frame {
	case pdu.Frame4E:
		id = 1<<32 | uint64(m.Serial)
	case pdu.FrameTSN:
		id = 1<<33 | uint64(m.Serial)<<16 | uint64(m.Command)
	}
	if m.Response {
		p.response(c, m, id)
		return
	}
	c.Request(verbs.Get(uint32(m.Command)), id, p.object(m)).Tag = uint64(m.Command)
	if m.Command == pdu.PasswordUnlock || m.Command == pdu.PasswordLock {
		c.FactText(dissect.Receiver, plant.FieldCleartextLogin, "slmp remote password", "slmp.password", 0.9)
	}
}

func (p *parser) response(c *dissect.Context, m pdu.Message, id uint64) {
	result := dissect.Accepted
	if m.EndCode != 0 {
		result = dissect.Refused
	}
	w, ok := c.Peek(id)
	if !ok {
		// An answer does not say to what, except in TSN frames.
		c.Response(verbs.Get(uint32(m.Command)), id, result)
		return
	}
	c.Response(nil, id, result)
	if m.Frame != pdu.FrameTSN {
		c.SenderIsServer()
	}
	if pdu.Command(w.Tag) == pdu.ReadTypeName {
		p.identify(c, m)
	}
}

func (p *parser) identify(c *dissect.Context, m pdu.Message) {
	const source = "slmp.type-name"
	model, code, ok := m.TypeName()
	if !ok {
		return
	}
	c.Fact(dissect.Sender, plant.FieldProduct, model, source, 0.95)
	c.Fact(dissect.Sender, plant.FieldOrderNumber, model, source, 0.9)
	c.FactText(dissect.Sender, plant.FieldVendor, "Mitsubishi Electric", source, 0.8)
	c.FactText(dissect.Sender, plant.FieldRole, plant.RoleController, source, 0.9)
	p.scratch = strconv.AppendUint(append(p.scratch[:0], "melsec:0x"...), uint64(code), 16)
	c.Fact(dissect.Sender, plant.FieldProductCode, p.scratch, source, 0.9)
}

// object is the run of devices that a request is about. Inputs, outputs and
// link devices are numbered in hexadecimal and named so.
func (p *parser) object(m pdu.Message) dissect.Object {
	if m.Command != pdu.Read && m.Command != pdu.Write {
		return dissect.Object{}
	}
	r, values, ok := m.Points()
	if !ok {
		return dissect.Object{}
	}
	last := r.Head
	if r.Count > 1 {
		last += uint32(r.Count) - 1
	}
	o := dissect.Object{Space: r.Device.String()}
	if r.Device.Hex() {
		p.scratch = strconv.AppendUint(append(p.scratch[:0], "0x"...), uint64(r.Head), 16)
		p.scratch = strconv.AppendUint(append(p.scratch, "-0x"...), uint64(last), 16)
		o.Name = p.scratch
	} else {
		o.Ranged, o.From, o.To = true, r.Head, last
	}
	if m.Command == pdu.Write && r.Count == 1 && !m.ASCII {
		o.Value, o.Valued = value(m, values)
	}
	return o
}

func value(m pdu.Message, b []byte) (int64, bool) {
	switch {
	case m.Bits() && len(b) >= 1:
		return int64(b[0] >> 4), true
	case !m.Bits() && len(b) >= 2:
		return int64(binary.LittleEndian.Uint16(b)), true
	}
	return 0, false
}
