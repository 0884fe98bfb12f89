package lab

import (
	"net/netip"
	"slices"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/lab/wire"
)

// powerOff takes a machine's power away, powerOn gives it back.
func powerOff(s *scene) { s.from.Down = true }

func powerOn(s *scene) { s.from.Down = false }

// listens reports whether a machine has something on a TCP port, as far as
// whoever looks for it is told.
func (h *host) listens(port uint16) bool {
	switch port {
	case 135, 445, 3389:
		return h.Windows != nil && h.Windows.Build != 0
	case s7Port:
		return len(h.Order) > 4 && h.Order[:5] == "6ES7 " && h.Serial != "" && h.Hardware != ""
	case modbusPort:
		return h.Objects != nil
	case enipPort:
		return h.CIP != nil
	}
	return false
}

// addresses are all of the networks that the talk names, each with the machine
// that has it, if one has.
func (s *scene) addresses(do func(ip netip.Addr, h *host)) {
	at := map[netip.Addr]*host{}
	for _, h := range s.world.ordered {
		at[h.IP()] = h
	}
	for _, name := range s.talk.Names {
		n := s.world.networks[name]
		for ip := n.router(); n.Subnet.Contains(ip.Next()) && !s.Over() && s.Now() < s.until; ip = ip.Next() {
			if ip != s.from.IP() {
				do(ip, at[ip])
			}
		}
	}
}

// scan tries ports of every address of some networks.
func scan(s *scene) {
	s.addresses(func(ip netip.Addr, h *host) {
		for _, port := range s.talk.Ports {
			s.try(ip, h, port)
			s.Wait(s.Jitter(max(s.talk.Every, quick), 0.5))
		}
	})
}

// try tries one port.
func (s *scene) try(ip netip.Addr, h *host, port uint16) {
	switch {
	case h == nil || h.Down:
		s.knock(ip, port)
	case h.listens(port):
		s.to = h
		s.dial(port).Close()
	default:
		s.to = h
		s.resolve(s.from, h)
		wire.Refused(s, s.world.route(s.from, h), s.world.route(h, s.from), port)
	}
}

// knock asks for a connection to an address that nobody has: on the own link
// it is not even found.
func (s *scene) knock(ip netip.Addr, port uint16) {
	n := s.world.link(s.from)
	if n.Subnet.Contains(ip) {
		s.Emit(wire.ARP(s.linkTo(s.from, wire.Broadcast), false, s.world.mac(s.from), s.from.IP(), plant.MAC{}, ip))
		return
	}
	e := wire.End{Host: s.from.Host, Hops: s.from.Hops, Link: s.linkTo(s.from, s.world.mac(s.from.gateway))}
	wire.Knock(s, e.Route(ip), port)
}

// spread goes through networks, signs in to every Windows machine's files and
// writes encrypted ones.
func spread(s *scene) {
	s.addresses(func(ip netip.Addr, h *host) {
		if h == nil || !h.listens(445) {
			s.try(ip, h, 445)
		} else {
			s.to = h
			c := s.dial(445)
			call := s.smbOpen(c, "C$")
			for _, name := range []string{"orders.xlsx", "recipes.accdb", "plan.docx"} {
				s.smbCopy(c, &call, `Users\Public\Documents\`+name+".locked", 8<<10)
			}
			c.Close()
		}
		s.Wait(s.Jitter(max(s.talk.Every, quick), 0.5))
	})
}

// probe asks one closed or filtered port after the other of one machine.
func probe(s *scene) {
	for _, port := range slices.Concat(s.talk.Ports, s.portRange()) {
		if s.Over() {
			return
		}
		s.try(s.to.IP(), s.to, port)
		s.Wait(s.Jitter(max(s.talk.Every, 5*time.Millisecond), 0.5))
	}
}

// portRange are as many ports as the talk's size from its start.
func (s *scene) portRange() []uint16 {
	var ports []uint16
	for i := range s.talk.Size {
		ports = append(ports, s.talk.Start+uint16(i))
	}
	return ports
}
