// Package textline reads the lines that text protocols are made of: commands
// of a word and an argument, and replies of three digits and a text. FTP, SMTP,
// POP3 and IMAP share this form.
//
// A line ends in LF, with or without CR before it. What the words mean is left
// to the protocol.
//
// References: RFC 959 (section 4.2, FTP replies), RFC 5321 (section 4.2, SMTP
// replies).
package textline

import (
	"bytes"
	"errors"
)

// Errors that Decode wraps. ErrShort means "give me more bytes"; ErrFormat
// that the bytes are no line of text and never will be.
var (
	ErrShort  = errors.New("textline: no end of line yet")
	ErrFormat = errors.New("textline: not a line of text")
)

// Max is the longest line taken for one. The protocols allow 512 to 1000
// bytes; implementations send more.
const Max = 8192

// Decode reads the first line of b, without its end, and returns the number of
// bytes it took with its end. The line points into b.
func Decode(b []byte) (line []byte, n int, err error) {
	end := bytes.IndexByte(b[:min(len(b), Max)], '\n')
	switch {
	case end < 0 && !Printable(b[:min(len(b), Max)]), end < 0 && len(b) >= Max:
		return nil, 0, ErrFormat
	case end < 0:
		return nil, 0, ErrShort
	}
	line = bytes.TrimRight(b[:end], "\r")
	if !Printable(line) {
		return nil, 0, ErrFormat
	}
	return line, end + 1, nil
}

// Printable reports whether b holds text only: no control characters but tab,
// CR and escape. Bytes above 127 are text in some encoding.
func Printable(b []byte) bool {
	for _, c := range b {
		if c < ' ' && c != '\t' && c != '\r' && c != 0x1b || c == 0x7f {
			return false
		}
	}
	return true
}

// Reply is one line of a reply.
type Reply struct {
	Code uint16 // 100 to 599
	More bool   // further lines of the same reply follow
	Text []byte
}

// ParseReply reads a line of a reply. It is false for the lines in the middle
// of a long reply, which need no code.
func ParseReply(line []byte) (Reply, bool) {
	if len(line) < 3 || line[0] < '1' || line[0] > '5' || !digit(line[1]) || !digit(line[2]) {
		return Reply{}, false
	}
	r := Reply{Code: uint16(line[0]-'0')*100 + uint16(line[1]-'0')*10 + uint16(line[2]-'0')}
	switch {
	case len(line) == 3:
		return r, true
	case line[3] != ' ' && line[3] != '-':
		return Reply{}, false
	}
	r.More = line[3] == '-'
	r.Text = line[4:]
	return r, true
}

func digit(c byte) bool { return '0' <= c && c <= '9' }

// CutWord takes the first word off a line. The rest has no space around it.
func CutWord(line []byte) (word, rest []byte) {
	line = bytes.Trim(line, " \t")
	i := bytes.IndexAny(line, " \t")
	if i < 0 {
		return line, nil
	}
	return line[:i], bytes.TrimLeft(line[i:], " \t")
}

// Is reports whether a word is s, whatever the case of its letters. s is in
// upper case.
func Is(word []byte, s string) bool { return len(word) == len(s) && HasPrefix(word, s) }

// HasPrefix reports whether b begins with s, whatever the case of its letters.
// s is in upper case.
func HasPrefix(b []byte, s string) bool {
	if len(b) < len(s) {
		return false
	}
	for i := range len(s) {
		c := b[i]
		if 'a' <= c && c <= 'z' {
			c -= 'a' - 'A'
		}
		if c != s[i] {
			return false
		}
	}
	return true
}

// Contains reports whether s, in upper case, stands anywhere in b, whatever the
// case of its letters.
func Contains(b []byte, s string) bool {
	for i := 0; i+len(s) <= len(b); i++ {
		if HasPrefix(b[i:], s) {
			return true
		}
	}
	return false
}
