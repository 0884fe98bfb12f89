//go:build linux

package enforce

import (
	"testing"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/act/enforce/testbed"
)

func BenchmarkPlan(b *testing.B) {
	s := &stand{office: testbed.FlatOffice, plant: testbed.FlatPlant}
	p := s.large(10_000, 0)
	cfg, _ := Config{Mode: Router}.filled()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := planFor(cfg, numbering{}, p, time.Now()); err != nil {
			b.Fatal(err)
		}
	}
}
