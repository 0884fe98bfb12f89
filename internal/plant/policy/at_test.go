package policy

import (
	"math/rand/v2"
	"testing"
	"time"
)

// TestWhatHasEnded holds that a list at a time is the list without the rules
// that have ended, and that a line stays before the same rules.
func TestWhatHasEnded(t *testing.T) {
	now := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		s := &RuleSet{Default: true}
		for i := range 1 + r.IntN(6) {
			x := Rule{Line: i + 1}
			switch r.IntN(3) {
			case 0:
				x.Until = now.Add(time.Duration(r.IntN(3)-1) * time.Minute)
			case 1:
				x.Until = now.Add(-time.Hour)
			}
			s.Rules = append(s.Rules, x)
		}
		for range r.IntN(4) {
			s.Unknown = append(s.Unknown, Line{Rule: r.IntN(len(s.Rules) + 1)})
		}
		left := s.At(now)
		at := 0
		for i, x := range s.Rules {
			stays := x.Until.IsZero() || x.Until.After(now)
			if stays && (at >= len(left.Rules) || left.Rules[at].Line != x.Line) {
				t.Fatalf("rule %d of %+v is gone: %+v", i, s.Rules, left.Rules)
			}
			for k := range s.Unknown {
				if s.Unknown[k].Rule == i && left.Unknown[k].Rule != at {
					t.Fatalf("a line before rule %d stands before rule %d of those left", i, left.Unknown[k].Rule)
				}
			}
			if stays {
				at++
			}
		}
		for k := range s.Unknown {
			if s.Unknown[k].Rule == len(s.Rules) && left.Unknown[k].Rule != at {
				t.Fatalf("a line after all rules stands before rule %d of those left", left.Unknown[k].Rule)
			}
		}
		if at != len(left.Rules) || !left.Default {
			t.Fatalf("%d rules are left, want %d", len(left.Rules), at)
		}
	}
}
