package store

import (
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var (
	talkLayout = layout{counts: 7}
	askLayout  = layout{counts: 4, texts: true}
)

func packable(l layout) []minuteRow {
	base := now.UnixNano()
	rows := []minuteRow{
		{of: 1, sensor: 1, at: base, last: base, packet: 1<<48 | 9, counts: [7]int64{7, 1, 2, 3, 1 << 50, 5, 6}},
		{of: 1, sensor: 2, at: base + 59e9, last: base + 3600e9, packet: 2<<48 | 1, value: "1, 2, 3"},
		{of: 900, sensor: 65535, at: base + 1, last: base - 5, packet: math.MinInt64, counts: [7]int64{math.MaxInt64}, value: "\U0001F6A2"},
	}
	for i := range rows {
		if !l.texts {
			rows[i].value = ""
		}
		for c := l.counts; c < len(rows[i].counts); c++ {
			rows[i].counts[c] = 0
		}
	}
	return rows
}

func TestPack(t *testing.T) {
	for _, l := range []layout{talkLayout, askLayout} {
		rows := packable(l)
		b := l.pack(rows, now.UnixNano())
		got := must[[]minuteRow](t)(l.unpack(b, now.UnixNano(), slices.Clone(rows[:1]), nil))
		if d := cmp.Diff(append(slices.Clone(rows[:1]), rows...), got, cmp.AllowUnexported(minuteRow{})); d != "" {
			t.Errorf("unpacked (-want +got):\n%s", d)
		}
		for _, n := range []int64{1, 900} {
			if got = must[[]minuteRow](t)(l.unpack(b, 0, nil, func(of int64) bool { return of == n })); len(got) != len(rows) {
				t.Errorf("%d rows of a pack with total %d", len(got), n)
			}
		}
		if got = must[[]minuteRow](t)(l.unpack(b, 0, nil, func(of int64) bool { return of == 899 })); len(got) != 0 {
			t.Errorf("%d rows of a pack without total 899", len(got))
		}
		for n := range b {
			if _, err := l.unpack(b[:n], 0, nil, nil); err == nil {
				t.Errorf("the first %d bytes of %d were taken for a whole pack", n, len(b))
			}
		}
		if _, err := l.unpack(append(b, 0), 0, nil, nil); err == nil {
			t.Error("a pack with a byte more was read")
		}
	}
}

// FuzzUnpack holds that whatever is unpacked is packed again into rows that are
// the same, and that damage is an error.
func FuzzUnpack(f *testing.F) {
	for _, l := range []layout{talkLayout, askLayout} {
		f.Add(l.pack(packable(l), 0), l.texts)
	}
	f.Fuzz(func(t *testing.T, b []byte, texts bool) {
		l := talkLayout
		if texts {
			l = askLayout
		}
		rows, err := l.unpack(b, 0, nil, nil)
		if err != nil {
			if len(rows) != 0 {
				t.Fatalf("%d rows with the error %v", len(rows), err)
			}
			return
		}
		again, err := l.unpack(l.pack(rows, 0), 0, nil, nil)
		if err != nil || !slices.Equal(rows, again) {
			t.Fatalf("packed again: %v, %v\nwas %v", again, err, rows)
		}
	})
}

func BenchmarkUnpack(b *testing.B) {
	var rows []minuteRow
	for i := range 500 {
		at := now.UnixNano() + int64(i)*1e7
		rows = append(rows, minuteRow{of: int64(i), sensor: 1, at: at, last: at + 5e10, packet: 1<<48 + int64(i*977), counts: [7]int64{7, 0, 60, 60, 5400, 6000, 0}})
	}
	pack := talkLayout.pack(rows, now.UnixNano())
	b.ReportMetric(float64(len(pack))/500, "bytes/row")
	var into []minuteRow
	b.ReportAllocs()
	for b.Loop() {
		into, _ = talkLayout.unpack(pack, now.UnixNano(), into[:0], nil)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/500, "ns/row")
}
