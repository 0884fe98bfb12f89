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

// chassisPrefixes begin the fingerprints that tell the MAC of the chassis or
// bridge that a port is part of.
var chassisPrefixes = [...]string{"lldp-chassis=", "stp-bridge="}

// chassisKey begins the identities that are chassis.
const chassisKey = "chassis "

// chassisOf is the MAC in such a fingerprint.
func chassisOf(value string) (plant.MAC, bool) {
	for _, p := range chassisPrefixes {
		if text, ok := strings.CutPrefix(value, p); ok {
			return parseMAC(text)
		}
	}
	return plant.MAC{}, false
}

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
	var said portrait // room for all
	for e := range uint32(b.endpoints.n) {
		if f.node[e] != nobody && b.plausible(e) {
			ids = b.serialsOf(f, e, &said, ids)
			ids = b.portsOf(f, e, ids)
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

// maxSaid is how many such facts one endpoint may say before they prove
// nothing: no rack has more.
const maxSaid = 1024

// identifies reports whether a field tells devices apart, or helps to.
func identifies(f plant.Field) bool {
	switch f {
	case plant.FieldSerial, plant.FieldDescription, plant.FieldName, plant.FieldFingerprint, plant.FieldAddress, plant.FieldVendor, plant.FieldVendorID,
		plant.FieldOrderNumber, plant.FieldProduct, plant.FieldProductCode:
		return true
	}
	return false
}

// plausible reports whether what an endpoint says of its identity may be used.
func (b *Builder) plausible(e uint32) bool {
	n := 0
	for i := b.endpoints.at(e).facts; i != 0; i = b.facts.at(i - 1).next {
		if identifies(plant.Field(b.words.text(b.facts.at(i - 1).field))) {
			n++
		}
	}
	return n > 0 && n <= maxSaid
}

// joinAll joins the nodes that share one identity. A chassis may have any
// number of ports.
func (b *Builder) joinAll(f *folded, same []identity) {
	if len(same) > maxSharers && !strings.HasPrefix(same[0].key, chassisKey) {
		return
	}
	heads := []uint32{same[0].node} // one, where people took nothing apart
	for _, id := range same[1:] {
		joined := slices.ContainsFunc(heads, func(head uint32) bool {
			return f.join(head, id.node, plant.Reason{What: "merge", Why: id.why, Packet: id.packet})
		})
		if !joined {
			heads = append(heads, id.node)
		}
	}
}

// serialsOf finds the serial numbers said by endpoint e, each with the vendor
// said in the same place: two makers may use one number.
func (b *Builder) serialsOf(f *folded, e uint32, said *portrait, ids []identity) []identity {
	said.facts = said.facts[:0]
	for i := b.endpoints.at(e).facts; i != 0; i = b.facts.at(i - 1).next {
		x := b.facts.at(i - 1)
		if field := plant.Field(b.words.text(x.field)); identifies(field) {
			said.facts = append(said.facts, slotFact{Fact: b.fact(x), slot: int(x.slot)})
		}
	}
	b.derive(said)
	if !said.says(plant.FieldSerial) {
		return ids
	}
	said.arrange()
	for i := range said.facts {
		x := &said.facts[i]
		if x.Field != plant.FieldSerial || x.Confidence < 0.6 || !usefulSerial(x.Value) {
			continue
		}
		vendor := b.vendorAt(said, x.slot)
		if vendor == "" {
			continue
		}
		ids = append(ids, identity{
			key: "serial " + squash(vendor) + " " + squash(x.Value), node: f.node[e], packet: x.Packet,
			why: fmt.Sprintf("%s says the same serial number %s (%s), so it is the same device", b.nodeName(f, f.node[e]), x.Value, vendor),
		})
	}
	return ids
}

// vendorAt is the vendor that was said for a slot, or for the whole.
func (b *Builder) vendorAt(said *portrait, slot int) string {
	for _, s := range []int{slot, plant.NoSlot} {
		if v := said.choices(s, plant.FieldVendor, b.vendor); len(v) > 0 {
			return v[0].value
		}
	}
	return ""
}

// portsOf finds the chassis that endpoint e says it is part of.
func (b *Builder) portsOf(f *folded, e uint32, ids []identity) []identity {
	if b.endpoints.at(e).mac.IsZero() {
		return ids
	}
	for i := b.endpoints.at(e).facts; i != 0; i = b.facts.at(i - 1).next {
		x := b.facts.at(i - 1)
		if x.slot != plant.NoSlot {
			continue
		}
		source, value := b.words.text(x.source), b.texts.text(x.value)
		switch plant.Field(b.words.text(x.field)) {
		case plant.FieldFingerprint:
			ids = b.chassisMAC(f, e, x, value, ids)
		case plant.FieldName:
			if (source == "profinet.dcp" || source == "lldp" || source == "cdp") && !defaultName(value) {
				ids = append(ids, b.madeKey(f, e, x, "station", value))
			}
		case plant.FieldAddress:
			if addressEvidence(source) == announcedIP {
				ids = b.announced(f, e, x, value, ids)
			}
		}
	}
	return ids
}

// chassisMAC: the port and the MAC that it names are one device.
func (b *Builder) chassisMAC(f *folded, e uint32, x *fact, value string, ids []identity) []identity {
	m, ok := chassisOf(value)
	if !ok {
		return ids
	}
	key := chassisKey + m.String()
	ids = append(ids, identity{key, f.node[e], x.packet, fmt.Sprintf("%s says that it is a port of chassis %s", b.nodeName(f, f.node[e]), m)})
	if n := b.nodeOfMAC(f, m); n != nobody {
		ids = append(ids, identity{key, n, 0, fmt.Sprintf("%s is the chassis that its ports name", m)})
	}
	return ids
}

// announced: the management address that a port announces belongs to its own
// device, so that the MAC that has it is the same device.
func (b *Builder) announced(f *folded, e uint32, x *fact, value string, ids []identity) []identity {
	a, err := netip.ParseAddr(value)
	if err != nil || !unicast(a) {
		return ids
	}
	ip := a.As16()
	ids = append(ids, b.madeKey(f, e, x, "management", value))
	for _, r := range b.recordsOfIP(f, ip) {
		if o := b.endpoints.at(r); f.holds[r] && !o.mac.IsZero() {
			ids = append(ids, b.madeKey(f, r, x, "management", value))
		}
	}
	return ids
}

// defaultName reports whether a name is one that many devices leave the works
// with.
func defaultName(name string) bool {
	switch strings.ToLower(name) {
	case "", "switch", "router", "ap", "localhost", "hostname", "unknown", "%n%n%n", "(none)":
		return true
	}
	return false
}

// madeKey is a key among MACs of one maker that lie close together, as the
// ports of one device do: names and addresses are set by people, who may set
// one twice.
func (b *Builder) madeKey(f *folded, e uint32, x *fact, what, value string) identity {
	m := b.endpoints.at(e).mac
	return identity{
		key: what + " " + m.String()[:11] + " " + value, node: f.node[e], packet: x.packet,
		why: fmt.Sprintf("%s has the same %s %q as another port of the same maker", b.nodeName(f, f.node[e]), map[string]string{"station": "station name", "management": "management address"}[what], value),
	}
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
