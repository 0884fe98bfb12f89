package account

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
)

// Signed is somebody who has signed in.
type Signed struct {
	Identity *Identity
	Secret   string // of the session, for the cookie
}

// begin starts a session. The session of the browser's old cookie, if it had
// one, is for the caller to end.
func (a *Accounts) begin(ctx context.Context, account store.Account, via string, p Place) (Signed, error) {
	grants, err := decodeGrants(account.Grants)
	if err != nil {
		return Signed{}, err
	}
	now := a.now()
	secret, hash := newSecret()
	s := store.Session{
		ID: newID(), Hash: hash, Account: account.ID, Via: via, Origin: p.From.String(), Agent: shorten(p.Agent, 256),
		Created: now, Used: now, Fresh: now, Expires: now.Add(a.longest(grants)),
	}
	if err := a.store.AddSession(ctx, s, maxSessions); err != nil {
		return Signed{}, err
	}
	return Signed{a.identity(&account, grants, &s), secret}, nil
}

func shorten(s string, n int) string { return s[:min(len(s), n)] }

func (a *Accounts) longest(grants []Grant) time.Duration {
	if administers(grants) {
		return a.life.LongestAdministrator
	}
	return a.life.Longest
}

func (a *Accounts) idle(grants []Grant) time.Duration {
	if administers(grants) {
		return a.life.IdleAdministrator
	}
	return a.life.Idle
}

func (a *Accounts) identity(account *store.Account, grants []Grant, s *store.Session) *Identity {
	return &Identity{
		Account: account.ID, Name: account.Name, Display: account.Display, Grants: grants, Via: s.Via, Session: s.ID,
		Fresh: s.Fresh.Add(a.life.Fresh), Expires: s.Expires, Idle: a.idle(grants),
	}
}

// touchEvery is how often the use of a session or a token is written down:
// a write for each request would cost more than the request.
const touchEvery = time.Minute

// Identify is who a session's secret belongs to, nil for nobody. A request that
// a person did not cause is in the background: it does not keep the session
// from ending.
func (a *Accounts) Identify(ctx context.Context, secret string, background bool) (*Identity, error) {
	s, err := a.store.Session(ctx, hashOf(secret))
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	account, grants, err := a.accountOf(ctx, s.Account)
	if err != nil || account == nil {
		return nil, err
	}
	now := a.now()
	// The account may have come to administer since the session began.
	ends := s.Created.Add(a.longest(grants))
	if s.Expires.Before(ends) {
		ends = s.Expires
	}
	s.Expires = ends
	if !now.Before(ends) || now.Sub(s.Used) >= a.idle(grants) {
		return nil, a.endSession(ctx, s.Account, s.ID)
	}
	if !background && now.Sub(s.Used) >= min(touchEvery, a.idle(grants)/4) {
		if err := a.store.TouchSession(ctx, s.ID, now); err != nil {
			return nil, err
		}
	}
	return a.identity(account, grants, &s), nil
}

// accountOf is an account with its grants, nil if it is gone.
func (a *Accounts) accountOf(ctx context.Context, id string) (*store.Account, []Grant, error) {
	account, err := a.store.Account(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	grants, err := decodeGrants(account.Grants)
	return &account, grants, err
}

func (a *Accounts) endSession(ctx context.Context, account, id string) error {
	err := a.store.DeleteSession(ctx, account, id)
	if errors.Is(err, store.ErrNotFound) {
		err = nil
	}
	a.watches.end(func(w *watch) bool { return w.session == id })
	return err
}

// SignOut ends the session of an identity.
func (a *Accounts) SignOut(ctx context.Context, i *Identity) error {
	return a.endSession(ctx, i.Account, i.Session)
}

// EndSecret ends the session that a secret belongs to, if there is one.
func (a *Accounts) EndSecret(ctx context.Context, secret string) error {
	s, err := a.store.Session(ctx, hashOf(secret))
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return a.endSession(ctx, s.Account, s.ID)
}

// Sessions are those of somebody's account that have not ended.
func (a *Accounts) Sessions(ctx context.Context, i *Identity) ([]store.Session, error) {
	list, err := a.store.Sessions(ctx, i.Account)
	now := a.now()
	return slices.DeleteFunc(list, func(s store.Session) bool {
		return !now.Before(s.Expires) || now.Sub(s.Used) >= a.idle(i.Grants)
	}), err
}

// EndSession ends one of somebody's own sessions.
func (a *Accounts) EndSession(ctx context.Context, i *Identity, id string) error {
	if err := a.store.DeleteSession(ctx, i.Account, id); err != nil {
		return notFound(err, "There is no such session; it may have ended.")
	}
	a.watches.end(func(w *watch) bool { return w.session == id })
	return nil
}

// endOthers ends all sessions of an account but one, "" for none.
func (a *Accounts) endOthers(ctx context.Context, account, but string) error {
	err := a.store.DeleteSessions(ctx, account, but)
	a.watches.end(func(w *watch) bool { return w.account == account && w.session != but && w.session != "" })
	return err
}

// renew gives a session a new secret after somebody has proved again who sits
// there.
func (a *Accounts) renew(ctx context.Context, i *Identity, secret string) (Signed, error) {
	now := a.now()
	fresh, hash := newSecret()
	if err := a.store.RotateSession(ctx, hashOf(secret), hash, now); err != nil {
		return Signed{}, notFound(err, "The session has ended. Sign in again.")
	}
	renewed := *i
	renewed.Fresh = now.Add(a.life.Fresh)
	return Signed{&renewed, fresh}, nil
}

// notFound gives the store's "not found" a text.
func notFound(err error, text string) error {
	if errors.Is(err, store.ErrNotFound) {
		return refuse(ErrNotFound, text)
	}
	return err
}
