//go:build linux

package enforce

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/nftables"
	"golang.org/x/sys/unix"

	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// Apply makes p what the kernel does, in one transaction: a packet is judged by
// the old policy or by the new one. Then it ends standing connections that p
// denies between zones that are enforced. What conduits allow until a time
// passes until then without another call.
func (w *Wall) Apply(p *policy.Policy) (Applied, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	began := time.Now()
	p = clone(p)
	p.Normalize()
	if err := w.refresh(); err != nil {
		return Applied{}, err
	}
	plan, err := planFor(w.cfg, w.numbers, p, began)
	if err != nil {
		return Applied{}, err
	}
	n, err := w.put(plan)
	if err != nil {
		return Applied{}, err
	}
	a := Applied{Hash: plan.hash, Took: time.Since(began), Elements: n}
	began = time.Now()
	a.Connections, err = w.endDenied()
	a.Ended = time.Since(began)
	return a, err
}

// put makes the sets what the plan says and returns how many elements changed.
func (w *Wall) put(plan *plan) (int, error) {
	var have contents
	if w.held != nil {
		have = w.held.sets
	} else {
		var err error
		if have, err = w.read(w.policySets()); err != nil {
			return 0, gone(err)
		}
	}
	changed := 0
	for _, name := range w.policySets() {
		n, err := w.change(w.skeleton.set(name), have[name], plan.sets[name])
		if err != nil {
			return 0, err
		}
		changed += n
	}
	if err := w.stop(plan); err != nil {
		return 0, err
	}
	if err := w.commit(); err != nil {
		return 0, err
	}
	w.held, w.numbers = plan, plan.numbers
	return changed, nil
}

// commit sends a transaction. The generation afterwards is that of the wall's own
// change; if somebody else came between, it is not known what the sets hold.
func (w *Wall) commit() error {
	if err := w.k.commit(); err != nil {
		w.generation = 0
		return gone(err)
	}
	now, err := w.k.generation()
	if err != nil || now != w.generation+1 {
		w.generation = 0
		return err
	}
	w.generation = now
	return nil
}

// gone names the reason when there are no tables any more.
func gone(err error) error {
	if errors.Is(err, unix.ENOENT) {
		return fmt.Errorf("%w: %w", ErrGone, err)
	}
	return err
}

// change puts into the transaction what makes a set's elements the wanted ones.
// Elements that stay are not touched, and keep their counters. Where most of
// them go it is cheaper to empty the set, and intervals of one field must be
// replaced as a whole: the kernel would see the new ones overlap with the old.
func (w *Wall) change(s *nftables.Set, have, want []element) (int, error) {
	gone, come := differ(have, want)
	switch {
	case len(gone)+len(come) == 0:
		return 0, nil
	case len(gone) > 0 && (s.Interval && !s.Concatenation || len(gone) > len(have)/2):
		w.k.nft.FlushSet(s)
		return len(have) + len(want), w.k.add(s, want)
	}
	if len(gone) > 0 {
		if err := w.k.delete(s, gone); err != nil {
			return 0, err
		}
	}
	if s.Interval && !s.Concatenation && len(have) > 0 { // only additions, but they cut what is there
		w.k.nft.FlushSet(s)
		return len(have) + len(want), w.k.add(s, want)
	}
	return len(gone) + len(come), w.k.add(s, come)
}

// clone copies a policy, so that its owner may go on changing it.
func clone(p *policy.Policy) *policy.Policy {
	c := *p
	c.Zones = slices.Clone(p.Zones)
	for i := range c.Zones {
		c.Zones[i].Ranges = slices.Clone(c.Zones[i].Ranges)
	}
	c.Conduits = slices.Clone(p.Conduits)
	for i := range c.Conduits {
		c.Conduits[i].Matches = slices.Clone(c.Conduits[i].Matches)
	}
	c.Pairs, c.Ethernet = slices.Clone(p.Pairs), slices.Clone(p.Ethernet)
	return &c
}
