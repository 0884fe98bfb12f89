package wire

import (
	"net/netip"
	"time"
)

// Stack is how an operating system's network code shows on the wire.
type Stack struct {
	TTL          uint8
	DontFragment bool
	Window       uint16 // of a SYN
	Open         uint16 // the window afterwards, scaled as the options say
	Options      []byte // of a SYN
	FirstPort    uint16 // of its own connections
	React        time.Duration
}

// Host is a machine with one address. Its counters make it a thing that must
// not be copied.
type Host struct {
	IP    netip.Addr
	Stack Stack
	Down  bool // it lost its power or its cable: it sends nothing

	id       uint16
	tcp, udp uint16
}

// NewHost makes a machine whose counters stand somewhere.
func NewHost(ip netip.Addr, s Stack, counter uint16) *Host {
	port := s.FirstPort + counter%4000
	return &Host{IP: ip, Stack: s, id: counter, tcp: port, udp: port}
}

func (h *Host) nextID() uint16 {
	h.id++
	return h.id
}

// Port is a port for a connection that the host opens, Datagram one for an
// exchange of datagrams. None is used twice within many thousand.
func (h *Host) Port() uint16 { return h.Stack.after(&h.tcp) }

// Datagram is a port for an exchange of datagrams.
func (h *Host) Datagram() uint16 { return h.Stack.after(&h.udp) }

func (s *Stack) after(port *uint16) uint16 {
	*port++
	if *port < s.FirstPort {
		*port = s.FirstPort
	}
	return *port
}

// mss is the option every stack sends.
func mss(n uint16) []byte { return []byte{2, 4, byte(n >> 8), byte(n)} }

// Stacks as they were seen in many captures: the time-to-live, the window and
// the options of a SYN.
var (
	Windows  = Stack{128, true, 64240, 1026, append(mss(1460), 1, 3, 3, 8, 1, 1, 4, 2), 49160, 300 * time.Microsecond}
	Linux    = Stack{64, true, 64240, 502, append(mss(1460), 1, 1, 4, 2, 1, 3, 3, 7), 32800, 300 * time.Microsecond}
	Embedded = Stack{64, false, 8192, 8192, mss(1460), 1050, 2 * time.Millisecond}
	Siemens  = Stack{30, false, 8192, 8192, mss(1460), 2000, 2 * time.Millisecond}
	VxWorks  = Stack{64, false, 60000, 60000, append(mss(1460), 1, 3, 3, 0), 1024, 2 * time.Millisecond}
	Network  = Stack{255, false, 4128, 4128, mss(1460), 11000, time.Millisecond}
)

// Nowhere is the address of a machine that has none yet.
var Nowhere = netip.AddrFrom4([4]byte{})
