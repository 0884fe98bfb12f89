// Package radius tells who signs in through which access server, and whether
// they are let in.
package radius

import (
	"bytes"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/radius"
)

// Protocol is RADIUS on UDP.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name: "radius", UDP: []uint16{1812, 1813, 1645, 1646, 3799},
		Probe: probe,
		New:   func() dissect.Parser { return parser{} },
	}
}

var verbs = dissect.NewVerbs("radius", "%d", []dissect.VerbRow{
	{Code: uint32(pdu.AccessRequest), Name: "Access-Request", Kind: plant.Auth},
	{Code: uint32(pdu.AccessAccept), Name: "Access-Accept", Kind: plant.Auth},
	{Code: uint32(pdu.AccessReject), Name: "Access-Reject", Kind: plant.Auth},
	{Code: uint32(pdu.AccountingRequest), Name: "Accounting-Request"},
	{Code: uint32(pdu.AccountingResponse), Name: "Accounting-Response"},
	{Code: uint32(pdu.AccessChallenge), Name: "Access-Challenge", Kind: plant.Auth},
	{Code: uint32(pdu.StatusServer), Name: "Status-Server"},
	{Code: uint32(pdu.DisconnectRequest), Name: "Disconnect-Request", Kind: plant.Auth},
	{Code: uint32(pdu.CoARequest), Name: "CoA-Request", Kind: plant.Auth},
})

// probe has no magic number to go by, so that it is never sure.
func probe(b []byte, h dissect.Hint) dissect.Match {
	_, n, err := pdu.Decode(b)
	if err != nil || h.Stream || n != len(b) {
		return dissect.No
	}
	return dissect.Weak
}

type parser struct{}

// Parse reads one packet.
func (parser) Parse(c *dissect.Context, b []byte) (int, error) {
	p, n, err := pdu.Decode(b)
	if err != nil {
		return 0, err
	}
	verb, id := verbs.Get(uint32(p.Code)), uint64(p.ID)
	switch p.Code {
	case pdu.AccessRequest, pdu.AccountingRequest, pdu.StatusServer:
		c.SenderIsClient()
		c.Request(verb, id, dissect.Object{})
		about(c, &p)
	case pdu.DisconnectRequest, pdu.CoARequest:
		c.Request(verb, id, dissect.Object{})
	case pdu.AccessReject, pdu.DisconnectNak, pdu.CoANak:
		answer(c, verb, id, dissect.Refused)
	case pdu.AccessChallenge:
		answer(c, verb, id, dissect.Answered)
	default:
		answer(c, verb, id, dissect.Accepted)
	}
	return n, nil
}

func answer(c *dissect.Context, verb *plant.Verb, id uint64, r dissect.Result) {
	if _, ok := c.Peek(id); ok {
		verb = nil
	}
	c.Response(verb, id, r)
}

// about reads who asks, and for whom.
func about(c *dissect.Context, p *pdu.Packet) {
	a := p.Attributes()
	for kind, value, ok := a.Next(); ok; kind, value, ok = a.Next() {
		switch kind {
		case pdu.AttrUserName:
			c.Fact(dissect.Sender, plant.FieldUser, value, "radius", 0.8)
		case pdu.AttrNASIdentifier:
			if len(bytes.Trim(value, "0123456789.:")) > 0 { // not its address
				c.Fact(dissect.Sender, plant.FieldName, value, "radius.nas", 0.8)
			}
		}
	}
}
