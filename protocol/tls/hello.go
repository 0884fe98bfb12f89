package tls

import "encoding/binary"

// Extensions that have names here.
const (
	ExtServerName          = 0
	ExtSignatureAlgorithms = 13
	ExtALPN                = 16
	ExtSupportedVersions   = 43
)

// Hello is a ClientHello or a ServerHello. Byte fields point into the decoded
// buffer.
type Hello struct {
	Version      uint16 // as in the old field; Offered and Chosen know better
	Random       []byte
	Session      []byte
	Ciphers      []byte // a client's offers, two bytes each
	Cipher       uint16 // a server's choice
	Compressions []byte
	extensions   []byte
}

// reader takes fields off the front of a message; what is missing makes it
// fail for good.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) take(n int) []byte {
	if r.bad || len(r.b) < n {
		r.bad = true
		return nil
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

func (r *reader) u8() int {
	if b := r.take(1); b != nil {
		return int(b[0])
	}
	return 0
}

func (r *reader) u16() int {
	if b := r.take(2); b != nil {
		return int(binary.BigEndian.Uint16(b))
	}
	return 0
}

// DecodeClientHello reads the body of a ClientHello.
func DecodeClientHello(body []byte) (Hello, error) {
	r := reader{b: body}
	h := Hello{Version: uint16(r.u16()), Random: r.take(32)}
	h.Session = r.take(r.u8())
	h.Ciphers = r.take(r.u16())
	h.Compressions = r.take(r.u8())
	return h.end(&r, len(h.Ciphers)%2 != 0 || len(h.Compressions) == 0)
}

// DecodeServerHello reads the body of a ServerHello.
func DecodeServerHello(body []byte) (Hello, error) {
	r := reader{b: body}
	h := Hello{Version: uint16(r.u16()), Random: r.take(32)}
	h.Session = r.take(r.u8())
	h.Cipher = uint16(r.u16())
	h.Compressions = r.take(1)
	return h.end(&r, false)
}

// end reads the extensions, which old hellos do not have.
func (h Hello) end(r *reader, wrong bool) (Hello, error) {
	if !r.bad && len(r.b) > 0 {
		h.extensions = r.take(r.u16())
	}
	if r.bad || wrong || h.Version>>8 != 3 || len(h.Session) > 32 {
		return Hello{}, ErrFormat
	}
	return h, nil
}

// Extensions is a cursor over the extensions of a hello.
type Extensions struct{ rest []byte }

// Extensions starts before the first extension.
func (h Hello) Extensions() Extensions { return Extensions{h.extensions} }

// Next is the next extension.
func (e *Extensions) Next() (kind uint16, data []byte, ok bool) {
	if len(e.rest) < 4 {
		return 0, nil, false
	}
	end := 4 + int(binary.BigEndian.Uint16(e.rest[2:]))
	if len(e.rest) < end {
		return 0, nil, false
	}
	kind, data = binary.BigEndian.Uint16(e.rest), e.rest[4:end]
	e.rest = e.rest[end:]
	return kind, data, true
}

// Extension is the data of one extension.
func (h Hello) Extension(kind uint16) ([]byte, bool) {
	e := h.Extensions()
	for {
		k, data, ok := e.Next()
		if !ok || k == kind {
			return data, ok
		}
	}
}

// ServerName is the host that a client asks for.
func (h Hello) ServerName() []byte {
	data, _ := h.Extension(ExtServerName)
	r := reader{b: data}
	r.u16()
	if kind := r.u8(); kind != 0 {
		return nil
	}
	return r.take(r.u16())
}

// Protocol is the first application protocol of a client's list, or the one
// that a server chose.
func (h Hello) Protocol() []byte {
	data, _ := h.Extension(ExtALPN)
	r := reader{b: data}
	r.u16()
	return r.take(r.u8())
}

// Offered is the newest version that a client offers.
func (h Hello) Offered() uint16 {
	data, ok := h.Extension(ExtSupportedVersions)
	if !ok || len(data) < 1 {
		return h.Version
	}
	best := uint16(0)
	for list := data[1:]; len(list) >= 2; list = list[2:] {
		if v := binary.BigEndian.Uint16(list); !grease(v) && v > best && v>>8 == 3 {
			best = v
		}
	}
	if best == 0 {
		return h.Version
	}
	return best
}

// Chosen is the version that a server chose.
func (h Hello) Chosen() uint16 {
	if data, ok := h.Extension(ExtSupportedVersions); ok && len(data) == 2 {
		return binary.BigEndian.Uint16(data)
	}
	return h.Version
}

// grease reports whether a number is one of those that mean nothing
// (RFC 8701): 0x0a0a, 0x1a1a … 0xfafa.
func grease(v uint16) bool { return v&0x0f0f == 0x0a0a && v>>8 == v&0xff }
