package record

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

var now = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

func works() *policy.Policy {
	in := func(all ...string) (out []netip.Prefix) {
		for _, s := range all {
			out = append(out, netip.MustParsePrefix(s))
		}
		return out
	}
	p := &policy.Policy{
		Site: "works", Rest: model.StageEnforce,
		Zones: []policy.Zone{
			{},
			{ID: "office", Kind: model.ZoneEnterprise, Ranges: in("10.1.0.0/16", "fd00:1::/64")},
			{ID: "operations", Kind: model.ZoneOperations, Ranges: in("10.20.0.0/24", "fd00:2::/64")},
			{ID: "line-1", Kind: model.ZoneCell, Ranges: in("10.21.1.0/24", "10.21.2.17/32", "fd00:3::/64")},
		},
		Conduits: []policy.Conduit{
			{ID: "a-expired", From: 1, To: 3, Matches: []policy.Match{{Last: 65535}}, Until: now},
			{ID: "reports", From: 1, To: 2, Matches: []policy.Match{{Proto: policy.TCP, First: 443, Last: 445}}},
			{ID: "supervise", From: 2, To: 3, Matches: []policy.Match{{Proto: policy.TCP, First: 502, Last: 502, Relay: &policy.Relay{Protocol: "modbus", Kinds: 4}}, {Proto: policy.ICMP, Last: 65535}}},
		},
		Pairs: []policy.Pair{{From: 3, To: 1, Stage: model.StageShadow}, {From: policy.Nowhere, To: 2, Stage: model.StageObserve}},
	}
	p.Normalize()
	return p
}

// TestLookupJudgesAsAPolicyMeans holds the look-up against the meaning of a
// policy, written down by looking through all of it.
func TestLookupJudgesAsAPolicyMeans(t *testing.T) {
	p := works()
	if err := p.Validate(); err != nil {
		t.Fatal(err)
	}
	l := NewLookup(p, now)
	zone := func(a netip.Addr) int {
		for i := range p.Zones {
			if slices.ContainsFunc(p.Zones[i].Ranges, func(r netip.Prefix) bool { return r.Contains(a) }) {
				return i
			}
		}
		return policy.Nowhere
	}
	plainly := func(x policy.Packet) policy.Verdict {
		v := policy.Verdict{Conduit: -1, From: zone(x.Src), To: zone(x.Dst)}
		if v.From == v.To && v.From != policy.Nowhere {
			v.Action = policy.Allow
			return v
		}
		for i, c := range p.Conduits {
			for _, m := range c.Matches {
				if (c.Until.IsZero() || c.Until.After(now)) && c.From == v.From && c.To == v.To && (m.Proto == policy.Any || m.Proto == x.Proto) && m.First <= x.DstPort && x.DstPort <= m.Last {
					v.Action, v.Conduit = policy.Allow, i
					if m.Relay != nil {
						v.Action = policy.Inspect
					}
					return v
				}
			}
		}
		switch p.StageOf(v.From, v.To) {
		case model.StageObserve:
			v.Action = policy.Observe
		case model.StageShadow:
			v.Action = policy.Shadow
		}
		return v
	}
	r := rand.New(rand.NewPCG(1, 2))
	addrs := []string{"10.1.3.4", "10.20.0.9", "10.21.1.5", "10.21.2.17", "10.21.2.18", "8.8.8.8", "fd00:1::5", "fd00:2::5", "fd00:3::5", "2001:db8::1"}
	ports := []uint16{0, 102, 442, 443, 445, 446, 502}
	seen := map[policy.Action]int{}
	for range 20_000 {
		src := netip.MustParseAddr(addrs[r.IntN(len(addrs))])
		dst := netip.MustParseAddr(addrs[r.IntN(len(addrs))])
		if src.Is4() != dst.Is4() {
			continue
		}
		x := policy.Packet{Src: src, Dst: dst, Proto: []uint8{policy.TCP, policy.UDP, policy.ICMP}[r.IntN(3)], DstPort: ports[r.IntN(len(ports))]}
		got, want := l.Judge(x), plainly(x)
		seen[got.Action]++
		if got != want {
			t.Fatalf("%+v: %+v, not %+v", x, got, want)
		}
	}
	for a := policy.Deny; a <= policy.Shadow; a++ {
		if seen[a] == 0 {
			t.Errorf("no packet was judged %v", a)
		}
	}
}

func TestWhatStaysOnItsSegment(t *testing.T) {
	at := func(s string) plant.Endpoint {
		if s == "" {
			return plant.Endpoint{MAC: plant.MAC{2}}
		}
		return plant.Endpoint{IP: netip.MustParseAddr(s)}
	}
	for _, c := range []struct {
		from, to string
		local    bool
	}{
		{"10.0.0.1", "10.0.0.2", false},
		{"10.0.0.1", "224.0.1.1", true},
		{"10.0.0.1", "255.255.255.255", true},
		{"169.254.3.1", "10.0.0.2", true},
		{"::ffff:224.0.0.1", "10.0.0.2", true},
		{"fe80::1", "fd00::2", true},
		{"fd00::1", "fd00::2", false},
		{"0.0.0.0", "10.0.0.2", true},
		{"", "", true},
	} {
		talk := Talk{From: at(c.from), To: at(c.to)}
		if talk.Local() != c.local {
			t.Errorf("%q → %q: local %v", c.from, c.to, talk.Local())
		}
	}
}

func TestProtocolOfTheIPHeader(t *testing.T) {
	six := plant.Endpoint{IP: netip.MustParseAddr("fd00::1")}
	for _, c := range []struct {
		talk  Talk
		proto uint8
	}{
		{Talk{Transport: plant.TCP, Protocol: "modbus"}, policy.TCP},
		{Talk{Transport: plant.UDP, Protocol: "dns"}, policy.UDP},
		{Talk{Transport: plant.OtherIP, Protocol: "icmp"}, policy.ICMP},
		{Talk{Transport: plant.OtherIP, Protocol: "icmp", To: six}, policy.ICMPv6},
		{Talk{Transport: plant.OtherIP, Protocol: "gre"}, 47},
		{Talk{Transport: plant.OtherIP, Protocol: "unknown"}, 0},
	} {
		if got := c.talk.Proto(); got != c.proto {
			t.Errorf("%s over %s: %d, not %d", c.talk.Protocol, c.talk.Transport, got, c.proto)
		}
	}
}
