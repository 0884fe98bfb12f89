// Package exporttest helps tests of exports: random policies with everything
// that a policy may hold, packets at the edges of what a list of rules names,
// and a judge of such lists written down as plainly as can be. It is not part
// of the program.
package exporttest

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/act/export/device"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// Answer is what a list of rules says to a packet.
type Answer string

// Answers.
const (
	Passes  Answer = "passes"
	Stops   Answer = "stops"
	Unknown Answer = "unknown"
)

// Judge asks a list of rules, the first that matches deciding. A line that was
// not understood makes it unknown, unless what follows says the same.
func Judge(s *policy.RuleSet, x policy.Packet) Answer {
	maybe := map[Answer]bool{}
	settle := func(a Answer) Answer {
		if len(maybe) == 0 || len(maybe) == 1 && maybe[a] {
			return a
		}
		return Unknown
	}
	for i := 0; ; i++ {
		for _, l := range s.Unknown {
			switch {
			case l.Harmless || l.Rule != i:
			case l.Bound == nil:
				return Unknown
			case Matches(l.Bound, x):
				maybe[answer(l.Bound.Allow)] = true
			}
		}
		if i == len(s.Rules) {
			return settle(answer(s.Default))
		}
		if r := &s.Rules[i]; Matches(r, x) {
			return settle(answer(r.Allow))
		}
	}
}

func answer(allow bool) Answer {
	if allow {
		return Passes
	}
	return Stops
}

// Matches reports whether a rule is for a packet.
func Matches(r *policy.Rule, x policy.Packet) bool {
	in := func(all []netip.Prefix, a netip.Addr) bool {
		return len(all) == 0 || slices.ContainsFunc(all, func(p netip.Prefix) bool { return p.Contains(a) })
	}
	what := len(r.Matches) == 0 || slices.ContainsFunc(r.Matches, func(m policy.PortMatch) bool {
		return (m.Proto == policy.Any || m.Proto == x.Proto) && m.First <= x.DstPort && x.DstPort <= m.Last && m.SrcFirst <= x.SrcPort && x.SrcPort <= m.SrcLast
	})
	return what && in(r.From, x.Src) && in(r.To, x.Dst)
}

func pick[T any](r *rand.Rand, of []T) T { return of[r.IntN(len(of))] }

// Policy is a random policy without relays: some zones of either or both
// families, some without addresses, names that devices do not take, all kinds
// of services and, if staged, all stages.
func Policy(r *rand.Rand, staged bool) *policy.Policy {
	p := &policy.Policy{Site: "works", Rest: model.StageEnforce, Zones: []policy.Zone{{}}}
	kinds := []model.ZoneKind{model.ZoneEnterprise, model.ZoneOperations, model.ZoneCell, model.ZoneVendor}
	for i := range 2 + r.IntN(5) {
		z := policy.Zone{ID: fmt.Sprintf("zone-%d", i+1), Kind: pick(r, kinds)}
		switch r.IntN(4) {
		case 0:
			z.ID = fmt.Sprintf("Büro und Werkstatt, sehr langer Name des Bereichs %d mit Anhang", i+1)
		case 1:
			z.ID = fmt.Sprintf("line %d/a", i+1)
		}
		for k := range r.IntN(4) {
			z.Ranges = append(z.Ranges, netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(i + 1), byte(k * 16), 0}), pick(r, []int{20, 23, 24, 32})))
		}
		for k := range r.IntN(3) {
			a := [16]byte{0: 0xfd, 3: byte(i + 1), 5: byte(k * 16)}
			z.Ranges = append(z.Ranges, netip.PrefixFrom(netip.AddrFrom16(a), pick(r, []int{44, 48, 64, 128})))
		}
		p.Zones = append(p.Zones, z)
	}
	for i := range r.IntN(8) {
		c := policy.Conduit{ID: fmt.Sprintf("conduit-%d", i+1), From: 1 + r.IntN(len(p.Zones)-1)}
		if r.IntN(3) == 0 {
			c.ID = fmt.Sprintf("Abfrage der Anlage \"%d\", & mehr als dreißig Zeichen", i+1)
		}
		if c.To = 1 + r.IntN(len(p.Zones)-1); c.To == c.From {
			continue
		}
		for range 1 + r.IntN(3) {
			c.Matches = append(c.Matches, match(r))
		}
		p.Conduits = append(p.Conduits, c)
	}
	if staged {
		p.Rest = pick(r, model.Stages)
		for from := range p.Zones {
			for to := range p.Zones {
				if (from != to || from == policy.Nowhere) && r.IntN(3) == 0 {
					p.Pairs = append(p.Pairs, policy.Pair{From: from, To: to, Stage: pick(r, model.Stages)})
				}
			}
		}
	}
	p.Normalize()
	return p
}

func match(r *rand.Rand) policy.Match {
	switch r.IntN(8) {
	case 0:
		return policy.Match{Proto: policy.ICMP, Last: 65535}
	case 1:
		return policy.Match{Proto: policy.ICMPv6, Last: 65535}
	case 2:
		return policy.Match{Proto: policy.Any, Last: 65535}
	case 3:
		return policy.Match{Proto: pick(r, []uint8{47, 50, 132}), Last: 65535}
	case 4:
		return policy.Match{Proto: pick(r, []uint8{policy.TCP, policy.UDP}), Last: 65535}
	}
	m := policy.Match{Proto: pick(r, []uint8{policy.TCP, policy.UDP}), First: pick(r, []uint16{1, 102, 443, 502, 4840, 65535})}
	m.Last = m.First
	if r.IntN(3) == 0 {
		m.Last = max(m.First, m.First+pick(r, []uint16{1, 100, 60_000}))
	}
	return m
}

// Packets are random packets at and beside the edges of what lists of rules
// name: half of them mix all that is named, half stay with one rule. None has
// ICMP in the header of the other family.
func Packets(r *rand.Rand, n int, sets ...*policy.RuleSet) []policy.Packet {
	every := policy.Rule{Matches: []policy.PortMatch{{Proto: policy.TCP, SrcFirst: 1024, SrcLast: 40000, First: 1, Last: 502}}}
	var rules []*policy.Rule
	for _, s := range sets {
		for i := range s.Rules {
			rules = append(rules, &s.Rules[i])
			every.From = append(append(every.From, s.Rules[i].From...), s.Rules[i].To...)
			every.Matches = append(every.Matches, s.Rules[i].Matches...)
		}
	}
	every.To = every.From
	out := make([]policy.Packet, n)
	for i := range out {
		rule := &every
		if i%2 == 1 && len(rules) > 0 {
			rule = pick(r, rules)
		}
		out[i] = packet(r, rule)
	}
	return out
}

// packet is one at the edges of a rule.
func packet(r *rand.Rand, rule *policy.Rule) policy.Packet {
	x := policy.Packet{Src: address(r, rule.From)}
	for range 100 {
		if x.Dst = address(r, rule.To); x.Dst.Is4() == x.Src.Is4() {
			break
		}
		x.Dst = x.Src
	}
	m := policy.PortMatch{SrcLast: 65535, Last: 65535}
	if len(rule.Matches) > 0 {
		m = pick(r, rule.Matches)
	}
	x.Proto = m.Proto
	if x.Proto == policy.Any || r.IntN(4) == 0 {
		x.Proto = pick(r, []uint8{policy.TCP, policy.UDP, 47, 50, 132, policy.ICMP})
	}
	if icmp := x.Proto == policy.ICMP || x.Proto == policy.ICMPv6; icmp && x.Src.Is6() {
		x.Proto = policy.ICMPv6
	} else if icmp {
		x.Proto = policy.ICMP
	}
	if x.Proto == policy.TCP || x.Proto == policy.UDP {
		x.SrcPort = pick(r, []uint16{40000, m.SrcFirst, m.SrcLast, m.SrcFirst - 1, m.SrcLast + 1})
		x.DstPort = pick(r, []uint16{m.First, m.Last, m.First - 1, m.Last + 1, 502})
	}
	return x
}

// address is one at the edges of ranges, or far from all.
func address(r *rand.Rand, of []netip.Prefix) netip.Addr {
	if len(of) == 0 || r.IntN(8) == 0 {
		return pick(r, []netip.Addr{netip.MustParseAddr("203.0.113.9"), netip.MustParseAddr("2001:db8::9")})
	}
	return pick(r, edges(pick(r, of)))
}

func edges(p netip.Prefix) []netip.Addr {
	first := p.Addr()
	last := first.AsSlice()
	for i := p.Bits(); i < len(last)*8; i++ {
		last[i/8] |= 0x80 >> (i % 8)
	}
	end, _ := netip.AddrFromSlice(last)
	all := []netip.Addr{first, end}
	for _, a := range []netip.Addr{first.Prev(), end.Next()} {
		if a.IsValid() {
			all = append(all, a)
		}
	}
	return all
}

// Brand is what the tests of a brand need of it.
type Brand struct {
	Render func(*policy.Policy, device.Options) ([]byte, error)
	Parse  func([]byte) (*policy.RuleSet, error)
	// Options are for a policy, nil for none.
	Options func(*policy.Policy) device.Options
	// Around puts what was written into the rest of a device's configuration; nil
	// leaves it as it is.
	Around func(p *policy.Policy, text []byte) []byte
}

func (b *Brand) read(t *testing.T, p *policy.Policy) ([]byte, *policy.RuleSet) {
	t.Helper()
	var o device.Options
	if b.Options != nil {
		o = b.Options(p)
	}
	text, err := b.Render(p, o)
	if err != nil {
		t.Fatalf("%v\n%s", err, p.Canonical())
	}
	again, err := b.Render(p, o)
	if err != nil || string(again) != string(text) {
		t.Fatalf("written twice, it differs: %v", err)
	}
	if b.Around != nil {
		text = b.Around(p, text)
	}
	s, err := b.Parse(text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return text, s
}

// RoundTrip holds that what is written means the policy when it is read again,
// for random policies and packets, and that nothing written is unknown.
func RoundTrip(t *testing.T, b Brand, policies int) {
	t.Helper()
	r := rand.New(rand.NewPCG(7, 11))
	for i := range policies {
		p := Policy(r, i%2 == 1)
		want := p.Rules()
		text, got := b.read(t, p)
		for _, l := range got.Unknown {
			if !l.Harmless {
				t.Fatalf("line %d %q: %s\n%s", l.Number, l.Text, l.Why, text)
			}
		}
		for _, x := range Packets(r, 300, want, got) {
			if g, w := Judge(got, x), Judge(want, x); g != w {
				t.Fatalf("%+v %s as read, %s by the policy\n%s\n%s", x, g, w, p.Canonical(), text)
			}
		}
	}
}

// Works is a small plant whose export is kept as a golden file: both families,
// a conduit that ends, one without an address, shadow and observe.
func Works() *policy.Policy {
	parse := func(all ...string) (out []netip.Prefix) {
		for _, s := range all {
			out = append(out, netip.MustParsePrefix(s))
		}
		return out
	}
	p := &policy.Policy{
		Site: "works", Rest: model.StageEnforce,
		Zones: []policy.Zone{
			{},
			{ID: "office", Name: "Office", Kind: model.ZoneEnterprise, Ranges: parse("10.1.0.0/16", "fd00:1::/64")},
			{ID: "operations", Name: "Control room", Kind: model.ZoneOperations, Ranges: parse("10.20.0.0/24", "fd00:2::/64")},
			{ID: "line-1", Name: "Bottling line 1", Kind: model.ZoneCell, Ranges: parse("10.21.1.0/24", "10.21.2.17/32", "fd00:3::/64")},
			{ID: "line-2", Kind: model.ZoneCell},
		},
		Conduits: []policy.Conduit{
			{ID: "supervise", From: 2, To: 3, Matches: []policy.Match{{Proto: policy.TCP, First: 502, Last: 502}, {Proto: policy.ICMP, Last: 65535}, {Proto: policy.ICMPv6, Last: 65535}}},
			{ID: "reports", From: 1, To: 2, Matches: []policy.Match{{Proto: policy.TCP, First: 443, Last: 445}, {Proto: policy.UDP, First: 123, Last: 123}}},
			{ID: "nobody", From: 2, To: 4, Matches: []policy.Match{{Proto: policy.TCP, First: 102, Last: 102}}},
		},
	}
	p.Normalize()
	return p
}

// Staged is Works while it is still being introduced.
func Staged() *policy.Policy {
	p := Works()
	p.Pairs = []policy.Pair{{From: 1, To: 3, Stage: model.StageShadow}, {From: 3, To: 1, Stage: model.StageObserve}}
	p.Normalize()
	return p
}

// Ending is Works with a conduit that holds until the end of 2027.
func Ending() *policy.Policy {
	p := Works()
	p.Conduits[1].Until = time.Date(2028, 1, 1, 0, 0, 0, 0, time.UTC)
	return p
}

// Relayed is Works with a conduit that may only read.
func Relayed() *policy.Policy {
	p := Works()
	p.Conduits[2].Matches[1].Relay = &policy.Relay{Protocol: "modbus"}
	return p
}

// Differ finds a packet to which two lists say different things.
func Differ(r *rand.Rand, a, b *policy.RuleSet) (policy.Packet, bool) {
	for _, x := range Packets(r, 20_000, a, b) {
		if Judge(a, x) != Judge(b, x) {
			return x, true
		}
	}
	return policy.Packet{}, false
}

// Mutations holds that a change of what was written is noticed: the reading is
// different, or not sure any more. Each is a name, what stands there, and what
// is put in the place of its first occurrence.
func Mutations(t *testing.T, b Brand, all [][3]string) {
	t.Helper()
	p := Works()
	text, right := b.read(t, p)
	for _, m := range all {
		if n := strings.Count(string(text), m[1]); n == 0 {
			t.Errorf("%s: nothing to change: %q\n%s", m[0], m[1], text)
			continue
		}
		s, err := b.Parse([]byte(strings.Replace(string(text), m[1], m[2], 1)))
		if err != nil {
			t.Errorf("%s: %v", m[0], err)
			continue
		}
		if _, seen := Differ(rand.New(rand.NewPCG(3, 5)), right, s); !seen {
			t.Errorf("%s: nobody would notice", m[0])
		}
	}
}

// Doubts puts a condition that nobody knows into one line after the other. What
// was sure may become unknown, and must never become the opposite; for some
// lines it must become unknown. Doubt returns the line as it is where it has no
// place.
func Doubts(t *testing.T, b Brand, doubt func(line string) string) {
	t.Helper()
	text, right := b.read(t, Works())
	lines := strings.Split(string(text), "\n")
	changed, unsure := 0, 0
	r := rand.New(rand.NewPCG(13, 17))
	packets := Packets(r, 2000, right)
	for i, line := range lines {
		if doubt(line) == line {
			continue
		}
		changed++
		lines[i] = doubt(line)
		s, err := b.Parse([]byte(strings.Join(lines, "\n")))
		lines[i] = line
		if err != nil {
			t.Errorf("%q: %v", doubt(line), err)
			continue
		}
		some := false
		for _, x := range packets {
			switch was, is := Judge(right, x), Judge(s, x); {
			case is == Unknown:
				some = true
			case is != was:
				t.Fatalf("%q: %+v %s, and before it %s", doubt(line), x, is, was)
			}
		}
		if some {
			unsure++
		}
	}
	if changed < 5 || unsure < 5 {
		t.Errorf("%d lines were changed, and %d made something unknown", changed, unsure)
	}
}
