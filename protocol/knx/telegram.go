package knx

import "encoding/binary"

// cEMI message codes of telegrams (KNX Standard 3/6/3).
const (
	codeRequest    = 0x11 // L_Data.req
	codeConfirm    = 0x2e
	codeIndication = 0x29
	PropertyRead   = 0xfc // M_PropRead.req
	PropertyWrite  = 0xf6
	ResetRequest   = 0xf1
)

// Application services (KNX Standard 3/3/7): the ten bits of the APCI, of which
// group services use only the upper four.
const (
	GroupRead       = 0x000
	GroupResponse   = 0x040
	GroupWrite      = 0x080
	AddressWrite    = 0x0c0
	MemoryRead      = 0x200
	MemoryWrite     = 0x280
	UserMemoryWrite = 0x2c2
	DescriptorRead  = 0x300
	Restart         = 0x380
	AuthorizeReq    = 0x3d1
	KeyWrite        = 0x3d3
	PropValueRead   = 0x3d5
	PropValueWrite  = 0x3d7
	SerialWrite     = 0x3de
)

// Telegram is one telegram to or from the bus. Data is what follows the
// service; the value of up to six bits that is sent within it is in Small.
type Telegram struct {
	Code        uint8 // cEMI message code
	Source      Individual
	Group       bool // Destination is a group address, else that of a device
	Destination uint16
	Control     bool // only the transport layer speaks: connect, acknowledge
	Service     uint16
	Small       uint8
	Data        []byte
}

// Telegram reads the telegram that a tunnelling, routing or device
// configuration message carries.
func (m Message) Telegram() (Telegram, bool) {
	b := m.Body
	switch m.Service {
	case Tunnel, DeviceConfig:
		if len(b) < 4 || int(b[0]) > len(b) {
			return Telegram{}, false
		}
		b = b[b[0]:]
	case Routing:
	default:
		return Telegram{}, false
	}
	if len(b) < 1 {
		return Telegram{}, false
	}
	switch b[0] {
	case codeRequest, codeConfirm, codeIndication:
		return data(b)
	case PropertyRead, PropertyWrite, ResetRequest:
		return Telegram{Code: b[0], Data: b[1:]}, m.Service == DeviceConfig
	}
	return Telegram{}, false
}

// data reads an L_Data message: additional information, two control bytes,
// addresses, a length and the transport layer's data.
func data(b []byte) (Telegram, bool) {
	const fixed = 8
	if len(b) < 2 || len(b) < 2+int(b[1])+fixed {
		return Telegram{}, false
	}
	t := Telegram{Code: b[0]}
	b = b[2+int(b[1]):]
	t.Source, t.Group = Individual(binary.BigEndian.Uint16(b[2:])), b[1]&0x80 != 0
	t.Destination = binary.BigEndian.Uint16(b[4:])
	n := int(b[6])
	tpdu := b[7:]
	t.Control = tpdu[0]&0x80 != 0
	if t.Control || n == 0 || len(tpdu) < 2 {
		t.Control = true
		return t, true
	}
	apci := binary.BigEndian.Uint16(tpdu) & 0x3ff
	t.Data = tpdu[2:min(len(tpdu), n+1)]
	t.Service, t.Small = apci, 0
	switch family := apci & 0x3c0; family {
	case GroupRead, GroupResponse, GroupWrite, AddressWrite:
		t.Service, t.Small = family, uint8(apci&0x3f)
	case MemoryRead, 0x240, MemoryWrite:
		t.Service = family // the lower bits count bytes
	case Restart:
		t.Service = family
	}
	return t, true
}
