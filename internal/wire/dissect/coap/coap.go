// Package coap tells what happens in CoAP conversations: who reads and writes
// which resources.
package coap

import (
	"hash/maphash"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/coap"
)

// Port is the registered port.
const Port = 5683

// Protocol is CoAP over UDP.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name: "coap", UDP: []uint16{Port},
		Probe: probe,
		New:   func() dissect.Parser { return &parser{} },
	}
}

var verbs = dissect.NewVerbs("coap", "%d", []dissect.VerbRow{
	{Code: uint32(pdu.Empty), Name: "Empty", Kind: plant.Other},
	{Code: uint32(pdu.Get), Name: "GET", Kind: plant.Read, Technique: "T0801"},
	{Code: uint32(pdu.Post), Name: "POST", Kind: plant.Write, Technique: "T0855"},
	{Code: uint32(pdu.Put), Name: "PUT", Kind: plant.Write, Technique: "T0855"},
	{Code: uint32(pdu.Delete), Name: "DELETE", Kind: plant.Write, Technique: "T0855"},
	{Code: uint32(pdu.Fetch), Name: "FETCH", Kind: plant.Read, Technique: "T0801"},
	{Code: uint32(pdu.Patch), Name: "PATCH", Kind: plant.Write, Technique: "T0855"},
	{Code: uint32(pdu.IPatch), Name: "iPATCH", Kind: plant.Write, Technique: "T0855"},
	{Code: 65, Name: "2.01 Created", Kind: plant.Other},
	{Code: 66, Name: "2.02 Deleted", Kind: plant.Other},
	{Code: 67, Name: "2.03 Valid", Kind: plant.Other},
	{Code: 68, Name: "2.04 Changed", Kind: plant.Other},
	{Code: 69, Name: "2.05 Content", Kind: plant.Other},
	{Code: 128, Name: "4.00 Bad Request", Kind: plant.Other},
	{Code: 129, Name: "4.01 Unauthorized", Kind: plant.Other},
	{Code: 131, Name: "4.03 Forbidden", Kind: plant.Other},
	{Code: 132, Name: "4.04 Not Found", Kind: plant.Other},
	{Code: 133, Name: "4.05 Method Not Allowed", Kind: plant.Other},
})

// discover is a GET of the list of resources (RFC 6690).
var discover = &plant.Verb{Protocol: "coap", Code: "1", Name: "GET (resource discovery)", Kind: plant.Identify, Technique: "T0846"}

const wellKnown = "/.well-known/core"

// probe is never sure: a first byte of 0x40 to 0x7f and a defined code is all
// that every message has.
func probe(b []byte, h dissect.Hint) dissect.Match {
	if _, _, err := pdu.Decode(b); h.Stream || err != nil {
		return dissect.No
	}
	return dissect.Weak
}

// seed makes identifiers out of tokens.
var seed = maphash.MakeSeed()

type parser struct {
	scratch []byte
}

// Parse reads the message that is the datagram b.
func (p *parser) Parse(c *dissect.Context, b []byte) (int, error) {
	m, n, err := pdu.Decode(b)
	if err != nil {
		return 0, err
	}
	verb := verbs.Get(uint32(m.Code))
	switch {
	case m.Code == pdu.Empty:
		c.Send(verb, dissect.Object{})
	case m.Code.Class() == 0:
		c.SenderIsClient()
		p.scratch = m.AppendPath(p.scratch[:0])
		if m.Code == pdu.Get && string(p.scratch) == wellKnown {
			verb = discover
		}
		c.Request(verb, identifier(m), dissect.Object{Space: "resource", Name: p.scratch})
	default:
		c.SenderIsServer()
		response(c, m, verb)
	}
	return n, nil
}

// identifier pairs a response with its request: by the token, or by the message
// number where the client chose no token.
func identifier(m pdu.Message) uint64 {
	if len(m.Token) == 0 {
		return uint64(m.ID)
	}
	return maphash.Bytes(seed, m.Token) | 1<<63
}

func response(c *dissect.Context, m pdu.Message, verb *plant.Verb) {
	result := dissect.Refused
	if m.Code.Class() == 2 {
		result = dissect.Accepted
	}
	id := identifier(m)
	if _, ok := c.Peek(id); ok {
		verb = nil
	}
	c.Response(verb, id, result)
}
