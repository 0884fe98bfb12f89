package api

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/serve/account"
)

// emptyStore answers like a store with nothing in it, without a disk: for tests
// of what goes on around it. A test overrides what it is about.
type emptyStore struct {
	Store
	ping     error
	overview func(context.Context) (*store.Overview, error)
}

func (e *emptyStore) Ping(context.Context) error { return e.ping }
func (e *emptyStore) Counters(context.Context) (map[string]uint64, error) {
	return map[string]uint64{"facts": 3}, nil
}

func (e *emptyStore) Overview(ctx context.Context, _ string) (*store.Overview, error) {
	if e.overview != nil {
		return e.overview(ctx)
	}
	return &store.Overview{}, nil
}

func (e *emptyStore) Sensors(context.Context, string) ([]store.Sensor, error) {
	return []store.Sensor{{ID: 1, Site: "plant", Name: "line-1", Status: plant.SensorStatus{Packets: 10, Dropped: 4, State: plant.SensorWatching}}}, nil
}

func (e *emptyStore) Sensor(context.Context, string, string) (store.Sensor, error) {
	return store.Sensor{}, nil
}

func (e *emptyStore) Captures(context.Context, string, store.CaptureState, store.Page) (store.List[store.Capture], error) {
	return store.List[store.Capture]{}, nil
}

func (e *emptyStore) Findings(context.Context, store.FindingFilter, store.Page) (store.List[store.FindingItem], error) {
	return store.List[store.FindingItem]{}, nil
}

func (e *emptyStore) Tally(context.Context, string) (store.Tally, error) { return store.Tally{}, nil }

func (e *emptyStore) Sites(context.Context) ([]string, error) { return nil, nil }

func (e *emptyStore) Model(context.Context, string) (store.ModelVersion, error) {
	return store.ModelVersion{}, store.ErrNotFound
}

func (e *emptyStore) Map(context.Context, string) (*store.Map, error) { return &store.Map{}, nil }

func (e *emptyStore) Setting(context.Context, string) (json.RawMessage, int64, error) {
	return nil, 0, store.ErrNotFound
}

// clock is the time in tests.
var clock = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

// bare is a server over an empty store.
func bare(t testing.TB, o Options) *Server {
	t.Helper()
	if o.Store == nil {
		o.Store = &emptyStore{}
	}
	if o.Now == nil {
		o.Now = func() time.Time { return clock }
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Who == nil && o.Accounts == nil {
		o.Who = as(account.Grant{Site: account.Everywhere, Role: account.Administrator})
	}
	if o.Limits.PerSecond == 0 {
		o.Limits.PerSecond = 1e6 // the clock of tests stands still
	}
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// double is somebody who is always signed in, lately.
type double struct{ who *account.Identity }

func as(grants ...account.Grant) *double {
	return &double{&account.Identity{
		Account: "a1", Name: "anna", Display: "Anna", Via: account.ViaPasskey, Session: "s1", Grants: grants,
		Fresh: clock.Add(time.Hour), Expires: clock.Add(time.Hour), Idle: time.Hour,
	}}
}

func (d *double) Identify(*http.Request) (*account.Identity, error) {
	if d.who == nil {
		return nil, nil
	}
	who := *d.who
	return &who, nil
}

func (*double) Watch(*account.Identity) (<-chan struct{}, func()) { return nil, func() {} }

// reply is an answer that was held against the document.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// ask sends a request and holds the answer against the document: its status
// and media type are documented, and JSON is what the schema says.
func ask(t testing.TB, s *Server, method, target string, body io.Reader, header ...string) reply {
	t.Helper()
	r := httptest.NewRequest(method, target, body)
	r.Host = "localhost:8080"
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
		if header[i] == "Host" {
			r.Host = header[i+1]
		}
	}
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	res := w.Result()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	got := reply{res.StatusCode, res.Header, b}
	checkDocumented(t, s, r, got)
	return got
}

// get asks and decodes an answer that must be a success.
func getJSON[T any](t testing.TB, s *Server, target string) T {
	t.Helper()
	r := ask(t, s, http.MethodGet, target, nil)
	if r.status != http.StatusOK {
		t.Fatalf("GET %s: %d %s", target, r.status, r.body)
	}
	var v T
	if err := json.Unmarshal(r.body, &v); err != nil {
		t.Fatalf("GET %s: %v", target, err)
	}
	return v
}

func checkDocumented(t testing.TB, s *Server, r *http.Request, got reply) {
	t.Helper()
	if got.header.Get("Content-Encoding") != "" || got.status == http.StatusNotModified || r.Method == http.MethodHead {
		return
	}
	op := operationOf(s, r)
	media, _, _ := strings.Cut(got.header.Get("Content-Type"), ";")
	var schema *huma.Schema
	switch response := responseOf(op, got.status); {
	case op == nil && got.status >= 400:
		schema = s.doc.OpenAPI().Components.Schemas.Map()["Problem"]
		if media != "application/problem+json" {
			t.Errorf("%s %s: a problem of type %q", r.Method, r.URL, media)
		}
	case op == nil:
		return // the console's files
	case response == nil:
		t.Errorf("%s %s: status %d is not in the document", r.Method, r.URL, got.status)
		return
	case len(response.Content) == 0 && len(got.body) == 0:
		return
	case response.Content[media] == nil:
		t.Errorf("%s %s: status %d with type %q is not in the document", r.Method, r.URL, got.status, media)
		return
	default:
		schema = response.Content[media].Schema
	}
	if !strings.HasSuffix(media, "json") {
		return
	}
	var v any
	if err := json.Unmarshal(got.body, &v); err != nil {
		t.Errorf("%s %s: %v in %s", r.Method, r.URL, err, got.body)
		return
	}
	res := &huma.ValidateResult{}
	if media != "application/openapi+json" {
		huma.Validate(s.doc.OpenAPI().Components.Schemas, schema, huma.NewPathBuffer([]byte{}, 0), huma.ModeReadFromServer, v, res)
	}
	if len(res.Errors) > 0 {
		t.Errorf("%s %s: the answer is not as documented: %v\n%.2000s", r.Method, r.URL, errors.Join(res.Errors...), got.body)
	}
}

func operationOf(s *Server, r *http.Request) *huma.Operation {
	_, pattern := s.mux.Handler(r)
	_, path, _ := strings.Cut(pattern, " ")
	item := s.doc.OpenAPI().Paths[path]
	if item == nil {
		return nil
	}
	return map[string]*huma.Operation{http.MethodGet: item.Get, http.MethodPost: item.Post, http.MethodPut: item.Put, http.MethodDelete: item.Delete}[r.Method]
}

func responseOf(op *huma.Operation, status int) *huma.Response {
	if op == nil {
		return nil
	}
	if r := op.Responses[strings.TrimSpace(string(rune('0'+status/100))+string(rune('0'+status/10%10))+string(rune('0'+status%10)))]; r != nil {
		return r
	}
	if status >= 400 {
		return op.Responses["default"]
	}
	return nil
}

// importer takes captures and remembers them.
type importer struct {
	mu   sync.Mutex
	took []Upload
	err  error
	jobs map[string]store.Capture
}

func (i *importer) Import(_ context.Context, u Upload) (store.Capture, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.err != nil {
		return store.Capture{}, i.err
	}
	i.took = append(i.took, u)
	c := store.Capture{ID: "c1", Name: u.Name, Path: u.Path, Size: u.Size, SHA256: u.SHA256, State: store.CaptureQueued, Created: clock}
	if i.jobs == nil {
		i.jobs = map[string]store.Capture{}
	}
	i.jobs[c.ID] = c
	return c, nil
}

func (i *importer) Cancel(_ context.Context, id string) (store.Capture, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	c, ok := i.jobs[id]
	if !ok {
		return c, store.ErrNotFound
	}
	if c.State != store.CaptureQueued {
		return c, &Refusal{Kind: ErrConflict, Text: "It has ended already."}
	}
	c.State = store.CaptureCancelled
	i.jobs[id] = c
	return c, nil
}

// curator keeps what is decided of assets, and follows nothing.
type curator struct {
	made store.Decision
	err  error
}

func (c *curator) Merge(_ context.Context, assets []string, reason string, by store.Person) (store.Decision, error) {
	c.made = store.Decision{ID: "d1", Site: "plant", Kind: store.DecisionMerge, Reason: reason, By: by, At: clock}
	for i, id := range assets {
		c.made.Assets = append(c.made.Assets, store.DecidedAsset{ID: id, Label: id})
		c.made.Endpoints = append(c.made.Endpoints, store.DecidedEndpoint{Endpoint: plant.Endpoint{MAC: plant.MAC{2, byte(i)}}, Part: i})
	}
	return c.made, c.err
}

func (c *curator) Split(_ context.Context, asset string, ends []plant.Endpoint, reason string, by store.Person) (store.Decision, error) {
	c.made = store.Decision{ID: "d2", Site: "plant", Kind: store.DecisionSplit, Assets: []store.DecidedAsset{{ID: asset, Label: asset}}, Reason: reason, By: by, At: clock}
	for _, e := range ends {
		c.made.Endpoints = append(c.made.Endpoints, store.DecidedEndpoint{Endpoint: e})
	}
	return c.made, c.err
}

func (c *curator) Undo(_ context.Context, id string, by store.Person) (store.Decision, error) {
	return store.Decision{ID: id, Site: "plant", Kind: store.DecisionMerge, At: clock, Undone: clock, UndoneBy: by}, c.err
}

// cutter gives one file whatever is asked for, and remembers what was asked.
type cutter struct {
	data []byte
	err  error
	asks []Cut
	kept store.Kept
}

func (c *cutter) Cut(_ context.Context, w io.Writer, q Cut) error {
	c.asks = append(c.asks, q)
	if c.err != nil {
		return c.err
	}
	_, err := w.Write(c.data)
	return err
}

func (c *cutter) Keep(_ context.Context, q Cut, note string) (store.Kept, error) {
	c.asks = append(c.asks, q)
	c.kept.Note = note
	return c.kept, c.err
}

func (c *cutter) Open(context.Context, store.Kept) (io.ReadCloser, error) {
	return io.NopCloser(strings.NewReader(string(c.data))), c.err
}

func bufioReader(b []byte) *bufio.Reader {
	return bufio.NewReaderSize(bytes.NewReader(b), uploadBuffer)
}

// identityRoute tells the routes of sign-in and accounts, which have tests of
// their own.
func identityRoute(op *huma.Operation) bool {
	return slices.Contains(op.Tags, "identity") || slices.Contains(op.Tags, "accounts")
}
