package cert

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"
)

// alpnProto is what an ACME server says in the handshake that proves that a name
// leads here (RFC 8737).
const alpnProto = acme.ALPNProto

// acmeSource gets certificates from an ACME server. Until it has one, and for
// clients that ask for an address, it gives that of the own authority.
type acmeSource struct {
	o       *Options
	own     *authority
	manager *autocert.Manager
	names   []string
	ready   atomic.Pointer[[]string] // the names that it has certificates for
}

func newACME(o *Options, own *authority) (*acmeSource, error) {
	a := &acmeSource{o: o, own: own}
	for _, n := range o.Names {
		if net.ParseIP(n) == nil && n != "localhost" {
			a.names = append(a.names, n)
		}
	}
	if len(a.names) == 0 {
		return nil, errors.New("it needs a host name; add one to names")
	}
	client := &acme.Client{DirectoryURL: o.Directory, UserAgent: "bulkhead", RetryBackoff: backoff}
	if o.CA != "" {
		text, err := os.ReadFile(o.CA)
		if err != nil {
			return nil, err
		}
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("%s holds no certificate in PEM form", o.CA)
		}
		client.HTTPClient = &http.Client{Timeout: acmeWait, Transport: &http.Transport{
			TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}, TLSHandshakeTimeout: 10 * time.Second,
		}}
	}
	a.manager = &autocert.Manager{
		Prompt: autocert.AcceptTOS, Cache: autocert.DirCache(filepath.Join(o.Dir, "acme")), Email: o.Mail, Client: client,
		HostPolicy: autocert.HostWhitelist(a.names...),
	}
	return a, nil
}

// backoff has a request that failed tried again twice; the next check tries anew.
func backoff(n int, _ *http.Request, _ *http.Response) time.Duration {
	if n > 2 {
		return -1
	}
	return time.Duration(n) * time.Second
}

// kept reports whether there is a certificate for each name on disk.
func (a *acmeSource) kept(ctx context.Context) bool {
	for _, n := range a.names {
		if _, err := a.manager.Cache.Get(ctx, n); err != nil {
			return false
		}
	}
	return true
}

// acmeWait bounds one request to the ACME server.
const acmeWait = 30 * time.Second

// check gets certificates for all names, or renews them. The manager renews by
// itself once it has one; asking it shows whether it could.
func (a *acmeSource) check(ctx context.Context) error {
	if err := a.own.renew(); err != nil {
		return err
	}
	var all []error
	var ready []string
	for _, n := range a.names {
		if err := ctx.Err(); err != nil {
			return err
		}
		if _, err := a.manager.GetCertificate(modern(n)); err != nil {
			all = append(all, fmt.Errorf("get a certificate for %s from the ACME server: %w", n, err))
			continue
		}
		ready = append(ready, n)
	}
	a.ready.Store(&ready)
	return errors.Join(all...)
}

// modern is the greeting of a client that takes ECDSA, as all do that speak TLS
// 1.3: for another the manager would get a second certificate.
func modern(name string) *tls.ClientHelloInfo {
	return &tls.ClientHelloInfo{
		ServerName: name, CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256}, SupportedVersions: []uint16{tls.VersionTLS13},
		SignatureSchemes: []tls.SignatureScheme{tls.ECDSAWithP256AndSHA256}, SupportedCurves: []tls.CurveID{tls.CurveP256},
	}
}

// get answers an ACME server that proves a name, and else gives a certificate
// that is there: a handshake never waits for the ACME server.
func (a *acmeSource) get(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	if len(hello.SupportedProtos) == 1 && hello.SupportedProtos[0] == alpnProto {
		return a.manager.GetCertificate(hello)
	}
	if ready := a.ready.Load(); ready != nil && slices.Contains(*ready, hello.ServerName) {
		if c, err := a.manager.GetCertificate(modern(hello.ServerName)); err == nil {
			return c, nil
		}
	}
	return a.own.leaf.Load(), nil
}
