// Package livetest gives tests a network namespace with two interfaces joined by
// a cable, and a way to send frames on one of them. It needs root and the
// program ip of iproute2; a test that lacks them is skipped and says so.
package livetest

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// Pair moves the test's goroutine into a new network namespace with the
// interfaces "plant0" and "mirror0": what is sent on one arrives at the other,
// and the host itself sends nothing. The goroutine's thread ends with the test.
func Pair(t testing.TB) (plant, mirror string) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root for a network namespace")
	}
	if _, err := exec.LookPath("ip"); err != nil {
		t.Skip("needs the program ip")
	}
	runtime.LockOSThread() // never unlocked: no other goroutine may get this thread
	if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
		t.Skipf("needs network namespaces: %v", err)
	}
	// Without this the kernel greets its neighbours by IPv6.
	for _, which := range []string{"all", "default"} {
		_ = os.WriteFile("/proc/sys/net/ipv6/conf/"+which+"/disable_ipv6", []byte("1"), 0) // a kernel without IPv6 is fine
	}
	Cable(t)
	return "plant0", "mirror0"
}

// Cable makes the two interfaces of Pair (again) and switches them on.
func Cable(t testing.TB) {
	t.Helper()
	IP(t, "link add plant0 type veth peer name mirror0")
	for _, name := range []string{"plant0", "mirror0"} {
		IP(t, "link set "+name+" arp off up")
	}
}

// IP runs the program ip.
func IP(t testing.TB, args string) {
	t.Helper()
	if out, err := exec.Command("ip", strings.Fields(args)...).CombinedOutput(); err != nil {
		t.Fatalf("ip %s: %v\n%s", args, err, out)
	}
}

// Sent is how many frames the kernel sent on an interface.
func Sent(t testing.TB, name string) uint64 { t.Helper(); return counter(t, name, "TX") }

// Received is how many frames the kernel received on an interface.
func Received(t testing.TB, name string) uint64 { t.Helper(); return counter(t, name, "RX") }

// counter reads ip's table: the line after "RX: bytes packets …" has the values.
// The files below /sys/class/net belong to the namespace of whoever mounted
// them.
func counter(t testing.TB, name, which string) uint64 {
	t.Helper()
	out, err := exec.Command("ip", "-s", "link", "show", "dev", name).Output()
	if err != nil {
		t.Fatalf("ip -s link show dev %s: %v", name, err)
	}
	lines := strings.Split(string(out), "\n")
	for i, l := range lines[:len(lines)-1] {
		if strings.HasPrefix(strings.TrimSpace(l), which+":") {
			if f := strings.Fields(lines[i+1]); len(f) > 1 {
				n, err := strconv.ParseUint(f[1], 10, 64)
				if err == nil {
					return n
				}
			}
		}
	}
	t.Fatalf("ip says nothing of %s on %s:\n%s", which, name, out)
	return 0
}

// Sender sends frames on an interface.
type Sender struct{ fd int }

// NewSender opens an interface for sending until the test ends.
func NewSender(t testing.TB, name string) *Sender {
	t.Helper()
	fd, err := openSender(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(fd) })
	return &Sender{fd}
}

func openSender(name string) (int, error) {
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0, fmt.Errorf("open a socket to send: %w", err)
	}
	r, err := unix.NewIfreq(name)
	if err == nil {
		err = unix.IoctlIfreq(fd, unix.SIOCGIFINDEX, r)
	}
	if err == nil {
		err = unix.Bind(fd, &unix.SockaddrLinklayer{Ifindex: int(r.Uint32())})
	}
	if err == nil {
		// The queue of an interface that just came up swallows frames for up to a
		// second: past it.
		err = unix.SetsockoptInt(fd, unix.SOL_PACKET, unix.PACKET_QDISC_BYPASS, 1)
	}
	if err != nil {
		unix.Close(fd)
		return 0, fmt.Errorf("send on %s: %w", name, err)
	}
	return fd, nil
}

// ByQueue makes the sender use the interface's queue as other programs do: only
// then packet sockets of the same interface see what is sent. Frames may be lost
// in the first second after the interface came up.
func (s *Sender) ByQueue(t testing.TB) {
	t.Helper()
	if err := unix.SetsockoptInt(s.fd, unix.SOL_PACKET, unix.PACKET_QDISC_BYPASS, 0); err != nil {
		t.Fatal(err)
	}
}

// Send sends frames one after the other.
func (s *Sender) Send(t testing.TB, frames ...[]byte) {
	t.Helper()
	for _, f := range frames {
		if _, err := unix.Write(s.fd, f); err != nil {
			t.Fatalf("send %d bytes: %v", len(f), err)
		}
	}
}

// SendMerged sends one TCP segment that is longer than the MTU, as a card with
// segmentation offload would be asked to cut into pieces of size bytes.
func (s *Sender) SendMerged(t testing.TB, frame []byte, header, size int) {
	t.Helper()
	if err := unix.SetsockoptInt(s.fd, unix.SOL_PACKET, unix.PACKET_VNET_HDR, 1); err != nil {
		t.Fatal(err)
	}
	// struct virtio_net_hdr: flags (needs checksum), GSO type (TCPv4), header
	// length, segment size, checksum start and offset.
	h := []byte{1, 1, byte(header), byte(header >> 8), byte(size), byte(size >> 8), 34, 0, 16, 0}
	if _, err := unix.Write(s.fd, append(h, frame...)); err != nil {
		t.Fatalf("send a merged frame: %v", err)
	}
	if err := unix.SetsockoptInt(s.fd, unix.SOL_PACKET, unix.PACKET_VNET_HDR, 0); err != nil {
		t.Fatal(err)
	}
}
