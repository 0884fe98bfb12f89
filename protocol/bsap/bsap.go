// Package bsap decodes BSAP over IP, the protocol of Bristol and Emerson
// ControlWave and 3300 series RTUs (UDP 1234 and 1235).
//
// It reads bytes and returns values: it opens no socket, keeps no state and
// pairs no response with its request. Of remote database messages it reads the
// function and the signal names; serial BSAP tunnelled in UDP is told apart and
// read as far as its function.
//
// Reference: Emerson D4052 "Network 3000 Communications Application Programmer's
// Reference" (remote database access, message exchanges); the frame around it
// in IP is that of captures and of the parser that CISA publishes. Numbers are
// little-endian, addresses inside remote database messages too.
package bsap

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/bits"
)

// Errors of this package. ErrShort means that the datagram was cut off; the
// others mean that the bytes are not BSAP.
var (
	ErrShort  = errors.New("bsap: short message")
	ErrHeader = errors.New("bsap: impossible header")
	ErrLength = errors.New("bsap: lengths do not agree")
)

// Kind is the kind of a datagram.
type Kind uint16

// Kinds of datagrams.
const (
	Poll         Kind = 0x00 // keep-alive and acknowledgement, without messages
	ResponseMore Kind = 0x01
	Response     Kind = 0x05
	Request      Kind = 0x06
	Request2     Kind = 0x84
	Request3     Kind = 0x86
)

// Asks reports whether datagrams of that kind carry requests.
func (k Kind) Asks() bool { return k == Request || k == Request2 || k == Request3 }

// Header sizes: sequence numbers, and with an extension that newer firmware
// adds.
const (
	shortHeader = 14
	longHeader  = 22
)

// Datagram is one datagram. Messages is what follows the header: walk it with
// Next. It points into the decoded buffer.
type Datagram struct {
	Kind     Kind
	Count    uint16 // messages in it
	Sequence uint32
	Answers  uint32 // sequence number of the last datagram received
	Messages []byte
}

// Decode reads the datagram that fills b.
func Decode(b []byte) (Datagram, int, error) {
	if len(b) < 2 {
		return Datagram{}, 0, ErrShort
	}
	size := int(binary.LittleEndian.Uint16(b))
	if size != shortHeader && size != longHeader {
		return Datagram{}, 0, ErrHeader
	}
	if len(b) < size {
		return Datagram{}, 0, ErrShort
	}
	d := Datagram{
		Count:    binary.LittleEndian.Uint16(b[2:]),
		Kind:     Kind(binary.LittleEndian.Uint16(b[4:])),
		Sequence: binary.LittleEndian.Uint32(b[6:]),
		Answers:  binary.LittleEndian.Uint32(b[10:]),
		Messages: b[size:len(b):len(b)],
	}
	if !d.plausible() {
		return Datagram{}, 0, ErrHeader
	}
	return d, len(b), nil
}

func (d Datagram) plausible() bool {
	switch d.Kind {
	case Poll:
		return d.Count == 0 && len(d.Messages) == 0
	case Response, ResponseMore, Request, Request2, Request3:
		return d.Count > 0 && d.Count <= 64
	}
	return false
}

// Message is one message in a datagram. Data is what follows its sequence
// number and points into the decoded buffer.
type Message struct {
	Exchange uint8 // message exchange it comes from
	Sequence uint32
	Data     []byte
}

// Next is the first of messages and what follows it. It returns ErrShort at
// the end and where a message is cut off.
func Next(messages []byte) (Message, []byte, error) {
	const size = 9
	if len(messages) < size {
		return Message{}, nil, ErrShort
	}
	n := binary.LittleEndian.Uint32(messages)
	if n < size || n > 4096 {
		return Message{}, nil, ErrLength
	}
	if int(n) > len(messages) {
		return Message{}, nil, ErrShort
	}
	m := Message{
		Exchange: messages[4],
		Sequence: binary.LittleEndian.Uint32(messages[5:]),
		Data:     messages[size:n:n],
	}
	return m, messages[n:], nil
}

// Message exchanges (application function codes).
const (
	ExchangePeer      = 0x03
	ExchangeDownload  = 0x78
	ExchangeFlash     = 0x68
	ExchangeFlashConf = 0x6a
	ExchangeDatabase  = 0xa0
	ExchangeDatabaseX = 0xa1
	ExchangeAlarmAck  = 0xa8
	ExchangeAlarmInit = 0xa9
	ExchangeAlarm     = 0xaa
)

// Function is a function of remote database access.
type Function uint8

// Functions of remote database access (D4052, section 4).
const (
	ReadByAddress        Function = 0x00
	ReadLogicalByAddress Function = 0x02
	ReadByName           Function = 0x04
	ReadLogicalByName    Function = 0x06
	ReadByList           Function = 0x0c
	ReadByListMore       Function = 0x0d
	ReadLogicalByList    Function = 0x0e
	ReadLogicalListMore  Function = 0x0f
	WriteByAddress       Function = 0x80
	WriteByName          Function = 0x84
	WriteByList          Function = 0x8c
	WriteByListMore      Function = 0x8d
)

// Access is a request of remote database access. Body is what follows the
// function.
type Access struct {
	Exchange uint8
	Status   uint8
	Function Function
	Body     []byte
}

// Access reads the data of a message in a request.
func (m Message) Access() (Access, bool) {
	if len(m.Data) < 3 {
		return Access{}, false
	}
	return Access{Exchange: m.Data[0], Status: m.Data[1], Function: Function(m.Data[2]), Body: m.Data[3:]}, true
}

// Names are the signal names that a read by name carries, each ending with a
// NUL: walk them with NextName. Of a write by name only the first is certain,
// since a value of varying size follows each. Other functions have none.
func (a Access) Names() []byte {
	at := 2 // write: security level, count
	switch a.Function {
	case ReadByName, ReadLogicalByName:
		at = selectors(a.Body) + 2
	case WriteByName:
	default:
		return nil
	}
	if at > len(a.Body) {
		return nil
	}
	return a.Body[at:]
}

// selectors is the length of the field selectors of a read: a byte whose low
// four bits tell which of four more follow.
func selectors(body []byte) int {
	if len(body) == 0 {
		return 1
	}
	return 1 + bits.OnesCount8(body[0]&0x0f)
}

// Answer is the head of a response: its status, with bit 7 set when the request
// failed as a whole, and the number of elements.
func (m Message) Answer() (status, count uint8, ok bool) {
	if len(m.Data) < 2 {
		return 0, 0, false
	}
	return m.Data[0], m.Data[1], true
}

// NextName is the first name of names and what follows it.
func NextName(names []byte) (name, rest []byte, ok bool) {
	i := bytes.IndexByte(names, 0)
	if i <= 0 {
		return nil, nil, false
	}
	return names[:i], names[i+1:], true
}

// serialMark starts a datagram of serial BSAP: DLE STX.
const serialMark = 0x0210

// IsSerial reports whether b starts a serial BSAP frame in a datagram.
func IsSerial(b []byte) bool {
	return len(b) >= 8 && binary.LittleEndian.Uint16(b) == serialMark
}
