package ledger

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Verified is what Verify found in a ledger that is whole.
type Verified struct {
	Size  int64      // records that are covered by the last checkpoint
	After int64      // records after it, written a moment ago
	Last  Checkpoint // of the ledger's own
	Known int        // checkpoints from elsewhere that it is consistent with
	Note  string     // something that is not damage, but should be known; "" for nothing
}

// verification is one walk through the files.
type verification struct {
	dir      string
	verifier note.Verifier
	last     Checkpoint
	texts    []string // all checkpoints of the file
	known    []Checkpoint
	roots    roots

	tree      frontier
	lines     int64
	misfit    int64 // the first record whose hash is not the stored one; -1 for none
	hashes    *os.File
	structure *Damage
}

// Verify reads a whole ledger and works out its tree from the records. It holds
// it against the last checkpoint that the ledger's key signed and against those
// that were kept elsewhere: each must be signed by the same key, and the tree of
// its size must have its root. A Damage names the first record that is not what
// it was. It takes no lock, and a ledger may be written to meanwhile.
func Verify(ctx context.Context, dir string, known ...string) (*Verified, error) {
	v := &verification{dir: dir, misfit: -1, roots: roots{}}
	if err := v.open(known); err != nil {
		return nil, err
	}
	defer v.hashes.Close()
	if err := v.walk(ctx); err != nil {
		return nil, err
	}
	if err := v.judge(); err != nil {
		return nil, err
	}
	out := &Verified{Size: v.last.Size, After: v.tree.n - v.last.Size, Last: v.last, Known: len(v.known)}
	if v.misfit >= 0 {
		out.Note = fmt.Sprintf("the stored hash of record %d is wrong, the record is right; the next start of the hub writes the hashes anew", v.misfit)
	}
	return out, nil
}

func (v *verification) open(known []string) (err error) {
	if _, err := os.Stat(filepath.Join(v.dir, recordsName)); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("verify %s: %w", v.dir, ErrNone)
	}
	if v.verifier, err = readVerifier(v.dir); err != nil {
		return fmt.Errorf("verify the ledger: %w", err)
	}
	// Checkpoints first: what they cover is in the records by then.
	b, err := os.ReadFile(filepath.Join(v.dir, checkpointsName))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("verify the ledger: %w", err)
	}
	v.texts, _ = splitCheckpoints(b)
	for i := len(v.texts) - 1; i >= 0 && v.last.Text == ""; i-- {
		if c, err := openCheckpoint(v.texts[i], v.verifier); err == nil {
			v.last = c
		}
	}
	if err := v.take(known); err != nil {
		return err
	}
	if v.last.Text == "" {
		return &Damage{What: "no checkpoint of the ledger is signed by its key"}
	}
	for _, t := range v.texts {
		if c, err := parseCheckpoint(t); err == nil {
			v.roots[c.Size] = tlog.Hash{}
		}
	}
	v.hashes, err = os.OpenFile(filepath.Join(v.dir, hashesName), os.O_RDONLY, 0)
	if errors.Is(err, fs.ErrNotExist) {
		v.hashes, err = os.Open(os.DevNull)
	}
	return err
}

// take adds the checkpoints from elsewhere.
func (v *verification) take(known []string) error {
	for _, text := range known {
		c, err := openCheckpoint(text, v.verifier)
		switch {
		case errors.Is(err, ErrForeign):
			return gone(c)
		case err != nil:
			return err
		}
		v.known = append(v.known, c)
		v.roots[c.Size] = tlog.Hash{}
	}
	return nil
}

func (v *verification) walk(ctx context.Context) error {
	f, err := os.Open(filepath.Join(v.dir, recordsName))
	if err != nil {
		return fmt.Errorf("verify the ledger: %w", err)
	}
	defer f.Close()
	stored := newHashStream(v.hashes)
	r := newLineReader(f, 0)
	for ; ; v.lines++ {
		if v.lines&0xfff == 0 && ctx.Err() != nil {
			return fmt.Errorf("verify the ledger: %w", ctx.Err())
		}
		b, err := r.next()
		if err == io.EOF {
			return nil
		}
		if err != nil && !errors.Is(err, errTorn) {
			return err
		}
		var rec Record
		if err == nil {
			rec, err = decode(b)
		}
		if err != nil || rec.Index != v.tree.n {
			if v.tree.n >= v.last.Size {
				return nil // being written just now, or left so by a crash
			}
			v.structure = v.wrongLine(f, &rec, err)
			return nil
		}
		if !stored.match(v.tree.add(tlog.RecordHash(b))) && v.misfit < 0 {
			v.misfit = rec.Index
		}
		v.roots.note(&v.tree)
	}
}

// wrongLine tells what happened where a line is not the record that belongs
// there: changed, removed, put in, or in another order.
func (v *verification) wrongLine(f io.ReaderAt, rec *Record, err error) *Damage {
	i, line := v.tree.n, v.lines+1
	if err != nil {
		return &Damage{i, line, "it was changed: " + err.Error()}
	}
	if rec.Index < i {
		return &Damage{i, line, fmt.Sprintf("a row was put in before it, or rows were put in another order: record %d stands in its line", rec.Index)}
	}
	r := newLineReader(f, 0)
	for k := int64(1); ; k++ {
		b, err := r.next()
		if err != nil {
			return &Damage{i, line, fmt.Sprintf("it was removed: record %d stands in its line", rec.Index)}
		}
		if k <= line {
			continue
		}
		if x, err := decode(b); err == nil && x.Index == i {
			return &Damage{i, line, fmt.Sprintf("rows were put in another order: record %d stands in its line, and it in line %d", rec.Index, k)}
		}
	}
}

// judge says what the walk found. Where several things are wrong it tells of the
// first record.
func (v *verification) judge() error {
	end := v.structure
	if end == nil && v.tree.n < v.last.Size {
		end = &Damage{v.tree.n, v.lines + 1, fmt.Sprintf("it was removed, with all after it up to record %d", v.last.Size-1)}
	}
	if end != nil {
		if d := v.changed(end.Index); d != nil {
			return d
		}
		return end
	}
	if v.roots[v.last.Size] != v.last.Root {
		if d := v.changed(v.last.Size); d != nil {
			return d
		}
		return span(0, v.last.Size-1)
	}
	for _, c := range v.known {
		if c.Size > v.tree.n {
			return &Damage{v.tree.n, v.lines + 1, fmt.Sprintf("it was removed, with all after it up to record %d: a checkpoint from elsewhere has %d records", c.Size-1, c.Size)}
		}
		if v.roots[c.Size] != c.Root {
			return &Damage{What: fmt.Sprintf("the first %d records are not those of a checkpoint from elsewhere: the ledger was written anew with its own key", c.Size)}
		}
	}
	return nil
}

// changed finds where the records before one leave what was signed, nil if they
// do not. The stored hashes tell the record; where they were written anew as
// well, the checkpoints do: the first with a good signature and another root.
func (v *verification) changed(before int64) *Damage {
	if v.misfit >= 0 && v.misfit < before && v.hashesHold() {
		return &Damage{v.misfit, v.misfit + 1, "it was changed, removed, or another put in: it is not the record that was signed"}
	}
	for i, text := range v.texts {
		c, err := parseCheckpoint(text)
		if err != nil || c.Size > v.tree.n || v.roots[c.Size] == c.Root {
			continue
		}
		if _, err := openCheckpoint(text, v.verifier); err == nil {
			return span(v.goodUpTo(i), c.Size-1)
		}
	}
	return nil
}

// goodUpTo is how many records the last checkpoint before one proves.
func (v *verification) goodUpTo(i int) int64 {
	for j := i - 1; j >= 0; j-- {
		c, err := openCheckpoint(v.texts[j], v.verifier)
		if err == nil && v.roots[c.Size] == c.Root {
			return c.Size
		}
	}
	return 0
}

// hashesHold reports whether the stored hashes lead to the last checkpoint.
func (v *verification) hashesHold() bool {
	root, err := tlog.TreeHash(v.last.Size, hashReader(v.hashes))
	return err == nil && root == v.last.Root
}

func span(low, high int64) *Damage {
	if low == high {
		return &Damage{low, low + 1, "it was changed, removed, or another put in: it is not the record that was signed"}
	}
	return &Damage{low, low + 1, fmt.Sprintf("it, or one of those up to record %d (line %d), was changed, removed, or another put in", high, high+1)}
}

// NameOf is the name of the ledger that a checkpoint is of, "" if it is none.
func NameOf(checkpoint string) string {
	if _, err := parseCheckpoint(checkpoint); err != nil {
		return ""
	}
	name, _, _ := strings.Cut(checkpoint, "\n")
	return name
}
