package store

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// recentSums adds up an hour's rows.
func recentSums(t *testing.T, db *DB, hour time.Time) (all map[string]sum, conversations, operations int64) {
	t.Helper()
	all = map[string]sum{}
	var last time.Time
	inOrder := func(at time.Time) {
		if at.Before(last) || at.Before(hour) || !at.Before(hour.Add(time.Hour)) {
			t.Errorf("a row of %s comes in the hour %s after %s", at, hour, last)
		}
		last = at
	}
	var err error
	conversations, err = db.RecentConversations(ctx, "works", hour, func(sensor string, o *plant.Conversation) error {
		inOrder(o.First)
		note(all, sensor+conversationName(o), o.First, o.Last, o.Packet, o.Flows, o.PacketsUp, o.PacketsDown, o.BytesUp, o.BytesDown, o.Lost)
		return nil
	})
	ok(t, err)
	last = time.Time{}
	operations, err = db.RecentOperations(ctx, "works", hour, func(sensor string, o *plant.Operation) error {
		inOrder(o.First)
		note(all, sensor+operationName(o), o.First, o.Last, o.Packet, o.Requests, o.Responses, o.Accepted, o.Refused)
		return nil
	})
	ok(t, err)
	return all, conversations, operations
}

func merge(into, from map[string]sum) {
	for name, s := range from {
		note(into, name, clock(s.First), clock(s.Last), s.Packet, s.Counts[:]...)
	}
}

// only leaves the sums of conversations or of operations.
func only(all map[string]sum, of string) map[string]sum {
	left := map[string]sum{}
	for name, s := range all {
		if strings.Contains(name, of+" ") {
			left[name] = s
		}
	}
	return left
}

// truthByHour adds up what the rows of an hour should, by sensor.
func truthByHour(batches []*plant.Batch, number func(string) int) map[string]sum {
	all := map[string]sum{}
	for _, b := range batches {
		for name, s := range truth(b.Site, []*plant.Batch{b}, number) {
			if name[0] == 'c' || name[0] == 'o' {
				note(all, b.Sensor+name, clock(s.First), clock(s.Last), s.Packet, s.Counts[:]...)
			}
		}
	}
	return all
}

// TestSealingLosesNothing seals hour by hour while batches go on coming into
// the same hours, and holds that the sealed rows add up to what was applied.
func TestSealingLosesNothing(t *testing.T) {
	engines(t, func(t *testing.T, db *DB) {
		g := newStage(3, 8)
		var sent []*plant.Batch
		sealed := map[string]sum{}
		apply := func(b ...*plant.Batch) {
			sent = append(sent, b...)
			must[Applied](t)(db.Apply(ctx, clone(b)))
		}
		for range 5 {
			var part []*plant.Batch
			for range 60 {
				part = append(part, g.batch("works", []string{"west", "east"}[g.r.IntN(2)], "a", 6))
			}
			apply(part...)
			at := g.at
			for _, h := range must[[]Hour](t)(db.HoursToSeal(ctx, at)) {
				rows, conversations, operations := recentSums(t, db, h.At)
				upTo, of := conversations, "conversation"
				if h.Kind == plant.SegmentOperations {
					upTo, of = operations, "operation"
				}
				// What comes while the segment is written must stay.
				g.at = h.At.Add(time.Duration(g.r.IntN(3000)) * time.Second)
				apply(g.batch("works", "late", "a", 6))
				segment := plant.Segment{Site: "works", Kind: h.Kind, Step: plant.StepMinute, From: h.At, To: h.At.Add(time.Hour), Path: fmt.Sprint(h.Kind, len(sent)), Rows: 1}
				ok(t, db.Sealed(ctx, h, upTo, []plant.Segment{segment}))
				ok(t, db.Sealed(ctx, h, upTo, []plant.Segment{segment})) // again, after a crash
				merge(sealed, only(rows, of))
			}
			g.at = at
		}
		if len(sealed) < 100 {
			t.Errorf("only %d rows were sealed", len(sealed))
		}
		for _, h := range must[[]Hour](t)(db.HoursToSeal(ctx, now.AddDate(1, 0, 0))) {
			if h.Kind == plant.SegmentConversations {
				rows, _, _ := recentSums(t, db, h.At)
				merge(sealed, rows)
			}
		}
		want := truthByHour(sent, numberOf(t, db))
		if d := cmp.Diff(want, sealed); d != "" {
			t.Errorf("sealed rows and those that wait differ from what was applied (-want +got):\n%s", d)
		}
	})
}

// TestWatchedSince holds that time in which nobody watched is not taken for
// watched: two captures a week apart are no week.
func TestWatchedSince(t *testing.T) {
	engines(t, func(t *testing.T, db *DB) {
		hour := now.Truncate(time.Hour)
		since := func(slack time.Duration) time.Duration {
			return hour.Sub(must[time.Time](t)(db.WatchedSince(ctx, "works", hour, slack)))
		}
		must[Applied](t)(db.Apply(ctx, []*plant.Batch{talk(1, [2]int{1, 2})})) // in the hour before, not sealed
		if got := since(0); got != time.Hour {
			t.Errorf("one hour: watched for %s before", got)
		}
		n := 0
		seal := func(ago ...int) {
			for _, h := range ago {
				n++
				from := hour.Add(-time.Duration(h) * time.Hour)
				s := plant.Segment{Site: "works", Kind: plant.SegmentConversations, Step: plant.StepMinute, From: from, To: from.Add(time.Hour), Path: fmt.Sprint(n), Rows: 1}
				ok(t, db.Sealed(ctx, Hour{Site: "works", At: from, Kind: plant.SegmentConversations}, 0, []plant.Segment{s}))
			}
		}
		seal(168)
		if got := since(6 * time.Hour); got != time.Hour {
			t.Errorf("an hour of last week: watched for %s", got)
		}
		seal(2, 5, 6, 9)
		for slack, want := range map[time.Duration]time.Duration{0: 2 * time.Hour, time.Hour: 2 * time.Hour, 2 * time.Hour: 6 * time.Hour, 4 * time.Hour: 9 * time.Hour, 1000 * time.Hour: 168 * time.Hour} {
			if got := since(slack); got != want {
				t.Errorf("with %s missing: watched for %s, want %s", slack, got, want)
			}
		}
		if got := must[time.Time](t)(db.WatchedSince(ctx, "elsewhere", hour, time.Hour)); !got.Equal(hour) {
			t.Errorf("a site that nobody watches: %s", got)
		}
	})
}

func TestSegments(t *testing.T) {
	engines(t, func(t *testing.T, db *DB) {
		must[Applied](t)(db.Apply(ctx, []*plant.Batch{talk(1, [2]int{1, 2})}))
		segment := func(hour int, kind plant.SegmentKind, step plant.Step) plant.Segment {
			from := now.Truncate(24 * time.Hour).Add(time.Duration(hour) * time.Hour)
			return plant.Segment{Site: "works", Kind: kind, Step: step, From: from, To: from.Add(time.Hour), Path: fmt.Sprint(kind, step, hour), Rows: 10, Bytes: 100, SHA256: "ab"}
		}
		var all []plant.Segment
		for i := range 3 {
			all = append(all, segment(i, plant.SegmentConversations, plant.StepMinute))
		}
		ok(t, db.Sealed(ctx, Hour{Site: "works", At: now, Kind: plant.SegmentConversations}, 0, all))
		got := must[[]plant.Segment](t)(db.Segments(ctx, SegmentFilter{Site: "works"}))
		if d := cmp.Diff(all, got); d != "" {
			t.Errorf("segments (-want +got):\n%s", d)
		}
		between := must[[]plant.Segment](t)(db.Segments(ctx, SegmentFilter{From: all[1].From, To: all[1].To, Kind: plant.SegmentConversations, Step: plant.StepMinute}))
		if d := cmp.Diff(all[1:2], between); d != "" {
			t.Errorf("segments of one hour (-want +got):\n%s", d)
		}
		day := segment(0, plant.SegmentConversations, plant.StepHour)
		ok(t, db.ReplaceSegments(ctx, all, []plant.Segment{day}))
		wantKind(t, db.ReplaceSegments(ctx, all[:1], nil), ErrConflict)
		got = must[[]plant.Segment](t)(db.Segments(ctx, SegmentFilter{}))
		if d := cmp.Diff([]plant.Segment{day}, got); d != "" {
			t.Errorf("segments after the roll-up (-want +got):\n%s", d)
		}
		wantKind(t, db.Sealed(ctx, Hour{Site: "works", At: now, Kind: "tea"}, 0, nil), ErrInvalid)
	})
}
