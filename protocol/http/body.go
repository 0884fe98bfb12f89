package http

import (
	"bytes"
	"encoding/base64"

	"github.com/bulkhead-ot/bulkhead/protocol/textline"
)

// Framing is how the end of a body is told.
type Framing uint8

// Framings.
const (
	NoBody Framing = iota
	Counted
	Chunked
	UntilClose
)

// Body says how the body of this message is framed and, when it is counted,
// how long it is (RFC 9112 section 6.3). A response must be told the method
// that it answers, nil when that is not known.
func (h Head) Body(method []byte) (Framing, int64) {
	if h.Response && h.empty(method) {
		return NoBody, 0
	}
	length := int64(-1)
	f := h.Fields()
	for {
		name, value, ok := f.Next()
		switch {
		case !ok:
			return h.counted(length)
		case Is(name, "TRANSFER-ENCODING"):
			if textline.Contains(value, "CHUNKED") {
				return Chunked, 0
			}
		case Is(name, "CONTENT-LENGTH") && length < 0:
			length = number(value)
		}
	}
}

func (h Head) counted(length int64) (Framing, int64) {
	switch {
	case length > 0:
		return Counted, length
	case length == 0 || !h.Response:
		return NoBody, 0
	}
	return UntilClose, 0
}

// empty reports whether a response never has a body. A successful answer to
// CONNECT opens a tunnel, which lasts until the end.
func (h Head) empty(method []byte) bool {
	return h.Status < 200 || h.Status == 204 || h.Status == 304 || string(method) == "HEAD"
}

// Tunnels reports whether what follows a response is another protocol until
// the connection ends.
func (h Head) Tunnels(method []byte) bool {
	return h.Response && (h.Status == 101 || string(method) == "CONNECT" && h.Status/100 == 2)
}

// maxLength bounds a length so that adding to it never overflows.
const maxLength = 1 << 40

// number is a decimal number, or -1.
func number(b []byte) int64 {
	if len(b) == 0 {
		return -1
	}
	n := int64(0)
	for _, c := range b {
		if c < '0' || c > '9' || n > maxLength {
			return -1
		}
		n = 10*n + int64(c-'0')
	}
	return n
}

// DecodeChunk reads the line in front of a chunk and returns the size of its
// data and the length of the line. Two bytes of line end follow the data; the
// chunk of size 0 is the last and trailer fields follow it.
func DecodeChunk(b []byte) (size int64, n int, err error) {
	line, n, ok := cutLine(b[:min(len(b), 1024)])
	if !ok {
		if len(b) >= 1024 || len(b) > 0 && hex(b[0]) < 0 {
			return 0, 0, ErrFormat
		}
		return 0, 0, ErrShort
	}
	line, _, _ = bytes.Cut(line, []byte(";"))
	line = bytes.Trim(line, " \t")
	if len(line) == 0 || len(line) > 10 {
		return 0, 0, ErrFormat
	}
	for _, c := range line {
		d := hex(c)
		if d < 0 {
			return 0, 0, ErrFormat
		}
		size = size<<4 | d
	}
	return size, n, nil
}

func hex(c byte) int64 {
	switch {
	case '0' <= c && c <= '9':
		return int64(c - '0')
	case 'a' <= c && c <= 'f':
		return int64(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int64(c-'A') + 10
	}
	return -1
}

// Is reports whether a field's name is s, which is in upper case.
func Is(name []byte, s string) bool { return textline.Is(name, s) }

// BasicUser is the user name in the value of an Authorization field of the
// Basic scheme, decoded into buf. The password is dropped here, so that no
// caller can keep it by accident.
func BasicUser(value, buf []byte) ([]byte, bool) {
	scheme, token := textline.CutWord(value)
	if !textline.Is(scheme, "BASIC") {
		return nil, false
	}
	token = token[:min(len(token), len(buf)/3*4)&^3]
	n, err := base64.StdEncoding.Decode(buf, token)
	user, _, ok := bytes.Cut(buf[:n], []byte(":"))
	if err != nil || !ok {
		return nil, false
	}
	clear(buf[len(user):])
	return user, true
}

// Parameter is a parameter of a challenge or credentials, such as the realm in
// `Digest realm="x"`; name is in upper case.
func Parameter(value []byte, name string) []byte {
	for i := 0; i+len(name) < len(value); i++ {
		boundary := i == 0 || value[i-1] == ' ' || value[i-1] == ','
		if !boundary || !textline.HasPrefix(value[i:], name) || value[i+len(name)] != '=' {
			continue
		}
		v := value[i+len(name)+1:]
		if len(v) > 0 && v[0] == '"' {
			v, _, _ = bytes.Cut(v[1:], []byte(`"`))
			return v
		}
		v, _, _ = bytes.Cut(v, []byte(","))
		return v
	}
	return nil
}

// Title is the text of the title element in a piece of HTML, if it is whole.
func Title(html []byte) []byte {
	const open, end = "<TITLE", "</TITLE"
	for i := bytes.IndexByte(html, '<'); i >= 0; {
		if textline.HasPrefix(html[i:], open) {
			_, text, ok := bytes.Cut(html[i:], []byte(">"))
			if !ok {
				return nil
			}
			for j := range text {
				if text[j] == '<' {
					if !textline.HasPrefix(text[j:], end) {
						return nil
					}
					return bytes.TrimSpace(text[:j])
				}
			}
			return nil
		}
		next := bytes.IndexByte(html[i+1:], '<')
		if next < 0 {
			return nil
		}
		i += 1 + next
	}
	return nil
}
