// Package stp decodes the frames with which bridges find a loop-free tree:
// the spanning tree protocol and its rapid and multiple variants.
//
// It reads the fields that all variants share: the root, the sender and what
// the tree costs. The regions of the multiple variant are not read. Frames come
// behind the LLC header (DSAP 0x42) or behind Cisco's SNAP header (PVST+).
//
// Reference: IEEE 802.1D-2004, clause 9; IEEE 802.1Q-2022, clause 14.
package stp

import (
	"encoding/binary"
	"errors"
)

// Errors of Decode.
var (
	ErrShort    = errors.New("stp: short frame")
	ErrProtocol = errors.New("stp: protocol identifier is not 0")
	ErrType     = errors.New("stp: unknown type")
)

// Type is the kind of a frame.
type Type uint8

// Types.
const (
	Config         Type = 0x00
	Rapid          Type = 0x02 // rapid and multiple
	TopologyChange Type = 0x80
)

// Bits of the flags.
const (
	FlagChange    = 0x01 // the topology changes
	FlagChangeAck = 0x80
)

// BridgeID is a bridge's priority (with the VLAN in its lower 12 bits) and
// address.
type BridgeID struct {
	Priority uint16
	MAC      [6]byte
}

// Frame is one frame. A topology change notification has only Type set.
type Frame struct {
	Type    Type
	Version uint8 // 0 STP, 2 RSTP, 3 MSTP
	Flags   uint8
	Root    BridgeID
	Cost    uint32
	Bridge  BridgeID
	Port    uint16
	Hello   uint16 // 1/256 seconds
}

// IsRoot reports whether the sender takes itself for the root.
func (f Frame) IsRoot() bool { return f.Type != TopologyChange && f.Root == f.Bridge }

const (
	changeSize = 4
	configSize = 35
)

// Decode reads a frame and returns the number of bytes it took.
func Decode(b []byte) (Frame, int, error) {
	if len(b) >= 2 && (b[0] != 0 || b[1] != 0) {
		return Frame{}, 0, ErrProtocol
	}
	if len(b) < changeSize {
		return Frame{}, 0, ErrShort
	}
	f := Frame{Version: b[2], Type: Type(b[3])}
	switch f.Type {
	case TopologyChange:
		return f, changeSize, nil
	case Config, Rapid:
	default:
		return Frame{}, 0, ErrType
	}
	if len(b) < configSize {
		return Frame{}, 0, ErrShort
	}
	f.Flags = b[4]
	f.Root, f.Cost = bridge(b[5:]), binary.BigEndian.Uint32(b[13:])
	f.Bridge, f.Port = bridge(b[17:]), binary.BigEndian.Uint16(b[25:])
	f.Hello = binary.BigEndian.Uint16(b[31:])
	return f, configSize, nil
}

func bridge(b []byte) BridgeID {
	return BridgeID{binary.BigEndian.Uint16(b), [6]byte(b[2:8])}
}
