package inventory

import (
	"net/netip"
	"strconv"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// sentence puts a text together with one allocation: there are several for each
// asset. It begins with room on the stack: make(sentence, 0, usualSentence).
type sentence []byte

const usualSentence = 192

func (s sentence) say(text string) sentence { return append(s, text...) }
func (s sentence) mac(m plant.MAC) sentence { return m.AppendTo(s) }
func (s sentence) ip(a netip.Addr) sentence { return a.AppendTo(s) }
func (s sentence) number(n int) sentence    { return strconv.AppendInt(s, int64(n), 10) }
func (s sentence) text() string             { return string(s) }

func (s sentence) peers(n int) sentence {
	if n == 1 {
		return s.say("1 peer")
	}
	return s.number(n).say(" peers")
}

// standingKey names a phrase about where a role stands.
type standingKey struct {
	role  plant.Role
	level float64
	side  plant.Side
}

// stands says that a level is where a role stands.
func (b *Builder) stands(level float64, role plant.Role) string {
	return b.phrase(standingKey{role: role, level: level}, func() string {
		return "level " + strconv.FormatFloat(level, 'g', -1, 64) + " is where " + article(role) + " stands"
	})
}

// belongs says that a role belongs to a side.
func (b *Builder) belongs(role plant.Role, side plant.Side) string {
	return b.phrase(standingKey{role: role, side: side}, func() string { return article(role) + " belongs to " + sideName(side) })
}

// phrase makes what is said of thousands of assets once.
func (b *Builder) phrase(k standingKey, make func() string) string {
	text, ok := b.phrases[k]
	if !ok {
		text = make()
		if len(b.phrases) < maxMeanings {
			b.phrases[k] = text
		}
	}
	return text
}
