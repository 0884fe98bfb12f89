// Package gesrtp decodes GE-SRTP, the service request transport protocol of GE
// Fanuc and Emerson PACSystems controllers (TCP 18245 and 18246).
//
// It reads bytes and returns values: it opens no socket, keeps no state and
// pairs no response with its request; a response does not repeat its service.
//
// Reference: GE Fanuc GFK-0529 "Series 90 PLC SNP Communications", chapter 3
// (service requests, status word); Denton, Karpisek, Breitinger, Baggili,
// "Leveraging the SRTP protocol for over-the-network memory acquisition of a GE
// Fanuc Series 90-30" (2017), tables 1 to 4. Numbers are little-endian.
package gesrtp

import (
	"bytes"
	"encoding/binary"
	"errors"
)

// Errors of this package. ErrShort means "give me more bytes"; the others mean
// that the bytes are not GE-SRTP.
var (
	ErrShort  = errors.New("gesrtp: short message")
	ErrHeader = errors.New("gesrtp: impossible header")
)

// Types of packets.
const (
	TypeInit     = 0x00
	TypeInitAck  = 0x01
	TypeRequest  = 0x02
	TypeResponse = 0x03
)

// Types of mailbox messages.
const (
	MailRequest     = 0xc0
	MailRequestText = 0x80 // parameters are in the text buffer
	MailAck         = 0xd4
	MailAckText     = 0x94
	MailNack        = 0xd1
)

const headerLen = 56

// Message is one packet. Parameters and Text point into the decoded buffer.
type Message struct {
	Type       uint8
	Sequence   uint8 // pairs a response with its request
	Mail       uint8
	Service    Service // requests only
	Parameters []byte  // six bytes behind the service, or behind the status
	Status     uint8   // responses: 0 no error, major code of GFK-0529 table 3-12
	Minor      uint8
	Privilege  uint8  // responses: current privilege level
	PLC        uint16 // responses: the status word
	Text       []byte
}

// Decode reads the first packet in b and returns the number of bytes it took.
func Decode(b []byte) (Message, int, error) {
	if len(b) > 0 && b[0] > TypeResponse || len(b) > 1 && b[1] != 0 {
		return Message{}, 0, ErrHeader
	}
	if len(b) < headerLen {
		return Message{}, 0, ErrShort
	}
	m := Message{Type: b[0], Sequence: b[2], Mail: b[31]}
	if m.Type <= TypeInitAck {
		if !empty(b[2:8]) || !empty(b[9:headerLen]) {
			return Message{}, 0, ErrHeader
		}
		return m, headerLen, nil
	}
	if !m.mailFits() {
		return Message{}, 0, ErrHeader
	}
	end := headerLen + int(binary.LittleEndian.Uint16(b[4:]))
	if len(b) < end {
		return Message{}, 0, ErrShort
	}
	m.Text = b[headerLen:end:end]
	m.fields(b)
	return m, end, nil
}

// mailFits reports whether the type of the mailbox message is one of the
// packet's direction.
func (m Message) mailFits() bool {
	switch m.Mail {
	case MailRequest, MailRequestText:
		return m.Type == TypeRequest
	case MailAck, MailAckText, MailNack:
		return m.Type == TypeResponse
	}
	return false
}

// fields takes what stands in the mailbox message. A request with text has its
// service eight bytes later than one without.
func (m *Message) fields(b []byte) {
	switch m.Mail {
	case MailRequest:
		m.Service, m.Parameters = Service(b[42]), b[43:48]
	case MailRequestText:
		m.Service, m.Parameters = Service(b[50]), b[51:56]
	case MailAck, MailNack:
		m.Status, m.Minor, m.Parameters = b[42], b[43], b[44:50]
		m.Privilege, m.PLC = b[51], binary.LittleEndian.Uint16(b[54:])
	default:
		m.Status, m.Minor, m.Parameters = b[42], b[43], b[44:50]
	}
}

// empty reports whether b is all zero.
func empty(b []byte) bool {
	for _, v := range b {
		if v != 0 {
			return false
		}
	}
	return true
}

// State is what the controller does, from the status word of a response that
// carries one.
func (m Message) State() (uint8, bool) {
	if m.Type != TypeResponse || m.Mail != MailAck {
		return 0, false
	}
	return uint8(m.PLC >> 12), true
}

// States of a controller.
const (
	StateRun        = 0
	StateRunNoIO    = 1
	StateStopNoIO   = 2
	StateStopFault  = 3
	StateHalted     = 4
	StateSuspended  = 5
	StateStopWithIO = 6
)

// Programmer reports whether a programming device is attached, from the status
// word.
func (m Message) Programmer() bool { return m.PLC&(1<<6) != 0 }

// Range is the memory that a read or write names.
type Range struct {
	Segment Segment
	Start   uint16 // from 0; the manuals count from 1
	Count   uint16
}

// Range reads the parameters of a request to read or write system memory.
func (m Message) Range() (Range, bool) {
	if m.Type != TypeRequest || len(m.Parameters) < 5 || m.Service != ReadSystem && m.Service != WriteSystem && m.Service != ToggleForce {
		return Range{}, false
	}
	return Range{
		Segment: Segment(m.Parameters[0]),
		Start:   binary.LittleEndian.Uint16(m.Parameters[1:]),
		Count:   binary.LittleEndian.Uint16(m.Parameters[3:]),
	}, true
}

// ControllerName is the name of the controller that starts the text of the
// answer to ReturnIdentity, nil when there is no text.
func (m Message) ControllerName() []byte {
	name := m.Text[:min(8, len(m.Text))]
	if i := bytes.IndexByte(name, 0); i >= 0 {
		name = name[:i]
	}
	for _, c := range name {
		if c < ' ' || c > '~' {
			return nil
		}
	}
	return bytes.TrimSpace(name)
}
