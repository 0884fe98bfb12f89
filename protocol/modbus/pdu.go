package modbus

import "encoding/binary"

// Range is the part of a table that a request is about. Count is the number of
// items; 1 for single writes.
type Range struct {
	Address uint16
	Count   uint16
}

// Last is the address of the last item.
func (r Range) Last() uint32 { return uint32(r.Address) + uint32(max(r.Count, 1)) - 1 }

// Request reads the range of a request, and for writes of one item its value.
// ok is false when the data is no request of that function: too short, or a
// byte count that contradicts the quantity.
func (a *ADU) Request() (r Range, value uint16, ok bool) {
	d := a.Data
	if len(d) < 4 {
		return Range{}, 0, false
	}
	r = Range{binary.BigEndian.Uint16(d), binary.BigEndian.Uint16(d[2:])}
	switch a.Function {
	case ReadCoils, ReadDiscreteInputs:
		return r, 0, len(d) == 4 && r.Count >= 1 && r.Count <= 2000
	case ReadHoldingRegisters, ReadInputRegisters:
		return r, 0, len(d) == 4 && r.Count >= 1 && r.Count <= 125
	case WriteSingleCoil, WriteSingleRegister:
		return Range{r.Address, 1}, r.Count, len(d) == 4
	case WriteMultipleCoils:
		return r, 0, len(d) >= 5 && int(d[4]) == len(d)-5 && int(d[4]) == (int(r.Count)+7)/8
	case WriteMultipleRegisters:
		ok = len(d) >= 5 && int(d[4]) == len(d)-5 && int(d[4]) == 2*int(r.Count)
		if ok && r.Count == 1 {
			value = binary.BigEndian.Uint16(d[5:])
		}
		return r, value, ok
	case MaskWriteRegister:
		return Range{r.Address, 1}, 0, len(d) == 6
	case ReadWriteRegisters:
		if len(d) < 9 || int(d[8]) != len(d)-9 {
			return Range{}, 0, false
		}
		return Range{binary.BigEndian.Uint16(d[4:]), binary.BigEndian.Uint16(d[6:])}, 0, true
	}
	return Range{}, 0, false
}

// Response reports whether the data can be the response to a request for r of
// the same function.
func (a *ADU) Response(r Range) bool {
	d := a.Data
	switch a.Function {
	case ReadCoils, ReadDiscreteInputs:
		return len(d) >= 1 && int(d[0]) == len(d)-1 && int(d[0]) == (int(r.Count)+7)/8
	case ReadHoldingRegisters, ReadInputRegisters, ReadWriteRegisters:
		return len(d) >= 1 && int(d[0]) == len(d)-1 && int(d[0]) == 2*int(r.Count)
	}
	return true
}

// DeviceObject is one object of a device identification response (function 43,
// MEI type 14).
type DeviceObject struct {
	ID    uint8
	Value []byte
}

// Numbers of the device objects (specification, section 6.21).
const (
	ObjectVendor       = 0
	ObjectProductCode  = 1
	ObjectRevision     = 2
	ObjectURL          = 3
	ObjectProductName  = 4
	ObjectModelName    = 5
	ObjectApplication  = 6
	meiReadDevice      = 14
	deviceHeader       = 6 // MEI type, read code, conformity, more, next, count
	conformityLevelMax = 0x83
)

// DeviceObjects calls yield for each object in a device identification
// response, and reports whether the data is one.
func (a *ADU) DeviceObjects(yield func(DeviceObject)) bool {
	d := a.Data
	if a.Function != Encapsulated || len(d) < deviceHeader || d[0] != meiReadDevice || d[2]&0x7f == 0 || d[2] > conformityLevelMax {
		return false
	}
	count := int(d[5])
	d = d[deviceHeader:]
	for range count {
		if len(d) < 2 || len(d) < 2+int(d[1]) {
			return false
		}
		if yield != nil {
			yield(DeviceObject{d[0], d[2 : 2+int(d[1])]})
		}
		d = d[2+int(d[1]):]
	}
	return true
}

// ServerID splits a Report Server ID response (function 17): the identifier,
// which is the vendor's to define, and whether the device runs. ok is false for
// a request.
func (a *ADU) ServerID() (id []byte, running, ok bool) {
	d := a.Data
	if a.Function != ReportServerID || len(d) < 2 || int(d[0]) != len(d)-1 {
		return nil, false, false
	}
	// The run indicator, 0x00 or 0xff, follows the identifier, whose length
	// only the vendor knows: in practice it is one byte, then the indicator,
	// then text.
	d = d[1:]
	for i := 1; i < len(d) && i < 3; i++ {
		if d[i] == 0xff || d[i] == 0 {
			return d[i+1:], d[i] == 0xff, true
		}
	}
	return d, false, true
}

// Subfunction is the diagnostic sub-function of function 8.
func (a *ADU) Subfunction() (uint16, bool) {
	if a.Function != Diagnostics || len(a.Data) < 2 {
		return 0, false
	}
	return binary.BigEndian.Uint16(a.Data), true
}
