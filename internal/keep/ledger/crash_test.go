package ledger

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv("LEDGER_TEST_CHILD"); dir != "" {
		child(dir)
		return
	}
	os.Exit(m.Run())
}

// child appends and says after each what it was told is on disk.
func child(dir string) {
	l, err := Open(context.Background(), Options{Dir: dir, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	for {
		r, err := l.Append(context.Background(), Entry{Act: "act", Outcome: Asked, Detail: strings.Repeat("x", 900)})
		if err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
		fmt.Println(r.Index)
	}
}

// TestKilled kills processes that append, two at a time, and holds that what
// they were told is there and that the ledger is whole.
func TestKilled(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "ledger")
	opened(t, Options{Dir: dir}).Close()
	r := rand.New(rand.NewPCG(1, 2))
	told := int64(0)
	for range 8 {
		done := make(chan int64, 2)
		for range 2 {
			go func(after time.Duration) { done <- killOnce(t, dir, after) }(time.Duration(10+r.IntN(120)) * time.Millisecond)
		}
		for range 2 {
			told = max(told, <-done)
		}
	}
	l := opened(t, Options{Dir: dir, Log: slog.New(slog.DiscardHandler)})
	if l.Problem() != nil || told == 0 || l.Checkpoint().Size <= told {
		t.Fatalf("told %d, has %d: %v", told, l.Checkpoint().Size, l.Problem())
	}
	if v, err := Verify(t.Context(), dir); err != nil || v.Note != "" {
		t.Errorf("%+v, %v", v, err)
	}
}

func killOnce(t *testing.T, dir string, after time.Duration) (told int64) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "LEDGER_TEST_CHILD="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Error(err)
		return
	}
	if err := cmd.Start(); err != nil {
		t.Error(err)
		return
	}
	var timer *time.Timer
	for lines := bufio.NewScanner(out); lines.Scan(); {
		n, err := strconv.ParseInt(lines.Text(), 10, 64)
		if err != nil {
			t.Errorf("child: %s", lines.Text())
			break
		}
		if timer == nil {
			timer = time.AfterFunc(after, func() { cmd.Process.Signal(syscall.SIGKILL) })
			defer timer.Stop()
		}
		told = n
	}
	cmd.Process.Kill()
	cmd.Wait()
	return told
}

// TestATornRecordIsHealed cuts the files at every byte of the last record, as a
// crash leaves them: with and without what is written after the record.
func TestATornRecordIsHealed(t *testing.T) {
	dir, _ := filled(t, 6)
	all, err := os.ReadFile(filepath.Join(dir, recordsName))
	if err != nil {
		t.Fatal(err)
	}
	list := rows(t, dir)
	before := len(all) - len(list[5])
	hashes, _ := os.ReadFile(filepath.Join(dir, hashesName))
	checkpoints, _ := os.ReadFile(filepath.Join(dir, checkpointsName))
	notes, _ := splitCheckpoints(checkpoints)
	for cut := before; cut <= len(all); cut++ {
		for _, zeros := range []int{0, 100} { // a file whose size is on disk and whose bytes are not
			put(t, dir, recordsName, append(append([]byte(nil), all[:cut]...), make([]byte, zeros)...))
			put(t, dir, hashesName, hashes[:len(hashes)-(cut%3)*20])
			put(t, dir, checkpointsName, []byte(strings.Join(notes[:5], "")+notes[5][:cut%len(notes[5])]))
			l := opened(t, Options{Dir: dir, Log: slog.New(slog.DiscardHandler)})
			p, err := l.Records(t.Context(), Query{})
			if err != nil || l.Problem() != nil {
				t.Fatalf("cut at %d: %v, %v", cut, err, l.Problem())
			}
			torn := cut > before && cut < len(all) || zeros > 0
			if healed := p.Records[0].Act == ActHeal; healed != torn {
				t.Fatalf("cut at %d: last is %+v", cut, p.Records[0])
			}
			l.Close()
			if v, err := Verify(t.Context(), dir); err != nil || v.Note != "" || v.After != 0 {
				t.Fatalf("cut at %d: %+v, %v", cut, v, err)
			}
		}
	}
}

func TestHashesAreMadeAnew(t *testing.T) {
	dir, _ := filled(t, 50)
	put(t, dir, hashesName, []byte("nonsense"))
	if v, err := Verify(t.Context(), dir); err != nil || !strings.Contains(v.Note, "stored hash of record 0") {
		t.Errorf("%+v, %v", v, err)
	}
	l := opened(t, Options{Dir: dir})
	add(t, l, Entry{Act: "later", Outcome: Done})
	if v, err := Verify(t.Context(), dir); err != nil || v.Note != "" || v.Size != 51 {
		t.Errorf("%+v, %v", v, err)
	}
}

// TestAFullDisk holds that an act is refused while its outcome would find no
// room, that an outcome does find it, and that all goes on with room.
func TestAFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=2m"); err != nil {
		t.Skipf("no tmpfs can be mounted: %v", err)
	}
	t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
	l := opened(t, options(dir, nil))
	asked := add(t, l, Entry{Act: "act", Outcome: Asked})
	stuffing := filepath.Join(dir, "stuffing")
	f, err := os.Create(stuffing)
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = f.Write(make([]byte, 4096))
	}
	f.Close()
	add(t, l, Entry{Act: "act", Outcome: Done, Of: asked.Index})
	var refused error
	acts := 0
	for ; refused == nil && acts < 10_000; acts++ {
		_, refused = l.Append(t.Context(), Entry{Act: "act", Outcome: Asked, Detail: strings.Repeat("y", 1000)})
	}
	if !errors.Is(refused, ErrFull) {
		t.Fatalf("after %d acts: %v", acts, refused)
	}
	size := l.tree.n
	for i := range 60 { // of acts that were begun
		if _, err := l.Append(t.Context(), Entry{Act: "act", Outcome: Done, Of: asked.Index, Detail: strings.Repeat("z", 1000)}); err != nil {
			t.Fatalf("outcome %d: %v", i, err)
		}
	}
	if _, err := l.Append(t.Context(), Entry{Act: "act", Outcome: Asked}); !errors.Is(err, ErrFull) {
		t.Errorf("%v", err)
	}
	if err := os.Remove(stuffing); err != nil {
		t.Fatal(err)
	}
	add(t, l, Entry{Act: "act", Outcome: Asked})
	v, err := Verify(t.Context(), l.o.Dir)
	if err != nil || v.Size != size+61 || v.Note != "" {
		t.Errorf("%+v of %d, %v", v, size+61, err)
	}
	l.Close()
	again := opened(t, options(dir, nil))
	if again.Problem() != nil {
		t.Error(again.Problem())
	}
}

func TestFilesThatShrinkInUse(t *testing.T) {
	dir, _ := filled(t, 10)
	l := opened(t, Options{Dir: dir, Log: slog.New(slog.DiscardHandler)})
	if err := os.Truncate(filepath.Join(dir, recordsName), 100); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Append(t.Context(), Entry{Act: "act", Outcome: Done}); !errors.Is(err, ErrDamaged) {
		t.Errorf("%v", err)
	}
	if l.Problem() == nil || l.Able() == nil {
		t.Error("it does not say so")
	}
}

func FuzzDecode(f *testing.F) {
	for _, s := range []string{
		`{"index":0,"at":"2026-11-28T12:00:00Z","act":"ledger-begin","outcome":"done","actor":"bulkhead"}`,
		`{"index":5,"at":"2026-11-28T12:00:00.000001Z","act":"x","outcome":"refused","status":403,"of":4,"detail":"\u2028\"é","count":7}`,
		`{"index":5,"at":"2026-11-28T12:00:00+02:00","act":"x","outcome":"asked"}`,
		`{"index":1e3}`, `{}`, `null`, `[]`, ``, `{"index":0,"index":1}`, "{\"act\":\"\xff\"}",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := decode(b)
		if err != nil {
			return
		}
		again, err := encode(&r)
		if err != nil || string(again) != string(b) || len(b) >= maxLine {
			t.Errorf("%q is read and written %q, %v", b, again, err)
		}
	})
}

func FuzzCheckpoint(f *testing.F) {
	s, v, err := readKeyOf(f)
	if err != nil {
		f.Fatal(err)
	}
	_ = v
	c, err := sign(7, [32]byte{1}, s)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(c.Text)
	f.Add("a\n1\nAAAA\n\n— a b\n")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := openCheckpoint(text, v)
		if err == nil && (got.Size != 7 || got.Root != [32]byte{1}) {
			t.Errorf("%q is signed", text)
		}
		splitCheckpoints([]byte(text))
	})
}
