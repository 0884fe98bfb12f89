// Package mqtt tells what happens in MQTT conversations: who connects under
// which name, who publishes and subscribes to what, and what Sparkplug B nodes
// say about themselves.
package mqtt

import (
	"errors"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/mqtt"
	"github.com/bulkhead-ot/bulkhead/protocol/sparkplug"
)

// Port is the registered port.
const Port = 1883

// Protocol is MQTT over TCP.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name: "mqtt", TCP: []uint16{Port},
		Probe: probe,
		New:   func() dissect.Parser { return &parser{level: 4} },
	}
}

// probe takes a Connect on any port: it names the protocol. Other packets have
// little to know them by and are taken on the registered port.
func probe(b []byte, h dissect.Hint) dissect.Match {
	if !h.Stream {
		return dissect.No
	}
	p, n, err := pdu.Peek(b)
	switch {
	case errors.Is(err, pdu.ErrShort):
		return dissect.Short
	case err != nil:
		return dissect.No
	case p.Type == pdu.Connect:
		return probeConnect(p)
	}
	if n < len(b) {
		if _, _, err := pdu.Peek(b[n:]); err != nil && !errors.Is(err, pdu.ErrShort) {
			return dissect.No
		}
	}
	if pub, ok := p.Publication(4); p.Type == pdu.Publish && (!ok || !topic(pub.Topic)) {
		return dissect.No
	}
	return dissect.Weak
}

func probeConnect(p pdu.Packet) dissect.Match {
	_, err := p.Connection()
	switch {
	case err == nil:
		return dissect.Strong
	case errors.Is(err, pdu.ErrShort) && len(p.Body) < p.Length:
		return dissect.Short
	}
	return dissect.No
}

// topic reports whether a topic is text without wildcards.
func topic(b []byte) bool {
	for _, v := range b {
		if v < ' ' || v == 0x7f || v == '#' || v == '+' {
			return false
		}
	}
	return true
}

// Bodies above maxWait are not waited for: their topic stands at the beginning.
const (
	maxWait = 1 << 16
	enough  = 1 << 10
)

type parser struct {
	level     uint8 // of the connection, 4 when it was not seen
	client    uint8 // side of the client, plus one
	anonymous bool  // the Connect had no user name
	scratch   []byte
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
		p.packet(c, m)
		taken += n
	}
	return taken, nil
}

// packet reports every packet by its own type: acknowledgements are messages of
// their own in MQTT and counted as such.
func (p *parser) packet(c *dissect.Context, m pdu.Packet) {
	switch m.Type {
	case pdu.Connect:
		p.connect(c, m)
	case pdu.ConnAck:
		p.connected(c, m)
	case pdu.Publish:
		p.publish(c, m)
	case pdu.Subscribe, pdu.Unsubscribe:
		p.subscribe(c, m)
	case pdu.SubAck:
		if m.Failed(p.level) {
			c.Send(subRefused, dissect.Object{})
			return
		}
		c.Send(verbs.Get(uint32(m.Type)), dissect.Object{})
	default:
		c.Send(verbs.Get(uint32(m.Type)), dissect.Object{})
	}
}

func (p *parser) connect(c *dissect.Context, m pdu.Packet) {
	const source = "mqtt.connect"
	c.SenderIsClient()
	c.Send(verbs.Get(uint32(m.Type)), dissect.Object{})
	conn, err := m.Connection()
	switch {
	case errors.Is(err, pdu.ErrShort):
		c.Malformed("MQTT Connect is shorter than its flags say")
	case err != nil:
		c.Malformed("MQTT Connect cannot be read")
		return
	}
	p.level, p.client, p.anonymous = conn.Level, uint8(c.Side())+1, !conn.HasUser
	if len(conn.ClientID) > 0 {
		p.scratch = append(append(p.scratch[:0], "mqtt client "...), conn.ClientID...)
		c.Fact(dissect.Sender, plant.FieldUnit, p.scratch, source, 0.8)
	}
	c.FactText(dissect.Receiver, plant.FieldRole, plant.RoleBroker, source, 0.8)
	if !conn.HasUser || len(conn.User) == 0 {
		return
	}
	c.Fact(dissect.Sender, plant.FieldUser, conn.User, source, 0.8)
	if conn.HasPassword {
		p.scratch = append(append(p.scratch[:0], "mqtt user "...), conn.User...)
		c.Fact(dissect.Receiver, plant.FieldCleartextLogin, p.scratch, source, 0.95)
	}
}

func (p *parser) connected(c *dissect.Context, m pdu.Packet) {
	c.SenderIsServer()
	if m.Failed(p.level) {
		c.Send(connectRefused, dissect.Object{})
		return
	}
	c.Send(verbs.Get(uint32(m.Type)), dissect.Object{})
	c.FactText(dissect.Sender, plant.FieldRole, plant.RoleBroker, "mqtt.connack", 0.9)
	if p.client == 2-uint8(c.Side()) && p.anonymous {
		c.FactText(dissect.Sender, plant.FieldSecurity, "mqtt.anonymous", "mqtt.connack", 0.9)
	}
}

func (p *parser) subscribe(c *dissect.Context, m pdu.Packet) {
	verb := verbs.Get(uint32(m.Type))
	filters := pdu.FiltersOf(m, p.level)
	first, ok := filters.Next()
	if ok && m.Type == pdu.Subscribe && string(first) == "#" {
		verb = subscribeAll
	}
	c.Send(verb, dissect.Object{Space: "topic", Name: first})
}

func (p *parser) publish(c *dissect.Context, m pdu.Packet) {
	pub, ok := m.Publication(p.level)
	if !ok {
		c.Send(verbs.Get(uint32(m.Type)), dissect.Object{})
		return
	}
	verb := verbs.Get(uint32(m.Type))
	if t, ok := sparkplug.ParseTopic(pub.Topic); ok {
		verb = sparkplugVerb(t.Kind)
		p.birth(c, t, pub.Payload)
	}
	c.Send(verb, dissect.Object{Space: "topic", Name: pub.Topic})
}
