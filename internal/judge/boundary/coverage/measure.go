package coverage

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
)

// measuring is a measurement at work.
type measuring struct {
	in      *Input
	model   *model.Model
	where   *time.Location
	watched []Interval
	out     Coverage
}

// Measure counts.
func Measure(in *Input) *Coverage {
	m := &measuring{in: in, model: in.Model, watched: merged(in.Watched)}
	if m.model == nil {
		m.model = &model.Model{}
	}
	m.where = m.model.Begins(model.DateOf(in.Now)).Location()
	m.span()
	m.shifts()
	m.calendar()
	m.changes()
	m.windows()
	m.weekly()
	m.judge()
	return &m.out
}

// span is from when to when was watched, and the longest gap within.
func (m *measuring) span() {
	for i, x := range m.watched {
		m.out.Watched += x.To.Sub(x.From)
		if i > 0 {
			m.out.LongestGap = max(m.out.LongestGap, x.From.Sub(m.watched[i-1].To))
		}
	}
	if n := len(m.watched); n > 0 {
		m.out.From, m.out.To = m.watched[0].From, m.watched[n-1].To
	}
}

// at is when clocks at the site show a time on a day. A night in which they are
// changed is an hour shorter or longer.
func (m *measuring) at(d model.Date, minutes int) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, minutes, 0, 0, m.where)
}

// days are those from the first to the last that was watched, and the day
// before: a night shift begins on it.
func (m *measuring) days(yield func(model.Date, time.Weekday)) {
	if len(m.watched) == 0 {
		return
	}
	first, last := m.out.From.In(m.where), m.out.To.In(m.where)
	for n := -1; n <= maxDays; n++ {
		noon := time.Date(first.Year(), first.Month(), first.Day()+n, 12, 0, 0, 0, m.where)
		if noon.Add(-12 * time.Hour).After(last) {
			return
		}
		yield(model.DateOf(noon), noon.Weekday())
	}
}

// maxDays bounds what is walked: thirteen months are kept, captures may be older.
const maxDays = 4000

// assumed are the shifts of a plant that wrote down none.
var assumed = []model.Shift{
	{Name: "early", Days: 0x7f, From: model.ClockAt(6, 0), To: model.ClockAt(14, 0)},
	{Name: "late", Days: 0x7f, From: model.ClockAt(14, 0), To: model.ClockAt(22, 0)},
	{Name: "night", Days: 0x7f, From: model.ClockAt(22, 0), To: model.ClockAt(6, 0)},
}

// week is the order in which people read days.
var week = []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday}

// shifts counts each shift of a week. Teams that work at the same time share
// one.
func (m *measuring) shifts() {
	type times struct {
		day      time.Weekday
		from, to model.Clock
	}
	known := map[times]bool{}
	add := func(team string, s *model.Shift) {
		for _, day := range week {
			k := times{day, s.From, s.To}
			if s.Days.Has(day) && !known[k] {
				known[k] = true
				m.out.Slots = append(m.out.Slots, Slot{Team: team, Shift: s.Name, Day: day, From: s.From, To: s.To})
			}
		}
	}
	for i := range m.model.Teams {
		t := &m.model.Teams[i]
		for k := range t.Shifts {
			add(t.ID, &t.Shifts[k])
		}
	}
	if len(m.out.Slots) == 0 {
		m.out.Assumed = true
		for i := range assumed {
			add("", &assumed[i])
		}
	}
	for i := range m.out.Slots {
		m.slot(&m.out.Slots[i])
	}
	m.out.ShiftsOf = len(m.out.Slots)
	slices.SortStableFunc(m.out.Slots, func(a, b Slot) int {
		return cmp.Or(cmp.Compare(slices.Index(week, a.Day), slices.Index(week, b.Day)), cmp.Compare(a.From, b.From))
	})
}

func (m *measuring) slot(s *Slot) {
	m.days(func(d model.Date, day time.Weekday) {
		if day != s.Day {
			return
		}
		to := s.To.Minutes()
		if s.To <= s.From {
			to += 24 * 60
		}
		x := Interval{m.at(d, s.From.Minutes()), m.at(d, to)}
		if !x.From.Before(m.out.To) || !x.To.After(m.out.From) {
			return
		}
		s.Passed++
		if covered(x, m.watched) {
			s.Seen++
		}
	})
	if s.Seen > 0 {
		m.out.Shifts++
	}
}

// calendar counts whole weeks, weekends and ends of months.
func (m *measuring) calendar() {
	m.days(func(d model.Date, day time.Weekday) {
		switch day {
		case time.Monday:
			if covered(Interval{m.at(d, 0), m.at(d, 7*24*60)}, m.watched) {
				m.out.Weeks++
			}
		case time.Saturday:
			if covered(Interval{m.at(d, 0), m.at(d, 2*24*60)}, m.watched) {
				m.out.Weekends++
			}
		}
		last, first := ends(d)
		if d == last && m.worked(last) && m.worked(first) {
			m.out.MonthEnds++
		}
	})
}

// ends are the last working day of a day's month and the first of the next. A
// plant's own holidays are not known here.
func ends(d model.Date) (last, first model.Date) {
	next := time.Date(d.Year, d.Month+1, 1, 12, 0, 0, 0, time.UTC)
	free := func(t time.Time) bool { return t.Weekday() == time.Saturday || t.Weekday() == time.Sunday }
	a, b := next.AddDate(0, 0, -1), next
	for free(a) {
		a = a.AddDate(0, 0, -1)
	}
	for free(b) {
		b = b.AddDate(0, 0, 1)
	}
	return model.DateOf(a), model.DateOf(b)
}

// worked reports whether the working hours of a day were watched, in which
// somebody closes a month.
func (m *measuring) worked(d model.Date) bool {
	return covered(Interval{m.at(d, 7*60), m.at(d, 19*60)}, m.watched)
}

// oneChange is how far signs of a changeover may lie apart.
const oneChange = 2 * time.Hour

// changes counts changeovers: signs of one line that follow each other closely
// are of one.
func (m *measuring) changes() {
	all := slices.Clone(m.in.Changes)
	slices.SortStableFunc(all, func(a, b Change) int { return cmp.Or(cmp.Compare(a.Line, b.Line), a.At.Compare(b.At)) })
	m.out.ChangeoversByLine = map[string]int{}
	var last Change
	for _, c := range all {
		if !m.saw(c.At) {
			continue
		}
		if m.out.Changeovers == 0 || c.Line != last.Line || c.At.Sub(last.At) > oneChange {
			m.out.Changeovers++
			m.out.ChangeoversByLine[c.Line]++
		}
		last = c
	}
}

func (m *measuring) saw(t time.Time) bool {
	return slices.ContainsFunc(m.watched, func(x Interval) bool { return !t.Before(x.From) && !t.After(x.To) })
}

// windows counts maintenance windows that were watched.
func (m *measuring) windows() {
	if len(m.watched) == 0 {
		return
	}
	lines := []string{""}
	for i := range m.model.Lines {
		lines = append(lines, m.model.Lines[i].ID)
	}
	seen := map[string]bool{}
	for _, l := range lines {
		for _, o := range m.model.WindowsBetween(l, m.out.From, m.out.To, maxDays) {
			k := o.Window + " " + o.From.UTC().String()
			if !seen[k] && covered(Interval{o.From, o.To}, m.watched) {
				m.out.Windows++
			}
			seen[k] = true
		}
	}
}

// weekly counts conversations that come once a week: what comes on so many days
// that about seven lie between.
func (m *measuring) weekly() {
	for i := range m.in.Talks {
		t := &m.in.Talks[i]
		if t.Days < 2 {
			continue
		}
		between := t.Last.Sub(t.First).Hours() / 24 / float64(t.Days-1)
		if between > 6 && between < 8 {
			m.out.WeeklyJobs++
		}
	}
}

// old is from when on what was watched says nothing of today.
const old = 7 * 24 * time.Hour

// judge says whether it is enough and what is missing.
func (m *measuring) judge() {
	o := &m.out
	miss := func(format string, a ...any) { o.Missing = append(o.Missing, fmt.Sprintf(format, a...)) }
	if len(m.watched) == 0 {
		miss("Nothing was watched yet.")
		o.Says = "nothing was watched yet"
		return
	}
	missing := m.missed()
	for _, x := range missing {
		miss("The %s %s of %s %s not watched: what runs only then is not known and would be stopped.", x.shift, either(len(x.days), "shift", "shifts"), list(x.days), either(len(x.days), "was", "were"))
	}
	if o.Weekends == 0 {
		miss("No weekend was watched: its jobs are not known.")
	}
	if o.MonthEnds == 0 {
		last, first := m.coming()
		miss("No end of a month was watched; the next is from %s to %s.", last, first)
	}
	switch {
	case o.Changeovers == 0 && !m.in.Steady:
		miss("No changeover was seen: no change of a program, mode or recipe, and no polling that paused. If this plant makes none, somebody has to say so.")
	}
	if len(m.model.Windows) > 0 && o.Windows == 0 {
		miss("No maintenance window was watched: what only maintenance does is not known.")
	}
	if age := m.in.Now.Sub(o.To); age > old {
		miss("The newest packet is %d days old: what has changed since is not known.", int(age.Hours()/24))
	}
	o.Enough = len(o.Missing) == 0
	o.Says = m.says(missing)
}

// lack is a shift that was not watched on some days of the week.
type lack struct {
	shift string
	from  model.Clock
	days  []string
}

func (m *measuring) missed() []lack {
	var all []lack
	for i := range m.out.Slots {
		s := &m.out.Slots[i]
		if s.Seen > 0 {
			continue
		}
		k := slices.IndexFunc(all, func(x lack) bool { return x.shift == s.Shift })
		if k < 0 {
			k = len(all)
			all = append(all, lack{shift: s.Shift, from: s.From})
		}
		all[k].days = append(all[k].days, s.Day.String())
	}
	slices.SortStableFunc(all, func(a, b lack) int { return cmp.Compare(a.from, b.from) })
	return all
}

// coming are the days of the next end of a month that can be watched whole.
func (m *measuring) coming() (last, first model.Date) {
	now := m.in.Now.In(m.where)
	last, first = ends(model.DateOf(now))
	if !model.DateOf(now).Before(last) {
		last, first = ends(model.DateOf(time.Date(now.Year(), now.Month()+1, 1, 12, 0, 0, 0, m.where)))
	}
	return last, first
}

func (m *measuring) says(missing []lack) string {
	o := &m.out
	var lacks []string
	for _, x := range missing {
		lacks = append(lacks, counted(len(x.days), x.shift+" shift"))
	}
	text := fmt.Sprintf("%d of %d shifts of a week", o.Shifts, o.ShiftsOf)
	if len(lacks) > 0 {
		text += ": " + strings.Join(lacks, ", ") + " missing"
	}
	return text + ", " + counted(o.MonthEnds, "month-end") + ", " + counted(o.Changeovers, "changeover")
}

func counted(n int, what string) string { return fmt.Sprintf("%d %s", n, either(n, what, what+"s")) }

func either(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

func list(words []string) string {
	if n := len(words); n > 1 {
		return strings.Join(words[:n-1], ", ") + " and " + words[n-1]
	}
	return strings.Join(words, "")
}
