//go:build linux

package testbed

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// magic begins the payload of a packet of a Judge; its number follows.
const magic = 0x42554c4b

// JudgeReady prepares a routed bed for Judge: the box leads every destination
// out to the plant and asks nobody where a source comes from, so that it depends
// on the wall alone whether a packet arrives. Not for a bed that is used for
// anything else.
func (b *Bed) JudgeReady() error {
	for _, n := range []string{"all", "default", OfficeIf, PlantIf} {
		if err := b.Box.Sysctl("net/ipv4/conf/"+n+"/rp_filter", "0"); err != nil {
			return err
		}
	}
	mac, err := b.Plant.MAC(Uplink)
	if err != nil {
		return err
	}
	for _, gw := range []string{"10.66.2.99", "fd66:0:0:2::99"} {
		a := netip.MustParseAddr(gw)
		if err := b.Box.Neighbour(PlantIf, a, mac); err != nil {
			return err
		}
		if err := b.allTo(a); err != nil {
			return err
		}
	}
	return nil
}

// judgeTable is a routing table of the box: what comes from the office goes to
// the plant, whatever its destination.
const judgeTable = 999

func (b *Bed) allTo(gw netip.Addr) error {
	return b.Box.link(PlantIf, func(l netlink.Link) error {
		family, every := netlink.FAMILY_V4, netip.PrefixFrom(netip.IPv4Unspecified(), 0)
		if gw.Is6() {
			family, every = netlink.FAMILY_V6, netip.PrefixFrom(netip.IPv6Unspecified(), 0)
		}
		r := &netlink.Route{LinkIndex: l.Attrs().Index, Gw: gw.AsSlice(), Dst: ipNet(every), Table: judgeTable}
		if err := netlink.RouteAdd(r); err != nil {
			return fmt.Errorf("route by %v: %w", gw, err)
		}
		rule := netlink.NewRule()
		rule.Family, rule.IifName, rule.Table, rule.Priority = family, OfficeIf, judgeTable, 1
		return netlink.RuleAdd(rule)
	})
}

// Judge sends packets from the office, each the first of a connection (a TCP
// SYN, a datagram, an echo request, or a header of that protocol), and says
// which came out on the plant's side. Packets that did not arrive are sent a
// second time, in case a queue was full. Addresses must be such as are routed:
// no multicast, loopback, link-local or zero network. The wall's connections are
// forgotten between windows, since a table of connections holds only so many.
func (b *Bed) Judge(packets []policy.Packet) ([]bool, error) {
	j := &judge{bed: b, arrived: make([]bool, len(packets))}
	if err := j.open(); err != nil {
		return nil, err
	}
	defer j.close()
	for range 2 {
		for first := 0; first < len(packets); first += window {
			if err := j.send(packets, first, min(first+window, len(packets))); err != nil {
				return nil, err
			}
		}
	}
	return j.arrived, nil
}

// window is how many packets are sent before connections are forgotten. The
// smallest kernels keep 4096 connections.
const window = 2048

type judge struct {
	bed     *Bed
	out, in int // packet sockets
	ifindex int
	header  [14]byte
	arrived []bool
	buf     []byte
}

func (j *judge) open() error {
	mac, err := j.bed.Box.MAC(OfficeIf)
	if err != nil {
		return err
	}
	own, err := j.bed.Office.MAC(Uplink)
	if err != nil {
		return err
	}
	copy(j.header[:], mac)
	copy(j.header[6:], own)
	j.buf = make([]byte, 2048)
	if j.out, j.ifindex, err = packetSocket(j.bed.Office, 0); err != nil {
		return err
	}
	if j.in, _, err = packetSocket(j.bed.Plant, unix.ETH_P_ALL); err != nil {
		_ = unix.Close(j.out)
		return err
	}
	return nil
}

func (j *judge) close() {
	_ = unix.Close(j.out)
	_ = unix.Close(j.in)
}

// packetSocket opens a packet socket on a space's uplink.
func packetSocket(s *Space, proto uint16) (fd, ifindex int, err error) {
	err = s.Do(func() error {
		l, err := netlink.LinkByName(Uplink)
		if err != nil {
			return err
		}
		ifindex = l.Attrs().Index
		if fd, err = unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0); err != nil {
			return err
		}
		_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, 64<<20)
		return unix.Bind(fd, &unix.SockaddrLinklayer{Protocol: proto<<8 | proto>>8, Ifindex: ifindex})
	})
	if err != nil {
		return 0, 0, fmt.Errorf("packet socket of %s: %w", s.Name, err)
	}
	return fd, ifindex, nil
}

func (j *judge) send(packets []policy.Packet, first, end int) error {
	to := &unix.SockaddrLinklayer{Ifindex: j.ifindex, Halen: 6}
	copy(to.Addr[:], j.header[:6])
	sent := map[policy.Packet]bool{}
	for i := first; i < end; i++ {
		if j.arrived[i] {
			continue
		}
		k := packets[i]
		if sent[policy.Packet{Src: k.Dst, Dst: k.Src, Proto: k.Proto, SrcPort: k.DstPort, DstPort: k.SrcPort}] {
			// It would be an answer, which passes.
			if err := j.settle(); err != nil {
				return err
			}
			clear(sent)
		}
		sent[k] = true
		frame := j.frame(packets[i], uint32(i))
		if err := unix.Sendto(j.out, frame, 0, to); err != nil {
			return fmt.Errorf("send %v: %w", packets[i], err)
		}
		if i%64 == 63 {
			if err := j.receive(0); err != nil {
				return err
			}
		}
	}
	if len(sent) == 0 {
		return nil
	}
	return j.settle()
}

// settle waits until everything has arrived, and has connections forgotten.
func (j *judge) settle() error {
	// A packet crosses the box while it is sent; 20 ms are for a busy machine.
	if err := j.receive(20); err != nil {
		return err
	}
	return j.bed.Box.Do(func() error { return netlink.ConntrackTableFlush(netlink.ConntrackTable) })
}

// receive reads what has arrived until nothing came for that many milliseconds.
func (j *judge) receive(wait int) error {
	for {
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(j.in), Events: unix.POLLIN}}, wait)
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case err != nil:
			return err
		case n == 0:
			return nil
		}
		n, from, err := unix.Recvfrom(j.in, j.buf, unix.MSG_DONTWAIT)
		if err != nil {
			return err
		}
		if l, ok := from.(*unix.SockaddrLinklayer); ok && l.Pkttype == unix.PACKET_OUTGOING {
			continue
		}
		if i, ok := number(j.buf[:n]); ok && int(i) < len(j.arrived) {
			j.arrived[i] = true
		}
	}
}

// number finds the number of a packet in what its header leads to. An ICMP
// error that quotes one has it further behind.
func number(f []byte) (uint32, bool) {
	if len(f) < 34 {
		return 0, false
	}
	at, proto := 34, f[23]
	if f[12] == 0x86 {
		at, proto = 54, f[20]
	}
	at += headerLen(proto)
	if len(f) < at+8 || binary.BigEndian.Uint32(f[at:]) != magic {
		return 0, false
	}
	return binary.BigEndian.Uint32(f[at+4:]), true
}

func headerLen(proto uint8) int {
	switch proto {
	case policy.TCP:
		return 20
	case policy.UDP, policy.ICMP, policy.ICMPv6:
		return 8
	}
	return 4
}

// frame is the packet with its number as payload.
func (j *judge) frame(p policy.Packet, n uint32) []byte {
	body := make([]byte, headerLen(p.Proto)+8)
	h := headerLen(p.Proto)
	binary.BigEndian.PutUint32(body[h:], magic)
	binary.BigEndian.PutUint32(body[h+4:], n)
	sum := -1
	switch p.Proto {
	case policy.TCP:
		body[12], body[13], body[14] = 5<<4, 2, 0x10 // SYN
		sum = 16
	case policy.UDP:
		binary.BigEndian.PutUint16(body[4:], uint16(len(body)))
		sum = 6
	case policy.ICMP:
		body[0] = 8
		sum = 2
	case policy.ICMPv6:
		body[0] = 128
		sum = 2
	}
	if p.Proto == policy.TCP || p.Proto == policy.UDP {
		binary.BigEndian.PutUint16(body, p.SrcPort)
		binary.BigEndian.PutUint16(body[2:], p.DstPort)
	}
	var ip []byte
	if p.Src.Is4() {
		ip = header4(p, len(body))
	} else {
		ip = header6(p, len(body))
	}
	if sum >= 0 {
		pseudo := uint32(p.Proto) + uint32(len(body))
		if p.Proto != policy.ICMP {
			pseudo += sumOf(p.Src.AsSlice()) + sumOf(p.Dst.AsSlice())
		} else {
			pseudo = 0
		}
		binary.BigEndian.PutUint16(body[sum:], fold(pseudo+sumOf(body)))
	}
	f := append([]byte(nil), j.header[:]...)
	f[12], f[13] = 0x08, 0x00
	if p.Src.Is6() {
		f[12], f[13] = 0x86, 0xdd
	}
	return append(append(f, ip...), body...)
}

func header4(p policy.Packet, payload int) []byte {
	h := make([]byte, 20)
	h[0], h[8], h[9] = 0x45, 64, p.Proto
	binary.BigEndian.PutUint16(h[2:], uint16(20+payload))
	copy(h[12:], p.Src.AsSlice())
	copy(h[16:], p.Dst.AsSlice())
	binary.BigEndian.PutUint16(h[10:], fold(sumOf(h)))
	return h
}

func header6(p policy.Packet, payload int) []byte {
	h := make([]byte, 40)
	h[0], h[6], h[7] = 0x60, p.Proto, 64
	binary.BigEndian.PutUint16(h[4:], uint16(payload))
	copy(h[8:], p.Src.AsSlice())
	copy(h[24:], p.Dst.AsSlice())
	return h
}

// sumOf adds 16-bit words (RFC 1071).
func sumOf(b []byte) (sum uint32) {
	for ; len(b) >= 2; b = b[2:] {
		sum += uint32(b[0])<<8 | uint32(b[1])
	}
	if len(b) == 1 {
		sum += uint32(b[0]) << 8
	}
	return sum
}

func fold(sum uint32) uint16 {
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return ^uint16(sum)
}
