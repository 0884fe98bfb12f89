// Package cert has the certificates of the console's listener and the listener
// itself: TLS 1.3, from an authority of its own that is made at the first start,
// from files, or from an ACME server.
//
// It renews by itself and swaps certificates without a restart, and it keeps the
// old one when a new one is not fit. The listener bounds what one source can
// cost before anyone is known: handshakes under way, and connections.
//
// References: RFC 8446 (TLS 1.3); RFC 5280 section 4.2.1.10 (name constraints);
// RFC 8555 and 8737 (ACME).
package cert

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"sync/atomic"
	"time"
)

// Mode is where certificates come from.
type Mode string

// Modes.
const (
	Own   Mode = "own"   // an authority of this installation
	Files Mode = "files" // a certificate and a key that somebody puts there
	ACME  Mode = "acme"  // an ACME server, public or private
)

// Options say where certificates come from and for which names.
type Options struct {
	Mode Mode
	Dir  string // where keys are kept; made if it is missing
	// Names are what the console is called in addresses: host names and IP
	// addresses.
	Names []string
	// Certificate and Key are files, in mode Files.
	Certificate, Key string
	// Directory is the ACME server's; that of Let's Encrypt if it is empty.
	Directory string
	CA        string // a file with the authorities that vouch for the ACME server; the system's if empty
	Mail      string // of who is told when something is wrong there
	TLS12     bool   // take TLS 1.2 as well
	Now       func() time.Time
	Log       *slog.Logger
}

// source makes certificates.
type source interface {
	// check looks whether something is to be done and does it. The certificate
	// that is in use stays if it fails.
	check(ctx context.Context) error
	// get is the certificate for a handshake.
	get(hello *tls.ClientHelloInfo) (*tls.Certificate, error)
}

// Certificates are those of a listener. Make them with Open.
type Certificates struct {
	o       Options
	source  source
	own     *authority // nil in mode Files
	acme    *acmeSource
	problem atomic.Pointer[string]
}

// checkEvery is how often is looked whether a certificate is to be renewed or a
// file changed.
const checkEvery = 20 * time.Second

// Open makes or reads certificates. An error says what to do. An ACME server
// is asked by Run, once there is a listener; until it answers, clients are given
// a certificate of the own authority.
func Open(ctx context.Context, o Options) (*Certificates, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	c := &Certificates{o: o}
	switch o.Mode {
	case Own, ACME:
		var err error
		if c.own, err = openAuthority(&c.o); err != nil {
			return nil, fmt.Errorf("make a certificate: %w", err)
		}
		c.source = c.own
		if o.Mode == ACME {
			if c.acme, err = newACME(&c.o, c.own); err != nil {
				return nil, fmt.Errorf("use the ACME server: %w", err)
			}
			c.source = c.acme
		}
	case Files:
		c.source = &files{o: &c.o}
	default:
		return nil, fmt.Errorf("there is no way %q to get a certificate", o.Mode)
	}
	if c.acme != nil && !c.acme.kept(ctx) {
		// The proof of a name needs the listener, which is not there yet.
		c.note(errNotYet)
		return c, nil
	}
	err := c.source.check(ctx)
	if err != nil && o.Mode == Files {
		return nil, err
	}
	c.note(err)
	return c, nil
}

var errNotYet = errors.New("the ACME server has not given a certificate yet; until it does, the console shows one of this installation's own authority")

// note remembers what is wrong, and logs it once.
func (c *Certificates) note(err error) {
	if err == nil {
		if old := c.problem.Swap(nil); old != nil {
			c.o.Log.Info("the certificate is right again")
		}
		return
	}
	text := err.Error()
	if old := c.problem.Swap(&text); old == nil || *old != text {
		c.o.Log.Error("the certificate", "error", err)
	}
}

// Check looks once whether something is to be done.
func (c *Certificates) Check(ctx context.Context) { c.note(c.source.check(ctx)) }

// Run renews and reloads until ctx is done.
func (c *Certificates) Run(ctx context.Context) {
	tick := time.NewTicker(checkEvery)
	defer tick.Stop()
	for {
		c.Check(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Problem is why the certificate that is wanted is not in use, nil if it is.
func (c *Certificates) Problem() error {
	if p := c.problem.Load(); p != nil {
		return errors.New(*p)
	}
	return nil
}

// Authority is the certificate of the own authority in PEM form, nil if another
// one vouches for this host.
func (c *Certificates) Authority() []byte {
	if c.o.Mode != Own {
		return nil
	}
	return c.own.pem
}

// Status is what a listener shows.
type Status struct {
	Mode        Mode
	Names       []string
	Issuer      string
	Until       time.Time
	Fingerprint string
	Authority   string // fingerprint of the own authority, "" for none
}

// Status is the certificate that a client is given which asks for the first of
// the names.
func (c *Certificates) Status() Status {
	s := Status{Mode: c.o.Mode, Names: []string{}}
	hello := &tls.ClientHelloInfo{}
	if len(c.o.Names) > 0 {
		hello.ServerName = c.o.Names[0]
	}
	if pair, err := c.source.get(hello); err == nil && pair != nil && pair.Leaf != nil {
		x := pair.Leaf
		s.Names = append(s.Names, x.DNSNames...)
		for _, ip := range x.IPAddresses {
			s.Names = append(s.Names, ip.String())
		}
		s.Issuer, s.Until, s.Fingerprint = x.Issuer.CommonName, x.NotAfter, Fingerprint(x)
	}
	if c.o.Mode == Own {
		s.Authority = Fingerprint(c.own.cert)
	}
	return s
}

// Config is what a listener needs.
func (c *Certificates) Config() *tls.Config {
	t := &tls.Config{MinVersion: tls.VersionTLS13, GetCertificate: c.source.get, NextProtos: []string{"h2", "http/1.1"}}
	if c.o.TLS12 {
		t.MinVersion = tls.VersionTLS12 // Go offers only suites with forward secrecy then
	}
	if c.acme != nil {
		t.NextProtos = append(t.NextProtos, alpnProto)
	}
	return t
}

// Knows reports whether a Host header names this host: by a name of the
// configuration or of the certificate, with or without a port.
func (c *Certificates) Knows(host string) bool {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	name = strings.TrimSuffix(strings.TrimPrefix(name, "["), "]")
	for _, n := range c.o.Names {
		if strings.EqualFold(n, name) {
			return true
		}
	}
	cert, err := c.source.get(&tls.ClientHelloInfo{ServerName: name})
	return err == nil && cert.Leaf != nil && name != "" && cert.Leaf.VerifyHostname(name) == nil
}

// Fingerprint is the SHA-256 of a certificate as people compare it.
func Fingerprint(c *x509.Certificate) string {
	sum := sha256.Sum256(c.Raw)
	var b strings.Builder
	for i, x := range sum {
		if i > 0 {
			b.WriteByte(':')
		}
		fmt.Fprintf(&b, "%02X", x)
	}
	return b.String()
}
