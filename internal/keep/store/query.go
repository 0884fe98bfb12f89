package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"
)

// each reads all rows of a query with ? for parameters.
func (db *DB) each(ctx context.Context, query string, args []any, row func(scan func(...any) error) error) error {
	rows, err := db.read.QueryContext(ctx, numbered(query), args...)
	if err != nil {
		return err
	}
	return walk(rows, row)
}

// row reads one row; none is ErrNotFound.
func (db *DB) row(ctx context.Context, query string, args []any, dest ...any) error {
	err := db.read.QueryRowContext(ctx, numbered(query), args...).Scan(dest...)
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	return err
}

// where collects conditions that must all hold.
type where struct {
	conditions []string
	args       []any
}

func (w *where) add(condition string, args ...any) {
	w.conditions = append(w.conditions, condition)
	w.args = append(w.args, args...)
}

// equal adds a condition for a value that is not empty.
func (w *where) equal(column, value string) {
	if value != "" {
		w.add(column+" = ?", value)
	}
}

// ofSite adds a condition for the number of a site, which holds for no row if
// nobody has heard of the site. "" is all sites.
func (db *DB) ofSite(ctx context.Context, w *where, column, name string) error {
	if name == "" {
		return nil
	}
	id, err := db.siteNumber(ctx, text(name))
	if err != nil && !errors.Is(err, ErrNotFound) {
		return db.failed("read sites", err)
	}
	w.add(column+" = ?", id)
	return nil
}

func (w *where) clause() string {
	if len(w.conditions) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(w.conditions, " AND ")
}
