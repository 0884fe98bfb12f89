package exporttest

import (
	"flag"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Golden compares text with a file below testdata.
func Golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (make it with -update)", err)
	}
	if d := cmp.Diff(string(want), string(got)); d != "" {
		t.Errorf("%s differs (-want +got); if that is meant, run with -update:\n%s", name, d)
	}
}

// Check asks a reading about packets: "10.1.0.1 > 10.2.0.1 tcp/502 passes",
// with "tcp/1023:502" where the source port matters, "icmp", "icmp6" or "ip/47".
func Check(t *testing.T, s *policy.RuleSet, all []string) {
	t.Helper()
	for _, line := range all {
		w := strings.Fields(line)
		x := policy.Packet{Src: netip.MustParseAddr(w[0]), Dst: netip.MustParseAddr(w[2])}
		kind, ports, _ := strings.Cut(w[3], "/")
		x.Proto = map[string]uint8{"tcp": policy.TCP, "udp": policy.UDP, "icmp": policy.ICMP, "icmp6": policy.ICMPv6}[kind]
		src, dst, both := strings.Cut(ports, ":")
		switch {
		case kind == "ip":
			x.Proto = uint8(number(ports))
		case both:
			x.SrcPort, x.DstPort = number(src), number(dst)
		case ports != "":
			x.SrcPort, x.DstPort = 40000, number(ports)
		}
		if got := Judge(s, x); string(got) != w[4] {
			t.Errorf("%s: %s", line, got)
		}
	}
	if t.Failed() {
		for i, r := range s.Rules {
			t.Logf("rule %d %q line %d allow %t from %v to %v %v", i, r.Name, r.Line, r.Allow, r.From, r.To, r.Matches)
		}
		for _, l := range s.Unknown {
			t.Logf("line %d before rule %d harmless %t bound %+v: %q: %s", l.Number, l.Rule, l.Harmless, l.Bound, l.Text, l.Why)
		}
	}
}

func number(s string) uint16 {
	n, err := strconv.ParseUint(s, 10, 16)
	if err != nil {
		panic(err) // of a test that is written wrong
	}
	return uint16(n)
}

// Whys are the reasons of lines that were not understood, those that are
// harmless in brackets, in order.
func Whys(s *policy.RuleSet) []string {
	var all []string
	for _, l := range s.Unknown {
		if l.Harmless {
			all = append(all, "("+l.Why+")")
		} else {
			all = append(all, l.Why)
		}
	}
	return all
}

// Robust is the invariant of fuzzed parsers: a reading that succeeds has rules
// and lines that hang together.
func Robust(t *testing.T, s *policy.RuleSet, err error) {
	t.Helper()
	if err != nil {
		return
	}
	for _, r := range s.Rules {
		for _, m := range r.Matches {
			if m.First > m.Last || m.SrcFirst > m.SrcLast {
				t.Fatalf("rule %q: ports backwards: %+v", r.Name, m)
			}
		}
		for _, p := range append(r.From, r.To...) {
			if !p.IsValid() || p != p.Masked() || p.Addr().Is4In6() {
				t.Fatalf("rule %q: %v is no range", r.Name, p)
			}
		}
	}
	for _, l := range s.Unknown {
		if l.Rule < 0 || l.Rule > len(s.Rules) || l.Why == "" || l.Number < 1 {
			t.Fatalf("%+v", l)
		}
	}
}
