package device

import (
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// Act is what a step does.
type Act uint8

// Acts.
const (
	Pass   Act = iota
	Drop       // in silence: towards the plant's machines
	Reject     // with an answer, so that people see it at once
)

// Side is one end of a step: a zone's addresses, or every address.
type Side struct {
	Zone int  // index into the policy's zones, policy.Nowhere for every address
	Any  bool // every address
	V4   []netip.Prefix
	V6   []netip.Prefix
}

// In are the addresses of a family, 4 or 6.
func (s *Side) In(family int) []netip.Prefix {
	if family == 4 {
		return s.V4
	}
	return s.V6
}

// Step is one rule of a policy as a firewall has it: the first that matches
// decides.
type Step struct {
	Name     string // unique: a conduit's id, "within office", "office to cell" …
	Conduit  string // id, "" for what stands for none
	From, To Side
	// Matches are the services; none is everything.
	Matches []policy.Match
	Act     Act
	Log     bool
	Until   time.Time // zero for ever
	Why     string    // one line for a comment
}

// Has reports whether a step has anything to match in a family.
func (s *Step) Has(family int) bool {
	return (s.From.Any || len(s.From.In(family)) > 0) && (s.To.Any || len(s.To.In(family)) > 0)
}

// Limits are what a brand's devices can do.
type Limits struct {
	Device string // its name in refusals
	// Expires is nil where a rule can end by itself, else why it cannot; it may
	// look at the conduit.
	Expires func(*policy.Conduit) string
	// Steps is the largest number of rules, 0 for none known.
	Steps int
}

// Plan lays a policy out as steps for a device, or refuses what the device
// cannot do. The order is that of policy.Rules: conduits, what passes within
// zones, pairs that are not enforced, then what is stopped.
func Plan(p *policy.Policy, o *Options, l *Limits) ([]Step, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	if o.Family != 0 && o.Family != 4 && o.Family != 6 {
		return nil, fmt.Errorf("%w: there is no family %d of addresses", ErrOptions, o.Family)
	}
	pl := planner{policy: p, options: o, refusal: Refusal{Device: l.Device}}
	pl.conduits(l)
	pl.within()
	pl.rest()
	pl.close()
	if l.Steps > 0 && len(pl.steps) > l.Steps {
		pl.refusal.Lacks = append(pl.refusal.Lacks, Lack{What: fmt.Sprintf("it needs %d rules, and small models hold %d", len(pl.steps), l.Steps)})
	}
	if len(pl.refusal.Lacks) > 0 {
		return nil, &pl.refusal
	}
	return pl.steps, nil
}

type planner struct {
	policy  *policy.Policy
	options *Options
	steps   []Step
	refusal Refusal
}

func (pl *planner) side(zone int) Side {
	s := Side{Zone: zone, Any: zone == policy.Nowhere}
	for _, r := range pl.policy.Zones[zone].Ranges {
		switch {
		case r.Addr().Is4() && pl.options.Family != 6:
			s.V4 = append(s.V4, r)
		case r.Addr().Is6() && pl.options.Family != 4:
			s.V6 = append(s.V6, r)
		}
	}
	return s
}

// add appends a step unless it can match nothing.
func (pl *planner) add(s Step) {
	if s.Has(4) || s.Has(6) {
		pl.steps = append(pl.steps, s)
	}
}

func (pl *planner) conduits(l *Limits) {
	for i := range pl.policy.Conduits {
		c := &pl.policy.Conduits[i]
		if len(c.Matches) == 0 || !c.Until.IsZero() && !pl.options.Now.IsZero() && !pl.options.Now.Before(c.Until) {
			continue
		}
		lack := func(what string) { pl.refusal.Lacks = append(pl.refusal.Lacks, Lack{Conduit: c.ID, What: what}) }
		for _, m := range c.Matches {
			if m.Relay != nil {
				lack(fmt.Sprintf("it holds %s to certain operations, and this device filters by address and port only", m.Relay.Protocol))
				break
			}
		}
		if !c.Until.IsZero() && l.Expires != nil {
			if what := l.Expires(c); what != "" {
				lack("it ends at " + c.Until.UTC().Format(time.RFC3339) + ", and " + what)
			}
		}
		why := "conduit " + c.ID
		if reason := pl.options.Reasons[c.ID]; reason != "" {
			why += ": " + reason
		}
		pl.add(Step{Name: c.ID, Conduit: c.ID, From: pl.side(c.From), To: pl.side(c.To), Matches: c.Matches, Until: c.Until, Why: Plain(why, 200)})
	}
}

func (pl *planner) within() {
	for i := 1; i < len(pl.policy.Zones); i++ {
		id := pl.policy.Zones[i].ID
		pl.add(Step{Name: "within " + id, From: pl.side(i), To: pl.side(i), Why: "within zone " + id})
	}
}

// rest lists the pairs that no conduit joins, where any of them is loose; pairs
// with addresses that stand nowhere come last, as in policy.Rules.
func (pl *planner) rest() {
	p := pl.policy
	loose := func(s model.Stage) bool { return s == model.StageObserve || s == model.StageShadow }
	if !loose(p.Rest) && !slices.ContainsFunc(p.Pairs, func(x policy.Pair) bool { return loose(x.Stage) }) {
		return
	}
	stages := map[[2]int]model.Stage{}
	for _, x := range p.Pairs {
		stages[[2]int{x.From, x.To}] = x.Stage
	}
	add := func(from, to int) {
		if from == policy.Nowhere && to == policy.Nowhere || pl.empty(from) || pl.empty(to) {
			return
		}
		stage, named := stages[[2]int{from, to}]
		if !named {
			stage = p.Rest
		}
		pl.stage(from, to, stage)
	}
	for from := 1; from < len(p.Zones); from++ {
		for to := 1; to < len(p.Zones); to++ {
			if from != to {
				add(from, to)
			}
		}
	}
	for zone := 1; zone < len(p.Zones); zone++ {
		add(zone, policy.Nowhere)
		add(policy.Nowhere, zone)
	}
}

func (pl *planner) empty(zone int) bool {
	s := pl.side(zone)
	return !s.Any && len(s.V4) == 0 && len(s.V6) == 0
}

func (pl *planner) stage(from, to int, stage model.Stage) {
	name := pl.name(from) + " to " + pl.name(to)
	s := Step{Name: "rest " + name, From: pl.side(from), To: pl.side(to), Why: string(stage) + ": " + name}
	switch stage {
	case model.StageObserve:
	case model.StageShadow:
		s.Log = true
		s.Why = "shadow, would be stopped: " + name
	default:
		s.Act, s.Log = pl.stop(from), true
	}
	pl.add(s)
}

func (pl *planner) name(zone int) string {
	if zone == policy.Nowhere {
		return "elsewhere"
	}
	return pl.policy.Zones[zone].ID
}

func (pl *planner) stop(from int) Act {
	if pl.policy.Zones[from].OT() {
		return Drop
	}
	return Reject
}

// close says what becomes of everything else: it is stopped, and logged, unless
// addresses that stand nowhere may still talk to each other.
func (pl *planner) close() {
	stage := pl.policy.StageOf(policy.Nowhere, policy.Nowhere)
	if stage == model.StageObserve || stage == model.StageShadow {
		pl.stage(policy.Nowhere, policy.Nowhere, stage)
		return
	}
	for i := 1; i < len(pl.policy.Zones); i++ {
		if pl.policy.Zones[i].OT() {
			pl.add(Step{Name: "stop " + pl.name(i), From: pl.side(i), To: Side{Any: true}, Act: Drop, Log: true, Why: "nothing else leaves zone " + pl.name(i)})
		}
	}
	pl.add(Step{Name: "stop the rest", From: Side{Any: true}, To: Side{Any: true}, Act: Reject, Log: true, Why: "nothing else passes"})
}
