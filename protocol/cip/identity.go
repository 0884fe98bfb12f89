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

// Interface is attribute 5 of the TCP/IP Interface object, class 0xf5. The
// addresses are numbers with the first byte on top.
type Interface struct {
	Address, Netmask, Gateway, NameServer, NameServer2 uint32
	Domain                                             []byte
}

// DecodeInterface reads the interface configuration.
func DecodeInterface(b []byte) (Interface, error) {
	if len(b) < 20 {
		return Interface{}, ErrShort
	}
	return Interface{
		Address:     binary.LittleEndian.Uint32(b),
		Netmask:     binary.LittleEndian.Uint32(b[4:]),
		Gateway:     binary.LittleEndian.Uint32(b[8:]),
		NameServer:  binary.LittleEndian.Uint32(b[12:]),
		NameServer2: binary.LittleEndian.Uint32(b[16:]),
		Domain:      String(b[20:]),
	}, nil
}
