// Package wireguard recognises the handshake of the WireGuard tunnel.
//
// A tunnel hides everything else; that there is one is what matters. Only the
// two handshake messages are recognised surely, by their length, their reserved
// zeros and the second authenticator, which is zero unless the responder is
// under load. Data packets are read only once a handshake was seen.
//
// Reference: J. Donenfeld, "WireGuard: Next Generation Kernel Network Tunnel",
// 2020, section 5.4.
package wireguard

import (
	"encoding/binary"
	"errors"
)

// Errors that Decode returns. ErrShort means "give me more bytes".
var (
	ErrShort    = errors.New("wireguard: short message")
	ErrProtocol = errors.New("wireguard: not a WireGuard message")
)

// Type is the type of a message.
type Type uint8

// Message types.
const (
	Initiation Type = 1
	Response   Type = 2
	Cookie     Type = 3
	Transport  Type = 4
)

// Lengths of the messages; of transport the least one.
const (
	lenInitiation = 148
	lenResponse   = 92
	lenCookie     = 64
	lenTransport  = 32
)

// Message is one message.
type Message struct {
	Type   Type
	Sender uint32 // handshake: the sender's index
	Plain  bool   // handshake: the second authenticator is zero, as it mostly is
}

// Decode reads the message in b and returns the number of bytes it took.
func Decode(b []byte) (Message, int, error) {
	if len(b) < 4 {
		return Message{}, 0, ErrShort
	}
	if b[1] != 0 || b[2] != 0 || b[3] != 0 {
		return Message{}, 0, ErrProtocol
	}
	m := Message{Type: Type(b[0])}
	n := len(b)
	switch m.Type {
	case Initiation:
		n = lenInitiation
	case Response:
		n = lenResponse
	case Cookie:
		n = lenCookie
	case Transport:
		n = max(n, lenTransport)
	default:
		return Message{}, 0, ErrProtocol
	}
	if len(b) < n {
		return Message{}, 0, ErrShort
	}
	// What is encrypted is padded to 16 bytes.
	if len(b) > n || m.Type == Transport && n%16 != 0 {
		return Message{}, 0, ErrProtocol
	}
	if m.Type == Initiation || m.Type == Response {
		m.Sender = binary.LittleEndian.Uint32(b[4:])
		m.Plain = [16]byte(b[n-16:]) == [16]byte{} && [16]byte(b[n-32:]) != [16]byte{}
	}
	return m, n, nil
}
