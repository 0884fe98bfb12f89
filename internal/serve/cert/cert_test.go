package cert

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

var start = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

// clock is a time that a test moves.
type clock struct{ at atomic.Int64 }

func (c *clock) now() time.Time { return start.Add(time.Duration(c.at.Load())) }

func opened(t testing.TB, o Options) *Certificates {
	t.Helper()
	o.Log = slog.New(slog.DiscardHandler)
	if o.Dir == "" {
		o.Dir = filepath.Join(t.TempDir(), "tls")
	}
	c, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func leafOf(t testing.TB, c *Certificates) *x509.Certificate {
	t.Helper()
	x, err := c.source.get(&tls.ClientHelloInfo{})
	if err != nil {
		t.Fatal(err)
	}
	return x.Leaf
}

func poolOf(t testing.TB, text []byte) *x509.CertPool {
	t.Helper()
	p := x509.NewCertPool()
	if !p.AppendCertsFromPEM(text) {
		t.Fatal("no certificate")
	}
	return p
}

func TestTheOwnAuthority(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "tls")
	var k clock
	o := Options{Mode: Own, Dir: dir, Names: []string{"plant-pc", "bulkhead.plant.example", "10.1.2.3", "203.0.113.9"}, Now: k.now}
	c := opened(t, o)
	roots := poolOf(t, c.Authority())
	for _, name := range []string{"plant-pc", "bulkhead.plant.example", "10.1.2.3", "203.0.113.9", "localhost", "127.0.0.1", "::1"} {
		if _, err := leafOf(t, c).Verify(x509.VerifyOptions{DNSName: name, Roots: roots, CurrentTime: k.now()}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, f := range []string{authorityKey, authorityCert, leafFile} {
		if info, err := os.Stat(filepath.Join(dir, f)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", f, info, err)
		}
	}
	if err := c.own.cert.CheckSignatureFrom(c.own.cert); err != nil {
		t.Error(err)
	}
	for host, want := range map[string]bool{"plant-pc": true, "PLANT-PC:8443": true, "10.1.2.3:8443": true, "[::1]:8443": true, "attacker.example": false, "10.9.9.9": false, "": false} {
		if c.Knows(host) != want {
			t.Errorf("knows %q: %v", host, !want)
		}
	}
	first := leafOf(t, c).SerialNumber
	again := opened(t, o)
	if leafOf(t, again).SerialNumber.Cmp(first) != 0 || string(again.Authority()) != string(c.Authority()) {
		t.Error("another certificate after a restart")
	}
	o.Names = []string{"plant-pc", "10.7.7.7"}
	if other := opened(t, o); leafOf(t, other).VerifyHostname("10.7.7.7") != nil || string(other.Authority()) != string(c.Authority()) {
		t.Error("a private address needs no new authority")
	}
	o.Names = []string{"elsewhere.example"}
	if _, err := Open(t.Context(), o); err == nil || !strings.Contains(err.Error(), "elsewhere.example") || !strings.Contains(err.Error(), "remove ca.pem and ca.key") {
		t.Errorf("a name that it may not vouch for: %v", err)
	}
	if err := os.Chmod(filepath.Join(dir, authorityKey), 0o644); err != nil {
		t.Fatal(err)
	}
	o.Names = nil
	if _, err := Open(t.Context(), o); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a key that others may read: %v", err)
	}
}

// TestAStolenAuthorityVouchesForLittle signs for another name with its key.
func TestAStolenAuthorityVouchesForLittle(t *testing.T) {
	c := opened(t, Options{Mode: Own, Names: []string{"plant-pc"}, Now: func() time.Time { return start }})
	for name, ok := range map[string]bool{"plant-pc": true, "bank.example": false} {
		x := &x509.Certificate{SerialNumber: serial(), NotBefore: start.Add(-time.Hour), NotAfter: start.Add(time.Hour), DNSNames: []string{name}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
		der, err := x509.CreateCertificate(rand.Reader, x, c.own.cert, c.own.key.Public(), c.own.key)
		if err != nil {
			t.Fatal(err)
		}
		leaf, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := leaf.Verify(x509.VerifyOptions{DNSName: name, Roots: poolOf(t, c.Authority()), CurrentTime: start}); (err == nil) != ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLeavesAreRenewed(t *testing.T) {
	var k clock
	c := opened(t, Options{Mode: Own, Names: []string{"plant-pc"}, Now: k.now})
	first := leafOf(t, c)
	for _, s := range []struct {
		day    int
		fresh  bool
		saying string
	}{{200, false, ""}, {245, true, ""}, {9*365 + 100, true, "plan to make another"}} {
		k.at.Store(int64(s.day) * int64(24*time.Hour))
		c.Check(t.Context())
		got := leafOf(t, c)
		if fresh := got.SerialNumber.Cmp(first.SerialNumber) != 0; fresh != s.fresh {
			t.Errorf("day %d: renewed %v", s.day, fresh)
		}
		if _, err := got.Verify(x509.VerifyOptions{DNSName: "plant-pc", Roots: poolOf(t, c.Authority()), CurrentTime: k.now()}); err != nil {
			t.Errorf("day %d: %v", s.day, err)
		}
		if err := c.Problem(); (err != nil) != (s.saying != "") || err != nil && !strings.Contains(err.Error(), s.saying) {
			t.Errorf("day %d: %v", s.day, err)
		}
		first = got
	}
}

// pair writes a certificate and its key.
func pair(t testing.TB, dir, name string, until time.Time) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	x := &x509.Certificate{SerialNumber: serial(), Subject: pkix.Name{CommonName: name}, NotBefore: start.Add(-time.Hour), NotAfter: until, DNSNames: []string{name}}
	der, err := x509.CreateCertificate(rand.Reader, x, x, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	k, err := keyPEM(key)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "c.pem"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	write(t, filepath.Join(dir, "k.pem"), k)
}

func write(t testing.TB, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestFilesAreReloaded(t *testing.T) {
	dir := t.TempDir()
	var k clock
	o := Options{Mode: Files, Certificate: filepath.Join(dir, "c.pem"), Key: filepath.Join(dir, "k.pem"), Now: k.now}
	if _, err := Open(t.Context(), o); err == nil {
		t.Error("no files, and no error")
	}
	year := start.Add(365 * 24 * time.Hour)
	pair(t, dir, "one.example", year)
	c := opened(t, o)
	check := func(name, problem string) {
		t.Helper()
		c.Check(t.Context())
		if got := leafOf(t, c).Subject.CommonName; got != name {
			t.Errorf("in use is %s, not %s", got, name)
		}
		if err := c.Problem(); (err != nil) != (problem != "") || err != nil && !strings.Contains(err.Error(), problem) {
			t.Errorf("problem %v, not %q", err, problem)
		}
	}
	check("one.example", "")
	old, err := os.ReadFile(o.Key)
	if err != nil {
		t.Fatal(err)
	}
	pair(t, dir, "two.example", year)
	fresh, err := os.ReadFile(o.Key)
	if err != nil {
		t.Fatal(err)
	}
	write(t, o.Key, old) // as in the middle of a copy
	check("one.example", "the old one stays in use")
	write(t, o.Key, fresh)
	check("two.example", "")
	write(t, o.Certificate, []byte("nonsense"))
	check("two.example", "the old one stays in use")
	if err := os.Remove(o.Certificate); err != nil {
		t.Fatal(err)
	}
	check("two.example", "no such file")
	pair(t, dir, "ended.example", start.Add(-time.Minute))
	check("two.example", "not now")
	pair(t, dir, "three.example", year)
	check("three.example", "")
	k.at.Store(int64(250 * 24 * time.Hour))
	check("three.example", "two thirds")
	k.at.Store(int64(366 * 24 * time.Hour))
	check("three.example", "ended on")
}

// served listens with TLS on loopback and answers with what the handshake was.
func served(t testing.TB, c *Certificates, limits Limits) (*Listener, string) {
	t.Helper()
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := c.Listen(inner, limits)
	srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.TLS == nil {
			t.Error("no TLS state")
			return
		}
		io.WriteString(w, r.Proto+" "+tls.VersionName(r.TLS.Version))
	})}
	done := make(chan struct{})
	go func() { defer close(done); srv.Serve(l) }()
	t.Cleanup(func() { srv.Close(); l.Close(); <-done })
	return l, inner.Addr().String()
}

func TestTheListener(t *testing.T) {
	c := opened(t, Options{Mode: Own, Names: []string{"plant-pc"}})
	_, address := served(t, c, Limits{})
	get := func(config *tls.Config) (string, error) {
		config.RootCAs = poolOf(t, c.Authority())
		tr := &http.Transport{TLSClientConfig: config, ForceAttemptHTTP2: true}
		defer tr.CloseIdleConnections()
		res, err := (&http.Client{Transport: tr}).Get("https://" + address + "/")
		if err != nil {
			return "", err
		}
		defer res.Body.Close()
		b, err := io.ReadAll(res.Body)
		return string(b), err
	}
	if got, err := get(&tls.Config{}); err != nil || got != "HTTP/2.0 TLS 1.3" {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := get(&tls.Config{MaxVersion: tls.VersionTLS12}); err == nil {
		t.Error("it takes TLS 1.2")
	}
	if _, err := get(&tls.Config{ServerName: "plant-pc"}); err != nil {
		t.Error(err)
	}
	if _, err := get(&tls.Config{ServerName: "bank.example"}); err == nil {
		t.Error("it is taken for a bank")
	}
	no := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := no.Get("http://" + address + "/assets?x=1")
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != 308 || res.Header.Get("Location") != "https://"+address+"/assets" {
		t.Errorf("plain HTTP: %d %s", res.StatusCode, res.Header.Get("Location"))
	}
	for _, raw := range []string{"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "\x00\x00\x00", "SSH-2.0-x\r\n"} {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(conn, raw)
		conn.(*net.TCPConn).CloseWrite()
		b, _ := io.ReadAll(conn)
		if conn.Close(); !strings.HasPrefix(string(b), "HTTP/1.1 400") {
			t.Errorf("%q: %q", raw, b)
		}
	}
	old := opened(t, Options{Mode: Own, TLS12: true})
	_, address = served(t, old, Limits{})
	c = old
	if got, err := get(&tls.Config{MaxVersion: tls.VersionTLS12}); err != nil || got != "HTTP/2.0 TLS 1.2" {
		t.Errorf("with the setting: %q, %v", got, err)
	}
}

// fakeConn is a connection from an address.
type fakeConn struct {
	net.Conn
	from net.Addr
}

func (f fakeConn) RemoteAddr() net.Addr { return f.from }

// fakeListener gives connections that a test makes.
type fakeListener struct {
	conns  chan net.Conn
	closed chan struct{}
}

func (f *fakeListener) Accept() (net.Conn, error) {
	select {
	case c := <-f.conns:
		return c, nil
	case <-f.closed:
		return nil, net.ErrClosed
	}
}
func (f *fakeListener) Close() error   { close(f.closed); return nil }
func (f *fakeListener) Addr() net.Addr { return &net.TCPAddr{} }

// TestAFloodDoesNotKeepOthersOut has one source open connections and say
// nothing: another gets in, and the flood is closed at its bound.
func TestAFloodDoesNotKeepOthersOut(t *testing.T) {
	c := opened(t, Options{Mode: Own, Names: []string{"plant-pc"}})
	f := &fakeListener{make(chan net.Conn), make(chan struct{})}
	l := c.Listen(f, Limits{Handshakes: 64, SourceHandshakes: 4, SourceConnections: 6})
	defer l.Close()
	dial := func(from string) net.Conn {
		a, b := net.Pipe()
		t.Cleanup(func() { a.Close() })
		f.conns <- fakeConn{b, &net.TCPAddr{IP: net.ParseIP(from), Port: 9}}
		return a
	}
	for range 4 {
		dial("2001:db8::1")
	}
	for range 50 { // one network of IPv6 is one source
		conn := dial("2001:db8::2")
		if _, err := conn.Read(make([]byte, 1)); err != io.EOF {
			t.Fatalf("not closed: %v", err)
		}
	}
	if l.Refused.Load() != 50 {
		t.Errorf("%d refused", l.Refused.Load())
	}
	roots := poolOf(t, c.Authority())
	enter := func(from string) (net.Conn, net.Conn, error) {
		conn := tls.Client(dial(from), &tls.Config{RootCAs: roots, ServerName: "plant-pc"})
		got := make(chan net.Conn, 1)
		go func() {
			if c, err := l.Accept(); err == nil {
				got <- c
			}
		}()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		if err := conn.HandshakeContext(ctx); err != nil {
			return nil, nil, err
		}
		return conn, <-got, nil
	}
	var last net.Conn
	for i := range 6 {
		var err error
		if _, last, err = enter("198.51.100.7"); err != nil {
			t.Fatalf("another source, connection %d: %v", i, err)
		}
	}
	conn := dial("198.51.100.7") // its seventh
	if _, err := conn.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("%v", err)
	}
	last.Close()
	if _, _, err := enter("198.51.100.7"); err != nil {
		t.Errorf("after one was closed: %v", err)
	}
	if len(l.sources) != 2 {
		t.Errorf("%d sources are remembered", len(l.sources))
	}
}

func TestClosingEndsHandshakes(t *testing.T) {
	c := opened(t, Options{Mode: Own})
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := c.Listen(inner, Limits{})
	conn, err := net.Dial("tcp", inner.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	l.Close()
	l.Close()
	if _, err := l.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("%v", err)
	}
}
