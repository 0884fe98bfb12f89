package sparkplug

// Wire types of Protocol Buffers.
const (
	wireVarint = 0
	wireFixed8 = 1
	wireBytes  = 2
	wireFixed4 = 5
)

type field struct {
	number uint64
	wire   uint8
	value  uint64
	bytes  []byte
}

// next reads the first field of a message.
func next(b []byte) (f field, rest []byte, ok bool) {
	key, n := varint(b)
	if n == 0 || key>>3 == 0 {
		return field{}, nil, false
	}
	f = field{number: key >> 3, wire: uint8(key & 7)}
	b = b[n:]
	switch f.wire {
	case wireVarint:
		f.value, n = varint(b)
		return f, b[n:], n > 0
	case wireFixed8:
		return f, b[min(8, len(b)):], len(b) >= 8
	case wireFixed4:
		return f, b[min(4, len(b)):], len(b) >= 4
	case wireBytes:
		size, n := varint(b)
		if n == 0 || size > uint64(len(b)-n) {
			return field{}, nil, false
		}
		end := n + int(size)
		f.bytes = b[n:end:end]
		return f, b[end:], true
	}
	return field{}, nil, false
}

// varint reads a base-128 number; n is 0 when there is none.
func varint(b []byte) (v uint64, n int) {
	for i := 0; i < len(b) && i < 10; i++ {
		v |= uint64(b[i]&0x7f) << (7 * i)
		if b[i]&0x80 == 0 {
			return v, i + 1
		}
	}
	return 0, 0
}
