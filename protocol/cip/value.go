package cip

import "encoding/binary"

// Elementary data types by code (volume 1, C-6.1): how wide and whether signed.
// Bit strings and BOOL count as unsigned; floating point is left out.
var elementary = [256]struct {
	size   uint8
	signed bool
}{
	0xc1: {1, false}, 0xc2: {1, true}, 0xc3: {2, true}, 0xc4: {4, true}, 0xc5: {8, true},
	0xc6: {1, false}, 0xc7: {2, false}, 0xc8: {4, false}, 0xc9: {8, false},
	0xd1: {1, false}, 0xd2: {2, false}, 0xd3: {4, false}, 0xd4: {8, false},
}

// TagValue is the value of a Write Tag request that writes one elementary
// value: type, count 1, value. Floating point values are not given.
func TagValue(data []byte) (int64, bool) {
	if len(data) < 5 || data[1] != 0 || binary.LittleEndian.Uint16(data[2:]) != 1 {
		return 0, false
	}
	t := elementary[data[0]]
	if t.size == 0 {
		return 0, false
	}
	return Integer(data[4:], int(t.size), t.signed)
}

// Integer is the little-endian number in the first size bytes, at most eight.
func Integer(b []byte, size int, signed bool) (int64, bool) {
	if size < 1 || size > 8 || len(b) < size {
		return 0, false
	}
	var n uint64
	for i := range size {
		n |= uint64(b[i]) << (8 * i)
	}
	if shift := 64 - 8*size; signed {
		return int64(n<<shift) >> shift, true
	}
	return int64(n), true
}
