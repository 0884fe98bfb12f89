// Package pop3 tells who fetches mail from whom and whose password crosses in
// clear. Mails are passed over.
package pop3

import (
	"bytes"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/tls"
	"github.com/bulkhead-ot/bulkhead/protocol/textline"
)

// Protocol is POP3 (RFC 1939, RFC 2595).
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name: "pop3", TCP: []uint16{110},
		Probe: probe,
		New:   func() dissect.Parser { return new(parser) },
	}
}

var verbs = func() map[string]*plant.Verb {
	m := make(map[string]*plant.Verb)
	for _, word := range []string{"STAT", "LIST", "RETR", "DELE", "NOOP", "RSET", "QUIT", "TOP", "UIDL", "CAPA", "STLS"} {
		m[word] = &plant.Verb{Protocol: "pop3", Code: word, Name: word}
	}
	for _, word := range []string{"USER", "PASS", "APOP", "AUTH"} {
		m[word] = &plant.Verb{Protocol: "pop3", Code: word, Name: word, Kind: plant.Auth}
	}
	return m
}()

var greeting = &plant.Verb{Protocol: "pop3", Code: "greeting", Name: "Greeting", Kind: plant.Identify}

func command(word []byte) *plant.Verb {
	var up [4]byte
	if len(word) < 3 || len(word) > len(up) {
		return nil
	}
	return verbs[string(bytes.ToUpper(up[:copy(up[:], word)]))]
}

func probe(b []byte, h dissect.Hint) dissect.Match {
	line, _, err := textline.Decode(b)
	switch {
	case !h.Stream || err == textline.ErrFormat:
		return dissect.No
	case err == textline.ErrShort:
		return dissect.Short
	}
	if status(line) != 0 {
		if textline.Contains(line, "POP3") {
			return dissect.Strong
		}
		return dissect.Weak
	}
	if word, _ := textline.CutWord(line); command(word) != nil {
		return dissect.Weak
	}
	return dissect.No
}

// status is 1 for a line that says yes, -1 for one that says no, 0 for another.
func status(line []byte) int {
	switch {
	case textline.HasPrefix(line, "+OK"):
		return 1
	case textline.HasPrefix(line, "-ERR"):
		return -1
	}
	return 0
}

type parser struct {
	user   [48]byte
	users  int
	served bool
	secure *tls.Parser
}

// Parse reads lines.
func (p *parser) Parse(c *dissect.Context, b []byte) (int, error) {
	taken := 0
	for {
		if p.secure != nil {
			n, err := p.secure.Parse(c, b[taken:])
			return taken + n, err
		}
		line, n, err := textline.Decode(b[taken:])
		switch {
		case err == textline.ErrShort:
			return taken, nil
		case err != nil && p.served:
			return len(b), nil // inside a mail
		case err != nil:
			return taken, err
		}
		p.line(c, line)
		taken += n
	}
}

func (p *parser) line(c *dissect.Context, line []byte) {
	if s := status(line); s != 0 {
		p.reply(c, line, s > 0)
		return
	}
	word, arg := textline.CutWord(line)
	verb := command(word)
	if verb == nil {
		return // a line of a mail, or of a list
	}
	switch verb {
	case verbs["USER"]:
		p.users = copy(p.user[:], arg)
		c.Fact(dissect.Sender, plant.FieldUser, arg, "pop3.user", 0.9)
	case verbs["PASS"]:
		var buf [80]byte
		b := append(append(buf[:0], "pop3 user "...), p.user[:p.users]...)
		c.Fact(dissect.Receiver, plant.FieldCleartextLogin, b, "pop3.pass", 0.95)
	}
	c.SenderIsClient()
	c.Request(verb, 0, dissect.Object{})
}

func (p *parser) reply(c *dissect.Context, line []byte, yes bool) {
	w, ok := c.Peek(0)
	if !ok {
		if !p.served && yes {
			_, text := textline.CutWord(line)
			c.Fact(dissect.Sender, plant.FieldSoftware, text, "pop3.banner", 0.7)
			c.Send(greeting, dissect.Object{})
		}
		p.served = true
		return
	}
	result := dissect.Refused
	if yes {
		result = dissect.Accepted
	}
	p.served = true
	c.Response(nil, 0, result)
	c.SenderIsServer()
	if yes && w.Verb == verbs["STLS"] {
		p.secure = tls.New()
	}
}
