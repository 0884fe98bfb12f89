// Package ads decodes Beckhoff ADS messages in AMS/TCP packets, and the UDP
// discovery messages by which TwinCAT systems are found and routes are added.
//
// It reads bytes and returns values: it opens no socket, keeps no state and
// pairs no response with its request. The data of a read or write is left to
// the caller, except where it names the target (target description).
//
// Reference: Beckhoff TwinCAT ADS/AMS specification (Information System,
// "Specification of ADS, AMS and AMS/TCP"); ADS index groups as in TcAdsDef.h.
// The discovery messages are not published; they are read as the captures show
// them. All numbers are little-endian.
package ads

import (
	"encoding/binary"
	"errors"
)

// Errors of this package. ErrShort means "give me more bytes"; the others mean
// that the bytes are not ADS.
var (
	ErrShort    = errors.New("ads: short packet")
	ErrReserved = errors.New("ads: unknown AMS/TCP command")
	ErrLength   = errors.New("ads: lengths do not agree")
	ErrCommand  = errors.New("ads: unknown command")
)

const (
	tcpHeader = 6
	amsHeader = 32
	// MaxPacket is the longest AMS packet taken for one. TwinCAT transfers
	// whole boot projects in one write.
	MaxPacket = 64 << 20
)

// Command is an ADS command.
type Command uint16

// ADS commands.
const (
	ReadDeviceInfo     Command = 1
	Read               Command = 2
	Write              Command = 3
	ReadState          Command = 4
	WriteControl       Command = 5
	AddNotification    Command = 6
	DeleteNotification Command = 7
	Notification       Command = 8
	ReadWrite          Command = 9
)

// State flags.
const (
	flagResponse = 0x0001
	flagNoReturn = 0x0002
	flagADS      = 0x0004
)

// NetID is the AMS address of a TwinCAT system.
type NetID [6]byte

// AppendTo appends the address as six decimal numbers with dots.
func (n NetID) AppendTo(b []byte) []byte {
	for i, v := range n {
		if i > 0 {
			b = append(b, '.')
		}
		b = appendUint(b, uint32(v))
	}
	return b
}

// String is the address as six decimal numbers with dots.
func (n NetID) String() string { return string(n.AppendTo(nil)) }

// Address is an AMS address: a system and a port in it.
type Address struct {
	NetID NetID
	Port  uint16
}

// Packet is one AMS packet. Data points into the decoded buffer and may be
// shorter than Length when the buffer held only its beginning. A packet by
// which a program talks to the router on its own machine has Router set and
// nothing else.
type Packet struct {
	Router         bool
	Target, Source Address
	Command        Command
	Flags          uint16
	Length         uint32 // length of the data
	Error          uint32 // AMS error code, 0 is none
	Invoke         uint32 // pairs a response with its request
	Data           []byte
}

// Response reports whether the packet answers a request.
func (p Packet) Response() bool { return p.Flags&flagResponse != 0 }

// Peek reads the header of the first AMS/TCP packet in b and as much of its
// data as b holds, and returns the length of the whole packet, which may be
// above len(b). It needs the 38 bytes of both headers.
func Peek(b []byte) (Packet, int, error) {
	if len(b) >= 2 && !toRouter(binary.LittleEndian.Uint16(b)) {
		return Packet{}, 0, ErrReserved
	}
	if len(b) < tcpHeader {
		return Packet{}, 0, ErrShort
	}
	total := binary.LittleEndian.Uint32(b[2:])
	if binary.LittleEndian.Uint16(b) != 0 {
		return router(b, total)
	}
	if total < amsHeader || total > MaxPacket {
		return Packet{}, 0, ErrLength
	}
	if len(b) < tcpHeader+amsHeader {
		return Packet{}, 0, ErrShort
	}
	p, err := header(b[tcpHeader:])
	if err != nil {
		return Packet{}, 0, err
	}
	if p.Length != total-amsHeader {
		return Packet{}, 0, ErrLength
	}
	end := tcpHeader + int(total)
	have := min(end, len(b))
	p.Data = b[tcpHeader+amsHeader : have : have]
	return p, end, nil
}

// toRouter reports whether the first two bytes are 0, as between machines, or
// one of the commands to the local router: open and close a port, tell of a
// change, ask for the NetId.
func toRouter(command uint16) bool { return command <= 1 || command >= 0x1000 && command <= 0x1002 }

func router(b []byte, total uint32) (Packet, int, error) {
	const longest = 64
	if total > longest {
		return Packet{}, 0, ErrLength
	}
	end := tcpHeader + int(total)
	have := min(end, len(b))
	return Packet{Router: true, Length: total, Data: b[tcpHeader:have:have]}, end, nil
}

// Decode reads the first AMS/TCP packet in b and returns the number of bytes it
// took.
func Decode(b []byte) (Packet, int, error) {
	p, n, err := Peek(b)
	if err != nil {
		return Packet{}, 0, err
	}
	if n > len(b) {
		return Packet{}, 0, ErrShort
	}
	return p, n, nil
}

func header(b []byte) (Packet, error) {
	p := Packet{
		Command: Command(binary.LittleEndian.Uint16(b[16:])),
		Flags:   binary.LittleEndian.Uint16(b[18:]),
		Length:  binary.LittleEndian.Uint32(b[20:]),
		Error:   binary.LittleEndian.Uint32(b[24:]),
		Invoke:  binary.LittleEndian.Uint32(b[28:]),
	}
	p.Target.NetID = NetID(b[0:6])
	p.Target.Port = binary.LittleEndian.Uint16(b[6:])
	p.Source.NetID = NetID(b[8:14])
	p.Source.Port = binary.LittleEndian.Uint16(b[14:])
	if p.Command > ReadWrite || p.Flags&flagADS == 0 || p.Flags&^0x01ff != 0 {
		return Packet{}, ErrCommand
	}
	return p, nil
}

func appendUint(b []byte, v uint32) []byte {
	var tmp [10]byte
	i := len(tmp)
	for {
		i--
		tmp[i] = byte('0' + v%10)
		if v /= 10; v == 0 {
			return append(b, tmp[i:]...)
		}
	}
}
