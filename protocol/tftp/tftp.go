// Package tftp decodes the Trivial File Transfer Protocol.
//
// It reads requests with their file, mode and options, and the numbers of data
// blocks and acknowledgements. It does not put files together.
//
// References: RFC 1350 (TFTP), RFC 2347 (options).
package tftp

import (
	"bytes"
	"encoding/binary"
	"errors"

	"github.com/bulkhead-ot/bulkhead/protocol/textline"
)

// Errors that Decode wraps. ErrShort means that bytes are missing; ErrFormat
// that these are not TFTP.
var (
	ErrShort  = errors.New("tftp: short packet")
	ErrFormat = errors.New("tftp: not a TFTP packet")
)

// Opcode is the kind of a packet.
type Opcode uint16

// Opcodes.
const (
	Read       Opcode = 1
	Write      Opcode = 2
	Data       Opcode = 3
	Ack        Opcode = 4
	Error      Opcode = 5
	OptionsAck Opcode = 6
)

// BlockSize is the length of a block where no option says otherwise; a shorter
// one is the last.
const BlockSize = 512

// Packet is one packet. Byte fields point into the decoded buffer.
type Packet struct {
	Opcode Opcode
	Block  uint16 // of data and acknowledgements
	Code   uint16 // of an error
	File   []byte // of requests
	Mode   []byte
	Text   []byte // of an error
	Data   []byte
}

// Decode reads one packet, which is a whole datagram, and returns the number
// of bytes it took.
func Decode(b []byte) (Packet, int, error) {
	if len(b) < 4 {
		return Packet{}, 0, ErrShort
	}
	p := Packet{Opcode: Opcode(binary.BigEndian.Uint16(b))}
	number := binary.BigEndian.Uint16(b[2:])
	switch p.Opcode {
	case Read, Write:
		return p.request(b)
	case Data:
		p.Block, p.Data = number, b[4:]
		return p, len(b), nil
	case Ack:
		p.Block = number
		return p, 4, nil
	case Error:
		text, rest, ok := bytes.Cut(b[4:], []byte{0})
		if number > 8 || !textline.Printable(text) {
			return Packet{}, 0, ErrFormat
		}
		p.Code, p.Text = number, text
		if !ok {
			return p, 0, ErrShort
		}
		return p, len(b) - len(rest), nil
	case OptionsAck:
		n, err := options(b, 2)
		return p, n, err
	}
	return Packet{}, 0, ErrFormat
}

// request reads a file, a mode and options.
func (p Packet) request(b []byte) (Packet, int, error) {
	file, rest, ok := bytes.Cut(b[2:], []byte{0})
	switch {
	case !textline.Printable(file) || len(file) == 0:
		return Packet{}, 0, ErrFormat
	case !ok:
		return p, 0, ErrShort
	}
	p.File = file
	mode, rest, ok := bytes.Cut(rest, []byte{0})
	if !ok {
		return p, 0, ErrShort
	}
	if !textline.Is(mode, "OCTET") && !textline.Is(mode, "NETASCII") && !textline.Is(mode, "MAIL") {
		return Packet{}, 0, ErrFormat
	}
	p.Mode = mode
	n, err := options(b, len(b)-len(rest))
	return p, n, err
}

// options walks pairs of names and values and returns where they end.
func options(b []byte, at int) (int, error) {
	for at < len(b) {
		for range 2 {
			end := bytes.IndexByte(b[at:], 0)
			switch {
			case end < 0 && textline.Printable(b[at:]):
				return 0, ErrShort
			case end < 1 || !textline.Printable(b[at:at+end]):
				return 0, ErrFormat
			}
			at += end + 1
		}
	}
	return at, nil
}
