// Package cdp decodes the Cisco Discovery Protocol: how switches, routers,
// phones and cameras of Cisco and others say who they are.
//
// It walks the type-length-values of one frame (LLC with SNAP, organisation
// 00-00-0C, protocol 0x2000) and reads its addresses. Slices of decoded values
// point into the decoded buffer. The checksum is not verified: some senders get
// it wrong for odd lengths.
//
// Reference: Cisco, "Cisco Discovery Protocol" (frame formats, LAN switching
// configuration guide); no standard exists.
package cdp

import (
	"encoding/binary"
	"errors"
)

// Errors of Decode.
var (
	ErrShort   = errors.New("cdp: short frame")
	ErrVersion = errors.New("cdp: not version 1 or 2")
)

// Type is the type of a value.
type Type uint16

// Types.
const (
	DeviceID     Type = 1
	Addresses    Type = 2
	PortID       Type = 3
	Capabilities Type = 4
	Software     Type = 5
	Platform     Type = 6
	VTPDomain    Type = 9
	NativeVLAN   Type = 10
	Duplex       Type = 11
	SystemName   Type = 0x14
	SystemOID    Type = 0x15
	Management   Type = 0x16 // management addresses
	Location     Type = 0x17
)

// Bits of the capabilities.
const (
	CapRouter = 0x01
	CapBridge = 0x02 // transparent bridge
	CapSwitch = 0x08
	CapHost   = 0x10
	CapPhone  = 0x80
)

// TLV is one value.
type TLV struct {
	Type  Type
	Value []byte
}

// TLVs walks the values of a frame.
type TLVs struct{ rest []byte }

// Decode reads the header of a frame behind its SNAP header and starts a walk
// over its values.
func Decode(b []byte) (version uint8, w TLVs, err error) {
	if len(b) < 4 {
		return 0, TLVs{}, ErrShort
	}
	if b[0] != 1 && b[0] != 2 {
		return 0, TLVs{}, ErrVersion
	}
	return b[0], TLVs{b[4:]}, nil
}

// Next is the next value; false at the end or where a length leads behind it.
func (w *TLVs) Next() (TLV, bool) {
	b := w.rest
	if len(b) < 4 {
		return TLV{}, false
	}
	n := int(binary.BigEndian.Uint16(b[2:]))
	if n < 4 || n > len(b) {
		return TLV{}, false
	}
	w.rest = b[n:]
	return TLV{Type(binary.BigEndian.Uint16(b)), b[4:n]}, true
}

// Uint32 is a value of four bytes, such as the capabilities.
func (t TLV) Uint32() (uint32, bool) {
	if len(t.Value) != 4 {
		return 0, false
	}
	return binary.BigEndian.Uint32(t.Value), true
}

// AddressList walks the addresses of an Addresses or Management value.
type AddressList struct {
	rest []byte
	left uint32
}

// Addresses starts a walk over the addresses of t.
func (t TLV) Addresses() AddressList {
	if t.Type != Addresses && t.Type != Management || len(t.Value) < 4 {
		return AddressList{}
	}
	return AddressList{t.Value[4:], binary.BigEndian.Uint32(t.Value)}
}

// Next is the next address of 4 or 16 bytes; addresses of other kinds are left
// out.
func (a *AddressList) Next() ([]byte, bool) {
	for a.left > 0 {
		b := a.rest
		if len(b) < 2 || len(b) < 4+int(b[1]) {
			break
		}
		at := 2 + int(b[1])
		n := int(binary.BigEndian.Uint16(b[at:]))
		if len(b) < at+2+n {
			break
		}
		a.rest, a.left = b[at+2+n:], a.left-1
		if n == 4 || n == 16 {
			return b[at+2 : at+2+n], true
		}
	}
	a.left = 0
	return nil, false
}
