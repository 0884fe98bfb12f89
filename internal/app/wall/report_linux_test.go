package wall

import (
	"fmt"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"
)

// TestProcessReports asks for what was stopped.
func TestProcessReports(t *testing.T) {
	s := newSite(t, "")
	s.kept(1, sitePolicy(502))
	if c, err := s.bed.Office.Dial("tcp", other.String(), time.Second); err == nil {
		c.Close()
		t.Fatal("the policy lets pass what no conduit allows")
	}
	s.await("a report", 10*time.Second, func() bool {
		r, err := s.Denials(t.Context(), "", 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range r.Reports {
			if x.Kind == KindDenied && x.Src == client && x.Dst == other.Addr() && x.DstPort == other.Port() && x.Count > 0 {
				return true
			}
		}
		return false
	})
	x, err := s.Status(t.Context())
	if err != nil || x.Denied == 0 || len(x.Conduits) != 1 || x.Conduits[0].Conduit != "port-502" {
		t.Errorf("%+v, %v", x, err)
	}
}

// TestProbeOfTheProcess sends canaries: through a wall that stands, and through
// one that somebody has opened by hand.
func TestProbeOfTheProcess(t *testing.T) {
	if _, err := os.Stat("/dev/net/tun"); err != nil {
		t.Skipf("tun: %v", err)
	}
	from, to := netip.MustParseAddr("10.66.1.250"), netip.MustParseAddr("10.66.2.250")
	s := newSite(t, fmt.Sprintf("  canary: {from: %s, to: %s}\n", from, to))
	if r, err := s.Probe(t.Context()); err != nil || r.What != Unknown || !strings.Contains(r.Says, "does not deny") {
		t.Errorf("while everything passes: %+v, %v", r, err)
	}
	s.kept(1, sitePolicy(502))
	if r, err := s.Probe(t.Context()); err != nil || r.What != Stopped || !r.Control || !r.Denied {
		t.Errorf("through the wall: %+v, %v", r, err)
	}
	if out, err := s.bed.Box.Run("nft", "insert", "rule", "inet", "bulkhead", "forward", "ip", "saddr", from.String(), "accept"); err != nil {
		t.Skipf("nft: %v %s", err, out)
	}
	if r, err := s.Probe(t.Context()); err != nil || r.What != Arrived {
		t.Errorf("through a hole: %+v, %v", r, err)
	}
}
