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

// site is equal for the column with a site's name.
func (w *where) site(column, name string) { w.equal(column, name) }

func (w *where) clause() string {
	if len(w.conditions) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(w.conditions, " AND ")
}
