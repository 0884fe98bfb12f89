// Package fins decodes Omron FINS messages, alone in a UDP datagram and
// inside FINS/TCP frames.
//
// It reads bytes and returns values: it opens no socket, keeps no state and
// pairs no response with its request. Message bodies are read as far as they
// name a device (CPU unit data read, status read) or an object (memory areas,
// files, program blocks).
//
// Reference: Omron W421 "CS/CJ-series Ethernet Units, Construction of
// Applications", section 7 (FINS communications) and W342 "CS/CJ-series
// Communications Commands", section 5. All numbers are big-endian.
package fins

import (
	"encoding/binary"
	"errors"
)

// Errors of this package. ErrShort means "give me more bytes"; the others mean
// that the bytes are not FINS.
var (
	ErrShort  = errors.New("fins: short message")
	ErrMagic  = errors.New("fins: frame does not start with FINS")
	ErrLength = errors.New("fins: frame length out of range")
	ErrHeader = errors.New("fins: impossible header")
)

const (
	headerLen = 10
	tcpHeader = 16
	// MaxBody is the longest FINS message: 2012 bytes of text (W342) with room
	// for what controllers with larger frames send.
	MaxBody = 8192
)

// FINS/TCP commands (W421 7-4-2).
const (
	TCPClientNode = 0 // a client tells, or asks for, its node address
	TCPServerNode = 1 // the server's answer with both node addresses
	TCPFrame      = 2 // a FINS message follows
	TCPError      = 3 // error notification
	TCPConfirm    = 6 // connection confirmation
)

// TCP is one FINS/TCP frame. Body points into the decoded buffer.
type TCP struct {
	Command uint32
	Error   uint32
	Body    []byte
}

// DecodeTCP reads the first FINS/TCP frame in b and returns the number of bytes
// it took.
func DecodeTCP(b []byte) (TCP, int, error) {
	for i := 0; i < len(b) && i < 4; i++ {
		if b[i] != "FINS"[i] {
			return TCP{}, 0, ErrMagic
		}
	}
	if len(b) < 8 {
		return TCP{}, 0, ErrShort
	}
	n := binary.BigEndian.Uint32(b[4:])
	if n < tcpHeader-8 || n > MaxBody {
		return TCP{}, 0, ErrLength
	}
	end := 8 + int(n)
	if len(b) < end {
		return TCP{}, 0, ErrShort
	}
	return TCP{
		Command: binary.BigEndian.Uint32(b[8:]),
		Error:   binary.BigEndian.Uint32(b[12:]),
		Body:    b[tcpHeader:end:end],
	}, end, nil
}

// Message is one FINS command or response. Data is what follows the command
// code and, in a response, the end code; it points into the decoded buffer.
type Message struct {
	ICF           uint8 // information control field: bit 7 gateway, bit 6 response, bit 0 no response wanted
	Gateways      uint8 // gateway count, 2 or 7 when fresh
	DestNetwork   uint8
	DestNode      uint8
	DestUnit      uint8
	SourceNetwork uint8
	SourceNode    uint8
	SourceUnit    uint8
	Service       uint8 // service identifier: pairs a response with its command
	Command       Command
	EndCode       uint16 // responses only; 0 is normal completion
	Data          []byte
}

// Response reports whether the message answers a command.
func (m Message) Response() bool { return m.ICF&0x40 != 0 }

// Wanted reports whether a command asks for a response.
func (m Message) Wanted() bool { return m.ICF&0x01 == 0 }

// OK reports whether a response says normal completion. Bits 6 and 7 of the
// second byte only flag CPU unit errors that have nothing to do with the
// command (W342 5-1-3).
func (m Message) OK() bool { return m.EndCode&0x7f3f == 0 }

// Decode reads the FINS message that fills b: a datagram or the body of a TCP
// frame. It takes all of b.
func Decode(b []byte) (Message, int, error) {
	if len(b) > 0 && b[0]&0x3e != 0 || len(b) > 1 && b[1] != 0 || len(b) > 2 && b[2] > 7 {
		return Message{}, 0, ErrHeader
	}
	if len(b) < headerLen+2 {
		return Message{}, 0, ErrShort
	}
	m := Message{
		ICF: b[0], Gateways: b[2],
		DestNetwork: b[3], DestNode: b[4], DestUnit: b[5],
		SourceNetwork: b[6], SourceNode: b[7], SourceUnit: b[8],
		Service: b[9],
		Command: Command(binary.BigEndian.Uint16(b[10:])),
		Data:    b[12:len(b):len(b)],
	}
	if !m.Response() {
		return m, len(b), nil
	}
	if len(m.Data) < 2 {
		return Message{}, 0, ErrShort
	}
	m.EndCode = binary.BigEndian.Uint16(m.Data)
	m.Data = m.Data[2:]
	return m, len(b), nil
}
