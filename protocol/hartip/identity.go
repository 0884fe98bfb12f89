package hartip

import "encoding/binary"

// Identity is the answer to commands 0, 11 and 21: who a device is.
type Identity struct {
	DeviceType    uint16 // expanded device type; with revision 5 maker and type, one byte each
	Universal     uint8  // revision of HART
	Revision      uint8  // of the device's command set
	Software      uint8
	Hardware      uint8
	Flags         uint8
	Serial        [3]byte // device id
	Manufacturer  uint16  // 0 when the answer is too old to hold it apart
	Label         uint16  // private label distributor
	Multi, Bridge bool    // has several sensors; is a bridge to other devices
}

// DecodeIdentity reads the data of an answer to commands 0, 11 and 21.
func DecodeIdentity(data []byte) (Identity, error) {
	const expansion = 254
	if len(data) < 12 {
		return Identity{}, ErrShort
	}
	if data[0] != expansion {
		return Identity{}, ErrLayout
	}
	id := Identity{
		DeviceType: binary.BigEndian.Uint16(data[1:]),
		Universal:  data[4],
		Revision:   data[5],
		Software:   data[6],
		Hardware:   data[7] >> 3,
		Flags:      data[8],
		Serial:     [3]byte(data[9:12]),
		Multi:      data[8]&0x01 != 0,
		Bridge:     data[8]&0x04 != 0,
	}
	switch {
	case len(data) >= 21 && id.Universal >= 7:
		id.Manufacturer = binary.BigEndian.Uint16(data[17:])
		id.Label = binary.BigEndian.Uint16(data[19:])
	case id.Universal < 7:
		id.Manufacturer = uint16(data[1])
	}
	return id, nil
}

// Tag is the answer to command 13 and the data of command 18, unpacked into
// the arrays; spaces fill them up.
type Tag struct {
	Tag        [8]byte
	Descriptor [16]byte
}

// DecodeTag reads the data of an answer to command 13.
func DecodeTag(data []byte) (Tag, error) {
	var t Tag
	if len(data) < 18 {
		return t, ErrShort
	}
	Unpack(t.Tag[:], data)
	Unpack(t.Descriptor[:], data[6:])
	return t, nil
}

// Unpack turns packed ASCII, four characters in three bytes, into dst as far
// as src reaches, and returns how many characters it wrote. Bit 6 of a
// character is the opposite of its bit 5.
func Unpack(dst, src []byte) int {
	for i := range dst {
		bit := 6 * i
		at, shift := bit/8, bit%8
		if at >= len(src) {
			return i
		}
		w := uint16(src[at]) << 8
		if at+1 < len(src) {
			w |= uint16(src[at+1])
		} else if shift > 2 {
			return i
		}
		c := byte(w>>(10-shift)) & 0x3f
		dst[i] = c | ^c<<1&0x40
	}
	return len(dst)
}

// LongTag is the answer to command 20: up to 32 characters of Latin-1, padded
// with zeroes or spaces.
func LongTag(data []byte) []byte { return data[:min(32, len(data))] }
