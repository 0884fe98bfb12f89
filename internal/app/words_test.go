package app

import (
	"slices"
	"testing"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/lab"
)

// TestModelKnowsEveryProtocol compares the protocols that a conduit may name
// with those that are read.
func TestModelKnowsEveryProtocol(t *testing.T) {
	for _, p := range Protocols() {
		if !slices.Contains(model.Protocols, p.Name) {
			t.Errorf("a conduit cannot name %q: add it to model.Protocols", p.Name)
		}
	}
}

func TestTheSimulatedPlantHasAModel(t *testing.T) {
	m, problems := model.Parse(lab.Model, time.Date(2026, 11, 28, 0, 0, 0, 0, time.UTC))
	if m == nil || len(problems) > 0 {
		t.Fatal(problems)
	}
	if m.OwnersOf("", "line-3", "line-3").Operations.ID != "" || m.OwnersOf("", "line-1", "line-1").Operations.ID == "" {
		t.Error("line 3, and only line 3, has no owner in operations")
	}
}
