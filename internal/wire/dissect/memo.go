package dissect

import "crypto/sha256"

// memo remembers what was worked out of bytes that come again and again: a
// server shows the same certificate in every connection.
type memo map[[sha256.Size]byte]string

// maxMemo bounds what is remembered; when there is more, it begins anew.
const maxMemo = 1024

// Memo is what work makes of some bytes, which it does once. The work must
// depend on nothing but the bytes, and all that use Memo on the same kind of
// bytes must do the same.
func (c *Context) Memo(b []byte, work func([]byte) string) string {
	m := c.eng.memo
	key := sha256.Sum256(b)
	text, ok := m[key]
	if !ok {
		text = work(b)
		if len(m) >= maxMemo {
			clear(m)
		}
		m[key] = text
	}
	return text
}
