// Package rocplus decodes ROC Plus, the protocol of Emerson ROC800 and FloBoss
// flow computers and RTUs (TCP 4000, and serial lines).
//
// It reads bytes and returns values: it opens no socket, keeps no state and
// pairs no response with its request. Requests and responses look alike; who
// sends tells them apart. Of the bodies it reads logins, without the password,
// the system configuration and file names.
//
// Reference: Emerson A6127 "ROC Plus Protocol Specifications Manual", sections
// 1 and 2. Numbers in bodies are little-endian.
package rocplus

import (
	"bytes"
	"encoding/binary"
	"errors"
)

// Errors of this package. ErrShort means "give me more bytes"; the others mean
// that the bytes are not ROC Plus.
var (
	ErrShort = errors.New("rocplus: short message")
	ErrCRC   = errors.New("rocplus: checksum is wrong")
)

// Opcode is an operation code.
type Opcode uint8

// Operation codes (A6127, section 2).
const (
	SystemConfig         Opcode = 6
	ReadClock            Opcode = 7
	SetClock             Opcode = 8
	ReadConfigurable     Opcode = 10
	WriteConfigurable    Opcode = 11
	Login                Opcode = 17
	StoreAndForward      Opcode = 24
	IOPosition           Opcode = 50
	UserDefinedInfo      Opcode = 100
	MinMaxToday          Opcode = 105
	HistoryTag           Opcode = 108
	AlarmData            Opcode = 118
	EventData            Opcode = 119
	SingleHistory        Opcode = 135
	MultipleHistory      Opcode = 136
	HistoryIndex         Opcode = 137
	DailyPeriodicHistory Opcode = 138
	HistoryInformation   Opcode = 139
	SetPoint             Opcode = 166
	ReadPoint            Opcode = 167
	ReadParameters       Opcode = 180
	WriteParameters      Opcode = 181
	FileTransfer         Opcode = 203
	PeerToPeer           Opcode = 205
	TransactionHistory   Opcode = 206
	SpontaneousReport    Opcode = 224
	AcknowledgeReport    Opcode = 225
	ErrorIndicator       Opcode = 255
)

const headerLen = 6

// Message is one request or response. Data points into the decoded buffer.
type Message struct {
	DestinationUnit, DestinationGroup uint8
	SourceUnit, SourceGroup           uint8
	Opcode                            Opcode
	Data                              []byte
}

// Decode reads the first message in b and returns the number of bytes it took.
func Decode(b []byte) (Message, int, error) {
	if len(b) < headerLen+2 {
		return Message{}, 0, ErrShort
	}
	end := headerLen + int(b[5])
	if len(b) < end+2 {
		return Message{}, 0, ErrShort
	}
	if sum := binary.LittleEndian.Uint16(b[end:]); sum != crc(0, b[:end]) && sum != crc(0xffff, b[:end]) {
		return Message{}, 0, ErrCRC
	}
	return Message{
		DestinationUnit: b[0], DestinationGroup: b[1], SourceUnit: b[2], SourceGroup: b[3],
		Opcode: Opcode(b[4]), Data: b[headerLen:end:end],
	}, end + 2, nil
}

// crc is CRC-16 with the reflected polynomial 0xa001. The manual starts it with
// 0; software that starts with 0xffff, as Modbus does, is about too.
func crc(c uint16, b []byte) uint16 {
	for _, v := range b {
		c ^= uint16(v)
		for range 8 {
			if c&1 != 0 {
				c = c>>1 ^ 0xa001
			} else {
				c >>= 1
			}
		}
	}
	return c
}

// Credentials is the body of a login request. It says that a password is
// there, never which.
type Credentials struct {
	Operator []byte
	Logout   bool
	Enhanced bool // with session keys or user names of 30 characters
}

// Credentials reads the data of a login request: standard, with an operator of
// three characters, or enhanced, with one of thirty.
func (m Message) Credentials() (Credentials, bool) {
	if m.Opcode != Login {
		return Credentials{}, false
	}
	switch len(m.Data) {
	case 5, 6:
		return Credentials{Operator: text(m.Data[:3])}, true
	case 11:
		return Credentials{Operator: text(m.Data[:3]), Logout: true}, true
	case 70, 71:
		return Credentials{Operator: text(m.Data[:30]), Enhanced: true}, true
	case 76:
		return Credentials{Operator: text(m.Data[:30]), Enhanced: true, Logout: true}, true
	}
	return Credentials{}, false
}

// System is the answer to a request for the system configuration (opcode 6).
type System struct {
	Mode     uint8  // 0 firmware update, 1 run
	Port     uint16 // the device's port that the request came in by
	Security uint8  // access mode of that port
	Revision uint8  // 0 original, 1 extended
	Subtype  uint8  // 1 series 2
	Type     uint8  // 6 ROC800
}

// System reads the data of a response to a request for the system
// configuration.
func (m Message) System() (System, bool) {
	if m.Opcode != SystemConfig || len(m.Data) < 19 {
		return System{}, false
	}
	return System{
		Mode: m.Data[0], Port: binary.LittleEndian.Uint16(m.Data[1:]), Security: m.Data[3],
		Revision: m.Data[5], Subtype: m.Data[6], Type: m.Data[18],
	}, true
}

// FileCommand is the command in a file transfer: 1 open, 2 read, 3 write, 4
// close, 5 delete, 6 and 64 read directory.
func (m Message) FileCommand() (uint8, bool) {
	if m.Opcode != FileTransfer || len(m.Data) == 0 {
		return 0, false
	}
	return m.Data[0], true
}

// Point is one parameter: type of point, logical number and parameter.
type Point struct {
	Type, Logical, Parameter uint8
}

// Point is the first parameter that a request to read or write parameters
// names, or the point of a request to set or read one point. Count is the
// number of parameters.
func (m Message) Point() (p Point, count uint8, ok bool) {
	d := m.Data
	switch {
	case (m.Opcode == ReadParameters || m.Opcode == WriteParameters) && len(d) >= 4:
		return Point{d[1], d[2], d[3]}, d[0], true
	case (m.Opcode == SetPoint || m.Opcode == ReadPoint) && len(d) >= 4:
		return Point{d[0], d[1], d[3]}, d[2], true
	}
	return Point{}, 0, false
}

// text is b up to the first NUL, without blanks around it.
func text(b []byte) []byte {
	if i := bytes.IndexByte(b, 0); i >= 0 {
		b = b[:i]
	}
	return bytes.TrimSpace(b)
}
