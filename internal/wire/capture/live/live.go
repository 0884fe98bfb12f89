// Package live reads the frames of a network interface as they pass: an
// AF_PACKET socket with a ring that the kernel fills and this process reads
// (TPACKET_V3), in promiscuous mode, with the kernel's time in nanoseconds and
// VLAN tags where they were on the wire. Linux only; elsewhere Open returns
// ErrUnsupported.
//
// It cannot send: see docs/capture.md for how that is made true and how to
// check it. It decodes nothing and keeps no frame: Source.Next hands out memory
// of the ring, which the next call gives back to the kernel. Nothing is
// allocated per frame.
//
// The interface may go down, disappear and come back under its name: the
// sources wait and go on, without a privilege that Open needed.
//
// References: Linux Documentation/networking/packet_mmap.rst, packet(7).
package live

import (
	"errors"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// Errors of Open and Next.
var (
	// ErrIdle: nothing came for Options.Idle. It is no failure: the caller may
	// use the pause to report what it has, and asks again. Its method Timeout
	// says true, as that of a net.Error does.
	ErrIdle error = idle{}
	// ErrUnsupported: this system has no packet socket.
	ErrUnsupported = errors.New("watching an interface needs Linux; analyze reads capture files here")
	// ErrDenied: the process may not open packet sockets.
	ErrDenied = errors.New("no permission to watch interfaces: run as root or give the program the capability CAP_NET_RAW")
	// ErrNoInterface: no interface has that name.
	ErrNoInterface = errors.New("there is no such interface")
)

type idle struct{}

func (idle) Error() string { return "no frame came" }

// Timeout tells a pause from a failure.
func (idle) Timeout() bool { return true }

// Options say what is watched and how much memory the ring has. Zero values
// take the default.
type Options struct {
	Interface string
	// Workers is the number of sources, each with a ring and a share of the
	// frames. All frames between two addresses, both ways, fragments included,
	// come from the same source. Default 1.
	Workers int
	// BlockSize is the number of bytes that the kernel hands over at once: a
	// power of two, at least one page. Default 1 MiB.
	BlockSize int
	// Blocks is how many blocks one ring has. Default 64, shared out among the
	// workers, but no less than 8 each.
	Blocks int
	// Snaplen is how many bytes of a frame are kept. Default and most 262144.
	Snaplen int
	// Outgoing also hands out what this host itself sends on the interface.
	Outgoing bool
	// Idle is how long Next waits before it returns ErrIdle. Default 250 ms.
	Idle time.Duration
	// Silent is after how long without a frame the state is "silent".
	// Default 30 s.
	Silent time.Duration
}

// Status is what a handle did since Open.
type Status struct {
	State   plant.SensorState // watching, silent or no link
	Problem string            // what is wrong and what to do, "" if nothing is
	// Packets and Bytes are what was handed out; bytes count frames as long as
	// they were on the wire.
	Packets, Bytes uint64
	// Dropped frames found the ring full: they came faster than they were read.
	Dropped uint64
	// Freezes is how often the ring was full.
	Freezes uint64
	// Merged frames are longer than the interface's MTU: the network card or
	// the kernel put several together (LRO, GRO), and what was on the wire is
	// not what is seen.
	Merged uint64
	// Cut frames were longer than Snaplen.
	Cut uint64
	// Rebinds is how often the interface came back after it was removed.
	Rebinds uint64
	// Mute reports that the kernel takes nothing to send from the sockets: see
	// docs/capture.md. False on kernels before 4.11, where only the program's
	// text and package confine stand against sending.
	Mute bool
	// MTU of the interface in bytes, 0 while there is none.
	MTU int
	// RingBytes is the memory of all rings.
	RingBytes int
	// Last is when the last frames came, by this process's clock; zero if none
	// did.
	Last time.Time
}

// maxSnaplen is libpcap's greatest: more than the kernel merges by default.
const maxSnaplen = 262144

func (o Options) withDefaults() Options {
	o.Workers = max(o.Workers, 1)
	if o.BlockSize == 0 {
		o.BlockSize = 1 << 20
	}
	if o.Blocks == 0 {
		o.Blocks = max(64/o.Workers, 8)
	}
	if o.Snaplen <= 0 || o.Snaplen > maxSnaplen {
		o.Snaplen = maxSnaplen
	}
	if o.Idle <= 0 {
		o.Idle = 250 * time.Millisecond
	}
	if o.Silent <= 0 {
		o.Silent = 30 * time.Second
	}
	return o
}
