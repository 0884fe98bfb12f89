package tls

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"
)

// JA4Size is the length of a fingerprint.
const JA4Size = 36

// maxList bounds the offers and extensions that go into a fingerprint. The
// longest seen, of scanners, is some 350.
const maxList = 512

// list collects numbers and their text without leaving the stack.
type list struct {
	n    int
	vals [maxList]uint16
}

// add keeps a number that is not GREASE.
func (l *list) add(v uint16) {
	if !grease(v) && l.n < maxList {
		l.vals[l.n] = v
		l.n++
	}
}

// text is a buffer for the numbers as hexadecimal text with commas.
type text struct {
	n int
	b [2 * 5 * maxList]byte
}

func (t *text) list(l *list) {
	for i, v := range l.vals[:l.n] {
		if i > 0 {
			t.byte(',')
		}
		if t.n+4 <= len(t.b) {
			t.n += hex.Encode(t.b[t.n:], []byte{byte(v >> 8), byte(v)})
		}
	}
}

func (t *text) byte(c byte) {
	if t.n < len(t.b) {
		t.b[t.n] = c
		t.n++
	}
}

// hash is the first twelve digits of the SHA-256 sum, zeros for no text.
func (t *text) hash(dst []byte) {
	if t.n == 0 {
		copy(dst, "000000000000")
		return
	}
	sum := sha256.Sum256(t.b[:t.n])
	hex.Encode(dst, sum[:6])
}

// JA4 is the fingerprint of a client that says hello on TCP.
func (h Hello) JA4() [JA4Size]byte {
	var out [JA4Size]byte
	copy(out[:], "t00i000000_000000000000_000000000000")
	copy(out[1:], version(h.Offered()))
	if h.ServerName() != nil {
		out[3] = 'd'
	}
	var ciphers, extensions, signatures list
	for c := h.Ciphers; len(c) >= 2; c = c[2:] {
		ciphers.add(binary.BigEndian.Uint16(c))
	}
	all := h.collect(&extensions, &signatures)
	count(out[4:], ciphers.n)
	count(out[6:], all)
	h.protocol(out[8:])
	slices.Sort(ciphers.vals[:ciphers.n])
	slices.Sort(extensions.vals[:extensions.n])
	var t text
	t.list(&ciphers)
	t.hash(out[11:])
	t.n = 0
	t.list(&extensions)
	if signatures.n > 0 && all > 0 {
		t.byte('_')
		t.list(&signatures)
	}
	t.hash(out[24:])
	return out
}

// collect lists the extensions, without the server name and the application
// protocol, and the signature algorithms in their order. It returns the number
// of extensions with those two.
func (h Hello) collect(extensions, signatures *list) int {
	n := 0
	e := h.Extensions()
	for {
		kind, data, ok := e.Next()
		if !ok {
			return n
		}
		if !grease(kind) {
			n++
		}
		switch {
		case kind == ExtServerName || kind == ExtALPN:
			continue
		case kind == ExtSignatureAlgorithms && len(data) > 2:
			for s := data[2:]; len(s) >= 2; s = s[2:] {
				signatures.add(binary.BigEndian.Uint16(s))
			}
		}
		extensions.add(kind)
	}
}

// protocol writes the first and last character of the first application
// protocol, or of its hexadecimal text when one is no letter or digit.
func (h Hello) protocol(dst []byte) {
	p := h.Protocol()
	if len(p) == 0 {
		return
	}
	first, last := p[0], p[len(p)-1]
	if alphanumeric(first) && alphanumeric(last) {
		dst[0], dst[1] = first, last
		return
	}
	const digits = "0123456789abcdef"
	dst[0], dst[1] = digits[first>>4], digits[last&15]
}

func alphanumeric(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// count writes a number of two digits, 99 at most.
func count(dst []byte, n int) {
	n = min(n, 99)
	dst[0], dst[1] = '0'+byte(n/10), '0'+byte(n%10)
}

func version(v uint16) string {
	switch v {
	case 0x0304:
		return "13"
	case 0x0303:
		return "12"
	case 0x0302:
		return "11"
	case 0x0301:
		return "10"
	case 0x0300:
		return "s3"
	}
	return "00"
}
