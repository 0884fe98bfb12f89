package sv

import (
	"encoding/binary"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
)

var protocols = []dissect.Protocol{Protocol()}

// TestSamplingMissesNothing sends samples of one stream, and in the middle some
// that are marked as simulated.
func TestSamplingMissesNothing(t *testing.T) {
	var list []dissecttest.Message
	for i := range 200 {
		m := byte(0)
		if i > 100 && i < 105 {
			m = 0x80
		}
		list = append(list, frame(byte(i), m))
	}
	r, left := dissecttest.Sampled(protocols, 0x88ba, list...)
	if left < 100 || left > 190 {
		t.Errorf("%d of %d frames were left out", left, len(list))
	}
	sums := map[string]uint64{}
	for _, o := range r.Operations {
		sums[o.Verb.Name] += o.Requests
	}
	if sums["Sampled Values"] != 196 || sums["Sampled Values (simulation)"] != 4 {
		t.Errorf("%v", sums)
	}
}

func TestCyclicOfDamage(t *testing.T) {
	b := frame(3, 0).Data
	if _, ok := cyclic(b, dissect.Hint{}); !ok {
		t.Error("a good frame is not cyclic")
	}
	for i := range b {
		if _, ok := cyclic(b[:i], dissect.Hint{}); ok {
			t.Errorf("cut to %d bytes it is", i)
		}
	}
}

func FuzzCyclic(f *testing.F) {
	f.Add(frame(1, 0).Data)
	f.Fuzz(func(t *testing.T, b []byte) {
		x, ok := cyclic(b, dissect.Hint{})
		if y, again := cyclic(append(b, 0), dissect.Hint{}); ok && (!again || y != x) {
			t.Fatalf("padding makes %+v of %+v", y, x)
		}
	})
}

func BenchmarkSamples(b *testing.B) {
	for name, sample := range map[string]bool{"read": false, "sampled": true} {
		b.Run(name, func(b *testing.B) {
			n := uint16(0)
			step := dissecttest.Step(protocols, sample, 0x88ba, frame(1, 0).Data, func(p []byte) {
				n++
				binary.BigEndian.PutUint16(p[24:], n)
			})
			b.ReportAllocs()
			for b.Loop() {
				step()
			}
		})
	}
}
