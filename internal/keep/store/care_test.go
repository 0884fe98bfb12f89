package store

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

func TestForgetRemovesWhatWasNotSeen(t *testing.T) {
	engines(t, func(t *testing.T, db *DB) {
		old, fresh := talk(1, [2]int{1, 2}, [2]int{3, 2}), talk(2, [2]int{3, 2})
		for _, b := range []*plant.Batch{old, fresh} {
			b.Sightings = []plant.Sighting{{Endpoint: b.Conversations[0].Client, Field: "name", Value: "x", Count: 1, First: now, Last: now, Packet: 5}}
			b.Anomalies = []plant.Anomaly{{Source: endpoint(1), Destination: endpoint(2), Kind: plant.AnomalyGap, Count: 1, First: now, Last: now}}
		}
		later := now.AddDate(0, 0, 10)
		for i := range fresh.Conversations {
			fresh.Conversations[i].First, fresh.Conversations[i].Last = later, later
			fresh.Operations[i].First, fresh.Operations[i].Last = later, later
			fresh.Sightings[i].Last, fresh.Anomalies[i].Last = later, later
		}
		must[Applied](t)(db.Apply(ctx, clone([]*plant.Batch{old, fresh})))
		save(t, db, now, assetAt(1), assetAt(2), assetAt(3))
		save(t, db, now, assetAt(2), assetAt(3))
		// Not sealed yet: nothing of it may go.
		f := must[Forgotten](t)(db.Forget(ctx, later.Add(-time.Hour)))
		if f.Conversations != 0 || f.Operations != 0 {
			t.Errorf("forgot %+v before it was sealed", f)
		}
		for _, h := range must[[]Hour](t)(db.HoursToSeal(ctx, later.Add(-time.Hour))) {
			ok(t, db.Sealed(ctx, h, 1<<40, nil))
		}
		f = must[Forgotten](t)(db.Forget(ctx, later.Add(-time.Hour)))
		if d := cmp.Diff(Forgotten{Conversations: 1, Operations: 1}, f); d != "" {
			t.Errorf("forgotten (-want +got):\n%s", d)
		}
		// What was forgotten is new when it comes again, in a store that is open.
		again := talk(3, [2]int{1, 2})
		must[Applied](t)(db.Apply(ctx, clone([]*plant.Batch{again})))
		want := truth("works", []*plant.Batch{fresh, old, again}, numberOf(t, db))
		got := keptSums(t, db, "works")
		c := conversationName(&again.Conversations[0])
		if got[c].Counts != truth("works", []*plant.Batch{again}, numberOf(t, db))[c].Counts {
			t.Errorf("%s adds up to %+v", c, got[c])
		}
		c = conversationName(&fresh.Conversations[0])
		if got[c].Counts != want[c].Counts {
			t.Errorf("%s adds up to %+v, want %+v", c, got[c], want[c])
		}
		f = must[Forgotten](t)(db.Forget(ctx, later.AddDate(1, 0, 0)))
		if f.Endpoints != 0 || f.Facts != 1 || f.Anomalies != 1 {
			t.Errorf("forgot %+v while rows wait to be sealed", f)
		}
		for _, h := range must[[]Hour](t)(db.HoursToSeal(ctx, later.AddDate(1, 0, 0))) {
			ok(t, db.Sealed(ctx, h, 1<<40, nil))
		}
		save(t, db, now)
		f = must[Forgotten](t)(db.Forget(ctx, later.AddDate(1, 0, 0)))
		if f.Endpoints != 3 || f.Conversations != 2 || f.Operations != 2 || f.Assets != 2 {
			t.Errorf("forgot %+v", f)
		}
		must[Applied](t)(db.Apply(ctx, clone([]*plant.Batch{talk(4, [2]int{1, 2})})))
	})
}

// TestForgetKeepsTheTotalsOfRowsThatWait forgets while rows wait to be sealed
// whose sensor said that they ended before they began.
func TestForgetKeepsTheTotalsOfRowsThatWait(t *testing.T) {
	engines(t, func(t *testing.T, db *DB) {
		b, later := talk(1, [2]int{1, 2}), now.AddDate(0, 0, 10)
		b.Conversations[0].First, b.Operations[0].First = later, later
		must[Applied](t)(db.Apply(ctx, []*plant.Batch{b}))
		if f := must[Forgotten](t)(db.Forget(ctx, later.Add(-time.Hour))); f.Conversations != 0 || f.Operations != 0 {
			t.Errorf("forgot %+v", f)
		}
		rows := 0
		must[int64](t)(db.RecentConversations(ctx, "works", later, func(string, *plant.Conversation) error { rows++; return nil }))
		must[int64](t)(db.RecentOperations(ctx, "works", later, func(string, *plant.Operation) error { rows++; return nil }))
		if rows != 2 {
			t.Errorf("%d rows wait, want 2", rows)
		}
	})
}

func TestBackupWhileRunning(t *testing.T) {
	engines(t, func(t *testing.T, db *DB) {
		g := newStage(5, 10)
		sent := []*plant.Batch{g.batch("works", "west", "a", 50)}
		must[Applied](t)(db.Apply(ctx, clone(sent)))
		path := filepath.Join(t.TempDir(), "copy ? #1.db")
		err := db.Backup(ctx, path)
		if db.Engine() == "postgres" {
			wantKind(t, err, ErrUnsupported)
			if !strings.Contains(err.Error(), "pg_dump") {
				t.Errorf("error does not say what to do: %v", err)
			}
			return
		}
		ok(t, err)
		wantKind(t, db.Backup(ctx, path), ErrConflict)
		must[Applied](t)(db.Apply(ctx, []*plant.Batch{g.batch("works", "west", "a", 50)}))
		copied := openTest(t, path, testOptions())
		if d := cmp.Diff(truth("works", sent, numberOf(t, db)), keptSums(t, copied, "works")); d != "" {
			t.Errorf("backup (-want +got):\n%s", d)
		}
		if left := must[[]string](t)(filepath.Glob(filepath.Join(filepath.Dir(path), "*.part"))); len(left) != 0 {
			t.Errorf("left behind: %v", left)
		}
	})
}

func TestTendAndSize(t *testing.T) {
	engines(t, func(t *testing.T, db *DB) {
		plantOf(t, db)
		ok(t, db.Tend(ctx))
		ok(t, db.Ping(ctx))
		if n := must[int64](t)(db.Size(ctx)); n < 100_000 {
			t.Errorf("the store has %d bytes", n)
		}
	})
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "letter.txt")
	ok(t, os.WriteFile(text, []byte(strings.Repeat("Dear reader, this is no database. ", 100)), 0o600))
	tests := []struct {
		name, url string
		kind      error
		says      string
	}{
		{"no folder", filepath.Join(dir, "none", "state.db"), ErrUnavailable, "make it first"},
		{"a folder", dir, nil, "is a directory"},
		{"no database", text, nil, "no SQLite database"},
		{"no server", "postgres://nobody@/x?host=" + dir, ErrUnavailable, "no such file"},
		{"no address", "postgres://%zz", ErrInvalid, "PostgreSQL address"},
	}
	for _, tt := range tests {
		_, err := Open(ctx, tt.url, testOptions())
		if err == nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: error is %v, want one that says %q", tt.name, err, tt.says)
		}
		if tt.kind != nil {
			wantKind(t, err, tt.kind)
		}
	}
}

func TestANewerSchemaIsRefused(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			url := emptyStore(t, engine)
			db := openTest(t, url, testOptions())
			_, err := db.write.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, " + map[string]string{"sqlite": "1", "postgres": "true"}[engine] + ")")
			ok(t, err)
			_, err = Open(ctx, url, testOptions())
			wantKind(t, err, ErrNewer)
			if !strings.Contains(err.Error(), "install the version that wrote it") {
				t.Errorf("error does not say what to do: %v", err)
			}
		})
	}
}

// TestTheSchemasAreTheSame compares tables, columns and indexes of the engines.
func TestTheSchemasAreTheSame(t *testing.T) {
	columns := map[string][]string{}
	engines(t, func(t *testing.T, db *DB) {
		query := "SELECT m.name || '.' || c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' UNION SELECT 'index ' || name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
		if db.Engine() == "postgres" {
			query = "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = current_schema() UNION SELECT 'index ' || indexname FROM pg_indexes WHERE schemaname = current_schema() AND indexname !~ '_(pkey|key)$'" // of constraints, which SQLite gives no name
		}
		var all []string
		ok(t, db.each(ctx, query, nil, func(scan func(...any) error) error {
			var name string
			err := scan(&name)
			if !strings.HasPrefix(name, "goose_db_version") && !strings.HasPrefix(name, "sqlite_") {
				all = append(all, name)
			}
			return err
		}))
		slices.Sort(all)
		columns[db.Engine()] = all
	})
	if len(columns) == 2 {
		if d := cmp.Diff(columns["sqlite"], columns["postgres"]); d != "" || len(columns["sqlite"]) < 150 {
			t.Errorf("schemas of %d columns differ (-sqlite +postgres):\n%s", len(columns["sqlite"]), d)
		}
	}
}

// TestStaleFiguresAreRenewed holds that a figure is handed out while it is made
// anew, and made anew at all.
func TestStaleFiguresAreRenewed(t *testing.T) {
	at := now
	o := testOptions()
	o.Stale, o.Now = 10*time.Second, func() time.Time { return at }
	db := openTest(t, emptyStore(t, "sqlite"), o)
	calls := 0
	figure := func() any {
		return must[any](t)(db.figure(ctx, "x", func(_ context.Context) (any, error) { calls++; return fmt.Sprint(calls), nil }))
	}
	if got := figure(); got != "1" {
		t.Errorf("the first is %v", got)
	}
	if got := figure(); got != "1" {
		t.Errorf("the second, at the same time, is %v", got)
	}
	at = at.Add(11 * time.Second)
	if got := figure(); got != "1" {
		t.Errorf("a stale one is %v, want it handed out", got)
	}
	db.running.Wait()
	if got := figure(); got != "2" {
		t.Errorf("after it was made anew it is %v", got)
	}
	at = at.Add(time.Hour)
	if got := figure(); got != "3" {
		t.Errorf("one that nobody asked for in an hour is %v", got)
	}
	for i := range 3 * maxFigures {
		must[any](t)(db.figure(ctx, fmt.Sprint(i), func(context.Context) (any, error) { return i, nil }))
	}
	if n := len(db.figures.of); n > maxFigures {
		t.Errorf("%d figures are kept", n)
	}
}

// TestStatisticsFollowGrowth holds that a store that was filled since it was
// opened plans its queries by what is in it.
func TestStatisticsFollowGrowth(t *testing.T) {
	db := openTest(t, emptyStore(t, "sqlite"), testOptions())
	analyzed := func() (n int64) {
		t.Helper()
		var tables int64
		ok(t, db.row(ctx, "SELECT COUNT(*) FROM sqlite_master WHERE name = 'sqlite_stat1'", nil, &tables))
		if tables > 0 {
			ok(t, db.row(ctx, "SELECT COUNT(*) FROM sqlite_stat1 WHERE tbl = 'conversation'", nil, &n))
		}
		return n
	}
	batches := minutesOf(2000, 2)
	must[Applied](t)(db.Apply(ctx, []*plant.Batch{talk(1, [2]int{1, 2})}))
	if analyzed() != 0 {
		t.Error("a store with one conversation has statistics")
	}
	batches[0].Sequence = 2
	must[Applied](t)(db.Apply(ctx, batches[:1]))
	if analyzed() == 0 {
		t.Error("a store with 2,000 conversations has no statistics")
	}
}

// TestEverybodyAtOnce lets batches, inventories, readers and Forget meet.
func TestEverybodyAtOnce(t *testing.T) {
	o := testOptions()
	o.Stale = time.Millisecond
	enginesWith(t, o, func(t *testing.T, db *DB) {
		g := newStage(8, 20)
		var sent []*plant.Batch
		for range 30 {
			sent = append(sent, g.batch("works", "west", "a", 20))
		}
		var others sync.WaitGroup
		done := make(chan struct{})
		always := func(do func() error) {
			others.Go(func() {
				for {
					select {
					case <-done:
						return
					default:
					}
					if err := do(); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		always(func() error { _, err := db.Map(ctx, "works"); return err })
		always(func() error { _, err := db.Assets(ctx, AssetFilter{Q: "plc"}, Page{}); return err })
		always(func() error { _, err := db.Sensors(ctx, ""); return err })
		always(func() error { _, err := db.Forget(ctx, now.AddDate(-1, 0, 0)); return err })
		always(func() error {
			_, err := db.SaveInventory(ctx, "works", now, slices.Values([]AssetRow{assetAt(1), assetAt(2, office), assetAt(3)}))
			return err
		})
		for _, b := range clone(sent) {
			must[Applied](t)(db.Apply(ctx, []*plant.Batch{b}))
		}
		close(done)
		others.Wait()
		if d := cmp.Diff(truth("works", sent, numberOf(t, db)), keptSums(t, db, "works")); d != "" {
			t.Errorf("totals differ (-want +got):\n%s", d)
		}
	})
}
