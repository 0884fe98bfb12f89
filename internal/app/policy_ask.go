package app

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/app/hub"
	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/compile"
	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/symbolic"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
	"github.com/bulkhead-ot/bulkhead/internal/serve/account"
	"github.com/bulkhead-ot/bulkhead/internal/serve/api"
	"github.com/bulkhead-ot/bulkhead/internal/serve/revision"
)

// PolicyAt says where policies are kept: at a hub that runs, by its address and
// a token, or in the data folder of one that does not. In a folder everything
// can be looked at and nothing changed: a yes takes an account, and what is in
// force a hub that runs.
type PolicyAt struct{ URL, TokenFile, Data, Site string }

// What a hub answers, for the command line.
type (
	// Proposal is a boundary made from what was recorded.
	Proposal = api.PolicyProposal
	// Simulation is what a policy would have done.
	Simulation = api.Simulation
	// Blocked are conversations of one kind that a policy would stop.
	Blocked = api.Blocked
	// AssetRef names an asset.
	AssetRef = api.AssetRef
	// Revision is one revision of a policy.
	Revision = api.PolicyRevision
	// Difference is packets that two policies judge otherwise.
	Difference = api.PolicyDifference
	// Applied is how it goes with what was applied last.
	Applied = api.PolicyApplied
	// Proofs are the four proofs.
	Proofs = api.PolicyProofs
	// Compared is a firewall's configuration beside a revision.
	Compared = api.PolicyCompared
)

// ask sends a request; an answer that is no JSON is read into *[]byte.
func (a PolicyAt) ask(ctx context.Context, method, path string, query url.Values, body, to any) error {
	if query == nil {
		query = url.Values{}
	}
	if a.Site != "" {
		query.Set("site", a.Site)
	}
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	if a.URL != "" {
		_, err := askHub(ctx, method, a.URL, a.TokenFile, "/policy"+path, "", body, to)
		return err
	}
	return askFolder(ctx, method, a.Data, "/policy"+path, body, to)
}

// askFolder asks the API that a hub over a data folder would have, as somebody
// who may only look.
func askFolder(ctx context.Context, method, data, path string, body, to any) error {
	db, done, err := openFolder(ctx, data)
	if err != nil {
		return err
	}
	defer done()
	desk, err := deskIn(db, time.Now)
	if err != nil {
		return err
	}
	s, err := api.New(api.Options{Store: db, Who: onlooker{}, Policy: desk, Crosses: hub.Crosses, Words: hub.Words, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	var send bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&send).Encode(body); err != nil {
			return err
		}
	}
	r, err := http.NewRequestWithContext(ctx, method, "http://localhost/api/v1"+path, &send)
	if err != nil {
		return err
	}
	r.RemoteAddr = "127.0.0.1:0"
	r.Header.Set("Content-Type", "application/json")
	w := &answered{header: http.Header{}}
	s.Handler().ServeHTTP(w, r)
	return readAnswer(w.status, w.body.Bytes(), to)
}

// onlooker is whoever can read the data folder.
type onlooker struct{}

// Identify is somebody who may look at everything.
func (onlooker) Identify(*http.Request) (*account.Identity, error) {
	return &account.Identity{Account: account.Host, Name: account.Host, Via: account.ViaToken, Token: account.Host, Grants: []account.Grant{{Site: account.Everywhere, Role: account.Viewer}}}, nil
}

// Watch never ends.
func (onlooker) Watch(*account.Identity) (<-chan struct{}, func()) { return nil, func() {} }

// answered is an answer in memory.
type answered struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header is the answer's.
func (a *answered) Header() http.Header { return a.header }

// WriteHeader notes the status.
func (a *answered) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

// Write keeps the body.
func (a *answered) Write(b []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(b)
}

// Propose is a boundary made from what was recorded.
func (a PolicyAt) Propose(ctx context.Context) (*api.PolicyProposal, error) {
	var v api.PolicyProposal
	return &v, a.ask(ctx, http.MethodGet, "/proposal", nil, nil, &v)
}

// Simulate tries a text, a revision, or with neither the newest plant model.
func (a PolicyAt) Simulate(ctx context.Context, text string, n int64) (*api.Simulation, error) {
	var v api.Simulation
	return &v, a.ask(ctx, http.MethodPost, "/simulate", nil, api.SimulateRequest{Text: text, Revision: n}, &v)
}

// Revisions lists the newest hundred.
func (a PolicyAt) Revisions(ctx context.Context) (*api.List[api.PolicyRevision], error) {
	var v api.List[api.PolicyRevision]
	return &v, a.ask(ctx, http.MethodGet, "/revisions", nil, nil, &v)
}

// Revision is one revision, whole.
func (a PolicyAt) Revision(ctx context.Context, n int64) (*api.PolicyRevision, error) {
	var v api.PolicyRevision
	return &v, a.ask(ctx, http.MethodGet, revisionPath(n), nil, nil, &v)
}

func revisionPath(n int64) string { return "/revisions/" + strconv.FormatInt(n, 10) }

// Revise makes a revision of a text, "" for the newest plant model.
func (a PolicyAt) Revise(ctx context.Context, text, reason string) (*api.PolicyRevision, error) {
	var v api.PolicyRevision
	return &v, a.ask(ctx, http.MethodPost, "/revisions", nil, api.NewRevision{Text: text, Reason: reason}, &v)
}

// Approve approves a revision for a side, as it was looked at.
func (a PolicyAt) Approve(ctx context.Context, n int64, side, hash string) (*api.PolicyRevision, error) {
	var v api.PolicyRevision
	return &v, a.ask(ctx, http.MethodPost, revisionPath(n)+"/approve", nil, api.Approve{Side: side, Hash: hash}, &v)
}

// Apply puts a revision into force, on trial.
func (a PolicyAt) Apply(ctx context.Context, n int64, within time.Duration, force bool, reason string) (*api.PolicyApplied, error) {
	var v api.PolicyApplied
	return &v, a.ask(ctx, http.MethodPost, revisionPath(n)+"/apply", nil, api.ApplyRequest{ConfirmWithin: int64(within / time.Second), Force: force, Reason: reason}, &v)
}

// Confirm keeps what is on trial.
func (a PolicyAt) Confirm(ctx context.Context) (*api.PolicyApplied, error) {
	var v api.PolicyApplied
	return &v, a.ask(ctx, http.MethodPost, "/confirm", nil, struct{}{}, &v)
}

// Rollback takes back what is on trial.
func (a PolicyAt) Rollback(ctx context.Context, reason string) (*api.PolicyApplied, error) {
	var v api.PolicyApplied
	return &v, a.ask(ctx, http.MethodPost, "/rollback", nil, api.PolicyReason{Reason: reason}, &v)
}

// Verify is how the four proofs stand; with now the boundary is looked at first.
func (a PolicyAt) Verify(ctx context.Context, now bool) (*api.PolicyProofs, error) {
	var v api.PolicyProofs
	if now {
		return &v, a.ask(ctx, http.MethodPost, "/prove", nil, struct{}{}, &v)
	}
	return &v, a.ask(ctx, http.MethodGet, "/proofs", nil, nil, &v)
}

// Device is what an export needs to know of a firewall.
type Device struct {
	Interfaces []string // zone=name
	Own        []string
	Family     string
}

// Export writes a revision as a firewall's configuration.
func (a PolicyAt) Export(ctx context.Context, brand string, n int64, d Device) ([]byte, error) {
	q := url.Values{"brand": {brand}}
	if n > 0 {
		q.Set("revision", strconv.FormatInt(n, 10))
	}
	if len(d.Interfaces) > 0 {
		q.Set("interfaces", strings.Join(d.Interfaces, ","))
	}
	if len(d.Own) > 0 {
		q.Set("own", strings.Join(d.Own, ","))
	}
	if d.Family != "" {
		q.Set("family", d.Family)
	}
	var b []byte
	return b, a.ask(ctx, http.MethodGet, "/export", q, nil, &b)
}

// Import holds a firewall's configuration against a revision.
func (a PolicyAt) Import(ctx context.Context, brand, config string, n int64) (*api.PolicyCompared, error) {
	var v api.PolicyCompared
	return &v, a.ask(ctx, http.MethodPost, "/import", nil, api.PolicyImport{Brand: brand, Text: config, Revision: n}, &v)
}

// PolicyFile is a policy from a file: a compiled one, or a plant model that is
// compiled without any machines, so that only its subnets count.
type PolicyFile struct {
	Policy *policy.Policy
	Model  *model.Model // nil for a compiled policy
	Notes  []compile.Note
}

// ReadPolicy reads a policy from the bytes of a file called name.
func ReadPolicy(name string, b []byte, now time.Time) (*PolicyFile, error) {
	if bytes.HasPrefix(bytes.TrimSpace(b), []byte("{")) {
		p, err := policy.Parse(b)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		return &PolicyFile{Policy: p}, nil
	}
	m, err := modelOf(name, "", string(b), now)
	if err != nil {
		return nil, err
	}
	f := &PolicyFile{Model: m}
	if f.Policy, f.Notes, err = compile.Compile(compile.Input{Model: m, Now: now}); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return f, nil
}

// Export writes the policy as a firewall's configuration.
func (f *PolicyFile) Export(brand string, d Device, now time.Time) ([]byte, error) {
	b, err := brandOf(brand)
	if err != nil {
		return nil, err
	}
	o, err := revision.DeviceOptions(d.Interfaces, d.Own, d.Family)
	if err != nil {
		return nil, err
	}
	return revision.Render(b, f.Policy, f.Model, o, now)
}

func brandOf(id string) (revision.Brand, error) {
	var known []string
	for _, b := range brands() {
		if b.ID == id {
			return b, nil
		}
		known = append(known, b.ID)
	}
	return revision.Brand{}, fmt.Errorf("%w: there is no brand %q; there are %s", ErrModel, id, strings.Join(known, ", "))
}

// Import holds a firewall's configuration against the policy.
func (f *PolicyFile) Import(brand string, config []byte, now time.Time) (*api.PolicyCompared, error) {
	b, err := brandOf(brand)
	if err != nil {
		return nil, err
	}
	c, err := revision.CompareConfig(b, config, &revision.Draft{Policy: f.Policy}, now)
	if err != nil {
		return nil, err
	}
	return api.Compared(c), nil
}

// ComparePolicies says what the second policy does otherwise than the first, a
// sentence each, and whether there is more.
func ComparePolicies(before, after *policy.Policy, now time.Time) (says []string, more bool, err error) {
	d, err := symbolic.Compare(symbolic.Source{Name: "the first", Policy: before}, symbolic.Source{Name: "the second", Policy: after}, symbolic.Options{Now: now})
	if err != nil {
		return nil, false, err
	}
	for i := range d.Regions {
		says = append(says, d.Regions[i].Says)
	}
	return says, d.More, nil
}
