package ber

import "strconv"

// Int64 is the body of an INTEGER or ENUMERATED. It is false for an empty body
// and for a value that does not fit.
func (e Element) Int64() (int64, bool) { return Int64(e.Body) }

// Uint64 is the body of an INTEGER that is not negative, up to 2^64-1. Some
// devices send a counter with its top bit set and without the octet of zeros
// that should stand before it: use Unsigned for those.
func (e Element) Uint64() (uint64, bool) {
	if len(e.Body) == 0 || e.Body[0]&0x80 != 0 {
		return 0, false
	}
	return Unsigned(e.Body)
}

// Bool is the body of a BOOLEAN. It is false, false for a body that is not one
// octet.
func (e Element) Bool() (value, ok bool) {
	if len(e.Body) != 1 {
		return false, false
	}
	return e.Body[0] != 0, true
}

// Bits is the body of a BIT STRING: its octets, the first bit at the top of the
// first octet, and how many bits they hold.
func (e Element) Bits() (octets []byte, bits int, ok bool) {
	if len(e.Body) == 0 || e.Body[0] > 7 {
		return nil, 0, false
	}
	octets = e.Body[1:]
	bits = len(octets)*8 - int(e.Body[0])
	return octets, bits, bits >= 0
}

// Int64 reads b as a two's complement number. It is false for an empty b and
// for a value that does not fit.
func Int64(b []byte) (int64, bool) {
	for len(b) > 1 && (b[0] == 0 && b[1] < 0x80 || b[0] == 0xff && b[1] >= 0x80) {
		b = b[1:]
	}
	if len(b) == 0 || len(b) > 8 {
		return 0, false
	}
	v := int64(int8(b[0]))
	for _, c := range b[1:] {
		v = v<<8 | int64(c)
	}
	return v, true
}

// Unsigned reads b as a number without sign. It is false for an empty b and for
// a value that does not fit.
func Unsigned(b []byte) (uint64, bool) {
	for len(b) > 1 && b[0] == 0 {
		b = b[1:]
	}
	if len(b) == 0 || len(b) > 8 {
		return 0, false
	}
	var v uint64
	for _, c := range b {
		v = v<<8 | uint64(c)
	}
	return v, true
}

// AppendOID appends the body of an OBJECT IDENTIFIER to dst as dotted decimals,
// "1.3.6.1". It is false, with dst unchanged, when the body is no object
// identifier or an arc does not fit 64 bits.
//
// To compare identifiers, compare their bodies: each has one encoding only.
func AppendOID(dst, body []byte) ([]byte, bool) {
	out := dst
	for i := 0; i < len(body); {
		v, n := arc(body[i:])
		if n == 0 {
			return dst, false
		}
		if i == 0 {
			// The first two arcs share one number: 40 times the first and the
			// second, where the first is 0, 1 or 2.
			first := min(v/40, 2)
			out = strconv.AppendUint(out, first, 10)
			v -= first * 40
		}
		out = append(out, '.')
		out = strconv.AppendUint(out, v, 10)
		i += n
	}
	return out, len(body) > 0
}

// arc reads one number of an object identifier and says how many octets it
// took: 0 when it is cut off, does not fit or is not in its shortest form.
func arc(b []byte) (uint64, int) {
	var v uint64
	for i, c := range b {
		if i == 0 && c == 0x80 || v >= 1<<57 {
			return 0, 0
		}
		v = v<<7 | uint64(c&0x7f)
		if c < 0x80 {
			return v, i + 1
		}
	}
	return 0, 0
}
