// Package vnc decodes the handshake of the Remote Framebuffer protocol: the
// versions, the kinds of security and the name of the desktop.
//
// What follows the handshake (pictures, keys and pointers) is not read.
//
// Reference: RFC 6143, sections 7.1 to 7.3; the registry of security types in
// the community's rfbproto document.
package vnc

import (
	"encoding/binary"
	"errors"
)

// Errors that the functions wrap. ErrShort means "give me more bytes";
// ErrFormat that the bytes are not RFB and never will be.
var (
	ErrShort  = errors.New("vnc: short message")
	ErrFormat = errors.New("vnc: not the remote framebuffer protocol")
)

// VersionSize is the length of the version line.
const VersionSize = 12

// Security types.
const (
	SecurityInvalid  = 0
	SecurityNone     = 1
	SecurityVNC      = 2
	SecurityTight    = 16
	SecurityTLS      = 18
	SecurityVeNCrypt = 19
)

// DecodeVersion reads "RFB 003.008\n" and returns the version.
func DecodeVersion(b []byte) (major, minor int, err error) {
	const shape = "RFB 000.000\n"
	for i, c := range b[:min(len(b), len(shape))] {
		if shape[i] == '0' && (c < '0' || c > '9') || shape[i] != '0' && c != shape[i] {
			return 0, 0, ErrFormat
		}
	}
	if len(b) < VersionSize {
		return 0, 0, ErrShort
	}
	return decimal(b[4:7]), decimal(b[8:11]), nil
}

func decimal(b []byte) int { return int(b[0]-'0')*100 + int(b[1]-'0')*10 + int(b[2]-'0') }

// DecodeSecurity reads the types of security that a server of version 3.7 or
// later offers. An empty list is a refusal; a reason follows it.
func DecodeSecurity(b []byte) (types []byte, n int, err error) {
	if len(b) < 1 || len(b) < 1+int(b[0]) {
		return nil, 0, ErrShort
	}
	n = 1 + int(b[0])
	return b[1:n], n, nil
}

// Init is the server's last message of the handshake. Name points into the
// decoded buffer.
type Init struct {
	Width, Height uint16
	Name          []byte
}

// maxName bounds the name of a desktop.
const maxName = 4096

// DecodeInit reads a ServerInit message.
func DecodeInit(b []byte) (Init, int, error) {
	const fixed = 24
	if len(b) < fixed {
		return Init{}, 0, ErrShort
	}
	size := binary.BigEndian.Uint32(b[20:])
	// Byte 4 is the bits per pixel: 8, 16 or 32 by the standard.
	if size > maxName || b[4] != 8 && b[4] != 16 && b[4] != 32 {
		return Init{}, 0, ErrFormat
	}
	end := fixed + int(size)
	if len(b) < end {
		return Init{}, 0, ErrShort
	}
	return Init{Width: binary.BigEndian.Uint16(b), Height: binary.BigEndian.Uint16(b[2:]), Name: b[fixed:end]}, end, nil
}
