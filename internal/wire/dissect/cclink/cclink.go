// Package cclink tells which nodes speak CC-Link IE (Control, Field and TSN on
// Ethernet, Field Basic over UDP), which of them is the master, and what Field
// Basic stations say of themselves.
package cclink

import (
	"encoding/hex"
	"strconv"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/cclink"
)

// EtherType of CC-Link IE, and the UDP port of Field Basic.
const (
	EtherType = 0x890f
	Port      = 61450
)

const (
	name       = "cclink-ie"
	nameBasic  = "cclink-ie-basic"
	sourceIE   = "cclink.header"
	sourceCyc  = "cclink.cyclic"
	cyclicCode = 0x0e70
)

// Protocol is CC-Link IE.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name: name, Link: []dissect.LinkType{EtherType}, UDP: []uint16{Port},
		Probe: probe,
		New:   func() dissect.Parser { return &parser{} },
	}
}

// probe takes a whole cyclic message of Field Basic: a fixed header, lengths
// that agree, and the command in a request.
func probe(b []byte, h dissect.Hint) dissect.Match {
	m, n, err := pdu.DecodeBasic(b)
	switch {
	case h.Stream || err != nil || n != len(b):
		return dissect.No
	case m.Response:
		return dissect.Weak
	}
	return dissect.Strong
}

var (
	verbs  = dissect.NewVerbs(name, "0x%02x", rows())
	cyclic = dissect.NewVerbs(nameBasic, "0x%04x", []dissect.VerbRow{{Code: cyclicCode, Name: "Cyclic Data", Kind: plant.Other}}).Get(cyclicCode)
)

// rows are the frame types by the specification's names.
func rows() []dissect.VerbRow {
	var all []dissect.VerbRow
	for t := range 0x100 {
		if n := pdu.Type(t).Name(); n != "" {
			all = append(all, dissect.VerbRow{Code: uint32(t), Name: n, Kind: plant.Other})
		}
	}
	return all
}

// parser remembers what was last said of the sender, to say it once.
type parser struct {
	last  pdu.Frame
	basic [2]pdu.Basic
}

// Parse reads one frame, or one message of Field Basic.
func (p *parser) Parse(c *dissect.Context, b []byte) (int, error) {
	if c.FromPort != 0 || c.ToPort != 0 {
		return p.field(c, b)
	}
	f, err := pdu.Decode(b)
	if err != nil {
		return 0, err
	}
	c.Send(verbs.Get(uint32(f.Type)), dissect.Object{})
	if n := f.NodeName(); n != "" && (f.Node != p.last.Node || f.NodeType != p.last.NodeType) {
		p.last = f
		station(c, n, f)
	}
	return len(b), nil
}

func station(c *dissect.Context, node string, f pdu.Frame) {
	var buf [64]byte
	t := strconv.AppendUint(append(buf[:0], "cc-link ie node "...), uint64(f.Node), 10)
	t = append(append(t, ", "...), node...)
	c.Fact(dissect.Sender, plant.FieldUnit, t, sourceIE, 0.9)
	if f.NodeType == '0' {
		c.FactText(dissect.Sender, plant.FieldRole, plant.RoleController, sourceIE, 0.8)
	}
}

func (p *parser) field(c *dissect.Context, b []byte) (int, error) {
	m, n, err := pdu.DecodeBasic(b)
	if err != nil {
		return 0, err
	}
	c.Name(nameBasic)
	result := dissect.Accepted
	switch {
	case !m.Response:
		// A poll goes to everyone and is answered by each station on its own.
		c.SenderIsClient()
		c.Send(cyclic, dissect.Object{})
	default:
		if m.End != 0 {
			result = dissect.Refused
		}
		c.SenderIsServer()
		c.Response(cyclic, uint64(m.Sequence), result)
	}
	last := &p.basic[c.Side()]
	if m.Sequence = 0; m != *last { // the rest is the same each time
		*last = m
		basic(c, m)
	}
	return n, nil
}

func basic(c *dissect.Context, m pdu.Basic) {
	if !m.Response {
		c.FactText(dissect.Sender, plant.FieldRole, plant.RoleController, sourceCyc, 0.8)
		c.FactText(dissect.Sender, plant.FieldUnit, "cc-link ie field basic master", sourceCyc, 0.9)
		return
	}
	var buf [64]byte
	c.FactText(dissect.Sender, plant.FieldUnit, "cc-link ie field basic station", sourceCyc, 0.9)
	mode := "stop"
	if m.UnitInfo&1 != 0 {
		mode = "run"
	}
	c.FactText(dissect.Sender, plant.FieldMode, mode, sourceCyc, 0.7)
	if m.Vendor == 0 && m.Model == 0 {
		return // it does not say
	}
	t := hex.AppendEncode(append(buf[:0], "cclink:0x"...), []byte{byte(m.Vendor >> 8), byte(m.Vendor)})
	c.Fact(dissect.Sender, plant.FieldVendorID, t, sourceCyc, 0.9)
	t = hex.AppendEncode(append(t, "/0x"...), []byte{byte(m.Model >> 24), byte(m.Model >> 16), byte(m.Model >> 8), byte(m.Model)})
	c.Fact(dissect.Sender, plant.FieldProductCode, t, sourceCyc, 0.9)
	c.Fact(dissect.Sender, plant.FieldHardware, strconv.AppendUint(buf[:0], uint64(m.Version), 10), sourceCyc, 0.7)
}
