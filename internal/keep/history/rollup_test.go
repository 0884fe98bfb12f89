package history

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// whole is the sum of all rows, with what each step may change left out.
func whole(t testing.TB, a *Archive, segments []plant.Segment) Totals {
	t.Helper()
	var sum Totals
	rows := read(t, a, segments, Query{})
	for i := range rows {
		sum.sum(&rows[i])
	}
	sum.Rows = 0
	return sum
}

// TestNoRollUpChangesASum rolls up random pieces of a plant's days in random
// order and holds that every counter, and the first and last time, stay.
func TestNoRollUpChangesASum(t *testing.T) {
	for seed := range uint64(4) {
		r := rand.New(rand.NewPCG(seed, 1))
		a, _ := openTest(t)
		ctx := context.Background()
		p := newTestPlant(seed, 20+r.IntN(60))
		p.now = 60 * r.IntN(20) // over midnight, or not
		segments := p.hours(t, a, 6)
		late := newTestPlant(seed+100, 10)
		late.now = segmentsStart(segments)
		segments = append(segments, late.hours(t, a, 2)...)
		want := whole(t, a, segments)
		for _, step := range []plant.Step{plant.StepMinute, plant.StepHour, plant.StepDay} {
			r.Shuffle(len(segments), func(i, j int) { segments[i], segments[j] = segments[j], segments[i] })
			k := r.IntN(len(segments)) // some first, then all
			some, err := a.RollUp(ctx, segments[:k], step)
			if err != nil {
				t.Fatal(err)
			}
			made, err := a.RollUp(ctx, append(some, segments[k:]...), step)
			if err != nil {
				t.Fatal(err)
			}
			if d := gocmp.Diff(want, whole(t, a, made)); d != "" {
				t.Errorf("seed %d, %s (-before +after):\n%s", seed, step, d)
			}
			for _, s := range made {
				if s.Step != step {
					t.Errorf("rolled up to %s, want %s", s.Step, step)
				}
				if err := a.Verify(ctx, s); err != nil {
					t.Error(err)
				}
			}
			segments = made
		}
		if n := len(segments); n > 2 {
			t.Errorf("two days at most became %d segments", n)
		}
	}
}

func segmentsStart(list []plant.Segment) int { return int(list[0].From.Sub(monday) / time.Minute) }

func TestRollUpIsTheSameWhateverTheOrder(t *testing.T) {
	a, _ := openTest(t)
	segments := newTestPlant(5, 60).hours(t, a, 5)
	one, err := a.RollUp(context.Background(), segments, plant.StepHour)
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(segments)
	two, err := a.RollUp(context.Background(), segments, plant.StepHour)
	if err != nil {
		t.Fatal(err)
	}
	if d := gocmp.Diff(one, two); d != "" {
		t.Errorf("(-forwards +backwards):\n%s", d)
	}
	if one[0].Rows*20 > 5*60*60*60/20 {
		t.Errorf("an hour of 60 conversations has %d rows", one[0].Rows/5)
	}
}

func TestOperationsRollUp(t *testing.T) {
	a, _ := openTest(t)
	ctx := context.Background()
	rows := operations(10, 120)
	var segments []plant.Segment
	for h := range 2 {
		s, err := a.WriteOperations(ctx, hour(h), rowsOf(rows[600*h:600*(h+1)]))
		if err != nil {
			t.Fatal(err)
		}
		segments = append(segments, s)
	}
	made, err := a.RollUp(ctx, segments, plant.StepDay)
	if err != nil || len(made) != 1 || made[0].Rows != 10 {
		t.Fatalf("%+v, %v", made, err)
	}
	want := map[string]Operation{}
	for _, o := range rows {
		w, seen := want[o.Object]
		if !seen {
			w = o
			w.Start, w.Site = monday, "north"
		} else {
			w.Requests, w.Responses, w.Accepted, w.Refused = w.Requests+o.Requests, w.Responses+o.Responses, w.Accepted+o.Accepted, w.Refused+o.Refused
			w.Last, w.Value = o.Last, o.Value // rows are in order of time
		}
		want[o.Object] = w
	}
	err = a.Operations(ctx, made, Query{}, func(o *Operation) bool {
		if d := gocmp.Diff(want[o.Object], *o, addrs); d != "" {
			t.Errorf("%s (-want +got):\n%s", o.Object, d)
		}
		return true
	})
	if err != nil {
		t.Error(err)
	}
}

func TestRollUpRefusesWhatItCannotRead(t *testing.T) {
	a, dir := openTest(t)
	ctx := context.Background()
	segments := newTestPlant(6, 20).hours(t, a, 3)
	days, err := a.RollUp(ctx, segments, plant.StepDay)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.RollUp(ctx, days, plant.StepHour); err == nil {
		t.Error("made hours of a day")
	}
	if err := os.Truncate(filepath.Join(dir, segments[1].Path), 1000); err != nil {
		t.Fatal(err)
	}
	_, err = a.RollUp(ctx, segments, plant.StepHour)
	var bad *SegmentError
	if !errors.As(err, &bad) || bad.Path != segments[1].Path {
		t.Errorf("error %v, want one that names %s", err, segments[1].Path)
	}
	if n := len(filesBelow(t, dir)); n != 4 {
		t.Errorf("%d files, want 4", n)
	}
}

// TestManyRowsOfOneStepKeepTheirSum holds that more rows of one minute than have
// room in memory are all written, and rows of one conversation still meet where
// there is room.
func TestManyRowsOfOneStepKeepTheirSum(t *testing.T) {
	for _, c := range []struct {
		name         string
		keys, rounds int
	}{{"few keys, many rows", 10, 50}, {"more keys than room", 90, 3}} {
		var out []conversationRow
		b := bucket[conversationRow]{table: conversationTable(), most: 64, out: func(rows []conversationRow) error {
			out = append(out, rows...)
			return nil
		}}
		for range c.rounds {
			for k := range c.keys {
				if err := b.push(&conversationRow{Port: int32(k), Flows: 1}); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := b.flush(); err != nil {
			t.Fatal(err)
		}
		var sum int64
		for _, r := range out {
			sum += r.Flows
		}
		if sum != int64(c.keys*c.rounds) {
			t.Errorf("%s: sum %d, want %d", c.name, sum, c.keys*c.rounds)
		}
		if c.keys < 64/2 && len(out) != c.keys {
			t.Errorf("%s: %d rows, want %d", c.name, len(out), c.keys)
		}
	}
}

func TestAddingUpDoesNotDependOnTheOrder(t *testing.T) {
	rows := []conversationRow{
		{First: 5, Last: 9, Packet: 50, Flows: 1},
		{First: 5, Last: 8, Packet: 40, Flows: 2, Confirmed: true},
		{First: 7, Last: 7, Packet: 10, Flows: 1<<63 - 1},
		{First: noTime, Packet: 1},
		{First: 5, Packet: 0},
	}
	ops := []operationRow{{Last: 5, Value: "b"}, {Last: 5, Value: "c"}, {Last: 4, Value: "z"}}
	r := rand.New(rand.NewPCG(1, 1))
	for range 100 {
		r.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		r.Shuffle(len(ops), func(i, j int) { ops[i], ops[j] = ops[j], ops[i] })
		sum, op := rows[0], ops[0]
		for i := range rows[1:] {
			addConversation(&sum, &rows[i+1])
		}
		for i := range ops[1:] {
			addOperation(&op, &ops[i+1])
		}
		if sum != (conversationRow{First: 5, Last: 9, Packet: 40, Flows: 1<<63 - 1, Confirmed: true}) {
			t.Fatalf("%+v", sum)
		}
		if op.Value != "c" {
			t.Fatalf("value %q", op.Value)
		}
	}
}
