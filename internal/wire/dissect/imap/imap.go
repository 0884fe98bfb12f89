// Package imap tells who reads mail where and whose password crosses in clear.
// Mails are passed over.
package imap

import (
	"bytes"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/tls"
	"github.com/bulkhead-ot/bulkhead/protocol/textline"
)

// Protocol is IMAP 4 (RFC 9051).
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name: "imap", TCP: []uint16{143},
		Probe: probe,
		New:   func() dissect.Parser { return new(parser) },
	}
}

var (
	greeting = &plant.Verb{Protocol: "imap", Code: "greeting", Name: "Greeting", Kind: plant.Identify}
	login    = &plant.Verb{Protocol: "imap", Code: "LOGIN", Name: "LOGIN", Kind: plant.Auth}
	auth     = &plant.Verb{Protocol: "imap", Code: "AUTHENTICATE", Name: "AUTHENTICATE", Kind: plant.Auth}
	startTLS = &plant.Verb{Protocol: "imap", Code: "STARTTLS", Name: "STARTTLS"}
	command  = &plant.Verb{Protocol: "imap", Code: "command", Name: "Command"}
)

// words are the other commands: a line in a mail is not to be taken for one.
var words = [...]string{
	"CAPABILITY", "NOOP", "LOGOUT", "SELECT", "EXAMINE", "CREATE", "DELETE", "RENAME", "SUBSCRIBE", "UNSUBSCRIBE", "LIST",
	"LSUB", "STATUS", "APPEND", "CHECK", "CLOSE", "EXPUNGE", "SEARCH", "FETCH", "STORE", "COPY", "UID", "IDLE", "ID",
	"ENABLE", "NAMESPACE", "UNSELECT", "MOVE",
}

func verbOf(word []byte) *plant.Verb {
	switch {
	case textline.Is(word, "LOGIN"):
		return login
	case textline.Is(word, "AUTHENTICATE"):
		return auth
	case textline.Is(word, "STARTTLS"):
		return startTLS
	}
	for _, w := range words {
		if textline.Is(word, w) {
			return command
		}
	}
	return nil
}

func probe(b []byte, h dissect.Hint) dissect.Match {
	line, _, err := textline.Decode(b)
	switch {
	case !h.Stream || err == textline.ErrFormat:
		return dissect.No
	case err == textline.ErrShort:
		return dissect.Short
	case textline.HasPrefix(line, "* OK") && textline.Contains(line, "IMAP"):
		return dissect.Strong
	case len(line) > 2 && line[0] == '*':
		return dissect.Weak
	}
	_, rest := textline.CutWord(line)
	if word, _ := textline.CutWord(rest); verbOf(word) != nil || result(word) != dissect.Answered {
		return dissect.Weak
	}
	return dissect.No
}

// result is what a response line says.
func result(word []byte) dissect.Result {
	switch {
	case textline.Is(word, "OK"):
		return dissect.Accepted
	case textline.Is(word, "NO"), textline.Is(word, "BAD"):
		return dissect.Refused
	}
	return dissect.Answered
}

type parser struct {
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

// line reads a tagged command or response, or the greeting.
func (p *parser) line(c *dissect.Context, line []byte) {
	tag, rest := textline.CutWord(line)
	word, arg := textline.CutWord(rest)
	id := tagID(tag)
	switch {
	case string(tag) == "*":
		p.greet(c, word, arg)
	case verbOf(word) != nil:
		verb := verbOf(word)
		p.secret(c, verb, arg)
		c.SenderIsClient()
		c.Request(verb, id, dissect.Object{})
	default:
		p.response(c, id, result(word))
	}
}

func (p *parser) response(c *dissect.Context, id uint64, r dissect.Result) {
	w, ok := c.Peek(id)
	if !ok || r == dissect.Answered {
		return
	}
	c.Response(nil, id, r)
	c.SenderIsServer()
	if w.Verb == startTLS && r == dissect.Accepted {
		p.secure = tls.New()
	}
}

// tagID makes a number of a tag, which is a short word.
func tagID(tag []byte) uint64 {
	id := uint64(len(tag))
	for _, c := range tag[:min(len(tag), 32)] {
		id = id*131 + uint64(c)
	}
	return id
}

func (p *parser) greet(c *dissect.Context, word, arg []byte) {
	if p.served || result(word) != dissect.Accepted {
		return
	}
	p.served = true
	c.SenderIsServer()
	if len(arg) > 0 && arg[0] == '[' { // a list of capabilities first
		if i := bytes.IndexByte(arg, ']'); i >= 0 {
			arg = arg[i+1:]
		}
	}
	c.Fact(dissect.Sender, plant.FieldSoftware, arg, "imap.banner", 0.7)
	c.Send(greeting, dissect.Object{})
}

// secret reports a sign-in in clear, without the password behind the name.
func (p *parser) secret(c *dissect.Context, verb *plant.Verb, arg []byte) {
	switch {
	case verb == login:
		user, _ := textline.CutWord(arg)
		user = bytes.Trim(user, `"`)
		user = user[:min(len(user), 64)]
		if len(user) > 0 && user[0] == '{' {
			user = nil // the name comes on the next line
		}
		var buf [96]byte
		c.Fact(dissect.Receiver, plant.FieldCleartextLogin, append(append(buf[:0], "imap user "...), user...), "imap.login", 0.95)
		c.Fact(dissect.Sender, plant.FieldUser, user, "imap.login", 0.9)
	case verb == auth && textline.HasPrefix(arg, "PLAIN"):
		c.FactText(dissect.Receiver, plant.FieldCleartextLogin, "imap plain", "imap.authenticate", 0.9)
	}
}
