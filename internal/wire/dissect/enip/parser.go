// Package enip turns EtherNet/IP into observations: encapsulation messages, the
// identity that devices announce, and through package dissect/cip the CIP
// messages inside. Cyclic I/O is counted and not read.
package enip

import (
	"errors"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/cip"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/enip"
)

const protocol = "enip"

// Ports of EtherNet/IP: explicit messages, and cyclic I/O.
const (
	portExplicit = 44818
	portIO       = 2222
)

// Protocol is EtherNet/IP.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name:   protocol,
		TCP:    []uint16{portExplicit},
		UDP:    []uint16{portExplicit, portIO},
		Probe:  probe,
		Cyclic: lookIO,
		New:    func() dissect.Parser { return new(parser) },
	}
}

// verbs are the encapsulation commands (volume 2, 2-4).
var verbs = dissect.NewVerbs(protocol, "0x%04x", []dissect.VerbRow{
	{Code: uint32(pdu.NOP), Name: "NOP", Kind: plant.Other},
	{Code: uint32(pdu.LegacyTargets), Name: "List Targets", Kind: plant.Other},
	{Code: uint32(pdu.ListServices), Name: "List Services", Kind: plant.Identify, Technique: "T0846"},
	{Code: uint32(pdu.ListIdentity), Name: "List Identity", Kind: plant.Identify, Technique: "T0846"},
	{Code: uint32(pdu.ListInterfaces), Name: "List Interfaces", Kind: plant.Identify, Technique: "T0846"},
	{Code: uint32(pdu.RegisterSession), Name: "Register Session", Kind: plant.Other},
	{Code: uint32(pdu.UnregisterSession), Name: "Unregister Session", Kind: plant.Other},
	{Code: uint32(pdu.SendRRData), Name: "Send RR Data", Kind: plant.Other},
	{Code: uint32(pdu.SendUnitData), Name: "Send Unit Data", Kind: plant.Other},
	{Code: uint32(pdu.IndicateStatus), Name: "Indicate Status", Kind: plant.Other},
	{Code: uint32(pdu.Cancel), Name: "Cancel", Kind: plant.Other},
	{Code: uint32(pdu.StartDTLS), Name: "Start DTLS", Kind: plant.Other},
})

// Asked is the verb of an encapsulation command: for who judges messages by the
// same table.
func Asked(c pdu.Command) *plant.Verb { return verbs.Get(uint32(c)) }

// cyclic is the one verb of I/O datagrams.
var cyclic = &plant.Verb{Protocol: "enip-io", Code: "0x00b1", Name: "Cyclic I/O", Kind: plant.Other}

// parser reads one conversation.
type parser struct {
	cip   cip.Parser
	sides [2]half
}

// half is what is kept of one side: the start of a message whose rest has not
// come, for when it never does.
type half struct {
	start  []byte
	size   int  // of what came, start may be less
	adrift bool // a gap ended somewhere in a message
}

// maxStart is how much of an unfinished message is kept. A capture that cuts
// packets short keeps about as much.
const maxStart = 256

// Parse implements dissect.Parser.
func (p *parser) Parse(c *dissect.Context, b []byte) (int, error) {
	if !c.Stream {
		return p.datagram(c, b)
	}
	h := &p.sides[c.Side()]
	h.start, h.size = h.start[:0], 0
	if h.adrift && probe(b, dissect.Hint{Stream: true, FromPort: c.FromPort, ToPort: c.ToPort}) < dissect.Weak {
		return len(b), nil
	}
	h.adrift = false
	taken := 0
	for taken < len(b) {
		m, n, err := pdu.Decode(b[taken:])
		if errors.Is(err, pdu.ErrShort) {
			rest := b[taken:]
			h.start, h.size = append(h.start, rest[:min(len(rest), maxStart)]...), len(rest)
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

// Gap implements dissect.GapParser. A message whose rest the capture lacks,
// because it was cut short as a rule, is read as far as it goes.
func (p *parser) Gap(c *dissect.Context, missing int) {
	h := &p.sides[c.Side()]
	head, err := pdu.DecodeHeader(h.start)
	lost := missing
	if err == nil {
		p.cut(c, &pdu.Message{Header: head, Data: h.start[pdu.HeaderSize:]})
		lost += h.size - pdu.HeaderSize - int(head.Length)
	}
	// Who lost exactly the rest of a message goes on in step.
	h.adrift = err != nil || lost != 0
	h.start, h.size = h.start[:0], 0
}

// cut reads a message whose end is missing.
func (p *parser) cut(c *dissect.Context, m *pdu.Message) {
	p.cip.Cut = true
	p.message(c, m)
	p.cip.Cut = false
}

// datagram reads one UDP datagram, cut or whole.
func (p *parser) datagram(c *dissect.Context, b []byte) (int, error) {
	if _, err := pdu.DecodeIO(b); err == nil {
		c.Name(cyclic.Protocol)
		c.Send(cyclic, dissect.Object{})
		return len(b), nil
	}
	h, err := pdu.DecodeHeader(b)
	if err != nil {
		return 0, err
	}
	m := pdu.Message{Header: h, Data: b[pdu.HeaderSize:]}
	if int(h.Length) > len(m.Data) {
		p.cut(c, &m)
		return len(b), nil
	}
	m.Data = m.Data[:h.Length]
	p.message(c, &m)
	return len(b), nil
}

func (p *parser) message(c *dissect.Context, m *pdu.Message) {
	v := verbs.Get(uint32(m.Command))
	switch m.Command {
	case pdu.SendRRData, pdu.SendUnitData:
		p.data(c, m, v)
	case pdu.ListIdentity, pdu.ListServices, pdu.ListInterfaces:
		if len(m.Data) == 0 {
			c.Request(v, m.Context, dissect.Object{})
			return
		}
		c.SenderIsServer()
		c.Response(v, m.Context, dissect.Accepted)
		p.items(c, m)
	case pdu.RegisterSession:
		p.register(c, m, v)
	default:
		if c.FromPort == portExplicit && m.Command != pdu.NOP {
			c.Response(v, m.Context, dissect.Answered)
			return
		}
		c.Send(v, dissect.Object{})
	}
}

// register reads a Register Session. The request has no session yet; the
// answer has one, or a status that says why not.
func (p *parser) register(c *dissect.Context, m *pdu.Message, v *plant.Verb) {
	switch {
	case m.Session == 0 && m.Status == 0 && c.FromPort != portExplicit:
		c.SenderIsClient()
		c.Request(v, m.Context, dissect.Object{})
	case m.Status == 0:
		c.SenderIsServer()
		c.Response(v, m.Context, dissect.Accepted)
	default:
		c.SenderIsServer()
		c.Response(v, m.Context, dissect.Refused)
	}
}

// data counts a message that carries CIP and reads what it carries. It is not
// paired by itself, the CIP messages inside are; those also tell which way it
// goes.
func (p *parser) data(c *dissect.Context, m *pdu.Message, v *plant.Verb) {
	if len(m.Data) == 0 { // a header alone answers what cannot be done
		c.Response(v, unpaired, dissect.Refused)
		return
	}
	reply, err := p.carried(c, m)
	if err != nil && !p.cip.Cut {
		c.Malformed("a data item does not hold a CIP message")
	}
	if reply {
		c.Response(v, unpaired, dissect.Answered)
		return
	}
	c.Send(v, dissect.Object{})
}

// unpaired is an id that no request waits under.
const unpaired = 1<<64 - 1

// carried reads the items of a data message.
func (p *parser) carried(c *dissect.Context, m *pdu.Message) (reply bool, err error) {
	items, err := pdu.DecodeCommandItems(m.Data)
	if err != nil {
		return c.FromPort == portExplicit, err
	}
	var connection uint32
	for it, ok := items.Next(); ok; it, ok = items.Next() {
		switch it.Type {
		case pdu.ConnectedAddress, pdu.SequencedAddress:
			connection, _ = it.Connection()
		case pdu.UnconnectedData:
			reply, err = p.cip.Unconnected(c, it.Data, m.Context)
		case pdu.ConnectedData:
			reply, err = p.connected(c, it.Data, connection)
		}
	}
	return reply, err
}

// connected reads a connected data item: a sequence count, then the message.
func (p *parser) connected(c *dissect.Context, b []byte, connection uint32) (reply bool, err error) {
	if len(b) <= 2 {
		return c.FromPort == portExplicit, nil // a heartbeat
	}
	return p.cip.Connected(c, b[2:], connection, uint16(b[0])|uint16(b[1])<<8)
}

// items reads what a device answers about itself.
func (p *parser) items(c *dissect.Context, m *pdu.Message) {
	items, err := pdu.DecodeItems(m.Data)
	if err != nil {
		return
	}
	for it, ok := items.Next(); ok; it, ok = items.Next() {
		if it.Type != pdu.IdentityItem {
			continue
		}
		a, err := pdu.DecodeAnnouncement(it.Data)
		if err != nil {
			if !p.cip.Cut {
				c.Malformed("an identity item is too short")
			}
			return
		}
		cip.Identify(c, dissect.Sender, &a.Identity, "enip.list-identity", 0.97)
	}
}
