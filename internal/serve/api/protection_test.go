package api

import (
	"strings"
	"testing"
)

func TestTheAnswerFollowsFromWhatIsKept(t *testing.T) {
	p := fill(t, 300, Options{})
	a := getJSON[Protection](t, p.Server, base+"/answer")
	by := map[string]Statement{}
	for _, s := range a.Statements {
		by[s.ID] = s
	}
	if n := a.Counts.Proven + a.Counts.Contradicted + a.Counts.Stale + a.Counts.Attested + a.Counts.Unknown; n != len(a.Statements) || n == 0 {
		t.Errorf("%d counted, %d statements", n, len(a.Statements))
	}
	if s := by["conduits"]; s.Status != "contradicted" || s.Missing != 30 || !strings.Contains(s.Why, "nobody has said that they may") {
		t.Errorf("thirty assets of the office talk to the plant: %+v", s)
	}
	if s := by["inbound"]; s.Status != "unknown" || !strings.Contains(s.Why, "a week is needed") {
		t.Errorf("minutes are no week: %+v", s)
	}
	if a.Sentence.Urgent == "" || len(a.Next) == 0 || a.AsOf == nil {
		t.Errorf("%+v", a)
	}
}
