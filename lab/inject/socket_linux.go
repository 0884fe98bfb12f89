package inject

import (
	"encoding/binary"
	"errors"
	"fmt"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Socket sends on one interface. It is used by one goroutine.
type Socket struct {
	fd       int
	name     string
	messages [batchFrames]message
	vectors  [batchFrames]unix.Iovec
}

// message is struct mmsghdr of sendmmsg(2).
type message struct {
	header unix.Msghdr
	_      uint32 // bytes sent, which the kernel fills in
}

// Open opens a socket that can send on an interface and receives nothing.
func Open(i *Interface) (*Socket, error) {
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0) // protocol 0 receives nothing
	if err != nil {
		return nil, fmt.Errorf("open a packet socket (root or CAP_NET_RAW may): %w", err)
	}
	// The queueing discipline of a software interface only costs time. Kernels
	// without the option send through it.
	_ = unix.SetsockoptInt(fd, unix.SOL_PACKET, unix.PACKET_QDISC_BYPASS, 1)
	if err := unix.Bind(fd, &unix.SockaddrLinklayer{Ifindex: i.Index}); err != nil {
		_ = unix.Close(fd)
		return nil, fmt.Errorf("bind to %s: %w", i.Name, err)
	}
	return &Socket{fd: fd, name: i.Name}, nil
}

// Send sends frames. When the interface's queue is full it waits.
func (s *Socket) Send(frames [][]byte) error {
	for len(frames) > 0 {
		n := min(len(frames), batchFrames)
		for i, f := range frames[:n] {
			s.vectors[i] = unix.Iovec{Base: &f[0]}
			s.vectors[i].SetLen(len(f))
			s.messages[i].header = unix.Msghdr{Iov: &s.vectors[i]}
			s.messages[i].header.SetIovlen(1)
		}
		sent, _, errno := unix.Syscall6(unix.SYS_SENDMMSG, uintptr(s.fd), uintptr(unsafe.Pointer(&s.messages)), uintptr(n), 0, 0, 0)
		switch {
		case errno == 0:
			frames = frames[sent:]
		case errno == unix.ENOBUFS || errno == unix.EAGAIN:
			time.Sleep(50 * time.Microsecond)
		case errno != unix.EINTR:
			return fmt.Errorf("send on %s: %w", s.name, errno)
		}
	}
	return nil
}

// Close closes the socket.
func (s *Socket) Close() error { return unix.Close(s.fd) }

// Look finds out what an interface is, as the kernel's list of links says.
func Look(name string) (*Interface, error) {
	all, err := links()
	if err != nil {
		return nil, fmt.Errorf("list the network interfaces: %w", err)
	}
	names := map[int]link{}
	for _, l := range all {
		names[l.Index] = l
	}
	for _, l := range all {
		if l.Name != name {
			continue
		}
		l.Master = names[l.master].Name
		if l.master != 0 && l.Master == "" {
			l.Master = "another interface"
		}
		if l.peer != 0 && !l.elsewhere {
			peer := names[l.peer]
			l.Peer, l.PeerMaster = peer.Name, names[peer.master].Name
		}
		return &l.Interface, nil
	}
	return nil, fmt.Errorf("there is no network interface %s", name)
}

type link struct {
	Interface
	master, peer int
	elsewhere    bool // the peer is in another network namespace
}

var errNetlink = errors.New("the kernel's answer cannot be read")

// links asks the kernel for its links (rtnetlink(7)).
func links() ([]link, error) {
	answer, err := syscall.NetlinkRIB(unix.RTM_GETLINK, unix.AF_UNSPEC)
	if err != nil {
		return nil, err
	}
	messages, err := syscall.ParseNetlinkMessage(answer)
	if err != nil {
		return nil, err
	}
	var all []link
	for i := range messages {
		m := &messages[i]
		if m.Header.Type != unix.RTM_NEWLINK || len(m.Data) < unix.SizeofIfInfomsg {
			continue
		}
		attributes, err := syscall.ParseNetlinkRouteAttr(m)
		if err != nil {
			return nil, err
		}
		l := link{Interface: Interface{Index: int(int32(binary.NativeEndian.Uint32(m.Data[4:])))}}
		for _, a := range attributes {
			if err := l.read(a.Attr.Type, a.Value); err != nil {
				return nil, err
			}
		}
		all = append(all, l)
	}
	return all, nil
}

func (l *link) read(kind uint16, value []byte) error {
	switch kind &^ unix.NLA_F_NESTED {
	case unix.IFLA_IFNAME:
		l.Name = unix.ByteSliceToString(value)
	case unix.IFLA_MASTER, unix.IFLA_LINK:
		if len(value) < 4 {
			return errNetlink
		}
		if v := int(binary.NativeEndian.Uint32(value)); kind == unix.IFLA_MASTER {
			l.master = v
		} else {
			l.peer = v
		}
	case unix.IFLA_LINK_NETNSID:
		l.elsewhere = true
	case unix.IFLA_LINKINFO:
		l.Kind = nested(value, unix.IFLA_INFO_KIND)
	}
	return nil
}

// nested is the text of an attribute within another.
func nested(b []byte, kind uint16) string {
	for len(b) >= unix.SizeofRtAttr {
		n := int(binary.NativeEndian.Uint16(b))
		if n < unix.SizeofRtAttr || n > len(b) {
			return ""
		}
		if binary.NativeEndian.Uint16(b[2:]) == kind {
			return unix.ByteSliceToString(b[unix.SizeofRtAttr:n])
		}
		b = b[min((n+3)&^3, len(b)):]
	}
	return ""
}
