// Package packet decodes one captured frame from its link layer to its
// transport header into a reused struct, without allocating.
//
// It reads Ethernet (II, 802.3 LLC/SNAP, 802.1Q/ad tags, VN-Tag, PBB,
// FabricPath), IEEE 802.11 in clear, MPLS, PPPoE, PPP, FDDI, Linux cooked (SLL,
// SLL2), BSD loopback, raw IP and NFLOG links, IPv4 and IPv6 with extension headers, GRE, ERSPAN I–III,
// VXLAN and IP-in-IP, ARP, TCP, UDP and ICMP. It does not verify checksums:
// offloading makes good frames look bad. Fragments are put together by
// Defragmenter; streams by package session.
//
// References: IEEE 802.3, 802.1Q-2018, RFC 791, 8200, 826, 9293, 768, 2784,
// 7348, 3032, 2516; ERSPAN: draft-foschiano-erspan-03.
package packet

import (
	"encoding/binary"
	"net/netip"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// Kind is how far a frame could be read.
type Kind uint8

// Kinds.
const (
	Unread Kind = iota // the link or network layer is not one of ours, or broken
	Link               // a frame without IP: Type and Payload are set
	ARP                // an ARP message for IPv4 over Ethernet
	TCP
	UDP
	IP       // another IP protocol: Proto and Payload are set
	Fragment // a piece of an IP datagram: see Defragmenter
)

// Addr is an IP address; IPv4 in its IPv6-mapped form.
type Addr struct{ Hi, Lo uint64 }

const mapped = 0xffff << 32

// Addr4 is the Addr of an IPv4 address in network byte order.
func Addr4(b []byte) Addr { return Addr{0, mapped | uint64(binary.BigEndian.Uint32(b))} }

// Addr6 is the Addr of an IPv6 address.
func Addr6(b []byte) Addr {
	return Addr{binary.BigEndian.Uint64(b), binary.BigEndian.Uint64(b[8:])}
}

// Is4 reports whether the address is IPv4.
func (a Addr) Is4() bool { return a.Hi == 0 && a.Lo>>32 == 0xffff }

// IsZero reports whether there is no address.
func (a Addr) IsZero() bool { return a == Addr{} }

// IsUnspecified reports whether the address is 0.0.0.0, which a host uses that
// has none yet.
func (a Addr) IsUnspecified() bool { return a == Addr{0, mapped} }

// IsUnicast reports whether a single host can have the address: it is neither
// multicast, broadcast nor unspecified.
func (a Addr) IsUnicast() bool {
	if a.Is4() {
		v := uint32(a.Lo)
		return v != 0 && v != 0xffffffff && v>>28 != 0xe
	}
	return a.Hi>>56 != 0xff && a != Addr{}
}

// Netip is the address as a netip.Addr, invalid when there is none.
func (a Addr) Netip() netip.Addr {
	if a.IsZero() {
		return netip.Addr{}
	}
	if a.Is4() {
		v := uint32(a.Lo)
		return netip.AddrFrom4([4]byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)})
	}
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], a.Hi)
	binary.BigEndian.PutUint64(b[8:], a.Lo)
	return netip.AddrFrom16(b)
}

// Outer is one layer of a tunnel around the packet that was decoded.
type Outer struct {
	Src, Dst Addr
	TTL      uint8
	Name     string // "gre", "erspan", "vxlan", "ipip"
	Port     uint16 // VXLAN's UDP port
}

const maxOuter = 3

// Packet is one decoded frame. Payload points into the frame.
type Packet struct {
	Kind  Kind
	MACs  bool // the link has MAC addresses
	Type  uint32
	VLAN  uint16 // innermost 802.1Q tag, 0 for none
	TTL   uint8
	Proto uint8 // IP protocol number
	Flags uint8 // TCP flags

	SrcMAC, DstMAC   plant.MAC
	Src, Dst         Addr
	SrcPort, DstPort uint16
	Sum              uint16 // transport checksum as sent: tells duplicates apart
	IPID             uint32 // IPv4 identification
	Seq, Ack         uint32

	Payload []byte // of the transport, or of the last layer read
	Missing int    // payload bytes that the snap length cut off

	// Of fragments: where it belongs.
	FragOffset int
	FragMore   bool

	// Of ARP.
	ARPOp                  uint16
	ARPSender, ARPTarget   plant.MAC
	ARPSenderIP, ARPTargIP Addr

	// Of tunnels, outermost first; the MAC addresses and VLAN are those of the
	// frame that carries them all.
	Outers             [maxOuter]Outer
	NOuters            int
	OuterMAC, OuterDst plant.MAC
	OuterVLAN          uint16
}

// TCP flags.
const (
	FIN = 1 << iota
	SYN
	RST
	PSH
	ACK
)

// Link types of capture files (https://www.tcpdump.org/linktypes.html).
const (
	LinkNull     = 0
	LinkEthernet = 1
	LinkPPP      = 9
	LinkFDDI     = 10
	LinkRawBSD   = 12
	LinkRawOpen  = 14
	LinkPPPoE    = 51
	LinkRaw      = 101
	LinkWiFi     = 105
	LinkLoop     = 108
	LinkSLL      = 113
	LinkRadiotap = 127
	LinkIPv4     = 228
	LinkIPv6     = 229
	LinkNFLOG    = 239
	LinkSLL2     = 276
)

// LinkName names a link type as the JSON contract does.
func LinkName(link int) string {
	switch link {
	case LinkNull, LinkLoop:
		return "null"
	case LinkEthernet:
		return "ethernet"
	case LinkPPP:
		return "ppp"
	case LinkRawBSD, LinkRawOpen, LinkRaw, LinkIPv4, LinkIPv6:
		return "raw"
	case LinkSLL:
		return "linux-sll"
	case LinkSLL2:
		return "linux-sll2"
	case LinkNFLOG:
		return "nflog"
	case LinkPPPoE:
		return "pppoe"
	case LinkFDDI:
		return "fddi"
	case LinkWiFi:
		return "ieee802.11"
	case LinkRadiotap:
		return "radiotap"
	}
	return "other"
}

// Endpoint is the sender as a plant word.
func (p *Packet) Endpoint() plant.Endpoint {
	return plant.Endpoint{MAC: p.SrcMAC, IP: p.Src.Netip(), VLAN: p.VLAN}
}

func be16(b []byte) uint16 { return binary.BigEndian.Uint16(b) }
func be32(b []byte) uint32 { return binary.BigEndian.Uint32(b) }
