package logs

import (
	"errors"
	"unicode/utf16"
	"unicode/utf8"
)

var errJSON = errors.New("not a JSON object")

// maxDepth bounds nested objects and lists; Suricata's deepest is 7.
const maxDepth = 16

// flattener reads one JSON object and hands out its values with their paths:
// {"id":{"orig_h":"10.0.0.1"}} and {"id.orig_h":"10.0.0.1"} are the same. The
// members of a list all have the path of the list. Numbers and truth values are
// handed out as they stand, null is left out.
type flattener struct {
	b    []byte
	i    int
	path []byte
	row  *row
	desc *description
}

// flatten sets the columns of r. The values may lie in line.
func (f *flattener) flatten(line []byte, r *row) error {
	f.b, f.i, f.path, f.row = line, 0, f.path[:0], r
	if f.space() != '{' {
		return errJSON
	}
	if err := f.object(0); err != nil {
		return err
	}
	if f.space(); f.i != len(f.b) {
		return errJSON
	}
	return nil
}

// space passes over white space and returns the byte behind it, 0 at the end.
func (f *flattener) space() byte {
	for f.i < len(f.b) {
		switch c := f.b[f.i]; c {
		case ' ', '\t', '\r', '\n':
			f.i++
		default:
			return c
		}
	}
	return 0
}

func (f *flattener) value(depth int) error {
	if depth > maxDepth {
		return errJSON
	}
	switch f.space() {
	case '{':
		return f.object(depth)
	case '[':
		return f.list(depth)
	case '"':
		v, err := f.text()
		if err == nil {
			f.row.set(f.desc.find(f.path), v)
		}
		return err
	}
	return f.word()
}

// object reads from the opening brace to behind the closing one.
func (f *flattener) object(depth int) error {
	f.i++
	if f.space() == '}' {
		f.i++
		return nil
	}
	outer := len(f.path)
	for {
		if f.space() != '"' {
			return errJSON
		}
		key, err := f.text()
		if err != nil {
			return err
		}
		if outer > 0 {
			f.path = append(f.path, '.')
		}
		f.path = append(f.path, key...)
		if f.space() != ':' {
			return errJSON
		}
		f.i++
		if err := f.value(depth + 1); err != nil {
			return err
		}
		f.path = f.path[:outer]
		if more, err := f.more('}'); !more {
			return err
		}
	}
}

func (f *flattener) list(depth int) error {
	f.i++
	if f.space() == ']' {
		f.i++
		return nil
	}
	for {
		if err := f.value(depth + 1); err != nil {
			return err
		}
		if more, err := f.more(']'); !more {
			return err
		}
	}
}

// more takes the comma behind a member, or the closing mark.
func (f *flattener) more(end byte) (bool, error) {
	switch c := f.space(); c {
	case ',':
		f.i++
		return true, nil
	case end:
		f.i++
		return false, nil
	}
	return false, errJSON
}

// word reads a number, a truth value or null.
func (f *flattener) word() error {
	from := f.i
	for f.i < len(f.b) {
		c := f.b[f.i]
		if !(c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c == '-' || c == '+' || c == '.' || c == 'E') {
			break
		}
		f.i++
	}
	v := f.b[from:f.i]
	switch {
	case len(v) == 0:
		return errJSON
	case string(v) == "null":
		return nil
	case v[0] == 't' || v[0] == 'f' || v[0] == '-' || v[0] >= '0' && v[0] <= '9':
		f.row.set(f.desc.find(f.path), v)
		return nil
	}
	return errJSON
}

// text reads a string. Without escapes it is a part of the line, else it lies in
// the row's arena.
func (f *flattener) text() ([]byte, error) {
	f.i++
	from := f.i
	for f.i < len(f.b) {
		switch c := f.b[f.i]; {
		case c == '"':
			f.i++
			return f.b[from : f.i-1], nil
		case c == '\\':
			return f.escaped(from)
		case c < ' ':
			return nil, errJSON
		}
		f.i++
	}
	return nil, errJSON
}

func (f *flattener) escaped(from int) ([]byte, error) {
	r := f.row
	start := len(r.arena)
	r.arena = append(r.arena, f.b[from:f.i]...)
	for f.i < len(f.b) {
		c := f.b[f.i]
		f.i++
		switch {
		case c == '"':
			return r.arena[start:], nil
		case c == '\\':
			if err := f.escape(); err != nil {
				return nil, err
			}
		case c < ' ':
			return nil, errJSON
		default:
			r.arena = append(r.arena, c)
		}
	}
	return nil, errJSON
}

func (f *flattener) escape() error {
	if f.i >= len(f.b) {
		return errJSON
	}
	c := f.b[f.i]
	f.i++
	switch c {
	case '"', '\\', '/':
	case 'b', 'f', 'n', 'r', 't':
		c = ' '
	case 'u':
		return f.unicode()
	default:
		return errJSON
	}
	f.row.arena = append(f.row.arena, c)
	return nil
}

func (f *flattener) unicode() error {
	u, ok := f.hex4()
	if !ok {
		return errJSON
	}
	if utf16.IsSurrogate(u) {
		low := rune(-1)
		if f.i+1 < len(f.b) && f.b[f.i] == '\\' && f.b[f.i+1] == 'u' {
			f.i += 2
			if low, ok = f.hex4(); !ok {
				return errJSON
			}
		}
		u = utf16.DecodeRune(u, low)
	}
	if u != listMark {
		f.row.arena = utf8.AppendRune(f.row.arena, u)
	}
	return nil
}

func (f *flattener) hex4() (u rune, ok bool) {
	if f.i+4 > len(f.b) {
		return 0, false
	}
	for _, c := range f.b[f.i : f.i+4] {
		d, ok := nibble(c)
		if !ok {
			return 0, false
		}
		u = u<<4 | rune(d)
	}
	f.i += 4
	return u, true
}

func nibble(c byte) (byte, bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', true
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10, true
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}
