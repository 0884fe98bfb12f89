package sim_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/bulkhead-ot/bulkhead/lab/sim"
)

// run simulates a minute and returns what was emitted, each with its second.
func run(t *testing.T, seed uint64, activities map[string]sim.Activity) []string {
	t.Helper()
	var got []string
	s := sim.New(seed, time.Minute)
	defer s.Close()
	for _, name := range []string{"a", "b", "c"} {
		if activities[name] != nil {
			s.Go(name, 0, activities[name])
		}
	}
	for at, frame, more := s.Next(); more; at, frame, more = s.Next() {
		got = append(got, fmt.Sprintf("%s at %v", frame, at.Round(time.Second)))
	}
	return got
}

func say(what string, times ...time.Duration) sim.Activity {
	return func(p *sim.Proc) {
		for _, at := range times {
			p.Wait(at - p.Now())
			p.Emit([]byte(what))
		}
	}
}

func TestActivitiesTakeTurnsByTime(t *testing.T) {
	got := run(t, 1, map[string]sim.Activity{
		"a": say("a", 1*time.Second, 5*time.Second),
		"b": say("b", 2*time.Second, 5*time.Second),
		"c": say("c", 4*time.Second),
	})
	want := []string{"a at 1s", "b at 2s", "c at 4s", "a at 5s", "b at 5s"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestAlarmsHappenDuringWaits(t *testing.T) {
	got := run(t, 1, map[string]sim.Activity{"a": func(p *sim.Proc) {
		taken := &sim.Alarm{Do: func() { p.Emit([]byte("taken back")) }}
		p.Set(&sim.Alarm{Do: func() { p.Emit([]byte("late")) }}, 3*time.Second)
		p.Set(&sim.Alarm{Do: func() { p.Emit([]byte("early")) }}, time.Second)
		p.Set(&sim.Alarm{Do: func() { p.Emit([]byte("never")) }}, time.Hour)
		p.Set(taken, 2*time.Second)
		p.Clear(taken)
		p.Wait(10 * time.Second)
		p.Emit([]byte("end"))
	}})
	if want := []string{"early at 1s", "late at 3s", "end at 10s"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestEveryEndsWithTheTime(t *testing.T) {
	got := run(t, 1, map[string]sim.Activity{"a": func(p *sim.Proc) {
		for p.Every(10 * time.Second) {
			p.Emit([]byte("tick"))
		}
		p.Emit([]byte("too late"))
	}})
	if len(got) < 5 || len(got) > 6 || slices.ContainsFunc(got, func(s string) bool { return s[0] != 't' || s[1] != 'i' }) {
		t.Errorf("got %v", got)
	}
}

func TestChanceComesFromSeedAndName(t *testing.T) {
	dice := func(p *sim.Proc) {
		p.Wait(time.Second)
		p.Emit(fmt.Appendf(nil, "%x", p.Bytes(4)))
	}
	alone := run(t, 1, map[string]sim.Activity{"b": dice})
	together := run(t, 1, map[string]sim.Activity{"a": dice, "b": dice})
	if !slices.Contains(together, alone[0]) {
		t.Errorf("another activity changed the chance of b: %v, %v", alone, together)
	}
	if other := run(t, 2, map[string]sim.Activity{"b": dice}); other[0] == alone[0] {
		t.Error("another seed gave the same chance")
	}
}

// TestClosingEndsWhatRuns closes in the middle: an activity that goes on for
// ever must end, and what it says on its way out must not come.
func TestClosingEndsWhatRuns(t *testing.T) {
	ended := 0
	s := sim.New(1, time.Hour)
	for _, name := range []string{"a", "b"} {
		s.Go(name, 0, func(p *sim.Proc) {
			for p.Every(time.Second) {
				p.Emit([]byte(name))
			}
			ended++
		})
	}
	for range 10 {
		if _, _, more := s.Next(); !more {
			t.Fatal("it ended by itself")
		}
	}
	s.Close()
	if _, frame, more := s.Next(); ended != 2 || more {
		t.Errorf("%d of 2 ended, and %q came", ended, frame)
	}
}

// TestManyActivitiesStayInOrder holds the queue against sorting.
func TestManyActivitiesStayInOrder(t *testing.T) {
	s := sim.New(3, time.Minute)
	defer s.Close()
	for i := range 300 {
		s.Go(fmt.Sprint(i), time.Duration(i%7)*time.Second, func(p *sim.Proc) {
			for p.Every(time.Duration(1+p.Rand.IntN(2000)) * time.Millisecond) {
				p.Emit([]byte{1})
			}
		})
	}
	last, n := time.Duration(0), 0
	for at, _, more := s.Next(); more; at, _, more = s.Next() {
		if at < last {
			t.Fatalf("%v after %v", at, last)
		}
		last = at
		n++
	}
	if n < 10_000 {
		t.Errorf("%d frames", n)
	}
}
