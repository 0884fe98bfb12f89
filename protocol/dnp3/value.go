package dnp3

import (
	"encoding/binary"
	"math"
)

// Control is a control relay output block: what is done to one output.
type Control struct {
	// Operation is the low nibble of the control code: 1 pulse on, 2 pulse
	// off, 3 latch on, 4 latch off.
	Operation uint8
	// Code is the whole control code, with close (0x40) or trip (0x80).
	Code   uint8
	Count  uint8
	On     uint32 // milliseconds
	Off    uint32
	Status uint8
}

// Control reads a control relay output block.
func (p Point) Control() (Control, bool) {
	if p.Group != GroupControl || p.Variation != 1 || len(p.Data) < 11 {
		return Control{}, false
	}
	return Control{
		Operation: p.Data[0] & 0x0f,
		Code:      p.Data[0],
		Count:     p.Data[1],
		On:        binary.LittleEndian.Uint32(p.Data[2:]),
		Off:       binary.LittleEndian.Uint32(p.Data[6:]),
		Status:    p.Data[10] & 0x7f,
	}, true
}

// Status is the status octet of a control or set point, as a response echoes
// it: 0 is success.
func (p Point) Status() (uint8, bool) {
	switch {
	case p.Group == GroupControl && p.Variation <= 2, p.Group == GroupAnalogOutput:
		if len(p.Data) > 0 {
			return p.Data[len(p.Data)-1] & 0x7f, true
		}
	}
	return 0, false
}

// Setpoint is the value of an analog output block.
func (p Point) Setpoint() (float64, bool) {
	if p.Group != GroupAnalogOutput {
		return 0, false
	}
	switch b := p.Data; {
	case p.Variation == 1 && len(b) == 5:
		return float64(int32(binary.LittleEndian.Uint32(b))), true
	case p.Variation == 2 && len(b) == 3:
		return float64(int16(binary.LittleEndian.Uint16(b))), true
	case p.Variation == 3 && len(b) == 5:
		return float64(math.Float32frombits(binary.LittleEndian.Uint32(b))), true
	case p.Variation == 4 && len(b) == 9:
		return math.Float64frombits(binary.LittleEndian.Uint64(b)), true
	}
	return 0, false
}

// Attributes of a device, variations of group 0: IEEE 1815-2012 table 11-1.
const (
	AttrSoftware     = 242
	AttrHardware     = 243
	AttrLocation     = 245
	AttrID           = 246
	AttrName         = 247
	AttrSerial       = 248
	AttrSubset       = 249
	AttrProduct      = 250
	AttrManufacturer = 252
)

// Attribute is the text of a device attribute, borrowed. It is false for one
// that is no text.
func (p Point) Attribute() ([]byte, bool) {
	const visible = 1
	if p.Group != GroupAttributes || len(p.Data) < 2 || p.Data[0] != visible {
		return nil, false
	}
	return p.Data[2:], true
}

// Modes of opening a file.
const (
	FileDelete = 0
	FileRead   = 1
	FileWrite  = 2
	FileAppend = 3
)

// File reads what a file command (group 70, variation 3) names and the mode it
// asks for. The name is borrowed.
func (p Point) File() (name []byte, mode uint16, ok bool) {
	const fixed = 26
	if p.Group != GroupFile || p.Variation != 3 || len(p.Data) < fixed {
		return nil, 0, false
	}
	name, ok = p.slice(0)
	return name, binary.LittleEndian.Uint16(p.Data[20:]), ok
}

// Login is the account that a file authentication (group 70, variation 2)
// names, borrowed. Its password crosses in clear.
func (p Point) Login() (user []byte, password, ok bool) {
	if p.Group != GroupFile || p.Variation != 2 || len(p.Data) < 12 {
		return nil, false, false
	}
	user, ok = p.slice(0)
	return user, binary.LittleEndian.Uint16(p.Data[6:]) != 0, ok
}

// slice reads a string that the object gives by offset and length at that
// place.
func (p Point) slice(at int) ([]byte, bool) {
	from := int(binary.LittleEndian.Uint16(p.Data[at:]))
	to := from + int(binary.LittleEndian.Uint16(p.Data[at+2:]))
	if to > len(p.Data) {
		return nil, false
	}
	return p.Data[from:to:to], true
}
