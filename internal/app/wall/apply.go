package wall

import (
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/act/enforce"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// maxCritical bounds the critical conversations of a trial.
const maxCritical = 1000

// Apply puts a revision in force on trial. When it returns without an error the
// revision is in the kernel and guarded; with one, nothing has changed or it was
// put back.
func (s *Server) Apply(r *ApplyRequest) (*Pending, error) {
	p, err := s.examine(r)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	t, err := s.start(r, p)
	var pending *Pending
	if err == nil {
		pending = s.pending()
	}
	s.mu.Unlock()
	if t != nil && err != nil {
		// The kernel did not take it. Its guard makes sure of that, and ends.
		<-t.settled
	}
	return pending, err
}

// examine says what is wrong with a request, whatever holds now.
func (s *Server) examine(r *ApplyRequest) (*policy.Policy, error) {
	p, err := policy.Parse(r.Policy)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	if p.Site != s.c.Site {
		return nil, fmt.Errorf("%w: the policy is of site %q, and this boundary of %q", ErrInvalid, p.Site, s.c.Site)
	}
	if err := verify(s.c.Key, r.Signature, s.c.Site, r.Number, p.Hash()); err != nil {
		return nil, err
	}
	switch {
	case r.By == "":
		return nil, fmt.Errorf("%w: say who applies it", ErrInvalid)
	case r.Force && r.Reason == "":
		return nil, fmt.Errorf("%w: force needs a reason", ErrInvalid)
	case r.Within < time.Second || r.Within > s.c.Limits.Trial:
		return nil, fmt.Errorf("%w: a trial takes from 1s to %s, not %s", ErrInvalid, s.c.Limits.Trial, r.Within)
	case len(r.Critical) > maxCritical:
		return nil, fmt.Errorf("%w: %d critical conversations are named, more than %d", ErrInvalid, len(r.Critical), maxCritical)
	}
	return p, checkCritical(r.Critical, r.Within)
}

func checkCritical(list []policy.Critical, within time.Duration) error {
	seen := map[string]bool{}
	for i := range list {
		c := &list[i]
		key := fmt.Sprint(c.Client, c.Server, c.Proto, c.Port)
		switch {
		case !sameFamily(c.Client, c.Server) || c.Proto == policy.Any || c.Period <= 0:
			return fmt.Errorf("%w: critical conversation %d (%s) needs two addresses of one family, a protocol and a period", ErrInvalid, i+1, says(c))
		case seen[key]:
			return fmt.Errorf("%w: %s is named twice among the critical conversations", ErrInvalid, says(c))
		case allowed(c.Period) > within:
			return fmt.Errorf("%w: %s comes every %s: whether it still does is known only after %s; give the trial at least that, or leave it out", ErrInvalid, says(c), c.Period, allowed(c.Period))
		}
		seen[key] = true
	}
	return nil
}

func sameFamily(a, b netip.Addr) bool {
	return a.IsValid() && b.IsValid() && a.Is4() == b.Is4() && !a.Is4In6() && !b.Is4In6()
}

// start begins a trial. A trial with an error is one that the kernel did not
// take. s.mu is held.
func (s *Server) start(r *ApplyRequest, p *policy.Policy) (*running, error) {
	if err := s.mayStart(r); err != nil {
		return nil, err
	}
	before, err := s.before(r.Force)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	t := &running{
		policy: p, previous: before, before: hashOf(before.Policy), settled: make(chan struct{}),
		record: &record{
			ID: newID(), Site: s.c.Site, Policy: p.Canonical(), Signature: r.Signature, Critical: r.Critical, Within: r.Within, Until: now.Add(r.Within),
			Revision: Revision{Number: r.Number, Hash: p.Hash(), At: now, By: r.By, Reason: r.Reason, Forced: r.Force},
		},
	}
	if err := s.guard(t); err != nil {
		return nil, errors.Join(err, s.dir.remove(pendingFile, previousFile))
	}
	s.trial = t
	s.work.Go(func() { s.follow(t) })
	if err := s.change(t); err != nil {
		return t, err
	}
	s.c.Log.Warn("on trial", "revision", r.Number, "by", r.By, "until", t.record.Until, "forced", r.Force, "reason", r.Reason)
	return t, nil
}

func (s *Server) mayStart(r *ApplyRequest) error {
	if t := s.trial; t != nil {
		return fmt.Errorf("%w: revision %d is on trial until %s; confirm it or take it back first", ErrConflict, t.record.Revision.Number, t.record.Until.Format(time.TimeOnly))
	}
	if o := s.opened; o != nil {
		return fmt.Errorf("%w: %s has opened the wall; close it first: bulkhead boundary close", ErrConflict, o.By)
	}
	if n := s.number(); r.Number <= n && !r.Force {
		return fmt.Errorf("%w: revision %d is confirmed, and %d is not newer; apply it with force and a reason if that is meant", ErrConflict, n, r.Number)
	}
	return nil
}

// before is what would be put back: what is in force, or, where somebody has
// changed the kernel and force is used, what is there.
func (s *Server) before(force bool) (previous, error) {
	before := s.confirmedAsPrevious()
	back := s.look()
	if back.Same {
		return before, nil
	}
	if !force {
		return before, fmt.Errorf("%w: the kernel does not have what it should: %s; look with bulkhead boundary status, or apply with force and a reason", ErrConflict, back.Says)
	}
	if back.Policy != nil && back.Policy.Validate() == nil {
		before.Number, before.Policy = 0, back.Policy.Canonical()
	}
	return before, nil
}

// guard writes down the trial and starts its guard. Nothing has changed yet.
func (s *Server) guard(t *running) (err error) {
	const unchanged = "nothing was changed"
	if err := s.dir.write(previousFile, t.previous); err != nil {
		return fmt.Errorf("%w: %w; %s", ErrInternal, err, unchanged)
	}
	if err := s.dir.write(pendingFile, t.record); err != nil {
		return fmt.Errorf("%w: %w; %s", ErrInternal, err, unchanged)
	}
	if t.guard, err = s.c.Guards.Start(string(s.dir)); err != nil {
		return fmt.Errorf("%w: the guard cannot start: %w; %s", ErrInternal, err, unchanged)
	}
	return nil
}

// change puts the trial's contents into the kernel.
func (s *Server) change(t *running) error {
	defer t.guard.Changed()
	applied, err := s.kernel.Apply(t.policy)
	if err == nil {
		s.c.Log.Info("changed", "took", applied.Took, "elements", applied.Elements, "connections", applied.Connections)
		s.setRelays(t.policy)
		return nil
	}
	kind := ErrInternal
	if errors.Is(err, enforce.ErrRefused) {
		kind = ErrInvalid
	}
	err = fmt.Errorf("%w: revision %d: %w; what was there before holds", kind, t.record.Revision.Number, err)
	s.end(t, word{By: "the boundary", Reason: "the kernel did not take it: " + err.Error()})
	return err
}

// end tells a guard to put the previous contents back.
func (s *Server) end(t *running, w word) {
	w.ID, w.At = t.record.ID, time.Now()
	if err := s.dir.write(rollbackFile, w); err != nil {
		// No room for a file: the guard also ends a trial when it is told to end.
		s.c.Log.Error("boundary", "problem", err)
		t.guard.End()
	}
}

// Confirm says that the plant is well.
func (s *Server) Confirm(r EndRequest) (*Pending, error) {
	if r.By == "" {
		return nil, fmt.Errorf("%w: say who confirms", ErrInvalid)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.trial
	if t == nil {
		return nil, fmt.Errorf("%w: no revision is on trial%s", ErrNotFound, s.lastWords())
	}
	if err := s.dir.write(confirmFile, word{ID: t.record.ID, By: r.By, Reason: r.Reason, At: time.Now()}); err != nil {
		return nil, fmt.Errorf("%w: %w; while it is not confirmed the revision will be taken back", ErrInternal, err)
	}
	s.c.Log.Info("confirmed", "revision", t.record.Revision.Number, "by", r.By)
	return s.pending(), nil
}

// lastWords says how the last trial ended. s.mu is held.
func (s *Server) lastWords() string {
	if s.last == nil {
		return ""
	}
	return fmt.Sprintf("; revision %d was %s: %s", s.last.Number, s.last.What, s.last.Why)
}

// Rollback takes a trial back and returns when the previous contents are in the
// kernel.
func (s *Server) Rollback(r EndRequest) (*Outcome, error) {
	if r.By == "" {
		return nil, fmt.Errorf("%w: say who takes it back", ErrInvalid)
	}
	s.mu.Lock()
	t := s.trial
	if t == nil {
		defer s.mu.Unlock()
		return nil, fmt.Errorf("%w: no revision is on trial%s", ErrNotFound, s.lastWords())
	}
	s.end(t, word{By: r.By, Reason: r.Reason})
	s.mu.Unlock()
	select {
	case <-t.settled:
	case <-time.After(30 * time.Second):
		return nil, fmt.Errorf("%w: the trial has not ended yet; look with bulkhead boundary status", ErrInternal)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last, nil
}
