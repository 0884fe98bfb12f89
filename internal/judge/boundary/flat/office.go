package flat

import (
	"fmt"
	"slices"

	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/verdict"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// Office is how far the office's side reaches the controllers.
type Office struct {
	// Pairs are the ways from machines of the office's side (zones of kind
	// enterprise, vendor, wireless and internet, and no zone) to controllers, Open
	// those on which anything may be asked.
	Pairs, Open int64
	Ways        []string // the open ones, by zones, the most first
}

// maxWays bounds the ways that are named.
const maxWays = 20

// FromOffice counts ways of machines, not weights: one that stands open is too
// many, however little comes by it.
func FromOffice(in *Input) Office {
	m := &measuring{in: in}
	if in.Enforced != nil {
		m.enforced = verdict.New(in.Enforced, in.Now)
	}
	if in.Draft != nil {
		m.draft = verdict.New(in.Draft, in.Now)
	}
	m.classify()
	var out Office
	w := m.ways()
	type way struct {
		text string
		n    int64
	}
	var ways []way
	for _, a := range m.classes {
		if !m.office(a) {
			continue
		}
		for _, b := range m.classes {
			n := int64(m.sources(a, b)) * int64(b.controllers)
			if n <= 0 || !m.counts(a, b) {
				continue
			}
			out.Pairs += n
			if a.open(b, w, false) > 0 {
				out.Open += n
				ways = append(ways, way{fmt.Sprintf("%s → %s: %s to %s", m.name(a.draft), m.name(b.draft), counted(m.sources(a, b), "machine"), counted(b.controllers, "controller")), n})
			}
		}
	}
	slices.SortStableFunc(ways, func(a, b way) int { return int(b.n - a.n) })
	for _, x := range ways[:min(len(ways), maxWays)] {
		out.Ways = append(out.Ways, x.text)
	}
	return out
}

// office reports whether a class stands on the office's side, with one of its
// addresses at least.
func (m *measuring) office(c *class) bool {
	if c.draft == policy.Nowhere || m.in.Draft == nil {
		return true
	}
	for _, f := range c.drafts {
		for _, z := range f {
			switch m.in.Draft.Zones[z].Kind {
			case model.ZoneEnterprise, model.ZoneVendor, model.ZoneWireless, model.ZoneInternet:
				return true
			}
		}
	}
	return false
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
