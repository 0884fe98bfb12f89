package history

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"

	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go/encoding/delta"
	"github.com/parquet-go/parquet-go/encoding/rle"
	"github.com/parquet-go/parquet-go/format"
)

// vector is a stretch of one column. Integers, numbers and truths (0 or 1) are
// in ints; texts are places in words, so that a text is looked at once for a
// whole row group.
type vector struct {
	ints  []int64
	ids   []int32
	words []string
}

// chunkReader reads columns of row groups. Its buffers are used again.
type chunkReader struct {
	zstd  *zstd.Decoder
	chunk []byte // pages as they are in the file
	plain []byte // one page, not compressed
	ids   []int32
	ints  []int64
	nums  []int64 // dictionary of a column of numbers
}

// newDecompressor makes the decoder of pages. It writes no more than the room it
// is given, whatever a page says.
func newDecompressor() (*zstd.Decoder, error) {
	return zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecodeAllCapLimit(true), zstd.WithDecoderMaxMemory(maxPageBytes))
}

// errPage is what is wrong with a page that does not fit its column.
var errPage = errors.New("damaged: a page does not fit its column")

// read reads rows [from, to) of column i of a row group into v. Pages outside of
// it are passed over.
func (r *chunkReader) read(f *segmentFile, g *format.RowGroup, i, from, to int, v *vector) (err error) {
	defer func() {
		// The encodings of parquet-go index by what they read. The checksum
		// stands before them, so this is a page that was made to be wrong.
		if p := recover(); p != nil {
			err = fmt.Errorf("damaged: %v", p)
		}
		if err != nil {
			err = fmt.Errorf("column %q: %w", f.columns[i].name, err)
		}
	}()
	at, size := chunkRange(&g.Columns[i].MetaData)
	r.chunk = grow(r.chunk, int(size))
	if err := readFull(f, r.chunk, at); err != nil {
		return err
	}
	*v = vector{v.ints[:0], v.ids[:0], v.words[:0]}
	return r.pages(f.columns[i].shape, int(g.NumRows), from, to, v)
}

// pages goes through the pages of a chunk.
func (r *chunkReader) pages(s shape, rows, from, to int, v *vector) error {
	rest, first, dictionary := r.chunk, 0, s == integer || s == truth
	for len(rest) > 0 {
		var h format.PageHeader
		n, err := decodeThrift(rest, &h)
		if err != nil {
			return err
		}
		body := rest[n:]
		if h.CompressedPageSize < 0 || int(h.CompressedPageSize) > len(body) || h.UncompressedPageSize < 0 || h.UncompressedPageSize > maxPageBytes {
			return errPage
		}
		body, rest = body[:h.CompressedPageSize], body[h.CompressedPageSize:]
		switch {
		case h.Type == format.DictionaryPage && !dictionary && first == 0:
			dictionary = true
			err = r.dictionary(s, &h, body, rows, v)
		case h.Type == format.DataPageV2 && dictionary && h.DataPageHeaderV2.Valid:
			first, err = r.data(s, &h, body, page{first, rows, from, to}, v)
		default:
			err = errPage
		}
		if err != nil {
			return err
		}
	}
	if first != rows {
		return fmt.Errorf("damaged: %d rows of %d", first, rows)
	}
	return nil
}

// page says which rows a data page begins with, and which are asked for.
type page struct{ first, rows, from, to int }

// data reads one data page and returns the row that the next begins with.
func (r *chunkReader) data(s shape, h *format.PageHeader, body []byte, p page, v *vector) (int, error) {
	d := &h.DataPageHeaderV2.V
	n := int(d.NumValues)
	if n <= 0 || n > p.rows-p.first || d.NumRows != d.NumValues || d.NumNulls != 0 || d.Encoding != s.encoding() ||
		d.DefinitionLevelsByteLength != 0 || d.RepetitionLevelsByteLength != 0 {
		return 0, errPage
	}
	next := p.first + n
	lo, hi := max(p.from, p.first)-p.first, min(p.to, next)-p.first
	if lo >= hi {
		return next, nil
	}
	b, err := r.unpack(h, body, !d.IsCompressed.Valid || d.IsCompressed.V)
	if err != nil {
		return 0, err
	}
	switch s {
	case integer:
		return next, r.integers(b, n, lo, hi, v)
	case truth:
		return next, truths(b, n, lo, hi, v)
	}
	return next, r.indexes(s, b, n, lo, hi, v)
}

// unpack checks a page's sum and decompresses it.
func (r *chunkReader) unpack(h *format.PageHeader, body []byte, compressed bool) ([]byte, error) {
	if crc32.ChecksumIEEE(body) != uint32(h.CRC) {
		return nil, errors.New("damaged: the checksum of a page is wrong")
	}
	if !compressed {
		return body, nil
	}
	r.plain = grow(r.plain, int(h.UncompressedPageSize))
	b, err := r.zstd.DecodeAll(body, r.plain[:0:h.UncompressedPageSize])
	if err != nil {
		return nil, fmt.Errorf("damaged: decompress a page: %w", err)
	}
	if len(b) != int(h.UncompressedPageSize) {
		return nil, errPage
	}
	return b, nil
}

// dictionary reads the dictionary page of a column.
func (r *chunkReader) dictionary(s shape, h *format.PageHeader, body []byte, rows int, v *vector) error {
	d := &h.DictionaryPageHeader
	n := int(d.V.NumValues)
	if !d.Valid || d.V.Encoding != format.Plain || n <= 0 || n > rows {
		return errPage
	}
	b, err := r.unpack(h, body, true)
	if err != nil {
		return err
	}
	if s == number {
		return r.numbers(b, n)
	}
	all := string(b) // one allocation for all words
	for range n {
		if len(b) < 4 {
			return errPage
		}
		size := binary.LittleEndian.Uint32(b)
		if uint64(size) > uint64(len(b)-4) {
			return errPage
		}
		at := len(all) - len(b) + 4
		v.words = append(v.words, all[at:at+int(size)])
		b = b[4+size:]
	}
	if len(b) != 0 {
		return errPage
	}
	return nil
}

func (r *chunkReader) numbers(b []byte, n int) error {
	if len(b) != 4*n {
		return errPage
	}
	r.nums = r.nums[:0]
	for ; len(b) > 0; b = b[4:] {
		r.nums = append(r.nums, int64(int32(binary.LittleEndian.Uint32(b))))
	}
	return nil
}

// integers reads n integers written as differences, and keeps [lo, hi).
func (r *chunkReader) integers(b []byte, n, lo, hi int, v *vector) error {
	if !deltaHolds(b, n) {
		return errPage
	}
	var err error
	r.ints, err = new(delta.BinaryPackedEncoding).DecodeInt64(r.ints[:0], b)
	if err != nil || len(r.ints) != n {
		return errors.Join(errPage, err)
	}
	v.ints = append(v.ints, r.ints[lo:hi]...)
	return nil
}

// deltaHolds reports whether a page of differences says that it has n values, in
// blocks of the common sizes.
func deltaHolds(b []byte, n int) bool {
	block, k := binary.Uvarint(b)
	if k <= 0 {
		return false
	}
	b = b[k:]
	parts, k := binary.Uvarint(b)
	if k <= 0 {
		return false
	}
	total, k := binary.Uvarint(b[k:])
	return k > 0 && total == uint64(n) && parts > 0 && parts <= 32 && block > 0 && block <= 4096 && block%parts == 0 && block/parts%32 == 0
}

// truths reads n bits and keeps [lo, hi) as 0 and 1.
func truths(b []byte, n, lo, hi int, v *vector) error {
	if len(b) != (n+7)/8 {
		return errPage
	}
	for i := lo; i < hi; i++ {
		v.ints = append(v.ints, int64(b[i/8]>>(i%8)&1))
	}
	return nil
}

// indexes reads n places in the dictionary and keeps [lo, hi).
func (r *chunkReader) indexes(s shape, b []byte, n, lo, hi int, v *vector) error {
	if len(b) == 0 || b[0] > 32 || !runsHold(b[1:], int(b[0]), n) {
		return errPage
	}
	var err error
	r.ids, err = (&rle.Encoding{BitWidth: int(b[0])}).DecodeInt32(r.ids[:0], b[1:])
	if err != nil || len(r.ids) < n {
		return errors.Join(errPage, err)
	}
	size := len(v.words)
	if s == number {
		size = len(r.nums)
	}
	for _, id := range r.ids[lo:hi] {
		if uint(id) >= uint(size) {
			return errPage
		}
	}
	if s == words {
		v.ids = append(v.ids, r.ids[lo:hi]...)
		return nil
	}
	for _, id := range r.ids[lo:hi] {
		v.ints = append(v.ints, r.nums[id])
	}
	return nil
}

// runsHold reports whether the runs of a page come to n values, give or take the
// padding of the last, and to the bytes that are there.
func runsHold(b []byte, bits, n int) bool {
	left := n
	for len(b) > 0 {
		u, k := binary.Uvarint(b)
		if k <= 0 || u>>1 > uint64(n) {
			return false
		}
		values, bytes := int(u>>1), (bits+7)/8
		if u&1 != 0 { // groups of 8, packed
			values, bytes = 8*values, values*bits
		}
		if left -= values; left < -7 || bytes > len(b)-k {
			return false
		}
		b = b[k+bytes:]
	}
	return left <= 0
}

// grow is b with length n.
func grow(b []byte, n int) []byte {
	if cap(b) < n {
		return make([]byte, n)
	}
	return b[:n]
}
