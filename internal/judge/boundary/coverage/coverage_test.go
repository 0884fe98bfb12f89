package coverage

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/record"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
)

const text = `
site: works
time_zone: Europe/Berlin
people: [ { id: a, name: A, side: operations } ]
teams:
  - id: maintenance
    name: Maintenance
    side: operations
    shifts:
      - { name: early, days: [mon-sun], from: "06:00", to: "14:00" }
      - { name: late, days: [mon-sun], from: "14:00", to: "22:00" }
      - { name: night, days: [mon-sun], from: "22:00", to: "06:00" }
  - id: quality
    name: Quality
    side: operations
    shifts: [ { name: day, days: [mon-fri], from: "06:00", to: "14:00" } ]
lines: [ { id: line-1, name: Filling, members: [ { subnet: 10.0.0.0/24 } ] } ]
windows: [ { id: saturday, lines: [line-1], days: [sat], from: "06:00", to: "10:00" } ]
`

func works(t testing.TB) *model.Model {
	t.Helper()
	m, problems := model.Parse(text, time.Time{})
	if m == nil {
		t.Fatal(problems)
	}
	return m
}

var berlin = func() *time.Location {
	where, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err)
	}
	return where
}()

func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, berlin)
	if err != nil {
		panic(err)
	}
	return t
}

func from(a, b string) Interval { return Interval{at(a), at(b)} }

func change(s, line string) Change { return Change{At: at(s), Line: line} }

func TestCoverage(t *testing.T) {
	month := from("2026-10-26 00:00", "2026-11-30 00:00")
	for name, c := range map[string]struct {
		in      Input
		says    string
		missing []string // parts of sentences
	}{
		"nothing": {Input{}, "nothing was watched yet", []string{"Nothing was watched yet"}},
		"a month with a changeover": {
			Input{Watched: []Interval{month}, Changes: []Change{change("2026-11-03 10:00", "line-1")}},
			"21 of 21 shifts of a week, 1 month-end, 1 changeover", nil,
		},
		"a month in which nothing was changed": {
			Input{Watched: []Interval{month}},
			"21 of 21 shifts of a week, 1 month-end, 0 changeovers",
			[]string{"No changeover"},
		},
		"a plant that changes nothing": {
			Input{Watched: []Interval{month}, Steady: true},
			"21 of 21 shifts of a week, 1 month-end, 0 changeovers", nil,
		},
		"a week from Monday to Sunday evening": {
			Input{Watched: []Interval{from("2026-11-23 00:00", "2026-11-29 22:00")}, Changes: []Change{change("2026-11-24 09:00", "line-1")}},
			"20 of 21 shifts of a week: 1 night shift missing, 0 month-ends, 1 changeover",
			[]string{"The night shift of Sunday was not", "No end of a month was watched; the next is from 2026-12-31 to 2027-01-01"},
		},
		"office hours only": {
			Input{Watched: []Interval{
				from("2026-11-23 06:00", "2026-11-23 18:00"), from("2026-11-24 06:00", "2026-11-24 18:00"), from("2026-11-25 06:00", "2026-11-25 18:00"),
				from("2026-11-26 06:00", "2026-11-26 18:00"), from("2026-11-27 06:00", "2026-11-27 18:00"),
			}, Steady: true},
			"5 of 21 shifts of a week: 2 early shifts, 7 late shifts, 7 night shifts missing, 0 month-ends, 0 changeovers",
			[]string{"early shifts of Saturday and Sunday were", "late shifts", "night shifts of Monday, Tuesday, Wednesday, Thursday, Friday, Saturday and Sunday", "No weekend", "No end of a month", "No maintenance window"},
		},
		"a sensor that was started anew": {
			Input{Watched: []Interval{from("2026-10-26 00:00", "2026-11-10 09:00"), from("2026-11-10 09:20", "2026-11-30 00:00")}, Steady: true},
			"21 of 21 shifts of a week, 1 month-end, 0 changeovers", nil,
		},
		"two captures of half a shift": {
			Input{Watched: []Interval{from("2026-11-23 06:00", "2026-11-23 10:00"), from("2026-11-24 06:00", "2026-11-24 10:00")}, Steady: true},
			"0 of 21 shifts of a week: 7 early shifts, 7 late shifts, 7 night shifts missing, 0 month-ends, 0 changeovers",
			[]string{"early", "late", "night", "No weekend", "No end", "No maintenance window"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			c.in.Model, c.in.Now = works(t), at("2026-11-30 06:00")
			got := Measure(&c.in)
			if got.Says != c.says {
				t.Errorf("%q", got.Says)
			}
			if len(got.Missing) != len(c.missing) || got.Enough != (len(c.missing) == 0) {
				t.Fatalf("enough %v, missing %q", got.Enough, got.Missing)
			}
			for i, part := range c.missing {
				if !strings.Contains(got.Missing[i], part) {
					t.Errorf("%q does not say %q", got.Missing[i], part)
				}
			}
		})
	}
}

// TestNightsInWhichClocksChange holds that a night of seven or nine hours is
// one: it counts when those were watched, and not when an hour of it was missed.
func TestNightsInWhichClocksChange(t *testing.T) {
	for name, c := range map[string]struct {
		watched Interval
		seen    int
	}{
		"the short night":              {Interval{at("2026-03-28 22:00"), at("2026-03-28 22:00").Add(7 * time.Hour)}, 1},
		"the short night less an hour": {Interval{at("2026-03-28 22:00"), at("2026-03-28 22:00").Add(6 * time.Hour)}, 0},
		"the long night":               {Interval{at("2026-10-24 22:00"), at("2026-10-24 22:00").Add(9 * time.Hour)}, 1},
		"the long night less an hour":  {Interval{at("2026-10-24 22:00"), at("2026-10-24 22:00").Add(8 * time.Hour)}, 0},
	} {
		got := Measure(&Input{Model: works(t), Watched: []Interval{c.watched}, Now: c.watched.To})
		if got.Shifts != c.seen {
			t.Errorf("%s: %d shifts", name, got.Shifts)
		}
	}
}

func TestWhatElseIsCounted(t *testing.T) {
	in := &Input{
		Model: works(t), Now: at("2026-12-08 06:00"),
		Watched: []Interval{from("2026-11-16 00:00", "2026-11-28 00:00"), from("2026-11-29 00:00", "2026-12-07 00:00")},
		Changes: []Change{
			change("2026-11-17 10:00", "line-1"), change("2026-11-17 11:30", "line-1"), change("2026-11-17 13:00", "line-1"), // one
			change("2026-11-17 11:00", "line-2"), change("2026-11-18 10:00", "line-1"), change("2026-11-28 10:00", "line-1"), // the last was not watched
		},
		Talks: []record.Talk{
			{Days: 4, First: at("2026-11-15 03:00"), Last: at("2026-12-06 03:00")},
			{Days: 22, First: at("2026-11-15 03:00"), Last: at("2026-12-06 03:00")},
			{Days: 1, First: at("2026-11-15 03:00"), Last: at("2026-11-15 03:00")},
		},
	}
	got := Measure(in)
	got.Slots, got.Missing = nil, nil
	want := &Coverage{
		Enough: true, Says: got.Says, Shifts: 21, ShiftsOf: 21, Weeks: 2, Weekends: 2, MonthEnds: 1, Changeovers: 3, ChangeoversByLine: map[string]int{"line-1": 2, "line-2": 1},
		Windows: 2, WeeklyJobs: 1, Watched: 20 * 24 * time.Hour, LongestGap: 24 * time.Hour, From: at("2026-11-16 00:00"), To: at("2026-12-07 00:00"),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestShiftsThatNobodyWroteDown(t *testing.T) {
	got := Measure(&Input{Watched: []Interval{{time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)}}, Now: time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)})
	if !got.Assumed || got.ShiftsOf != 21 || got.Shifts != 21 || got.Enough {
		t.Errorf("%+v", got)
	}
}

func TestOldRecordingsAreNotEnough(t *testing.T) {
	in := &Input{Model: works(t), Watched: []Interval{from("2026-10-26 00:00", "2026-11-30 00:00")}, Steady: true, Now: at("2026-12-09 00:00")}
	if got := Measure(in); got.Enough || !strings.Contains(strings.Join(got.Missing, " "), "9 days old") {
		t.Errorf("%q", got.Missing)
	}
}

// TestMoreWatchingNeverCountsLess adds random intervals.
func TestMoreWatchingNeverCountsLess(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	start := at("2026-09-01 00:00")
	for range 60 {
		var watched []Interval
		var before *Coverage
		for range 12 {
			a := start.Add(time.Duration(r.IntN(120*24)) * time.Hour)
			watched = append(watched, Interval{a, a.Add(time.Duration(1+r.IntN(30*24)) * time.Hour)})
			got := Measure(&Input{Model: works(t), Watched: watched, Steady: true, Now: at("2027-02-01 00:00")})
			if got.Shifts > got.ShiftsOf || got.Watched > got.To.Sub(got.From) {
				t.Fatalf("%+v", got)
			}
			if before != nil && (got.Shifts < before.Shifts || got.Weeks < before.Weeks || got.MonthEnds < before.MonthEnds || got.Weekends < before.Weekends || got.Watched < before.Watched) {
				t.Fatalf("less than before: %+v, %+v", got, before)
			}
			before = got
		}
	}
}
