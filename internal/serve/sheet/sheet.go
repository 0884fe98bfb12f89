// Package sheet writes tables for spreadsheets as they are made: CSV (RFC 4180,
// UTF-8 with a byte order mark, without which Excel takes it for Latin-1) and
// XLSX (ECMA-376).
//
// It knows nothing of a plant. Rows go out as they come and are not kept, so
// that a table of any length takes the same memory; XLSX passes through a
// temporary file, since its parts have to be whole before they are packed.
//
// Texts may come from the network, where anybody can choose a name. In CSV a
// text that a spreadsheet would take for a formula gets an apostrophe; in XLSX
// a text is marked as text and is none.
package sheet

import (
	"io"
	"time"
)

// Kind is what the cells of a column are.
type Kind uint8

// Kinds. A cell is given as string, uint64, float64, bool or time.Time and is
// nil where there is nothing; a zero time is nothing, too.
const (
	Text Kind = iota
	Number
	Time // to the second, in UTC
)

// Column is one column of a table.
type Column struct {
	Name  string
	Width float64 // in characters; XLSX only
	Kind  Kind
}

// Note is a line of the sheet that says what the table is; XLSX only.
type Note struct{ Name, Value string }

// Table is what is written to. End must be called after the last row.
type Table interface {
	// Row writes one row with as many cells as there are columns.
	Row(cells ...any) error
	// End completes the file.
	End(notes []Note) error
	// Discard gives up what the table holds on to; after End it does nothing.
	Discard()
	// Room is how many rows there can be, 0 for any number.
	Room() int
}

// layout is how times are written where cells have no type. Spreadsheets take
// it for a time, which they do not take RFC 3339 for.
const layout = "2006-01-02 15:04:05"

// timeOf is a time as text.
func timeOf(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(layout)
}

// NewCSV writes a table to w.
func NewCSV(w io.Writer, columns []Column) (Table, error) { return newCSV(w, columns) }

// NewXLSX writes a table to w when it ends. What does not fit into memory goes
// to a file in the folder tmp until then.
func NewXLSX(w io.Writer, name string, columns []Column, tmp string) (Table, error) {
	return newXLSX(w, name, columns, tmp)
}
