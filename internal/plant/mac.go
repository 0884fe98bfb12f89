package plant

import "encoding/hex"

// MAC is an IEEE 802 MAC-48 address. The zero value means "none".
type MAC [6]byte

// IsZero reports whether there is no address.
func (m MAC) IsZero() bool { return m == MAC{} }

// IsGroup reports whether the address is multicast or broadcast (I/G bit).
func (m MAC) IsGroup() bool { return m[0]&1 != 0 }

// IsLocal reports whether the address is locally administered (U/L bit), so
// that its first bytes name no manufacturer.
func (m MAC) IsLocal() bool { return m[0]&2 != 0 }

// String is the address in lower case with colons.
func (m MAC) String() string { return string(m.AppendTo(make([]byte, 0, 17))) }

// AppendTo appends the address in lower case with colons to b.
func (m MAC) AppendTo(b []byte) []byte {
	for i := range m {
		if i > 0 {
			b = append(b, ':')
		}
		b = hex.AppendEncode(b, m[i:i+1])
	}
	return b
}
