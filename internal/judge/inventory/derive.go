package inventory

import (
	"github.com/bulkhead-ot/bulkhead/internal/judge/inventory/fingerprint"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// derive adds what the values mean, and what a product or order number means
// that stands in a longer text.
func (b *Builder) derive(p *portrait) {
	said := len(p.facts)
	for i := 0; i < len(p.facts); i++ {
		f := p.facts[i]
		if i >= said && (f.derived != 1 || f.Field != plant.FieldProduct && f.Field != plant.FieldOrderNumber) {
			continue
		}
		if f.plain {
			continue
		}
		for _, g := range b.meaning(f.Field, f.Value) {
			if g.Field == f.Field && g.Value == f.Value {
				continue // it says nothing new
			}
			d := f
			d.Field, d.Value, d.Source = g.Field, g.Value, g.Source
			d.Confidence, d.rule, d.from = f.Confidence*g.Confidence, g.Rule, f.Value
			d.derived++
			p.facts[i].refined = p.facts[i].refined || g.Field == f.Field
			p.facts = append(p.facts, d)
		}
	}
}

// tells reports whether a fact has a part in judging an asset, and remembers
// what means nothing.
func (b *Builder) tells(x *fact) bool {
	field := b.fields[x.field]
	if field.judged {
		return true
	}
	if !field.read || x.meaning == meansNothing {
		return false
	}
	if x.meaning == 0 {
		x.meaning = meansNothing
		if len(b.meaning(plant.Field(b.words.text(x.field)), b.texts.text(x.value))) > 0 {
			x.meaning = meansSomething
		}
	}
	return x.meaning == meansSomething
}

// What a fact's value means beyond what it says, as far as was looked up.
const (
	meansNothing   = 1
	meansSomething = 2
)

// fieldUse is how judging uses a field.
type fieldUse struct {
	judged bool // as it is said
	read   bool // by fingerprints
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
