package app

import (
	"math/rand/v2"
	"net/netip"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/act/enforce"
	"github.com/bulkhead-ot/bulkhead/internal/act/enforce/testbed"
	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/symbolic"
	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/verdict"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// TestFourVerdictsKernel sends the packets of TestFourVerdicts through a box with
// the wall in its kernel, and sees which come out. Then it puts policies with
// mistakes into the kernel: the packets must see each.
func TestFourVerdictsKernel(t *testing.T) {
	for _, stage := range []model.Stage{model.StageEnforce, model.StageShadow} {
		t.Run(string(stage), func(t *testing.T) {
			bed, wall := kernelWall(t)
			r := rand.New(rand.NewPCG(20, 26))
			p := randomBoundary(r, stage)
			shadowToo(p)
			packets := sendable(borderPackets(r, p, verdictCount(t)))
			want := throughKernel(t, bed, wall, p, packets)
			agree(t, "kernel", packets, arriving(p, packets), want)
			kernelMistakes(t, bed, wall, p, packets, want)
		})
	}
}

// kernelWall is a router with the wall, between an office and a plant that are
// namespaces.
func kernelWall(t *testing.T) (*testbed.Bed, *enforce.Wall) {
	t.Helper()
	caps, err := enforce.Probe()
	if err != nil {
		t.Skip(err)
	}
	need := append(enforce.Needs(enforce.Router, ""), enforce.FeatureTProxy4, enforce.FeatureTProxy6, enforce.FeatureSocket)
	if missing := caps.Missing(need...); len(missing) > 0 {
		t.Skipf("the kernel lacks %v", missing)
	}
	bed := testbed.New(t)
	bed.Routed(t)
	cfg := enforce.Config{Mode: enforce.Router, Office: testbed.OfficeIf, Plant: testbed.PlantIf, Namespace: bed.Box.Path, Relay: policy.RelayPorts()}
	wall, err := enforce.Open(cfg, caps)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = wall.Close() })
	top, err := enforce.Setup(cfg, caps)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = top.Close() })
	if err := bed.JudgeReady(); err != nil {
		t.Fatal(err)
	}
	return bed, wall
}

// shadowToo leaves no conduit that ends: the kernel's clock is not that of the
// test.
func shadowToo(p *policy.Policy) { *p = *withoutEnds(p) }

// sendable leaves out packets that would test something else: those from and to
// the bed's own addresses, and those that a kernel takes for the answer to
// another, since a protocol without ports looks the same both ways.
func sendable(all []policy.Packet) []policy.Packet {
	own := []netip.Prefix{netip.MustParsePrefix("10.66.0.0/16"), netip.MustParsePrefix("fd66::/16"), netip.MustParsePrefix("::/8")}
	in := func(a netip.Addr) bool {
		for _, p := range own {
			if p.Contains(a) {
				return true
			}
		}
		return false
	}
	out := all[:0:0]
	sent := map[policy.Packet]bool{}
	for _, k := range all {
		answer := policy.Packet{Src: k.Dst, Dst: k.Src, Proto: k.Proto, SrcPort: k.DstPort, DstPort: k.SrcPort}
		if !in(k.Src) && !in(k.Dst) && !sent[answer] {
			sent[k] = true
			out = append(out, k)
		}
	}
	return out
}

// arriving is the table's answer to whether a packet itself comes out on the
// other side: one that goes to a relay does not, since nobody listens there.
func arriving(p *policy.Policy, packets []policy.Packet) []bool {
	table := verdict.New(p, verdictsAt)
	out := make([]bool, len(packets))
	for i, k := range packets {
		a := table.Judge(k).Action
		out[i] = a.Passes() && a != policy.Inspect
	}
	return out
}

func throughKernel(t *testing.T, bed *testbed.Bed, wall *enforce.Wall, p *policy.Policy, packets []policy.Packet) []bool {
	t.Helper()
	if _, err := wall.Apply(p); err != nil {
		t.Fatal(err)
	}
	got, err := bed.Judge(packets)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// kernelMistakes applies some of the mistakes that mean something: what then
// comes out is what the table says of the mistake, and not what came out before.
func kernelMistakes(t *testing.T, bed *testbed.Bed, wall *enforce.Wall, p *policy.Policy, packets []policy.Packet, right []bool) {
	t.Helper()
	all := mistakesOf(p)
	seen := 0
	for i := 0; i < len(all) && seen < 12; i += len(all)/24 + 1 {
		m := all[i]
		want := arriving(m.policy, packets)
		few, wants, was := around(packets, want, right)
		if len(few) == 0 || sameBools(wants, was) {
			continue
		}
		seen++
		got := throughKernel(t, bed, wall, m.policy, few)
		agree(t, "kernel with "+m.name, few, wants, got)
		if sameBools(got, was) {
			t.Errorf("%s: nothing comes out otherwise", m.name)
		}
	}
	if seen < 6 {
		t.Errorf("%d mistakes were put into the kernel", seen)
	}
	d, err := symbolic.Compare(symbolic.Source{Policy: p}, symbolic.Source{Policy: readBack(t, wall, p)}, symbolic.Options{Now: verdictsAt})
	if err != nil || !d.Equal {
		t.Errorf("what is read back from the kernel differs from what was applied: %v, %+v", err, d)
	}
}

// readBack is the policy in the kernel after it was applied.
func readBack(t *testing.T, wall *enforce.Wall, p *policy.Policy) *policy.Policy {
	t.Helper()
	if _, err := wall.Apply(p); err != nil {
		t.Fatal(err)
	}
	back, err := wall.Read()
	if err != nil {
		t.Fatal(err)
	}
	if len(back.Drift) > 0 {
		t.Errorf("drift: %+v", back.Drift)
	}
	return back.Policy
}

// around is every packet that a mistake lets through or stops, and 2,000 of the
// others.
func around(packets []policy.Packet, want, right []bool) (few []policy.Packet, wants, was []bool) {
	for i := range packets {
		if want[i] != right[i] || i < 2000 {
			few, wants, was = append(few, packets[i]), append(wants, want[i]), append(was, right[i])
		}
	}
	return few, wants, was
}

func sameBools(a, b []bool) bool {
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
