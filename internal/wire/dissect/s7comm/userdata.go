package s7comm

import (
	"bytes"
	"strconv"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/s7comm"
)

// userdataTag is what is remembered of a userdata request.
func userdataTag(h pdu.UserdataHead, szl uint16) uint64 {
	return uint64(h.Group)<<24 | uint64(h.Subfunction)<<16 | uint64(szl)
}

func (p *Parser) userdata(c *dissect.Context, u *pdu.PDU) {
	h, ok := pdu.DecodeUserdata(u.Param)
	if !ok {
		c.Malformed("userdata with unknown parameters")
		return
	}
	switch h.Direction {
	case pdu.Request:
		p.userdataRequest(c, u, h)
	case pdu.Response:
		p.userdataAnswer(c, u, h)
	default: // the controller reports what a client subscribed to
		c.Response(lookUserdata(h), unasked, dissect.Answered)
		p.report(c, h)
	}
}

// report reads what a controller tells unasked.
func (p *Parser) report(c *dissect.Context, h pdu.UserdataHead) {
	if h.Group == pdu.ModeTransition {
		c.FactText(dissect.Sender, plant.FieldMode, pdu.TransitionMode(h.Subfunction), "s7comm.mode", 0.95)
	}
}

func (p *Parser) userdataRequest(c *dissect.Context, u *pdu.PDU, h pdu.UserdataHead) {
	d, _, _ := pdu.DecodeData(u.Data)
	verb, o, list := lookUserdata(h), dissect.Object{}, uint16(0)
	switch {
	case h.Group == pdu.CPU && h.Subfunction == 1:
		s, ok := p.wanted(c, h, d)
		if ok {
			verb, list = szlVerb(s), s.ID
			o = dissect.Object{Space: "SZL", Name: appendSZL(p.name[:0], s)}
		}
	case h.Group == pdu.BlockInfo:
		o = p.asked(h, u)
	case h.Group == pdu.Cyclic && h.Subfunction != 4:
		o = p.items(pdu.CyclicItems(d.Value), false)
	case h.Group == pdu.Security && h.Subfunction == 1 && len(d.Value) > 0:
		// The password is hidden by an exclusive-or with a constant: anyone who
		// sees the frame can tell it.
		c.FactText(dissect.Receiver, plant.FieldCleartextLogin, "s7comm password", "s7comm.password", 0.95)
	}
	c.Request(verb, userdataID(u), o).Tag = userdataTag(h, list)
}

// wanted is the list that a request is for. One for the next unit of a long
// list names the series by the sequence number that the answer gave it.
func (p *Parser) wanted(c *dissect.Context, h pdu.UserdataHead, d pdu.DataItem) (pdu.SZL, bool) {
	if s, ok := pdu.DecodeSZL(d.Value); ok {
		return s, true
	}
	other := &p.series[1-c.Side()]
	return other.head, h.Sequence != 0 && h.Sequence == other.sequence
}

func appendSZL(b []byte, s pdu.SZL) []byte {
	const hex = "0123456789abcdef"
	return append(b, '0', 'x', hex[s.ID>>12], hex[s.ID>>8&15], hex[s.ID>>4&15], hex[s.ID&15])
}

// asked names the block or the type of blocks that a request for block
// information is about.
func (p *Parser) asked(h pdu.UserdataHead, u *pdu.PDU) dissect.Object {
	if h.Subfunction == 3 {
		if k, ok := pdu.RequestedBlock(u.Data); ok {
			return dissect.Object{Name: k.AppendTo(p.name[:0])}
		}
	}
	if h.Subfunction == 2 {
		d, _, _ := pdu.DecodeData(u.Data)
		if t, ok := pdu.DecodeBlockType(d.Value); ok {
			return dissect.Object{Space: t.String()}
		}
	}
	return dissect.Object{}
}

func (p *Parser) userdataAnswer(c *dissect.Context, u *pdu.PDU, h pdu.UserdataHead) {
	d, _, _ := pdu.DecodeData(u.Data)
	verb := lookUserdata(h)
	if w, ok := c.Peek(userdataID(u)); ok && w.Tag>>16 == userdataTag(h, 0)>>16 {
		verb = nil
	} else if s, ok := pdu.DecodeSZL(d.Value); ok && h.Group == pdu.CPU && h.Subfunction == 1 {
		verb = szlVerb(s)
	}
	r := dissect.Accepted
	if h.Error != 0 || len(u.Data) >= 4 && d.Code != pdu.CodeSuccess && len(d.Value) == 0 {
		r = dissect.Refused
	}
	// A controller ends a job with code 0x0a and no data when there is nothing
	// to tell: that refuses reading and nothing else.
	if h.Error == 0 && d.Code == pdu.CodeMissing && h.Group != pdu.CPU && h.Group != pdu.BlockInfo {
		r = dissect.Accepted
	}
	c.Response(verb, userdataID(u), r)
	if h.Group == pdu.CPU && h.Subfunction == 1 && d.Code == pdu.CodeSuccess {
		p.szl(c, h, d.Value)
	}
}

// series joins the units of a system status list that is longer than one unit.
type series struct {
	sequence uint8 // 0: none is on its way
	unit     uint8
	head     pdu.SZL
	buf      []byte
}

// maxList bounds what is kept of a list: the longest of interest, component
// identification of a redundant system, has about 900 bytes.
const maxList = 4096

// szl takes one unit of an answer, and reads the list when it is whole.
func (p *Parser) szl(c *dissect.Context, h pdu.UserdataHead, value []byte) {
	s := &p.series[c.Side()]
	switch {
	case h.Unit != 0 && h.Unit == s.unit && h.Sequence == s.sequence:
		value = s.add(value)
	case h.More:
		s.begin(h, value)
	}
	if h.More {
		return
	}
	s.sequence = 0
	if list, ok := pdu.DecodeSZL(value); ok && told(list) {
		p.tell(c, list)
	}
}

func (s *series) begin(h pdu.UserdataHead, value []byte) {
	s.sequence, s.unit = h.Sequence, h.Unit
	s.head, _ = pdu.DecodeSZL(value)
	s.buf = s.buf[:0]
	if told(s.head) {
		s.buf = append(s.buf, value...)
	}
	s.head.Records = nil // they are the engine's
}

func (s *series) add(value []byte) []byte {
	if len(s.buf) > 0 && len(s.buf)+len(value) <= maxList {
		s.buf = append(s.buf, value...)
	}
	return s.buf
}

// told reports lists that tell something about the controller.
func told(s pdu.SZL) bool {
	switch s.List() {
	case pdu.ListModule, pdu.ListComponent, pdu.ListMode, pdu.ListProtection:
		return true
	}
	return false
}

// tell reports the facts in a list.
func (p *Parser) tell(c *dissect.Context, s pdu.SZL) {
	kind := kind(s)
	for i := range int(s.Count) {
		r := s.Record(i)
		if r == nil {
			return
		}
		switch s.List() {
		case pdu.ListModule:
			p.module(c, r)
		case pdu.ListComponent:
			p.component(c, r, kind)
		case pdu.ListMode:
			if m, ok := pdu.DecodeMode(r); ok && i == 0 {
				c.FactText(dissect.Sender, plant.FieldMode, m.String(), "s7comm.szl", 0.95)
			}
		case pdu.ListProtection:
			protection(c, r)
		}
	}
}

// kind is the name of the CPU's type in component identification. A module that
// nobody gave a name has that as its name too.
func kind(s pdu.SZL) []byte {
	for i := 0; s.List() == pdu.ListComponent; i++ {
		k, ok := pdu.DecodeComponent(s.Record(i))
		if !ok {
			break
		}
		if k.Index == pdu.ComponentType {
			return k.Text
		}
	}
	return nil
}

const szlSure = 0.95

// about gives a fact about the controller, and about its module in the rack
// where the client named the slot and it is one of an S7-300 or S7-400: there
// the address may be that of a communication module.
func (p *Parser) about(c *dissect.Context, f plant.Field, value []byte) {
	if len(value) == 0 {
		return
	}
	c.Fact(dissect.Sender, f, value, "s7comm.szl", szlSure)
	if p.Called.Slot >= 2 && p.Called.Rack == 0 {
		c.Fact(dissect.Module(int(p.Called.Slot)), f, value, "s7comm.szl", szlSure)
	}
}

func (p *Parser) module(c *dissect.Context, record []byte) {
	m, ok := pdu.DecodeModule(record)
	if !ok {
		return
	}
	switch m.Index {
	case pdu.ModuleItself:
		p.about(c, plant.FieldOrderNumber, m.Order)
	case pdu.ModuleHardware:
		p.about(c, plant.FieldOrderNumber, m.Order)
		if m.Version1 < 0x100 {
			p.about(c, plant.FieldHardware, strconv.AppendUint(p.name[:0], uint64(m.Version1), 10))
		}
	case pdu.ModuleFirmware:
		p.about(c, plant.FieldFirmware, m.AppendVersion(p.name[:0]))
	case pdu.ModuleLoader:
		v := append(append(p.name[:0], m.Order...), ' ')
		p.about(c, plant.FieldSoftware, m.AppendVersion(v))
	}
}

func (p *Parser) component(c *dissect.Context, record, kind []byte) {
	k, ok := pdu.DecodeComponent(record)
	if !ok {
		return
	}
	switch k.Index {
	case pdu.ComponentStation:
		c.Fact(dissect.Sender, plant.FieldName, k.Text, "s7comm.szl", 0.9)
	case pdu.ComponentName:
		sure := szlSure
		if bytes.Equal(k.Text, kind) {
			sure = 0.6
		}
		c.Fact(dissect.Sender, plant.FieldName, k.Text, "s7comm.szl", sure)
	case pdu.ComponentPlant, pdu.ComponentLocation:
		c.Fact(dissect.Sender, plant.FieldLocation, k.Text, "s7comm.szl", szlSure)
	case pdu.ComponentCopyright:
		c.Fact(dissect.Sender, plant.FieldVendor, vendor(k.Text), "s7comm.szl", 0.8)
	case pdu.ComponentSerial:
		p.about(c, plant.FieldSerial, k.Text)
	case pdu.ComponentType:
		p.about(c, plant.FieldProduct, k.Text)
	case pdu.ComponentCard:
		if len(k.Text) > 0 {
			c.Fact(dissect.Sender, plant.FieldDescription, append(append(p.name[:0], "memory card "...), k.Text...), "s7comm.szl", 0.8)
		}
	case pdu.ComponentMaker:
		if id := uint16(k.Raw[0])<<8 | uint16(k.Raw[1]); id != 0 {
			c.Fact(dissect.Sender, plant.FieldVendorID, strconv.AppendUint(append(p.name[:0], "profinet:"...), uint64(id), 10), "s7comm.szl", szlSure)
		}
	}
}
