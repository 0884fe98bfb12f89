// Package wire builds frames as machines put them on a network: Ethernet with
// VLAN tags, ARP, IPv4, ICMP, UDP, and TCP conversations with sequence numbers
// and acknowledgements, all with correct lengths and checksums.
//
// It knows no protocol above TCP and UDP, and nothing of a plant.
//
// Reference: IEEE 802.3, IEEE 802.1Q, RFC 826, RFC 791, RFC 792, RFC 768,
// RFC 9293.
package wire

import (
	"encoding/binary"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// EtherTypes.
const (
	TypeIPv4     = 0x0800
	TypeARP      = 0x0806
	TypeVLAN     = 0x8100
	TypePROFINET = 0x8892
	TypeLLDP     = 0x88cc
)

// minFrame is the shortest Ethernet frame without its checksum.
const minFrame = 60

// Broadcast is every machine on the link.
var Broadcast = plant.MAC{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}

// Link is the way of a frame over one link: from which MAC to which, and in
// which VLAN (0 is none).
type Link struct {
	Src, Dst plant.MAC
	VLAN     uint16
	Priority uint8 // of the VLAN's tag
}

// Frame is an Ethernet frame, padded to the least length.
func (l Link) Frame(etherType uint16, payload []byte) []byte {
	b := l.header(len(payload))
	b = binary.BigEndian.AppendUint16(b, etherType)
	return pad(append(b, payload...))
}

// LLC is an IEEE 802.3 frame whose payload starts with an LLC header.
func (l Link) LLC(payload []byte) []byte {
	b := l.header(len(payload))
	b = binary.BigEndian.AppendUint16(b, uint16(len(payload)))
	return pad(append(b, payload...))
}

func (l Link) header(payload int) []byte {
	b := make([]byte, 0, max(payload+18, minFrame))
	b = append(b, l.Dst[:]...)
	b = append(b, l.Src[:]...)
	if l.VLAN != 0 {
		b = binary.BigEndian.AppendUint16(b, TypeVLAN)
		b = binary.BigEndian.AppendUint16(b, uint16(l.Priority)<<13|l.VLAN)
	}
	return b
}

func pad(b []byte) []byte {
	if len(b) < minFrame {
		b = append(b, make([]byte, minFrame-len(b))...)
	}
	return b
}
