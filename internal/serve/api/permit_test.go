package api

import (
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/serve/account"
	"github.com/bulkhead-ot/bulkhead/internal/serve/revision"
)

// operations are all routes of the document.
func operations(s *Server) (list []*huma.Operation) {
	for _, item := range s.doc.OpenAPI().Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Delete} {
			if op != nil {
				list = append(list, op)
			}
		}
	}
	return list
}

func (s *Server) ruleOf(op *huma.Operation) *rule { return s.rules[op.Method+" "+op.Path] }

// TestEveryRouteSaysWhereItIsAbout fails for a route of a plant with a thing in
// its path that nobody holds against the sites of whoever asks.
func TestEveryRouteSaysWhereItIsAbout(t *testing.T) {
	s := bare(t, Options{})
	known := map[string]bool{}
	for _, op := range operations(s) {
		known[op.OperationID] = true
		r := s.ruleOf(op)
		if r == nil {
			t.Errorf("%s %s has no rule", op.Method, op.Path)
			continue
		}
		plantOf := r.needs == account.Read || r.needs == account.Operate || r.needs == account.Edit
		hub := []string{"metrics"}
		if plantOf && r.scope == scopeHub && !slices.Contains(hub, op.OperationID) {
			t.Errorf("%s %s (%s) is about a plant, and only those on all sites can use it: give it a site parameter, or put it into things and call s.within in its handler", op.Method, op.Path, op.OperationID)
		}
	}
	for _, list := range [][]string{things, some, fresh, people} {
		for _, id := range list {
			if !known[id] {
				t.Errorf("there is no route %q", id)
			}
		}
	}
}

// TestNobodyAndEveryRole asks every route as nobody and in every role.
func TestNobodyAndEveryRole(t *testing.T) {
	nobody := bare(t, Options{Who: &double{}})
	for _, op := range operations(nobody) {
		got := asks1(nobody, op)
		open := nobody.ruleOf(op).needs == account.Open
		if open == (got == http.StatusUnauthorized) && op.OperationID != "signInPasskey" {
			t.Errorf("nobody asks %s %s: %d", op.Method, op.Path, got)
		}
	}
	for _, role := range []account.Role{account.Viewer, account.Operator, account.Engineer, account.Auditor, account.Administrator, "unknown"} {
		s := bare(t, Options{Who: as(account.Grant{Site: account.Everywhere, Role: role})})
		for _, op := range operations(s) {
			if op.OperationID == "events" {
				continue
			}
			got := asks1(s, op)
			may := s.ruleOf(op).needs == account.Open || s.ruleOf(op).needs == account.Self || role.May(s.ruleOf(op).needs)
			if may == (got == http.StatusForbidden) {
				t.Errorf("a %s asks %s %s: %d", role, op.Method, op.Path, got)
			}
		}
	}
}

// asks1 asks a route once, past the checks of the answer.
func asks1(s *Server, op *huma.Operation) int {
	path := strings.NewReplacer("{id}", "x", "{name}", "x", "{n}", "1").Replace(op.Path)
	defer func() { _ = recover() }() // an empty store has no methods behind most routes
	w := newStatus()
	r := newRequest(op.Method, path)
	s.Handler().ServeHTTP(w, r)
	return w.status
}

type statusWriter struct {
	status int
	header http.Header
}

func newStatus() *statusWriter { return &statusWriter{header: http.Header{}} }

func (s *statusWriter) Header() http.Header         { return s.header }
func (s *statusWriter) Write(b []byte) (int, error) { s.WriteHeader(http.StatusOK); return len(b), nil }

func (s *statusWriter) WriteHeader(status int) {
	if s.status == 0 {
		s.status = status
	}
}

func newRequest(method, path string) *http.Request {
	r, err := http.NewRequest(method, path, strings.NewReader("{}"))
	if err != nil {
		panic(err)
	}
	// There are more routes than a source without a session has turns at once.
	r.Host, r.RemoteAddr = "localhost:8080", fmt.Sprintf("192.0.2.%d:1234", len(path)%64+64*(len(method)%4))
	r.Header.Set("Content-Type", "application/json")
	return r
}

// twoPlants has something of everything on two sites.
func twoPlants(t *testing.T, who Authenticator) *Server {
	t.Helper()
	db := openStore(t)
	for i, site := range []string{"north", "south"} {
		at := clock.Add(-time.Minute)
		b := &plant.Batch{Site: site, Sensor: "line-" + site, Epoch: "e1", Sequence: 1, From: at, To: clock, Made: clock, Conversations: []plant.Conversation{talk(1+i, at)}, Operations: []plant.Operation{asked(1+i, at)}}
		if _, err := db.Apply(t.Context(), []*plant.Batch{b}); err != nil {
			t.Fatal(err)
		}
		a := made(1 + i)
		rows := func(yield func(store.AssetRow) bool) {
			yield(store.AssetRow{Asset: a, Label: a.Names[0], Network: network(1 + i), Endpoints: []plant.Endpoint{endpoint(1 + i)}})
		}
		if _, err := db.SaveInventory(t.Context(), site, clock, rows); err != nil {
			t.Fatal(err)
		}
		if _, err := db.SaveFindings(t.Context(), site, clock, []plant.Finding{{Rule: "r", Level: "low", Title: "T", Why: "W", Assets: []string{a.ID}, Count: 1, First: clock, Last: clock}}); err != nil {
			t.Fatal(err)
		}
		for _, err := range []error{
			db.PutKept(t.Context(), store.Kept{ID: "k-" + site, Site: site, Sensor: "line-" + site}),
			db.PutCapture(t.Context(), store.Capture{ID: "c-" + site, Site: site, State: store.CaptureQueued}),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	im := &importer{jobs: map[string]store.Capture{"c-north": {ID: "c-north", State: store.CaptureQueued}, "c-south": {ID: "c-south", State: store.CaptureQueued}}}
	desk, err := revision.New(revision.Options{Store: db, Now: func() time.Time { return clock }})
	if err != nil {
		t.Fatal(err)
	}
	return bare(t, Options{Store: db, Who: who, Importer: im, Packets: &cutter{data: []byte("packets")}, Curator: &curator{}, Uploads: t.TempDir(), Policy: desk})
}

func TestWhoIsOnOneSiteSeesNothingOfAnother(t *testing.T) {
	s := twoPlants(t, as(account.Grant{Site: "north", Role: account.Engineer}))
	other := twoPlants(t, as(account.Grant{Site: account.Everywhere, Role: account.Administrator}))
	finding := getJSON[List[Finding]](t, other, base+"/findings?site=south").Items[0].ID
	for _, path := range []string{
		"/assets/a00002", "/assets/a00002/peers", "/assets/a00002/operations", "/findings/" + finding, "/captures/c-south", "/packets/kept/k-south",
	} {
		if got := ask(t, s, "GET", base+path, nil); got.status != http.StatusNotFound {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
		if got := ask(t, other, "GET", base+path, nil); got.status != http.StatusOK {
			t.Errorf("%s for one who is on all sites: %d %s", path, got.status, got.body)
		}
	}
	for _, path := range []string{"/assets/a00001", "/assets/a00001/peers", "/assets/a00001/operations", "/captures/c-north", "/packets/kept/k-north"} {
		if got := ask(t, s, "GET", base+path, nil); got.status != http.StatusOK {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
	if got := ask(t, s, "DELETE", base+"/captures/c-south", nil); got.status != http.StatusNotFound {
		t.Errorf("cancelling another site's import: %d", got.status)
	}
	keep := `{"sensor":"line-south","site":"south","number":1}`
	if got := ask(t, s, "POST", base+"/packets/keep", strings.NewReader(keep), "Content-Type", "application/json"); got.status != http.StatusNotFound {
		t.Errorf("keeping another site's packets: %d %s", got.status, got.body)
	}
	merge := `{"assets":["a00001","a00002"],"reason":"x"}`
	split := `{"asset":"a00002","endpoints":[{"mac":"00:1b:1b:01:02:03","ip":"","vlan":0}],"reason":"x"}`
	for path, body := range map[string]string{
		"/assets/merge": merge, "/assets/split": split, "/model/check": `{"site":"south","text":"site: south"}`,
	} {
		if got := ask(t, s, "POST", base+path, strings.NewReader(body), "Content-Type", "application/json"); got.status != http.StatusNotFound {
			t.Errorf("%s of another site: %d %s", path, got.status, got.body)
		}
	}
	// Every list is of the site alone, and says nothing of the other.
	for _, op := range operations(s) {
		rule := s.ruleOf(op)
		if op.Method != http.MethodGet || rule.scope != scopeSite || strings.Contains(op.Path, "{") || op.OperationID == "events" {
			continue
		}
		q := map[string]string{"packets": "sensor=line-north&number=1&"}[op.OperationID]
		for site, want := range map[string]bool{"": true, "north": true, "south": false, "elsewhere": false, "*": false} {
			target := op.Path + "?" + q
			if site != "" {
				target += "site=" + site
			}
			got := ask(t, s, "GET", target, nil)
			if (got.status == http.StatusForbidden) == want {
				t.Errorf("%s: %d %s", target, got.status, got.body)
			}
			if text := string(got.body); strings.Contains(text, "south") || strings.Contains(text, "a00002") {
				t.Errorf("%s tells of another site: %s", target, text)
			}
		}
	}
	for _, path := range []string{"/metrics", base + "/accounts", base + "/ledger"} {
		if got := ask(t, s, "GET", path, nil); got.status != http.StatusForbidden {
			t.Errorf("%s, which is about all sites: %d", path, got.status)
		}
	}
	if got := ask(t, s, "GET", "/readyz", nil); strings.Contains(string(got.body), "store") {
		t.Errorf("/readyz tells: %s", got.body)
	}
	if got := ask(t, s, "GET", base+"/assets?site=north&site=south", nil); got.status < 400 {
		t.Errorf("two sites at once: %d %s", got.status, got.body)
	}
	// The router of the document reads the query in its own way: what it makes of
	// a site must be what was checked.
	for _, q := range []string{"site=%zz&site=north", "site=south;&site=north", "site=north&site=%zz", "site=south%3B%zz&site=north", "%zz=1&site=north"} {
		if got := ask(t, s, "GET", base+"/assets?"+q, nil); got.status < 400 || strings.Contains(string(got.body), "a00002") {
			t.Errorf("%s: %d %s", q, got.status, got.body)
		}
	}
	if got := ask(t, s, "GET", base+"/traffic?asset=a00002", nil); strings.Contains(string(got.body), "modbus") {
		t.Errorf("traffic of another site's asset: %s", got.body)
	}
}

func TestWhoIsOnSeveralSitesNamesOne(t *testing.T) {
	s := twoPlants(t, as(account.Grant{Site: "north", Role: account.Viewer}, account.Grant{Site: "south", Role: account.Engineer}))
	got := ask(t, s, "GET", base+"/assets", nil)
	if got.status != http.StatusUnprocessableEntity || !strings.Contains(string(got.body), `"type":"site"`) || !strings.Contains(string(got.body), "north, south") {
		t.Errorf("%d %s", got.status, got.body)
	}
	for _, site := range []string{"north", "south"} {
		if l := getJSON[List[AssetRow]](t, s, base+"/assets?site="+site); len(l.Items) != 1 || l.Items[0].Site != site {
			t.Errorf("%s: %+v", site, l)
		}
	}
	// What a role may on one site it may not on another.
	if got := ask(t, s, "DELETE", base+"/captures/c-north", nil); got.status != http.StatusNotFound {
		t.Errorf("a viewer cancels: %d", got.status)
	}
	if got := ask(t, s, "DELETE", base+"/captures/c-south", nil); got.status != http.StatusOK {
		t.Errorf("an engineer cancels: %d %s", got.status, got.body)
	}
}

func TestAHandlerThatForgetsTheSiteAnswersNothing(t *testing.T) {
	s := bare(t, Options{Who: as(account.Grant{Site: "north", Role: account.Viewer})})
	raw(s, http.MethodGet, base+"/forgetful", about{"forgetful", "assets", account.Read, "x"}, one[Done], func(w http.ResponseWriter, r *http.Request, _ *noInput) error {
		return writeJSON(w, r, http.StatusOK, Done{true})
	})
	s.rules["GET "+base+"/forgetful"].scope = scopeThing
	if got := ask(t, s, "GET", base+"/forgetful", nil); got.status != http.StatusInternalServerError || strings.Contains(string(got.body), "done") {
		t.Errorf("%d %s", got.status, got.body)
	}
}

func TestActsThatNeedAFreshSignIn(t *testing.T) {
	stale := as(account.Grant{Site: account.Everywhere, Role: account.Administrator})
	stale.who.Fresh = clock
	token := as(account.Grant{Site: account.Everywhere, Role: account.Administrator})
	token.who.Via, token.who.Session, token.who.Token = account.ViaToken, "", "t1"
	for _, id := range fresh {
		for name, who := range map[string]*double{"a sign-in of an hour ago": stale, "a token": token} {
			s := bare(t, Options{Who: who})
			for _, op := range operations(s) {
				if op.OperationID == id && asks1(s, op) != http.StatusForbidden {
					t.Errorf("%s does %s", name, id)
				}
			}
		}
	}
	got := ask(t, bare(t, Options{Who: stale}), "DELETE", base+"/accounts/x", nil)
	if !strings.Contains(string(got.body), `"type":"confirm"`) {
		t.Errorf("the console is not told to confirm: %s", got.body)
	}
}

func TestTooManyRequests(t *testing.T) {
	s := bare(t, Options{Who: &double{}})
	refused := 0
	for range 50 {
		if got := ask(t, s, "POST", base+"/signin/password", strings.NewReader(`{"name":"a","password":"b","code":"1"}`), "Content-Type", "application/json"); got.status == http.StatusTooManyRequests {
			refused++
			if got.header.Get("Retry-After") == "" {
				t.Error("nobody is told when to try again")
			}
		}
	}
	if refused != 30 {
		t.Errorf("%d of 50 were refused", refused)
	}
	p := newPace(1, 1)
	for i := range 3 * maxPaced {
		p.take(fmt.Sprint(i), clock)
	}
	if len(p.by) > maxPaced {
		t.Errorf("%d sources are remembered", len(p.by))
	}
}

// realAccounts is a server with accounts of its own.
func realAccounts(t *testing.T, now *time.Time) (*Server, *account.Accounts) {
	t.Helper()
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "state.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	clockNow := func() time.Time { return *now }
	a, err := account.New(account.Options{Store: db, Now: clockNow})
	if err != nil {
		t.Fatal(err)
	}
	return bare(t, Options{Store: db, Accounts: a, Now: clockNow}), a
}
