// Package smb tells what happens in Windows file sharing: SMB1, SMB2 and SMB3
// on TCP 445, and on 139 behind the NetBIOS session service.
//
// It names both ends (native operating system, NTLM, NetBIOS), says how weakly
// they are protected (SMB1, no signing, guests, passwords in clear), which
// shares, files and named pipes are used, and what is called through pipes. The
// contents of files are skipped unread.
package smb

import (
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/gssapi"
	"github.com/bulkhead-ot/bulkhead/protocol/nbss"
	"github.com/bulkhead-ot/bulkhead/protocol/smb"
	"github.com/bulkhead-ot/bulkhead/protocol/smb2"
	"github.com/bulkhead-ot/bulkhead/protocol/winstr"
)

// Protocol is SMB of all versions.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name: "smb", TCP: []uint16{445, 139},
		Probe: probe,
		New:   func() dissect.Parser { return &parser{} },
	}
}

// probe looks for the magic number behind the four bytes of framing, or for the
// two encoded names of a session request.
func probe(b []byte, h dissect.Hint) dissect.Match {
	if !h.Stream {
		return dissect.No
	}
	f, _, err := nbss.Decode(b)
	switch {
	case err == nbss.ErrShort:
		return short(b)
	case err != nil:
		return dissect.No
	case f.Type == nbss.Request:
		return request(b)
	case f.Type != nbss.Message:
		return dissect.Weak
	case len(b) < nbss.HeaderLen+4:
		return short(b)
	}
	switch string(b[nbss.HeaderLen : nbss.HeaderLen+4]) {
	case smb.Magic:
		if f.Length >= smb.HeaderLen+3 {
			return dissect.Strong
		}
	case smb2.Magic:
		if f.Length >= smb2.HeaderLen+4 {
			return dissect.Strong
		}
	case smb2.MagicEncrypted, smb2.MagicCompressed:
		return dissect.Strong
	}
	return dissect.No
}

// short is for bytes too few to tell: all messages start with zero or a type
// with its top bit set.
func short(b []byte) dissect.Match {
	if len(b) == 0 || b[0] == 0 || b[0] >= 0x81 && b[0] <= 0x85 {
		return dissect.Short
	}
	return dissect.No
}

func request(b []byte) dissect.Match {
	_, _, err := nbss.DecodeRequest(b[nbss.HeaderLen:])
	switch err {
	case nil:
		return dissect.Strong
	case nbss.ErrShort:
		return dissect.Short
	}
	return dissect.No
}

type parser struct {
	gss        gssapi.Reader
	text, name []byte // scratch
	path       []byte // scratch: of a share or a pipe
	trees      trees
	pipes      pipes
	clear      bool   // SMB1: the server takes passwords in clear
	offer      uint64 // SMB1: the number of a negotiate request, plus one
}

// How much of a message is waited for. Whatever is longer (file data, long
// directories) is read as far as its start and skipped. A ticket with a large
// list of groups makes the longest session setup.
const (
	patience      = 8 << 10
	patienceSetup = 80 << 10
	head          = 256 // holds every header and the fixed part of any body
)

// Parse reads the packets in b.
func (p *parser) Parse(c *dissect.Context, b []byte) (int, error) {
	taken := 0
	for taken < len(b) {
		n, err := p.packet(c, b[taken:])
		if n == 0 || err != nil {
			return taken, err
		}
		taken += n
	}
	return taken, nil
}

// packet reads one packet of the session service. It takes 0 bytes of one that
// is not complete, and more than there are of one whose rest is not needed.
func (p *parser) packet(c *dissect.Context, b []byte) (int, error) {
	f, n, err := nbss.Decode(b)
	if err == nbss.ErrShort {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	n += f.Length
	body := b[nbss.HeaderLen:min(n, len(b))]
	if len(b) < n && (f.Type != nbss.Message || waits(body, f.Length)) {
		return 0, nil
	}
	switch f.Type {
	case nbss.Message:
		return n, p.message(c, body)
	case nbss.Request:
		p.session(c, body)
	case nbss.Positive:
		c.Response(callVerb, 0, dissect.Accepted)
		c.SenderIsServer()
	case nbss.Negative, nbss.Retarget:
		c.Response(callVerb, 0, dissect.Refused)
		c.SenderIsServer()
	}
	return n, nil
}

// waits reports whether a message whose start is there must be seen whole.
func waits(b []byte, length int) bool {
	if len(b) < head || length <= patience {
		return true
	}
	setup := b[0] == smb.Magic[0] && smb.Command(b[4]) == smb.SessionSetupAndX ||
		b[0] == smb2.Magic[0] && smb2.Command(b[12]) == smb2.CmdSessionSetup
	return setup && length <= patienceSetup
}

func (p *parser) message(c *dissect.Context, b []byte) error {
	if len(b) >= 4 && string(b[:4]) == smb.Magic {
		return p.smb1(c, b)
	}
	for len(b) > 0 {
		n, err := p.smb2(c, b)
		if err != nil {
			return err
		}
		b = b[n:]
	}
	return nil
}

var callVerb = &plant.Verb{Protocol: "smb", Code: "nbss.0x81", Name: "NetBIOS Session Request"}

// session reads the names in a session request.
func (p *parser) session(c *dissect.Context, b []byte) {
	called, calling, err := nbss.DecodeRequest(b)
	if err != nil {
		c.Malformed("NetBIOS session request without two names")
		return
	}
	c.Request(callVerb, 0, dissect.Object{Space: "name", Name: called.Bytes()})
	c.SenderIsClient()
	c.Fact(dissect.Sender, plant.FieldName, calling.Bytes(), "nbss.request", 0.8)
	// Callers that do not know the name use one that every server answers to.
	if name := called.Bytes(); len(name) > 0 && name[0] != '*' {
		c.Fact(dissect.Receiver, plant.FieldName, name, "nbss.request", 0.5)
	}
}

// fact reports a string.
func (p *parser) fact(c *dissect.Context, who dissect.Subject, f plant.Field, t winstr.Text, source string, sure float64) {
	if t.Empty() {
		return
	}
	p.text = t.AppendTo(p.text[:0])
	c.Fact(who, f, p.text, source, sure)
}

// share reports the share in a path such as \\SERVER\C$ and says what kind of
// tree it opens.
func (p *parser) share(c *dissect.Context, path winstr.Text, source string) treeKind {
	p.path = path.AppendTo(p.path[:0])
	host, share := splitShare(p.path)
	if named(host) {
		c.Fact(dissect.Receiver, plant.FieldName, host, source, 0.5)
	}
	kind := kindOfShare(share)
	if kind != treePipes && len(share) > 0 {
		c.Fact(dissect.Receiver, plant.FieldService, p.path, source, 0.7)
	}
	return kind
}

// file makes a file or pipe the object of an operation. Without a name it is
// the share itself.
func (p *parser) file(name winstr.Text, tree treeKind, o *dissect.Object) {
	p.name = name.AppendTo(p.name[:0])
	switch {
	case len(p.name) == 0:
		o.Space = "share"
	case tree == treePipes:
		o.Space, o.Name = "pipe", p.name
	default:
		o.Space, o.Name = "file", p.name
	}
}
