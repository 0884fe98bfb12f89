// Package codesys decodes the messages of CODESYS V3 runtimes: the name
// service by which controllers are found and named, and the online services by
// which programs are downloaded, started and stopped; and the identity reply of
// CODESYS V2 runtimes.
//
// It reads bytes and returns values: it opens no socket and keeps no state. An
// online service that spans several blocks is read from its first block, where
// its header stands; values in tags are left alone. Encrypted services
// (protocol 0x7557) are only counted.
//
// Reference: CODESYS online help, library "Plc Services" (PlcServiceHeader);
// interface headers of the CODESYS Control runtime (CmpDeviceItf, CmpAppItf:
// service numbers); Kaspersky ICS-CERT "Security research: CODESYS Runtime"
// (2019) for the layers below. Numbers are little-endian where not said
// otherwise.
package codesys

import (
	"encoding/binary"
	"errors"
)

// Errors of this package. ErrShort means "give me more bytes"; the others mean
// that the bytes are not CODESYS.
var (
	ErrShort  = errors.New("codesys: short message")
	ErrMagic  = errors.New("codesys: unknown magic number")
	ErrHeader = errors.New("codesys: impossible header")
	ErrLength = errors.New("codesys: length out of range")
)

const (
	blockMagic    = "\x00\x01\x17\xe8"
	datagramMagic = 0xc5
	maxBlock      = 1 << 16
)

// DecodeBlock reads the first block of the TCP block driver in b: a magic
// number, the length, a datagram. It returns the datagram, which points into
// b, and the number of bytes it took.
func DecodeBlock(b []byte) ([]byte, int, error) {
	const size = 8
	for i := 0; i < len(b) && i < 4; i++ {
		if b[i] != blockMagic[i] {
			return nil, 0, ErrMagic
		}
	}
	if len(b) < size {
		return nil, 0, ErrShort
	}
	n := binary.LittleEndian.Uint32(b[4:])
	if n < size+6 || n > maxBlock {
		return nil, 0, ErrLength
	}
	if uint64(len(b)) < uint64(n) {
		return nil, 0, ErrShort
	}
	return b[size:n:n], int(n), nil
}

// Services of the datagram layer.
const (
	ServiceAddressRequest  = 1
	ServiceAddressResponse = 2
	ServiceNameRequest     = 3
	ServiceNameResponse    = 4
	ServiceChannel         = 0x40
)

// Datagram is one message of the datagram layer. Payload points into the
// decoded buffer.
type Datagram struct {
	Hops    uint8
	Signal  bool
	Service uint8
	Message uint8
	Payload []byte
}

// Decode reads the datagram that fills b.
func Decode(b []byte) (Datagram, int, error) {
	if len(b) > 0 && b[0] != datagramMagic {
		return Datagram{}, 0, ErrMagic
	}
	if len(b) < 6 {
		return Datagram{}, 0, ErrShort
	}
	d := Datagram{Hops: b[1] >> 3, Signal: b[2]&0x20 != 0, Service: b[3], Message: b[4]}
	header := int(b[1]&7) * 2
	if header < 6 || d.Hops == 0 || d.Service == 0 || d.Service > ServiceNameResponse && d.Service != ServiceChannel {
		return Datagram{}, 0, ErrHeader
	}
	// The address lengths are in words, the payload starts on a multiple of four.
	start := (header + 2*int(b[5]>>4) + 2*int(b[5]&0x0f) + 3) &^ 3
	if len(b) < start {
		return Datagram{}, 0, ErrShort
	}
	d.Payload = b[start:len(b):len(b)]
	return d, len(b), nil
}

// Packages of the name service.
const (
	ResolveName    = 0xc201
	ResolveAddress = 0xc202
	Identification = 0xc280
)

// NamePackage is the kind of a name service message.
func (d Datagram) NamePackage() (uint16, bool) {
	if d.Service != ServiceNameRequest && d.Service != ServiceNameResponse || len(d.Payload) < 8 {
		return 0, false
	}
	return binary.LittleEndian.Uint16(d.Payload), true
}

// Identity is what a runtime says about itself in the name service. The names
// are UTF-16LE without an end mark and point into the decoded buffer, as does
// the serial number.
type Identity struct {
	Node          []byte
	Device        []byte
	Vendor        []byte
	Serial        []byte
	TargetType    uint32
	TargetID      uint32
	TargetVersion uint32
}

// Identity reads an identification.
func (d Datagram) Identity() (Identity, bool) {
	const fixed = 8 + 40
	kind, ok := d.NamePackage()
	b := d.Payload
	if !ok || kind != Identification || len(b) < fixed || binary.LittleEndian.Uint16(b[2:])>>8 != 4 {
		return Identity{}, false
	}
	h := b[8:]
	id := Identity{
		TargetType:    binary.LittleEndian.Uint32(h[12:]),
		TargetID:      binary.LittleEndian.Uint32(h[16:]),
		TargetVersion: binary.LittleEndian.Uint32(h[20:]),
	}
	parent := int(binary.LittleEndian.Uint16(h[4:]))
	serial := int(h[28])
	names := 0
	for i := range 3 {
		names += 2 * (int(binary.LittleEndian.Uint16(h[6+2*i:])) + 1)
	}
	rest := b[fixed:]
	// The size of the parent's address is in words, or in bytes where that fits.
	if len(rest) >= 2*parent+names+serial {
		parent *= 2
	}
	if at := parent + names; serial > 0 && at+serial <= len(rest) {
		id.Serial = rest[at : at+serial]
	}
	return id, id.names(h, rest, parent)
}

func (id *Identity) names(h, rest []byte, at int) bool {
	for i, name := range [3]*[]byte{&id.Node, &id.Device, &id.Vendor} {
		n := 2 * int(binary.LittleEndian.Uint16(h[6+2*i:]))
		if at+n > len(rest) {
			return false
		}
		*name = rest[at : at+n]
		at += n + 2
	}
	return true
}

// AppendText appends UTF-16LE text as UTF-8, as far as it is in the basic
// plane.
func AppendText(dst, utf16 []byte) []byte {
	for ; len(utf16) >= 2; utf16 = utf16[2:] {
		c := rune(binary.LittleEndian.Uint16(utf16))
		if c == 0 {
			break
		}
		dst = append(dst, string(c)...)
	}
	return dst
}
