package s7comm

// ReturnCode says how one item went.
type ReturnCode uint8

// Return codes.
const (
	CodeReserved     ReturnCode = 0x00 // requests carry it
	CodeHardware     ReturnCode = 0x01
	CodeDenied       ReturnCode = 0x03
	CodeAddress      ReturnCode = 0x05
	CodeType         ReturnCode = 0x06
	CodeInconsistent ReturnCode = 0x07
	CodeMissing      ReturnCode = 0x0a
	CodeSuccess      ReturnCode = 0xff
)

// Transport sizes in front of data.
const (
	dataNull   = 0
	dataBit    = 3 // length in bits
	dataByte   = 4 // length in bits
	dataInt    = 5 // length in bits
	dataDInt   = 6
	dataReal   = 7
	dataOctets = 9
)

// DataItem is one value with its return code. Value points into the decoded
// bytes.
type DataItem struct {
	Code  ReturnCode
	Size  uint8 // transport size
	Value []byte
}

// Uint is the value as a number, when it is one to four bytes that are not a
// floating-point number or text.
func (d DataItem) Uint() (uint32, bool) {
	if d.Size == dataReal || d.Size == dataOctets || len(d.Value) == 0 || len(d.Value) > 4 {
		return 0, false
	}
	var v uint32
	for _, c := range d.Value {
		v = v<<8 | uint32(c)
	}
	return v, true
}

// DecodeData reads the value at the start of b and returns the number of bytes
// it took. It is false when the bytes are not all there: then Value is what
// there is. The data of userdata is one such item.
func DecodeData(b []byte) (d DataItem, n int, whole bool) {
	if len(b) < 4 {
		return DataItem{}, 0, false
	}
	d = DataItem{Code: ReturnCode(b[0]), Size: b[1]}
	length := int(be16(b[2:]))
	if d.Size == dataBit || d.Size == dataByte || d.Size == dataInt {
		length = (length + 7) / 8
	}
	end := 4 + length
	if end > len(b) {
		d.Value = b[4:]
		return d, len(b), false
	}
	d.Value = b[4:end:end]
	return d, end, true
}

// DataItems reads the values of a WriteVar job or a ReadVar answer.
type DataItems struct {
	rest []byte
	left int
}

// DecodeDataItems begins to read the values in the data of a WriteVar job or a
// ReadVar answer; param are the parameters of the same unit.
func DecodeDataItems(param, data []byte) DataItems {
	if len(param) < 2 {
		return DataItems{}
	}
	return DataItems{rest: data, left: int(param[1])}
}

// Next is the next value.
func (c *DataItems) Next() (DataItem, bool) {
	if c.left == 0 {
		return DataItem{}, false
	}
	d, n, whole := DecodeData(c.rest)
	if !whole {
		return DataItem{}, false
	}
	c.left--
	c.rest = c.rest[min(n+n&1, len(c.rest)):] // each begins at an even offset
	return d, true
}

// Codes counts the items of a ReadVar or WriteVar answer that went well and
// those that did not.
func Codes(p PDU) (good, bad int) {
	f, _ := p.Function()
	if f == WriteVar {
		for _, c := range p.Data {
			count(ReturnCode(c), &good, &bad)
		}
		return good, bad
	}
	items := DecodeDataItems(p.Param, p.Data)
	for {
		d, ok := items.Next()
		if !ok {
			return good, bad
		}
		count(d.Code, &good, &bad)
	}
}

func count(c ReturnCode, good, bad *int) {
	if c == CodeSuccess {
		*good++
	} else {
		*bad++
	}
}
