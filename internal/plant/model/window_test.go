package model

import (
	"testing"
	"time"
)

// TestWindowsOverChangesOfTheClock opens windows in the nights in which clocks
// are changed, in three time zones.
func TestWindowsOverChangesOfTheClock(t *testing.T) {
	utc := func(s string) time.Time {
		at, err := time.Parse("2006-01-02 15:04", s)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	for _, c := range []struct {
		name, zone, window string
		from, to           string // UTC
	}{
		{"Berlin, an ordinary Sunday", "Europe/Berlin", `days: [sun], from: "01:00", to: "05:00"`, "2026-03-22 00:00", "2026-03-22 04:00"},
		{"Berlin, forward: an hour less", "Europe/Berlin", `date: 2026-03-29, from: "01:00", to: "05:00"`, "2026-03-29 00:00", "2026-03-29 03:00"},
		{"Berlin, forward: it begins at a time that is not", "Europe/Berlin", `date: 2026-03-29, from: "02:30", to: "05:00"`, "2026-03-29 01:00", "2026-03-29 03:00"},
		{"Berlin, forward: a length stays", "Europe/Berlin", `date: 2026-03-28, from: "22:00", length: 8h`, "2026-03-28 21:00", "2026-03-29 05:00"},
		{"Berlin, back: an hour more", "Europe/Berlin", `date: 2026-10-25, from: "01:00", to: "05:00"`, "2026-10-24 23:00", "2026-10-25 04:00"},
		{"Berlin, back: the hour that comes twice", "Europe/Berlin", `date: 2026-10-25, from: "02:00", to: "02:30"`, "2026-10-25 00:00", "2026-10-25 01:30"},
		{"Chicago, forward", "America/Chicago", `date: 2026-03-08, from: "01:30", to: "03:30"`, "2026-03-08 07:30", "2026-03-08 08:30"},
		{"Chicago, back", "America/Chicago", `date: 2026-11-01, from: "01:00", to: "02:00"`, "2026-11-01 06:00", "2026-11-01 08:00"},
		{"Lord Howe, half an hour back", "Australia/Lord_Howe", `date: 2026-04-05, from: "01:00", to: "03:00"`, "2026-04-04 14:00", "2026-04-04 16:30"},
		{"to the end of the day", "Asia/Tokyo", `date: 2026-06-01, from: "22:00", to: "24:00"`, "2026-06-01 13:00", "2026-06-01 15:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := parsed(t, "site: a\ntime_zone: "+c.zone+"\nwindows: [ { id: w, "+c.window+" } ]\n")
			from, to := utc(c.from), utc(c.to)
			all := m.WindowsBetween("", from, to, 10)
			if len(all) != 1 || !all[0].From.Equal(from) || !all[0].To.Equal(to) {
				t.Fatalf("%v, want %s to %s", all, from, to)
			}
			for _, at := range []struct {
				when time.Time
				open bool
			}{{from.Add(-1), false}, {from, true}, {to.Add(-1), true}, {to, false}} {
				if _, open := m.WindowAt("", at.when); open != at.open {
					t.Errorf("at %s it is open: %v", at.when, open)
				}
			}
		})
	}
}

func TestWindowsOfALine(t *testing.T) {
	m := parsed(t, example(t))
	berlin := m.location()
	saturday := time.Date(2026, 11, 28, 7, 0, 0, 0, berlin)
	if o, ok := m.WindowAt("line-2", saturday); !ok || o.Window != "saturday" {
		t.Errorf("%+v %v", o, ok)
	}
	if o, ok := m.WindowAt("line-3", saturday); ok {
		t.Errorf("line 3: %+v", o)
	}
	if o, ok := m.WindowAt("line-3", time.Date(2026, 12, 3, 3, 0, 0, 0, berlin)); !ok || o.Window != "night" {
		t.Errorf("past midnight: %+v %v", o, ok)
	}
	if o, ok := m.NextWindow("line-2", saturday); !ok || o.Window != "night" || !o.From.Equal(time.Date(2026, 11, 30, 22, 0, 0, 0, berlin)) {
		t.Errorf("next: %+v %v", o, ok)
	}
	if o, ok := m.NextWindow("line-3", time.Date(2027, 4, 1, 0, 0, 0, 0, berlin)); ok {
		t.Errorf("after until: %+v", o)
	}
	if got := m.OnShift("maintenance", time.Date(2026, 11, 27, 23, 0, 0, 0, berlin)); len(got) != 1 || got[0] != "carla" {
		t.Errorf("on shift at night: %v", got)
	}
	if got := m.OnShift("maintenance", time.Date(2026, 11, 28, 5, 0, 0, 0, berlin)); len(got) != 1 || got[0] != "carla" {
		t.Errorf("on shift past midnight: %v", got)
	}
}
