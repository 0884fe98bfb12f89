// Package ads tells what happens in Beckhoff ADS conversations: who reads and
// writes which symbols and index groups, who changes the state of a runtime and
// moves files, and what TwinCAT systems say about themselves.
package ads

import (
	"encoding/binary"
	"errors"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/ads"
)

// Port is the registered port.
const Port = 48898

// Protocol is ADS in AMS/TCP packets.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name: "ads", TCP: []uint16{Port},
		Probe: probe,
		New:   func() dissect.Parser { return &parser{} },
	}
}

// probe wants both headers, whose two lengths must agree. A program that talks
// to its own router begins with packets that have only the first.
func probe(b []byte, h dissect.Hint) dissect.Match {
	if !h.Stream {
		return dissect.No
	}
	p, _, err := pdu.Peek(b)
	switch {
	case errors.Is(err, pdu.ErrShort):
		return dissect.Short
	case err != nil || !p.Router && p.Command == 0:
		return dissect.No
	case p.Router:
		return dissect.Weak
	}
	return dissect.Strong
}

// Data of a packet that is worth waiting for. Whole boot projects come in one
// write: of a longer packet only the beginning is read.
const (
	maxWait = 1 << 16
	enough  = 512
)

type parser struct {
	symbols symbols
	netID   [2]pdu.NetID // told last, by side
	state   [2]uint32    // AMS port and state told last, by side
	scratch []byte
}

// Parse reads the packets in b.
func (p *parser) Parse(c *dissect.Context, b []byte) (int, error) {
	taken := 0
	for taken < len(b) {
		rest := b[taken:]
		m, n, err := pdu.Peek(rest)
		if errors.Is(err, pdu.ErrShort) {
			break
		}
		if err != nil {
			return taken, err
		}
		if n > len(rest) && (n <= maxWait || len(rest) < enough) {
			break
		}
		if !m.Router {
			p.packet(c, &m)
		}
		taken += n
	}
	return taken, nil
}

// packet pairs by invoke identifier and the two AMS ports: each program on
// either system counts for itself.
func (p *parser) packet(c *dissect.Context, m *pdu.Packet) {
	p.sender(c, m)
	id := uint64(m.Invoke) << 32
	switch {
	case m.Response():
		p.response(c, m, id|uint64(m.Target.Port)<<16|uint64(m.Source.Port))
	case m.Command == pdu.Notification:
		c.Send(verbs.Get(uint32(m.Command)), dissect.Object{})
	default:
		p.request(c, m, id|uint64(m.Source.Port)<<16|uint64(m.Target.Port))
	}
}

// sender tells the AMS address of who sends, once.
func (p *parser) sender(c *dissect.Context, m *pdu.Packet) {
	if side := c.Side(); p.netID[side] != m.Source.NetID {
		p.netID[side] = m.Source.NetID
		p.scratch = m.Source.NetID.AppendTo(append(p.scratch[:0], "netid "...))
		c.Fact(dissect.Sender, plant.FieldUnit, p.scratch, "ads", 0.9)
	}
}

func (p *parser) request(c *dissect.Context, m *pdu.Packet, id uint64) {
	if m.Command == pdu.WriteControl {
		control, ok := m.Control()
		c.Request(controlVerb(control, ok), id, dissect.Object{Space: stateSpace(control.State)})
		return
	}
	x, ok := m.Index()
	if !ok {
		c.Request(verbs.Get(uint32(m.Command)), id, dissect.Object{})
		return
	}
	verb := indexVerb(m, x)
	pending := c.Request(verb, id, p.object(m, x))
	if m.Target.Port == pdu.PortSystem && x.Group == pdu.SysTargetInfo && x.Offset == 1 {
		pending.Tag = tagTarget
	}
	if m.Command == pdu.ReadWrite && x.Group == pdu.GroupHandleByName && len(x.Written) > 0 {
		pending.Tag = tagHandle | p.symbols.ask(x.Written)
	}
}

// What the answer to a request carries.
const (
	tagTarget = 1 << 32
	tagHandle = 1 << 33
)

// object is the symbol or the addresses that a request is about.
func (p *parser) object(m *pdu.Packet, x pdu.Index) dissect.Object {
	var o dissect.Object
	switch {
	case m.Target.Port == pdu.PortSystem:
		return systemObject(x)
	case x.Group == pdu.GroupHandleByName, x.Group == pdu.GroupValueByName, x.Group == pdu.GroupSymbolInfoByName, x.Group == pdu.GroupSymbolInfoExt:
		return dissect.Object{Space: "symbol", Name: trim(x.Written)}
	case x.Group == pdu.GroupValueByHandle:
		o = dissect.Object{Space: "symbol", Name: p.symbols.name(x.Offset, m.Target.Port)}
	case x.Group == pdu.GroupReleaseHandle:
		return dissect.Object{Space: "symbol handle"}
	case space(x.Group) != "":
		o = dissect.Object{Space: space(x.Group), Ranged: true, From: x.Offset, To: last(x)}
	default:
		o = dissect.Object{Space: "index group", Ranged: true, From: x.Group, To: x.Group}
	}
	if m.Command == pdu.Write && uint32(len(x.Written)) == x.Write {
		o.Value, o.Valued = number(x.Written)
	}
	return o
}

func systemObject(x pdu.Index) dissect.Object {
	switch x.Group {
	case pdu.SysFileOpen, pdu.SysFileDelete, pdu.SysFileRename, pdu.SysFileFind, pdu.SysOpenCreate, pdu.SysOpenWrite, pdu.SysCreateFile:
		return dissect.Object{Space: "file", Name: trim(x.Written)}
	case pdu.SysRegistry, pdu.SysRegistryUser, pdu.SysRegistryRoot:
		return dissect.Object{Space: "registry", Name: trim(x.Written)}
	}
	return dissect.Object{Space: "system service"}
}

// space names the index groups that are plain memory of a runtime.
func space(group uint32) string {
	switch group {
	case 0x4020:
		return "%M bytes"
	case 0x4021:
		return "%M bits"
	case 0x4040:
		return "data bytes"
	case pdu.GroupInputs:
		return "input bytes"
	case pdu.GroupInputBits:
		return "input bits"
	case pdu.GroupOutputs:
		return "output bytes"
	case pdu.GroupOutputBits:
		return "output bits"
	}
	return ""
}

func last(x pdu.Index) uint32 {
	n := max(x.Read, x.Write)
	if n == 0 || x.Offset+n < x.Offset {
		return x.Offset
	}
	return x.Offset + n - 1
}

// number is the value of a write of one, two or four bytes.
func number(b []byte) (int64, bool) {
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

// trim is a written name up to its NUL.
func trim(b []byte) []byte {
	for i, v := range b {
		if v == 0 {
			return b[:i]
		}
	}
	return b
}

func (p *parser) response(c *dissect.Context, m *pdu.Packet, id uint64) {
	result := dissect.Answered
	if code, ok := m.Result(); ok && code == 0 {
		result = dissect.Accepted
	} else if ok {
		result = dissect.Refused
	}
	var verb *plant.Verb
	w, ok := c.Peek(id)
	if !ok {
		verb = verbs.Get(uint32(m.Command))
	}
	c.Response(verb, id, result)
	if c.FromPort == Port && ok {
		c.SenderIsServer()
	}
	if result == dissect.Accepted {
		p.learn(c, m, w.Tag)
	}
}

// learn reads what a system says about itself in an answer.
func (p *parser) learn(c *dissect.Context, m *pdu.Packet, tag uint64) {
	if d, ok := m.Device(); ok {
		p.device(c, m, d)
	}
	if s, ok := m.State(); ok {
		p.runState(c, m, s)
	}
	data, ok := m.Returned()
	switch {
	case !ok:
	case tag&tagHandle != 0 && len(data) == 4:
		p.symbols.learn(uint32(tag), binary.LittleEndian.Uint32(data), m.Source.Port)
	case tag&tagTarget != 0 || pdu.IsTarget(data):
		p.target(c, data)
	}
}

func (p *parser) device(c *dissect.Context, m *pdu.Packet, d pdu.Device) {
	const source = "ads.device-info"
	version := append(p.scratch[:0], d.Name...)
	name := len(version)
	version = pdu.AppendVersion(append(version, ' '), []byte{d.Major, d.Minor, byte(d.Build), byte(d.Build >> 8)})
	c.Fact(dissect.Sender, plant.FieldSoftware, version, source, 0.95)
	if m.Source.Port == pdu.PortSystem {
		c.Fact(dissect.Sender, plant.FieldFirmware, version[name+1:], source, 0.9)
	}
	if pdu.IsPLC(m.Source.Port) {
		c.FactText(dissect.Sender, plant.FieldRole, plant.RoleController, source, 0.9)
	}
	c.FactText(dissect.Sender, plant.FieldVendor, "Beckhoff", source, 0.6)
	p.scratch = version
}

// runState tells the state of a PLC runtime or of the TwinCAT system, when it
// is not the one told last.
func (p *parser) runState(c *dissect.Context, m *pdu.Packet, s pdu.State) {
	key := uint32(m.Source.Port)<<16 | uint32(s)
	if m.Source.Port != pdu.PortSystem && !pdu.IsPLC(m.Source.Port) || s.String() == "" || p.state[c.Side()] == key {
		return
	}
	p.state[c.Side()] = key
	c.FactText(dissect.Sender, plant.FieldMode, s.String(), "ads.state", 0.9)
}

// target reads the description that the system service gives of its machine.
func (p *parser) target(c *dissect.Context, xml []byte) {
	const source = "ads.target"
	fact := func(f plant.Field, confidence float64, path ...string) {
		c.Fact(dissect.Sender, f, pdu.Target(xml, path...), source, confidence)
	}
	fact(plant.FieldProduct, 0.95, "TargetType")
	fact(plant.FieldSerial, 0.95, "Hardware", "SerialNo")
	fact(plant.FieldHardware, 0.9, "Hardware", "CPUVersion")
	p.joined(c, plant.FieldFirmware, xml, ".", "TargetVersion", "Version", "Revision", "Build")
	p.joined(c, plant.FieldOS, xml, " ", "OsImage", "OsName", "OsVersion")
	p.joined(c, plant.FieldSoftware, xml, " ", "OsImage", "ImageDevice", "ImageVersion", "ImageLevel")
}

func (p *parser) joined(c *dissect.Context, f plant.Field, xml []byte, between, outer string, parts ...string) {
	p.scratch = p.scratch[:0]
	for _, part := range parts {
		text := pdu.Target(xml, outer, part)
		if len(text) == 0 {
			break
		}
		if len(p.scratch) > 0 {
			p.scratch = append(p.scratch, between...)
		}
		p.scratch = append(p.scratch, text...)
	}
	c.Fact(dissect.Sender, f, p.scratch, "ads.target", 0.95)
}
