package store

import (
	"context"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// Edge is what passes between two boxes of the map (site and network) or, for
// what crosses, between two assets. From is the side that asks.
type Edge struct {
	From, To   string // networks, or identifiers of assets
	Protocols  []string
	Packets    uint64
	Bytes      uint64
	Last       time.Time
	Crossing   bool
	Operations []plant.Kind // that were asked for, most consequential first
}

// Map is what the plant map draws, added up over the totals. It may be some
// seconds old: Made says when it was made.
type Map struct {
	Assets   []AssetItem // without what the inventory no longer makes
	Networks []Edge
	Pairs    []Edge // of assets, only what crosses; at most 5,000, the largest
	More     int64  // pairs left out
	Made     time.Time
}

// Map draws a site, "" for all.
func (db *DB) Map(ctx context.Context, site string) (*Map, error) { return db.plantMap(ctx, site) }

// Overview are the counts that every page shows. It may be some seconds old.
type Overview struct {
	Sites                    []string
	Assets, Unknown          int64 // unknown: inside the site, neither role nor vendor known
	Kinds, Sides, Roles      []Count
	Conversations, Crossings int64
	Findings                 FindingCounts
	Observed                 time.Time // newest packet time of any sensor
	RecentFrom               time.Time // oldest row by the minute
	HistoryFrom, HistoryTo   time.Time // of the segments
	Made                     time.Time
}

// Overview counts a site, "" for all.
func (db *DB) Overview(ctx context.Context, site string) (*Overview, error) {
	return db.overview(ctx, site)
}
