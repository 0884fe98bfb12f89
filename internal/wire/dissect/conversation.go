package dissect

import (
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/packet"
	"github.com/bulkhead-ot/bulkhead/internal/wire/session"
)

// conversation is what is kept of a flow whose bytes are read.
type conversation struct {
	proto     *Protocol // nil until it is known
	parser    Parser
	name      string // protocol name, once a parser or layer said it
	confirmed bool   // a message was decoded
	deaf      bool   // nothing more is read: unknown, or its decoder failed
	unknown   bool   // deaf because no probe knew the bytes
	learnt    bool   // its service was remembered
	opened    bool   // a SYN was seen
	tries     uint8  // probes that knew nothing
	errors    uint8  // in a row
	isn       [2]uint32
	sides     [2]direction
	pending   []Pending
	rows      []operationRow
	streams   *streams // of cyclic frames; nil for most
}

// direction is one side's bytes.
type direction struct {
	stream session.Stream
	buf    []byte // an incomplete message
	skip   int    // bytes nobody needs, still to come
	adrift bool   // out of step: the next segment is probed again
}

// How sure it is which side serves; a higher one wins.
const (
	surePort    = 1
	sureMessage = 2
	sureSYN     = 3
)

func setServer(f *flow, side uint8, sure uint8) {
	if f.Sure < sure {
		f.Server, f.Sure = int8(side), sure
	}
}

func (e *Engine) begin(f *flow) *conversation {
	var c *conversation
	if n := len(e.freeConvs); n > 0 {
		c, e.freeConvs = e.freeConvs[n-1], e.freeConvs[:n-1]
	} else {
		c = new(conversation)
	}
	f.State = c
	return c
}

// mute ends the reading of a conversation's bytes.
func (c *conversation) mute() {
	c.deaf, c.parser, c.streams = true, nil, nil
	for i := range c.sides {
		c.sides[i].buf, c.sides[i].skip = nil, 0
	}
}

const maxFree = 4096

// endFlow folds a flow that ends into the tables.
func (e *Engine) endFlow(f *flow) {
	if c := f.State; c != nil && !c.deaf {
		for side := range uint8(2) {
			if s := &c.sides[side].stream; s.Waiting() {
				s.Close(e.receive(f, side, f.Last, f.Ref))
			}
		}
	}
	e.fold(f, true, f.Last)
	if c := f.State; c != nil {
		e.recycle(c)
		f.State = nil
	}
}

func (e *Engine) recycle(c *conversation) {
	for i := range c.sides {
		e.release(c.sides[i].buf)
	}
	if len(e.freeConvs) >= maxFree {
		return
	}
	e.freeRows.give(c.rows)
	pending := c.pending[:0]
	if cap(pending) > 16 {
		pending = nil
	}
	*c = conversation{pending: pending}
	e.freeConvs = append(e.freeConvs, c)
}

// decideServer settles which side serves when no message told.
func (e *Engine) decideServer(f *flow) {
	if f.Server < 0 {
		f.Server = e.likelyServer(f)
	}
}

// likelyServer guesses the server: the side whose port suggests a protocol, else
// the lower port; where ports say nothing, the side that was spoken to first.
func (e *Engine) likelyServer(f *flow) int8 {
	if f.Server >= 0 {
		return f.Server
	}
	k := &f.Key
	if k.IsLink() || k.PortA == k.PortB {
		if !f.Sent(0) {
			return 0
		}
		return 1
	}
	a, b := e.protocols.known(k.Proto, k.PortA), e.protocols.known(k.Proto, k.PortB)
	if a != b && a || a == b && k.PortA < k.PortB {
		return 0
	}
	return 1
}

// tcp reads one segment.
func (e *Engine) tcp(f *flow, side uint8, p *packet.Packet, now int64, ref plant.PacketRef) {
	if p.Flags&(packet.SYN|packet.FIN|packet.RST) != 0 {
		e.tcpFlags(f, side, p, now, ref)
	}
	c := f.State
	if len(p.Payload) == 0 && p.Missing == 0 || p.Flags&packet.RST != 0 {
		if c != nil && p.Flags&packet.ACK != 0 && c.sides[1-side].stream.Waiting() {
			c.sides[1-side].stream.Acked(p.Ack, e.receive(f, 1-side, now, ref))
		}
		return
	}
	if c == nil {
		c = e.begin(f)
	}
	if c.deaf && !e.revive(f, true) {
		return
	}
	// What this segment acknowledges came before it: a request that waits behind
	// a hole must be read before the response in this segment.
	if p.Flags&packet.ACK != 0 && c.sides[1-side].stream.Waiting() {
		c.sides[1-side].stream.Acked(p.Ack, e.receive(f, 1-side, now, ref))
	}
	seq := p.Seq
	if p.Flags&packet.SYN != 0 {
		seq++
	}
	c.sides[side].stream.Segment(seq, p.Payload, p.Missing, now, e.receive(f, side, now, ref))
}

func (e *Engine) tcpFlags(f *flow, side uint8, p *packet.Packet, now int64, ref plant.PacketRef) {
	switch {
	case p.Flags&packet.SYN != 0 && p.Flags&packet.RST == 0:
		if p.Flags&packet.ACK != 0 {
			f.Seen |= session.SeenSYNACK
			setServer(f, side, sureSYN)
		} else {
			f.Seen |= session.SeenSYN
			setServer(f, 1-side, sureSYN)
		}
		// Connections that carry nothing (scans) need no state; a SYN without
		// an answer leaves the first segment to find its own place.
		if p.Flags&packet.ACK != 0 || len(p.Payload) > 0 {
			c := f.State
			if c == nil {
				c = e.begin(f)
			}
			c.opened, c.isn[side] = true, p.Seq
			c.sides[side].stream.Start(p.Seq+1, e.receive(f, side, now, ref))
			if p.Flags&packet.ACK != 0 && !c.sides[1-side].stream.Waiting() {
				c.isn[1-side] = p.Ack - 1
				c.sides[1-side].stream.Start(p.Ack, e.receive(f, 1-side, now, ref))
			}
		}
	case p.Flags&packet.RST != 0:
		f.Seen |= session.SeenClose | session.SeenRST
	default:
		f.Seen |= session.SeenClose
	}
}

// receiver hands the bytes of one side to the conversation's parser.
type receiver struct {
	e    *Engine
	f    *flow
	side uint8
	now  int64
	ref  plant.PacketRef
}

// receive readies the engine's one receiver: a new one for each segment would be
// the only thing allocated there.
func (e *Engine) receive(f *flow, side uint8, now int64, ref plant.PacketRef) *receiver {
	e.recv = receiver{e, f, side, now, ref}
	return &e.recv
}

// Bytes takes the next bytes in order.
func (r *receiver) Bytes(b []byte) {
	c := r.f.State
	if c.deaf {
		return
	}
	d := &c.sides[r.side]
	if d.skip > 0 {
		n := min(d.skip, len(b))
		d.skip -= n
		if b = b[n:]; len(b) == 0 {
			return
		}
	}
	ctx := r.e.enter(r.f, r.side, r.now, r.ref)
	ctx.Stream = true
	if len(d.buf) > 0 {
		d.buf = append(d.buf, b...)
		b = d.buf
	}
	n := r.e.read(ctx, d, b)
	r.e.keep(c, d, b, n)
}

// keep remembers what the parser left.
func (e *Engine) keep(c *conversation, d *direction, b []byte, n int) {
	switch {
	case c.deaf:
	case n >= len(b):
		d.skip = n - len(b)
		e.release(d.buf)
		d.buf = nil
	case len(b)-n > MaxMessage:
		e.malformed(&e.ctx, "a message is longer than any of its kind")
		e.release(d.buf)
		d.buf, d.adrift = nil, true
	case len(d.buf) > 0:
		d.buf = d.buf[:copy(d.buf, b[n:])]
	default:
		d.buf = append(e.buffer(), b[n:]...)
	}
}

func (e *Engine) buffer() []byte {
	if n := len(e.freeBuffers); n > 0 {
		b := e.freeBuffers[n-1]
		e.freeBuffers = e.freeBuffers[:n-1]
		return b[:0]
	}
	return make([]byte, 0, 2048)
}

func (e *Engine) release(b []byte) {
	if c := cap(b); c >= 512 && c <= 1<<16 && len(e.freeBuffers) < 256 {
		e.freeBuffers = append(e.freeBuffers, b)
	}
}

// Gap is called where the capture lacks bytes.
func (r *receiver) Gap(missing int) {
	c := r.f.State
	if c.deaf {
		return
	}
	d := &c.sides[r.side]
	if missing > 0 && d.skip >= missing {
		d.skip -= missing
		return
	}
	r.e.release(d.buf)
	d.skip, d.buf = 0, nil
	if g, ok := c.parser.(GapParser); ok {
		ctx := r.e.enter(r.f, r.side, r.now, r.ref)
		ctx.Stream = true
		r.e.guardGap(ctx, g, missing)
		return
	}
	d.adrift = true
}
