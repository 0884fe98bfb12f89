package history

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"slices"
	"sort"
	"time"

	"github.com/parquet-go/parquet-go/format"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// block is what a scan hands out: the rows of one row group that were asked for.
// Columns that were not asked for are empty. It is valid during the call only.
type block struct {
	segment *plant.Segment
	columns []vector
	rows    []int32 // places in the columns
}

func (b *block) word(col int, row int32) string {
	v := &b.columns[col]
	return v.words[v.ids[row]]
}

func (b *block) int(col int, row int32) int64   { return b.columns[col].ints[row] }
func (b *block) uint(col int, row int32) uint64 { return uint64(b.columns[col].ints[row]) }

// errStop ends a scan without being an error.
var errStop = errors.New("stop")

// scan reads segments of one kind by column. Bad segments are left out and
// named by the error; each is called for every row group with rows that q asks
// for, with the columns in need and those that the query looks at.
func (a *Archive) scan(ctx context.Context, segments []plant.Segment, kind plant.SegmentKind, q Query, need []int, each func(*block) error) error {
	s := &scanner{archive: a, q: q, kind: kind, need: need, each: each, tests: q.tests(kind)}
	s.b.columns = make([]vector, len(columnsOf(kind)))
	s.r.zstd = a.zstd
	var bad []error
	for _, segment := range inOrder(segments, kind, q) {
		err := s.segment(ctx, segment)
		var stop *stopError
		switch {
		case err == nil:
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.As(err, &stop):
			return errors.Join(append(bad, stop.reason())...)
		default:
			bad = append(bad, &SegmentError{segment.Path, err})
		}
	}
	return errors.Join(bad...)
}

// stopError carries what each returned through the segment's own errors.
type stopError struct{ err error }

func (e *stopError) Error() string { return e.err.Error() }

func (e *stopError) reason() error {
	if e.err == errStop {
		return nil
	}
	return e.err
}

// inOrder is the segments that can have rows for a query, oldest first.
func inOrder(segments []plant.Segment, kind plant.SegmentKind, q Query) []plant.Segment {
	var list []plant.Segment
	for _, s := range segments {
		if s.Kind == kind && (q.Site == "" || q.Site == s.Site) && (q.To.IsZero() || s.From.Before(q.To)) && (q.From.IsZero() || s.To.After(q.From)) {
			list = append(list, s)
		}
	}
	slices.SortFunc(list, func(a, b plant.Segment) int { return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.Path, b.Path)) })
	return list
}

type scanner struct {
	archive *Archive
	q       Query
	kind    plant.SegmentKind
	need    []int
	tests   []test
	each    func(*block) error

	r    chunkReader
	b    block
	read []bool // columns read of this row group
}

func (s *scanner) segment(ctx context.Context, segment plant.Segment) error {
	f, err := s.archive.openSegment(ctx, segment)
	if err != nil {
		return err
	}
	defer f.Close()
	s.b.segment = &segment
	for i := range f.meta.RowGroups {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := s.group(f, &f.meta.RowGroups[i]); err != nil {
			return err
		}
	}
	return nil
}

func (s *scanner) group(f *segmentFile, g *format.RowGroup) error {
	from, to := s.starts()
	if lo, hi, ok := bounds(&g.Columns[colTime].MetaData); ok && (lo >= to || hi < from) {
		return nil
	}
	v := &s.b.columns[colTime]
	if err := s.r.read(f, g, colTime, 0, int(g.NumRows), v); err != nil {
		return err
	}
	if !slices.IsSorted(v.ints) {
		return errors.New("damaged: it is not in order of time")
	}
	first := sort.Search(len(v.ints), func(i int) bool { return v.ints[i] >= from })
	end := sort.Search(len(v.ints), func(i int) bool { return v.ints[i] >= to })
	if first >= end {
		return nil
	}
	v.ints = v.ints[first:end]
	return s.rows(f, g, first, end)
}

// starts is the range of starts that rows asked for have, in milliseconds.
func (s *scanner) starts() (from, to int64) {
	from, to = -1<<63, 1<<63-1
	if !s.q.From.IsZero() {
		from = s.q.From.Add(-Length(s.b.segment.Step)).UnixMilli() + 1
	}
	if !s.q.To.IsZero() {
		to = s.q.To.Add(time.Millisecond - 1).UnixMilli() // up, if it is not whole
	}
	return from, to
}

// bounds is the least and the greatest value of a column of integers, where the
// file says so.
func bounds(m *format.ColumnMetaData) (lo, hi int64, ok bool) {
	if len(m.Statistics.MinValue) != 8 || len(m.Statistics.MaxValue) != 8 {
		return 0, 0, false
	}
	return int64(binary.LittleEndian.Uint64(m.Statistics.MinValue)), int64(binary.LittleEndian.Uint64(m.Statistics.MaxValue)), true
}

// rows reads what the query looks at, leaves rows out, and reads the other
// columns if any row is left.
func (s *scanner) rows(f *segmentFile, g *format.RowGroup, first, end int) error {
	s.b.rows = s.b.rows[:0]
	for i := range int32(end - first) {
		s.b.rows = append(s.b.rows, i)
	}
	s.read = append(s.read[:0], make([]bool, len(f.columns))...)
	s.read[colTime] = true
	load := func(cols []int) error {
		for _, c := range cols {
			if s.read[c] {
				continue
			}
			s.read[c] = true
			if err := s.r.read(f, g, c, first, end, &s.b.columns[c]); err != nil {
				return err
			}
		}
		return nil
	}
	for _, t := range s.tests {
		if err := load(t.columns); err != nil {
			return err
		}
		if t.keep(&s.b); len(s.b.rows) == 0 {
			return nil
		}
	}
	if err := load(s.need); err != nil {
		return err
	}
	err := s.each(&s.b)
	var d damage
	if err != nil && !errors.As(err, &d) {
		return &stopError{err}
	}
	return err
}

// damage is an error of each that is the segment's, so that the scan goes on with
// the next.
type damage struct{ error }

// Unwrap is the error itself.
func (d damage) Unwrap() error { return d.error }
