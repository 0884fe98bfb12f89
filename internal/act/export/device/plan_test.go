package device_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/act/export/device"
	. "github.com/bulkhead-ot/bulkhead/internal/act/export/exporttest"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// rules is what steps mean.
func rules(steps []device.Step) *policy.RuleSet {
	s := &policy.RuleSet{}
	for _, x := range steps {
		r := policy.Rule{Name: x.Name, Allow: x.Act == device.Pass, From: slices.Concat(x.From.V4, x.From.V6), To: slices.Concat(x.To.V4, x.To.V6)}
		for _, m := range x.Matches {
			r.Matches = append(r.Matches, policy.PortMatch{Proto: m.Proto, SrcLast: 65535, First: m.First, Last: m.Last})
		}
		s.Rules = append(s.Rules, r)
	}
	return s
}

// TestPlanMeansThePolicy holds the steps against the policy's own list.
func TestPlanMeansThePolicy(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 5))
	for i := range 200 {
		p := Policy(r, i%2 == 0)
		steps, err := device.Plan(p, &device.Options{}, &device.Limits{Device: "x"})
		if err != nil {
			t.Fatal(err)
		}
		want, got := p.Rules(), rules(steps)
		for _, x := range Packets(r, 200, want, got) {
			if a, b := Judge(want, x), Judge(got, x); a != b {
				t.Fatalf("%+v: %s by the policy, %s by its steps\n%s", x, a, b, p.Canonical())
			}
		}
		names := map[string]bool{}
		for _, s := range steps {
			if names[s.Name] {
				t.Fatalf("two steps are called %q", s.Name)
			}
			names[s.Name] = true
		}
	}
}

// TestHowItIsStopped holds that the plant's machines are not answered and
// everybody else is, and that all that is stopped or would be is logged.
func TestHowItIsStopped(t *testing.T) {
	steps, err := device.Plan(Staged(), &device.Options{}, &device.Limits{Device: "x"})
	if err != nil {
		t.Fatal(err)
	}
	p := Staged()
	stops := 0
	for _, s := range steps {
		shadow := strings.HasPrefix(s.Why, "shadow")
		switch {
		case s.Act == device.Pass && s.Log != shadow:
			t.Errorf("%s is logged: %t", s.Name, s.Log)
		case s.Act == device.Pass:
		case !s.Log:
			t.Errorf("%s is not logged", s.Name)
		default:
			stops++
			if want := map[bool]device.Act{true: device.Drop, false: device.Reject}[p.Zones[s.From.Zone].OT()]; s.Act != want {
				t.Errorf("%s: %d", s.Name, s.Act)
			}
		}
	}
	if stops < 3 {
		t.Errorf("only %d stops", stops)
	}
}

func TestPlanRefuses(t *testing.T) {
	_, err := device.Plan(Relayed(), &device.Options{}, &device.Limits{Device: "Wall 9", Steps: 3, Expires: func(*policy.Conduit) string { return "never" }})
	var r *device.Refusal
	if !errors.As(err, &r) || !errors.Is(err, device.ErrRefused) || len(r.Lacks) != 2 || r.Lacks[0].Conduit != "supervise" || r.Lacks[1].Conduit != "" {
		t.Fatalf("%v", err)
	}
	if want := `Wall 9: the device cannot hold this policy: conduit "supervise": it holds modbus to certain operations, and this device filters by address and port only; it needs 8 rules, and small models hold 3`; err.Error() != want {
		t.Errorf("%v", err)
	}
	if _, err := device.Plan(Works(), &device.Options{Family: 5}, &device.Limits{}); !errors.Is(err, device.ErrOptions) {
		t.Errorf("family 5: %v", err)
	}
	p := Works()
	p.Rest = ""
	if _, err := device.Plan(p, &device.Options{}, &device.Limits{}); !errors.Is(err, policy.ErrWrong) {
		t.Errorf("a wrong policy: %v", err)
	}
}

func TestFamiliesAndEnds(t *testing.T) {
	p := Ending()
	steps, err := device.Plan(p, &device.Options{Family: 6, Now: p.Conduits[1].Until.Add(time.Hour)}, &device.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range steps {
		if len(s.From.V4)+len(s.To.V4) > 0 || s.Name == "reports" {
			t.Errorf("%+v", s)
		}
	}
}
