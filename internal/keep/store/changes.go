package store

import (
	"context"
	"time"
)

func (db *DB) changes(ctx context.Context, site string, since time.Time, p Page) (List[Change], error) {
	var l List[Change]
	var w where
	if err := db.ofSite(ctx, &w, "c.site", site); err != nil {
		return l, err
	}
	if !since.IsZero() {
		w.add("c.at >= ?", nanos(since))
	}
	o, err := orderOf(p, map[string]string{"when": "c.id"}, "-when", "c.id")
	if err != nil {
		return l, err
	}
	if l.Total, l.More, err = db.capped(ctx, "asset_change c", w); err != nil {
		return l, db.failed("count changes", err)
	}
	l.Items, l.Next, err = paged(ctx, db, listing{"c.id, asset.id, c.field, c.old, c.new, c.at", "asset_change c", " JOIN asset ON asset.num = c.asset"}, w, o, p, func(scan func(...any) error, by *any) (int64, Change, error) {
		var c Change
		var id, at int64
		err := scan(&id, &c.Asset, &c.Field, &c.Old, &c.New, &at, by)
		c.When = clock(at)
		return id, c, err
	})
	return l, db.failed("list changes", err)
}

// capped counts rows, at most MaxTotal. More tells that there are more.
func (db *DB) capped(ctx context.Context, table string, w where) (total int64, more bool, err error) {
	args := append(append([]any{}, w.args...), int64(MaxTotal+1))
	err = db.row(ctx, "SELECT COUNT(*) FROM (SELECT 1 FROM "+table+w.clause()+" LIMIT ?) AS counted", args, &total)
	return min(total, MaxTotal), total > MaxTotal, err
}
