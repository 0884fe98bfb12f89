package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/proof"
	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
	"github.com/bulkhead-ot/bulkhead/internal/serve/account"
	"github.com/bulkhead-ot/bulkhead/internal/serve/revision"
)

func policyRoute(o *huma.Operation) bool { return slices.Contains(o.Tags, "policy") }

// testWall is a boundary process that remembers what it was told.
type testWall struct {
	away    bool
	refuses error
	status  revision.Status
	orders  []*revision.Order
	held    *policy.Policy
	parts   []policy.Containment
	denied  []revision.Report
}

func (w *testWall) answer() error {
	if w.away {
		return &revision.Refusal{Kind: revision.ErrAway, Text: "The boundary process does not answer."}
	}
	return w.refuses
}

func (w *testWall) Status(context.Context) (*revision.Status, error) {
	if w.away {
		return nil, w.answer()
	}
	s := w.status
	s.Mode, s.Started = "proxy-arp", clock
	for _, p := range w.parts {
		s.Contained = append(s.Contained, p.ID)
	}
	return &s, nil
}

func (w *testWall) Apply(_ context.Context, o *revision.Order) (*revision.Trial, error) {
	if err := w.answer(); err != nil {
		return nil, err
	}
	p, err := policy.Parse(o.Policy)
	if err != nil {
		return nil, err
	}
	w.orders, w.held = append(w.orders, o), p
	t := &revision.Trial{Held: revision.Held{N: o.N, Hash: p.Hash(), At: clock, By: o.By, Reason: o.Reason, Forced: o.Force}, ID: fmt.Sprintf("trial-%d", len(w.orders)), Until: clock.Add(o.Within), Guarded: true}
	for _, c := range o.Critical {
		t.Seen = append(t.Seen, revision.Seen{Critical: c})
	}
	w.status.Pending = t
	return t, nil
}

func (w *testWall) ends(confirmed bool, by, why string) error {
	if err := w.answer(); err != nil {
		return err
	}
	t := w.status.Pending
	w.status.Pending, w.status.Last = nil, &revision.Ended{Held: t.Held, ID: t.ID, Confirmed: confirmed, Ended: clock, By: by, Why: why}
	if confirmed {
		h := t.Held
		w.status.Confirmed = &h
	}
	return nil
}

func (w *testWall) Confirm(_ context.Context, by string) error { return w.ends(true, by, "confirmed") }

func (w *testWall) Rollback(_ context.Context, by, reason string) error {
	return w.ends(false, by, reason)
}

func (w *testWall) Contain(_ context.Context, c policy.Containment) error {
	if err := w.answer(); err != nil {
		return err
	}
	w.parts = append(w.parts, c)
	return nil
}

func (w *testWall) Release(_ context.Context, id, _, _ string) error {
	w.parts = slices.DeleteFunc(w.parts, func(c policy.Containment) bool { return c.ID == id })
	return w.answer()
}

func (w *testWall) ReadBack(context.Context) (*policy.Policy, error) { return w.held, w.answer() }

func (w *testWall) Probe(context.Context) (*proof.Probe, error) {
	return &proof.Probe{At: clock, Sent: 1, Control: 1, Counted: true}, w.answer()
}

func (w *testWall) Reports(context.Context) ([]revision.Report, error) { return w.denied, w.answer() }

// testBrand writes a policy as its canonical bytes, and reads that.
var testBrand = revision.Brand{
	ID: "fortigate", Name: "Test", File: "test.json",
	Render: func(p *policy.Policy, o revision.ExportOptions) ([]byte, error) {
		if o.Interfaces["office"] == "broken" {
			return nil, errors.New("conduit poll: it cannot")
		}
		return p.Canonical(), nil
	},
	Parse: func(b []byte) (*policy.RuleSet, error) {
		p, err := policy.Parse(b)
		if err != nil {
			return nil, err
		}
		return p.Rules(), nil
	},
}

const wallText = `site: plant
time_zone: Europe/Berlin
currency: EUR
people:
  - { id: anna, name: Anna Weiss, side: it, mail: anna@example.com }
  - { id: bernd, name: Bernd Ott, side: operations }
  - { id: carla, name: Carla Diaz, side: operations, mail: carla@example.com }
teams: [ { id: shift, name: Shift, side: operations, members: [carla] } ]
owners: { it: anna, operations: shift }
boundary: { stage: enforce }
lines:
  - { id: line-1, name: Filling, cost: { per_hour: 2200 }, members: [ { subnet: 10.0.0.0/24 } ] }
zones:
  - { id: office, name: Office, kind: enterprise, members: [ { role: PC, subnet: 10.0.0.0/16 } ] }
  - { id: dmz, name: DMZ, kind: dmz, members: [ { asset: a00000 } ] }
  - { id: cell, name: Cell, kind: cell, members: [ { subnet: 10.0.0.0/16 } ] }
conduits:
  - { id: web, from: office, to: dmz, allow: [ { protocol: http } ], reason: Screens. }
  - { id: poll, from: dmz, to: cell, allow: [ { protocol: modbus } ], reason: The historian polls. }
`

// walled is a plant with a boundary and somebody who asks.
type walled struct {
	*madePlant
	t    *testing.T
	wall *testWall
	who  *double
	mail map[string]string
}

func newWalled(t *testing.T) *walled {
	t.Helper()
	w := &walled{t: t, wall: &testWall{}, who: as(account.Grant{Site: account.Everywhere, Role: account.Administrator}), mail: map[string]string{}}
	w.madePlant = fill(t, 40, Options{Words: readWords, Who: w.who, Ledger: newLedger(t)})
	// A polling needs more minutes than the plant has.
	for m := range 10 {
		at := clock.Add(time.Duration(m-13) * time.Minute)
		b := &plant.Batch{Site: "plant", Sensor: "line-1", Epoch: "e0", Sequence: uint64(m) + 1, From: at, To: at.Add(time.Minute), Made: at, Conversations: []plant.Conversation{talk(1, at)}, Operations: []plant.Operation{asked(1, at)}}
		if _, err := w.db.Apply(t.Context(), []*plant.Batch{b}); err != nil {
			t.Fatal(err)
		}
	}
	d, err := revision.New(revision.Options{
		Store: w.db, Archive: w.opt.History, Wall: w.wall, WallSite: "plant", Brands: []revision.Brand{testBrand},
		Sign: func(site string, n int64, hash string) (string, error) {
			return fmt.Sprintf("signed %s %d %s", site, n, hash), nil
		},
		Mail: func(_ context.Context, id string) (string, error) { return w.mail[id], nil },
		Now:  func() time.Time { return clock }, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	w.opt.Policy = d
	w.be("root", account.Administrator)
	return w
}

// be makes the next requests those of an account.
func (w *walled) be(name string, role account.Role) {
	w.who.who.Account, w.who.who.Name, w.who.who.Grants = "id-"+name, name, []account.Grant{{Site: account.Everywhere, Role: role}}
}

func (w *walled) post(path string, body any) reply {
	w.t.Helper()
	return sendModel(w.t, w.Server, "POST", "/policy"+path, "", body)
}

// saved saves a plant model and makes a revision of it.
func (w *walled) saved(text string) PolicyRevision {
	w.t.Helper()
	now := getJSON[PlantModel](w.t, w.Server, base+"/model")
	got := sendModel(w.t, w.Server, "PUT", "/model", fmt.Sprintf(`"v%d"`, now.Version), ModelText{Site: "plant", Text: text})
	if got.status != 200 {
		w.t.Fatalf("save: %d %s", got.status, got.body)
	}
	return decoded[PolicyRevision](w.t, w.post("/revisions", NewRevision{Reason: "because"}), 201)
}

// signed makes a revision that both sides have approved.
func (w *walled) signed(text string) PolicyRevision {
	w.t.Helper()
	r := w.saved(text)
	w.be("anna", account.Operator)
	decoded[PolicyRevision](w.t, w.post(fmt.Sprintf("/revisions/%d/approve", r.N), Approve{Side: "it"}), 200)
	w.be("bernd", account.Operator)
	r = decoded[PolicyRevision](w.t, w.post(fmt.Sprintf("/revisions/%d/approve", r.N), Approve{Side: "operations", Hash: r.Hash}), 200)
	w.be("root", account.Administrator)
	return r
}

func TestARevisionTakesTwoSides(t *testing.T) {
	w := newWalled(t)
	if s := getJSON[PolicyState](t, w.Server, base+"/policy"); s.Newest != nil || s.Enforced != nil || len(s.Enforcers) != 1 || !s.Enforcers[0].OK {
		t.Errorf("%+v", s)
	}
	if got := w.post("/revisions", NewRevision{Reason: "x"}); got.status != 404 {
		t.Errorf("without a plant model: %d %s", got.status, got.body)
	}
	r := w.saved(wallText)
	if r.N != 1 || r.Parent != 0 || len(r.Hash) != 64 || r.Signed || len(r.Needs) != 2 || r.Size.Zones != 3 || len(r.Packets) == 0 || len(r.Changes) == 0 {
		t.Fatalf("%+v", r)
	}
	for _, n := range r.Needs {
		want := map[string]string{"it": "[Anna Weiss]", "operations": "[Carla Diaz]"}[n.Side]
		if fmt.Sprint(n.Owners) != want || n.You {
			t.Errorf("%+v", n)
		}
	}
	if got := w.post("/revisions", NewRevision{Reason: "again"}); got.status != 409 {
		t.Errorf("the same again: %d %s", got.status, got.body)
	}
	if got := w.post("/revisions", NewRevision{Text: "site: plant\nzones: 7", Reason: "x"}); got.status != 422 || !strings.Contains(string(got.body), `"problems"`) {
		t.Errorf("a text with errors: %d %s", got.status, got.body)
	}
	if got := w.post("/revisions/1/apply", ApplyRequest{Force: true, Reason: "x"}); got.status != 409 || !strings.Contains(string(got.body), "IT and operations") {
		t.Errorf("applied without approvals: %d %s", got.status, got.body)
	}
	w.mail["id-eve"] = "ANNA@example.com"
	for _, c := range []struct {
		who  string
		body Approve
		want int
	}{
		{"root", Approve{Side: "it"}, 403},
		{"stranger", Approve{Side: "operations"}, 403},
		{"anna", Approve{Side: "operations"}, 403},
		{"anna", Approve{Side: "it", Hash: strings.Repeat("0", 64)}, 409},
		{"eve", Approve{Side: "it", Hash: r.Hash}, 200}, // by mail
		{"anna", Approve{Side: "it"}, 409},              // the side has
		{"bernd", Approve{Side: "operations"}, 200},
		{"carla", Approve{Side: "operations"}, 409}, // it is signed
	} {
		w.be(c.who, account.Operator)
		if got := w.post("/revisions/1/approve", c.body); got.status != c.want {
			t.Errorf("%s for %s: %d %s", c.who, c.body.Side, got.status, got.body)
		}
	}
	r = getJSON[PolicyRevision](t, w.Server, base+"/policy/revisions/1")
	if !r.Signed || r.Signature != "signed plant 1 "+r.Hash || len(r.Approvals) != 2 || r.Approvals[0].Name != "Anna Weiss" || r.Approvals[0].Account != "eve" || len(r.Needs) != 0 {
		t.Errorf("%+v", r)
	}
	w.be("root", account.Administrator)
	l := getJSON[List[PolicyRevision]](t, w.Server, base+"/policy/revisions")
	if l.Total != 1 || l.Items[0].Text != "" || l.Items[0].Policy != nil {
		t.Errorf("%+v", l)
	}
	if got := ask(t, w.Server, "GET", base+"/policy/revisions/2", nil); got.status != 404 {
		t.Errorf("one that is not there: %d", got.status)
	}
}

// TestOneAccountIsNotTwoSides has one person who is on both sides of the plant
// model by two entries.
func TestOneAccountIsNotTwoSides(t *testing.T) {
	w := newWalled(t)
	w.saved(strings.Replace(wallText, "teams:", "  - { id: eve, name: Eve, side: it, mail: e@example.com }\n  - { id: eve2, name: Eve too, side: operations, mail: eve2@example.com }\nteams:", 1))
	w.be("eve", account.Engineer)
	w.mail["id-eve"] = ""
	if got := w.post("/revisions/1/approve", Approve{Side: "it"}); got.status != 200 {
		t.Fatalf("%d %s", got.status, got.body)
	}
	w.mail["id-eve"] = "eve2@example.com"
	if got := w.post("/revisions/1/approve", Approve{Side: "operations"}); got.status != 409 {
		t.Errorf("one account for both sides: %d %s", got.status, got.body)
	}
}

// TestNobodyMakesThemselvesAnOwner holds that who speaks for a side stands in
// what was signed before.
func TestNobodyMakesThemselvesAnOwner(t *testing.T) {
	w := newWalled(t)
	w.signed(wallText)
	r := w.saved(strings.Replace(wallText, "id: bernd, name: Bernd Ott", "id: mallory, name: Mallory", 1))
	w.be("mallory", account.Engineer)
	if got := w.post(fmt.Sprintf("/revisions/%d/approve", r.N), Approve{Side: "operations"}); got.status != 403 {
		t.Errorf("by their own text: %d %s", got.status, got.body)
	}
	w.be("bernd", account.Operator)
	if got := w.post(fmt.Sprintf("/revisions/%d/approve", r.N), Approve{Side: "operations"}); got.status != 200 {
		t.Errorf("who was owner before: %d %s", got.status, got.body)
	}
}

func TestApplyConfirmAndProve(t *testing.T) {
	w := newWalled(t)
	r := w.signed(wallText)
	apply := fmt.Sprintf("/revisions/%d/apply", r.N)
	if got := w.post(apply, ApplyRequest{}); got.status != 409 || !strings.Contains(string(got.body), "maintenance window") || !strings.Contains(string(got.body), "line-1") {
		t.Errorf("outside a window: %d %s", got.status, got.body)
	}
	if got := w.post(apply, ApplyRequest{Force: true}); got.status != 422 {
		t.Errorf("forced without a reason: %d %s", got.status, got.body)
	}
	a := decoded[PolicyApplied](t, w.post(apply, ApplyRequest{Force: true, Reason: "the auditor is here", ConfirmWithin: 600}), 200)
	if a.State != "pending" || a.N != 1 || !a.Forced || len(w.wall.orders) != 1 {
		t.Fatalf("%+v", a)
	}
	o := w.wall.orders[0]
	if o.Signature != r.Signature || o.By != "root" || o.Within != 10*time.Minute {
		t.Errorf("%+v", o)
	}
	polls := func(c policy.Critical) bool {
		return c.Client == endpoint(0).IP && c.Server == endpoint(1).IP && c.Port == 502 && c.Period == time.Second && c.Line == "line-1"
	}
	if !slices.ContainsFunc(o.Critical, polls) {
		t.Errorf("the polling is not critical: %+v", o.Critical)
	}
	if got := w.post(apply, ApplyRequest{Force: true, Reason: "x"}); got.status != 409 {
		t.Errorf("a second trial: %d", got.status)
	}
	if s := getJSON[PolicyState](t, w.Server, base+"/policy"); s.Pending == nil || s.Enforced == nil || !s.Enforced.Pending {
		t.Errorf("%+v", s)
	}
	if a = decoded[PolicyApplied](t, w.post("/confirm", struct{}{}), 200); a.State != "confirmed" || a.EndedBy != "root" {
		t.Errorf("%+v", a)
	}
	if got := w.post("/rollback", PolicyReason{Reason: "x"}); got.status != 409 {
		t.Errorf("nothing to take back: %d", got.status)
	}
	p := decoded[PolicyProofs](t, w.post("/prove", struct{}{}), 200)
	if p.Revision != 1 {
		t.Errorf("%+v", p)
	}
	if sim := decoded[Simulation](t, w.post("/simulate", SimulateRequest{Revision: 1}), 200); sim.Enforced != 1 || len(sim.Difference) != 0 || sim.ReadBackAt == nil || len(sim.ReadBack) != 0 {
		t.Errorf("%+v", sim)
	}
}

func TestAGuardTakesBackByItself(t *testing.T) {
	w := newWalled(t)
	w.signed(wallText)
	decoded[PolicyApplied](t, w.post("/revisions/1/apply", ApplyRequest{Force: true, Reason: "now"}), 200)
	if err := w.wall.ends(false, "guard", "a polling was silent"); err != nil {
		t.Fatal(err)
	}
	if a := getJSON[PolicyApplied](t, w.Server, base+"/policy/apply"); a.State != "rolled-back" || a.EndedBy != "guard" || a.Says != "a polling was silent" {
		t.Errorf("%+v", a)
	}
}

func TestWhatALineLivesOnIsNotStopped(t *testing.T) {
	w := newWalled(t)
	w.signed(strings.Replace(wallText, "protocol: modbus", "protocol: opcua", 1))
	got := w.post("/revisions/1/apply", ApplyRequest{})
	if got.status != 409 || !strings.Contains(string(got.body), "unit-00000 polls unit-00001 by modbus") {
		t.Errorf("%d %s", got.status, got.body)
	}
	decoded[PolicyApplied](t, w.post("/revisions/1/apply", ApplyRequest{Force: true, Reason: "to see the guard"}), 200)
	if len(w.wall.orders[0].Critical) == 0 {
		t.Error("the guard is not told what must be seen again")
	}
}

func TestInAWindow(t *testing.T) {
	w := newWalled(t)
	w.signed(wallText + "windows: [ { id: now, days: [mon-sun], from: \"00:00\", length: 24h } ]\n")
	decoded[PolicyApplied](t, w.post("/revisions/1/apply", ApplyRequest{}), 200)
}

func TestABoundaryThatDoesNotAnswer(t *testing.T) {
	w := newWalled(t)
	w.signed(wallText)
	getJSON[PolicyState](t, w.Server, base+"/policy") // it answered once
	w.wall.away = true
	for _, path := range []string{"/revisions/1/apply", "/confirm", "/prove"} {
		var body any = struct{}{}
		if strings.HasSuffix(path, "apply") {
			body = ApplyRequest{Force: true, Reason: "x"}
		}
		if got := w.post(path, body); got.status != http.StatusServiceUnavailable || !strings.Contains(string(got.body), "bulkhead-boundary") {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
	if s := getJSON[PolicyState](t, w.Server, base+"/policy"); s.Enforced != nil || s.Enforcers[0].OK || s.Enforcers[0].Since == nil || s.Enforcers[0].LastSeen == nil {
		t.Errorf("%+v", s)
	}
	w.wall.away, w.wall.refuses = false, &revision.Refusal{Kind: revision.ErrConflict, Text: "The kernel has drifted."}
	if got := w.post("/revisions/1/apply", ApplyRequest{Force: true, Reason: "x"}); got.status != 409 || !strings.Contains(string(got.body), "drifted") {
		t.Errorf("%d %s", got.status, got.body)
	}
	if a := getJSON[PolicyApplied](t, w.Server, base+"/policy/apply"); a.State != "none" {
		t.Errorf("%+v", a)
	}
}

func TestSimulateADraft(t *testing.T) {
	w := newWalled(t)
	w.saved(wallText)
	began := time.Now()
	good := decoded[Simulation](t, w.post("/simulate", SimulateRequest{}), 200)
	if took := time.Since(began); took > time.Second {
		t.Errorf("it took %v", took)
	}
	if good.Total == 0 || good.Passes != good.Total || len(good.Blocked) != 0 || good.Enforced != 0 || len(good.Difference) == 0 {
		t.Errorf("%+v", good)
	}
	bad := decoded[Simulation](t, w.post("/simulate", SimulateRequest{Text: strings.Replace(wallText, "protocol: modbus", "protocol: opcua", 1)}), 200)
	if len(bad.Blocked) == 0 || bad.Open == 0 || len(bad.Lines) == 0 || bad.Lines[0].Line != "line-1" || bad.Lines[0].CostPerHour != 2200 || bad.Hash == good.Hash {
		t.Fatalf("%+v", bad)
	}
	row := bad.Blocked[0]
	w.post("/marks", NewMark{Row: row.Key, Says: "ignore", Until: clock.Add(time.Hour), Reason: "next week"})
	again := decoded[Simulation](t, w.post("/simulate", SimulateRequest{Text: strings.Replace(wallText, "protocol: modbus", "protocol: opcua", 1)}), 200)
	if again.Blocked[0].Mark == nil || again.Open >= bad.Open {
		t.Errorf("%+v", again.Blocked[0])
	}
	if got := w.post("/marks", NewMark{Row: row.Key, Says: "accept"}); got.status != 422 {
		t.Errorf("an answer without a reason: %d", got.status)
	}
	if wrong := decoded[Simulation](t, w.post("/simulate", SimulateRequest{Text: "site: elsewhere\n"}), 200); len(wrong.Problems) == 0 || wrong.Hash != "" {
		t.Errorf("%+v", wrong)
	}
	if got := w.post("/simulate", SimulateRequest{Text: "x", Revision: 1}); got.status != 422 {
		t.Errorf("both: %d", got.status)
	}
	w.wall.denied = []revision.Report{{Packet: policy.Packet{Src: endpoint(9).IP, Dst: endpoint(1).IP, Proto: 6, DstPort: 502}, Kind: "shadow", Count: 3, First: clock, Last: clock}}
	if sim := decoded[Simulation](t, w.post("/simulate", SimulateRequest{}), 200); len(sim.Shadow) != 1 || sim.Shadow[0].Client.ID != "a00009" {
		t.Errorf("%+v", sim.Shadow)
	}
}

func TestContainmentWaitsForOperations(t *testing.T) {
	w := newWalled(t)
	w.signed(wallText)
	decoded[PolicyApplied](t, w.post("/revisions/1/apply", ApplyRequest{Force: true, Reason: "now"}), 200)
	w.be("anna", account.Engineer)
	target := ContainmentTarget{Asset: "a00000"}
	p := decoded[ContainmentPreview](t, w.post("/containments/preview", target), 200)
	if !p.Needs || p.You || len(p.Stops) == 0 || len(p.Addrs) != 1 || !strings.Contains(p.Says, "line-1") {
		t.Errorf("%+v", p)
	}
	req := ContainmentRequest{ContainmentTarget: target, Until: clock.Add(time.Hour), Reason: "It scans."}
	c := decoded[PolicyContainment](t, w.post("/containments", req), 201)
	if c.State != "waiting" || !c.Needs || c.Enforced || len(w.wall.parts) != 0 {
		t.Fatalf("%+v", c)
	}
	req.Consent = true
	if got := w.post("/containments", req); got.status != 403 {
		t.Errorf("IT consents for operations: %d %s", got.status, got.body)
	}
	if got := w.post("/containments/"+c.ID+"/consent", struct{}{}); got.status != 403 {
		t.Errorf("IT consents for operations: %d %s", got.status, got.body)
	}
	w.be("bernd", account.Operator)
	if l := getJSON[List[PolicyContainment]](t, w.Server, base+"/policy/containments?state=waiting"); len(l.Items) != 1 || !l.Items[0].You {
		t.Errorf("%+v", l)
	}
	c = decoded[PolicyContainment](t, w.post("/containments/"+c.ID+"/consent", struct{}{}), 200)
	if c.State != "active" || !c.Enforced || c.Consent == nil || c.Consent.Name != "Bernd Ott" || len(w.wall.parts) != 1 || w.wall.parts[0].Addrs[0] != endpoint(0).IP {
		t.Fatalf("%+v %+v", c, w.wall.parts)
	}
	if got := w.post("/containments/"+c.ID+"/consent", struct{}{}); got.status != 409 {
		t.Errorf("consented twice: %d", got.status)
	}
	if got := ask(t, w.Server, "DELETE", base+"/policy/containments/"+c.ID, nil); got.status != 200 || len(w.wall.parts) != 0 {
		t.Errorf("%d %s", got.status, got.body)
	}
	// Operations do it alone.
	req.Consent, req.ContainmentTarget = true, ContainmentTarget{Island: true}
	c = decoded[PolicyContainment](t, w.post("/containments", req), 201)
	if c.State != "active" || len(w.wall.parts) != 2 {
		t.Errorf("%+v %+v", c, w.wall.parts)
	}
	for _, bad := range []ContainmentRequest{
		{Until: clock.Add(time.Hour), Reason: "x"},
		{ContainmentTarget: ContainmentTarget{Pair: []string{"office", "office"}}, Until: clock.Add(time.Hour), Reason: "x"},
		{ContainmentTarget: ContainmentTarget{Conduit: "web", Asset: "a00001"}, Until: clock.Add(time.Hour), Reason: "x"},
		{ContainmentTarget: ContainmentTarget{Conduit: "web"}, Until: clock.Add(-time.Hour), Reason: "x"},
		{ContainmentTarget: ContainmentTarget{Conduit: "web"}, Until: clock.Add(9 * 24 * time.Hour), Reason: "x"},
	} {
		if got := w.post("/containments", bad); got.status != 422 {
			t.Errorf("%+v: %d %s", bad, got.status, got.body)
		}
	}
}

// TestAHalfContainmentIsTakenBack has a boundary that takes one part of an
// island and not the other.
func TestAHalfContainmentIsTakenBack(t *testing.T) {
	w := newWalled(t)
	w.signed(wallText)
	w.be("bernd", account.Operator)
	w.wall.refuses = &revision.Refusal{Kind: revision.ErrConflict, Text: "There are too many."}
	got := w.post("/containments", ContainmentRequest{ContainmentTarget: ContainmentTarget{Island: true}, Until: clock.Add(time.Hour), Reason: "x", Consent: true})
	if got.status != 409 || len(w.wall.parts) != 0 {
		t.Errorf("%d %s", got.status, got.body)
	}
	if l := getJSON[List[PolicyContainment]](t, w.Server, base+"/policy/containments"); len(l.Items) != 1 || l.Items[0].State != "failed" {
		t.Errorf("%+v", l)
	}
}

func TestExportAndImport(t *testing.T) {
	w := newWalled(t)
	w.saved(wallText)
	got := ask(t, w.Server, "GET", base+"/policy/export?brand=fortigate&interfaces=office=port1", nil)
	if got.status != 200 || !strings.Contains(got.header.Get("Content-Disposition"), "test.json") {
		t.Fatalf("%d %s", got.status, got.body)
	}
	for query, want := range map[string]int{"brand=asa": 501, "brand=fortigate&interfaces=port1": 422, "brand=fortigate&interfaces=office=broken": 409, "brand=fortigate&own=x": 422, "brand=fortigate&revision=7": 404} {
		if got := ask(t, w.Server, "GET", base+"/policy/export?"+query, nil); got.status != want {
			t.Errorf("%s: %d %s", query, got.status, got.body)
		}
	}
	c := decoded[PolicyCompared](t, w.post("/import", PolicyImport{Brand: "fortigate", Text: string(got.body)}), 200)
	if c.Verdict != "equal" || c.Revision != 1 || len(c.Rules) == 0 {
		t.Errorf("%+v", c)
	}
	changed := strings.Replace(string(got.body), `"first":502,"last":502`, `"first":500,"last":502`, 1)
	if changed == string(got.body) {
		t.Fatalf("no port 502 in %s", got.body)
	}
	c = decoded[PolicyCompared](t, w.post("/import", PolicyImport{Brand: "fortigate", Text: changed}), 200)
	if c.Verdict != "differs" || len(c.Difference) == 0 || !c.Difference[0].Allows || c.Difference[0].Conduit != "poll" {
		t.Errorf("%+v", c)
	}
	if got := w.post("/import", PolicyImport{Brand: "fortigate", Text: "nonsense"}); got.status != 422 {
		t.Errorf("%d %s", got.status, got.body)
	}
}

func TestWhatIsProposedAndMeasured(t *testing.T) {
	w := newWalled(t)
	p := getJSON[PolicyProposal](t, w.Server, base+"/policy/proposal")
	if p.Version != 0 || p.Text == "" || len(p.Zones) == 0 {
		t.Errorf("%+v", p)
	}
	for _, path := range []string{"/policy/flatness", "/policy/coverage", "/policy/proofs", "/policy/grants", "/policy/apply", "/policy/containments", "/policy/revisions"} {
		if got := ask(t, w.Server, "GET", base+path, nil); got.status != 200 {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
}

func TestAnotherSiteHasNoBoundary(t *testing.T) {
	w := newWalled(t)
	if _, err := w.db.PutModel(t.Context(), store.ModelVersion{Site: "north", Text: "site: north\n"}, 0); err != nil {
		t.Fatal(err)
	}
	got := sendModel(t, w.Server, "POST", "/policy/prove?site=north", "", struct{}{})
	if got.status != http.StatusNotImplemented || !strings.Contains(string(got.body), "plant") {
		t.Errorf("%d %s", got.status, got.body)
	}
	w.who.who.Grants = []account.Grant{{Site: "north", Role: account.Engineer}}
	for _, path := range []string{"/policy?site=plant", "/policy/revisions/1?site=plant", "/policy/containments?site=plant"} {
		if got := ask(t, w.Server, "GET", base+path, nil); got.status != 403 {
			t.Errorf("%s for one of north: %d", path, got.status)
		}
	}
}
