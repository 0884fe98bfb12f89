// Package http tells who speaks HTTP/1 to whom on any port: what servers and
// clients call themselves, who signs in with a password in clear, and requests
// that load firmware into a device or restart it. Bodies are skipped, not kept.
package http

import (
	"bytes"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/gssapi"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/http"
)

// Protocol is HTTP/1 on TCP.
func Protocol() dissect.Protocol {
	return dissect.Protocol{
		Name: "http", TCP: []uint16{80, 8080},
		Probe: probe,
		New:   func() dissect.Parser { return new(parser) },
	}
}

// probe needs no port: a start line tells its version.
func probe(b []byte, h dissect.Hint) dissect.Match {
	if !h.Stream {
		return dissect.No
	}
	_, n, err := pdu.Decode(b)
	switch {
	case bytes.HasPrefix(b, preface), n > 0, err == pdu.ErrShort && hasVersion(b):
		return dissect.Strong
	case err == pdu.ErrShort:
		return dissect.Short
	}
	return dissect.No
}

// preface begins HTTP/2 where both sides know beforehand (RFC 9113 section
// 3.4). What follows is binary and not read.
var preface = []byte("PRI * HTTP/2.0\r\n")

// hasVersion reports whether the first line of an unfinished head is whole and
// good: Decode then only misses the end of the head.
func hasVersion(b []byte) bool {
	for i, c := range b {
		if c == '\n' {
			return i > 8
		}
	}
	return false
}

// verbs are methods. None of them says what a page behind it does: what does
// more than show one is told by its path, where that is known.
var verbs = func() map[string]*plant.Verb {
	m := make(map[string]*plant.Verb)
	for _, name := range []string{
		"GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH",
		"PROPFIND", "PROPPATCH", "MKCOL", "COPY", "MOVE", "LOCK", "UNLOCK", "SEARCH", "REPORT",
		"SUBSCRIBE", "UNSUBSCRIBE", "NOTIFY", "RPC_IN_DATA", "RPC_OUT_DATA", "BITS_POST",
	} {
		m[name] = &plant.Verb{Protocol: "http", Code: name, Name: name}
	}
	return m
}()

var (
	second      = &plant.Verb{Protocol: "http2", Code: "preface", Name: "Connection Preface"}
	otherMethod = &plant.Verb{Protocol: "http", Code: "other", Name: "Other Method"}
	response    = &plant.Verb{Protocol: "http", Code: "response", Name: "Response"}
	firmware    = &plant.Verb{Protocol: "http", Code: "POST", Name: "Firmware Upload", Kind: plant.Firmware, Technique: "T0857"}
	restart     = &plant.Verb{Protocol: "http", Code: "POST", Name: "Restart", Kind: plant.Mode, Technique: "T0816"}
)

// What comes next on one side.
type state uint8

const (
	atHead  state = iota
	atBody        // counted
	atChunk       // the line in front of a chunk
	atEnd         // the fields behind the last chunk
	forever       // a body without a length, or another protocol
	adrift        // bytes are missing: wait for a start line
)

type side struct {
	state state
	login bool // the body may hold a form with a password
	title bool // the body may be a page with a title
	known bool // a head was read here
	left  int64
}

type parser struct {
	sides [2]side
	asked uint64 // requests seen
	heard uint64 // responses seen

	tokens *gssapi.Reader // once a token of Windows was seen
	token  []byte
}

// Parse reads heads and skips bodies.
func (p *parser) Parse(c *dissect.Context, b []byte) (int, error) {
	s := &p.sides[c.Side()]
	taken := 0
	for taken < len(b) {
		n, err := p.step(c, s, b[taken:])
		if err != nil || n == 0 {
			return taken, err
		}
		taken += n
	}
	return taken, nil
}

// lasts is more than any connection carries behind a body without a length.
const lasts = 1 << 30

// step reads the next part and returns its length, 0 when more bytes are
// needed.
func (p *parser) step(c *dissect.Context, s *side, b []byte) (int, error) {
	switch s.state {
	case atBody:
		return p.body(c, s, b), nil
	case atChunk:
		return s.chunk(b)
	case atEnd:
		return s.trailer(b)
	case forever:
		return lasts, nil
	case adrift:
		if probe(b, dissect.Hint{Stream: true}) < dissect.Weak {
			return len(b), nil
		}
		s.state = atHead
	}
	return p.head(c, s, b)
}

// Gap is told that bytes are missing: what comes next is anything, and the
// responses that are missing cannot be paired.
func (p *parser) Gap(c *dissect.Context, _ int) {
	if s := &p.sides[c.Side()]; s.state != forever {
		*s = side{state: adrift}
	}
	p.heard = p.asked
}

func (p *parser) head(c *dissect.Context, s *side, b []byte) (int, error) {
	if bytes.HasPrefix(b, preface) {
		c.Name("http2")
		c.SenderIsClient()
		c.Send(second, dissect.Object{})
		p.sides[0].state, p.sides[1].state = forever, forever
		return lasts, nil
	}
	h, n, err := pdu.Decode(b)
	switch {
	case err == pdu.ErrShort:
		return 0, nil
	case err != nil && s.known:
		s.state = adrift
		return 0, err
	case err != nil: // the capture began in a body
		s.state = adrift
		return len(b), nil
	}
	s.known = true
	var method []byte
	if h.Response {
		method = p.response(c, &h)
	} else {
		p.request(c, &h)
	}
	p.frame(s, &h, method)
	return n, nil
}

// frame says how the body behind a head is skipped.
func (p *parser) frame(s *side, h *pdu.Head, method []byte) {
	*s = side{known: true}
	framing, length := h.Body(method)
	switch {
	case h.Tunnels(method):
		p.sides[0].state, p.sides[1].state = forever, forever
	case framing == pdu.Counted:
		s.state, s.left = atBody, length
		s.title, s.login = h.Response && isPage(h), !h.Response && isForm(h)
	case framing == pdu.Chunked:
		s.state = atChunk
		s.title = h.Response && isPage(h)
	case framing == pdu.UntilClose:
		s.state = forever
	}
}

// body skips a counted body, after a look at its beginning.
func (p *parser) body(c *dissect.Context, s *side, b []byte) int {
	s.look(c, b)
	n := int(min(s.left, lasts))
	if s.left -= int64(n); s.left == 0 {
		s.state = atHead
	}
	return n
}

// chunk skips a chunk and the line in front of it.
func (s *side) chunk(b []byte) (int, error) {
	size, n, err := pdu.DecodeChunk(b)
	switch {
	case err == pdu.ErrShort:
		return 0, nil
	case err != nil:
		s.state = adrift
		return 0, err
	case size == 0:
		s.state = atEnd
		return n, nil
	}
	return n + int(min(size, lasts)) + 2, nil
}

// trailer skips the lines behind the last chunk.
func (s *side) trailer(b []byte) (int, error) {
	for i, c := range b {
		switch {
		case c != '\n':
		case i == 0 || i == 1 && b[0] == '\r':
			s.state = atHead
			return i + 1, nil
		default:
			return i + 1, nil
		}
	}
	if len(b) > pdu.MaxHead {
		s.state = adrift
	}
	return 0, nil
}
