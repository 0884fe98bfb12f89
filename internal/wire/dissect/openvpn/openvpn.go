// Package openvpn tells who opens OpenVPN tunnels to whom: a way into a plant's
// network from outside (technique T0822).
package openvpn

import (
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/openvpn"
)

// Protocol is OpenVPN on UDP and TCP.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name: "openvpn", TCP: []uint16{1194}, UDP: []uint16{1194},
		Probe: probe,
		New:   func() dissect.Parser { return parser{} },
	}
}

var (
	reset   = &plant.Verb{Protocol: "openvpn", Code: "7", Name: "Reset", Technique: "T0822"}
	control = &plant.Verb{Protocol: "openvpn", Code: "4", Name: "Control"}
	data    = &plant.Verb{Protocol: "openvpn", Code: "6", Name: "Data"}
)

// probe takes a reset of the form that no control key hides for sure.
func probe(b []byte, h dissect.Hint) dissect.Match {
	if h.Stream {
		n, ok := length(b)
		switch {
		case !ok:
			return dissect.Short
		case n < 14 || n > 1<<14:
			return dissect.No
		case len(b) < 2+n:
			return start(b[2:])
		}
		b = b[2 : 2+n]
	}
	p, _, err := pdu.Decode(b)
	switch {
	case err != nil:
		return dissect.No
	case p.Plain:
		return dissect.Strong
	}
	return dissect.Weak
}

// start is for a packet on TCP that is not there yet.
func start(b []byte) dissect.Match {
	if len(b) > 0 {
		if _, _, err := pdu.Decode(b[:1]); err == pdu.ErrProtocol {
			return dissect.No
		}
	}
	return dissect.Short
}

// length reads the two bytes before a packet on TCP.
func length(b []byte) (int, bool) {
	if len(b) < 2 {
		return 0, false
	}
	return int(b[0])<<8 | int(b[1]), true
}

type parser struct{}

// Parse reads the packets in b.
func (parser) Parse(c *dissect.Context, b []byte) (int, error) {
	if !c.Stream {
		return one(c, b)
	}
	taken := 0
	for {
		n, ok := length(b[taken:])
		if !ok || len(b)-taken < 2+n {
			return taken, nil
		}
		if _, err := one(c, b[taken+2:taken+2+n]); err != nil {
			return taken, err
		}
		taken += 2 + n
	}
}

func one(c *dissect.Context, b []byte) (int, error) {
	p, n, err := pdu.Decode(b)
	if err != nil {
		return 0, err
	}
	switch p.Op {
	case pdu.HardResetC2, pdu.HardResetC3:
		c.SenderIsClient()
		c.Request(reset, 0, dissect.Object{})
	case pdu.HardResetS2:
		c.SenderIsServer()
		c.Response(reset, 0, dissect.Accepted)
	case pdu.DataV1, pdu.DataV2:
		c.Send(data, dissect.Object{})
	default:
		c.Send(control, dissect.Object{})
	}
	return n, nil
}
