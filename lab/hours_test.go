package lab

import (
	"testing"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/wire/capture"
)

// at is a time of the week that begins on Monday, 9 March 2026.
func at(day int, clock string) time.Time {
	c, err := parseClock(clock)
	if err != nil {
		panic(err)
	}
	return monday.AddDate(0, 0, day).Add(c)
}

func TestHoursOpenAndClose(t *testing.T) {
	h, err := parseHours([]string{"mon-fri 08:00-12:00", "mon-fri 12:45-17:00", "sat 08:00-10:00", "sat 10:00-11:00"})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		at     time.Time
		open   bool
		change time.Time
	}{
		"before work":                    {at(0, "03:00"), false, at(0, "08:00")},
		"the first moment":               {at(0, "08:00"), true, at(0, "12:00")},
		"at lunch":                       {at(2, "12:00"), false, at(2, "12:45")},
		"in the afternoon":               {at(4, "16:59"), true, at(4, "17:00")},
		"over night":                     {at(1, "17:00"), false, at(2, "08:00")},
		"spans that touch are one":       {at(5, "08:30"), true, at(5, "11:00")},
		"from Saturday to the next week": {at(5, "11:00"), false, at(7, "08:00")},
		"on Sunday":                      {at(6, "23:59"), false, at(7, "08:00")},
	} {
		if open, change := h.at(c.at); open != c.open || !change.Equal(c.change) {
			t.Errorf("%s: open %v until %v, want %v until %v", name, open, change, c.open, c.change)
		}
	}
}

func TestMomentsComeAgain(t *testing.T) {
	for text, c := range map[string]struct{ at, want time.Time }{
		"sun 22:00":     {at(0, "00:00"), at(6, "22:00")},
		"mon 06:00":     {at(0, "06:00"), at(7, "06:00")}, // it is later than now
		"daily 03:00":   {at(3, "03:30"), at(4, "03:00")},
		"mon-fri 09:30": {at(4, "09:30"), at(7, "09:30")},
		"1st 02:00":     {at(0, "00:00"), time.Date(2026, time.April, 1, 2, 0, 0, 0, time.UTC)},
	} {
		var m moment
		if err := m.UnmarshalText([]byte(text)); err != nil {
			t.Fatal(err)
		}
		if got := m.after(c.at); !got.Equal(c.want) {
			t.Errorf("%s after %v is %v, want %v", text, c.at, got, c.want)
		}
	}
}

func TestWhatIsNoTimeIsRefused(t *testing.T) {
	for _, text := range []string{"", "mon", "mon 08:00", "funday 08:00-09:00", "fri-mon 08:00-09:00", "mon 09:00-08:00", "mon 08:00-25:00", "mon 8-9"} {
		if h, err := parseHours([]string{text}); err == nil {
			t.Errorf("hours %q: %v", text, h)
		}
	}
	for _, text := range []string{"", "sun", "sun 24:01", "31st 02:00", "0st 02:00", "someday 02:00", "sun 22"} {
		if err := new(moment).UnmarshalText([]byte(text)); err == nil {
			t.Errorf("moment %q was taken", text)
		}
	}
}

// TestPeopleGoHome counts the frames of an office computer and of a panel by
// the hour of a working day.
func TestPeopleGoHome(t *testing.T) {
	o := Options{Scenario: "quiet-week", Start: at(1, "00:00"), Time: dayLong, Thin: 60}
	var office, panel [24]int
	walk(t, o, func(f *capture.Frame) {
		hour := time.Unix(0, f.Time).UTC().Hour()
		switch _, ip := sender(f.Data); ip.String() {
		case "10.10.10.51":
			office[hour]++
		case "10.21.1.20":
			panel[hour]++
		}
	})
	if office[3] > 0 || office[20] > 0 || office[10] < 20 || office[12] >= office[11] {
		t.Errorf("an office computer sends %v frames by the hour", office)
	}
	if panel[3] < 20 || panel[10] <= panel[3] {
		t.Errorf("a panel sends %v frames by the hour", panel)
	}
}
