package sheet

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

const byteOrderMark = "\ufeff"

type csvTable struct {
	buf *bufio.Writer
	w   *csv.Writer
	row []string
}

func newCSV(w io.Writer, columns []Column) (*csvTable, error) {
	buf := bufio.NewWriterSize(w, 64<<10)
	if _, err := buf.WriteString(byteOrderMark); err != nil {
		return nil, err
	}
	t := &csvTable{buf: buf, w: csv.NewWriter(buf)}
	t.w.UseCRLF = true // RFC 4180 section 2.1
	for _, c := range columns {
		name := c.Name
		if c.Kind == Time {
			name += " (UTC)"
		}
		t.row = append(t.row, name)
	}
	return t, t.w.Write(t.row)
}

// Row writes one row.
func (t *csvTable) Row(cells ...any) error {
	t.row = t.row[:0]
	for _, c := range cells {
		switch c := c.(type) {
		case nil:
			t.row = append(t.row, "")
		case string:
			t.row = append(t.row, harmless(c))
		case uint64:
			t.row = append(t.row, strconv.FormatUint(c, 10))
		case float64:
			t.row = append(t.row, strconv.FormatFloat(c, 'g', -1, 64))
		case bool:
			t.row = append(t.row, yesNo(c))
		case time.Time:
			t.row = append(t.row, timeOf(c))
		default:
			return fmt.Errorf("write a table: a cell cannot be %T", c)
		}
	}
	return t.w.Write(t.row)
}

// End writes what is left.
func (t *csvTable) End([]Note) error {
	t.w.Flush()
	if err := t.w.Error(); err != nil {
		return err
	}
	return t.buf.Flush()
}

// Discard has nothing to give up.
func (t *csvTable) Discard() {}

// Room is without end.
func (t *csvTable) Room() int { return 0 }

// harmless is a text that no spreadsheet takes for a formula or for part of
// one (OWASP, CSV injection). Blanks before it do not keep them from it.
func harmless(s string) string {
	if rest := strings.TrimLeft(s, " \u00a0"); rest != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", firstRune(rest)) {
		return "'" + s
	}
	return s
}

func firstRune(s string) rune {
	for _, r := range s {
		return r
	}
	return 0
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
