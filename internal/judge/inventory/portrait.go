package inventory

import (
	"bytes"
	"cmp"
	"net/netip"
	"slices"
	"strconv"
	"strings"

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
	runs    []run      // of the facts, by field
	chosen  []choice   // room for choices
	onLink  bool       // it has a MAC, or an IP with an initial TTL
	noMAC   bool       // the capture has no MACs for it at all
	carried carried    // what others send through its MAC
	gateway gateway    // who calls it its default router
	whole   bool       // it is to be shown, not only judged
}

// slotFact is a fact and the module it is about.
type slotFact struct {
	plant.Fact
	slot int
	rule string // of a derived fact
	from string // the value it was derived from

	derived uint8 // how many rules lie between what was said and this

	// refined: a derived fact says the same field in plainer words, and
	// speaks for this one when a value is chosen.
	refined bool
	plain   bool // known to mean nothing more
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
	b.outline(f, i, p)
	for _, r := range f.records.of(i) {
		e := b.endpoints.at(r)
		p.span(e)
		b.addPresence(e, p)
		for x := e.facts; x != 0; x = b.facts.at(x - 1).next {
			f := b.facts.at(x - 1)
			p.facts = append(p.facts, slotFact{Fact: b.fact(f), slot: int(f.slot), plain: f.meaning == meansNothing})
		}
	}
	slices.Sort(p.vlans)
	p.whole = true
	b.complete(f, p)
}

// sketch gathers of asset i what judging it alone takes: the facts that show a
// role, a side or a serial number.
func (b *Builder) sketch(f *folded, i uint32, p *portrait) {
	b.outline(f, i, p)
	for _, r := range f.records.of(i) {
		for x := b.endpoints.at(r).facts; x != 0; x = b.facts.at(x - 1).next {
			f := b.facts.at(x - 1)
			if b.tells(f) {
				p.facts = append(p.facts, slotFact{Fact: b.fact(f), slot: int(f.slot), plain: f.meaning == meansNothing})
			}
		}
	}
	b.complete(f, p)
}

// outline gathers the addresses of asset i, and what its MACs forward.
func (b *Builder) outline(f *folded, i uint32, p *portrait) {
	*p = portrait{asset: i, macs: p.macs[:0], ips: p.ips[:0], vlans: p.vlans[:0], facts: p.facts[:0], runs: p.runs[:0], chosen: p.chosen[:0], noMAC: true}
	for _, n := range f.members(i) {
		if m := f.nodes[n].mac; !m.IsZero() {
			p.macs = append(p.macs, m)
			b.spanMAC(f, n, p)
		}
	}
	for _, r := range f.records.of(i) {
		e := b.endpoints.at(r)
		p.noMAC = p.noMAC && e.mac.IsZero()
		p.onLink = p.onLink || e.place.onLink() || e.ttl&ttlInitial != 0
		if f.holds[r] {
			p.ips = append(p.ips, e.addr())
		}
	}
	slices.SortFunc(p.macs, func(x, y plant.MAC) int { return bytes.Compare(x[:], y[:]) })
	p.macs = slices.Compact(p.macs)
	slices.SortFunc(p.ips, netip.Addr.Compare)
	p.ips = slices.Compact(p.ips)
	p.gateway = f.gateways[i]
}

// complete adds what follows from the facts, and sorts them.
func (b *Builder) complete(f *folded, p *portrait) {
	for _, m := range p.macs {
		b.nameMAC(m, p)
	}
	b.nameByOthers(f, p)
	b.derive(p)
	p.arrange()
}

// run is where the facts of one field of one slot lie.
type run struct {
	field  plant.Field
	slot   int
	lo, hi int
}

// arrange sorts the facts and notes where each field lies: there are few
// fields, so that looking through them is the fastest way to find one.
func (p *portrait) arrange() {
	p.facts = joinFacts(p.facts)
	p.runs = p.runs[:0]
	for i := range p.facts {
		f := &p.facts[i]
		if n := len(p.runs); n > 0 && p.runs[n-1].slot == f.slot && p.runs[n-1].field == f.Field {
			p.runs[n-1].hi++
			continue
		}
		p.runs = append(p.runs, run{f.Field, f.slot, i, i + 1})
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

// spanMAC counts what a MAC forwards for others, which is a sign of life, too.
func (b *Builder) spanMAC(f *folded, n uint32, p *portrait) {
	p.noMAC = false
	node := &f.nodes[n]
	shared := isVirtual(node.mac)
	records := f.byMAC[node.lo:node.hi]
	var last [16]byte
	for _, r := range records {
		e := b.endpoints.at(r)
		if e.seen&present != 0 {
			p.span(e)
		}
		if e.seen&sentIP == 0 || e.ip == last || e.place.onLink() || shared {
			continue
		}
		last = e.ip
		p.carry(e)
	}
	if shared && !slices.Contains(p.macs[:len(p.macs)-1], node.mac) {
		b.carriedInAll(f, node.mac, p)
	}
}

// carriedInAll counts the addresses that a shared MAC forwards in all VLANs.
func (b *Builder) carriedInAll(f *folded, m plant.MAC, p *portrait) {
	var last [16]byte
	for _, r := range b.recordsOf(f, m) {
		if e := b.endpoints.at(r); e.seen&sentIP != 0 && e.ip != last && !e.place.onLink() {
			last = e.ip
			p.carry(e)
		}
	}
}

// carry counts one address that the asset forwards.
func (p *portrait) carry(e *endpoint) {
	if e.place == placeRouted {
		p.carried.routed++
	} else {
		p.carried.unclear++
	}
	if p.carried.example == (netip.Addr{}) {
		p.carried.example, p.carried.packet = e.addr(), e.packet
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
	at.Field, at.Value, at.Confidence = plant.FieldTTL, strconv.Itoa(int(e.ttlMax)), 0.3
	if e.ttlMin != e.ttlMax {
		at.Value = strconv.Itoa(int(e.ttlMin)) + "-" + at.Value
	}
	p.facts = append(p.facts, slotFact{Fact: at, slot: plant.NoSlot})
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
	from := ""
	if p.whole {
		from = m.String()
	}
	p.facts = append(p.facts, slotFact{slot: plant.NoSlot, from: from, Fact: plant.Fact{
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

// joinFacts makes one of equal facts that several endpoints carry, and sorts
// them by slot and field, the surest of each field first.
func joinFacts(facts []slotFact) []slotFact {
	slices.SortFunc(facts, compareSaid)
	out := facts[:0]
	field := 0 // where the facts of the last field begin
	for i := range facts {
		f := &facts[i]
		if n := len(out); n > 0 && out[n-1].slot == f.slot && out[n-1].Field == f.Field {
			if out[n-1].Value == f.Value && out[n-1].Source == f.Source {
				joinFact(&out[n-1].Fact, &f.Fact)
				out[n-1].refined = out[n-1].refined && f.refined
				continue
			}
		} else {
			sortFacts(out[field:])
			field = n
		}
		out = append(out, *f)
	}
	sortFacts(out[field:])
	return out
}

// sortFacts is for the facts of one field, mostly a single one.
func sortFacts(facts []slotFact) {
	if len(facts) > 1 {
		slices.SortFunc(facts, compareFacts)
	}
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

// compareSaid puts equal facts together. Most pairs differ in their fields, so
// that the rest is looked at only where it matters.
func compareSaid(x, y slotFact) int {
	if c := compareFields(&x, &y); c != 0 {
		return c
	}
	if c := strings.Compare(x.Value, y.Value); c != 0 {
		return c
	}
	return cmp.Or(strings.Compare(x.Source, y.Source), strings.Compare(x.from, y.from), cmp.Compare(y.Confidence, x.Confidence))
}

func compareFacts(x, y slotFact) int {
	if c := compareFields(&x, &y); c != 0 {
		return c
	}
	return cmp.Or(cmp.Compare(y.Confidence, x.Confidence), strings.Compare(x.Value, y.Value), strings.Compare(x.Source, y.Source))
}

func compareFields(x, y *slotFact) int {
	if x.slot != y.slot {
		return cmp.Compare(x.slot, y.slot)
	}
	return strings.Compare(string(x.Field), string(y.Field))
}
