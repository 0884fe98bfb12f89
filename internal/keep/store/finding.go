package store

import (
	"context"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// FindingItem is a kept finding.
type FindingItem struct {
	ID   string // site and rule
	Site string
	plant.Finding
	Opened time.Time // when it was first saved
	Closed time.Time // when it was no longer found; zero while open
}

// FindingFilter says which findings. Zero fields do not filter.
type FindingFilter struct {
	Site, Level, Rule string
	Asset             string // identifier
	Closed            bool   // closed ones, too
}

// SaveFindings replaces the open findings of a site: one for each rule. Those
// that are no longer found are closed, those found again are opened anew and
// keep when they were first seen.
func (db *DB) SaveFindings(ctx context.Context, site string, now time.Time, findings []plant.Finding) (Saved, error) {
	return db.saveFindings(ctx, site, now, findings)
}

// Findings lists findings, the most serious first.
func (db *DB) Findings(ctx context.Context, f FindingFilter, p Page) (List[FindingItem], error) {
	return db.findings(ctx, f, p)
}

// Finding is one finding.
func (db *DB) Finding(ctx context.Context, id string) (FindingItem, error) {
	return db.finding(ctx, id)
}
