package report

import (
	"math/rand"
	"testing"
	"time"
)

// TestClock holds the clock against the library, at the edges and at random.
func TestClock(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	times := []time.Time{
		time.Unix(0, 0), time.Unix(0, -1), time.Unix(-1, 0), time.Unix(1, 1), time.Unix(86399, 999999999), time.Unix(86400, 0),
		time.Unix(0, 100), time.Unix(0, 120000000), time.Date(9999, 12, 31, 23, 59, 59, 5, time.UTC), time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC),
		time.Date(2024, 2, 29, 12, 30, 5, 123456000, time.UTC), time.Date(1, 1, 1, 0, 0, 0, 1, time.UTC),
	}
	for range 10_000 {
		times = append(times, time.Unix(r.Int63n(1<<33)-1<<31, r.Int63n(1e9)))
	}
	var c clock
	for _, x := range times {
		for _, x := range []time.Time{x.UTC(), x.In(time.FixedZone("", 3600))} {
			if got, want := string(c.append(nil, x)), x.Format(time.RFC3339Nano); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		}
	}
}

func BenchmarkClock(b *testing.B) {
	b.ReportAllocs()
	var c clock
	var buf []byte
	x := time.Date(2024, 2, 29, 12, 30, 5, 123456000, time.UTC)
	for b.Loop() {
		buf = c.append(buf[:0], x)
	}
}
