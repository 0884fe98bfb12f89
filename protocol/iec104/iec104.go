// Package iec104 decodes IEC 60870-5-104: the telecontrol protocol of
// substations and pipelines over TCP.
//
// Decode reads one APDU: its control field and, in the information format, the
// bytes of its ASDU. DecodeASDU reads the ASDU's header, ASDU.Objects walks
// its information objects, and Object.Value reads what they hold. Everything
// points into the caller's buffer and nothing is allocated. The field widths
// are those the companion standard fixes for TCP (cause 2, common address 2,
// object address 3 octets); the narrower ones of IEC 60870-5-101 are not read.
//
// Reference: IEC 60870-5-104:2006 ed. 2.0, clause 5; IEC 60870-5-101:2003,
// clause 7; IEC 60870-5-5 and its file transfer.
package iec104

import (
	"encoding/binary"
	"errors"
)

// Errors of this package. ErrShort means "give me more bytes"; the others mean
// that the bytes are not the protocol and never will be.
var (
	ErrShort   = errors.New("iec104: short frame")
	ErrStart   = errors.New("iec104: start octet is not 0x68")
	ErrLength  = errors.New("iec104: length outside 4 to 253")
	ErrControl = errors.New("iec104: control field fits no format")
)

// Format is the format of an APDU.
type Format uint8

// Formats.
const (
	Information Format = iota // carries an ASDU
	Supervisory               // acknowledges
	Unnumbered                // starts, stops or tests the transfer
)

// Function is what an unnumbered APDU does.
type Function uint8

// Functions of unnumbered APDUs; Act asks, Con confirms.
const (
	StartAct Function = 0x07
	StartCon Function = 0x0b
	StopAct  Function = 0x13
	StopCon  Function = 0x23
	TestAct  Function = 0x43
	TestCon  Function = 0x83
)

const (
	start     = 0x68
	controlAt = 2
	asduAt    = 6
	// MaxSize is the longest APDU.
	MaxSize = 2 + 253
)

// APDU is one application protocol data unit. ASDU points into the decoded
// buffer; it is nil but in the information format.
type APDU struct {
	Format   Format
	Function Function // of an unnumbered APDU
	Send     uint16   // sequence number of an information APDU
	Receive  uint16   // what it acknowledges
	ASDU     []byte
}

// Decode reads the APDU at the start of b and returns the number of bytes it
// took.
func Decode(b []byte) (APDU, int, error) {
	if len(b) > 0 && b[0] != start {
		return APDU{}, 0, ErrStart
	}
	if len(b) < 2 {
		return APDU{}, 0, ErrShort
	}
	n := 2 + int(b[1])
	if n < asduAt || n > MaxSize {
		return APDU{}, 0, ErrLength
	}
	if n > len(b) {
		return APDU{}, 0, ErrShort
	}
	a, err := control(b[:n])
	if err != nil {
		return APDU{}, 0, err
	}
	return a, n, nil
}

func control(b []byte) (APDU, error) {
	first, third := binary.LittleEndian.Uint16(b[controlAt:]), binary.LittleEndian.Uint16(b[controlAt+2:])
	switch {
	case first&1 == 0 && third&1 == 0:
		if len(b) == asduAt {
			return APDU{}, ErrControl
		}
		return APDU{Format: Information, Send: first >> 1, Receive: third >> 1, ASDU: b[asduAt:]}, nil
	case len(b) != asduAt:
		return APDU{}, ErrControl
	case first == 1 && third&1 == 0:
		return APDU{Format: Supervisory, Receive: third >> 1}, nil
	case third == 0 && known(Function(b[controlAt])) && b[controlAt+1] == 0:
		return APDU{Format: Unnumbered, Function: Function(b[controlAt])}, nil
	}
	return APDU{}, ErrControl
}

func known(f Function) bool {
	switch f {
	case StartAct, StartCon, StopAct, StopCon, TestAct, TestCon:
		return true
	}
	return false
}
