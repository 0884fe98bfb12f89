package api

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
)

func TestServesOnLoopbackOnly(t *testing.T) {
	for _, c := range []struct {
		name string
		addr net.Addr
		ok   bool
	}{
		{"IPv4 loopback", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1}, true},
		{"another address of 127/8", &net.TCPAddr{IP: net.IPv4(127, 9, 9, 9), Port: 1}, true},
		{"IPv6 loopback", &net.TCPAddr{IP: net.IPv6loopback, Port: 1}, true},
		{"a socket in the file system", &net.UnixAddr{Name: "/run/x", Net: "unix"}, true},
		{"all addresses", &net.TCPAddr{IP: net.IPv4zero, Port: 1}, false},
		{"all addresses, IPv6", &net.TCPAddr{IP: net.IPv6unspecified, Port: 1}, false},
		{"no address, which means all", &net.TCPAddr{Port: 1}, false},
		{"a network's address", &net.TCPAddr{IP: net.IPv4(192, 168, 1, 5), Port: 1}, false},
	} {
		if err := CheckLoopback(c.addr); (err == nil) != c.ok {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestServeRefusesOthersAndClosesTheListener(t *testing.T) {
	l, err := net.Listen("tcp", "0.0.0.0:0")
	if err != nil {
		t.Skip("no listener on all addresses here:", err)
	}
	err = bare(t, Options{}).Serve(t.Context(), l)
	if err == nil || !strings.Contains(err.Error(), "listen on 127.0.0.1") {
		t.Errorf("the error must say what to do: %v", err)
	}
	if _, err := l.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("the listener is still open: %v", err)
	}
}

func TestHosts(t *testing.T) {
	for _, c := range []struct {
		host string
		want bool
	}{
		{"localhost", true},
		{"LOCALHOST:8080", true},
		{"127.0.0.1", true},
		{"127.0.0.1:80", true},
		{"127.1.2.3:8080", true},
		{"[::1]", true},
		{"[::1]:8080", true},
		{"attacker.example", false},
		{"attacker.example:8080", false},
		{"localhost.attacker.example", false},
		{"127.0.0.1.nip.io", false},
		{"localhost.", false},
		{"10.0.0.5", false},
		{"0.0.0.0", false},
		{"[fe80::1%eth0]:80", false},
		{"", false},
		{"::1", true},
		{"localhost:8080:9", false},
	} {
		if got := loopbackHost(c.host); got != c.want {
			t.Errorf("%q: %v", c.host, got)
		}
	}
}

func TestWhoMayAsk(t *testing.T) {
	dir := t.TempDir()
	s := bare(t, Options{Importer: &importer{jobs: map[string]store.Capture{"c1": {ID: "c1", State: store.CaptureQueued}}}, Uploads: dir, Console: console()})
	const cancel = base + "/captures/none"
	for _, c := range []struct {
		name, method, path string
		header             []string
		want               int
	}{
		{"a program that is no browser", "GET", base + "/overview", nil, 200},
		{"the console reads", "GET", base + "/overview", []string{"Sec-Fetch-Site", "same-origin"}, 200},
		{"the address bar", "GET", base + "/overview", []string{"Sec-Fetch-Site", "none"}, 200},
		{"another site reads", "GET", base + "/overview", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"another port of this machine reads", "GET", base + "/overview", []string{"Sec-Fetch-Site", "same-site"}, 403},
		{"a link from another site to a page", "GET", "/assets", []string{"Sec-Fetch-Site", "cross-site", "Accept", "text/html"}, 200},
		{"a rebound name", "GET", base + "/overview", []string{"Host", "attacker.example"}, 421},
		{"a rebound name asks for a page", "GET", "/", []string{"Host", "attacker.example"}, 421},
		{"a program changes", "DELETE", cancel, nil, 404},
		{"the console changes", "DELETE", cancel, []string{"Sec-Fetch-Site", "same-origin", "Origin", "http://localhost:8080"}, 404},
		{"an old browser of ours changes", "DELETE", cancel, []string{"Origin", "http://localhost:8080"}, 404},
		{"another site changes", "DELETE", cancel, []string{"Sec-Fetch-Site", "cross-site", "Origin", "https://attacker.example"}, 403},
		{"an old browser, another site", "DELETE", cancel, []string{"Origin", "https://attacker.example"}, 403},
		{"another port changes", "DELETE", cancel, []string{"Origin", "http://localhost:9999"}, 403},
		{"a sandboxed frame changes", "DELETE", cancel, []string{"Origin", "null"}, 403},
		{"another site sends a form", "POST", base + "/captures?name=x", []string{"Sec-Fetch-Site", "cross-site", "Content-Type", "text/plain"}, 403},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := ask(t, s, c.method, c.path, nil, c.header...); got.status != c.want {
				t.Errorf("%d, not %d: %s", got.status, c.want, got.body)
			}
		})
	}
}

func TestEveryAnswerIsGuarded(t *testing.T) {
	s := bare(t, Options{Console: console()})
	for _, path := range []string{"/", base + "/overview", "/metrics", "/no/such.js", base + "/nothing"} {
		h := ask(t, s, "GET", path, nil, "Origin", "https://attacker.example").header
		if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") == "" || h.Get("Permissions-Policy") == "" {
			t.Errorf("%s: %v", path, h)
		}
		csp := h.Get("Content-Security-Policy")
		if !strings.Contains(csp, "default-src 'self'") || !strings.Contains(csp, "frame-ancestors 'none'") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: policy %q", path, csp)
		}
		for name := range h {
			if strings.HasPrefix(name, "Access-Control-") {
				t.Errorf("%s: lets other origins read: %s", path, name)
			}
		}
	}
}

func TestUnknownPathsAndMethods(t *testing.T) {
	s := bare(t, Options{Console: console()})
	for _, c := range []struct {
		name, method, path, allow string
		want                      int
	}{
		{"an unknown path of the API", "GET", "/api/v1/nothing", "", 404},
		{"an unknown version", "GET", "/api/v9/assets", "", 404},
		{"a method that a route has not", "POST", base + "/assets", "GET, HEAD", 405},
		{"several methods", "PUT", base + "/captures", "GET, HEAD, POST", 405},
		{"an invented method", "BREW", base + "/overview", "GET, HEAD", 405},
		{"a preflight", "OPTIONS", base + "/overview", "GET, HEAD", 405},
		{"posting to the console", "POST", "/assets", "", 404},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := ask(t, s, c.method, c.path, nil)
			if got.status != c.want || got.header.Get("Allow") != c.allow {
				t.Errorf("%d, allow %q", got.status, got.header.Get("Allow"))
			}
		})
	}
}

func TestInternalErrorsStayInTheLog(t *testing.T) {
	const secret = "sql: no such table secrets"
	for _, c := range []struct {
		name string
		fail func(context.Context) (*store.Overview, error)
		want int
	}{
		{"an error without a kind", func(context.Context) (*store.Overview, error) { return nil, errors.New(secret) }, 500},
		{"a panic", func(context.Context) (*store.Overview, error) { panic(secret) }, 500},
		{"a database that is away", func(context.Context) (*store.Overview, error) {
			return nil, errors.Join(store.ErrUnavailable, errors.New(secret))
		}, 503},
		{"a full disk", func(context.Context) (*store.Overview, error) {
			return nil, errors.Join(store.ErrFull, errors.New(secret))
		}, 507},
		{"too slow", func(ctx context.Context) (*store.Overview, error) { <-ctx.Done(); return nil, ctx.Err() }, 503},
	} {
		t.Run(c.name, func(t *testing.T) {
			var log bytes.Buffer
			s := bare(t, Options{Store: &emptyStore{overview: c.fail}, Log: slog.New(slog.NewTextHandler(&log, nil)), Limits: Limits{Timeout: 10 * time.Millisecond}})
			got := ask(t, s, "GET", base+"/overview", nil)
			if got.status != c.want || strings.Contains(string(got.body), "secret") {
				t.Errorf("%d %s", got.status, got.body)
			}
			if c.name != "too slow" && !strings.Contains(log.String(), secret) {
				t.Errorf("the log lacks the reason: %s", log.String())
			}
			if (got.status == 503) != (got.header.Get("Retry-After") != "") {
				t.Errorf("status %d with Retry-After %q", got.status, got.header.Get("Retry-After"))
			}
		})
	}
}

func TestTurns(t *testing.T) {
	hold := make(chan struct{})
	entered := make(chan struct{})
	s := bare(t, Options{Limits: Limits{Requests: 1, Wait: time.Millisecond}, Store: &emptyStore{overview: func(context.Context) (*store.Overview, error) {
		close(entered)
		<-hold
		return &store.Overview{}, nil
	}}})
	first := make(chan int)
	go func() { first <- ask(t, s, "GET", base+"/overview", nil).status }()
	<-entered
	if got := ask(t, s, "GET", base+"/settings", nil); got.status != 503 || got.header.Get("Retry-After") == "" {
		t.Errorf("a second request: %d", got.status)
	}
	close(hold)
	if got := <-first; got != 200 {
		t.Errorf("the first request: %d", got)
	}
	if got := ask(t, s, "GET", base+"/settings", nil); got.status != 200 {
		t.Errorf("after it: %d", got.status)
	}
}

func TestBodiesAreBounded(t *testing.T) {
	s := bare(t, Options{})
	big := `{"minute_days":1,"hour_days":1,"day_days":1,"max_bytes":` + strings.Repeat("1", maxJSONBody) + `}`
	if got := ask(t, s, "PUT", base+"/history/retention", strings.NewReader(big), "Content-Type", "application/json"); got.status != 413 {
		t.Errorf("%d %s", got.status, got.body)
	}
}

func TestCompression(t *testing.T) {
	s := bare(t, Options{})
	got := ask(t, s, "GET", "/api/openapi.json", nil, "Accept-Encoding", "gzip")
	if got.header.Get("Content-Encoding") != "gzip" || got.header.Get("Vary") == "" || len(got.body) > len(s.document)/2 {
		t.Fatalf("%v, %d bytes of %d", got.header, len(got.body), len(s.document))
	}
	z, err := gzip.NewReader(bytes.NewReader(got.body))
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := io.ReadAll(z); err != nil || !bytes.Equal(plain, s.document) {
		t.Errorf("unpacked it is another: %v", err)
	}
	if small := ask(t, s, "GET", "/healthz", nil, "Accept-Encoding", "gzip"); small.header.Get("Content-Encoding") != "" {
		t.Error("an answer of some bytes is packed")
	}
}

func TestEntityTags(t *testing.T) {
	o := &store.Overview{}
	s := bare(t, Options{Store: &emptyStore{overview: func(context.Context) (*store.Overview, error) { return o, nil }}})
	first := ask(t, s, "GET", base+"/overview", nil)
	tag := first.header.Get("ETag")
	if !strings.HasPrefix(tag, `W/"`) {
		t.Fatalf("tag %q", tag)
	}
	for _, c := range []struct {
		header string
		want   int
	}{
		{tag, 304},
		{strings.TrimPrefix(tag, "W/"), 304},
		{`"other", ` + tag, 304},
		{"*", 304},
		{`"other"`, 200},
	} {
		if got := ask(t, s, "GET", base+"/overview", nil, "If-None-Match", c.header); got.status != c.want || c.want == 304 && len(got.body) > 0 {
			t.Errorf("If-None-Match %s: %d", c.header, got.status)
		}
	}
	o = &store.Overview{Conversations: 1}
	if got := ask(t, s, "GET", base+"/overview", nil, "If-None-Match", tag); got.status != 200 || got.header.Get("ETag") == tag {
		t.Errorf("after a change: %d", got.status)
	}
}

func console() fstest.MapFS {
	return fstest.MapFS{
		"index.html":            {Data: []byte("<!doctype html><title>Bulkhead</title>")},
		"assets/app-1a2b.js":    {Data: []byte("plain script")},
		"assets/app-1a2b.js.gz": {Data: []byte("packed script")},
		"favicon.svg":           {Data: []byte("<svg/>")},
	}
}

func TestConsoleFiles(t *testing.T) {
	s := bare(t, Options{Console: console()})
	const page = "<!doctype html><title>Bulkhead</title>"
	for _, c := range []struct {
		name, path string
		header     []string
		want       int
		body       string
		media      string
		cache      string
	}{
		{"the page", "/", nil, 200, page, "text/html; charset=utf-8", "no-cache"},
		{"a path that the console knows", "/assets/plc-7", []string{"Accept", "text/html,*/*"}, 200, page, "text/html; charset=utf-8", "no-cache"},
		{"the same asked for by a script", "/assets/plc-7", []string{"Accept", "*/*"}, 404, "", "application/problem+json", "no-store"},
		{"a file with its hash in the name", "/assets/app-1a2b.js", nil, 200, "plain script", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"},
		{"the same packed", "/assets/app-1a2b.js", []string{"Accept-Encoding", "br, gzip"}, 200, "packed script", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"},
		{"gzip not wanted", "/assets/app-1a2b.js", []string{"Accept-Encoding", "gzip;q=0"}, 200, "plain script", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"},
		{"a script that is gone", "/assets/app-old.js", []string{"Accept", "text/html"}, 404, "", "application/problem+json", "no-store"},
		{"out of the folder", "/../../etc/passwd", nil, 404, "", "application/problem+json", "no-store"},
		{"a path of the API is never the page", "/api/v1/nothing", []string{"Accept", "text/html"}, 404, "", "application/problem+json", "no-store"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := ask(t, s, "GET", c.path, nil, c.header...)
			if strings.Contains(c.path, "..") && got.status == http.StatusTemporaryRedirect {
				return // the mux cleans the path
			}
			if got.status != c.want || got.header.Get("Content-Type") != c.media || got.header.Get("Cache-Control") != c.cache || c.body != "" && string(got.body) != c.body {
				t.Errorf("%d %v %s", got.status, got.header, got.body)
			}
		})
	}
	tag := ask(t, s, "GET", "/", nil).header.Get("ETag")
	if got := ask(t, s, "GET", "/", nil, "If-None-Match", tag); got.status != 304 {
		t.Errorf("with the tag: %d", got.status)
	}
}
