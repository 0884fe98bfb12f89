package history

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

func TestSweepLeavesWhatIsRecordedAndNothingElse(t *testing.T) {
	a, dir := openTest(t)
	ctx := context.Background()
	segments := newTestPlant(1, 20).hours(t, a, 4)
	rest := filepath.Join(dir, scratchDir, "CRASHED.tmp")
	for _, name := range []string{rest, filepath.Join(dir, "README"), filepath.Join(dir, "site=north", "notes.parquet")} {
		if err := os.WriteFile(name, []byte("PAR1"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Remove(filepath.Join(dir, segments[0].Path)); err != nil {
		t.Fatal(err)
	}
	busy, err := a.unfinished()
	if err != nil {
		t.Fatal(err)
	}
	defer busy.discard()
	swept, err := a.Sweep(ctx, segments[:3])
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(swept.Removed, []string{scratchDir + "/CRASHED.tmp", segments[3].Path}) {
		t.Errorf("removed %q", swept.Removed)
	}
	if !slices.Equal(swept.Missing, segments[:1]) {
		t.Errorf("missing %v", swept.Missing)
	}
	want := []string{busy.name, "README", segments[1].Path, segments[2].Path, "site=north/notes.parquet"}
	if got := filesBelow(t, dir); !slices.Equal(got, want) {
		t.Errorf("left %q, want %q", got, want)
	}
	again, err := a.Sweep(ctx, segments[1:3])
	if err != nil || again.Removed != nil || again.Missing != nil {
		t.Errorf("again: %+v, %v", again, err)
	}
}

func TestRemoveTakesTheFoldersThatAreEmpty(t *testing.T) {
	a, dir := openTest(t)
	ctx := context.Background()
	segments := newTestPlant(1, 20).hours(t, a, 2)
	for range 2 { // what is gone is gone
		if err := a.Remove(ctx, segments); err != nil {
			t.Fatal(err)
		}
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 || left[0].Name() != scratchDir {
		t.Errorf("left %v, %v", left, err)
	}
}

// shortFile is a file on a disk that has room for so many bytes.
type shortFile struct {
	scratchFile
	left      int
	syncFails bool
}

// Write fails like a full disk does: part of it may be written.
func (s *shortFile) Write(b []byte) (int, error) {
	n, err := s.scratchFile.Write(b[:min(len(b), s.left)])
	s.left -= n
	if err == nil && n < len(b) {
		err = unix.ENOSPC
	}
	return n, err
}

// Sync may be when a file system says that there is no room.
func (s *shortFile) Sync() error {
	if s.syncFails {
		return unix.EDQUOT
	}
	return s.scratchFile.Sync()
}

func TestAFullDiskLeavesEverythingAsItWas(t *testing.T) {
	ctx := context.Background()
	for _, c := range []struct {
		name string
		room int
		sync bool
		want error
	}{
		{"no room at all", 0, false, unix.ENOSPC},
		{"room for some pages", 30000, false, unix.ENOSPC},
		{"no room found at the end", 1 << 30, true, unix.EDQUOT},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, dir := openTest(t)
			p := newTestPlant(2, 300)
			before := p.hours(t, a, 1)
			create := a.create
			a.create = func(name string) (scratchFile, error) {
				f, err := create(name)
				return &shortFile{f, c.room, c.sync}, err
			}
			_, err := a.WriteConversations(ctx, hour(1), p.minutes(60))
			if !errors.Is(err, c.want) {
				t.Errorf("error %v, want %v", err, c.want)
			}
			if _, err = a.RollUp(ctx, before, plant.StepHour); !errors.Is(err, c.want) && c.room < 1000 {
				t.Errorf("roll up: error %v, want %v", err, c.want)
			}
			if files := filesBelow(t, dir); len(files) != 1 && c.room < 1000 || files[len(files)-1] != before[0].Path {
				t.Errorf("files %q", files)
			}
			if err := a.Verify(ctx, before[0]); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestAFullFileSystem fills a real one.
func TestAFullFileSystem(t *testing.T) {
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=400k"); err != nil {
		t.Skipf("needs root to mount a small file system: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, 0); err != nil {
			t.Errorf("unmount: %v", err)
		}
	})
	ctx := context.Background()
	a, err := Open(ctx, Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	p := newTestPlant(2, 100)
	var kept []plant.Segment
	for range 20 {
		s, err := a.WriteConversations(ctx, hour(p.now/60), p.minutes(60))
		if errors.Is(err, unix.ENOSPC) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		kept = append(kept, s)
	}
	if len(kept) == 0 || len(kept) == 20 {
		t.Fatalf("%d hours in 400 kB", len(kept))
	}
	if n := len(filesBelow(t, dir)); n != len(kept) {
		t.Errorf("%d files of %d segments", n, len(kept))
	}
	for _, s := range kept {
		if err := a.Verify(ctx, s); err != nil {
			t.Error(err)
		}
	}
	// Room comes back when something is removed.
	if err := a.Remove(ctx, kept[:2]); err != nil {
		t.Fatal(err)
	}
	if _, err := a.WriteConversations(ctx, hour(p.now/60), p.minutes(60)); err != nil {
		t.Error(err)
	}
}

func TestRecordsCanBeMadeAnewFromTheFiles(t *testing.T) {
	a, dir := openTest(t)
	ctx := context.Background()
	want := newTestPlant(1, 20).hours(t, a, 3)
	ops, err := a.WriteOperations(ctx, hour(0), rowsOf(operations(3, 10)))
	if err != nil {
		t.Fatal(err)
	}
	want = append(want, ops)
	if err := os.WriteFile(filepath.Join(dir, "README"), []byte("of people"), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := a.Records(ctx)
	if d := gocmp.Diff(want, got); d != "" || err != nil {
		t.Errorf("%v (-recorded +found):\n%s", err, d)
	}
	bad := filepath.Join(dir, want[1].Path)
	b, err := os.ReadFile(bad)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 1
	if err := os.WriteFile(bad, b, 0o600); err != nil {
		t.Fatal(err)
	}
	got, err = a.Records(ctx)
	var named *SegmentError
	if len(got) != 3 || !errors.As(err, &named) || named.Path != want[1].Path {
		t.Errorf("%d records, %v", len(got), err)
	}
}
