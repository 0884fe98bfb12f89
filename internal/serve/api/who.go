package api

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/serve/account"
)

// Authenticator tells who asks. New makes one of Options.Accounts; there is no
// way to have a Server without one.
type Authenticator interface {
	// Identify is who sent a request, nil for nobody.
	Identify(*http.Request) (*account.Identity, error)
	// Watch returns a channel that is closed when somebody is no longer signed
	// in, as far as that is known at once.
	Watch(*account.Identity) (ended <-chan struct{}, stop func())
}

// credentials tells who asks by the cookie of a session or by an API token.
type credentials struct{ *account.Accounts }

// backgroundHeader marks a request that no person caused: it does not keep a
// session from ending for want of use.
const backgroundHeader = "Bulkhead-Background"

// Identify looks at a token if one is sent, and only then at the cookie: what a
// token may do must not depend on who happens to be signed in.
func (c credentials) Identify(r *http.Request) (*account.Identity, error) {
	if header := r.Header.Get("Authorization"); header != "" {
		scheme, secret, _ := strings.Cut(header, " ")
		if !strings.EqualFold(scheme, "Bearer") {
			return nil, nil
		}
		return c.IdentifyToken(r.Context(), strings.TrimSpace(secret))
	}
	secret := sessionSecret(r)
	if secret == "" {
		return nil, nil
	}
	return c.Accounts.Identify(r.Context(), secret, r.Header.Get(backgroundHeader) != "")
}

// Cookies. On TLS their names begin with __Host-, so that no other name of the
// same domain and no page without TLS can set them (RFC 6265bis section
// 4.1.3.2). Without TLS, which is on loopback only, the port is part of the
// name: browsers keep cookies by name of the host alone.
const (
	cookieSession = "bulkhead"
	cookieEnrol   = "bulkhead-enrol"
	cookieOIDC    = "bulkhead-oidc"
)

func cookieName(r *http.Request, name string) string {
	if r.TLS != nil {
		return "__Host-" + name
	}
	if _, port, err := net.SplitHostPort(r.Host); err == nil {
		return name + "-" + port
	}
	return name
}

func cookie(r *http.Request, name string) string {
	c, err := r.Cookie(cookieName(r, name))
	if err != nil {
		return ""
	}
	return c.Value
}

func sessionSecret(r *http.Request) string { return cookie(r, cookieSession) }

// setCookie sets a cookie for as long as what it stands for lasts. An empty
// value removes it.
func (s *Server) setCookie(w http.ResponseWriter, r *http.Request, name, value string, until time.Time, same http.SameSite) {
	c := &http.Cookie{Name: cookieName(r, name), Value: value, Path: "/", HttpOnly: true, Secure: r.TLS != nil, SameSite: same}
	c.MaxAge = int(until.Sub(s.opt.Now()) / time.Second)
	if value == "" || c.MaxAge <= 0 {
		c.Value, c.MaxAge = "", -1
	}
	http.SetCookie(w, c)
}

// placeOf is where a request comes from. The address is that of the connection:
// headers that say something else can be written by anyone.
func placeOf(r *http.Request) account.Place {
	p := account.Place{Host: strings.ToLower(hostName(r.Host)), Origin: "http://" + r.Host, From: remote(r), Agent: r.UserAgent()}
	if r.TLS != nil {
		p.Origin = "https://" + r.Host
	}
	return p
}

func remote(r *http.Request) netip.Addr {
	a, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{} // a socket in the file system
	}
	return a.Addr().Unmap()
}

// hostName is a Host header without its port.
func hostName(host string) string {
	if h, _, err := net.SplitHostPort(host); err == nil {
		return h
	}
	if strings.HasPrefix(host, "[") && strings.HasSuffix(host, "]") {
		return host[1 : len(host)-1]
	}
	return host
}
