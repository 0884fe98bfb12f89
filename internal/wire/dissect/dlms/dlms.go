// Package dlms tells what happens in DLMS/COSEM conversations with meters: who
// associates with what authentication, which attributes are read and set, and
// which methods are called, among them the switch that disconnects a customer.
package dlms

import (
	"bytes"
	"encoding/hex"
	"strconv"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/dlms"
)

// Port is the registered port.
const Port = 4059

// Protocol is DLMS/COSEM over TCP and UDP, in its wrapper or in HDLC frames.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name: "dlms", TCP: []uint16{Port}, UDP: []uint16{Port},
		Probe: probe,
		New:   func() dissect.Parser { return &parser{} },
	}
}

// context is the start of the object identifier that every association names.
var context = []byte("\x60\x85\x74\x05\x08\x01")

// probe is strong for an HDLC frame with right check sequences and for an
// association; another APDU in a wrapper is weak.
func probe(b []byte, h dissect.Hint) dissect.Match {
	f, _, err := pdu.Decode(b)
	switch {
	case err == pdu.ErrShort && h.Stream && len(b) < 512:
		return dissect.Short
	case err != nil:
		return dissect.No
	case f.Framing == pdu.HDLC && f.Sound:
		return dissect.Strong
	}
	a, err := pdu.DecodeAPDU(f.APDU)
	switch {
	case err != nil:
		return dissect.No
	case (a.Tag == pdu.AssociateRequest || a.Tag == pdu.AssociateResponse) && bytes.Contains(f.APDU, context):
		return dissect.Strong
	}
	return dissect.Weak
}

type parser struct {
	mechanism uint8 // of the association asked for
	asked     bool
	text      [80]byte
}

const flag = 0x7e

// Parse reads the frames in b.
func (p *parser) Parse(c *dissect.Context, b []byte) (int, error) {
	taken := 0
	for taken < len(b) {
		from := taken
		// One flag may end a frame and begin the next.
		if from > 0 && b[from-1] == flag && b[from] != flag && b[from] != 0 {
			from--
		}
		f, n, err := pdu.Decode(b[from:])
		if err == pdu.ErrShort && c.Stream {
			return from, nil
		}
		if err != nil {
			return taken, err
		}
		p.frame(c, &f)
		taken = from + n
	}
	return taken, nil
}

func (p *parser) frame(c *dissect.Context, f *pdu.Frame) {
	if !f.Sound {
		c.Malformed("HDLC frame with a wrong check sequence")
	}
	if f.APDU == nil {
		if v := links[f.Control]; v != nil && f.Framing == pdu.HDLC {
			c.Send(v, dissect.Object{})
		}
		return
	}
	a, err := pdu.DecodeAPDU(f.APDU)
	switch {
	case err == pdu.ErrShort:
		c.Malformed("DLMS APDU is cut off")
	case err != nil:
		c.Malformed("not a DLMS APDU")
	default:
		p.apdu(c, f, &a)
	}
}

func (p *parser) apdu(c *dissect.Context, f *pdu.Frame, a *pdu.APDU) {
	switch a.Tag {
	case pdu.AssociateRequest, pdu.AssociateResponse:
		p.association(c, f, a)
	case pdu.GetRequest, pdu.SetRequest, pdu.ActionRequest:
		c.SenderIsClient()
		c.Request(requestVerb(a), pairing(f.Source, f.Destination, a), p.object(a)).Tag = uint64(identityOf(a))
	case pdu.GetResponse, pdu.SetResponse, pdu.ActionResponse:
		c.SenderIsServer()
		p.response(c, f, a)
	default:
		c.Send(verbs.Get(uint32(a.Tag)), dissect.Object{})
	}
}

// pairing joins a response to its request: the addresses of client and server
// and the number of the invocation.
func pairing(client, server uint32, a *pdu.APDU) uint64 {
	return uint64(client)<<36 ^ uint64(server)<<4 | uint64(a.Invoke&0x0f)
}

func (p *parser) response(c *dissect.Context, f *pdu.Frame, a *pdu.APDU) {
	id, v := pairing(f.Destination, f.Source, a), verbs.Get(uint32(a.Tag))
	if _, ok := c.Peek(id); ok {
		v = nil
	}
	r := dissect.Answered
	if a.Answered {
		r = dissect.Accepted
		if a.Result != 0 {
			r = dissect.Refused
		}
	}
	w, _ := c.Response(v, id, r)
	if s, ok := pdu.OctetString(a.Data); ok && w.Tag != 0 {
		p.identify(c, field(w.Tag), s)
	}
}

// object names an attribute or method as A-B:C.D.E.F/attribute.
func (p *parser) object(a *pdu.APDU) dissect.Object {
	if !a.Attributed {
		return dissect.Object{}
	}
	b := p.text[:0]
	for i, separator := range "-:.../" {
		b = append(strconv.AppendUint(b, uint64(a.Instance[i]), 10), byte(separator))
	}
	b = strconv.AppendUint(b, uint64(a.Attribute), 10)
	return dissect.Object{Name: b}
}

// field is what an attribute tells about the meter.
type field uint8

const (
	nothing field = iota
	logicalName
	deviceID
	firmware
)

// identityOf knows the attributes that name a meter (Blue Book, clause 6.2).
func identityOf(a *pdu.APDU) field {
	const data, value = 1, 2
	if a.Tag != pdu.GetRequest || !a.Attributed || a.Class != data || a.Attribute != value {
		return nothing
	}
	switch a.Instance {
	case [6]byte{0, 0, 42, 0, 0, 255}:
		return logicalName
	case [6]byte{0, 0, 96, 1, 0, 255}:
		return deviceID
	case [6]byte{1, 0, 0, 2, 0, 255}:
		return firmware
	}
	return nothing
}

func (p *parser) identify(c *dissect.Context, f field, s []byte) {
	switch f {
	case logicalName:
		c.Fact(dissect.Sender, plant.FieldName, s, "dlms.get", 0.9)
		p.manufacturer(c, s, "dlms.get")
	case deviceID:
		c.Fact(dissect.Sender, plant.FieldSerial, s, "dlms.get", 0.95)
	case firmware:
		c.Fact(dissect.Sender, plant.FieldFirmware, s, "dlms.get", 0.95)
	}
}

// manufacturer reports the three letters by which the FLAG association knows
// it, at the start of a logical device name or system title.
func (p *parser) manufacturer(c *dissect.Context, s []byte, source string) {
	if len(s) < 3 {
		return
	}
	for _, b := range s[:3] {
		if b < 'A' || b > 'Z' {
			return
		}
	}
	c.Fact(dissect.Sender, plant.FieldVendorID, append(append(p.text[:0], "flag:"...), s[:3]...), source, 0.9)
}

// association reports who associates and how it is protected. What the server
// accepts is how it is set up.
func (p *parser) association(c *dissect.Context, f *pdu.Frame, a *pdu.APDU) {
	x, err := pdu.DecodeAssociation(f.APDU)
	if err != nil {
		c.Malformed("damaged DLMS association")
		return
	}
	const pair = 1 << 63
	if a.Tag == pdu.AssociateRequest {
		c.SenderIsClient()
		c.Request(verbs.Get(uint32(a.Tag)), pair, dissect.Object{})
		p.mechanism, p.asked = x.Mechanism, true
		const lowLevel = 1
		if x.Mechanism == lowLevel && x.Secret {
			c.FactText(dissect.Receiver, plant.FieldCleartextLogin, "dlms low-level security", "dlms.associate", 0.95)
		}
	} else {
		c.SenderIsServer()
		p.accepted(c, &x, pair)
	}
	if len(x.Title) > 0 && len(x.Title) <= 16 {
		c.Fact(dissect.Sender, plant.FieldUnit, hex.AppendEncode(append(p.text[:0], "dlms:"...), x.Title), "dlms.associate", 0.9)
		p.manufacturer(c, x.Title, "dlms.associate")
	}
}

func (p *parser) accepted(c *dissect.Context, x *pdu.Association, pair uint64) {
	v := verbs.Get(uint32(pdu.AssociateResponse))
	if _, ok := c.Peek(pair); ok {
		v = nil
	}
	r := dissect.Accepted
	if x.Result != 0 {
		r = dissect.Refused
	}
	c.Response(v, pair, r)
	if r == dissect.Accepted && p.asked && p.mechanism == 0 {
		c.FactText(dissect.Sender, plant.FieldSecurity, "dlms.authentication=none", "dlms.associate", 0.9)
	}
	p.asked = false
}
