// Package report writes what an analysis found: as JSON for programs, as a
// summary for a terminal, as one self-contained HTML page, and as CSV tables.
//
// It shows and does not judge: what stands in a report was decided before.
package report

import (
	"iter"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// Source is the result of an analysis. The sequences can be walked several
// times; the values they yield are reused by the next step.
type Source struct {
	Captures      []plant.Capture
	Assets        iter.Seq[*plant.Asset]
	Conversations iter.Seq[*plant.Conversation]
	Operations    iter.Seq[*plant.Operation]
	Anomalies     iter.Seq[*plant.Anomaly]
	Findings      func() []plant.Finding
	// Number is the place of an endpoint's asset in Assets, -1 for none (a
	// multicast group, an address that never answered).
	Number func(plant.Endpoint) int
}
