package store

import (
	"context"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
)

// Tally is how many assets of a site are as people claim they are. Peers
// outside are not counted.
type Tally struct {
	Inside   int64
	Unknown  int64 // neither role nor vendor known
	Sideless int64 // neither office nor plant
	Plant    int64 // on the plant's side
	Version  int64 // of these, firmware or operating system known
	Lineless int64 // on the plant's side, on no line of the plant model
	Zoneless int64 // in no zone of the plant model
	// Ownerless lack an owner in IT, one in operations, or both.
	Ownerless int64

	Crossings int64 // conversations between office and plant, or with outside
	Between   int64 // conversations that went from zone to zone and were answered
	Uncovered int64 // of these, those that no conduit covers
}

// Tally counts a site, "" for all sites. It may be some seconds old.
func (db *DB) Tally(ctx context.Context, site string) (Tally, error) {
	v, err := db.figure(ctx, "tally "+site, func(ctx context.Context) (any, error) { return db.makeTally(ctx, site) })
	if err != nil {
		return Tally{}, db.failed("count the assets", err)
	}
	return v.(Tally), nil
}

func (db *DB) makeTally(ctx context.Context, site string) (Tally, error) {
	var t Tally
	sites, err := db.sitesOf(ctx, site)
	if err != nil || len(sites) == 0 {
		return t, err
	}
	args := append([]any{plant.RoleUnknown, string(plant.SideUnknown), string(plant.SideOT), string(plant.SideOT), string(plant.SideOT), string(plant.KindExternal)}, sites...)
	err = db.row(ctx, `SELECT COUNT(*),
 COALESCE(SUM(CASE WHEN role = ? AND vendor = '' THEN 1 ELSE 0 END), 0),
 COALESCE(SUM(CASE WHEN side = ? THEN 1 ELSE 0 END), 0),
 COALESCE(SUM(CASE WHEN side = ? THEN 1 ELSE 0 END), 0),
 COALESCE(SUM(CASE WHEN side = ? AND (firmware <> '' OR os <> '') THEN 1 ELSE 0 END), 0),
 COALESCE(SUM(CASE WHEN side = ? AND line = '' THEN 1 ELSE 0 END), 0),
 COALESCE(SUM(CASE WHEN zone = '' THEN 1 ELSE 0 END), 0),
 COALESCE(SUM(CASE WHEN owner_it = '' OR owner_ops = '' THEN 1 ELSE 0 END), 0)
 FROM asset WHERE gone = 0 AND kind <> ? AND site IN (`+list(len(sites))+")", args,
		&t.Inside, &t.Unknown, &t.Sideless, &t.Plant, &t.Version, &t.Lineless, &t.Zoneless, &t.Ownerless)
	if err == nil {
		err = db.tallyTalk(ctx, &t, sites)
	}
	return t, err
}

func (db *DB) tallyTalk(ctx context.Context, t *Tally, sites []any) error {
	in := "site IN (" + list(len(sites)) + ")"
	if err := db.row(ctx, "SELECT COUNT(*) FROM conversation WHERE crossing = 1 AND "+in, sites, &t.Crossings); err != nil {
		return err
	}
	return db.each(ctx, "SELECT state, COUNT(*) FROM conversation WHERE state > 1 AND "+in+" GROUP BY state", sites, func(scan func(...any) error) error {
		var state model.State
		var n int64
		err := scan(&state, &n)
		switch state {
		case model.StateCovered:
			t.Between += n
		case model.StateUncovered:
			t.Between += n
			t.Uncovered += n
		}
		return err
	})
}
