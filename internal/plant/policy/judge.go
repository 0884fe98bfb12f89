package policy

import (
	"net/netip"
	"slices"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
)

// Judge is what a policy says to the first packet of a connection at a time. It
// is the definition that all judges and enforcers are held to, and slow: it
// looks through all lists. Containments and grants come before it and are not
// looked at here.
//
// Of several conduits that let a packet through one without a relay counts, else
// the first; the others of that pair with a relay then let through what any of
// them allows.
func (p *Policy) Judge(k *Packet, now time.Time) Verdict {
	v := Verdict{Conduit: -1, From: p.At(k.Src), To: p.At(k.Dst)}
	if v.From == v.To && v.From != Nowhere {
		v.Action = Allow
		return v
	}
	for i := range p.Conduits {
		c := &p.Conduits[i]
		if c.From != v.From || c.To != v.To || !c.Until.IsZero() && !now.Before(c.Until) {
			continue
		}
		for j := range c.Matches {
			m := &c.Matches[j]
			switch {
			case !m.Fits(k):
			case m.Relay == nil:
				v.Action, v.Conduit = Allow, i
				return v
			case v.Action != Inspect:
				v.Action, v.Conduit = Inspect, i
			}
		}
	}
	if v.Action != Inspect {
		v.Action = Rest(p.StageOf(v.From, v.To))
	}
	return v
}

// Rest is what happens at a stage to what no conduit allows.
func Rest(s model.Stage) Action {
	switch s {
	case model.StageObserve:
		return Observe
	case model.StageShadow:
		return Shadow
	}
	return Deny
}

// At is the zone of an address, Nowhere if it stands in none.
func (p *Policy) At(a netip.Addr) int {
	a = a.Unmap().WithZone("")
	for i := range p.Zones {
		for _, r := range p.Zones[i].Ranges {
			if r.Contains(a) {
				return i
			}
		}
	}
	return Nowhere
}

// Fits reports whether a packet is one of a match.
func (m *Match) Fits(k *Packet) bool {
	return m.Proto == Any || m.Proto == k.Proto && (k.Proto != TCP && k.Proto != UDP || m.First <= k.DstPort && k.DstPort <= m.Last)
}

// Fits reports whether a packet is one of a rule, whatever its Until.
func (r *Rule) Fits(k *Packet) bool {
	what := len(r.Matches) == 0 || slices.ContainsFunc(r.Matches, func(m PortMatch) bool { return m.Fits(k) })
	return what && within(r.From, k.Src) && within(r.To, k.Dst)
}

// within reports whether an address is in a rule's list; an empty list is every
// address.
func within(list []netip.Prefix, a netip.Addr) bool {
	return len(list) == 0 || slices.ContainsFunc(list, func(p netip.Prefix) bool { return p.Contains(a) })
}

// Fits reports whether a packet is one of a match.
func (m *PortMatch) Fits(k *Packet) bool {
	return (m.Proto == Any || m.Proto == k.Proto) && m.First <= k.DstPort && k.DstPort <= m.Last && m.SrcFirst <= k.SrcPort && k.SrcPort <= m.SrcLast
}
