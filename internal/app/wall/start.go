package wall

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/act/enforce"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// load reads what was kept.
func (s *Server) load() (err error) {
	if s.confirmed, err = s.dir.record(confirmedFile); err != nil {
		return err
	}
	s.inForce = openPolicy(s.c.Site)
	if s.confirmed != nil {
		if s.confirmed.Site != s.c.Site {
			return fmt.Errorf("the folder %s holds the boundary of site %q, and this is %q; name another folder with boundary: data", s.dir, s.confirmed.Site, s.c.Site)
		}
		if s.inForce, err = policy.Parse(s.confirmed.Policy); err != nil {
			return fmt.Errorf("read the confirmed revision: %w; set %s aside and apply again", err, s.dir.path(confirmedFile))
		}
	}
	var opened Opened
	if ok, err := s.dir.read(openedFile, &opened); err != nil {
		return err
	} else if ok {
		s.isOpen(&opened)
	}
	var last Outcome
	if ok, err := s.dir.read(outcomeFile, &last); err != nil {
		return err
	} else if ok {
		s.last = &last
	}
	if _, err := s.dir.read(grantsFile, &s.grants); err != nil {
		return err
	}
	_, err = s.dir.read(containmentsFile, &s.containments)
	return err
}

// bringUp makes the kernel have what it should, before packets pass.
func (s *Server) bringUp() error {
	left, err := s.dir.pending()
	if err != nil {
		return err
	}
	if left != nil {
		return s.takeUp(left)
	}
	if f, ok := s.kernel.(interface{ Found() enforce.Found }); ok && len(f.Found().Rebuilt) > 0 {
		// Another version of this program had made them, or somebody changed them.
		s.c.Log.Warn("the wall's chains were not as they should be and were put right", "where", f.Found().Rebuilt[0].Where, "what", f.Found().Rebuilt[0].What, "differences", len(f.Found().Rebuilt))
	}
	back, err := s.kernel.Read()
	if err != nil {
		return fmt.Errorf("read what the kernel has: %w", err)
	}
	if s.fresh(back.Applied) {
		// A boot, or a kernel that somebody emptied: nothing passed it meanwhile.
		if _, err := s.kernel.Apply(s.should()); err != nil {
			return fmt.Errorf("load revision %d: %w", s.number(), err)
		}
		s.c.Log.Info("loaded", "revision", s.number())
	}
	s.rearm()
	s.checkKernel()
	return nil
}

// fresh tells a kernel that has not had this boundary's revision since it was
// started.
func (s *Server) fresh(applied string) bool {
	return applied == "" || applied == openPolicy(s.c.Site).Hash() || applied == openPolicy("").Hash()
}

// number is that of the confirmed revision, 0 for none.
func (s *Server) number() int64 {
	if s.confirmed == nil {
		return 0
	}
	return s.confirmed.Revision.Number
}

// takeUp goes on with a trial of a process that is gone: its guard decides. If
// that is gone too the trial is over: the machine has started anew, or somebody
// has ended both.
func (s *Server) takeUp(r *record) error {
	t := &running{record: r, settled: make(chan struct{})}
	var err error
	if t.policy, err = policy.Parse(r.Policy); err != nil {
		return fmt.Errorf("read the revision on trial: %w; set %s aside", err, s.dir.path(pendingFile))
	}
	ok, err := s.dir.read(previousFile, &t.previous)
	if err != nil {
		s.problem("previous", err.Error())
	}
	if !ok || err != nil {
		t.previous = s.confirmedAsPrevious()
	}
	t.guard = adopt(s.dir.path(guardLockFile))
	s.trial = t
	if t.guard.Alive() {
		s.behind(t)
		s.c.Log.Warn("a revision is on trial; its guard decides", "revision", r.Revision.Number, "until", r.Until)
		return nil
	}
	// What was confirmed, not what stood there before the trial: that may have
	// been somebody's change by hand.
	t.previous = s.confirmedAsPrevious()
	if err := s.takeBack(t, "the boundary process and the guard both ended before it was confirmed: the machine was started anew, or somebody ended them"); err != nil {
		return err
	}
	s.rearm()
	return nil
}

// behind looks whether the process before this one had put the revision into the
// kernel at all. If not, what was there before is what should be there.
func (s *Server) behind(t *running) {
	before, err := policy.Parse(t.previous.Policy)
	if err != nil {
		return
	}
	t.before = before.Hash()
	if back, err := s.kernel.Read(); err == nil && back.Hash == t.before {
		t.policy = before
	}
}

// hashOf is the hash of a canonical policy.
func hashOf(canonical []byte) string {
	sum := sha256.Sum256(canonical)
	return hex.EncodeToString(sum[:])
}

func (s *Server) confirmedAsPrevious() previous {
	p := previous{Box: s.c.Box, Number: s.number(), Policy: s.inForce.Canonical()}
	if s.confirmed != nil {
		p.Critical = s.confirmed.Critical
	}
	return p
}

// rearm gives the kernel the grants and containments that still hold and that it
// does not have: it keeps them itself until the machine stops.
func (s *Server) rearm() {
	s.prune(time.Now())
	var wrong []error
	grants, err := s.kernel.Grants()
	wrong = append(wrong, err)
	has := map[string]bool{}
	for i := range grants {
		has[grants[i].ID] = true
	}
	for id, g := range s.grants {
		if !has[id] {
			wrong = append(wrong, s.kernel.Grant(g.Grant))
		}
	}
	held, err := s.kernel.Containments()
	wrong = append(wrong, err)
	clear(has)
	for i := range held {
		has[held[i].ID] = true
	}
	for id, c := range s.containments {
		if !has[id] {
			wrong = append(wrong, s.kernel.Contain(c.Containment))
		}
	}
	text := ""
	if err := errors.Join(wrong...); err != nil {
		text = "grants and containments cannot be put in force again: " + err.Error()
	}
	s.problem("rearm", text)
}

// prune forgets grants and containments whose time is over; the kernel has.
func (s *Server) prune(now time.Time) {
	for id, g := range s.grants {
		if !now.Before(g.Until) {
			delete(s.grants, id)
		}
	}
	for id, c := range s.containments {
		if !now.Before(c.Until) {
			delete(s.containments, id)
		}
	}
}
