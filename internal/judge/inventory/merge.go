package inventory

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// maxSharers is how many interfaces may show one serial number and still be
// one device: a rack with several communication modules. Beyond it the number
// is one that a maker or a simulator gives to all.
const maxSharers = 8

// FieldChassis is the chassis identifier of LLDP: a MAC or, with PROFINET, the
// station's name.
const FieldChassis plant.Field = "chassis"

// identity is a key that two interfaces of one device share.
type identity struct {
	key    string
	node   uint32
	packet plant.PacketRef
	why    string
}

// merge joins nodes that are one device.
func (b *Builder) merge(f *folded) {
	var ids []identity
	for e := range uint32(b.endpoints.n) {
		if f.node[e] != nobody && b.endpoints.at(e).facts != 0 {
			ids = b.serialsOf(f, e, ids)
			ids = b.chassisOf(f, e, ids)
		}
	}
	slices.SortFunc(ids, func(x, y identity) int {
		return cmp.Or(strings.Compare(x.key, y.key), cmp.Compare(x.node, y.node), cmp.Compare(x.packet, y.packet), strings.Compare(x.why, y.why))
	})
	for lo := 0; lo < len(ids); {
		hi := lo + 1
		for hi < len(ids) && ids[hi].key == ids[lo].key {
			hi++
		}
		same := slices.CompactFunc(slices.Clone(ids[lo:hi]), func(x, y identity) bool { return x.node == y.node })
		b.joinAll(f, same)
		lo = hi
	}
}

// joinAll joins the nodes that share one identity.
func (b *Builder) joinAll(f *folded, same []identity) {
	if len(same) > maxSharers {
		return
	}
	for _, id := range same[1:] {
		f.join(same[0].node, id.node, plant.Reason{What: "merge", Why: id.why, Packet: id.packet})
	}
}

// serialsOf finds the serial numbers said by endpoint e, each with the vendor
// said in the same place: two makers may use one number.
func (b *Builder) serialsOf(f *folded, e uint32, ids []identity) []identity {
	for i := b.endpoints.at(e).facts; i != 0; i = b.facts.at(i - 1).next {
		x := b.facts.at(i - 1)
		if plant.Field(b.words.text(x.field)) != plant.FieldSerial || x.confidence < 0.6 {
			continue
		}
		serial := b.texts.text(x.value)
		if !usefulSerial(serial) {
			continue
		}
		vendor := b.vendorAt(e, x.slot)
		if vendor == "" {
			continue
		}
		ids = append(ids, identity{
			key: "serial " + squash(vendor) + " " + squash(serial), node: f.node[e], packet: x.packet,
			why: fmt.Sprintf("%s says the same serial number %s (%s), so it is the same device", b.nodeName(f, f.node[e]), serial, vendor),
		})
	}
	return ids
}

// vendorAt is the vendor that endpoint e said for a slot, or for itself.
func (b *Builder) vendorAt(e uint32, slot int16) string {
	p := portrait{}
	for i := b.endpoints.at(e).facts; i != 0; i = b.facts.at(i - 1).next {
		if x := b.facts.at(i - 1); x.slot == slot || x.slot == plant.NoSlot {
			p.facts = append(p.facts, slotFact{Fact: b.fact(x), slot: int(x.slot)})
		}
	}
	b.derive(&p)
	slices.SortFunc(p.facts, compareFacts)
	for _, s := range []int{int(slot), plant.NoSlot} {
		if v := p.choices(s, plant.FieldVendor, b.fingerprints.Vendor); len(v) > 0 {
			return v[0].value
		}
	}
	return ""
}

// chassisOf finds the chassis that endpoint e says it is part of. A chassis
// named by a MAC is that MAC's node; one named by a PROFINET station name is
// the same only among MACs of one block, as names are set by people.
func (b *Builder) chassisOf(f *folded, e uint32, ids []identity) []identity {
	mac := b.endpoints.at(e).mac
	if mac.IsZero() {
		return ids
	}
	for i := b.endpoints.at(e).facts; i != 0; i = b.facts.at(i - 1).next {
		x := b.facts.at(i - 1)
		value, field := b.texts.text(x.value), plant.Field(b.words.text(x.field))
		if x.slot != plant.NoSlot {
			continue
		}
		key := ""
		switch source := b.words.text(x.source); {
		case field == FieldChassis:
			key = b.chassisKey(f, value, mac)
		case field == plant.FieldName && (strings.Contains(source, "dcp") || source == "lldp"):
			key = "station " + mac.String()[:8] + " " + value
		}
		if key != "" {
			ids = append(ids, identity{key: key, node: f.node[e], packet: x.packet,
				why: fmt.Sprintf("%s names the same chassis or station %q", b.nodeName(f, f.node[e]), value)})
		}
		if m, ok := parseMAC(value); ok && field == FieldChassis {
			if n := b.nodeOfMAC(f, m); n != nobody {
				ids = append(ids, identity{key: key, node: n, why: m.String() + " is the chassis that its ports name"})
			}
		}
	}
	return ids
}

func (b *Builder) chassisKey(_ *folded, value string, mac plant.MAC) string {
	if m, ok := parseMAC(value); ok {
		return "chassis " + m.String()
	}
	if _, err := netip.ParseAddr(value); err == nil || value == "" {
		return ""
	}
	return "station " + mac.String()[:8] + " " + value
}

// nodeOfMAC is the node of a MAC, nobody if it has none.
func (b *Builder) nodeOfMAC(f *folded, m plant.MAC) uint32 {
	for _, r := range b.recordsOf(f, m) {
		if n := f.node[r]; n != nobody && f.nodes[n].mac == m {
			return n
		}
	}
	return nobody
}

// nodeName is how a node is called in a reason.
func (b *Builder) nodeName(f *folded, n uint32) string {
	if m := f.nodes[n].mac; !m.IsZero() {
		return m.String()
	}
	return b.endpoints.at(f.nodes[n].record).word()
}

// parseMAC reads a MAC written with colons or dashes, or as 12 digits.
func parseMAC(s string) (m plant.MAC, ok bool) {
	s = strings.Map(func(r rune) rune {
		if r == ':' || r == '-' || r == '.' {
			return -1
		}
		return r
	}, s)
	if len(s) != 12 {
		return m, false
	}
	for i := range m {
		hi, ok1 := hexDigit(s[2*i])
		lo, ok2 := hexDigit(s[2*i+1])
		if !ok1 || !ok2 {
			return plant.MAC{}, false
		}
		m[i] = hi<<4 | lo
	}
	return m, !m.IsZero() && !m.IsGroup()
}

func hexDigit(c byte) (byte, bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', true
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10, true
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}
