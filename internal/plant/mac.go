package plant

import (
	"encoding/hex"
	"fmt"
)

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

// MarshalText writes the address as String does; none as an empty text.
func (m MAC) MarshalText() ([]byte, error) {
	if m.IsZero() {
		return nil, nil
	}
	return m.AppendTo(nil), nil
}

// UnmarshalText reads what MarshalText writes.
func (m *MAC) UnmarshalText(b []byte) (err error) {
	*m = MAC{}
	if len(b) > 0 {
		*m, err = ParseMAC(string(b))
	}
	return err
}

// ParseMAC reads an address as String writes it, in upper or lower case.
func ParseMAC(s string) (m MAC, err error) {
	if len(s) != 17 {
		return m, fmt.Errorf("%q is no MAC address", s)
	}
	for i := range m {
		if i > 0 && s[3*i-1] != ':' {
			return MAC{}, fmt.Errorf("%q is no MAC address", s)
		}
		if _, err := hex.Decode(m[i:i+1], []byte(s[3*i:3*i+2])); err != nil {
			return MAC{}, fmt.Errorf("%q is no MAC address", s)
		}
	}
	return m, nil
}
