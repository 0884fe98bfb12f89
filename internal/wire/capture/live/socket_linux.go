package live

import (
	"errors"
	"fmt"
	"unsafe"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"

	"github.com/bulkhead-ot/bulkhead/internal/wire/packet"
)

// Hardware types of interfaces (linux/if_arp.h).
const (
	hwEthernet = 1
	hwPPP      = 512
	hwRawIP    = 519
	hwTunnel   = 768
	hwTunnel6  = 769
	hwLoopback = 772
	hwSIT      = 776
	hwGRE      = 778
	hwWiFi     = 801
	hwRadiotap = 803
	hwNone     = 0xfffe
)

// retire is after how many milliseconds the kernel hands over a block that is
// not full: how late a frame may be seen on a quiet line.
const retire = 50

// socket is one packet socket with its ring in memory.
type socket struct {
	fd    int
	ring  []byte
	block int  // bytes of one block
	mute  bool // the kernel takes nothing to send from it
}

// openSocket opens a socket with its ring and its filter. It gets no frame
// before bind.
func openSocket(o Options, filter func(dropOutgoing bool) ([]bpf.RawInstruction, error)) (s *socket, err error) {
	// Protocol 0: nothing is received, from any interface, until bind.
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		if errors.Is(err, unix.EPERM) || errors.Is(err, unix.EACCES) {
			return nil, ErrDenied
		}
		return nil, fmt.Errorf("open a packet socket: %w", err)
	}
	s = &socket{fd: fd, block: o.BlockSize}
	if err := s.setUp(o, filter); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (s *socket) setUp(o Options, filter func(bool) ([]bpf.RawInstruction, error)) error {
	outgoing := o.Outgoing
	if !outgoing {
		// Since Linux 4.20; before, the filter does it.
		outgoing = unix.SetsockoptInt(s.fd, unix.SOL_PACKET, unix.PACKET_IGNORE_OUTGOING, 1) == nil
	}
	code, err := filter(!outgoing)
	if err != nil {
		return fmt.Errorf("make the filter: %w", err)
	}
	if err := attach(s.fd, code); err != nil {
		return err
	}
	return s.mapRing(o)
}

// attach installs the filter and locks it: from then on no one can change what
// the socket sees.
func attach(fd int, code []bpf.RawInstruction) error {
	list := make([]unix.SockFilter, len(code))
	for i, c := range code {
		list[i] = unix.SockFilter{Code: c.Op, Jt: c.Jt, Jf: c.Jf, K: c.K}
	}
	if err := unix.SetsockoptSockFprog(fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &unix.SockFprog{Len: uint16(len(list)), Filter: &list[0]}); err != nil {
		return fmt.Errorf("attach the filter: %w", err)
	}
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_LOCK_FILTER, 1); err != nil {
		return fmt.Errorf("lock the filter: %w", err)
	}
	return nil
}

// frameSize is a number that the kernel wants and a TPACKET_V3 ring does not
// use: frames have the size they need.
const frameSize = 2048

func (s *socket) mapRing(o Options) error {
	if err := unix.SetsockoptInt(s.fd, unix.SOL_PACKET, unix.PACKET_VERSION, unix.TPACKET_V3); err != nil {
		return fmt.Errorf("ask for a TPACKET_V3 ring (Linux 3.2): %w", err)
	}
	// Room before each frame, where the VLAN tag goes that was taken out.
	if err := unix.SetsockoptInt(s.fd, unix.SOL_PACKET, unix.PACKET_RESERVE, tagSize); err != nil {
		return fmt.Errorf("reserve room for a tag: %w", err)
	}
	req := unix.TpacketReq3{
		Block_size: uint32(o.BlockSize), Block_nr: uint32(o.Blocks),
		Frame_size: frameSize, Frame_nr: uint32(o.BlockSize / frameSize * o.Blocks),
		Retire_blk_tov: retire,
	}
	if err := unix.SetsockoptTpacketReq3(s.fd, unix.SOL_PACKET, unix.PACKET_RX_RING, &req); err != nil {
		return fmt.Errorf("make a ring of %d blocks of %d bytes: %w", o.Blocks, o.BlockSize, err)
	}
	size, page := o.BlockSize*o.Blocks, unix.Getpagesize()
	barred := s.bar(page)
	all := size
	if barred {
		all += page
	}
	p, err := unix.MmapPtr(s.fd, 0, nil, uintptr(all), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return fmt.Errorf("map a ring of %d bytes: %w", all, err)
	}
	s.ring = unsafe.Slice((*byte)(p), size)
	if barred {
		s.mute = unix.MunmapPtr(unsafe.Add(p, size), uintptr(page)) == nil
	}
	return nil
}

// bar gives the socket a ring to send from, of one page, which is taken out of
// this process's memory right after it was mapped. A socket with such a ring
// sends what is marked there and nothing else (packet_sendmsg of
// net/packet/af_packet.c): the bytes given to write, send or sendmsg are not
// looked at, and no one can mark a frame in a page that no one has.
func (s *socket) bar(page int) bool {
	req := unix.TpacketReq3{Block_size: uint32(page), Block_nr: 1, Frame_size: frameSize, Frame_nr: uint32(page / frameSize)}
	return unix.SetsockoptTpacketReq3(s.fd, unix.SOL_PACKET, unix.PACKET_TX_RING, &req) == nil
}

func (s *socket) close() {
	if s.ring != nil {
		_ = unix.MunmapPtr(unsafe.Pointer(&s.ring[0]), uintptr(len(s.ring))) // nothing can be done about it
		s.ring = nil
	}
	unix.Close(s.fd)
}

// bind listens on the interface with that index, in promiscuous mode. It needs
// no privilege.
func (s *socket) bind(index int) error {
	if err := unix.Bind(s.fd, &unix.SockaddrLinklayer{Protocol: networkOrder(unix.ETH_P_ALL), Ifindex: index}); err != nil {
		return fmt.Errorf("bind: %w", err)
	}
	m := unix.PacketMreq{Ifindex: int32(index), Type: unix.PACKET_MR_PROMISC}
	if err := unix.SetsockoptPacketMreq(s.fd, unix.SOL_PACKET, unix.PACKET_ADD_MEMBERSHIP, &m); err != nil {
		return fmt.Errorf("switch to promiscuous mode: %w", err)
	}
	return nil
}

// bound is the index of the interface that the socket listens on, not positive
// if that is gone.
func (s *socket) bound() int {
	a, err := unix.Getsockname(s.fd)
	if err != nil {
		return -1
	}
	if l, ok := a.(*unix.SockaddrLinklayer); ok {
		return int(int32(l.Ifindex))
	}
	return -1
}

func networkOrder(v uint16) uint16 { return v<<8 | v>>8 }

// Questions about an interface go to the packet socket itself: it stays in the
// network namespace where it was opened, and needs no file that a confined
// process cannot open.

func interfaceIndex(fd int, name string) (int, error) {
	r, err := unix.NewIfreq(name)
	if err != nil {
		return 0, fmt.Errorf("%w: %q", ErrNoInterface, name)
	}
	if err := unix.IoctlIfreq(fd, unix.SIOCGIFINDEX, r); err != nil {
		if errors.Is(err, unix.ENODEV) {
			return 0, fmt.Errorf("%w: %q", ErrNoInterface, name)
		}
		return 0, fmt.Errorf("look for interface %q: %w", name, err)
	}
	return int(r.Uint32()), nil
}

func interfaceFlags(fd int, name string) uint16 {
	return interfaceWord(fd, name, unix.SIOCGIFFLAGS)
}

func interfaceWord(fd int, name string, what uint) uint16 {
	r, err := unix.NewIfreq(name)
	if err != nil || unix.IoctlIfreq(fd, what, r) != nil {
		return 0
	}
	return r.Uint16()
}

func interfaceMTU(fd int, name string) int {
	r, err := unix.NewIfreq(name)
	if err != nil || unix.IoctlIfreq(fd, unix.SIOCGIFMTU, r) != nil {
		return 0
	}
	return int(r.Uint32())
}

// interfaceLink is how frames of the interface begin.
func interfaceLink(fd int, name string) (link, error) {
	switch t := interfaceWord(fd, name, unix.SIOCGIFHWADDR); t {
	case hwEthernet, hwLoopback:
		return link{packet.LinkEthernet, true}, nil
	case hwPPP, hwRawIP, hwTunnel, hwTunnel6, hwSIT, hwGRE, hwNone:
		return link{packet.LinkRaw, false}, nil
	case hwWiFi:
		return link{packet.LinkWiFi, true}, nil
	case hwRadiotap:
		return link{packet.LinkRadiotap, true}, nil
	default:
		return link{}, fmt.Errorf("interface %q has frames of hardware type %d, which are not read", name, t)
	}
}
