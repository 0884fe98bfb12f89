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
		Probe: probe,
		New:   func() dissect.Parser { return &parser{} },
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
		{Code: uint32(pdu.APWR), Name: "Auto Increment Physical Write", Kind: plant.Config},
		{Code: uint32(pdu.APRW), Name: "Auto Increment Physical Read Write", Kind: plant.Config},
		{Code: uint32(pdu.FPRD), Name: "Configured Address Physical Read", Kind: plant.Read},
		{Code: uint32(pdu.FPWR), Name: "Configured Address Physical Write", Kind: plant.Config},
		{Code: uint32(pdu.FPRW), Name: "Configured Address Physical Read Write", Kind: plant.Config},
		{Code: uint32(pdu.BRD), Name: "Broadcast Read", Kind: plant.Read},
		{Code: uint32(pdu.BWR), Name: "Broadcast Write", Kind: plant.Config},
		{Code: uint32(pdu.BRW), Name: "Broadcast Read Write", Kind: plant.Config},
		{Code: uint32(pdu.LRD), Name: "Logical Read", Kind: plant.Read, Technique: "T0801"},
		{Code: uint32(pdu.LWR), Name: "Logical Write", Kind: plant.Write},
		{Code: uint32(pdu.LRW), Name: "Logical Read Write", Kind: plant.Write},
		{Code: uint32(pdu.ARMW), Name: "Auto Increment Read Multiple Write", Kind: plant.Other},
		{Code: uint32(pdu.FRMW), Name: "Configured Read Multiple Write", Kind: plant.Other},
	})
	stateChange = &plant.Verb{Protocol: "ethercat", Code: "al-control", Name: "AL Control", Kind: plant.Mode, Technique: "T0858"}
	boot        = &plant.Verb{Protocol: "ethercat", Code: "al-control", Name: "AL Control (boot)", Kind: plant.Firmware, Technique: "T0800"}
	sdoRead     = &plant.Verb{Protocol: "ethercat", Code: "coe.read", Name: "CoE Upload", Kind: plant.Read, Technique: "T0861"}
	sdoWrite    = &plant.Verb{Protocol: "ethercat", Code: "coe.write", Name: "CoE Download", Kind: plant.Config, Technique: "T0836"}
	fileRead    = &plant.Verb{Protocol: "ethercat", Code: "foe.read", Name: "FoE Read", Kind: plant.Program, Technique: "T0845"}
	fileWrite   = &plant.Verb{Protocol: "ethercat", Code: "foe.write", Name: "FoE Write", Kind: plant.Firmware, Technique: "T0839"}
)

// maxSlaves bounds what is remembered of slaves between datagrams.
const maxSlaves = 64

// slave is the EEPROM word whose data come next from a station.
type slave struct {
	station uint16
	word    uint32
}

type parser struct {
	slaves []slave
}

// Parse reads one frame.
func (p *parser) Parse(c *dissect.Context, b []byte) (int, error) {
	w, err := pdu.Decode(b)
	if err != nil {
		return 0, err
	}
	for d, ok := w.Next(); ok; d, ok = w.Next() {
		p.datagram(c, d)
	}
	return len(b), nil
}

// datagram reports a datagram on its way out, when no slave has counted up yet;
// on its way back it brings what was read.
func (p *parser) datagram(c *dissect.Context, d pdu.Datagram) {
	if word, ok := d.EEPROMRequest(); ok {
		p.remember(d.Station, word)
	}
	if data, ok := d.EEPROMData(); ok {
		p.eeprom(c, d.Station, data)
	}
	m, isMailbox := d.Mailbox()
	if isMailbox && d.Command.Reads() && d.Counter > 0 {
		answer(c, d, m)
	}
	if d.Counter > 0 {
		return
	}
	c.Send(verbs.Get(uint32(d.Command)), dissect.Object{})
	if s, ok := d.ALControl(); ok {
		c.Send(stateVerb(s), dissect.Object{Space: s.String(), Unit: uint32(d.Station)})
	}
	if isMailbox && d.Command.Writes() {
		order(c, d, m)
	}
}

func stateVerb(s pdu.State) *plant.Verb {
	if s == pdu.Boot {
		return boot
	}
	return stateChange
}

// order reports what a mailbox message asks of a slave.
func order(c *dissect.Context, d pdu.Datagram, m pdu.Mailbox) {
	if s, ok := m.SDO(); ok && !s.Response {
		o := dissect.Object{Space: "object", Unit: uint32(d.Station), Ranged: true, From: uint32(s.Index), To: uint32(s.Index)}
		verb := sdoRead
		if s.Write {
			verb = sdoWrite
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

// remember keeps the word that a station was asked for, one for each station.
func (p *parser) remember(station uint16, word uint32) {
	for i := range p.slaves {
		if p.slaves[i].station == station {
			p.slaves[i].word = word
			return
		}
	}
	if len(p.slaves) < maxSlaves {
		p.slaves = append(p.slaves, slave{station, word})
	}
}

// eeprom reports a word that names a slave: four bytes, or two such words.
func (p *parser) eeprom(c *dissect.Context, station uint16, data []byte) {
	for i := range p.slaves {
		s := &p.slaves[i]
		if s.station != station || s.word == 0 {
			continue
		}
		for at := 0; at+4 <= len(data); at += 4 {
			number(c, station, s.word+uint32(at)/2, data[at:at+4], sourceSII)
		}
		s.word = 0
	}
}

// number reports vendor, product, revision or serial number of a slave.
func number(c *dissect.Context, station uint16, word uint32, b []byte, source string) {
	v := binary.LittleEndian.Uint32(b)
	what := ""
	switch word {
	case pdu.WordVendor:
		what = "vendor 0x"
	case pdu.WordProduct:
		what = "product 0x"
	case pdu.WordRevision:
		what = "revision 0x"
	case pdu.WordSerial:
		what = "serial 0x"
	}
	if what == "" || v == 0 {
		return
	}
	var buf [64]byte
	t := append(append(unit(buf[:0], station), ", "...), what...)
	t = hex.AppendEncode(t, []byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)})
	c.Fact(master(c), plant.FieldUnit, t, source, 0.95)
}

func unit(b []byte, station uint16) []byte {
	return strconv.AppendUint(append(b, "ethercat slave "...), uint64(station), 10)
}

// master is the sender, by its own address.
func master(c *dissect.Context) dissect.Subject {
	if !c.Src.MAC.IsLocal() || c.Src.IP.IsValid() {
		return dissect.Sender
	}
	e := c.Src
	e.MAC[0] &^= 2
	return dissect.At(e)
}

// answer reports what a slave's object dictionary says of it.
func answer(c *dissect.Context, d pdu.Datagram, m pdu.Mailbox) {
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
			number(c, d.Station, pdu.WordVendor+2*uint32(s.Sub-1), s.Data, sourceCoE)
		}
		return
	default:
		return
	}
	var buf [256]byte
	t := append(unit(buf[:0], d.Station), what...)
	c.Fact(master(c), plant.FieldUnit, append(t, s.Data[:min(len(s.Data), 128)]...), sourceCoE, 0.95)
}
