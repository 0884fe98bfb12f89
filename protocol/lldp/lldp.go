// Package lldp decodes the Link Layer Discovery Protocol: who a station is, at
// which port it sends, and the extensions of IEEE 802.1, IEEE 802.3, LLDP-MED,
// PROFINET and Manufacturer Usage Descriptions.
//
// It walks the type-length-values of one frame (EtherType 0x88CC) and reads
// those that name a station or its port. Slices of decoded values point into
// the decoded buffer.
//
// Reference: IEEE 802.1AB-2016, clause 8; IEEE 802.1Q-2022, annex D; IEEE
// 802.3-2022, clause 79; ANSI/TIA-1057; IEC 61158-6-10 (PROFINET); RFC 8520,
// section 14.
package lldp

import (
	"encoding/binary"
	"errors"
)

// Errors of the decoders. ErrShort means that bytes are missing.
var (
	ErrShort = errors.New("lldp: short frame")
	ErrOrder = errors.New("lldp: the mandatory values are missing")
)

// Type is the type of a value.
type Type uint8

// Types.
const (
	End               Type = 0
	ChassisID         Type = 1
	PortID            Type = 2
	TimeToLive        Type = 3
	PortDescription   Type = 4
	SystemName        Type = 5
	SystemDescription Type = 6
	Capabilities      Type = 7
	ManagementAddress Type = 8
	Organization      Type = 127
)

// TLV is one value. For organisations' values OUI and Subtype are split off.
type TLV struct {
	Type    Type
	OUI     uint32
	Subtype uint8 // also of ChassisID and PortID
	Value   []byte
}

// TLVs walks the values of a frame.
type TLVs struct{ rest []byte }

// Decode checks that b is an LLDP frame behind its EtherType (the first three
// values are the mandatory ones, in order) and starts a walk over its values.
func Decode(b []byte) (TLVs, error) {
	w := TLVs{b}
	for i := range 3 {
		t, ok := w.Next()
		if !ok {
			return TLVs{}, ErrShort
		}
		if t.Type != Type(i+1) || len(t.Value) < 1 {
			return TLVs{}, ErrOrder
		}
	}
	return TLVs{b}, nil
}

// Next is the next value; false at the end or where a length leads behind it.
func (w *TLVs) Next() (TLV, bool) {
	b := w.rest
	if len(b) < 2 {
		return TLV{}, false
	}
	head := binary.BigEndian.Uint16(b)
	t, n := TLV{Type: Type(head >> 9)}, int(head&0x1ff)
	if t.Type == End || len(b) < 2+n {
		return TLV{}, false
	}
	t.Value, w.rest = b[2:2+n], b[2+n:]
	switch {
	case t.Type == Organization && n >= 4:
		t.OUI = uint32(t.Value[0])<<16 | uint32(t.Value[1])<<8 | uint32(t.Value[2])
		t.Subtype, t.Value = t.Value[3], t.Value[4:]
	case (t.Type == ChassisID || t.Type == PortID) && n >= 1:
		t.Subtype, t.Value = t.Value[0], t.Value[1:]
	}
	return t, true
}

// Subtypes of a chassis id and of a port id. They number alike from 3 on, but
// for the local one.
const (
	ChassisComponent = 1
	ChassisAlias     = 2
	ChassisPort      = 3
	ChassisMAC       = 4
	ChassisAddress   = 5
	ChassisInterface = 6
	ChassisLocal     = 7

	PortAlias     = 1
	PortComponent = 2
	PortMAC       = 3
	PortAddress   = 4
	PortInterface = 5
	PortCircuit   = 6
	PortLocal     = 7
)

// Bits of the system capabilities.
const (
	CapOther     = 0x01
	CapRepeater  = 0x02
	CapBridge    = 0x04
	CapWLAN      = 0x08
	CapRouter    = 0x10
	CapTelephone = 0x20
	CapDOCSIS    = 0x40
	CapStation   = 0x80
)

// Enabled are the capabilities that are switched on.
func (t TLV) Enabled() (uint16, bool) {
	if t.Type != Capabilities || len(t.Value) < 4 {
		return 0, false
	}
	return binary.BigEndian.Uint16(t.Value[2:]), true
}

// Address is a management address or the address in an id: 4 bytes of IPv4, 16
// of IPv6 or 6 of a MAC, else nil.
func (t TLV) Address() []byte {
	v := t.Value
	if t.Type == ManagementAddress {
		if len(v) < 2 || int(v[0]) < 1 || len(v) < 1+int(v[0]) {
			return nil
		}
		v = v[1 : 1+int(v[0])]
	}
	if len(v) < 1 {
		return nil
	}
	switch family, v := v[0], v[1:]; {
	case family == 1 && len(v) == 4, family == 2 && len(v) == 16, family == 6 && len(v) == 6:
		return v
	}
	return nil
}

// Organisations.
const (
	OUI8021     = 0x0080c2
	OUI8023     = 0x00120f
	OUIMED      = 0x0012bb // TIA, LLDP-MED
	OUIProfinet = 0x000ecf
	OUIIANA     = 0x00005e
)

// Subtypes of organisations' values.
const (
	PortVLAN = 1 // 802.1: the VLAN of untagged frames
	VLANName = 3

	PHY        = 1 // 802.3: MAC/PHY configuration and status
	MaxFrame   = 4
	PowerByMDI = 2

	MEDHardware     = 5
	MEDFirmware     = 6
	MEDSoftware     = 7
	MEDSerial       = 8
	MEDManufacturer = 9
	MEDModel        = 10
	MEDAsset        = 11

	PNDelay   = 1
	PNPort    = 2 // status of RT class 2 and 3 on the port
	PNAlias   = 3
	PNMRP     = 4
	PNChassis = 5 // MAC of the interface: that of DCP and of IP
	PNPTCP    = 6

	IANAMUD = 1 // URL of a Manufacturer Usage Description
)

// VLAN is the number in a port VLAN or VLAN name value.
func (t TLV) VLAN() (uint16, bool) {
	if t.OUI != OUI8021 || t.Subtype != PortVLAN && t.Subtype != VLANName || len(t.Value) < 2 {
		return 0, false
	}
	return binary.BigEndian.Uint16(t.Value), true
}
