package store

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// killBatches are the batches that a child applies, the same in each process.
func killBatches(n int) []*plant.Batch {
	g := newStage(9, 30)
	var all []*plant.Batch
	for range n {
		all = append(all, g.batch("works", "west", "a", 60))
	}
	return all
}

const killed = 4000

// child applies batches from where the store stands, some at a time, and says
// after each commit how far it is. It is killed in the middle of it.
func child(path string) {
	db, err := Open(context.Background(), path, testOptions())
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	all := killBatches(killed)
	at := 0
	if s, err := db.Sensor(context.Background(), "works", "west"); err == nil {
		at = int(s.Sequence)
	}
	fmt.Println(at)
	for at < len(all) {
		n := min(1+at%7, len(all)-at)
		if _, err := db.Apply(context.Background(), all[at:at+n]); err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
		at += n
		fmt.Println(at)
	}
}

// TestKilledInTheMiddleOfApply kills a process that applies batches and holds
// that everything it said was committed is there, once, and nothing by halves.
func TestKilledInTheMiddleOfApply(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	r := rand.New(rand.NewPCG(1, 2))
	committed := 0
	for range 12 {
		committed = max(committed, killOnce(t, path, time.Duration(20+r.IntN(250))*time.Millisecond))
	}
	db := openTest(t, path, testOptions())
	var verdict string
	ok(t, db.row(ctx, "SELECT * FROM pragma_integrity_check", nil, &verdict))
	s := must[Sensor](t)(db.Sensor(ctx, "works", "west"))
	if verdict != "ok" || int(s.Sequence) < committed || committed == 0 || s.Missing != 0 {
		t.Fatalf("integrity %s; the store is at %d with %d missing, the child said %d", verdict, s.Sequence, s.Missing, committed)
	}
	sent := killBatches(int(s.Sequence))
	if d := cmp.Diff(truth("works", sent, numberOf(t, db)), keptSums(t, db, "works")); d != "" {
		t.Errorf("after %d batches and 12 kills totals differ (-want +got):\n%s", s.Sequence, d)
	}
}

// killOnce runs a child for a while and returns how far it said it was.
func killOnce(t *testing.T, path string, after time.Duration) int {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "STORE_TEST_CHILD="+path)
	out := must[io.ReadCloser](t)(cmd.StdoutPipe())
	ok(t, cmd.Start())
	at := 0
	for lines := bufio.NewScanner(out); lines.Scan(); {
		n, err := strconv.Atoi(lines.Text())
		if err != nil {
			t.Fatalf("child: %s", lines.Text())
		}
		if at == 0 { // it is at work from now on
			timer := time.AfterFunc(after, func() { cmd.Process.Signal(syscall.SIGKILL) })
			defer timer.Stop()
			at = 1
		}
		at = max(at, n)
	}
	cmd.Wait()
	return at
}

func TestADiskThatIsFull(t *testing.T) {
	t.Run("by a limit of the file", func(t *testing.T) {
		db := openTest(t, emptyStore(t, "sqlite"), testOptions())
		limit := func(pages int) {
			_, err := db.write.Exec(fmt.Sprint("PRAGMA max_page_count = ", pages))
			ok(t, err)
		}
		limit(120)
		fillAndGoOn(t, db, func() { limit(1 << 30) })
	})
	t.Run("by a small file system", func(t *testing.T) {
		dir := t.TempDir()
		if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=4m"); err != nil {
			t.Skipf("no tmpfs can be mounted: %v", err)
		}
		t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
		db := openTest(t, filepath.Join(dir, "state.db"), testOptions())
		stuffing := filepath.Join(dir, "stuffing")
		ok(t, os.WriteFile(stuffing, make([]byte, 1<<20), 0o600))
		fillAndGoOn(t, db, func() { ok(t, os.Remove(stuffing)) })
	})
}

// fillAndGoOn applies batches until there is no room, makes room and holds that
// nothing was lost and nothing counted twice.
func fillAndGoOn(t *testing.T, db *DB, makeRoom func()) {
	t.Helper()
	g := newStage(4, 60)
	var sent []*plant.Batch
	for full := false; !full; {
		b := g.batch("works", "west", "a", 60)
		sent = append(sent, b)
		_, err := db.Apply(ctx, clone([]*plant.Batch{b}))
		if full = err != nil; full {
			wantKind(t, err, ErrFull)
		}
		if len(sent) > 5000 {
			t.Fatal("the disk never filled")
		}
	}
	if _, err := db.Assets(ctx, AssetFilter{}, Page{}); err != nil {
		t.Errorf("reading with a full disk: %v", err)
	}
	_, err := db.Apply(ctx, clone(sent[len(sent)-1:]))
	wantKind(t, err, ErrFull)
	makeRoom()
	must[Applied](t)(db.Apply(ctx, clone(sent[len(sent)-1:])))
	if d := cmp.Diff(truth("works", sent, numberOf(t, db)), keptSums(t, db, "works")); d != "" {
		t.Errorf("totals differ (-want +got):\n%s", d)
	}
}

func TestAServerThatRestarts(t *testing.T) {
	db := openTest(t, emptyStore(t, "postgres"), testOptions())
	g := newStage(6, 10)
	sent := []*plant.Batch{g.batch("works", "west", "a", 30), g.batch("works", "west", "a", 30)}
	must[Applied](t)(db.Apply(ctx, clone(sent[:1])))
	c := startCluster()
	ok(t, c.ctl("stop"))
	_, err := db.Apply(ctx, clone(sent[1:]))
	wantKind(t, err, ErrUnavailable)
	_, err = db.Assets(ctx, AssetFilter{}, Page{})
	wantKind(t, err, ErrUnavailable)
	wantKind(t, db.Ping(ctx), ErrUnavailable)
	ok(t, c.ctl("start"))
	must[Applied](t)(db.Apply(ctx, clone(sent[1:])))
	ok(t, c.ctl("restart")) // while connections are open
	for range 3 {
		_, err = db.Apply(ctx, clone(sent[1:]))
		if err == nil {
			break
		}
		wantKind(t, err, ErrUnavailable)
	}
	ok(t, err)
	if d := cmp.Diff(truth("works", sent, numberOf(t, db)), keptSums(t, db, "works")); d != "" {
		t.Errorf("totals differ (-want +got):\n%s", d)
	}
}
