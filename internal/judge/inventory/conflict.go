package inventory

import (
	"fmt"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// single are the fields of which one device has one value, so that one source
// that says two of them, about the same address, describes two devices or was
// changed on the way.
var single = []plant.Field{plant.FieldSerial, plant.FieldVendorID, plant.FieldProductCode}

// conflicts are the claims about asset i that cannot all be true.
func (b *Builder) conflicts(f *folded, i uint32) []plant.Conflict {
	var all []plant.Conflict
	for _, n := range f.members(i) {
		for _, c := range f.clashes[n] {
			all = append(all, b.addressConflict(c))
		}
	}
	for _, r := range f.records.of(i) {
		for _, field := range single {
			all = b.fieldConflict(all, r, field)
		}
	}
	return all
}

// addressConflict is one IP that two MACs use.
func (b *Builder) addressConflict(c clash) plant.Conflict {
	mine, theirs := b.endpoints.at(c.mine), b.endpoints.at(c.theirs)
	why := fmt.Sprintf("%s and %s both use %s", mine.mac, theirs.mac, mine.addr())
	if mine.last < theirs.first || theirs.last < mine.first {
		why += ", one after the other: the address was given anew, or the device was replaced"
	} else {
		why += " at the same time: a duplicate address, a pair that shares it, or a forged claim"
	}
	return plant.Conflict{Field: plant.FieldAddress, Facts: []plant.Fact{claimOf(mine), claimOf(theirs)}, Why: why}
}

// claimOf is the fact that an endpoint has its address.
func claimOf(e *endpoint) plant.Fact {
	source := "ip"
	switch {
	case e.seen&sentIP != 0:
	case e.seen&claimedIP != 0:
		source = "arp"
	default:
		source = "dhcp"
	}
	return plant.Fact{
		Field: plant.FieldAddress, Value: e.addr().String() + " at " + e.mac.String(), Source: source, Confidence: 0.9,
		Count: e.packets, First: clock(e.first), Last: clock(e.last), Packet: e.packet,
	}
}

// fieldConflict adds the values of a field that one source gave about one
// endpoint, if there are several.
func (b *Builder) fieldConflict(all []plant.Conflict, r uint32, field plant.Field) []plant.Conflict {
	bySource := make(map[word][]plant.Fact)
	for i := b.endpoints.at(r).facts; i != 0; i = b.facts.at(i - 1).next {
		if f := b.facts.at(i - 1); f.slot == plant.NoSlot && plant.Field(b.words.text(f.field)) == field {
			bySource[f.source] = append(bySource[f.source], b.fact(f))
		}
	}
	for _, source := range sortedKeys(bySource) {
		facts := bySource[source]
		if len(facts) < 2 {
			continue
		}
		sortFacts(facts)
		all = append(all, plant.Conflict{Field: field, Facts: facts, Why: fmt.Sprintf(
			"%s said %d different values in %s", b.endpoints.at(r).word(), len(facts), facts[0].Source)})
	}
	return all
}
