package lab

import (
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/lab/message"
	"github.com/bulkhead-ot/bulkhead/lab/wire"
)

// Group addresses of the link layer, and the periods devices announce at.
var (
	lldpGroup = plant.MAC{0x01, 0x80, 0xc2, 0, 0, 0x0e}
	stpGroup  = plant.MAC{0x01, 0x80, 0xc2, 0, 0, 0}
	cdpGroup  = plant.MAC{0x01, 0, 0x0c, 0xcc, 0xcc, 0xcc}
	dcpGroup  = plant.MAC{0x01, 0x0e, 0xcf, 0, 0, 0}
)

const (
	lldpPeriod   = 30 * time.Second
	lldpPeriodPN = 15 * time.Second
)

// untagged is the way of a frame that stays on one cable.
func (s *scene) untagged(group plant.MAC) wire.Link {
	return wire.Link{Src: s.world.mac(s.from), Dst: group}
}

// announce sends LLDP.
func announce(s *scene) {
	h := s.from
	period := lldpPeriod
	l := message.LLDPStation{
		MAC: h.machine.MAC[:], Port: h.machine.Port, Name: h.Name, Text: h.Text, IP: h.IP().AsSlice(),
		Capabilities: h.LLDP, Seconds: 120,
	}
	if h.PN != nil {
		period = lldpPeriodPN
		l.Chassis, l.PROFINET, l.Seconds, l.Name = h.Name, true, 20, ""
		l.Port += "." + h.Name
	}
	frame := s.untagged(lldpGroup).Frame(wire.TypeLLDP, message.LLDP(l))
	s.Emit(frame)
	for s.cycle(period) {
		s.Emit(frame)
	}
}

func cdp(s *scene) {
	h := s.from
	capabilities := uint32(0x28) // switch, IGMP
	if h.Bridge == "root" {
		capabilities = 0x29
	}
	m := message.CDP(h.Name+"."+h.dns(), h.machine.Port, h.Model, h.Text, h.IP().AsSlice(), capabilities)
	s.each(func() { s.Emit(s.untagged(cdpGroup).LLC(m)) })
}

func spanningTree(s *scene) {
	root, cost := s.from, uint32(0)
	if s.from.Bridge != "root" {
		root, cost = s.world.root(), 20000
	}
	rootMAC, own := s.world.mac(root), s.world.mac(s.from)
	m := message.RSTP(rootMAC[:], own[:], cost, 0x8001)
	s.each(func() { s.Emit(s.untagged(stpGroup).LLC(m)) })
}

// root is the switch that the spanning tree grows from.
func (w *world) root() *host {
	for _, h := range w.ordered {
		if h.Bridge == "root" {
			return h
		}
	}
	return nil
}

// arp looks somebody up, as devices do that have nothing else to say.
func arp(s *scene) { s.each(func() { s.resolve(s.from, s.to) }) }

func ping(s *scene) {
	id := uint16(s.Rand.Uint32())
	s.each(func() {
		s.resolve(s.from, s.to)
		n := s.next()
		s.frame = s.world.route(s.from, s.to).Ping(s.frame[:0], false, id, n)
		s.Emit(s.frame)
		s.Wait(s.Jitter(s.to.Host.Stack.React, 0.3))
		if !s.to.Down {
			s.frame = s.world.route(s.to, s.from).Ping(s.frame[:0], true, id, n)
			s.Emit(s.frame)
		}
	})
}

// dcp asks all PROFINET stations of the link for their names.
func dcp(s *scene) {
	s.each(func() {
		id := s.Rand.Uint32()
		s.Emit(s.linkTo(s.from, dcpGroup).Frame(wire.TypePROFINET, message.DCPIdentifyAll(id)))
		for _, h := range s.world.stations(s.from.net) {
			if h == s.from {
				continue
			}
			s.Wait(s.Jitter(12*time.Millisecond, 0.5))
			link := s.linkTo(h, s.world.mac(s.from))
			s.Emit(link.Frame(wire.TypePROFINET, message.DCPIdentified(id, h.station())))
		}
	})
}

// stations are the PROFINET devices of a network that have power.
func (w *world) stations(n *network) []*host {
	var list []*host
	for _, h := range w.ordered {
		if h.net == n && h.PN != nil && !h.Down {
			list = append(list, h)
		}
	}
	return list
}

func (h *host) station() message.PNStation {
	return message.PNStation{
		Name: h.Name, Product: h.PN.Product, Vendor: h.PN.Vendor, Device: h.PN.Device, Role: h.PN.Role,
		IP: h.IP().AsSlice(), Mask: []byte{255, 255, 255, 0}, Gate: h.net.router().AsSlice(),
	}
}

// pnIO exchanges process data in both directions for ever.
func pnIO(s *scene) {
	id := 0x8000 + uint16(s.to.IP().As4()[3])
	out, in := s.linkTo(s.from, s.world.mac(s.to)), s.linkTo(s.to, s.world.mac(s.from))
	out.Priority, in.Priority = 6, 6
	data := s.Bytes(s.talk.Size)
	data[0] = 0x80 // the provider is good
	there := out.Frame(wire.TypePROFINET, message.PNCyclic(id, data, 0))
	back := in.Frame(wire.TypePROFINET, message.PNCyclic(id+0x80, data, 0))
	at := len(there) - len(message.PNCyclic(id, data, 0))
	s.each(func() {
		if s.to.Down {
			return
		}
		counter := uint16(s.Now() / (31250 * time.Nanosecond))
		s.Emit(message.PNNext(there, at, s.Rand.IntN(len(data)-1), counter))
		s.Wait(300 * time.Microsecond)
		s.Emit(message.PNNext(back, at, s.Rand.IntN(len(data)-1), counter))
	})
}
