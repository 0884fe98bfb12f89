package account

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
)

const maxTokenTime = 366 * 24 * time.Hour

// IdentifyToken is who an API token stands for, nil for nobody. It may do what
// its grant says and never more than the account that made it may at that
// moment.
func (a *Accounts) IdentifyToken(ctx context.Context, secret string) (*Identity, error) {
	if !wellFormed(secret) {
		return nil, nil
	}
	if subtle.ConstantTimeCompare([]byte(hashOf(secret)), []byte(a.hostHash)) == 1 {
		return hostIdentity(), nil
	}
	k, err := a.store.Token(ctx, hashOf(secret))
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	now := a.now()
	if !now.Before(k.Expires) {
		return nil, nil
	}
	account, grants, err := a.accountOf(ctx, k.Account)
	if err != nil || account == nil {
		return nil, err
	}
	if now.Sub(k.Used) >= touchEvery {
		if err := a.store.TouchToken(ctx, k.ID, now); err != nil {
			return nil, err
		}
	}
	return &Identity{
		Account: account.ID, Name: account.Name, Display: k.Name, Grants: grants, Via: ViaToken, Token: k.ID,
		Limit: &Grant{k.Site, Role(k.Role)}, Expires: k.Expires,
	}, nil
}

// Host is who asks with the host's token.
const Host = "host"

// HostToken is a token for programs on the same machine that may read what the
// process that made it has written, such as bulkhead doctor: it reads and
// changes nothing. It is another one at each start.
func (a *Accounts) HostToken() string { return a.host }

func hostIdentity() *Identity {
	g := Grant{Everywhere, Viewer}
	return &Identity{Account: Host, Name: Host, Display: "this machine", Grants: []Grant{g}, Limit: &g, Via: ViaToken, Token: Host}
}

// WantedToken is what a token is to be.
type WantedToken struct {
	Name    string
	Grant   Grant
	Expires time.Time
}

// AddToken makes a token and returns its secret.
func (a *Accounts) AddToken(ctx context.Context, i *Identity, w WantedToken) (store.Token, string, error) {
	now := a.now()
	w.Name = strings.TrimSpace(w.Name)
	switch {
	case may[w.Grant.Role] == nil || w.Grant.Site == "" || w.Name == "":
		return store.Token{}, "", refuse(ErrInvalid, "A token needs a name, a role and a site; * is all sites.")
	case !w.Expires.After(now) || w.Expires.Sub(now) > maxTokenTime:
		return store.Token{}, "", refuse(ErrInvalid, "A token expires in the future, and at most a year from now.")
	}
	for _, p := range may[w.Grant.Role] {
		if p != Open && p != Self && !i.May(p, w.Grant.Site) {
			return store.Token{}, "", refuse(ErrDenied, fmt.Sprintf("This account may not %s there itself, so no token of it may.", p))
		}
	}
	secret, hash := newToken()
	k := store.Token{ID: newID(), Hash: hash, Account: i.Account, Name: w.Name, Role: string(w.Grant.Role), Site: w.Grant.Site, Created: now, Expires: w.Expires}
	err := a.store.AddToken(ctx, k, maxTokens)
	if errors.Is(err, store.ErrConflict) {
		err = refuse(ErrConflict, fmt.Sprintf("This account has %d tokens. Remove one that is not used.", maxTokens))
	}
	return k, secret, err
}

// Tokens are somebody's own; all, for those who administer.
func (a *Accounts) Tokens(ctx context.Context, i *Identity) ([]store.Token, error) {
	if i.May(Administer, Everywhere) {
		return a.store.Tokens(ctx, "")
	}
	return a.store.Tokens(ctx, i.Account)
}

// RemoveToken removes one of the tokens that somebody sees.
func (a *Accounts) RemoveToken(ctx context.Context, i *Identity, id string) (store.Token, error) {
	list, err := a.Tokens(ctx, i)
	if err != nil {
		return store.Token{}, err
	}
	for _, k := range list {
		if k.ID == id {
			err := a.store.DeleteToken(ctx, k.Account, id)
			a.watches.end(func(w *watch) bool { return w.token == id })
			return k, notFound(err, "There is no such token.")
		}
	}
	return store.Token{}, refuse(ErrNotFound, "There is no such token.")
}

// Names are the names of accounts by ID.
func (a *Accounts) Names(ctx context.Context) (map[string]string, error) {
	all, err := a.store.Accounts(ctx)
	names := make(map[string]string, len(all))
	for _, x := range all {
		names[x.ID] = x.Name
	}
	return names, err
}
