package lab

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The plant's clocks show UTC: a plant that exists nowhere needs no zone.

const (
	dayLong  = 24 * time.Hour
	weekLong = 7 * dayLong
)

var days = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

var errHours = errors.New(`hours are like "mon-fri 08:00-12:00", moments like "sun 22:00", "daily 03:00" or "1st 02:00"`)

// span is a stretch of each week, counted from Monday midnight.
type span struct{ from, to time.Duration }

// hours are the times of a week at which something goes on, as data files say
// it: "mon-fri 08:00-12:00".
type hours []span

// parseHours reads them. Spans that touch are one.
func parseHours(texts []string) (hours, error) {
	var h hours
	for _, t := range texts {
		when, clock, ok := strings.Cut(t, " ")
		from, to, ok2 := strings.Cut(clock, "-")
		first, last, err := parseDays(when)
		a, err2 := parseClock(from)
		b, err3 := parseClock(to)
		if !ok || !ok2 || err != nil || err2 != nil || err3 != nil || b <= a {
			return nil, fmt.Errorf("%q: %w", t, errHours)
		}
		for d := first; d <= last; d++ {
			h = append(h, span{time.Duration(d)*dayLong + a, time.Duration(d)*dayLong + b})
		}
	}
	slices.SortFunc(h, func(a, b span) int { return int(a.from - b.from) })
	var joined hours
	for _, s := range h {
		if n := len(joined); n > 0 && s.from <= joined[n-1].to {
			joined[n-1].to = max(joined[n-1].to, s.to)
		} else {
			joined = append(joined, s)
		}
	}
	return joined, nil
}

// at tells whether the hours are open at a time, and when that changes next.
func (h hours) at(t time.Time) (open bool, change time.Time) {
	monday, in := week(t)
	for _, s := range h {
		switch {
		case in < s.from:
			return false, monday.Add(s.from)
		case in < s.to:
			return true, monday.Add(s.to)
		}
	}
	return false, monday.Add(weekLong + h[0].from)
}

// week is the Monday before a time and how long ago it was.
func week(t time.Time) (monday time.Time, in time.Duration) {
	day := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
	monday = day.AddDate(0, 0, -(int(t.Weekday())+6)%7)
	return monday, t.Sub(monday)
}

// moment is a time that comes again: each week on some days, or each month.
type moment struct {
	first, last int // days of the week, 0 is Monday
	month       int // or the day of each month
	clock       time.Duration
}

// UnmarshalText reads "sun 22:00", "mon-fri 09:30", "daily 03:00", "1st 02:00".
func (m *moment) UnmarshalText(b []byte) error {
	when, clock, ok := strings.Cut(string(b), " ")
	at, err := parseClock(clock)
	if !ok || err != nil {
		return fmt.Errorf("%q: %w", b, errHours)
	}
	m.clock = at
	if day, ordinal := strings.CutSuffix(when, "st"); ordinal {
		if m.month, err = strconv.Atoi(day); m.month < 1 || m.month > 28 {
			err = errHours // a day that not every month has
		}
	} else {
		m.first, m.last, err = parseDays(when)
	}
	if err != nil {
		return fmt.Errorf("%q: %w", b, errHours)
	}
	return nil
}

// after is the first such moment after a time.
func (m *moment) after(t time.Time) time.Time {
	day := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
	for ; ; day = day.AddDate(0, 0, 1) {
		weekday := (int(day.Weekday()) + 6) % 7
		due := m.month == day.Day() || m.month == 0 && weekday >= m.first && weekday <= m.last
		if at := day.Add(m.clock); due && at.After(t) {
			return at
		}
	}
}

func parseDays(s string) (first, last int, err error) {
	if s == "daily" {
		return 0, 6, nil
	}
	from, to, ranged := strings.Cut(s, "-")
	if !ranged {
		to = from
	}
	first, last = slices.Index(days, from), slices.Index(days, to)
	if first < 0 || last < first {
		return 0, 0, errHours
	}
	return first, last, nil
}

func parseClock(s string) (time.Duration, error) {
	hour, minute, ok := strings.Cut(s, ":")
	h, err := strconv.Atoi(hour)
	m, err2 := strconv.Atoi(minute)
	if !ok || err != nil || err2 != nil || h < 0 || m < 0 || m > 59 || h*60+m > 24*60 {
		return 0, errHours
	}
	return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute, nil
}
