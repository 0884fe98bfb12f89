package lab

import (
	"net/netip"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/lab/sim"
	"github.com/bulkhead-ot/bulkhead/lab/wire"
)

// scene is one talk between two hosts, or of one host to all.
type scene struct {
	*sim.Proc
	world    *world
	talk     *talk
	from, to *host
	until    time.Duration // when it ends
	conn     *wire.Conn    // the last that was opened
	gone     bool          // the other side stopped answering without a connection
	id       uint16        // of the last request
	frame    []byte        // of the last datagram, whose memory the next one takes
}

var _ wire.Clock = (*scene)(nil)

// next is the identifier of the next request.
func (s *scene) next() uint16 {
	s.id++
	return s.id
}

// Emit sends a frame, unless the machine is down.
func (s *scene) Emit(frame []byte) {
	if !s.from.Down {
		s.Proc.Emit(frame)
	}
}

// each repeats something at the talk's period; without one it happens once.
func (s *scene) each(do func()) {
	if s.lost() {
		return
	}
	do()
	for s.talk.Every > 0 && s.cycle(s.talk.Every) {
		do()
	}
}

// cycle waits for the next cycle and reports whether there is one.
func (s *scene) cycle(every time.Duration) bool {
	p := s.period(every)
	if s.Now()+p >= s.until || s.lost() {
		return false
	}
	return s.Every(p) && !s.from.Down
}

// lost reports whether the other side stopped answering.
func (s *scene) lost() bool { return s.gone || s.conn != nil && s.conn.Lost() }

// thinnest is how long a cycle can become: a connection that is silent for much
// longer counts as ended.
const thinnest = 5 * time.Minute

// period is how long a cycle takes now.
func (s *scene) period(every time.Duration) time.Duration {
	w := s.world
	if w.thin == 1 || s.Now() >= w.live {
		return every
	}
	long := max(every, min(every*w.thin, thinnest))
	if left := w.live - s.Now(); long > left {
		return left + time.Duration(s.Rand.Float64()*float64(every)) // the true cycles begin with live
	}
	return long
}

// Think times: a controller answers between two of its cycles, a computer at
// once.
const (
	quick = time.Millisecond
	cycle = 6 * time.Millisecond
)

// dial opens a connection to a port of the other host.
func (s *scene) dial(port uint16) *wire.Conn {
	s.resolve(s.from, s.to)
	s.conn = wire.Dial(s, s.world.route(s.from, s.to), s.world.route(s.to, s.from), port)
	return s.conn
}

// ask sends a datagram to a port of the other host and its answer back.
func (s *scene) ask(from, port uint16, request, answer []byte) {
	s.resolve(s.from, s.to)
	s.tell(s.from, s.to, from, port, request)
	s.Wait(s.Jitter(s.to.Host.Stack.React+s.from.Host.Stack.React, 0.4))
	if answer != nil {
		s.tell(s.to, s.from, port, from, answer)
	}
}

// tell sends a datagram.
func (s *scene) tell(from, to *host, port, toPort uint16, b []byte) {
	if from.Down {
		return
	}
	s.frame = s.world.route(from, to).UDP(s.frame[:0], port, toPort, b)
	s.Emit(s.frame)
}

// IP is the address of a host.
func (h *host) IP() netip.Addr { return h.Host.IP }

// shout sends a datagram to everybody or a group on the link.
func (s *scene) shout(from *host, ip string, port, toPort uint16, b []byte) {
	if from.Down {
		return
	}
	to := netip.MustParseAddr(ip)
	e := wire.End{Host: from.Host, Link: s.linkTo(from, wire.Broadcast)}
	if to.IsMulticast() {
		a := to.As4()
		e.TTL = 255 // RFC 6762, 11
		e.Dst = plant.MAC{1, 0, 0x5e, a[1] & 0x7f, a[2], a[3]}
	}
	s.Emit(e.Route(to).UDP(nil, port, toPort, b))
}

// linkTo is the way from a host to a MAC on its link.
func (s *scene) linkTo(from *host, mac plant.MAC) wire.Link {
	return wire.Link{Src: s.world.mac(from), Dst: mac, VLAN: s.world.link(from).VLAN}
}

// remembered is how long a host keeps what ARP told it.
const remembered = 4 * time.Minute

// resolve has a host find the MAC of another, or of the router on the way to
// it, and the other find it.
func (s *scene) resolve(from, to *host) {
	s.lookUp(from, to)
	s.lookUp(to, from)
}

func (s *scene) lookUp(from, to *host) {
	w := s.world
	n := w.link(from)
	ip, answerer := to.IP(), to
	if w.link(to) != n {
		ip, answerer = n.router(), from.gateway
	}
	key := knowledge{from, ip}
	if from.net == nil || answerer.net == nil || answerer == from || from.Down || s.Now() < w.known[key] {
		return
	}
	mac, theirs := w.mac(from), w.mac(answerer)
	s.Emit(wire.ARP(s.linkTo(from, wire.Broadcast), false, mac, from.IP(), plant.MAC{}, ip))
	if answerer.Down {
		return
	}
	until := s.Now() + remembered
	if s.Now() < w.live {
		until = min(s.Now()+remembered*w.thin, w.live+remembered)
	}
	w.known[key] = until
	s.Wait(s.Jitter(answerer.Host.Stack.React, 0.3))
	s.Emit(wire.ARP(wire.Link{Src: theirs, Dst: mac, VLAN: n.VLAN}, true, theirs, ip, mac, from.IP()))
	s.Wait(40 * time.Microsecond)
}

// clock is the time of day.
func (s *scene) clock() time.Time { return s.world.start.Add(s.Now()) }

// filetime is the time in units of 100 ns since 1601, as Windows counts it.
func (s *scene) filetime() uint64 {
	const since1601 = 116444736000000000
	return uint64(s.clock().UnixNano()/100) + since1601
}

// ntpTime is the time in NTP's form: seconds since 1900 and a fraction.
func (s *scene) ntpTime() uint64 {
	const since1900 = 2208988800
	t := s.clock()
	return uint64(t.Unix()+since1900)<<32 | uint64(t.Nanosecond())<<32/1e9
}
