package symbolic

import (
	"fmt"

	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/bdd"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// side is a source whose packets are known.
type side interface {
	// bounds are what certainly passes and what may pass.
	bounds() (must, may bdd.Ref)
	// decide asks the source itself, without diagrams: each example is judged
	// twice.
	decide(k *policy.Packet) Decision
	// passes reports whether a decision lets a packet through, as the question
	// means it.
	passes(d *Decision) bool
	// region is what the same thing decides about as about a packet.
	region(k *policy.Packet, d *Decision) bdd.Ref
	// zones are the source's zones, nil if it has none.
	zones() *policy.Policy
}

// question is two sources in one space.
type question struct {
	*space
	opt   Options
	names [2]string
	sides [2]side
	hosts map[hostClass][]policyAddr
	// toReal and fromReal are packets to and from real machines.
	toReal, fromReal bdd.Ref
}

// ask makes the space of a question: first all lists of ranges, then the classes
// of addresses, then what passes.
func ask(opt Options, sources ...Source) (*question, error) {
	if opt.Family != 0 && opt.Family != 4 && opt.Family != 6 {
		return nil, fmt.Errorf("%w is about IPv%d", ErrQuestion, opt.Family)
	}
	if opt.Regions == 0 {
		opt.Regions = 200
	}
	c := newCatalogue()
	q := &question{opt: opt}
	var builds []func(*space) side
	for i := range sources {
		if err := sources[i].check(); err != nil {
			return nil, fmt.Errorf("%s: %w", sources[i].Name, err)
		}
		q.names[i] = sources[i].Name
		builds = append(builds, prepare(c, &sources[i], &opt))
	}
	if opt.Names != nil {
		for i := range opt.Names.Zones {
			c.add(opt.Names.Zones[i].Ranges)
		}
	}
	s, err := newSpace(c, opt.Nodes)
	if err != nil {
		return nil, err
	}
	q.space = s
	for i, build := range builds {
		q.sides[i] = build(s)
	}
	q.gather()
	return q, s.Err()
}

// prepare adds a source's lists and says how to build it when all lists are
// known.
func prepare(c *catalogue, s *Source, opt *Options) func(*space) side {
	if s.Policy != nil {
		return preparePolicy(c, s.Policy, opt)
	}
	return prepareRules(c, s.Rules, opt)
}

// whole is every packet that the question is about.
func (q *question) whole() bdd.Ref {
	if q.opt.Family == 0 {
		return q.real
	}
	return q.And(q.real, q.of(q.opt.Family))
}

// change is packets of one kind of change.
type change struct {
	kind    Change
	packets bdd.Ref
}

func (q *question) compare() (*Difference, error) {
	amust, amay := q.sides[0].bounds()
	bmust, bmay := q.sides[1].bounds()
	doubt := q.Or(q.Diff(amay, amust), q.Diff(bmay, bmust))
	changes := []change{{NewlyAllowed, q.Diff(bmust, amay)}}
	changes = append(changes, q.relays()...)
	changes = append(changes, change{Unknown, doubt}, change{NewlyStopped, q.Diff(amust, bmay)})
	d := &Difference{Equal: true}
	for _, c := range changes {
		c.packets = q.And(c.packets, q.whole())
		d.Equal = d.Equal && c.packets == bdd.False
		d.Unknown = d.Unknown || c.kind == Unknown && c.packets != bdd.False
		if err := q.regions(d, c); err != nil {
			return nil, err
		}
	}
	return d, q.Err()
}

// relays are the changes in what relays read, where both sides are policies:
// rules of devices know no relays.
func (q *question) relays() []change {
	a, ok := q.sides[0].(*policySide)
	b, ok2 := q.sides[1].(*policySide)
	if !ok || !ok2 {
		return nil
	}
	both := q.And(a.relayed(), b.relayed())
	otherwise := bdd.False
	for key := range a.keys {
		otherwise = q.Or(otherwise, q.Xor(a.through(key), b.through(key)))
	}
	for key := range b.keys {
		otherwise = q.Or(otherwise, q.Xor(a.through(key), b.through(key)))
	}
	passes := q.And(a.must, b.must)
	return []change{
		{Unrelayed, q.And(q.Diff(a.relayed(), b.relayed()), passes)},
		{Otherwise, q.And(otherwise, both)},
		{Relayed, q.And(q.Diff(b.relayed(), a.relayed()), passes)},
	}
}

// reach is what of the first side is in the second, which is a filter.
func (q *question) reach() (*Difference, error) {
	must, may := q.sides[0].bounds()
	filter, _ := q.sides[1].bounds()
	q.sides[1] = nil
	d := &Difference{}
	for _, c := range []change{{Reaches, must}, {Unknown, q.Diff(may, must)}} {
		c.packets = q.And(q.And(c.packets, filter), q.whole())
		d.Unknown = d.Unknown || c.kind == Unknown && c.packets != bdd.False
		if err := q.regions(d, c); err != nil {
			return nil, err
		}
	}
	return d, q.Err()
}

// regions takes a change apart: an example, what decides about it on each side,
// and all packets about which the same two decide; then the next.
func (q *question) regions(d *Difference, c change) error {
	for _, f := range []int{4, 6} {
		left := q.And(c.packets, q.of(f))
		for n := 0; left != bdd.False; n++ {
			if n == q.opt.Regions {
				d.More = true
				break
			}
			r, packets, err := q.one(c.kind, f, left)
			if err != nil {
				return err
			}
			d.Regions = append(d.Regions, *r)
			left = q.Diff(left, packets)
		}
	}
	return q.Err()
}

// one is the region of an example.
func (q *question) one(kind Change, f int, left bdd.Ref) (*Region, bdd.Ref, error) {
	k := q.example(left)
	packets := left
	for _, s := range q.sides {
		if s != nil {
			d := s.decide(&k)
			packets = q.And(packets, s.region(&k, &d))
		}
	}
	if !q.has(packets, &k) {
		if q.Err() != nil {
			return nil, bdd.False, q.Err()
		}
		// Nothing but a mistake in this package leads here: say so rather than
		// go on with a wrong answer.
		return nil, bdd.False, fmt.Errorf("%w: %s is %s by the diagram, and not by what decides about it", ErrQuestion, Packet(&k), kind)
	}
	r := &Region{Change: kind, Family: f, Example: q.example(packets), Before: Decision{Rule: -1}, After: Decision{Rule: -1}}
	if err := q.judged(r); err != nil {
		return nil, bdd.False, err
	}
	q.describe(r, packets)
	return r, packets, nil
}

// judged fills in what both sides say to the example, and holds it against what
// the region is about.
func (q *question) judged(r *Region) error {
	if q.sides[1] == nil {
		r.After = q.sides[0].decide(&r.Example)
		return q.agree(r, r.Change == Unknown || q.sides[0].passes(&r.After))
	}
	r.Before, r.After = q.sides[0].decide(&r.Example), q.sides[1].decide(&r.Example)
	a, b := q.sides[0].passes(&r.Before), q.sides[1].passes(&r.After)
	switch r.Change {
	case NewlyAllowed:
		return q.agree(r, !a && b)
	case NewlyStopped:
		return q.agree(r, a && !b)
	case Unknown:
		return q.agree(r, r.Before.Unknown || r.After.Unknown)
	}
	return q.agree(r, a && b)
}

func (q *question) agree(r *Region, ok bool) error {
	if ok {
		return nil
	}
	return fmt.Errorf("%w: %s is %s by the diagram; but before: %s; after: %s", ErrQuestion, Packet(&r.Example), r.Change, r.Before.Says, r.After.Says)
}
