// Package umas decodes Schneider Electric UMAS, the engineering protocol of
// Modicon controllers (Unity, Control Expert), which travels inside Modbus
// function 90 (0x5a).
//
// It reads bytes and returns values: it opens no socket, keeps no state and
// pairs no response with its request. A response does not repeat its function
// code, so that bodies of responses are read by functions of their own, chosen
// by who paired them.
//
// Schneider has not published UMAS. The function codes are those that public
// research agrees on (Kaspersky ICS-CERT 2022, Black Hat Europe 2024, Apache
// PLC4X); bodies are read only as far as they were proved on a capture.
// Numbers are little-endian.
package umas

import (
	"bytes"
	"encoding/binary"
	"errors"
)

// Errors of this package. A PDU comes whole inside a Modbus PDU: ErrShort means
// that it was cut off.
var ErrShort = errors.New("umas: short message")

// Function is a UMAS function code.
type Function uint8

// Function codes. Upload and download are named as ATT&CK and most of the field
// do: a download writes the controller's program. Schneider's own names are the
// other way round.
const (
	Init            Function = 0x01
	ReadID          Function = 0x02
	ReadProject     Function = 0x03
	ReadStatus      Function = 0x04
	ReadCard        Function = 0x06
	Echo            Function = 0x0a
	Reserve         Function = 0x10
	Release         Function = 0x11
	KeepAlive       Function = 0x12
	ReadMemory      Function = 0x20
	WriteMemory     Function = 0x21
	ReadVariables   Function = 0x22
	WriteVariables  Function = 0x23
	ReadRegisters   Function = 0x24
	WriteRegisters  Function = 0x25
	DataDictionary  Function = 0x26
	ReadPhysical    Function = 0x28
	WritePhysical   Function = 0x29
	BeginDownload   Function = 0x30
	DownloadBlock   Function = 0x31
	EndDownload     Function = 0x32
	BeginUpload     Function = 0x33
	UploadBlock     Function = 0x34
	EndUpload       Function = 0x35
	Backup          Function = 0x36
	Signed          Function = 0x38
	ReadEthMaster   Function = 0x39
	Start           Function = 0x40
	Stop            Function = 0x41
	InitPLC         Function = 0x42
	Swap            Function = 0x43
	Monitor         Function = 0x50
	ForcedBits      Function = 0x52
	Check           Function = 0x58
	Nonces          Function = 0x6e
	ReadIO          Function = 0x70
	WriteIO         Function = 0x71
	ReadRack        Function = 0x72
	ReadModule      Function = 0x73
	DiagnoseModule  Function = 0x74
	ResponseRefused Function = 0xfd
	ResponseOK      Function = 0xfe
)

// Message is one UMAS request or response. Data is what follows the function
// code; it points into the decoded buffer.
type Message struct {
	Session  uint8 // the key given with a reservation, 0 without one
	Function Function
	Data     []byte
}

// Decode reads the UMAS message that fills b: what follows Modbus function code
// 90. It takes all of b.
func Decode(b []byte) (Message, int, error) {
	if len(b) < 2 {
		return Message{}, 0, ErrShort
	}
	return Message{Session: b[0], Function: Function(b[1]), Data: b[2:len(b):len(b)]}, len(b), nil
}

// Answer reports whether the function code is one of a response.
func (m Message) Answer() bool { return m.Function == ResponseOK || m.Function == ResponseRefused }

// Unwrap is the message inside a signed one: a marker byte and a signature of
// 32 bytes precede it. It is not ok when the message is no signed one.
func (m Message) Unwrap() (Message, bool) {
	const header = 33
	if m.Function != Signed || len(m.Data) < header+1 {
		return Message{}, false
	}
	d := m.Data[header:]
	return Message{Session: m.Session, Function: Function(d[0]), Data: d[1:]}, true
}

// Identity is the answer to ReadID. Model points into the decoded buffer.
type Identity struct {
	Range    uint16
	Ident    uint32 // hardware identifier
	Version  uint16 // firmware, major in the high byte, minor as two BCD digits
	Internal uint16 // internal revision ("IR")
	Hardware uint16
	Model    []byte // "140 CPU 311 10", "BMX P34 2020"
}

// ReadIdentity reads the data of a response to ReadID.
func ReadIdentity(data []byte) (Identity, bool) {
	const at = 22 // length of the model's name
	if len(data) <= at {
		return Identity{}, false
	}
	n := int(data[at])
	if n == 0 || n > len(data)-at-1 {
		return Identity{}, false
	}
	id := Identity{
		Range:    binary.LittleEndian.Uint16(data),
		Ident:    binary.LittleEndian.Uint32(data[2:]),
		Version:  binary.LittleEndian.Uint16(data[8:]),
		Internal: binary.LittleEndian.Uint16(data[12:]),
		Hardware: binary.LittleEndian.Uint16(data[14:]),
		Model:    text(data[at+1 : at+1+n]),
	}
	return id, printable(id.Model)
}

// Project is the answer to ReadProject with sub code 0. Name points into the
// decoded buffer.
type Project struct {
	Name     []byte
	Revision [3]uint8 // major, minor, build
	Year     uint16   // of the last change, with the fields that follow
	Month    uint8
	Day      uint8
	Hour     uint8
	Minute   uint8
	Second   uint8
}

// ReadProjectInfo reads the data of a response to ReadProject with sub code 0.
// The answer to other sub codes has no name there and is not ok.
func ReadProjectInfo(data []byte) (Project, bool) {
	const at = 38 // length of the name
	if len(data) <= at {
		return Project{}, false
	}
	n := int(data[at])
	if n == 0 || n > len(data)-at-1 {
		return Project{}, false
	}
	p := Project{
		Second: data[27], Minute: data[28], Hour: data[29], Day: data[30], Month: data[31],
		Year:     binary.LittleEndian.Uint16(data[32:]),
		Revision: [3]uint8{data[36], data[35], data[34]},
		Name:     text(data[at+1 : at+1+n]),
	}
	return p, printable(p.Name) && p.Month >= 1 && p.Month <= 12 && p.Day >= 1 && p.Day <= 31
}

// CardName is the memory card's type in the answer to ReadCard, "BMXRMS008MP".
func CardName(data []byte) []byte {
	const at = 6
	if len(data) <= at || int(data[at]) > len(data)-at-1 {
		return nil
	}
	if name := text(data[at+1 : at+1+int(data[at])]); printable(name) {
		return name
	}
	return nil
}

// Owner is the name of the station that asks for a reservation.
func Owner(data []byte) []byte {
	const at = 4
	if len(data) <= at || int(data[at]) > len(data)-at-1 {
		return nil
	}
	if name := text(data[at+1 : at+1+int(data[at])]); printable(name) {
		return name
	}
	return nil
}

// Memory is the range that a ReadMemory or WriteMemory request names.
type Memory struct {
	Block  uint16
	Offset uint32
	Length uint16
}

// ReadRange reads the data of a ReadMemory or WriteMemory request.
func ReadRange(data []byte) (Memory, bool) {
	if len(data) < 9 {
		return Memory{}, false
	}
	return Memory{
		Block:  binary.LittleEndian.Uint16(data[1:]),
		Offset: binary.LittleEndian.Uint32(data[3:]),
		Length: binary.LittleEndian.Uint16(data[7:]),
	}, true
}

// Block is the number of the program block in a DownloadBlock, UploadBlock,
// EndDownload or EndUpload request.
func Block(data []byte) (uint16, bool) {
	if len(data) < 4 {
		return 0, false
	}
	return binary.LittleEndian.Uint16(data[2:]), true
}

// text is b up to the first NUL, without blanks around it.
func text(b []byte) []byte {
	if i := bytes.IndexByte(b, 0); i >= 0 {
		b = b[:i]
	}
	return bytes.TrimSpace(b)
}

// printable reports whether b is non-empty text: no control characters.
func printable(b []byte) bool {
	for _, c := range b {
		if c < ' ' || c == 0x7f {
			return false
		}
	}
	return len(b) > 0
}
