// Package ethercat tells what a master does to its slaves: the states it moves
// them to, the objects and files it writes, and who the slaves are by their
// EEPROM and object dictionary.
//
// Slaves have no address of their own on the wire: they are units of the
// master. A frame comes back from the last slave with the master's address
// changed in one bit (locally administered); what it says is the slaves'.
package ethercat

import (
	"encoding/binary"
	"encoding/hex"
	"strconv"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/ethercat"
)

// EtherType and UDP port of EtherCAT.
const (
	EtherType = 0x88a4
	Port      = 34980
)

const (
	sourceSII = "ethercat.eeprom"
	sourceCoE = "ethercat.coe"
)

// Protocol is EtherCAT on Ethernet and over UDP.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name: "ethercat", Link: []dissect.LinkType{EtherType}, UDP: []uint16{Port},
		Probe: probe, Cyclic: cyclic,
		New: func() dissect.Parser { return &parser{} },
	}
}

func probe(b []byte, h dissect.Hint) dissect.Match {
	w, err := pdu.Decode(b)
	if h.Stream || err != nil {
		return dissect.No
	}
	if _, ok := w.Next(); !ok {
		return dissect.No
	}
	return dissect.Weak
}

// The code of a datagram is its command; what is done by means of it has a verb
// of its own.
var (
	verbs = dissect.NewVerbs("ethercat", "%d", []dissect.VerbRow{
		{Code: uint32(pdu.NOP), Name: "NOP", Kind: plant.Other},
		{Code: uint32(pdu.APRD), Name: "Auto Increment Physical Read", Kind: plant.Read},
		{Code: uint32(pdu.APWR), Name: "Auto Increment Physical Write", Kind: plant.Other},
		{Code: uint32(pdu.APRW), Name: "Auto Increment Physical Read Write", Kind: plant.Other},
		{Code: uint32(pdu.FPRD), Name: "Configured Address Physical Read", Kind: plant.Read},
		{Code: uint32(pdu.FPWR), Name: "Configured Address Physical Write", Kind: plant.Other},
		{Code: uint32(pdu.FPRW), Name: "Configured Address Physical Read Write", Kind: plant.Other},
		{Code: uint32(pdu.BRD), Name: "Broadcast Read", Kind: plant.Read},
		{Code: uint32(pdu.BWR), Name: "Broadcast Write", Kind: plant.Other},
		{Code: uint32(pdu.BRW), Name: "Broadcast Read Write", Kind: plant.Other},
		{Code: uint32(pdu.LRD), Name: "Logical Read", Kind: plant.Read, Technique: "T0801"},
		{Code: uint32(pdu.LWR), Name: "Logical Write", Kind: plant.Write},
		{Code: uint32(pdu.LRW), Name: "Logical Read Write", Kind: plant.Write},
		{Code: uint32(pdu.ARMW), Name: "Auto Increment Read Multiple Write", Kind: plant.Other},
		{Code: uint32(pdu.FRMW), Name: "Configured Read Multiple Write", Kind: plant.Other},
	})
	stateChange = &plant.Verb{Protocol: "ethercat", Code: "al-control", Name: "AL Control", Kind: plant.Other}
	stateStop   = &plant.Verb{Protocol: "ethercat", Code: "al-control", Name: "AL Control (stop)", Kind: plant.Mode, Technique: "T0858"}
	boot        = &plant.Verb{Protocol: "ethercat", Code: "al-control", Name: "AL Control (boot)", Kind: plant.Firmware, Technique: "T0800"}
	sdoRead     = &plant.Verb{Protocol: "ethercat", Code: "coe.read", Name: "CoE Upload", Kind: plant.Read, Technique: "T0861"}
	sdoMap      = &plant.Verb{Protocol: "ethercat", Code: "coe.write", Name: "CoE Download (process data)", Kind: plant.Other}
	sdoWrite    = &plant.Verb{Protocol: "ethercat", Code: "coe.write", Name: "CoE Download", Kind: plant.Config, Technique: "T0836"}
	fileRead    = &plant.Verb{Protocol: "ethercat", Code: "foe.read", Name: "FoE Read", Kind: plant.Program, Technique: "T0845"}
	fileWrite   = &plant.Verb{Protocol: "ethercat", Code: "foe.write", Name: "FoE Write", Kind: plant.Firmware, Technique: "T0839"}
)

// firstParameter is the first object of the manufacturer's or the profile's
// parameters. Those below say how a slave speaks, and every master sets them
// when it starts.
const firstParameter = 0x2000

// maxSlaves bounds what is remembered of slaves between datagrams.
const maxSlaves = 64

// slave is what is remembered of a station: the EEPROM word whose data come
// next, and the state it was last asked to take.
type slave struct {
	station uint16
	state   pdu.State
	word    uint32
}

type parser struct {
	slaves []slave
	count  uint16 // slaves on the line, as a broadcast last counted them
	known  bool   // that the sender is the master
}

// Parse reads one frame.
func (p *parser) Parse(c *dissect.Context, b []byte) (int, error) {
	w, err := pdu.Decode(b)
	if err != nil {
		return 0, err
	}
	for d, ok := w.Next(); ok; d, ok = w.Next() {
		if d.Counter == 0 {
			p.order(c, d)
		} else {
			p.answer(c, d)
		}
	}
	return len(b), nil
}

// order reports a datagram on its way out, when no slave has counted up yet.
func (p *parser) order(c *dissect.Context, d pdu.Datagram) {
	if !p.known && (c.Src().IP.IsValid() || !c.Src().MAC.IsLocal()) {
		p.known = true
		c.FactText(dissect.Sender, plant.FieldRole, plant.RoleController, "ethercat.datagram", 0.7)
		c.FactText(dissect.Sender, plant.FieldService, "ethercat master", "ethercat.datagram", 0.9)
	}
	c.Send(verbs.Get(uint32(d.Command)), dissect.Object{})
	if s, ok := d.ALControl(); ok {
		c.Send(p.stateVerb(d, s), dissect.Object{Space: s.String(), Unit: uint32(d.Station)})
	}
	if m, ok := d.Mailbox(); ok && d.Command.Writes() {
		mailbox(c, d, m)
	}
}

// stateVerb tells a stop, which is a way down from operation, from the steps of
// a start, which every master does.
func (p *parser) stateVerb(d pdu.Datagram, to pdu.State) *plant.Verb {
	stops := false
	for i := range p.slaves {
		s := &p.slaves[i]
		if s.station == d.Station || d.Command == pdu.BWR || d.Command == pdu.BRW {
			stops = stops || s.state == pdu.Op && to < pdu.Op
			s.state = to
		}
	}
	if s := p.slave(d.Station); s != nil {
		s.state = to
	}
	switch {
	case to == pdu.Boot:
		return boot
	case stops:
		return stateStop
	}
	return stateChange
}

// slave finds what is remembered of a station, and begins it; nil when there
// are too many.
func (p *parser) slave(station uint16) *slave {
	for i := range p.slaves {
		if p.slaves[i].station == station {
			return &p.slaves[i]
		}
	}
	if len(p.slaves) >= maxSlaves {
		return nil
	}
	p.slaves = append(p.slaves, slave{station: station})
	return &p.slaves[len(p.slaves)-1]
}

// answer reads a datagram that slaves have worked on: it brings what was read.
func (p *parser) answer(c *dissect.Context, d pdu.Datagram) {
	if d.Command == pdu.BRD {
		p.count = d.Counter
	}
	if word, ok := d.EEPROMRequest(); ok {
		if s := p.slave(d.Station); s != nil {
			s.word = word
		}
	}
	if word, data, ok := d.EEPROMData(); ok {
		p.eeprom(c, d, word, data)
	}
	if m, ok := d.Mailbox(); ok && d.Command.Reads() {
		p.dictionary(c, d, m)
	}
}

// mailbox reports what a mailbox message asks of a slave.
func mailbox(c *dissect.Context, d pdu.Datagram, m pdu.Mailbox) {
	if s, ok := m.SDO(); ok && !s.Response {
		o := dissect.Object{Space: "object", Unit: uint32(d.Station), Ranged: true, From: uint32(s.Index), To: uint32(s.Index)}
		verb := sdoRead
		if s.Write {
			if verb = sdoWrite; s.Index < firstParameter {
				verb = sdoMap
			}
			if v, ok := small(s.Data); ok {
				o.Valued, o.Value = true, v
			}
		}
		c.Send(verb, o)
	}
	if f, ok := m.File(); ok {
		verb := fileRead
		if f.Write {
			verb = fileWrite
		}
		c.Send(verb, dissect.Object{Space: "file", Unit: uint32(d.Station), Name: f.Name})
	}
}

// small is a value of up to four bytes.
func small(b []byte) (int64, bool) {
	switch len(b) {
	case 1:
		return int64(b[0]), true
	case 2:
		return int64(binary.LittleEndian.Uint16(b)), true
	case 4:
		return int64(binary.LittleEndian.Uint32(b)), true
	}
	return 0, false
}

// eeprom reports words that name a slave: four bytes each.
func (p *parser) eeprom(c *dissect.Context, d pdu.Datagram, word uint32, data []byte) {
	if word == 0 {
		s := p.slave(d.Station)
		if s == nil || s.word == 0 {
			return
		}
		word, s.word = s.word, 0
	}
	for at := 0; at+4 <= len(data); at += 4 {
		p.number(c, d, word+uint32(at)/2, data[at:at+4], sourceSII)
	}
}

// number reports vendor, product, revision or serial number of a slave.
func (p *parser) number(c *dissect.Context, d pdu.Datagram, word uint32, b []byte, source string) {
	v := binary.LittleEndian.Uint32(b)
	what := ""
	switch word {
	case pdu.WordVendor:
		what = ", vendor 0x"
	case pdu.WordProduct:
		what = ", product 0x"
	case pdu.WordRevision:
		what = ", revision 0x"
	case pdu.WordSerial:
		what = ", serial 0x"
	}
	if what == "" || v == 0 {
		return
	}
	var buf [64]byte
	t, ok := p.unit(buf[:0], d)
	if !ok {
		return
	}
	t = hex.AppendEncode(append(t, what...), []byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)})
	c.Fact(master(c), plant.FieldUnit, t, source, 0.95)
}

// unit names a slave by its configured address, or by its place on the line: an
// address by place counts up with each slave the frame passes.
func (p *parser) unit(b []byte, d pdu.Datagram) ([]byte, bool) {
	switch d.Command {
	case pdu.FPRD, pdu.FPRW:
		return strconv.AppendUint(append(b, "ethercat slave "...), uint64(d.Station), 10), true
	case pdu.APRD, pdu.APRW:
		place := p.count - d.Station
		if p.count == 0 || place >= p.count {
			return nil, false
		}
		return strconv.AppendUint(append(b, "ethercat slave at place "...), uint64(place), 10), true
	}
	return nil, false
}

// master is the sender, by its own address.
func master(c *dissect.Context) dissect.Subject {
	if !c.Src().MAC.IsLocal() || c.Src().IP.IsValid() {
		return dissect.Sender
	}
	e := c.Src()
	e.MAC[0] &^= 2
	return dissect.At(e)
}

// dictionary reports what a slave's object dictionary says of it.
func (p *parser) dictionary(c *dissect.Context, d pdu.Datagram, m pdu.Mailbox) {
	s, ok := m.SDO()
	if !ok || !s.Response || s.Abort || len(s.Data) == 0 {
		return
	}
	what := ""
	switch s.Index {
	case pdu.ObjectName:
		what = ", product "
	case pdu.ObjectHardware:
		what = ", hardware "
	case pdu.ObjectSoftware:
		what = ", firmware "
	case pdu.ObjectIdentity:
		if len(s.Data) == 4 && s.Sub >= 1 && s.Sub <= 4 {
			p.number(c, d, pdu.WordVendor+2*uint32(s.Sub-1), s.Data, sourceCoE)
		}
		return
	default:
		return
	}
	var buf [256]byte
	if t, ok := p.unit(buf[:0], d); ok {
		t = append(append(t, what...), s.Data[:min(len(s.Data), 128)]...)
		c.Fact(master(c), plant.FieldUnit, t, sourceCoE, 0.95)
	}
}
