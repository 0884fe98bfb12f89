// Package ptp decodes the Precision Time Protocol, version 2: who gives the
// time and how good its clock is.
//
// It reads the common header of every message (EtherType 0x88F7 and UDP ports
// 319 and 320) and the body of Announce and Management messages. Time stamps
// and the profiles' own values are not read, nor is version 1.
//
// Reference: IEEE 1588-2019, clause 13; IEEE 802.1AS-2020, clause 10.
package ptp

import (
	"encoding/binary"
	"errors"
)

// Errors of Decode. ErrShort means that bytes are missing.
var (
	ErrShort   = errors.New("ptp: short message")
	ErrVersion = errors.New("ptp: not version 2")
	ErrType    = errors.New("ptp: reserved message type")
	ErrLength  = errors.New("ptp: lengths contradict each other")
)

// Type is the kind of a message.
type Type uint8

// Types.
const (
	Sync               Type = 0
	DelayRequest       Type = 1
	PeerDelayRequest   Type = 2
	PeerDelayResponse  Type = 3
	FollowUp           Type = 8
	DelayResponse      Type = 9
	PeerDelayFollowUp  Type = 10
	Announce           Type = 11
	Signaling          Type = 12
	Management         Type = 13
	headerSize              = 34
	announceSize            = headerSize + 30
	managementTLVStart      = headerSize + 14
)

// ClockID is the identity of a clock: mostly its MAC address with ff-fe in the
// middle.
type ClockID [8]byte

// MAC is the address that the identity was made of; false when it was not.
func (c ClockID) MAC() ([6]byte, bool) {
	ok := c[3] == 0xff && c[4] == 0xfe
	return [6]byte{c[0], c[1], c[2], c[5], c[6], c[7]}, ok
}

// Message is one message.
type Message struct {
	Type     Type
	Domain   uint8
	Flags    uint16
	Source   ClockID
	Port     uint16
	Sequence uint16
	Body     []byte // behind the header, within the decoded buffer
}

// Decode reads one message and returns the number of bytes it took, without
// padding.
func Decode(b []byte) (Message, int, error) {
	if len(b) < 4 {
		return Message{}, 0, ErrShort
	}
	t, n := Type(b[0]&0xf), int(binary.BigEndian.Uint16(b[2:]))
	switch {
	case b[1]&0xf != 2:
		return Message{}, 0, ErrVersion
	case t > PeerDelayResponse && t < FollowUp, t > Management:
		return Message{}, 0, ErrType
	case n < headerSize:
		return Message{}, 0, ErrLength
	case len(b) < n:
		return Message{}, 0, ErrShort
	}
	return Message{
		Type: t, Domain: b[4], Flags: binary.BigEndian.Uint16(b[6:]), Source: ClockID(b[20:28]),
		Port: binary.BigEndian.Uint16(b[28:]), Sequence: binary.BigEndian.Uint16(b[30:]), Body: b[headerSize:n],
	}, n, nil
}

// Grandmaster is the clock that the sender follows, or itself.
type Grandmaster struct {
	ID         ClockID
	Priority1  uint8
	Class      uint8 // 6 synchronised, 7 holdover, 52.. worse, 248 default, 255 slave only
	Accuracy   uint8
	Priority2  uint8
	Steps      uint16 // bridges between
	TimeSource uint8  // 0x20 satellite, 0x50 NTP, 0xa0 own oscillator
}

// Grandmaster reads an Announce.
func (m Message) Grandmaster() (Grandmaster, bool) {
	b := m.Body
	if m.Type != Announce || len(b) < announceSize-headerSize {
		return Grandmaster{}, false
	}
	return Grandmaster{
		Priority1: b[13], Class: b[14], Accuracy: b[15], Priority2: b[18], ID: ClockID(b[19:27]),
		Steps: binary.BigEndian.Uint16(b[27:]), TimeSource: b[29],
	}, true
}

// Actions of a Management message.
const (
	ActionGet         = 0
	ActionSet         = 1
	ActionResponse    = 2
	ActionCommand     = 3
	ActionAcknowledge = 4
)

// Managed is the action and the identifier of what a Management message asks
// for, sets or answers.
func (m Message) Managed() (action uint8, id uint16, ok bool) {
	b := m.Body
	if m.Type != Management || len(b) < managementTLVStart-headerSize+6 {
		return 0, 0, false
	}
	return b[12] & 0xf, binary.BigEndian.Uint16(b[18:]), true
}
