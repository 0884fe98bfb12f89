package symbolic

import (
	"fmt"
	"strings"

	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/bdd"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// Fault is what is wrong with a rule or conduit.
type Fault string

// Faults.
const (
	// Void is about no packet at all: an empty list, ports of no protocol.
	Void Fault = "void"
	// Shadowed never decides: others before it are about all its packets.
	Shadowed Fault = "shadowed"
	// Redundant decides, and without it others would decide the same.
	Redundant Fault = "redundant"
	// Open allows everything from everywhere to everywhere.
	Open Fault = "any-any"
	// Ended is not there any more: its time has passed.
	Ended Fault = "ended"
)

// Problem is one rule or conduit that is not what its author thinks.
type Problem struct {
	Fault   Fault  `json:"fault"`
	Rule    int    `json:"rule"` // position; of a conduit that in the policy
	Line    int    `json:"line,omitempty"`
	Name    string `json:"name"`
	Conduit string `json:"conduit,omitempty"`
	// By are the positions of the rules that are about its packets: before it
	// where it is shadowed.
	By []int `json:"by,omitempty"`
	// Opposed says that one of By decides the other way: its author meant
	// something else.
	Opposed bool           `json:"opposed,omitempty"`
	Example *policy.Packet `json:"-"` // one of its packets, nil where it has none
	Says    string         `json:"says"`
}

// Problems finds the rules or conduits that never decide, that are not needed,
// that allow everything, and that have ended.
func Problems(s Source, opt Options) ([]Problem, error) {
	q, err := ask(opt, s, Source{Rules: &policy.RuleSet{}})
	if err != nil {
		return nil, err
	}
	var all []Problem
	switch x := q.sides[0].(type) {
	case *rulesSide:
		all = q.rules(x)
	case *policySide:
		all = q.conduits(x)
	}
	return all, q.Err()
}

func (q *question) rules(x *rulesSide) []Problem {
	later := x.later()
	var all []Problem
	for i := range x.rules.Rules {
		r := &x.rules.Rules[i]
		p := Problem{Rule: i, Line: r.Line, Name: ruleName(r, i), Conduit: r.Conduit}
		mine := q.And(x.match[i], q.whole())
		decides := q.Diff(mine, x.before[i])
		switch {
		case x.ended(r):
			p.Fault, p.Says = Ended, fmt.Sprintf("%s has ended on %s and can be taken out", p.Name, r.Until.Format("2 January 2006"))
		case mine == bdd.False:
			p.Fault, p.Says = Void, p.Name+" is about no packet"
		case decides == bdd.False:
			p.Fault = Shadowed
			q.shadowed(x, &p, mine)
		case r.Allow && q.opens(mine):
			p.Fault, p.Says = Open, p.Name+" allows everything from everywhere to everywhere"
		case r.Allow && q.Diff(decides, later[i+1]) == bdd.False || !r.Allow && q.And(decides, later[i+1]) == bdd.False:
			p.Fault, p.Says = Redundant, p.Name+" is not needed: without it the same would be decided"
		default:
			continue
		}
		if mine != bdd.False {
			k := q.example(mine)
			p.Example = &k
		}
		all = append(all, p)
	}
	return all
}

// later is what the rules from each on let through, if none before them decided.
// Lines that were not understood let nothing through and stop nothing here.
func (x *rulesSide) later() []bdd.Ref {
	pass := bdd.False
	if x.rules.Default {
		pass = bdd.True
	}
	all := make([]bdd.Ref, len(x.rules.Rules)+1)
	all[len(x.rules.Rules)] = pass
	for i := len(x.rules.Rules) - 1; i >= 0; i-- {
		if x.rules.Rules[i].Allow {
			pass = x.Or(pass, x.match[i])
		} else {
			pass = x.Diff(pass, x.match[i])
		}
		all[i] = pass
	}
	return all
}

// shadowed names the rules that are about all packets of another, the first
// that have something left to decide.
func (q *question) shadowed(x *rulesSide, p *Problem, left bdd.Ref) {
	var names []string
	for j := 0; j < p.Rule && left != bdd.False; j++ {
		if q.And(left, x.match[j]) == bdd.False {
			continue
		}
		left = q.Diff(left, x.match[j])
		p.By = append(p.By, j)
		p.Opposed = p.Opposed || x.rules.Rules[j].Allow != x.rules.Rules[p.Rule].Allow
		if len(names) < mostWords {
			names = append(names, ruleName(&x.rules.Rules[j], j))
		}
	}
	if more := len(p.By) - len(names); more > 0 {
		names = append(names, fmt.Sprintf("%d more", more))
	}
	p.Says = fmt.Sprintf("%s never decides: %s before it already did", p.Name, strings.Join(names, ", "))
	if p.Opposed {
		p.Says += ", and the other way"
	}
}

// opens reports whether packets are all of a family, or all of its TCP or UDP.
func (q *question) opens(packets bdd.Ref) bool {
	for _, f := range []int{4, 6} {
		whole := q.And(q.whole(), q.of(f))
		if whole == bdd.False {
			continue
		}
		for _, kind := range []bdd.Ref{q.protocols(policy.TCP), q.protocols(policy.UDP)} {
			if q.Diff(q.And(whole, kind), packets) == bdd.False {
				return true
			}
		}
	}
	return false
}

// conduits finds the same in a policy. Of conduits of a pair those without a
// relay decide first.
func (q *question) conduits(x *policySide) []Problem {
	var all []Problem
	for i := range x.policy.Conduits {
		c := &x.policy.Conduits[i]
		p := Problem{Rule: i, Name: "conduit " + c.ID, Conduit: c.ID}
		j := x.pairs[zones{c.From, c.To}]
		switch {
		case !q.opt.Now.IsZero() && !c.Until.IsZero() && !q.opt.Now.Before(c.Until):
			p.Fault, p.Says = Ended, fmt.Sprintf("conduit %s has ended on %s and can be taken out", c.ID, c.Until.Format("2 January 2006"))
		case j == nil || len(c.Matches) == 0:
			p.Fault, p.Says = Void, fmt.Sprintf("conduit %s names no service", c.ID)
		case len(x.policy.Zones[c.From].Ranges) == 0 || len(x.policy.Zones[c.To].Ranges) == 0:
			p.Fault, p.Says = Void, fmt.Sprintf("conduit %s is about no packet: one of its zones has no address", c.ID)
		case !j.has(i):
			p.Fault = Shadowed
			q.conduitBy(x, &p)
		case j.everything(x.space, i):
			p.Fault, p.Says = Open, fmt.Sprintf("conduit %s allows everything from %s to %s", c.ID, called(&x.policy.Zones[c.From]), called(&x.policy.Zones[c.To]))
		default:
			continue
		}
		all = append(all, p)
	}
	return all
}

// has reports whether a conduit decides about anything.
func (j *joined) has(conduit int) bool {
	for _, p := range j.parts {
		if p.conduit == conduit {
			return true
		}
	}
	return false
}

// everything reports whether a conduit allows all ports of TCP or UDP.
func (j *joined) everything(s *space, conduit int) bool {
	for _, p := range j.parts {
		if p.conduit == conduit && (s.Diff(s.protocols(policy.TCP), p.set) == bdd.False || s.Diff(s.protocols(policy.UDP), p.set) == bdd.False) {
			return true
		}
	}
	return false
}

// conduitBy names the conduits that allow what a conduit would.
func (q *question) conduitBy(x *policySide, p *Problem) {
	c := &x.policy.Conduits[p.Rule]
	mine := bdd.False
	for i := range c.Matches {
		m := &c.Matches[i]
		mine = q.Or(mine, q.service(&policy.PortMatch{Proto: m.Proto, SrcLast: 65535, First: m.First, Last: m.Last}))
	}
	var names []string
	for _, part := range x.pairs[zones{c.From, c.To}].parts {
		if q.And(part.set, mine) != bdd.False {
			p.By = append(p.By, part.conduit)
			names = append(names, x.policy.Conduits[part.conduit].ID)
		}
	}
	p.Says = fmt.Sprintf("conduit %s allows nothing that %s does not allow already", c.ID, strings.Join(names, ", "))
}
