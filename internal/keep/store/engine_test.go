package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"
)

// postgresBin is where Debian puts the programs of PostgreSQL 15.
const postgresBin = "/usr/lib/postgresql/15/bin"

// cluster is a PostgreSQL server of the tests' own, on a socket in its folder.
type cluster struct {
	dir  string
	cred *syscall.Credential
	err  error // why there is none
	n    int
	mu   sync.Mutex
}

var startCluster = sync.OnceValue(func() *cluster {
	c := &cluster{}
	c.err = c.start()
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
		startCluster().stop()
	}
	os.Exit(code)
}

var clusterStarted bool

func (c *cluster) start() error {
	if _, err := os.Stat(postgresBin + "/initdb"); err != nil {
		return errors.New("PostgreSQL 15 is not installed")
	}
	if os.Getuid() == 0 {
		u, err := user.Lookup("postgres")
		if err != nil {
			return errors.New("there is no user postgres")
		}
		uid, _ := strconv.Atoi(u.Uid)
		gid, _ := strconv.Atoi(u.Gid)
		c.cred = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	}
	dir, err := os.MkdirTemp("", "bulkhead-store")
	if err != nil {
		return err
	}
	c.dir = dir
	if c.cred != nil {
		if err := os.Chown(dir, int(c.cred.Uid), int(c.cred.Gid)); err != nil {
			return err
		}
	}
	if err := c.run("initdb", "-D", dir+"/data", "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C"); err != nil {
		return err
	}
	clusterStarted = true
	return c.ctl("start")
}

func (c *cluster) ctl(verb string) error {
	return c.run("pg_ctl", "-D", c.dir+"/data", "-w", "-m", "fast", "-l", c.dir+"/log",
		"-o", "-c listen_addresses='' -c unix_socket_directories="+c.dir+" -c fsync=off -c max_connections=60", verb)
}

func (c *cluster) run(name string, args ...string) error {
	cmd := exec.Command(filepath.Join(postgresBin, name), args...)
	cmd.Dir = c.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: c.cred}
	if name == "pg_ctl" { // the server keeps the output open
		return cmd.Run()
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, out)
	}
	return nil
}

func (c *cluster) stop() {
	c.ctl("stop")
	os.RemoveAll(c.dir)
}

func (c *cluster) url(database string) string {
	return "postgres://postgres@/" + database + "?host=" + url.QueryEscape(c.dir)
}

// database makes an empty schema, which is quicker than a database.
func (c *cluster) database(t testing.TB) string {
	t.Helper()
	if c.err != nil {
		t.Skip("no PostgreSQL: " + c.err.Error())
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
