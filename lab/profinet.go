package lab

import (
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/lab/message"
	"github.com/bulkhead-ot/bulkhead/lab/wire"
)

// dcpGroup is the group of all PROFINET stations.
var dcpGroup = plant.MAC{0x01, 0x0e, 0xcf, 0, 0, 0}

// pnPort is that of context management, for both ends.
const pnPort = 34964

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
		Name: h.stationName(), Product: h.PN.Product, Vendor: h.PN.Vendor, Device: h.PN.Device, Role: h.PN.Role,
		IP: h.IP().AsSlice(), Mask: []byte{255, 255, 255, 0}, Gate: h.net.router().AsSlice(),
	}
}

// stationName is what a PROFINET station is called: usually as the machine.
func (h *host) stationName() string {
	if h.PN.Name != "" {
		return h.PN.Name
	}
	return h.Name
}

// relation is that of a controller and a device.
func (s *scene) relation() *message.PNRelation {
	id := 0x8000 + uint16(s.to.IP().As4()[3])
	from, to := s.world.mac(s.from), s.world.mac(s.to)
	return &message.PNRelation{
		AR: s.Bytes(16), Activity: s.Bytes(16), Session: s.next(), Controller: from[:], Device: to[:], Name: s.from.stationName(),
		Vendor: s.to.PN.Vendor, Kind: s.to.PN.Device, Output: id, Input: id + 0x80, Size: s.talk.Size, ReductionRatio: 512,
	}
}

// pnConnect opens the relation, which both then say they are ready for.
func (s *scene) pnConnect(r *message.PNRelation) {
	s.resolve(s.from, s.to)
	if s.to.Down {
		s.gone = true
		return
	}
	ask := func(from, to *host, request, answer []byte) {
		s.tell(from, to, pnPort, pnPort, request)
		s.Wait(s.Jitter(3*time.Millisecond, 0.4))
		s.tell(to, from, pnPort, pnPort, answer)
		s.Wait(s.Jitter(cycle, 0.4))
	}
	ask(s.from, s.to, r.Connect(), r.Connected())
	ask(s.from, s.to, r.Parametrized(false), r.Parametrized(true))
	s.Wait(s.Jitter(150*time.Millisecond, 0.3))
	ask(s.to, s.from, r.Ready(false), r.Ready(true))
}

// pnIO connects to a device and exchanges process data with it in both
// directions for ever.
func pnIO(s *scene) {
	r := s.relation()
	if s.pnConnect(r); s.gone {
		return
	}
	out, in := s.linkTo(s.from, s.world.mac(s.to)), s.linkTo(s.to, s.world.mac(s.from))
	out.Priority, in.Priority = 6, 6
	const good = 0x80 // the provider's word, and the consumer's
	data := append(s.Bytes(s.talk.Size), good, good)
	there := out.Frame(wire.TypePROFINET, message.PNCyclic(r.Output, data, 0))
	back := in.Frame(wire.TypePROFINET, message.PNCyclic(r.Input, data, 0))
	at := len(there) - len(message.PNCyclic(r.Output, data, 0))
	s.each(func() {
		if s.gone = s.to.Down; s.gone {
			return
		}
		counter := uint16(s.Now() / (31250 * time.Nanosecond))
		s.Emit(message.PNNext(there, at, s.Rand.IntN(s.talk.Size), counter))
		s.Wait(300 * time.Microsecond)
		s.Emit(message.PNNext(back, at, s.Rand.IntN(s.talk.Size), counter))
	})
}
