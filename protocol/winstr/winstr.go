// Package winstr reads the strings of Windows protocols: UTF-16LE ("wide")
// where both ends agreed on it, else bytes of an OEM code page.
//
// It borrows the bytes and turns them into UTF-8 only when asked, into a buffer
// of the caller. It knows no code page: bytes above 0x7f of an OEM string come
// out as the replacement character, since nobody on the wire says which page
// they belong to.
//
// Reference: MS-UCODEREF, MS-CIFS 2.2.1.1.2; RFC 2781 for UTF-16.
package winstr

import "unicode/utf8"

// Text is one string. Raw points into the decoded buffer and holds no
// terminator.
type Text struct {
	Raw  []byte
	Wide bool // UTF-16LE
}

// Empty reports whether the string has no characters.
func (t Text) Empty() bool { return len(t.Raw) == 0 || t.Wide && len(t.Raw) < 2 }

// AppendTo appends the string as UTF-8 to dst, up to the first zero.
func (t Text) AppendTo(dst []byte) []byte {
	if t.Wide {
		return AppendWide(dst, t.Raw)
	}
	for _, c := range t.Raw {
		if c == 0 {
			break
		}
		if c >= utf8.RuneSelf {
			dst = utf8.AppendRune(dst, utf8.RuneError)
			continue
		}
		dst = append(dst, c)
	}
	return dst
}

// String is the string as UTF-8.
func (t Text) String() string { return string(t.AppendTo(nil)) }

// AppendWide appends UTF-16LE bytes as UTF-8 to dst, up to the first zero unit.
// A lone surrogate becomes the replacement character; an odd last byte is left
// out.
func AppendWide(dst, b []byte) []byte {
	for len(b) >= 2 {
		r := rune(b[0]) | rune(b[1])<<8
		b = b[2:]
		if r == 0 {
			break
		}
		if r >= 0xd800 && r < 0xe000 {
			low := rune(0)
			if len(b) >= 2 {
				low = rune(b[0]) | rune(b[1])<<8
			}
			if r >= 0xdc00 || low < 0xdc00 || low >= 0xe000 {
				dst = utf8.AppendRune(dst, utf8.RuneError)
				continue
			}
			r = 0x10000 + (r-0xd800)<<10 + (low - 0xdc00)
			b = b[2:]
		}
		dst = utf8.AppendRune(dst, r)
	}
	return dst
}

// Cut takes a zero-terminated string off the front of b and returns what is
// behind the terminator. Without a terminator the whole of b is the string.
func Cut(b []byte, wide bool) (Text, []byte) {
	if !wide {
		for i, c := range b {
			if c == 0 {
				return Text{Raw: b[:i:i]}, b[i+1:]
			}
		}
		return Text{Raw: b[:len(b):len(b)]}, nil
	}
	for i := 0; i+1 < len(b); i += 2 {
		if b[i] == 0 && b[i+1] == 0 {
			return Text{Raw: b[:i:i], Wide: true}, b[i+2:]
		}
	}
	n := len(b) &^ 1
	return Text{Raw: b[:n:n], Wide: true}, nil
}
