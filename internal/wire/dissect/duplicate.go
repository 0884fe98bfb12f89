package dissect

import (
	"github.com/bulkhead-ot/bulkhead/internal/wire/packet"
)

// duplicateFilter knows packets that a SPAN port delivered twice: at ingress and
// egress, from two switches, with and without a tag. The copy has the same IP
// identification and the same bytes above IP. Copies of the same framing come
// within a millisecond or two; copies that differ in tag, MAC or hop count may
// be switched or routed in between.
type duplicateFilter struct {
	ring [1 << 12]seenPacket
}

type seenPacket struct {
	hash  uint64
	frame uint64
	time  int64
}

const (
	// hashedBytes is how much of a payload tells messages apart.
	hashedBytes  = 96
	sameFraming  = 2e6  // nanoseconds
	otherFraming = 50e6 // nanoseconds
)

// seen reports whether p is a copy, and remembers it.
func (d *duplicateFilter) seen(p *packet.Packet, now int64) bool {
	h, ok := contentHash(p)
	if !ok {
		return false
	}
	frame := framingHash(p)
	s := &d.ring[h&(1<<12-1)]
	if s.hash == h {
		age := now - s.time
		limit := int64(otherFraming)
		if s.frame == frame {
			limit = sameFraming
			if p.Kind == packet.Link && !numbered(p) {
				limit = -1
			}
		}
		if age >= 0 && age <= limit {
			return true
		}
	}
	*s = seenPacket{h, frame, now}
	return false
}

// numbered reports whether each frame of this kind carries a number of its own,
// so that two equal ones are copies. Of other frames without IP nothing tells a
// copy from a sender that repeats itself.
func numbered(p *packet.Packet) bool {
	switch p.Type {
	case 0x88b8, 0x88ba, 0x88f7: // GOOSE, sampled values, PTP: sequence numbers
		return true
	case 0x8892: // PROFINET: the cyclic frames count, DCP (FEFC to FEFF) does not
		return len(p.Payload) >= 2 && !(p.Payload[0] == 0xfe && p.Payload[1] >= 0xfc)
	}
	return false
}

// contentHash is over what a copy cannot change. IPv4 packets whose
// identification is 0 and IPv6 packets cannot be told from a sender that
// repeats itself, unless TCP numbers them: they are left alone.
func contentHash(p *packet.Packet) (uint64, bool) {
	b := p.Payload[:min(len(p.Payload), hashedBytes)]
	h := uint64(len(p.Payload))
	switch p.Kind {
	case packet.TCP:
		if p.IPID == 0 || len(p.Payload) == 0 {
			return 0, false
		}
		h = mix(h^p.Src.Lo, p.Dst.Lo^uint64(p.IPID)<<32)
		return mix(h^uint64(p.Seq), uint64(p.Ack)<<16|uint64(p.Sum)^uint64(p.Flags)<<48), true
	case packet.UDP, packet.IP:
		if p.IPID == 0 {
			return 0, false
		}
		h = mix(h^p.Src.Lo, p.Dst.Lo^uint64(p.IPID)<<32)
		h = mix(h, uint64(p.SrcPort)<<48|uint64(p.DstPort)<<32|uint64(p.Sum)<<16|uint64(p.Proto))
		return hashBytes(h, b), true
	case packet.Link:
		var m [8]byte
		copy(m[:], p.SrcMAC[:])
		h = hashBytes(mix(h, uint64(p.Type)), m[:6])
		tail := p.Payload[max(len(p.Payload)-16, 0):] // where PROFINET has its cycle counter
		if p.Type == 0x88b8 {                         // GOOSE: its numbers stand behind names of any length
			b = p.Payload
		}
		return hashBytes(hashBytes(h, tail), b), true
	}
	return 0, false
}

func framingHash(p *packet.Packet) uint64 {
	h := uint64(p.VLAN)<<8 | uint64(p.TTL)
	h = hashBytes(h, p.SrcMAC[:])
	return hashBytes(h, p.DstMAC[:])
}
