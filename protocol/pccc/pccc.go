// Package pccc decodes the Programmable Controller Communication Commands of
// Allen-Bradley PLC-5, SLC 500 and MicroLogix controllers, as carried by CIP
// (class 0x67, Execute PCCC), by the CSPv4 protocol on TCP port 2222 and by
// DF1 links.
//
// It reads command, status, transaction and function, the address of a logical
// read or write, and the answer to Diagnostic Status, which names the
// controller. Pairing replies with requests is the caller's; replies carry no
// function code. All slices in results point into the decoded buffer.
//
// Reference: Rockwell publication 1770-6.5.16, DF1 Protocol and Command Set
// Reference Manual, October 1996, chapters 6 to 10.
package pccc

import (
	"encoding/binary"
	"errors"
)

// Errors that the decoders wrap. ErrShort means "give me more bytes"; the
// others mean that the bytes are something else.
var (
	ErrShort    = errors.New("pccc: short message")
	ErrProtocol = errors.New("pccc: not a CSPv4 header")
	ErrLayout   = errors.New("pccc: answer has another layout")
)

// Commands that have a function code behind the transaction number.
const (
	CommandDiagnostic = 0x06
	CommandMode       = 0x07
	CommandTyped      = 0x0f
)

const (
	replyBit      = 0x40
	priorityBit   = 0x20
	extendedError = 0xf0
)

// Message is one command or reply.
type Message struct {
	Command     uint8 // without the reply and priority bits
	Reply       bool
	Status      uint8 // 0: done; replies only
	Extended    uint8 // extended status of a reply with status 0xf0
	Transaction uint16
	HasFunction bool
	Function    uint8
	Data        []byte
}

// Decode reads the message that b holds; a message has no length of its own,
// so all of b is taken.
func Decode(b []byte) (Message, int, error) {
	if len(b) < 4 {
		return Message{}, 0, ErrShort
	}
	m := Message{
		Command:     b[0] &^ (replyBit | priorityBit),
		Reply:       b[0]&replyBit != 0,
		Status:      b[1],
		Transaction: binary.LittleEndian.Uint16(b[2:]),
		Data:        b[4:],
	}
	if m.Reply {
		if m.Status == extendedError && len(m.Data) > 0 {
			m.Extended, m.Data = m.Data[0], m.Data[1:]
		}
		return m, len(b), nil
	}
	switch m.Command {
	case CommandDiagnostic, CommandMode, CommandTyped:
		if len(m.Data) == 0 {
			return Message{}, 0, ErrShort
		}
		m.HasFunction, m.Function, m.Data = true, m.Data[0], m.Data[1:]
	}
	return m, len(b), nil
}

// Code is the command and, where it has one, the function: 0x0faa.
func (m *Message) Code() uint16 { return uint16(m.Command)<<8 | uint16(m.Function) }

// Requestor is who sent a command through CIP: the start of the data of
// Execute PCCC, in requests and replies.
type Requestor struct {
	Vendor uint16
	Serial uint32
}

// DecodeRequestor reads the requestor and returns where the message begins.
func DecodeRequestor(b []byte) (Requestor, int, error) {
	if len(b) < 1 || len(b) < int(b[0]) {
		return Requestor{}, 0, ErrShort
	}
	n := int(b[0])
	if n < 1 {
		return Requestor{}, 0, ErrLayout
	}
	if n < 7 {
		return Requestor{}, n, nil
	}
	return Requestor{Vendor: binary.LittleEndian.Uint16(b[1:]), Serial: binary.LittleEndian.Uint32(b[3:])}, n, nil
}

// Address is what a typed logical read or write is about: a data table file
// and an element of it.
type Address struct {
	Bytes   uint8 // how many bytes are read or written
	File    uint16
	Type    FileType
	Element uint16
	Sub     uint16
	Value   []byte // what a write writes
}

// DecodeAddress reads the address of a protected typed logical read or write
// (functions 0xa1, 0xa2, 0xa9, 0xaa, 0xab).
func DecodeAddress(function uint8, data []byte) (Address, error) {
	var a Address
	if len(data) < 4 {
		return a, ErrShort
	}
	a.Bytes = data[0]
	rest := data[1:]
	var ok bool
	if a.File, rest, ok = field(rest); !ok || len(rest) < 1 {
		return a, ErrShort
	}
	a.Type, rest = FileType(rest[0]), rest[1:]
	if a.Element, rest, ok = field(rest); !ok {
		return a, ErrShort
	}
	switch function {
	case 0xa2, 0xaa, 0xab:
		if a.Sub, rest, ok = field(rest); !ok {
			return a, ErrShort
		}
	case 0xa1, 0xa9:
	default:
		return a, ErrLayout
	}
	a.Value = rest
	return a, nil
}

// field reads a number of one byte, or of two behind 0xff.
func field(b []byte) (uint16, []byte, bool) {
	switch {
	case len(b) < 1:
		return 0, b, false
	case b[0] != 0xff:
		return uint16(b[0]), b[1:], true
	case len(b) < 3:
		return 0, b, false
	}
	return binary.LittleEndian.Uint16(b[1:]), b[3:], true
}

// FileType is the type of a file in a controller's memory.
type FileType uint8

// Types of files that say what a write does.
const (
	FileLadder      FileType = 0x22
	FileForceOutput FileType = 0xa1
	FileForceInput  FileType = 0xa2
)

// Letter is what programmers call a data file by, "" for other files.
func (t FileType) Letter() string {
	switch t {
	case 0x82, 0x8b:
		return "O"
	case 0x83, 0x8c:
		return "I"
	case 0x84:
		return "S"
	case 0x85:
		return "B"
	case 0x86:
		return "T"
	case 0x87:
		return "C"
	case 0x88:
		return "R"
	case 0x89:
		return "N"
	case 0x8a:
		return "F"
	case 0x8d:
		return "ST"
	case 0x8e:
		return "A"
	case 0x91:
		return "L"
	case 0x92:
		return "MG"
	case 0x93:
		return "PD"
	case 0x94:
		return "PLS"
	}
	return ""
}

// Name is what kind of file it is, "file" when unknown.
func (t FileType) Name() string {
	switch t {
	case FileLadder:
		return "ladder logic file"
	case 0x48, 0x4a, 0x6a, 0xe0, 0xe2, 0xe3:
		return "function file"
	case 0x49:
		return "channel configuration file"
	case 0x65:
		return "online edit file"
	case FileForceOutput:
		return "output force file"
	case FileForceInput:
		return "input force file"
	}
	if t.Letter() != "" {
		return "data file"
	}
	return "file"
}

// Diagnostic is the answer to Diagnostic Status (command 0x06, function 0x03)
// of an SLC 500 or MicroLogix controller.
type Diagnostic struct {
	Interface uint8  // extended interface type
	Processor uint8  // extended processor type
	Series    byte   // 'A' …
	Revision  byte   // 'A' …
	Bulletin  []byte // what it is ordered by, "1763-LEC", padded with spaces
	Fault     uint16 // major error word
	Mode      uint8  // low five bits of the status word S:1
	Forced    bool   // forces are installed
	Program   uint16 // program id
}

// DecodeDiagnostic reads the data of the answer.
func DecodeDiagnostic(data []byte) (Diagnostic, error) {
	const typeExtender = 0xee
	if len(data) < 16 {
		return Diagnostic{}, ErrShort
	}
	if data[1] != typeExtender {
		return Diagnostic{}, ErrLayout
	}
	d := Diagnostic{
		Interface: data[2],
		Processor: data[3],
		Series:    'A' + data[4]>>5,
		Revision:  'A' + data[4]&0x1f,
		Bulletin:  data[5:16:16],
	}
	if len(data) >= 22 {
		d.Fault = binary.LittleEndian.Uint16(data[16:])
		d.Mode = data[18] & 0x1f
		d.Forced = data[18]&0x60 == 0x60
		d.Program = binary.LittleEndian.Uint16(data[20:])
	}
	return d, nil
}

// ModeText is the controller's mode and the position of its key switch, each
// "" when the mode word does not say.
func (d *Diagnostic) ModeText() (mode, key string) {
	switch d.Mode {
	case 0x00, 0x10:
		mode = "download"
	case 0x01, 0x11:
		mode = "program"
	case 0x03, 0x1b:
		mode = "suspend"
	case 0x06, 0x1e:
		mode = "run"
	case 0x07:
		mode = "test"
	case 0x08, 0x09:
		mode = "test"
	}
	switch d.Mode {
	case 0x01, 0x03, 0x06, 0x07, 0x08, 0x09:
		key = "remote"
	case 0x10, 0x11:
		key = "program"
	case 0x1b, 0x1e:
		key = "run"
	}
	return mode, key
}
