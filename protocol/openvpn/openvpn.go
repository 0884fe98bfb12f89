// Package openvpn recognises the control channel of OpenVPN tunnels.
//
// A tunnel hides everything else; that there is one is what matters. The reset
// messages that open a tunnel without a pre-shared control key have a form of
// their own. With such a key a digest is in the way, and only operation codes
// are checked. Under tls-crypt or static keys nothing is left to recognise.
//
// Reference: OpenVPN protocol documentation (openvpn-rfc draft 00, section 3);
// the operation codes are those of OpenVPN 2.6.
package openvpn

import "errors"

// Errors that Decode returns. ErrShort means "give me more bytes".
var (
	ErrShort    = errors.New("openvpn: short packet")
	ErrProtocol = errors.New("openvpn: not an OpenVPN packet")
)

// Op is the operation of a packet.
type Op uint8

// Operations.
const (
	SoftReset     Op = 3
	Control       Op = 4
	Ack           Op = 5
	DataV1        Op = 6
	HardResetC2   Op = 7
	HardResetS2   Op = 8
	DataV2        Op = 9
	HardResetC3   Op = 10
	controlV3Wrap Op = 11
)

// Packet is one packet.
type Packet struct {
	Op      Op
	Key     uint8
	Session uint64
	Plain   bool // a reset of the form that no control key hides
}

const header = 9 // operation and session

// Decode reads the packet in b: a datagram, or on TCP what the two bytes of
// length before it frame. It returns the number of bytes it took, all of them.
func Decode(b []byte) (Packet, int, error) {
	if len(b) == 0 {
		return Packet{}, 0, ErrShort
	}
	p := Packet{Op: Op(b[0] >> 3), Key: b[0] & 7}
	if p.Op < SoftReset || p.Op > controlV3Wrap {
		return Packet{}, 0, ErrProtocol
	}
	if p.Op == DataV1 || p.Op == DataV2 {
		if len(b) < 5 {
			return Packet{}, 0, ErrShort
		}
		return p, len(b), nil
	}
	if len(b) < header {
		return Packet{}, 0, ErrShort
	}
	for _, c := range b[1:header] {
		p.Session = p.Session<<8 | uint64(c)
	}
	if p.Session == 0 || p.reset() && p.Key != 0 {
		return Packet{}, 0, ErrProtocol
	}
	p.Plain = p.reset() && plain(b)
	return p, len(b), nil
}

func (p *Packet) reset() bool {
	return p.Op == HardResetC2 || p.Op == HardResetS2 || p.Op == HardResetC3
}

// plain recognises a reset by what stands behind the session: acknowledgements,
// as many as are counted, with the other's session, and packet number 0.
func plain(b []byte) bool {
	b = b[header:]
	if len(b) == 0 || b[0] > 1 {
		return false
	}
	n := 1
	if b[0] == 1 {
		n += 4 + 8
	}
	if len(b) != n+4 {
		return false
	}
	for _, c := range b[n:] {
		if c != 0 {
			return false
		}
	}
	return b[0] == 0 || b[1]|b[2]|b[3]|b[4] == 0
}
