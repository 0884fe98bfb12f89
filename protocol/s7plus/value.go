package s7plus

// Type is the type of a value.
type Type uint8

// Types of values.
const (
	Null      Type = 0x00
	Bool      Type = 0x01
	USInt     Type = 0x02
	UInt      Type = 0x03
	UDInt     Type = 0x04
	ULInt     Type = 0x05
	SInt      Type = 0x06
	Int       Type = 0x07
	DInt      Type = 0x08
	LInt      Type = 0x09
	Byte      Type = 0x0a
	Word      Type = 0x0b
	DWord     Type = 0x0c
	LWord     Type = 0x0d
	Real      Type = 0x0e
	LReal     Type = 0x0f
	Timestamp Type = 0x10
	Timespan  Type = 0x11
	RID       Type = 0x12
	AID       Type = 0x13
	Blob      Type = 0x14
	WString   Type = 0x15
	Variant   Type = 0x16
	Struct    Type = 0x17
	S7String  Type = 0x19
)

// Flags in front of a value's type.
const (
	flagArray   = 0x10
	flagAddress = 0x20 // an array of addresses
	flagSparse  = 0x40
)

// Value is one value. Bytes points into the decoded bytes.
type Value struct {
	Type  Type
	Array bool
	Count int    // elements of an array
	Int   int64  // integers, bit strings and identifiers that are no array; of an array the first
	Bytes []byte // text, a blob, or the value as it stands on the wire; of a struct nothing
}

// DecodeValue reads the value at the start of b: flags, type, content. A struct
// is read up to its identifier (in Int): its elements follow in b, for a Walker
// to read. n is 0 when the bytes are no value or break off.
func DecodeValue(b []byte) (v Value, n int) {
	if len(b) < 2 {
		return Value{}, 0
	}
	flags := b[0]
	v.Type = Type(b[1])
	n = 2
	if flags&(flagArray|flagAddress) != 0 {
		return decodeArray(v, b, n)
	}
	if flags&flagSparse != 0 {
		return decodeSparse(v, b, n)
	}
	m := v.content(b[n:])
	if m < 0 {
		return Value{}, 0
	}
	return v, n + m
}

// decodeArray reads a count and as many contents; only the first is kept.
func decodeArray(v Value, b []byte, n int) (Value, int) {
	count, m := vlq32(b[n:])
	if m == 0 || v.Type == Struct || v.Type == Null {
		return Value{}, 0
	}
	n += m
	start := n
	for i := range int(count) {
		var e Value
		e.Type = v.Type
		m := e.content(b[n:])
		if m < 0 {
			return Value{}, 0
		}
		if i == 0 {
			v.Int = e.Int
		}
		n += m
	}
	v.Array, v.Count, v.Bytes = true, int(count), b[start:n:n]
	return v, n
}

// decodeSparse reads keys and contents up to key 0.
func decodeSparse(v Value, b []byte, n int) (Value, int) {
	if v.Type == Struct || v.Type == Null {
		return Value{}, 0
	}
	v.Array = true
	for {
		key, m := vlq32(b[n:])
		if m == 0 {
			return Value{}, 0
		}
		n += m
		if key == 0 {
			return v, n
		}
		e := Value{Type: v.Type}
		if m = e.content(b[n:]); m < 0 {
			return Value{}, 0
		}
		n += m
		v.Count++
	}
}

// fixed is the length of the types that always have the same, or 0.
func fixed(t Type) int {
	switch t {
	case Bool, USInt, SInt, Byte:
		return 1
	case UInt, Int, Word:
		return 2
	case DWord, Real, RID, Struct:
		return 4
	case LWord, LReal, Timestamp:
		return 8
	}
	return 0
}

// content reads a content of v's type into v and returns its length, or -1.
func (v *Value) content(b []byte) int {
	if n := fixed(v.Type); n > 0 {
		return v.fixed(b, n)
	}
	switch v.Type {
	case Null:
		return 0
	case UDInt, AID:
		u, n := vlq32(b)
		return v.number(b, int64(u), n)
	case ULInt:
		u, n := vlq64(b)
		return v.number(b, int64(u), n)
	case DInt, LInt, Timespan:
		i, n := svlq(b)
		return v.number(b, i, n)
	case WString:
		return v.counted(b, 0)
	case Blob:
		return v.blob(b)
	}
	return -1
}

func (v *Value) fixed(b []byte, n int) int {
	if len(b) < n {
		return -1
	}
	if v.Type != Struct {
		v.Bytes = b[:n:n]
	}
	var u uint64
	for _, c := range b[:n] {
		u = u<<8 | uint64(c)
	}
	v.Int = int64(u)
	switch v.Type {
	case SInt:
		v.Int = int64(int8(u))
	case Int:
		v.Int = int64(int16(u))
	}
	return n
}

func (v *Value) number(b []byte, i int64, n int) int {
	if n == 0 {
		return -1
	}
	v.Int, v.Bytes = i, b[:n:n]
	return n
}

// counted reads a length and as many bytes, at offset at.
func (v *Value) counted(b []byte, at int) int {
	length, n := vlq32(b[at:])
	if n == 0 || uint64(length) > uint64(len(b)-at-n) {
		return -1
	}
	start := at + n
	end := start + int(length)
	v.Bytes = b[start:end:end]
	return end
}

// blob reads a root identifier, a length and as many bytes. A root other than
// 0 brings another layout, which is not read.
func (v *Value) blob(b []byte) int {
	root, n := vlq32(b)
	if n == 0 || root != 0 {
		return -1
	}
	return v.counted(b, n)
}

// vlq32 reads a variable-length number: seven bits a byte, most significant
// first. n is 0 when it is not whole or too long.
func vlq32(b []byte) (v uint32, n int) {
	for n < 5 && n < len(b) {
		c := b[n]
		n++
		v = v<<7 | uint32(c&0x7f)
		if c < 0x80 {
			return v, n
		}
	}
	return 0, 0
}

// vlq64 is vlq32 for up to nine bytes, of which the ninth counts in full.
func vlq64(b []byte) (v uint64, n int) {
	for n < 9 && n < len(b) {
		c := b[n]
		n++
		if n == 9 {
			return v<<8 | uint64(c), n
		}
		v = v<<7 | uint64(c&0x7f)
		if c < 0x80 {
			return v, n
		}
	}
	return 0, 0
}

// svlq is a signed variable-length number: bit 6 of the first byte is the
// sign.
func svlq(b []byte) (int64, int) {
	u, n := vlq64(b)
	if n == 0 || n == 9 || b[0]&0x40 == 0 {
		return int64(u), n
	}
	return int64(u) - 1<<(7*n), n
}
