// Package message writes the messages of industrial and office protocols: the
// bytes that devices of a plant send each other, as their standards say.
//
// It is the other way round from package protocol's decoders and shares no code
// with them, so that a mistake in one does not hide one in the other. Each
// function makes one message from plain values; it keeps no state and knows no
// addresses but those that are part of a message. Only what the lab needs of a
// protocol is here. The standards are named at each protocol's first function.
package message

import (
	"encoding/binary"
	"fmt"
)

// cat joins parts: a number as int is one byte, uint16 and uint32 are
// big-endian, text and bytes stand for themselves.
func cat(parts ...any) []byte {
	var b []byte
	for _, p := range parts {
		switch v := p.(type) {
		case int:
			b = append(b, byte(v))
		case byte:
			b = append(b, v)
		case uint16:
			b = binary.BigEndian.AppendUint16(b, v)
		case uint32:
			b = binary.BigEndian.AppendUint32(b, v)
		case uint64:
			b = binary.BigEndian.AppendUint64(b, v)
		case string:
			b = append(b, v...)
		case []byte:
			b = append(b, v...)
		default:
			panic(fmt.Sprintf("message: a part is a %T", p)) // a mistake in this package, found by any test
		}
	}
	return b
}

func le16(v uint16) []byte { return binary.LittleEndian.AppendUint16(nil, v) }
func le32(v uint32) []byte { return binary.LittleEndian.AppendUint32(nil, v) }
func le64(v uint64) []byte { return binary.LittleEndian.AppendUint64(nil, v) }

// zeros is n zero bytes.
func zeros(n int) []byte { return make([]byte, n) }

// fixed is text cut or padded with a byte to n.
func fixed(s string, n int, with byte) []byte {
	b := make([]byte, n)
	for i := copy(b, s); i < n; i++ {
		b[i] = with
	}
	return b
}

// short is a text with its length in one byte before it.
func short(s string) []byte { return cat(len(s), s) }

// utf16 is ASCII text in UTF-16LE.
func utf16(s string) []byte {
	b := make([]byte, 0, 2*len(s))
	for i := range len(s) {
		b = append(b, s[i], 0)
	}
	return b
}
