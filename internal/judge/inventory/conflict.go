package inventory

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// single are the fields of which one device has one value, so that one source
// that says two of them, about the same address, describes two devices or was
// changed on the way. A source of "" is any.
var single = [...]struct {
	field  plant.Field
	source string
}{
	{plant.FieldSerial, ""},
	{plant.FieldVendorID, "enip.list-identity"},
	{plant.FieldProductCode, "enip.list-identity"},
	{plant.FieldVendorID, "profinet.dcp"},
	{plant.FieldProductCode, "profinet.dcp"},
}

// conflicts adds the claims about asset i that cannot all be true.
func (b *Builder) conflicts(all []plant.Conflict, f *folded, i uint32, p *portrait) []plant.Conflict {
	for _, n := range f.members(i) {
		for _, c := range f.clashes[n] {
			all = append(all, b.addressConflict(c))
		}
	}
	var said [len(single)]bool
	some := false
	for k, s := range single {
		said[k] = len(p.of(plant.NoSlot, s.field)) > 1
		some = some || said[k]
	}
	if !some {
		return all
	}
	for _, r := range f.records.of(i) {
		for k, s := range single {
			if said[k] {
				all = b.fieldConflict(all, r, s.field, s.source)
			}
		}
	}
	return all
}

// addressConflict is one IP that two MACs use.
func (b *Builder) addressConflict(c clash) plant.Conflict {
	mine, theirs := b.endpoints.at(c.mine), b.endpoints.at(c.theirs)
	s := make(sentence, 0, usualSentence)
	s = s.mac(mine.mac).say(" and ").mac(theirs.mac).say(" both use ").ip(mine.addr())
	if mine.last < theirs.first || theirs.last < mine.first {
		s = s.say(", one after the other: the address was given anew, or the device was replaced")
	} else {
		s = s.say(" at the same time: a duplicate address, a pair that shares it, or a forged claim")
	}
	return plant.Conflict{Field: plant.FieldAddress, Facts: []plant.Fact{claimOf(mine), claimOf(theirs)}, Why: s.text()}
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
	s := make(sentence, 0, usualSentence)
	return plant.Fact{
		Field: plant.FieldAddress, Value: s.ip(e.addr()).say(" at ").mac(e.mac).text(), Source: source, Confidence: 0.9,
		Count: e.packets, First: clock(e.first), Last: clock(e.last), Packet: e.packet,
	}
}

// fieldConflict adds the values of a field that one source gave about one
// endpoint, if there are several.
func (b *Builder) fieldConflict(all []plant.Conflict, r uint32, field plant.Field, source string) []plant.Conflict {
	facts := b.saidOf(r, field, source)
	if len(facts) < 2 {
		return all
	}
	slices.SortFunc(facts, func(x, y plant.Fact) int {
		return cmp.Or(strings.Compare(x.Source, y.Source), strings.Compare(x.Value, y.Value))
	})
	for lo := 0; lo < len(facts); {
		hi := lo + 1
		for hi < len(facts) && facts[hi].Source == facts[lo].Source {
			hi++
		}
		if hi-lo > 1 {
			all = append(all, plant.Conflict{Field: field, Facts: slices.Clone(facts[lo:min(hi, lo+maxClashes)]), Why: fmt.Sprintf(
				"%s said %d different values in %s", b.endpoints.at(r).word(), hi-lo, facts[lo].Source)})
		}
		lo = hi
	}
	return all
}

// saidOf is the facts of one field that an endpoint said of itself in one
// source, or in any.
func (b *Builder) saidOf(r uint32, field plant.Field, source string) (facts []plant.Fact) {
	for i := b.endpoints.at(r).facts; i != 0; i = b.facts.at(i - 1).next {
		f := b.facts.at(i - 1)
		if f.slot == plant.NoSlot && plant.Field(b.words.text(f.field)) == field && (source == "" || b.words.text(f.source) == source) {
			facts = append(facts, b.fact(f))
		}
	}
	return facts
}
