package packet

import "math/bits"

// Shard is a hash of a frame's two ends that is the same both ways: what shares
// it can be read by one worker without asking another. It looks no deeper than
// the first IP header (a tunnel stays in one piece, and so do fragments), and
// at MAC addresses where there is none.
func Shard(link int, b []byte) uint64 {
	t := uint16(0)
	switch link {
	case LinkEthernet:
		if len(b) < 14 {
			return 0
		}
		t = be16(b[12:])
		rest := b[14:]
		for (t == typeVLAN || t == typeQinQ || t == typeQinQOld || t == typeQinQOld2) && len(rest) >= 4 {
			t, rest = be16(rest[2:]), rest[4:]
		}
		if t != typeIPv4 && t != typeIPv6 {
			return both(mac(b), mac(b[6:]))
		}
		b = rest
	case LinkNull, LinkLoop:
		b = b[min(4, len(b)):]
	case LinkSLL:
		b = b[min(16, len(b)):]
	case LinkSLL2:
		b = b[min(20, len(b)):]
	}
	return shardIP(b)
}

func shardIP(b []byte) uint64 {
	switch {
	case len(b) >= 20 && b[0]>>4 == 4:
		return both(uint64(be32(b[12:])), uint64(be32(b[16:])))
	case len(b) >= 40 && b[0]>>4 == 6:
		src, dst := Addr6(b[8:]), Addr6(b[24:])
		return both(src.Hi^bits.RotateLeft64(src.Lo, 29), dst.Hi^bits.RotateLeft64(dst.Lo, 29))
	}
	return 0
}

func mac(b []byte) uint64 { return uint64(be32(b))<<16 | uint64(be16(b[4:])) }

// both mixes two values so that their order does not matter.
func both(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a^b^0xa0761d6478bd642f, a+b^0xe7037ed1a0b428db)
	return hi ^ lo
}
