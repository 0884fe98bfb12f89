//go:build linux

package enforce

import (
	"context"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/act/enforce/testbed"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// rich has everything that a policy can say to a wall without relays.
func (s *stand) rich() *policy.Policy {
	p := s.policy()
	p.Zones = append(p.Zones,
		policy.Zone{ID: "dmz", Name: "DMZ", Kind: model.ZoneDMZ, Ranges: []netip.Prefix{netip.MustParsePrefix("10.50.0.0/16"), netip.MustParsePrefix("fd50::/32")}},
		policy.Zone{ID: "ops", Kind: model.ZoneOperations, Ranges: []netip.Prefix{netip.MustParsePrefix("10.51.7.0/24"), netip.MustParsePrefix("10.51.8.0/25"), netip.MustParsePrefix("fd51::7/128")}},
		policy.Zone{ID: "empty", Kind: model.ZoneCell})
	p.Conduits = append(p.Conduits,
		policy.Conduit{ID: "any", From: 4, To: 2, Matches: []policy.Match{{Proto: policy.Any, Last: 65535}}},
		policy.Conduit{ID: "web", From: 3, To: 4, Matches: []policy.Match{{Proto: policy.TCP, First: 80, Last: 90}, {Proto: policy.TCP, First: 85, Last: 1000}, {Proto: policy.ICMP, Last: 65535}, {Proto: policy.ICMPv6, Last: 65535}}},
		policy.Conduit{ID: "web-too", From: 3, To: 4, Matches: []policy.Match{{Proto: policy.TCP, First: 443, Last: 443}, {Proto: 47, Last: 65535}}},
		policy.Conduit{ID: "for-a-time", From: 3, To: 2, Matches: []policy.Match{{Proto: policy.UDP, First: 69, Last: 69}}, Until: time.Now().Add(time.Hour).Round(time.Second).UTC()},
		policy.Conduit{ID: "gone", From: 2, To: 3, Matches: []policy.Match{{Proto: policy.TCP, First: 1, Last: 9}}, Until: time.Now().Add(-time.Hour).Round(time.Second).UTC()})
	p.Pairs = []policy.Pair{
		{From: 1, To: 3, Stage: model.StageShadow},
		{From: 3, To: 1, Stage: model.StageObserve},
		{From: 0, To: 3, Stage: model.StageObserve},
		{From: 0, To: 0, Stage: model.StageShadow},
		{From: 2, To: 1, Stage: model.StageEnforceNew},
	}
	p.Normalize()
	return p
}

// TestReadBack reads what was applied, also by a process that comes later, and
// finds every change that somebody else made.
func TestReadBack(t *testing.T) {
	for _, way := range []string{"router", "bridge br_netfilter", "bridge stateless"} {
		t.Run(strings.ReplaceAll(way, " ", "-"), func(t *testing.T) {
			s := newStand(t, ways[way])
			p := s.rich()
			s.apply(t, p)
			for _, w := range []*Wall{s.wall, s.open(t)} {
				if w.Found().Rebuilt != nil {
					t.Errorf("found %+v", w.Found())
				}
				r, err := w.Read()
				if err != nil {
					t.Fatal(err)
				}
				if r.Hash != p.Hash() || r.Applied != p.Hash() || len(r.Drift)+len(r.Foreign) > 0 {
					t.Errorf("read back %s of %s: %+v %+v", r.Hash, p.Hash(), r.Drift, r.Foreign)
				}
			}
			text, err := s.wall.Text()
			if err != nil || !strings.Contains(string(text), "web-too") {
				t.Errorf("%s, %v", text, err)
			}
			family := familyName(s.wall.skeleton.main().Family)
			for name, x := range map[string]struct {
				nft     []string
				where   string
				missing bool
			}{
				"element added":   {[]string{"add", "element", family, "bulkhead", "conduits", "{ 0x1 . 0x2 . tcp . 22 }"}, "set conduits", false},
				"element removed": {[]string{"delete", "element", family, "bulkhead", "conduits", "{ 0x1 . 0x2 . tcp . 502 }"}, "set conduits", true},
				"name removed":    {[]string{"delete", "element", family, "bulkhead", "names", "{ 0x2 }"}, "set names", true},
				"rule added":      {[]string{"insert", "rule", family, "bulkhead", "forward", "accept"}, "chain forward rule", false},
				"chain emptied":   {[]string{"flush", "chain", family, "bulkhead", "silence"}, "chain silence rule", true},
			} {
				s.drifts(t, name, x.nft, x.where, x.missing)
			}
		})
	}
}

// drifts changes something by hand, and expects it to be told and to be put right
// by the next process and the next policy.
func (s *stand) drifts(t *testing.T, name string, nft []string, where string, missing bool) {
	t.Helper()
	if out, err := s.Box.Run("nft", nft...); err != nil {
		if strings.Contains(err.Error(), "not found") {
			t.Skip("nft: the program is not here")
		}
		t.Fatalf("%s: %v %s", name, err, out)
	}
	r, err := s.wall.Read()
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(r.Drift, func(d Drift) bool { return strings.HasSuffix(d.Where, where) && d.Missing == missing }) {
		t.Errorf("%s: not seen in %s: %+v", name, where, r.Drift)
	}
	if name == "element added" {
		i := slices.IndexFunc(r.Policy.Conduits, func(c policy.Conduit) bool { return c.ID == "unnamed" })
		if i < 0 || r.Policy.Conduits[i].Matches[0].First != 22 || r.Hash == r.Applied {
			t.Errorf("%s: the policy that was read does not have it: %+v", name, r.Policy.Conduits)
		}
		if err := r.Policy.Validate(); err != nil {
			t.Error(err)
		}
	}
	s.wall = s.open(t)
	s.apply(t, s.rich())
	if r, err := s.wall.Read(); err != nil || len(r.Drift) > 0 {
		t.Errorf("%s: still %+v, %v", name, r.Drift, err)
	}
}

func TestForeignChainsAreTold(t *testing.T) {
	s := newStand(t, ways["router"])
	if _, err := s.Box.Run("nft", "add table ip other; add chain ip other f { type filter hook forward priority -5; }; add rule ip other f accept; add chain ip other quiet { type filter hook forward priority -6; }"); err != nil {
		t.Skipf("nft: %v", err)
	}
	r, err := s.wall.Read()
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Foreign) != 1 || r.Foreign[0].Where != "ip other f" {
		t.Errorf("%+v", r.Foreign)
	}
}

// TestKernelMeansThePolicy sends packets through and holds the kernel against
// the definition.
func TestKernelMeansThePolicy(t *testing.T) {
	s := newStand(t, ways["router"])
	if err := s.JudgeReady(); err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(3, 5))
	addrs := []string{
		"10.66.1.10", "10.66.1.11", "10.66.2.20", "10.50.0.0", "10.50.255.255", "10.51.0.0", "10.51.6.255", "10.51.7.0", "10.51.8.127", "10.51.8.128", "203.0.113.1",
		"fd66:0:0:1::10", "fd66:0:0:2::20", "fd50::1", "fd50:0:ffff::1", "fd50:1::1", "fd51::7", "fd51::8", "2001:db8::1",
	}
	for _, rest := range []model.Stage{model.StageEnforce, model.StageShadow} {
		p := s.rich()
		p.Rest = rest
		s.apply(t, p)
		var list []policy.Packet
		for len(list) < 4000 {
			k := policy.Packet{
				Src: netip.MustParseAddr(addrs[r.IntN(len(addrs))]), Dst: netip.MustParseAddr(addrs[r.IntN(len(addrs))]),
				Proto: []uint8{policy.TCP, policy.UDP, policy.ICMP, policy.ICMPv6, 47}[r.IntN(5)],
			}
			if k.Src.Is4() != k.Dst.Is4() || k.Src == k.Dst || k.Proto == policy.ICMP && k.Src.Is6() || k.Proto == policy.ICMPv6 && k.Src.Is4() ||
				slices.Contains([]string{"10.66.1.1", "10.66.2.1"}, k.Dst.String()) {
				continue
			}
			if k.Proto == policy.TCP || k.Proto == policy.UDP {
				k.SrcPort, k.DstPort = uint16(1024+r.IntN(60000)), []uint16{1, 22, 69, 79, 80, 84, 90, 91, 161, 162, 163, 443, 502, 503, 1000, 1001}[r.IntN(16)]
			}
			list = append(list, k)
		}
		got, err := s.Judge(list)
		if err != nil {
			t.Fatal(err)
		}
		wrong := 0
		for i, k := range list {
			if v := p.Judge(&k, time.Now()); v.Action.Passes() != got[i] {
				if wrong++; wrong <= 5 {
					t.Errorf("%v: passes %t, but the policy says %v by %d from %d to %d", k, got[i], v.Action, v.Conduit, v.From, v.To)
				}
			}
		}
		if wrong > 5 {
			t.Errorf("%d more", wrong-5)
		}
	}
	if st, err := s.wall.Stats(); err != nil || st.Lost.Packets > 0 || st.Refused.Packets == 0 || st.Silenced.Packets == 0 || st.Shadowed.Packets == 0 {
		t.Errorf("%+v, %v", st, err)
	}
}

// TestDenialsAndWatch hears of what was denied and would have been, and counts
// answers.
func TestDenialsAndWatch(t *testing.T) {
	s := newStand(t, ways["router"])
	p := s.policy()
	s.apply(t, p)
	for i := range 2 {
		stop, err := s.Plant.Echo(at(s.plant[i], 502))
		if err != nil {
			t.Fatal(err)
		}
		defer stop()
		if err := s.wall.Watch([]policy.Critical{{Client: s.office[i].Addr(), Server: s.plant[i].Addr(), Proto: policy.TCP, Port: 502, Says: "x"}}); err != nil {
			t.Fatal(err)
		}
		s.reach(t, s.Office, "tcp", at(s.plant[i], 502), true)
		if seen, err := s.wall.Seen(); err != nil || len(seen) != 1 || seen[0].Packets < 2 {
			t.Errorf("seen %+v, %v", seen, err)
		}
	}
	if n, err := s.wall.Counters(); err != nil || n["read"].Packets != 2 {
		t.Errorf("counters %v, %v", n, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 4*patience)
	defer cancel()
	var got []policy.Denial
	done := make(chan error, 1)
	ready := make(chan struct{})
	go func() {
		close(ready)
		done <- s.wall.Denials(ctx, func(list []policy.Denial, _ uint64) {
			got = append(got, list...)
			if len(got) >= 2 {
				cancel()
			}
		})
	}()
	<-ready
	for ctx.Err() == nil {
		for i := range 2 {
			if c, err := s.Office.Dial("tcp", at(s.plant[i], 503), shortly); err == nil {
				_ = c.Close()
			}
		}
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	for i := range 2 {
		if !slices.ContainsFunc(got, func(d policy.Denial) bool {
			return d.Src == s.office[i].Addr() && d.Dst == s.plant[i].Addr() && d.DstPort == 503 && d.Proto == policy.TCP && !d.Shadow &&
				d.In == testbed.OfficeIf && d.Out == testbed.PlantIf && d.Count > 0
		}) {
			t.Errorf("nobody told of %v: %+v", s.plant[i], got)
		}
	}
}

// TestFrames lets PROFINET through a bridge and no other frame without IP.
func TestFrames(t *testing.T) {
	for _, way := range []string{"bridge br_netfilter", "bridge stateless"} {
		t.Run(strings.ReplaceAll(way, " ", "-"), func(t *testing.T) {
			s := newStand(t, ways[way])
			if !s.frame(t, 0x88f7) {
				t.Error("a frame does not pass before there is a policy")
			}
			s.apply(t, s.policy())
			if !s.frame(t, 0x8892) || s.frame(t, 0x8893) || s.frame(t, 0x88f7) {
				t.Error("the list does not decide")
			}
			if st, err := s.wall.Stats(); err != nil || st.Frames.Packets < 2 {
				t.Errorf("%+v, %v", st, err)
			}
		})
	}
}

// frame reports whether a frame of a type comes from the office to the plant.
func (s *stand) frame(t *testing.T, ether uint16) bool {
	t.Helper()
	passed, err := s.Frame(ether, shortly)
	if err != nil {
		t.Fatal(err)
	}
	return passed
}

func TestSetupPutsEverythingBack(t *testing.T) {
	for name, cfg := range ways {
		t.Run(strings.ReplaceAll(name, " ", "-"), func(t *testing.T) {
			if cfg.Mode == Router {
				cfg.Relay = policy.RelayPorts()
			}
			cfg.Office, cfg.Plant = testbed.OfficeIf, testbed.PlantIf
			cfg.Hosts = []Host{{testbed.FlatOffice[0].Addr(), Office}, {testbed.FlatPlant[1].Addr(), Plant}}
			caps := capsFor(t, cfg)
			b := testbed.New(t)
			cfg.Namespace = b.Box.Path
			before := settings(t, b.Box)
			top, err := Setup(cfg, caps)
			if err != nil {
				t.Fatal(err)
			}
			if len(top.Changed) == 0 || settings(t, b.Box) == before {
				t.Error("nothing was changed")
			}
			if err := top.Close(); err != nil {
				t.Error(err)
			}
			if after := settings(t, b.Box); after != before {
				t.Errorf("before:\n%s\nafter:\n%s", before, after)
			}
		})
	}
}

// settings is what Setup might change, as text.
func settings(t *testing.T, x *testbed.Space) string {
	t.Helper()
	out, err := x.Run("sh", "-c", "ip rule; ip -6 rule; ip route show table all | grep -v fe80 | grep -v ff00; ip -6 neigh show proxy; ip -br link | grep -v bulkhead0 | awk '{print $1}'; "+
		"ls /sys/class/net | head -0; cat /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv6/conf/all/forwarding /proc/sys/net/ipv4/conf/*/proxy_arp /proc/sys/net/ipv6/conf/*/proxy_ndp /proc/sys/net/ipv4/neigh/*0/proxy_delay; "+
		"ip -o link show type bridge; cat /proc/sys/net/bridge/bridge-nf-call-ip*tables 2>/dev/null")
	if err != nil {
		t.Skipf("ip: %v", err)
	}
	return out
}

// TestVLANsDoNotPassBy sends tagged frames through a bridge: what counts is the
// packet within.
func TestVLANsDoNotPassBy(t *testing.T) {
	for _, way := range []string{"bridge br_netfilter", "bridge stateless"} {
		t.Run(strings.ReplaceAll(way, " ", "-"), func(t *testing.T) {
			s := newStand(t, ways[way])
			s.apply(t, s.policy())
			for i := range 2 {
				for port, want := range map[uint16]bool{161: true, 163: false} {
					k := policy.Packet{Src: s.office[i].Addr(), Dst: s.plant[i].Addr(), Proto: policy.UDP, SrcPort: 40000, DstPort: port}
					got, err := s.Tagged(k, 5, shortly)
					if err != nil {
						t.Fatal(err)
					}
					if got != want {
						t.Errorf("%v with a tag passes: %t", k, got)
					}
				}
			}
		})
	}
}
