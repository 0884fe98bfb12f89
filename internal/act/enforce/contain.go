//go:build linux

package enforce

import (
	"fmt"
	"slices"
	"time"

	"github.com/google/nftables"

	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// maxContained bounds the containments that hold at one time.
const maxContained = 1024

// Contain stops what c names until its time, which the kernel keeps. A
// containment of the same id is replaced.
func (w *Wall) Contain(c policy.Containment) error {
	now := time.Now()
	c.Addrs = slices.Clone(c.Addrs)
	for i, a := range c.Addrs {
		if c.Addrs[i] = a.Unmap().WithZone(""); !a.IsValid() {
			return fmt.Errorf("%w: containment %q has an address that is none", ErrRefused, c.ID)
		}
	}
	if c.ID == "" || !now.Before(c.Until) {
		return fmt.Errorf("%w: containment %q until %v", ErrRefused, c.ID, c.Until)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.refresh(); err != nil {
		return err
	}
	list := slices.DeleteFunc(slices.Clone(w.contained), func(x policy.Containment) bool { return x.ID == c.ID || !now.Before(x.Until) })
	if len(list) >= maxContained {
		return fmt.Errorf("%w: there are %d containments already", ErrRefused, len(list))
	}
	held, err := w.known()
	if err != nil {
		return err
	}
	if err := names(held, c); err != nil {
		return err
	}
	return w.recontain(held, append(list, c))
}

// known is the plan of the policy in the kernel, if that is known: a cut needs
// the numbers of zones and what a conduit allows.
func (w *Wall) known() (*plan, error) {
	if w.held != nil {
		return w.held, nil
	}
	have, err := w.read([]string{"words"})
	if err != nil {
		return nil, gone(err)
	}
	wd, err := unpackWords(have["words"])
	if err != nil {
		return nil, err
	}
	return planFor(w.cfg, wd.Numbers, wd.Policy, time.Now())
}

// names refuses a containment of what is not in the policy.
func names(held *plan, c policy.Containment) error {
	p := held.policy
	if c.Conduit != "" && !slices.ContainsFunc(p.Conduits, func(x policy.Conduit) bool { return x.ID == c.Conduit }) {
		return fmt.Errorf("%w: there is no conduit %q", ErrRefused, c.Conduit)
	}
	if c.Pair != ([2]string{}) {
		for _, id := range c.Pair {
			if id != "" && p.Zone(id) < 0 {
				return fmt.Errorf("%w: there is no zone %q", ErrRefused, id)
			}
		}
	}
	if c.Conduit == "" && c.Pair == ([2]string{}) && len(c.Addrs) == 0 {
		return fmt.Errorf("%w: containment %q names nothing", ErrRefused, c.ID)
	}
	return nil
}

// Release ends a containment. To release what is not there is no error.
func (w *Wall) Release(id string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.refresh(); err != nil {
		return err
	}
	now := time.Now()
	list := slices.DeleteFunc(slices.Clone(w.contained), func(x policy.Containment) bool { return x.ID == id || !now.Before(x.Until) })
	if len(list) == len(w.contained) {
		return nil
	}
	held, err := w.known()
	if err != nil {
		return err
	}
	return w.recontain(held, list)
}

// recontain makes the containments those of a list, in one transaction.
func (w *Wall) recontain(held *plan, list []policy.Containment) error {
	before := w.contained
	w.contained = list
	if err := w.stop(held); err != nil {
		w.contained = before
		return err
	}
	if err := w.commit(); err != nil {
		w.contained = before
		return fmt.Errorf("contain: %w", err)
	}
	return nil
}

// stop puts into the transaction what stops what containments name, given the
// numbers and conduits of a plan.
func (w *Wall) stop(p *plan) error {
	sets, err := stopping(p, w.contained, time.Now())
	if err != nil {
		return err
	}
	for _, name := range stopSets {
		s := w.skeleton.set(name)
		w.k.nft.FlushSet(s)
		if err := w.k.add(s, sets[name]); err != nil {
			return err
		}
	}
	w.cutting(len(sets["cutpairs"])+len(sets["cutconduits"]) > 0)
	return nil
}

var stopSets = []string{"stopped4", "stopped6", "contained", "cutpairs", "cutconduits"}

// cutting makes chain cut have its rules, or none.
func (w *Wall) cutting(on bool) {
	t := w.skeleton.main()
	i := slices.IndexFunc(w.skeleton.chains, func(c *nftables.Chain) bool { return c.Name == "cut" })
	cut := w.skeleton.chains[i]
	w.k.nft.FlushChain(cut)
	if !on {
		return
	}
	b := &builder{skeleton: w.skeleton, table: t, family: t.Family, group: w.cfg.Group, cfg: w.cfg}
	for _, c := range b.cutRules() {
		w.k.nft.AddRule(&nftables.Rule{Table: t, Chain: cut, Exprs: c})
	}
}

// rewriteCut gives chain cut its rules after the skeleton was made anew.
func (w *Wall) rewriteCut() error {
	if len(w.contained) == 0 {
		return nil
	}
	w.cutting(true)
	return w.k.commit()
}

// stopping are the elements that stop what containments name. Of two that name
// the same the one counts that holds longer.
func stopping(p *plan, list []policy.Containment, now time.Time) (contents, error) {
	c := contents{}
	longest := map[string]map[string]element{}
	add := func(set string, e element) {
		if longest[set] == nil {
			longest[set] = map[string]element{}
		}
		k := string(e.key) + string(e.end)
		if o, there := longest[set][k]; !there || o.until.Before(e.until) {
			longest[set][k] = e
		}
	}
	for _, x := range list {
		if !now.Before(x.Until) {
			continue
		}
		for _, a := range x.Addrs {
			add("stopped"+suffixOf(a), element{key: a.AsSlice(), until: x.Until, note: short(x.ID)})
		}
		for _, k := range p.pairOf(x.Pair) {
			add("cutpairs", element{key: k, until: x.Until, note: short(x.ID)})
		}
		for _, e := range p.conduitElements(x.Conduit) {
			end := e.end
			if end == nil {
				end = e.key
			}
			add("cutconduits", element{key: e.key, end: end, until: x.Until, note: short(x.ID)})
		}
	}
	for set, m := range longest {
		for _, e := range m {
			c[set] = append(c[set], e)
		}
	}
	c.sort()
	parts, err := pack(list)
	c["contained"] = parts
	return c, err
}

// pairOf are the keys of a pair of zones in both directions; none if it is no
// pair or has a zone that the policy has no more.
func (x *plan) pairOf(pair [2]string) [][]byte {
	if pair == ([2]string{}) {
		return nil
	}
	var n [2]uint32
	for i, id := range pair {
		if id == "" {
			continue // nowhere
		}
		z := x.policy.Zone(id)
		if z < 0 {
			return nil
		}
		n[i] = x.zone[z]
	}
	return [][]byte{pairKey(n[0], n[1]), pairKey(n[1], n[0])}
}

// conduitElements are the elements that stand for a conduit.
func (x *plan) conduitElements(id string) (all []element) {
	if id == "" {
		return nil
	}
	for _, set := range []string{"conduits", "ranges", "relayed"} {
		for _, e := range x.sets[set] {
			if e.note == short(id) {
				all = append(all, e)
			}
		}
	}
	return all
}

// Containments are those that hold, in the order in which they came.
func (w *Wall) Containments() ([]policy.Containment, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	have, err := w.read([]string{"contained"})
	if err != nil {
		return nil, gone(err)
	}
	return containments(have["contained"], time.Now())
}

func containments(list []element, now time.Time) (all []policy.Containment, err error) {
	if len(list) == 0 {
		return nil, nil
	}
	if err := unpack(list, &all); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(c policy.Containment) bool { return !now.Before(c.Until) }), nil
}

// recall takes over the grants and containments that the kernel has.
func (w *Wall) recall(have contents) {
	w.recallGrants(have)
	// Damaged words leave the containments standing; they end at their time.
	w.contained, _ = containments(have["contained"], time.Now())
}
