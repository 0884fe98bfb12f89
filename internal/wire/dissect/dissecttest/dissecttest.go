// Package dissecttest runs a protocol's adapter on bytes that a test makes: it
// wraps them in Ethernet, IP and TCP or UDP, gives them to a real engine and
// returns what the engine observed.
package dissecttest

import (
	"encoding/binary"
	"net/netip"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/capture"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/packet"
)

// Message is one payload. Client says that the client sends it.
type Message struct {
	Client bool
	Data   []byte
}

// C is a message of the client, S one of the server.
func C(b []byte) Message { return Message{true, b} }

// S is a message of the server.
func S(b []byte) Message { return Message{false, b} }

// Client and Server are the addresses of the two ends.
var (
	Client = plant.Endpoint{MAC: plant.MAC{2, 0, 0, 0, 0, 1}, IP: netip.MustParseAddr("10.0.0.1")}
	Server = plant.Endpoint{MAC: plant.MAC{2, 0, 0, 0, 0, 2}, IP: netip.MustParseAddr("10.0.0.2")}
)

// Result is what was observed, without the sightings of plain addresses.
type Result struct {
	Sightings     []plant.Sighting
	Conversations []plant.Conversation
	Operations    []plant.Operation
	Anomalies     []plant.Anomaly
}

// TCP runs a TCP conversation with that server port, one segment a message,
// after a handshake.
func TCP(protocols []dissect.Protocol, port uint16, messages ...Message) Result {
	r := &run{engine: dissect.NewEngine(protocols, dissect.Options{}), port: port, seq: [2]uint32{1000, 5000}}
	r.segment(0, packet.SYN, nil)
	r.segment(1, packet.SYN|packet.ACK, nil)
	for _, m := range messages {
		r.segment(side(m), packet.ACK|packet.PSH, m.Data)
	}
	return r.result()
}

// UDP runs a UDP conversation with that server port.
func UDP(protocols []dissect.Protocol, port uint16, messages ...Message) Result {
	r := &run{engine: dissect.NewEngine(protocols, dissect.Options{}), port: port}
	for _, m := range messages {
		b := make([]byte, 8, 8+len(m.Data))
		r.ports(b, side(m))
		binary.BigEndian.PutUint16(b[4:], uint16(8+len(m.Data)))
		r.ip(side(m), 17, append(b, m.Data...))
	}
	return r.result()
}

// Frames runs frames of that link type between the two MAC addresses; a type
// below 0x600 is not supported.
func Frames(protocols []dissect.Protocol, etherType uint16, messages ...Message) Result {
	r := &run{engine: dissect.NewEngine(protocols, dissect.Options{})}
	for _, m := range messages {
		r.frame(side(m), etherType, m.Data)
	}
	return r.result()
}

// Sampled is Frames with an engine that samples cyclic frames (see
// dissect.Options), and how many it left out.
func Sampled(protocols []dissect.Protocol, etherType uint16, messages ...Message) (Result, uint64) {
	r := &run{engine: dissect.NewEngine(protocols, dissect.Options{Sample: true})}
	for _, m := range messages {
		r.frame(side(m), etherType, m.Data)
	}
	return r.result(), r.engine.Sampled
}

// Step makes a function that gives the same frame of that link type to an engine
// over and over, a millisecond apart, for benchmarks; change may alter its
// payload each time.
func Step(protocols []dissect.Protocol, sample bool, etherType uint16, payload []byte, change func([]byte)) func() {
	r := &run{engine: dissect.NewEngine(protocols, dissect.Options{Sample: sample})}
	b := binary.BigEndian.AppendUint16(append(append([]byte{}, Server.MAC[:]...), Client.MAC[:]...), etherType)
	b = append(b, payload...)
	f := capture.Frame{Time: 1_700_000_000e9, Data: b, Wire: len(b), Link: packet.LinkEthernet}
	return func() {
		change(b[14:])
		f.Time += 1e6
		r.n++
		r.engine.Frame(&f, plant.NewPacketRef(0, r.n))
	}
}

func side(m Message) int {
	if m.Client {
		return 0
	}
	return 1
}

type run struct {
	engine *dissect.Engine
	port   uint16
	seq    [2]uint32
	n      uint64
}

const clientPort = 50000

func (r *run) ports(b []byte, side int) {
	p := [2]uint16{clientPort, r.port}
	binary.BigEndian.PutUint16(b, p[side])
	binary.BigEndian.PutUint16(b[2:], p[1-side])
}

func (r *run) segment(side int, flags byte, data []byte) {
	b := make([]byte, 20, 20+len(data))
	r.ports(b, side)
	binary.BigEndian.PutUint32(b[4:], r.seq[side])
	binary.BigEndian.PutUint32(b[8:], r.seq[1-side])
	b[12], b[13] = 5<<4, flags
	r.seq[side] += uint32(len(data))
	if flags&packet.SYN != 0 {
		r.seq[side]++
	}
	r.ip(side, 6, append(b, data...))
}

func (r *run) ip(side int, proto byte, data []byte) {
	b := make([]byte, 20, 20+len(data))
	b[0], b[8], b[9] = 0x45, 64, proto
	binary.BigEndian.PutUint16(b[2:], uint16(20+len(data)))
	binary.BigEndian.PutUint16(b[4:], uint16(r.n+1))
	ends := [2]plant.Endpoint{Client, Server}
	src, dst := ends[side].IP.As4(), ends[1-side].IP.As4()
	copy(b[12:], src[:])
	copy(b[16:], dst[:])
	r.frame(side, 0x0800, append(b, data...))
}

func (r *run) frame(side int, etherType uint16, data []byte) {
	ends := [2]plant.Endpoint{Client, Server}
	b := make([]byte, 14, 14+len(data))
	copy(b, ends[1-side].MAC[:])
	copy(b[6:], ends[side].MAC[:])
	binary.BigEndian.PutUint16(b[12:], etherType)
	b = append(b, data...)
	r.n++
	f := capture.Frame{Time: 1_700_000_000e9 + int64(r.n)*1e7, Data: b, Wire: len(b), Link: packet.LinkEthernet}
	r.engine.Frame(&f, plant.NewPacketRef(0, r.n))
}

func (r *run) result() Result {
	var out Result
	r.engine.Flush(func(o plant.Observation) {
		switch o := o.(type) {
		case *plant.Sighting:
			if o.Source != "ip" && o.Source != "ethernet" {
				out.Sightings = append(out.Sightings, *o)
			}
		case *plant.Conversation:
			out.Conversations = append(out.Conversations, *o)
		case *plant.Operation:
			out.Operations = append(out.Operations, *o)
		case *plant.Anomaly:
			out.Anomalies = append(out.Anomalies, *o)
		}
	})
	return out
}

// Fact is the value of the first sighting of that field about that endpoint,
// "" if there is none.
func (r Result) Fact(e plant.Endpoint, f plant.Field) string {
	for _, s := range r.Sightings {
		if s.Field == f && s.Endpoint.Addr() == e.Addr() {
			return s.Value
		}
	}
	return ""
}

// Operation is the first operation with that code, or the zero value.
func (r Result) Operation(code string) plant.Operation {
	for _, o := range r.Operations {
		if o.Verb.Code == code {
			return o
		}
	}
	return plant.Operation{}
}
