package packet

import (
	"encoding/binary"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// EtherTypes that are read here.
const (
	typeIPv4       = 0x0800
	typeARP        = 0x0806
	typeIPv6       = 0x86dd
	typeVLAN       = 0x8100
	typeQinQ       = 0x88a8
	typeQinQOld    = 0x9100
	typeQinQOld2   = 0x9200
	typeMPLS       = 0x8847
	typeMPLSMulti  = 0x8848
	typePPPoE      = 0x8864
	typeTEB        = 0x6558
	typeERSPAN2    = 0x88be
	typeERSPAN3    = 0x22eb
	typeVNTag      = 0x8926
	typePBB        = 0x88e7
	typeFabricPath = 0x8903
)

// maxLayers bounds the nesting of tags and tunnels, so that a hand-made frame
// cannot make decoding long.
const maxLayers = 16

// Decode reads a frame of that link type. wire is its length on the wire, which
// is more than len(b) when the snap length cut it.
func (p *Packet) Decode(link int, b []byte, wire int) {
	p.reset()
	d := decoder{p: p, cut: max(wire-len(b), 0)}
	switch link {
	case LinkEthernet:
		d.ethernet(b)
	case LinkNull:
		d.null(b, binary.LittleEndian)
	case LinkLoop:
		d.null(b, binary.BigEndian)
	case LinkRawBSD, LinkRawOpen, LinkRaw, LinkIPv4, LinkIPv6:
		d.rawIP(b)
	case LinkSLL:
		d.sll(b)
	case LinkSLL2:
		d.sll2(b)
	case LinkNFLOG:
		d.nflog(b)
	case LinkPPP:
		d.ppp(b)
	case LinkPPPoE:
		d.pppoe(b)
	case LinkWiFi:
		d.wifi(b)
	case LinkRadiotap:
		d.radiotap(b)
	case LinkFDDI:
		d.fddi(b)
	}
}

func (p *Packet) reset() {
	p.Kind, p.MACs, p.Type, p.VLAN, p.TTL, p.Proto, p.Flags = Unread, false, 0, 0, 0, 0, 0
	p.SrcMAC, p.DstMAC = plant.MAC{}, plant.MAC{}
	p.Src, p.Dst = Addr{}, Addr{}
	p.SrcPort, p.DstPort, p.Sum, p.IPID, p.Seq, p.Ack = 0, 0, 0, 0, 0, 0
	p.Payload, p.Missing, p.FragOffset, p.FragMore, p.NOuters = nil, 0, 0, false, 0
}

// decoder walks one frame. cut is how many bytes the snap length took from its
// end; layers counts nesting.
type decoder struct {
	p      *Packet
	cut    int
	layers int
}

func (d *decoder) deeper() bool {
	d.layers++
	return d.layers <= maxLayers
}

func (d *decoder) ethernet(b []byte) {
	if len(b) < 14 || !d.deeper() {
		return
	}
	p := d.p
	p.MACs = true
	p.DstMAC = plant.MAC(b[0:6])
	p.SrcMAC = plant.MAC(b[6:12])
	d.etherType(be16(b[12:]), b[14:])
}

// etherType reads what follows a type or length field.
func (d *decoder) etherType(t uint16, b []byte) {
	for {
		switch t {
		case typeIPv4:
			d.ipv4(b)
			return
		case typeIPv6:
			d.ipv6(b)
			return
		case typeARP:
			d.arp(b)
			return
		case typeVLAN, typeQinQ, typeQinQOld, typeQinQOld2:
			if len(b) < 4 || !d.deeper() {
				return
			}
			if id := be16(b) & 0x0fff; id != 0 { // VLAN 0 is a priority tag: no VLAN
				d.p.VLAN = id
			}
			t, b = be16(b[2:]), b[4:]
			continue
		case typeVNTag:
			if len(b) < 6 || !d.deeper() {
				return
			}
			t, b = be16(b[4:]), b[6:]
			continue
		case typeMPLS, typeMPLSMulti:
			d.mpls(b)
			return
		case typePPPoE:
			d.pppoe(b)
			return
		case typePBB:
			if len(b) >= 4 {
				d.ethernet(b[4:])
			}
			return
		case typeFabricPath:
			if len(b) >= 2 {
				d.ethernet(b[2:])
			}
			return
		case typeTEB:
			d.ethernet(b)
			return
		}
		break
	}
	if t < 0x0600 {
		d.llc(int(t), b)
		return
	}
	d.link(uint32(t), b)
}

func (d *decoder) link(t uint32, b []byte) {
	d.p.Kind, d.p.Type, d.p.Payload, d.p.Missing = Link, t, b, d.cut
}

// llc reads an IEEE 802.3 frame: LLC, and SNAP in it. The numbers of Type are
// those of dissect.LLC and dissect.SNAP.
func (d *decoder) llc(length int, b []byte) {
	if length < len(b) {
		b = b[:length]
		d.cut = 0
	}
	if len(b) < 3 {
		return
	}
	if b[0] == 0xaa && b[1] == 0xaa && len(b) >= 8 {
		oui, pid := be32(b[2:])&0xffffff00>>8, be16(b[6:])
		if b[3] == 0 && oui == 0 {
			d.etherType(pid, b[8:])
			return
		}
		oui = uint32(b[3])<<16 | uint32(b[4])<<8 | uint32(b[5])
		if oui == 0 {
			d.etherType(pid, b[8:])
			return
		}
		d.link(1<<31|oui&0x7fff<<16|uint32(pid), b[8:])
		return
	}
	head := 3 // an unnumbered control field has one byte
	if b[2]&3 != 3 {
		head = 4
	}
	if len(b) < head {
		return
	}
	d.link(1<<16|uint32(b[0]), b[head:])
}

func (d *decoder) mpls(b []byte) {
	for len(b) >= 4 && d.deeper() {
		bottom := b[2]&1 != 0
		b = b[4:]
		if bottom {
			d.guess(b)
			return
		}
	}
}

// guess reads what MPLS carries, which only its first byte tells: an IP version,
// a pseudowire control word (first nibble 0), or an Ethernet frame.
func (d *decoder) guess(b []byte) {
	if len(b) == 0 {
		return
	}
	switch b[0] >> 4 {
	case 4:
		d.ipv4(b)
	case 6:
		d.ipv6(b)
	case 0:
		if len(b) > 4 && b[0] == 0 && b[1] == 0 && len(b) >= 18 {
			d.ethernet(b[4:])
			return
		}
		d.ethernet(b)
	default:
		d.ethernet(b)
	}
}

func (d *decoder) pppoe(b []byte) {
	if len(b) >= 6 && b[0] == 0x11 {
		if n := int(be16(b[4:])); n+6 < len(b) {
			b = b[:n+6]
		}
		d.ppp(b[6:])
	}
}

// ppp reads a PPP frame (RFC 1661), with or without address and control bytes
// and with the protocol field compressed or not.
func (d *decoder) ppp(b []byte) {
	if len(b) >= 2 && b[0] == 0xff && b[1] == 0x03 {
		b = b[2:]
	}
	if len(b) < 2 {
		return
	}
	proto := uint16(b[0])
	if proto&1 == 1 {
		b = b[1:]
	} else {
		proto = be16(b)
		b = b[2:]
	}
	switch proto {
	case 0x21:
		d.ipv4(b)
	case 0x57:
		d.ipv6(b)
	case 0x281:
		d.mpls(b)
	default:
		d.link(uint32(typePPPoE), b)
	}
}

// null reads BSD loopback: a 4-byte address family in the byte order of the
// host that captured.
func (d *decoder) null(b []byte, order binary.ByteOrder) {
	if len(b) < 4 {
		return
	}
	f := order.Uint32(b)
	if f > 0xffff {
		f = f>>24 | f>>8&0xff00
	}
	switch f {
	case 2:
		d.ipv4(b[4:])
	case 10, 23, 24, 28, 30: // AF_INET6 of Linux, Windows, the BSDs and macOS
		d.ipv6(b[4:])
	}
}

func (d *decoder) rawIP(b []byte) {
	if len(b) == 0 {
		return
	}
	switch b[0] >> 4 {
	case 4:
		d.ipv4(b)
	case 6:
		d.ipv6(b)
	}
}

// sll reads Linux cooked capture v1: packet type, ARPHRD, address length,
// address (8), protocol.
func (d *decoder) sll(b []byte) {
	if len(b) < 16 {
		return
	}
	d.cooked(be16(b[2:]), be16(b[4:]), b[6:14])
	d.cookedType(be16(b[14:]), b[16:])
}

// sll2 reads Linux cooked capture v2: protocol, reserved, interface, ARPHRD,
// packet type, address length, address (8).
func (d *decoder) sll2(b []byte) {
	if len(b) < 20 {
		return
	}
	d.cooked(be16(b[8:]), uint16(b[11]), b[12:20])
	d.cookedType(be16(b), b[20:])
}

func (d *decoder) cooked(_, addrLen uint16, addr []byte) {
	if addrLen == 6 {
		d.p.MACs = true
		d.p.SrcMAC = plant.MAC(addr[:6])
	}
}

func (d *decoder) cookedType(t uint16, b []byte) {
	switch t {
	case 1, 4: // Novell 802.3 without LLC, and 802.2 LLC
		d.llc(len(b), b)
	default:
		d.etherType(t, b)
	}
}

// nflog reads Linux netfilter log messages: 4 bytes of head, then attributes
// (host byte order: little); number 9 is the packet.
func (d *decoder) nflog(b []byte) {
	if len(b) < 4 {
		return
	}
	family := b[0]
	for b = b[4:]; len(b) >= 4; {
		n, t := int(binary.LittleEndian.Uint16(b)), binary.LittleEndian.Uint16(b[2:])
		if n < 4 || n > len(b) {
			return
		}
		if t == 9 {
			if family == 2 {
				d.ipv4(b[4:n])
			} else {
				d.rawIP(b[4:n])
			}
			return
		}
		b = b[min((n+3)&^3, len(b)):]
	}
}
