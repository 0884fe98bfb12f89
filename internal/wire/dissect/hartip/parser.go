// Package hartip turns HART-IP into observations: which commands reach which
// instruments, how they were answered, and who gateways and instruments are.
// Session messages (initiate, close, keep-alive) carry no command and are not
// reported.
package hartip

import (
	"errors"
	"strconv"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/hartip"
)

// port is the registered port. A server may go on from another one, so bytes
// that are unmistakable count on any.
const port = 5094

// Protocol is HART-IP.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name:  protocol,
		TCP:   []uint16{port},
		UDP:   []uint16{port},
		Probe: probe,
		New:   func() dissect.Parser { return new(parser) },
	}
}

func probe(b []byte, h dissect.Hint) dissect.Match {
	m, n, err := pdu.Decode(b)
	switch {
	case errors.Is(err, pdu.ErrShort):
		return dissect.Short
	case err != nil, !h.Stream && n != len(b):
		return dissect.No
	}
	switch m.ID {
	case pdu.TokenPassing:
		f, size, err := pdu.DecodeFrame(m.Body)
		if err == nil && f.Long && f.Checked && size == len(m.Body) {
			return dissect.Strong
		}
	case pdu.SessionInitiate:
		if len(m.Body) == 5 && m.Body[0] <= 1 && m.Type <= pdu.Response {
			return dissect.Weak
		}
		if m.Status == 0 {
			return dissect.No
		}
	}
	return dissect.Weak
}

type parser struct {
	scratch [96]byte
}

// Parse implements dissect.Parser.
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
		p.message(c, &m)
		taken += n
	}
	return taken, nil
}

func (p *parser) message(c *dissect.Context, m *pdu.Message) {
	if m.Type == pdu.Request && m.ID != pdu.SessionClose {
		c.SenderIsClient() // either side may close
	}
	switch m.ID {
	case pdu.TokenPassing:
		f, _, err := pdu.DecodeFrame(m.Body)
		if err != nil {
			c.Malformed("a token-passing frame is cut")
			return
		}
		p.frame(c, m, &f)
	case pdu.Direct:
		p.direct(c, m)
	}
}

// exchange names a request for its response.
func exchange(m *pdu.Message, command uint16, index int) uint64 {
	return uint64(m.Sequence) | uint64(command)<<16 | uint64(index)<<32
}

func (p *parser) frame(c *dissect.Context, m *pdu.Message, f *pdu.Frame) {
	v := verbs.Get(uint32(f.Command))
	id := exchange(m, uint16(f.Command), 0)
	switch f.Type {
	case pdu.STX:
		if f.Command == tunnel {
			if t, err := pdu.DecodeTunnelled(f.Data); err == nil {
				v = tunnelled(t.Command)
			}
		}
		c.Request(v, id, p.object(f))
		p.given(c, f)
	case pdu.Burst:
		c.Send(v, p.object(f))
	default:
		c.SenderIsServer()
		p.answer(c, v, id, f.Code)
		if pdu.OutcomeOf(f.Code) == pdu.Done {
			p.learn(c, f.Command, f.Address, f.Long, f.Data)
		}
	}
}

// given reports the name that a client gives to an instrument: the instrument
// has it once it agrees, and the client is one that names instruments.
func (p *parser) given(c *dissect.Context, f *pdu.Frame) {
	const source, sure = "hartip.write-tag", 0.3
	switch f.Command {
	case 18:
		if t, err := pdu.DecodeTag(f.Data); err == nil {
			c.Fact(dissect.Sender, plant.FieldResolves, t.Tag[:], source, sure)
		}
	case 22:
		c.Fact(dissect.Sender, plant.FieldResolves, pdu.LongTag(f.Data), source, sure)
	}
}

// answer reports how a command was answered. Of a command that went on to a
// sub-device the request knows the verb.
func (p *parser) answer(c *dissect.Context, v *plant.Verb, id uint64, code uint8) {
	result := dissect.Answered
	switch pdu.OutcomeOf(code) {
	case pdu.Done:
		result = dissect.Accepted
	case pdu.Failed:
		result = dissect.Refused
	}
	if _, ok := c.Response(nil, id, result); !ok {
		c.Response(v, id, result)
	}
}

// object is the instrument that a command is for.
func (p *parser) object(f *pdu.Frame) dissect.Object {
	if !f.Long {
		return dissect.Object{Space: "polling address", Ranged: true, From: uint32(f.Address[0]), To: uint32(f.Address[0])}
	}
	return dissect.Object{Space: "device", Name: appendHex(p.scratch[:0], f.Address[:])}
}

// direct reads the commands of a direct message: they are for the server
// itself.
func (p *parser) direct(c *dissect.Context, m *pdu.Message) {
	list := pdu.DecodeDirect(*m)
	index := 0
	for d, ok := list.Next(); ok; d, ok = list.Next() {
		index++
		v, id := directs.Get(uint32(d.Command)), exchange(m, d.Command, index)
		switch {
		case m.Type == pdu.Publish:
			c.Send(v, dissect.Object{})
		case !d.Response:
			c.Request(v, id, dissect.Object{})
		case len(d.Data) > 0:
			c.SenderIsServer()
			p.answer(c, v, id, d.Data[0])
			if pdu.OutcomeOf(d.Data[0]) == pdu.Done && d.Command <= 0xff {
				p.learn(c, uint8(d.Command), [5]byte{}, false, d.Data[1:])
			}
		}
	}
}

// learn reads what an instrument says about itself. A gateway answers for the
// instruments behind it under the same IP address: each is a unit of it, and
// what it says stands with its address, too.
func (p *parser) learn(c *dissect.Context, command uint8, address [5]byte, long bool, data []byte) {
	const source, sure = "hartip.identity", 0.9
	who := dissect.Sender
	if long {
		c.Fact(who, plant.FieldUnit, appendHex(append(p.scratch[:0], "hart:"...), address[:]), source, sure)
	}
	switch command {
	case 0, 11, 21:
		if id, err := pdu.DecodeIdentity(data); err == nil {
			p.identity(c, &id)
		}
	case 12, 17:
		var text [32]byte
		if n := pdu.Unpack(text[:], data); n == len(text) {
			p.text(c, plant.FieldDescription, text[:], "hartip.message")
		}
	case 13, 18:
		if t, err := pdu.DecodeTag(data); err == nil {
			p.text(c, plant.FieldName, t.Tag[:], "hartip.tag")
			p.text(c, plant.FieldDescription, t.Descriptor[:], "hartip.tag")
		}
	case 20, 22:
		p.text(c, plant.FieldName, pdu.LongTag(data), "hartip.long-tag")
	}
}

// text reports a text that somebody filled in: one of spaces, or of the zeroes
// of a device fresh from the factory, says nothing.
func (p *parser) text(c *dissect.Context, f plant.Field, b []byte, source string) {
	for _, x := range b {
		if x > ' ' && x != '@' {
			c.Fact(dissect.Sender, f, b, source, 0.9)
			return
		}
	}
}

func (p *parser) identity(c *dissect.Context, id *pdu.Identity) {
	const source, sure = "hartip.identity", 0.95
	number := func(f plant.Field, prefix string, n uint16) {
		c.Fact(dissect.Sender, f, strconv.AppendUint(append(p.scratch[:0], prefix...), uint64(n), 10), source, sure)
	}
	if id.Manufacturer != 0 {
		number(plant.FieldVendorID, "hart:", id.Manufacturer)
	}
	kind := append(p.scratch[:0], "hart:0x"...)
	c.Fact(dissect.Sender, plant.FieldDeviceType, appendHex(kind, []byte{byte(id.DeviceType >> 8), byte(id.DeviceType)}), source, sure)
	c.Fact(dissect.Sender, plant.FieldSerial, appendHex(p.scratch[:0], id.Serial[:]), source, sure)
	number(plant.FieldFirmware, "", uint16(id.Software))
	number(plant.FieldHardware, "", uint16(id.Hardware))
	role := plant.RoleSensor
	if id.Bridge {
		role = plant.RoleGateway
	}
	c.FactText(dissect.Sender, plant.FieldRole, role, source, 0.8)
}

func appendHex(dst, b []byte) []byte {
	const hex = "0123456789abcdef"
	for _, x := range b {
		dst = append(dst, hex[x>>4], hex[x&15])
	}
	return dst
}
