package hub

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/judge/inventory"
	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// decide sets what people decided at a site.
func (s *site) decide(all []store.Decision) {
	s.decisions = all
	var hold []inventory.Decision
	for i := range all {
		if all[i].Holds() {
			hold = append(hold, decisionOf(&all[i]))
		}
	}
	s.builder.Decide(hold)
}

// decisionOf is a kept decision in the words of the inventory.
func decisionOf(d *store.Decision) inventory.Decision {
	out := inventory.Decision{ID: d.ID, Apart: d.Kind == store.DecisionSplit, Parts: make([][]plant.Endpoint, 2), Why: why(d)}
	for _, e := range d.Endpoints {
		for len(out.Parts) <= e.Part {
			out.Parts = append(out.Parts, nil)
		}
		out.Parts[e.Part] = append(out.Parts[e.Part], e.Endpoint)
	}
	return out
}

// why is a decision as it stands among an asset's reasons.
func why(d *store.Decision) string {
	names := make([]string, len(d.Assets))
	for i, a := range d.Assets {
		names[i] = a.Label
	}
	did := "merged"
	if d.Kind == store.DecisionSplit {
		did = "split"
	}
	return fmt.Sprintf("%s by %s on %s (%s) because: %s", did, d.By.Name, d.At.UTC().Format(time.DateOnly), strings.Join(names, ", "), d.Reason)
}

// pins say which identifiers stay where a decision is followed for the first
// time, or its undoing: of a merge the first asset's, of a split that of what
// stays; and what a merge had taken comes back.
func (s *site) pins() []inventory.Pin {
	var pins []inventory.Pin
	for i := range s.decisions {
		d := &s.decisions[i]
		if !d.Followed.IsZero() {
			continue
		}
		for _, e := range d.Endpoints {
			switch {
			case d.Kind == store.DecisionSplit && e.Part == 1, d.Kind == store.DecisionMerge && d.Holds() && e.Part == 0:
				pins = append(pins, inventory.Pin{Endpoint: e.Endpoint, ID: s.ids[e.Endpoint]})
			case d.Kind == store.DecisionMerge && !d.Holds() && e.Part > 0:
				pins = append(pins, inventory.Pin{Endpoint: e.Endpoint, ID: d.Assets[e.Part].ID})
			}
		}
	}
	return pins
}

// followed notes that the inventory that was just saved follows all decisions,
// and drops those that were undone.
func (s *site) followed(ctx context.Context, db *store.DB, now time.Time) error {
	var fresh []store.Decision
	for i := range s.decisions {
		if s.decisions[i].Followed.IsZero() {
			fresh = append(fresh, s.decisions[i])
		}
	}
	if err := db.DecisionsFollowed(ctx, fresh, now); err != nil {
		return err
	}
	for i := range s.decisions {
		if s.decisions[i].Followed.IsZero() {
			s.decisions[i].Followed = now
		}
	}
	s.decisions = slices.DeleteFunc(s.decisions, func(d store.Decision) bool { return !d.Holds() })
	return nil
}
