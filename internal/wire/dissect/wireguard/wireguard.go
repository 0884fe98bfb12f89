// Package wireguard tells who opens WireGuard tunnels to whom: a way into a
// plant's network from outside (technique T0822).
package wireguard

import (
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/wireguard"
)

// Protocol is WireGuard, which has no registered port; 51820 is its habit.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name: "wireguard", UDP: []uint16{51820},
		Probe: probe,
		New:   func() dissect.Parser { return parser{} },
	}
}

var (
	handshake = &plant.Verb{Protocol: "wireguard", Code: "1", Name: "Handshake", Technique: "T0822"}
	transport = &plant.Verb{Protocol: "wireguard", Code: "4", Name: "Transport"}
)

func probe(b []byte, h dissect.Hint) dissect.Match {
	if h.Stream {
		return dissect.No
	}
	m, _, err := pdu.Decode(b)
	switch {
	case err != nil:
		return dissect.No
	case m.Plain && m.Sender != 0:
		return dissect.Strong
	}
	return dissect.Weak
}

type parser struct{}

// Parse reads the datagram in b.
func (parser) Parse(c *dissect.Context, b []byte) (int, error) {
	m, n, err := pdu.Decode(b)
	if err != nil {
		return 0, err
	}
	switch m.Type {
	case pdu.Initiation:
		c.SenderIsClient()
		c.Request(handshake, 0, dissect.Object{})
	case pdu.Response:
		c.SenderIsServer()
		c.Response(handshake, 0, dissect.Accepted)
	case pdu.Cookie:
		c.Response(handshake, 0, dissect.Answered)
	case pdu.Transport:
		c.Send(transport, dissect.Object{})
	}
	return n, nil
}
