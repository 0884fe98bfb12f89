package dissect

import "github.com/bulkhead-ot/bulkhead/internal/wire/packet"

// learned knows which server ports speak which protocol because a conversation
// there was understood. It suggests that protocol for other conversations with
// the same server port, so that one that was joined in the middle is read too,
// on whatever port it is.
type learned struct {
	ports  [2][1 << 10]uint64 // bit sets of ports, datagram and stream: a quick no
	server map[service]*Protocol
}

type service struct {
	ip     packet.Addr
	port   uint16
	stream bool
}

// maxLearned bounds the services. When there are more, learning begins anew:
// those that are in use are soon back, those of a year ago are not.
const maxLearned = 1 << 14

func (l *learned) add(s service, p *Protocol) {
	if l.server[s] != nil {
		return
	}
	if len(l.server) >= maxLearned {
		*l = learned{}
	}
	if l.server == nil {
		l.server = make(map[service]*Protocol)
	}
	l.server[s] = p
	l.ports[kind(s.stream)][s.port>>6] |= 1 << (s.port & 63)
}

// known reports whether any server was found at that port.
func (l *learned) known(stream bool, port uint16) bool {
	return l.ports[kind(stream)][port>>6]&(1<<(port&63)) != 0
}

// find is the protocol of the service at either end, nil if none was learnt.
func (l *learned) find(f *flow, stream bool) *Protocol {
	k := &f.Key
	if l.known(stream, k.PortA) {
		if p := l.server[service{k.A, k.PortA, stream}]; p != nil {
			return p
		}
	}
	if l.known(stream, k.PortB) {
		return l.server[service{k.B, k.PortB, stream}]
	}
	return nil
}

// learn remembers the service of a conversation that was understood, when its
// port does not suggest the protocol anyway.
func (e *Engine) learn(f *flow) {
	c, k := f.State, &f.Key
	if c.learnt || k.IsLink() {
		return
	}
	c.learnt = true
	s := service{k.A, k.PortA, k.Proto == 6}
	if e.likelyServer(f) == 1 {
		s.ip, s.port = k.B, k.PortB
	}
	for _, p := range e.protocols.ports(s.stream)[s.port] {
		if p == c.proto {
			return
		}
	}
	e.learned.add(s, c.proto)
}

// revive looks again at a conversation that was given up as unknown.
func (e *Engine) revive(f *flow, stream bool) bool {
	c := f.State
	if !c.unknown || !e.learned.known(stream, f.Key.PortA) && !e.learned.known(stream, f.Key.PortB) || e.learned.find(f, stream) == nil {
		return false
	}
	c.deaf, c.unknown, c.tries = false, false, 0
	c.sides[0].adrift, c.sides[1].adrift = false, false
	return true
}
