package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"time"

	"github.com/pressly/goose/v3"
)

//go:embed migration/*/*.sql
var migrations embed.FS

func (o Options) withDefaults() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Stale == 0 {
		o.Stale = 15 * time.Second
	}
	for _, l := range []struct {
		limit *int
		value int
	}{
		{&o.Limits.Endpoints, 1_000_000},
		{&o.Limits.Conversations, 4_000_000},
		{&o.Limits.Operations, 4_000_000},
		{&o.Limits.Facts, 256},
		{&o.Limits.Anomalies, 20_000},
		{&o.Limits.Changes, 200},
		{&o.Limits.Samples, 360},
		{&o.Limits.Epochs, 256},
		{&o.Limits.Decisions, 1000},
		{&o.Limits.Views, 100},
		{&o.Limits.Revisions, 10_000},
		{&o.Limits.Containments, 200},
		{&o.Limits.Marks, 5000},
	} {
		if *l.limit <= 0 {
			*l.limit = l.value
		}
	}
	return o
}

func open(ctx context.Context, url string, o Options) (*DB, error) {
	var db *DB
	var err error
	if isPostgres(url) {
		db, err = openPostgres(url)
	} else {
		db, err = openSQLite(url)
	}
	if err != nil {
		return nil, err
	}
	db.options = o
	db.interned = newInterned()
	db.living, db.stop = context.WithCancel(context.Background())
	if err := db.migrate(ctx); err != nil {
		db.close()
		return nil, db.failed("open the store", err)
	}
	return db, nil
}

// migrate brings the schema up to date. Two programs that start at once on one
// server would both find it old, so PostgreSQL's lock is held meanwhile.
func (db *DB) migrate(ctx context.Context) error {
	files, err := fs.Sub(migrations, db.dialect.schema)
	if err != nil {
		return err
	}
	release, err := db.alone(ctx)
	if err != nil {
		return err
	}
	defer release()
	p, err := goose.NewProvider(db.dialect.goose, db.migrator(), files, goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()),
		goose.WithGoMigrations(db.dialect.repack()))
	if err != nil {
		return err
	}
	is, err := p.GetDBVersion(ctx)
	if err != nil {
		return err
	}
	sources := p.ListSources()
	if knows := sources[len(sources)-1].Version; is > knows {
		return fmt.Errorf("the data has schema %d and this program knows %d: install the version that wrote it, or restore a backup: %w", is, knows, ErrNewer)
	}
	_, err = p.Up(ctx)
	return err
}

// migrator is the connection pool that migrations run on: the writer's, but for
// PostgreSQL, whose only writing connection holds the lock.
func (db *DB) migrator() *sql.DB {
	if db.dialect.lock != "" {
		return db.read
	}
	return db.write
}

// alone holds off other programs that open the same PostgreSQL database.
func (db *DB) alone(ctx context.Context) (release func(), err error) {
	if db.dialect.lock == "" {
		return func() {}, nil
	}
	tx, err := db.write.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	if _, err := tx.ExecContext(ctx, db.dialect.lock); err != nil {
		tx.Rollback()
		return nil, err
	}
	return func() { tx.Rollback() }, nil
}

func (db *DB) close() error {
	db.stop()
	db.running.Wait()
	db.writing.Lock()
	defer db.writing.Unlock()
	// The writer goes last: SQLite folds its log into the file when the last
	// connection closes, and readers may not write.
	return errors.Join(db.read.Close(), db.write.Close())
}

func (db *DB) ping(ctx context.Context) error {
	var one int
	if err := db.read.QueryRowContext(ctx, "SELECT 1").Scan(&one); err != nil {
		return db.failed("ask the database", err)
	}
	return nil
}

// failed says what was being done and gives an error of the engine its kind.
func (db *DB) failed(doing string, err error) error {
	if err == nil {
		return nil
	}
	if kind := db.dialect.kind(err); kind != nil && !errors.Is(err, kind) {
		return fmt.Errorf("%s: %w: %w", doing, kind, err)
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// change runs one transaction of the only writer. It is not ended by ctx once
// it has begun: what it does is short, and a commit in flight must be known to
// have happened or not.
//
// What committed does happens after the commit and before anyone else writes.
func (db *DB) change(ctx context.Context, doing string, do func(*tx) error, committed ...func()) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	db.writing.Lock()
	defer db.writing.Unlock()
	sqlTx, err := db.write.BeginTx(context.Background(), nil)
	if err != nil {
		return db.failed(doing, err)
	}
	t := newTx(sqlTx, &db.dialect)
	if db.dialect.lock != "" {
		_, err = t.Exec(db.dialect.lock)
	}
	if err == nil {
		err = do(t)
	}
	if err != nil {
		t.Rollback()
		return db.failed(doing, err)
	}
	if err := t.Commit(); err != nil {
		return db.failed(doing, err)
	}
	for _, f := range committed {
		f()
	}
	return nil
}
