package history

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"iter"
	"strconv"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/zstd"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// MaxBucketRows is how many rows of one step of time are held in memory to be
// sorted and added up, about 300 bytes each. What is above it is written as rows
// of its own: totals stay right, the file gets larger.
const MaxBucketRows = 1 << 17

// rowGroupRows is how many rows a row group has at most. All of it is in memory
// once, encoded, while it is written, and a column of it while it is read.
const rowGroupRows = 1 << 17

// pageBytes is how large a page is before it is compressed: small enough to
// leave most of an hour out when some minutes are asked for.
const pageBytes = 128 << 10

// WriteConversations seals rows into one segment. Rows come in order of Start,
// in any order within the same Start; rows of the same Start, sensor, endpoints,
// transport, port and protocol are added up. The same rows give the same bytes
// and the same path, so that a repeat after a crash writes the same file again.
// After an error (a full disk, a row outside the spec, an error of rows) nothing
// is left behind. No row at all is ErrEmpty.
func (a *Archive) WriteConversations(ctx context.Context, s Spec, rows iter.Seq2[Conversation, error]) (plant.Segment, error) {
	t := newTexts()
	return seal(ctx, a, conversationTable(), s, func(yield func(*conversationRow, error) bool) {
		var r conversationRow
		for c, err := range rows {
			t.conversation(&r, s.Site, &c)
			if !yield(&r, err) {
				return
			}
		}
	})
}

// WriteOperations is WriteConversations for operations; rows of the same Start,
// sensor, verb, endpoints, port and object are added up.
func (a *Archive) WriteOperations(ctx context.Context, s Spec, rows iter.Seq2[Operation, error]) (plant.Segment, error) {
	t := newTexts()
	return seal(ctx, a, operationTable(), s, func(yield func(*operationRow, error) bool) {
		var r operationRow
		for o, err := range rows {
			t.operation(&r, s.Site, &o)
			if !yield(&r, err) {
				return
			}
		}
	})
}

// seal writes one segment: into an unfinished file, to the disk, and then under
// its name.
func seal[R any](ctx context.Context, a *Archive, t table[R], s Spec, rows iter.Seq2[*R, error]) (plant.Segment, error) {
	segment, err := sealed(ctx, a, t, s, rows)
	if err != nil && err != ErrEmpty {
		return plant.Segment{}, fmt.Errorf("seal %s of %s from %s: %w", t.kind, s.Site, s.From.UTC().Format(time.RFC3339), err)
	}
	return segment, err
}

func sealed[R any](ctx context.Context, a *Archive, t table[R], s Spec, rows iter.Seq2[*R, error]) (_ plant.Segment, err error) {
	if err := s.check(); err != nil {
		return plant.Segment{}, err
	}
	u, err := a.unfinished()
	if err != nil {
		return plant.Segment{}, err
	}
	defer u.discard()
	w := newSegmentWriter(t, s, u)
	if err := w.writeAll(ctx, rows); err != nil {
		return plant.Segment{}, err
	}
	if w.rows == 0 {
		return plant.Segment{}, ErrEmpty
	}
	if err := u.finish(); err != nil {
		return plant.Segment{}, err
	}
	segment := w.segment()
	return segment, a.files.put(ctx, u.name, segment.Path)
}

// check says what is wrong with a spec.
func (s Spec) check() error {
	n := Length(s.Step)
	switch {
	case s.Site == "":
		return fmt.Errorf("no site")
	case n == 0:
		return fmt.Errorf("%q is no step", s.Step)
	case !s.From.Before(s.To):
		return fmt.Errorf("it ends at %s, before it begins", s.To.UTC().Format(time.RFC3339))
	case s.From.UnixNano()%int64(n) != 0 || s.To.UnixNano()%int64(n) != 0:
		return fmt.Errorf("its ends are no multiples of a %s", s.Step)
	case !dayOf(s.From).Equal(dayOf(s.To.Add(-1))):
		return fmt.Errorf("it reaches over midnight UTC")
	}
	return nil
}

func dayOf(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) }

// segmentWriter makes the bytes of one segment.
type segmentWriter[R any] struct {
	spec     Spec
	kind     plant.SegmentKind
	step     int64 // in milliseconds
	from, to int64
	bucket   bucket[R]
	buffered *bufio.Writer
	sum      hash.Hash
	size     int64
	rows     uint64
	file     *parquet.GenericWriter[R]
	last     int64
}

func newSegmentWriter[R any](t table[R], s Spec, out io.Writer) *segmentWriter[R] {
	w := &segmentWriter[R]{spec: s, kind: t.kind, step: Length(s.Step).Milliseconds(), from: millis(s.From), to: millis(s.To), sum: sha256.New()}
	w.buffered = bufio.NewWriterSize(writerFunc(func(b []byte) (int, error) {
		n, err := out.Write(b)
		w.sum.Write(b[:n])
		w.size += int64(n)
		return n, err
	}), 64<<10)
	w.file = parquet.NewGenericWriter[R](w.buffered,
		parquet.Compression(&zstd.Codec{Level: zstd.SpeedDefault}),
		parquet.PageBufferSize(pageBytes),
		parquet.MaxRowsPerRowGroup(rowGroupRows),
		parquet.SortingWriterConfig(parquet.SortingColumns(parquet.Ascending("time"))),
		parquet.CreatedBy("bulkhead", strconv.Itoa(SchemaVersion), ""),
		parquet.KeyValueMetadata("bulkhead.schema", strconv.Itoa(SchemaVersion)),
		parquet.KeyValueMetadata("bulkhead.kind", string(t.kind)),
		parquet.KeyValueMetadata("bulkhead.site", s.Site),
		parquet.KeyValueMetadata("bulkhead.step", string(s.Step)),
		parquet.KeyValueMetadata("bulkhead.from", s.From.UTC().Format(time.RFC3339)),
		parquet.KeyValueMetadata("bulkhead.to", s.To.UTC().Format(time.RFC3339)),
	)
	if s.Piece != 0 {
		w.file.SetKeyValueMetadata("bulkhead.piece", strconv.Itoa(s.Piece))
	}
	w.bucket = bucket[R]{table: t, most: MaxBucketRows, out: func(rows []R) error {
		w.rows += uint64(len(rows))
		_, err := w.file.Write(rows)
		return err
	}}
	return w
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }

func (w *segmentWriter[R]) writeAll(ctx context.Context, rows iter.Seq2[*R, error]) error {
	n := 0
	for r, err := range rows {
		if err != nil {
			return err
		}
		if n++; n%4096 == 1 && ctx.Err() != nil {
			return ctx.Err()
		}
		if err := w.push(r); err != nil {
			return err
		}
	}
	if err := w.bucket.flush(); err != nil {
		return err
	}
	if w.rows == 0 {
		return nil
	}
	if err := w.file.Close(); err != nil {
		return err
	}
	return w.buffered.Flush()
}

func (w *segmentWriter[R]) push(r *R) error {
	at := *w.bucket.start(r)
	switch {
	case at < w.from || at >= w.to:
		return fmt.Errorf("a row of %s is outside", fromMillis(at).Format(time.RFC3339))
	case at%w.step != 0:
		return fmt.Errorf("a row begins at %s, within a %s", fromMillis(at).Format(time.RFC3339Nano), w.spec.Step)
	case at < w.last:
		return fmt.Errorf("a row of %s comes after one of %s", fromMillis(at).Format(time.RFC3339), fromMillis(w.last).Format(time.RFC3339))
	}
	w.last = at
	return w.bucket.push(r)
}

// segment is the record of what was written.
func (w *segmentWriter[R]) segment() plant.Segment {
	sum := hex.EncodeToString(w.sum.Sum(nil))
	return plant.Segment{
		Site: w.spec.Site, Kind: w.kind, Step: w.spec.Step,
		From: w.spec.From.UTC(), To: w.spec.To.UTC(),
		Path: segmentPath(w.kind, w.spec, sum),
		Rows: w.rows, Bytes: uint64(w.size), SHA256: sum,
	}
}
