package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/klauspost/compress/gzhttp"
)

// wrap puts the guards around the routes, the outermost first: what all answers
// carry, panics, who may ask, compression, how many at once.
func (s *Server) wrap(mux http.Handler) http.Handler {
	h := s.bounded(mux)
	h = compressed(h)
	h = s.sameOrigin(h)
	h = s.knownHost(h)
	h = s.traced(h)
	return s.outermost(h)
}

// outermost measures the request, sets the headers that every answer carries
// and turns a panic into a 500 whose text stays in the log.
func (s *Server) outermost(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begin := time.Now()
		rec := &recorder{ResponseWriter: w}
		secure(rec.Header())
		if r.TLS != nil {
			rec.Header().Set("Strict-Transport-Security", "max-age=31536000")
		}
		s.metrics.inFlight.Inc()
		defer func() {
			s.metrics.inFlight.Dec()
			s.metrics.observe(r, rec.status, time.Since(begin))
			s.noteChange(r, rec.status)
		}()
		defer func() {
			if e := recover(); e != nil {
				s.caught(rec, r, e)
			}
		}()
		next.ServeHTTP(rec, r)
	})
}

// noteChange logs what was changed, for those who look at the log of the program
// and not at the ledger.
func (s *Server) noteChange(r *http.Request, status int) {
	safe := r.Method == http.MethodGet || r.Method == http.MethodHead || r.Method == http.MethodOptions
	if !safe && status < http.StatusBadRequest {
		s.log.Info("changed through the API", "route", r.Pattern, "path", r.URL.Path, "status", status, "from", r.RemoteAddr)
	}
}

// caught answers a request whose handler panicked, if nothing was written yet;
// else the connection is cut, so that half an answer is not taken for a whole.
func (s *Server) caught(rec *recorder, r *http.Request, e any) {
	if e == http.ErrAbortHandler { // compared as net/http does
		panic(e)
	}
	s.log.Error("handler panicked", "method", r.Method, "route", r.Pattern, "panic", fmt.Sprint(e), "stack", string(debug.Stack()))
	if rec.status != 0 {
		panic(http.ErrAbortHandler)
	}
	rec.Header().Del("Content-Encoding")
	writeProblem(rec, newProblem(http.StatusInternalServerError, "Something failed here. The log of the program says what."))
}

// recorder remembers the status.
type recorder struct {
	http.ResponseWriter
	status int
}

// WriteHeader notes the status; an informational one is not the answer's.
func (r *recorder) WriteHeader(status int) {
	if r.status == 0 && status >= 200 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

// Write notes that the status is 200 if nothing else was said.
func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	return r.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// Flush sends what was written.
func (r *recorder) Flush() { http.NewResponseController(r.ResponseWriter).Flush() } // a writer that cannot flush sends at the end

// secure sets what every answer carries. The console has no inline script or
// style and loads nothing from elsewhere, so the policy allows neither.
func secure(h http.Header) {
	h.Set("Content-Security-Policy", "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
}

// knownHost refuses names that are not this machine's. A page of an attacker
// can have its own name resolve to 127.0.0.1 (DNS rebinding) and is then of the
// same origin as we are for the browser, but it cannot change the Host header.
func (s *Server) knownHost(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !loopbackHost(r.Host) && !s.named(r.Host) && !s.certified(r.Host) {
			s.metrics.refused.WithLabelValues("host").Inc()
			writeProblem(w, newProblem(http.StatusMisdirectedRequest, "This program does not answer to that name. Ask for it by localhost, or give it the name in its configuration (names)."))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// named tells whether a Host header has one of the names this program was given.
func (s *Server) named(host string) bool {
	name := hostName(host)
	return slices.ContainsFunc(s.opt.Names, func(n string) bool { return strings.EqualFold(n, name) })
}

// loopbackHost tells whether a Host header names this machine, with or without
// a port.
func loopbackHost(host string) bool {
	name := hostName(host)
	if strings.EqualFold(name, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(name)
	return err == nil && ip.IsLoopback() && ip.Zone() == ""
}

// sameOrigin refuses what a page of another origin has the browser ask for:
// changes always (CSRF), and reads of the API too, since they cost work here.
// Programs that are no browsers send neither header and pass.
func (s *Server) sameOrigin(next http.Handler) http.Handler {
	csrf := http.NewCrossOriginProtection()
	refuse := func(w http.ResponseWriter) {
		s.metrics.refused.WithLabelValues("origin").Inc()
		writeProblem(w, newProblem(http.StatusForbidden, "A page of another site asked for this. Open the console itself, or use a program that is no browser."))
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		foreign := r.Header.Get("Sec-Fetch-Site")
		if isCallback(r) {
			next.ServeHTTP(w, r) // an identity provider sends the browser here
			return
		}
		read := (foreign == "cross-site" || foreign == "same-site") && isAPI(r.URL.Path)
		if read || csrf.Check(r) != nil {
			refuse(w)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// isCallback tells the one address that another site may send a browser to. What
// it brings is held against what the browser was given when it left.
func isCallback(r *http.Request) bool {
	rest, ok := strings.CutPrefix(r.URL.Path, base+"/signin/oidc/")
	return ok && strings.HasSuffix(rest, "/callback") && r.Method == http.MethodGet
}

// isAPI tells the API's paths from the console's.
func isAPI(path string) bool {
	switch path {
	case "/healthz", "/readyz", "/metrics", "/api", "/ca.pem":
		return true
	}
	return strings.HasPrefix(path, "/api/")
}

// compressed packs text of over 1 KB. Streams and packets go past it: a stream
// must not wait in a buffer, and captures are sent as they are.
func compressed(next http.Handler) http.Handler {
	wrapper, err := gzhttp.NewWrapper(
		gzhttp.MinSize(1024),
		gzhttp.CompressionLevel(4),
		gzhttp.ContentTypes([]string{"application/json", "application/problem+json", "application/openapi+json", "text/html", "text/css", "text/javascript", "text/plain", "image/svg+xml"}),
	)
	if err != nil {
		return next // these options are constants that the tests use
	}
	packed := wrapper(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if unpacked(r.URL.Path) {
			next.ServeHTTP(w, r)
			return
		}
		packed.ServeHTTP(w, r)
	})
}

func unpacked(path string) bool {
	rest, ok := strings.CutPrefix(path, base)
	return ok && (isExport(path) || rest == "/events" || rest == "/packets" || strings.HasPrefix(rest, "/packets/kept/"))
}

// bounded gives a request its time and its turn. Streams, downloads and uploads
// take as long as they take and have turns of their own.
func (s *Server) bounded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, s.bodyLimit(r))
		if s.long(r) {
			next.ServeHTTP(w, r)
			return
		}
		done, err := s.all.take(r.Context(), s.opt.Limits.Wait)
		if err != nil {
			s.metrics.refused.WithLabelValues("busy").Inc()
			s.fail(w, r, err)
			return
		}
		defer done()
		ctx, cancel := context.WithTimeout(r.Context(), s.opt.Limits.Timeout)
		defer cancel()
		// The mux writes the pattern into the request it is given, and the
		// metrics read it from ours.
		timed := r.WithContext(ctx)
		defer func() { r.Pattern = timed.Pattern }()
		next.ServeHTTP(w, timed)
	})
}

func isUpload(r *http.Request) bool {
	return r.Method == http.MethodPost && r.URL.Path == base+"/captures"
}

func (s *Server) long(r *http.Request) bool { return unpacked(r.URL.Path) || isUpload(r) }

func (s *Server) bodyLimit(r *http.Request) int64 {
	switch {
	case isUpload(r):
		return s.opt.Limits.UploadBytes
	case r.URL.Path == base+"/model" || r.URL.Path == base+"/model/check" || r.URL.Path == base+"/model/edit":
		return maxModelBody
	case r.Method == http.MethodPost && (r.URL.Path == base+"/policy/simulate" || r.URL.Path == base+"/policy/revisions"):
		return maxModelBody
	case r.Method == http.MethodPost && r.URL.Path == base+"/policy/import":
		return maxImportBody
	}
	return maxJSONBody
}

// otherwise answers what no route takes: with the console's files, or with a
// problem that tells an unknown path from a method that does not exist there.
func (s *Server) otherwise(w http.ResponseWriter, r *http.Request) {
	if allowed := s.methods(r); len(allowed) > 0 {
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		writeProblem(w, newProblem(http.StatusMethodNotAllowed, "This path exists, but not with this method."))
		return
	}
	if !isAPI(r.URL.Path) && s.files.serve(w, r) {
		return
	}
	writeProblem(w, newProblem(http.StatusNotFound, "There is no such path. The document at /api/openapi.json lists those there are."))
}

// methods are those that a path has, none if it does not exist.
func (s *Server) methods(r *http.Request) []string {
	var list []string
	for _, m := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete} {
		probe := &http.Request{Method: m, URL: r.URL, Host: r.Host}
		if _, pattern := s.mux.Handler(probe); pattern != "/" && pattern != "" {
			list = append(list, m)
			if m == http.MethodGet {
				list = append(list, http.MethodHead)
			}
		}
	}
	return list
}

// turns let a number of requests through at once.
type turns struct{ room chan struct{} }

func newTurns(n int) turns { return turns{make(chan struct{}, n)} }

var errBusy = &Refusal{Kind: ErrBusy, Text: "Too many requests of this kind are being answered. Try again in a moment.", After: retryAfter * time.Second}

// take waits for a turn, at most so long; call done when the work is over.
func (t turns) take(ctx context.Context, wait time.Duration) (done func(), err error) {
	select {
	case t.room <- struct{}{}:
		return t.done, nil
	default:
	}
	if wait <= 0 {
		return nil, errBusy
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case t.room <- struct{}{}:
		return t.done, nil
	case <-timer.C:
		return nil, errBusy
	case <-ctx.Done():
		return nil, errors.Join(errBusy, ctx.Err())
	}
}

func (t turns) done() { <-t.room }

// taken is how many turns are in use.
func (t turns) taken() int { return len(t.room) }
