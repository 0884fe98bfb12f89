package dissect

import (
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/packet"
)

// protocolIndex finds protocols by port and link type.
type protocolIndex struct {
	all  []Protocol
	tcp  map[uint16][]*Protocol
	udp  map[uint16][]*Protocol
	link map[LinkType]*Protocol
	any  [2][]*Protocol // with a probe: datagram, stream
}

func newProtocolIndex(all []Protocol) *protocolIndex {
	x := &protocolIndex{all: all, tcp: map[uint16][]*Protocol{}, udp: map[uint16][]*Protocol{}, link: map[LinkType]*Protocol{}}
	for i := range all {
		p := &all[i]
		for _, port := range p.TCP {
			x.tcp[port] = append(x.tcp[port], p)
		}
		for _, port := range p.UDP {
			x.udp[port] = append(x.udp[port], p)
		}
		for _, l := range p.Link {
			x.link[l] = p
		}
		if p.Probe != nil {
			x.any[0] = append(x.any[0], p)
			x.any[1] = append(x.any[1], p)
		}
	}
	return x
}

func (x *protocolIndex) ports(stream bool) map[uint16][]*Protocol {
	if stream {
		return x.tcp
	}
	return x.udp
}

// known reports whether a port suggests any protocol.
func (x *protocolIndex) known(ipProto uint64, port uint16) bool {
	return len(x.ports(ipProto == 6)[port]) > 0
}

// suggested is the protocol that the server's port suggests, nil for none.
func (x *protocolIndex) suggested(ipProto uint64, port uint16) *Protocol {
	if ps := x.ports(ipProto == 6)[port]; len(ps) > 0 {
		return ps[0]
	}
	return nil
}

// How often unknown bytes are looked at before a conversation is left alone.
const (
	maxTries     = 6  // with every probe
	maxPortTries = 48 // with those that the port suggests
	maxErrors    = 4  // decoding errors in a row before another protocol is tried
)

// find asks the probes: first those that a port suggests, then all. short means
// that one of them wants to see more.
func (x *protocolIndex) find(b []byte, h Hint, everything bool) (best *Protocol, short bool) {
	ports := x.ports(h.Stream)
	for _, port := range [2]uint16{h.ToPort, h.FromPort} {
		for _, p := range ports[port] {
			switch p.Probe(b, h) {
			case Strong:
				return p, false
			case Weak:
				if best == nil {
					best = p
				}
			case Short:
				short = true
			}
		}
	}
	if best != nil || !everything {
		return best, short
	}
	for _, p := range x.any[kind(h.Stream)] {
		if p.Probe(b, h) == Strong {
			return p, false
		}
	}
	return nil, short
}

func kind(stream bool) int {
	if stream {
		return 1
	}
	return 0
}

// identify finds the conversation's protocol in the bytes at hand. It reports
// whether a parser stands ready.
func (e *Engine) identify(c *Context, b []byte) (ready, short bool) {
	v := c.conv
	h := Hint{c.Stream, c.FromPort, c.ToPort}
	p, short := e.protocols.find(b, h, v.tries < maxTries)
	if p == nil {
		if l := e.learned.find(c.flow, c.Stream); l != nil && l.Probe(b, h) >= Weak {
			p = l
		}
	}
	if p == nil {
		if !short || len(b) > 4096 {
			short = false
			if v.tries++; v.tries >= maxPortTries || v.tries >= maxTries && !e.suggests(c) {
				v.mute()
				v.unknown = true
			}
		}
		return false, short
	}
	v.proto, v.parser, v.errors = p, p.New(), 0
	return true, false
}

func (e *Engine) suggests(c *Context) bool {
	ports := e.protocols.ports(c.Stream)
	return len(ports[c.ToPort])+len(ports[c.FromPort]) > 0
}

// read gives stream bytes to the parser, finding one first if need be, and
// returns how many were taken.
func (e *Engine) read(c *Context, d *direction, b []byte) int {
	v := c.conv
	if v.parser == nil {
		if ready, short := e.identify(c, b); !ready {
			if short {
				return 0
			}
			return len(b)
		}
	} else if d.adrift {
		if m := v.proto.Probe(b, Hint{c.Stream, c.FromPort, c.ToPort}); m < Weak {
			return len(b)
		}
	}
	d.adrift = false
	n, err := e.guard(c, b)
	if err == nil {
		if n > 0 {
			v.errors = 0
			e.understood(c)
		}
		return n
	}
	e.broken(c, d, err)
	return len(b)
}

// broken deals with bytes that a parser refused.
func (e *Engine) broken(c *Context, d *direction, err error) {
	v := c.conv
	e.malformed(c, err.Error())
	d.adrift = true
	if v.errors++; v.errors < maxErrors {
		return
	}
	v.errors = 0
	if v.confirmed {
		return // a conversation that was once understood is never given up
	}
	v.parser, v.proto, v.name, v.streams = nil, nil, "", nil
	v.tries++
	for i := range v.sides {
		v.sides[i].adrift = false
	}
}

// datagram reads one UDP datagram or one frame without IP.
func (e *Engine) datagram(f *flow, side uint8, p *packet.Packet, now int64, ref plant.PacketRef) {
	v := f.State
	if v == nil {
		v = e.begin(f)
		if p.Kind == packet.Link {
			if v.proto = e.protocols.link[LinkType(p.Type)]; v.proto == nil {
				v.deaf = true
				return
			}
			v.parser = v.proto.New()
		}
	}
	if v.deaf && !e.revive(f, false) {
		return
	}
	c := e.enter(f, side, now, ref)
	c.Stream = false
	if v.parser == nil {
		if ready, _ := e.identify(c, p.Payload); !ready {
			return
		}
	}
	var beat Beat
	cyclic := false
	if e.sample && v.proto.Cyclic != nil && p.Missing == 0 {
		if beat, cyclic = v.proto.Cyclic(p.Payload, Hint{false, c.FromPort, c.ToPort}); cyclic && e.sampled(c, &beat) {
			return
		}
		e.tally = tally{on: cyclic}
	}
	_, err := e.guard(c, p.Payload)
	e.tally.on = false
	if err != nil {
		if p.Missing > 0 {
			return // the snap length cut it: not the sender's fault
		}
		e.broken(c, &v.sides[side], err)
		return
	}
	if cyclic && !v.deaf {
		e.learnStream(c, &beat)
	}
	v.errors = 0
	e.understood(c)
}

// understood is called after a message was read.
func (e *Engine) understood(c *Context) {
	if v := c.conv; v.confirmed && !v.learnt && v.proto != nil {
		e.learn(c.flow)
	}
}
