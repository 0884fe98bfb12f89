// Package genisys decodes Genisys, the protocol by which railway control
// offices talk to field units of Union Switch & Signal (Ansaldo STS, Hitachi
// Rail), on serial lines and in TCP.
//
// It reads bytes and returns values: it opens no socket, keeps no state and
// pairs no indication with its poll. What a bit means stands in nobody's
// message; payloads are address and value pairs.
//
// Reference: Union Switch & Signal P2346F "Genisys-2000"; ARINC 12-024 "Genisys
// protocol" as read by the parser that CISA publishes. A message is a header
// byte 0xf1 to 0xfe, the station, pairs, a checksum and 0xf6; bytes above 0xef
// inside are written as 0xf0 and the low half.
package genisys

import "errors"

// Errors of this package. ErrShort means "give me more bytes"; the others mean
// that the bytes are not Genisys.
var (
	ErrShort  = errors.New("genisys: short message")
	ErrHeader = errors.New("genisys: no header byte")
	ErrBody   = errors.New("genisys: malformed message")
	ErrCRC    = errors.New("genisys: checksum is wrong")
)

// Header is the byte that starts a message.
type Header uint8

// Headers. The office sends those from 0xf9, field units those below 0xf4.
const (
	Acknowledge      Header = 0xf1
	IndicationData   Header = 0xf2
	ControlCheckback Header = 0xf3
	CommonControl    Header = 0xf9
	AcknowledgePoll  Header = 0xfa
	Poll             Header = 0xfb
	ControlData      Header = 0xfc
	Recall           Header = 0xfd
	ExecuteControls  Header = 0xfe
)

// Known reports whether the header is defined.
func (h Header) Known() bool { return h >= Acknowledge && h <= ControlCheckback || h >= CommonControl }

// FromField reports whether a field unit sends it.
func (h Header) FromField() bool { return h <= ControlCheckback }

const (
	escape     = 0xf0
	terminator = 0xf6
	// maxMessage is far above what 256 pairs need when all bytes are escaped.
	maxMessage = 2048
)

// Message is one message. Body is the bytes between the header and the
// checksum, still escaped: the station and the pairs. It points into the
// decoded buffer; walk the pairs with Next.
type Message struct {
	Header  Header
	Station uint8
	Checked bool // a checksum was there, and right
	Body    []byte
	pairs   int // where in Body the pairs start
}

// Decode reads the first message in b and returns the number of bytes it took.
func Decode(b []byte) (Message, int, error) {
	if len(b) == 0 {
		return Message{}, 0, ErrShort
	}
	m := Message{Header: Header(b[0])}
	if !m.Header.Known() || b[0] == 0xff {
		return Message{}, 0, ErrHeader
	}
	end, err := scan(b)
	if err != nil {
		return Message{}, 0, err
	}
	if err := m.read(b[1:end:end]); err != nil {
		return Message{}, 0, err
	}
	return m, end + 1, nil
}

// scan is where the terminator stands. A byte above the escape may only stand
// in the checksum, which some devices do not escape.
func scan(b []byte) (int, error) {
	raw := 0 // the first byte that is not escaped though it should be
	for i := 1; i < len(b) && i < maxMessage; i++ {
		switch {
		case raw > 0 && i > raw+2:
			return 0, ErrBody
		case b[i] == terminator:
			return i, nil
		case raw == 0 && (b[i] > escape || b[i-1] == escape && i > 1 && b[i] > 0x0f):
			raw = i
		}
	}
	if len(b) >= maxMessage {
		return 0, ErrBody
	}
	return 0, ErrShort
}

// read splits what stands between header and terminator. An acknowledgement
// has no checksum, and a poll may go without one.
func (m *Message) read(b []byte) error {
	station, n, ok := unescape(b)
	if !ok {
		return ErrBody
	}
	m.Station, m.pairs, m.Body = station, n, b
	if len(b) == n && (m.Header == Acknowledge || m.Header == Poll) {
		return nil
	}
	if m.Header == Acknowledge || len(b) < n+2 {
		return ErrBody
	}
	sum, start := checksum(b)
	if start >= n && m.sums(b[:start:start], sum) {
		return nil
	}
	raw := len(b) - 2
	if m.sums(b[:raw:raw], uint16(b[raw+1])<<8|uint16(b[raw])) {
		return nil
	}
	return ErrCRC
}

// sums takes body when the checksum fits it. Devices start CRC-16 with 0 or, as
// Modbus does, with 0xffff; both are on the wire.
func (m *Message) sums(body []byte, sum uint16) bool {
	zero, ones := update(0, byte(m.Header)), update(0xffff, byte(m.Header))
	for rest := body; len(rest) > 0; {
		v, n, ok := unescape(rest)
		if !ok {
			return false
		}
		zero, ones, rest = update(zero, v), update(ones, v), rest[n:]
	}
	if sum != zero && sum != ones {
		return false
	}
	m.Body, m.Checked = body, true
	return true
}

// update is one step of CRC-16 with the reflected polynomial 0xa001.
func update(c uint16, v byte) uint16 {
	c ^= uint16(v)
	for range 8 {
		if c&1 != 0 {
			c = c>>1 ^ 0xa001
		} else {
			c >>= 1
		}
	}
	return c
}

// unescape takes the first byte off b.
func unescape(b []byte) (v byte, n int, ok bool) {
	switch {
	case len(b) == 0:
		return 0, 0, false
	case b[0] != escape:
		return b[0], 1, true
	case len(b) == 1:
		return 0, 0, false
	}
	return escape | b[1], 2, true
}

// checksum reads the last two bytes of b, low byte first and escaped where they
// must be, and tells where they start.
func checksum(b []byte) (sum uint16, start int) {
	hi, start := last(b, len(b))
	lo, start := last(b, start)
	return uint16(hi)<<8 | uint16(lo), start
}

// last is the byte that ends before end, and where it starts.
func last(b []byte, end int) (byte, int) {
	switch {
	case end >= 2 && b[end-2] == escape:
		return escape | b[end-1], end - 2
	case end >= 1:
		return b[end-1], end - 1
	}
	return 0, 0
}

// Pairs is the escaped list of address and value pairs.
func (m Message) Pairs() []byte { return m.Body[m.pairs:] }

// Next is the first pair of pairs and what follows it.
func Next(pairs []byte) (address, value uint8, rest []byte, ok bool) {
	address, n, ok := unescape(pairs)
	if !ok {
		return 0, 0, nil, false
	}
	pairs = pairs[n:]
	value, n, ok = unescape(pairs)
	if !ok {
		return 0, 0, nil, false
	}
	return address, value, pairs[n:], true
}
