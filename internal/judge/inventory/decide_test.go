package inventory

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// merged and parted are decisions about endpoints as the tests write them.
func merged(id string, ends ...string) Decision {
	d := Decision{ID: id, Why: "merged by " + id}
	for _, e := range ends {
		d.Parts = append(d.Parts, []plant.Endpoint{at(e)})
	}
	return d
}

func parted(id, out string, stays ...string) Decision {
	d := Decision{ID: id, Apart: true, Why: "split by " + id, Parts: [][]plant.Endpoint{{at(out)}, nil}}
	for _, e := range stays {
		d.Parts[1] = append(d.Parts[1], at(e))
	}
	return d
}

func decidedLines(seen []plant.Observation, decisions ...Decision) []string {
	b := build(seen)
	b.Decide(decisions)
	return lines(slices.Collect(b.Assets()))
}

func TestDecisions(t *testing.T) {
	two := all(sends(plcMAC+" 10.0.0.5", 9, "64", 0, 9), sends(hmiMAC+" 10.1.0.5", 9, "64", 0, 9))
	three := append(slices.Clone(two), sends(routerMAC+" 10.2.0.5", 9, "64", 0, 9)...)
	serial := func(es ...string) (list []plant.Observation) {
		for _, e := range es {
			list = append(list, says(e, plant.FieldVendorID, "cip:1", "enip.list-identity"), says(e, plant.FieldSerial, "0x00c0ffee", "enip.list-identity"))
		}
		return list
	}
	rack := append(slices.Clone(three), serial(plcMAC+" 10.0.0.5", hmiMAC+" 10.1.0.5", routerMAC+" 10.2.0.5")...)
	bridge := all(claims(plcMAC+" 10.0.0.5"), claims(plcMAC+" 10.0.0.6"), sends(plcMAC+" 10.0.0.5", 9, "64", 0, 9), sends(plcMAC+" 10.0.0.6", 9, "64", 0, 9))
	for _, c := range []struct {
		name      string
		seen      []plant.Observation
		decisions []Decision
		want      []string
	}{
		{"nothing is decided", two, nil, []string{"00:01|10.0.0.5|unknown", "00:02|10.1.0.5|unknown"}},
		{"two are one", two, []Decision{merged("m", plcMAC+" 10.0.0.5", hmiMAC+" 10.1.0.5")}, []string{"00:01,00:02|10.0.0.5,10.1.0.5|unknown"}},
		{"two are one by their interfaces alone", two, []Decision{merged("m", plcMAC, hmiMAC)}, []string{"00:01,00:02|10.0.0.5,10.1.0.5|unknown"}},
		{"three are one by two decisions", three, []Decision{merged("m", plcMAC, hmiMAC), merged("n", routerMAC, hmiMAC)}, []string{"00:03,00:01,00:02|10.0.0.5,10.1.0.5,10.2.0.5|unknown"}},
		{"one that was never seen", two, []Decision{merged("m", plcMAC, "00:1b:1b:00:00:77")}, []string{"00:01|10.0.0.5|unknown", "00:02|10.1.0.5|unknown"}},
		{"a serial number joins all but what people took out", rack, []Decision{parted("s", plcMAC+" 10.0.0.5", hmiMAC+" 10.1.0.5", routerMAC+" 10.2.0.5")}, []string{"00:01|10.0.0.5|unknown", "00:03,00:02|10.1.0.5,10.2.0.5|unknown"}},
		{"an address of an interface is another machine", bridge, []Decision{parted("s", plcMAC+" 10.0.0.6", plcMAC+" 10.0.0.5")}, []string{"00:01|10.0.0.5|unknown", "|10.0.0.6|unknown"}},
		{
			"and belongs to a third", append(slices.Clone(bridge), sends(hmiMAC+" 10.1.0.5", 9, "64", 0, 9)...),
			[]Decision{parted("s", plcMAC+" 10.0.0.6", plcMAC+" 10.0.0.5"), merged("m", plcMAC+" 10.0.0.6", hmiMAC+" 10.1.0.5")},
			[]string{"00:01|10.0.0.5|unknown", "00:02|10.0.0.6,10.1.0.5|unknown"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := decidedLines(c.seen, c.decisions...); !reflect.DeepEqual(got, c.want) {
				t.Errorf("assets\n got %q\nwant %q", got, c.want)
			}
		})
	}
	b := build(two)
	b.Decide([]Decision{merged("m", plcMAC, hmiMAC)})
	for a := range b.Assets() {
		if !slices.ContainsFunc(a.Reasons, func(r plant.Reason) bool { return r.What == "merge" && r.Why == "merged by m" }) {
			t.Errorf("no reason: %+v", a.Reasons)
		}
	}
}

func TestContradictions(t *testing.T) {
	seen := all(sends(plcMAC+" 10.0.0.5", 9, "64", 0, 9), sends(hmiMAC+" 10.1.0.5", 9, "64", 0, 9), sends(routerMAC+" 10.2.0.5", 9, "64", 0, 9),
		claims(plcMAC+" 10.0.0.6"), sends(plcMAC+" 10.0.0.6", 9, "64", 0, 9), claims(plcMAC+" 10.0.0.5"))
	ab, bc := merged("ab", plcMAC+" 10.0.0.5", hmiMAC), merged("bc", hmiMAC, routerMAC)
	for _, c := range []struct {
		name string
		have []Decision
		new  Decision
		want []string
	}{
		{"nothing", nil, ab, nil},
		{"the same again", []Decision{ab}, merged("x", plcMAC, hmiMAC), nil},
		{"a split of what was merged", []Decision{ab}, parted("s", hmiMAC, plcMAC+" 10.0.0.5"), []string{"ab"}},
		{"a split of what was merged by two", []Decision{ab, bc}, parted("s", routerMAC, plcMAC+" 10.0.0.5"), []string{"ab", "bc"}},
		{"a merge of what was split", []Decision{parted("s", hmiMAC, plcMAC)}, ab, []string{"s"}},
		{"a merge of what was split, by another", []Decision{ab, parted("s", routerMAC, plcMAC)}, bc, []string{"ab", "s"}},
		{"a split of something else", []Decision{ab}, parted("s", routerMAC, plcMAC), nil},
		{"an address that the merge did not name", []Decision{ab}, parted("s", plcMAC+" 10.0.0.6", plcMAC+" 10.0.0.5", hmiMAC), nil},
		{"an interface from its own address", nil, parted("s", plcMAC, plcMAC+" 10.0.0.5"), []string{"s"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := build(seen)
			b.Decide(c.have)
			before := lines(slices.Collect(b.Assets()))
			if got := b.Against(c.new); !slices.Equal(got, c.want) {
				t.Errorf("against %q, not %q", got, c.want)
			}
			if after := lines(slices.Collect(b.Assets())); !reflect.DeepEqual(before, after) {
				t.Errorf("asking changed the assets: %q, %q", before, after)
			}
		})
	}
}

func TestCut(t *testing.T) {
	b := build(all(claims(plcMAC+" 10.0.0.5"), claims(plcMAC+" 10.0.0.6"), says(plcMAC, plant.FieldName, "plc", "profinet.dcp"),
		sends(hmiMAC+" 10.1.0.5", 9, "64", 0, 9), sends(routerMAC+" 10.2.0.5", 9, "64", 0, 9)))
	b.Decide([]Decision{merged("m", plcMAC, hmiMAC)})
	n := b.Number(at(plcMAC + " 10.0.0.5"))
	for _, c := range []struct {
		name, out, taken, stays string
		err                     error
	}{
		{"an address", plcMAC + " 10.0.0.6", "10.0.0.6", "10.0.0.5 10.1.0.5", nil},
		{"an interface", hmiMAC + " 10.1.0.5", "10.1.0.5", "10.0.0.5", nil},
		{"all addresses of an interface", plcMAC + " 10.0.0.5;" + plcMAC + " 10.0.0.6", "10.0.0.5", "10.1.0.5", nil},
		{"an interface without its addresses", plcMAC, "", "", ErrOneInterface},
		{"everything", plcMAC + " 10.0.0.5;" + plcMAC + " 10.0.0.6;" + hmiMAC + " 10.1.0.5", "", "", ErrAll},
		{"something of another", routerMAC + " 10.2.0.5", "", "", ErrNotIts},
		{"something that was never seen", plcMAC + " 10.9.9.9", "", "", ErrNotIts},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out []plant.Endpoint
			for _, e := range strings.Split(c.out, ";") {
				out = append(out, at(e))
			}
			taken, stays, err := b.Cut(n, out)
			if !errors.Is(err, c.err) {
				t.Fatalf("%v, not %v", err, c.err)
			}
			addrs := func(ends []plant.Endpoint) string {
				var s []string
				for _, e := range ends {
					s = append(s, e.Addr())
				}
				slices.Sort(s)
				return strings.Join(s, " ")
			}
			if addrs(taken) != c.taken || addrs(stays) != c.stays {
				t.Errorf("taken %q, stays %q", addrs(taken), addrs(stays))
			}
		})
	}
}

// randomDecisions makes decisions as people would, from what they are shown,
// and takes only those that contradict nothing.
func randomDecisions(r *rand.Rand, b *Builder, n int) []Decision {
	var made []Decision
	for i := range n {
		b.Decide(made)
		b.Build()
		count := len(b.fold.assets)
		if count < 2 {
			break
		}
		d := Decision{ID: fmt.Sprint(i), Why: fmt.Sprint("decision ", i)}
		x, y := r.IntN(count), r.IntN(count)
		if r.IntN(2) == 0 && x != y {
			p, _ := b.Anchors(x)
			q, _ := b.Anchors(y)
			if len(p) == 0 || len(q) == 0 {
				continue
			}
			d.Parts = [][]plant.Endpoint{p, q}
		} else {
			ends := b.EndpointsOf(x)
			if len(ends) == 0 {
				continue
			}
			taken, stays, err := b.Cut(x, []plant.Endpoint{ends[r.IntN(len(ends))]})
			if err != nil {
				continue
			}
			d.Apart, d.Parts = true, [][]plant.Endpoint{taken, stays}
		}
		if len(b.Against(d)) == 0 {
			made = append(made, d)
		}
	}
	return made
}

// What people decided holds, whatever else was seen and in whatever order they
// and the observations came; taken back, everything is as before.
func TestDecisionsHold(t *testing.T) {
	merges, splits := 0, 0
	for seed := range uint64(150) {
		r := rand.New(rand.NewPCG(seed, 9))
		seen := random(r, 60)
		before := assetsOf(seen)
		b := build(seen)
		made := randomDecisions(r, b, 8)
		b.Decide(made)
		decided := slices.Collect(b.Assets())
		for _, d := range made {
			out, rest := b.AssetID(d.Parts[0][0]), b.AssetID(d.Parts[1][0])
			if one := out == rest; one == d.Apart || out == "" || rest == "" {
				t.Fatalf("seed %d: decision %+v: %s and %s", seed, d, out, rest)
			}
			if d.Apart {
				splits++
			} else {
				merges++
			}
		}
		r.Shuffle(len(made), func(i, j int) { made[i], made[j] = made[j], made[i] })
		r.Shuffle(len(seen), func(i, j int) { seen[i], seen[j] = seen[j], seen[i] })
		again := build(seen)
		again.Decide(made)
		if got := slices.Collect(again.Assets()); !reflect.DeepEqual(got, decided) {
			t.Fatalf("seed %d: another order makes other assets:\n got %q\nwant %q", seed, lines(got), lines(decided))
		}
		again.Decide(nil)
		if got := slices.Collect(again.Assets()); !reflect.DeepEqual(got, before) {
			t.Fatalf("seed %d: taken back, it is not as before", seed)
		}
	}
	if merges < 100 || splits < 100 {
		t.Errorf("only %d merges and %d splits were made", merges, splits)
	}
}

// Every address still stands in one asset, and every observation finds one.
func TestDecisionsLoseNothing(t *testing.T) {
	for seed := range uint64(100) {
		r := rand.New(rand.NewPCG(seed, 10))
		seen := random(r, 60)
		count := func(list []*plant.Asset) (ips, facts int) {
			for _, a := range list {
				ips += len(a.IPs)
				facts += len(a.Facts)
			}
			return ips, facts
		}
		b := build(seen)
		made := randomDecisions(r, b, 6)
		b.Decide(nil)
		wasIPs, _ := count(slices.Collect(b.Assets()))
		b.Decide(made)
		all := slices.Collect(b.Assets())
		ids := map[string]bool{}
		for _, a := range all {
			if ids[a.ID] {
				t.Fatalf("seed %d: two assets %s", seed, a.ID)
			}
			ids[a.ID] = true
		}
		if ips, _ := count(all); ips > wasIPs {
			t.Fatalf("seed %d: %d addresses, %d before", seed, ips, wasIPs)
		}
	}
}
