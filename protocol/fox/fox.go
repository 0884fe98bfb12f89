// Package fox decodes the text frames of Tridium Niagara Fox, by which Niagara
// stations and workbenches talk (TCP 1911; within TLS on 4911).
//
// It reads bytes and returns values: it opens no socket, keeps no state and
// follows no channel. Frames are read as a header line and a list of typed
// fields; what a field of type o (an encoded object) or b (bytes) holds is left
// alone.
//
// Tridium has not published Fox. The frame is that of captures and of public
// discovery scripts: "fox TYPE SEQUENCE REPLY CHANNEL COMMAND", a list in
// braces, ";;".
package fox

import (
	"bytes"
	"errors"
)

// Errors of this package. ErrShort means "give me more bytes"; the others mean
// that the bytes are not Fox.
var (
	ErrShort  = errors.New("fox: short frame")
	ErrHeader = errors.New("fox: frame does not start with a fox header")
	ErrField  = errors.New("fox: malformed field list")
)

const (
	maxHeader = 256
	maxFrame  = 1 << 17
)

// Frame is one frame. All slices point into the decoded buffer.
type Frame struct {
	Type     byte   // 'a' as it starts a session
	Sequence int    // number of this frame
	Reply    int    // number of the frame it answers, -1 for none
	Channel  []byte // "fox" for the session itself
	Command  []byte // "hello"
	Fields   []byte // walk it with Next
}

// Decode reads the first frame in b and returns the number of bytes it took.
func Decode(b []byte) (Frame, int, error) {
	for i := 0; i < len(b) && i < 4; i++ {
		if b[i] != "fox "[i] {
			return Frame{}, 0, ErrHeader
		}
	}
	end := bytes.IndexByte(b[:min(len(b), maxHeader)], '\n')
	if end < 0 {
		if len(b) >= maxHeader {
			return Frame{}, 0, ErrHeader
		}
		return Frame{}, 0, ErrShort
	}
	f, err := header(b[4:end])
	if err != nil {
		return Frame{}, 0, err
	}
	n, err := f.list(b, end+1)
	return f, n, err
}

// header reads "TYPE SEQUENCE REPLY CHANNEL COMMAND".
func header(line []byte) (Frame, error) {
	var f Frame
	kind, line := word(line)
	sequence, line := word(line)
	reply, line := word(line)
	f.Channel, line = word(line)
	f.Command, _ = word(line)
	var ok1, ok2 bool
	f.Sequence, ok1 = number(sequence)
	f.Reply, ok2 = number(reply)
	if len(kind) != 1 || !ok1 || !ok2 || len(f.Command) == 0 {
		return Frame{}, ErrHeader
	}
	f.Type = kind[0]
	return f, nil
}

// list finds the list of fields that starts at that offset and its end.
func (f *Frame) list(b []byte, at int) (int, error) {
	if len(b) < at+2 {
		return 0, ErrShort
	}
	if b[at] != '{' || b[at+1] != '\n' {
		return 0, ErrField
	}
	rest := b[at+2:]
	for {
		if bytes.HasPrefix(rest, []byte("};;\n")) {
			f.Fields = b[at+2 : len(b)-len(rest)]
			return len(b) - len(rest) + 4, nil
		}
		_, next, err := Next(rest)
		switch {
		case err != nil && len(b) > maxFrame:
			return 0, ErrField
		case err != nil:
			return 0, err
		}
		rest = next
	}
}

// Field is one field of a frame: a key, the letter of its type and the value.
// A value of type b or o is what stands between the brackets.
type Field struct {
	Key   []byte
	Type  byte
	Value []byte
}

// Next is the first field of fields and what follows it. It returns ErrShort
// where the list ends and where a field is cut off.
func Next(fields []byte) (Field, []byte, error) {
	eol := bytes.IndexByte(fields, '\n')
	eq := bytes.IndexByte(fields, '=')
	if eq < 0 || eol >= 0 && eol < eq {
		if eol >= 0 || len(fields) > maxHeader {
			return Field{}, nil, ErrField
		}
		return Field{}, nil, ErrShort
	}
	if len(fields) < eq+3 {
		return Field{}, nil, ErrShort
	}
	f := Field{Key: fields[:eq], Type: fields[eq+1]}
	if fields[eq+2] != ':' {
		return Field{}, nil, ErrField
	}
	return f.value(fields[eq+3:], eol-eq-3)
}

// value reads a value that ends with its line, or with as many bytes as it
// announces. eol is where the line ends, negative when it does not.
func (f Field) value(b []byte, eol int) (Field, []byte, error) {
	n, size := announced(b, f.Type)
	if size == 0 {
		if eol < 0 {
			return Field{}, nil, ErrShort
		}
		f.Value = b[:eol]
		return f, b[eol+1:], nil
	}
	if size < 0 || n > maxFrame {
		return Field{}, nil, ErrField
	}
	if len(b) < size+n+2 {
		return Field{}, nil, ErrShort
	}
	if b[size+n] != ']' || b[size+n+1] != '\n' {
		return Field{}, nil, ErrField
	}
	f.Value = b[size : size+n]
	return f, b[size+n+2:], nil
}

// announced reads "44[" of a value of bytes, "bog 61[" of an object. size is
// the length of that text, 0 when the value is plain.
func announced(b []byte, kind byte) (n, size int) {
	if kind != 'b' && kind != 'o' {
		return 0, 0
	}
	limit := min(len(b), 64)
	open := bytes.IndexByte(b[:limit], '[')
	if eol := bytes.IndexByte(b[:limit], '\n'); open < 0 || eol >= 0 && eol < open {
		return 0, 0
	}
	text := b[:open]
	if i := bytes.LastIndexByte(text, ' '); i >= 0 {
		text = text[i+1:]
	}
	n, ok := number(text)
	if !ok || n < 0 {
		return 0, -1
	}
	return n, open + 1
}

// word is the first word of b and what follows the blank behind it.
func word(b []byte) ([]byte, []byte) {
	w, rest, _ := bytes.Cut(b, []byte{' '})
	return w, rest
}

// number reads a decimal number of up to nine digits.
func number(b []byte) (int, bool) {
	negative := len(b) > 0 && b[0] == '-'
	if negative {
		b = b[1:]
	}
	if len(b) == 0 || len(b) > 9 {
		return 0, false
	}
	v := 0
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		v = v*10 + int(c-'0')
	}
	if negative {
		v = -v
	}
	return v, true
}
