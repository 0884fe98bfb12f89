package api

import (
	"cmp"
	"context"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/bulkhead-ot/bulkhead/internal/keep/ledger"
	"github.com/bulkhead-ot/bulkhead/internal/serve/account"
)

// Ledger is where every act is recorded: internal/keep/ledger.
type Ledger interface {
	Append(ctx context.Context, e ledger.Entry) (ledger.Record, error)
	Records(ctx context.Context, q ledger.Query) (ledger.Page, error)
	Checkpoint() ledger.Checkpoint
	Verifier() string
	Problem() error
}

// caller is who asks, as the guard or a sign-in found out.
type caller struct {
	Account, Name string // the account's identifier and name
	Token         string // the identifier of the API token; "" for none
	Via           string // session, token, link …
}

// trace is what a request leaves in the ledger. It hangs on the request's
// context, so that the guard and the handler can say more about it.
type trace struct {
	mu     sync.Mutex
	caller caller
	object string
	detail string
	asked  int64          // index of the record before the act; 0 for none
	ended  ledger.Outcome // where the status does not tell; "" where it does
	closed bool           // the outcome is recorded

	server *Server
	act    string
	path   string
	from   string
}

type traceKey struct{}

func traceOf(ctx context.Context) *trace {
	t, _ := ctx.Value(traceKey{}).(*trace)
	return t
}

// identify notes who asks. The guard calls it as soon as it knows, so that a
// refusal names them too.
func identify(ctx context.Context, c caller) {
	if t := traceOf(ctx); t != nil {
		t.mu.Lock()
		t.caller = c
		t.mu.Unlock()
	}
}

// remark notes what an act is about, beyond its path: an empty text leaves what
// was noted. It must never be given a secret.
func remark(ctx context.Context, object, detail string) {
	t := traceOf(ctx)
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if object != "" {
		t.object = object
	}
	if detail != "" {
		t.detail = detail
	}
}

// endsAs says how an act ended whose answer is a page and not a status.
func endsAs(ctx context.Context, o ledger.Outcome) {
	if t := traceOf(ctx); t != nil {
		t.mu.Lock()
		t.ended = o
		t.mu.Unlock()
	}
}

// asks records that an act begins. Routes that change something are recorded
// so before their handler is called; a handler of a route that is open to all
// calls it when it knows who asks and before it changes anything. An error
// means that the act must not be done.
func asks(ctx context.Context, c caller) error {
	identify(ctx, c)
	t := traceOf(ctx)
	if t == nil || t.server.opt.Ledger == nil {
		return nil
	}
	return t.ask(ctx, ledger.Asked)
}

func (t *trace) ask(ctx context.Context, o ledger.Outcome) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.asked != 0 || t.closed {
		return nil
	}
	r, err := t.server.opt.Ledger.Append(ctx, t.entry(o, 0))
	if err != nil {
		return err
	}
	if o == ledger.Read {
		t.closed = true
		return nil
	}
	t.asked = r.Index
	return nil
}

// entry is what is known of the act. t.mu is held.
func (t *trace) entry(o ledger.Outcome, status int) ledger.Entry {
	e := ledger.Entry{
		Act: t.act, Outcome: o, Status: status, Of: t.asked, Actor: t.caller.Account, Name: t.caller.Name, Token: t.caller.Token,
		Via: t.caller.Via, From: t.from, Object: t.path, Detail: t.detail,
	}
	if t.object != "" {
		e.Object = t.object
	}
	return e
}

// traced hangs a trace on requests of routes that leave one, and records what
// was refused before it reached its route.
func (s *Server) traced(next http.Handler) http.Handler {
	if s.opt.Ledger == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a, known := s.acts[s.patternOf(r)]
		if !known {
			next.ServeHTTP(w, r)
			return
		}
		t := &trace{server: s, act: a.id, path: r.URL.Path, from: sourceOf(r)}
		rec := &recorder{ResponseWriter: w}
		inner := r.WithContext(context.WithValue(r.Context(), traceKey{}, t))
		defer func() {
			r.Pattern = inner.Pattern
			if a.recorded || t.begun() {
				s.outcome(r.Context(), t, rec.status)
			}
		}()
		next.ServeHTTP(rec, inner)
	})
}

func (t *trace) begun() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.asked != 0
}

func (s *Server) patternOf(r *http.Request) string {
	_, pattern := s.mux.Handler(r)
	return pattern
}

// outcome records how an act ended, once. What somebody unknown asks for, and
// what is refused before it begins, is added up: it costs those who ask nothing.
func (s *Server) outcome(ctx context.Context, t *trace, status int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return
	}
	t.closed = true
	e := t.entry(cmp.Or(t.ended, outcomeOf(status)), status)
	if e.Status == 0 {
		e.Status = http.StatusInternalServerError // the handler panicked, or the connection was cut
	}
	ctx = context.WithoutCancel(ctx)
	if t.asked != 0 {
		s.append(ctx, e)
		return
	}
	s.appendFolded(ctx, e)
}

func outcomeOf(status int) ledger.Outcome {
	switch {
	case status >= 500 || status == 0:
		return ledger.Failed
	case status >= 400:
		return ledger.Refused
	}
	return ledger.Done
}

func (s *Server) append(ctx context.Context, e ledger.Entry) {
	if _, err := s.opt.Ledger.Append(ctx, e); err != nil {
		s.log.Error("an outcome could not be recorded", "act", e.Act, "outcome", e.Outcome, "of", e.Of, "actor", e.Actor, "error", err)
	}
}

func (s *Server) appendFolded(ctx context.Context, e ledger.Entry) {
	if e, fresh := s.folded(ctx, e); fresh {
		s.append(ctx, e)
	}
}

// folded adds an act up, after what was added up for long enough is recorded:
// a fresh act of a kind takes the place of those before it.
func (s *Server) folded(ctx context.Context, e ledger.Entry) (_ ledger.Entry, fresh bool) {
	now := s.opt.Now()
	for _, due := range s.folds.due(now, false) {
		s.append(ctx, due)
	}
	return s.folds.add(e, now)
}

// foldLoop writes what was added up, until ctx is done.
func (s *Server) foldLoop(ctx context.Context) {
	tick := time.NewTicker(foldTime / 4)
	defer tick.Stop()
	for {
		all := false
		select {
		case <-ctx.Done():
			all = true
		case <-tick.C:
		}
		for _, e := range s.folds.due(s.opt.Now(), all) {
			s.append(context.WithoutCancel(ctx), e)
		}
		if all {
			return
		}
	}
}

// act is what is recorded of a route.
type act struct {
	id       string
	recorded bool // leaves a trace though its handler says nothing
	read     bool // gives evidence out: recorded once, before
	open     bool // for whoever asks: the handler says when it begins
}

// record makes sure that a route leaves a trace: one that changes something
// does whatever its handler is, so that none can be forgotten.
func (s *Server) record(op *huma.Operation, a about) {
	changes := op.Method != http.MethodGet && op.Method != http.MethodHead && !slices.Contains(looks, a.id)
	x := act{id: a.id, read: !changes && evidence(op.Path), open: a.needs == account.Open}
	x.recorded = changes || x.read || a.id == "finishOIDC" // a browser signs in with a GET there
	s.acts[op.Method+" "+op.Path] = x
	if x.recorded {
		op.Middlewares = append(op.Middlewares, s.recording(x))
	}
}

// looks are the routes that change nothing although they are asked with a body:
// a simulation is asked for with every stroke of whoever draws a conduit.
var looks = []string{"simulatePolicy", "importPolicy"}

// evidence are the routes that change nothing and are recorded all the same:
// what they give out is evidence, or tells of it.
func evidence(path string) bool {
	rest, ours := strings.CutPrefix(path, base)
	return ours && (rest == "/packets" || rest == "/packets/kept/{id}" || rest == "/ledger" || strings.HasPrefix(rest, "/ledger/") || strings.HasPrefix(rest, "/export/") || rest == "/policy/export")
}

// recording is put around every route that changes something. It runs behind
// the guard and before the body is read.
func (s *Server) recording(a act) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		r, w := humago.Unwrap(ctx)
		t := traceOf(r.Context())
		if t == nil || a.open {
			next(ctx)
			return
		}
		if err := s.asked(r.Context(), t, a); err != nil {
			s.fail(w, r, err)
			return
		}
		next(ctx)
	}
}

func (s *Server) asked(ctx context.Context, t *trace, a act) error {
	if !a.read {
		return t.ask(ctx, ledger.Asked)
	}
	if t.act == "ledger" || t.act == "ledgerCheckpoint" {
		return s.ledgerRead(ctx, t)
	}
	return t.ask(ctx, ledger.Read)
}

// ledgerRead records that somebody looks at the ledger: once in a while for
// each, or a look at it would make more of it to look at.
func (s *Server) ledgerRead(ctx context.Context, t *trace) error {
	t.mu.Lock()
	e := t.entry(ledger.Read, 0)
	t.closed = true
	t.mu.Unlock()
	e, fresh := s.folded(ctx, e)
	if !fresh {
		return nil
	}
	_, err := s.opt.Ledger.Append(ctx, e)
	if err != nil {
		s.folds.drop(e) // the next look must not pass for one of those that were recorded
	}
	return err
}

// sourceOf is the address that a request came from, without the port.
func sourceOf(r *http.Request) string {
	if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		return host
	}
	return r.RemoteAddr
}
