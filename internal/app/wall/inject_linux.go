package wall

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// Tunnels injects packets with two TUN devices: what is written to the one comes
// into the box as from a cable, is routed and judged as everything that crosses,
// and if it passes it is read from the other. No frame leaves the box.
type Tunnels struct{}

// Names of the devices, which are there while a probe lasts.
const (
	tunFrom = "bhk-canary0"
	tunTo   = "bhk-canary1"
)

// label is what a probe carries, for whoever captures one.
const label = "bulkhead canary probe"

// Open makes the devices with a route to each address.
func (Tunnels) Open(from, to netip.Addr) (_ Injection, err error) {
	t := &tunnels{from: from, to: to}
	defer func() {
		if err != nil {
			t.Close()
		}
	}()
	if t.in, err = tun(tunFrom, from); err != nil {
		return nil, err
	}
	t.out, err = tun(tunTo, to)
	return t, err
}

type tunnels struct {
	from, to netip.Addr
	in, out  *os.File
}

// Close takes the devices and their routes away.
func (t *tunnels) Close() error {
	var wrong []error
	for _, f := range []*os.File{t.in, t.out} {
		if f != nil {
			wrong = append(wrong, f.Close())
		}
	}
	return errors.Join(wrong...)
}

// tun makes a device that lives as long as its file, and leads an address to it.
func tun(name string, to netip.Addr) (*os.File, error) {
	fd, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, fmt.Errorf("open /dev/net/tun: %w", err)
	}
	r, err := unix.NewIfreq(name)
	if err == nil {
		r.SetUint16(unix.IFF_TUN | unix.IFF_NO_PI)
		err = unix.IoctlIfreq(fd, unix.TUNSETIFF, r)
	}
	if err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("make %s: %w", name, err)
	}
	f := os.NewFile(uintptr(fd), name)
	if err := lead(name, to); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// lead sets a device up and routes an address to it.
func lead(name string, to netip.Addr) error {
	l, err := netlink.LinkByName(name)
	if err != nil {
		return fmt.Errorf("look up %s: %w", name, err)
	}
	if err := netlink.LinkSetUp(l); err != nil {
		return fmt.Errorf("set %s up: %w", name, err)
	}
	dst := &net.IPNet{IP: to.AsSlice(), Mask: net.CIDRMask(to.BitLen(), to.BitLen())}
	if err := netlink.RouteReplace(&netlink.Route{LinkIndex: l.Attrs().Index, Dst: dst, Scope: netlink.SCOPE_LINK}); err != nil {
		return fmt.Errorf("route %s to %s: %w", to, name, err)
	}
	return nil
}

// SYN writes the packet to the first device and reads it from the second.
func (t *tunnels) SYN(ctx context.Context, srcPort, dstPort uint16, within time.Duration) (bool, error) {
	p := syn(netip.AddrPortFrom(t.from, srcPort), netip.AddrPortFrom(t.to, dstPort))
	if _, err := t.in.Write(p); err != nil {
		return false, err
	}
	end := time.Now().Add(within)
	if d, ok := ctx.Deadline(); ok && d.Before(end) {
		end = d
	}
	if err := t.out.SetReadDeadline(end); err != nil {
		return false, err
	}
	got := make([]byte, 2048)
	for {
		n, err := t.out.Read(got)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		if same(got[:n], p) {
			return true, nil
		}
	}
}

// headLen is the length of the IP header of a packet made by syn.
func headLen(p []byte) int {
	if p[0]>>4 == 4 {
		return 20
	}
	return 40
}

// same tells a packet by its TCP header and label: the way changes the hop count.
func same(got, sent []byte) bool {
	h := headLen(sent)
	return len(got) == len(sent) && string(got[h:]) == string(sent[h:])
}

// syn is a TCP SYN with the label in it (RFC 9293 section 3.1; RFC 791 section
// 3.1; RFC 8200 section 3).
func syn(src, dst netip.AddrPort) []byte {
	tcp := make([]byte, 20+len(label))
	binary.BigEndian.PutUint16(tcp, src.Port())
	binary.BigEndian.PutUint16(tcp[2:], dst.Port())
	binary.BigEndian.PutUint32(tcp[4:], uint32(time.Now().UnixNano()))
	tcp[12], tcp[13] = 5<<4, 0x02
	binary.BigEndian.PutUint16(tcp[14:], 1024)
	copy(tcp[20:], label)
	a, b := src.Addr().AsSlice(), dst.Addr().AsSlice()
	var pseudo []byte
	pseudo = append(append(pseudo, a...), b...)
	if len(a) == 4 {
		pseudo = append(pseudo, 0, policy.TCP)
		pseudo = binary.BigEndian.AppendUint16(pseudo, uint16(len(tcp)))
	} else {
		pseudo = binary.BigEndian.AppendUint32(pseudo, uint32(len(tcp)))
		pseudo = append(pseudo, 0, 0, 0, policy.TCP)
	}
	binary.BigEndian.PutUint16(tcp[16:], checksum(pseudo, tcp))
	return append(ipHeader(a, b, len(tcp)), tcp...)
}

func ipHeader(a, b []byte, payload int) []byte {
	if len(a) == 16 {
		h := make([]byte, 40)
		h[0], h[6], h[7] = 6<<4, policy.TCP, 64
		binary.BigEndian.PutUint16(h[4:], uint16(payload))
		copy(h[8:], a)
		copy(h[24:], b)
		return h
	}
	h := make([]byte, 20)
	h[0], h[8], h[9] = 4<<4|5, 64, policy.TCP
	binary.BigEndian.PutUint16(h[2:], uint16(20+payload))
	copy(h[12:], a)
	copy(h[16:], b)
	binary.BigEndian.PutUint16(h[10:], checksum(h))
	return h
}

// checksum is that of RFC 1071 over parts, of which only the last may be odd.
func checksum(parts ...[]byte) uint16 {
	var sum uint32
	for _, p := range parts {
		for i := 0; i+1 < len(p); i += 2 {
			sum += uint32(binary.BigEndian.Uint16(p[i:]))
		}
		if len(p)%2 == 1 {
			sum += uint32(p[len(p)-1]) << 8
		}
	}
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return ^uint16(sum)
}
