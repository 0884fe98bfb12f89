package verdict

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

var now = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

// random is a policy that has everything: zones without addresses, ranges of
// all lengths in both families, conduits that overlap, with relays and without,
// that ended and that will.
func random(r *rand.Rand, zones, conduits int) *policy.Policy {
	p := &policy.Policy{Site: "random", Zones: make([]policy.Zone, 1), Rest: model.Stages[r.IntN(4)]}
	used := map[netip.Prefix]bool{}
	for i := range zones {
		z := policy.Zone{ID: fmt.Sprintf("z%d", i)}
		for range r.IntN(7) {
			four := netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(r.IntN(3)), byte(r.IntN(256)), byte(r.IntN(256))}), 14+r.IntN(19)).Masked()
			six := netip.PrefixFrom(netip.AddrFrom16([16]byte{0xfd, 1, 13: byte(r.IntN(4)), 14: byte(r.IntN(256)), 15: byte(r.IntN(256))}), 106+r.IntN(23)).Masked()
			for _, x := range []netip.Prefix{four, six} {
				free := true
				for u := range used {
					free = free && !u.Overlaps(x)
				}
				if free {
					used[x] = true
					z.Ranges = append(z.Ranges, x)
				}
			}
		}
		p.Zones = append(p.Zones, z)
	}
	for i := range conduits {
		c := policy.Conduit{ID: fmt.Sprintf("c%03d", i), From: 1 + r.IntN(min(zones, 4)), To: 1 + r.IntN(zones)}
		if c.From == c.To {
			continue
		}
		switch r.IntN(8) {
		case 0:
			c.Until = now
		case 1:
			c.Until = now.Add(time.Hour)
		}
		for range r.IntN(5) {
			c.Matches = append(c.Matches, match(r))
		}
		p.Conduits = append(p.Conduits, c)
	}
	for from := range p.Zones {
		for to := range p.Zones {
			if (from != to || from == policy.Nowhere) && r.IntN(4) == 0 {
				p.Pairs = append(p.Pairs, policy.Pair{From: from, To: to, Stage: model.Stages[r.IntN(4)]})
			}
		}
	}
	p.Normalize()
	return p
}

func match(r *rand.Rand) policy.Match {
	m := policy.Match{Proto: []uint8{policy.Any, policy.ICMP, policy.TCP, policy.TCP, policy.TCP, policy.TCP, policy.TCP, policy.TCP, policy.UDP, policy.UDP, 47, 50}[r.IntN(12)], Last: 65535}
	if m.Proto == policy.TCP || m.Proto == policy.UDP {
		m.First = uint16(r.IntN(20))
		m.Last = m.First + uint16(r.IntN(6))
		if r.IntN(10) == 0 {
			m.Last = 65535
		}
	}
	if m.Proto == policy.TCP && r.IntN(3) == 0 {
		m.Relay = &policy.Relay{Protocol: "modbus"}
	}
	return m
}

// packet is near the borders of a policy: at the ends of its ranges and one
// beyond.
func packet(r *rand.Rand, p *policy.Policy) policy.Packet {
	six := r.IntN(2) == 0
	from, to := r.IntN(len(p.Zones)), r.IntN(len(p.Zones))
	if len(p.Conduits) > 0 && r.IntN(2) == 0 {
		c := &p.Conduits[r.IntN(len(p.Conduits))]
		from, to = c.From, c.To
	}
	k := policy.Packet{Src: address(r, p, from, six), Dst: address(r, p, to, six), Proto: []uint8{policy.ICMP, policy.TCP, policy.TCP, policy.TCP, policy.UDP, 47, 50}[r.IntN(7)]}
	if k.Proto == policy.TCP || k.Proto == policy.UDP {
		k.SrcPort, k.DstPort = uint16(r.IntN(65536)), uint16(r.IntN(30))
		if r.IntN(8) == 0 {
			k.DstPort = uint16(65535 - r.IntN(2))
		}
	}
	return k
}

func address(r *rand.Rand, p *policy.Policy, zone int, six bool) netip.Addr {
	for range 8 {
		z := &p.Zones[zone]
		if len(z.Ranges) == 0 {
			continue
		}
		x := z.Ranges[r.IntN(len(z.Ranges))]
		if x.Addr().Is6() != six {
			continue
		}
		a := x.Addr()
		if r.IntN(2) == 0 {
			a = lastOf(x).Unmap()
		}
		switch r.IntN(4) {
		case 0:
			a = a.Next()
		case 1:
			a = a.Prev()
		}
		if a.IsValid() {
			return a
		}
	}
	if zone = r.IntN(len(p.Zones)); zone != 0 && len(p.Zones[zone].Ranges) > 0 {
		return address(r, p, zone, six)
	}
	if six {
		return netip.MustParseAddr("2001:db8::1")
	}
	return netip.MustParseAddr("255.255.255.255")
}

// TestTheTableMeansThePolicy holds the table against the definition.
func TestTheTableMeansThePolicy(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 4))
	said := map[policy.Action]int{}
	for i := range 300 {
		p := random(r, 2+r.IntN(8), r.IntN(40))
		if err := p.Validate(); err != nil {
			t.Fatal(err)
		}
		table := New(p, now)
		if i%3 == 0 {
			crowded(table)
		}
		for range 500 {
			k := packet(r, p)
			want := p.Judge(&k, now)
			if got := table.Judge(k); got != want {
				t.Fatalf("%+v: the table says %+v, the policy %+v", k, got, want)
			}
			said[want.Action]++
		}
	}
	for a := policy.Deny; a <= policy.Shadow; a++ {
		if said[a] < 500 {
			t.Errorf("%s was said %d times: the test does not test it", a, said[a])
		}
	}
}

// crowded makes a table that has no room for its trie, as with too many zones.
func crowded(t *Table) {
	zones := make([]policy.Zone, paged)
	copy(zones, t.policy.Zones)
	all := &Table{policy: &policy.Policy{Zones: zones}}
	all.zones()
	t.v4, t.wide, t.v6 = all.v4, all.wide, all.v6
}

// TestARangeOfIPv6AroundIPv4 has a zone that holds the addresses of IPv6 within
// which those of IPv4 are written: it holds none of IPv4.
func TestARangeOfIPv6AroundIPv4(t *testing.T) {
	p := &policy.Policy{Zones: []policy.Zone{{}, {ID: "a", Ranges: []netip.Prefix{netip.MustParsePrefix("::/2")}}, {ID: "b", Ranges: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}}, Rest: model.StageEnforce}
	table := New(p, now)
	for address, zone := range map[string]int{"::10": 1, "10.0.0.1": 2, "::ffff:10.0.0.1": 2, "11.0.0.1": 0, "::ffff:11.0.0.1": 0, "::1:0:0:0": 1, "3fff::1": 1, "4000::1": 0} {
		a := netip.MustParseAddr(address)
		if v := table.Judge(policy.Packet{Src: a, Dst: a}); v.From != zone || p.At(a) != zone {
			t.Errorf("%s stands in zone %d by the table, %d by the policy, not in %d", address, v.From, p.At(a), zone)
		}
	}
}

func TestAddressesOfIPv4WithinIPv6(t *testing.T) {
	p := random(rand.New(rand.NewPCG(1, 1)), 4, 0)
	p.Zones[1].Ranges = []netip.Prefix{netip.MustParsePrefix("10.9.0.0/30")}
	a := netip.MustParseAddr("::ffff:10.9.0.1")
	for _, table := range []*Table{New(p, now), {}} {
		if table.policy == nil {
			table = New(p, now)
			crowded(table)
		}
		if v := table.Judge(policy.Packet{Src: a, Dst: a.Unmap()}); v.From != 1 || v.Action != policy.Allow {
			t.Errorf("%+v", v)
		}
	}
}

// TestScatteredMachines holds that the trie gives up where it would grow large.
func TestScatteredMachines(t *testing.T) {
	p := &policy.Policy{Zones: []policy.Zone{{}, {ID: "a"}}, Rest: model.StageEnforce}
	for i := range 20000 {
		p.Zones[1].Ranges = append(p.Zones[1].Ranges, netip.PrefixFrom(netip.AddrFrom4([4]byte{byte(i % 200), byte(i / 200), 7, 7}), 32))
	}
	p.Normalize()
	table := New(p, now)
	if table.v4.root != nil {
		t.Errorf("%d pages", len(table.v4.pages))
	}
	if v := table.Judge(policy.Packet{Src: netip.MustParseAddr("7.99.7.7"), Dst: netip.MustParseAddr("7.99.7.8")}); v.From != 1 || v.To != 0 {
		t.Errorf("%+v", v)
	}
}

func TestReplayAddsUp(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 4))
	p := random(r, 6, 30)
	table := New(p, now)
	var want Tally
	sum := table.Replay(func(yield func(policy.Packet, uint64) bool) {
		for i := range 1000 {
			k := packet(r, p)
			v := p.Judge(&k, now)
			want.Total += uint64(i)
			want.ByAction[v.Action] += uint64(i)
			yield(k, uint64(i))
		}
	})
	through, left := uint64(0), uint64(0)
	for _, n := range sum.ByConduit {
		through += n
	}
	for _, n := range sum.Pairs {
		left += n
	}
	within := sum.ByAction[policy.Allow] + sum.ByAction[policy.Inspect] - through
	if sum.Total != want.Total || sum.ByAction != want.ByAction || sum.Stopped() != want.ByAction[policy.Deny] || through+left+within != sum.Total || through == 0 || left == 0 || within == 0 {
		t.Errorf("%+v, want %+v", sum, want)
	}
}

// works is a plant of 1,000 assets in 60 zones, with 2,000 conduits.
func works(r *rand.Rand) (*policy.Policy, []policy.Packet) {
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
		for _, port := range []uint16{502, 102, 44818, 4840, 443}[:1+r.IntN(5)] {
			c.Matches = append(c.Matches, policy.Match{Proto: policy.TCP, First: port, Last: port})
		}
		if from != to {
			p.Conduits = append(p.Conduits, c)
		}
	}
	p.Normalize()
	all := make([]policy.Packet, 1<<15)
	for i := range all {
		six := i%4 == 0
		pick := func() netip.Addr {
			for {
				z := &p.Zones[1+r.IntN(60)]
				if a := z.Ranges[r.IntN(len(z.Ranges))].Addr(); a.Is6() == six {
					return a
				}
			}
		}
		all[i] = policy.Packet{Src: pick(), Dst: pick(), Proto: policy.TCP, SrcPort: 50000, DstPort: []uint16{502, 102, 443, 80, 22}[r.IntN(5)]}
	}
	return p, all
}

func BenchmarkJudge(b *testing.B) {
	p, all := works(rand.New(rand.NewPCG(1, 1)))
	table := New(p, now)
	b.ReportAllocs()
	i, passed := 0, 0
	for b.Loop() {
		if table.Judge(all[i&(1<<15-1)]).Action.Passes() {
			passed++
		}
		i++
	}
	if passed == 0 {
		b.Error("nothing passes")
	}
}

func BenchmarkNew(b *testing.B) {
	p, _ := works(rand.New(rand.NewPCG(1, 1)))
	b.ReportAllocs()
	for b.Loop() {
		New(p, now)
	}
}

// BenchmarkYear replays a year of a plant of 1,000 assets: 8 conversations each
// that are recorded anew every hour are 70 million rows.
func BenchmarkYear(b *testing.B) {
	p, all := works(rand.New(rand.NewPCG(1, 1)))
	table := New(p, now)
	const rows = 1000 * 8 * 24 * 365
	for b.Loop() {
		sum := table.Replay(func(yield func(policy.Packet, uint64) bool) {
			for i := range rows {
				if !yield(all[i&(1<<15-1)], 1) {
					return
				}
			}
		})
		if sum.Total != rows || sum.Stopped() == 0 {
			b.Fatal(sum.Total)
		}
	}
	b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mrows/s")
}
