package model

import (
	"slices"
	"time"
	_ "time/tzdata" // a small box has no time zones of its own, and a window an hour off stops a line
)

// Occurrence is one time that a window is open, from From to before To.
type Occurrence struct {
	Window   string `json:"window"`
	From, To time.Time
}

// location is the site's time zone; UTC where none is given.
func (m *Model) location() *time.Location {
	if where, err := time.LoadLocation(m.TimeZone); err == nil && m.TimeZone != "" {
		return where
	}
	return time.UTC
}

// For reports whether a window is for a line. "" asks for the whole site.
func (w *Window) For(line string) bool {
	return len(w.Lines) == 0 || line != "" && slices.Contains(w.Lines, line)
}

// WindowAt is the window of a line that is open at a time, the one that stays
// open longest if there are several.
func (m *Model) WindowAt(line string, at time.Time) (Occurrence, bool) {
	where := m.location()
	var best Occurrence
	for i := range m.Windows {
		w := &m.Windows[i]
		if !w.For(line) {
			continue
		}
		if o, ok := w.at(at, where); ok && o.To.After(best.To) {
			best = o
		}
	}
	return best, !best.To.IsZero()
}

// WindowsBetween are a line's windows that are open at some time from from to before
// to, at most limit, the earliest first.
func (m *Model) WindowsBetween(line string, from, to time.Time, limit int) []Occurrence {
	where := m.location()
	var all []Occurrence
	for i := range m.Windows {
		w := &m.Windows[i]
		if !w.For(line) {
			continue
		}
		found := 0
		w.each(from, to, where, func(o Occurrence) bool {
			all = append(all, o)
			found++
			return found < limit
		})
	}
	slices.SortStableFunc(all, func(a, b Occurrence) int { return a.From.Compare(b.From) })
	return all[:min(len(all), limit)]
}

// lookAhead is how far NextWindow looks: windows of once may be a year ahead.
const lookAhead = 400 * 24 * time.Hour

// NextWindow is the first window of a line that opens after a time.
func (m *Model) NextWindow(line string, after time.Time) (Occurrence, bool) {
	for _, o := range m.WindowsBetween(line, after, after.Add(lookAhead), 64) {
		if o.From.After(after) {
			return o, true
		}
	}
	return Occurrence{}, false
}

// at is the occurrence that is open at a time.
func (w *Window) at(t time.Time, where *time.Location) (found Occurrence, ok bool) {
	w.each(t, t.Add(1), where, func(o Occurrence) bool {
		if !o.From.After(t) && o.To.After(t) && o.To.After(found.To) {
			found, ok = o, true
		}
		return true
	})
	return found, ok
}

// each yields the occurrences that are open at some time from from to before
// to, by the day on which they begin.
func (w *Window) each(from, to time.Time, where *time.Location, yield func(Occurrence) bool) {
	first := DateOf(from.In(where)).plus(-2 - int(w.Length.Duration().Hours())/24)
	last := DateOf(to.In(where))
	if !w.Date.IsZero() {
		if w.Date.Before(first) || last.Before(w.Date) {
			return
		}
		first, last = w.Date, w.Date
	}
	for d := first; !last.Before(d); d = d.plus(1) {
		if !w.on(d) {
			continue
		}
		o := w.occurrence(d, where)
		if o.From.Before(o.To) && o.From.Before(to) && o.To.After(from) && !yield(o) {
			return
		}
	}
}

// on reports whether the window opens on a day.
func (w *Window) on(d Date) bool {
	if !w.Date.IsZero() {
		return d == w.Date
	}
	return w.Days.Has(d.weekday()) && (w.Since.IsZero() || !d.Before(w.Since)) && (w.Until.IsZero() || !w.Until.Before(d))
}

// occurrence is the window on one day. An end by the clock is where clocks in
// the plant show that time; a length is as long as it says, also in the night
// in which clocks are changed.
func (w *Window) occurrence(d Date, where *time.Location) Occurrence {
	o := Occurrence{Window: w.ID, From: instant(d, w.From, where, false)}
	if w.Length != 0 {
		o.To = o.From.Add(w.Length.Duration())
	} else {
		o.To = instant(d, w.To, where, true)
	}
	return o
}

// instant is when clocks show a time on a day. Where they show it twice (they
// are put back) it is the later time if late, else the earlier; where they never
// show it (they are put forward) it is the moment of the change.
func instant(d Date, c Clock, where *time.Location, late bool) time.Time {
	minutes := c.Minutes()
	if minutes == 24*60 {
		d, minutes = d.plus(1), 0
	}
	t := time.Date(d.Year, d.Month, d.Day, minutes/60, minutes%60, 0, 0, where)
	begin, end := t.ZoneBounds()
	if t.Hour() != minutes/60 || t.Minute() != minutes%60 {
		if !begin.IsZero() && t.Sub(begin) < 3*time.Hour {
			return begin.In(where)
		}
		return end.In(where)
	}
	_, offset := t.Zone()
	shows := func(other time.Time) bool {
		return other.Hour() == t.Hour() && other.Minute() == t.Minute() && other.After(t) == late && !other.Equal(t)
	}
	if late && !end.IsZero() {
		_, next := end.Zone()
		if other := t.Add(time.Duration(offset-next) * time.Second); shows(other) {
			return other
		}
	}
	if !late && !begin.IsZero() {
		_, before := begin.Add(-1).Zone()
		if other := t.Add(time.Duration(offset-before) * time.Second); shows(other) {
			return other
		}
	}
	return t
}
