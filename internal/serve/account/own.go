package account

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
)

// Own is what somebody sees of their own account.
type Own struct {
	Account  store.Account
	Passkeys []store.Passkey
	Recovery int // codes that are left
}

// Own is somebody's own account.
func (a *Accounts) Own(ctx context.Context, i *Identity) (o Own, err error) {
	if o.Account, err = a.store.Account(ctx, i.Account); err != nil {
		return o, err
	}
	if o.Passkeys, err = a.store.Passkeys(ctx, i.Account); err != nil {
		return o, err
	}
	o.Recovery, err = a.store.RecoveryLeft(ctx, i.Account)
	return o, err
}

func addPurpose(i *Identity) string { return "add " + i.Session }

// BeginAddPasskey is what the browser is asked to make one more passkey.
func (a *Accounts) BeginAddPasskey(ctx context.Context, p Place, i *Identity) (any, error) {
	account, err := a.store.Account(ctx, i.Account)
	if err != nil {
		return nil, err
	}
	c, err := a.create(ctx, p, &account, addPurpose(i))
	if err != nil {
		return nil, err
	}
	return c.Response, nil
}

// AddPasskey adds a passkey that the browser has made.
func (a *Accounts) AddPasskey(ctx context.Context, p Place, i *Identity, name string, answer json.RawMessage) (store.Passkey, error) {
	account, err := a.store.Account(ctx, i.Account)
	if err != nil {
		return store.Passkey{}, err
	}
	k, err := a.created(p, &account, addPurpose(i), name, answer)
	if err != nil {
		return store.Passkey{}, err
	}
	err = a.store.AddPasskey(ctx, *k, maxPasskeys)
	if errors.Is(err, store.ErrConflict) {
		err = refuse(ErrConflict, "This passkey is here already, or the account has as many as it can have. Remove one that is not used.")
	}
	return *k, err
}

// RemovePasskey removes a passkey. The last means of signing in stays.
func (a *Accounts) RemovePasskey(ctx context.Context, i *Identity, id string) error {
	o, err := a.Own(ctx, i)
	if err != nil {
		return err
	}
	password := o.Account.Password != "" && o.Account.Secret != ""
	if len(o.Passkeys) == 1 && o.Passkeys[0].ID == id && !password && o.Account.Subject == "" {
		return refuse(ErrConflict, "This is the only thing this account can sign in with. Add another passkey first.")
	}
	return notFound(a.store.DeletePasskey(ctx, i.Account, id), "There is no such passkey.")
}

// ChangePassword sets the password and ends all other sessions.
func (a *Accounts) ChangePassword(ctx context.Context, i *Identity, password string) error {
	account, err := a.store.Account(ctx, i.Account)
	if err != nil {
		return err
	}
	if account.Secret == "" {
		return refuse(ErrConflict, "A password alone does not sign in. Set up an app for one-time codes first.")
	}
	if err := checkPassword(password, account.Name, account.Display, account.Mail); err != nil {
		return err
	}
	hash, err := a.hash(ctx, password)
	if err != nil {
		return err
	}
	if err := a.store.SetPassword(ctx, i.Account, hash); err != nil {
		return err
	}
	return a.endOthers(ctx, i.Account, i.Session)
}

// BeginCodes makes a secret for one-time codes, which must be proved.
func (a *Accounts) BeginCodes(i *Identity) (CodeSecret, error) {
	c, err := newCodeSecret(i.Name)
	if err == nil {
		a.codes.put(i.Account, c.Secret, a.now())
	}
	return c, err
}

// ConfirmCodes writes the secret whose code is given, and makes recovery codes.
func (a *Accounts) ConfirmCodes(ctx context.Context, i *Identity, code string) ([]string, error) {
	secret, ok := a.codes.get(i.Account, a.now())
	if !ok {
		return nil, refuse(ErrConflict, "The time to prove the app is over. Begin again.")
	}
	step := codeStep(secret, code, a.now())
	if step == 0 {
		return nil, errCode
	}
	codes, hashes := newRecovery(i.Account)
	if err := a.store.SetCodes(ctx, i.Account, secret, step, hashes); err != nil {
		return nil, err
	}
	a.codes.drop(i.Account)
	return codes, a.endOthers(ctx, i.Account, i.Session)
}

// NewRecoveryCodes makes recovery codes; those before are void.
func (a *Accounts) NewRecoveryCodes(ctx context.Context, i *Identity) ([]string, error) {
	account, err := a.store.Account(ctx, i.Account)
	if err != nil {
		return nil, err
	}
	if account.Secret == "" {
		return nil, refuse(ErrConflict, "Recovery codes stand in for an app for one-time codes. Set one up first.")
	}
	codes, hashes := newRecovery(i.Account)
	return codes, a.store.SetRecovery(ctx, i.Account, hashes)
}
