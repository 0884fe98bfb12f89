package history

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/parquet-go/parquet-go/format"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// Limits of a segment's parts. What we write stays far below; a damaged file
// must not make us ask for more memory.
const (
	maxFooterBytes = 4 << 20
	maxChunkBytes  = 256 << 20 // one column of one row group, compressed
	maxPageBytes   = 64 << 20  // one page, not compressed
)

// segmentFile is an open segment: its columns are there, its size and its parts
// fit into each other.
//
// Pages are read here and not by parquet-go's own reader, which trusts the
// lengths in a file and panics on some that are damaged; its encodings are used.
type segmentFile struct {
	object
	columns []column
	meta    format.FileMetaData
}

// openSegment opens a segment and checks its footer against the record.
func (a *Archive) openSegment(ctx context.Context, s plant.Segment) (*segmentFile, error) {
	o, err := a.files.open(ctx, s.Path)
	if err != nil {
		return nil, err
	}
	f, err := readFooter(o, s)
	if err != nil {
		o.Close()
		return nil, err
	}
	return f, nil
}

func readFooter(o object, s plant.Segment) (*segmentFile, error) {
	if s.Bytes != 0 && uint64(o.Size()) != s.Bytes {
		return nil, fmt.Errorf("%d bytes, but %d are recorded", o.Size(), s.Bytes)
	}
	f := &segmentFile{object: o, columns: columnsOf(s.Kind)}
	if err := f.readMeta(); err != nil {
		return nil, err
	}
	return f, f.check(s)
}

// readMeta reads the footer and checks nothing of what it says.
func (f *segmentFile) readMeta() error {
	b, err := footerBytes(f)
	if err != nil {
		return err
	}
	n, err := decodeThrift(b, &f.meta)
	if err != nil {
		return fmt.Errorf("footer: %w", err)
	}
	if n != len(b) {
		return errors.New("footer: damaged: bytes are left over")
	}
	return nil
}

func footerBytes(o object) ([]byte, error) {
	const least = 4 + 4 + 4 // "PAR1", the footer's length, "PAR1"
	if o.Size() < least {
		return nil, fmt.Errorf("no Parquet file: %d bytes", o.Size())
	}
	var tail [8]byte
	if err := readFull(o, tail[:], o.Size()-8); err != nil {
		return nil, err
	}
	n := int64(binary.LittleEndian.Uint32(tail[:]))
	if string(tail[4:]) != "PAR1" || n > o.Size()-least || n > maxFooterBytes {
		return nil, errors.New("no Parquet file: its end is damaged")
	}
	b := make([]byte, n)
	return b, readFull(o, b, o.Size()-8-n)
}

// readFull fills b from the file at that place.
func readFull(r io.ReaderAt, b []byte, at int64) error {
	n, err := r.ReadAt(b, at)
	if n == len(b) {
		return nil
	}
	if err == nil || err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("read %d bytes at %d: %w", len(b), at, err)
}

func columnsOf(k plant.SegmentKind) []column {
	if k == plant.SegmentOperations {
		return operationColumns()
	}
	return conversationColumns()
}

// check holds that the file has our columns, and the record's site, kind, step.
func (f *segmentFile) check(s plant.Segment) error {
	if v := f.note("bulkhead.schema"); v != strconv.Itoa(SchemaVersion) {
		return fmt.Errorf("it has columns of version %q, and this program reads version %d", v, SchemaVersion)
	}
	for _, n := range []struct{ key, want string }{{"kind", string(s.Kind)}, {"site", s.Site}, {"step", string(s.Step)}} {
		if got := f.note("bulkhead." + n.key); got != n.want {
			return fmt.Errorf("its %s is %q, but %q is recorded", n.key, got, n.want)
		}
	}
	if len(f.meta.Schema) != len(f.columns)+1 {
		return fmt.Errorf("damaged: %d columns", len(f.meta.Schema)-1)
	}
	for i, c := range f.columns {
		e := &f.meta.Schema[i+1]
		if e.Name != c.name || !e.Type.Valid || e.Type.V != c.shape.physical() || !e.RepetitionType.Valid || e.RepetitionType.V != format.Required {
			return fmt.Errorf("damaged: column %q", e.Name)
		}
	}
	return f.checkGroups()
}

func (f *segmentFile) checkGroups() error {
	var rows int64
	place := int64(len("PAR1")) // chunks lie side by side from there on
	for i := range f.meta.RowGroups {
		g := &f.meta.RowGroups[i]
		if g.NumRows <= 0 || g.NumRows > rowGroupRows || len(g.Columns) != len(f.columns) {
			return fmt.Errorf("damaged: row group %d of %d rows", i, g.NumRows)
		}
		rows += g.NumRows
		for j := range g.Columns {
			m := &g.Columns[j].MetaData
			at, size := chunkRange(m)
			if at != place || size <= 0 || size > maxChunkBytes || at > f.Size()-size ||
				m.Codec != format.Zstd || m.Type != f.columns[j].shape.physical() || m.NumValues != g.NumRows {
				return fmt.Errorf("damaged: column %q of row group %d", f.columns[j].name, i)
			}
			place += size
		}
	}
	if rows != f.meta.NumRows {
		return fmt.Errorf("damaged: %d rows of %d", rows, f.meta.NumRows)
	}
	return nil
}

// note is a value that the file says of itself.
func (f *segmentFile) note(key string) string {
	for i := range f.meta.KeyValueMetadata {
		if kv := &f.meta.KeyValueMetadata[i]; kv.Key == key {
			return kv.Value
		}
	}
	return ""
}

// chunkRange is where the pages of a column of a row group are in the file.
func chunkRange(m *format.ColumnMetaData) (at, size int64) {
	at = m.DataPageOffset
	if m.DictionaryPageOffset != 0 {
		at = m.DictionaryPageOffset
	}
	return at, m.TotalCompressedSize
}

// physical is the type of a column's values in the file.
func (s shape) physical() format.Type {
	return [noShapes]format.Type{format.Int64, format.ByteArray, format.Int32, format.Boolean}[s]
}

// encoding is how the values of a column's data pages are written.
func (s shape) encoding() format.Encoding {
	return [noShapes]format.Encoding{format.DeltaBinaryPacked, format.RLEDictionary, format.RLEDictionary, format.Plain}[s]
}
