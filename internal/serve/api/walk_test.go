package api

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/bulkhead-ot/bulkhead/internal/keep/ledger"
	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/serve/account"
)

// needs is what each route must ask of whoever calls it, said a second time by
// hand: a route that is new, or that lets others in than before, fails here.
var needs = map[account.Permission]string{
	account.Open: `authority beginEnrolPasskey beginOIDC beginPasskey enrolAccount enrolCodes enrolPasskey enrolPassword finishOIDC
		healthz openLink readyz signIn signInPasskey signInPassword`,
	account.Self: `addPasskey addToken beginAddPasskey beginCodes beginConfirm changePassword confirm confirmCodes endSession listPasskeys
		listSessions listTokens me newRecoveryCodes openapi removePasskey removeToken session signOut`,
	account.Read: `answer asset assetFacets assetOperations assetPeers boundary capture events exportAssets exportChanges exportConversations exportFindings exportOperations finding history keptPackets
		listAssets listBoundaryConversations listCaptures listConversations listDecisions listFindings listKeptPackets listModelVersions listOperations listSensors listViews map mapDifference metrics
		model modelDifference modelVersion overview packets sensor settings traffic
		exportPolicy importPolicy listContainments listGrants listRevisions policy policyApplied policyCoverage policyFlatness policyProofs policyProposal revision simulatePolicy`,
	account.Audit:      `certificate ledger ledgerCheckpoint listAccounts`,
	account.Operate:    `addContainment addView approveRevision changeView consentContainment endContainment keepPackets markBlocked previewContainment provePolicy removeView`,
	account.Edit:       `addRevision applyRevision cancelCapture checkModel confirmPolicy editModel importCapture mergeAssets rollbackPolicy saveModel splitAsset undoDecision`,
	account.Administer: `addAccount changeAccount linkAccount removeAccount setRetention unlockAccount`,
}

// permissionOf is what an operation needs by that list, "" if it has none.
func permissionOf(id string) account.Permission {
	for p, list := range needs {
		if slices.Contains(strings.Fields(list), id) {
			return p
		}
	}
	return ""
}

// mayByRole is the table of roles, said again by hand.
var mayByRole = map[account.Role]string{
	account.Viewer:        "open self read",
	account.Operator:      "open self read operate",
	account.Engineer:      "open self read operate edit",
	account.Auditor:       "open self read audit",
	account.Administrator: "open self read audit operate edit administer",
}

// walker asks every route.
type walker struct {
	*Server
	t       *testing.T
	db      *store.DB
	raw     *sql.DB // the store's file, looked at past the store
	ledger  *ledger.Ledger
	now     time.Time
	account *account.Accounts
	cookies map[string]string // session secrets by who
	source  int
	checked int
}

func newWalker(t *testing.T) *walker {
	w := &walker{t: t, now: clock, cookies: map[string]string{}, ledger: newLedger(t)}
	cut := &cutter{data: []byte("packets"), kept: store.Kept{ID: "k1", Sensor: "line-1"}}
	im := &importer{jobs: map[string]store.Capture{"c1": {ID: "c1", State: store.CaptureQueued}}}
	now := func() time.Time { return w.now }
	p := fill(t, 20, Options{Packets: cut, Importer: im, Curator: &curator{}, Uploads: t.TempDir(), Ledger: w.ledger, TLS: newCertificates(t), Now: now})
	var err error
	if w.account, err = account.New(account.Options{Store: p.db, Now: now}); err != nil {
		t.Fatal(err)
	}
	o := p.opt
	o.Who, o.Accounts = nil, w.account
	o.Limits.PerSecond, o.Limits.UploadBytes = 1e6, 1<<20
	w.Server, w.db = bare(t, o), p.db
	if w.raw, err = sql.Open("sqlite", "file:"+p.db.Path()+"?mode=ro"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.raw.Close() })
	for role := range mayByRole {
		w.enter(string(role), account.Grant{Site: account.Everywhere, Role: role})
	}
	w.enter("latecomer", account.Grant{Site: account.Everywhere, Role: account.Viewer})
	w.enter("elsewhere", account.Grant{Site: "elsewhere", Role: account.Engineer})
	return w
}

// enter makes an account and signs in.
func (w *walker) enter(name string, g account.Grant) {
	w.t.Helper()
	ctx := context.Background()
	if _, _, err := w.account.Add(ctx, account.Wanted{Name: name, Grants: []account.Grant{g}}, "test"); err != nil {
		w.t.Fatal(err)
	}
	w.cookies[name] = w.open(name)
}

func (w *walker) open(name string) string {
	w.t.Helper()
	l, err := w.account.EnterLink(context.Background(), name, name)
	if err != nil {
		w.t.Fatal(err)
	}
	o, err := w.account.Open(context.Background(), account.Place{Host: "localhost", Origin: "http://localhost:8080", From: netip.MustParseAddr("127.0.0.1")}, l.Token)
	if err != nil || o.Signed == nil {
		w.t.Fatal(err)
	}
	return o.Signed.Secret
}

// try is one request and what must become of it.
type try struct {
	name   string
	who    string   // whose session
	header []string // name, value …
	body   io.Reader
	want   int
	kind   string // of the problem; "" is about:blank
	began  bool   // it passed the guard, so that a record says that it began
}

// send asks and returns the answer with where it came from.
func (w *walker) send(method, target string, x *try) (*httptest.ResponseRecorder, string) {
	w.source++
	from := fmt.Sprintf("10.%d.%d.%d", w.source>>16&255, w.source>>8&255, w.source&255)
	r := httptest.NewRequest(method, target, x.body)
	r.Host, r.RemoteAddr = "localhost:8080", from+":4000"
	if x.body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if x.who != "" {
		r.AddCookie(&http.Cookie{Name: "bulkhead-8080", Value: w.cookies[x.who]})
	}
	for i := 0; i+1 < len(x.header); i += 2 {
		r.Header.Set(x.header[i], x.header[i+1])
		if x.header[i] == "Host" {
			r.Host = x.header[i+1]
		}
	}
	rec := httptest.NewRecorder()
	w.Handler().ServeHTTP(rec, r)
	return rec, from
}

// check holds a refusal against what it must be: the status, the problem
// document, and the trace in the ledger.
func (w *walker) check(op *huma.Operation, target string, x *try) {
	w.t.Helper()
	w.checked++
	begin := w.ledger.Checkpoint().Size
	rec, from := w.send(op.Method, target, x)
	fail := func(format string, a ...any) {
		w.t.Helper()
		w.t.Errorf("%s %s, %s: %s\n%.300s", op.Method, target, x.name, fmt.Sprintf(format, a...), rec.Body)
	}
	if rec.Code != x.want {
		fail("%d, not %d", rec.Code, x.want)
		return
	}
	var p huma.ErrorModel
	if err := json.Unmarshal(rec.Body.Bytes(), &p); err != nil || rec.Header().Get("Content-Type") != "application/problem+json" || p.Status != x.want || p.Detail == "" {
		fail("no problem document: %v", err)
	}
	if kind := strings.TrimPrefix(p.Type, "about:blank"); kind != x.kind {
		fail("of type %q, not %q", p.Type, x.kind)
	}
	page, err := w.ledger.Records(w.t.Context(), ledger.Query{Limit: 10})
	if err != nil {
		w.t.Fatal(err)
	}
	var got []string
	for _, r := range page.Records {
		if r.Index >= begin {
			got = append([]string{fmt.Sprintf("%s %s %d %s by %q", r.Act, r.Outcome, r.Status, r.From, r.Name)}, got...)
		}
	}
	var want []string
	if op.Method != http.MethodGet && !slices.Contains(looks, op.OperationID) || evidence(op.Path) || op.OperationID == "finishOIDC" {
		name := x.who
		if x.want == http.StatusUnauthorized || x.want == http.StatusMisdirectedRequest || strings.HasPrefix(x.name, "a page of") {
			name = "" // the guard had not looked yet, or nobody was found
		}
		if x.began {
			want = append(want, fmt.Sprintf("%s asked 0 %s by %q", op.OperationID, from, name))
		}
		want = append(want, fmt.Sprintf("%s refused %d %s by %q", op.OperationID, x.want, from, name))
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		fail("the ledger has %v, not %v", got, want)
	}
}

// snapshot is everything in the store but when sessions were used.
func (w *walker) snapshot() map[string]string {
	w.t.Helper()
	out := map[string]string{}
	for _, table := range w.strings("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'") {
		if table == "session" || table == "token" || table == "ledger_checkpoint" {
			out[table] = strings.Join(w.strings("SELECT COUNT(*) FROM "+table), "")
			continue
		}
		h := sha256.New()
		rows, err := w.raw.Query("SELECT * FROM " + table)
		if err != nil {
			w.t.Fatal(err)
		}
		columns, err := rows.Columns()
		if err != nil {
			w.t.Fatal(err)
		}
		cells := make([]any, len(columns))
		for i := range cells {
			cells[i] = new(any)
		}
		for rows.Next() {
			if err := rows.Scan(cells...); err != nil {
				w.t.Fatal(err)
			}
			for _, c := range cells {
				fmt.Fprintf(h, "%v\x00", *c.(*any))
			}
		}
		rows.Close()
		out[table] = fmt.Sprintf("%x", h.Sum(nil))
	}
	return out
}

func (w *walker) strings(query string) (list []string) {
	w.t.Helper()
	rows, err := w.raw.Query(query)
	if err != nil {
		w.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			w.t.Fatal(err)
		}
		list = append(list, s)
	}
	return list
}

// altered changes one character in the middle of a secret.
func altered(secret string) string {
	i := len(secret) / 2
	c := byte('A')
	if secret[i] == c {
		c = 'B'
	}
	return secret[:i] + string(c) + secret[i+1:]
}

// tokenOf makes an API token for the administrator's account.
func (w *walker) tokenOf(until time.Time) string {
	w.t.Helper()
	who, err := w.account.Identify(context.Background(), w.cookies["administrator"], false)
	if err != nil {
		w.t.Fatal(err)
	}
	_, secret, err := w.account.AddToken(context.Background(), who, account.WantedToken{Name: rand8(w.source), Grant: account.Grant{Site: account.Everywhere, Role: account.Administrator}, Expires: until})
	if err != nil {
		w.t.Fatal(err)
	}
	w.source++
	return secret
}

func rand8(n int) string { return fmt.Sprintf("token-%08d", n) }

// TestEveryRouteRefuses asks every route of the document in every role and in
// every way that must be refused. What is refused has the right status and
// problem document, has changed nothing, and left its trace in the ledger.
func TestEveryRouteRefuses(t *testing.T) {
	w := newWalker(t)
	good := w.tokenOf(clock.Add(24 * time.Hour))
	brief := w.tokenOf(clock.Add(time.Minute))
	ended := w.open("viewer")
	if err := w.account.EndSecret(t.Context(), ended); err != nil {
		t.Fatal(err)
	}
	w.cookies["forged"], w.cookies["altered"], w.cookies["ended"] = strings.Repeat("A", len(ended)), altered(w.cookies["administrator"]), ended
	covered := map[string]bool{}
	doc := w.doc.OpenAPI()
	for _, path := range slices.Sorted(maps.Keys(doc.Paths)) {
		item := doc.Paths[path]
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Delete} {
			if op == nil {
				continue
			}
			need := permissionOf(op.OperationID)
			if need == "" {
				t.Errorf("%s %s (%s) is new: say in this test what it needs", op.Method, path, op.OperationID)
				continue
			}
			covered[op.OperationID] = true
			before := w.snapshot()
			w.walk(op, need, good, brief)
			if after := w.snapshot(); !maps.Equal(before, after) {
				for table := range after {
					if before[table] != after[table] {
						t.Errorf("%s %s: a refused request changed table %s", op.Method, path, table)
					}
				}
			}
			if need != account.Open {
				w.endedSession(op, target(op))
			}
			w.folds.due(clock.Add(48*time.Hour), true)
		}
	}
	for p, list := range needs {
		for _, id := range strings.Fields(list) {
			if !covered[id] {
				t.Errorf("%s (%s) does not exist any more", id, p)
			}
		}
	}
	t.Logf("%d requests to %d routes", w.checked, len(covered))
	if v, err := ledger.Verify(t.Context(), w.ledger.Dir()); err != nil {
		t.Errorf("the ledger: %+v, %v", v, err)
	}
}

// target is an address of a route.
func target(op *huma.Operation) string {
	return strings.NewReplacer("{id}", "none", "{name}", "none", "{n}", "1").Replace(op.Path)
}

// endedSession asks with a session whose time is over, which takes it away.
func (w *walker) endedSession(op *huma.Operation, target string) {
	w.t.Helper()
	w.now = clock
	w.cookies["latecomer"] = w.open("latecomer")
	w.now = clock.Add(8 * 24 * time.Hour)
	x := try{name: "a session that expired", who: "latecomer", want: 401, kind: typeSignIn}
	if op.Method != http.MethodGet {
		x.body = strings.NewReader("{}")
	}
	w.check(op, target, &x)
	w.now = clock
}

func (w *walker) walk(op *huma.Operation, need account.Permission, good, brief string) {
	target := target(op)
	changes := op.Method != http.MethodGet
	var body func(string) io.Reader = func(s string) io.Reader { return strings.NewReader(s) }
	if !changes {
		body = func(string) io.Reader { return nil }
	}
	tries := []try{{name: "another host's name", header: []string{"Host", "attacker.example"}, want: 421}}
	// An identity provider sends the browser back from its own site.
	if isAPI(op.Path) && op.OperationID != "finishOIDC" {
		tries = append(tries, try{name: "a page of another site", who: "administrator", header: []string{"Sec-Fetch-Site", "cross-site", "Origin", "https://attacker.example"}, body: body(`{}`), want: 403})
	}
	if changes {
		tries = append(tries, try{name: "a page of another port, an old browser", who: "administrator", header: []string{"Origin", "http://localhost:9999"}, body: body(`{}`), want: 403})
	}
	if need != account.Open {
		for _, c := range []struct {
			name, who string
			header    []string
		}{
			{"nobody", "", nil},
			{"a forged session", "forged", nil},
			{"an altered session", "altered", nil},
			{"a session that was ended, again", "ended", nil},
			{"a forged token", "administrator", []string{"Authorization", "Bearer bh_" + strings.Repeat("A", len(good)-3)}},
			{"an altered token", "", []string{"Authorization", "Bearer " + altered(good)}},
			{"a token without its scheme", "", []string{"Authorization", good}},
			{"a password for a token", "", []string{"Authorization", "Basic YWRtaW46YWRtaW4="}},
		} {
			tries = append(tries, try{name: c.name, who: c.who, header: c.header, body: body(`{}`), want: 401, kind: typeSignIn})
		}
	}
	for i := range tries {
		w.check(op, target, &tries[i])
	}
	if need != account.Open {
		w.late(op, target, brief, body)
	}
	w.roles(op, target, need, body)
	if changes && op.RequestBody != nil {
		w.bodies(op, target, need)
	}
}

// late asks when a token is over.
func (w *walker) late(op *huma.Operation, target, brief string, body func(string) io.Reader) {
	w.t.Helper()
	w.now = clock.Add(2 * time.Minute)
	w.check(op, target, &try{name: "a token that expired", header: []string{"Authorization", "Bearer " + brief}, body: body(`{}`), want: 401, kind: typeSignIn})
	w.now = clock
}

// roles asks in the roles that may not.
func (w *walker) roles(op *huma.Operation, target string, need account.Permission, body func(string) io.Reader) {
	w.t.Helper()
	for role, list := range mayByRole {
		if !slices.Contains(strings.Fields(list), string(need)) {
			w.check(op, target, &try{name: "in the role " + string(role), who: string(role), body: body(`{}`), want: 403})
		}
	}
	if need == account.Audit || need == account.Administer {
		w.check(op, target, &try{name: "on another site", who: "elsewhere", body: body(`{}`), want: 403})
	}
	// Acts on accounts and on one's own keys need a fresh sign-in.
	if slices.Contains(fresh, op.OperationID) {
		w.now = clock.Add(15 * time.Minute)
		w.check(op, target, &try{name: "after a while", who: "administrator", body: body(`{}`), want: 403, kind: typeConfirm})
		w.now = clock
	}
}

// bodies sends what no handler must see.
func (w *walker) bodies(op *huma.Operation, target string, need account.Permission) {
	w.t.Helper()
	began := need != account.Open
	who := "administrator"
	if !began {
		who = ""
	}
	if op.OperationID == "importCapture" {
		w.check(op, target+"?name=x.pcap", &try{name: "a capture beyond all bounds", who: who, body: strings.NewReader(string(pcapHead) + strings.Repeat("x", 1<<20)), want: 413, began: began})
		w.check(op, target+"?name=x.pcap", &try{name: "no capture", who: who, body: strings.NewReader("no capture at all, but long enough for one"), want: 415, began: began})
		return
	}
	header := []string{"If-Match", `"1"`}
	long := `{"x":"` + strings.Repeat("x", int(op.MaxBodyBytes)) + `"}`
	for _, x := range []try{
		{name: "a body beyond all bounds", body: strings.NewReader(long), want: 413},
		{name: "no JSON", body: strings.NewReader(`{"a":`), want: 400},
		{name: "another kind of JSON", body: strings.NewReader(`[1,2]`), want: 422},
		{name: "an unknown member", body: strings.NewReader(`{"surely_unknown":1}`), want: 422},
	} {
		x.who, x.header, x.began = who, header, began
		w.check(op, target, &x)
	}
}

// TestReplayedSignIns uses again what is good once.
func TestReplayedSignIns(t *testing.T) {
	w := newWalker(t)
	l, err := w.account.EnterLink(t.Context(), "viewer", "")
	if err != nil {
		t.Fatal(err)
	}
	op := w.doc.OpenAPI().Paths[base+"/signin/link"].Post
	body := func() io.Reader { return strings.NewReader(`{"token":"` + l.Token + `"}`) }
	first, _ := w.send("POST", base+"/signin/link", &try{body: body()})
	if first.Code != 200 || len(first.Result().Cookies()) == 0 {
		t.Fatalf("%d %s", first.Code, first.Body)
	}
	before := w.snapshot()
	w.check(op, base+"/signin/link", &try{name: "a link again", body: body(), want: 404})
	if !maps.Equal(before, w.snapshot()) {
		t.Error("a spent link changed something")
	}
	session := first.Result().Cookies()[0]
	w.cookies["left"] = session.Value
	if rec, _ := w.send("DELETE", base+"/session", &try{who: "left"}); rec.Code != 200 {
		t.Fatalf("sign out: %d %s", rec.Code, rec.Body)
	}
	out := w.doc.OpenAPI().Paths[base+"/session"]
	w.check(out.Get, base+"/session", &try{name: "a session after its end", who: "left", want: 401, kind: typeSignIn})
	w.check(out.Delete, base+"/session", &try{name: "signing out again", who: "left", want: 401, kind: typeSignIn})
}
