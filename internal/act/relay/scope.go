package relay

import (
	"strconv"
	"strings"
)

// target is what a request is about, in the words of operations. Name points
// into the message.
type target struct {
	unit   uint32 // behind the endpoint; 0: the endpoint itself
	space  string // "holding registers", "DB", "tag"
	number int64  // of a data block, -1 without one
	name   []byte
	ranged bool
	from   uint32 // items; S7: bits
	to     uint32
	bits   bool // from and to are bits and said as bytes
}

// appendTo says what it is in the words of operations.
func (t *target) appendTo(b []byte) []byte {
	word := func(s string) {
		if len(b) > 0 && s != "" {
			b = append(b, ' ')
		}
		b = append(b, s...)
	}
	if t.unit != 0 {
		word("unit " + strconv.FormatUint(uint64(t.unit), 10))
	}
	word(t.space)
	if t.number >= 0 {
		b = strconv.AppendInt(b, t.number, 10)
	}
	if len(t.name) > 0 {
		word(strings.ToValidUTF8(string(t.name[:min(len(t.name), maxName)]), "?"))
	}
	if t.ranged {
		from, to := t.from, t.to
		if t.bits {
			from, to = from>>3, to>>3
		}
		word(strconv.FormatUint(uint64(from), 10))
		if from != to {
			b = strconv.AppendUint(append(b, '-'), uint64(to), 10)
		}
	}
	return b
}

// maxName bounds names in reports: that of a tag is chosen by the client.
const maxName = 100

// scope is one of the objects that may be asked about. What it does not name
// is not held against a target.
type scope struct {
	united bool
	unit   uint32
	space  string
	number int64 // -1: any
	name   string
	ranged bool
	from   uint32
	to     uint32
}

// covers reports whether all that a target is about is in the scope.
func (s *scope) covers(t *target) bool {
	switch {
	case t == nil:
		return false
	case s.united && s.unit != t.unit, s.space != "" && s.space != t.space, s.number >= 0 && s.number != t.number:
		return false
	case s.name != "" && !within(s.name, t.name):
		return false
	case s.ranged && (!t.ranged || t.from < s.from || t.to > s.to || t.to < t.from):
		return false
	}
	return true
}

// within reports whether a tag is the one named, or a part of it.
func within(whole string, name []byte) bool {
	if len(name) < len(whole) || string(name[:len(whole)]) != whole {
		return false
	}
	return len(name) == len(whole) || strings.IndexByte(".[ :", name[len(whole)]) >= 0
}

// parseScope reads an object in the words of operations.
func parseScope(protocol, text string) ([]scope, bool) {
	switch protocol {
	case Modbus:
		return parseModbus(text)
	case S7:
		return parseS7(text)
	case ENIP:
		return parseCIP(text)
	}
	return nil, false
}

// cutUnit reads "unit 3 " at the start of an object.
func cutUnit(text string) (s scope, rest string, ok bool) {
	s.number = -1
	rest, has := strings.CutPrefix(text, "unit ")
	if !has {
		return s, text, true
	}
	number, rest, _ := strings.Cut(rest, " ")
	n, err := strconv.ParseUint(number, 10, 8)
	s.united, s.unit = true, uint32(n)
	return s, rest, err == nil
}

// cutRange reads "0-99" or "7" at the end of an object.
func cutRange(text string) (rest string, from, to uint32, ok bool) {
	i := strings.LastIndexByte(text, ' ')
	first, last, two := strings.Cut(text[i+1:], "-")
	a, err := strconv.ParseUint(first, 10, 24)
	if err != nil {
		return text, 0, 0, false
	}
	b := a
	if two {
		if b, err = strconv.ParseUint(last, 10, 24); err != nil || b < a {
			return text, 0, 0, false
		}
	}
	return strings.TrimSpace(text[:max(i, 0)]), uint32(a), uint32(b), true
}
