// Package session finds the conversation a packet belongs to and puts TCP
// streams in order.
//
// Table is a bounded hash table of flows, keyed by addresses, ports and
// protocol but not by VLAN, so that tagged and untagged copies meet. Stream is
// one direction of a TCP connection: it drops what was seen before, holds back
// what came early, and says what the capture lacks. What the bytes mean is the
// business of package dissect.
//
// Nothing here reads a clock: time is packet time, which may run backwards.
package session

import (
	"encoding/binary"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/packet"
)

// Key names a conversation, whichever side speaks: A is the lower end.
type Key struct {
	A, B         packet.Addr
	PortA, PortB uint16
	// Proto is the IP protocol in the low byte; for frames without IP the
	// link type with the top bit set, and A and B hold MAC addresses.
	Proto uint64
}

const linkKey = 1 << 63

// KeyOf is the key of a packet and the sender's side: 0 if the sender is A.
func KeyOf(p *packet.Packet) (Key, uint8) {
	k := Key{A: p.Src, B: p.Dst, PortA: p.SrcPort, PortB: p.DstPort, Proto: uint64(p.Proto)}
	if p.Kind == packet.Link || p.Kind == packet.ARP {
		k.A, k.B = addrOfMAC(p.SrcMAC), addrOfMAC(p.DstMAC)
		k.PortA, k.PortB = 0, 0
		k.Proto = linkKey | uint64(p.Type)
	}
	if p.Src.IsUnspecified() {
		// A host that has no address yet, such as a DHCP client: only its MAC
		// tells it from others.
		k.A = addrOfMAC(p.SrcMAC)
	}
	if less(k.B, k.A) || k.A == k.B && k.PortB < k.PortA {
		k.A, k.B, k.PortA, k.PortB = k.B, k.A, k.PortB, k.PortA
		return k, 1
	}
	return k, 0
}

func addrOfMAC(m plant.MAC) packet.Addr {
	var b [8]byte
	copy(b[2:], m[:])
	return packet.Addr{Lo: binary.BigEndian.Uint64(b[:])}
}

func less(a, b packet.Addr) bool {
	return a.Hi < b.Hi || a.Hi == b.Hi && a.Lo < b.Lo
}

// IsLink reports whether the conversation has no IP.
func (k *Key) IsLink() bool { return k.Proto&linkKey != 0 }

// hash mixes the key (wyhash's multiply-and-fold steps, with its constants).
func (k *Key) hash() uint64 {
	h := mix(k.A.Lo^0xa0761d6478bd642f, k.B.Lo^0xe7037ed1a0b428db)
	if k.A.Hi|k.B.Hi != 0 {
		h ^= mix(k.A.Hi^0x8ebc6af09c88c6e3, k.B.Hi^h)
	}
	return mix(h^k.Proto, uint64(k.PortA)<<16|uint64(k.PortB)^0x589965cc75374cc3)
}
