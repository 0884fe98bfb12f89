package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/keep/store/pgtest"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// TestDatabaseRestarts crashes the database server under a box that keeps its
// state there, again and again, and holds what it has at the end against the
// capture.
func TestDatabaseRestarts(t *testing.T) {
	server, err := pgtest.Start()
	if errors.Is(err, pgtest.ErrMissing) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Stop)
	dir := t.TempDir()
	file, secret := plantCapture(t, dir, 3), filepath.Join(dir, "url")
	if err := os.WriteFile(secret, []byte(server.URL("postgres")), 0o600); err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(dir, "data")
	box := newChild(t, dir, "box", fmt.Sprintf("site: %s\ndata: %s\nlisten: %s\nconfine: 'off'\nsensors: [{name: file, file: %s}]\nhub: {store-url-file: %s}\n", killSite, data, freeAddress(t), file, secret))
	stop := supervise(t, box)
	t.Cleanup(stop)
	for range 3 {
		<-time.After(700 * time.Millisecond)
		if err := server.Control("restart", "immediate"); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	db, err := store.Open(ctx, server.URL("postgres"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for {
		s, err := db.Sensor(ctx, killSite, "file")
		if err == nil && s.Status.State == plant.SensorEnded {
			break
		}
		select {
		case <-ctx.Done():
			text, _ := os.ReadFile(box.log.Name())
			t.Fatalf("it did not go on: %v …%s", err, text[max(0, len(text)-3000):])
		case <-time.After(100 * time.Millisecond):
		}
	}
	stop()
	sums := totals{}
	if err := errors.Join(
		db.ConversationTotals(ctx, killSite, func(c *plant.Conversation) error { sums.conversation(c); return nil }),
		db.OperationTotals(ctx, killSite, func(o *plant.Operation) error { sums.operation(o); return nil }),
	); err != nil {
		t.Fatal(err)
	}
	sums.expect(t, "totals", truth(t, file))
}

// supervise starts a process, and starts it anew when it ends, as the unit file
// has systemd do, until stop is called.
func supervise(t *testing.T, c *child) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			cmd := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestChildProcess$")
			cmd.Env = append(os.Environ(), childConfig+"="+c.config)
			cmd.Stderr, cmd.Stdout = c.log, c.log
			_ = cmd.Run() // killed, or the database was not there: both end it
			select {
			case <-ctx.Done():
			case <-time.After(100 * time.Millisecond):
			}
		}
	}()
	return func() { cancel(); <-done }
}
