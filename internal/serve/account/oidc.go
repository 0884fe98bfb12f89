package account

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
)

// Provider is an identity provider (OpenID Connect Core 1.0) that vouches for
// people. It signs in accounts that exist: by the subject it vouched for before,
// else by a mail address that it has verified. With a domain it makes an account
// for those of the domain who have none.
type Provider struct {
	ID, Name     string
	Issuer       string
	ClientID     string
	ClientSecret string
	Domain       string // of mail addresses that get an account, "" for none
	Default      Grant  // of such an account
	// Client asks the provider; one that waits ten seconds for an answer if nil.
	Client *http.Client
}

// provider asks a Provider once it is needed: the network may not be there when
// the program starts.
type provider struct {
	Provider
	aead   cipher.AEAD
	asking chan struct{} // has one for each that waits for the provider
	op     atomic.Pointer[oidc.Provider]
}

func newProvider(p Provider, key [32]byte) (*provider, error) {
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	if p.Client == nil {
		p.Client = &http.Client{Timeout: providerWait}
	}
	p.Domain = strings.ToLower(p.Domain)
	return &provider{Provider: p, aead: aead, asking: make(chan struct{}, maxAsking)}, nil
}

const (
	// providerWait is how long a provider may take for one answer.
	providerWait = 10 * time.Second
	// maxAsking is how many wait for a provider at once. Anybody may begin to
	// sign in, and while the provider hangs each holds a turn of the API.
	maxAsking = 16
)

// turn is for one who asks the provider; there is none while enough wait.
func (p *provider) turn() (done func(), err error) {
	select {
	case p.asking <- struct{}{}:
		return func() { <-p.asking }, nil
	default:
		return nil, fmt.Errorf("ask identity provider %q: %d wait for it", p.ID, maxAsking)
	}
}

// Providers are those there are.
func (a *Accounts) Providers() []Provider {
	list := make([]Provider, 0, len(a.providers))
	for _, p := range a.providers {
		list = append(list, Provider{ID: p.ID, Name: p.Name})
	}
	return list
}

func (a *Accounts) provider(id string) (*provider, error) {
	i := slices.IndexFunc(a.providers, func(p *provider) bool { return p.ID == id })
	if i < 0 {
		return nil, refuse(ErrNotFound, "There is no identity provider of this name.")
	}
	return a.providers[i], nil
}

// asked is the provider's own description of itself, kept from the first time
// that it is told.
func (p *provider) asked(ctx context.Context) (*oidc.Provider, error) {
	if op := p.op.Load(); op != nil {
		return op, nil
	}
	done, err := p.turn()
	if err != nil {
		return nil, err
	}
	defer done()
	// It holds on to the context for as long as it is used.
	ctx = oidc.ClientContext(context.WithoutCancel(ctx), p.Client)
	op, err := oidc.NewProvider(ctx, p.Issuer)
	if err != nil {
		return nil, fmt.Errorf("ask identity provider %q: %w", p.ID, err)
	}
	p.op.Store(op)
	return op, nil
}

func (p *provider) oauth(op *oidc.Provider, back string) *oauth2.Config {
	return &oauth2.Config{ClientID: p.ClientID, ClientSecret: p.ClientSecret, Endpoint: op.Endpoint(), RedirectURL: back, Scopes: []string{oidc.ScopeOpenID, "profile", "email"}}
}

// flow is what the browser holds, sealed, while it is at the provider.
type flow struct {
	Provider, State, Nonce, Verifier, Back string
	Expires                                int64
}

// errProvider is told when a provider does not answer as it should. What it
// said goes to the log.
var errProvider = refuse(ErrBusy, "The identity provider does not answer as it should. The log says more. Sign in another way.")

// BeginOIDC is where to send the browser, and what it is to hold meanwhile in a
// cookie. Back is the address of the callback.
func (a *Accounts) BeginOIDC(ctx context.Context, id, back string) (to, hold string, err error) {
	p, err := a.provider(id)
	if err != nil {
		return "", "", err
	}
	op, err := p.asked(ctx)
	if err != nil {
		return "", "", errors.Join(errProvider, err)
	}
	f := flow{Provider: id, State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(), Back: back, Expires: a.now().Add(pendingTime).Unix()}
	text, err := json.Marshal(f)
	if err != nil {
		return "", "", err
	}
	nonce := make([]byte, p.aead.NonceSize())
	rand.Read(nonce)
	hold = base64.RawURLEncoding.EncodeToString(p.aead.Seal(nonce, nonce, text, nil))
	return p.oauth(op, back).AuthCodeURL(f.State, oidc.Nonce(f.Nonce), oauth2.S256ChallengeOption(f.Verifier)), hold, nil
}

func (p *provider) opened(hold string) (f flow, ok bool) {
	sealed, err := base64.RawURLEncoding.DecodeString(hold)
	if err != nil || len(sealed) < p.aead.NonceSize() {
		return f, false
	}
	n := p.aead.NonceSize()
	text, err := p.aead.Open(nil, sealed[:n], sealed[n:], nil)
	return f, err == nil && json.Unmarshal(text, &f) == nil
}

var errOIDC = refuse(ErrSignIn, "The identity provider did not vouch for an account that exists here. Ask an administrator for an invitation.")

// FinishOIDC signs in with what a provider sent along with the browser. Its
// error may be a *Failure.
func (a *Accounts) FinishOIDC(ctx context.Context, place Place, id, hold, state, code string) (Signed, error) {
	p, err := a.provider(id)
	if err != nil {
		return Signed{}, err
	}
	f, ok := p.opened(hold)
	if !ok || f.Provider != id || a.now().Unix() >= f.Expires || subtle.ConstantTimeCompare([]byte(f.State), []byte(state)) != 1 || code == "" {
		return Signed{}, &Failure{Err: refuse(ErrSignIn, "This sign-in was not begun here, or took too long. Try again.")}
	}
	c, err := p.claims(ctx, f, code)
	if err != nil {
		return Signed{}, err
	}
	account, err := a.vouched(ctx, p, c)
	if err != nil {
		return Signed{}, err
	}
	return a.begin(ctx, account, ViaOIDC, place)
}

type claims struct {
	Subject  string `json:"sub"`
	Mail     string `json:"email"`
	Verified bool   `json:"email_verified"`
	Name     string `json:"name"`
	Nonce    string `json:"nonce"`
}

// claims exchanges the code and verifies what comes for it.
func (p *provider) claims(ctx context.Context, f flow, code string) (c claims, err error) {
	op, err := p.asked(ctx)
	if err != nil {
		return c, errors.Join(errProvider, err)
	}
	done, err := p.turn()
	if err != nil {
		return c, errors.Join(errProvider, err)
	}
	defer done()
	ctx = oidc.ClientContext(ctx, p.Client)
	token, err := p.oauth(op, f.Back).Exchange(ctx, code, oauth2.VerifierOption(f.Verifier))
	if err != nil {
		return c, errors.Join(errProvider, fmt.Errorf("exchange the code of identity provider %q: %w", p.ID, err))
	}
	raw, _ := token.Extra("id_token").(string)
	verified, err := op.Verifier(&oidc.Config{ClientID: p.ClientID}).Verify(ctx, raw)
	if err == nil {
		err = verified.Claims(&c)
	}
	if err != nil {
		return c, errors.Join(errProvider, fmt.Errorf("verify the token of identity provider %q: %w", p.ID, err))
	}
	if subtle.ConstantTimeCompare([]byte(c.Nonce), []byte(f.Nonce)) != 1 || c.Subject == "" {
		return c, &Failure{Err: refuse(ErrSignIn, "The identity provider answered to another sign-in. Try again.")}
	}
	c.Mail = strings.ToLower(strings.TrimSpace(c.Mail))
	return c, nil
}

// vouched is the account that a provider vouches for.
func (a *Accounts) vouched(ctx context.Context, p *provider, c claims) (store.Account, error) {
	account, err := a.store.AccountBySubject(ctx, p.ID, c.Subject)
	if err == nil || !errors.Is(err, store.ErrNotFound) {
		return account, err
	}
	none := &Failure{Err: errOIDC, Name: c.Mail}
	if c.Mail == "" || !c.Verified {
		return account, none
	}
	account, err = a.store.AccountByMail(ctx, c.Mail)
	switch {
	case errors.Is(err, store.ErrConflict):
		return account, none // whose it is nobody can tell
	case errors.Is(err, store.ErrNotFound):
		_, domain, _ := strings.Cut(c.Mail, "@")
		if p.Domain == "" || domain != p.Domain {
			return account, none
		}
		account, err = a.add(ctx, Wanted{Name: c.Mail, Display: c.Name, Mail: c.Mail, Grants: []Grant{p.Default}})
	}
	if err != nil {
		return account, err
	}
	// From now on the subject decides: an address can be given to another.
	if err := a.store.SetSubject(ctx, account.ID, p.ID, c.Subject); err != nil {
		if errors.Is(err, store.ErrConflict) {
			return account, none
		}
		return account, err
	}
	return account, nil
}
