package cip

import "encoding/binary"

// Identity is instance 1 of the Identity object, class 0x01, in the order of
// its attributes 1 to 7. ListIdentity of EtherNet/IP has the same order.
type Identity struct {
	Vendor      uint16
	DeviceType  uint16
	ProductCode uint16
	Major       uint8 // revision; the top bit is reserved and left out
	Minor       uint8
	Status      StatusWord
	Serial      uint32
	Product     []byte // as sent, may be padded
}

// DecodeIdentity reads attributes 1 to 7 and returns how many bytes they took.
// A name that the capture cut off is returned as far as it goes.
func DecodeIdentity(b []byte) (Identity, int, error) {
	if len(b) < 15 {
		return Identity{}, 0, ErrShort
	}
	end := min(15+int(b[14]), len(b))
	return Identity{
		Vendor:      binary.LittleEndian.Uint16(b),
		DeviceType:  binary.LittleEndian.Uint16(b[2:]),
		ProductCode: binary.LittleEndian.Uint16(b[4:]),
		Major:       b[6] & 0x7f,
		Minor:       b[7],
		Status:      StatusWord(binary.LittleEndian.Uint16(b[8:])),
		Serial:      binary.LittleEndian.Uint32(b[10:]),
		Product:     b[15:end:end],
	}, end, nil
}

// Set puts the value of one attribute into the identity.
func (id *Identity) Set(a Attribute) {
	v := a.Value
	switch {
	case a.ID == 7:
		id.Product = ShortString(v)
	case a.ID == 4 && len(v) >= 2:
		id.Major, id.Minor = v[0]&0x7f, v[1]
	case a.ID == 6 && len(v) >= 4:
		id.Serial = binary.LittleEndian.Uint32(v)
	case len(v) >= 2:
		id.setWord(a.ID, binary.LittleEndian.Uint16(v))
	}
}

func (id *Identity) setWord(attribute, n uint16) {
	switch attribute {
	case 1:
		id.Vendor = n
	case 2:
		id.DeviceType = n
	case 3:
		id.ProductCode = n
	case 5:
		id.Status = StatusWord(n)
	}
}

// Vendor and device type numbers that change how other fields are read.
const (
	VendorRockwell   = 1
	DeviceController = 14
)

// StatusWord is attribute 5 of the Identity object (volume 1, 5A-2.2.1.5).
type StatusWord uint16

// Owned reports whether the device has an owner that controls it.
func (s StatusWord) Owned() bool { return s&0x0001 != 0 }

// Configured reports whether the device does something else than out of the
// box.
func (s StatusWord) Configured() bool { return s&0x0004 != 0 }

// MajorFault reports a fault that stops the device, recoverable or not.
func (s StatusWord) MajorFault() bool { return s&0x0c00 != 0 }

// MinorFault reports a fault that the device goes on with.
func (s StatusWord) MinorFault() bool { return s&0x0300 != 0 }

// State is the extended device status in words, "" where the standard leaves
// it open.
func (s StatusWord) State() string {
	return [16]string{
		1: "firmware update in progress",
		2: "I/O connection faulted",
		3: "no I/O connection",
		4: "stored configuration bad",
		5: "major fault",
		6: "I/O connection in run mode",
		7: "I/O connections idle",
	}[s>>4&0x0f]
}

// LogixMode is the mode of a Rockwell controller, which shows it in the
// extended device status: "run", "program", "fault" or "" when it does not
// say. Other devices use the same bits for their I/O connections.
func (s StatusWord) LogixMode() string {
	switch {
	case s.MajorFault() || s>>4&0x0f == 5:
		return "fault"
	case s>>4&0x0f == 6:
		return "run"
	case s>>4&0x0f == 7:
		return "program"
	case s>>4&0x0f == 1:
		return "firmware update"
	}
	return ""
}

// LogixKey is the position of the key switch of a Rockwell controller: "run",
// "program", "remote", or "" for one without.
func (s StatusWord) LogixKey() string {
	return [4]string{1: "run", 2: "program", 3: "remote"}[s>>12&3]
}

// ShortString is a SHORT_STRING: one byte of length, then text. What the
// capture cut off is missing.
func ShortString(b []byte) []byte {
	if len(b) == 0 {
		return nil
	}
	end := min(1+int(b[0]), len(b))
	return b[1:end:end]
}

// String is a STRING: two bytes of length, then text.
func String(b []byte) []byte {
	if len(b) < 2 {
		return nil
	}
	end := min(2+int(binary.LittleEndian.Uint16(b)), len(b))
	return b[2:end:end]
}
