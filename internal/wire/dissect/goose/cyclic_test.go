package goose

import (
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
	pdu "github.com/bulkhead-ot/bulkhead/protocol/goose"
)

var protocols = []dissect.Protocol{Protocol()}

// TestSamplingMissesNothing repeats a state, with forged frames of an older state
// between: each of those is read, and all are counted.
func TestSamplingMissesNothing(t *testing.T) {
	var list []dissecttest.Message
	stale := uint64(0)
	for i := range 100 {
		if i%25 == 24 {
			list = append(list, frame(5, byte(i), 0))
			stale++
		}
		list = append(list, frame(9, byte(i+1), 0))
	}
	all := dissecttest.Frames(protocols, 0x88b8, list...)
	r, left := dissecttest.Sampled(protocols, 0x88b8, list...)
	if left < 50 || left > 96 {
		t.Errorf("%d of %d frames were left out", left, len(list))
	}
	sums := func(r dissecttest.Result) map[plant.Verb]uint64 {
		m := map[plant.Verb]uint64{}
		for _, o := range r.Operations {
			m[o.Verb] += o.Requests
		}
		return m
	}
	want, got := sums(all), sums(r)
	for v, n := range want {
		if got[v] != n || v.Technique != "" && n != stale {
			t.Errorf("%s: %d sampled, %d read", v.Name, got[v], n)
		}
	}
}

// TestCyclicOfDamage cuts a frame everywhere: it is never taken for a good one.
func TestCyclicOfDamage(t *testing.T) {
	b := frame(3, 1, 0).Data
	if _, ok := cyclic(b, dissect.Hint{}); !ok {
		t.Error("a good frame is not cyclic")
	}
	for i := range b {
		if _, ok := cyclic(b[:i], dissect.Hint{}); ok {
			t.Errorf("cut to %d bytes it is", i)
		}
	}
}

// FuzzCyclic holds that a frame which may be left out is one that can be read, and
// that what its shape leaves aside does not change how.
func FuzzCyclic(f *testing.F) {
	f.Add(frame(3, 1, 0).Data)
	f.Add(frame(3, 200, 1).Data)
	f.Fuzz(func(t *testing.T, b []byte) {
		x, ok := cyclic(b, dissect.Hint{})
		if !ok {
			return
		}
		h, _, err := pdu.Decode(b)
		if err != nil || h.Cut {
			t.Fatalf("%v, cut %v", err, h.Cut)
		}
		m, first := pdu.DecodePDU(h.PDU)
		for _, p := range [][]byte{m.Time, m.Data} {
			clear(p)
		}
		y, ok := cyclic(b, dissect.Hint{})
		if _, err := pdu.DecodePDU(h.PDU); !ok || x != y && first == nil || (err == nil) != (first == nil) {
			t.Fatalf("%+v and %+v, %v and %v", x, y, first, err)
		}
	})
}

func BenchmarkRepetitions(b *testing.B) {
	for name, sample := range map[string]bool{"read": false, "sampled": true} {
		b.Run(name, func(b *testing.B) {
			data := frame(3, 1, 0).Data
			at := 53 // sqNum
			step := dissecttest.Step(protocols, sample, 0x88b8, data, func(p []byte) { p[at] = (p[at] + 1) & 0x7f })
			b.ReportAllocs()
			for b.Loop() {
				step()
			}
		})
	}
}
