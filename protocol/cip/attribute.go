package cip

import "encoding/binary"

// identityWidth is the size of attributes 1 to 8; 0 for the name, which has
// its length in front.
var identityWidth = [9]int{1: 2, 2: 2, 3: 2, 4: 2, 5: 2, 6: 4, 7: 0, 8: 1}

// Attribute is one attribute of an object: its number and its bytes.
type Attribute struct {
	ID     uint16
	Status uint16
	Value  []byte
}

// Attributes walks the reply to Get Attribute List. Values carry no length, so
// it stops at the first attribute whose size is not known for that class.
type Attributes struct {
	b     []byte
	class uint32
	left  int
}

// DecodeAttributes starts on the body of a reply to Get Attribute List of a
// class.
func DecodeAttributes(data []byte, class uint32) Attributes {
	if len(data) < 2 {
		return Attributes{}
	}
	return Attributes{b: data[2:], class: class, left: int(binary.LittleEndian.Uint16(data))}
}

// Next is the next attribute; false when there is none left to be understood.
func (a *Attributes) Next() (Attribute, bool) {
	if a.left <= 0 || len(a.b) < 4 {
		return Attribute{}, false
	}
	at := Attribute{ID: binary.LittleEndian.Uint16(a.b), Status: binary.LittleEndian.Uint16(a.b[2:])}
	rest := a.b[4:]
	if at.Status == 0 {
		n := attributeSize(a.class, at.ID, rest)
		if n < 0 || n > len(rest) {
			a.left = 0
			return Attribute{}, false
		}
		at.Value, rest = rest[:n:n], rest[n:]
	}
	a.b, a.left = rest, a.left-1
	return at, true
}

// attributeSize is the size of an attribute's value, -1 when it is not known.
func attributeSize(class uint32, id uint16, b []byte) int {
	switch {
	case class == ClassIdentity && id == 7:
		if len(b) > 0 {
			return 1 + int(b[0])
		}
	case class == ClassIdentity && id > 0 && int(id) < len(identityWidth):
		return identityWidth[id]
	case class == ClassControllerName && id == 1, class == ClassTCPIP && id == 6:
		if len(b) >= 2 {
			return 2 + int(binary.LittleEndian.Uint16(b))
		}
	}
	return -1
}
