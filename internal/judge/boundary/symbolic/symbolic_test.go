package symbolic

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/bdd"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

var now = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

// weighed is how many packets are in a set: each class counts for its addresses.
func weighed(s *space, a bdd.Ref, six bool) float64 {
	a = s.And(a, s.real)
	f := 4
	if six {
		f = 6
	}
	a = s.And(a, s.of(f))
	x := s.classesOf(six)
	sum := 0.0
	for from := range x.members {
		row := s.And(a, s.In(s.src, s.width, []bdd.Run{{First: uint32(from), Last: uint32(from)}}))
		if row == bdd.False {
			continue
		}
		for to := range x.members {
			if n := s.Count(s.And(row, s.In(s.dst, s.width, []bdd.Run{{First: uint32(to), Last: uint32(to)}}))); n > 0 {
				sum += n * size(x, from) * size(x, to)
			}
		}
	}
	return sum
}

func size(x *classes, n int) float64 {
	sum := 0.0
	for _, r := range x.members[n] {
		first, last := of(r.From()), of(r.To())
		f, _ := last.big().Sub(last.big(), first.big()).Float64()
		sum += f + 1
	}
	return sum
}

func same(a, b float64) bool { return math.Abs(a-b) <= 1e-9*math.Max(a, b) }

func prefixes(all ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(all))
	for i, s := range all {
		out[i] = netip.MustParsePrefix(s)
	}
	return out
}

// pool are ranges that hold each other, touch and are single addresses.
var pool = prefixes("10.0.0.0/8", "10.1.0.0/16", "10.1.0.0/24", "10.1.1.0/24", "10.1.1.7/32", "192.168.0.0/16", "0.0.0.0/0", "fd00::/8", "fd00:1::/64", "fd00:1::7/128", "::/0", "fd00:2::/64")

func someRanges(r *rand.Rand) []netip.Prefix {
	var all []netip.Prefix
	for range r.IntN(3) {
		all = append(all, pool[r.IntN(len(pool))])
	}
	return all
}

func someMatches(r *rand.Rand) []policy.PortMatch {
	var all []policy.PortMatch
	for range r.IntN(3) {
		m := policy.PortMatch{Proto: []uint8{0, 1, 6, 6, 17, 58, 47}[r.IntN(7)], SrcLast: 65535, Last: 65535}
		if m.Proto == policy.TCP || m.Proto == policy.UDP {
			m.First = uint16(r.IntN(5))
			m.Last = m.First + uint16(r.IntN(3))
			if r.IntN(4) == 0 {
				m.SrcFirst, m.SrcLast = 1000, 1000+uint16(r.IntN(3))
			}
		}
		all = append(all, m)
	}
	return all
}

func someRules(r *rand.Rand, most int) *policy.RuleSet {
	s := &policy.RuleSet{Default: r.IntN(4) == 0}
	for i := range r.IntN(most + 1) {
		x := policy.Rule{Name: fmt.Sprintf("r%d", i), Allow: r.IntN(2) == 0, From: someRanges(r), To: someRanges(r), Matches: someMatches(r), Line: 10 + i}
		switch r.IntN(10) {
		case 0:
			x.Until = now
		case 1:
			x.Until = now.Add(time.Hour)
		}
		s.Rules = append(s.Rules, x)
	}
	return s
}

func someDoubt(r *rand.Rand, s *policy.RuleSet) {
	for i := range r.IntN(3) {
		l := policy.Line{Number: 100 + i, Text: "?", Why: "a word", Rule: r.IntN(len(s.Rules) + 1), Harmless: r.IntN(4) == 0}
		if r.IntN(2) == 0 {
			l.Bound = &policy.Rule{Allow: r.IntN(2) == 0, From: someRanges(r), To: someRanges(r), Matches: someMatches(r)}
		}
		s.Unknown = append(s.Unknown, l)
	}
}

// TestBoxesSayTheSame holds all five sets of a comparison of random rules
// against boxes that were cut out of each other: the same number of packets in
// each family. One packet too many shows.
func TestBoxesSayTheSame(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	rounds := 400
	if testing.Short() {
		rounds = 50
	}
	nonempty := 0
	for range rounds {
		a, b := someRules(r, 6), someRules(r, 6)
		someDoubt(r, a)
		someDoubt(r, b)
		q, err := ask(Options{Now: now}, Source{Rules: a}, Source{Rules: b})
		if err != nil {
			t.Fatal(err)
		}
		amust, amay := q.sides[0].bounds()
		bmust, bmay := q.sides[1].bounds()
		awant, amost := passing(a.At(now))
		bwant, bmost := passing(b.At(now))
		for _, c := range []struct {
			name string
			set  bdd.Ref
			want []box
		}{
			{"passes a", amust, awant},
			{"may pass a", amay, amost},
			{"passes b", bmust, bwant},
			{"b and not a", q.Diff(bmust, amay), minus(bwant, amost)},
			{"a and not b", q.Diff(amust, bmay), minus(awant, bmost)},
			{"unknown in a", q.Diff(amay, amust), minus(amost, awant)},
		} {
			for _, six := range []bool{false, true} {
				got, want := weighed(q.space, c.set, six), packets(c.want, six)
				if !same(got, want) {
					t.Fatalf("%s, IPv6 %t: %g packets, the boxes have %g\na: %+v\nb: %+v", c.name, six, got, want, a, b)
				}
				if want > 0 {
					nonempty++
				}
			}
		}
	}
	if nonempty < 4*rounds {
		t.Errorf("%d sets had a packet", nonempty)
	}
}

// TestRegionsAreRight takes random comparisons apart: every region's example has
// that change by the rules themselves, regions do not overlap, and no packet of
// a change is left out.
func TestRegionsAreRight(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	kinds := map[Change]int{}
	for range 150 {
		a, b := someRules(r, 8), someRules(r, 8)
		someDoubt(r, b)
		sa, sb := Source{Name: "old", Rules: a}, Source{Name: "new", Rules: b}
		d, err := Compare(sa, sb, Options{Now: now})
		if err != nil {
			t.Fatal(err)
		}
		for i := range d.Regions {
			g := &d.Regions[i]
			kinds[g.Change]++
			if g.Example.Src.Is6() != (g.Family == 6) || g.Says == "" || g.After.Says == "" || g.Before.Says == "" {
				t.Errorf("%+v", g)
			}
			if !g.Cut && (!holds(g.From, g.Example.Src) || !holds(g.To, g.Example.Dst) || !serves(g, &g.Example)) {
				t.Errorf("the example %s is not in its own region %+v", Packet(&g.Example), g)
			}
		}
		if d.More {
			continue
		}
		for range 200 {
			k := somePacket(r)
			want, ok := changeOf(a.At(now), b.At(now), &k)
			if !ok {
				continue
			}
			if !slices.ContainsFunc(d.Regions, func(g Region) bool {
				return g.Change == want && (g.Cut || holds(g.From, k.Src) && holds(g.To, k.Dst) && serves(&g, &k))
			}) {
				t.Fatalf("%s is %s, and no region has it: %+v", Packet(&k), want, d.Regions)
			}
		}
	}
	for _, k := range []Change{NewlyAllowed, NewlyStopped, Unknown} {
		if kinds[k] < 100 {
			t.Errorf("%s came %d times", k, kinds[k])
		}
	}
}

// changeOf is what rules themselves say to one packet. Lines that were not
// understood leave it open.
func changeOf(a, b *policy.RuleSet, k *policy.Packet) (Change, bool) {
	if slices.ContainsFunc(b.Unknown, func(l policy.Line) bool { return !l.Harmless }) {
		return "", false
	}
	pass := func(s *policy.RuleSet) bool {
		for i := range s.Rules {
			if s.Rules[i].Fits(k) {
				return s.Rules[i].Allow
			}
		}
		return s.Default
	}
	switch pa, pb := pass(a), pass(b); {
	case pb && !pa:
		return NewlyAllowed, true
	case pa && !pb:
		return NewlyStopped, true
	}
	return "", false
}

func holds(list []netip.Prefix, a netip.Addr) bool {
	return slices.ContainsFunc(list, func(p netip.Prefix) bool { return p.Contains(a) })
}

func serves(g *Region, k *policy.Packet) bool {
	in := func(list []policy.PortMatch) bool {
		return slices.ContainsFunc(list, func(m policy.PortMatch) bool {
			return (m.Proto == policy.Any || m.Proto == k.Proto) && m.First <= k.DstPort && k.DstPort <= m.Last && m.SrcFirst <= k.SrcPort && k.SrcPort <= m.SrcLast
		})
	}
	return in(g.Services) && !in(g.Except)
}

func somePacket(r *rand.Rand) policy.Packet {
	end := func(six bool) netip.Addr {
		for {
			p := pool[r.IntN(len(pool))]
			if p.Addr().Is6() != six {
				continue
			}
			a := p.Addr()
			if r.IntN(3) == 0 && a.Next().IsValid() {
				a = a.Next()
			}
			return a
		}
	}
	six := r.IntN(2) == 0
	k := policy.Packet{Src: end(six), Dst: end(six), Proto: []uint8{policy.TCP, policy.UDP, 47, 50}[r.IntN(4)]}
	if k.Proto == policy.TCP || k.Proto == policy.UDP {
		k.DstPort, k.SrcPort = uint16(r.IntN(8)), uint16(998+r.IntN(6))
	}
	return k
}

// plant is a small site in both families.
func plant() *policy.Policy {
	p := &policy.Policy{
		Site: "works", Rest: model.StageEnforce,
		Zones: []policy.Zone{
			{},
			{ID: "office", Name: "Office", Kind: model.ZoneEnterprise, Ranges: prefixes("10.1.0.0/16", "fd00:1::/64")},
			{ID: "operations", Name: "Operations", Kind: model.ZoneOperations, Ranges: prefixes("10.20.0.0/24", "fd00:2::/64")},
			{ID: "line-1", Name: "Line 1", Kind: model.ZoneCell, Ranges: prefixes("10.21.1.0/24", "10.21.2.17/32", "fd00:3::/64")},
			{ID: "line-2", Kind: model.ZoneCell},
		},
		Conduits: []policy.Conduit{
			{ID: "supervise", From: 2, To: 3, Matches: []policy.Match{{Proto: policy.TCP, First: 502, Last: 502, Relay: reads()}, {Proto: policy.ICMP, Last: 65535}}},
			{ID: "reports", From: 1, To: 2, Matches: []policy.Match{{Proto: policy.TCP, First: 443, Last: 445}}},
			{ID: "web", From: 1, To: 2, Matches: []policy.Match{{Proto: policy.TCP, First: 443, Last: 443}}},
			{ID: "ended", From: 1, To: 3, Matches: []policy.Match{{Last: 65535}}, Until: now},
			{ID: "all", From: 3, To: 4, Matches: []policy.Match{{Last: 65535}}},
		},
	}
	p.Normalize()
	return p
}

func reads() *policy.Relay { return &policy.Relay{Protocol: "modbus", Kinds: model.KindsOf(2)} }

func conduit(p *policy.Policy, id string) *policy.Conduit {
	for i := range p.Conduits {
		if p.Conduits[i].ID == id {
			return &p.Conduits[i]
		}
	}
	return nil
}

// TestWhatChangesInAPolicy changes one thing each and expects to be told that
// and nothing else, in both families.
func TestWhatChangesInAPolicy(t *testing.T) {
	tests := []struct {
		name   string
		change func(*policy.Policy)
		basis  Basis
		want   []string
	}{
		{"nothing", func(p *policy.Policy) {}, Passing, nil},
		{
			"an off-by-one port", func(p *policy.Policy) { conduit(p, "reports").Matches[0].Last = 446 }, Passing,
			[]string{"4 allowed office>operations tcp 446 reports 10.1.0.10 → 10.20.0.10 tcp 446", "6 allowed office>operations tcp 446 reports fd00:1::10 → fd00:2::10 tcp 446"},
		},
		{
			"a widened mask", func(p *policy.Policy) { p.Zones[2].Ranges[0] = netip.MustParsePrefix("10.20.0.0/23") }, Passing,
			[]string{
				"4 allowed operations>operations everything - 10.20.1.10 → 10.20.0.10 tcp 443", "4 allowed operations>operations everything - 10.20.0.10 → 10.20.1.10 tcp 443",
				"4 allowed operations>operations everything - 10.20.1.11 → 10.20.1.10 tcp 443", "4 allowed office>operations tcp 443-445 reports 10.1.0.10 → 10.20.1.10 tcp 443",
				"4 allowed operations>line-1 icmp supervise 10.20.1.10 → 10.21.1.10 icmp", "4 allowed operations>line-1 tcp 502 supervise 10.20.1.10 → 10.21.1.10 tcp 502",
			},
		},
		{
			"a dropped conduit", func(p *policy.Policy) { p.Conduits = slices.Delete(p.Conduits, 3, 4) }, Passing,
			[]string{"4 stopped operations>line-1 icmp - 10.20.0.10 → 10.21.1.10 icmp", "4 stopped operations>line-1 tcp 502 - 10.20.0.10 → 10.21.1.10 tcp 502", "6 stopped operations>line-1 tcp 502 - fd00:2::10 → fd00:3::10 tcp 502"},
		},
		{"a conduit within another", func(p *policy.Policy) { p.Conduits = slices.Delete(p.Conduits, 4, 5) }, Passing, nil},
		{
			"a relay less", func(p *policy.Policy) { conduit(p, "supervise").Matches[1].Relay = nil }, Passing,
			[]string{"4 unrelayed operations>line-1 tcp 502 supervise 10.20.0.10 → 10.21.1.10 tcp 502", "6 unrelayed operations>line-1 tcp 502 supervise fd00:2::10 → fd00:3::10 tcp 502"},
		},
		{
			"a relay that lets more through", func(p *policy.Policy) {
				conduit(p, "supervise").Matches[1].Relay = &policy.Relay{Protocol: "modbus", Kinds: model.KindsOf(2, 4)}
			}, Passing,
			[]string{"4 otherwise operations>line-1 tcp 502 supervise 10.20.0.10 → 10.21.1.10 tcp 502", "6 otherwise operations>line-1 tcp 502 supervise fd00:2::10 → fd00:3::10 tcp 502"},
		},
		{
			"a stage", func(p *policy.Policy) { p.Pairs = []policy.Pair{{From: 3, To: 1, Stage: model.StageShadow}} }, Passing,
			[]string{"4 allowed line-1>office everything - 10.21.1.10 → 10.1.0.10 tcp 443", "6 allowed line-1>office everything - fd00:3::10 → fd00:1::10 tcp 443"},
		},
		{"a stage, by what is meant", func(p *policy.Policy) { p.Pairs = []policy.Pair{{From: 3, To: 1, Stage: model.StageShadow}} }, Allowed, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := plant()
			tt.change(p)
			p.Normalize()
			d, err := Compare(Source{Name: "old", Policy: plant()}, Source{Name: "new", Policy: p}, Options{Now: now, Basis: tt.basis})
			if err != nil {
				t.Fatal(err)
			}
			got := brief(d)
			slices.Sort(got)
			slices.Sort(tt.want)
			if !slices.Equal(got, tt.want) || d.Equal != (len(tt.want) == 0) || d.More || d.Unknown {
				t.Errorf("equal %t, more %t:\n%s\nwant\n%s", d.Equal, d.More, strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
			}
		})
	}
}

func brief(d *Difference) []string {
	var all []string
	for _, r := range d.Regions {
		c := r.After.Conduit
		if c == "" {
			c = "-"
		}
		all = append(all, fmt.Sprintf("%d %s %s>%s %s %s %s", r.Family, r.Change, r.FromZone, r.ToZone, r.services(), c, Packet(&r.Example)))
	}
	return all
}

// TestAPolicyIsItsRules compares policies of all stages with what they are as
// rules, and rules from which one is gone.
func TestAPolicyIsItsRules(t *testing.T) {
	for _, stage := range model.Stages {
		p := plant()
		p.Rest = stage
		p.Pairs = []policy.Pair{{From: 1, To: 3, Stage: model.StageEnforce}, {From: 0, To: 2, Stage: model.StageShadow}}
		d, err := Compare(Source{Policy: p}, Source{Rules: p.Rules()}, Options{Now: now})
		if err != nil || !d.Equal {
			t.Errorf("%s: %v, %v", stage, err, brief(d))
		}
	}
	p := plant()
	for i, gone := range p.Rules().Rules {
		rules := p.Rules()
		rules.Rules = slices.Delete(rules.Rules, i, i+1)
		d, err := Compare(Source{Policy: p}, Source{Rules: rules}, Options{Now: now})
		if err != nil {
			t.Fatal(err)
		}
		unneeded := gone.Name == "web" || gone.Name == "ended"
		if d.Equal != unneeded {
			t.Errorf("without %s: equal %t, %v", gone.Name, d.Equal, brief(d))
		}
	}
}

func TestRuleSetsWithLinesThatWereNotUnderstood(t *testing.T) {
	p := plant()
	rules := p.Rules()
	rules.Unknown = []policy.Line{{Number: 7, Text: "banner", Harmless: true, Rule: 0}}
	d, err := Compare(Source{Policy: p}, Source{Rules: rules}, Options{Now: now})
	if err != nil || !d.Equal || d.Unknown {
		t.Error("a banner decides nothing", err, d)
	}
	rules.Unknown = []policy.Line{{Number: 7, Text: "permit?", Why: "no such word", Rule: len(rules.Rules), Bound: &policy.Rule{Allow: true, From: prefixes("10.1.0.0/16"), To: prefixes("10.21.1.0/24"), Matches: []policy.PortMatch{{Proto: 6, SrcLast: 65535, First: 22, Last: 22}}}}}
	d, err = Compare(Source{Policy: p}, Source{Rules: rules}, Options{Now: now})
	if err != nil || d.Equal || !d.Unknown || len(d.Regions) != 1 || d.Regions[0].After.Line != 7 || !d.Regions[0].After.Unknown {
		t.Error(err, brief(d))
	}
	// In front of all rules, and without a bound: nothing is certain.
	rules.Unknown = []policy.Line{{Number: 1, Text: "?", Why: "no such word"}}
	d, err = Compare(Source{Policy: p}, Source{Rules: rules}, Options{Now: now})
	if err != nil || d.Equal || !d.Unknown || slices.ContainsFunc(d.Regions, func(r Region) bool { return r.Change != Unknown }) {
		t.Error(err, brief(d))
	}
}

func TestReach(t *testing.T) {
	p := plant()
	d, err := Reach(Source{Policy: p}, p.Zones[1].Ranges, p.Zones[2].Ranges, Options{Now: now, Family: 4})
	if err != nil {
		t.Fatal(err)
	}
	if got := brief(d); !slices.Equal(got, []string{"4 reaches office>operations tcp 443-445 reports 10.1.0.10 → 10.20.0.10 tcp 443"}) {
		t.Error(got)
	}
	if d, err = Reach(Source{Policy: p}, p.Zones[1].Ranges, p.Zones[3].Ranges, Options{Now: now}); err != nil || len(d.Regions) != 0 {
		t.Error("the office reaches line 1", err, brief(d))
	}
	if d, err = Reach(Source{Policy: p}, p.Zones[1].Ranges, p.Zones[3].Ranges, Options{Now: now.Add(-time.Hour)}); err != nil || len(d.Regions) != 2 {
		t.Error("until now a conduit let everything through", err, brief(d))
	}
}

func TestExamplesAreOfRealMachines(t *testing.T) {
	p, q := plant(), plant()
	conduit(q, "reports").Matches = append(conduit(q, "reports").Matches, policy.Match{Proto: policy.UDP, First: 40000, Last: 65535}, policy.Match{Proto: policy.TCP, First: 3000, Last: 9000})
	d, err := Compare(Source{Policy: p}, Source{Policy: q}, Options{Now: now, Family: 4, Hosts: []netip.Addr{netip.MustParseAddr("10.20.0.77"), netip.MustParseAddr("10.1.7.7"), netip.MustParseAddr("10.1.7.8")}})
	if err != nil {
		t.Fatal(err)
	}
	want := policy.Packet{Src: netip.MustParseAddr("10.1.7.7"), Dst: netip.MustParseAddr("10.20.0.77"), Proto: policy.TCP, SrcPort: 50000, DstPort: 3389}
	if len(d.Regions) != 1 || d.Regions[0].Example != want || Services(d.Regions[0].Services) != "tcp 3000-9000, udp 40000-65535" {
		t.Errorf("%+v", d.Regions)
	}
}

func TestQuestionsThatCannotBeAsked(t *testing.T) {
	p := plant()
	for name, f := range map[string]func() error{
		"no source": func() error { _, err := Compare(Source{}, Source{Policy: p}, Options{}); return err },
		"two sources": func() error {
			_, err := Compare(Source{Policy: p, Rules: p.Rules()}, Source{Policy: p}, Options{})
			return err
		},
		"no family": func() error { _, err := Compare(Source{Policy: p}, Source{Policy: p}, Options{Family: 5}); return err },
		"wrong ports": func() error {
			_, err := Compare(Source{Rules: &policy.RuleSet{Rules: []policy.Rule{{Matches: []policy.PortMatch{{First: 2, Last: 1}}}}}}, Source{Policy: p}, Options{})
			return err
		},
		"wrong policy": func() error {
			_, err := Compare(Source{Policy: &policy.Policy{}}, Source{Policy: p}, Options{})
			return err
		},
		"no room": func() error { _, err := Compare(Source{Policy: p}, Source{Policy: p}, Options{Nodes: 50}); return err },
	} {
		if err := f(); !errors.Is(err, ErrQuestion) && !errors.Is(err, policy.ErrWrong) && !errors.Is(err, bdd.ErrFull) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAnswersHaveABound(t *testing.T) {
	a, b := &policy.RuleSet{}, &policy.RuleSet{}
	for i := range 30 {
		b.Rules = append(b.Rules, policy.Rule{Name: fmt.Sprint(i), Allow: true, From: prefixes("10.0.0.0/8"), Matches: []policy.PortMatch{{Proto: 6, First: uint16(10 * i), Last: uint16(10*i + 3), SrcLast: 65535}}})
	}
	d, err := Compare(Source{Rules: a}, Source{Rules: b}, Options{Regions: 10})
	if err != nil || len(d.Regions) != 10 || !d.More {
		t.Error(err, len(d.Regions))
	}
}

func TestSetsAnswerForSinglePackets(t *testing.T) {
	p := plant()
	s, err := Of(Source{Policy: p}, Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	k := policy.Packet{Src: netip.MustParseAddr("10.1.0.1"), Dst: netip.MustParseAddr("::ffff:10.20.0.1"), Proto: policy.TCP, SrcPort: 9, DstPort: 443}
	if yes, perhaps := s.Passes(k); !yes || !perhaps {
		t.Error("the office's reports are stopped")
	}
	for name, spoil := range map[string]func(*policy.Packet){
		"two families": func(k *policy.Packet) { k.Dst = netip.MustParseAddr("fd00:2::1") },
		"no address":   func(k *policy.Packet) { k.Src = netip.Addr{} },
		"one further":  func(k *policy.Packet) { k.DstPort = 446 },
		"not its ICMP": func(k *policy.Packet) { *k = policy.Packet{Src: k.Src, Dst: k.Src, Proto: policy.ICMPv6} },
		"ICMP's ports": func(k *policy.Packet) { *k = policy.Packet{Src: k.Src, Dst: k.Src, Proto: policy.ICMP, DstPort: 1} },
	} {
		bad := k
		spoil(&bad)
		if yes, perhaps := s.Passes(bad); yes || perhaps {
			t.Errorf("%s passes", name)
		}
	}
	if nodes, bits := s.Size(); nodes == 0 || bits < 45 || bits > 60 {
		t.Error(nodes, bits)
	}
	rules := &policy.RuleSet{Unknown: []policy.Line{{Number: 1, Why: "?"}}}
	if s, err = Of(Source{Rules: rules}, Options{}); err != nil {
		t.Fatal(err)
	}
	if yes, perhaps := s.Passes(k); yes || !perhaps {
		t.Error("what might pass does not pass for certain")
	}
}

func TestSentences(t *testing.T) {
	p := plant()
	p.Zones[2].Ranges[0] = netip.MustParsePrefix("10.20.0.0/23")
	p.Zones[1].Ranges[0] = netip.MustParsePrefix("10.1.0.0/17")
	conduit(p, "supervise").Matches[1].Relay = nil
	d, err := Compare(Source{Name: "revision 11", Policy: plant()}, Source{Name: "the draft", Policy: p}, Options{Now: now, Family: 4})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range d.Regions {
		got = append(got, r.Says)
	}
	for _, want := range []string{
		"newly allowed: tcp 443-445 from Office to Operations (10.20.1.0/24: no zone before, Operations after), for example 10.1.0.10 → 10.20.1.10 tcp 443. the draft: conduit reports allows it. revision 11: no conduit allows it, and it is stopped",
		"newly stopped: tcp 443-445 from Office (10.1.128.0/17: Office before, no zone after) to Operations, for example 10.1.128.10 → 10.20.0.10 tcp 443. the draft: no conduit allows it, and it is stopped. revision 11: conduit reports allows it",
		"no longer read by a relay: tcp 502 from Operations to Line 1, for example 10.20.0.10 → 10.21.1.10 tcp 502. the draft: conduit supervise allows it. revision 11: conduit supervise allows it through a relay: modbus (read)",
	} {
		if !slices.Contains(got, want) {
			t.Errorf("nobody says %q; said were\n%s", want, strings.Join(got, "\n"))
		}
	}
}
