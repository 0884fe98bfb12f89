package api

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bulkhead-ot/bulkhead/internal/keep/ledger"
	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/serve/account"
)

// newLedger is an empty ledger on disk.
func newLedger(t testing.TB) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Open(context.Background(), ledger.Options{Dir: filepath.Join(t.TempDir(), "ledger"), Now: func() time.Time { return clock }, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// traces are the records from an index on, oldest first, in short.
func traces(t testing.TB, l Ledger, from int64) (list []string) {
	t.Helper()
	p, err := l.Records(t.Context(), ledger.Query{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range p.Records {
		if r.Index >= from {
			list = append([]string{strings.TrimSpace(fmt.Sprintf("%s %s %d %s %s", r.Act, r.Outcome, r.Status, r.From, r.Object))}, list...)
		}
	}
	return list
}

func TestEveryChangeIsRecorded(t *testing.T) {
	l := newLedger(t)
	im := &importer{jobs: map[string]store.Capture{"c9": {ID: "c9", State: store.CaptureQueued}}}
	p := fill(t, 10, Options{Importer: im, Packets: &cutter{data: []byte("packets")}, Uploads: t.TempDir(), Ledger: l})
	const good = `{"minute_days":2,"hour_days":30,"day_days":365,"max_bytes":0}`
	for _, c := range []struct {
		name, method, path, body string
		header                   []string
		want                     []string
	}{
		{"a change", "PUT", "/history/retention", good, nil, []string{
			"setRetention asked 0 192.0.2.1 /api/v1/history/retention", "setRetention done 200 192.0.2.1 /api/v1/history/retention",
		}},
		{"one that makes no sense", "PUT", "/history/retention", `{"minute_days":2}`, nil, []string{
			"setRetention asked 0 192.0.2.1 /api/v1/history/retention", "setRetention refused 422 192.0.2.1 /api/v1/history/retention",
		}},
		{"one that is not possible", "DELETE", "/captures/none", "", nil, []string{
			"cancelCapture asked 0 192.0.2.1 /api/v1/captures/none", "cancelCapture refused 404 192.0.2.1 /api/v1/captures/none",
		}},
		{"a page of another site", "DELETE", "/captures/c9", "", []string{"Sec-Fetch-Site", "cross-site", "Origin", "https://attacker.example"}, []string{
			"cancelCapture refused 403 192.0.2.1 /api/v1/captures/c9",
		}},
		{"the same again is added up", "DELETE", "/captures/c9", "", []string{"Sec-Fetch-Site", "cross-site", "Origin", "https://attacker.example"}, nil},
		{"another host's name", "DELETE", "/captures/c9", "", []string{"Host", "attacker.example"}, []string{"cancelCapture refused 421 192.0.2.1 /api/v1/captures/c9"}},
		{"a look", "GET", "/assets", "", nil, nil},
		{"a look at packets", "GET", "/packets?sensor=line-1&number=1", "", nil, []string{"packets read 0 192.0.2.1 /api/v1/packets"}},
		{"a look at the ledger", "GET", "/ledger", "", nil, []string{"ledger read 0 192.0.2.1 /api/v1/ledger"}},
		{"another one", "GET", "/ledger?limit=5", "", nil, nil},
		{"no such path", "POST", "/nothing", "", nil, nil},
		{"no such method", "POST", "/assets", "", nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			from := l.Checkpoint().Size
			ask(t, p.Server, c.method, base+c.path, strings.NewReader(c.body), append(c.header, "Content-Type", "application/json")...)
			if d := cmp.Diff(c.want, traces(t, l, from)); d != "" {
				t.Errorf("the ledger (-want +got):\n%s", d)
			}
		})
	}
	due := p.folds.due(clock.Add(time.Hour), false)
	n := int64(0)
	for _, e := range due {
		n += e.Count
	}
	if len(due) != 2 || n != 2 {
		t.Errorf("added up: %+v", due)
	}
}

func TestARecordNamesWhoAndWhat(t *testing.T) {
	l := newLedger(t)
	s := bare(t, Options{Ledger: l})
	tr := &trace{server: s, act: "setOwner", path: "/api/v1/x", from: "10.0.0.9"}
	ctx := context.WithValue(t.Context(), traceKey{}, tr)
	if err := asks(ctx, caller{Account: "a1", Name: "anna", Token: "t7", Via: "token"}); err != nil {
		t.Fatal(err)
	}
	remark(ctx, "line-2", "owner bernd → anna")
	s.outcome(ctx, tr, http.StatusOK)
	s.outcome(ctx, tr, http.StatusInternalServerError) // once only
	p, err := l.Records(t.Context(), ledger.Query{})
	if err != nil {
		t.Fatal(err)
	}
	want := ledger.Entry{Act: "setOwner", Outcome: ledger.Done, Status: 200, Of: 1, Actor: "a1", Name: "anna", Token: "t7", Via: "token", From: "10.0.0.9", Object: "line-2", Detail: "owner bernd → anna"}
	if p.Size != 3 || p.Records[0].Entry != want || p.Records[1].Outcome != ledger.Asked {
		t.Errorf("%+v", p.Records)
	}
}

// fullLedger cannot record.
type fullLedger struct{ *ledger.Ledger }

func (f fullLedger) Append(context.Context, ledger.Entry) (ledger.Record, error) {
	return ledger.Record{}, fmt.Errorf("record an act: %w", ledger.ErrFull)
}

func TestWhatCannotBeRecordedIsNotDone(t *testing.T) {
	cut := &cutter{data: []byte("packets")}
	p := fill(t, 10, Options{Packets: cut, Ledger: fullLedger{newLedger(t)}})
	for _, c := range []struct{ method, path, body string }{
		{"PUT", "/history/retention", `{"minute_days":2,"hour_days":30,"day_days":365,"max_bytes":0}`},
		{"GET", "/packets?sensor=line-1&number=1", ""},
		{"GET", "/ledger", ""},
		{"GET", "/ledger", ""}, // one that was not recorded does not stand for those after it
	} {
		got := ask(t, p.Server, c.method, base+c.path, strings.NewReader(c.body), "Content-Type", "application/json")
		if got.status != http.StatusInsufficientStorage || !strings.Contains(string(got.body), "not done") {
			t.Errorf("%s %s: %d %s", c.method, c.path, got.status, got.body)
		}
	}
	if r := getJSON[Settings](t, p.Server, base+"/settings").Retention; r.MinuteDays != 7 {
		t.Errorf("it was changed all the same: %+v", r)
	}
	if len(cut.asks) != 0 {
		t.Error("packets were cut")
	}
}

// TestLooksAtTheLedgerAreAddedUp holds that a look after the minute is recorded
// anew and that those of the minute before are not lost.
func TestLooksAtTheLedgerAreAddedUp(t *testing.T) {
	now := clock
	l := newLedger(t)
	s := bare(t, Options{Ledger: l, Now: func() time.Time { return now }})
	for _, after := range []time.Duration{0, time.Second, foldTime} {
		now = clock.Add(after)
		if got := ask(t, s, "GET", base+"/ledger", nil); got.status != http.StatusOK {
			t.Fatalf("%d %s", got.status, got.body)
		}
	}
	p, err := l.Records(t.Context(), ledger.Query{Act: "ledger"})
	if err != nil {
		t.Fatal(err)
	}
	looks := int64(0)
	for _, r := range p.Records {
		looks += max(r.Count, 1)
	}
	if looks != 3 || len(p.Records) != 3 {
		t.Errorf("%d of 3 looks are recorded: %+v", looks, p.Records)
	}
}

// TestASignInThroughAProviderThatFailsIsRecorded tries one that was not begun
// here. The browser is sent back to the page for signing in, which is no success.
func TestASignInThroughAProviderThatFailsIsRecorded(t *testing.T) {
	db := openStore(t)
	a, err := account.New(account.Options{Store: db, Providers: []account.Provider{{ID: "works", Issuer: "https://login.example"}}})
	if err != nil {
		t.Fatal(err)
	}
	l := newLedger(t)
	s := bare(t, Options{Store: db, Accounts: a, Ledger: l})
	from := l.Checkpoint().Size
	got := ask(t, s, "GET", base+"/signin/oidc/works/callback?state=x&code=y", nil, "Sec-Fetch-Site", "cross-site")
	if got.status != http.StatusSeeOther || got.header.Get("Location") != "/signin?failed=oidc" {
		t.Errorf("%d %v", got.status, got.header)
	}
	if d := cmp.Diff([]string{"finishOIDC refused 303 192.0.2.1 /api/v1/signin/oidc/works/callback"}, traces(t, l, from)); d != "" {
		t.Errorf("the ledger (-want +got):\n%s", d)
	}
}

func TestAFloodIsAddedUp(t *testing.T) {
	var f folds
	fresh := 0
	for i := range 100_000 {
		e := ledger.Entry{Act: "signIn", Outcome: ledger.Refused, Status: 401, From: fmt.Sprintf("2001:db8:%x:%x::%x", i%7, i/5000, i%0xffff)}
		if _, ok := f.add(e, clock); ok {
			fresh++
		}
	}
	sum := int64(fresh)
	for _, e := range f.due(clock.Add(foldTime), false) {
		sum += e.Count
	}
	if fresh > maxFolds+1 || sum != 100_000 || len(f.rows) != 0 {
		t.Errorf("%d recorded at once, %d in all, %d rows left", fresh, sum, len(f.rows))
	}
	if fresh != 140 {
		t.Errorf("%d sources told apart, not the 140 networks of 64 bits", fresh)
	}
}
