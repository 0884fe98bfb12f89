package logs

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// template makes text of a row: "tag {name}" or "{class_id:x2}/{service:x2}".
//
//	{a}      the value of column a
//	{a|b}    the first of the two that has one
//	{a:d}    as a decimal number; {a:x2} as a hexadecimal one of two digits
//	{a&15:d} of the number, these bits
//	{a:</}   what stands before the first "/", {a:>/} what stands behind it;
//	         {a:<} is the first of a list; several of these and a number
//	         format may follow each other
//	[ {a}]   left out when a has no value
//
// Where a column outside of brackets has no value there is no text at all.
type template []piece

type piece struct {
	text     string
	columns  []column
	cuts     []cut
	format   byte // 'd', 'x' or 0: as it stands
	width    int
	mask     uint64
	optional template
}

// cut takes a part of a value: what stands before a mark, or behind it.
type cut struct {
	mark   []byte
	before bool
}

func (d *description) template(s string) (template, error) {
	t, rest, err := d.pieces(s, 0)
	if err == nil && rest != "" {
		err = fmt.Errorf("%q: a bracket too many", s)
	}
	return t, err
}

func (d *description) pieces(s string, depth int) (t template, rest string, err error) {
	for s != "" {
		i := strings.IndexAny(s, "{[]")
		if i < 0 {
			return append(t, piece{text: s}), "", nil
		}
		if i > 0 {
			t, s = append(t, piece{text: s[:i]}), s[i:]
		}
		switch {
		case s[0] == '{':
			var p piece
			if p, s, err = d.field(s[1:]); err != nil {
				return nil, "", err
			}
			t = append(t, p)
		case s[0] == '[' && depth == 0:
			var inner template
			if inner, s, err = d.pieces(s[1:], 1); err != nil {
				return nil, "", err
			}
			t = append(t, piece{optional: inner})
		case s[0] == ']' && depth == 1:
			return t, s[1:], nil
		default:
			return t, s, nil
		}
	}
	return t, "", nil
}

// field reads what stands in braces.
func (d *description) field(s string) (p piece, rest string, err error) {
	body, rest, ok := strings.Cut(s, "}")
	if !ok {
		return p, "", fmt.Errorf("%q: no closing brace", s)
	}
	body, formats, _ := strings.Cut(body, ":")
	body, mask, masked := strings.Cut(body, "&")
	p.mask = ^uint64(0)
	if masked {
		if p.mask, err = strconv.ParseUint(mask, 0, 64); err != nil {
			return p, "", fmt.Errorf("%q: %w", s, err)
		}
	}
	for f := range strings.SplitSeq(formats, ":") {
		if err = p.addFormat(f); err != nil {
			return p, "", fmt.Errorf("%q: %w", s, err)
		}
	}
	p.columns = d.alternatives(body)
	return p, rest, nil
}

func (p *piece) addFormat(f string) (err error) {
	switch {
	case f == "":
	case f[0] == '<' || f[0] == '>':
		mark := []byte(f[1:])
		if len(mark) == 0 {
			mark = []byte{listMark}
		}
		p.cuts = append(p.cuts, cut{mark, f[0] == '<'})
	case f[0] == 'd' || f[0] == 'x':
		p.format = f[0]
		p.width, err = strconv.Atoi("0" + f[1:])
	default:
		err = fmt.Errorf("unknown format %q", f)
	}
	return err
}

// alternatives are the columns in "a|b", of which the first that has a value
// counts.
func (d *description) alternatives(s string) (list []column) {
	if s == "" {
		return nil
	}
	for name := range strings.SplitSeq(s, "|") {
		list = append(list, d.column(name))
	}
	return list
}

// append writes the text of a row to b. It reports whether every column had its
// value.
func (t template) append(b []byte, r *row) ([]byte, bool) {
	for i := range t {
		p := &t[i]
		switch {
		case p.optional != nil:
			if grown, ok := p.optional.append(b, r); ok {
				b = grown
			}
		case p.columns == nil:
			b = append(b, p.text...)
		default:
			var ok bool
			if b, ok = p.value(b, r); !ok {
				return b, false
			}
		}
	}
	return b, true
}

func (p *piece) value(b []byte, r *row) ([]byte, bool) {
	v := r.either(p.columns)
	for _, c := range p.cuts {
		before, behind, found := bytes.Cut(v, c.mark)
		switch {
		case c.before:
			v = before
		case found:
			v = behind
		default:
			v = nil
		}
	}
	if len(v) == 0 || p.format == 0 {
		return append(b, v...), len(v) > 0
	}
	n, ok := number(first(v))
	if !ok {
		return b, false
	}
	if n &= p.mask; p.format == 'd' {
		return strconv.AppendUint(b, n, 10), true
	}
	digits := strconv.FormatUint(n, 16)
	b = append(b, "0x"...)
	for range p.width - len(digits) {
		b = append(b, '0')
	}
	return append(b, digits...), true
}
