package symbolic

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// firewall is a configuration as firewalls have them after years: n rules from
// some addresses to some others, of both families, some of which stop, with a
// few that are about large networks.
func firewall(n int) *policy.RuleSet {
	r := rand.New(rand.NewPCG(1, 2))
	some := func() []netip.Prefix {
		var all []netip.Prefix
		for range 1 + r.IntN(3) {
			bits := []int{16, 22, 24, 24, 27, 32, 32, 32}[r.IntN(8)]
			four := netip.AddrFrom4([4]byte{10, byte(r.IntN(60)), byte(r.IntN(8)), byte(r.IntN(256))})
			six := netip.AddrFrom16([16]byte{0xfd, 0, 0, byte(r.IntN(60)), 0, byte(r.IntN(8)), 0, 0, 15: byte(r.IntN(256))})
			all = append(all, netip.PrefixFrom(four, bits).Masked(), netip.PrefixFrom(six, []int{32, 40, 48, 64, 64, 128, 128, 128}[r.IntN(8)]).Masked())
		}
		return all
	}
	s := &policy.RuleSet{}
	for i := range n {
		x := policy.Rule{Name: fmt.Sprintf("r%d", i), Allow: r.IntN(5) > 0, From: some(), To: some(), Line: i + 1}
		for range 1 + r.IntN(4) {
			first := []uint16{22, 80, 102, 443, 445, 502, 3389, 4840, 44818, uint16(r.IntN(60000))}[r.IntN(10)]
			m := policy.PortMatch{Proto: []uint8{policy.TCP, policy.TCP, policy.UDP}[r.IntN(3)], SrcLast: 65535, First: first, Last: first}
			if r.IntN(6) == 0 {
				m.Last += uint16(r.IntN(100))
			}
			x.Matches = append(x.Matches, m)
		}
		s.Rules = append(s.Rules, x)
	}
	return s
}

// changed is a firewall of which ten things are otherwise.
func changed(s *policy.RuleSet) *policy.RuleSet {
	c := &policy.RuleSet{Rules: slices.Clone(s.Rules)}
	for i := range 5 {
		x := &c.Rules[100*i+50]
		x.Allow = !x.Allow
		y := &c.Rules[100*i+70]
		y.From = slices.Clone(y.From)
		y.From[0] = netip.PrefixFrom(y.From[0].Addr(), y.From[0].Bits()-1).Masked()
	}
	return c
}

// BenchmarkRules is what two configurations of 1,000 rules do otherwise.
func BenchmarkRules(b *testing.B) {
	a := firewall(1000)
	c := changed(a)
	b.ReportAllocs()
	for b.Loop() {
		d, err := Compare(Source{Rules: a}, Source{Rules: c}, Options{})
		if err != nil || d.Equal || d.More {
			b.Fatal(err)
		}
		b.ReportMetric(float64(len(d.Regions)), "regions")
	}
}

// large is a policy of 60 zones with 1,000 single machines that stand elsewhere
// than their subnet, and 2,000 conduits.
func large() *policy.Policy {
	r := rand.New(rand.NewPCG(1, 2))
	p := &policy.Policy{Site: "works", Zones: make([]policy.Zone, 1), Rest: model.StageEnforce}
	for i := range 60 {
		z := policy.Zone{ID: fmt.Sprintf("z%02d", i)}
		z.Ranges = append(z.Ranges, netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(i), 0, 0}), 24), netip.PrefixFrom(netip.AddrFrom16([16]byte{0xfd, 0, 0, byte(i)}), 64))
		for k := range 17 {
			z.Ranges = append(z.Ranges, netip.PrefixFrom(netip.AddrFrom4([4]byte{192, 168, byte(k), byte(i)}), 32), netip.PrefixFrom(netip.AddrFrom16([16]byte{0xfe, 0x80, 14: byte(k), 15: byte(i)}), 128))
		}
		p.Zones = append(p.Zones, z)
	}
	for i := range 2000 {
		from := 1 + r.IntN(60)
		to := 1 + (from+r.IntN(59))%60
		c := policy.Conduit{ID: fmt.Sprintf("c%04d", i), From: from, To: to}
		for range 1 + r.IntN(5) {
			port := []uint16{22, 80, 102, 443, 445, 502, 3389, 4840, 44818, uint16(r.IntN(60000))}[r.IntN(10)]
			c.Matches = append(c.Matches, policy.Match{Proto: []uint8{policy.TCP, policy.TCP, policy.UDP}[r.IntN(3)], First: port, Last: port})
		}
		p.Conduits = append(p.Conduits, c)
	}
	p.Normalize()
	return p
}

// BenchmarkPolicies is what a draft of 2,000 conduits does otherwise.
func BenchmarkPolicies(b *testing.B) {
	p, q := large(), large()
	for i := range 10 {
		q.Conduits[100*i+3].Matches[0].First++
		q.Conduits[100*i+3].Matches[0].Last = q.Conduits[100*i+3].Matches[0].First + 2
	}
	q.Zones[7].Ranges[0] = netip.PrefixFrom(q.Zones[7].Ranges[0].Addr(), 23)
	b.ReportAllocs()
	for b.Loop() {
		d, err := Compare(Source{Policy: p}, Source{Policy: q}, Options{})
		if err != nil || d.Equal {
			b.Fatal(err)
		}
		b.ReportMetric(float64(len(d.Regions)), "regions")
	}
}

// BenchmarkPolicyRules is whether a policy of 2,000 conduits is what its rules
// are.
func BenchmarkPolicyRules(b *testing.B) {
	p := large()
	rules := p.Rules()
	b.ReportAllocs()
	for b.Loop() {
		d, err := Compare(Source{Policy: p}, Source{Rules: rules}, Options{})
		if err != nil || !d.Equal {
			b.Fatal(err, brief(d))
		}
	}
}
