package policy

import (
	"errors"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
)

func prefixes(all ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(all))
	for i, s := range all {
		out[i] = netip.MustParsePrefix(s)
	}
	return out
}

// works is a small plant: office, operations and two cells in both families.
func works() *Policy {
	p := &Policy{
		Site: "works", Rest: model.StageEnforce,
		Zones: []Zone{
			{},
			{ID: "office", Kind: model.ZoneEnterprise, Ranges: prefixes("10.1.0.0/16", "fd00:1::/64")},
			{ID: "operations", Kind: model.ZoneOperations, Ranges: prefixes("10.20.0.0/24", "fd00:2::/64")},
			{ID: "line-1", Kind: model.ZoneCell, Ranges: prefixes("10.21.1.0/24", "10.21.2.17/32", "fd00:3::/64")},
			{ID: "line-2", Kind: model.ZoneCell},
		},
		Conduits: []Conduit{
			{ID: "supervise", From: 2, To: 3, Matches: []Match{{Proto: TCP, First: 502, Last: 502, Relay: &Relay{Protocol: "modbus", Kinds: model.KindsOf(2)}}, {Proto: ICMP, Last: 65535}}},
			{ID: "reports", From: 1, To: 2, Matches: []Match{{Proto: TCP, First: 443, Last: 445}}},
		},
		Pairs:    []Pair{{From: 3, To: 1, Stage: model.StageShadow}, {From: Nowhere, To: 2, Stage: model.StageObserve}},
		Ethernet: []uint16{0x88cc, 0x8892, 0x88cc},
	}
	p.Normalize()
	return p
}

// decide is what a list of rules says to a packet.
func (s *RuleSet) decide(x Packet) bool {
	in := func(all []netip.Prefix, a netip.Addr) bool {
		return len(all) == 0 || slices.ContainsFunc(all, func(r netip.Prefix) bool { return r.Contains(a) })
	}
	for _, r := range s.Rules {
		matches := len(r.Matches) == 0 || slices.ContainsFunc(r.Matches, func(m PortMatch) bool {
			return (m.Proto == Any || m.Proto == x.Proto) && m.First <= x.DstPort && x.DstPort <= m.Last && m.SrcFirst <= x.SrcPort && x.SrcPort <= m.SrcLast
		})
		if matches && in(r.From, x.Src) && in(r.To, x.Dst) {
			return r.Allow
		}
	}
	return s.Default
}

var (
	addresses = []string{"10.1.0.0", "10.1.255.255", "10.20.0.9", "10.21.1.5", "10.21.2.16", "10.21.2.17", "203.0.113.9", "fd00:1::1", "fd00:2::1", "fd00:3::1", "2001:db8::1"}
	ports     = []uint16{0, 442, 443, 445, 446, 501, 502, 503, 65535}
)

func pick[T any](r *rand.Rand, of []T) T { return of[r.IntN(len(of))] }

func packet(r *rand.Rand) Packet {
	x := Packet{Src: netip.MustParseAddr(pick(r, addresses)), Proto: pick(r, []uint8{ICMP, TCP, UDP, 47})}
	for x.Dst = x.Src; x.Dst == x.Src || x.Dst.Is6() != x.Src.Is6(); {
		x.Dst = netip.MustParseAddr(pick(r, addresses))
	}
	if x.Proto == TCP || x.Proto == UDP {
		x.SrcPort, x.DstPort = 40000, pick(r, ports)
	}
	return x
}

// TestRulesMeanThePolicy holds the list of rules against the plain meaning, at
// every mixture of stages.
func TestRulesMeanThePolicy(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		p := works()
		p.Rest = pick(r, model.Stages)
		p.Pairs = nil
		for from := range p.Zones {
			for to := range p.Zones {
				if (from != to || from == Nowhere) && r.IntN(2) == 0 {
					p.Pairs = append(p.Pairs, Pair{from, to, pick(r, model.Stages)})
				}
			}
		}
		if err := p.Validate(); err != nil {
			t.Fatal(err)
		}
		rules := p.Rules()
		for range 100 {
			x := packet(r)
			if got, want := rules.decide(x), p.Judge(&x, time.Time{}).Action.Passes(); got != want {
				t.Fatalf("%v passes %t by the rules, %t by the policy", x, got, want)
			}
		}
	}
}

func TestSameWordsSameHash(t *testing.T) {
	p, q := works(), works()
	rand.Shuffle(len(q.Conduits), func(i, k int) { q.Conduits[i], q.Conduits[k] = q.Conduits[k], q.Conduits[i] })
	rand.Shuffle(len(q.Pairs), func(i, k int) { q.Pairs[i], q.Pairs[k] = q.Pairs[k], q.Pairs[i] })
	slices.Reverse(q.Zones[1].Ranges)
	q.Normalize()
	if p.Hash() != q.Hash() {
		t.Errorf("%s\nand\n%s\nmean the same", p.Canonical(), q.Canonical())
	}
	again, err := Parse(p.Canonical())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(p, again, cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })); diff != "" {
		t.Error(diff)
	}
	q.Conduits[0].Matches[0].Last++
	if p.Hash() == q.Hash() {
		t.Error("one port more, and the hash is the same")
	}
}

func TestWhatContradictsItself(t *testing.T) {
	for name, spoil := range map[string]func(*Policy){
		"overlap":     func(p *Policy) { p.Zones[2].Ranges = append(p.Zones[2].Ranges, netip.MustParsePrefix("10.1.7.0/24")) },
		"unmasked":    func(p *Policy) { p.Zones[2].Ranges = []netip.Prefix{netip.MustParsePrefix("10.20.0.1/24")} },
		"mapped":      func(p *Policy) { p.Zones[2].Ranges = []netip.Prefix{netip.MustParsePrefix("::ffff:10.20.0.0/120")} },
		"same name":   func(p *Policy) { p.Zones[2].ID = "office" },
		"no nowhere":  func(p *Policy) { p.Zones = p.Zones[1:] },
		"to itself":   func(p *Policy) { p.Conduits[0].To = p.Conduits[0].From },
		"no zone":     func(p *Policy) { p.Conduits[0].To = 9 },
		"ports":       func(p *Policy) { p.Conduits[0].Matches[0].First = 446 },
		"icmp port":   func(p *Policy) { p.Conduits[1].Matches[0].Last = 7 },
		"udp relay":   func(p *Policy) { p.Conduits[1].Matches[1].Proto = UDP },
		"stage":       func(p *Policy) { p.Rest = "" },
		"pair":        func(p *Policy) { p.Pairs[0].Stage = "strict" },
		"two stages":  func(p *Policy) { p.Pairs = append(p.Pairs, p.Pairs[0]) },
		"within":      func(p *Policy) { p.Pairs[0].To = p.Pairs[0].From; p.Pairs[0].From = 1; p.Pairs[0].To = 1 },
		"to nowhere":  func(p *Policy) { p.Conduits[0].To = Nowhere },
		"from no one": func(p *Policy) { p.Conduits[0].From = -1 },
	} {
		p := works()
		if err := p.Validate(); err != nil {
			t.Fatal(err)
		}
		spoil(p)
		if err := p.Validate(); !errors.Is(err, ErrWrong) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestADefaultNeedsNoRules holds that where all is enforced, nothing is listed
// that the default does already.
func TestADefaultNeedsNoRules(t *testing.T) {
	p := works()
	p.Pairs = nil
	if n := len(p.Rules().Rules); n != 5 { // two conduits, three zones that hold addresses
		t.Errorf("%d rules: %v", n, p.Rules().Rules)
	}
	if got := p.Relayed(); !slices.Equal(got, []string{"supervise"}) {
		t.Errorf("relayed: %v", got)
	}
}

func FuzzParse(f *testing.F) {
	p := works()
	p.Conduits[0].Until = time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	f.Add(p.Canonical())
	f.Add([]byte(`{"zones":[{}],"rest":"observe"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := Parse(b)
		if err != nil {
			return
		}
		again, err := Parse(p.Canonical())
		if err != nil || again.Hash() != p.Hash() {
			t.Fatalf("%s: read again: %v", p.Canonical(), err)
		}
	})
}
