package ethercat

import (
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect/dissecttest"
)

var (
	protocols = []dissect.Protocol{Protocol()}
	// A logical read write of four bytes and the state of all slaves, as sent.
	process = unhex("1e10 0c 01 00000001 0480 0000 11223344 0000 07 02 0000 3001 0200 0000 0000 0000")
	// The same with two slaves that answered.
	answered = unhex("1e10 0c 01 00000001 0480 0000 11223344 0300 07 02 0000 3001 0200 0000 0800 0200")
)

// TestSamplingMissesNothing runs process data around one order to a slave.
func TestSamplingMissesNothing(t *testing.T) {
	var list []dissecttest.Message
	for i := range 100 {
		if i == 60 {
			list = append(list, c(toOp), c(toInit))
		}
		list = append(list, c(process), c(answered))
	}
	r, left := dissecttest.Sampled(protocols, EtherType, list...)
	if left < 100 || left > 190 {
		t.Errorf("%d of %d frames were left out", left, len(list))
	}
	sums := map[string]uint64{}
	for _, o := range r.Operations {
		sums[o.Verb.Name] += o.Requests
	}
	if sums["Logical Read Write"] != 100 || sums["Broadcast Read"] != 100 || sums["AL Control (stop)"] != 1 {
		t.Errorf("%v", sums)
	}
}

func FuzzCyclic(f *testing.F) {
	f.Add(process)
	f.Add(toOp)
	f.Fuzz(func(t *testing.T, b []byte) {
		if x, ok := cyclic(b, dissect.Hint{}); ok && x.Stream != x.Shape {
			t.Fatalf("%+v", x)
		}
	})
}

func BenchmarkProcessData(b *testing.B) {
	for name, sample := range map[string]bool{"read": false, "sampled": true} {
		b.Run(name, func(b *testing.B) {
			step := dissecttest.Step(protocols, sample, EtherType, process, func(p []byte) { p[12]++ })
			b.ReportAllocs()
			for b.Loop() {
				step()
			}
		})
	}
}
