package ledger

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
)

// Query says which records are meant; all that is given must hold.
type Query struct {
	// Before leaves out this record and all after it; 0 is from the newest.
	Before int64
	Actor  string // the identifier or the name
	Act    string
	Limit  int // 100 if it is 0, at most 1,000
}

// Page are records, the newest first.
type Page struct {
	Records []Record
	// Next is the Before of the page after this one, 0 on the last.
	Next int64
	// Size is how many records the ledger has.
	Size int64
}

// maxLook bounds how many records are looked at for one page.
const maxLook = 50_000

// Records are those that a query means. With a filter that few records pass a
// page may come short, or empty with a Next: there it goes on.
func (l *Ledger) Records(ctx context.Context, q Query) (Page, error) {
	if q.Limit <= 0 {
		q.Limit = 100
	}
	q.Limit = min(q.Limit, 1000)
	marks, end, size, err := l.extent()
	if err != nil {
		return Page{}, fmt.Errorf("list the ledger: %w", err)
	}
	p := Page{Size: size}
	looked := 0
	for i := l.startBlock(q, marks, size); i >= 0; i-- {
		if err := ctx.Err(); err != nil {
			return p, fmt.Errorf("list the ledger: %w", err)
		}
		to := end
		if i+1 < len(marks) {
			to = marks[i+1]
		}
		list, err := l.block(marks[i], to)
		if err != nil {
			return p, fmt.Errorf("list the ledger: %w", err)
		}
		for _, r := range slices.Backward(list) {
			if q.Before > 0 && r.Index >= q.Before {
				continue
			}
			if looked++; len(p.Records) == q.Limit || looked > maxLook {
				p.Next = r.Index + 1
				return p, nil
			}
			if q.takes(&r) {
				p.Records = append(p.Records, r)
			}
		}
	}
	return p, nil
}

// startBlock is the last block that can hold what a query means. In a ledger of
// which lines were taken away they do not stand where their number says.
func (l *Ledger) startBlock(q Query, marks []int64, size int64) int {
	last := len(marks) - 1
	if q.Before > 0 && q.Before <= size && l.problem.Load() == nil {
		return min(last, int((q.Before-1)/markEvery))
	}
	return last
}

func (q *Query) takes(r *Record) bool {
	return (q.Actor == "" || q.Actor == r.Actor || q.Actor == r.Name) && (q.Act == "" || q.Act == r.Act)
}

// extent is what there is to read. What another process added counts.
func (l *Ledger) extent() (marks []int64, end, size int64, err error) {
	l.commit.Lock()
	defer l.commit.Unlock()
	info, err := l.records.Stat()
	if err == nil && info.Size() > l.end && l.broken == nil {
		release, err := lockFile(l.lock)
		if err != nil {
			return nil, 0, 0, err
		}
		err = l.catchUp()
		release()
		if err != nil {
			return nil, 0, 0, err
		}
	}
	return l.marks, l.end, l.tree.n, err
}

// block reads the records of a stretch. A line that is none is left out: Verify
// tells of it.
func (l *Ledger) block(from, to int64) (list []Record, err error) {
	r := newLineReader(io.NewSectionReader(l.records, 0, to), from)
	for {
		b, err := r.next()
		if err == io.EOF || errors.Is(err, errTorn) {
			return list, nil
		}
		if err != nil {
			return nil, err
		}
		if rec, err := decode(b); err == nil {
			list = append(list, rec)
		}
	}
}
