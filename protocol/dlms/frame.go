// Package dlms decodes the framings of DLMS/COSEM, which electricity, gas and
// water meters speak: the wrapper of TCP and UDP, and HDLC frames carried over
// them; and, lightly, the APDUs inside.
//
// Decode reads one frame of either framing, DecodeAPDU what it carries:
// associations with their kind of authentication, and which attribute of which
// object a request gets, sets or calls. Everything points into the caller's
// buffer and nothing is allocated. Values are not read but for octet strings,
// ciphered APDUs stay closed, and segmented HDLC frames are not joined.
//
// Reference: DLMS UA 1000-2 ed. 10 (Green Book), clauses 8 (HDLC), 7.3.3
// (wrapper) and 9 (application layer); IEC 62056-46, -47 and -5-3.
package dlms

import (
	"encoding/binary"
	"errors"
)

// Errors of this package. ErrShort means "give me more bytes"; the others mean
// that the bytes are not DLMS.
var (
	ErrShort    = errors.New("dlms: short frame")
	ErrProtocol = errors.New("dlms: neither a wrapper nor an HDLC frame")
	ErrChecksum = errors.New("dlms: HDLC check sequence is wrong")
)

// Framing is what is around an APDU.
type Framing uint8

// Framings.
const (
	Wrapper Framing = iota
	HDLC
)

// Control is the kind of an HDLC frame, without its poll bit and counters.
type Control uint8

// HDLC frames.
const (
	Information Control = 0x00
	Ready       Control = 0x01
	NotReady    Control = 0x05
	SetMode     Control = 0x83 // SNRM, opens the link
	Acknowledge Control = 0x63 // UA
	Disconnect  Control = 0x43
	Disconnects Control = 0x0f // DM, the link is closed
	Reject      Control = 0x87 // FRMR
	Unnumbered  Control = 0x03 // UI
)

// Frame is one frame. APDU is borrowed and nil where there is none.
type Frame struct {
	Framing     Framing
	Source      uint32 // wrapper port, or HDLC address
	Destination uint32
	Control     Control // of an HDLC frame
	Command     bool    // the HDLC frame's APDU comes from the client
	Segmented   bool    // more frames follow with the rest of the APDU
	Sound       bool    // the check sequences are right; the header's always is
	APDU        []byte
}

const (
	wrapperLen = 8
	flag       = 0x7e
	// MaxAPDU is the longest APDU in a wrapper that is believed.
	MaxAPDU = 1<<16 - 1
)

// Decode reads the frame at the start of b and returns the number of bytes it
// took.
func Decode(b []byte) (Frame, int, error) {
	if len(b) == 0 {
		return Frame{}, 0, ErrShort
	}
	switch b[0] {
	case 0:
		return decodeWrapper(b)
	case flag:
		return decodeHDLC(b)
	}
	return Frame{}, 0, ErrProtocol
}

func decodeWrapper(b []byte) (Frame, int, error) {
	if len(b) > 1 && b[1] != 1 {
		return Frame{}, 0, ErrProtocol
	}
	if len(b) < wrapperLen {
		return Frame{}, 0, ErrShort
	}
	n := wrapperLen + int(binary.BigEndian.Uint16(b[6:]))
	f := Frame{
		Sound:       true,
		Source:      uint32(binary.BigEndian.Uint16(b[2:])),
		Destination: uint32(binary.BigEndian.Uint16(b[4:])),
	}
	// Wrapper port 0 is that of no station.
	if n == wrapperLen || f.Source == 0 || f.Destination == 0 {
		return Frame{}, 0, ErrProtocol
	}
	if n > len(b) {
		return Frame{}, 0, ErrShort
	}
	f.APDU = b[wrapperLen:n:n]
	return f, n, nil
}

// decodeHDLC reads a frame of type 3: flag, format and length, two addresses,
// control, and with an information field two check sequences.
func decodeHDLC(b []byte) (Frame, int, error) {
	if len(b) > 1 && b[1]&0xf0 != 0xa0 {
		return Frame{}, 0, ErrProtocol
	}
	if len(b) < 3 {
		return Frame{}, 0, ErrShort
	}
	size := int(binary.BigEndian.Uint16(b[1:]) & 0x7ff)
	n := size + 2 // both flags
	if size < 7 {
		return Frame{}, 0, ErrProtocol
	}
	if n > len(b) {
		return Frame{}, 0, ErrShort
	}
	if b[n-1] != flag {
		return Frame{}, 0, ErrProtocol
	}
	f, err := body(b[1 : n-1])
	if err != nil {
		return Frame{}, 0, err
	}
	return f, n, nil
}

// body reads what is between the flags.
func body(b []byte) (Frame, error) {
	f := Frame{Framing: HDLC, Segmented: b[0]&8 != 0}
	dst, k := address(b[2:])
	src, l := address(b[2+k:])
	at := 2 + k + l
	if k == 0 || l == 0 || at+3 > len(b) {
		return Frame{}, ErrProtocol
	}
	// The check sequence of the header goes before the information. A frame
	// without any has only this one.
	if checksum(b[:at+3]) != 0 {
		return Frame{}, ErrChecksum
	}
	f.Destination, f.Source, f.Control, f.Sound = dst, src, control(b[at]), true
	if information := b[at+3:]; len(information) > 0 {
		if len(information) < 2 {
			return Frame{}, ErrProtocol
		}
		f.Sound = checksum(b) == 0
		f.APDU, f.Command = link(f.Control, information[:len(information)-2])
	}
	return f, nil
}

// address reads an HDLC address of one, two or four octets: the last has its
// lowest bit set.
func address(b []byte) (uint32, int) {
	var v uint32
	for i := range min(4, len(b)) {
		v = v<<7 | uint32(b[i]>>1)
		if b[i]&1 != 0 {
			return v, i + 1
		}
	}
	return 0, 0
}

// control drops the counters of numbered frames and the poll bit.
func control(c byte) Control {
	switch {
	case c&1 == 0:
		return Information
	case c&3 == 1:
		return Control(c & 0x0f)
	}
	return Control(c &^ 0x10)
}

// link takes the LLC header off the information of a data frame. Parameters of
// a connection set-up are no APDU.
func link(c Control, b []byte) (apdu []byte, command bool) {
	if c != Information && c != Unnumbered {
		return nil, false
	}
	if len(b) >= 3 && b[0] == 0xe6 && b[2] == 0 && (b[1] == 0xe6 || b[1] == 0xe7) {
		return b[3:], b[1] == 0xe6
	}
	return nil, false // a later segment
}

// checksum is the frame check sequence of HDLC over b with its own two octets:
// 0 when they are right.
func checksum(b []byte) uint16 {
	const good = 0xf0b8
	crc := uint16(0xffff)
	for _, c := range b {
		crc ^= uint16(c)
		crc = crc>>4 ^ crcTable[crc&0x0f]
		crc = crc>>4 ^ crcTable[crc&0x0f]
	}
	return crc ^ good
}

// crcTable is that of CRC-16/X-25, polynomial 0x1021 reflected, by the lower
// nibble.
var crcTable = [16]uint16{
	0x0000, 0x1081, 0x2102, 0x3183, 0x4204, 0x5285, 0x6306, 0x7387,
	0x8408, 0x9489, 0xa50a, 0xb58b, 0xc60c, 0xd68d, 0xe70e, 0xf78f,
}
