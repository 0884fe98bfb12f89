// Package ftp tells who moves which files by FTP, and whose password crosses
// in clear. Data connections, whose ports are agreed on the way, are not
// followed.
package ftp

import (
	"bytes"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/tls"
	"github.com/bulkhead-ot/bulkhead/protocol/textline"
)

// Protocol is the control connection of FTP (RFC 959).
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name: "ftp", TCP: []uint16{21, 2121},
		Probe: probe,
		New:   func() dissect.Parser { return new(parser) },
	}
}

var verbs = table(
	row{"USER", "User Name", plant.Auth, ""},
	row{"PASS", "Password", plant.Auth, ""},
	row{"AUTH", "Authentication Mechanism", plant.Other, ""},
	row{"RETR", "Retrieve File", plant.Read, ""},
	row{"STOR", "Store File", plant.Config, "T0867"},
	row{"STOU", "Store Unique", plant.Config, "T0867"},
	row{"APPE", "Append to File", plant.Config, "T0867"},
	row{"DELE", "Delete File", plant.Config, ""},
	row{"RNFR", "Rename From", plant.Config, ""},
	row{"RNTO", "Rename To", plant.Config, ""},
	row{"MKD", "Make Directory", plant.Config, ""},
	row{"RMD", "Remove Directory", plant.Config, ""},
	row{"SITE", "Site Command", plant.Other, ""},
	row{"LIST", "List", plant.Identify, ""},
	row{"NLST", "Name List", plant.Identify, ""},
	row{"MLSD", "List Directory", plant.Identify, ""},
	row{"SYST", "System", plant.Identify, "T0888"},
	row{"STAT", "Status", plant.Identify, ""},
	row{"FEAT", "Features", plant.Other, ""},
	row{"PASV", "Passive", plant.Other, ""},
	row{"EPSV", "Extended Passive", plant.Other, ""},
	row{"PORT", "Data Port", plant.Other, ""},
	row{"EPRT", "Extended Data Port", plant.Other, ""},
	row{"TYPE", "Representation Type", plant.Other, ""},
	row{"CWD", "Change Directory", plant.Other, ""},
	row{"PWD", "Print Directory", plant.Other, ""},
	row{"CDUP", "Change to Parent", plant.Other, ""},
	row{"SIZE", "Size of File", plant.Other, ""},
	row{"MDTM", "Time of File", plant.Other, ""},
	row{"MODE", "Transfer Mode", plant.Other, ""},
	row{"STRU", "File Structure", plant.Other, ""},
	row{"REST", "Restart Transfer", plant.Other, ""},
	row{"ABOR", "Abort", plant.Other, ""},
	row{"ACCT", "Account", plant.Auth, ""},
	row{"NOOP", "No Operation", plant.Other, ""},
	row{"HELP", "Help", plant.Other, ""},
	row{"OPTS", "Options", plant.Other, ""},
	row{"PBSZ", "Protection Buffer", plant.Other, ""},
	row{"PROT", "Protection Level", plant.Other, ""},
	row{"CLNT", "Client Name", plant.Other, ""},
	row{"QUIT", "Log Out", plant.Other, ""},
)

// firmware is a stored file whose name says what it is.
var firmware = &plant.Verb{Protocol: "ftp", Code: "STOR", Name: "Store Firmware", Kind: plant.Firmware, Technique: "T0857"}

var (
	greeting = &plant.Verb{Protocol: "ftp", Code: "greeting", Name: "Greeting", Kind: plant.Identify}
	reply    = &plant.Verb{Protocol: "ftp", Code: "reply", Name: "Reply"}
	unknown  = &plant.Verb{Protocol: "ftp", Code: "other", Name: "Other Command"}
)

type row struct {
	word, name string
	kind       plant.Kind
	technique  string
}

func table(rows ...row) map[string]*plant.Verb {
	m := make(map[string]*plant.Verb, len(rows))
	for _, r := range rows {
		m[r.word] = &plant.Verb{Protocol: "ftp", Code: r.word, Name: r.name, Kind: r.kind, Technique: r.technique}
	}
	return m
}

// command is the verb of a command word, whatever its case.
func command(word []byte) *plant.Verb {
	var up [4]byte
	if len(word) < 3 || len(word) > len(up) {
		return nil
	}
	return verbs[string(bytes.ToUpper(up[:copy(up[:], word)]))]
}

// probe is sure of a greeting that says FTP; mail servers greet alike.
func probe(b []byte, h dissect.Hint) dissect.Match {
	line, _, err := textline.Decode(b)
	switch {
	case !h.Stream || err == textline.ErrFormat:
		return dissect.No
	case err == textline.ErrShort:
		return dissect.Short
	}
	if r, ok := textline.ParseReply(line); ok {
		if r.Code == 220 && textline.Contains(r.Text, "FTP") {
			return dissect.Strong
		}
		return dissect.Weak
	}
	if word, _ := textline.CutWord(line); command(word) != nil {
		return dissect.Weak
	}
	return dissect.No
}

type parser struct {
	user   [48]byte
	users  int // length of what is in user
	more   [2]uint16
	upset  bool // the client asked for TLS
	secure *tls.Parser
	served bool // the greeting came
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
		case err != nil:
			return taken, err
		}
		p.line(c, line)
		taken += n
	}
}

// line reads a reply or a command. In a reply of several lines all up to the
// one with its code and a space are text.
func (p *parser) line(c *dissect.Context, line []byte) {
	more := &p.more[c.Side()]
	r, ok := textline.ParseReply(line)
	switch {
	case *more != 0:
		if ok && r.Code == *more && !r.More {
			*more = 0
			p.reply(c, r)
		}
	case ok && r.More:
		*more = r.Code
		p.greet(c, r)
	case ok:
		p.greet(c, r)
		p.reply(c, r)
	default:
		p.command(c, line)
	}
}

// greet reads what a server says of itself before anyone asked.
func (p *parser) greet(c *dissect.Context, r textline.Reply) {
	if r.Code != 220 || p.served {
		return
	}
	p.served = true
	c.SenderIsServer()
	c.Fact(dissect.Sender, plant.FieldSoftware, bytes.Trim(r.Text, " *-=#"), "ftp.banner", 0.8)
}

func (p *parser) reply(c *dissect.Context, r textline.Reply) {
	w, ok := c.Peek(0)
	result := dissect.Accepted
	switch {
	case r.Code < 200, ok && w.Verb == verbs["USER"] && r.Code == 331:
		result = dissect.Answered
	case r.Code >= 400:
		result = dissect.Refused
	}
	switch {
	case !ok && r.Code == 220:
		c.Send(greeting, dissect.Object{})
		return
	case !ok:
		c.Response(reply, 0, result)
		return
	case r.Code < 200:
		return // more will come for the same command
	}
	c.Response(nil, 0, result)
	c.SenderIsServer()
	if w.Verb == verbs["SYST"] && r.Code == 215 {
		c.Fact(dissect.Sender, plant.FieldOS, r.Text, "ftp.syst", 0.6)
	}
	if p.upset && r.Code == 234 {
		p.secure = tls.New()
	}
	p.upset = false
}

func (p *parser) command(c *dissect.Context, line []byte) {
	word, arg := textline.CutWord(line)
	verb := command(word)
	o := dissect.Object{}
	switch {
	case verb == nil:
		verb = unknown
	case verb == verbs["USER"]:
		p.users = copy(p.user[:], arg)
		c.Fact(dissect.Sender, plant.FieldUser, arg, "ftp.user", 0.9)
	case verb == verbs["PASS"]:
		p.password(c)
	case verb == verbs["AUTH"]:
		p.upset = true
	case verb.Kind == plant.Config || verb == verbs["RETR"]:
		if verb == verbs["STOR"] && isFirmware(arg) {
			verb = firmware
		}
		o.Name = arg
	}
	c.SenderIsClient()
	c.Request(verb, 0, o)
}

// password reports a sign-in in clear; the secret itself is not looked at.
func (p *parser) password(c *dissect.Context) {
	var buf [80]byte
	b := append(append(buf[:0], "ftp user "...), p.user[:p.users]...)
	c.Fact(dissect.Receiver, plant.FieldCleartextLogin, b, "ftp.pass", 0.95)
}

// isFirmware goes by the endings and words that makers use.
func isFirmware(file []byte) bool {
	for _, end := range [...]string{".FW", ".FWU", ".UPD", ".FRM", ".HEX", ".S19"} {
		if len(file) > len(end) && textline.HasPrefix(file[len(file)-len(end):], end) {
			return true
		}
	}
	return textline.Contains(file, "FIRMWARE")
}
