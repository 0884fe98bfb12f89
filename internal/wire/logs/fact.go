package logs

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

type factKey struct {
	end    uint32
	field  plant.Field
	source string
	value  string
}

type fact struct {
	factKey
	sure  float64
	count uint64
	span  span
}

type factTable struct {
	list  []fact
	index map[factKey]uint32
	max   int
	lost  uint64
}

func newFactTable(limit int) factTable { return factTable{index: map[factKey]uint32{}, max: limit} }

func (t *factTable) add(end uint32, f *factSpec, value []byte, s span) {
	i, ok := t.index[factKey{end, f.field, f.source, string(value)}]
	if !ok {
		if len(t.list) >= t.max {
			t.lost++
			return
		}
		i = uint32(len(t.list))
		k := factKey{end, f.field, f.source, string(value)}
		t.list = append(t.list, fact{factKey: k, sure: f.sure})
		t.index[k] = i
	}
	t.list[i].count++
	t.list[i].span.cover(s)
}

// tidyBytes is tidy for the common case that nothing is to be done: printable
// ASCII without padding.
func tidyBytes(v []byte) []byte {
	for _, c := range v {
		if c < ' ' || c > '~' {
			return []byte(tidy(v))
		}
	}
	for len(v) > 0 && v[0] == ' ' {
		v = v[1:]
	}
	for len(v) > 0 && v[len(v)-1] == ' ' {
		v = v[:len(v)-1]
	}
	return v[:min(len(v), maxValue)]
}

// tidy removes padding and what cannot be printed. Bytes that are not UTF-8 are
// read as Latin-1, the usual encoding of older devices.
func tidy(v []byte) string {
	valid := utf8.Valid(v)
	v = v[:min(len(v), maxValue)]
	text := strings.ToValidUTF8(string(v), "")
	if !valid {
		runes := make([]rune, len(v))
		for i, c := range v {
			runes[i] = rune(c)
		}
		text = string(runes)
	}
	return strings.TrimSpace(strings.Map(printable, text))
}

func printable(r rune) rune {
	switch {
	case r == listMark:
		return ','
	case r == '\n' || r == '\r' || r == '\t':
		return ' '
	case r == utf8.RuneError || !unicode.IsPrint(r):
		return -1
	}
	return r
}
