package ledger

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// start reads what is there and makes it fit to be continued. An error that is
// a Damage means that it cannot be.
func (l *Ledger) start(ctx context.Context) error {
	l.commit.Lock()
	release, err := lockFile(l.lock)
	if err != nil {
		l.commit.Unlock()
		return err
	}
	torn, err := l.restore(ctx)
	release()
	l.commit.Unlock()
	if err != nil || torn == "" {
		return err
	}
	l.o.Log.Warn("the ledger's last record was not written to its end", "cut", torn)
	_, err = l.Append(ctx, Entry{Act: ActHeal, Outcome: Done, Actor: program, Detail: torn})
	if errors.Is(err, ErrFull) {
		return nil // it was logged; there may be room tomorrow
	}
	return err
}

func (l *Ledger) restore(ctx context.Context) (torn string, err error) {
	if err := l.readCheckpoints(); err != nil {
		return "", err
	}
	anchors, err := l.anchors(ctx)
	if err != nil {
		return "", err
	}
	known := roots{l.last.Size: {}}
	for _, a := range anchors {
		known[a.Size] = tlog.Hash{}
	}
	s, err := l.scan(known)
	if err != nil {
		return "", err
	}
	if s.damage == nil && l.tree.n < l.last.Size {
		s.damage = &Damage{l.tree.n, l.lines + 1, fmt.Sprintf("it is missing, with all after it up to record %d", l.last.Size-1)}
	}
	if s.damage == nil && known[l.last.Size] != l.last.Root {
		i := s.hashes.firstWrong()
		s.damage = &Damage{i, i + 1, "it is not the record that was signed"}
	}
	if s.damage != nil {
		return "", l.carryOn(s.damage, anchors)
	}
	for _, a := range anchors {
		if a.Size > l.tree.n || known[a.Size] != a.Root {
			return "", rolledBack(a, l.tree.n)
		}
	}
	if err := l.mend(s); err != nil {
		return "", err
	}
	return s.torn, nil
}

func rolledBack(a Checkpoint, n int64) *Damage {
	if a.Size > n {
		return &Damage{n, n + 1, fmt.Sprintf("it is missing, with all after it up to record %d: the store has a checkpoint of %d records", a.Size-1, a.Size)}
	}
	return &Damage{What: fmt.Sprintf("the first %d records are not those of the checkpoint in the store", a.Size)}
}

// readCheckpoints finds the last checkpoint that is signed by our key. One that
// was not written to its end is cut off.
func (l *Ledger) readCheckpoints() error {
	info, err := l.checkpoints.Stat()
	if err != nil {
		return err
	}
	// The last stands in the last few kB, unless somebody filled them.
	from := max(0, info.Size()-64<<10)
	b := make([]byte, info.Size()-from)
	if _, err := l.checkpoints.ReadAt(b, from); err != nil && err != io.EOF {
		return err
	}
	begin := l.verifier.Name() + "\n"
	for end := len(b); end > 0; {
		i := strings.LastIndex(string(b[:end]), begin)
		if i < 0 {
			break
		}
		piece := b[i:end]
		if texts, _ := splitCheckpoints(piece); len(texts) > 0 {
			if c, err := openCheckpoint(texts[0], l.verifier); err == nil {
				l.last, l.noted = c, from+int64(i+len(texts[0]))
				if l.noted < info.Size() {
					return l.checkpoints.Truncate(l.noted)
				}
				return nil
			}
		}
		end = i
	}
	return &Damage{What: "no checkpoint of it is signed by its key"}
}

// anchors are the checkpoints of this ledger in the store. One of another
// ledger is a problem: its folder went away.
func (l *Ledger) anchors(ctx context.Context) (ours []Checkpoint, err error) {
	if l.o.Anchor == nil {
		return nil, nil
	}
	texts, err := l.o.Anchor.LedgerCheckpoints(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the ledger's checkpoint in the store: %w", err)
	}
	for _, text := range texts {
		c, err := openCheckpoint(text, l.verifier)
		switch {
		case err == nil:
			ours = append(ours, c)
		case errors.Is(err, ErrForeign):
			l.problem.CompareAndSwap(nil, gone(c))
		default:
			l.problem.CompareAndSwap(nil, &Damage{What: "the ledger's checkpoint in the store is none"})
		}
	}
	return ours, nil
}

func gone(c Checkpoint) *Damage {
	name, _, _ := strings.Cut(c.Text, "\n")
	return &Damage{What: fmt.Sprintf("the ledger %s with %d records is not here any more: the store has a checkpoint of it", name, c.Size)}
}

// scanned is what a walk through all records found.
type scanned struct {
	damage *Damage
	torn   string // what was cut off
	hashes *hashStream
}

// scan walks through all records and builds the tree. What comes after the last
// checkpoint and is no record was not written to its end.
func (l *Ledger) scan(known roots) (s scanned, err error) {
	s.hashes = newHashStream(l.hashes)
	r := newLineReader(l.records, 0)
	for {
		at := r.at
		b, err := r.next()
		if err == io.EOF {
			break
		}
		if err != nil && !errors.Is(err, errTorn) {
			return s, err
		}
		if err == nil && l.tree.n < l.last.Size {
			// A record whose hash is the stored one need not be looked into: the
			// root shows whether it is right.
			tree := l.tree.clone()
			if s.hashes.match(tree.add(tlog.RecordHash(b))) {
				l.mark(at)
				l.tree = tree
				known.note(&l.tree)
				continue
			}
		}
		var rec Record
		if err == nil {
			rec, err = decode(b)
		}
		if err != nil || rec.Index != l.tree.n {
			if l.tree.n < l.last.Size {
				s.damage = &Damage{l.tree.n, l.lines + 1, misplaced(&rec, l.tree.n, err)}
				return s, nil
			}
			l.end = at
			s.torn, err = l.cut(at)
			return s, err
		}
		l.mark(at)
		if fresh := l.tree.add(tlog.RecordHash(b)); l.tree.n > l.last.Size {
			s.hashes.match(fresh) // those before were held against it above
		}
		known.note(&l.tree)
	}
	l.end = r.at
	return s, nil
}

// misplaced says what is wrong with a line where record i should be.
func misplaced(r *Record, i int64, err error) string {
	switch {
	case err != nil:
		return "it was changed: " + err.Error()
	case r.Index > i:
		return fmt.Sprintf("it is missing here: record %d stands in its line", r.Index)
	default:
		return fmt.Sprintf("record %d stands in its line", r.Index)
	}
}

// mark remembers where each 64th line begins.
func (l *Ledger) mark(at int64) {
	if l.lines%markEvery == 0 {
		l.marks = append(l.marks, at)
	}
	l.lines++
}

const markEvery = 64

// cut takes away what was not written to its end.
func (l *Ledger) cut(at int64) (string, error) {
	info, err := l.records.Stat()
	if err != nil {
		return "", err
	}
	h := sha256.New()
	n, err := io.Copy(h, io.NewSectionReader(l.records, at, info.Size()-at))
	if err != nil {
		return "", fmt.Errorf("read the records: %w", err)
	}
	if err := l.records.Truncate(at); err != nil {
		return "", fmt.Errorf("cut off an unfinished record: %w", err)
	}
	l.end = at
	return fmt.Sprintf("%d bytes that were not written to their end were cut off after record %d; SHA-256 %x", n, l.tree.n-1, h.Sum(nil)), nil
}

// mend writes hashes and the checkpoint that a crash left out.
func (l *Ledger) mend(s scanned) error {
	if want := tlog.StoredHashCount(l.tree.n); s.hashes.wrong || s.hashes.right != want {
		if err := l.rewriteHashes(); err != nil {
			return err
		}
	} else if err := l.hashes.Truncate(want * tlog.HashSize); err != nil {
		return err
	}
	if l.tree.n > l.last.Size {
		return l.note()
	}
	return nil
}

// rewriteHashes writes all hashes anew from the records, which the checkpoint
// has shown to be right.
func (l *Ledger) rewriteHashes() error {
	if err := l.hashes.Truncate(0); err != nil {
		return err
	}
	var tree frontier
	var buffer []byte
	at := int64(0)
	flush := func() error {
		n, err := l.hashes.WriteAt(buffer, at)
		at += int64(n)
		buffer = buffer[:0]
		return err
	}
	for r := newLineReader(l.records, 0); ; {
		b, err := r.next()
		if err == io.EOF {
			return flush()
		}
		if err != nil {
			return err
		}
		for _, h := range tree.add(tlog.RecordHash(b)) {
			buffer = append(buffer, h[:]...)
		}
		if len(buffer) >= 64<<10 {
			if err := flush(); err != nil {
				return err
			}
		}
	}
}

// carryOn continues a ledger of which a record was changed, where the stored
// hashes still lead to the last checkpoint.
func (l *Ledger) carryOn(d *Damage, anchors []Checkpoint) error {
	stored := hashReader(l.hashes)
	root, err := tlog.TreeHash(l.last.Size, stored)
	if err != nil || root != l.last.Root {
		return d
	}
	for _, a := range anchors {
		if a.Size > l.last.Size {
			return rolledBack(a, l.last.Size)
		}
		if root, err := tlog.TreeHash(a.Size, stored); err != nil || root != a.Root {
			return d
		}
	}
	if l.tree, err = frontierAt(l.last.Size, stored); err != nil {
		return d
	}
	info, err := l.records.Stat()
	if err != nil {
		return err
	}
	if l.end, err = l.closeLine(info.Size()); err != nil {
		return err
	}
	if err := l.markAll(); err != nil {
		return err
	}
	l.problem.Store(d)
	l.o.Log.Error("the ledger was changed", "damage", d)
	return l.hashes.Truncate(tlog.StoredHashCount(l.last.Size) * tlog.HashSize)
}

// closeLine makes sure that the next record begins a line.
func (l *Ledger) closeLine(size int64) (int64, error) {
	if size == 0 {
		return 0, nil
	}
	var last [1]byte
	if _, err := l.records.ReadAt(last[:], size-1); err != nil {
		return 0, err
	}
	if last[0] == '\n' {
		return size, nil
	}
	n, err := l.records.WriteAt([]byte{'\n'}, size)
	return size + int64(n), err
}

// markAll marks the lines of a file whose lines are not all records.
func (l *Ledger) markAll() error {
	l.marks, l.lines = nil, 0
	at := int64(0)
	buffer := make([]byte, 64<<10)
	fresh := true
	for at < l.end {
		n, err := l.records.ReadAt(buffer[:min(int64(len(buffer)), l.end-at)], at)
		for i, c := range buffer[:n] {
			if fresh {
				l.mark(at + int64(i))
			}
			fresh = c == '\n'
		}
		at += int64(n)
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if n == 0 {
			break
		}
	}
	return nil
}

// stamp is the finest time that a record tells.
const stamp = time.Microsecond
