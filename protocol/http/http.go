// Package http decodes the heads of HTTP/1 messages and says how long their
// bodies are, so that a reader can skip them.
//
// It reads start lines and header fields without copying. Bodies, HTTP/2 and
// the fields of other protocols that borrow the form (SIP, RTSP) are left out;
// SSDP messages are HTTP heads and are read.
//
// References: RFC 9110 (semantics), RFC 9112 (HTTP/1.1), RFC 7617 (Basic).
package http

import (
	"bytes"
	"errors"
)

// Errors that the functions wrap. ErrShort means "give me more bytes";
// ErrFormat that the bytes are not HTTP/1 and never will be.
var (
	ErrShort  = errors.New("http: short head")
	ErrFormat = errors.New("http: not an HTTP/1 message")
)

// MaxHead is the longest head that is taken for one. Servers accept 8 to 64
// KiB.
const MaxHead = 1 << 16

// maxMethod bounds the method's name; the longest in the IANA registry has 17
// letters.
const maxMethod = 24

// Head is the start line and fields of one message. Byte fields point into the
// decoded buffer.
type Head struct {
	Response bool
	Minor    uint8 // HTTP/1.Minor

	Method []byte // of a request
	Target []byte

	Status int // of a response
	Reason []byte

	fields []byte
}

// Decode reads the head at the start of b and returns its length, with the
// empty line behind it.
func Decode(b []byte) (Head, int, error) {
	line, start, ok := cutLine(b)
	if !ok {
		return Head{}, 0, checkStart(b)
	}
	h, err := startLine(line)
	if err != nil {
		return Head{}, 0, err
	}
	for at := start; ; {
		line, n, ok := cutLine(b[at:])
		switch {
		case !ok && len(b) < MaxHead:
			return Head{}, 0, ErrShort
		case at > MaxHead || !ok:
			return Head{}, 0, ErrFormat
		case len(line) == 0:
			h.fields = b[start:at]
			return h, at + n, nil
		}
		at += n
	}
}

// DecodeWhole is Decode for a datagram, where some senders leave out the empty
// line at the end, or the end of the last line.
func DecodeWhole(b []byte) (Head, int, error) {
	h, n, err := Decode(b)
	if !errors.Is(err, ErrShort) {
		return h, n, err
	}
	line, start, ok := cutLine(b)
	if !ok {
		return Head{}, 0, ErrShort
	}
	if h, err = startLine(line); err != nil {
		return Head{}, 0, err
	}
	h.fields = b[start:]
	return h, len(b), nil
}

// cutLine is the first line without its end, and its length with it.
func cutLine(b []byte) (line []byte, n int, ok bool) {
	end := bytes.IndexByte(b, '\n')
	if end < 0 {
		return nil, 0, false
	}
	if end > 0 && b[end-1] == '\r' {
		return b[:end-1], end + 1, true
	}
	return b[:end], end + 1, true
}

// checkStart says whether an unfinished start line may still become one.
func checkStart(b []byte) error {
	const version = "HTTP/1."
	if len(b) >= MaxHead {
		return ErrFormat
	}
	if n := min(len(b), len(version)); string(b[:n]) == version[:n] {
		return ErrShort
	}
	space := bytes.IndexByte(b, ' ')
	if space < 0 && len(b) > maxMethod || !isMethod(b[:max(space, 0)]) && space >= 0 || !isMethod(b[:min(len(b), 1)]) {
		return ErrFormat
	}
	return ErrShort
}

func startLine(line []byte) (Head, error) {
	if minor, ok := version(line); ok && (len(line) == 8 || line[8] == ' ') {
		return statusLine(line, minor)
	}
	method, rest, ok := bytes.Cut(line, []byte(" "))
	last := bytes.LastIndexByte(rest, ' ')
	if !ok || !isMethod(method) || last < 1 {
		return Head{}, ErrFormat
	}
	minor, ok := version(rest[last+1:])
	if !ok || len(rest) != last+9 {
		return Head{}, ErrFormat
	}
	return Head{Method: method, Target: rest[:last], Minor: minor}, nil
}

func statusLine(line []byte, minor uint8) (Head, error) {
	if len(line) < 12 {
		return Head{}, ErrFormat
	}
	h := Head{Response: true, Minor: minor}
	for _, c := range line[9:12] {
		if c < '0' || c > '9' {
			return Head{}, ErrFormat
		}
		h.Status = 10*h.Status + int(c-'0')
	}
	if h.Status < 100 || len(line) > 12 && line[12] != ' ' {
		return Head{}, ErrFormat
	}
	h.Reason = line[min(13, len(line)):]
	return h, nil
}

// version reads "HTTP/1.x" at the start of b.
func version(b []byte) (minor uint8, ok bool) {
	if len(b) < 8 || string(b[:7]) != "HTTP/1." || b[7] < '0' || b[7] > '9' {
		return 0, false
	}
	return b[7] - '0', true
}

// isMethod wants a token in upper case, as all registered methods are
// ("M-SEARCH" and "BITS_POST" too). An empty one is not.
func isMethod(b []byte) bool {
	if len(b) == 0 || len(b) > maxMethod {
		return false
	}
	for _, c := range b {
		if (c < 'A' || c > 'Z') && c != '-' && c != '_' {
			return false
		}
	}
	return b[0] >= 'A' && b[0] <= 'Z'
}

// Fields is a cursor over the header fields of a head.
type Fields struct{ rest []byte }

// Fields starts before the first field.
func (h Head) Fields() Fields { return Fields{h.fields} }

// Next is the next field, without space around its value. Lines that are no
// field, such as folded continuations, are passed over.
func (f *Fields) Next() (name, value []byte, ok bool) {
	for {
		line, n, ok := cutLine(f.rest)
		if !ok {
			return nil, nil, false
		}
		f.rest = f.rest[n:]
		if i := bytes.IndexByte(line, ':'); i > 0 && line[0] != ' ' && line[0] != '\t' {
			return bytes.TrimRight(line[:i], " \t"), bytes.Trim(line[i+1:], " \t\r"), true
		}
	}
}

// Field is the first value of a field; name is in upper case.
func (h Head) Field(name string) []byte {
	f := h.Fields()
	for {
		n, v, ok := f.Next()
		if !ok || Is(n, name) {
			return v
		}
	}
}
