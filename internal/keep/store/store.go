// Package store keeps Bulkhead's state in SQL: sensors, endpoints, facts,
// totals of conversations and operations, their rows by the minute until they
// are sealed into history, assets with their changes, findings, what people
// decided about assets and the views they saved, revisions of boundary
// policies with what was done with them, segments of history, captures, kept packets and settings.
//
// SQLite in one file is the default, PostgreSQL is used by URL; both run the
// same queries but for a handful that dialect.go names. Apply takes batches in
// one transaction that also writes each sensor's sequence, so that a batch
// counts exactly once however often it is delivered. All times are kept as
// nanoseconds since 1970 in UTC.
//
// The package judges nothing: it is told what an asset is and what crosses a
// boundary. docs/store.md describes the tables.
package store

import (
	"context"
	"database/sql"
	"log/slog"
	"sync"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// Options bound a store and tell it what it cannot know. The zero value is
// good for a plant.
type Options struct {
	// Now is the clock for what is not packet time; nil is time.Now.
	Now func() time.Time
	// Log is told what no caller hears of, such as a failed refresh of cached
	// figures; nil is slog.Default.
	Log *slog.Logger
	// Crosses tells whether a conversation goes over a boundary that someone
	// must answer for. It is asked when the assets at its ends are known and
	// when they change. Nil means that nothing crosses.
	Crosses func(client, server Stand, protocol string, answered bool) bool
	// Words reads a site's plant model, as of a time; it is asked for the newest
	// version. Nil leaves assets without zone, line and owners.
	Words func(site, text string, now time.Time) (Words, error)
	// Stale is how old figures that add up the whole plant may get before they
	// are made anew, 15 s if zero. If negative they are always made anew.
	Stale time.Duration
	// Limits bound what the network can make grow; a zero field is its default.
	Limits Limits
}

// Stand is what decides whether a conversation crosses: where one of its ends
// stands.
type Stand struct {
	Kind  plant.AssetKind
	Side  plant.Side
	Level float64
	Role  plant.Role
}

// Limits are the most rows of each table. What comes beyond is left out and
// counted in Counters.
type Limits struct {
	Endpoints     int // 1 million
	Conversations int // totals; 4 million
	Operations    int // totals; 4 million
	Facts         int // of one endpoint in one field; 256
	Anomalies     int // 20,000
	Changes       int // of one asset; 200
	Samples       int // of one sensor's status; 360
	Epochs        int // of one sensor; 256
	Decisions     int // that hold at one site; 1,000
	Views         int // of one person; 100
	Revisions     int // of one site's policy; 10,000
	Containments  int // waiting or active at one site; 200
	Marks         int // answers to what a draft would stop, of one site; 5,000
}

// DB is an open store. Its methods may be called by several goroutines; writes
// wait for each other.
type DB struct {
	dialect dialect
	options Options
	read    *sql.DB // many connections
	write   *sql.DB // one connection
	path    string  // SQLite's file

	writing  sync.Mutex          // held by the one who changes anything
	saving   sync.Mutex          // held by the one who saves an inventory or forgets
	interned interned            // guarded by writing
	words    map[int64]madeWords // by site; guarded by saving
	planned  int64               // rows when statistics were made; guarded by writing
	figures  figures

	living  context.Context // ends with Close
	stop    context.CancelFunc
	running sync.WaitGroup
}

// Open opens or makes the store at url and brings its schema up to date. A url
// that begins with postgres:// or postgresql:// is a PostgreSQL server;
// anything else is the path of a SQLite file, whose folder must exist. Errors
// say what to do: ErrUnavailable for a folder that cannot be written or a
// server that does not answer, ErrFull for a full disk, ErrNewer for a schema
// that a later version of the program made.
func Open(ctx context.Context, url string, o Options) (*DB, error) {
	return open(ctx, url, o.withDefaults())
}

// Engine is "sqlite" or "postgres".
func (db *DB) Engine() string { return db.dialect.name }

// Path is the SQLite file, "" for PostgreSQL.
func (db *DB) Path() string { return db.path }

// Close waits for what runs and closes the connections. SQLite's write-ahead
// log is folded into the file.
func (db *DB) Close() error { return db.close() }

// Ping reports whether the database answers.
func (db *DB) Ping(ctx context.Context) error { return db.ping(ctx) }
