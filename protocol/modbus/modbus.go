// Package modbus decodes Modbus/TCP application data units.
//
// It reads bytes and returns values: it opens no socket, keeps no state and
// reads no clock. Pairing requests with responses is done by its caller, and so
// is telling them apart: the bytes of both look alike. Schneider's UMAS, which
// travels in function 90, is read by package umas.
//
// Reference: MODBUS Application Protocol Specification V1.1b3; MODBUS
// Messaging on TCP/IP Implementation Guide V1.0b.
package modbus

import (
	"encoding/binary"
	"errors"
)

// Errors that Decode wraps. ErrShort means "give me more bytes"; the others
// mean that the bytes are not Modbus/TCP.
var (
	ErrShort    = errors.New("modbus: short frame")
	ErrProtocol = errors.New("modbus: protocol identifier is not 0")
	ErrLength   = errors.New("modbus: length is not possible")
)

// HeaderLen is the length of the MBAP header without the unit identifier.
const HeaderLen = 6

// maxLength bounds the length field: unit identifier and a PDU of 253 bytes.
// Schneider's UMAS uses up to 1,024 bytes.
const maxLength = 1100

// Function is a function code without the exception bit.
type Function uint8

// Function codes (section 5.1 of the specification; 90 and 125 to 127 are
// vendors').
const (
	ReadCoils              Function = 1
	ReadDiscreteInputs     Function = 2
	ReadHoldingRegisters   Function = 3
	ReadInputRegisters     Function = 4
	WriteSingleCoil        Function = 5
	WriteSingleRegister    Function = 6
	ReadExceptionStatus    Function = 7
	Diagnostics            Function = 8
	CommEventCounter       Function = 11
	CommEventLog           Function = 12
	WriteMultipleCoils     Function = 15
	WriteMultipleRegisters Function = 16
	ReportServerID         Function = 17
	ReadFileRecord         Function = 20
	WriteFileRecord        Function = 21
	MaskWriteRegister      Function = 22
	ReadWriteRegisters     Function = 23
	ReadFIFO               Function = 24
	Encapsulated           Function = 43
	Unity                  Function = 90
	FirmwareReplacement    Function = 125
)

// ADU is one application data unit. Data is the PDU behind the function code
// and points into the decoded buffer: copy it before the buffer is reused.
type ADU struct {
	Transaction uint16
	Unit        uint8
	Function    Function
	Exception   bool
	Data        []byte
}

// Decode reads the first ADU in b and returns the number of bytes it took.
func Decode(b []byte) (ADU, int, error) {
	if len(b) < HeaderLen {
		return ADU{}, 0, ErrShort
	}
	if b[2] != 0 || b[3] != 0 {
		return ADU{}, 0, ErrProtocol
	}
	n := int(binary.BigEndian.Uint16(b[4:]))
	if n < 2 || n > maxLength {
		return ADU{}, 0, ErrLength
	}
	if len(b) < HeaderLen+n {
		return ADU{}, 0, ErrShort
	}
	return ADU{
		Transaction: binary.BigEndian.Uint16(b),
		Unit:        b[6],
		Function:    Function(b[7] & 0x7f),
		Exception:   b[7]&0x80 != 0,
		Data:        b[8 : HeaderLen+n],
	}, HeaderLen + n, nil
}
