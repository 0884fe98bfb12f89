package opcua

// Value is a Variant as far as the decoders need it: a scalar number or text,
// or the fact that it is something else.
type Value struct {
	Type   uint8 // built-in type, 0 for null
	Array  bool
	Number int64  // integers, booleans and status codes
	Text   []byte // String, ByteString, LocalizedText, or the body of an extension object
	Node   NodeID // the type of an extension object
}

// IsText reports whether the value is one text.
func (v Value) IsText() bool { return !v.Array && (v.Type == typeString || v.Type == typeText) }

// IsInteger reports whether Number is set.
func (v Value) IsInteger() bool {
	return !v.Array && (v.Type >= 1 && v.Type <= 9 || v.Type == typeStatus)
}

// Built-in types whose decoding needs more than a width (clause 5.1.2).
const (
	typeString     = 12
	typeByteString = 15
	typeXML        = 16
	typeNode       = 17
	typeExpanded   = 18
	typeStatus     = 19
	typeQualified  = 20
	typeText       = 21
	typeExtension  = 22
	typeDataValue  = 23
	typeVariant    = 24
	typeDiagnostic = 25
)

// width is the size of the built-in types that have one.
var width = [26]int{1: 1, 2: 1, 3: 1, 4: 2, 5: 2, 6: 4, 7: 4, 8: 8, 9: 8, 10: 4, 11: 8, 13: 8, 14: 16, 19: 4}

// Variant is the next Variant.
func (r *Reader) Variant() Value {
	r.depth++
	defer func() { r.depth-- }()
	enc := r.Byte()
	v := Value{Type: enc & 0x3f, Array: enc&0x80 != 0}
	switch {
	case v.Type == 0:
		return v
	case v.Type > typeDiagnostic || r.depth > maxDepth:
		r.failed, r.b = true, nil
		return Value{}
	case !v.Array:
		r.scalar(&v)
		return v
	}
	for range r.Count() {
		var element Value
		element.Type = v.Type
		r.scalar(&element)
		if r.failed {
			break
		}
	}
	if enc&0x40 != 0 {
		for range r.Count() {
			r.Skip(4)
		}
	}
	return v
}

// scalar reads one value of v's type.
func (r *Reader) scalar(v *Value) {
	if n := width[v.Type]; n > 0 {
		v.Number = integer(v.Type, r.take(n))
		return
	}
	switch v.Type {
	case typeString, typeByteString, typeXML:
		v.Text = r.String()
	case typeNode, typeExpanded:
		v.Node = r.NodeID()
	case typeQualified:
		v.Text = r.QualifiedName()
	case typeText:
		v.Text = r.Text()
	case typeExtension:
		v.Node, v.Text = r.ExtensionObject()
	case typeDataValue:
		r.DataValue()
	case typeVariant:
		r.Variant()
	case typeDiagnostic:
		r.skipDiagnostic()
	}
}

// integer is the number in little-endian bytes, with the sign of its type.
func integer(kind uint8, b []byte) int64 {
	if len(b) > 8 {
		return 0
	}
	var n uint64
	for i, c := range b {
		n |= uint64(c) << (8 * i)
	}
	switch kind {
	case 2:
		return int64(int8(n))
	case 4:
		return int64(int16(n))
	case 6:
		return int64(int32(n))
	}
	return int64(n)
}

// DataValue is the value of the next DataValue.
func (r *Reader) DataValue() Value {
	r.depth++
	defer func() { r.depth-- }()
	mask := r.Byte()
	var v Value
	if mask&0x01 != 0 {
		v = r.Variant()
	}
	for _, f := range [...]struct {
		bit  byte
		size int
	}{{0x02, 4}, {0x04, 8}, {0x10, 2}, {0x08, 8}, {0x20, 2}} {
		if mask&f.bit != 0 {
			r.Skip(f.size)
		}
	}
	return v
}
