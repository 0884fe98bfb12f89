package config

import (
	"net"
	"net/netip"
	"net/url"
	"strings"
)

// Where the console's certificate comes from.
const (
	TLSOwn   = "own"
	TLSFiles = "files"
	TLSACME  = "acme"
	TLSOff   = "off"
)

// Loopback reports whether only this machine reaches an address to listen on.
// One that is no address of an interface is not taken for that.
func Loopback(listen string) bool {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return false
	}
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

func (c *Config) checkTLS(bad func(string, ...any)) {
	t := &c.TLS
	if t.Mode == "" {
		switch {
		case t.Certificate != "" || t.Key != "":
			t.Mode = TLSFiles
		case t.ACME != ACME{}:
			t.Mode = TLSACME
		case Loopback(c.Listen):
			t.Mode = TLSOff
		default:
			t.Mode = TLSOwn
		}
	}
	switch t.Mode {
	case TLSOwn, TLSFiles, TLSACME:
	case TLSOff:
		if c.Has(RoleHub) && !Loopback(c.Listen) {
			bad("tls: mode: it can be off only where the console listens on loopback, and %s is not", c.Listen)
		}
	default:
		bad("tls: mode: %q is none; there are %q, %q, %q and %q", t.Mode, TLSOwn, TLSFiles, TLSACME, TLSOff)
	}
	if t.Oldest != "" && t.Oldest != "1.2" && t.Oldest != "1.3" {
		bad("tls: oldest: takes \"1.3\" or \"1.2\", not %q", t.Oldest)
	}
	c.checkSource(bad)
	for i, n := range c.Names {
		if !name(n) {
			bad("names[%d]: %q is no host name and no IP address; write it without https:// and port", i, n)
		}
	}
}

// checkSource compares the mode with what is said of it.
func (c *Config) checkSource(bad func(string, ...any)) {
	t := &c.TLS
	switch files := t.Certificate != "" && t.Key != ""; {
	case t.Mode == TLSFiles && !files:
		bad("tls: mode files needs certificate-file and key-file")
	case t.Mode != TLSFiles && (t.Certificate != "" || t.Key != ""):
		bad("tls: certificate-file and key-file belong to mode files")
	}
	if t.Mode != TLSACME {
		if (t.ACME != ACME{}) {
			bad("tls: acme belongs to mode acme")
		}
		return
	}
	hasName := false
	for _, n := range c.Names {
		hasName = hasName || net.ParseIP(n) == nil
	}
	if !hasName {
		bad("tls: an ACME server vouches for host names; say under names: what people call this console")
	}
	if d := t.ACME.Directory; d != "" {
		if u, err := url.Parse(d); err != nil || u.Scheme != "https" || u.Host == "" {
			bad("tls: acme: directory: %q is no https:// address", d)
		}
	}
}

// name tells a host name or an address.
func name(s string) bool {
	if _, err := netip.ParseAddr(s); err == nil {
		return true
	}
	if s == "" || len(s) > 253 {
		return false
	}
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for _, c := range label {
			if c != '-' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
				return false
			}
		}
	}
	return true
}
