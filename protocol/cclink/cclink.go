// Package cclink decodes the headers of CC-Link IE: the frames of Control,
// Field and TSN (EtherType 0x890F), and the cyclic messages of Field Basic
// (UDP port 61450).
//
// It reads what kind of frame it is, which kind of node sent it and, of Field
// Basic, what a station says of itself. Cyclic data and the services within
// transient frames are not read. Field Basic wears the dress of SLMP; other
// SLMP messages are package slmp's.
//
// Reference: CC-Link Partner Association, BAP-C1605 (Field), BAP-C2008 (TSN)
// and BAP-C2010 (Field Basic); numbers held against public captures.
package cclink

import (
	"encoding/binary"
	"errors"
)

// Errors of the decoders.
var (
	ErrShort  = errors.New("cclink: short frame")
	ErrType   = errors.New("cclink: unknown frame type")
	ErrFormat = errors.New("cclink: not a cyclic message of Field Basic")
)

// Type is the kind of a frame.
type Type uint8

// Types of frames that say which kind of node sent them.
const (
	Persuasion  Type = 0x10
	TestData    Type = 0x11
	TestDataAck Type = 0x12
)

// Name is what the specification calls a frame type, "" for an unknown one.
func (t Type) Name() string {
	switch {
	case t >= 0x10 && t <= 0x15:
		return [...]string{"persuasion", "testData", "testDataAck", "setup", "setupAck", "token"}[t-0x10]
	case t >= 0x40 && t <= 0x43:
		return [...]string{"measure", "measureAck", "offset", "update"}[t-0x40]
	case t >= 0x82 && t <= 0x85:
		return [...]string{"cyclicDataRWw", "cyclicDataRY", "cyclicDataRWr", "cyclicDataRX"}[t-0x82]
	case t >= 0xc0 && t <= 0xc5:
		return [...]string{"acyclicPriority", "acyclicDetection", "acyclicDetectionAck", "acyclicData", "cyclicM", "cyclicS"}[t-0xc0]
	}
	switch t {
	case 0x1c:
		return "timer"
	case 0x20:
		return "myStatus"
	case 0x22:
		return "transient1"
	case 0x23:
		return "transientAck"
	case 0x25:
		return "transient2"
	case 0x26:
		return "ipTransient"
	case 0x28:
		return "paramCheck"
	case 0x29:
		return "parameter"
	}
	return ""
}

// IsTSN reports whether only the TSN generation sends such frames. They have no
// common header.
func (t Type) IsTSN() bool { return t >= 0xc0 }

// Networks, the lower half of the protocol byte.
const (
	NetworkControl = 0
	NetworkField   = 1
	NetworkTSN     = 3
)

// Frame is the header of one frame. For a TSN type only Type is set.
type Frame struct {
	Type     Type
	DataType uint8
	NodeType uint8 // persuasion and test frames: '0' master, '2' local, '3' … '5' others
	Node     uint16
	Network  uint8
}

const headerSize = 14

// Decode reads the header of a frame behind its EtherType.
func Decode(b []byte) (Frame, error) {
	if len(b) < 1 {
		return Frame{}, ErrShort
	}
	f := Frame{Type: Type(b[0])}
	switch {
	case f.Type.Name() == "":
		return Frame{}, ErrType
	case f.Type.IsTSN():
		return f, nil
	case len(b) < headerSize:
		return Frame{}, ErrShort
	}
	f.DataType, f.NodeType, f.Node, f.Network = b[1], b[5], binary.BigEndian.Uint16(b[6:]), b[8]&0xf
	return f, nil
}

// NodeName says which kind of node sent a persuasion or test frame, "" when it
// does not say.
func (f Frame) NodeName() string {
	if f.Type < Persuasion || f.Type > TestDataAck {
		return ""
	}
	switch {
	case f.Network == NetworkField && f.NodeType >= '0' && f.NodeType <= '5':
		return [...]string{"master station", "", "local station", "intelligent device station", "remote device station", "remote I/O station"}[f.NodeType-'0']
	case f.Network == NetworkControl && f.NodeType == 2:
		return "normal station"
	}
	return ""
}

// Basic is a cyclic message of Field Basic.
type Basic struct {
	Response bool
	End      uint16 // responses: 0 is no error
	Vendor   uint16 // responses: CLPA's number of the manufacturer, 0 unsaid
	Model    uint32
	Version  uint16
	UnitInfo uint16  // bit 0: the master or slave application runs
	Master   [4]byte // requests: the master's address
	Group    uint8
	Station  [4]byte // responses: the station's address
	Sequence uint16
}

const (
	slmpHeader = 9
	basicBody  = slmpHeader + 2 // behind the timer or the reserved word
	smallest   = basicBody + 48
	cyclic     = 0x0e70
)

// DecodeBasic reads one message of Field Basic and returns the number of bytes
// it took.
func DecodeBasic(b []byte) (Basic, int, error) {
	if len(b) >= 2 && (b[0] != 0x50 && b[0] != 0xd0 || b[1] != 0) {
		return Basic{}, 0, ErrFormat
	}
	if len(b) < basicBody+10 {
		return Basic{}, 0, ErrShort
	}
	n := slmpHeader + int(binary.LittleEndian.Uint16(b[7:]))
	if b[0] == 0x50 && binary.LittleEndian.Uint16(b[basicBody:]) != cyclic || b[2] != 0 || b[3] != 0xff {
		return Basic{}, 0, ErrFormat
	}
	m := Basic{Response: b[0] == 0xd0}
	at := basicBody + 8 // the offset of the cyclic part stands behind the version
	if m.Response {
		at = basicBody + 4
	}
	start := basicBody + int(binary.LittleEndian.Uint16(b[at:]))
	if start+8 > n || n < smallest || start < basicBody+28 {
		return Basic{}, 0, ErrFormat
	}
	if len(b) < n {
		return Basic{}, 0, ErrShort
	}
	if m.Response {
		m.response(b, start)
	} else {
		m.request(b, start)
	}
	return m, n, nil
}

func (m *Basic) request(b []byte, start int) {
	m.UnitInfo = binary.LittleEndian.Uint16(b[basicBody+24:])
	m.Master, m.Group, m.Sequence = reversed(b[start:]), b[start+4], binary.LittleEndian.Uint16(b[start+6:])
}

func (m *Basic) response(b []byte, start int) {
	u16 := func(at int) uint16 { return binary.LittleEndian.Uint16(b[basicBody+at:]) }
	m.End, m.Vendor, m.Model, m.Version, m.UnitInfo = u16(2), u16(20), binary.LittleEndian.Uint32(b[basicBody+24:]), u16(28), u16(32)
	m.Station, m.Group, m.Sequence = reversed(b[start:]), b[start+4], binary.LittleEndian.Uint16(b[start+6:])
}

// reversed reads an IPv4 address, which is sent with its last byte first.
func reversed(b []byte) [4]byte { return [4]byte{b[3], b[2], b[1], b[0]} }
