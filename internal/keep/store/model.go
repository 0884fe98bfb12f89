package store

import (
	"context"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
)

// Words is a site's model made ready to be asked. The store keeps what it says
// with assets and conversations. Its methods are called by one goroutine at a
// time.
type Words interface {
	// Place says where an asset stands.
	Place(*model.Facts) model.Placement
	// Judge says which conduit covers a conversation. Why is not kept.
	Judge(*model.Talk) model.Verdict
	// Until is when it will judge otherwise although nobody changes it, because
	// a conduit expires; zero for never.
	Until() time.Time
}

// ModelVersion is one version of a site's text.
type ModelVersion struct {
	Site    string
	Version int64 // from 1
	Text    string
	Author  string
	Note    string
	At      time.Time
}

// Model is the newest version of a site's text, ErrNotFound if there is none.
func (db *DB) Model(ctx context.Context, site string) (ModelVersion, error) {
	return db.modelAt(ctx, site, 0)
}

// ModelAt is one version of a site's text.
func (db *DB) ModelAt(ctx context.Context, site string, version int64) (ModelVersion, error) {
	if version <= 0 {
		return ModelVersion{}, ErrNotFound
	}
	return db.modelAt(ctx, site, version)
}

// ModelVersions lists a site's versions, the newest first, without their texts.
func (db *DB) ModelVersions(ctx context.Context, site string, p Page) (List[ModelVersion], error) {
	return db.modelVersions(ctx, site, p)
}

// PutModel saves the next version of a site's text, if the newest still is the
// one given, 0 for none; else it is ErrConflict. The site need not have been
// heard of. It returns the number of the new version. Where assets stand and
// what covers conversations is worked out anew after that, in pieces; PutModel
// waits for it as long as ctx lasts, and what is left goes on without it (see
// PlaceModel).
func (db *DB) PutModel(ctx context.Context, v ModelVersion, was int64) (int64, error) {
	return db.putModel(ctx, v, was)
}

// PlaceModel works out where assets stand and what covers conversations, where
// that is not known yet or not as the newest versions have it. SaveInventory
// does so too.
func (db *DB) PlaceModel(ctx context.Context) error {
	db.saving.Lock()
	defer db.saving.Unlock()
	return db.place(ctx)
}

// AssetFacts streams what a site's assets are placed by, with where they stand
// now.
func (db *DB) AssetFacts(ctx context.Context, site string, yield func(f *model.Facts, zone, line string) error) error {
	return db.assetFacts(ctx, site, yield)
}

// Plugs streams what assets say of the other end of their cables
// (plant.FieldNeighbor: "port-001 -> switch1/port-002"), the latest said last.
func (db *DB) Plugs(ctx context.Context, site string, yield func(asset, says string) error) error {
	return db.plugs(ctx, site, yield)
}

// Talks streams a site's conversations with the assets at their ends, as
// conduits look at them. Zones are left to the caller; kinds of operation are
// known only of conversations that go between zones now.
func (db *DB) Talks(ctx context.Context, site string, yield func(client, server string, t *model.Talk) error) error {
	return db.talks(ctx, site, yield)
}

// BoundaryCell is what goes from one zone to another, in one state and by one
// conduit. A zone is "" where an end stands in none.
type BoundaryCell struct {
	From, To      string
	State         model.State
	Conduit       string
	Conversations int64
	Packets       uint64
	Bytes         uint64
	First, Last   time.Time
	Protocols     []string
	Kinds         model.Kinds
}

// Boundary is what goes between the zones of a site. It may be some seconds
// old: Made says when it was made.
type Boundary struct {
	Version int64 // of the model; 0 for none
	Cells   []BoundaryCell
	Zones   map[string]int64 // assets by zone; "" are those that stand in none
	Made    time.Time
}

// Boundary adds up what goes between the zones of a site and was seen last at or
// after from and first before to; zero times do not filter.
func (db *DB) Boundary(ctx context.Context, site string, from, to time.Time) (*Boundary, error) {
	return db.boundary(ctx, site, from, to)
}
