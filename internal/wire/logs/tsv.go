package logs

import (
	"bytes"
	"errors"
	"strings"
)

// Errors of a tab separated log.
var (
	errNoFields = errors.New("a row before the line that names its columns")
	errColumns  = errors.New("a row with another number of columns than its header")
)

// tsv is what the header of a tab separated log says.
type tsv struct {
	desc      *description
	separator []byte
	list      []byte // between the members of a set or vector
	empty     string
	unset     string
	columns   []column
	lists     []bool // by position: a set or vector
	spec      *logSpec
	name      string
}

func newTSV(d *description) *tsv {
	return &tsv{desc: d, separator: []byte{'\t'}, list: []byte{','}, empty: "(empty)", unset: "-"}
}

// directive reads a line that starts with "#". Several logs may stand in one
// file, each with its header.
func (t *tsv) directive(line []byte) {
	name, rest, _ := bytes.Cut(line[1:], t.separator)
	switch string(name) {
	case "fields":
		t.fields(rest)
	case "types":
		t.types(rest)
	case "set_separator":
		if len(rest) > 0 {
			t.list = []byte(unescapeText(rest))
		}
	case "empty_field":
		t.empty = string(rest)
	case "unset_field":
		t.unset = string(rest)
	case "path":
		t.name = string(rest)
		t.spec = t.desc.spec(t.name)
	default:
		if v, ok := bytes.CutPrefix(line, []byte("#separator ")); ok && len(v) > 0 {
			t.separator = []byte(unescapeText(v))
		}
	}
}

func unescapeText(v []byte) string { return string(unescape(bytes.Clone(v))) }

// maxColumns bounds a header; the widest log there is has 280.
const maxColumns = 4096

func (t *tsv) fields(names []byte) {
	t.columns, t.lists = t.columns[:0], t.lists[:0]
	for name := range bytes.SplitSeq(names, t.separator) {
		if len(t.columns) == maxColumns {
			return
		}
		t.columns, t.lists = append(t.columns, t.desc.find(name)), append(t.lists, false)
	}
}

func (t *tsv) types(names []byte) {
	i := 0
	for name := range strings.SplitSeq(string(names), string(t.separator)) {
		if i == len(t.lists) {
			return
		}
		t.lists[i] = strings.HasPrefix(name, "set[") || strings.HasPrefix(name, "vector[") || strings.HasPrefix(name, "table[")
		i++
	}
}

// row sets the columns of r from a line, which is changed.
func (t *tsv) row(line []byte, r *row) error {
	if len(t.columns) == 0 {
		return errNoFields
	}
	i := 0
	for more := true; more; i++ {
		var v []byte
		v, line, more = bytes.Cut(line, t.separator)
		if i == len(t.columns) {
			return errColumns
		}
		if c := t.columns[i]; c != noColumn {
			r.set(c, t.value(v, t.lists[i]))
		}
	}
	if i != len(t.columns) {
		return errColumns
	}
	r.spec = t.spec
	return nil
}

func (t *tsv) value(v []byte, list bool) []byte {
	if string(v) == t.unset || string(v) == t.empty {
		return nil
	}
	if list && len(t.list) == 1 {
		for i, c := range v {
			if c == t.list[0] {
				v[i] = listMark
			}
		}
	}
	return unescape(v)
}

// unescape undoes \xHH and \\ in place.
func unescape(v []byte) []byte {
	i := bytes.IndexByte(v, '\\')
	if i < 0 {
		return v
	}
	out := v[:i]
	for ; i < len(v); i++ {
		c := v[i]
		if c == '\\' && i+1 < len(v) {
			if v[i+1] == '\\' {
				i++
			} else if b, ok := hexEscape(v[i:]); ok {
				c, i = b, i+3
			}
		}
		if c != listMark || v[i] == listMark { // an escaped mark is no mark
			out = append(out, c)
		}
	}
	return out
}

// hexEscape reads \xHH.
func hexEscape(v []byte) (byte, bool) {
	if len(v) < 4 || v[1] != 'x' {
		return 0, false
	}
	high, ok := nibble(v[2])
	low, also := nibble(v[3])
	return high<<4 | low, ok && also
}
