package inventory

import (
	"bytes"
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/bulkhead-ot/bulkhead/internal/judge/inventory/fingerprint"
	"github.com/bulkhead-ot/bulkhead/internal/judge/inventory/oui"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// portrait is all that was gathered about one asset, before anything is judged.
type portrait struct {
	asset   uint32
	macs    []plant.MAC
	ips     []netip.Addr
	vlans   []uint16
	first   int64
	last    int64
	facts   []slotFact // sorted by slot, field, confidence; derived ones included
	onLink  bool       // it has a MAC, or an IP with an initial TTL
	noMAC   bool       // the capture has no MACs for it at all
	carried carried    // what others send through its MAC
	gateway gateway    // who calls it its default router
}

// slotFact is a fact and the module it is about.
type slotFact struct {
	plant.Fact
	slot int
	rule string // of a derived fact
	from string // the value it was derived from

	// refined: a derived fact says the same field in plainer words, and
	// speaks for this one when a value is chosen.
	refined bool
}

// carried is the traffic of other addresses that a MAC forwards.
type carried struct {
	routed  int // addresses that crossed routers
	unclear int // addresses of which nothing tells
	example netip.Addr
	packet  plant.PacketRef
}

// portrait gathers asset i. It reuses the room of p.
func (b *Builder) portrait(f *folded, i uint32, p *portrait) {
	*p = portrait{asset: i, macs: p.macs[:0], ips: p.ips[:0], vlans: p.vlans[:0], facts: p.facts[:0], noMAC: true}
	for _, n := range f.members(i) {
		if m := f.nodes[n].mac; !m.IsZero() {
			p.macs = append(p.macs, m)
			b.spanMAC(f, n, p)
		}
	}
	for _, r := range f.records.of(i) {
		b.addRecord(f, r, p)
	}
	slices.SortFunc(p.macs, func(x, y plant.MAC) int { return bytes.Compare(x[:], y[:]) })
	p.macs = slices.Compact(p.macs)
	slices.SortFunc(p.ips, netip.Addr.Compare)
	p.ips = slices.Compact(p.ips)
	slices.Sort(p.vlans)
	for _, m := range p.macs {
		b.carriedBy(f, m, p)
		b.nameMAC(m, p)
	}
	p.gateway = f.gateways[i]
	b.derive(p)
	p.facts = joinFacts(p.facts)
	slices.SortStableFunc(p.facts, compareFacts)
}

// addRecord adds one endpoint to p.
func (b *Builder) addRecord(f *folded, r uint32, p *portrait) {
	e := b.endpoints.at(r)
	p.noMAC = p.noMAC && e.mac.IsZero()
	p.onLink = p.onLink || e.place.onLink() || e.ttl&ttlInitial != 0
	if f.holds[r] {
		p.ips = append(p.ips, e.addr())
	}
	p.span(e)
	b.addPresence(e, p)
	for i := e.facts; i != 0; i = b.facts.at(i - 1).next {
		f := b.facts.at(i - 1)
		p.facts = append(p.facts, slotFact{Fact: b.fact(f), slot: int(f.slot)})
	}
}

// span widens when and where the asset was seen.
func (p *portrait) span(e *endpoint) {
	if e.vlan != 0 && !slices.Contains(p.vlans, e.vlan) {
		p.vlans = append(p.vlans, e.vlan)
	}
	if e.first != 0 && (p.first == 0 || e.first < p.first) {
		p.first = e.first
	}
	p.last = max(p.last, e.last)
}

// spanMAC counts what a MAC forwards for others as a sign of life, too.
func (b *Builder) spanMAC(f *folded, n uint32, p *portrait) {
	p.noMAC = false
	for _, r := range b.recordsOf(f, f.nodes[n].mac) {
		if e := b.endpoints.at(r); e.seen&present != 0 && (e.vlan == f.nodes[n].vlan || !isVirtual(e.mac)) {
			p.span(e)
		}
	}
}

// addPresence adds the facts that an endpoint's own record holds.
func (b *Builder) addPresence(e *endpoint, p *portrait) {
	if e.seen&sentIP == 0 {
		return
	}
	at := plant.Fact{
		Field: plant.FieldAddress, Value: e.addr().String(), Source: "ip", Confidence: 0.9,
		Count: e.packets, First: clock(e.first), Last: clock(e.last), Packet: e.packet,
	}
	p.facts = append(p.facts, slotFact{Fact: at, slot: plant.NoSlot})
	if e.ttl == 0 {
		return
	}
	at.Field, at.Value, at.Confidence = plant.FieldTTL, fmt.Sprint(e.ttlMax), 0.3
	if e.ttlMin != e.ttlMax {
		at.Value = fmt.Sprintf("%d-%d", e.ttlMin, e.ttlMax)
	}
	p.facts = append(p.facts, slotFact{Fact: at, slot: plant.NoSlot})
}

// carriedBy counts the addresses that a MAC forwards.
func (b *Builder) carriedBy(f *folded, m plant.MAC, p *portrait) {
	var last [16]byte
	for _, r := range b.recordsOf(f, m) {
		e := b.endpoints.at(r)
		if e.seen&sentIP == 0 || e.ip == last || e.place.onLink() {
			continue
		}
		last = e.ip
		if e.place == placeRouted {
			p.carried.routed++
		} else {
			p.carried.unclear++
		}
		if p.carried.example == (netip.Addr{}) {
			p.carried.example, p.carried.packet = e.addr(), e.packet
		}
	}
}

// recordsOf is the endpoints of one MAC, sorted by IP.
func (b *Builder) recordsOf(f *folded, m plant.MAC) []uint32 {
	lo, _ := slices.BinarySearchFunc(f.byMAC, m, func(r uint32, m plant.MAC) int {
		e := b.endpoints.at(r)
		return bytes.Compare(e.mac[:], m[:])
	})
	hi := lo
	for hi < len(f.byMAC) && b.endpoints.at(f.byMAC[hi]).mac == m {
		hi++
	}
	return f.byMAC[lo:hi]
}

// ouiConfidence: the block's holder made the network interface, which is often
// but not always the maker of the machine.
const ouiConfidence = 0.5

// nameMAC adds what the registry says about a MAC.
func (b *Builder) nameMAC(m plant.MAC, p *portrait) {
	name := oui.Vendor(m)
	if name == "" {
		return
	}
	p.facts = append(p.facts, slotFact{slot: plant.NoSlot, from: m.String(), Fact: plant.Fact{
		Field: plant.FieldVendor, Value: b.vendor(name), Source: "oui", Confidence: ouiConfidence,
		Count: 1, First: clock(p.first), Last: clock(p.last),
	}})
}

// vendor is the usual name of a maker, looked up once.
func (b *Builder) vendor(said string) string {
	name, ok := b.vendors[said]
	if !ok {
		name = b.fingerprints.Vendor(said)
		if len(b.vendors) < maxMeanings {
			b.vendors[said] = name
		}
	}
	return name
}

// joinFacts makes one of equal facts that several endpoints carry.
func joinFacts(facts []slotFact) []slotFact {
	slices.SortFunc(facts, func(x, y slotFact) int {
		return cmp.Or(cmp.Compare(x.slot, y.slot), strings.Compare(string(x.Field), string(y.Field)),
			strings.Compare(x.Value, y.Value), strings.Compare(x.Source, y.Source), strings.Compare(x.from, y.from))
	})
	out := facts[:0]
	for i := range facts {
		f := facts[i]
		if n := len(out); n > 0 && out[n-1].slot == f.slot && out[n-1].Field == f.Field &&
			out[n-1].Value == f.Value && out[n-1].Source == f.Source {
			joinFact(&out[n-1].Fact, &f.Fact)
			continue
		}
		out = append(out, f)
	}
	return out
}

func joinFact(f, g *plant.Fact) {
	f.Count += g.Count
	if !g.First.IsZero() && (f.First.IsZero() || g.First.Before(f.First)) {
		f.First = g.First
	}
	if g.Last.After(f.Last) {
		f.Last = g.Last
	}
	if g.Packet != 0 && (f.Packet == 0 || g.Packet < f.Packet) {
		f.Packet = g.Packet
	}
	f.Confidence = max(f.Confidence, g.Confidence)
}

// derive adds what the values mean.
func (b *Builder) derive(p *portrait) {
	for i := range len(p.facts) {
		f := p.facts[i]
		for _, g := range b.meaning(f.Field, f.Value) {
			d := f
			d.Field, d.Value, d.Source = g.Field, g.Value, "fingerprint."+g.Rule
			d.Confidence, d.rule, d.from = f.Confidence*g.Confidence, g.Rule, f.Value
			p.facts[i].refined = p.facts[i].refined || g.Field == f.Field
			p.facts = append(p.facts, d)
		}
	}
}

// meaningKey names a value of a field.
type meaningKey struct {
	field plant.Field
	value string
}

// meaning is what a value means; values come again and again, so it is looked
// up once for each.
func (b *Builder) meaning(field plant.Field, value string) []fingerprint.Gain {
	if !b.fingerprints.Reads(field) {
		return nil
	}
	k := meaningKey{field, value}
	gains, ok := b.meanings[k]
	if !ok {
		gains = b.fingerprints.Match(nil, field, value)
		if len(b.meanings) < maxMeanings {
			b.meanings[k] = gains
		}
	}
	return gains
}

// maxMeanings bounds the memory of meaning.
const maxMeanings = 1 << 16

func compareFacts(x, y slotFact) int {
	return cmp.Or(cmp.Compare(x.slot, y.slot), strings.Compare(string(x.Field), string(y.Field)),
		cmp.Compare(y.Confidence, x.Confidence), strings.Compare(x.Value, y.Value), strings.Compare(x.Source, y.Source))
}
