package app

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/act/export"
	"github.com/bulkhead-ot/bulkhead/internal/act/export/device"
	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/symbolic"
	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/verdict"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// verdictsAt is when the policies of these tests are judged.
var verdictsAt = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

// TestFourVerdicts holds all ways in which a boundary can say whether a packet
// passes against each other, on 100,000 random packets: the table that replays
// use, the diagrams that comparisons use, the list of rules, what each brand of
// firewall reads in what was written for it, and the kernel
// (TestFourVerdictsKernel). Then it makes mistakes of the kind that people make:
// every one that means something must be seen by the packets and by the
// comparison.
func TestFourVerdicts(t *testing.T) {
	for _, stage := range []model.Stage{model.StageEnforce, model.StageShadow} {
		t.Run(string(stage), func(t *testing.T) {
			r := rand.New(rand.NewPCG(20, 26))
			p := randomBoundary(r, stage)
			packets := borderPackets(r, p, verdictCount(t))
			want := byTable(p, packets)
			balanced(t, want)
			agree(t, "diagram", packets, want, byDiagram(t, symbolic.Source{Policy: p}, packets))
			agree(t, "rules", packets, want, byRules(p.Rules(), packets))
			for _, b := range export.Brands() {
				t.Run(b.ID, func(t *testing.T) { verdictsOfBrand(t, &b, p, packets) })
			}
			t.Run("mistakes", func(t *testing.T) { policyMistakes(t, p, packets, want) })
		})
	}
}

func verdictCount(t *testing.T) int {
	if testing.Short() {
		return 10_000
	}
	t.Helper()
	return 100_000
}

// balanced fails where the packets test little.
func balanced(t *testing.T, want []bool) {
	t.Helper()
	n := 0
	for _, pass := range want {
		if pass {
			n++
		}
	}
	if n < len(want)/20 || n > len(want)*19/20 {
		t.Fatalf("%d of %d packets pass", n, len(want))
	}
}

func agree(t *testing.T, who string, packets []policy.Packet, want, got []bool) {
	t.Helper()
	n := 0
	for i := range packets {
		if got[i] != want[i] {
			if n++; n <= 5 {
				t.Errorf("%s says that %s (from port %d) passes: %t; the table says %t", who, symbolic.Packet(&packets[i]), packets[i].SrcPort, got[i], want[i])
			}
		}
	}
	if n > 0 {
		t.Errorf("%s: %d of %d verdicts differ", who, n, len(packets))
	}
}

func byTable(p *policy.Policy, packets []policy.Packet) []bool {
	table := verdict.New(p, verdictsAt)
	out := make([]bool, len(packets))
	for i, k := range packets {
		out[i] = table.Judge(k).Action.Passes()
	}
	return out
}

// byDiagram counts what only perhaps passes as stopped: it is not allowed.
func byDiagram(t *testing.T, s symbolic.Source, packets []policy.Packet) []bool {
	t.Helper()
	set, err := symbolic.Of(s, symbolic.Options{Now: verdictsAt})
	if err != nil {
		t.Fatal(err)
	}
	out := make([]bool, len(packets))
	for i, k := range packets {
		out[i], _ = set.Passes(k)
	}
	return out
}

// byRules goes through a list as a firewall does.
func byRules(s *policy.RuleSet, packets []policy.Packet) []bool {
	s = s.At(verdictsAt)
	out := make([]bool, len(packets))
	for i, at := range decidedBy(s, packets) {
		out[i] = s.Default
		if at < len(s.Rules) {
			out[i] = s.Rules[at].Allow
		}
	}
	return out
}

// decidedBy is the first rule that fits each packet; behind the last for none.
func decidedBy(s *policy.RuleSet, packets []policy.Packet) []int {
	out := make([]int, len(packets))
	for i := range packets {
		out[i] = len(s.Rules)
		for at := range s.Rules {
			if s.Rules[at].Fits(&packets[i]) {
				out[i] = at
				break
			}
		}
	}
	return out
}

// rulesDiffer reports whether rules of which only the one at a place was changed
// or taken out let another packet through. Packets about which an earlier rule
// decides need not be asked again.
func rulesDiffer(c *policy.RuleSet, place int, packets []policy.Packet, first []int, want []bool) bool {
	for i := range packets {
		if first[i] < place {
			continue
		}
		pass := c.Default
		for at := place; at < len(c.Rules); at++ {
			if c.Rules[at].Fits(&packets[i]) {
				pass = c.Rules[at].Allow
				break
			}
			if at == place && first[i] > place { // nothing changed behind it
				pass = want[i]
				break
			}
		}
		if pass != want[i] {
			return true
		}
	}
	return false
}

// verdictsOfBrand writes a policy for a brand and judges by what is read back:
// packet by packet and all packets at once. Brands have no relays: those
// conduits are let through whole, after the brand has refused them.
func verdictsOfBrand(t *testing.T, b *export.Brand, p *policy.Policy, packets []policy.Packet) {
	if _, err := b.Render(p, brandOptions()); !errors.Is(err, device.ErrRefused) {
		t.Errorf("a policy with relays was not refused: %v", err)
	}
	whole := withoutRelays(p)
	text, err := b.Render(whole, brandOptions())
	if errors.Is(err, device.ErrRefused) { // some have no rules that end
		whole = withoutEnds(whole)
		text, err = b.Render(whole, brandOptions())
	}
	if err != nil {
		t.Fatal(err)
	}
	rules, err := b.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	want := byTable(whole, packets)
	agree(t, b.ID, packets, want, byRules(rules, packets))
	agree(t, b.ID+" as a diagram", packets, want, byDiagram(t, symbolic.Source{Rules: rules}, packets))
	d, err := symbolic.Compare(symbolic.Source{Name: "policy", Policy: whole}, symbolic.Source{Name: b.ID, Rules: rules}, symbolic.Options{Now: verdictsAt})
	if err != nil {
		t.Fatal(err)
	}
	if !d.Equal {
		for _, r := range d.Regions[:min(len(d.Regions), 5)] {
			t.Error(r.Says)
		}
	}
	ruleMistakes(t, whole, rules, packets, want)
}

// brandOptions names one interface, that of everything else: IOS has a list in
// force only where an interface is named, and other brands bind no rule to it.
func brandOptions() export.Options {
	return export.Options{Now: verdictsAt, Interfaces: map[string]string{"": "GigabitEthernet0/0"}}
}

func withoutRelays(p *policy.Policy) *policy.Policy {
	c := cloned(p)
	for i := range c.Conduits {
		for j := range c.Conduits[i].Matches {
			c.Conduits[i].Matches[j].Relay = nil
		}
	}
	c.Normalize()
	return c
}

// withoutEnds leaves out when conduits will end; those that have ended are gone.
func withoutEnds(p *policy.Policy) *policy.Policy {
	c := cloned(p)
	c.Conduits = slices.DeleteFunc(c.Conduits, func(x policy.Conduit) bool { return !x.Until.IsZero() && !verdictsAt.Before(x.Until) })
	for i := range c.Conduits {
		c.Conduits[i].Until = time.Time{}
	}
	return c
}

func cloned(p *policy.Policy) *policy.Policy {
	c, err := policy.Parse(p.Canonical())
	if err != nil {
		panic(err) // what was valid is valid
	}
	return c
}

// randomBoundary is a site of ten zones with machines that stand elsewhere than
// their subnets, the internet, and thirty conduits that overlap, in both
// families. Some of its addresses touch those of other zones.
func randomBoundary(r *rand.Rand, rest model.Stage) *policy.Policy {
	p := &policy.Policy{Site: "works", Zones: make([]policy.Zone, 1), Rest: rest}
	kinds := []model.ZoneKind{model.ZoneEnterprise, model.ZoneDMZ, model.ZoneOperations, model.ZoneCell, model.ZoneVendor}
	for i := range 9 {
		z := policy.Zone{ID: fmt.Sprintf("zone-%d", i), Name: fmt.Sprintf("Zone %d", i), Kind: kinds[r.IntN(len(kinds))]}
		b := byte(i)
		z.Ranges = []netip.Prefix{
			netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 20, 2 * b, 0}), 23+r.IntN(3)),
			netip.PrefixFrom(netip.AddrFrom16([16]byte{0xfd, 0x20, 0, 2 * b}), 31+r.IntN(34)).Masked(),
			netip.PrefixFrom(netip.AddrFrom4([4]byte{192, 168, 0, b}), 32),
			netip.PrefixFrom(netip.AddrFrom16([16]byte{0xfd, 0x21, 15: b}), 128),
			netip.PrefixFrom(netip.AddrFrom4([4]byte{172, 16 + b, 0, 0}), 16+r.IntN(10)),
		}
		p.Zones = append(p.Zones, z)
	}
	p.Zones = append(p.Zones, policy.Zone{ID: "internet", Kind: model.ZoneInternet, Ranges: []netip.Prefix{
		netip.MustParsePrefix("16.0.0.0/4"), netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("2000::/3"),
	}})
	for i := range 30 {
		c := policy.Conduit{ID: fmt.Sprintf("conduit-%02d", i), From: 1 + r.IntN(10), To: 1 + r.IntN(4)}
		if c.From == c.To {
			c.To = 10
		}
		for range 1 + r.IntN(3) {
			c.Matches = append(c.Matches, randomMatch(r))
		}
		if r.IntN(8) == 0 {
			c.Until = verdictsAt.Add(time.Duration(r.IntN(2)*48-24) * time.Hour)
		}
		p.Conduits = append(p.Conduits, c)
	}
	for from := range p.Zones {
		for to := range p.Zones {
			if (from != to || from == policy.Nowhere) && r.IntN(8) == 0 {
				p.Pairs = append(p.Pairs, policy.Pair{From: from, To: to, Stage: model.Stages[r.IntN(4)]})
			}
		}
	}
	if rest == model.StageShadow { // and most of it held all the same
		p.Pairs = p.Pairs[:0]
		for from := range p.Zones {
			for to := range p.Zones {
				if (from != to || from == policy.Nowhere) && r.IntN(3) > 0 {
					p.Pairs = append(p.Pairs, policy.Pair{From: from, To: to, Stage: model.StageEnforce})
				}
			}
		}
	}
	p.Normalize()
	return p
}

func randomMatch(r *rand.Rand) policy.Match {
	switch r.IntN(10) {
	case 0:
		return policy.Match{Proto: policy.ICMP, Last: 65535}
	case 1:
		return policy.Match{Proto: policy.ICMPv6, Last: 65535}
	case 2:
		return policy.Match{Proto: 47, Last: 65535}
	case 3:
		return policy.Match{Proto: policy.TCP, First: 502, Last: 502, Relay: &policy.Relay{Protocol: "modbus", Kinds: model.KindsOf(0, 1, 2)}}
	}
	m := policy.Match{Proto: []uint8{policy.TCP, policy.TCP, policy.UDP}[r.IntN(3)]}
	m.First = []uint16{1, 80, 102, 443, 500, 502, 4840, 49152, 65535}[r.IntN(9)]
	m.Last = m.First
	if r.IntN(2) == 0 {
		m.Last = uint16(min(65535, int(m.First)+[]int{1, 3, 1000}[r.IntN(3)]))
	}
	return m
}

// borderPackets are packets whose addresses and ports are at the borders of what
// a policy names or one beside them: that is where mistakes are. Half go where a
// conduit leads. All could be sent through a router.
func borderPackets(r *rand.Rand, p *policy.Policy, n int) []policy.Packet {
	out := make([]policy.Packet, 0, n)
	for len(out) < n {
		six := r.IntN(2) == 0
		from, to := r.IntN(len(p.Zones)), r.IntN(len(p.Zones))
		proto := []uint8{policy.TCP, policy.TCP, policy.TCP, policy.UDP, policy.UDP, policy.ICMP, 47, 50}[r.IntN(8)]
		port := uint16(r.IntN(65536))
		c := &p.Conduits[r.IntN(len(p.Conduits))]
		m := c.Matches[r.IntN(len(c.Matches))]
		if r.IntN(4) > 0 {
			port = []uint16{m.First, m.First - 1, m.Last, m.Last + 1}[r.IntN(4)]
		}
		if r.IntN(2) == 0 {
			from, to, proto = c.From, c.To, max(m.Proto, 1)
		}
		k := policy.Packet{Src: borderAddr(r, p, from, six), Dst: borderAddr(r, p, to, six), Proto: proto}
		switch {
		case k.Proto == policy.TCP || k.Proto == policy.UDP:
			k.SrcPort, k.DstPort = uint16(1024+r.IntN(60000)), port
		case k.Proto == policy.ICMP && six:
			k.Proto = policy.ICMPv6
		case k.Proto == policy.ICMPv6 && !six:
			k.Proto = policy.ICMP
		}
		if k.Src != k.Dst && routed(k.Src) && routed(k.Dst) {
			out = append(out, k)
		}
	}
	return out
}

func borderAddr(r *rand.Rand, p *policy.Policy, zone int, six bool) netip.Addr {
	for zone != policy.Nowhere {
		x := p.Zones[zone].Ranges[r.IntN(len(p.Zones[zone].Ranges))]
		if x.Addr().Is6() != six {
			continue
		}
		a := x.Addr()
		if r.IntN(2) == 0 {
			a = lastIn(x)
		}
		return []netip.Addr{a, a, a.Next(), a.Prev()}[r.IntN(4)]
	}
	if six {
		return netip.MustParseAddr([]string{"fd77::1", "4000::1"}[r.IntN(2)])
	}
	return netip.MustParseAddr([]string{"10.99.0.1", "9.9.9.9"}[r.IntN(2)])
}

func lastIn(p netip.Prefix) netip.Addr {
	b := p.Addr().AsSlice()
	for i := p.Bits(); i < 8*len(b); i++ {
		b[i/8] |= 0x80 >> (i % 8)
	}
	a, _ := netip.AddrFromSlice(b)
	return a
}

// routed reports whether a router forwards packets from and to an address.
func routed(a netip.Addr) bool {
	return a.IsValid() && (a.IsGlobalUnicast() || a.IsPrivate()) && a != netip.AddrFrom4([4]byte{255, 255, 255, 255}) && !netip.MustParsePrefix("240.0.0.0/4").Contains(a)
}

// mistake is a change that somebody could make by accident.
type mistake struct {
	name   string
	policy *policy.Policy
}

// mistakesOf makes all mistakes of some kinds that a policy has room for: every
// mask widened and narrowed by a bit, every port off by one, every conduit gone,
// turned round or without end, every stage loosened.
func mistakesOf(p *policy.Policy) []mistake {
	var all []mistake
	add := func(name string, change func(*policy.Policy)) {
		c := cloned(p)
		change(c)
		c.Normalize()
		if c.Validate() == nil { // a mask that now holds another zone's addresses is refused at once
			all = append(all, mistake{name, c})
		}
	}
	for i := 1; i < len(p.Zones); i++ {
		for k, x := range p.Zones[i].Ranges {
			add(fmt.Sprintf("%v of %s widened", x, p.Zones[i].ID), func(c *policy.Policy) { c.Zones[i].Ranges[k] = netip.PrefixFrom(x.Addr(), x.Bits()-1).Masked() })
			if x.Bits() < x.Addr().BitLen() {
				add(fmt.Sprintf("%v of %s narrowed", x, p.Zones[i].ID), func(c *policy.Policy) { c.Zones[i].Ranges[k] = netip.PrefixFrom(x.Addr(), x.Bits()+1) })
			}
		}
	}
	for i := range p.Conduits {
		id := p.Conduits[i].ID
		add(id+" gone", func(c *policy.Policy) { c.Conduits = slices.Delete(c.Conduits, i, i+1) })
		add(id+" turned round", func(c *policy.Policy) { c.Conduits[i].From, c.Conduits[i].To = c.Conduits[i].To, c.Conduits[i].From })
		add(id+" for ever", func(c *policy.Policy) { c.Conduits[i].Until = time.Time{} })
		for k, m := range p.Conduits[i].Matches {
			if m.Proto != policy.TCP && m.Proto != policy.UDP {
				continue
			}
			add(fmt.Sprintf("%s: port %d begins later", id, m.First), func(c *policy.Policy) { c.Conduits[i].Matches[k].First++ })
			add(fmt.Sprintf("%s: port %d ends later", id, m.Last), func(c *policy.Policy) { c.Conduits[i].Matches[k].Last++ })
			add(fmt.Sprintf("%s: port %d of the other transport", id, m.First), func(c *policy.Policy) {
				c.Conduits[i].Matches[k].Proto, c.Conduits[i].Matches[k].Relay = policy.TCP+policy.UDP-m.Proto, nil
			})
		}
	}
	for i, x := range p.Pairs {
		add(fmt.Sprintf("stage of %d to %d", x.From, x.To), func(c *policy.Policy) {
			c.Pairs[i].Stage = map[model.Stage]model.Stage{model.StageEnforce: model.StageShadow, model.StageEnforceNew: model.StageObserve, model.StageShadow: model.StageEnforce, model.StageObserve: model.StageEnforce}[x.Stage]
		})
	}
	return all
}

// policyMistakes holds that the comparison sees every mistake that means
// something, that its examples are right, and that the packets see it too.
func policyMistakes(t *testing.T, p *policy.Policy, packets []policy.Packet, want []bool) {
	seen, nothing := 0, 0
	for _, m := range mistakesOf(p) {
		d, err := symbolic.Compare(symbolic.Source{Name: "right", Policy: p}, symbolic.Source{Name: "wrong", Policy: m.policy}, symbolic.Options{Now: verdictsAt, Regions: 20})
		if err != nil {
			t.Fatalf("%s: %v", m.name, err)
		}
		examples := make([]policy.Packet, 0, len(d.Regions))
		for _, r := range d.Regions {
			if r.Change == symbolic.NewlyAllowed || r.Change == symbolic.NewlyStopped {
				examples = append(examples, r.Example)
			}
		}
		right, wrong := byTable(p, examples), byTable(m.policy, examples)
		for i := range examples {
			if right[i] == wrong[i] {
				t.Errorf("%s: the example %s makes no difference", m.name, symbolic.Packet(&examples[i]))
			}
		}
		switch caught := !slices.Equal(want, byTable(m.policy, packets)); {
		case caught && len(examples) == 0:
			t.Errorf("%s: packets see it, and the comparison does not", m.name)
		case !caught && len(examples) > 0:
			t.Errorf("%s: no packet sees it; the comparison: %s", m.name, d.Regions[0].Says)
		case caught:
			seen++
		default:
			nothing++
		}
	}
	t.Logf("%d mistakes seen both ways; %d mean nothing", seen, nothing)
	if seen < 150 || nothing > seen {
		t.Errorf("%d mistakes were seen, %d mean nothing", seen, nothing)
	}
}

// ruleMistakes does the same to what was read from a device's configuration:
// every rule gone, also those that stop something, every mask widened, every
// port off by one.
func ruleMistakes(t *testing.T, p *policy.Policy, rules *policy.RuleSet, packets []policy.Packet, want []bool) {
	seen, nothing, stops := 0, 0, 0
	rules = rules.At(verdictsAt)
	first := decidedBy(rules, packets)
	try := func(name string, place int, stop bool, change func(*policy.RuleSet)) {
		c := &policy.RuleSet{Rules: slices.Clone(rules.Rules), Default: rules.Default, Unknown: rules.Unknown}
		change(c)
		d, err := symbolic.Compare(symbolic.Source{Policy: p}, symbolic.Source{Rules: c}, symbolic.Options{Now: verdictsAt, Regions: 1})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		switch caught := rulesDiffer(c, place, packets, first, want); {
		case caught && d.Equal:
			t.Errorf("%s: packets see it, and the comparison does not", name)
		case !caught && !d.Equal:
			t.Errorf("%s: no packet sees it; the comparison: %s", name, d.Regions[0].Says)
		case caught:
			seen++
			if stop {
				stops++
			}
		default:
			nothing++
		}
	}
	step := max(1, len(rules.Rules)/16)
	for i := 0; i < len(rules.Rules); i += step {
		r := &rules.Rules[i]
		try(fmt.Sprintf("rule %s gone", r.Name), i, !r.Allow, func(c *policy.RuleSet) { c.Rules = slices.Delete(c.Rules, i, i+1) })
		for k, x := range r.From[:min(len(r.From), 1)] {
			try(fmt.Sprintf("rule %s: %v widened", r.Name, x), i, false, func(c *policy.RuleSet) {
				c.Rules[i].From = slices.Clone(r.From)
				c.Rules[i].From[k] = netip.PrefixFrom(x.Addr(), max(0, x.Bits()-1)).Masked()
			})
		}
		for k, m := range r.Matches[:min(len(r.Matches), 1)] {
			try(fmt.Sprintf("rule %s: port %d off by one", r.Name, m.Last), i, false, func(c *policy.RuleSet) {
				c.Rules[i].Matches = slices.Clone(r.Matches)
				c.Rules[i].Matches[k].Last = uint16(min(65535, int(m.Last)+1))
			})
		}
	}
	t.Logf("%d mistakes seen both ways, %d of them a stop that is gone; %d mean nothing", seen, stops, nothing)
	if seen < 8 || p.Rest == model.StageShadow && stops == 0 {
		t.Errorf("%d mistakes were seen, %d of them a stop that is gone", seen, stops)
	}
}
