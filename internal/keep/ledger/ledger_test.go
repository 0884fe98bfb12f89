package ledger

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

var clock = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

// shelf is an anchor in memory.
type shelf struct {
	mu    sync.Mutex
	texts map[string]string
	sizes map[string]int64
}

func (s *shelf) LedgerCheckpoints(context.Context) (list []string, _ error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.texts {
		list = append(list, t)
	}
	return list, nil
}

func (s *shelf) PutLedgerCheckpoint(_ context.Context, name string, size int64, text string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.texts == nil {
		s.texts, s.sizes = map[string]string{}, map[string]int64{}
	}
	if size >= s.sizes[name] {
		s.texts[name], s.sizes[name] = text, size
	}
	return nil
}

func (s *shelf) ForgetLedgerCheckpoint(_ context.Context, name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.texts, name)
	delete(s.sizes, name)
	return nil
}

func options(dir string, a Anchor) Options {
	return Options{Dir: filepath.Join(dir, "ledger"), Anchor: a, Now: func() time.Time { return clock }, Log: slog.New(slog.DiscardHandler)}
}

func opened(t testing.TB, o Options) *Ledger {
	t.Helper()
	l, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func add(t testing.TB, l *Ledger, e Entry) Record {
	t.Helper()
	r, err := l.Append(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// filled is a ledger with n records, of one commit each, that is closed again.
func filled(t testing.TB, n int) (dir string, a *shelf) {
	t.Helper()
	dir, a = t.TempDir(), &shelf{}
	l := opened(t, options(dir, a))
	for i := 1; i < n; i++ {
		add(t, l, Entry{Act: "setRetention", Outcome: Done, Actor: "a1", Name: "anna", From: "10.0.0.7", Object: fmt.Sprint("thing ", i)})
	}
	if err := l.PutAnchor(t.Context()); err != nil {
		t.Fatal(err)
	}
	l.Close()
	return filepath.Join(dir, "ledger"), a
}

func TestAppendAndList(t *testing.T) {
	dir := t.TempDir()
	l := opened(t, options(dir, nil))
	for i := 1; i <= 300; i++ {
		actor := "anna"
		if i%10 == 0 {
			actor = "bernd"
		}
		r := add(t, l, Entry{Act: "act", Outcome: Asked, Actor: "id-" + actor, Name: actor})
		if r.Index != int64(i) {
			t.Fatalf("record %d has index %d", i, r.Index)
		}
	}
	var got []int64
	for q := (Query{Limit: 7, Actor: "bernd"}); ; {
		p, err := l.Records(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range p.Records {
			got = append(got, r.Index)
		}
		if q.Before = p.Next; q.Before == 0 {
			break
		}
	}
	if len(got) != 30 || got[0] != 300 || got[29] != 10 {
		t.Errorf("%v", got)
	}
	all, err := l.Records(t.Context(), Query{Limit: 1000})
	if err != nil || len(all.Records) != 301 || all.Size != 301 || all.Next != 0 || all.Records[300].Act != ActBegin {
		t.Errorf("%d records, %v", len(all.Records), err)
	}
	if v, err := Verify(t.Context(), l.o.Dir); err != nil || v.Size != 301 || v.After != 0 {
		t.Errorf("%+v, %v", v, err)
	}
}

func TestTheTreeIsThatOfRFC6962(t *testing.T) {
	var f frontier
	var stored []tlog.Hash
	r := tlog.HashReaderFunc(func(at []int64) (out []tlog.Hash, _ error) {
		for _, i := range at {
			out = append(out, stored[i])
		}
		return out, nil
	})
	for n := int64(0); n < 300; n++ {
		want, err := tlog.TreeHash(n, r)
		if err != nil || f.root() != want {
			t.Fatalf("root of %d records: %v", n, err)
		}
		again, err := frontierAt(n, r)
		if err != nil || again.root() != want {
			t.Fatalf("edge of %d records: %v", n, err)
		}
		data := fmt.Append(nil, "record ", n)
		hashes, err := tlog.StoredHashes(n, data, r)
		if err != nil {
			t.Fatal(err)
		}
		got := f.add(tlog.RecordHash(data))
		if fmt.Sprint(got) != fmt.Sprint(hashes) {
			t.Fatalf("hashes of record %d differ", n)
		}
		stored = append(stored, hashes...)
	}
}

func TestManyAtOnceAndTwoProcesses(t *testing.T) {
	dir := t.TempDir()
	a, b := opened(t, options(dir, nil)), opened(t, options(dir, nil))
	var all sync.WaitGroup
	for i := range 200 {
		l := a
		if i%3 == 0 {
			l = b
		}
		all.Go(func() {
			if _, err := l.Append(context.Background(), Entry{Act: "act", Outcome: Done}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	v, err := Verify(t.Context(), a.o.Dir)
	if err != nil || v.Size != 201 || v.Note != "" {
		t.Fatalf("%+v, %v", v, err)
	}
	p, err := b.Records(t.Context(), Query{Limit: 1000})
	if err != nil || len(p.Records) != 201 {
		t.Errorf("the other process sees %d records, %v", len(p.Records), err)
	}
}

func TestTextsAreBounded(t *testing.T) {
	l := opened(t, options(t.TempDir(), nil))
	long := strings.Repeat("\u2028\"\\<\xff\n\x00é", 400)
	r := add(t, l, Entry{Act: long, Outcome: Refused, Actor: long, Name: long, Token: long, Via: long, From: long, Object: long, Detail: long})
	if len(r.Detail) > 1024 || len(r.Act) > 64 || strings.ContainsAny(r.Detail, "\n\x00") || !strings.HasSuffix(r.Detail, "…") {
		t.Errorf("%d bytes: %q", len(r.Detail), r.Detail)
	}
	if _, err := Verify(t.Context(), l.o.Dir); err != nil {
		t.Error(err)
	}
	// The longest line: all that doubles.
	long = strings.Repeat("\u2028", 2000)
	add(t, l, Entry{Act: long, Outcome: Refused, Status: 999, Of: 1, Actor: long, Name: long, Token: long, Via: long, From: long, Object: long, Detail: long, Count: 1 << 60})
	long = strings.Repeat("\\", 2000)
	add(t, l, Entry{Act: long, Outcome: Refused, Status: 999, Of: 1, Actor: long, Name: long, Token: long, Via: long, From: long, Object: long, Detail: long, Count: 1 << 60})
	if _, err := Verify(t.Context(), l.o.Dir); err != nil {
		t.Error(err)
	}
}

func TestFilesAreTheOwnersOnly(t *testing.T) {
	dir, _ := filled(t, 3)
	for _, name := range []string{keyName, recordsName, hashesName, checkpointsName} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", name, info.Mode(), err)
		}
	}
	if err := os.Chmod(filepath.Join(dir, keyName), 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), Options{Dir: dir}); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a key that others may read: %v", err)
	}
}

func readKeyOf(t testing.TB) (note.Signer, note.Verifier, error) {
	dir := t.TempDir()
	if err := makeKey(dir); err != nil {
		return nil, nil, err
	}
	return readKey(dir)
}

func BenchmarkAppend(b *testing.B) {
	for _, many := range []int{1, 16} {
		b.Run(fmt.Sprint(many, " at once"), func(b *testing.B) {
			l := opened(b, options(b.TempDir(), nil))
			b.SetParallelism(many)
			e := Entry{Act: "setRetention", Outcome: Asked, Actor: "a1", Name: "anna", From: "10.0.0.7", Object: "/api/v1/history/retention"}
			b.ReportAllocs()
			if many == 1 {
				for b.Loop() {
					add(b, l, e)
				}
				return
			}
			b.RunParallel(func(p *testing.PB) {
				for p.Next() {
					if _, err := l.Append(context.Background(), e); err != nil {
						b.Error(err)
					}
				}
			})
		})
	}
}

// BenchmarkVerify reads a ledger of 100,000 records; Open reads it as well.
func BenchmarkVerify(b *testing.B) {
	dir := manyRecords(b, 100_000)
	b.Run("verify", func(b *testing.B) {
		for b.Loop() {
			if v, err := Verify(b.Context(), dir); err != nil || v.Size != 100_000 {
				b.Fatal(v, err)
			}
		}
	})
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			opened(b, Options{Dir: dir}).Close()
		}
	})
}

// manyRecords is a ledger of n records that were written together.
func manyRecords(b *testing.B, n int) string {
	b.Helper()
	dir := b.TempDir()
	l := opened(b, options(dir, nil))
	for l.tree.n < int64(n) {
		var batch []*waiter
		for range min(1000, n-int(l.tree.n)) {
			batch = append(batch, &waiter{entry: Entry{Act: "setRetention", Outcome: Asked, Actor: "a1", Name: "anna", From: "10.0.0.7", Object: "/api/v1/history/retention"}})
		}
		if err := l.write(batch); err != nil {
			b.Fatal(err)
		}
	}
	l.Close()
	return filepath.Join(dir, "ledger")
}
