package wall

import (
	"errors"
	"fmt"
	"time"
)

// OpenWall lets everything pass until CloseWall, over restarts too. It is for a
// plant that stands still while nobody knows why. A trial is taken back first:
// its guard would close the wall again.
func (s *Server) OpenWall(r EndRequest) error {
	if r.By == "" || r.Reason == "" {
		return fmt.Errorf("%w: say who opens the wall and why", ErrInvalid)
	}
	if _, err := s.Rollback(EndRequest{By: r.By, Reason: "the wall is opened: " + r.Reason}); err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	o := &Opened{By: r.By, Reason: r.Reason, At: time.Now()}
	_, err := s.kernel.Mend() // what stops packets may be a rule of somebody else in it
	if err == nil {
		_, err = s.kernel.Apply(openPolicy(s.c.Site))
	}
	if err != nil {
		return fmt.Errorf("%w: open the wall: %w; by hand: nft delete table inet bulkhead", ErrInternal, err)
	}
	s.isOpen(o)
	s.setRelays(s.should())
	s.c.Log.Warn("opened", "by", r.By, "reason", r.Reason)
	if err := s.dir.write(openedFile, o); err != nil {
		s.problem("kept open", "the wall is open and would not be after a restart of the machine: "+err.Error())
	}
	return nil
}

// isOpen notes that the wall is open. s.mu is held.
func (s *Server) isOpen(o *Opened) {
	s.opened = o
	s.problem("open", fmt.Sprintf("the wall is open since %s: %s opened it (%s); bulkhead boundary close closes it", o.At.Format(time.RFC3339), o.By, o.Reason))
}

// CloseWall puts what was confirmed in force again.
func (s *Server) CloseWall(r EndRequest) error {
	if r.By == "" {
		return fmt.Errorf("%w: say who closes the wall", ErrInvalid)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.trial != nil {
		return fmt.Errorf("%w: revision %d is on trial", ErrConflict, s.trial.record.Revision.Number)
	}
	_, err := s.kernel.Mend()
	if err == nil {
		_, err = s.kernel.Apply(s.inForce)
	}
	if err != nil {
		return fmt.Errorf("%w: close the wall: %w", ErrInternal, err)
	}
	s.opened = nil
	s.problem("open", "")
	s.problem("kept open", "")
	s.setRelays(s.inForce)
	s.rearm()
	s.note(s.look())
	s.c.Log.Warn("closed", "by", r.By, "revision", s.number())
	if err := s.dir.remove(openedFile); err != nil {
		return fmt.Errorf("%w: it is closed, and would be open after a restart: %w", ErrInternal, err)
	}
	return nil
}
