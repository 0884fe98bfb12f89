package wire

import (
	"encoding/binary"
	"net/netip"
	"time"
)

// Clock is who lets time pass and takes the frames.
type Clock interface {
	Wait(d time.Duration)
	Alarm(d time.Duration, do func())
	Emit(frame []byte)
	Jitter(d time.Duration, share float64) time.Duration
	Bytes(n int) []byte
}

// TCP flags.
const (
	fin = 0x01
	syn = 0x02
	psh = 0x08
	ack = 0x10
)

// segmentSize is how many bytes a segment carries, and delayedACK how long a
// receiver waits for something to send along (RFC 9293 3.8.6.3, Windows: 40 ms).
const (
	segmentSize = 1460
	delayedACK  = 40 * time.Millisecond
)

// Conn is a TCP connection, seen from outside.
type Conn struct {
	clock          Clock
	client, server side
	closed         bool
}

type side struct {
	End
	to   netip.Addr
	port uint16
	next uint32 // sequence number of the next byte
	seen uint32 // of the peer's next byte, as far as it came
	told uint32 // of the peer's next byte, as far as acknowledged
}

// Dial opens a connection from one end to a port of the other.
func Dial(c Clock, client, server End, port uint16) *Conn {
	x := newConn(c, client, server, port)
	x.segment(&x.client, &x.server, syn, nil)
	x.react(&x.server)
	x.segment(&x.server, &x.client, syn|ack, nil)
	x.react(&x.client)
	x.segment(&x.client, &x.server, ack, nil)
	return x
}

func newConn(c Clock, client, server End, port uint16) *Conn {
	x := &Conn{
		clock:  c,
		client: side{End: client, to: server.Host.IP, port: client.Host.Port()},
		server: side{End: server, to: client.Host.IP, port: port},
	}
	x.client.next = binary.BigEndian.Uint32(c.Bytes(4))
	x.server.next = binary.BigEndian.Uint32(c.Bytes(4))
	return x
}

// Ask sends a request and, after the server has thought about it, its response.
func (x *Conn) Ask(request, response []byte, think time.Duration) {
	x.Say(request)
	x.clock.Wait(x.clock.Jitter(x.server.Host.Stack.React+think, 0.3))
	x.Answer(response)
}

// Say sends from the client.
func (x *Conn) Say(b []byte) { x.send(&x.client, &x.server, b) }

// Answer sends from the server.
func (x *Conn) Answer(b []byte) { x.send(&x.server, &x.client, b) }

func (x *Conn) send(from, to *side, b []byte) {
	for len(b) > 0 && !x.closed {
		n := min(len(b), segmentSize)
		flags := uint8(ack)
		if n == len(b) {
			flags |= psh
		}
		x.segment(from, to, flags, b[:n])
		if b = b[n:]; len(b) > 0 {
			x.clock.Wait(15 * time.Microsecond)
		}
	}
	x.clock.Alarm(delayedACK, func() { x.acknowledge(to, from) })
}

// acknowledge tells what arrived, unless something sent since has told it.
func (x *Conn) acknowledge(from, to *side) {
	if from.told != from.seen && !x.closed {
		x.segment(from, to, ack, nil)
	}
}

func (x *Conn) react(s *side) {
	x.clock.Wait(x.clock.Jitter(s.Host.Stack.React, 0.3))
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
}

func (x *Conn) segment(from, to *side, flags uint8, data []byte) {
	options := []byte(nil)
	if flags&syn != 0 {
		options = from.Host.Stack.Options
	}
	header := 20 + len(options)
	b := make([]byte, 20+header, 20+header+len(data))
	t := b[20:]
	binary.BigEndian.PutUint16(t, from.port)
	binary.BigEndian.PutUint16(t[2:], to.port)
	binary.BigEndian.PutUint32(t[4:], from.next)
	if flags&ack != 0 {
		from.told = from.seen
		binary.BigEndian.PutUint32(t[8:], from.seen)
	}
	t[12] = byte(header/4) << 4
	t[13] = flags
	binary.BigEndian.PutUint16(t[14:], from.window(flags))
	copy(t[20:], options)
	b = append(b, data...)
	t = b[20:]
	binary.BigEndian.PutUint16(t[16:], ^from.transport(protoTCP, from.to, t))
	from.next += uint32(len(data))
	if flags&(syn|fin) != 0 {
		from.next++
	}
	to.seen = from.next
	x.clock.Emit(from.ip(protoTCP, from.to, b))
}

// window is what a segment offers.
func (s *side) window(flags uint8) uint16 {
	if flags&syn != 0 {
		return s.Host.Stack.Window
	}
	return s.Host.Stack.Open
}
