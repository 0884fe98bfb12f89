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
	id       uint16 // of the last request
}

// next is the identifier of the next request.
func (s *scene) next() uint16 {
	s.id++
	return s.id
}

// each repeats something at the talk's period; without one it happens once.
func (s *scene) each(do func()) {
	do()
	for s.talk.Every > 0 && s.Every(s.talk.Every) {
		do()
	}
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
	return wire.Dial(s, s.world.end(s.from, s.to), s.world.end(s.to, s.from), port)
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
	s.Emit(s.world.end(from, to).UDP(to.IP(), port, toPort, b))
}

// IP is the address of a host.
func (h *host) IP() netip.Addr { return h.Host.IP }

// shout sends a datagram to everybody or a group on the link.
func (s *scene) shout(from *host, ip string, port, toPort uint16, b []byte) {
	to := netip.MustParseAddr(ip)
	e := wire.End{Host: from.Host, Link: s.linkTo(from, wire.Broadcast)}
	if to.IsMulticast() {
		a := to.As4()
		e.TTL = 255 // RFC 6762, 11
		e.Dst = plant.MAC{1, 0, 0x5e, a[1] & 0x7f, a[2], a[3]}
	}
	s.Emit(e.UDP(to, port, toPort, b))
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
		ip, answerer = n.router(), w.hosts[n.Gateway]
	}
	key := [2]string{from.Name, ip.String()}
	if from.net == nil || answerer.net == nil || answerer == from || s.Now() < w.known[key] {
		return
	}
	w.known[key] = s.Now() + remembered
	mac, theirs := w.mac(from), w.mac(answerer)
	s.Emit(wire.ARP(s.linkTo(from, wire.Broadcast), false, mac, from.IP(), plant.MAC{}, ip))
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
