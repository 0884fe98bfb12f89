// Package pcworx decodes the messages of Phoenix Contact's PC Worx engineering
// protocol (TCP 1962) as far as they name a controller.
//
// It reads bytes and returns values: it opens no socket and keeps no state. The
// frame is read of every message, the body only of the identity reply.
//
// Phoenix Contact has not published the protocol. Frame and identity reply are
// those of public discovery scripts: marker 0x01 or 0x81, command, total length
// (big-endian), sequence.
package pcworx

import (
	"bytes"
	"encoding/binary"
	"errors"
)

// Errors of this package. ErrShort means "give me more bytes"; the others mean
// that the bytes are not PC Worx.
var (
	ErrShort  = errors.New("pcworx: short message")
	ErrMarker = errors.New("pcworx: unknown marker")
	ErrLength = errors.New("pcworx: length out of range")
)

// Commands that are known.
const (
	Open  = 0x01 // starts a session
	Bind  = 0x05
	Query = 0x06
)

const headerLen = 8

// Message is one request or reply. Frame is the whole message; it points into
// the decoded buffer.
type Message struct {
	Reply    bool
	Command  uint8
	Sequence uint16
	Frame    []byte
}

// Decode reads the first message in b and returns the number of bytes it took.
func Decode(b []byte) (Message, int, error) {
	if len(b) > 0 && b[0] != 0x01 && b[0] != 0x81 {
		return Message{}, 0, ErrMarker
	}
	if len(b) < headerLen {
		return Message{}, 0, ErrShort
	}
	n := int(binary.BigEndian.Uint16(b[2:]))
	if n < headerLen || b[1] == 0 || b[1] > 0x20 {
		return Message{}, 0, ErrLength
	}
	if len(b) < n {
		return Message{}, 0, ErrShort
	}
	return Message{
		Reply: b[0]&0x80 != 0, Command: b[1], Sequence: binary.BigEndian.Uint16(b[4:]), Frame: b[:n:n],
	}, n, nil
}

// Identity is the answer to a query for the controller. Its texts point into
// the decoded buffer.
type Identity struct {
	Type     []byte // "ILC 330 ETH"
	Model    []byte // the order number, "2737193"
	Firmware []byte // "3.95T"
	Date     []byte // of the firmware, "Mar  2 2012"
	Time     []byte
}

// Identity reads the answer to a query for the controller. It is not ok when
// the places of type and firmware hold no text.
func (m Message) Identity() (Identity, bool) {
	const longest = 160
	if !m.Reply || m.Command != Query || len(m.Frame) < longest {
		return Identity{}, false
	}
	id := Identity{
		Type: text(m.Frame[30:66]), Firmware: text(m.Frame[66:79]), Date: text(m.Frame[79:91]),
		Time: text(m.Frame[91:152]), Model: text(m.Frame[152:]),
	}
	return id, len(id.Type) > 2 && len(id.Firmware) > 2
}

// text is b up to the first NUL, nil when that is not printable.
func text(b []byte) []byte {
	end := bytes.IndexByte(b, 0)
	if end < 0 {
		end = len(b)
	}
	for _, c := range b[:end] {
		if c < ' ' || c > '~' {
			return nil
		}
	}
	return bytes.TrimSpace(b[:end])
}
