// Package mrp decodes the Media Redundancy Protocol, with which the switches
// of a ring watch that it is closed (EtherType 0x88E3).
//
// It reads what kind of frame it is, who sent it and in which state the ring
// is. Interconnection frames and the manufacturers' options are told but not
// read. The header of HSR, PRP and DLR is other protocols' business.
//
// Reference: IEC 62439-2:2021, clause 8.
package mrp

import (
	"encoding/binary"
	"errors"
)

// Errors of Decode. ErrShort means that bytes are missing.
var (
	ErrShort   = errors.New("mrp: short frame")
	ErrVersion = errors.New("mrp: not version 1")
	ErrLength  = errors.New("mrp: lengths contradict each other")
)

// Type is the kind of a frame: the type of its first block.
type Type uint8

// Types.
const (
	End            Type = 0
	Common         Type = 1
	Test           Type = 2
	TopologyChange Type = 3
	LinkDown       Type = 4
	LinkUp         Type = 5
	InTest         Type = 6
	InTopology     Type = 7
	InLinkDown     Type = 8
	InLinkUp       Type = 9
	InLinkPoll     Type = 10
	Option         Type = 0x7f
)

// RingState is whether the ring is closed.
type RingState uint16

// Ring states.
const (
	RingOpen   RingState = 0
	RingClosed RingState = 1
)

// Frame is one frame. Which fields are set depends on the type.
type Frame struct {
	Type        Type
	Priority    uint16 // Test, TopologyChange: of the manager
	Source      [6]byte
	State       RingState // Test
	Transitions uint16    // Test: how often the ring opened
	Sequence    uint16
	Domain      [16]byte
}

// Decode reads a frame behind its EtherType and returns the number of bytes it
// took, without padding.
func Decode(b []byte) (Frame, int, error) {
	if len(b) >= 2 && binary.BigEndian.Uint16(b) != 1 {
		return Frame{}, 0, ErrVersion
	}
	f, at := Frame{}, 2
	for first := true; ; first = false {
		if len(b) < at+2 {
			return Frame{}, 0, ErrShort
		}
		t, n := Type(b[at]), int(b[at+1])
		if t == End {
			return f, at + 2, nil
		}
		if len(b) < at+2+n {
			return Frame{}, 0, ErrShort
		}
		if first {
			f.Type = t
		}
		if !f.block(t, b[at+2:at+2+n]) {
			return Frame{}, 0, ErrLength
		}
		at += 2 + n
	}
}

// block reads the block of one type; false when it is too short for it.
func (f *Frame) block(t Type, v []byte) bool {
	switch t {
	case Common:
		if len(v) < 18 {
			return false
		}
		f.Sequence, f.Domain = binary.BigEndian.Uint16(v), [16]byte(v[2:])
	case Test:
		if len(v) < 14 {
			return false
		}
		f.Priority, f.Source = binary.BigEndian.Uint16(v), [6]byte(v[2:])
		f.State, f.Transitions = RingState(binary.BigEndian.Uint16(v[10:])), binary.BigEndian.Uint16(v[12:])
	case TopologyChange:
		if len(v) < 8 {
			return false
		}
		f.Priority, f.Source = binary.BigEndian.Uint16(v), [6]byte(v[2:])
	case LinkDown, LinkUp:
		if len(v) < 6 {
			return false
		}
		f.Source = [6]byte(v)
	}
	return true
}
