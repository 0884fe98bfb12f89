// Command livebench measures live capture: the rate up to which no frame is
// lost. It makes two network namespaces joined by a veth cable, sends frames on
// one side at a given rate and reads them on the other with a sensor as the
// program runs it, with every decoder; beside it tcpdump -w /dev/null sees the same traffic. The
// highest rate without loss is found by bisection. Linux and root only.
//
// Frames are injected where a network card's driver would hand them over, or, if
// the kernel refuses that, sent through the cable, which is a third as fast.
//
// The sender has one core and the reader another. The kernel copies frames into
// the ring on the sender's core, so the reader's CPU time is that of the program
// alone. With -one-core all of it shares one.
package main

import (
	"flag"
	"fmt"
	"os"
	"time"
)

// options of a measurement.
type options struct {
	role     string // "" for the whole, else the part that a child plays
	iface    string
	sender   string // "xdp", "socket" or "" for the best that works
	what     string // "modbus" or a capture file
	flows    int
	limit    int // frames of a file
	rate     int // frames a second, 0 for as fast as possible
	seconds  float64
	bisect   bool
	peers    bool
	workers  int
	block    int
	blocks   int
	bare     bool // read the ring and decode nothing
	sample   bool // count cyclic I/O instead of reading it all
	confined bool
	ring     string // folder of a packet ring to fill, "" for none
	core     int
	oneCore  bool
}

func main() {
	var o options
	flag.StringVar(&o.role, "role", "", "part that this process plays (used by the program itself)")
	flag.StringVar(&o.iface, "interface", "", "interface of that part")
	flag.StringVar(&o.sender, "sender", "", "how to send: xdp injects frames where a driver would, socket sends them through a cable; the default is xdp where the kernel allows it")
	flag.StringVar(&o.what, "traffic", "modbus", "modbus for polling in frames of 65 and 66 bytes, or a capture `file` to play in a loop")
	flag.IntVar(&o.flows, "flows", 1000, "connections of the Modbus polling")
	flag.IntVar(&o.limit, "limit", 1_000_000, "frames taken from a capture file")
	flag.IntVar(&o.rate, "rate", 0, "frames a second; 0 is as fast as possible")
	flag.Float64Var(&o.seconds, "seconds", 5, "length of one trial")
	flag.BoolVar(&o.bisect, "bisect", false, "find the highest rate without loss")
	flag.BoolVar(&o.peers, "peers", true, "run tcpdump on the same traffic")
	flag.IntVar(&o.workers, "workers", 1, "sockets and engines of the reader")
	flag.IntVar(&o.block, "block", 0, "bytes of a block of the ring; 0 is the default")
	flag.IntVar(&o.blocks, "blocks", 0, "blocks of the ring; 0 is the default")
	flag.BoolVar(&o.bare, "bare", false, "only read the ring, decode nothing")
	flag.BoolVar(&o.sample, "sample", true, "count cyclic I/O instead of reading it all, as a live sensor does")
	flag.BoolVar(&o.confined, "confined", false, "confine the reader")
	flag.StringVar(&o.ring, "ring", "", "also keep the packets in a ring on disk in this `folder`")
	flag.BoolVar(&o.oneCore, "one-core", false, "sender, kernel and reader share one core; the sender goes before the reader, as the kernel's work for a network card does")
	flag.IntVar(&o.core, "core", -1, "core of that part")
	flag.Parse()
	if err := run(o); err != nil {
		fmt.Fprintln(os.Stderr, "livebench:", err)
		os.Exit(1)
	}
}

// trial is what one run at one rate gave.
type trial struct {
	Sent     uint64        // by the sender
	Took     time.Duration // for sending
	Received uint64
	Dropped  uint64 // by the kernel, the ring being full
	NotKept  uint64 // by the packet ring
	CPU      time.Duration
	MiB      float64 // greatest resident size, the ring of the socket included
}

// lossless reports whether every frame arrived.
func (t trial) lossless() bool { return t.Dropped == 0 && t.Received == t.Sent }

// perSecond is the rate that was really sent.
func (t trial) perSecond() int { return int(float64(t.Sent) / t.Took.Seconds()) }

func (t trial) row(program string, rate int) string {
	want := "max"
	if rate > 0 {
		want = fmt.Sprint(rate)
	}
	per := 0.0
	if t.Received > 0 {
		per = float64(t.CPU.Nanoseconds()) / float64(t.Received)
	}
	row := fmt.Sprintf("%-10s %9s %10d %12d %12d %10d %7.1f%% %9.0f %7.0f", program, want,
		t.perSecond(), t.Sent, t.Received, t.Dropped, 100*t.CPU.Seconds()/t.Took.Seconds(), per, t.MiB)
	if t.NotKept > 0 {
		row += fmt.Sprintf("  (%d not kept on disk)", t.NotKept)
	}
	return row
}

const header = "program         rate     sent/s         sent     received    dropped  of core    ns/pkt     MiB"
