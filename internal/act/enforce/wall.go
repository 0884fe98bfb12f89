//go:build linux

package enforce

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/google/nftables"
	"golang.org/x/sys/unix"

	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// Wall is the wall in the kernel. Its methods may be called by several
// goroutines. It holds no packet and needs no goroutine: when the process ends
// the wall stays as it is.
type Wall struct {
	cfg     Config
	perfect *shape // how the skeleton has to look; nil of a wall that was attached
	cut     *shape // and with the rules of chain cut

	mu       sync.Mutex
	found    Found
	k        *kernel
	skeleton *skeleton
	// held is what the sets hold as long as the kernel's generation is this one;
	// nil if they hold something else than a policy that was applied.
	held       *plan
	generation uint32
	numbers    numbering
	grants     map[string]policy.Grant
	contained  []policy.Containment
	watched    []policy.Critical
}

// Found says what Open found.
type Found struct {
	// Standing is whether there was a wall already: that of a process before.
	Standing bool `json:"standing"`
	// Rebuilt is what was wrong with its chains and rules: they have been put
	// right, and packets may have been lost meanwhile.
	Rebuilt []Drift `json:"rebuilt,omitempty"`
}

// Open finds the wall's tables in the kernel or makes them with a policy that
// lets everything through. It needs CAP_NET_ADMIN, and CAP_SYS_ADMIN for a
// namespace in which it sees how its own tables have to look.
func Open(cfg Config, caps Caps) (*Wall, error) { return open(cfg, caps, true) }

// Attach is Open for a process that may not make a namespace: it needs
// CAP_NET_ADMIN alone. It takes a wall that stands as it is, and its Read says
// nothing about chains and rules.
func Attach(cfg Config, caps Caps) (*Wall, error) { return open(cfg, caps, false) }

func open(cfg Config, caps Caps, compare bool) (*Wall, error) {
	cfg, err := cfg.filled()
	if err != nil {
		return nil, err
	}
	if cfg.Mode == Bridge && cfg.Tracking == "" {
		cfg.Tracking = caps.Best()
	}
	if err := caps.check(cfg); err != nil {
		return nil, err
	}
	w := &Wall{cfg: cfg, skeleton: build(cfg), grants: map[string]policy.Grant{}}
	if compare {
		w.perfect, err = reference(cfg)
		if err == nil {
			w.cut, err = referenceCut(cfg)
		}
		if err != nil {
			return nil, fmt.Errorf("see how the wall has to look: %w", err)
		}
	}
	if w.k, err = dial(cfg.Namespace); err != nil {
		return nil, err
	}
	if err := w.find(); err != nil {
		return nil, errors.Join(err, w.k.close())
	}
	return w, nil
}

// Config is the configuration with its defaults filled in.
func (w *Wall) Config() Config { return w.cfg }

// Found is what Open found, or Mend the last time.
func (w *Wall) Found() Found {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.found
}

// find takes over the tables that stand, or makes them.
func (w *Wall) find() error {
	now, err := w.k.shapeOf(w.cfg.Table)
	switch {
	case err != nil:
		return err
	case len(now.lines) == 0:
		w.found = Found{}
		if err = w.make(openPolicy(), nil); !errors.Is(err, unix.EEXIST) {
			return err
		}
		if now, err = w.k.shapeOf(w.cfg.Table); err != nil {
			return err
		}
	}
	w.found = Found{Standing: true, Rebuilt: w.differences(now, false)}
	if len(w.found.Rebuilt) > 0 {
		return w.rebuild(now)
	}
	return w.remember()
}

// Mend makes the wall's tables anew if they are gone, and puts their chains and
// rules right if somebody has changed them. It needs CAP_NET_ADMIN alone. A wall
// that was attached only does the first.
func (w *Wall) Mend() (Found, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	err := w.find()
	return w.found, err
}

// openPolicy lets everything through and reports nothing.
func openPolicy() *policy.Policy {
	return &policy.Policy{Zones: []policy.Zone{{}}, Rest: model.StageObserve}
}

// refresh makes what is known of the kernel's sets true again if another process
// has changed something: the guard's, or a person's.
func (w *Wall) refresh() error {
	now, err := w.k.generation()
	if err != nil || now == w.generation {
		return err
	}
	return gone(w.remember())
}

// remember reads what another process has left.
func (w *Wall) remember() error {
	w.held = nil
	before, err := w.k.generation()
	if err != nil {
		return err
	}
	have, err := w.read(slices.Concat(w.policySets(), timedSets))
	if err != nil {
		return err
	}
	w.generation = before // what came since then is seen next time
	w.recall(have)
	if wd, err := unpackWords(have["words"]); err == nil {
		w.numbers = wd.Numbers
		if p, err := planFor(w.cfg, wd.Numbers, wd.Policy, time.Now()); err == nil && !slices.ContainsFunc(w.policySets(), func(s string) bool {
			gone, come := differ(have[s], p.sets[s])
			return len(gone)+len(come) > 0
		}) {
			w.held = p
		}
		return nil
	}
	w.numbers = numbersOf(have["names"])
	return nil
}

// timedSets are those that hold grants and containments.
var timedSets = []string{"grants4", "grants6", "stopped4", "stopped6", "contained", "cutpairs", "cutconduits"}

// policySets are those that hold a policy.
func (w *Wall) policySets() []string {
	all := []string{"zones4", "zones6", "names", "words", "conduits", "ranges", "relayed", "pairs", "rest"}
	if w.cfg.Mode == Bridge {
		all = append(all, "ethernet")
		if w.cfg.Tracking == Stateless {
			all = append(all, "back", "backrest")
		}
	}
	return all
}

// read reads sets of the skeleton.
func (w *Wall) read(names []string) (contents, error) {
	c := contents{}
	for _, n := range names {
		list, err := w.k.elements(w.skeleton.set(n))
		if err != nil {
			return nil, fmt.Errorf("set %s: %w", n, err)
		}
		c[n] = list
	}
	return c, nil
}

// create adds the whole skeleton to a transaction.
func (s *skeleton) create(k *kernel) {
	for _, t := range s.tables {
		k.nft.CreateTable(t) // and if another process has just made it, nothing happens
	}
	for _, c := range s.chains {
		k.nft.AddChain(c)
	}
	for _, x := range s.sets {
		// It cannot fail: no set is anonymous, and all types are known.
		_ = k.nft.AddSet(x, s.fixed[x])
	}
	for _, r := range s.rules {
		k.nft.AddRule(&nftables.Rule{Table: r.chain.Table, Chain: r.chain, Exprs: r.code})
	}
}

// make puts the skeleton and a policy into the kernel in one transaction, with
// the timed elements of a wall before.
func (w *Wall) make(p *policy.Policy, timed contents) error {
	plan, err := planFor(w.cfg, w.numbers, p, time.Now())
	if err != nil {
		return err
	}
	w.skeleton.create(w.k)
	for _, c := range []contents{plan.sets, timed} {
		for name, list := range c {
			if err := w.k.add(w.skeleton.set(name), list); err != nil {
				return err
			}
		}
	}
	if err := w.k.commit(); err != nil {
		return err
	}
	w.recall(timed)
	if err := w.rewriteCut(); err != nil {
		return err
	}
	w.held, w.numbers = plan, plan.numbers
	w.generation, err = w.k.generation()
	return err
}

// rebuild replaces tables that are not as they should be: those of another
// version of this program, or that somebody has changed. The policy, grants and
// containments stay.
func (w *Wall) rebuild(now *shape) error {
	have := contents{}
	for _, n := range slices.Concat(w.policySets(), timedSets) {
		// A set that is not there, or is another, holds nothing that is wanted.
		if list, err := w.k.elements(w.skeleton.set(n)); err == nil {
			have[n] = list
		}
	}
	p := openPolicy()
	if wd, err := unpackWords(have["words"]); err == nil {
		w.numbers, p = wd.Numbers, wd.Policy
	} else if len(have["conduits"])+len(have["ranges"])+len(have["pairs"]) > 0 {
		w.numbers = numbersOf(have["names"])
		p = policyOf(have, nil)
	}
	timed := contents{}
	for _, n := range timedSets {
		timed[n] = have[n]
	}
	for _, t := range w.skeleton.tables {
		// To add a table that is there already is no error, and then it can be
		// deleted whether it was there or not.
		w.k.nft.AddTable(t)
		w.k.nft.DelTable(t)
	}
	return w.make(p, timed)
}

// Remove takes the wall out of the kernel: everything passes.
func (w *Wall) Remove() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, t := range w.skeleton.tables {
		w.k.nft.DelTable(t)
	}
	w.held = nil
	if err := w.k.commit(); err != nil {
		return fmt.Errorf("remove the wall: %w", err)
	}
	return nil
}

// Close ends the use of the wall and leaves it standing.
func (w *Wall) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.k.close()
}
