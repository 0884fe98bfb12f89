package s7plus

import "bytes"

// DecodeVersionText reads a session's version text, such as
// "1;6ES7 215-1HG40-0XB0;V4.5": order number and firmware. Both point into the
// text. It is false for texts of another form, such as "2;793".
func DecodeVersionText(text []byte) (order, firmware []byte, ok bool) {
	_, rest, ok := bytes.Cut(text, []byte{';'})
	if !ok {
		return nil, nil, false
	}
	order, firmware, ok = bytes.Cut(rest, []byte{';'})
	order = bytes.TrimSpace(order)
	if !ok || len(order) < 8 {
		return nil, nil, false
	}
	return order, bytes.TrimSpace(firmware), true
}

// Identity is an identification and maintenance record 0. Texts point into the
// decoded bytes; padding is cut off.
type Identity struct {
	Vendor   uint16 // 42: Siemens
	Order    []byte
	Serial   []byte
	Hardware uint16
	Firmware [4]byte // a letter and three numbers
}

// DecodeIdentity reads an I&M0 record with its block header.
func DecodeIdentity(b []byte) (Identity, bool) {
	if len(b) < 50 || be16(b) != 0x0020 || be16(b[2:]) != 0x0038 {
		return Identity{}, false
	}
	return Identity{
		Vendor: be16(b[6:]), Order: bytes.TrimRight(b[8:28:28], " \x00"),
		Serial: bytes.TrimRight(b[28:44:44], " \x00"), Hardware: be16(b[44:]),
		Firmware: [4]byte(b[46:50]),
	}, true
}

// AppendFirmware appends the firmware as a person writes it, such as "V2.2.0",
// to b, or nothing when the record has none.
func (i Identity) AppendFirmware(b []byte) []byte {
	if c := i.Firmware[0]; c < 'A' || c > 'Z' {
		return b
	}
	b = append(b, i.Firmware[0])
	for k, v := range i.Firmware[1:] {
		if k > 0 {
			b = append(b, '.')
		}
		b = appendUint(b, uint64(v))
	}
	return b
}

// BlockClass is the usual abbreviation for blocks of a class, "" when the
// class is no block of a program.
func BlockClass(class uint32) string {
	switch {
	case class == ClassDB:
		return "DB"
	case class == ClassFB:
		return "FB"
	case class == ClassFC:
		return "FC"
	case class == ClassOB, class >= 2637 && class <= 2658: // one class for each kind of event
		return "OB"
	case class >= ClassUDT && class <= 3935:
		return "UDT"
	}
	return ""
}

func appendUint(b []byte, v uint64) []byte {
	var digits [20]byte
	i := len(digits)
	for {
		i--
		digits[i] = '0' + byte(v%10)
		if v /= 10; v == 0 {
			return append(b, digits[i:]...)
		}
	}
}
