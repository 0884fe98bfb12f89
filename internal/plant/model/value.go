package model

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Date is a day of the calendar. The zero value is none.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// IsZero reports whether there is no date.
func (d Date) IsZero() bool { return d == Date{} }

// String is the date as ISO 8601 has it: 2027-01-31; "" for none.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
}

// MarshalText is String.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads a date as String writes it.
func (d *Date) UnmarshalText(b []byte) error {
	t, err := time.Parse(time.DateOnly, string(b))
	if err != nil {
		if parts := strings.Split(string(b), "-"); len(parts) == 3 && len(b) == 10 {
			return errors.New("there is no such day")
		}
		return errors.New("a date is written year-month-day: 2027-01-31")
	}
	if t.Year() < 1990 || t.Year() > 2200 {
		return errors.New("the year must be from 1990 to 2200")
	}
	d.Year, d.Month, d.Day = t.Date()
	return nil
}

// DateOf is the date of a time where it is.
func DateOf(t time.Time) Date {
	var d Date
	d.Year, d.Month, d.Day = t.Date()
	return d
}

// Before reports whether d is an earlier day than e.
func (d Date) Before(e Date) bool { return d.compare(e) < 0 }

func (d Date) compare(e Date) int {
	return slices.Compare([]int{d.Year, int(d.Month), d.Day}, []int{e.Year, int(e.Month), e.Day})
}

// weekday is the day of the week.
func (d Date) weekday() time.Weekday {
	return time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, time.UTC).Weekday()
}

// plus is so many days later.
func (d Date) plus(days int) Date {
	return DateOf(time.Date(d.Year, d.Month, d.Day+days, 12, 0, 0, 0, time.UTC))
}

// Clock is a time of day: minutes after midnight, and 1 more so that the zero
// value is none. "24:00" is the end of the day.
type Clock int

// ClockAt is a time of day.
func ClockAt(hour, minute int) Clock { return Clock(hour*60 + minute + 1) }

// Minutes after midnight; 0 for none.
func (c Clock) Minutes() int { return max(0, int(c)-1) }

// String is the time as "06:00"; "" for none.
func (c Clock) String() string {
	if c == 0 {
		return ""
	}
	return fmt.Sprintf("%02d:%02d", c.Minutes()/60, c.Minutes()%60)
}

// MarshalText is String.
func (c Clock) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads a time as String writes it; "6:00" is read too.
func (c *Clock) UnmarshalText(b []byte) error {
	hour, minute, ok := strings.Cut(string(b), ":")
	h, err := digits(hour, 2)
	m, err2 := digits(minute, 2)
	switch {
	case !ok || err != nil || err2 != nil || len(minute) != 2:
		return errors.New(`a time of day is written in quotes: "06:00"`)
	case h > 24 || m > 59 || h == 24 && m > 0:
		return errors.New(`a time of day is from "00:00" to "24:00"`)
	}
	*c = ClockAt(h, m)
	return nil
}

func digits(s string, most int) (int, error) {
	if s == "" || len(s) > most || strings.Trim(s, "0123456789") != "" {
		return 0, errors.New("no number")
	}
	return strconv.Atoi(s)
}

// Length is how long something lasts; whole minutes.
type Length time.Duration

// Duration is the length as Go has it.
func (l Length) Duration() time.Duration { return time.Duration(l) }

// String is the length as "8h", "90m" or "1h30m"; "" for none.
func (l Length) String() string {
	if l == 0 {
		return ""
	}
	h, m := l.Duration()/time.Hour, l.Duration()%time.Hour/time.Minute
	switch {
	case m == 0:
		return fmt.Sprintf("%dh", h)
	case h == 0:
		return fmt.Sprintf("%dm", m)
	}
	return fmt.Sprintf("%dh%dm", h, m)
}

// MarshalText is String.
func (l Length) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText reads "8h", "90m", "1h30m".
func (l *Length) UnmarshalText(b []byte) error {
	d, err := time.ParseDuration(string(b))
	switch {
	case err != nil:
		return errors.New("a length is written 8h, 90m or 1h30m")
	case d < time.Minute || d%time.Minute != 0 || d > 31*24*time.Hour:
		return errors.New("a length is whole minutes, from 1m to 744h (31 days)")
	}
	*l = Length(d)
	return nil
}

// Days are days of the week: bit 0 is Sunday, as time.Weekday counts.
type Days uint8

var dayNames = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// weekOrder is the order in which people read days.
var weekOrder = []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday}

// Has reports whether a day is among them.
func (d Days) Has(day time.Weekday) bool { return d>>day&1 != 0 }

// list are the days as the document writes them: runs of three and more as a
// range.
func (d Days) list() []string {
	all := []string{}
	for i := 0; i < len(weekOrder); {
		if !d.Has(weekOrder[i]) {
			i++
			continue
		}
		end := i
		for end+1 < len(weekOrder) && d.Has(weekOrder[end+1]) {
			end++
		}
		if end-i < 2 {
			end = i
			all = append(all, dayNames[weekOrder[i]])
		} else {
			all = append(all, dayNames[weekOrder[i]]+"-"+dayNames[weekOrder[end]])
		}
		i = end + 1
	}
	return all
}

// String is the days as "mon-fri, sun".
func (d Days) String() string { return strings.Join(d.list(), ", ") }

// MarshalText is String, so that JSON has one text.
func (d Days) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what String writes.
func (d *Days) UnmarshalText(b []byte) error {
	*d = 0
	for part := range strings.SplitSeq(string(b), ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		one, err := parseDays(part)
		if err != nil {
			return err
		}
		*d |= one
	}
	return nil
}

// parseDays reads "sat", "mon-fri" or "sat-mon".
func parseDays(s string) (Days, error) {
	first, last, isRange := strings.Cut(strings.ToLower(s), "-")
	from := slices.Index(dayNames, strings.TrimSpace(first))
	to := from
	if isRange {
		to = slices.Index(dayNames, strings.TrimSpace(last))
	}
	if from < 0 || to < 0 {
		return 0, fmt.Errorf("%q is no day of the week", s)
	}
	var d Days
	for day := from; ; day = (day + 1) % 7 {
		d |= 1 << day
		if day == to {
			return d, nil
		}
	}
}

// PortRange is ports from First to Last, both included.
type PortRange struct{ First, Last uint16 }

// Ports are ranges of ports; none means any.
type Ports []PortRange

// IsZero reports whether no port is named.
func (p Ports) IsZero() bool { return len(p) == 0 }

// Has reports whether a port is among them; all are if none is named.
func (p Ports) Has(port uint16) bool {
	return len(p) == 0 || slices.ContainsFunc(p, func(r PortRange) bool { return r.First <= port && port <= r.Last })
}

// String is the range as "443" or "8000-8010".
func (r PortRange) String() string {
	if r.First == r.Last {
		return strconv.Itoa(int(r.First))
	}
	return fmt.Sprintf("%d-%d", r.First, r.Last)
}

// String is the ports as "443, 8000-8010".
func (p Ports) String() string {
	all := make([]string, len(p))
	for i, r := range p {
		all[i] = r.String()
	}
	return strings.Join(all, ", ")
}

// MarshalText is String.
func (p Ports) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads what String writes.
func (p *Ports) UnmarshalText(b []byte) error {
	*p = nil
	for part := range strings.SplitSeq(string(b), ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		r, err := parsePorts(part)
		if err != nil {
			return err
		}
		*p = append(*p, r)
	}
	return nil
}

func parsePorts(s string) (PortRange, error) {
	first, last, isRange := strings.Cut(s, "-")
	a, err := strconv.ParseUint(strings.TrimSpace(first), 10, 16)
	b := a
	if isRange && err == nil {
		b, err = strconv.ParseUint(strings.TrimSpace(last), 10, 16)
	}
	switch {
	case err != nil || a == 0:
		return PortRange{}, errors.New("a port is a number from 1 to 65535, or a range such as 8000-8010")
	case b < a:
		return PortRange{}, errors.New("the range ends before it begins")
	}
	return PortRange{uint16(a), uint16(b)}, nil
}
