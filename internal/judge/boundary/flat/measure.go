package flat

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/record"
	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/verdict"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// weights are what a machine can do to the process, by its role. What is not
// there does nothing by itself and is no target.
var weights = map[plant.Role]float64{
	plant.RoleSafety: 4, plant.RoleController: 2, plant.RoleBuilding: 2, plant.RoleRelay: 2,
	plant.RoleRobot: 1, plant.RoleDrive: 1, plant.RoleRemoteIO: 1, plant.RoleGateway: 1, plant.RoleHMI: 1,
}

// class is assets that stand in the same place for everything that is asked
// here.
type class struct {
	draft   int    // zone of the draft
	zones   [2]set // of what is enforced, by family
	drafts  [2]set // of the draft, by family: one with two addresses may stand in two
	sources int
	targets int
	weight  float64
	// controllers are the targets that run a program.
	controllers int
}

// set is zones, sorted.
type set []int

// measuring is a measurement at work.
type measuring struct {
	in       *Input
	enforced *verdict.Table // nil: nothing is enforced
	draft    *verdict.Table // nil: no zones are drawn
	classes  []*class
	whole    float64 // weight of all ways
}

// Measure measures.
func Measure(in *Input) *Flatness {
	m := &measuring{in: in}
	if in.Enforced != nil {
		m.enforced = verdict.New(in.Enforced, in.Now)
	}
	if in.Draft != nil {
		m.draft = verdict.New(in.Draft, in.Now)
	}
	m.classify()
	for _, a := range m.classes {
		for _, b := range m.classes {
			if m.counts(a, b) {
				m.whole += float64(m.sources(a, b)) * b.weight
			}
		}
	}
	f := &Flatness{Number: -1, Says: "Nothing that was seen could be reached: no controller, drive or panel with an address is known."}
	if m.whole == 0 {
		return f
	}
	w := m.ways()
	f.Terms = m.terms(w)
	f.Number = m.number(w, false)
	m.next(f, w)
	f.Says = m.says(f)
	return f
}

// ways are those of what is enforced, with the ways around it.
func (m *measuring) ways() *ways {
	w := newWays(m.in.Enforced, m.in)
	if m.enforced == nil {
		return w
	}
	for i := range m.in.Around {
		t := &m.in.Around[i]
		w.around[[2]int{zoneOf(m.enforced, t.From), zoneOf(m.enforced, t.To)}] = true
	}
	return w
}

// zoneOf is the zone of an address: the policy says it with any verdict.
func zoneOf(t *verdict.Table, e plant.Endpoint) int {
	ip := e.IP.Unmap().WithZone("")
	if t == nil || !ip.IsValid() {
		return policy.Nowhere
	}
	return t.Judge(policy.Packet{Src: ip, Dst: ip, Proto: policy.TCP}).From
}

// classify puts assets together that stand in the same zones. All peers outside
// count as one: how many of them were seen says nothing of the plant.
func (m *measuring) classify() {
	of := map[string]*class{}
	world := false
	for i := range m.in.Assets {
		a := &m.in.Assets[i]
		if a.Outside() && world {
			continue
		}
		c := m.classOf(a)
		if c == nil {
			continue
		}
		world = world || a.Outside()
		key := fmt.Sprint(c.draft, c.zones, c.drafts)
		if of[key] == nil {
			of[key] = c
			m.classes = append(m.classes, c)
		}
		c = of[key]
		c.sources++
		if w := weights[a.Role]; w > 0 && !a.Outside() {
			c.targets++
			c.weight += w
			if w >= weights[plant.RoleController] {
				c.controllers++
			}
		}
	}
	slices.SortFunc(m.classes, func(a, b *class) int {
		return cmp.Or(cmp.Compare(a.draft, b.draft), cmp.Compare(fmt.Sprint(a.zones, a.drafts), fmt.Sprint(b.zones, b.drafts)))
	})
}

// classOf is the class that an asset would be of; nil if it has no address by
// which it could reach anything.
func (m *measuring) classOf(a *record.Asset) *class {
	c := &class{}
	for _, ip := range a.IPs {
		ip = ip.Unmap().WithZone("")
		if !ip.IsValid() || ip.IsLinkLocalUnicast() || ip.IsMulticast() || ip.IsUnspecified() {
			continue
		}
		f := 0
		if ip.Is6() {
			f = 1
		}
		c.zones[f] = c.zones[f].with(zoneOf(m.enforced, plant.Endpoint{IP: ip}))
		c.drafts[f] = c.drafts[f].with(zoneOf(m.draft, plant.Endpoint{IP: ip}))
	}
	for _, f := range c.drafts {
		for _, z := range f {
			c.draft = max(c.draft, z)
		}
	}
	if len(c.zones[0])+len(c.zones[1]) == 0 {
		return nil
	}
	if a.Kind == plant.KindNetwork && (len(c.drafts[0]) > 1 || len(c.drafts[1]) > 1) {
		return nil // a router carries the ways between its zones and is no end of one
	}
	return c
}

func (s set) with(z int) set {
	if i, there := slices.BinarySearch(s, z); !there {
		return slices.Insert(s, i, z)
	}
	return s
}

// counts reports whether ways from one class to another are ways from outside a
// cell into it. Machines without a zone are outside each other.
func (m *measuring) counts(from, to *class) bool {
	return to.targets > 0 && (from.draft != to.draft || from.draft == policy.Nowhere)
}

// sources are those that a target of a class has: nobody is outside itself.
func (m *measuring) sources(from, to *class) int {
	if from == to {
		return from.sources - 1
	}
	return from.sources
}

// open is how far a machine of one class reaches one of another: by the best of
// its addresses.
func (c *class) open(to *class, w *ways, drafts bool) float64 {
	best := 0.0
	for f := range c.zones {
		from, into := c.zones[f], to.zones[f]
		if drafts {
			from, into = c.drafts[f], to.drafts[f]
		}
		for _, a := range from {
			for _, b := range into {
				best = max(best, w.open(a, b))
			}
		}
	}
	return best
}

// number is the share of the ways that stand open, in percent. drafts says
// whether w is of the draft's zones.
func (m *measuring) number(w *ways, drafts bool) float64 {
	open := 0.0
	for _, a := range m.classes {
		for _, b := range m.classes {
			if m.counts(a, b) {
				open += float64(m.sources(a, b)) * b.weight * a.open(b, w, drafts)
			}
		}
	}
	return 100 * open / m.whole
}

// terms are the parts of the number by pairs of zones, the heaviest first.
func (m *measuring) terms(w *ways) []Term {
	of := map[[2]int]*Term{}
	seen := map[[2]int]map[*class]bool{}
	for _, a := range m.classes {
		for _, b := range m.classes {
			if !m.counts(a, b) {
				continue
			}
			k := [2]int{a.draft, b.draft}
			t := of[k]
			if t == nil {
				t = &Term{From: m.id(a.draft), To: m.id(b.draft), FromName: m.name(a.draft), ToName: m.name(b.draft)}
				of[k], seen[k] = t, map[*class]bool{}
			}
			whole := float64(m.sources(a, b)) * b.weight
			t.Contribution += 100 * whole * a.open(b, w, false) / m.whole
			t.Open += whole // the whole of it, until divided below
			if k[0] == k[1] || !seen[k][a] {
				seen[k][a] = true
				t.Sources += a.sources
			}
		}
	}
	terms := make([]Term, 0, len(of))
	for k, t := range of {
		for _, b := range m.classes {
			if b.draft == k[1] {
				t.Targets += b.targets
				t.Weight += b.weight
			}
		}
		if k[0] == k[1] {
			t.Sources = 0
			for _, a := range m.classes {
				if a.draft == k[0] {
					t.Sources += a.sources
				}
			}
		}
		if t.Open > 0 {
			t.Open = t.Contribution * m.whole / 100 / t.Open
		}
		t.Why = m.why(k, t)
		terms = append(terms, *t)
	}
	slices.SortFunc(terms, func(a, b Term) int {
		return cmp.Or(cmp.Compare(b.Contribution, a.Contribution), cmp.Compare(b.Weight, a.Weight), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	return terms
}

func (m *measuring) id(zone int) string {
	if m.in.Draft == nil {
		return ""
	}
	return m.in.Draft.Zones[zone].ID
}

func (m *measuring) name(zone int) string {
	if zone == policy.Nowhere {
		return "no zone"
	}
	if n := m.in.Draft.Zones[zone].Name; n != "" {
		return n
	}
	return m.id(zone)
}

// why says what makes a term as open as it is.
func (m *measuring) why(k [2]int, t *Term) string {
	switch {
	case m.in.Enforced == nil:
		return "nothing that is known of stops anything between them"
	case t.Open >= 1:
		return "nothing is stopped between them"
	case t.Open == 0:
		return "nothing passes"
	}
	return "some of it passes: what conduits let through, or what is not stopped for some of the machines"
}

// says is the number in a sentence.
func (m *measuring) says(f *Flatness) string {
	targets := 0
	for _, c := range m.classes {
		targets += c.targets
	}
	what := fmt.Sprintf("Of 100 ways from a machine outside a cell to what moves something in it, %.0f stand open", f.Number)
	switch {
	case m.in.Enforced == nil && m.in.Draft == nil:
		return what + ": no zones are drawn, and nothing that is known of stops anything."
	case m.in.Enforced == nil:
		return what + ": nothing that is known of stops anything yet."
	}
	return fmt.Sprintf("%s (%d machines that can be reached; a way with single ports open counts by the ports, one held to reading a quarter of that).", what, targets)
}
