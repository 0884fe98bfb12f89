package inventory

import (
	"cmp"
	"math"
	"slices"
	"sort"
	"strings"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// choice is one value of a field and all that speaks for it.
type choice struct {
	value   string
	said    string // squashed, to recognise other spellings
	weight  float64
	best    float64 // the surest single source
	last    int64
	source  string
	from    string // the value that means it
	packet  plant.PacketRef
	sources int
}

// weightOf turns the confidence of one source into a weight that adds up:
// 1-e^-w is the probability that at least one of the sources is right, when
// they fail independently.
func weightOf(confidence float64) float64 { return -math.Log(1 - min(confidence, 0.999)) }

// confidenceOf is the other way round.
func confidenceOf(weight float64) float64 { return 1 - math.Exp(-weight) }

// maxChoices is how many facts of one field are weighed, the surest first:
// enough for any device, and a bound for one that is made up.
const maxChoices = 512

// choices are the values of a field of one slot, the best supported first.
// Sources that say the same add up; one source counts once for a value.
// spell, if not nil, brings spellings together. The next call reuses the list.
func (p *portrait) choices(slot int, field plant.Field, spell func(string) string) []choice {
	all := p.chosen[:0]
	facts := p.of(slot, field)
	if len(facts) == 1 && !facts[0].refined {
		p.chosen = onlyChoice(all, &facts[0], spell)
		return p.chosen
	}
	for i := range facts[:min(len(facts), maxChoices)] {
		if f := &facts[i]; !f.refined {
			all = addChoice(all, f, spell)
		}
	}
	if narrows(field) {
		narrow(all)
	}
	slices.SortFunc(all, func(x, y choice) int {
		return cmp.Or(cmp.Compare(y.weight, x.weight), cmp.Compare(y.best, x.best), cmp.Compare(y.last, x.last),
			strings.Compare(x.value, y.value))
	})
	p.chosen = all
	return all
}

// narrows reports whether a value of a field that another begins with says the
// same less exactly: "Windows" and "Windows 10 22H2".
func narrows(field plant.Field) bool {
	return field == plant.FieldOS || field == plant.FieldProduct || field == plant.FieldFirmware
}

// narrow lets what is said in general speak for what is said more exactly, so
// that the exact one goes before it.
func narrow(all []choice) {
	if len(all) < 2 {
		return
	}
	weights := make([]float64, len(all))
	for i := range all {
		weights[i] = all[i].weight
	}
	for i := range all {
		for j := range all {
			if i != j && begins(all[i].value, all[j].value) {
				all[i].weight += weights[j]
			}
		}
	}
}

// begins reports whether a value is a more general one with more words, or
// more numbers of a version, after it.
func begins(value, general string) bool {
	if len(value) <= len(general) || general == "" || !strings.EqualFold(value[:len(general)], general) {
		return false
	}
	isWord := func(c byte) bool { return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
	return !isWord(value[len(general)]) || !isWord(general[len(general)-1])
}

// of is the facts of one field of one slot, in the order that compareFacts
// gives them.
func (p *portrait) of(slot int, field plant.Field) []slotFact {
	runs := p.runs
	if len(runs) > fewRuns { // a rack; by far the most have one slot
		lo := sort.Search(len(runs), func(i int) bool { return runs[i].slot >= slot })
		hi := lo + sort.Search(len(runs)-lo, func(i int) bool { return runs[lo+i].slot > slot })
		runs = runs[lo:hi]
	}
	for i := range runs {
		if r := &runs[i]; r.slot == slot && r.field == field {
			return p.facts[r.lo:r.hi]
		}
	}
	return nil
}

// fewRuns is how many fields are looked through one by one.
const fewRuns = 32

// ofSlot is all facts of one slot.
func (p *portrait) ofSlot(slot int) []slotFact {
	lo := sort.Search(len(p.facts), func(i int) bool { return p.facts[i].slot >= slot })
	hi := lo
	for hi < len(p.facts) && p.facts[hi].slot == slot {
		hi++
	}
	return p.facts[lo:hi]
}

// onlyChoice is choices of one fact, which needs no comparing.
func onlyChoice(all []choice, f *slotFact, spell func(string) string) []choice {
	value := f.Value
	if spell != nil {
		value = spell(value)
	}
	if !strings.ContainsFunc(value, counts) {
		return all
	}
	return append(all, choice{
		value: value, weight: weightOf(f.Confidence), best: f.Confidence, last: nano(f.Last),
		source: f.Source, from: f.from, packet: f.Packet, sources: 1,
	})
}

func addChoice(all []choice, f *slotFact, spell func(string) string) []choice {
	value := f.Value
	if spell != nil {
		value = spell(value)
	}
	said := squash(value)
	if said == "" {
		return all
	}
	i := slices.IndexFunc(all, func(c choice) bool { return c.said == said })
	if i < 0 {
		i = len(all)
		all = append(all, choice{value: value, said: said})
	}
	c := &all[i]
	c.weight += weightOf(f.Confidence)
	c.last = max(c.last, nano(f.Last))
	c.sources++
	if f.Confidence > c.best || f.Confidence == c.best && (c.source == "" || f.Source < c.source) {
		c.best, c.value, c.source, c.from = f.Confidence, value, f.Source, f.from
		if f.Packet != 0 {
			c.packet = f.Packet
		}
	}
	return all
}

// squash is a value without case, spaces and punctuation.
func squash(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r > 0x7f:
			return r
		}
		return -1
	}, s)
}

// counts reports whether squash keeps a letter, in either case.
func counts(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r > 0x7f
}

// best is the best supported value of a field, "" if there is none.
func (p *portrait) best(slot int, field plant.Field) string {
	if c := p.choices(slot, field, nil); len(c) > 0 {
		return c[0].value
	}
	return ""
}

// usefulSerial reports whether a serial number can tell devices apart: not one
// that a maker left blank.
func usefulSerial(s string) bool {
	s = squash(s)
	if len(s) < 4 {
		return false
	}
	switch s {
	case "88111222", // Conpot's, which simulators and honeypots come with
		"unknown", "none", "default", "serial", "serialnumber", "notset", "tobefilledbyoem", "0123456789", "123456789", "12345678", "1234567890", "00000001", "0x00000001":
		return false
	}
	digits := strings.TrimPrefix(s, "0x")
	return strings.Trim(digits, digits[:1]) != ""
}
