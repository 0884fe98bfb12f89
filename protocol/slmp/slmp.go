// Package slmp decodes SLMP, the message protocol of Mitsubishi Electric
// controllers (MC protocol 3E and 4E frames), in binary and in ASCII code, and
// the frames of CC-Link IE TSN that share its layout.
//
// It reads bytes and returns values: it opens no socket, keeps no state and
// pairs no response with its request. A response does not repeat its command,
// so that its data is read by functions chosen by who paired it.
//
// Reference: CC-Link Partner Association BAP-C2006ENG-001 "SLMP Specification
// (Overview)"; Mitsubishi SH-080956ENG "SLMP Reference Manual"; SH-080008
// "MELSEC Communication Protocol Reference Manual". Binary numbers are
// little-endian; in ASCII code each is hexadecimal digits, high digit first.
package slmp

import (
	"encoding/binary"
	"errors"
)

// Errors of this package. ErrShort means "give me more bytes"; the others mean
// that the bytes are not SLMP.
var (
	ErrShort     = errors.New("slmp: short frame")
	ErrSubheader = errors.New("slmp: unknown subheader")
	ErrDigit     = errors.New("slmp: not a hexadecimal digit")
	ErrLength    = errors.New("slmp: length out of range")
	ErrHeader    = errors.New("slmp: impossible header")
)

// Frame is the layout of a message.
type Frame uint8

// Frame layouts.
const (
	Frame3E  Frame = iota + 1
	Frame4E        // with a serial number
	FrameTSN       // CC-Link IE TSN: with a serial number and a longer route
)

// maxLength is the longest data taken for a message; the manuals allow 1920
// points of two bytes, file services a little more.
const maxLength = 8192

// Message is one request or response. Data is what follows the command and sub
// command of a request, or the end code of a response: bytes in binary code,
// digits in ASCII code. It points into the decoded buffer.
type Message struct {
	Frame      Frame
	ASCII      bool
	Response   bool
	Serial     uint16 // pairs a response with its request, 4E and TSN only
	Network    uint8
	Station    uint8
	Module     uint16 // I/O number of the processor, 0x03ff is the one that is asked
	Multidrop  uint8
	Timer      uint16 // requests: monitoring time in units of 250 ms
	Command    Command
	Subcommand uint16
	EndCode    uint16 // responses: 0 is normal completion
	Data       []byte
}

// reader takes fields off a message in either code. After a field that does
// not fit, err is set and every further field is 0.
type reader struct {
	b     []byte
	at    int
	ascii bool
	err   error
}

// num takes a number of that many bytes.
func (r *reader) num(size int) uint32 {
	if r.ascii {
		return r.digits(2 * size)
	}
	if r.err != nil || r.at+size > len(r.b) {
		r.fail(ErrShort)
		return 0
	}
	var v uint32
	for i := size - 1; i >= 0; i-- {
		v = v<<8 | uint32(r.b[r.at+i])
	}
	r.at += size
	return v
}

func (r *reader) digits(n int) uint32 {
	var v uint32
	for range n {
		if r.err != nil || r.at >= len(r.b) {
			r.fail(ErrShort)
			return 0
		}
		d := digit(r.b[r.at])
		if d > 15 {
			r.fail(ErrDigit)
			return 0
		}
		v = v<<4 | uint32(d)
		r.at++
	}
	return v
}

func (r *reader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

func digit(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10
	}
	return 0xff
}

// Decode reads the first message in b and returns the number of bytes it took.
func Decode(b []byte) (Message, int, error) {
	r := reader{b: b}
	m, err := r.subheader()
	if err != nil {
		return Message{}, 0, err
	}
	length := r.route(&m)
	if r.err != nil {
		return Message{}, 0, r.err
	}
	if length < m.minLength() || length > maxLength {
		return Message{}, 0, ErrLength
	}
	end := r.at + length
	if len(b) < end {
		return Message{}, 0, ErrShort
	}
	r.b = b[:end:end]
	r.body(&m)
	if r.err != nil {
		return Message{}, 0, r.err
	}
	return m, end, nil
}

// subheader takes the subheader, which tells layout, code and direction.
func (r *reader) subheader() (Message, error) {
	if len(r.b) < 2 {
		return Message{}, ErrShort
	}
	if m, ok := layout(r.b[0], r.b[1]); ok {
		r.at = 2
		return m, nil
	}
	if len(r.b) >= 4 && r.b[2] == '0' && r.b[3] == '0' {
		r.ascii = true
		m, ok := layout(digit(r.b[0])<<4|digit(r.b[1]), 0)
		if r.at = 4; ok && m.Frame != FrameTSN && digit(r.b[0]) < 16 && digit(r.b[1]) < 16 {
			m.ASCII = true
			return m, nil
		}
	}
	if len(r.b) < 4 && (r.b[0] == '5' || r.b[0] == 'D') && (r.b[1] == '0' || r.b[1] == '4') {
		return Message{}, ErrShort
	}
	return Message{}, ErrSubheader
}

func layout(hi, lo byte) (Message, bool) {
	if lo != 0 {
		return Message{}, false
	}
	m := Message{Response: hi&0x80 != 0}
	switch hi &^ 0x80 {
	case 0x50:
		m.Frame = Frame3E
	case 0x54:
		m.Frame = Frame4E
	case 0x68:
		m.Frame = FrameTSN
	}
	return m, m.Frame != 0
}

// route takes serial number, route and length, and returns the length in bytes
// of what follows.
func (r *reader) route(m *Message) int {
	if m.Frame != Frame3E {
		m.Serial = uint16(r.num(2))
		if r.num(2) != 0 {
			r.fail(ErrHeader)
		}
	}
	m.Network = uint8(r.num(1))
	m.Station = uint8(r.num(1))
	m.Module = uint16(r.num(2))
	m.Multidrop = uint8(r.num(1))
	if m.Frame == FrameTSN {
		r.num(3) // reserved, and the extended station number
	}
	return int(r.num(2))
}

// minLength is the shortest possible rest of a message: timer, command and sub
// command, or an end code. In TSN frames a response has the rest of a request.
func (m Message) minLength() int {
	n := 6
	if m.Response && m.Frame != FrameTSN {
		n = 2
	}
	if m.ASCII {
		n *= 2
	}
	return n
}

func (r *reader) body(m *Message) {
	first := uint16(r.num(2))
	if m.Response {
		m.EndCode = first
	} else {
		m.Timer = first
	}
	if !m.Response || m.Frame == FrameTSN {
		m.Command = Command(r.num(2))
		m.Subcommand = uint16(r.num(2))
	}
	if r.err == nil {
		m.Data = r.b[r.at:]
	}
}

// Own reports whether the message is for the station that it is sent to, which
// is what almost all are: network 0, station 0xff, the processor in control.
// It is what makes a response certain that carries nothing else to check.
func (m Message) Own() bool {
	return m.Network == 0 && m.Station == 0xff && m.Module == 0x03ff && m.Multidrop == 0
}

// TypeName reads the data of a response to ReadTypeName: the model and the code
// of the processor. Model points into the decoded buffer.
func (m Message) TypeName() (model []byte, code uint16, ok bool) {
	if len(m.Data) < 18 || !m.Response || m.EndCode != 0 {
		return nil, 0, false
	}
	model = m.Data[:16]
	for len(model) > 0 && (model[len(model)-1] == ' ' || model[len(model)-1] == 0) {
		model = model[:len(model)-1]
	}
	for _, c := range model {
		if c < ' ' || c > '~' {
			return nil, 0, false
		}
	}
	if !m.ASCII {
		return model, binary.LittleEndian.Uint16(m.Data[16:]), len(model) > 0
	}
	r := reader{b: m.Data, at: 16, ascii: true}
	code = uint16(r.num(2))
	return model, code, len(model) > 0 && r.err == nil
}
