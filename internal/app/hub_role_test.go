package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/app/config"
	"github.com/bulkhead-ot/bulkhead/internal/app/state"
	"github.com/bulkhead-ot/bulkhead/internal/keep/ledger"
	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
)

// TestAwaitStore: a server that comes up late is waited for, one that never
// does is given up, and what waiting does not help is told at once.
func TestAwaitStore(t *testing.T) {
	away := fmt.Errorf("open the store: %w", store.ErrUnavailable)
	for _, c := range []struct {
		name   string
		opens  time.Duration // from when on it can be opened; 0 for never
		cancel time.Duration // when the hub is stopped; 0 for never
		fails  error
		want   error
		after  time.Duration
	}{
		{"late", 30 * time.Second, 0, away, nil, 30 * time.Second},
		{"never", 0, 0, away, store.ErrUnavailable, storeWait},
		{"stopped", 0, 5500 * time.Millisecond, away, store.ErrUnavailable, 5500 * time.Millisecond},
		{"newer", 0, 0, store.ErrNewer, store.ErrNewer, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx := t.Context()
				if c.cancel > 0 {
					var stop context.CancelFunc
					ctx, stop = context.WithTimeout(ctx, c.cancel)
					defer stop()
				}
				begin, there := time.Now(), &store.DB{}
				var log bytes.Buffer
				db, err := awaitStore(ctx, func() (*store.DB, error) {
					if c.opens > 0 && time.Since(begin) >= c.opens {
						return there, nil
					}
					return nil, c.fails
				}, slog.New(slog.NewTextHandler(&log, nil)))
				if !errors.Is(err, c.want) || (err == nil) != (db == there) || time.Since(begin) != c.after {
					t.Errorf("%v %v after %s", db, err, time.Since(begin))
				}
				if n := strings.Count(log.String(), "\n"); n != 1 && c.after > 0 || n != 0 && c.after == 0 {
					t.Errorf("logged: %s", log.String())
				}
			})
		})
	}
}

// TestStoreKeepsItsPassword: neither the log nor an error shows the password of
// a database, however it is written.
func TestStoreKeepsItsPassword(t *testing.T) {
	for _, url := range []string{
		"postgres://hub:hunter2@127.0.0.1:1/bulkhead", "postgres://127.0.0.1:1/bulkhead?user=hub&password=hunter2",
		"postgres://hub:hunter2%zz@127.0.0.1:1/bulkhead", "postgres://hub:hunter2@127.0.0.1:1x/bulkhead", "postgres://hub:hunter2@127.0.0.1:1/bulkhead?sslmode=none",
	} {
		ctx, stop := context.WithTimeout(t.Context(), 50*time.Millisecond)
		var log bytes.Buffer
		_, err := openStore(ctx, url, store.Options{}, slog.New(slog.NewTextHandler(&log, nil)))
		stop()
		if err == nil || strings.Contains(err.Error()+log.String(), "hunter2") {
			t.Errorf("%v\n%s", err, log.String())
		}
		if errors.Is(err, store.ErrUnavailable) != (log.Len() > 0) {
			t.Errorf("%v\n%s", err, log.String())
		}
	}
	// A folder that is not there is not waited for.
	if _, err := openStore(t.Context(), filepath.Join(t.TempDir(), "none", "x.db"), store.Options{}, slog.New(slog.DiscardHandler)); !errors.Is(err, store.ErrUnavailable) {
		t.Error(err)
	}
}

// TestPlantFile: the model that the configuration names is saved at a start if
// it differs, and recorded; one that is wrong stops the start.
func TestPlantFile(t *testing.T) {
	const text = "site: works\npeople: [ { id: anna, name: Anna Weiss, side: it } ]\nowners: { it: anna }\n"
	data := filepath.Join(t.TempDir(), "data")
	start := func(text string) error {
		c := &config.Config{Site: "works", Data: data, Listen: "127.0.0.1:0", Confine: "off", Roles: []string{config.RoleHub}, PlantFile: writeFile(t, "plant.yaml", []byte(text))}
		if err := c.Complete(); err != nil {
			return err
		}
		p, err := Open(t.Context(), c, ProcessOptions{Version: "test", Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			return err
		}
		p.Close()
		return nil
	}
	for _, x := range []string{text, text, text + "# more\n"} {
		if err := start(x); err != nil {
			t.Fatal(err)
		}
	}
	for _, x := range []string{"site: elsewhere\n", "site: works\nowners: { it: nobody }\n"} {
		if err := start(x); !errors.Is(err, ErrModel) || !errors.Is(err, config.ErrWrong) {
			t.Errorf("%q: %v", x, err)
		}
	}
	saved, version, err := ShowPlant(t.Context(), data, "works")
	if err != nil || version != 2 || saved != text+"# more\n" {
		t.Errorf("%d %q %v", version, saved, err)
	}
	var acts []string
	if err := ledger.Each(t.Context(), filepath.Join(data, state.Ledger), func(r ledger.Record) error {
		if r.Act == actPlantFile {
			acts = append(acts, fmt.Sprintf("%s %s by %s", r.Object, r.Outcome, r.Actor))
		}
		return nil
	}, func(line int64, err error) { t.Errorf("line %d: %v", line, err) }); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(acts, ", "); got != "works asked by bulkhead, works done by bulkhead, works asked by bulkhead, works done by bulkhead" {
		t.Error(got)
	}
}
