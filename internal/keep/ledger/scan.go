package ledger

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"golang.org/x/mod/sumdb/tlog"
)

// Damage says which record is not what it was, and why that is known. Line is
// the line of the records file, from 1.
type Damage struct {
	Index, Line int64
	What        string
}

// Error names the record.
func (d *Damage) Error() string {
	if d.Line == 0 {
		return d.What
	}
	return fmt.Sprintf("record %d (line %d): %s", d.Index, d.Line, d.What)
}

// lineReader reads the lines of the records file and knows where each begins.
type lineReader struct {
	r  *bufio.Reader
	at int64 // where the next line begins
}

func newLineReader(r io.ReaderAt, from int64) *lineReader {
	return &lineReader{bufio.NewReaderSize(io.NewSectionReader(r, from, 1<<62), 64<<10), from}
}

// next is a line without its end, io.EOF at the end, and errTorn for one that
// has no end or is longer than any record. It is valid until the next call.
func (l *lineReader) next() ([]byte, error) {
	b, err := l.r.ReadSlice('\n')
	switch {
	case err == io.EOF && len(b) == 0:
		return nil, io.EOF
	case err == io.EOF, errors.Is(err, bufio.ErrBufferFull), err == nil && len(b) > maxLine:
		return nil, errTorn
	case err != nil:
		return nil, fmt.Errorf("read the records: %w", err)
	}
	l.at += int64(len(b))
	return b[:len(b)-1], nil
}

var errTorn = errors.New("it has no end")

// hashStream reads stored hashes in the order in which they were stored.
type hashStream struct {
	r     *bufio.Reader
	right int64 // how many are as they should be, from the first
	wrong bool
}

func newHashStream(r io.ReaderAt) *hashStream {
	return &hashStream{r: bufio.NewReaderSize(io.NewSectionReader(r, 0, 1<<62), 64<<10)}
}

// match reads as many as are given and reports whether all so far are the same.
func (h *hashStream) match(want []tlog.Hash) bool {
	for _, w := range want {
		if h.wrong {
			return false
		}
		var is tlog.Hash
		if _, err := io.ReadFull(h.r, is[:]); err != nil || is != w {
			h.wrong = true
			return false
		}
		h.right++
	}
	return true
}

// firstWrong is the record with which the first hash that is wrong was stored.
func (h *hashStream) firstWrong() int64 {
	level, n := tlog.SplitStoredHashIndex(h.right)
	return (n+1)<<level - 1
}

// roots collects the roots of a growing tree at sizes that are asked for.
type roots map[int64]tlog.Hash

func (r roots) note(f *frontier) {
	if _, asked := r[f.n]; asked {
		r[f.n] = f.root()
	}
}
