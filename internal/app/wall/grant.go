package wall

import (
	"fmt"
	"maps"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// Grant lets one connection pass for a time. The kernel ends it, whether this
// process lives or not.
func (s *Server) Grant(r GrantRequest) error {
	now := time.Now()
	switch {
	case !named(r.ID) || r.By == "":
		return fmt.Errorf("%w: a grant needs an id and who gives it", ErrInvalid)
	case !sameFamily(r.Src, r.Dst) || r.Proto != policy.TCP && r.Proto != policy.UDP || r.Port == 0:
		return fmt.Errorf("%w: grant %q needs two addresses of one family, TCP or UDP, and a port", ErrInvalid, r.ID)
	case !r.Until.After(now):
		return fmt.Errorf("%w: grant %q is over since %s; is the box's clock right?", ErrInvalid, r.ID, r.Until.Format(time.RFC3339))
	case r.Until.Sub(now) > s.c.Limits.Grant:
		return fmt.Errorf("%w: a grant lasts at most %s (boundary: limits: grant), not until %s", ErrInvalid, s.c.Limits.Grant, r.Until.Format(time.RFC3339))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.prune(now)
	old, replaces := s.grants[r.ID]
	if !replaces && len(s.grants) >= s.c.Limits.Grants {
		return fmt.Errorf("%w: %d grants hold, and more are not allowed; revoke one", ErrConflict, len(s.grants))
	}
	if err := s.kernel.Grant(r.Grant); err != nil {
		return kernelError("grant "+r.ID, err)
	}
	g := Grant{r.Grant, now}
	if replaces {
		g.Since = old.Since
	}
	s.grants[r.ID] = g
	if err := s.dir.write(grantsFile, s.grants); err != nil {
		// What is not kept is not granted: the hub would not find it again.
		delete(s.grants, r.ID)
		if undone := s.kernel.Revoke(r.ID); undone != nil {
			s.problem("grant", fmt.Sprintf("grant %q holds until %s and is not kept: %v", r.ID, r.Until.Format(time.RFC3339), undone))
		}
		return fmt.Errorf("%w: %w; it was not granted", ErrInternal, err)
	}
	s.c.Log.Warn("granted", "grant", r.ID, "src", r.Src, "dst", r.Dst, "port", r.Port, "until", r.Until, "by", r.By, "why", r.Why)
	return nil
}

// Revoke ends a grant and its connections.
func (s *Server) Revoke(id string, r EndRequest) error {
	if r.By == "" {
		return fmt.Errorf("%w: say who revokes it", ErrInvalid)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.prune(time.Now())
	_, ours := s.grants[id]
	// The kernel first, and also of what this process does not know: a grant that
	// a restart has forgotten must be revocable.
	if err := s.kernel.Revoke(id); err != nil {
		return kernelError("revoke "+id, err)
	}
	if !ours {
		return fmt.Errorf("%w: no grant %q holds", ErrNotFound, id)
	}
	s.c.Log.Warn("revoked", "grant", id, "by", r.By, "reason", r.Reason)
	return forget(s, s.grants, id, grantsFile)
}

// forget takes one from a list that is kept. s.mu is held.
func forget[T any](s *Server, list map[string]T, id, file string) error {
	without := maps.Clone(list)
	delete(without, id)
	delete(list, id)
	if err := s.dir.write(file, without); err != nil {
		return fmt.Errorf("%w: it was ended, and after a restart of the machine it would hold again until its time: %w", ErrInternal, err)
	}
	return nil
}

// named tells an id that can be told from others in a log and in a path.
func named(id string) bool {
	if id == "" || len(id) > 64 {
		return false
	}
	for _, c := range id {
		if c <= ' ' || c > '~' || c == '/' {
			return false
		}
	}
	return true
}
