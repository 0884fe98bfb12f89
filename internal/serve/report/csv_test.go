package report

import (
	"bytes"
	"encoding/csv"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

func readTable(t *testing.T, dir, name string) []map[string]string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Count(b, []byte("\n")) == 0 || !bytes.Contains(b, []byte("\r\n")) {
		t.Errorf("%s does not end its lines with CRLF", name)
	}
	r := csv.NewReader(bytes.NewReader(b))
	rows, err := r.ReadAll() // every row as long as the header
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	var list []map[string]string
	for _, row := range rows[1:] {
		m := map[string]string{}
		for i, cell := range row {
			m[rows[0][i]] = cell
		}
		list = append(list, m)
	}
	return list
}

func TestTablesHoldEverything(t *testing.T) {
	p := smallPlant()
	dir := filepath.Join(t.TempDir(), "deep", "tables")
	if err := CSV(dir, p.source()); err != nil {
		t.Fatal(err)
	}
	for name, rows := range map[string]int{"assets.csv": 16, "modules.csv": 1, "facts.csv": 15, "conversations.csv": 14, "messages.csv": 22, "findings.csv": 4} {
		if got := len(readTable(t, dir, name)); got != rows {
			t.Errorf("%s has %d rows, want %d", name, got, rows)
		}
	}
	first := readTable(t, dir, "assets.csv")[0]
	for column, want := range map[string]string{"id": "a0000", "names": "filler-plc", "ips": "10.20.2.11", "order_number": "6ES7 315-2EH14-0AB0", "level": "1", "first_seen": "2026-03-02T06:00:00Z"} {
		if first[column] != want {
			t.Errorf("%s is %q, want %q", column, first[column], want)
		}
	}
	talk := readTable(t, dir, "conversations.csv")[3]
	if talk["client_asset"] != "a0013" || talk["server"] != "10.20.2.11" || talk["packet"] != "4" || talk["capture"] != "/captures/monday.pcapng" {
		t.Errorf("conversation %v", talk)
	}
	if names := readTable(t, dir, "assets.csv")[12]["names"]; names != hostile {
		t.Errorf("a name came back as %q", names)
	}
	left, err := filepath.Glob(filepath.Join(dir, ".bulkhead-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("temporary files stayed: %v %v", left, err)
	}
}

func TestCellsAreNoFormulas(t *testing.T) {
	tests := []struct{ cell, want string }{
		{"=1+1", "'=1+1"},
		{"+49 30", "'+49 30"},
		{"-2+3", "'-2+3"},
		{"@SUM(A1)", "'@SUM(A1)"},
		{"\t=1", "'\t=1"},
		{"\r=1", "'\r=1"},
		{"plc-1", "plc-1"},
		{"a=b", "a=b"},
		{"", ""},
	}
	for _, test := range tests {
		if got := harmless(test.cell); got != test.want {
			t.Errorf("harmless(%q) = %q, want %q", test.cell, got, test.want)
		}
	}
}

func TestNamesWithEverythingSurvive(t *testing.T) {
	p := &testPlant{}
	names := []string{`a,b`, `he said "no"`, "two\nlines", "=cmd|' /C calc'!A0", "Größe 日本"}
	for i, n := range names {
		p.add(n, "10.0.0."+strconv.Itoa(i+1), plant.RolePC, plant.SideIT, 4)
	}
	dir := t.TempDir()
	if err := CSV(dir, p.source()); err != nil {
		t.Fatal(err)
	}
	for i, row := range readTable(t, dir, "assets.csv") {
		if got := strings.TrimPrefix(row["names"], "'"); got != names[i] {
			t.Errorf("name %q came back as %q", names[i], got)
		}
	}
}

// TestOldTablesStay holds that a run that fails leaves the tables of the one
// before.
func TestOldTablesStay(t *testing.T) {
	dir := t.TempDir()
	if err := CSV(dir, smallPlant().source()); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(filepath.Join(dir, "assets.csv"))
	if err != nil {
		t.Fatal(err)
	}
	all := &tables{dir: dir, source: largePlant(50).source()}
	all.assets()
	all.open[0].file.Close() // what a disk that goes away does
	if err := all.publish(); err == nil || !strings.Contains(err.Error(), dir) {
		t.Errorf("error %v, want one that names the folder", err)
	}
	all.discard()
	after, err := os.ReadFile(filepath.Join(dir, "assets.csv"))
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("the old table changed (%v)", err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".bulkhead-*")); len(left) > 0 {
		t.Errorf("temporary files stayed: %v", left)
	}
}

func TestFolderThatCannotBeMade(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := CSV(filepath.Join(file, "tables"), smallPlant().source()); err == nil || !strings.Contains(err.Error(), "make the folder for the tables") {
		t.Errorf("error %v", err)
	}
}
