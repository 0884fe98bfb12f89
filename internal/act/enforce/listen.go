//go:build linux

package enforce

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// Listen learns the hosts of a ProxyARP machine from what they ask and answer:
// whoever asks for a neighbour (ARP, or a neighbour solicitation) says his own
// address. A question for a host that is not known yet is asked once more on the
// other side, so that a controller that never asks anybody is found when somebody
// wants it. Only addresses of Config.Learn are taken, and only such as nobody has
// yet. It calls told for every host that is new, and returns nil when ctx ends.
// It needs CAP_NET_RAW.
func (t *Topology) Listen(ctx context.Context, told func(Host)) error {
	if t.cfg.Mode != ProxyARP {
		return fmt.Errorf("%w: a %s learns no hosts", ErrConfig, t.cfg.Mode)
	}
	var ears []ear
	defer func() {
		for _, e := range ears {
			_ = unix.Close(e.fd)
		}
	}()
	for _, side := range []struct {
		Side
		name string
	}{{Office, t.cfg.Office}, {Plant, t.cfg.Plant}} {
		for _, proto := range []uint16{unix.ETH_P_ARP, unix.ETH_P_IPV6} {
			e, err := t.ear(side.name, proto)
			if err != nil {
				return fmt.Errorf("listen on %s: %w", side.name, err)
			}
			e.side = side.Side
			ears = append(ears, e)
		}
	}
	own, err := (&Wall{k: t.k}).own()
	if err != nil {
		return err
	}
	l := &listener{t: t, ears: ears, own: own, told: told, asked: map[netip.Addr]time.Time{}}
	for ctx.Err() == nil {
		if err := l.hear(); err != nil {
			return err
		}
	}
	return nil
}

// ear is a packet socket that hears of one protocol on one side.
type ear struct {
	fd, ifindex int
	proto       uint16
	mac         net.HardwareAddr
	side        Side
}

type listener struct {
	t     *Topology
	ears  []ear
	own   map[netip.Addr]bool
	told  func(Host)
	buf   [256]byte
	asked map[netip.Addr]time.Time // questions passed on lately; at most maxHosts
}

// hearFor is how long is listened before the context is looked at again, in
// milliseconds; askAgain how soon a question is passed on again.
const (
	hearFor  = 250
	askAgain = time.Second
)

func (l *listener) hear() error {
	fds := make([]unix.PollFd, len(l.ears))
	for i, e := range l.ears {
		fds[i] = unix.PollFd{Fd: int32(e.fd), Events: unix.POLLIN}
	}
	if _, err := unix.Poll(fds, hearFor); err != nil && !errors.Is(err, unix.EINTR) {
		return fmt.Errorf("listen for hosts: %w", err)
	}
	for i, e := range l.ears {
		if fds[i].Revents == 0 {
			continue
		}
		n, from, err := unix.Recvfrom(e.fd, l.buf[:], unix.MSG_DONTWAIT)
		if errors.Is(err, unix.EAGAIN) || errors.Is(err, unix.ENETDOWN) || errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil {
			return fmt.Errorf("listen for hosts: %w", err)
		}
		if ll, ok := from.(*unix.SockaddrLinklayer); ok && ll.Pkttype == unix.PACKET_OUTGOING {
			continue
		}
		sender, target := question(l.buf[:n])
		if err := l.learn(Host{sender, e.side}); err != nil {
			return err
		}
		l.passOn(e, sender, target, time.Now())
	}
	return nil
}

func (l *listener) learn(h Host) error {
	if !l.t.wanted(h.Addr) || l.own[h.Addr] || l.t.knows(h.Addr) {
		return nil
	}
	switch err := l.t.Learn([]Host{h}); {
	case errors.Is(err, ErrRefused): // as many as there may be
	case err != nil:
		return err
	default:
		l.told(h)
	}
	return nil
}

// passOn asks the other side for a host that is not known. The question has the
// asker's address and this machine's hardware address: as the other side will
// know the asker from then on.
func (l *listener) passOn(heard ear, sender, target netip.Addr, now time.Time) {
	if !sender.IsValid() || !l.t.wanted(target) || l.own[target] || l.t.knows(target) || now.Sub(l.asked[target]) < askAgain {
		return
	}
	if len(l.asked) >= maxHosts {
		clear(l.asked)
	}
	l.asked[target] = now
	for _, e := range l.ears {
		if e.side != heard.side && e.proto == heard.proto {
			to := &unix.SockaddrLinklayer{Ifindex: e.ifindex, Halen: 6}
			// A question that cannot be sent is asked again by who asked it.
			_ = unix.Sendto(e.fd, ask(e.mac, sender, target), 0, to)
		}
	}
}

// wanted reports whether an address may be learned.
func (t *Topology) wanted(a netip.Addr) bool {
	for _, p := range t.cfg.Learn {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// ear opens a packet socket that hears of one protocol; of IPv6 only of
// neighbours.
func (t *Topology) ear(name string, proto uint16) (ear, error) {
	l, err := t.k.route.LinkByName(name)
	if err != nil {
		return ear{}, err
	}
	e := ear{ifindex: l.Attrs().Index, mac: l.Attrs().HardwareAddr, proto: proto}
	err = t.k.do(func() (err error) {
		e.fd, err = unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
		return err
	})
	if err != nil {
		return ear{}, err
	}
	if proto == unix.ETH_P_IPV6 {
		err = solicitations(e.fd)
	}
	if err == nil {
		err = unix.Bind(e.fd, &unix.SockaddrLinklayer{Protocol: proto<<8 | proto>>8, Ifindex: e.ifindex})
	}
	if err != nil {
		_ = unix.Close(e.fd)
		return ear{}, err
	}
	return e, nil
}

// Neighbour solicitation and advertisement (RFC 4861 sections 4.3 and 4.4).
const (
	typeSolicit   = 135
	typeAdvertise = 136
)

// solicitations lets a socket hear ICMPv6 of those two types alone: the kernel
// drops the rest before it wakes anybody.
func solicitations(fd int) error {
	raw, err := bpf.Assemble([]bpf.Instruction{
		bpf.LoadAbsolute{Off: 14 + 6, Size: 1},
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: unix.IPPROTO_ICMPV6, SkipTrue: 4},
		bpf.LoadAbsolute{Off: 14 + 40, Size: 1},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: typeSolicit, SkipTrue: 1},
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: typeAdvertise, SkipTrue: 1},
		bpf.RetConstant{Val: 256},
		bpf.RetConstant{Val: 0},
	})
	if err != nil {
		return err
	}
	filter := make([]unix.SockFilter, len(raw))
	for i, r := range raw {
		filter[i] = unix.SockFilter{Code: r.Op, Jt: r.Jt, Jf: r.Jf, K: r.K}
	}
	return unix.SetsockoptSockFprog(fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]})
}

// question is who says something of neighbours, and for whom he asks. Either is
// the zero address if the frame does not say: an answer asks for nobody, and who
// has no address yet has none to say.
func question(f []byte) (sender, target netip.Addr) {
	switch {
	case len(f) < 14+28:
	case binary.BigEndian.Uint16(f[12:]) == unix.ETH_P_ARP:
		// RFC 826, for Ethernet and IPv4: operation, sender and target.
		if binary.BigEndian.Uint16(f[16:]) != unix.ETH_P_IP || f[19] != 4 {
			return sender, target
		}
		sender = unicast(f[28:32])
		if binary.BigEndian.Uint16(f[20:]) == 1 {
			target = unicast(f[38:42])
		}
	case binary.BigEndian.Uint16(f[12:]) == unix.ETH_P_IPV6 && len(f) >= 14+40+24 && f[20] == unix.IPPROTO_ICMPV6 && f[21] == 255:
		switch f[54] {
		case typeSolicit:
			return unicast(f[22:38]), unicast(f[62:78])
		case typeAdvertise:
			return unicast(f[22:38]), netip.Addr{}
		}
	}
	return sender, target
}

// ask is a question for target in sender's name that is answered to mac.
func ask(mac net.HardwareAddr, sender, target netip.Addr) []byte {
	if target.Is4() {
		f := append(bytes.Repeat([]byte{0xff}, 6), mac...)
		f = append(f, 0x08, 0x06, 0, 1, 0x08, 0, 6, 4, 0, 1)
		f = append(append(f, mac...), sender.AsSlice()...)
		return append(append(f, 0, 0, 0, 0, 0, 0), target.AsSlice()...)
	}
	t := target.As16()
	group := netip.MustParseAddr("ff02::1:ff00:0").As16() // the solicited-node group
	copy(group[13:], t[13:])
	body := []byte{typeSolicit, 0, 0, 0, 0, 0, 0, 0}
	body = append(append(append(body, t[:]...), 1, 1), mac...) // option: source link-layer address
	from := sender.As16()
	sum := uint32(len(body)) + unix.IPPROTO_ICMPV6
	for _, b := range [][]byte{from[:], group[:], body} {
		for i := 0; i < len(b); i += 2 {
			sum += uint32(binary.BigEndian.Uint16(b[i:]))
		}
	}
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	binary.BigEndian.PutUint16(body[2:], ^uint16(sum))
	f := append([]byte{0x33, 0x33}, group[12:]...)
	f = append(append(f, mac...), 0x86, 0xdd, 0x60, 0, 0, 0, 0, byte(len(body)), unix.IPPROTO_ICMPV6, 255)
	return append(append(append(f, from[:]...), group[:]...), body...)
}

func unicast(b []byte) netip.Addr {
	a, _ := netip.AddrFromSlice(b)
	if a.IsUnspecified() || a.IsMulticast() || a.IsLoopback() || a == netip.AddrFrom4([4]byte{255, 255, 255, 255}) {
		return netip.Addr{}
	}
	return a
}
