package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
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

// forgetRows is how many numbers one transaction of Forget looks at: batches
// wait meanwhile.
const forgetRows = 20_000

// forgettable are the tables that Forget walks by number, in the order in which
// their rows may go. A row goes if the condition holds.
var forgettable = []struct {
	table, id, condition string
	count                func(*Forgotten) *int64
}{
	{"fact", "id", "last < ?", func(f *Forgotten) *int64 { return &f.Facts }},
	{"conversation", "id", "last < ? AND last < " + firstMinute("conversation_minute"), func(f *Forgotten) *int64 { return &f.Conversations }},
	{"operation", "id", "last < ? AND last < " + firstMinute("operation_minute"), func(f *Forgotten) *int64 { return &f.Operations }},
	{"anomaly", "id", "last < ?", func(f *Forgotten) *int64 { return &f.Anomalies }},
	{"asset", "num", "last < ? AND gone <> 0", func(f *Forgotten) *int64 { return &f.Assets }},
	{"finding", "num", "closed < ? AND closed <> 0", func(f *Forgotten) *int64 { return &f.Findings }},
	{
		"endpoint", "id", `asset IS NULL
 AND NOT EXISTS (SELECT 1 FROM fact t WHERE t.endpoint = endpoint.id)
 AND NOT EXISTS (SELECT 1 FROM conversation t WHERE t.client = endpoint.id) AND NOT EXISTS (SELECT 1 FROM conversation t WHERE t.server = endpoint.id)
 AND NOT EXISTS (SELECT 1 FROM operation t WHERE t.requester = endpoint.id) AND NOT EXISTS (SELECT 1 FROM operation t WHERE t.responder = endpoint.id)
 AND NOT EXISTS (SELECT 1 FROM anomaly t WHERE t.source = endpoint.id) AND NOT EXISTS (SELECT 1 FROM anomaly t WHERE t.destination = endpoint.id)`,
		func(f *Forgotten) *int64 { return &f.Endpoints },
	},
}

// firstMinute is when the earliest row by the minute of a table can begin. No
// such row is of a total that was seen last before it.
func firstMinute(table string) string {
	return "(SELECT COALESCE(MIN(minute) * 60000000000, 9223372036854775807) FROM " + table + ")"
}

func (db *DB) forget(ctx context.Context, before time.Time) (Forgotten, error) {
	db.saving.Lock()
	defer db.saving.Unlock()
	var f Forgotten
	for _, t := range forgettable {
		if err := db.forgetTable(ctx, t.table, t.id, t.condition, nanos(before), t.count(&f)); err != nil {
			return f, err
		}
	}
	err := db.change(ctx, "forget traffic", func(t *tx) (err error) {
		f.Traffic, err = t.exec("DELETE FROM traffic WHERE minute < ?", nanos(before)/minute)
		return err
	})
	db.figures.drop("assets", "facets")
	return f, err
}

func (db *DB) forgetTable(ctx context.Context, table, id, condition string, before int64, count *int64) error {
	var highest int64
	if err := db.row(ctx, "SELECT COALESCE(MAX("+id+"), 0) FROM "+table, nil, &highest); err != nil {
		return db.failed("forget old rows", err)
	}
	for low := int64(0); low < highest; low += forgetRows {
		args := []any{low, low + forgetRows}
		if strings.Contains(condition, "?") {
			args = append(args, before)
		}
		err := db.change(ctx, "forget old rows", func(t *tx) error {
			n, err := t.exec("DELETE FROM "+table+" WHERE "+id+" > ? AND "+id+" <= ? AND "+condition, args...)
			if err != nil || n == 0 {
				return err
			}
			*count += n
			// What others remember of numbers holds no longer.
			_, err = t.exec("INSERT INTO serial (name, next) VALUES ('generation', 1) ON CONFLICT (name) DO UPDATE SET next = serial.next + 1")
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Pages that became free are given back a few at a time, so that batches do not
// wait long, until few are left: they are used again before the file grows.
const (
	tendRounds = 256
	fewFree    = 4096
)

func (db *DB) tend(ctx context.Context) error {
	if err := db.tendOnce(ctx, db.dialect.statistics); err != nil {
		return err
	}
	for range tendRounds {
		if err := db.tendOnce(ctx, db.dialect.tend...); err != nil {
			return err
		}
		free := 0
		if db.dialect.free != "" {
			if err := db.row(ctx, db.dialect.free, nil, &free); err != nil {
				return db.failed("tend the store", err)
			}
		}
		if free <= fewFree {
			return nil
		}
	}
	return nil
}

func (db *DB) tendOnce(ctx context.Context, statements ...string) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("tend the store: %w", err)
	}
	db.writing.Lock()
	defer db.writing.Unlock()
	for _, statement := range statements {
		if _, err := db.write.ExecContext(ctx, statement); err != nil {
			return db.failed("tend the store", err)
		}
	}
	return nil
}

func (db *DB) size(ctx context.Context) (int64, error) {
	if db.path == "" {
		var n int64
		err := db.row(ctx, "SELECT pg_database_size(current_database())", nil, &n)
		return n, db.failed("ask for the size of the store", err)
	}
	var n int64
	for _, end := range []string{"", "-wal", "-shm"} {
		switch info, err := os.Stat(db.path + end); {
		case err == nil:
			n += info.Size()
		case !errors.Is(err, fs.ErrNotExist):
			return n, fmt.Errorf("ask for the size of the store: %w", err)
		}
	}
	return n, nil
}

// firstPlan is from how many rows on a young store needs statistics.
const firstPlan = 1000

// grown renews the statistics when a store has four times the rows that it had
// the last time: without them SQLite takes the wrong index in a store that was
// filled since it was opened. Call it while holding db.writing, with no
// transaction open.
func (db *DB) grown(rows int64) {
	if rows < firstPlan || rows < 4*db.planned {
		return
	}
	db.planned = rows
	if _, err := db.write.Exec(db.dialect.statistics); err != nil {
		db.options.Log.Warn("statistics for queries were not renewed", "error", err)
	}
}

// total is how many rows the bounded tables have.
func (n *interned) total() int64 {
	var total int64
	for _, rows := range n.rows {
		total += rows
	}
	return total
}
