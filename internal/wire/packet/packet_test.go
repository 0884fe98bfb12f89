package packet

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"strings"
	"testing"
)

// Building blocks of frames, from the inside out.

func bytesOf(s string) []byte {
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		panic(err)
	}
	return b
}

const macs = "0200000000bb 0200000000aa" // destination, source

func cat(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

func eth(etherType string, payload []byte) []byte { return cat(bytesOf(macs+etherType), payload) }

func ip4(proto byte, payload []byte) []byte {
	h := bytesOf("45000000 12340000 40000000 0a000001 0a000002")
	h[9] = proto
	binary.BigEndian.PutUint16(h[2:], uint16(20+len(payload)))
	return cat(h, payload)
}

func ip6(next byte, payload []byte) []byte {
	h := bytesOf("60000000 00000040 20010db8000000000000000000000001 20010db8000000000000000000000002")
	h[6] = next
	binary.BigEndian.PutUint16(h[4:], uint16(len(payload)))
	return cat(h, payload)
}

func udp(payload []byte) []byte {
	h := bytesOf("1389 01f6 0000 0000") // 5001 → 502
	binary.BigEndian.PutUint16(h[4:], uint16(8+len(payload)))
	return cat(h, payload)
}

func tcp(payload []byte) []byte {
	return cat(bytesOf("1389 01f6 00000001 00000002 5018 2000 abcd 0000"), payload)
}

var data = []byte("payload")

func TestDecodeFindsTheTransport(t *testing.T) {
	u := ip4(17, udp(data))
	cases := []struct {
		name  string
		link  int
		frame []byte
		vlan  uint16
		outer string
	}{
		{"UDP in IPv4", LinkEthernet, eth("0800", u), 0, ""},
		{"link padding is not payload", LinkEthernet, cat(eth("0800", u), make([]byte, 20)), 0, ""},
		{"IPv6", LinkEthernet, eth("86dd", ip6(17, udp(data))), 0, ""},
		{"IPv6 with hop-by-hop and destination options", LinkEthernet, eth("86dd", ip6(0, cat(bytesOf("3c00 010400000000 1100 010400000000"), udp(data)))), 0, ""},
		{"IPv6 atomic fragment", LinkEthernet, eth("86dd", ip6(44, cat(bytesOf("1100 0000 00000007"), udp(data)))), 0, ""},
		{"IPv6 authentication header", LinkEthernet, eth("86dd", ip6(51, cat(bytesOf("1104 0000"), make([]byte, 20), udp(data)))), 0, ""},
		{"VLAN 10", LinkEthernet, eth("8100 000a 0800", u), 10, ""},
		{"priority tag is no VLAN", LinkEthernet, eth("8100 e000 0800", u), 0, ""},
		{"QinQ: the inner tag counts", LinkEthernet, eth("88a8 0064 8100 000a 0800", u), 10, ""},
		{"three tags", LinkEthernet, eth("9100 0001 8100 0002 8100 0003 0800", u), 3, ""},
		{"VN-Tag", LinkEthernet, eth("8926 00000000 0800", u), 0, ""},
		{"MPLS, two labels", LinkEthernet, eth("8847 00010040 00011140", u), 0, ""},
		{"Ethernet over MPLS with control word", LinkEthernet, eth("8847 00011140 00000000", eth("0800", u)), 0, ""},
		{"PPPoE", LinkEthernet, eth("8864 1100 0001 0025 0021", u), 0, ""},
		{"SNAP with OUI 0", LinkEthernet, eth("002d aaaa03 000000 0800", u), 0, ""},
		{"provider backbone bridging", LinkEthernet, eth("88e7 00000001", eth("0800", u)), 0, ""},
		{"GRE", LinkEthernet, eth("0800", ip4(47, cat(bytesOf("0000 0800"), u))), 0, "gre"},
		{"GRE with checksum, key and sequence", LinkEthernet, eth("0800", ip4(47, cat(bytesOf("b000 0800 00000000 00000001 00000002"), u))), 0, "gre"},
		{"transparent Ethernet bridging in GRE", LinkEthernet, eth("0800", ip4(47, cat(bytesOf("0000 6558"), eth("0800", u)))), 0, "gre"},
		{"ERSPAN I", LinkEthernet, eth("0800", ip4(47, cat(bytesOf("0000 88be"), eth("0800", u)))), 0, "erspan"},
		{"ERSPAN II", LinkEthernet, eth("0800", ip4(47, cat(bytesOf("1000 88be 00000001 1001000000000000"), eth("0800", u)))), 0, "erspan"},
		{"ERSPAN III", LinkEthernet, eth("0800", ip4(47, cat(bytesOf("1000 22eb 00000001 200100000000000000000000"), eth("0800", u)))), 0, "erspan"},
		{"ERSPAN III with a platform header", LinkEthernet, eth("0800", ip4(47, cat(bytesOf("1000 22eb 00000001 200100000000000000000001 0000000000000000"), eth("8100 0007 0800", u)))), 7, "erspan"},
		{"IP in IP", LinkEthernet, eth("0800", ip4(4, u)), 0, "ipip"},
		{"VXLAN", LinkEthernet, eth("0800", ip4(17, vxlan(eth("8100 0009 0800", u)))), 9, "vxlan"},
		{"loopback, little endian", LinkNull, cat(bytesOf("02000000"), u), 0, ""},
		{"loopback, big endian", LinkNull, cat(bytesOf("00000002"), u), 0, ""},
		{"loopback, IPv6 of macOS", LinkNull, cat(bytesOf("1e000000"), ip6(17, udp(data))), 0, ""},
		{"raw IP", LinkRaw, u, 0, ""},
		{"Linux cooked", LinkSLL, cat(bytesOf("0000 0001 0006 0200000000aa 0000 0800"), u), 0, ""},
		{"Linux cooked 2", LinkSLL2, cat(bytesOf("0800 0000 00000002 0001 00 06 0200000000aa 0000"), u), 0, ""},
		{"netfilter log", LinkNFLOG, nflog(u), 0, ""},
		{"PPP", LinkPPP, cat(bytesOf("ff03 0021"), u), 0, ""},
		{"802.11 from an access point, QoS", LinkWiFi, cat(bytesOf("8802 0000 0200000000bb 0200000000ff 0200000000aa 0000 0000 aaaa03 000000 0800"), u), 0, ""},
		{"802.11 to an access point behind radiotap", LinkRadiotap, cat(bytesOf("0000 0800 00000000 0801 0000 0200000000ff 0200000000aa 0200000000bb 0000 aaaa03 000000 0800"), u), 0, ""},
		{"FDDI", LinkFDDI, cat(bytesOf("50 0200000000bb 0200000000aa aaaa03 000000 0800"), u), 0, ""},
		{"length 0 of segmentation offload", LinkEthernet, eth("0800", zeroLength(u)), 0, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var p Packet
			p.Decode(c.link, c.frame, len(c.frame))
			if p.Kind != UDP || p.SrcPort != 5001 || p.DstPort != 502 || !bytes.Equal(p.Payload, data) {
				t.Fatalf("got kind %d, ports %d → %d, payload %q", p.Kind, p.SrcPort, p.DstPort, p.Payload)
			}
			if p.MACs && !p.SrcMAC.IsZero() && p.SrcMAC.String() != "02:00:00:00:00:aa" {
				t.Errorf("sender %v", p.SrcMAC)
			}
			if p.VLAN != c.vlan {
				t.Errorf("VLAN %d, want %d", p.VLAN, c.vlan)
			}
			if (c.outer != "") != (p.NOuters == 1) || c.outer != "" && p.Outers[0].Name != c.outer {
				t.Errorf("outer layers %v, want %q", p.Outers[:p.NOuters], c.outer)
			}
		})
	}
}

func vxlan(inner []byte) []byte {
	h := cat(bytesOf("c000 12b5 0000 0000 08000000 00000100"), inner)
	binary.BigEndian.PutUint16(h[4:], uint16(len(h)))
	return h
}

func nflog(ip []byte) []byte {
	tlv := bytesOf("0000 0900")
	binary.LittleEndian.PutUint16(tlv, uint16(4+len(ip)))
	return cat(bytesOf("02000000 05000a00 00000000"), tlv, ip)
}

func zeroLength(ip []byte) []byte {
	b := bytes.Clone(ip)
	b[2], b[3] = 0, 0
	return b
}

func TestDecodeOfOtherFrames(t *testing.T) {
	cases := []struct {
		name  string
		frame []byte
		check func(*Packet) bool
	}{
		{"LLDP is a link frame", eth("88cc", data), func(p *Packet) bool { return p.Kind == Link && p.Type == 0x88cc && bytes.Equal(p.Payload, data) }},
		{"spanning tree is LLC 42", eth("0007 424203", bytesOf("00000000")), func(p *Packet) bool { return p.Kind == Link && p.Type == 1<<16|0x42 }},
		{"CDP is SNAP 00000c/2000", eth("000c aaaa03 00000c 2000", bytesOf("02b40000")), func(p *Packet) bool { return p.Kind == Link && p.Type == 1<<31|0x0c<<16|0x2000 }},
		{"ARP", eth("0806 0001 0800 06 04 0002", bytesOf("0200000000aa 0a000001 0200000000bb 0a000002")), func(p *Packet) bool {
			return p.Kind == ARP && p.ARPOp == 2 && p.ARPSender.String() == "02:00:00:00:00:aa" && p.ARPSenderIP.Netip().String() == "10.0.0.1"
		}},
		{"ICMP", eth("0800", ip4(1, bytesOf("0800000000000000"))), func(p *Packet) bool { return p.Kind == IP && p.Proto == 1 }},
		{"TCP", eth("0800", ip4(6, tcp(data))), func(p *Packet) bool {
			return p.Kind == TCP && p.Seq == 1 && p.Ack == 2 && p.Flags == PSH|ACK && p.Sum == 0xabcd && bytes.Equal(p.Payload, data)
		}},
		{"header length below 20 is broken", eth("0800", cat([]byte{0x44}, ip4(17, udp(data))[1:])), func(p *Packet) bool { return p.Kind == Unread }},
		{"total length below the header is broken", eth("0800", cat(bytesOf("4500000a"), ip4(17, udp(data))[4:])), func(p *Packet) bool { return p.Kind == Unread }},
		{"first fragment", eth("0800", fragment(ip4(17, udp(data)), 0x2000)), func(p *Packet) bool { return p.Kind == Fragment && p.FragMore && p.FragOffset == 0 }},
		{"last fragment", eth("0800", fragment(ip4(17, data), 0x0002)), func(p *Packet) bool { return p.Kind == Fragment && !p.FragMore && p.FragOffset == 16 }},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var p Packet
			p.Decode(LinkEthernet, c.frame, len(c.frame))
			if !c.check(&p) {
				t.Errorf("got %+v", p)
			}
		})
	}
}

func fragment(ip []byte, flags uint16) []byte {
	b := bytes.Clone(ip)
	binary.BigEndian.PutUint16(b[6:], flags)
	return b
}

func TestSnapLengthIsCounted(t *testing.T) {
	whole := eth("0800", ip4(6, tcp(make([]byte, 100))))
	for cut := range whole {
		var p Packet
		p.Decode(LinkEthernet, whole[:cut], len(whole))
		if p.Kind == TCP && len(p.Payload)+p.Missing != 100 {
			t.Fatalf("cut at %d: payload %d and missing %d are not 100", cut, len(p.Payload), p.Missing)
		}
	}
}

func TestDefragmenter(t *testing.T) {
	datagram := udp(bytes.Repeat([]byte("0123456789abcdef"), 4)) // 72 bytes
	piece := func(from, to int) Packet {
		flags := uint16(from / 8)
		if to < len(datagram) {
			flags |= 0x2000
		}
		b := eth("0800", fragment(ip4(17, datagram[from:to]), flags))
		var p Packet
		p.Decode(LinkEthernet, b, len(b))
		return p
	}
	orders := map[string][][2]int{
		"in order":               {{0, 24}, {24, 48}, {48, 72}},
		"last first":             {{48, 72}, {0, 24}, {24, 48}},
		"twice and overlapping":  {{0, 24}, {0, 24}, {16, 56}, {48, 72}},
		"a piece inside another": {{0, 48}, {8, 24}, {48, 72}},
	}
	for name, order := range orders {
		t.Run(name, func(t *testing.T) {
			f := NewDefragmenter()
			for i, o := range order {
				p := piece(o[0], o[1])
				f.Add(&p, int64(i))
				if whole := i == len(order)-1; (p.Kind == UDP) != whole {
					t.Fatalf("after piece %d: kind %d", i, p.Kind)
				} else if whole && !bytes.Equal(p.Payload, datagram[8:]) {
					t.Errorf("payload %q", p.Payload)
				}
			}
			if len(f.open) != 0 {
				t.Error("the datagram is still kept")
			}
		})
	}
}

func TestDefragmenterIsBounded(t *testing.T) {
	f := NewDefragmenter()
	for i := range 10_000 {
		p := Packet{Kind: Fragment, Proto: 17, IPID: uint32(i), FragMore: true, Payload: make([]byte, 1400)}
		f.Add(&p, int64(i))
	}
	if len(f.open) > maxDatagrams || len(f.order) > maxDatagrams {
		t.Errorf("%d datagrams are kept, the bound is %d", len(f.open), maxDatagrams)
	}
	if f.Dropped == 0 {
		t.Error("nothing was counted as dropped")
	}
}

// FuzzDecode holds that whatever the bytes, the payload lies inside the frame
// and nesting ends.
func FuzzDecode(f *testing.F) {
	f.Add(LinkEthernet, eth("8100 000a 0800", ip4(47, cat(bytesOf("1000 88be 00000001 1001000000000000"), eth("0800", ip4(17, udp(data)))))))
	f.Add(LinkSLL2, cat(bytesOf("86dd 0000 00000002 0001 00 06 0200000000aa 0000"), ip6(44, bytesOf("1100 0001 00000007"))))
	f.Add(LinkNFLOG, nflog(ip4(6, tcp(data))))
	f.Add(LinkPPPoE, bytesOf("1100 0001 0025 0021"))
	f.Fuzz(func(t *testing.T, link int, b []byte) {
		var p Packet
		p.Decode(link, b, len(b))
		if n := len(p.Payload); n > 0 {
			end := cap(b) - cap(p.Payload) + n
			if end < 0 || end > len(b) {
				t.Fatalf("payload of %d bytes ends at %d of %d", n, end, len(b))
			}
		}
		if p.NOuters > maxOuter || p.FragOffset < 0 || p.FragOffset > maxDatagram {
			t.Fatalf("outers %d, fragment offset %d", p.NOuters, p.FragOffset)
		}
		if p.Kind == Fragment {
			d := NewDefragmenter()
			d.Add(&p, 0)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	frame := eth("8100 000a 0800", ip4(6, tcp(make([]byte, 64))))
	var p Packet
	b.ReportAllocs()
	for b.Loop() {
		p.Decode(LinkEthernet, frame, len(frame))
	}
}
