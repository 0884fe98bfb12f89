package api

import (
	"bytes"
	"context"
	"encoding/csv"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
)

// table is an export read back, with its header.
func table(t *testing.T, s *Server, target string) [][]string {
	t.Helper()
	r := ask(t, s, http.MethodGet, base+target, nil)
	if r.status != http.StatusOK || !strings.HasPrefix(r.header.Get("Content-Disposition"), "attachment; filename=") {
		t.Fatalf("%s: %d %q %s", target, r.status, r.header.Get("Content-Disposition"), r.body)
	}
	if r.header.Get("Content-Type") == mediaXLSX {
		f, err := excelize.OpenReader(bytes.NewReader(r.body))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		rows, err := f.GetRows(f.GetSheetName(0))
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(r.body, []byte("\xef\xbb\xbf")))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// TestExports holds that a table has the rows of the list with the same filter,
// in its order, over several pages.
func TestExports(t *testing.T) {
	const n = 2350
	p := fill(t, n, Options{Scratch: t.TempDir(), Version: "7"})
	p.seal(t, clock.Add(-3*time.Hour), 2)
	hour := "from=" + clock.Add(-4*time.Hour).Format(time.RFC3339) + "&to=" + clock.Add(-time.Hour).Format(time.RFC3339)
	for _, c := range []struct {
		name, table, list, first string
		column                   int
	}{
		{"assets", "/export/assets?", "/assets?limit=1000", "unit-00000", 0},
		{"assets backwards", "/export/assets?sort=-name", "/assets?limit=1000", "unit-02349", 0},
		{"assets of a vendor", "/export/assets?vendor=Beckhoff&sort=name", "/assets?limit=1000&vendor=Beckhoff", "unit-00003", 0},
		{"findings", "/export/findings?", "/findings?", "high", 0},
		{"conversations", "/export/conversations?protocol=http", "/conversations?limit=1000&protocol=http", "unit-02349", 0},
		{"conversations of some hours", "/export/conversations?protocol=http&" + hour, "/conversations?limit=1000&protocol=http&" + hour, "unit-02349", 0},
		{"writes", "/export/operations?kind=write&sort=first_seen", "/operations?limit=1000&kind=write", "Write Multiple Registers", 7},
		{"writes of some hours", "/export/operations?kind=write&" + hour, "/operations?limit=1000&kind=write&" + hour, "Write Multiple Registers", 7},
	} {
		for _, format := range []string{"csv", "xlsx"} {
			t.Run(c.name+" "+format, func(t *testing.T) {
				rows := table(t, p.Server, c.table+"&format="+format)
				all, _ := walk[map[string]any](t, p.Server, base+c.list)
				if len(rows) != len(all)+1 || len(all) == 0 {
					t.Fatalf("%d rows and a list of %d", len(rows)-1, len(all))
				}
				if rows[1][c.column] != c.first {
					t.Errorf("the first row is %q", rows[1])
				}
			})
		}
	}
	if rows := table(t, p.Server, "/export/changes?since="+clock.Add(-time.Hour).Format(time.RFC3339)); len(rows) != n+1 || rows[1][2] != "asset" {
		t.Errorf("%d changes, the first %q", len(rows)-1, rows[1])
	}
	r := ask(t, p.Server, http.MethodGet, base+"/export/assets?format=xlsx&vendor=Siemens", nil)
	f, err := excelize.OpenReader(bytes.NewReader(r.body))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	about, err := f.GetRows("About")
	if err != nil || len(about) != 8 || about[1][1] != "all" || about[2][1] != "vendor=Siemens" || about[5][1] != "anna" || about[6][1] != "Bulkhead 7" {
		t.Errorf("%q %v", about, err)
	}
	for _, bad := range []string{"/export/assets?format=pdf", "/export/assets?vendr=x", "/export/conversations?peer=a00001", "/export/assets?q=" + strings.Repeat("x+", 20)} {
		if got := ask(t, p.Server, http.MethodGet, base+bad, nil); got.status != 422 || got.header.Get("Content-Disposition") != "" {
			t.Errorf("%s: %d", bad, got.status)
		}
	}
	if left, err := os.ReadDir(p.opt.Scratch); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

// leaving is a store whose client goes away while the second page is read.
type leaving struct {
	Store
	leave func()
	asked int
}

func (l *leaving) Assets(ctx context.Context, f store.AssetFilter, p store.Page) (store.List[store.AssetItem], error) {
	if l.asked++; l.asked == 2 {
		l.leave()
	}
	return l.Store.Assets(ctx, f, p)
}

func TestExportEndsWithItsClient(t *testing.T) {
	p := fill(t, 3100, Options{Limits: Limits{Exports: 1, Wait: time.Millisecond}})
	ctx, leave := context.WithCancel(t.Context())
	l := &leaving{Store: p.db, leave: leave}
	p.store = l
	r := httptest.NewRequestWithContext(ctx, http.MethodGet, base+"/export/assets", nil)
	r.Host = "localhost"
	func() {
		defer func() {
			if e := recover(); e != nil && e != http.ErrAbortHandler {
				panic(e)
			}
		}()
		p.Handler().ServeHTTP(httptest.NewRecorder(), r)
	}()
	if l.asked != 2 {
		t.Errorf("%d pages were read for nobody", l.asked)
	}
	if p.exports.taken() != 0 {
		t.Error("its turn was not given back")
	}
	done, err := p.exports.take(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	if got := ask(t, p.Server, http.MethodGet, base+"/export/assets", nil); got.status != http.StatusServiceUnavailable || got.header.Get("Retry-After") == "" {
		t.Errorf("one too many: %d", got.status)
	}
}
