// Package vnc tells who looks at whose screen by VNC, how it is protected, and
// the name of the desktop: on panels that is the machine's.
package vnc

import (
	"encoding/binary"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/vnc"
)

// Protocol is the Remote Framebuffer protocol.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name: "vnc", TCP: []uint16{5900, 5901, 5902, 5903},
		Probe: probe,
		New:   func() dissect.Parser { return new(parser) },
	}
}

var (
	version = &plant.Verb{Protocol: "vnc", Code: "version", Name: "Protocol Version"}
	offer   = &plant.Verb{Protocol: "vnc", Code: "security", Name: "Security", Kind: plant.Auth}
	answer  = &plant.Verb{Protocol: "vnc", Code: "authenticate", Name: "Authentication", Kind: plant.Auth}
	session = &plant.Verb{Protocol: "vnc", Code: "init", Name: "Session", Kind: plant.Other, Technique: "T0886"}
)

func probe(b []byte, h dissect.Hint) dissect.Match {
	_, _, err := pdu.DecodeVersion(b)
	switch {
	case !h.Stream || err == pdu.ErrFormat:
		return dissect.No
	case err == nil:
		return dissect.Strong
	}
	return dissect.Short
}

// What comes next. The two sides take turns, so that most of it is common.
type state uint8

const (
	atVersion state = iota
	atSecurity
	atChoice // the server waits for the client to choose
	atChallenge
	atResult
	atInit
	over
)

type parser struct {
	server, client state
	side           int8 // of the server + 1
	minor          int
	chosen         uint8
}

// challenge is the length of a challenge and of the response to it.
const challenge = 16

// lasts is more than is skipped at once of what is not read.
const lasts = 1 << 30

// Parse reads the handshake and skips the rest.
func (p *parser) Parse(c *dissect.Context, b []byte) (int, error) {
	taken := 0
	for {
		var n int
		var err error
		if p.isServer(c) {
			n, err = p.fromServer(c, b[taken:])
		} else {
			n, err = p.fromClient(c, b[taken:])
		}
		switch {
		case err == pdu.ErrShort:
			return taken, nil
		case err != nil:
			p.server, p.client = over, over
			return taken, err
		}
		if taken += n; taken >= lasts {
			return taken, nil
		}
	}
}

// isServer is decided by the first who speaks: the server sends its version
// before the client does.
func (p *parser) isServer(c *dissect.Context) bool {
	if p.side == 0 {
		p.side = int8(c.Side()) + 1
		if c.ToPort >= 5900 && c.ToPort <= 5910 && (c.FromPort < 5900 || c.FromPort > 5910) {
			p.side = int8(1-c.Side()) + 1 // the server's own is missing
		}
	}
	return p.side == int8(c.Side())+1
}

// decodeVersion reads a version as the minor number of version 3. Later major
// versions and Apple's 3.889 go on like 3.8.
func decodeVersion(b []byte) (minor int, err error) {
	major, minor, err := pdu.DecodeVersion(b)
	if major > 3 {
		minor = 8
	}
	return minor, err
}

func (p *parser) fromServer(c *dissect.Context, b []byte) (int, error) {
	switch p.server {
	case atVersion:
		minor, err := decodeVersion(b)
		if err != nil {
			return 0, err
		}
		p.minor, p.server = minor, atSecurity
		c.SenderIsServer()
		c.Send(version, dissect.Object{})
		c.Fact(dissect.Sender, plant.FieldService, b[:pdu.VersionSize-1], "vnc.version", 0.9)
		return pdu.VersionSize, nil
	case atSecurity:
		return p.security(c, b)
	case atChoice:
		return p.choice(b)
	case atChallenge:
		if len(b) < challenge {
			return 0, pdu.ErrShort
		}
		p.server = atResult
		return challenge, nil
	case atResult:
		return p.result(c, b)
	case atInit:
		return p.init(c, b)
	}
	return lasts, nil
}

// security reads the types of security: a list since version 3.7, before that
// the server's decision.
func (p *parser) security(c *dissect.Context, b []byte) (int, error) {
	n := 4
	var types []byte
	if p.minor >= 7 {
		var err error
		if types, n, err = pdu.DecodeSecurity(b); err != nil {
			return 0, err
		}
	} else if len(b) < n {
		return 0, pdu.ErrShort
	} else if d := binary.BigEndian.Uint32(b); d < 256 {
		types, p.chosen = b[3:4], b[3]
	}
	c.Send(offer, dissect.Object{})
	for _, t := range types {
		if t == pdu.SecurityNone {
			c.FactText(dissect.Sender, plant.FieldSecurity, "vnc.security=none", "vnc.security", 0.95)
		}
	}
	switch len(types) {
	case 0:
		p.server = over // refused, with a reason behind it
	case 1:
		p.chosen = types[0]
		p.server = p.next()
	default:
		p.server = atChoice
	}
	return n, nil
}

// choice is left when the client has chosen. A server that goes on without it
// has a client whose bytes the capture lacks.
func (p *parser) choice(b []byte) (int, error) {
	if p.chosen == 0 && len(b) == 0 {
		return 0, pdu.ErrShort
	}
	p.server = p.next()
	return 0, nil
}

// next is what the server sends once the type is settled. The client's choice
// is read before it, where both sides are seen.
func (p *parser) next() state {
	switch {
	case p.chosen == pdu.SecurityVNC:
		return atChallenge
	case p.chosen == pdu.SecurityNone && p.minor < 8:
		return atInit
	case p.chosen == pdu.SecurityNone:
		return atResult
	}
	return over
}

func (p *parser) result(c *dissect.Context, b []byte) (int, error) {
	if len(b) < 4 {
		return 0, pdu.ErrShort
	}
	r := dissect.Accepted
	p.server = atInit
	if binary.BigEndian.Uint32(b) != 0 {
		r, p.server = dissect.Refused, over
	}
	c.Response(answer, 0, r)
	return 4, nil
}

func (p *parser) init(c *dissect.Context, b []byte) (int, error) {
	m, n, err := pdu.DecodeInit(b)
	if err != nil {
		return 0, err
	}
	p.server = over
	c.Response(session, 1, dissect.Accepted)
	c.Fact(dissect.Sender, plant.FieldName, m.Name, "vnc.init", 0.7)
	return n, nil
}

func (p *parser) fromClient(c *dissect.Context, b []byte) (int, error) {
	switch p.client {
	case atVersion:
		minor, err := decodeVersion(b)
		if err != nil {
			return 0, err
		}
		c.Send(version, dissect.Object{})
		p.client = atSecurity
		if p.minor = minor; minor < 7 {
			p.client = atChallenge
		}
		return pdu.VersionSize, nil
	case atSecurity:
		if len(b) < 1 {
			return 0, pdu.ErrShort
		}
		p.chosen, p.client = b[0], atChallenge
		if p.next() == over {
			p.client = over // a kind that is not read, most likely encrypted
		}
		c.Request(answer, 0, dissect.Object{})
		return 1, nil
	case atChallenge:
		n := 0
		if p.chosen == pdu.SecurityVNC {
			n = challenge
		}
		if len(b) < n {
			return 0, pdu.ErrShort
		}
		p.client = atInit
		return n, nil
	case atInit:
		if len(b) < 1 {
			return 0, pdu.ErrShort
		}
		p.client = over
		c.Request(session, 1, dissect.Object{})
		return 1, nil
	}
	return lasts, nil
}

// Gap is told that bytes are missing: the handshake cannot be followed.
func (p *parser) Gap(*dissect.Context, int) { p.server, p.client = over, over }
