package doctor

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/app/config"
	"github.com/bulkhead-ot/bulkhead/internal/serve/cert"
)

// hub is a Bulkhead that runs on this machine, and how it is asked.
type hub struct {
	base   string // of its addresses, without a path
	token  string
	client *http.Client
}

// hubOf is the hub that a configuration describes. Close its connections.
func hubOf(c *config.Config) *hub {
	h := &hub{token: hostToken(c.Data)}
	address, scheme := here(c.Listen), "http://"
	t := &http.Transport{}
	if c.TLS.Mode != "" && c.TLS.Mode != config.TLSOff {
		scheme = "https://"
		t.TLSClientConfig = trust(c)
	}
	h.base = scheme + address
	h.client = &http.Client{
		Transport: t,
		// Whoever answers in the hub's place must not have the token sent elsewhere.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return h
}

func (h *hub) close() { h.client.CloseIdleConnections() }

// here is an address to listen on as this machine reaches it.
func here(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return listen
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		return net.JoinHostPort("localhost", port)
	}
	return listen
}

// trust takes for the hub only who shows a certificate of the authorities that
// the configuration means, for a name that it is called by.
func trust(c *config.Config) *tls.Config {
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	t := &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	if c.TLS.Mode == config.TLSFiles {
		t.ServerName = addFile(roots, c.TLS.Certificate)
		return t
	}
	if _, text, err := cert.ReadAuthority(filepath.Join(c.Data, config.CertificateDir)); err == nil {
		roots.AppendCertsFromPEM(text)
	}
	if c.TLS.Mode == config.TLSACME {
		// Until the ACME server has answered the own authority vouches for it.
		addFile(roots, c.TLS.ACME.CAFile)
		for _, n := range c.Names {
			if net.ParseIP(n) == nil {
				t.ServerName = n
				break
			}
		}
	}
	return t
}

// addFile trusts the certificates of a file, and says what the first is for.
func addFile(roots *x509.CertPool, path string) (name string) {
	text, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	roots.AppendCertsFromPEM(text)
	block, _ := pem.Decode(text)
	if block == nil {
		return ""
	}
	x, err := x509.ParseCertificate(block.Bytes)
	switch {
	case err != nil:
	case len(x.DNSNames) > 0:
		return x.DNSNames[0]
	case len(x.IPAddresses) > 0:
		return x.IPAddresses[0].String()
	}
	return ""
}

// hostToken is what the hub that works in a folder lets this machine's programs
// ask with, "" if it cannot be read: then the hub tells only whether it is ready.
func hostToken(data string) string {
	text, err := os.ReadFile(filepath.Join(data, config.HostToken))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}

// ask asks a Bulkhead that runs here, nil if none answers. The token is the one
// that it wrote for this machine's own programs.
func (h *hub) ask(ctx context.Context) *Running {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	var health struct {
		Status string `json:"status"`
		Checks []struct{ Name, Problem string }
	}
	status, ok := h.get(ctx, "/readyz", &health)
	if !ok {
		return nil
	}
	r := &Running{Ready: status == http.StatusOK}
	for _, c := range health.Checks {
		if c.Problem != "" {
			r.Problems = append(r.Problems, c.Name+": "+c.Problem)
		}
	}
	var overview struct{ Conversations int64 }
	h.get(ctx, "/api/v1/overview", &overview)
	var list struct {
		Items []struct {
			Name, State, Problem                                   string
			Packets, Dropped, Missing, Undecoded, Duplicates, Lost uint64
			OneSided                                               int64 `json:"one_sided"`
			Lag                                                    *float64
			Heard                                                  *time.Time
		}
	}
	h.get(ctx, "/api/v1/sensors", &list)
	for _, x := range list.Items {
		s := Sensor{
			Name: x.Name, State: x.State, Problem: x.Problem, Packets: x.Packets, Dropped: x.Dropped, Missing: x.Missing,
			OneSided: x.OneSided, Conversations: overview.Conversations, Undecoded: x.Undecoded, Duplicates: x.Duplicates, Lost: x.Lost,
		}
		if x.Lag != nil {
			s.Lag = time.Duration(*x.Lag * float64(time.Second))
		}
		if x.Heard != nil {
			s.Heard = *x.Heard
		}
		r.Sensors = append(r.Sensors, s)
	}
	return r
}

// maxAnswer bounds an answer: what listens there may be anything.
const maxAnswer = 4 << 20

func (h *hub) get(ctx context.Context, path string, into any) (status int, ok bool) {
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, h.base+path, nil)
	if err != nil {
		return 0, false
	}
	if h.token != "" {
		q.Header.Set("Authorization", "Bearer "+h.token)
	}
	a, err := h.client.Do(q)
	if err != nil {
		return 0, false
	}
	defer a.Body.Close()
	err = json.NewDecoder(http.MaxBytesReader(nil, a.Body, maxAnswer)).Decode(into)
	return a.StatusCode, err == nil
}
