// Package synchrophasor decodes the frames that phasor measurement units and
// phasor data concentrators exchange over TCP and UDP.
//
// Decode reads the part that all frames share and checks the checksum;
// Frame.Command reads a command, Frame.Stations walks the stations of a
// configuration. Everything points into the caller's buffer and nothing is
// allocated. The values of data frames are not read: their layout is known only
// from a configuration sent earlier.
//
// Reference: IEEE C37.118.2-2011, clause 6 (and C37.118-2005, clause 6, whose
// frames are the same without configuration frame 3).
package synchrophasor

import (
	"encoding/binary"
	"errors"
)

// Errors of this package. ErrShort means "give me more bytes"; ErrProtocol that
// the bytes are no synchrophasor frame and never will be.
var (
	ErrShort    = errors.New("synchrophasor: short frame")
	ErrProtocol = errors.New("synchrophasor: not a frame")
)

// Type is what a frame carries, bits 6 to 4 of its second octet.
type Type uint8

// Frame types.
const (
	Data    Type = 0
	Header  Type = 1
	Config1 Type = 2
	Config2 Type = 3
	Command Type = 4
	Config3 Type = 5
)

const (
	sync      = 0xaa
	headerLen = 14
	// MinSize is the least frame: the common part and the checksum.
	MinSize = headerLen + 2
)

// Frame is one frame. Body lies between the common part and the checksum and
// points into the decoded buffer.
type Frame struct {
	Type    Type
	Version uint8  // 1 for the 2005, 2 for the 2011 standard
	ID      uint16 // the stream's number: that of the unit or concentrator
	Seconds uint32 // seconds since 1970
	// Fraction is the fraction of the second in units of the configuration's
	// time base, with the quality of the time in its top octet.
	Fraction uint32
	Body     []byte
	// Sound says that the checksum is right.
	Sound bool
}

// Decode reads the frame at the start of b and returns the number of bytes it
// took.
func Decode(b []byte) (Frame, int, error) {
	if len(b) > 0 && b[0] != sync || len(b) > 1 && !plausible(b[1]) {
		return Frame{}, 0, ErrProtocol
	}
	if len(b) < 4 {
		return Frame{}, 0, ErrShort
	}
	n := int(binary.BigEndian.Uint16(b[2:]))
	if n < MinSize {
		return Frame{}, 0, ErrProtocol
	}
	if n > len(b) {
		return Frame{}, 0, ErrShort
	}
	return Frame{
		Type:     Type(b[1] >> 4),
		Version:  b[1] & 0x0f,
		ID:       binary.BigEndian.Uint16(b[4:]),
		Seconds:  binary.BigEndian.Uint32(b[6:]),
		Fraction: binary.BigEndian.Uint32(b[10:]),
		Body:     b[headerLen : n-2 : n-2],
		Sound:    checksum(b[:n-2]) == binary.BigEndian.Uint16(b[n-2:]),
	}, n, nil
}

// plausible judges the octet of type and version: bit 7 is reserved, there are
// six types, and the version counts from 1.
func plausible(b byte) bool { return b>>4 <= byte(Config3) && b&0x0f != 0 }

// crcTable is that of CRC-CCITT, polynomial 0x1021, by the upper nibble.
var crcTable = [16]uint16{
	0x0000, 0x1021, 0x2042, 0x3063, 0x4084, 0x50a5, 0x60c6, 0x70e7,
	0x8108, 0x9129, 0xa14a, 0xb16b, 0xc18c, 0xd1ad, 0xe1ce, 0xf1ef,
}

// checksum is CRC-CCITT begun with all ones and not inverted.
func checksum(b []byte) uint16 {
	crc := uint16(0xffff)
	for _, c := range b {
		crc = crc<<4 ^ crcTable[crc>>12^uint16(c>>4)]
		crc = crc<<4 ^ crcTable[crc>>12^uint16(c&0x0f)]
	}
	return crc
}

// Order is what a command frame asks for.
type Order uint16

// Orders.
const (
	StopData    Order = 1
	StartData   Order = 2
	SendHeader  Order = 3
	SendConfig1 Order = 4
	SendConfig2 Order = 5
	SendConfig3 Order = 6
	Extended    Order = 8 // with data of the user's own
)

// Order is the order of a command frame.
func (f Frame) Order() (Order, bool) {
	if f.Type != Command || len(f.Body) < 2 {
		return 0, false
	}
	return Order(binary.BigEndian.Uint16(f.Body)), true
}

// Text is the text of a header frame, for people: what the unit is, where it
// stands, how it is wired. It is borrowed.
func (f Frame) Text() ([]byte, bool) {
	return f.Body, f.Type == Header
}
