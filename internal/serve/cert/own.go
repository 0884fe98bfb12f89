package cert

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const (
	authorityLife = 10 * 365 * 24 * time.Hour
	leafLife      = 365 * 24 * time.Hour
	// early is how long before its making a certificate holds, for clients whose
	// clock is behind.
	early = time.Hour
)

// Names of the own authority's files.
const (
	authorityCert = "ca.pem"
	authorityKey  = "ca.key"
	leafFile      = "leaf.pem"
)

// authority is the one that an installation makes for itself. People trust it
// once, so it outlives its leaves, and it is bound to the names of this host: a
// key that is stolen does not make a certificate for somebody's bank.
type authority struct {
	o     *Options
	cert  *x509.Certificate
	key   *ecdsa.PrivateKey
	pem   []byte
	names []string

	making sync.Mutex
	leaf   atomic.Pointer[tls.Certificate]
}

// private are the networks in which addresses may be vouched for beside those
// of the configuration.
var private = []string{"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "127.0.0.0/8", "fc00::/7", "fe80::/10", "::1/128"}

// openAuthority reads the authority of a folder, or makes it.
func openAuthority(o *Options) (*authority, error) {
	a := &authority{o: o, names: withLoopback(o.Names)}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, err
	}
	b, err := os.ReadFile(filepath.Join(o.Dir, authorityCert))
	if errors.Is(err, fs.ErrNotExist) {
		if err := a.begin(); err != nil {
			return nil, err
		}
	} else if err != nil {
		return nil, err
	} else if err := a.read(b); err != nil {
		return nil, fmt.Errorf("%s: %w; restore it from a backup, or remove ca.pem and ca.key in %s to make another, which people must trust anew", authorityCert, err, o.Dir)
	}
	if err := a.covers(); err != nil {
		return nil, err
	}
	return a, a.renew()
}

// withLoopback adds the names by which the host knows itself.
func withLoopback(names []string) []string {
	list := slices.Clone(names)
	for _, n := range []string{"localhost", "127.0.0.1", "::1"} {
		if !slices.Contains(list, n) {
			list = append(list, n)
		}
	}
	return list
}

func serial() *big.Int {
	var b [16]byte
	rand.Read(b[:]) // never fails
	b[0] &= 0x7f
	return new(big.Int).SetBytes(b[:])
}

// begin makes the authority.
func (a *authority) begin() (err error) {
	if a.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		return err
	}
	now := a.o.Now()
	t := &x509.Certificate{
		SerialNumber: serial(), NotBefore: now.Add(-early), NotAfter: now.Add(authorityLife),
		Subject:               pkix.Name{CommonName: "Bulkhead " + first(a.names) + " " + now.UTC().Format(time.DateOnly), Organization: []string{"Bulkhead"}},
		BasicConstraintsValid: true, IsCA: true, MaxPathLenZero: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		PermittedDNSDomainsCritical: true,
	}
	for _, n := range private {
		_, network, err := net.ParseCIDR(n)
		if err != nil {
			return err
		}
		t.PermittedIPRanges = append(t.PermittedIPRanges, network)
	}
	for _, n := range a.names {
		ip := net.ParseIP(n)
		switch {
		case ip == nil:
			t.PermittedDNSDomains = append(t.PermittedDNSDomains, n)
		case !slices.ContainsFunc(t.PermittedIPRanges, func(r *net.IPNet) bool { return r.Contains(ip) }):
			if four := ip.To4(); four != nil {
				ip = four
			}
			t.PermittedIPRanges = append(t.PermittedIPRanges, &net.IPNet{IP: ip, Mask: net.CIDRMask(8*len(ip), 8*len(ip))})
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, t, t, a.key.Public(), a.key)
	if err != nil {
		return err
	}
	if a.cert, err = x509.ParseCertificate(der); err != nil {
		return err
	}
	a.pem = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	key, err := keyPEM(a.key)
	if err != nil {
		return err
	}
	// The key first: a certificate without it would have to be removed by hand.
	if err := replace(filepath.Join(a.o.Dir, authorityKey), key); err != nil {
		return err
	}
	return replace(filepath.Join(a.o.Dir, authorityCert), a.pem)
}

func first(names []string) string {
	for _, n := range names {
		if net.ParseIP(n) == nil {
			return n
		}
	}
	return names[0]
}

func keyPEM(k *ecdsa.PrivateKey) ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}

// replace writes a file that only its owner reads, whole or not at all.
func replace(path string, b []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(b)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// read takes the authority from its files.
func (a *authority) read(text []byte) error {
	path := filepath.Join(a.o.Dir, authorityKey)
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("others may read its key; take that away: chmod 600 %s", path)
	}
	key, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	pair, err := tls.X509KeyPair(text, key)
	if err != nil {
		return err
	}
	k, ok := pair.PrivateKey.(*ecdsa.PrivateKey)
	if !ok || !pair.Leaf.IsCA {
		return errors.New("it is not what this program made")
	}
	a.cert, a.key, a.pem = pair.Leaf, k, text
	return nil
}

// covers makes sure that the authority may vouch for all names.
func (a *authority) covers() error {
	if now := a.o.Now(); now.After(a.cert.NotAfter) {
		return fmt.Errorf("this installation's authority ended on %s; remove %s and %s in %s and start again to make another, which people must trust anew", a.cert.NotAfter.Format(time.DateOnly), authorityCert, authorityKey, a.o.Dir)
	}
	for _, n := range a.names {
		ip := net.ParseIP(n)
		ok := slices.ContainsFunc(a.cert.PermittedIPRanges, func(r *net.IPNet) bool { return ip != nil && r.Contains(ip) }) ||
			slices.ContainsFunc(a.cert.PermittedDNSDomains, func(d string) bool {
				return ip == nil && (strings.EqualFold(n, d) || strings.HasSuffix(strings.ToLower(n), "."+strings.ToLower(d)))
			})
		if !ok {
			return fmt.Errorf("this installation's authority was made before it was called %s and may not vouch for that; remove %s and %s in %s and start again to make another, which people must trust anew", n, authorityCert, authorityKey, a.o.Dir)
		}
	}
	return nil
}

// renew makes a leaf if there is none for these names, or if two thirds of its
// life are over.
func (a *authority) renew() error {
	a.making.Lock()
	defer a.making.Unlock()
	now := a.o.Now()
	if a.leaf.Load() == nil {
		a.readLeaf()
	}
	if c := a.leaf.Load(); c != nil && now.After(c.Leaf.NotBefore) && now.Before(renewAt(c.Leaf)) {
		return nil
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	end := now.Add(leafLife)
	if end.After(a.cert.NotAfter) {
		end = a.cert.NotAfter
	}
	t := &x509.Certificate{
		SerialNumber: serial(), NotBefore: now.Add(-early), NotAfter: end, Subject: pkix.Name{CommonName: first(a.names)},
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, BasicConstraintsValid: true,
	}
	for _, n := range a.names {
		if ip, err := netip.ParseAddr(n); err == nil {
			t.IPAddresses = append(t.IPAddresses, ip.AsSlice())
		} else {
			t.DNSNames = append(t.DNSNames, n)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, t, a.cert, key.Public(), a.key)
	if err != nil {
		return err
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return err
	}
	a.leaf.Store(&tls.Certificate{Certificate: [][]byte{der, a.cert.Raw}, PrivateKey: key, Leaf: leaf})
	return a.keepLeaf(der, key)
}

// keepLeaf writes a leaf for the next start, so that whoever took it for good by
// hand is not asked again. Key and certificate are one file: they change at once.
func (a *authority) keepLeaf(der []byte, key *ecdsa.PrivateKey) error {
	k, err := keyPEM(key)
	if err != nil {
		return err
	}
	return replace(filepath.Join(a.o.Dir, leafFile), append(k, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...))
}

// readLeaf takes the leaf of the last start if it is for the same names and of
// this authority. Else another is made.
func (a *authority) readLeaf() {
	b, err := os.ReadFile(filepath.Join(a.o.Dir, leafFile))
	if err != nil {
		return
	}
	pair, err := tls.X509KeyPair(b, b)
	if err != nil || pair.Leaf.CheckSignatureFrom(a.cert) != nil || len(pair.Leaf.DNSNames)+len(pair.Leaf.IPAddresses) != len(a.names) {
		return
	}
	for _, n := range a.names {
		if pair.Leaf.VerifyHostname(n) != nil {
			return
		}
	}
	pair.Certificate = append(pair.Certificate, a.cert.Raw)
	a.leaf.Store(&pair)
}

// renewAt is when two thirds of a certificate's life are over.
func renewAt(c *x509.Certificate) time.Time {
	return c.NotBefore.Add(c.NotAfter.Sub(c.NotBefore) / 3 * 2)
}

// lastYear is when people are told that the authority will end.
const lastYear = 365 * 24 * time.Hour

func (a *authority) check(context.Context) error {
	if err := a.renew(); err != nil {
		return err
	}
	if left := a.cert.NotAfter.Sub(a.o.Now()); left < lastYear {
		return fmt.Errorf("this installation's authority ends on %s; plan to make another: docs/tls.md", a.cert.NotAfter.Format(time.DateOnly))
	}
	return nil
}

func (a *authority) get(*tls.ClientHelloInfo) (*tls.Certificate, error) { return a.leaf.Load(), nil }

// ReadAuthority is the certificate of the authority in a folder, fs.ErrNotExist
// if none was made.
func ReadAuthority(dir string) (*x509.Certificate, []byte, error) {
	b, err := os.ReadFile(filepath.Join(dir, authorityCert))
	if err != nil {
		return nil, nil, err
	}
	block, _ := pem.Decode(bytes.TrimSpace(b))
	if block == nil {
		return nil, nil, fmt.Errorf("%s holds no certificate", authorityCert)
	}
	c, err := x509.ParseCertificate(block.Bytes)
	return c, b, err
}
