package wall

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/act/enforce"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// Contain stops what a containment names until its time, whatever the policy
// allows, and says what it stops.
func (s *Server) Contain(x policy.Containment) (*Contained, error) {
	now := time.Now()
	switch {
	case !named(x.ID) || x.By == "" || x.Why == "":
		return nil, fmt.Errorf("%w: a containment needs an id, who asks for it and why", ErrInvalid)
	case !x.Until.After(now) || x.Until.Sub(now) > s.c.Limits.Containment:
		return nil, fmt.Errorf("%w: a containment ends within %s (boundary: limits: containment), not at %s", ErrInvalid, s.c.Limits.Containment, x.Until.Format(time.RFC3339))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.prune(now)
	stops, err := Stops(s.should(), &x)
	if err != nil {
		return nil, err
	}
	old, replaces := s.containments[x.ID]
	if !replaces && len(s.containments) >= s.c.Limits.Containments {
		return nil, fmt.Errorf("%w: %d containments hold, and more are not allowed; release one", ErrConflict, len(s.containments))
	}
	if err := s.kernel.Contain(x); err != nil {
		return nil, kernelError("contain "+x.ID, err)
	}
	c := Contained{Containment: x, Since: now, Stops: stops}
	if replaces {
		c.Since = old.Since
	}
	s.containments[x.ID] = c
	text := ""
	if err := s.dir.write(containmentsFile, s.containments); err != nil {
		// It is there to stop an attack: it holds, and that it may not outlive the
		// machine is for people to know.
		text = fmt.Sprintf("containment %q holds and would not after a restart of the machine: %v", x.ID, err)
	}
	s.problem("containment", text)
	s.c.Log.Warn("contained", "containment", x.ID, "stops", stops, "until", x.Until, "by", x.By, "why", x.Why)
	return &c, nil
}

// Release ends a containment.
func (s *Server) Release(id string, r EndRequest) error {
	if r.By == "" {
		return fmt.Errorf("%w: say who releases it", ErrInvalid)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.prune(time.Now())
	_, ours := s.containments[id]
	if err := s.kernel.Release(id); err != nil {
		return kernelError("release "+id, err)
	}
	if !ours {
		return fmt.Errorf("%w: no containment %q holds", ErrNotFound, id)
	}
	s.c.Log.Warn("released", "containment", id, "by", r.By, "reason", r.Reason)
	return forget(s, s.containments, id, containmentsFile)
}

// everything is what Stops says of an address whose zone has no conduits.
const everything = "everything"

// Stops are the ids of the conduits that a containment cuts or narrows. Of
// addresses these are the conduits of their zones, of which what concerns the
// addresses stops. It is "everything" where it stops more than conduits allow:
// while a pair is not enforced, or of an address without a conduit.
func Stops(p *policy.Policy, x *policy.Containment) ([]string, error) {
	if one := len(x.Addrs) > 0; one && (x.Conduit != "" || x.Pair != [2]string{}) || x.Conduit != "" && x.Pair != [2]string{} {
		return nil, fmt.Errorf("%w: containment %q names addresses, a conduit or a pair of zones: one of them", ErrInvalid, x.ID)
	}
	switch {
	case len(x.Addrs) > 0:
		return stopsAddrs(p, x)
	case x.Conduit != "":
		if !slices.ContainsFunc(p.Conduits, func(c policy.Conduit) bool { return c.ID == x.Conduit }) {
			return nil, fmt.Errorf("%w: the policy in force has no conduit %q", ErrInvalid, x.Conduit)
		}
		return []string{x.Conduit}, nil
	case x.Pair != [2]string{}:
		return stopsPair(p, x)
	}
	return nil, fmt.Errorf("%w: containment %q names neither addresses nor a conduit nor a pair of zones", ErrInvalid, x.ID)
}

func stopsAddrs(p *policy.Policy, x *policy.Containment) ([]string, error) {
	zones := map[int]bool{}
	for _, a := range x.Addrs {
		if !a.IsValid() {
			return nil, fmt.Errorf("%w: containment %q names an address that is none", ErrInvalid, x.ID)
		}
		zones[p.At(a)] = true
	}
	stops := cut(p, func(c *policy.Conduit) bool { return zones[c.From] || zones[c.To] })
	if len(stops) == 0 {
		stops = []string{everything}
	}
	return stops, nil
}

func stopsPair(p *policy.Policy, x *policy.Containment) ([]string, error) {
	a, b := p.Zone(x.Pair[0]), p.Zone(x.Pair[1])
	if a < 0 || b < 0 || a == b {
		return nil, fmt.Errorf("%w: %q and %q are not two zones of the policy in force", ErrInvalid, x.Pair[0], x.Pair[1])
	}
	stops := cut(p, func(c *policy.Conduit) bool { return c.From == a && c.To == b || c.From == b && c.To == a })
	if len(stops) == 0 {
		stops = []string{everything}
	}
	return stops, nil
}

func cut(p *policy.Policy, hit func(*policy.Conduit) bool) []string {
	stops := []string{}
	for i := range p.Conduits {
		if hit(&p.Conduits[i]) {
			stops = append(stops, p.Conduits[i].ID)
		}
	}
	return stops
}

// kernelError gives an error of the kernel its kind.
func kernelError(what string, err error) error {
	kind := ErrInternal
	if errors.Is(err, enforce.ErrRefused) {
		kind = ErrInvalid
	}
	return fmt.Errorf("%w: %s: %w", kind, what, err)
}
