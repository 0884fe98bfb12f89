package dcerpc

import (
	"bytes"
	"encoding/binary"
)

// EPM is the interface of the endpoint mapper.
var EPM = UUID{0xe1, 0xaf, 0x83, 0x08, 0x5d, 0x1f, 0x11, 0xc9, 0x91, 0xa4, 0x08, 0x00, 0x2b, 0x14, 0xa0, 0xfa}

// Operations of the endpoint mapper.
const (
	EPMInsert = 0
	EPMDelete = 1
	EPMLookup = 2
	EPMMap    = 3
	EPMFree   = 4
)

// Protocol identifiers of tower floors (C706 appendix I).
const (
	FloorTCP      = 0x07
	FloorUDP      = 0x08
	FloorIP       = 0x09
	floorUUID     = 0x0d
	FloorPipe     = 0x0f
	FloorPipeHost = 0x10
	FloorNetBIOS  = 0x11
	FloorHTTP     = 0x1f
)

// Tower is where an interface is served. Pipe points into the decoded buffer;
// what the tower does not say is zero.
type Tower struct {
	Interface Syntax
	Transport uint8 // FloorTCP, FloorUDP, FloorPipe or FloorHTTP
	Port      uint16
	IPv4      [4]byte
	Pipe      []byte
}

// DecodeTower reads the floors of a protocol tower. Towers are little endian
// whatever the message is in, ports and addresses in network order (C706
// appendix L).
func DecodeTower(b []byte) (Tower, error) {
	var t Tower
	if len(b) < 2 {
		return t, ErrShort
	}
	floors := int(binary.LittleEndian.Uint16(b))
	b = b[2:]
	for i := range floors {
		left, rest, ok := cut16(b)
		if !ok || len(left) == 0 {
			return t, ErrLength
		}
		right, rest, ok := cut16(rest)
		if !ok {
			return t, ErrLength
		}
		t.floor(i, left, right)
		b = rest
	}
	return t, nil
}

func cut16(b []byte) (part, rest []byte, ok bool) {
	if len(b) < 2 {
		return nil, nil, false
	}
	n := int(binary.LittleEndian.Uint16(b))
	if len(b) < 2+n {
		return nil, nil, false
	}
	return b[2 : 2+n], b[2+n:], true
}

func (t *Tower) floor(i int, left, right []byte) {
	switch left[0] {
	case floorUUID:
		if i == 0 && len(left) >= 19 {
			t.Interface = Syntax{UUID: Rep(true).UUID(left[1:]), Major: binary.LittleEndian.Uint16(left[17:])}
			if len(right) >= 2 {
				t.Interface.Minor = binary.LittleEndian.Uint16(right)
			}
		}
	case FloorTCP, FloorUDP, FloorHTTP:
		t.Transport = left[0]
		if len(right) >= 2 {
			t.Port = binary.BigEndian.Uint16(right)
		}
	case FloorIP:
		if len(right) >= 4 {
			t.IPv4 = [4]byte(right)
		}
	case FloorPipe:
		t.Transport = left[0]
		t.Pipe = bytes.TrimRight(right, "\x00")
	}
}

// Entry is one row of the endpoint mapper's table. Annotation is what the
// server says about itself, without the final NUL; it points into the decoded
// buffer.
type Entry struct {
	Object     UUID
	Annotation []byte
	Tower      Tower
}

// Entries walks the rows of an ept_lookup response.
type Entries struct {
	rep    Rep
	heads  []byte // objects and annotations, then the towers
	towers []byte
	left   int
}

// DecodeLookup reads the stub of an ept_lookup response: a context handle,
// a count, the rows, and behind them their towers (C706 appendix O; NDR puts
// what pointers point to after the array).
func DecodeLookup(rep Rep, stub []byte) (Entries, error) {
	if len(stub) < 36 {
		return Entries{}, ErrShort
	}
	n := int(rep.Uint32(stub[20:]))
	actual := int(rep.Uint32(stub[32:]))
	if n > 500 || actual != n {
		return Entries{}, ErrLength
	}
	e := Entries{rep: rep, heads: stub[36:], left: n}
	at := 36
	for range n {
		if len(stub) < at+28 {
			return Entries{}, ErrShort
		}
		length := int(rep.Uint32(stub[at+24:]))
		if length > 64 {
			return Entries{}, ErrLength
		}
		at += (28 + length + 3) &^ 3
	}
	if at > len(stub) {
		return Entries{}, ErrShort
	}
	e.towers = stub[at:]
	return e, nil
}

// Next is the next row; false when there are no more.
func (e *Entries) Next() (Entry, bool) {
	if e.left == 0 || len(e.heads) < 28 {
		return Entry{}, false
	}
	h := e.heads
	length := int(e.rep.Uint32(h[24:]))
	x := Entry{Object: e.rep.UUID(h), Annotation: bytes.TrimRight(h[28:28+length], "\x00")}
	if e.rep.Uint32(h[16:]) != 0 {
		var tower []byte
		tower, e.towers = cutTower(e.rep, e.towers)
		x.Tower, _ = DecodeTower(tower)
	}
	e.heads, e.left = h[min(len(h), (28+length+3)&^3):], e.left-1
	return x, true
}

// cutTower cuts one conformant tower off b: allocated size, length, octets,
// padded to four bytes.
func cutTower(rep Rep, b []byte) (tower, rest []byte) {
	if len(b) < 8 {
		return nil, nil
	}
	n := rep.Uint32(b[4:])
	if uint64(n)+8 > uint64(len(b)) {
		return nil, nil
	}
	end := 8 + int(n)
	return b[8:end], b[min(len(b), (end+3)&^3):]
}

// Towers walks the towers of an ept_map response.
type Towers struct {
	rep  Rep
	rest []byte
	left int
}

// DecodeMap reads the stub of an ept_map response: a context handle, a count,
// an array of pointers (four bytes each) and the towers.
func DecodeMap(rep Rep, stub []byte) (Towers, error) {
	if len(stub) < 36 {
		return Towers{}, ErrShort
	}
	n := int(rep.Uint32(stub[20:]))
	if n > 500 || int(rep.Uint32(stub[32:])) != n {
		return Towers{}, ErrLength
	}
	if len(stub) < 36+4*n {
		return Towers{}, ErrShort
	}
	return Towers{rep: rep, rest: stub[36+4*n:], left: n}, nil
}

// Next is the next tower; false when there are no more.
func (t *Towers) Next() (Tower, bool) {
	if t.left == 0 {
		return Tower{}, false
	}
	var b []byte
	b, t.rest = cutTower(t.rep, t.rest)
	if b == nil {
		t.left = 0
		return Tower{}, false
	}
	t.left--
	x, err := DecodeTower(b)
	return x, err == nil
}
