package packet

import "github.com/bulkhead-ot/bulkhead/internal/plant"

// IP protocol numbers.
const (
	protoHop     = 0
	protoICMP    = 1
	protoIPIP    = 4
	protoTCP     = 6
	protoUDP     = 17
	protoIPv6    = 41
	protoRouting = 43
	protoFrag    = 44
	protoGRE     = 47
	protoAH      = 51
	protoNone    = 59
	protoDest    = 60
	protoMobile  = 135
)

// portVXLAN is the assigned port (RFC 7348); 8472 is Linux's older default.
const (
	portVXLAN    = 4789
	portVXLANOld = 8472
)

func (d *decoder) arp(b []byte) {
	if len(b) < 28 || be16(b) != 1 || be16(b[2:]) != typeIPv4 || b[4] != 6 || b[5] != 4 {
		d.link(typeARP, b)
		return
	}
	p := d.p
	p.Kind, p.Type, p.Payload, p.Missing = ARP, typeARP, b, d.cut
	p.ARPOp = be16(b[6:])
	p.ARPSender, p.ARPSenderIP = plant.MAC(b[8:14]), Addr4(b[14:])
	p.ARPTarget, p.ARPTargIP = plant.MAC(b[18:24]), Addr4(b[24:])
}

// ipv4 reads an IPv4 packet. A header that contradicts itself leaves the frame
// unread: a broken packet must not make an asset.
func (d *decoder) ipv4(b []byte) {
	if len(b) < 20 || b[0]>>4 != 4 || !d.deeper() {
		return
	}
	head, total := int(b[0]&15)*4, int(be16(b[2:]))
	if total == 0 { // segmentation offload: the length did not fit or was not yet known
		total = len(b) + d.cut
	}
	if head < 20 || head > len(b) || total < head {
		return
	}
	if total > len(b)+d.cut { // longer than the frame was
		d.cut = total - len(b)
	}
	b = d.trim(b, total)
	p := d.p
	p.Src, p.Dst = Addr4(b[12:]), Addr4(b[16:])
	p.TTL, p.IPID = b[8], uint32(be16(b[4:]))
	if frag := be16(b[6:]); frag&0x3fff != 0 {
		d.fragment(b[9], int(frag&0x1fff)*8, frag&0x2000 != 0, b[head:])
		return
	}
	d.transport(b[9], b[head:])
}

// trim cuts link padding and keeps count of what the snap length took.
func (d *decoder) trim(b []byte, total int) []byte {
	if total <= len(b) {
		d.cut = 0
		return b[:total]
	}
	d.cut = total - len(b)
	return b
}

func (d *decoder) ipv6(b []byte) {
	if len(b) < 40 || b[0]>>4 != 6 || !d.deeper() {
		return
	}
	total := 40 + int(be16(b[4:]))
	if total == 40 {
		total = len(b) + d.cut // jumbogram or offload
	}
	b = d.trim(b, total)
	p := d.p
	p.Src, p.Dst = Addr6(b[8:]), Addr6(b[24:])
	p.TTL, p.IPID = b[7], 0
	next := b[6]
	b = b[40:]
	for range maxLayers {
		switch next {
		case protoHop, protoRouting, protoDest, protoMobile:
			n := 0
			if len(b) >= 8 {
				n = (int(b[1]) + 1) * 8
			}
			if n == 0 || n > len(b) {
				d.other(next, b)
				return
			}
			next, b = b[0], b[n:]
		case protoAH:
			n := 0
			if len(b) >= 12 {
				n = (int(b[1]) + 2) * 4
			}
			if n == 0 || n > len(b) {
				d.other(next, b)
				return
			}
			next, b = b[0], b[n:]
		case protoFrag:
			if len(b) < 8 {
				d.other(next, b)
				return
			}
			off := be16(b[2:])
			p.IPID = be32(b[4:])
			if off&^6 != 0 { // an offset or more to come; else an atomic fragment
				d.fragment(b[0], int(off&^7), off&1 != 0, b[8:])
				return
			}
			next, b = b[0], b[8:]
		default:
			d.transport(next, b)
			return
		}
	}
}

func (d *decoder) fragment(proto uint8, offset int, more bool, b []byte) {
	p := d.p
	p.Kind, p.Proto, p.FragOffset, p.FragMore, p.Payload, p.Missing = Fragment, proto, offset, more, b, d.cut
}

// Transport reads the payload of an IP datagram that was put together from
// fragments: the rest of p is that of one of them.
func (p *Packet) Transport(proto uint8, b []byte) {
	d := decoder{p: p}
	d.transport(proto, b)
}

func (d *decoder) transport(proto uint8, b []byte) {
	p := d.p
	p.Proto = proto
	switch proto {
	case protoTCP:
		d.tcp(b)
	case protoUDP:
		d.udp(b)
	case protoGRE:
		d.gre(b)
	case protoIPIP:
		if d.outer("ipip", 0) {
			d.ipv4(b)
		}
	case protoIPv6:
		if d.outer("ipip", 0) {
			d.ipv6(b)
		}
	default:
		d.other(proto, b)
	}
}

func (d *decoder) other(proto uint8, b []byte) {
	d.p.Kind, d.p.Proto, d.p.Payload, d.p.Missing = IP, proto, b, d.cut
}

func (d *decoder) tcp(b []byte) {
	p := d.p
	if len(b) < 20 {
		d.short(b)
		return
	}
	head := int(b[12]>>4) * 4
	if head < 20 {
		d.other(protoTCP, nil)
		return
	}
	p.Kind = TCP
	p.SrcPort, p.DstPort = be16(b), be16(b[2:])
	p.Seq, p.Ack = be32(b[4:]), be32(b[8:])
	p.Flags, p.Sum = b[13], be16(b[16:])
	p.Payload, p.Missing = b[min(head, len(b)):], d.cut
}

// short reads what the snap length left of a transport header: the ports, if
// they are there, and no payload.
func (d *decoder) short(b []byte) {
	p := d.p
	p.Kind, p.Payload, p.Missing = IP, nil, d.cut
	if len(b) >= 4 && d.cut > 0 {
		p.SrcPort, p.DstPort = be16(b), be16(b[2:])
	}
}

func (d *decoder) udp(b []byte) {
	p := d.p
	if len(b) < 8 {
		d.short(b)
		return
	}
	p.Kind = UDP
	p.SrcPort, p.DstPort, p.Sum = be16(b), be16(b[2:]), be16(b[6:])
	if n := int(be16(b[4:])); n >= 8 && n <= len(b) {
		b = b[:n]
		d.cut = 0
	}
	p.Payload, p.Missing = b[8:], d.cut
	if (p.DstPort == portVXLAN || p.DstPort == portVXLANOld) && len(b) >= 8+8+14 && b[8] == 8 && b[9]|b[10]|b[11] == 0 {
		if d.outer("vxlan", p.DstPort) {
			d.ethernet(b[16:])
		}
	}
}

// outer remembers the IP layer just read as a tunnel's and says whether there
// is room to go deeper. What is inside starts with a clean sheet.
func (d *decoder) outer(name string, port uint16) bool {
	p := d.p
	if p.NOuters == maxOuter || !d.deeper() {
		d.other(p.Proto, nil)
		return false
	}
	if p.NOuters == 0 {
		p.OuterMAC, p.OuterDst, p.OuterVLAN = p.SrcMAC, p.DstMAC, p.VLAN
	}
	p.Outers[p.NOuters] = Outer{Src: p.Src, Dst: p.Dst, TTL: p.TTL, Name: name, Port: port}
	p.NOuters++
	p.Kind, p.SrcPort, p.DstPort, p.Payload = Unread, 0, 0, nil
	p.Src, p.Dst, p.VLAN = Addr{}, Addr{}, 0
	return true
}

// gre reads RFC 2784/2890 GRE and what it carries.
func (d *decoder) gre(b []byte) {
	if len(b) < 4 || b[1]&7 != 0 { // version 1 is PPTP
		d.other(protoGRE, b)
		return
	}
	flags, t := b[0], be16(b[2:])
	n := 4
	for _, bit := range [...]byte{0x80, 0x20, 0x10} { // checksum, key, sequence: 4 bytes each
		if flags&bit != 0 {
			n += 4
		}
	}
	if flags&0x40 != 0 || len(b) < n { // source routing was withdrawn by RFC 2784
		d.other(protoGRE, b)
		return
	}
	sequence := flags&0x10 != 0
	b = b[n:]
	switch t {
	case typeERSPAN2:
		if sequence {
			b = b[min(8, len(b)):] // type II has a header, type I none
		}
		d.mirror(b)
	case typeERSPAN3:
		d.erspan3(b)
	case typeTEB, typeIPv4, typeIPv6, typeMPLS:
		if d.outer("gre", 0) {
			d.etherType(t, b)
		}
	default:
		d.other(protoGRE, b)
	}
}

func (d *decoder) erspan3(b []byte) {
	if len(b) < 12 {
		d.other(protoGRE, b)
		return
	}
	n := 12
	if b[11]&1 != 0 { // O: an 8-byte platform-specific header follows
		n += 8
	}
	d.mirror(b[min(n, len(b)):])
}

func (d *decoder) mirror(b []byte) {
	if d.outer("erspan", 0) {
		d.ethernet(b)
	}
}
