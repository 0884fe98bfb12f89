package account

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
)

// BeginPasskey is what the browser is asked to sign in with a passkey.
func (a *Accounts) BeginPasskey(p Place) (any, error) {
	r, err := a.request(p, purposeSignIn)
	if err != nil {
		return nil, err
	}
	return r.Response, nil
}

// Failure is a sign-in that failed, for the ledger: Name is who it was tried
// as, and Count how many tries of the same source have failed.
type Failure struct {
	Err   error
	Name  string
	Count int
}

// Error is the text for the one who tried.
func (f *Failure) Error() string { return f.Err.Error() }

// Unwrap is what the one who tried is told.
func (f *Failure) Unwrap() error { return f.Err }

// SignInPasskey signs in with the answer of a browser. Its error may be a
// *Failure.
func (a *Accounts) SignInPasskey(ctx context.Context, p Place, answer json.RawMessage) (Signed, error) {
	account, err := a.used(ctx, p, purposeSignIn, answer)
	if err != nil {
		return Signed{}, failed(account, err)
	}
	return a.begin(ctx, *account, ViaPasskey, p)
}

// failed names the account of a refusal, if it is known.
func failed(account *store.Account, err error) error {
	var r *Refusal
	if !errors.As(err, &r) {
		return err
	}
	f := &Failure{Err: err}
	if account != nil {
		f.Name = account.Name
	}
	return f
}

// SignInPassword signs in with a password and a one-time code or a recovery
// code. Whatever is wrong, the answer is the same and takes as long. Its error
// may be a *Failure.
func (a *Accounts) SignInPassword(ctx context.Context, p Place, name, password, code string) (Signed, error) {
	account, err := a.proved(ctx, p, name, password, code)
	if err != nil {
		return Signed{}, err
	}
	return a.begin(ctx, *account, ViaPassword, p)
}

// proved holds name, password and code against what is kept.
func (a *Accounts) proved(ctx context.Context, p Place, name, password, code string) (*store.Account, error) {
	name = fold(name)
	account, err := a.store.AccountByName(ctx, name)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	wait, n := a.locks.try(name, p.From, account.Unlocked, a.now())
	if wait > 0 {
		return nil, &Failure{&Refusal{Kind: ErrWait, Text: "Too many tries have failed. Wait, or sign in with a passkey.", After: wait}, name, n}
	}
	right, err := a.verify(ctx, account.Password, shorten(password, 4*maxPassword))
	if err != nil {
		return nil, err
	}
	good, err := a.takeCode(ctx, &account, code, right)
	if err != nil {
		return nil, err
	}
	if !good {
		return nil, &Failure{errPassword, name, n}
	}
	a.locks.passed(name, p.From, a.now())
	return &account, nil
}

// fold is a name as it is kept.
func fold(name string) string { return strings.ToLower(strings.TrimSpace(name)) }

// BeginConfirm is what the browser is asked to prove again who sits there.
func (a *Accounts) BeginConfirm(p Place, i *Identity) (any, error) {
	r, err := a.request(p, confirmPurpose(i))
	if err != nil {
		return nil, err
	}
	return r.Response, nil
}

func confirmPurpose(i *Identity) string { return "confirm " + i.Session }

// ConfirmPasskey makes a session fresh and gives it a new secret.
func (a *Accounts) ConfirmPasskey(ctx context.Context, p Place, i *Identity, secret string, answer json.RawMessage) (Signed, error) {
	account, err := a.used(ctx, p, confirmPurpose(i), answer)
	if err == nil && account.ID != i.Account {
		err = errPasskey // of another account
	}
	if err != nil {
		return Signed{}, &Failure{Err: err, Name: i.Name}
	}
	return a.renew(ctx, i, secret)
}

// ConfirmPassword does the same with the password and a code.
func (a *Accounts) ConfirmPassword(ctx context.Context, p Place, i *Identity, secret, password, code string) (Signed, error) {
	if _, err := a.proved(ctx, p, i.Name, password, code); err != nil {
		return Signed{}, err
	}
	return a.renew(ctx, i, secret)
}
