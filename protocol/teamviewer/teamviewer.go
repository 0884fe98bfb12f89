// Package teamviewer recognises the frames of TeamViewer's own protocol (TCP
// port 5938), which lets people outside control a machine inside.
//
// The protocol is not published and its contents are encrypted: only the two
// forms of frame headers are read, with the command and the length in them.
//
// Reference: the signatures in public traffic classifiers, and the lengths
// checked on a capture.
package teamviewer

import (
	"encoding/binary"
	"errors"
)

// Errors that Decode wraps. ErrShort means "give me more bytes"; ErrFormat
// that the bytes are not TeamViewer.
var (
	ErrShort  = errors.New("teamviewer: short frame")
	ErrFormat = errors.New("teamviewer: not a TeamViewer frame")
)

const (
	// First frames begin with 0x1724 and have 5 bytes of header, later ones
	// begin with 0x1130 and have 24.
	helloMagic, helloSize = 0x1724, 5
	frameMagic, frameSize = 0x1130, 24

	// Datagrams have a header of their own in front of a first frame.
	datagramSize = 11

	maxBody = 1 << 20
)

// Frame is the header of one frame.
type Frame struct {
	Hello   bool // of the first frames of a connection
	Command uint8
}

// Decode reads the header of a frame and returns the length of the frame with
// its body, which may be above the length of b: the body need not be there.
func Decode(b []byte) (Frame, int, error) {
	if len(b) < helloSize {
		if len(b) > 0 && b[0] != helloMagic>>8 && b[0] != frameMagic>>8 {
			return Frame{}, 0, ErrFormat
		}
		return Frame{}, 0, ErrShort
	}
	switch binary.BigEndian.Uint16(b) {
	case helloMagic:
		return Frame{true, b[2]}, helloSize + int(binary.LittleEndian.Uint16(b[3:])), nil
	case frameMagic:
		if len(b) < frameSize {
			return Frame{}, 0, ErrShort
		}
		size := binary.LittleEndian.Uint32(b[4:])
		if size > maxBody || b[3] != 0 {
			return Frame{}, 0, ErrFormat
		}
		return Frame{false, b[2]}, frameSize + int(size), nil
	}
	return Frame{}, 0, ErrFormat
}

// DecodeDatagram reads the frame in a datagram, which it fills to the end.
func DecodeDatagram(b []byte) (Frame, int, error) {
	if len(b) < datagramSize+helloSize {
		return Frame{}, 0, ErrShort
	}
	f, n, err := Decode(b[datagramSize:])
	switch {
	case err != nil:
		return Frame{}, 0, err
	case !f.Hello || b[datagramSize-1] != 3 || datagramSize+n != len(b):
		return Frame{}, 0, ErrFormat
	}
	return f, len(b), nil
}
