package sheet

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/xuri/excelize/v2"
)

// maxRows is what a worksheet has room for, the header and all.
const maxRows = excelize.TotalRows

const notesSheet = "About"

type xlsxTable struct {
	w       io.Writer
	file    *excelize.File
	sheet   string
	stream  *excelize.StreamWriter
	columns []Column
	time    int // style
	bold    int
	rows    int
	cells   []any
}

func newXLSX(w io.Writer, name string, columns []Column, tmp string) (_ *xlsxTable, err error) {
	t := &xlsxTable{w: w, file: excelize.NewFile(excelize.Options{TmpDir: tmp}), sheet: name, columns: columns}
	defer func() {
		if err != nil {
			t.Discard()
		}
	}()
	if err = t.file.SetSheetName("Sheet1", name); err != nil {
		return nil, err
	}
	format := "yyyy-mm-dd hh:mm:ss"
	if t.time, err = t.file.NewStyle(&excelize.Style{CustomNumFmt: &format}); err != nil {
		return nil, err
	}
	if t.bold, err = t.file.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}}); err != nil {
		return nil, err
	}
	if t.stream, err = t.file.NewStreamWriter(name); err != nil {
		return nil, err
	}
	return t, t.head()
}

// head sets what comes before the rows of a worksheet, and the header.
func (t *xlsxTable) head() error {
	for i, c := range t.columns {
		if err := t.stream.SetColWidth(i+1, i+1, max(c.Width, 8)); err != nil {
			return err
		}
	}
	if err := t.stream.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	names := make([]any, len(t.columns))
	for i, c := range t.columns {
		name := c.Name
		if c.Kind == Time {
			name += " (UTC)"
		}
		names[i] = excelize.Cell{StyleID: t.bold, Value: name}
	}
	return t.put(names)
}

func (t *xlsxTable) put(cells []any) error {
	t.rows++
	at, err := excelize.CoordinatesToCellName(1, t.rows)
	if err != nil {
		return err
	}
	return t.stream.SetRow(at, cells)
}

// Room is what a worksheet holds besides the header.
func (t *xlsxTable) Room() int { return maxRows - 1 }

// Row writes one row.
func (t *xlsxTable) Row(cells ...any) error {
	if t.rows >= maxRows {
		return errors.New("write a table: a worksheet has no room for more rows")
	}
	t.cells = t.cells[:0]
	for _, c := range cells {
		switch c := c.(type) {
		case nil, string, uint64, float64:
			t.cells = append(t.cells, c)
		case bool:
			t.cells = append(t.cells, yesNo(c))
		case time.Time:
			t.cells = append(t.cells, t.timeCell(c))
		default:
			return fmt.Errorf("write a table: a cell cannot be %T", c)
		}
	}
	return t.put(t.cells)
}

func (t *xlsxTable) timeCell(at time.Time) any {
	if at.IsZero() {
		return nil
	}
	return excelize.Cell{StyleID: t.time, Value: at.UTC().Truncate(time.Second)}
}

// End adds the filter and the sheet with notes, and sends the file.
func (t *xlsxTable) End(notes []Note) error {
	defer t.Discard()
	if err := t.stream.Flush(); err != nil {
		return err
	}
	last, err := excelize.CoordinatesToCellName(len(t.columns), t.rows)
	if err != nil {
		return err
	}
	if err := t.file.AutoFilter(t.sheet, "A1:"+last, nil); err != nil {
		return err
	}
	if err := t.note(notes); err != nil {
		return err
	}
	_, err = t.file.WriteTo(t.w)
	return err
}

func (t *xlsxTable) note(notes []Note) error {
	if _, err := t.file.NewSheet(notesSheet); err != nil {
		return err
	}
	if err := t.file.SetColWidth(notesSheet, "A", "A", 18); err != nil {
		return err
	}
	if err := t.file.SetColWidth(notesSheet, "B", "B", 80); err != nil {
		return err
	}
	for i, n := range notes {
		for column, text := range map[string]string{"A": n.Name, "B": n.Value} {
			if err := t.file.SetCellStr(notesSheet, fmt.Sprint(column, i+1), text); err != nil {
				return err
			}
		}
	}
	return nil
}

// Discard removes the temporary file.
func (t *xlsxTable) Discard() {
	if t.file != nil {
		t.file.Close() // removes the temporary file; nothing is left to write
		t.file = nil
	}
}
