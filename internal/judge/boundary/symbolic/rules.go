package symbolic

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/bdd"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// rulesSide is a list of rules in a space.
type rulesSide struct {
	*space
	rules *policy.RuleSet
	opt   *Options
	from  []int // lists of the rules
	to    []int
	bound [][2]int // lists of the lines that were not understood
	match []bdd.Ref
	// before is what earlier rules decide about, by rule; the last is what any
	// does.
	before    []bdd.Ref
	must, may bdd.Ref
}

func prepareRules(c *catalogue, rs *policy.RuleSet, opt *Options) func(*space) side {
	x := &rulesSide{rules: rs, opt: opt}
	list := func(p []netip.Prefix) int {
		if len(p) == 0 {
			return everywhere
		}
		return c.add(p)
	}
	for i := range rs.Rules {
		x.from, x.to = append(x.from, list(rs.Rules[i].From)), append(x.to, list(rs.Rules[i].To))
	}
	for i := range rs.Unknown {
		pair := [2]int{}
		if b := rs.Unknown[i].Bound; b != nil {
			pair = [2]int{list(b.From), list(b.To)}
		}
		x.bound = append(x.bound, pair)
	}
	return func(s *space) side {
		x.space = s
		x.fold()
		return x
	}
}

// fold goes through the rules: each decides about what none before it did.
func (x *rulesSide) fold() {
	before, allowed := bdd.False, bdd.False
	for i := range x.rules.Rules {
		r := &x.rules.Rules[i]
		m := bdd.False
		if !x.ended(r) {
			m = x.between(x.from[i], x.to[i], x.services(r))
		}
		x.match, x.before = append(x.match, m), append(x.before, before)
		if r.Allow {
			allowed = x.Or(allowed, x.Diff(m, before))
		}
		before = x.Or(before, m)
	}
	x.before = append(x.before, before)
	if x.rules.Default {
		allowed = x.Or(allowed, x.Not(before))
	}
	x.must, x.may = allowed, allowed
	if slices.ContainsFunc(x.rules.Unknown, func(l policy.Line) bool { return !l.Harmless }) {
		x.must, x.may = x.doubt()
	}
}

func (x *rulesSide) ended(r *policy.Rule) bool {
	return !x.opt.Now.IsZero() && !r.Until.IsZero() && !x.opt.Now.Before(r.Until)
}

func (x *rulesSide) services(r *policy.Rule) bdd.Ref {
	if len(r.Matches) == 0 {
		return bdd.True
	}
	return x.any(r.Matches)
}

// doubt goes through the rules from the last to the first with two answers: what
// passes whatever the lines mean that were not understood, and what passes if
// they mean the most.
func (x *rulesSide) doubt() (must, may bdd.Ref) {
	if x.rules.Default {
		must, may = bdd.True, bdd.True
	}
	for i := len(x.rules.Rules); i >= 0; i-- {
		if i < len(x.rules.Rules) {
			if x.rules.Rules[i].Allow {
				must, may = x.Or(must, x.match[i]), x.Or(may, x.match[i])
			} else {
				must, may = x.Diff(must, x.match[i]), x.Diff(may, x.match[i])
			}
		}
		for k := range x.rules.Unknown {
			l := &x.rules.Unknown[k]
			switch at := min(max(l.Rule, 0), len(x.rules.Rules)); {
			case at != i || l.Harmless:
			case l.Bound == nil:
				must, may = bdd.False, bdd.True
			case l.Bound.Allow:
				may = x.Or(may, x.reach(k))
			default:
				must = x.Diff(must, x.reach(k))
			}
		}
	}
	return must, may
}

// reach is the most that a line can decide about.
func (x *rulesSide) reach(k int) bdd.Ref {
	b := x.rules.Unknown[k].Bound
	if b == nil {
		return bdd.True
	}
	return x.between(x.bound[k][0], x.bound[k][1], x.services(b))
}

func (x *rulesSide) bounds() (must, may bdd.Ref) { return x.must, x.may }

func (x *rulesSide) zones() *policy.Policy { return nil }

func (x *rulesSide) passes(d *Decision) bool { return d.Action.Passes() && !d.Unknown }

func (x *rulesSide) decide(k *policy.Packet) Decision {
	if x.has(x.may, k) && !x.has(x.must, k) {
		return x.undecided(k)
	}
	i := x.first(k)
	d := Decision{Rule: i}
	if i < 0 {
		d.Says = "no rule is about it, and what none is about is stopped"
		if x.rules.Default {
			d.Action = policy.Allow
			d.Says = "no rule is about it, and what none is about passes"
		}
		return d
	}
	r := &x.rules.Rules[i]
	d.Line, d.Conduit = r.Line, r.Conduit
	d.Says = ruleName(r, i) + " stops it"
	if r.Allow {
		d.Action = policy.Allow
		d.Says = ruleName(r, i) + " allows it"
	}
	return d
}

// undecided names the first line that might decide about a packet.
func (x *rulesSide) undecided(k *policy.Packet) Decision {
	d := Decision{Rule: -1, Unknown: true, Says: "a line that was not understood might decide about it"}
	for i := range x.rules.Unknown {
		l := &x.rules.Unknown[i]
		if l.Harmless || l.Bound != nil && !l.Bound.Fits(k) {
			continue
		}
		d.Line = l.Number
		d.Says = fmt.Sprintf("line %d was not understood and might decide about it: %s", l.Number, l.Why)
		break
	}
	return d
}

// first is the first rule that is about a packet, -1 if none is.
func (x *rulesSide) first(k *policy.Packet) int {
	return slices.IndexFunc(x.rules.Rules, func(r policy.Rule) bool { return !x.ended(&r) && r.Fits(k) })
}

func ruleName(r *policy.Rule, i int) string {
	says := fmt.Sprintf("rule %d", i+1)
	if r.Name != "" {
		says = fmt.Sprintf("rule %q", r.Name)
	}
	if r.Line > 0 {
		says += fmt.Sprintf(" (line %d)", r.Line)
	}
	return says
}

func (x *rulesSide) region(k *policy.Packet, d *Decision) bdd.Ref {
	switch {
	case d.Unknown:
		doubt := x.Diff(x.may, x.must)
		for i := range x.rules.Unknown {
			if l := &x.rules.Unknown[i]; !l.Harmless && l.Number == d.Line {
				return x.And(doubt, x.reach(i))
			}
		}
		return doubt
	case d.Rule < 0:
		return x.Not(x.before[len(x.rules.Rules)])
	}
	return x.Diff(x.match[d.Rule], x.before[d.Rule])
}
