package wall

import (
	"errors"
	"fmt"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// follow waits for the end of a trial's guard and takes note of the outcome. A
// guard that is gone without one is stood in for.
func (s *Server) follow(t *running) {
	if t.guard.Wait(s.done) != nil {
		return // the guard goes on without this process
	}
	for {
		err := s.settle(t)
		if err == nil {
			close(t.settled)
			return
		}
		s.mu.Lock()
		s.problem("trial", fmt.Sprintf("revision %d cannot be taken back: %v", t.record.Revision.Number, err))
		s.mu.Unlock()
		select {
		case <-time.After(time.Second):
		case <-s.done.Done():
			return
		}
	}
}

// settle brings this process to what its guard has left.
func (s *Server) settle(t *running) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	left, err := s.dir.pending()
	if err != nil {
		return err
	}
	if left != nil && left.ID == t.record.ID {
		return s.takeBack(t, "its guard was gone before it decided")
	}
	return s.settled(t)
}

// takeBack does what the guard would have done. s.mu is held.
func (s *Server) takeBack(t *running, why string) error {
	p, err := policy.Parse(t.previous.Policy)
	if err != nil {
		return fmt.Errorf("read what is put back: %w", err)
	}
	if _, err := s.kernel.Apply(p); err != nil {
		return fmt.Errorf("put the previous contents back: %w", err)
	}
	o := outcomeOf(t.record, RolledBack, decision{why: why})
	o.Ender, o.Restored = enderServer, t.previous.Number
	s.c.Log.Warn("trial ended", "revision", o.Number, "what", o.What, "why", o.Why)
	if err := s.dir.write(outcomeFile, o); err != nil {
		s.problem("outcome", err.Error())
	}
	if err := s.dir.remove(trialFiles...); err != nil {
		return err
	}
	s.last = o
	return s.settled(t)
}

// settled takes note of what holds after a trial. s.mu is held.
func (s *Server) settled(t *running) error {
	confirmed, err := s.dir.record(confirmedFile)
	if err != nil {
		return err
	}
	kept := confirmed != nil && confirmed.ID == t.record.ID
	if kept {
		p, err := policy.Parse(confirmed.Policy)
		if err != nil {
			return fmt.Errorf("read the confirmed revision: %w", err)
		}
		s.confirmed, s.inForce = confirmed, p
	}
	s.outcome(t, kept)
	s.trial = nil
	s.problem("trial", "")
	s.problem("guard", "")
	s.setRelays(s.inForce)
	s.note(s.look())
	return nil
}

// outcome is the guard's, or what can be told without it. s.mu is held.
func (s *Server) outcome(t *running, kept bool) {
	if s.last != nil && s.last.ID == t.record.ID {
		return
	}
	var o Outcome
	ok, err := s.dir.read(outcomeFile, &o)
	if ok && err == nil && o.ID == t.record.ID {
		s.last = &o
		return
	}
	what := RolledBack
	if kept {
		what = Confirmed
	}
	s.last = outcomeOf(t.record, what, decision{why: "the guard could not write why"})
	s.last.Ender = enderGuard
	s.problem("outcome", errors.Join(errors.New("how the last trial ended could not be written; look at the disk"), err).Error())
}
