// Package syslog decodes the head of syslog messages: severity, host and
// program.
//
// It reads the format of RFC 5424 and the loose older one of RFC 3164, whose
// fields many devices leave out or order in their own way: what cannot be told
// apart stays in the text. The text is not interpreted.
//
// References: RFC 3164 (section 4), RFC 5424 (section 6), RFC 6587 (framing on
// TCP).
package syslog

import (
	"bytes"
	"errors"
)

// Errors that Decode wraps. ErrShort means that bytes are missing; ErrFormat
// that these are not syslog.
var (
	ErrShort  = errors.New("syslog: short message")
	ErrFormat = errors.New("syslog: not a syslog message")
)

// Message is one message. Byte fields point into the decoded buffer.
type Message struct {
	Facility uint8 // 0 to 23
	Severity uint8 // 0 (emergency) to 7 (debug)
	New      bool  // of RFC 5424
	Stamped  bool  // with a time that has the form of its format
	Host     []byte
	Program  []byte
	Text     []byte
}

// Decode reads one message, which is a whole datagram or line, and returns the
// number of bytes it took.
func Decode(b []byte) (Message, int, error) {
	pri, n, err := priority(b)
	if err != nil {
		return Message{}, 0, err
	}
	m := Message{Facility: pri / 8, Severity: pri % 8}
	rest := b[n:]
	if bytes.HasPrefix(rest, []byte("1 ")) && m.modern(rest[2:]) {
		return m, len(b), nil
	}
	m.old(rest)
	return m, len(b), nil
}

// priority reads "<191>" and returns its length.
func priority(b []byte) (uint8, int, error) {
	if len(b) > 0 && b[0] != '<' {
		return 0, 0, ErrFormat
	}
	value := 0
	for i := 1; i < min(len(b), 5); i++ {
		c := b[i]
		switch {
		case c == '>' && i > 1:
			return uint8(value), i + 1, nil
		case c < '0' || c > '9':
			return 0, 0, ErrFormat
		}
		if value = 10*value + int(c-'0'); value > 191 {
			return 0, 0, ErrFormat
		}
	}
	if len(b) >= 5 {
		return 0, 0, ErrFormat
	}
	return 0, 0, ErrShort
}

// modern reads what follows the version: time, host, program, process, id.
func (m *Message) modern(b []byte) bool {
	var f [5][]byte
	for i := range f {
		word, rest, ok := bytes.Cut(b, []byte(" "))
		if !ok {
			return false
		}
		f[i], b = word, rest
	}
	stamp := f[0]
	if string(stamp) != "-" && (len(stamp) < 20 || stamp[4] != '-' || stamp[10] != 'T') {
		return false
	}
	m.New, m.Stamped = true, true
	m.Host, m.Program, m.Text = known(f[1]), known(f[2]), b
	return true
}

// known is a field, nil when it says "not known".
func known(b []byte) []byte {
	if string(b) == "-" {
		return nil
	}
	return b
}

// old reads "Jan  2 03:04:05 host program[12]: text". Without such a time
// nothing else can be told from text.
func (m *Message) old(b []byte) {
	m.Text = b
	const stamp = len("Jan  2 03:04:05 ")
	if len(b) < stamp || !month(b) || b[3] != ' ' || b[6] != ' ' || b[9] != ':' || b[12] != ':' || b[15] != ' ' {
		return
	}
	m.Stamped = true
	b = b[stamp:]
	m.Text = b
	word, rest, ok := bytes.Cut(b, []byte(" "))
	if !ok || len(word) == 0 || bytes.ContainsAny(word, ":[%") && !address(word) {
		return
	}
	m.Host, m.Text = word, rest
	if i := bytes.IndexAny(rest, ":[ "); i > 0 && rest[i] != ' ' {
		m.Program = rest[:i]
	}
}

// address reports whether a word with colons may be an IPv6 address.
func address(b []byte) bool {
	for _, c := range b {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') && (c < 'A' || c > 'F') && c != ':' && c != '.' {
			return false
		}
	}
	return b[len(b)-1] != ':'
}

func month(b []byte) bool {
	const months = "JanFebMarAprMayJunJulAugSepOctNovDec"
	for i := 0; i < len(months); i += 3 {
		if string(b[:3]) == months[i:i+3] {
			return true
		}
	}
	return false
}
