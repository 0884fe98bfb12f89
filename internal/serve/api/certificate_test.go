package api

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/serve/cert"
)

func newCertificates(t testing.TB) *cert.Certificates {
	t.Helper()
	c, err := cert.Open(t.Context(), cert.Options{Mode: cert.Own, Dir: filepath.Join(t.TempDir(), "tls"), Names: []string{"plant-pc"}, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestOverTLS serves over TLS to a client that trusts the authority that the
// console offers.
func TestOverTLS(t *testing.T) {
	c := newCertificates(t)
	s := bare(t, Options{TLS: c, Console: console()})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, l) }()
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(c.Authority())
	tr := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
	client := &http.Client{Transport: tr}
	defer tr.CloseIdleConnections()
	ask := func(path, host string) (*http.Response, string) {
		r, err := http.NewRequest("GET", "https://"+l.Addr().String()+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = host
		res, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		b, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return res, string(b)
	}
	res, body := ask("/ca.pem", "plant-pc:8443")
	if res.StatusCode != 200 || body != string(c.Authority()) || res.Header.Get("Strict-Transport-Security") == "" {
		t.Errorf("%d %v %s", res.StatusCode, res.Header, body)
	}
	var shown Certificate
	_, body = ask(base+"/certificate", "localhost")
	if err := json.Unmarshal([]byte(body), &shown); err != nil || shown.Mode != "own" || len(shown.Authority) != 95 || shown.Problem != "" || !strings.Contains(strings.Join(shown.Names, " "), "plant-pc") {
		t.Errorf("%s %v", body, err)
	}
	if res, _ := ask("/", "attacker.example"); res.StatusCode != http.StatusMisdirectedRequest {
		t.Errorf("another name: %d", res.StatusCode)
	}
	tr.CloseIdleConnections()
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
