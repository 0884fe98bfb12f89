package dissect

import "math/bits"

// rowPool keeps lists of rows that ended conversations left, by the power of two
// of rows that they have room for: conversations grow through the sizes all the
// time.
type rowPool [5][][]operationRow

const (
	firstRows = 2
	maxPooled = 4096 // lists of one size
)

// grow is rows with room for more.
func (p *rowPool) grow(rows []operationRow) []operationRow {
	want := max(2*cap(rows), firstRows)
	size := bits.Len(uint(want)) - 1
	if size >= len(p) {
		return append(make([]operationRow, 0, want), rows...)
	}
	var larger []operationRow
	if n := len(p[size]); n > 0 {
		larger, p[size] = p[size][n-1], p[size][:n-1]
	} else {
		larger = make([]operationRow, 0, want)
	}
	larger = append(larger, rows...)
	p.give(rows)
	return larger
}

// give takes back a list that is used no more.
func (p *rowPool) give(rows []operationRow) {
	size := bits.Len(uint(cap(rows))) - 1
	if size < 1 || size >= len(p) || cap(rows) != 1<<size || len(p[size]) >= maxPooled {
		return
	}
	clear(rows)
	p[size] = append(p[size], rows[:0])
}
