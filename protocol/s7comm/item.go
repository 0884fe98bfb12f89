package s7comm

// Area is where in the controller a variable lies.
type Area uint8

// Areas.
const (
	SystemInfo200    Area = 0x03
	SystemFlags200   Area = 0x05
	AnalogInputs200  Area = 0x06
	AnalogOutputs200 Area = 0x07
	Counters         Area = 0x1c
	Timers           Area = 0x1d
	Counters200      Area = 0x1e
	Timers200        Area = 0x1f
	Peripheral       Area = 0x80
	Inputs           Area = 0x81
	Outputs          Area = 0x82
	Flags            Area = 0x83
	DataBlock        Area = 0x84
	InstanceData     Area = 0x85
	LocalData        Area = 0x86
	CallerLocalData  Area = 0x87
)

// Syntax says how an item addresses its variable.
type Syntax uint8

// Syntaxes.
const (
	AnyPointer Syntax = 0x10 // area, data block, bit address
	Alarm      Syntax = 0x19 // alarm acknowledgement and query
	NCK        Syntax = 0x82 // SINUMERIK variable; 0x83 and 0x84 too
	DriveES    Syntax = 0xa2 // drive parameter
	DBRead     Syntax = 0xb0 // several places in data blocks
	Symbolic   Syntax = 0xb2 // symbolic access to an S7-1200 or S7-1500
)

// Transport sizes of items, as far as their length matters.
const (
	sizeBit     = 1
	sizeWord    = 4
	sizeInt     = 5
	sizeDWord   = 6
	sizeDInt    = 7
	sizeReal    = 8
	sizeTOD     = 10
	sizeTime    = 11
	sizeS5Time  = 12
	sizeDate    = 15
	sizeCounter = 28
	sizeTimer   = 29
)

// Item is one variable that a job asks for. Fields that its syntax does not
// have are zero.
type Item struct {
	Syntax  Syntax
	Size    uint8  // transport size: the element's type
	Count   uint16 // number of elements
	DB      uint16
	Area    Area
	Address uint32 // in bits, or the number of a counter or timer
	Spec    []byte // all bytes behind the syntax; points into the decoded bytes
}

// Bit reports an item that is bits.
func (i Item) Bit() bool { return i.Size == sizeBit }

// Numbered reports areas whose addresses are numbers and not bits.
func (i Item) Numbered() bool {
	switch i.Area {
	case Counters, Timers, Counters200, Timers200:
		return true
	}
	return false
}

// Range is the first and the last byte the item covers, or the first and the
// last number of a counter or timer.
func (i Item) Range() (from, to uint32) {
	n := max(uint32(i.Count), 1)
	if i.Numbered() {
		return i.Address, i.Address + n - 1
	}
	from = i.Address >> 3
	if i.Bit() {
		return from, (i.Address + n - 1) >> 3
	}
	return from, from + n*elementLen(i.Size) - 1
}

// elementLen is the length in bytes of one element of a transport size.
func elementLen(size uint8) uint32 {
	switch size {
	case sizeWord, sizeInt, sizeS5Time, sizeCounter, sizeTimer:
		return 2
	case sizeDWord, sizeDInt, sizeReal, sizeTOD, sizeTime:
		return 4
	case sizeDate:
		return 8
	}
	return 1
}

// Items reads the variables of a ReadVar or WriteVar job one after the other.
type Items struct {
	rest  []byte
	parts []byte // places of a DBRead item that are still to come
	left  int
}

// DecodeItems begins to read the variables in the parameters of a ReadVar or
// WriteVar job.
func DecodeItems(param []byte) Items {
	if len(param) < 2 {
		return Items{}
	}
	return Items{rest: param[2:], left: int(param[1])}
}

// Next is the next variable. A DBRead item gives each of its places.
func (c *Items) Next() (Item, bool) {
	if len(c.parts) >= 5 {
		return c.part(), true
	}
	if c.left == 0 || len(c.rest) < 3 || c.rest[0] != 0x12 {
		return Item{}, false
	}
	end := 2 + int(c.rest[1])
	if end < 3 || end > len(c.rest) {
		return Item{}, false
	}
	i := Item{Syntax: Syntax(c.rest[2]), Spec: c.rest[3:end:end]}
	c.advance(end)
	if i.Syntax == DBRead && len(i.Spec) >= 6 {
		c.parts = i.Spec[1:]
		return c.part(), true
	}
	return decodeItem(i), true
}

// advance moves to the next item, which begins at an even offset.
func (c *Items) advance(n int) {
	c.left--
	c.rest = c.rest[min(n+n&1, len(c.rest)):]
}

// part is the next place of a DBRead item: number of bytes, data block, first
// byte.
func (c *Items) part() Item {
	b := c.parts
	c.parts = b[5:]
	return Item{
		Syntax: DBRead, Size: 2, Count: uint16(b[0]), Area: DataBlock,
		DB: be16(b[1:]), Address: uint32(be16(b[3:])) << 3, Spec: b[:5:5],
	}
}

func decodeItem(i Item) Item {
	s := i.Spec
	switch {
	case i.Syntax == AnyPointer && len(s) >= 9:
		i.Size, i.Count, i.DB, i.Area = s[0], be16(s[1:]), be16(s[3:]), Area(s[5])
		i.Address = uint32(s[6])<<16 | uint32(be16(s[7:]))
	case i.Syntax == Symbolic && len(s) >= 9:
		decodeSymbolic(&i)
	}
	return i
}

// decodeSymbolic finds the area of a symbolic address: 0x8a0e and a data
// block's number, or 0 and one of the other areas.
func decodeSymbolic(i *Item) {
	kind, which := be16(i.Spec[1:]), be16(i.Spec[3:])
	switch {
	case kind == 0x8a0e:
		i.Area, i.DB = DataBlock, which
	case kind == 0 && which >= 0x50 && which <= 0x54:
		i.Area = [...]Area{Inputs, Outputs, Flags, Counters, Timers}[which-0x50]
	}
}

// CyclicItems begins to read the variables in the value of a request for
// cyclic or change-driven transfer: a count, the time base and factor, then
// items as in a job.
func CyclicItems(value []byte) Items {
	if len(value) < 4 {
		return Items{}
	}
	return Items{rest: value[4:], left: int(be16(value))}
}
