// Package powerlink decodes Ethernet POWERLINK: the frames of its cycle, who a
// node says it is, the commands that start and stop nodes, and access to
// objects (SDO).
//
// It reads one frame behind its EtherType (0x88AB) or in a UDP datagram (port
// 3819), where only asynchronous frames come. Process data are not read, SDO
// sequences are not put together. Slices of decoded values point into the
// decoded buffer.
//
// Reference: EPSG DS 301 V1.5.1, chapters 4 (frames), 6.3 (SDO) and 7 (NMT).
package powerlink

import (
	"bytes"
	"encoding/binary"
	"errors"
)

// Errors of Decode.
var (
	ErrShort = errors.New("powerlink: short frame")
	ErrType  = errors.New("powerlink: unknown message type")
)

// Type is the kind of a frame.
type Type uint8

// Types.
const (
	SoC  Type = 1 // start of cycle
	PReq Type = 3 // poll request
	PRes Type = 4 // poll response
	SoA  Type = 5 // start of the asynchronous phase
	ASnd Type = 6 // asynchronous data
	AMNI Type = 7 // active managing node
	AInv Type = 13
)

// Services of an asynchronous frame.
const (
	ServiceIdent      = 1
	ServiceStatus     = 2
	ServiceNMTRequest = 3
	ServiceNMTCommand = 4
	ServiceSDO        = 5
)

// Nodes with a meaning of their own: the managing node and everyone.
const (
	NodeManager   = 240
	NodeBroadcast = 255
)

// Frame is one frame. Service and Data are those of an asynchronous frame.
type Frame struct {
	Type                Type
	Destination, Source uint8
	Service             uint8
	Data                []byte
}

// Decode reads one frame, which takes all of b.
func Decode(b []byte) (Frame, error) {
	if len(b) < 3 {
		return Frame{}, ErrShort
	}
	f := Frame{Type: Type(b[0] & 0x7f), Destination: b[1], Source: b[2], Data: b[3:]}
	switch f.Type {
	case SoC, PReq, PRes, SoA, AMNI, AInv:
		return f, nil
	case ASnd:
		if len(b) < 4 {
			return Frame{}, ErrShort
		}
		f.Service, f.Data = b[3], b[4:]
		return f, nil
	}
	return Frame{}, ErrType
}

// Identity is what a node says of itself.
type Identity struct {
	State      uint8 // of its network management
	Version    uint8 // of POWERLINK: 0x20 is 2.0
	DeviceType uint32
	Vendor     uint32
	Product    uint32
	Revision   uint32
	Serial     uint32
	Address    [4]byte
	Gateway    [4]byte
	Host       []byte
}

const (
	atVersion  = 4
	atDevice   = 22
	atVendor   = 26
	atAddress  = 66
	atGateway  = 74
	atHost     = 78
	hostLength = 32
)

// Identity reads an IdentResponse.
func (f Frame) Identity() (Identity, bool) {
	b := f.Data
	if f.Type != ASnd || f.Service != ServiceIdent || len(b) < atHost+hostLength {
		return Identity{}, false
	}
	u := func(at int) uint32 { return binary.LittleEndian.Uint32(b[at:]) }
	return Identity{
		State: b[2], Version: b[atVersion], DeviceType: u(atDevice), Vendor: u(atVendor), Product: u(atVendor + 4),
		Revision: u(atVendor + 8), Serial: u(atVendor + 12), Address: [4]byte(b[atAddress:]), Gateway: [4]byte(b[atGateway:]),
		Host: bytes.TrimRight(b[atHost:atHost+hostLength], "\x00 "),
	}, true
}

// Command is the NMT command of a frame: 0x21 start, 0x22 stop, 0x28 reset …
func (f Frame) Command() (uint8, bool) {
	if f.Type != ASnd || f.Service != ServiceNMTCommand || len(f.Data) < 1 {
		return 0, false
	}
	return f.Data[0], true
}

// SDO commands.
const (
	WriteByIndex = 1
	ReadByIndex  = 2
)

// SDO is a command about an object.
type SDO struct {
	Transaction uint8
	Response    bool
	Abort       bool
	Command     uint8 // 0: nothing but the sequence layer
	Index       uint16
	Sub         uint8
	Data        []byte
}

// SDO reads the command in a frame; false where there is only the sequence
// layer.
func (f Frame) SDO() (SDO, bool) {
	const sequence, command = 4, 8
	b := f.Data
	if f.Type != ASnd || f.Service != ServiceSDO || len(b) < sequence+command {
		return SDO{}, false
	}
	b = b[sequence:]
	s := SDO{Transaction: b[1], Response: b[2]&0x80 != 0, Abort: b[2]&0x40 != 0, Command: b[3]}
	size := int(binary.LittleEndian.Uint16(b[4:]))
	if b = b[command:]; size < len(b) {
		b = b[:size]
	}
	if s.Command == 0 {
		return SDO{}, false
	}
	s.Data = b
	// The first segment of several says the size of all before the object.
	if segmentation := f.Data[sequence+2] >> 4 & 3; segmentation == 1 && len(b) >= 4 {
		b = b[4:]
	}
	if !s.Response && (s.Command == WriteByIndex || s.Command == ReadByIndex) {
		if len(b) < 4 {
			return SDO{}, false
		}
		s.Index, s.Sub, s.Data = binary.LittleEndian.Uint16(b), b[2], b[4:]
	}
	return s, true
}
