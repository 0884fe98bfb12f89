// Package telnet tells who works on whose command line by Telnet, under which
// account, and what the machine says of itself before the sign-in. Everything
// crosses in clear, the password too: it is never kept.
package telnet

import (
	"bytes"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/telnet"
	"github.com/bulkhead-ot/bulkhead/protocol/textline"
)

// Protocol is Telnet.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name: "telnet", TCP: []uint16{23, 2323},
		Probe: probe,
		New:   func() dissect.Parser { return new(parser) },
	}
}

var (
	negotiation = &plant.Verb{Protocol: "telnet", Code: "option", Name: "Option Negotiation"}
	control     = &plant.Verb{Protocol: "telnet", Code: "control", Name: "Control Function"}
	data        = &plant.Verb{Protocol: "telnet", Code: "data", Name: "Data"}
	signIn      = &plant.Verb{Protocol: "telnet", Code: "login", Name: "Sign-in", Kind: plant.Auth, Technique: "T0892"}
)

// probe is sure of two negotiations in a row.
func probe(b []byte, h dissect.Hint) dissect.Match {
	if !h.Stream || len(b) == 0 {
		return dissect.No
	}
	count, ok := pdu.Negotiates(b)
	switch {
	case !ok:
		return dissect.No
	case count >= 2:
		return dissect.Strong
	case count == 1, textline.Printable(bytes.TrimRight(b, "\r\n\x00\x07\x08\x0c")), b[0] == '\r' || b[0] == '\n':
		return dissect.Weak
	case b[0] == pdu.IAC:
		return dissect.Short
	}
	return dissect.No
}

// What the server asked for last.
type prompt uint8

const (
	nothing prompt = iota
	forUser
	forPassword
)

type parser struct {
	prompt prompt
	talk   [2]bool // the side sent text in this message
	tail   [24]byte
	line   [96]byte // of the server's text before the sign-in
	lines  int
	size   int // of line
	user   [48]byte
	users  int
	done   bool // the sign-in is over: nothing more is looked at
}

// Parse cuts a stream into text and commands.
func (p *parser) Parse(c *dissect.Context, b []byte) (int, error) {
	taken := 0
	p.talk[c.Side()] = false
	for taken < len(b) {
		t, n, err := pdu.Decode(b[taken:])
		if err == pdu.ErrShort {
			break
		}
		if err != nil {
			return taken, err
		}
		p.token(c, &t)
		taken += n
	}
	return taken, nil
}

func (p *parser) token(c *dissect.Context, t *pdu.Token) {
	switch {
	case t.Command >= pdu.SB:
		c.Send(negotiation, dissect.Object{})
		return
	case t.Command != 0:
		c.Send(control, dissect.Object{})
		return
	}
	if !p.talk[c.Side()] {
		p.talk[c.Side()] = true
		c.Send(data, dissect.Object{})
	}
	if p.done {
		return
	}
	if isServer(c) {
		p.server(c, t.Data)
	} else {
		p.client(c, t.Data)
	}
}

// isServer guesses by the ports which side serves: both send the same.
func isServer(c *dissect.Context) bool {
	return c.FromPort == 23 || c.ToPort != 23 && c.FromPort < c.ToPort
}

// server looks for prompts at the end of the text, and keeps the first lines
// before them: they often name the device.
func (p *parser) server(c *dissect.Context, text []byte) {
	for _, ch := range text {
		switch {
		case ch == '\n' || ch == '\r':
			p.banner(c)
		case ch >= ' ' && ch != 0x7f && p.size < len(p.line):
			p.line[p.size] = ch
			p.size++
		}
		copy(p.tail[:], p.tail[1:])
		p.tail[len(p.tail)-1] = ch
	}
	tail := bytes.TrimRight(p.tail[:], " \x00")
	switch {
	case len(tail) == 0 || tail[len(tail)-1] != ':' && tail[len(tail)-1] != '>':
	case textline.Contains(tail, "PASSWORD:"), textline.Contains(tail, "PASSWD:"), textline.Contains(tail, "PASSCODE:"):
		p.prompt = forPassword
	case textline.Contains(tail, "LOGIN:"), textline.Contains(tail, "USERNAME:"), textline.Contains(tail, "USER:"),
		textline.Contains(tail, "USER NAME:"), textline.Contains(tail, "ACCOUNT:"):
		p.prompt, p.users = forUser, 0
	}
}

// maxBanner is how many lines before the sign-in are kept.
const maxBanner = 4

// banner reports a line that holds a word at least.
func (p *parser) banner(c *dissect.Context) {
	line := bytes.Trim(p.line[:p.size], " *-=#")
	p.size = 0
	letters := 0
	for _, ch := range line {
		if 'a' <= ch|0x20 && ch|0x20 <= 'z' {
			letters++
		}
	}
	if letters >= 4 && p.lines < maxBanner && p.prompt == nothing {
		p.lines++
		c.Fact(dissect.Sender, plant.FieldDescription, line, "telnet.banner", 0.6)
	}
}

// client keeps the account name that is typed, key by key; of the password
// only the end of its line is looked for.
func (p *parser) client(c *dissect.Context, text []byte) {
	for _, ch := range text {
		switch {
		case p.prompt == forUser && (ch == '\b' || ch == 0x7f):
			p.users = max(p.users-1, 0)
		case p.prompt == forUser && ch >= ' ' && p.users < len(p.user):
			p.user[p.users] = ch
			p.users++
		case p.prompt == forPassword && (ch == '\r' || ch == '\n'):
			p.signedIn(c)
			return
		case p.prompt == forUser && ch == '\r':
			p.prompt = nothing
			p.lines = maxBanner
		}
	}
}

func (p *parser) signedIn(c *dissect.Context) {
	user := p.user[:p.users]
	var buf [80]byte
	c.Fact(dissect.Receiver, plant.FieldCleartextLogin, append(append(buf[:0], "telnet user "...), user...), "telnet.login", 0.9)
	c.Fact(dissect.Sender, plant.FieldUser, user, "telnet.login", 0.8)
	c.Send(signIn, dissect.Object{})
	p.prompt, p.lines = nothing, maxBanner
}
