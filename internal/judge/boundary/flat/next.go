package flat

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/record"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

const (
	// halved is how long it takes until a conversation that was seen last counts
	// half: a month holds the jobs of its end.
	halved = 30 * 24 * time.Hour
	// thousand is what a line costs by the hour for a conversation on it to count
	// twice.
	thousand = 1000
	// others is how many things to close come after the first.
	others = 9
)

// use is what was recorded of something that could be closed.
type use struct {
	risk    float64
	blocked int
	lines   map[string]bool
	last    time.Time
}

func (u *use) add(t *record.Talk, line string, perHour float64, now time.Time) {
	age := max(0, now.Sub(t.Last))
	u.risk += (1 + perHour/thousand) * math.Exp2(-age.Hours()/halved.Hours())
	u.blocked++
	if line != "" {
		u.lines[line] = true
	}
	if t.Last.After(u.last) {
		u.last = t.Last
	}
}

// next finds what to close: a pair of zones to enforce as the draft has it, or a
// conduit of what is enforced. First comes what gains most for what it could
// stop.
func (m *measuring) next(f *Flatness, w *ways) {
	if m.in.Draft == nil {
		return
	}
	pairs, conduits := m.uses()
	all := m.enforce(f, w, pairs)
	if m.in.Enforced != nil {
		all = append(all, m.close(f, w, conduits)...)
	}
	slices.SortFunc(all, func(a, b Next) int {
		return cmp.Or(cmp.Compare(b.Gains/(1+b.Risk), a.Gains/(1+a.Risk)), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To), cmp.Compare(a.Conduit, b.Conduit))
	})
	if len(all) == 0 {
		return
	}
	f.Next = &all[0]
	f.Others = all[1:min(len(all), 1+others)]
}

// uses are what was recorded: what enforcing a pair of the draft's zones would
// stop, and what each conduit that is enforced carries.
func (m *measuring) uses() (pairs map[[2]int]*use, conduits map[int]*use) {
	pairs, conduits = map[[2]int]*use{}, map[int]*use{}
	lines := m.lines()
	for i := range m.in.Talks {
		t := &m.in.Talks[i]
		if t.Local() || !t.Answered {
			continue
		}
		line, cost := m.line(t, lines)
		packet := policy.Packet{Src: t.From.IP.Unmap().WithZone(""), Dst: t.To.IP.Unmap().WithZone(""), Proto: t.Proto(), DstPort: t.Port}
		if v := m.draft.Judge(packet); v.Action != policy.Allow && v.Action != policy.Inspect {
			at(pairs, [2]int{v.From, v.To}).add(t, line, cost, m.in.Now)
		}
		if m.enforced == nil {
			continue
		}
		if v := m.enforced.Judge(packet); v.Conduit >= 0 {
			at(conduits, v.Conduit).add(t, line, cost, m.in.Now)
		}
	}
	return pairs, conduits
}

func at[K comparable](of map[K]*use, k K) *use {
	u := of[k]
	if u == nil {
		u = &use{lines: map[string]bool{}}
		of[k] = u
	}
	return u
}

func (m *measuring) lines() map[string]string {
	of := map[string]string{}
	placer := model.NewPlacer(m.plant())
	for i := range m.in.Assets {
		a := &m.in.Assets[i]
		of[a.ID] = placer.Place(&a.Facts).Line
	}
	return of
}

func (m *measuring) plant() *model.Model {
	if m.in.Model == nil {
		return &model.Model{}
	}
	return m.in.Model
}

// line is the dearer of the lines that a conversation touches.
func (m *measuring) line(t *record.Talk, of map[string]string) (line string, perHour float64) {
	for _, id := range []string{of[t.Server], of[t.Client]} {
		if id == "" {
			continue
		}
		if c := m.plant().CostOf(id).PerHour; line == "" || c > perHour {
			line, perHour = id, c
		}
	}
	return line, perHour
}

// enforce are the pairs that are not held as the draft has them.
func (m *measuring) enforce(f *Flatness, now *ways, uses map[[2]int]*use) []Next {
	strict := newWays(m.in.Draft, m.in)
	strict.enforced = true
	gains := map[[2]int]float64{}
	for _, a := range m.classes {
		for _, b := range m.classes {
			if !m.counts(a, b) {
				continue
			}
			if less := a.open(b, now, false) - a.open(b, strict, true); less > 0 {
				gains[[2]int{a.draft, b.draft}] += 100 * float64(m.sources(a, b)) * b.weight * less / m.whole
			}
		}
	}
	var all []Next
	for k, gain := range gains {
		// What stands in no zone can be held only by giving it one.
		if gain < least || k[0] == k[1] {
			continue
		}
		n := Next{From: m.id(k[0]), To: m.id(k[1]), Gains: gain, Number: f.Number - gain}
		m.fill(&n, uses[k])
		n.Says = fmt.Sprintf("Enforce %s → %s: the number goes from %.0f to %.0f, and %s.", m.name(k[0]), m.name(k[1]), f.Number, n.Number, m.stops(&n))
		all = append(all, n)
	}
	return all
}

// least is the gain from which on it is worth saying.
const least = 1e-6

// close are the conduits that are enforced.
func (m *measuring) close(f *Flatness, w *ways, uses map[int]*use) []Next {
	var all []Next
	for i := range m.in.Enforced.Conduits {
		c := &m.in.Enforced.Conduits[i]
		number := m.number(w.but(i), false)
		if f.Number-number < least {
			continue
		}
		n := Next{Conduit: c.ID, From: m.in.Enforced.Zones[c.From].ID, To: m.in.Enforced.Zones[c.To].ID, Gains: f.Number - number, Number: number}
		m.fill(&n, uses[i])
		n.Says = fmt.Sprintf("Close conduit %s: the number goes from %.0f to %.0f, and %s.", c.ID, f.Number, number, m.stops(&n))
		all = append(all, n)
	}
	return all
}

func (m *measuring) fill(n *Next, u *use) {
	if u == nil {
		return
	}
	n.Risk, n.Blocked, n.Last = u.risk, u.blocked, u.last
	for l := range u.lines {
		n.Lines = append(n.Lines, l)
		n.PerHour = max(n.PerHour, m.plant().CostOf(l).PerHour)
	}
	slices.Sort(n.Lines)
}

// stops says what would be stopped.
func (m *measuring) stops(n *Next) string {
	if n.Blocked == 0 {
		return "nothing that was recorded would be stopped"
	}
	text := fmt.Sprintf("%d recorded conversations would be stopped, the last one %s ago", n.Blocked, age(m.in.Now.Sub(n.Last)))
	if n.Blocked == 1 {
		text = fmt.Sprintf("1 recorded conversation would be stopped, which was seen %s ago", age(m.in.Now.Sub(n.Last)))
	}
	if len(n.Lines) > 0 {
		var names []string
		for _, id := range n.Lines {
			names = append(names, m.plant().Line(id).Name)
		}
		text += " on " + strings.Join(names, ", ")
		if n.PerHour > 0 {
			text += fmt.Sprintf(" (%s an hour)", strings.TrimSpace(fmt.Sprintf("%.0f %s", n.PerHour, m.plant().Currency)))
		}
	}
	return text
}

func age(d time.Duration) string {
	switch {
	case d < 2*time.Minute:
		return "a minute"
	case d < 2*time.Hour:
		return fmt.Sprintf("%d minutes", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d hours", int(d.Hours()))
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
}
