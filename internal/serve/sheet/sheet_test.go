package sheet

import (
	"bytes"
	"encoding/csv"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

var (
	columns = []Column{{"Name", 20, Text}, {"Bytes", 10, Number}, {"Seen", 20, Time}, {"Known", 8, Text}}
	noon    = time.Date(2026, 11, 28, 12, 30, 15, 0, time.UTC)
	rows    = [][]any{
		{"plc-1", uint64(1 << 40), noon, true},
		{"=HYPERLINK(\"http://x\")", uint64(0), time.Time{}, false},
		{" +1", nil, noon.In(time.FixedZone("", 7200)), false},
		{"two\nlines, \"quoted\"", 1.5, noon, true},
		{"Größe ＝1", uint64(3), noon, true},
		{"＝1+1", uint64(3), noon, true},
	}
)

func write(t *testing.T, table Table, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if err := table.Row(r...); err != nil {
			t.Fatal(err)
		}
	}
	if err := table.Row(struct{}{}); err == nil {
		t.Error("a cell of no kind is written")
	}
	if err := table.End([]Note{{"Site", "works"}, {"Asked for", "=cmd"}}); err != nil {
		t.Fatal(err)
	}
	table.Discard()
}

func TestCSV(t *testing.T) {
	var b bytes.Buffer
	table, err := NewCSV(&b, columns)
	write(t, table, err)
	text, marked := strings.CutPrefix(b.String(), "\xef\xbb\xbf")
	if !marked || !strings.Contains(text, "\r\n") {
		t.Errorf("no byte order mark, or no CRLF: %q", b.String())
	}
	got, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	want := [][]string{
		{"Name", "Bytes", "Seen (UTC)", "Known"},
		{"plc-1", "1099511627776", "2026-11-28 12:30:15", "yes"},
		{"'=HYPERLINK(\"http://x\")", "0", "", "no"},
		{"' +1", "", "2026-11-28 12:30:15", "no"},
		{"two\nlines, \"quoted\"", "1.5", "2026-11-28 12:30:15", "yes"},
		{"Größe ＝1", "3", "2026-11-28 12:30:15", "yes"},
		{"'＝1+1", "3", "2026-11-28 12:30:15", "yes"},
	}
	if d := cmp.Diff(want, got); err != nil || d != "" {
		t.Error(err, d)
	}
}

func TestXLSX(t *testing.T) {
	dir := t.TempDir()
	var b bytes.Buffer
	table, err := NewXLSX(&b, "Assets", columns, dir)
	write(t, table, err)
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	got, err := f.GetRows("Assets")
	if err != nil || len(got) != len(rows)+1 || got[1][2] != "2026-11-28 12:30:15" || got[2][0] != rows[1][0] {
		t.Errorf("%v %q", err, got)
	}
	if formula, err := f.GetCellFormula("Assets", "A3"); err != nil || formula != "" {
		t.Errorf("a text became the formula %q", formula)
	}
	if kind, err := f.GetCellType("Assets", "A3"); err != nil || kind != excelize.CellTypeInlineString && kind != excelize.CellTypeSharedString {
		t.Errorf("a text is of type %d", kind)
	}
	if raw, err := f.GetCellValue("Assets", "C2", excelize.Options{RawCellValue: true}); err != nil || !strings.HasPrefix(raw, "46354.52") {
		t.Errorf("a time is kept as %q", raw) // days since 1899-12-30
	}
	if p, err := f.GetPanes("Assets"); err != nil || !p.Freeze || p.YSplit != 1 {
		t.Errorf("panes %+v %v", p, err)
	}
	if w, err := f.GetColWidth("Assets", "A"); err != nil || w != 20 {
		t.Errorf("width %v %v", w, err)
	}
	if v, err := f.GetCellValue("About", "B2"); err != nil || v != "=cmd" {
		t.Errorf("%q %v", v, err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

// TestManyRows writes more than memory is meant to hold, and gives up half-way.
func TestManyRows(t *testing.T) {
	dir := t.TempDir()
	table, err := NewXLSX(&bytes.Buffer{}, "Assets", columns, dir)
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("x", 1000)
	for range 20_000 {
		if err := table.Row(long, uint64(1), noon, true); err != nil {
			t.Fatal(err)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) == 0 {
		t.Errorf("20 MB stayed in memory: %v %v", left, err)
	}
	table.Discard()
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}
