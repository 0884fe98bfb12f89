package s7plus

// Tags that structure a body.
const (
	tagObject    = 0xa1
	tagEnd       = 0xa2
	tagAttribute = 0xa3
	tagRelation  = 0xa4
)

// FieldKind says what a Walker came to.
type FieldKind uint8

// Kinds of fields.
const (
	ObjectStart FieldKind = iota + 1
	ObjectEnd
	Attribute // of an object
	Element   // of a struct, or a numbered value
	Relation  // to another object
)

// Field is what a Walker came to. Value points into the decoded bytes.
type Field struct {
	Kind  FieldKind
	ID    uint32 // attribute, element or relation
	RID   uint32 // object's identifier; of a relation, the object it leads to
	Class uint32 // object's class
	Value Value
}

// maxDepth is the deepest nesting of objects and structs that is read. What
// controllers send stays below ten.
const maxDepth = 32

// Walker reads objects, their attributes and the elements of structs one after
// the other, without memory of its own. It stops where the bytes break off or
// use a form it does not know.
type Walker struct {
	rest    []byte
	structs uint32 // bit i: level i is a struct and not an object
	depth   uint8
	list    bool // stop at the end of the outermost struct
}

// Elements walks bytes that are keys and values up to key 0.
func Elements(b []byte) Walker { return Walker{rest: b, structs: 2, depth: 1, list: true} }

// Objects walks the objects that begin within the first bytes of b; what
// stands before them depends on function and version.
func Objects(b []byte) Walker {
	const near = 12
	for i := range min(len(b), near) {
		if b[i] == tagObject {
			return Walker{rest: b[i:]}
		}
	}
	return Walker{}
}

// Next is the next field.
func (w *Walker) Next() (Field, bool) {
	for len(w.rest) > 0 {
		if w.structs>>w.depth&1 == 1 {
			f, ok := w.element()
			if !ok || f.Kind != 0 {
				return f, ok
			}
			continue
		}
		return w.tagged()
	}
	return Field{}, false
}

// element reads a key and a value; a field of kind 0 is the end of a struct.
func (w *Walker) element() (Field, bool) {
	id, n := vlq32(w.rest)
	if n == 0 {
		return w.stop()
	}
	w.rest = w.rest[n:]
	if id == 0 {
		w.structs &^= 1 << w.depth
		w.depth--
		if w.list && w.depth == 0 {
			return w.stop()
		}
		return Field{}, true
	}
	return w.value(Field{Kind: Element, ID: id})
}

func (w *Walker) value(f Field) (Field, bool) {
	v, n := DecodeValue(w.rest)
	if n == 0 {
		return w.stop()
	}
	w.rest = w.rest[n:]
	f.Value = v
	if v.Type == Struct && !v.Array && !w.enter(uint32(v.Int)) {
		return w.stop()
	}
	return f, true
}

// enter goes into a struct. A packed one is only bytes: it is passed over.
func (w *Walker) enter(id uint32) bool {
	if packed(id) {
		return w.skipPacked()
	}
	if w.depth+1 >= maxDepth {
		return false
	}
	w.depth++
	w.structs |= 1 << w.depth
	return true
}

// packed reports identifiers of structs whose elements are laid out as in the
// controller's memory.
func packed(id uint32) bool {
	return id > 0x90000000 && id < 0x9fffffff || id > 0x02000000 && id < 0x02ffffff
}

// skipPacked passes a time stamp, flags and a counted run of bytes.
func (w *Walker) skipPacked() bool {
	if len(w.rest) < 8 {
		return false
	}
	at := 8
	flags, n := vlq32(w.rest[at:])
	at += n
	count, m := vlq32(w.rest[at:])
	at += m
	if n == 0 || m == 0 {
		return false
	}
	if flags&0x400 != 0 {
		count, n = vlq32(w.rest[at:])
		at += n
	}
	if n == 0 || uint64(count) > uint64(len(w.rest)-at) {
		return false
	}
	w.rest = w.rest[at+int(count):]
	return true
}

func (w *Walker) tagged() (Field, bool) {
	tag := w.rest[0]
	w.rest = w.rest[1:]
	switch tag {
	case tagObject:
		return w.object()
	case tagEnd:
		if w.depth == 0 {
			return w.stop()
		}
		w.depth--
		return Field{Kind: ObjectEnd}, true
	case tagAttribute:
		id, n := vlq32(w.rest)
		if n == 0 {
			return w.stop()
		}
		w.rest = w.rest[n:]
		return w.value(Field{Kind: Attribute, ID: id})
	case tagRelation:
		return w.relation()
	}
	return w.stop()
}

// object reads identifier, class, class flags and attribute of an object.
func (w *Walker) object() (Field, bool) {
	if len(w.rest) < 4 || w.depth+1 >= maxDepth {
		return w.stop()
	}
	f := Field{Kind: ObjectStart, RID: be32(w.rest)}
	at := 4
	for i := range 3 {
		v, n := vlq32(w.rest[at:])
		if n == 0 {
			return w.stop()
		}
		if i == 0 {
			f.Class = v
		}
		at += n
	}
	w.rest = w.rest[at:]
	w.depth++
	return f, true
}

func (w *Walker) relation() (Field, bool) {
	id, n := vlq32(w.rest)
	if n == 0 || len(w.rest) < n+4 {
		return w.stop()
	}
	f := Field{Kind: Relation, ID: id, RID: be32(w.rest[n:])}
	w.rest = w.rest[n+4:]
	return f, true
}

func (w *Walker) stop() (Field, bool) {
	w.rest = nil
	return Field{}, false
}
