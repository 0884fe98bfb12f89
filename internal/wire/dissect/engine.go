package dissect

import (
	"encoding/binary"
	"fmt"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/capture"
	"github.com/bulkhead-ot/bulkhead/internal/wire/packet"
	"github.com/bulkhead-ot/bulkhead/internal/wire/session"
)

// Options bound what an engine keeps.
type Options struct {
	// MaxFlows is the most conversations in progress; the table of facts,
	// endpoints and operations are bounded in proportion.
	MaxFlows int
	// Sample reads of a steady stream of cyclic frames one in 64, one a second
	// and each that is not like the one before, and only counts the others.
	// Messages are counted exactly either way; what they say of an endpoint is
	// counted as often as it was read.
	Sample bool
}

// Engine reads frames and keeps what it learns until Report. Every table in it
// is bounded, and what is not seen for a while is forgotten. It is not safe for concurrent use: several engines share the
// work, each with its own part of the conversations.
type Engine struct {
	protocols   *protocolIndex
	learned     learned
	flows       *session.Table[conversation]
	fragments   *packet.Defragmenter
	ends        endpointTable
	texts       texts
	verbs       verbList
	facts       factTable
	operations  operationTable
	talks       talkTable
	anomalies   anomalyTable
	duplicates  duplicateFilter
	freeConvs   []*conversation
	freeBuffers [][]byte
	compacted   compaction
	ended       bool    // Drain was called: the next report holds nothing back
	moved       []int32 // where compacting puts a row
	sample      bool
	tally       tally
	freeRows    rowPool
	memo        memo

	pkt  packet.Packet
	ctx  Context
	recv receiver

	// Counters of what was read, by the run.
	Undecoded  uint64
	Duplicates uint64
	Failures   uint64 // decoder panics
	Sampled    uint64 // frames of cyclic data counted without being read
}

type flow = session.Flow[conversation]

// NewEngine makes an engine that knows these protocols.
func NewEngine(protocols []Protocol, o Options) *Engine {
	if o.MaxFlows <= 0 {
		o.MaxFlows = 1 << 18
	}
	e := &Engine{protocols: newProtocolIndex(protocols), fragments: packet.NewDefragmenter(), memo: memo{}, sample: o.Sample}
	e.flows = session.NewTable(o.MaxFlows, e.endFlow)
	e.ends.init(4 * o.MaxFlows)
	e.facts.init(4 * o.MaxFlows)
	e.operations.init(4 * o.MaxFlows)
	e.talks.init(8 * o.MaxFlows)
	e.ctx.eng = e
	e.texts.init(8 * o.MaxFlows)
	return e
}

// Frame reads one captured frame.
func (e *Engine) Frame(f *capture.Frame, ref plant.PacketRef) {
	p := &e.pkt
	p.Decode(f.Link, f.Data, f.Wire)
	switch p.Kind {
	case packet.Unread:
		e.Undecoded++
		return
	case packet.Fragment:
		e.fragments.Add(p, f.Time)
		if p.Kind == packet.Fragment {
			e.fragment(p, f, ref)
			return
		}
	}
	if p.NOuters > 0 {
		e.tunnels(p, f, ref)
	}
	e.packet(p, f, ref)
}

// fragment counts a piece that is not (yet) a whole: the sender exists.
func (e *Engine) fragment(p *packet.Packet, f *capture.Frame, ref plant.PacketRef) {
	p.SrcPort, p.DstPort, p.Payload = 0, 0, nil
	e.touch(p, f, ref)
}

// tunnels counts the layers around the packet as conversations of their own.
func (e *Engine) tunnels(p *packet.Packet, f *capture.Frame, ref plant.PacketRef) {
	for i := range p.NOuters {
		o := &p.Outers[i]
		out := packet.Packet{Kind: packet.IP, MACs: p.MACs, SrcMAC: p.OuterMAC, DstMAC: p.OuterDst, VLAN: p.OuterVLAN, Src: o.Src, Dst: o.Dst, TTL: o.TTL, Proto: 47, SrcPort: o.Port, DstPort: o.Port}
		if o.Name == "vxlan" {
			out.Proto = 17
		}
		fl, _ := e.touch(&out, f, ref)
		if fl.State == nil {
			e.begin(fl)
			fl.State.name = o.Name
		}
	}
}

// touch finds a packet's flow and counts the packet. side is the sender's.
func (e *Engine) touch(p *packet.Packet, f *capture.Frame, ref plant.PacketRef) (fl *flow, side uint8) {
	key, side := session.KeyOf(p)
	fl, fresh := e.flows.Find(&key, f.Time)
	if fresh {
		e.meet(fl, p, side)
	} else if p.Flags&(packet.SYN|packet.ACK) == packet.SYN && p.Kind == packet.TCP && reused(fl, side, p) {
		e.flows.Restart(fl, f.Time)
		e.meet(fl, p, side)
	} else if fl.Tag[side] != macTag(p.SrcMAC) {
		e.strayMAC(fl, p, side, f, ref)
	}
	if !fl.Counted() {
		fl.First, fl.Ref = f.Time, ref
	}
	fl.Packets[side]++
	fl.Bytes[side] += uint64(f.Wire)
	fl.Last = f.Time
	fl.TTL[side] = max(fl.TTL[side], p.TTL) // a copy from behind a router has less
	return fl, side
}

// reused reports whether a SYN begins a new connection on the ports of an old one.
func reused(f *flow, side uint8, p *packet.Packet) bool {
	if f.Seen&session.SeenClose != 0 {
		return true
	}
	c := f.State
	return c != nil && c.opened && c.isn[side] != p.Seq
}

// meet looks up the two ends of a new flow.
func (e *Engine) meet(fl *flow, p *packet.Packet, side uint8) {
	src := endKey{ip: p.Src, mac: p.SrcMAC, vlan: p.VLAN}
	dst := endKey{ip: p.Dst, mac: p.DstMAC, vlan: p.VLAN}
	fl.End[side], fl.Tag[side] = e.ends.find(src), macTag(p.SrcMAC)
	fl.End[1-side], fl.Tag[1-side] = e.ends.find(dst), macTag(p.DstMAC)
}

// macTag is the part of a MAC address that tells devices of one network apart:
// looking the whole address up for each packet would cost a cache miss.
func macTag(m plant.MAC) uint32 { return binary.BigEndian.Uint32(m[2:]) }

// strayMAC counts a packet whose sender has another MAC than the flow began
// with: a second path, a redundant router, or a copy from another segment.
func (e *Engine) strayMAC(fl *flow, p *packet.Packet, side uint8, f *capture.Frame, ref plant.PacketRef) {
	if !p.MACs {
		return
	}
	id := e.ends.find(endKey{ip: p.Src, mac: p.SrcMAC, vlan: p.VLAN})
	end := e.ends.at(id)
	if !fl.Sent(int(side)) {
		// The other side named this one by the address it sent to, which may be
		// a router's: the sender itself knows better.
		fl.End[side], fl.Tag[side] = id, macTag(p.SrcMAC)
		return
	}
	end.count(1, f.Time, f.Time, p.TTL, ref)
}

func (e *Engine) packet(p *packet.Packet, f *capture.Frame, ref plant.PacketRef) {
	if e.duplicates.seen(p, f.Time) {
		e.Duplicates++
		return
	}
	fl, side := e.touch(p, f, ref)
	if p.Kind == packet.ARP {
		e.arp(fl, p, f.Time, ref)
		return
	}
	switch p.Kind {
	case packet.TCP:
		e.tcp(fl, side, p, f.Time, ref)
	case packet.UDP, packet.Link:
		if len(p.Payload) > 0 {
			e.datagram(fl, side, p, f.Time, ref)
		}
	}
}

// enter readies the context for a message of that side.
func (e *Engine) enter(fl *flow, side uint8, now int64, ref plant.PacketRef) *Context {
	c := &e.ctx
	c.Now, c.ref, c.flow, c.conv, c.side = now, ref, fl, fl.State, side
	c.FromPort, c.ToPort = fl.Key.PortA, fl.Key.PortB
	if side == 1 {
		c.FromPort, c.ToPort = c.ToPort, c.FromPort
	}
	c.src, c.dst = fl.End[side], fl.End[1-side]
	return c
}

// guard runs a parser. One that fails on some bytes loses this conversation's
// decoding and nothing else.
func (e *Engine) guard(c *Context, b []byte) (n int, err error) {
	defer func() {
		if r := recover(); r != nil {
			e.failed(c, r)
			n, err = len(b), nil
		}
	}()
	return c.conv.parser.Parse(c, b)
}

// guardGap tells a parser of a gap in the same way.
func (e *Engine) guardGap(c *Context, g GapParser, missing int) {
	defer func() {
		if r := recover(); r != nil {
			e.failed(c, r)
		}
	}()
	g.Gap(c, missing)
}

func (e *Engine) failed(c *Context, why any) {
	e.Failures++
	e.anomaly(c, plant.AnomalyFailure, fmt.Sprintf("the %s decoder failed: %v", c.conv.proto.Name, why))
	c.conv.mute()
}

func (e *Engine) arp(fl *flow, p *packet.Packet, now int64, ref plant.PacketRef) {
	if fl.State == nil {
		e.begin(fl)
		fl.State.name = "arp"
	}
	if p.ARPSenderIP.IsUnicast() && !p.ARPSender.IsZero() && !p.ARPSender.IsGroup() {
		c := e.enter(fl, 0, now, ref)
		at := plant.Endpoint{MAC: p.ARPSender, IP: p.ARPSenderIP.Netip(), VLAN: p.VLAN}
		id := e.ends.find(endKey{ip: p.ARPSenderIP, mac: p.ARPSender, vlan: p.VLAN})
		e.facts.add(e, c, id, plant.NoSlot, plant.FieldAddress, at.IP.AppendTo(e.facts.scratch[:0]), "arp", 0.9)
	}
}

// Flows is the number of conversations in progress.
func (e *Engine) Flows() int { return e.flows.Len() }

// Lost is the number of things that found no room in the tables.
func (e *Engine) Lost() uint64 {
	return e.ends.Lost + e.facts.Lost + e.operations.Lost + e.talks.Lost + e.texts.Lost + e.anomalies.Lost + e.flows.Forced
}
