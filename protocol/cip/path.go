package cip

import "encoding/binary"

// Path is a padded EPATH: segments that say which object, attribute, tag or
// module is meant.
type Path []byte

// SegmentKind says what a segment of a path names.
type SegmentKind uint8

// Kinds of segments. Other covers network, key and data segments that name
// nothing by themselves.
const (
	OtherSegment SegmentKind = iota
	PortSegment
	ClassSegment
	InstanceSegment
	MemberSegment
	PointSegment // connection point
	AttributeSegment
	SymbolSegment
)

// Segment is one step of a path.
type Segment struct {
	Kind  SegmentKind
	Value uint32 // number of a logical segment, or the port
	Bytes []byte // a symbol's name, or a port's link address
}

// logical kinds by bits 4..2 of the segment type (C-1.4.2).
var logical = [8]SegmentKind{ClassSegment, InstanceSegment, MemberSegment, PointSegment, AttributeSegment, OtherSegment, OtherSegment, OtherSegment}

// Next reads the first segment of the path and returns how many bytes it took.
// 0 means that no whole segment is left, or that it is none.
func (p Path) Next() (Segment, int) {
	if len(p) < 2 {
		return Segment{}, 0
	}
	switch p[0] >> 5 {
	case 0:
		return p.port()
	case 1:
		return p.logical()
	case 2:
		return p.network()
	case 3:
		return p.symbol(int(p[0]&0x1f), 1)
	case 4:
		return p.data()
	}
	return Segment{}, 0
}

func (p Path) port() (Segment, int) {
	port, at, size := uint32(p[0]&0x0f), 1, 1
	if p[0]&0x10 != 0 {
		size, at = int(p[1]), 2
	}
	if port == 15 {
		if len(p) < at+2 {
			return Segment{}, 0
		}
		port = uint32(binary.LittleEndian.Uint16(p[at:]))
		at += 2
	}
	end := at + size
	if len(p) < end {
		return Segment{}, 0
	}
	return Segment{Kind: PortSegment, Value: port, Bytes: p[at:end:end]}, min(end+end&1, len(p))
}

func (p Path) logical() (Segment, int) {
	kind := logical[p[0]>>2&7]
	if p[0]>>2&7 == 5 { // electronic key: format, then eight bytes
		if len(p) < 10 {
			return Segment{}, 0
		}
		return Segment{Bytes: p[2:10:10]}, 10
	}
	switch p[0] & 3 {
	case 0:
		return Segment{Kind: kind, Value: uint32(p[1])}, 2
	case 1:
		if len(p) >= 4 {
			return Segment{Kind: kind, Value: uint32(binary.LittleEndian.Uint16(p[2:]))}, 4
		}
	case 2:
		if len(p) >= 6 {
			return Segment{Kind: kind, Value: binary.LittleEndian.Uint32(p[2:])}, 6
		}
	}
	return Segment{}, 0
}

func (p Path) network() (Segment, int) {
	n := 2
	if p[0]&0x10 != 0 { // a data array: length in words
		n = 2 + 2*int(p[1])
	}
	if len(p) < n {
		return Segment{}, 0
	}
	return Segment{}, n
}

func (p Path) data() (Segment, int) {
	switch p[0] {
	case 0x80: // simple data: length in words
		if n := 2 + 2*int(p[1]); len(p) >= n {
			return Segment{}, n
		}
	case 0x91: // a symbol: length in characters
		return p.symbol(int(p[1]), 2)
	}
	return Segment{}, 0
}

func (p Path) symbol(size, at int) (Segment, int) {
	end := at + size
	if size == 0 || len(p) < end {
		return Segment{}, 0
	}
	return Segment{Kind: SymbolSegment, Bytes: p[at:end:end]}, min(end+end&1, len(p))
}

// plausible reports whether the path begins like one: an empty path is one
// too (services of a connection that already names its object).
func (p Path) plausible() bool {
	if len(p) == 0 {
		return true
	}
	_, n := p.Next()
	return n > 0
}

// Named reports whether the path begins with the name of a tag.
func (p Path) Named() bool { return len(p) > 0 && p[0] == 0x91 }

// Address is what a path names, in a form that a table can be asked about. Of
// several classes the last counts: it is the object that the service reaches.
type Address struct {
	Class, Instance, Attribute, Point             uint32
	HasClass, HasInstance, HasAttribute, HasPoint bool
	Outer                                         uint32 // the class before the last, 0 for none
	OuterInstance                                 uint32
	Symbol                                        []byte // the first name
	Symbols                                       int    // how many names and array indexes behind them
	Hops                                          int    // how many ports the path goes through
	Slot                                          int    // the one port is the backplane: the module's slot; else -1
	Complete                                      bool   // every byte of the path was understood
}

// Address sums up the path.
func (p Path) Address() Address {
	a := Address{Slot: -1}
	for len(p) > 0 {
		s, n := p.Next()
		if n == 0 {
			return a
		}
		a.add(s)
		p = p[n:]
	}
	a.Complete = true
	return a
}

func (a *Address) add(s Segment) {
	switch s.Kind {
	case ClassSegment:
		if a.HasClass {
			a.Outer, a.OuterInstance = a.Class, a.Instance
		}
		a.Class, a.HasClass = s.Value, true
		a.Instance, a.HasInstance = 0, false
	case InstanceSegment:
		a.Instance, a.HasInstance = s.Value, true
	case AttributeSegment:
		a.Attribute, a.HasAttribute = s.Value, true
	case PointSegment:
		a.Point, a.HasPoint = s.Value, true
	case MemberSegment:
		if a.Symbol != nil {
			a.Symbols++
		}
	case SymbolSegment:
		if a.Symbol == nil {
			a.Symbol = s.Bytes
		}
		a.Symbols++
	case PortSegment:
		a.Slot = -1
		if a.Hops++; a.Hops == 1 && s.Value == backplane && len(s.Bytes) == 1 {
			a.Slot = int(s.Bytes[0])
		}
	}
}

// backplane is the port number of the chassis in every ControlLogix module
// and most others (C-1.4.1).
const backplane = 1

// AppendTag appends the name of the tag that the path leads to, with its
// members and indexes as programmers write them: "Program:Main.line[3].speed".
func (p Path) AppendTag(dst []byte) []byte {
	named := false
	for len(p) > 0 {
		s, n := p.Next()
		if n == 0 {
			return dst
		}
		switch {
		case s.Kind == SymbolSegment:
			if named {
				dst = append(dst, '.')
			}
			dst = append(dst, s.Bytes...)
			named = true
		case s.Kind == MemberSegment && named:
			dst = appendIndex(dst, s.Value)
		}
		p = p[n:]
	}
	return dst
}

// appendIndex adds "[n]", or ",n" into brackets that stand there already.
func appendIndex(dst []byte, n uint32) []byte {
	if len(dst) > 0 && dst[len(dst)-1] == ']' {
		dst[len(dst)-1] = ','
	} else {
		dst = append(dst, '[')
	}
	var digits [10]byte
	i := len(digits)
	for {
		i--
		digits[i] = byte('0' + n%10)
		if n /= 10; n == 0 {
			break
		}
	}
	return append(append(dst, digits[i:]...), ']')
}
