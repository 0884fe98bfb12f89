package store

import (
	"context"
	"encoding/json"
	"fmt"
)

const captureColumns = "num, id, site, name, sensor, path, size, sha256, state, read_bytes, packets, problem, created, started, ended"

func scanCapture(scan func(...any) error, more ...any) (int64, Capture, error) {
	var c Capture
	var num, created, started, ended int64
	err := scan(append([]any{&num, &c.ID, &c.Site, &c.Name, &c.Sensor, &c.Path, &c.Size, &c.SHA256, &c.State, &c.ReadBytes, &c.Packets, &c.Problem, &created, &started, &ended}, more...)...)
	c.Created, c.Started, c.Ended = clock(created), clock(started), clock(ended)
	return num, c, err
}

func (db *DB) putCapture(ctx context.Context, c Capture) error {
	return db.change(ctx, "keep capture "+c.ID, func(t *tx) error {
		n, err := t.serials()
		if err != nil {
			return err
		}
		if _, err := t.exec(`INSERT INTO capture (`+captureColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
 ON CONFLICT (id) DO UPDATE SET site = excluded.site, name = excluded.name, sensor = excluded.sensor, path = excluded.path, size = excluded.size,
 sha256 = excluded.sha256, state = excluded.state, read_bytes = excluded.read_bytes, packets = excluded.packets, problem = excluded.problem,
 created = excluded.created, started = excluded.started, ended = excluded.ended`,
			n.take("capture"), c.ID, text(c.Site), text(c.Name), text(c.Sensor), text(c.Path), c.Size, c.SHA256, string(c.State), c.ReadBytes, c.Packets, text(c.Problem),
			nanos(c.Created), nanos(c.Started), nanos(c.Ended)); err != nil {
			return err
		}
		return n.save(t)
	})
}

func (db *DB) capture(ctx context.Context, id string) (Capture, error) {
	return one(ctx, db, "capture", "SELECT "+captureColumns+" FROM capture WHERE id = ?", id, scanCapture)
}

// one reads the one row that has an identifier.
func one[T any](ctx context.Context, db *DB, what, query, id string, row func(scan func(...any) error, more ...any) (int64, T, error)) (T, error) {
	var v T
	found := false
	err := db.each(ctx, query, []any{text(id)}, func(scan func(...any) error) (err error) {
		found = true
		_, v, err = row(scan)
		return err
	})
	if err == nil && !found {
		err = ErrNotFound
	}
	return v, db.failed(fmt.Sprintf("read %s %q", what, id), err)
}

func (db *DB) captures(ctx context.Context, site string, state CaptureState, p Page) (List[Capture], error) {
	var w where
	w.equal("site", text(site))
	w.equal("state", string(state))
	return numberedList(ctx, db, "captures", captureColumns, "capture", w, p, scanCapture)
}

// numberedList lists rows that are sorted by nothing but their number.
func numberedList[T any](ctx context.Context, db *DB, what, columns, table string, w where, p Page, row func(scan func(...any) error, more ...any) (int64, T, error)) (List[T], error) {
	var l List[T]
	o, err := orderOf(p, map[string]string{"created": "num"}, "-created", "num")
	if err != nil {
		return l, err
	}
	if l.Total, l.More, err = db.capped(ctx, table, w); err != nil {
		return l, db.failed("count "+what, err)
	}
	l.Items, l.Next, err = paged(ctx, db, listing{columns: columns, table: table}, w, o, p, func(scan func(...any) error, by *any) (int64, T, error) { return row(scan, by) })
	return l, db.failed("list "+what, err)
}

func (db *DB) deleteCapture(ctx context.Context, id string) error {
	return db.remove(ctx, "capture", id)
}

// remove deletes the row of a table that has an identifier.
func (db *DB) remove(ctx context.Context, table, id string) error {
	return db.change(ctx, fmt.Sprintf("forget %s %q", table, id), func(t *tx) error {
		n, err := t.exec("DELETE FROM "+table+" WHERE id = ?", text(id))
		if err == nil && n == 0 {
			err = ErrNotFound
		}
		return err
	})
}

const keptColumns = "num, id, site, sensor, note, path, size, sha256, packets, low, high, created"

func scanKept(scan func(...any) error, more ...any) (int64, Kept, error) {
	var k Kept
	var num, low, high, created int64
	err := scan(append([]any{&num, &k.ID, &k.Site, &k.Sensor, &k.Note, &k.Path, &k.Size, &k.SHA256, &k.Packets, &low, &high, &created}, more...)...)
	k.From, k.To, k.Created = clock(low), clock(high), clock(created)
	return num, k, err
}

func (db *DB) putKept(ctx context.Context, k Kept) error {
	return db.change(ctx, fmt.Sprintf("keep packets %q", k.ID), func(t *tx) error {
		n, err := t.serials()
		if err != nil {
			return err
		}
		rows, err := t.exec("INSERT INTO kept ("+keptColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
			n.take("kept"), k.ID, text(k.Site), text(k.Sensor), text(k.Note), text(k.Path), k.Size, k.SHA256, k.Packets, nanos(k.From), nanos(k.To), nanos(k.Created))
		if err != nil {
			return err
		}
		if rows == 0 {
			return ErrConflict
		}
		return n.save(t)
	})
}

func (db *DB) kept(ctx context.Context, id string) (Kept, error) {
	return one(ctx, db, "kept packets", "SELECT "+keptColumns+" FROM kept WHERE id = ?", id, scanKept)
}

func (db *DB) keptCuts(ctx context.Context, site string, p Page) (List[Kept], error) {
	var w where
	w.equal("site", text(site))
	return numberedList(ctx, db, "kept packets", keptColumns, "kept", w, p, scanKept)
}

func (db *DB) deleteKept(ctx context.Context, id string) error { return db.remove(ctx, "kept", id) }

func (db *DB) setting(ctx context.Context, key string) (json.RawMessage, int64, error) {
	var value string
	var version int64
	err := db.row(ctx, "SELECT value, version FROM setting WHERE key = ?", []any{text(key)}, &value, &version)
	if err != nil {
		return nil, 0, db.failed(fmt.Sprintf("read setting %q", key), err)
	}
	return json.RawMessage(value), version, nil
}

func (db *DB) putSetting(ctx context.Context, key string, value json.RawMessage, version int64) (int64, error) {
	if !json.Valid(value) {
		return 0, fmt.Errorf("put setting %q: its value is no JSON: %w", key, ErrInvalid)
	}
	err := db.change(ctx, fmt.Sprintf("put setting %q", key), func(t *tx) error {
		query, args := "UPDATE setting SET value = ?, version = version + 1 WHERE key = ? AND version = ?", []any{string(value), text(key), version}
		if version == 0 {
			query, args = "INSERT INTO setting (value, key, version) VALUES (?, ?, 1) ON CONFLICT (key) DO NOTHING", args[:2]
		}
		n, err := t.exec(query, args...)
		if err == nil && n == 0 {
			err = fmt.Errorf("it was changed meanwhile: %w", ErrConflict)
		}
		return err
	})
	if err != nil {
		return 0, err
	}
	return version + 1, nil
}
