package store

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Rows by the minute are kept packed: all rows of one minute that one Apply
// brought are one value of the database. A steady plant has a row a minute for
// each conversation; as rows of SQL with two indexes they were most of what
// Apply wrote, and reading and removing them again cost more than that.
//
// A pack is a version, the number of rows, and the columns one after the other,
// each with its length before it: signed varints, and texts with their length.
// Rows are in order of what they count, so that the differences between
// neighbours are small.

// packVersion is the first byte of a pack.
const packVersion = 1

// A pack has no more rows and bytes of text than this, so that one value of the
// database stays small.
const (
	packRows  = 4096
	packTexts = 256 << 10
)

// minuteRow is one row by the minute. What it counts is told by counts, in the
// order of the columns of its table.
type minuteRow struct {
	of, sensor       int64 // the total's number, the sensor's number
	at, last, packet int64
	counts           [7]int64
	value            string // of operations
}

// Places in counts.
const (
	countFlags = iota
	countFlows
	countPacketsUp
	countPacketsDown
	countBytesUp
	countBytesDown
	countLost
)

const (
	countRequests = iota
	countResponses
	countAccepted
	countRefused
)

// layout is what a pack's rows have.
type layout struct {
	counts int
	texts  bool
}

// errPack is what is wrong with a pack that nobody here wrote.
var errPack = errors.New("rows by the minute are damaged")

// pack writes rows of one minute. base is when the minute begins.
func (l layout) pack(rows []minuteRow, base int64) []byte {
	b := make([]byte, 0, 16+len(rows)*(12+2*l.counts))
	b = append(b, packVersion)
	b = binary.AppendUvarint(b, uint64(len(rows)))
	var scratch []byte
	column := func(value func(i int) int64) {
		scratch = scratch[:0]
		for i := range rows {
			scratch = binary.AppendVarint(scratch, value(i))
		}
		b = binary.AppendUvarint(b, uint64(len(scratch)))
		b = append(b, scratch...)
	}
	before := func(i int) *minuteRow {
		if i == 0 {
			return &minuteRow{}
		}
		return &rows[i-1]
	}
	column(func(i int) int64 { return rows[i].of - before(i).of })
	column(func(i int) int64 { return rows[i].sensor })
	column(func(i int) int64 { return rows[i].at - base })
	column(func(i int) int64 { return rows[i].last - rows[i].at })
	column(func(i int) int64 { return rows[i].packet - before(i).packet })
	for c := range l.counts {
		column(func(i int) int64 { return rows[i].counts[c] })
	}
	if !l.texts {
		return b
	}
	scratch = scratch[:0]
	for i := range rows {
		scratch = binary.AppendUvarint(scratch, uint64(len(rows[i].value)))
		scratch = append(scratch, rows[i].value...)
	}
	b = binary.AppendUvarint(b, uint64(len(scratch)))
	return append(b, scratch...)
}

// unpack appends the rows of a pack to rows. A pack in which keep, if it is not
// nil, wants no row's total is left out: nearly all of them, where one asset of
// a large plant is asked for.
func (l layout) unpack(b []byte, base int64, rows []minuteRow, keep func(of int64) bool) ([]minuteRow, error) {
	if len(b) == 0 || b[0] != packVersion {
		return rows, fmt.Errorf("a pack of another version: %w", errPack)
	}
	n, k := binary.Uvarint(b[1:])
	if k <= 0 || n > packRows {
		return rows, errPack
	}
	r := unpacker{rest: b[1+k:]}
	if keep != nil {
		look := r
		if wanted := look.anyOf(int(n), keep); !wanted && !look.bad {
			return rows, nil
		}
	}
	first := len(rows)
	rows = append(rows, make([]minuteRow, n)...)
	added := rows[first:]
	r.column(added, func(m *minuteRow, v int64) { m.of = v })
	r.column(added, func(m *minuteRow, v int64) { m.sensor = v })
	r.column(added, func(m *minuteRow, v int64) { m.at = base + v })
	r.column(added, func(m *minuteRow, v int64) { m.last = m.at + v })
	r.column(added, func(m *minuteRow, v int64) { m.packet = v })
	for c := range l.counts {
		r.column(added, func(m *minuteRow, v int64) { m.counts[c] = v })
	}
	if l.texts {
		r.texts(added)
	}
	if r.bad || len(r.rest) != 0 {
		return rows[:first], errPack
	}
	for i := 1; i < len(added); i++ {
		added[i].of += added[i-1].of
		added[i].packet += added[i-1].packet
	}
	return rows, nil
}

// unpacker goes through the columns of a pack. Once something was wrong it
// reads no more.
type unpacker struct {
	rest []byte
	bad  bool
}

// next is the bytes of the next column, of at least n bytes.
func (r *unpacker) next(n int) []byte {
	size, k := binary.Uvarint(r.rest)
	if r.bad = r.bad || k <= 0 || size > uint64(len(r.rest)-k) || size < uint64(n); r.bad {
		return nil
	}
	column := r.rest[k : k+int(size)]
	r.rest = r.rest[k+int(size):]
	return column
}

// anyOf reads the column of totals and tells whether one of them is wanted.
func (r *unpacker) anyOf(n int, keep func(int64) bool) bool {
	column := r.next(n)
	of := int64(0)
	for range n {
		v, k := binary.Varint(column)
		if r.bad = r.bad || k <= 0; r.bad {
			return false
		}
		if of += v; keep(of) {
			return true
		}
		column = column[k:]
	}
	return false
}

func (r *unpacker) column(rows []minuteRow, set func(*minuteRow, int64)) {
	column := r.next(len(rows))
	if r.bad {
		return
	}
	for i := range rows {
		v, k := binary.Varint(column)
		if k <= 0 {
			r.bad = true
			return
		}
		set(&rows[i], v)
		column = column[k:]
	}
	r.bad = len(column) != 0
}

func (r *unpacker) texts(rows []minuteRow) {
	column := r.next(len(rows))
	if r.bad {
		return
	}
	for i := range rows {
		size, k := binary.Uvarint(column)
		if k <= 0 || size > uint64(len(column)-k) {
			r.bad = true
			return
		}
		if size > 0 {
			rows[i].value = string(column[k : k+int(size)])
		}
		column = column[k+int(size):]
	}
	r.bad = len(column) != 0
}
