package account

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"
)

// idp is an identity provider that says what a test wants it to.
type idp struct {
	*httptest.Server
	t         testing.TB
	key       *rsa.PrivateKey
	claims    map[string]any
	challenge string // of PKCE, from the last visit
	nonce     string
}

func newIDP(t testing.TB) *idp {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p := &idp{t: t, key: key}
	mux := http.NewServeMux()
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	answer := func(path string, f func(*http.Request) any) {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			v := f(r)
			if v == nil {
				w.WriteHeader(http.StatusBadRequest)
				return
			}
			w.Header().Set("Content-Type", "application/json")
			json.NewEncoder(w).Encode(v)
		})
	}
	answer("/.well-known/openid-configuration", func(*http.Request) any {
		return map[string]any{
			"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token", "jwks_uri": p.URL + "/keys",
			"id_token_signing_alg_values_supported": []string{"RS256"},
		}
	})
	answer("/keys", func(*http.Request) any {
		b64 := base64.RawURLEncoding.EncodeToString
		return map[string]any{"keys": []any{map[string]any{
			"kty": "RSA", "alg": "RS256", "use": "sig", "kid": "k", "n": b64(key.N.Bytes()), "e": b64(big.NewInt(int64(key.E)).Bytes()),
		}}}
	})
	answer("/token", func(r *http.Request) any {
		sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
		if base64.RawURLEncoding.EncodeToString(sum[:]) != p.challenge {
			return nil
		}
		return map[string]any{"access_token": "x", "token_type": "Bearer", "id_token": p.token()}
	})
	return p
}

func (p *idp) token() string {
	b64 := base64.RawURLEncoding.EncodeToString
	c := map[string]any{"iss": p.URL, "aud": "bulkhead", "exp": time.Now().Add(time.Minute).Unix(), "iat": time.Now().Unix(), "nonce": p.nonce}
	for k, v := range p.claims {
		c[k] = v
	}
	body, err := json.Marshal(c)
	if err != nil {
		p.t.Error(err)
	}
	text := b64([]byte(`{"alg":"RS256","kid":"k"}`)) + "." + b64(body)
	sum := sha256.Sum256([]byte(text))
	sig, err := rsa.SignPKCS1v15(rand.Reader, p.key, crypto.SHA256, sum[:])
	if err != nil {
		p.t.Error(err)
	}
	return text + "." + b64(sig)
}

// visit goes to the provider and comes back with its state.
func (p *idp) visit(d *desk, claims map[string]any) (hold, state string) {
	p.t.Helper()
	p.claims = claims
	to, hold, err := d.BeginOIDC(p.t.Context(), "idp", "http://localhost:8443/back")
	if err != nil {
		p.t.Fatal(err)
	}
	u, err := url.Parse(to)
	if err != nil {
		p.t.Fatal(err)
	}
	q := u.Query()
	p.challenge, p.nonce = q.Get("code_challenge"), q.Get("nonce")
	if q.Get("code_challenge_method") != "S256" || p.challenge == "" || p.nonce == "" {
		p.t.Errorf("no PKCE or nonce: %s", to)
	}
	return hold, q.Get("state")
}

func TestIdentityProvider(t *testing.T) {
	p := newIDP(t)
	d := newDesk(t, Provider{ID: "idp", Name: "Works", Issuer: p.URL, ClientID: "bulkhead", ClientSecret: "s"})
	ctx := t.Context()
	if _, _, err := d.Add(ctx, Wanted{Name: "anna", Mail: "anna@example.com", Grants: []Grant{{"north", Viewer}}}, "root"); err != nil {
		t.Fatal(err)
	}
	anna := map[string]any{"sub": "s-1", "email": "Anna@example.com", "email_verified": true}
	for _, c := range []struct {
		name   string
		claims map[string]any
		change func(hold, state *string)
		kind   error // nil for a sign-in
	}{
		{"an address that is not verified", map[string]any{"sub": "s-1", "email": "anna@example.com"}, nil, ErrSignIn},
		{"an address that nobody has", map[string]any{"sub": "s-2", "email": "eve@example.com", "email_verified": true}, nil, ErrSignIn},
		{"another state", anna, func(_, state *string) { *state = "x" }, ErrSignIn},
		{"another browser", anna, func(hold, _ *string) { *hold = "AAAA" }, ErrSignIn},
		{"another nonce", map[string]any{"sub": "s-1", "email": "anna@example.com", "email_verified": true, "nonce": "x"}, nil, ErrSignIn},
		{"a token for another program", map[string]any{"sub": "s-1", "email": "anna@example.com", "email_verified": true, "aud": "other"}, nil, ErrBusy},
		{"a token that has expired", map[string]any{"sub": "s-1", "email": "anna@example.com", "email_verified": true, "exp": 1}, nil, ErrBusy},
		{"a code that was stolen", anna, func(*string, *string) { p.challenge = "stolen" }, ErrBusy},
		{"a verified address", anna, nil, nil},
		{"the subject, whatever its address is now", map[string]any{"sub": "s-1", "email": "other@example.com"}, nil, nil},
		{"the address with another subject", map[string]any{"sub": "s-9", "email": "anna@example.com", "email_verified": true}, nil, ErrSignIn},
	} {
		hold, state := p.visit(d, c.claims)
		if c.change != nil {
			c.change(&hold, &state)
		}
		s, err := d.FinishOIDC(ctx, here, "idp", hold, state, "code")
		switch {
		case c.kind != nil:
			wantKind(t, c.name, err, c.kind)
		case err != nil || s.Identity.Name != "anna" || s.Identity.Via != ViaOIDC:
			t.Errorf("%s: %v", c.name, err)
		}
	}
	hold, state := p.visit(d, anna)
	d.now = d.now.Add(pendingTime)
	_, err := d.FinishOIDC(ctx, here, "idp", hold, state, "code")
	wantKind(t, "too late", err, ErrSignIn)
	_, _, err = d.BeginOIDC(ctx, "none", "x")
	wantKind(t, "no such provider", err, ErrNotFound)
}

func TestProviderMakesAccountsOfItsDomainOnly(t *testing.T) {
	p := newIDP(t)
	d := newDesk(t, Provider{ID: "idp", Issuer: p.URL, ClientID: "bulkhead", Domain: "Example.com", Default: Grant{"north", Viewer}})
	for mail, ok := range map[string]bool{"carl@example.com": true, "carl@example.com.evil.org": false, "carl@evil.org": false} {
		hold, state := p.visit(d, map[string]any{"sub": "sub of " + mail, "email": mail, "email_verified": true})
		s, err := d.FinishOIDC(t.Context(), here, "idp", hold, state, "code")
		if ok != (err == nil) || !ok && !errors.Is(err, ErrSignIn) {
			t.Errorf("%s: %v", mail, err)
		}
		if ok && (!s.Identity.May(Read, "north") || s.Identity.May(Operate, "north") || s.Identity.May(Read, Everywhere)) {
			t.Errorf("%+v", s.Identity)
		}
	}
}

func TestAProviderThatIsAway(t *testing.T) {
	p := newIDP(t)
	d := newDesk(t, Provider{ID: "idp", Issuer: p.URL, ClientID: "bulkhead"})
	p.Close()
	_, _, err := d.BeginOIDC(t.Context(), "idp", "x")
	wantKind(t, "a provider that does not answer", err, ErrBusy)
}

// TestAProviderThatHangsHoldsFew asks one that never answers: whoever comes when
// some wait already is told so at once, or they would take all the turns of the
// API.
func TestAProviderThatHangsHoldsFew(t *testing.T) {
	asked, hang := make(chan struct{}, 100), make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		asked <- struct{}{}
		<-hang
	}))
	d := newDesk(t, Provider{ID: "idp", Issuer: srv.URL, ClientID: "bulkhead"})
	answers := make(chan error, 10*maxAsking)
	for range cap(answers) {
		go func() {
			_, _, err := d.BeginOIDC(context.WithoutCancel(t.Context()), "idp", "x")
			answers <- err
		}()
	}
	for range cap(answers) - maxAsking {
		wantKind(t, "one of too many", <-answers, ErrBusy)
	}
	close(hang)
	for range maxAsking {
		wantKind(t, "one that waited", <-answers, ErrBusy)
	}
	srv.Close()
	if n := len(asked); n > maxAsking {
		t.Errorf("%d asked the provider", n)
	}
}
