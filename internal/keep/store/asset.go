package store

import (
	"context"
	"iter"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// AssetRow is one asset to be kept.
type AssetRow struct {
	// Asset.ID is the stable public identifier, unique in the store.
	Asset *plant.Asset
	// Label is what people call it.
	Label string
	// Network is the network it stands in: "10.1.2.0/24", or "vlan 20".
	Network   string
	Endpoints []plant.Endpoint // that it is made of
	// Former are identifiers it had before, or of assets that went into it.
	// They lead to it from now on.
	Former []string
}

// Change is something of an asset that is not as it was. An asset that is new
// has one Change with Field "asset" and New "seen"; one that is no longer made
// by the inventory has New "gone".
type Change struct {
	Asset    string
	Field    string
	Old, New string
	When     time.Time
}

// Saved is what SaveInventory or SaveFindings changed.
type Saved struct {
	Put     []string // identifiers that are new or changed in what a list shows
	Removed []string
	Changes []Change // of assets only
	// Assets are those whose number of findings changed, by SaveFindings.
	Assets []string
}

// SaveInventory replaces the assets of a site. It writes only what differs
// from what is kept: the full document when something else than counters and
// the time last seen changed. Assets that are not in the sequence are marked
// as gone, or removed if another has their identifier in Former. It also tells
// which conversations cross a boundary now (Options.Crosses).
func (db *DB) SaveInventory(ctx context.Context, site string, now time.Time, assets iter.Seq[AssetRow]) (Saved, error) {
	return db.saveInventory(ctx, site, now, assets)
}

// AssetItem is an asset as a list shows it. Asset has no facts, modules,
// reasons and conflicts here; how many there are stands beside it.
type AssetItem struct {
	plant.Asset
	Site, Label, Network      string
	Zone, Line, Cell          string // of the plant model, "" for none
	OwnerIT, OwnerOperations  string // people or teams, "" for nobody
	Facts, Modules, Conflicts int
	Findings                  FindingCounts
	Gone                      time.Time // zero while the inventory has it
}

// Box is the box of the map that an asset stands in: its zone, or its network
// where no zone has it.
func (a *AssetItem) Box() string {
	if a.Zone != "" {
		return "zone " + a.Zone
	}
	return a.Network
}

// PlaceWhy is what of the plant model places an asset: the members that matched,
// and what names its owners.
type PlaceWhy struct {
	Zone       string `json:"zone,omitempty"`
	Line       string `json:"line,omitempty"`
	IT         string `json:"it,omitempty"`
	Operations string `json:"operations,omitempty"`
}

// FindingCounts are open findings by level.
type FindingCounts struct{ High, Medium, Low, Info int }

// AssetFilter says which assets. Zero fields do not filter. All must hold;
// within Q each word must occur in a name, address, vendor, product, order
// number, firmware, serial number, role or protocol.
type AssetFilter struct {
	Site, Q, Kind, Side, Role, Vendor, Protocol, Network string
	Level                                                *float64
	Finding                                              string    // has an open finding of this level: "high", …; "any"
	SeenSince, FirstSince                                time.Time // last and first seen at or after
	// Zone, Line and Cell are of the plant model, Owner is on either side. None
	// asks for those that have none; for owners, that lack one of the two.
	Zone, Line, Cell, Owner string
	Gone                    bool // those the inventory no longer makes, too
}

// None asks a filter for what has no value.
const None = "none"

// AssetSorts are what a list of assets may be sorted by, "-" before it for
// descending.
var AssetSorts = []string{"label", "role", "vendor", "level", "kind", "side", "network", "zone", "line", "first_seen", "last_seen", "findings"}

// Assets lists assets. Page.Sort is one of AssetSorts, "label" if empty.
func (db *DB) Assets(ctx context.Context, f AssetFilter, p Page) (List[AssetItem], error) {
	return db.assets(ctx, f, p)
}

// Facets counts the assets that pass the filter by each of the things one can
// filter by, the most frequent first and at most 100 of each.
type Facets struct {
	Total                                                            int64
	Vendors, Roles, Kinds, Sides, Levels, Protocols, Networks, Sites []Count
	// Zones, Lines and Cells have None for those that nothing places; Owners are
	// of both sides, None for assets that lack one.
	Zones, Lines, Cells, Owners []Count
}

// Count is how many there are of one value.
type Count struct {
	Value string
	Count int64
}

// AssetFacets counts what the filter leaves.
func (db *DB) AssetFacets(ctx context.Context, f AssetFilter) (Facets, error) {
	return db.assetFacets(ctx, f)
}

// AssetDetail is everything that is kept of an asset.
type AssetDetail struct {
	AssetItem
	Full      plant.Asset // with facts (counts as of now), modules, reasons and conflicts
	Endpoints []plant.Endpoint
	Why       PlaceWhy
	Changes   []Change // newest first
	Former    []string
	Open      []FindingRef // most serious first
}

// FindingRef names a finding.
type FindingRef struct{ ID, Level, Title string }

// Asset is one asset. For a former identifier it returns the asset it went
// into, whose ID then differs from the one asked for.
func (db *DB) Asset(ctx context.Context, id string) (AssetDetail, error) {
	return db.asset(ctx, id)
}

// EndpointAssets streams which asset each endpoint of a site belongs to, so
// that identifiers stay stable over a restart.
func (db *DB) EndpointAssets(ctx context.Context, site string, yield func(e plant.Endpoint, asset string) error) error {
	return db.endpointAssets(ctx, site, yield)
}

// AssetsOf yields which asset each of some endpoints of a site belongs to. Those
// that belong to none, or were never seen, are left out.
func (db *DB) AssetsOf(ctx context.Context, site string, endpoints []plant.Endpoint, yield func(e plant.Endpoint, asset string) error) error {
	return db.assetsOf(ctx, site, endpoints, yield)
}

// Changes lists what changed in a site's assets since a time, newest first.
func (db *DB) Changes(ctx context.Context, site string, since time.Time, p Page) (List[Change], error) {
	return db.changes(ctx, site, since, p)
}
