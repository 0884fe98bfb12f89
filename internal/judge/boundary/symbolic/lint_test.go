package symbolic

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

func TestProblemsOfRules(t *testing.T) {
	tcp := func(first, last uint16) []policy.PortMatch {
		return []policy.PortMatch{{Proto: policy.TCP, SrcLast: 65535, First: first, Last: last}}
	}
	s := &policy.RuleSet{Rules: []policy.Rule{
		{Name: "low", Allow: true, From: prefixes("10.0.0.0/9"), Matches: tcp(80, 89)},
		{Name: "high", From: prefixes("10.128.0.0/9"), Matches: tcp(80, 89)},
		{Name: "both", Allow: true, From: prefixes("10.0.0.0/8"), Matches: tcp(85, 86), Line: 44},
		{Name: "icmp of the other family", Allow: true, From: prefixes("fd00::/8"), Matches: []policy.PortMatch{{Proto: policy.ICMP, SrcLast: 65535, Last: 65535}}},
		{Name: "gone", Allow: true, Matches: tcp(1, 2), Until: now},
		{Name: "again", Allow: true, From: prefixes("192.168.0.0/17"), Matches: tcp(22, 22)},
		{Name: "wider", Allow: true, From: prefixes("192.168.0.0/16"), Matches: tcp(22, 23)},
		{Name: "needless stop", From: prefixes("192.168.7.0/24")},
		{Name: "needed", Allow: true, From: prefixes("172.16.0.0/12"), Until: now.Add(time.Hour)},
		{Name: "all of IPv6", Allow: true, From: prefixes("::/0")},
	}}
	all, err := Problems(Source{Rules: s}, Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range all {
		got = append(got, fmt.Sprint(p.Rule, " ", p.Fault, " ", p.By, " ", p.Opposed))
		if (p.Fault == Void || p.Fault == Ended) != (p.Example == nil) || p.Says == "" {
			t.Errorf("%+v", p)
		}
	}
	want := []string{"2 shadowed [0 1] true", "3 void [] false", "4 ended [] false", "5 redundant [] false", "7 redundant [] false", "9 any-any [] false"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestProblemsAreProblems takes what is said never to decide out of random
// rules, and looks for a packet that finds a difference; and it takes out each
// other rule, which must make one.
func TestProblemsAreProblems(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 9))
	needless, needed := 0, 0
	for range 100 {
		s := someRules(r, 8)
		all, err := Problems(Source{Rules: s}, Options{Now: now})
		if err != nil {
			t.Fatal(err)
		}
		for i := range s.Rules {
			at := slices.IndexFunc(all, func(p Problem) bool { return p.Rule == i })
			if at >= 0 && all[at].Fault == Open {
				continue // it may be needed or not
			}
			less := &policy.RuleSet{Default: s.Default, Rules: slices.Delete(slices.Clone(s.Rules), i, i+1)}
			d, err := Compare(Source{Rules: s}, Source{Rules: less}, Options{Now: now})
			if err != nil {
				t.Fatal(err)
			}
			if d.Equal != (at >= 0) {
				t.Fatalf("rule %d of %+v: a problem %t, and without it nothing changes %t", i, s, at >= 0, d.Equal)
			}
			if d.Equal {
				needless++
			} else {
				needed++
			}
		}
	}
	if needless < 50 || needed < 50 {
		t.Error(needless, needed)
	}
}

func TestProblemsOfConduits(t *testing.T) {
	p := plant()
	p.Conduits = append(p.Conduits,
		policy.Conduit{ID: "relayed", From: 1, To: 2, Matches: []policy.Match{{Proto: policy.TCP, First: 444, Last: 444, Relay: reads()}}},
		policy.Conduit{ID: "empty", From: 1, To: 3},
		policy.Conduit{ID: "wide", From: 3, To: 2, Matches: []policy.Match{{Proto: policy.TCP, Last: 65535}}},
	)
	p.Normalize()
	all, err := Problems(Source{Policy: p}, Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, x := range all {
		got = append(got, x.Conduit+" "+string(x.Fault)+" "+x.Says)
	}
	want := []string{
		"all void conduit all is about no packet: one of its zones has no address",
		"empty void conduit empty names no service",
		"ended ended conduit ended has ended on 28 November 2026 and can be taken out",
		"relayed shadowed conduit relayed allows nothing that reports does not allow already",
		"web shadowed conduit web allows nothing that reports does not allow already",
		"wide any-any conduit wide allows everything from Line 1 to Operations",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q\nwant\n%q", got, want)
	}
}
