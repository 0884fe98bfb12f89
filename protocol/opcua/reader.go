package opcua

import "encoding/binary"

// Reader takes values of the binary encoding off the front of a buffer. After
// the first value that does not fit, all further ones are zero and Err says so.
type Reader struct {
	b      []byte
	failed bool
	depth  int // of values inside values
}

// maxDepth is how deep values may hold values (the standard suggests 100; no
// device goes beyond a few).
const maxDepth = 12

// NewReader starts at the front of b.
func NewReader(b []byte) Reader { return Reader{b: b} }

// Err is ErrShort when a value did not fit.
func (r *Reader) Err() error {
	if r.failed {
		return ErrShort
	}
	return nil
}

// Rest is what has not been read.
func (r *Reader) Rest() []byte { return r.b }

// take is the next n bytes, nil when there are fewer.
func (r *Reader) take(n int) []byte {
	if r.failed || n < 0 || n > len(r.b) {
		r.failed, r.b = true, nil
		return nil
	}
	v := r.b[:n:n]
	r.b = r.b[n:]
	return v
}

// Skip passes over n bytes.
func (r *Reader) Skip(n int) { r.take(n) }

// Byte is the next byte.
func (r *Reader) Byte() byte {
	if v := r.take(1); v != nil {
		return v[0]
	}
	return 0
}

// Uint16 is the next UInt16.
func (r *Reader) Uint16() uint16 {
	if v := r.take(2); v != nil {
		return binary.LittleEndian.Uint16(v)
	}
	return 0
}

// Uint32 is the next UInt32.
func (r *Reader) Uint32() uint32 {
	if v := r.take(4); v != nil {
		return binary.LittleEndian.Uint32(v)
	}
	return 0
}

// Uint64 is the next UInt64.
func (r *Reader) Uint64() uint64 {
	if v := r.take(8); v != nil {
		return binary.LittleEndian.Uint64(v)
	}
	return 0
}

// String is the next String or ByteString, nil when it is null.
func (r *Reader) String() []byte {
	n := int32(r.Uint32())
	if n <= 0 {
		return nil
	}
	return r.take(int(n))
}

// Count is the length of the array that comes next. Each of its elements takes
// a byte at least, so a count beyond the bytes left is a failure.
func (r *Reader) Count() int {
	n := int32(r.Uint32())
	if int(n) > len(r.b) {
		r.failed, r.b = true, nil
	}
	if n <= 0 || r.failed {
		return 0
	}
	return int(n)
}

// Text is the text of the next LocalizedText.
func (r *Reader) Text() []byte {
	mask := r.Byte()
	if mask&1 != 0 {
		r.String()
	}
	if mask&2 != 0 {
		return r.String()
	}
	return nil
}

// QualifiedName is the name of the next QualifiedName.
func (r *Reader) QualifiedName() []byte {
	r.Uint16()
	return r.String()
}

// NodeKind is how a node is named.
type NodeKind uint8

// Kinds of node ids.
const (
	NumericNode NodeKind = iota
	StringNode
	GUIDNode
	OpaqueNode
)

// NodeID names a node.
type NodeID struct {
	Kind      NodeKind
	Namespace uint16
	Number    uint32
	Name      []byte // string, GUID (16 bytes) or opaque
}

// Is reports whether it is that node of the standard's own namespace.
func (n NodeID) Is(number uint32) bool {
	return n.Kind == NumericNode && n.Namespace == 0 && n.Number == number
}

// NodeID is the next NodeId or ExpandedNodeId.
func (r *Reader) NodeID() NodeID {
	enc := r.Byte()
	var n NodeID
	switch enc & 0x3f {
	case 0:
		n.Number = uint32(r.Byte())
	case 1:
		n.Namespace = uint16(r.Byte())
		n.Number = uint32(r.Uint16())
	case 2:
		n.Namespace, n.Number = r.Uint16(), r.Uint32()
	case 3:
		n.Kind, n.Namespace = StringNode, r.Uint16()
		n.Name = r.String()
	case 4:
		n.Kind, n.Namespace = GUIDNode, r.Uint16()
		n.Name = r.take(16)
	case 5:
		n.Kind, n.Namespace = OpaqueNode, r.Uint16()
		n.Name = r.String()
	default:
		r.failed, r.b = true, nil
	}
	if enc&0x80 != 0 {
		r.String()
	}
	if enc&0x40 != 0 {
		r.Uint32()
	}
	return n
}

// ExtensionObject is the next ExtensionObject: its type and its body when it
// has a binary one.
func (r *Reader) ExtensionObject() (NodeID, []byte) {
	id := r.NodeID()
	switch r.Byte() {
	case 0:
		return id, nil
	case 1:
		return id, r.String()
	}
	r.String() // XML
	return id, nil
}

// skipDiagnostic passes over a DiagnosticInfo.
func (r *Reader) skipDiagnostic() {
	for range maxDepth {
		mask := r.Byte()
		for bit := byte(1); bit <= 8; bit <<= 1 {
			if mask&bit != 0 {
				r.Skip(4)
			}
		}
		if mask&0x10 != 0 {
			r.String()
		}
		if mask&0x20 != 0 {
			r.Skip(4)
		}
		if mask&0x40 == 0 {
			return
		}
	}
	r.failed, r.b = true, nil
}

// AppendTo appends the node id as the standard writes it: "i=2261",
// "ns=2;s=Line1.Speed". GUIDs and opaque ids are written as hexadecimal bytes.
func (n NodeID) AppendTo(dst []byte) []byte {
	if n.Namespace != 0 {
		dst = append(dst, "ns="...)
		dst = appendNumber(dst, uint32(n.Namespace))
		dst = append(dst, ';')
	}
	switch n.Kind {
	case NumericNode:
		return appendNumber(append(dst, "i="...), n.Number)
	case StringNode:
		return append(append(dst, "s="...), n.Name...)
	case GUIDNode:
		return appendHex(append(dst, "g="...), n.Name)
	}
	return appendHex(append(dst, "b="...), n.Name)
}

func appendNumber(dst []byte, n uint32) []byte {
	var digits [10]byte
	i := len(digits)
	for {
		i--
		digits[i] = byte('0' + n%10)
		if n /= 10; n == 0 {
			return append(dst, digits[i:]...)
		}
	}
}

func appendHex(dst, b []byte) []byte {
	const hex = "0123456789abcdef"
	for _, c := range b {
		dst = append(dst, hex[c>>4], hex[c&15])
	}
	return dst
}
