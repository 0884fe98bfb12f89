package app

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bulkhead-ot/bulkhead/internal/app/config"
	"github.com/bulkhead-ot/bulkhead/internal/serve/cert"
)

// certificates are those of the console's listener, nil without TLS.
func (p *Process) certificates() (*cert.Certificates, error) {
	t := p.c.TLS
	if t.Mode == config.TLSOff || t.Mode == "" {
		return nil, nil
	}
	return cert.Open(context.Background(), cert.Options{
		Mode: cert.Mode(t.Mode), Dir: filepath.Join(p.c.Data, config.CertificateDir), Names: namesOf(p.c),
		Certificate: t.Certificate, Key: t.Key, Directory: t.ACME.Directory, CA: t.ACME.CAFile, Mail: t.ACME.Mail,
		TLS12: t.Oldest == "1.2", Now: p.o.Now, Log: p.o.Log,
	})
}

// namesOf is what the console is called: by the configuration, by the host, and
// by the addresses that it listens on. An ACME server is asked for the names
// that the configuration gives and for no other: it could not prove that of the
// host, and that failure would never end.
func namesOf(c *config.Config) []string {
	names := slices.Clone(c.Names)
	add := func(n string) {
		if n != "" && !slices.ContainsFunc(names, func(x string) bool { return strings.EqualFold(x, n) }) {
			names = append(names, n)
		}
	}
	if h, err := os.Hostname(); err == nil && c.TLS.Mode != config.TLSACME && !strings.ContainsAny(h, "_ ") {
		add(h)
	}
	host, _, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return names
	}
	if ip := net.ParseIP(host); host != "" && (ip == nil || !ip.IsUnspecified()) {
		add(host)
		return names
	}
	// On all addresses: those of private networks. A public one must be named.
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		return names
	}
	for _, a := range addresses {
		if n, ok := a.(*net.IPNet); ok && (n.IP.IsPrivate() || n.IP.IsLoopback()) {
			add(n.IP.String())
		}
	}
	return names
}
