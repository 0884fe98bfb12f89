package wire

import (
	"encoding/binary"
	"time"

	"github.com/bulkhead-ot/bulkhead/lab/sim"
)

// Clock is who lets time pass and takes the frames.
type Clock interface {
	Wait(d time.Duration)
	Set(a *sim.Alarm, d time.Duration)
	Clear(a *sim.Alarm)
	Emit(frame []byte) // copies it
	Jitter(d time.Duration, share float64) time.Duration
	Noise(n int) []byte
}

// TCP flags.
const (
	fin = 0x01
	syn = 0x02
	rst = 0x04
	psh = 0x08
	ack = 0x10
)

// segmentSize is how many bytes a segment carries; a receiver acknowledges each
// second one, or waits a little for something to send along (RFC 9293 3.8.6.3,
// Windows: 40 ms). firstRepeat is when a sender first repeats what nobody
// acknowledged; it waits twice as long each time (RFC 6298).
const (
	segmentSize = 1460
	ackEvery    = 2
	delayedACK  = 40 * time.Millisecond
	firstRepeat = 300 * time.Millisecond
)

// Conn is a TCP connection, seen from outside.
type Conn struct {
	clock          Clock
	client, server side
	closed, lost   bool
	frame          []byte // of the last segment, whose memory the next one takes
}

type side struct {
	*Route
	from, to uint16 // ports
	next     uint32 // sequence number of the next byte
	seen     uint32 // of the peer's next byte, as far as it came
	told     uint32 // of the peer's next byte, as far as acknowledged
	late     sim.Alarm
}

// Dial opens a connection from one end to a port of the other. A machine that
// is down does not answer: the connection is then lost.
func Dial(c Clock, client, server *Route, port uint16) *Conn {
	x := newConn(c, client, server, port)
	if server.host.Down {
		x.knock()
		return x
	}
	x.segment(&x.client, &x.server, syn, nil)
	x.react(&x.server)
	x.segment(&x.server, &x.client, syn|ack, nil)
	x.react(&x.client)
	x.segment(&x.client, &x.server, ack, nil)
	return x
}

// Refused tries to open a connection to a port that is closed.
func Refused(c Clock, client, server *Route, port uint16) {
	x := newConn(c, client, server, port)
	x.segment(&x.client, &x.server, syn, nil)
	if !server.host.Down {
		x.react(&x.server)
		x.server.next = 0
		x.segment(&x.server, &x.client, rst|ack, nil)
	}
	x.closed = true
}

// Knock asks once for a connection that nobody answers.
func Knock(c Clock, client *Route, port uint16) {
	x := newConn(c, client, client, port)
	x.segment(&x.client, &x.server, syn, nil)
	x.closed = true
}

// knock asks three times for a connection that nobody grants.
func (x *Conn) knock() {
	for try := range 3 {
		x.segment(&x.client, &x.server, syn, nil)
		x.client.next--
		x.clock.Wait(time.Second << try)
	}
	x.lost, x.closed = true, true
}

func newConn(c Clock, client, server *Route, port uint16) *Conn {
	x := &Conn{clock: c, client: side{Route: client, from: client.host.Port(), to: port}, server: side{Route: server, from: port}}
	x.server.to = x.client.from
	start := c.Noise(8)
	x.client.next, x.server.next = binary.BigEndian.Uint32(start), binary.BigEndian.Uint32(start[4:])
	x.client.late.Do = func() { x.acknowledge(&x.client, &x.server) }
	x.server.late.Do = func() { x.acknowledge(&x.server, &x.client) }
	return x
}

// Lost reports whether the other machine stopped answering.
func (x *Conn) Lost() bool { return x.lost }

// Ask sends a request and, after the server has thought about it, its response.
func (x *Conn) Ask(request, response []byte, think time.Duration) {
	x.Say(request)
	if x.server.host.Down && !x.closed {
		x.insist(request)
		return
	}
	x.clock.Wait(x.clock.Jitter(x.server.host.Stack.React+think, 0.3))
	x.Answer(response)
}

// insist repeats the end of a request that nobody acknowledges, and gives up.
func (x *Conn) insist(request []byte) {
	last := request[(len(request)-1)/segmentSize*segmentSize:]
	for try := range 5 {
		x.clock.Wait(firstRepeat << try)
		x.client.next -= uint32(len(last))
		x.segment(&x.client, &x.server, ack|psh, last)
	}
	x.clock.Wait(firstRepeat << 5)
	x.segment(&x.client, &x.server, rst|ack, nil)
	x.lost, x.closed = true, true
}

// Say sends from the client.
func (x *Conn) Say(b []byte) { x.send(&x.client, &x.server, b) }

// Answer sends from the server.
func (x *Conn) Answer(b []byte) { x.send(&x.server, &x.client, b) }

func (x *Conn) send(from, to *side, b []byte) {
	if from.host.Down {
		return
	}
	for sent := 1; len(b) > 0 && !x.closed; sent++ {
		n := min(len(b), segmentSize)
		flags := uint8(ack)
		if n == len(b) {
			flags |= psh
		}
		x.segment(from, to, flags, b[:n])
		if b = b[n:]; len(b) > 0 {
			x.clock.Wait(15 * time.Microsecond)
		}
		if sent%ackEvery == 0 && len(b) > 0 {
			x.react(to)
			x.acknowledge(to, from)
		}
	}
	if !x.closed {
		x.clock.Set(&to.late, delayedACK)
	}
}

// acknowledge tells what arrived, unless something sent since has told it.
func (x *Conn) acknowledge(from, to *side) {
	if from.told != from.seen && !x.closed {
		x.segment(from, to, ack, nil)
	}
}

func (x *Conn) react(s *side) {
	x.clock.Wait(x.clock.Jitter(s.host.Stack.React, 0.3))
}

// Close ends the connection as the client wishes.
func (x *Conn) Close() {
	if x.closed {
		return
	}
	x.react(&x.client)
	x.segment(&x.client, &x.server, fin|ack, nil)
	x.react(&x.server)
	x.segment(&x.server, &x.client, fin|ack, nil)
	x.react(&x.client)
	x.acknowledge(&x.client, &x.server) // a pending alarm may have done so
	x.closed = true
	x.clock.Clear(&x.client.late)
	x.clock.Clear(&x.server.late)
}

// segment sends one segment. A machine that is down sends none.
func (x *Conn) segment(from, to *side, flags uint8, data []byte) {
	if from.host.Down {
		return
	}
	b := from.begin(x.frame[:0])
	var acked uint32
	if flags&ack != 0 {
		from.told, acked = from.seen, from.seen
		x.clock.Clear(&from.late)
	}
	options := from.options(flags)
	header, window := 20+len(options), from.window(flags)
	b = append(b, byte(from.from>>8), byte(from.from), byte(from.to>>8), byte(from.to))
	b = binary.BigEndian.AppendUint32(b, from.next)
	b = binary.BigEndian.AppendUint32(b, acked)
	b = append(b, byte(header/4)<<4, flags, byte(window>>8), byte(window), 0, 0, 0, 0)
	b = append(b, options...)
	b = append(b, data...)
	t := b[len(from.head):]
	binary.BigEndian.PutUint16(t[16:], ^from.transport(protoTCP, t))
	from.next += uint32(len(data))
	if flags&(syn|fin) != 0 {
		from.next++
	}
	if !to.host.Down {
		to.seen = from.next
	}
	x.frame = from.finish(b, 0, protoTCP)
	x.clock.Emit(x.frame)
}

// options are those of a SYN.
func (s *side) options(flags uint8) []byte {
	if flags&syn == 0 {
		return nil
	}
	return s.host.Stack.Options
}

// window is what a segment offers.
func (s *side) window(flags uint8) uint16 {
	switch {
	case flags&rst != 0:
		return 0
	case flags&syn != 0:
		return s.host.Stack.Window
	}
	return s.host.Stack.Open
}
