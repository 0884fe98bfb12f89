package inventory

import (
	"fmt"
	"math/bits"
	"strconv"
	"strings"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// unitSet is the Modbus unit identifiers that an endpoint answered for.
type unitSet [4]uint64

func (s *unitSet) add(n uint8) { s[n>>6] |= 1 << (n & 63) }

func (s *unitSet) len() (n int) {
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

// manyUnits is how many units make a gateway. A device answers for itself with
// unit 1 or 255; some know a second one.
const (
	manyUnits   = 3
	answersMany = 0.6
)

// noteUnit remembers the unit that an accepted Modbus operation was for: a
// gateway answers for the devices on the serial line behind it.
func (b *Builder) noteUnit(server uint32, o *plant.Operation) {
	if o.Verb.Protocol != "modbus" || o.Accepted == 0 {
		return
	}
	text, ok := strings.CutPrefix(o.Object, "unit ")
	if !ok {
		return
	}
	text, _, _ = strings.Cut(text, " ")
	n, err := strconv.ParseUint(text, 10, 8)
	if err != nil {
		return
	}
	if b.units[server] == nil {
		b.units[server] = new(unitSet)
	}
	b.units[server].add(uint8(n))
}

// unitClue is a gateway's.
func (b *Builder) unitClue(clues []clue, f *folded, i uint32) []clue {
	if len(b.units) == 0 {
		return clues
	}
	var all unitSet
	for _, r := range f.records.of(i) {
		if s := b.units[r]; s != nil {
			for k := range all {
				all[k] |= s[k]
			}
		}
	}
	if n := all.len(); n >= manyUnits {
		clues = append(clues, clue{role: plant.RoleGateway, confidence: answersMany, text: fmt.Sprintf("answers for %d Modbus units", n)})
	}
	return clues
}
