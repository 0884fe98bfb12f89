package ledger

import (
	"context"
	"errors"
	"fmt"
	"io"

	"golang.org/x/mod/sumdb/tlog"
)

// Bounds of appending.
const (
	// maxQueue is how many acts may wait for one another.
	maxQueue = 1024
	// reserve is the room that is taken on disk before an act is let begin, so
	// that its outcome can be written though the disk is full by then.
	reserve = 256 << 10
	// chunk is how much room is taken at once.
	chunk = 1 << 20
)

// waiter is one act that is to be recorded.
type waiter struct {
	entry  Entry
	record Record
	err    error
	done   bool
}

// Append records an act and returns when it is on disk; acts that come at once
// share one write. ErrFull and ErrDamaged mean that nothing was recorded and the
// act must not be done. An Asked is refused while there is no room for its
// outcome as well.
func (l *Ledger) Append(ctx context.Context, e Entry) (Record, error) {
	if err := ctx.Err(); err != nil && e.Outcome == Asked {
		return Record{}, fmt.Errorf("record an act: %w", err)
	}
	e.clean()
	w := &waiter{entry: e}
	l.waiting.Lock()
	if len(l.queue) >= maxQueue {
		l.waiting.Unlock()
		return Record{}, fmt.Errorf("record an act: %w", ErrBusy)
	}
	l.queue = append(l.queue, w)
	l.waiting.Unlock()

	l.commit.Lock()
	defer l.commit.Unlock()
	if !w.done { // whoever came first wrote for all who waited
		l.flush()
	}
	if w.err != nil {
		return Record{}, fmt.Errorf("record an act: %w", w.err)
	}
	return w.record, nil
}

// flush writes what waits. l.commit is held.
func (l *Ledger) flush() {
	l.waiting.Lock()
	batch := l.queue
	l.queue = nil
	l.waiting.Unlock()
	err := l.write(batch)
	for _, w := range batch {
		if w.done = true; w.err == nil {
			w.err = err
		}
	}
	if err == nil {
		select {
		case l.changed <- struct{}{}:
		default:
		}
	}
}

// write records a batch: the records are synced first, then the checkpoint.
// Hashes are not synced, since they can be made of the records.
func (l *Ledger) write(batch []*waiter) error {
	if l.broken != nil {
		return l.broken
	}
	release, err := lockFile(l.lock)
	if err != nil {
		return err
	}
	defer release()
	if err := l.catchUp(); err != nil {
		return err
	}
	lines, tree, hashes, err := l.compose(batch, l.makeRoom())
	if err != nil || len(lines) == 0 {
		return err
	}
	if _, err := l.records.WriteAt(lines, l.end); err != nil {
		return full(errors.Join(err, l.takeBack()))
	}
	if err := syncData(l.records); err != nil {
		// What of it is on disk is not known, and a second sync would not say.
		l.broken = fmt.Errorf("%w: %w", ErrDamaged, err)
		return errors.Join(l.broken, l.takeBack())
	}
	at := l.end
	for i, b := 0, lines; i < len(b); {
		l.mark(at + int64(i))
		for b[i] != '\n' {
			i++
		}
		i++
	}
	l.end += int64(len(lines))
	l.tree = tree
	l.behind = append(l.behind, hashes...)
	if err := l.note(); err != nil {
		// The records are on disk, and the next checkpoint covers them.
		l.o.Log.Warn("write the ledger's checkpoint", "error", err)
	}
	return nil
}

// takeBack cuts off what was written of records that are refused.
func (l *Ledger) takeBack() error {
	l.room = 0
	return l.records.Truncate(l.end)
}

// compose writes the lines of a batch. Without room those that ask to begin
// something are refused.
func (l *Ledger) compose(batch []*waiter, roomErr error) (lines []byte, tree frontier, hashes []tlog.Hash, err error) {
	tree = l.tree.clone()
	now := l.o.Now().UTC().Truncate(stamp)
	for _, w := range batch {
		if roomErr != nil && (w.entry.Outcome == Asked || w.entry.Outcome == Read) {
			w.err = roomErr
			continue
		}
		w.record = Record{Index: tree.n, At: now, Entry: w.entry}
		b, err := encode(&w.record)
		if err == nil {
			_, err = decode(b) // what cannot be read back must not be written
		}
		if err != nil {
			w.err = err
			continue
		}
		hashes = append(hashes, tree.add(tlog.RecordHash(b))...)
		lines = append(append(lines, b...), '\n')
	}
	return lines, tree, hashes, nil
}

// makeRoom takes room on disk ahead.
func (l *Ledger) makeRoom() error {
	if l.room-l.end >= reserve {
		return nil
	}
	for _, n := range []int64{chunk, reserve} {
		err := allocate(l.records, l.end, n)
		if err == nil {
			l.room = l.end + n
			return nil
		}
		if err = full(err); !errors.Is(err, ErrFull) {
			return err
		}
	}
	return ErrFull
}

// note writes hashes and a checkpoint of what the records are.
func (l *Ledger) note() error {
	if len(l.behind) > 0 {
		b := make([]byte, 0, len(l.behind)*tlog.HashSize)
		for _, h := range l.behind {
			b = append(b, h[:]...)
		}
		at := (tlog.StoredHashCount(l.tree.n) - int64(len(l.behind))) * tlog.HashSize
		if _, err := l.hashes.WriteAt(b, at); err != nil {
			return err
		}
		l.behind = l.behind[:0]
	}
	c, err := sign(l.tree.n, l.tree.root(), l.signer)
	if err != nil {
		return err
	}
	if _, err := l.checkpoints.WriteAt([]byte(c.Text), l.noted); err != nil {
		return errors.Join(err, l.checkpoints.Truncate(l.noted))
	}
	l.noted += int64(len(c.Text))
	l.last = c
	return syncData(l.checkpoints)
}

// catchUp reads what another process added, and heals what it left unfinished
// when it was killed. The lock is held.
func (l *Ledger) catchUp() error {
	info, err := l.records.Stat()
	if err != nil {
		return err
	}
	if info.Size() == l.end {
		return nil
	}
	if info.Size() < l.end {
		l.broken = ErrDamaged
		l.problem.Store(&Damage{What: fmt.Sprintf("records of it were taken away while it was in use: %d bytes are left of %d", info.Size(), l.end)})
		return l.broken
	}
	r := newLineReader(l.records, l.end)
	for {
		at := r.at
		b, err := r.next()
		if err == io.EOF {
			break
		}
		if err != nil && !errors.Is(err, errTorn) {
			return err
		}
		var rec Record
		if err == nil {
			rec, err = decode(b)
		}
		if err != nil || rec.Index != l.tree.n {
			torn, err := l.cut(at)
			if err != nil {
				return err
			}
			l.o.Log.Warn("another process left a record of the ledger unfinished", "cut", torn)
			break
		}
		l.mark(at)
		l.behind = append(l.behind, l.tree.add(tlog.RecordHash(b))...)
		l.end = r.at
	}
	l.room = 0
	if info, err = l.checkpoints.Stat(); err != nil {
		return err
	}
	l.noted = info.Size()
	return nil
}
