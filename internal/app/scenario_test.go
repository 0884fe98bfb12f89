package app

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/judge/detect"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/lab"
)

// TestScenarios plays each scenario of the simulated plant through the whole
// program and holds what its file says must be seen and must stay quiet. What
// judges must say that do not exist yet is listed.
func TestScenarios(t *testing.T) {
	names, err := lab.Scenarios()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			s, err := lab.ReadScenario(name)
			if err != nil {
				t.Fatal(err)
			}
			a := watched(t, lab.Options{Scenario: name, Thin: s.Thin})
			assets := byAddress(a)
			for _, want := range s.See.Assets {
				if problem := holdAsset(&want, assets[want.IP.String()]); problem != "" {
					t.Errorf("asset %v: %s", want.IP, problem)
				}
			}
			holdConversations(t, a, s.See.Conversations)
			holdOperations(t, a, s.See.Operations)
			holdFindings(t, a, s)
			if a.Failures > 0 || a.Lost > 0 {
				t.Errorf("%d decoder failures, %d observations lost", a.Failures, a.Lost)
			}
			for _, l := range s.Later {
				t.Logf("not judged yet (%s): %s", l.Judge, l.Says)
			}
		})
	}
}

// TestScenariosNameRulesThatExist holds that a rule that must stay quiet can be
// loud at all.
func TestScenariosNameRulesThatExist(t *testing.T) {
	rules, err := detect.Rules()
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, r := range rules {
		known[r.Rule] = true
	}
	names, err := lab.Scenarios()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		s, err := lab.ReadScenario(name)
		if err != nil {
			t.Fatal(err)
		}
		if s.Title == "" || s.Story == "" || len(s.Quiet) == 0 {
			t.Errorf("%s: it has no title, no story or nothing that must stay quiet", name)
		}
		named := s.Quiet
		for _, f := range s.See.Findings {
			named = append(named, f.Rule)
		}
		for _, rule := range named {
			if !known[rule] {
				t.Errorf("%s: there is no rule %q", name, rule)
			}
		}
	}
}

func holdAsset(want *lab.ExpectedAsset, x *plant.Asset) string {
	if x == nil {
		return "it was not found"
	}
	said := strings.Join(append(x.Names, x.Vendor, x.Product, x.OrderNumber, x.OS), " ")
	switch {
	case want.Role != "" && want.Role != x.Role:
		return fmt.Sprintf("it is a %s, not a %s", x.Role, want.Role)
	case want.Side != "" && want.Side != string(x.Side):
		return fmt.Sprintf("it is on side %s, not %s", x.Side, want.Side)
	case !within(want.Says, said):
		return fmt.Sprintf("%q does not say %q", said, want.Says)
	}
	return ""
}

// pair is who talks to whom.
type pair struct{ from, to netip.Addr }

func holdConversations(t *testing.T, a *Analysis, want []lab.ExpectedConversation) {
	t.Helper()
	seen := map[pair][]string{}
	for c := range a.Conversations {
		p := pair{c.Client.IP, c.Server.IP}
		seen[p] = append(seen[p], c.Protocol)
	}
	for _, w := range want {
		if got := seen[pair{w.From, w.To}]; !strings.Contains(strings.Join(got, " "), w.Protocol) {
			t.Errorf("conversation %v → %v: %v, not %s", w.From, w.To, got, w.Protocol)
		}
	}
}

func holdOperations(t *testing.T, a *Analysis, want []lab.ExpectedOperation) {
	t.Helper()
	seen := map[pair][]*plant.Operation{}
	for o := range a.Operations {
		p := pair{o.Requester.IP, o.Responder.IP}
		kept := *o
		seen[p] = append(seen[p], &kept)
	}
	for _, w := range want {
		var got []string
		found := false
		for _, o := range seen[pair{w.From, w.To}] {
			got = append(got, fmt.Sprint(o.Verb.Protocol, " ", o.Verb.Kind, " ", o.Object))
			found = found || o.Verb.Protocol == w.Protocol && o.Verb.Kind.String() == w.Kind && within(w.Object, o.Object) && (o.Refused > 0) == w.Refused
		}
		if !found {
			t.Errorf("operation %+v: seen are %q", w, got)
		}
	}
}

func holdFindings(t *testing.T, a *Analysis, s *lab.Scenario) {
	t.Helper()
	found := map[string]string{}
	for _, f := range a.Findings() {
		found[f.Rule] = strings.Join(f.Details, "\n")
	}
	for _, w := range s.See.Findings {
		if !within(w.Says, found[w.Rule]) || found[w.Rule] == "" {
			t.Errorf("finding %s: %q does not say %q", w.Rule, found[w.Rule], w.Says)
		}
	}
	for _, rule := range s.Quiet {
		if loud, is := found[rule]; is {
			t.Errorf("finding %s: %q", rule, loud)
		}
	}
}
