package inventory

import (
	"fmt"
	"iter"
	"slices"
	"strconv"

	"github.com/bulkhead-ot/bulkhead/internal/judge/inventory/fingerprint"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// Assets yields every asset, sorted by lowest IP and then lowest MAC, those
// without an IP last. Each is made when its turn comes and is the caller's to
// keep.
func (b *Builder) Assets() iter.Seq[*plant.Asset] { return b.walk(true) }

// AssetsInTurn is Assets for one who keeps none: each asset, with its lists, is
// valid until the next step, which reuses it. Its texts may be kept.
func (b *Builder) AssetsInTurn() iter.Seq[*plant.Asset] { return b.walk(false) }

func (b *Builder) walk(keep bool) iter.Seq[*plant.Asset] {
	return func(yield func(*plant.Asset) bool) {
		b.Build()
		f := b.fold
		var room desk
		for i := range f.assets {
			a := b.asset(f, uint32(i), &room)
			if keep {
				kept := *a
				a, room.made, room.reasons = &kept, plant.Asset{}, nil
			}
			if !yield(a) {
				return
			}
		}
	}
}

// desk is room to work in, used again for each asset.
type desk struct {
	portrait portrait
	habits   habits
	clues    []clue
	scale    scale
	told     []toldClue
	reasons  []plant.Reason
	made     plant.Asset // whose lists are used again
}

// asset makes asset i in room.made.
func (b *Builder) asset(f *folded, i uint32, room *desk) *plant.Asset {
	p, h := &room.portrait, &room.habits
	b.portrait(f, i, p)
	b.habits(f, i, h)
	j := b.placed(f, i, room)
	n := b.named(p, plant.NoSlot)
	modules := b.modules(p)
	lead := leadModule(p, modules)
	a := &room.made
	facts, conflicts := a.Facts[:0], a.Conflicts[:0]
	*a = plant.Asset{
		ID: b.id(f, i), Kind: j.kind, Side: j.side, Level: j.level, Role: j.role,
		MACs: append(a.MACs[:0], p.macs...), IPs: append(a.IPs[:0], p.ips...), VLANs: append(a.VLANs[:0], p.vlans...), Names: p.namesOf(a.Names[:0]),
		Vendor: n.vendor, Product: n.product, OrderNumber: n.order, Firmware: n.firmware, Hardware: n.hardware,
		Serial: n.serial, OS: n.os, Protocols: b.protocols(a.Protocols[:0], h), First: clock(p.first), Last: clock(p.last), Modules: modules,
	}
	said := p.ofSlot(plant.NoSlot)
	a.Facts = slices.Grow(facts, len(said))
	for i := range said {
		a.Facts = append(a.Facts, said[i].Fact)
	}
	a.Reasons = b.otherReasons(j.reasons, f, i, p, &n)
	if lead != nil {
		leadBy(a, lead)
	}
	a.Conflicts = b.conflicts(conflicts, f, i, p)
	room.reasons = a.Reasons
	return a
}

// leadModule is the one controller in a rack that is reached through another
// module, nil if there is none or more than one.
func leadModule(p *portrait, modules []plant.Module) *plant.Module {
	var lead *plant.Module
	for i := range modules {
		if !p.isController(modules[i].Slot) {
			continue
		}
		if lead != nil {
			return nil
		}
		lead = &modules[i]
	}
	return lead
}

// surelyController is how sure the facts of a module must be that it is a
// controller. An Ethernet module says that there is one in its rack, at most.
const surelyController = 0.75

func (p *portrait) isController(slot int) bool {
	if len(p.of(slot, fingerprint.FieldHelps)) > 0 {
		return false // half of a safety controller, which is the other half's to name
	}
	c := p.choices(slot, plant.FieldRole, nil)
	return len(c) > 0 && (c[0].value == plant.RoleController || c[0].value == plant.RoleSafety) && confidenceOf(c[0].weight) >= surelyController
}

// leadBy names a rack after its controller; what the communication module said
// of itself stays among the facts.
func leadBy(a *plant.Asset, m *plant.Module) {
	if m.Product == "" && m.OrderNumber == "" {
		return
	}
	a.Reasons = append(a.Reasons, plant.Reason{What: "product", Why: fmt.Sprintf(
		"named after the controller in slot %d, reached through %s", m.Slot, first(a.Product, a.OrderNumber, "its interface"))})
	a.Product, a.OrderNumber = m.Product, m.OrderNumber
	a.Firmware, a.Hardware, a.Serial = m.Firmware, m.Hardware, m.Serial
	a.Vendor = first(m.Vendor, a.Vendor)
}

func first(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// otherReasons adds why the vendor, and why the addresses belong together.
func (b *Builder) otherReasons(all []plant.Reason, f *folded, i uint32, p *portrait, n *named) []plant.Reason {
	if v := &n.vendorWhy; v.source != "" {
		why := "said in " + v.source
		switch {
		case v.source == "oui":
			why = "the MAC address block is theirs"
		case v.from != "":
			why = fmt.Sprintf("%q is theirs (%s)", v.from, v.source)
		}
		if v.sources > 1 {
			why += ", and " + strconv.Itoa(v.sources-1) + " more say so"
		}
		all = append(all, plant.Reason{What: "vendor", Why: why, Packet: v.packet})
	}
	for _, node := range f.members(i) {
		all = append(all, f.why[node]...)
	}
	return b.addressReasons(all, f, i)
}

// members are the nodes that asset i was made of.
func (f *folded) members(i uint32) []uint32 {
	return f.joined.of(i)
}

// addressReasons adds why each IP stands in this asset.
func (b *Builder) addressReasons(all []plant.Reason, f *folded, i uint32) []plant.Reason {
	records := f.records.of(i) // sorted by IP
	for lo := 0; lo < len(records); {
		hi, ip := lo, b.endpoints.at(records[lo]).ip
		for hi < len(records) && b.endpoints.at(records[hi]).ip == ip {
			hi++
		}
		if r := slices.IndexFunc(records[lo:hi], func(r uint32) bool { return f.holds[r] }); r >= 0 {
			e := b.endpoints.at(records[lo+r])
			all = append(all, plant.Reason{What: "merge", Why: addressWhy(e, b.seenOf(records[lo:hi], e.mac)), Packet: e.packet})
		}
		lo = hi
	}
	return all
}

// seenOf is how we know that a MAC has the IP of these records, whatever VLAN it
// was learnt in.
func (b *Builder) seenOf(records []uint32, mac plant.MAC) (seen evidence) {
	for _, r := range records {
		if x := b.endpoints.at(r); x.mac == mac {
			seen |= x.seen
		}
	}
	return seen
}

func addressWhy(e *endpoint, seen evidence) string {
	s := make(sentence, 0, usualSentence)
	switch {
	case e.place == placeOwn && seen&claimedIP != 0:
		return s.mac(e.mac).say(" says on its link that it has ").ip(e.addr()).text()
	case e.place == placeOwn && seen&saidIP != 0:
		return s.mac(e.mac).say(" was given ").ip(e.addr()).say(" or says so of itself").text()
	case e.place == placeOwn:
		return s.ip(e.addr()).say(" is an address that only ").mac(e.mac).say(" can have made").text()
	case e.place == placeAlone && seen&sentIP == 0:
		return s.mac(e.mac).say(" announces ").ip(e.addr()).say(" as the address of its device").text()
	case e.place == placeAlone:
		return s.mac(e.mac).say(" sends from ").ip(e.addr()).say(" and nothing shows that it forwards for others").text()
	case e.mac.IsZero():
		return s.ip(e.addr()).say(" is known by its address alone: the capture has no MAC addresses").text()
	case e.place == placeRouted:
		return s.ip(e.addr()).say(" came through ").mac(e.mac).say(", which forwards for it, so its own MAC is not known").text()
	}
	return s.ip(e.addr()).say(" is one of several addresses behind ").mac(e.mac).say("; nothing shows that they are one machine").text()
}
