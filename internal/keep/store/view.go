package store

import (
	"context"
	"fmt"
	"time"
)

// View is a list that someone comes back to: a page of the console and what it
// asks for.
type View struct {
	ID      string
	Version int64  // raised by each change, from 1
	Page    string // "assets"
	Name    string // what people call it; one of a kind for its owner and page
	Query   string // of the console's address, without "?"
	Shared  bool   // everybody sees it
	Owner   Person
	Changed time.Time
}

// PutView adds a view when its Version is 0 and replaces it otherwise; the
// owner and the page stay. It returns the view with its new version.
// ErrConflict means that it is at another version, ErrExists that its owner has
// one of that name on that page, ErrTooMany that the owner has Limits.Views.
func (db *DB) PutView(ctx context.Context, v View) (View, error) { return db.putView(ctx, v) }

// View is one view.
func (db *DB) View(ctx context.Context, id string) (View, error) {
	return one(ctx, db, "view", "SELECT "+viewColumns+" FROM view WHERE id = ?", id, scanView)
}

// Views are those of one person and those that are shared, by page and name.
// page "" is all.
func (db *DB) Views(ctx context.Context, owner, page string) ([]View, error) {
	return db.views(ctx, owner, page)
}

// DeleteView removes a view that is still at a version; else it is ErrConflict.
func (db *DB) DeleteView(ctx context.Context, id string, version int64) error {
	return db.changeView(ctx, "remove view", id, func(t *tx) (int64, error) {
		return t.exec("DELETE FROM view WHERE id = ? AND version = ?", text(id), version)
	})
}

const viewColumns = "num, id, version, page, name, query, shared, owner, owner_name, changed"

func scanView(scan func(...any) error, more ...any) (int64, View, error) {
	var v View
	var num, shared, changed int64
	err := scan(append([]any{&num, &v.ID, &v.Version, &v.Page, &v.Name, &v.Query, &shared, &v.Owner.ID, &v.Owner.Name, &changed}, more...)...)
	v.Shared, v.Changed = shared != 0, clock(changed)
	return num, v, err
}

func (db *DB) views(ctx context.Context, owner, page string) ([]View, error) {
	var w where
	w.add("(shared = 1 OR owner = ?)", text(owner))
	w.equal("page", text(page))
	var all []View
	err := db.each(ctx, "SELECT "+viewColumns+" FROM view"+w.clause()+" ORDER BY page, name, num", w.args, func(scan func(...any) error) error {
		_, v, err := scanView(scan)
		all = append(all, v)
		return err
	})
	return all, db.failed("list views", err)
}

func (db *DB) putView(ctx context.Context, v View) (View, error) {
	v.Name, v.Query = text(v.Name), text(v.Query)
	if v.Version == 0 {
		v.Version = 1
		return v, db.addView(ctx, &v)
	}
	err := db.changeView(ctx, "change view", v.ID, func(t *tx) (int64, error) {
		if err := t.nameFree(&v); err != nil {
			return 0, err
		}
		return t.exec("UPDATE view SET name = ?, query = ?, shared = ?, changed = ?, version = version + 1 WHERE id = ? AND version = ?",
			v.Name, v.Query, yesNo(v.Shared), nanos(v.Changed), text(v.ID), v.Version)
	})
	v.Version++
	return v, err
}

func (db *DB) addView(ctx context.Context, v *View) error {
	return db.change(ctx, "keep a view", func(t *tx) error {
		n, err := t.serials()
		if err != nil {
			return err
		}
		var has int
		if _, err := t.row("SELECT COUNT(*) FROM view WHERE owner = ?", []any{text(v.Owner.ID)}, &has); err != nil {
			return err
		}
		if has >= db.options.Limits.Views {
			return fmt.Errorf("%d views of one person: %w", has, ErrTooMany)
		}
		if err := t.nameFree(v); err != nil {
			return err
		}
		if _, err := t.exec("INSERT INTO view ("+viewColumns+") VALUES (?, ?, 1, ?, ?, ?, ?, ?, ?, ?)",
			n.take("view"), v.ID, text(v.Page), v.Name, v.Query, yesNo(v.Shared), text(v.Owner.ID), text(v.Owner.Name), nanos(v.Changed)); err != nil {
			return err
		}
		return n.save(t)
	})
}

// nameFree refuses a name that the owner has on the page already.
func (t *tx) nameFree(v *View) error {
	var num int64
	found, err := t.row("SELECT num FROM view WHERE owner = ? AND page = ? AND name = ? AND id <> ?", []any{text(v.Owner.ID), text(v.Page), v.Name, text(v.ID)}, &num)
	if err == nil && found {
		err = fmt.Errorf("a view %q: %w", v.Name, ErrExists)
	}
	return err
}

// changeView does something to one view, which must be there and at the
// version that the caller saw.
func (db *DB) changeView(ctx context.Context, doing, id string, do func(*tx) (rows int64, err error)) error {
	return db.change(ctx, fmt.Sprintf("%s %q", doing, id), func(t *tx) error {
		n, err := do(t)
		if err != nil || n > 0 {
			return err
		}
		var num int64
		found, err := t.row("SELECT num FROM view WHERE id = ?", []any{text(id)}, &num)
		switch {
		case err != nil:
			return err
		case !found:
			return ErrNotFound
		}
		return fmt.Errorf("it was changed meanwhile: %w", ErrConflict)
	})
}

func yesNo(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
