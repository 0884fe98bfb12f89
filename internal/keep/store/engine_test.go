package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/keep/store/pgtest"
)

// cluster is the PostgreSQL server of the tests.
type cluster struct {
	server *pgtest.Server
	err    error // why there is none
	n      int
	mu     sync.Mutex
}

var startCluster = sync.OnceValue(func() *cluster {
	c := &cluster{}
	c.server, c.err = pgtest.Start()
	clusterStarted = c.err == nil
	return c
})

func TestMain(m *testing.M) {
	if path := os.Getenv("STORE_TEST_CHILD"); path != "" {
		child(path)
		return
	}
	code := m.Run()
	for _, dir := range bigDirs {
		os.RemoveAll(dir)
	}
	if clusterStarted {
		startCluster().server.Stop()
	}
	os.Exit(code)
}

var clusterStarted bool

func (c *cluster) ctl(verb string) error { return c.server.Control(verb, "fast") }

func (c *cluster) url(database string) string { return c.server.URL(database) }

// database makes an empty schema, which is quicker than a database.
func (c *cluster) database(t testing.TB) string {
	t.Helper()
	if c.err != nil {
		if !errors.Is(c.err, pgtest.ErrMissing) {
			t.Fatal(c.err)
		}
		t.Skip(c.err)
	}
	c.mu.Lock()
	c.n++
	name := fmt.Sprintf("t%d", c.n)
	c.mu.Unlock()
	db, err := sql.Open("pgx", c.url("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("CREATE SCHEMA " + name); err != nil {
		t.Fatal(err)
	}
	return c.url("postgres") + "&search_path=" + name
}

// now is the clock of the tests.
var now = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func testOptions() Options {
	return Options{Now: func() time.Time { return now }, Stale: -1, Crosses: func(c, s Stand, protocol string, answered bool) bool {
		return answered && c.Side != s.Side && protocol != "dns"
	}}
}

// engines runs a test against each engine, on an empty store.
func engines(t *testing.T, test func(t *testing.T, db *DB)) {
	t.Helper()
	enginesWith(t, testOptions(), test)
}

func enginesWith(t *testing.T, o Options, test func(t *testing.T, db *DB)) {
	t.Helper()
	for _, name := range []string{"sqlite", "postgres"} {
		t.Run(name, func(t *testing.T) { test(t, openTest(t, emptyStore(t, name), o)) })
	}
}

// emptyStore is the url of a store that does not exist yet.
func emptyStore(t testing.TB, engine string) string {
	t.Helper()
	if engine == "sqlite" {
		return filepath.Join(t.TempDir(), "state.db")
	}
	return startCluster().database(t)
}

func openTest(t testing.TB, url string, o Options) *DB {
	t.Helper()
	db, err := Open(context.Background(), url, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantKind(t testing.TB, err, kind error) {
	t.Helper()
	if !errors.Is(err, kind) {
		t.Fatalf("error is %v, want %v", err, kind)
	}
}
