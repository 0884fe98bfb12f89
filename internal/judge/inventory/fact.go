package inventory

import (
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// fact is one thing said about an endpoint.
type fact struct {
	first, last int64
	count       uint64
	packet      plant.PacketRef
	endpoint    uint32
	next        uint32 // the fact before it about the same endpoint, plus 1
	value       uint32 // text
	confidence  float32
	field       word
	source      word
	slot        int16
	meaning     uint8 // whether fingerprints make more of it; 0 is not known yet
}

// addSighting keeps a fact, and what it says about addresses.
func (b *Builder) addSighting(s *plant.Sighting) {
	e := s.Endpoint
	var seen evidence
	if s.Field == plant.FieldAddress {
		seen = addressEvidence(s.Source)
		switch seen {
		case claimedIP, saidIP, announcedIP:
			e.IP = claimed(s.Value, e.IP)
			fallthrough
		case sentIP:
			if !unicast(e.IP) {
				e.IP, seen = netip.Addr{}, spoke
			}
		}
	}
	id, ok := b.endpointID(e)
	if !ok {
		return
	}
	r := b.endpoints.at(id)
	r.seen |= seen | heard
	switch {
	case seen == sentIP, seen == spoke:
		r.packets += s.Count
		r.span(nano(s.First), nano(s.Last), s.Packet)
	case s.Field == plant.FieldTTL:
		r.addTTL(s.Value)
	default:
		r.span(nano(s.First), nano(s.Last), 0)
		b.addFact(id, s)
	}
}

// addressEvidence is what the source of a FieldAddress fact proves; 0 is
// hearsay about another address, such as the management address in LLDP or
// the address behind a translator in an EtherNet/IP identity.
func addressEvidence(source string) evidence {
	name, _, _ := strings.Cut(source, ".")
	switch name {
	case "ip":
		return sentIP
	case "ethernet":
		return spoke
	case "arp", "ndp":
		return claimedIP
	case "profinet", "dhcp", "dhcpv6":
		return saidIP
	case "lldp", "cdp":
		return announcedIP
	}
	return 0
}

func (e *endpoint) addTTL(value string) {
	n, err := strconv.ParseUint(value, 10, 8)
	if err != nil || n == 0 {
		return
	}
	v := uint8(n)
	if e.ttl == 0 || v < e.ttlMin {
		e.ttlMin = v
	}
	e.ttlMax = max(e.ttlMax, v)
	e.ttl |= kindOfTTL(v)
}

// claimed is the address that a claim's text names, else the one it came from.
func claimed(text string, from netip.Addr) netip.Addr {
	if a, err := netip.ParseAddr(text); err == nil {
		return a.Unmap().WithZone("")
	}
	return from
}

// addFact keeps s about endpoint id, added to an equal one if there is one.
func (b *Builder) addFact(id uint32, s *plant.Sighting) {
	field, known := b.words.id(string(s.Field))
	source, said := b.words.id(s.Source)
	if !known || !said {
		b.dropped++
		return
	}
	f := fact{
		first: nano(s.First), last: nano(s.Last), count: s.Count, packet: s.Packet,
		endpoint: id, value: b.texts.id(s.Value), confidence: float32(s.Confidence),
		field: field, source: source, slot: int16(s.Slot),
	}
	hash := f.hash()
	at, ok := b.factIdx.find(hash, func(i uint32) bool { return b.facts.at(i).same(&f) })
	if ok {
		b.facts.at(at).join(&f)
		return
	}
	if b.facts.n >= b.limit[1] {
		b.dropped++
		return
	}
	r := b.endpoints.at(id)
	f.next = r.facts
	r.facts = b.facts.add(f) + 1
	b.factIdx.add(hash, r.facts-1)
}

func (f *fact) hash() uint32 {
	h := mix(mix(0, uint64(f.endpoint)<<32|uint64(f.value)), uint64(f.field)<<32|uint64(f.source)<<16|uint64(uint16(f.slot)))
	return uint32(h)
}

// same reports whether f and g say the same of the same endpoint.
func (f *fact) same(g *fact) bool {
	return f.endpoint == g.endpoint && f.value == g.value && f.field == g.field && f.source == g.source && f.slot == g.slot
}

// join adds an equal fact.
func (f *fact) join(g *fact) {
	f.count += g.count
	if g.first != 0 && (f.first == 0 || g.first < f.first) {
		f.first = g.first
	}
	f.last = max(f.last, g.last)
	if g.packet != 0 && (f.packet == 0 || g.packet < f.packet) {
		f.packet = g.packet
	}
	f.confidence = max(f.confidence, g.confidence)
}

// fact is the plant's word for f.
func (b *Builder) fact(f *fact) plant.Fact {
	return plant.Fact{
		Field: plant.Field(b.words.text(f.field)), Value: b.texts.text(f.value), Source: b.words.text(f.source),
		Confidence: float64(f.confidence), Count: f.count, First: clock(f.first), Last: clock(f.last), Packet: f.packet,
	}
}

// nano is t in nanoseconds since 1970, 0 for no time.
func nano(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

// clock is the time that nano made a number of.
func clock(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.Unix(0, n).UTC()
}
