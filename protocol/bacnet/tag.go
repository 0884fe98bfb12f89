package bacnet

import (
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

// Application tags (clause 20.2.1.4).
const (
	TagNull        = 0
	TagBoolean     = 1
	TagUnsigned    = 2
	TagSigned      = 3
	TagReal        = 4
	TagDouble      = 5
	TagOctets      = 6
	TagString      = 7
	TagBits        = 8
	TagEnumerated  = 9
	TagDate        = 10
	TagTime        = 11
	TagObject      = 12
	maxTagged      = 1 << 16
	extendedNumber = 15
)

// Tag is one tagged value. Context is set for a context-specific tag, Opening
// and Closing for the two that enclose others. The value of an application
// boolean stands in Bool.
type Tag struct {
	Number           uint8
	Context          bool
	Opening, Closing bool
	Bool             bool
	Value            []byte
}

// NextTag reads the first tag of b and returns what follows it.
func NextTag(b []byte) (Tag, []byte, error) {
	if len(b) == 0 {
		return Tag{}, nil, ErrShort
	}
	first := b[0]
	t := Tag{Number: first >> 4, Context: first&8 != 0}
	b = b[1:]
	if t.Number == extendedNumber {
		if len(b) == 0 {
			return Tag{}, nil, ErrShort
		}
		t.Number, b = b[0], b[1:]
	}
	kind := first & 7
	switch {
	case kind >= 6:
		if !t.Context {
			return Tag{}, nil, ErrTag
		}
		t.Opening, t.Closing = kind == 6, kind == 7
		return t, b, nil
	case !t.Context && t.Number == TagBoolean:
		t.Bool = kind == 1
		return t, b, nil
	}
	n, b, err := tagLength(int(kind), b)
	if err != nil {
		return Tag{}, nil, err
	}
	if len(b) < n {
		return Tag{}, nil, ErrShort
	}
	t.Value = b[:n]
	return t, b[n:], nil
}

// tagLength reads the length behind a tag: 5 stands for one more byte, in it
// 254 for two more and 255 for four more.
func tagLength(n int, b []byte) (int, []byte, error) {
	if n < 5 {
		return n, b, nil
	}
	if len(b) < 1 {
		return 0, nil, ErrShort
	}
	n, b = int(b[0]), b[1:]
	switch {
	case n == 254 && len(b) >= 2:
		n, b = int(binary.BigEndian.Uint16(b)), b[2:]
	case n == 255 && len(b) >= 4:
		x := binary.BigEndian.Uint32(b)
		if x > maxTagged {
			return 0, nil, ErrTag
		}
		n, b = int(x), b[4:]
	case n >= 254:
		return 0, nil, ErrShort
	}
	return n, b, nil
}

// Uint is the value of an unsigned or enumerated tag.
func (t Tag) Uint() (uint32, bool) {
	if len(t.Value) == 0 || len(t.Value) > 4 {
		return 0, false
	}
	var v uint32
	for _, x := range t.Value {
		v = v<<8 | uint32(x)
	}
	return v, true
}

// Object is the value of an object identifier.
func (t Tag) Object() (Object, bool) {
	if len(t.Value) != 4 {
		return 0, false
	}
	return Object(binary.BigEndian.Uint32(t.Value)), true
}

// Enclosed cuts the tags between an opening tag, which was just read, and its
// closing tag.
func Enclosed(b []byte) (inner, rest []byte, err error) {
	depth, at := 1, b
	for {
		t, next, err := NextTag(at)
		if err != nil {
			return nil, nil, err
		}
		switch {
		case t.Opening:
			depth++
		case t.Closing:
			depth--
		}
		if depth == 0 {
			return b[:len(b)-len(at)], next, nil
		}
		at = next
	}
}

// Character sets of strings (clause 20.2.9).
const (
	charUTF8   = 0
	charDBCS   = 1
	charUCS4   = 3
	charUCS2   = 4
	charLatin1 = 5
)

// AppendText appends the text of a character string's value to dst in UTF-8.
// Strings in a double-byte or Japanese set keep only their ASCII characters.
func AppendText(dst, value []byte) []byte {
	if len(value) == 0 {
		return dst
	}
	set, v := value[0], value[1:]
	switch set {
	case charUTF8:
		return append(dst, v...)
	case charLatin1:
		for _, c := range v {
			dst = utf8.AppendRune(dst, rune(c))
		}
	case charUCS2:
		for ; len(v) >= 2; v = v[2:] {
			r := rune(binary.BigEndian.Uint16(v))
			if utf16.IsSurrogate(r) {
				continue
			}
			dst = utf8.AppendRune(dst, r)
		}
	case charUCS4:
		for ; len(v) >= 4; v = v[4:] {
			dst = utf8.AppendRune(dst, rune(binary.BigEndian.Uint32(v)))
		}
	default:
		if set == charDBCS && len(v) >= 2 {
			v = v[2:] // the code page's number
		}
		for _, c := range v {
			if c >= 0x20 && c < 0x7f {
				dst = append(dst, c)
			}
		}
	}
	return dst
}
