package snmp

import (
	"bytes"
	"encoding/binary"
)

// Prefixes of object identifiers, encoded, that tell what a device is.
const (
	// System is 1.3.6.1.2.1.1, the system group of RFC 3418.
	System = "\x2b\x06\x01\x02\x01\x01"
	// Entity is 1.3.6.1.2.1.47.1.1.1.1, the table of physical entities of
	// RFC 6933.
	Entity = "\x2b\x06\x01\x02\x01\x2f\x01\x01\x01\x01"
	// Enterprises is 1.3.6.1.4.1, the vendors' own.
	Enterprises = "\x2b\x06\x01\x04\x01"
)

// Scalars of the system group.
const (
	SysDescr    = 1
	SysObjectID = 2
	SysContact  = 4
	SysName     = 5
	SysLocation = 6
)

// Columns of the table of physical entities.
const (
	EntityDescr        = 2
	EntityClass        = 5
	EntityName         = 7
	EntityHardware     = 8
	EntityFirmware     = 9
	EntitySoftware     = 10
	EntitySerial       = 11
	EntityManufacturer = 12
	EntityModel        = 13
)

// SystemScalar is the number of the system group's scalar that an object
// identifier names: 1 for sysDescr.
func SystemScalar(oid []byte) (uint8, bool) {
	rest, ok := bytes.CutPrefix(oid, []byte(System))
	if !ok || len(rest) != 2 || rest[1] != 0 {
		return 0, false
	}
	return rest[0], true
}

// EntityCell is the column and the row of the table of physical entities that
// an object identifier names.
func EntityCell(oid []byte) (column uint8, row uint32, ok bool) {
	rest, ok := bytes.CutPrefix(oid, []byte(Entity))
	if !ok || len(rest) < 2 || rest[0] >= 0x80 {
		return 0, 0, false
	}
	row, n := arc(rest[1:])
	return rest[0], row, n > 0 && n == len(rest)-1
}

// Enterprise is the vendor's number that an object identifier under
// 1.3.6.1.4.1 begins with, as IANA assigns them: 9 for Cisco.
func Enterprise(oid []byte) (uint32, bool) {
	rest, ok := bytes.CutPrefix(oid, []byte(Enterprises))
	if !ok {
		return 0, false
	}
	v, n := arc(rest)
	return v, n > 0
}

// arc reads one number of an object identifier.
func arc(b []byte) (uint32, int) {
	var v uint64
	for i, c := range b {
		v = v<<7 | uint64(c&0x7f)
		if v >= 1<<32 {
			return 0, 0
		}
		if c < 0x80 {
			return uint32(v), i + 1
		}
	}
	return 0, 0
}

// Engine is what an engine's identifier tells, RFC 3411 clause 5: the vendor's
// number, and the form and octets of the rest. Forms are 1 IPv4, 2 IPv6, 3 MAC
// address, 4 text. It is false for one that is too short or of the old form.
func Engine(id []byte) (vendor uint32, form uint8, rest []byte, ok bool) {
	if len(id) < 5 || id[0]&0x80 == 0 {
		return 0, 0, nil, false
	}
	return binary.BigEndian.Uint32(id) & (1<<31 - 1), id[4], id[5:], true
}
