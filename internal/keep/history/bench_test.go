package history

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// cpuTime is the processor time of this process, which says more than the clock
// where others use the machine too.
func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkSeal writes an hour of minutes.
func BenchmarkSeal(b *testing.B) {
	for _, n := range []int{300, 10000} {
		b.Run(fmt.Sprint(n, " conversations"), func(b *testing.B) {
			a, _ := openTest(b)
			var rows []Conversation
			p := newTestPlant(1, n)
			for range 60 {
				rows = append(rows, p.minute()...)
			}
			b.ReportAllocs()
			var s plant.Segment
			cpu := cpuTime(b)
			for b.Loop() {
				var err error
				if s, err = a.WriteConversations(context.Background(), hour(0), rowsOf(rows)); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(len(rows))*float64(b.N)/(cpuTime(b)-cpu).Seconds()/1e6, "Mrows/cpu-s")
			b.ReportMetric(float64(s.Bytes)/float64(s.Rows), "B/row")
		})
	}
}

// month is 30 days of a plant of 300 conversations as the default retention
// keeps it after 30 days: 7 days by minute and 23 by hour.
func month(b *testing.B) (*Archive, []plant.Segment) {
	b.Helper()
	a, _ := openTest(b)
	ctx := context.Background()
	p := newTestPlant(1, 300)
	var all []plant.Segment
	var took time.Duration
	begin := cpuTime(b)
	for day := range 30 {
		segments := p.hours(b, a, 24)
		if day < 23 {
			t := cpuTime(b)
			made, err := a.RollUp(ctx, segments, plant.StepHour)
			if err != nil {
				b.Fatal(err)
			}
			took += cpuTime(b) - t
			if err := a.Remove(ctx, segments); err != nil {
				b.Fatal(err)
			}
			segments = made
		}
		all = append(all, segments...)
	}
	var bytes, rows uint64
	for _, s := range all {
		bytes, rows = bytes+s.Bytes, rows+s.Rows
	}
	b.Logf("%d segments, %d rows, %d bytes; processor: %v to seal and roll up all, of it %v to roll up each day", len(all), rows, bytes, cpuTime(b)-begin, took/23)
	return a, all
}

// BenchmarkMonth asks a month of a plant what a console asks.
func BenchmarkMonth(b *testing.B) {
	a, segments := month(b)
	ctx := context.Background()
	end := monday.Add(30 * 24 * time.Hour)
	server := newTestPlant(1, 300).talks[0].Server.Addr()
	for _, c := range []struct {
		name string
		ask  func() error
	}{
		{"top talkers, last hour", func() error {
			_, err := a.TopTalkers(ctx, segments, Query{From: end.Add(-time.Hour)}, 20)
			return err
		}},
		{"top talkers, 7 days", func() error {
			_, err := a.TopTalkers(ctx, segments, Query{From: end.Add(-7 * 24 * time.Hour)}, 20)
			return err
		}},
		{"peers, 30 days", func() error { _, err := a.Peers(ctx, segments, server, Query{}); return err }},
		{"traffic by hour, 30 days", func() error { _, err := a.Traffic(ctx, segments, Query{}, time.Hour); return err }},
		{"network pairs, 30 days", func() error { _, err := a.Pairs(ctx, segments, Query{}, ByPrefix); return err }},
		{"all rows, 30 days", func() error {
			return a.Conversations(ctx, segments, Query{}, func(*Conversation) bool { return true })
		}},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			cpu := cpuTime(b)
			for b.Loop() {
				if err := c.ask(); err != nil {
					b.Fatal(err)
				}
			}
			runtime.ReadMemStats(&after)
			b.ReportMetric(float64(after.HeapInuse)/1e6, "MB-heap")
			b.ReportMetric((cpuTime(b)-cpu).Seconds()*1000/float64(b.N), "cpu-ms/op")
		})
	}
}
