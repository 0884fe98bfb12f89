package history

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// seg makes a segment "m0.5": minutes of day 0, hour 5; "h0" and "d0": day 0.
// "m0.5a" is another of the same hour. Each has 100 bytes.
func seg(name string) plant.Segment {
	s := plant.Segment{Site: "north", Kind: plant.SegmentConversations, Path: name, Bytes: 100}
	var day, hour int
	if n, _ := fmt.Sscanf(name[1:], "%d.%d", &day, &hour); n == 2 {
		s.From = monday.Add(time.Duration(24*day+hour) * time.Hour)
		s.To = s.From.Add(time.Hour)
	} else {
		s.From = monday.Add(time.Duration(24*day) * time.Hour)
		s.To = s.From.Add(24 * time.Hour)
	}
	s.Step = map[byte]plant.Step{'m': plant.StepMinute, 'h': plant.StepHour, 'd': plant.StepDay}[name[0]]
	return s
}

func segs(names string) (list []plant.Segment) {
	for n := range strings.FieldsSeq(names) {
		list = append(list, seg(n))
	}
	return list
}

// describe writes a plan as "hour(m0.1 m0.2) -m0.3".
func describe(p Plan) string {
	var parts []string
	for _, t := range p.RollUp {
		var names []string
		for _, s := range t.Segments {
			names = append(names, s.Path)
		}
		slices.Sort(names)
		parts = append(parts, string(t.Step)+"("+strings.Join(names, " ")+")")
	}
	for _, s := range p.Remove {
		parts = append(parts, "-"+s.Path)
	}
	return strings.Join(parts, " ")
}

func TestPlans(t *testing.T) {
	const day = 24 * time.Hour
	keep := Retention{Minute: 7 * day, Hour: 90 * day, Day: 1000 * day}
	with := func(change func(*Retention)) Retention {
		r := keep
		change(&r)
		return r
	}
	bytes := func(n uint64) Retention { return with(func(r *Retention) { r.MaxBytes = n }) }
	cases := []struct {
		name     string
		days     float64 // since monday
		segments string
		keep     Retention
		want     string
	}{
		{"nothing there", 5, "", keep, ""},
		{"all young", 7.9, "m0.0 m0.1 m7.0", keep, ""},
		{"minutes of a day get old", 8, "m0.0 m0.23 m1.0", keep, "hour(m0.0 m0.23)"},
		{"two days at once", 9, "m0.0 m1.0 m1.1", keep, "hour(m0.0) hour(m1.0 m1.1)"},
		{"what came late joins its day", 8, "h0 m0.5", keep, "hour(h0 m0.5)"},
		{"what came very late joins its day's row", 95, "d0 m0.5", keep, "day(d0 m0.5)"},
		{"hours get old", 91, "h0 h1", keep, "day(h0)"},
		{"minutes that nobody rolled up for long", 91, "m0.0 m0.1", keep, "hour(m0.0 m0.1)"},
		{"minutes and hours that are both old", 91, "m0.0 h0", keep, "hour(h0 m0.0)"},
		{"days get old", 1001, "d0 d1", keep, "-d0"},
		{"everything older than all steps", 1001, "m0.0 h0 d0 d1", keep, "-m0.0 -h0 -d0"},
		{"minutes for ever", 400, "m0.0 h1", with(func(r *Retention) { r.Minute = 0 }), "day(h1)"},
		{"minutes for ever stay apart from hours", 400, "m0.0 h0", with(func(r *Retention) { r.Minute = 0 }), ""},
		{"hours for ever", 400, "m0.0 h0", with(func(r *Retention) { r.Hour = 0 }), "hour(h0 m0.0)"},
		{"days for ever", 9999, "d0", with(func(r *Retention) { r.Day = 0 }), ""},
		{"many pieces of an hour", 1, "m0.5a m0.5b m0.5c m0.5d m0.5e m0.5f m0.5g m0.5h m0.5i m0.6", keep, "minute(m0.5a m0.5b m0.5c m0.5d m0.5e m0.5f m0.5g m0.5h m0.5i)"},
		{"pieces of an hour that goes on", 0.25, "m0.5a m0.5b m0.5c m0.5d m0.5e m0.5f m0.5g m0.5h m0.5i", keep, ""},
		{"below the ceiling", 3, "m0.0 m1.0", bytes(200), ""},
		{"above the ceiling, minutes first", 5, "h0 m1.0 m1.1 m2.0 m3.0", bytes(400), "hour(m1.0 m1.1)"},
		{"above the ceiling by more", 5, "m0.0 m1.0 m2.0 m3.0", bytes(150), "hour(m0.0) hour(m1.0) hour(m2.0)"},
		{"the ceiling leaves today alone", 1.5, "h0 m1.0 m1.1", bytes(250), "day(h0)"},
		{"then hours", 5, "h0 h1 d2", bytes(250), "day(h0)"},
		{"then the oldest goes", 5, "d0 d1 m4.23", bytes(250), "-d0"},
		{"of one age the finest goes first", 0.9, "m0.1 h0 m0.2", bytes(150), "-m0.1 -m0.2"},
		{"what age does may be enough", 8, "m0.0 m0.1 m6.0", bytes(250), "hour(m0.0 m0.1)"},
		{"no room to roll up", 5, "m0.0 m0.1 m1.0", with(func(r *Retention) { r.NoRoom, r.MaxBytes = true, 150 }), "-m0.0 -m0.1"},
		{"no room though below the ceiling", 5, "m0.0 m0.1 m1.0", with(func(r *Retention) { r.NoRoom = true }), "-m0.0"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			now := monday.Add(time.Duration(c.days * float64(day)))
			list := segs(c.segments)
			if got := describe(Decide(now, list, c.keep)); got != c.want {
				t.Errorf("plan %q, want %q", got, c.want)
			}
			slices.Reverse(list)
			if got := describe(Decide(now, list, c.keep)); got != c.want {
				t.Errorf("of the same segments backwards, plan %q, want %q", got, c.want)
			}
		})
	}
}

func TestPlansKeepSitesAndKindsApart(t *testing.T) {
	list := segs("m0.0 m0.1 m0.2")
	list[1].Site = "south"
	list[2].Kind = plant.SegmentOperations
	plan := Decide(monday.Add(9*24*time.Hour), list, DefaultRetention())
	if len(plan.RollUp) != 3 {
		t.Errorf("plan %s", describe(plan))
	}
}

// TestAPlantFitsTheCeiling lets a plant run for two months with little room, does what
// the plan says every day, and holds that the plan comes to an end, that the
// ceiling is kept and that no counter is lost while there is something to roll up.
func TestAPlantFitsTheCeiling(t *testing.T) {
	ctx := context.Background()
	a, dir := openTest(t)
	p := newTestPlant(1, 12)
	keep := Retention{Minute: 2 * 24 * time.Hour, Hour: 20 * 24 * time.Hour, Day: 3 * 365 * 24 * time.Hour, MaxBytes: 500_000}
	var segments []plant.Segment
	var packets uint64
	for day := range 60 {
		p.now = day * 24 * 60
		for range 3 {
			made := p.hours(t, a, 1)
			for _, c := range read(t, a, made, Query{}) {
				packets += c.PacketsUp
			}
			segments = append(segments, made...)
		}
		segments = follow(t, a, monday.Add(time.Duration(day+1)*24*time.Hour+settle), segments, keep)
	}
	var bytes, kept uint64
	for _, s := range segments {
		bytes += s.Bytes
	}
	for _, c := range read(t, a, segments, Query{}) {
		kept += c.PacketsUp
	}
	if bytes > keep.MaxBytes || kept != packets {
		t.Errorf("%d bytes, %d packets of %d", bytes, kept, packets)
	}
	if swept, err := a.Sweep(ctx, segments); err != nil || len(swept.Removed)+len(swept.Missing) != 0 {
		t.Errorf("swept %+v, %v", swept, err)
	}
	if n := len(filesBelow(t, dir)); n != len(segments) || n > 70 {
		t.Errorf("%d files of %d segments", n, len(segments))
	}
}

// follow does what plans say until there is nothing to do.
func follow(t *testing.T, a *Archive, now time.Time, segments []plant.Segment, keep Retention) []plant.Segment {
	t.Helper()
	for range 50 {
		plan := Decide(now, segments, keep)
		if plan.Empty() {
			return segments
		}
		gone := slices.Clone(plan.Remove)
		for _, task := range plan.RollUp {
			made, err := a.RollUp(context.Background(), task.Segments, task.Step)
			if err != nil {
				t.Fatal(err)
			}
			segments = append(segments, made...)
			gone = append(gone, task.Segments...)
		}
		segments = slices.DeleteFunc(segments, func(s plant.Segment) bool {
			return slices.ContainsFunc(gone, func(g plant.Segment) bool { return g.Path == s.Path })
		})
		if err := a.Remove(context.Background(), gone); err != nil {
			t.Fatal(err)
		}
	}
	t.Fatal("the plan does not come to an end")
	return nil
}
