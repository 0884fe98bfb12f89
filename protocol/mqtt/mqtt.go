// Package mqtt decodes MQTT control packets of versions 3.1, 3.1.1 and 5.
//
// It reads bytes and returns values: it opens no socket, keeps no state and
// does not follow a session. Payloads are left as they are; package sparkplug
// reads those of Sparkplug B. Of the properties of version 5 it reads the
// lengths, and the topic alias.
//
// Reference: OASIS MQTT 3.1.1 (2014) and MQTT 5.0 (2019), sections 2 and 3;
// IBM/Eurotech MQTT V3.1 Protocol Specification (2010). Numbers are big-endian.
package mqtt

import (
	"encoding/binary"
	"errors"
)

// Errors of this package. ErrShort means "give me more bytes"; the others mean
// that the bytes are not MQTT.
var (
	ErrShort  = errors.New("mqtt: short packet")
	ErrType   = errors.New("mqtt: impossible packet type or flags")
	ErrLength = errors.New("mqtt: malformed remaining length")
	ErrBody   = errors.New("mqtt: malformed packet")
)

// Type is a control packet type.
type Type uint8

// Control packet types.
const (
	Connect     Type = 1
	ConnAck     Type = 2
	Publish     Type = 3
	PubAck      Type = 4
	PubRec      Type = 5
	PubRel      Type = 6
	PubComp     Type = 7
	Subscribe   Type = 8
	SubAck      Type = 9
	Unsubscribe Type = 10
	UnsubAck    Type = 11
	PingReq     Type = 12
	PingResp    Type = 13
	Disconnect  Type = 14
	Auth        Type = 15
)

// Packet is one control packet. Body is what follows the fixed header: it
// points into the decoded buffer and may be shorter than Length when the buffer
// held only its beginning.
type Packet struct {
	Type   Type
	Flags  uint8
	Length int
	Body   []byte
}

// Peek reads the fixed header of the first packet in b and as much of its body
// as b holds, and returns the length of the whole packet, which may be above
// len(b).
func Peek(b []byte) (Packet, int, error) {
	if len(b) == 0 {
		return Packet{}, 0, ErrShort
	}
	p := Packet{Type: Type(b[0] >> 4), Flags: b[0] & 0x0f}
	if !p.flagsFit() {
		return Packet{}, 0, ErrType
	}
	length, n, err := varint(b[1:])
	if err != nil {
		return Packet{}, 0, err
	}
	if !p.lengthFits(length) {
		return Packet{}, 0, ErrLength
	}
	start := 1 + n
	end := start + length
	have := min(end, len(b))
	p.Length, p.Body = length, b[start:have:have]
	return p, end, nil
}

// Decode reads the first packet in b and returns the number of bytes it took.
func Decode(b []byte) (Packet, int, error) {
	p, n, err := Peek(b)
	if err != nil {
		return Packet{}, 0, err
	}
	if n > len(b) {
		return Packet{}, 0, ErrShort
	}
	return p, n, nil
}

// flagsFit reports whether the flags are those the standard reserves for the
// type (table 2.2). Version 3.1 has a duplicate flag where 3.1.1 has 0, and
// clients are about that leave out the bit that both demand.
func (p Packet) flagsFit() bool {
	switch p.Type {
	case 0:
		return false
	case Publish:
		return p.Flags>>1&3 != 3
	case PubRel, Subscribe, Unsubscribe:
		return p.Flags&^0x0a == 0
	}
	return p.Flags == 0
}

// lengthFits reports whether a body of that length is possible for the type.
func (p Packet) lengthFits(n int) bool {
	switch p.Type {
	case Connect:
		return n >= 12
	case ConnAck, PubAck, PubRec, PubRel, PubComp, UnsubAck:
		return n >= 2
	case Publish:
		return n >= 2
	case SubAck:
		return n >= 3
	case Subscribe:
		return n >= 5
	case Unsubscribe:
		return n >= 4
	case PingReq, PingResp:
		return n == 0
	}
	return true
}

// QoS is the quality of service of a Publish.
func (p Packet) QoS() uint8 { return p.Flags >> 1 & 3 }

// Retain reports whether the broker shall keep a Publish.
func (p Packet) Retain() bool { return p.Flags&1 != 0 }

// varint reads a variable byte integer of at most four bytes.
func varint(b []byte) (value, n int, err error) {
	for i := 0; i < 4; i++ {
		if i >= len(b) {
			return 0, 0, ErrShort
		}
		value |= int(b[i]&0x7f) << (7 * i)
		if b[i]&0x80 == 0 {
			if i > 0 && b[i] == 0 {
				return 0, 0, ErrLength
			}
			return value, i + 1, nil
		}
	}
	return 0, 0, ErrLength
}

// cursor walks through a body. After a field that does not fit, bad is set and
// every further field is empty.
type cursor struct {
	b   []byte
	bad bool
}

func (c *cursor) take(n int) []byte {
	if c.bad || n < 0 || n > len(c.b) {
		c.bad = true
		return nil
	}
	v := c.b[:n:n]
	c.b = c.b[n:]
	return v
}

func (c *cursor) u8() uint8 {
	if v := c.take(1); v != nil {
		return v[0]
	}
	return 0
}

func (c *cursor) u16() uint16 {
	if v := c.take(2); v != nil {
		return binary.BigEndian.Uint16(v)
	}
	return 0
}

func (c *cursor) str() []byte { return c.take(int(c.u16())) }

// properties skips the properties of version 5 and returns them.
func (c *cursor) properties() []byte {
	n, size, err := varint(c.b)
	if err != nil {
		c.bad = true
		return nil
	}
	c.take(size)
	return c.take(n)
}
