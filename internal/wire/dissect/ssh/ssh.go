// Package ssh tells which SSH clients and servers talk to each other, what
// software they are, and their HASSH fingerprints.
package ssh

import (
	"bytes"
	"crypto/md5"
	"encoding/hex"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/ssh"
	"github.com/bulkhead-ot/bulkhead/protocol/textline"
)

// Protocol is SSH 1 and 2.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name: "ssh", TCP: []uint16{22},
		Probe: probe,
		New:   func() dissect.Parser { return new(parser) },
	}
}

// verbs are message numbers of the transport layer; 0 stands for the line that
// comes before them.
var verbs = dissect.NewVerbs("ssh", "%d", []dissect.VerbRow{
	{Code: 0, Name: "Identification", Kind: plant.Identify},
	{Code: pdu.MsgDisconnect, Name: "Disconnect"},
	{Code: pdu.MsgKexInit, Name: "Key Exchange Init"},
	{Code: pdu.MsgNewKeys, Name: "New Keys"},
	{Code: 30, Name: "Key Exchange"},
	{Code: 31, Name: "Key Exchange"},
	{Code: 32, Name: "Key Exchange"},
	{Code: 33, Name: "Key Exchange"},
	{Code: 34, Name: "Key Exchange"},
})

func probe(b []byte, h dissect.Hint) dissect.Match {
	_, _, err := pdu.DecodeBanner(b)
	switch {
	case !h.Stream || err == pdu.ErrFormat:
		return dissect.No
	case err == nil:
		return dissect.Strong
	}
	return dissect.Short
}

// What comes next on one side.
type state uint8

const (
	atBanner state = iota
	atPacket
	encrypted
)

type parser struct {
	sides [2]struct {
		state    state
		lines    uint8 // in front of the identification
		proposed bool  // a proposal came
		// The fingerprint of it, were the sender the client or the server.
		client, server [md5.Size]byte
	}
	told bool // which side serves is known
}

// lasts is more than is skipped at once of what nobody can read.
const lasts = 1 << 30

// maxLines is how many lines a server may say before its identification.
const maxLines = 50

// Parse reads the identification and the packets up to the new keys.
func (p *parser) Parse(c *dissect.Context, b []byte) (int, error) {
	s := &p.sides[c.Side()]
	taken := 0
	for {
		n, err := 0, error(nil)
		switch s.state {
		case atBanner:
			n, err = p.banner(c, b[taken:])
		case atPacket:
			n, err = p.packet(c, b[taken:])
		default:
			return taken + lasts, nil
		}
		switch {
		case err == pdu.ErrShort || err == textline.ErrShort:
			return taken, nil
		case err != nil:
			// Keys may have changed in bytes that are missing.
			s.state = encrypted
			return taken, err
		}
		taken += n
	}
}

// Gap is told that bytes are missing. What is behind them is most likely
// encrypted.
func (p *parser) Gap(c *dissect.Context, _ int) { p.sides[c.Side()].state = encrypted }

func (p *parser) banner(c *dissect.Context, b []byte) (int, error) {
	s := &p.sides[c.Side()]
	if len(b) > 0 && b[0] != 'S' && s.lines < maxLines {
		_, n, err := textline.Decode(b)
		if err == nil {
			s.lines++
		}
		return n, err
	}
	v, n, err := pdu.DecodeBanner(b)
	if err != nil {
		return 0, err
	}
	s.state = atPacket
	if string(v.Version) == "1.5" || string(v.Version) == "1.3" {
		// SSH 1 it is, also for a server that offered both.
		p.sides[0].state, p.sides[1].state = encrypted, encrypted
	}
	c.Send(verbs.Get(0), dissect.Object{})
	c.Fact(dissect.Sender, plant.FieldSoftware, v.Line, "ssh.banner", 0.95)
	if v.Old() && isServer(c) {
		c.FactText(dissect.Sender, plant.FieldSecurity, "ssh1", "ssh.banner", 0.95)
	}
	for i := range systems {
		if bytes.Contains(v.Line, []byte(systems[i].word)) {
			c.FactText(dissect.Sender, plant.FieldOS, systems[i].name, "ssh.banner", 0.7)
			break
		}
	}
	return n, nil
}

// systems are words in identifications that tell the operating system.
var systems = [...]struct{ word, name string }{
	{"Ubuntu", "Ubuntu Linux"},
	{"Debian", "Debian Linux"},
	{"Raspbian", "Raspbian Linux"},
	{"FreeBSD", "FreeBSD"},
	{"NetBSD", "NetBSD"},
	{"for_Windows", "Windows"},
	{"Cisco", "Cisco IOS"},
	{"ROSSSH", "RouterOS"},
	{"Sun_SSH", "Solaris"},
}

// isServer guesses by the ports which side serves, where the messages do not
// tell.
func isServer(c *dissect.Context) bool {
	return c.FromPort == 22 || c.ToPort != 22 && c.FromPort < c.ToPort
}

func (p *parser) packet(c *dissect.Context, b []byte) (int, error) {
	m, n, err := pdu.DecodePacket(b)
	if err != nil {
		return 0, err
	}
	c.Send(verbs.Get(uint32(m.Message)), dissect.Object{})
	switch m.Message {
	case pdu.MsgKexInit:
		p.proposal(c, m.Payload)
	case 30, 32, 34: // only clients ask in a key exchange
		p.roles(c, false)
	case 31, 33:
		p.roles(c, true)
	case pdu.MsgNewKeys:
		p.roles(c, isServer(c))
		p.sides[c.Side()].state = encrypted
	}
	return n, nil
}

// proposal keeps the fingerprints of a proposal until the sides are known.
func (p *parser) proposal(c *dissect.Context, payload []byte) {
	k, err := pdu.DecodeKexInit(payload)
	if err != nil {
		c.Malformed("a key exchange proposal breaks off")
		return
	}
	s := &p.sides[c.Side()]
	s.proposed, s.client, s.server = true, k.HASSH(false), k.HASSH(true)
}

// roles reports the fingerprints of both sides.
func (p *parser) roles(c *dissect.Context, senderServes bool) {
	if p.told {
		return
	}
	p.told = true
	if senderServes {
		c.SenderIsServer()
	} else {
		c.SenderIsClient()
	}
	p.fingerprint(c, dissect.Sender, c.Side(), senderServes)
	p.fingerprint(c, dissect.Receiver, 1-c.Side(), !senderServes)
}

func (p *parser) fingerprint(c *dissect.Context, who dissect.Subject, side int, server bool) {
	s := &p.sides[side]
	if !s.proposed {
		return
	}
	name, sum := "hassh=", s.client
	if server {
		name, sum = "hasshserver=", s.server
	}
	var buf [64]byte
	c.Fact(who, plant.FieldFingerprint, hex.AppendEncode(append(buf[:0], name...), sum[:]), "ssh.kexinit", 0.9)
}
