package message

import "encoding/binary"

// PROFINET: IEC 61158-6-10. LLDP: IEEE 802.1AB-2016. Spanning tree: IEEE
// 802.1D. CDP: Cisco, Cisco Discovery Protocol.

// PNStation is what a PROFINET device says of itself.
type PNStation struct {
	Name, Product  string
	Vendor, Device uint16
	Role           byte // 1 device, 2 controller
	IP, Mask, Gate []byte
}

// DCPIdentifyAll asks every PROFINET device for its name.
func DCPIdentifyAll(id uint32) []byte {
	return cat(0xfe, 0xfe, 5, 0, id, uint16(1), uint16(4), 0xff, 0xff, uint16(0))
}

// DCPIdentified answers.
func DCPIdentified(id uint32, s PNStation) []byte {
	blocks := cat(dcpBlock(2, 5, cat(2, 1, 2, 2, 2, 3, 2, 4)),
		dcpBlock(2, 1, []byte(s.Product)),
		dcpBlock(2, 2, []byte(s.Name)),
		dcpBlock(2, 3, cat(s.Vendor, s.Device)),
		dcpBlock(2, 4, cat(s.Role, 0)))
	ip := cat(1, 2, uint16(14), uint16(1), s.IP, s.Mask, s.Gate)
	blocks = cat(blocks, ip)
	return cat(0xfe, 0xff, 5, 1, id, uint16(0), uint16(len(blocks)), blocks)
}

func dcpBlock(option, sub byte, value []byte) []byte {
	b := cat(option, sub, uint16(len(value)+2), uint16(0), value)
	if len(b)%2 == 1 {
		b = append(b, 0)
	}
	return b
}

// PNCyclic is a cyclic real-time frame; good says that its provider runs.
func PNCyclic(id uint16, data []byte, cycle uint16) []byte {
	return cat(id, data, zeros(max(40-len(data), 0)), cycle, 0x35, 0)
}

// PNNext makes the next frame of the last one, in which the message begins at
// from: one byte of the data is another, and so is the cycle.
func PNNext(frame []byte, from, changes int, cycle uint16) []byte {
	frame[from+2+changes]++
	binary.BigEndian.PutUint16(frame[len(frame)-4:], cycle)
	return frame
}

func lldpTLV(kind int, value []byte) []byte {
	return cat(uint16(kind<<9|len(value)), value)
}

// LLDPStation is what a device tells its neighbour.
type LLDPStation struct {
	MAC          []byte
	Port         string
	Name, Text   string
	IP           []byte
	Chassis      string // PROFINET devices name themselves instead of giving their MAC
	Capabilities uint16
	Seconds      uint16
	PROFINET     bool
}

// LLDP is the announcement.
func LLDP(s LLDPStation) []byte {
	chassis := cat(4, s.MAC)
	if s.Chassis != "" {
		chassis = cat(7, s.Chassis)
	}
	b := cat(lldpTLV(1, chassis), lldpTLV(2, cat(7, s.Port)), lldpTLV(3, cat(s.Seconds)))
	for _, t := range []struct {
		kind int
		text string
	}{{5, s.Name}, {6, s.Text}} {
		if t.text != "" {
			b = append(b, lldpTLV(t.kind, []byte(t.text))...)
		}
	}
	if s.Capabilities != 0 {
		b = append(b, lldpTLV(7, cat(s.Capabilities, s.Capabilities))...)
	}
	if s.IP != nil {
		b = append(b, lldpTLV(8, cat(5, 1, s.IP, 2, uint32(1), 0))...)
	}
	if s.PROFINET {
		b = append(b, lldpTLV(127, cat(0, 0x0e, 0xcf, 5, s.MAC))...)
	}
	return append(b, 0, 0)
}

// RSTP is a rapid spanning tree message of a switch that is, or knows, the root.
func RSTP(root, bridge []byte, cost uint32, port uint16) []byte {
	age := uint16(0)
	if cost > 0 {
		age = 1 << 8
	}
	return cat(0x42, 0x42, 3, uint16(0), 2, 2, 0x3c, uint16(0x8000), root, cost, uint16(0x8000), bridge, port,
		age, uint16(20<<8), uint16(2<<8), uint16(15<<8), 0)
}

// CDP is the announcement of a Cisco device.
func CDP(name, port, platform, version string, ip []byte, capabilities uint32) []byte {
	tlv := func(kind uint16, value []byte) []byte { return cat(kind, uint16(len(value)+4), value) }
	address := cat(uint32(1), 1, 1, 0xcc, uint16(4), ip)
	b := cat(2, 180, uint16(0), tlv(1, []byte(name)), tlv(2, address), tlv(3, []byte(port)), tlv(4, cat(capabilities)),
		tlv(5, []byte(version)), tlv(6, []byte(platform)))
	c := cdpSum(b)
	b[2], b[3] = byte(c>>8), byte(c)
	return cat(0xaa, 0xaa, 3, 0, 0, 0x0c, uint16(0x2000), b)
}

// cdpSum is CDP's checksum: that of IP, with an odd last byte taken as the low
// byte of a signed word.
func cdpSum(b []byte) uint16 {
	s := uint32(0)
	for ; len(b) > 1; b = b[2:] {
		s += uint32(b[0])<<8 | uint32(b[1])
	}
	if len(b) == 1 {
		s += uint32(int32(int8(b[0]))) & 0xffff
		if b[0]&0x80 != 0 {
			s--
		}
	}
	for s > 0xffff {
		s = s>>16 + s&0xffff
	}
	return ^uint16(s)
}
