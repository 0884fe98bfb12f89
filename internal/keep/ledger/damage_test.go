package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func rows(t testing.TB, dir string) [][]byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, recordsName))
	if err != nil {
		t.Fatal(err)
	}
	all := bytes.SplitAfter(b, []byte("\n"))
	return all[:len(all)-1]
}

func putRows(t testing.TB, dir string, rows [][]byte) {
	t.Helper()
	b := bytes.Join(rows, nil)
	if !bytes.HasSuffix(b, []byte("\n")) {
		b = append(b, '\n')
	}
	put(t, dir, recordsName, b)
}

func put(t testing.TB, dir, name string, b []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// renumbered gives rows the indexes of their lines: what somebody does who
// knows the format.
func renumbered(t testing.TB, rows [][]byte) [][]byte {
	t.Helper()
	out := make([][]byte, len(rows))
	for i, b := range rows {
		r, err := decode(bytes.TrimSuffix(b, []byte("\n")))
		if err != nil {
			t.Fatal(err)
		}
		r.Index = int64(i)
		if b, err = encode(&r); err != nil {
			t.Fatal(err)
		}
		out[i] = append(b, '\n')
	}
	return out
}

// rehashed writes hashes that fit the rows.
func rehashed(t testing.TB, dir string, rows [][]byte) {
	t.Helper()
	var tree frontier
	var b []byte
	for _, r := range rows {
		for _, h := range tree.add(tlog.RecordHash(bytes.TrimSuffix(r, []byte("\n")))) {
			b = append(b, h[:]...)
		}
	}
	put(t, dir, hashesName, b)
}

// edit replaces a word in a row by one of the same length.
func edit(row []byte) []byte { return bytes.Replace(row, []byte("anna"), []byte("eve "), 1) }

// forged edits a row so that it stays well-formed.
func forged(t testing.TB, row []byte) []byte {
	t.Helper()
	r, err := decode(bytes.TrimSuffix(row, []byte("\n")))
	if err != nil {
		t.Fatal(err)
	}
	r.Name = "eve"
	b, err := encode(&r)
	if err != nil {
		t.Fatal(err)
	}
	return append(b, '\n')
}

func swap(rows [][]byte, i, j int) [][]byte {
	out := append([][]byte(nil), rows...)
	out[i], out[j] = out[j], out[i]
	return out
}

func without(rows [][]byte, i int) [][]byte {
	return append(append([][]byte(nil), rows[:i]...), rows[i+1:]...)
}

func with(rows [][]byte, i int, row []byte) [][]byte {
	return append(append(append([][]byte(nil), rows[:i]...), row), rows[i:]...)
}

func changed(rows [][]byte, i int, row []byte) [][]byte {
	out := append([][]byte(nil), rows...)
	out[i] = row
	return out
}

// TestATamperedLedgerIsFound changes, removes, puts in and moves rows in every
// place, in the three ways of those who know more and more of the format.
func TestATamperedLedgerIsFound(t *testing.T) {
	const n = 40
	dir, shelf := filled(t, n)
	good := rows(t, dir)
	hashes, err := os.ReadFile(filepath.Join(dir, hashesName))
	if err != nil {
		t.Fatal(err)
	}
	texts, _ := shelf.LedgerCheckpoints(t.Context())
	attacks := []struct {
		name string
		make func(i int) [][]byte
		says string
	}{
		{"a word is changed", func(i int) [][]byte { return changed(good, i, edit(good[i])) }, "changed"},
		{"a name is changed", func(i int) [][]byte { return changed(good, i, forged(t, good[i])) }, "changed"},
		{"a row is removed", func(i int) [][]byte { return without(good, i) }, "removed"},
		{"a row is put in", func(i int) [][]byte { return with(good, i, good[i-1]) }, "put in"},
		{"two rows change places", func(i int) [][]byte { return swap(good, i, (i+5)%(n-1)+1) }, "order"},
	}
	knows := []struct {
		name string
		do   func(rows [][]byte) [][]byte
	}{
		{"only the text", func(rows [][]byte) [][]byte { return rows }},
		{"the numbers too", func(rows [][]byte) [][]byte { return renumbered(t, rows) }},
		{"the hashes too", func(rows [][]byte) [][]byte {
			rows = renumbered(t, rows)
			rehashed(t, dir, rows)
			return rows
		}},
	}
	for _, a := range attacks {
		for k, who := range knows {
			if k > 0 && a.name == "a word is changed" {
				continue // it is no record any more, as who knows the format knows
			}
			t.Run(a.name+", by one who knows "+who.name, func(t *testing.T) {
				for i := 1; i < n; i++ {
					put(t, dir, hashesName, hashes)
					bad := who.do(a.make(i))
					putRows(t, dir, bad)
					first := firstDifference(good, bad)
					if first < 0 {
						continue // the same row stands in both places
					}
					_, err := Verify(t.Context(), dir, texts...)
					var d *Damage
					if !errors.As(err, &d) || d.Index != int64(first) || d.Line != int64(first+1) {
						t.Fatalf("row %d: %v, want record %d", i, err, first)
					}
					if says := a.says; k == 0 && !strings.Contains(d.What, says) && i < n-1 {
						t.Fatalf("row %d: %v, want %q", i, err, says)
					}
				}
			})
		}
	}
	put(t, dir, hashesName, hashes)
	putRows(t, dir, good)
	if v, err := Verify(t.Context(), dir, texts...); err != nil || v.Size != n || v.Known != 1 {
		t.Errorf("as it was: %+v, %v", v, err)
	}
}

func firstDifference(a, b [][]byte) int {
	for i := range max(len(a), len(b)) {
		if i >= len(a) || i >= len(b) || !bytes.Equal(bytes.TrimSpace(a[i]), bytes.TrimSpace(b[i])) {
			return i
		}
	}
	return -1
}

// TestATruncatedTailIsFound takes rows from the end with all that tells of them
// in the folder. Only a checkpoint from elsewhere knows better.
func TestATruncatedTailIsFound(t *testing.T) {
	const n = 20
	dir, shelf := filled(t, n)
	good := rows(t, dir)
	checkpoints, err := os.ReadFile(filepath.Join(dir, checkpointsName))
	if err != nil {
		t.Fatal(err)
	}
	notes, _ := splitCheckpoints(checkpoints)
	texts, _ := shelf.LedgerCheckpoints(t.Context())
	for keep := 1; keep < n; keep++ {
		putRows(t, dir, good[:keep])
		rehashed(t, dir, good[:keep])
		if _, err := Verify(t.Context(), dir); err == nil {
			t.Fatalf("%d rows: the folder's own checkpoint was not held against it", keep)
		}
		put(t, dir, checkpointsName, []byte(strings.Join(notes[:keep], "")))
		if _, err := Verify(t.Context(), dir); err != nil {
			t.Fatalf("%d rows: nothing in the folder tells: %v", keep, err)
		}
		_, err := Verify(t.Context(), dir, texts...)
		var d *Damage
		if !errors.As(err, &d) || d.Index != int64(keep) || !strings.Contains(d.What, fmt.Sprint("up to record ", n-1)) {
			t.Fatalf("%d rows: %v", keep, err)
		}
		put(t, dir, checkpointsName, checkpoints)
	}
}

// TestAnOldCheckpointProves holds a ledger against one that was saved long ago:
// whoever has the key can sign another history, but not that one.
func TestAnOldCheckpointProves(t *testing.T) {
	dir, _ := filled(t, 10)
	saved, err := Last(dir)
	if err != nil {
		t.Fatal(err)
	}
	l := opened(t, Options{Dir: dir})
	for range 25 {
		add(t, l, Entry{Act: "later", Outcome: Done})
	}
	l.Close()
	if v, err := Verify(t.Context(), dir, saved.Text); err != nil || v.Known != 1 || v.Size != 35 {
		t.Fatalf("%+v, %v", v, err)
	}
	// Everything anew, with the ledger's own key.
	s, _, err := readKey(dir)
	if err != nil {
		t.Fatal(err)
	}
	bad := changed(rows(t, dir), 4, forged(t, rows(t, dir)[4]))
	putRows(t, dir, bad)
	rehashed(t, dir, bad)
	put(t, dir, checkpointsName, []byte(signedAnew(t, bad, s)))
	if _, err := Verify(t.Context(), dir); err != nil {
		t.Fatalf("who has the key can do so: %v", err)
	}
	_, err = Verify(t.Context(), dir, saved.Text)
	if err == nil || !strings.Contains(err.Error(), "the first 10 records") {
		t.Errorf("%v", err)
	}
	// A checkpoint of another ledger, and none at all.
	other, _ := filled(t, 3)
	foreign, err := Last(other)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Verify(t.Context(), dir, foreign.Text); err == nil || !strings.Contains(err.Error(), "not here any more") {
		t.Errorf("of another ledger: %v", err)
	}
	for _, text := range []string{"", "x", strings.Replace(saved.Text, "10\n", "11\n", 1), saved.Text + saved.Text, strings.TrimSuffix(saved.Text, "\n")} {
		if _, err := Verify(t.Context(), dir, text); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}

func signedAnew(t testing.TB, rows [][]byte, s note.Signer) string {
	t.Helper()
	var tree frontier
	for _, r := range rows {
		tree.add(tlog.RecordHash(bytes.TrimSuffix(r, []byte("\n"))))
	}
	c, err := sign(tree.n, tree.root(), s)
	if err != nil {
		t.Fatal(err)
	}
	return c.Text
}

// TestATamperedLedgerGoesOn holds that a plant is still watched, and changed on
// record, after somebody changed a row: the tree knows what was there.
func TestATamperedLedgerGoesOn(t *testing.T) {
	for name, attack := range map[string]func(rows [][]byte) [][]byte{
		"changed":  func(rows [][]byte) [][]byte { return changed(rows, 7, forged(t, rows[7])) },
		"removed":  func(rows [][]byte) [][]byte { return without(rows, 7) },
		"garbled":  func(rows [][]byte) [][]byte { return changed(rows, 7, []byte("nonsense\n")) },
		"tail cut": func(rows [][]byte) [][]byte { return rows[:7] },
	} {
		t.Run(name, func(t *testing.T) {
			dir, shelf := filled(t, 20)
			putRows(t, dir, attack(rows(t, dir)))
			for round := range 2 {
				o := options(filepath.Dir(dir), shelf)
				l := opened(t, o)
				var d *Damage
				if !errors.As(l.Problem(), &d) || d.Index != 7 {
					t.Fatalf("round %d: %v", round, l.Problem())
				}
				for i := range 3 {
					if r := add(t, l, Entry{Act: "later", Outcome: Done}); r.Index != int64(20+3*round+i) {
						t.Fatalf("round %d: record %d", round, r.Index)
					}
				}
				p, err := l.Records(t.Context(), Query{Limit: 2})
				if err != nil || len(p.Records) != 2 || p.Records[0].Index != int64(22+3*round) {
					t.Errorf("%+v, %v", p, err)
				}
				if err := l.PutAnchor(t.Context()); err != nil {
					t.Fatal(err)
				}
				l.Close()
				texts, _ := shelf.LedgerCheckpoints(t.Context())
				if _, err := Verify(t.Context(), dir, texts...); !errors.As(err, &d) || d.Index != 7 {
					t.Errorf("round %d: %v", round, err)
				}
			}
		})
	}
}

// TestWhatCannotGoOnIsSetAside takes more than one thing away.
func TestWhatCannotGoOnIsSetAside(t *testing.T) {
	for name, attack := range map[string]func(dir string){
		"the whole folder is gone": func(dir string) { os.RemoveAll(dir) },
		"rows and hashes are gone": func(dir string) {
			putRows(t, dir, rows(t, dir)[:5])
			rehashed(t, dir, rows(t, dir))
		},
		"all of the tail is gone": func(dir string) {
			b, _ := os.ReadFile(filepath.Join(dir, checkpointsName))
			notes, _ := splitCheckpoints(b)
			put(t, dir, checkpointsName, []byte(strings.Join(notes[:5], "")))
			putRows(t, dir, rows(t, dir)[:5])
			rehashed(t, dir, rows(t, dir))
		},
		"no checkpoint is left": func(dir string) { put(t, dir, checkpointsName, nil) },
	} {
		t.Run(name, func(t *testing.T) {
			dir, shelf := filled(t, 20)
			attack(dir)
			o := options(filepath.Dir(dir), shelf)
			l := opened(t, o)
			if l.Problem() == nil {
				t.Fatal("no problem")
			}
			add(t, l, Entry{Act: "later", Outcome: Done})
			if err := l.PutAnchor(t.Context()); err != nil {
				t.Fatal(err)
			}
			l.Close()
			again := opened(t, o)
			if again.Problem() == nil {
				t.Error("forgotten at the next start")
			}
			again.Close()
			texts, _ := shelf.LedgerCheckpoints(t.Context())
			if _, err := Verify(t.Context(), dir, texts...); err == nil {
				t.Error("it verifies")
			}
			if _, err := Renew(t.Context(), o, Entry{Actor: "host root", Detail: "a disk died"}); err != nil {
				t.Fatal(err)
			}
			texts, _ = shelf.LedgerCheckpoints(t.Context())
			v, err := Verify(t.Context(), dir, texts...)
			if err != nil || len(texts) != 1 || v.Known != 1 {
				t.Errorf("after renewal: %+v, %v", v, err)
			}
			if _, err := Renew(t.Context(), o, Entry{Actor: "host root", Detail: "again"}); !errors.Is(err, ErrWhole) {
				t.Errorf("a whole one: %v", err)
			}
			fresh := opened(t, o)
			if fresh.Problem() != nil {
				t.Error(fresh.Problem())
			}
		})
	}
}
