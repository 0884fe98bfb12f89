package wall

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/act/enforce"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// ReadBack looks at what the kernel has now.
func (s *Server) ReadBack() *ReadBack {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.look()
	s.note(b)
	return b
}

// checkKernel looks at what the kernel has, from time to time, and puts back
// what it should have if that was asked for.
func (s *Server) checkKernel() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.trial != nil && !s.trial.guard.Alive() {
		return // it is being settled
	}
	b := s.look()
	if !b.Same && s.c.Restore && s.trial == nil {
		b = s.restore(b)
	}
	s.note(b)
}

// restore puts back what the kernel should have. s.mu is held.
func (s *Server) restore(b *ReadBack) *ReadBack {
	s.c.Log.Warn("the kernel does not have what it should; putting it back", "says", b.Says)
	_, err := s.kernel.Mend()
	if err == nil {
		_, err = s.kernel.Apply(s.should())
	}
	if err != nil {
		b.Says += "; it cannot be put back: " + err.Error()
		return b
	}
	s.rearm()
	again := s.look()
	if again.Same {
		again.Says = "it was put back at " + again.At.Format(time.RFC3339) + " after: " + b.Says
	}
	return again
}

// note keeps a look and says what is wrong with it. s.mu is held.
func (s *Server) note(b *ReadBack) {
	if !b.Same {
		b.Since = b.At
		if s.readBack != nil && !s.readBack.Same {
			b.Since = s.readBack.Since
		}
	}
	kept := *b
	kept.Policy = nil
	s.readBack = &kept
	text := ""
	if !b.Same {
		text = fmt.Sprintf("since %s the kernel does not have what it should: %s", b.Since.Format(time.RFC3339), b.Says)
	}
	s.problem("drift", text)
}

// should is what the kernel should have now. s.mu is held.
func (s *Server) should() *policy.Policy {
	switch {
	case s.trial != nil:
		return s.trial.policy
	case s.opened != nil:
		return openPolicy(s.c.Site)
	}
	return s.inForce
}

// look reads what the kernel has and holds it against what it should have. s.mu
// is held.
func (s *Server) look() *ReadBack {
	b := &ReadBack{At: time.Now()}
	back, err := s.kernel.Read()
	if errors.Is(err, enforce.ErrGone) {
		b.Says = "the wall is not in the kernel: somebody has taken it out, and nothing is stopped; bulkhead boundary close puts it back"
		return b
	}
	if err != nil {
		b.Says = "it cannot be read: " + err.Error()
		return b
	}
	b.Policy, b.Hash = back.Policy, back.Hash
	want := s.should().Hash()
	if s.trial != nil && back.Hash == s.trial.before {
		want = back.Hash // its guard has just put it back
	}
	b.Same = back.Hash == want && len(back.Drift) == 0
	b.Says = driftSays(back, want)
	return b
}

// maxDrift is how many differences are named.
const maxDrift = 5

func driftSays(back *enforce.ReadBack, want string) string {
	var parts []string
	for i, d := range back.Drift {
		if i == maxDrift {
			parts = append(parts, fmt.Sprintf("and %d more", len(back.Drift)-maxDrift))
			break
		}
		how := "it has what it should not"
		if d.Missing {
			how = "it lacks"
		}
		parts = append(parts, fmt.Sprintf("%s in %s: %s", how, d.Where, d.What))
	}
	if len(parts) == 0 && back.Hash != want {
		parts = append(parts, fmt.Sprintf("it has policy %s and not %s", short(back.Hash), short(want)))
	}
	if len(parts) == 0 {
		parts = append(parts, "the kernel has what it should")
	}
	for _, f := range back.Foreign {
		parts = append(parts, fmt.Sprintf("others decide too: %s (%s)", f.Says, f.Where))
	}
	return strings.Join(parts, "; ")
}

// short is enough of a hash to tell it from others.
func short(hash string) string { return hash[:min(len(hash), 12)] }
