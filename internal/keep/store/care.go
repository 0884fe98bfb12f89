package store

import (
	"context"
	"time"
)

// Forgotten is how many rows Forget removed.
type Forgotten struct {
	Facts, Conversations, Operations, Anomalies, Assets, Endpoints, Traffic, Findings int64
}

// Forget removes facts, totals, anomalies, endpoints and assets that were not
// seen since a time, the plant's traffic by the minute before it and findings
// closed before it. Rows by the minute that were not sealed stay, and so do
// their totals. It works in small transactions, so it may have done a part
// when it returns an error.
func (db *DB) Forget(ctx context.Context, before time.Time) (Forgotten, error) {
	return db.forget(ctx, before)
}

// Tend keeps query plans and the file in shape: statistics, and pages that
// became free are given back. Call it every hour or so.
func (db *DB) Tend(ctx context.Context) error { return db.tend(ctx) }

// Size is the bytes on disk, the write-ahead log included.
func (db *DB) Size(ctx context.Context) (int64, error) { return db.size(ctx) }

// Backup writes a consistent copy of a SQLite store to a new file while the
// store is used. With PostgreSQL it is ErrUnsupported: use pg_dump.
func (db *DB) Backup(ctx context.Context, path string) error { return db.backup(ctx, path) }
