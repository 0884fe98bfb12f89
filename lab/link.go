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
