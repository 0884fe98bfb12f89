// Package smtp tells who hands mail to whom, as far as it names machines and
// shows passwords in clear. Mails are passed over.
package smtp

import (
	"bytes"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/tls"
	"github.com/bulkhead-ot/bulkhead/protocol/textline"
)

// Protocol is SMTP (RFC 5321) and mail submission.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name: "smtp", TCP: []uint16{25, 587, 2525},
		Probe: probe,
		New:   func() dissect.Parser { return new(parser) },
	}
}

var verbs = func() map[string]*plant.Verb {
	m := make(map[string]*plant.Verb)
	for _, word := range []string{"HELO", "EHLO", "MAIL", "RCPT", "DATA", "BDAT", "RSET", "VRFY", "EXPN", "HELP", "NOOP", "QUIT", "STARTTLS"} {
		m[word] = &plant.Verb{Protocol: "smtp", Code: word, Name: word}
	}
	m["AUTH"] = &plant.Verb{Protocol: "smtp", Code: "AUTH", Name: "AUTH", Kind: plant.Auth}
	return m
}()

var (
	greeting = &plant.Verb{Protocol: "smtp", Code: "greeting", Name: "Greeting", Kind: plant.Identify}
	reply    = &plant.Verb{Protocol: "smtp", Code: "reply", Name: "Reply"}
	message  = &plant.Verb{Protocol: "smtp", Code: "message", Name: "End of Message"}
	unknown  = &plant.Verb{Protocol: "smtp", Code: "other", Name: "Other Command"}
)

func command(word []byte) *plant.Verb {
	var up [8]byte
	if len(word) < 4 || len(word) > len(up) {
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
	if r, ok := textline.ParseReply(line); ok {
		if r.Code == 220 && textline.Contains(r.Text, "SMTP") {
			return dissect.Strong
		}
		return dissect.Weak
	}
	word, arg := textline.CutWord(line)
	switch {
	case textline.Is(word, "EHLO") && len(arg) > 0:
		return dissect.Strong
	case command(word) != nil:
		return dissect.Weak
	}
	return dissect.No
}

// What a client sends next.
type state uint8

const (
	commands state = iota
	text           // a mail, up to a line with a dot
	secrets        // lines of a sign-in
)

type parser struct {
	state   state
	client  int8 // side of the client + 1, once it is known
	dialled bool // the client asked for TLS
	served  bool // the greeting came
	more    [2]uint16
	secure  *tls.Parser
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
		case err != nil && p.state == text:
			return len(b), nil // a mail may be anything
		case err != nil:
			return taken, err
		}
		p.line(c, line)
		taken += n
	}
}

func (p *parser) line(c *dissect.Context, line []byte) {
	if p.client == int8(c.Side())+1 && p.state != commands {
		if p.state == text && string(line) == "." {
			p.state = commands
			c.Request(message, 0, dissect.Object{})
		}
		return
	}
	more := &p.more[c.Side()]
	r, ok := textline.ParseReply(line)
	switch {
	case ok && r.More:
		p.greet(c, r)
		*more = r.Code
	case ok:
		p.greet(c, r)
		*more = 0
		p.reply(c, r)
	case *more == 0:
		p.command(c, line)
	}
}

func (p *parser) greet(c *dissect.Context, r textline.Reply) {
	if r.Code != 220 || p.served {
		return
	}
	p.served = true
	c.SenderIsServer()
	c.Fact(dissect.Sender, plant.FieldSoftware, r.Text, "smtp.banner", 0.8)
	if name, _ := textline.CutWord(r.Text); bytes.IndexByte(name, '.') > 0 {
		c.Fact(dissect.Sender, plant.FieldName, name, "smtp.banner", 0.7)
	}
}

func (p *parser) reply(c *dissect.Context, r textline.Reply) {
	if r.Code != 334 && p.state == secrets {
		p.state = commands
	}
	_, ok := c.Peek(0)
	result := dissect.Accepted
	if r.Code >= 400 {
		result = dissect.Refused
	}
	switch {
	case ok:
		c.Response(nil, 0, result)
		c.SenderIsServer()
	case r.Code == 220 && !p.dialled:
		c.Send(greeting, dissect.Object{})
	default:
		c.Response(reply, 0, result)
	}
	switch {
	case r.Code == 354:
		p.state = text
	case r.Code == 220 && p.dialled:
		p.secure = tls.New()
	}
	p.dialled = false
}

func (p *parser) command(c *dissect.Context, line []byte) {
	word, arg := textline.CutWord(line)
	verb := command(word)
	switch {
	case verb == nil:
		verb = unknown
	case verb == verbs["EHLO"], verb == verbs["HELO"]:
		greets(c, arg)
	case verb == verbs["STARTTLS"]:
		p.dialled = true
	case verb == verbs["AUTH"]:
		p.auth(c, arg)
	}
	p.client = int8(c.Side()) + 1
	c.SenderIsClient()
	c.Request(verb, 0, dissect.Object{})
}

// greets reports the name by which a client introduces itself, unless it is an
// address in brackets.
func greets(c *dissect.Context, name []byte) {
	if len(name) > 0 && name[0] != '[' && textline.Printable(name) {
		c.Fact(dissect.Sender, plant.FieldName, name, "smtp.helo", 0.6)
	}
}

// auth reports a sign-in by a mechanism that sends the password as it is.
func (p *parser) auth(c *dissect.Context, arg []byte) {
	p.state = secrets
	mechanism, _ := textline.CutWord(arg)
	switch {
	case textline.Is(mechanism, "PLAIN"):
		c.FactText(dissect.Receiver, plant.FieldCleartextLogin, "smtp plain", "smtp.auth", 0.9)
	case textline.Is(mechanism, "LOGIN"):
		c.FactText(dissect.Receiver, plant.FieldCleartextLogin, "smtp login", "smtp.auth", 0.9)
	}
}
