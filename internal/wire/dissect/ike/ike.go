// Package ike tells who opens IPsec tunnels to whom. What crosses a tunnel
// cannot be seen, so that there is one, and how it was agreed on, is what this
// reports: a way into a plant's network from outside (technique T0822).
package ike

import (
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/ike"
)

const natPort = 4500

// Protocol is the Internet key exchange of versions 1 and 2.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name: "ike", UDP: []uint16{500, natPort},
		Probe: probe,
		New:   func() dissect.Parser { return parser{} },
	}
}

var verbs = dissect.NewVerbs("ike", "%d", []dissect.VerbRow{
	{Code: 1, Name: "Base", Technique: "T0822"},
	{Code: 2, Name: "Main Mode", Technique: "T0822"},
	{Code: 3, Name: "Authentication Only", Technique: "T0822"},
	{Code: 4, Name: "Aggressive Mode", Technique: "T0822"},
	{Code: 5, Name: "Informational"},
	{Code: 6, Name: "Mode Config"},
	{Code: 32, Name: "Quick Mode", Technique: "T0822"},
	{Code: 33, Name: "New Group Mode"},
	{Code: 34, Name: "IKE_SA_INIT", Technique: "T0822"},
	{Code: 35, Name: "IKE_AUTH", Kind: plant.Auth, Technique: "T0822"},
	{Code: 36, Name: "CREATE_CHILD_SA"},
	{Code: 37, Name: "INFORMATIONAL"},
})

var tunnelled = &plant.Verb{Protocol: "ike", Code: "esp", Name: "Encapsulated security payload"}

// unmark takes off the four zeros that mark a key exchange on the port that it
// shares with the tunnel itself. Without them it is the tunnel.
func unmark(b []byte, from, to uint16) (rest []byte, tunnel bool) {
	if from != natPort && to != natPort {
		return b, false
	}
	if len(b) < 4 || b[0]|b[1]|b[2]|b[3] != 0 {
		return b, true
	}
	return b[4:], false
}

// probe takes a first message, whose responder is still unknown and whose first
// payload is a proposal, for sure.
func probe(b []byte, h dissect.Hint) dissect.Match {
	if h.Stream {
		return dissect.No
	}
	b, tunnel := unmark(b, h.FromPort, h.ToPort)
	if tunnel {
		return dissect.No
	}
	m, n, err := pdu.Decode(b)
	if err != nil || n != len(b) {
		return dissect.No
	}
	p := m.Payloads()
	first, _ := p.Next()
	if m.Responder == 0 && m.ID == 0 && (first.Type == pdu.PayloadSA || first.Type == pdu.PayloadSA2) {
		return dissect.Strong
	}
	return dissect.Weak
}

type parser struct{}

// Parse reads the datagram in b.
func (parser) Parse(c *dissect.Context, b []byte) (int, error) {
	rest, tunnel := unmark(b, c.FromPort, c.ToPort)
	if tunnel {
		if len(b) > 8 { // a single byte keeps an address translation alive
			c.Send(tunnelled, dissect.Object{})
		}
		return len(b), nil
	}
	m, _, err := pdu.Decode(rest)
	if err != nil {
		return 0, err
	}
	message(c, &m)
	return len(b), nil
}

func message(c *dissect.Context, m *pdu.Message) {
	v := verbs.Get(uint32(m.Exchange))
	id := m.Initiator ^ uint64(m.ID)
	// In version 1 either end may send next; the request that waits tells.
	_, waiting := c.Peek(id)
	if m.Response || m.Major == 1 && waiting {
		c.Response(v, id, dissect.Answered)
	} else {
		c.Request(v, id, dissect.Object{})
	}
	if m.Responder == 0 {
		c.SenderIsClient()
	}
	if m.Major == 1 && m.Responder != 0 && !m.Encrypted {
		c.FactText(dissect.Sender, plant.FieldSecurity, "ike.v1", "ike", 0.8)
	}
	if m.Exchange == pdu.Aggressive {
		aggressive(c, m)
	}
}

// aggressive reads what that mode shows: names in clear, and a hash that a
// pre-shared key can be guessed from.
func aggressive(c *dissect.Context, m *pdu.Message) {
	if m.Responder != 0 {
		c.FactText(dissect.Sender, plant.FieldSecurity, "ike.aggressive-mode", "ike", 0.9)
	}
	p := m.Payloads()
	for x, ok := p.Next(); ok; x, ok = p.Next() {
		c.Fact(dissect.Sender, plant.FieldName, x.Name(), "ike.identification", 0.5)
	}
}
