package http

import (
	"bytes"
	"encoding/base64"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/gssapi"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/http"
	"github.com/bulkhead-ot/bulkhead/protocol/textline"
)

// Methods that say how to read the response, kept with the request.
const (
	tagOther = iota
	tagHead
	tagConnect
)

func (p *parser) request(c *dissect.Context, h *pdu.Head) {
	c.SenderIsClient()
	verb, object := purpose(h)
	p.asked++
	w := c.Request(verb, p.asked, dissect.Object{Name: object})
	switch string(h.Method) {
	case "HEAD":
		w.Tag = tagHead
	case "CONNECT":
		w.Tag = tagConnect
	}
	f := h.Fields()
	for name, value, ok := f.Next(); ok; name, value, ok = f.Next() {
		switch {
		case pdu.Is(name, "USER-AGENT"):
			c.Fact(dissect.Sender, plant.FieldSoftware, value, "http.user-agent", 0.8)
		case pdu.Is(name, "HOST"):
			host(c, value)
		case pdu.Is(name, "AUTHORIZATION"):
			p.login(c, value)
		}
	}
}

// response reads the answer to the oldest request that waits, and returns the
// method of that.
func (p *parser) response(c *dissect.Context, h *pdu.Head) []byte {
	c.SenderIsServer()
	var method []byte
	if h.Status/100 != 1 || h.Status == 101 {
		method = p.answer(c, h)
	}
	f := h.Fields()
	for name, value, ok := f.Next(); ok; name, value, ok = f.Next() {
		switch {
		case pdu.Is(name, "SERVER"):
			c.Fact(dissect.Sender, plant.FieldSoftware, value, "http.server", 0.9)
		case pdu.Is(name, "WWW-AUTHENTICATE"):
			p.challenge(c, value)
		}
	}
	return method
}

func (p *parser) answer(c *dissect.Context, h *pdu.Head) []byte {
	result := dissect.Accepted
	if h.Status >= 400 {
		result = dissect.Refused
	}
	if p.heard < p.asked {
		p.heard++
	}
	w, ok := c.Peek(p.heard)
	if !ok {
		c.Response(response, p.heard, result)
		return nil
	}
	c.Response(nil, p.heard, result)
	switch w.Tag {
	case tagHead:
		return []byte("HEAD")
	case tagConnect:
		return []byte("CONNECT")
	}
	return nil
}

// purposes are words in the path of a request that changes something, as the
// web pages of controllers, switches, cameras and gateways have them.
var purposes = []struct {
	word string // in upper case
	verb *plant.Verb
}{
	{"FIRMWARE", firmware},
	{"FWUPDATE", firmware},
	{"FWUPLOAD", firmware},
	{"FWUPGRADE", firmware},
	{"FW_UP", firmware},
	{"SYSUPGRADE", firmware},
	{"UPGRADE.CGI", firmware},
	{"REBOOT", restart},
	{"RESTART", restart},
}

// purpose is the verb of a request and, where the path decides, the path.
func purpose(h *pdu.Head) (*plant.Verb, []byte) {
	if m := string(h.Method); m == "POST" || m == "PUT" {
		path, _, _ := bytes.Cut(h.Target, []byte("?"))
		path = path[:min(len(path), 256)]
		for i := range purposes {
			if textline.Contains(path, purposes[i].word) {
				return purposes[i].verb, path
			}
		}
	}
	if v := verbs[string(h.Method)]; v != nil {
		return v, nil
	}
	return otherMethod, nil
}

// host reports the name by which a client knows a server of the site. Names of
// the world are left out: one address there has thousands.
func host(c *dissect.Context, value []byte) {
	name, _, _ := bytes.Cut(value, []byte(":"))
	local := c.Dst().IP.IsPrivate() || c.Dst().IP.IsLinkLocalUnicast()
	if !local || len(name) == 0 || name[0] == '[' || isAddress(name) {
		return
	}
	c.Fact(dissect.Receiver, plant.FieldName, name, "http.host", 0.5)
}

// isAddress reports whether a host is given by its IPv4 address.
func isAddress(name []byte) bool { return len(bytes.Trim(name, "0123456789.")) == 0 }

// login reports who signs in. Of Basic the password crosses in clear; it is
// never looked at.
func (p *parser) login(c *dissect.Context, value []byte) {
	if account := p.windows(c, value); len(account) > 0 {
		c.Fact(dissect.Sender, plant.FieldUser, account, "http.authorization", 0.9)
		return
	}
	var buf [192]byte
	if user, ok := pdu.BasicUser(value, buf[:]); ok {
		var text [224]byte
		c.Fact(dissect.Receiver, plant.FieldCleartextLogin, append(append(text[:0], "http user "...), user...), "http.authorization", 0.95)
		c.Fact(dissect.Sender, plant.FieldUser, user, "http.authorization", 0.9)
		clear(buf[:])
		return
	}
	if textline.HasPrefix(value, "DIGEST") {
		c.Fact(dissect.Sender, plant.FieldUser, pdu.Parameter(value, "USERNAME"), "http.authorization", 0.9)
	}
}

// maxToken is the longest token of Windows that is read, in base64; tickets of
// people in many groups are the longest.
const maxToken = 48 << 10

// windows reads a token of NTLM or Kerberos, which names the computers at both
// ends (RFC 4559), and returns the account in it.
func (p *parser) windows(c *dissect.Context, value []byte) []byte {
	scheme, text := textline.CutWord(value)
	if !textline.Is(scheme, "NTLM") && !textline.Is(scheme, "NEGOTIATE") || len(text) == 0 || len(text) > maxToken {
		return nil
	}
	if p.tokens == nil {
		p.tokens = new(gssapi.Reader)
	}
	token, err := base64.StdEncoding.AppendDecode(p.token[:0], text)
	if p.token = token[:0]; err != nil {
		return nil
	}
	return p.tokens.Read(c, token)
}

// challenge reports how a server wants people to sign in, and its realm, which
// often is the device's model or name.
func (p *parser) challenge(c *dissect.Context, value []byte) {
	p.windows(c, value)
	if textline.HasPrefix(value, "BASIC") {
		c.FactText(dissect.Sender, plant.FieldSecurity, "http.auth=basic", "http.authenticate", 0.95)
	}
	if realm := pdu.Parameter(value, "REALM"); len(realm) > 0 {
		c.Fact(dissect.Sender, plant.FieldDescription, realm, "http.realm", 0.6)
	}
}

func isPage(h *pdu.Head) bool {
	return textline.HasPrefix(h.Field("CONTENT-TYPE"), "TEXT/HTML") && len(h.Field("CONTENT-ENCODING")) == 0
}

func isForm(h *pdu.Head) bool {
	return textline.HasPrefix(h.Field("CONTENT-TYPE"), "APPLICATION/X-WWW-FORM-URLENCODED")
}

// maxLook is how much of a body is looked at.
const maxLook = 2048

// look reads the title of a page and finds forms with a password.
func (s *side) look(c *dissect.Context, b []byte) {
	b = b[:min(int64(len(b)), s.left, maxLook)]
	if s.title {
		if title := pdu.Title(b); len(title) > 0 {
			c.Fact(dissect.Sender, plant.FieldDescription, title[:min(len(title), 128)], "http.title", 0.7)
		}
	}
	if s.login && secret(b) {
		c.FactText(dissect.Receiver, plant.FieldCleartextLogin, "http form", "http.form", 0.8)
	}
	s.title, s.login = false, false
}

// secret reports whether a form has a field that is named like a password and
// is not empty.
func secret(form []byte) bool {
	for len(form) > 0 {
		var field []byte
		field, form, _ = bytes.Cut(form, []byte("&"))
		name, value, ok := bytes.Cut(field, []byte("="))
		if ok && len(value) > 0 && (textline.Contains(name, "PASSW") || textline.Contains(name, "PWD") || textline.Is(name, "PASS")) {
			return true
		}
	}
	return false
}
