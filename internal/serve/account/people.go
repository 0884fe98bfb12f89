package account

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
)

// Wanted is what an account is to be.
type Wanted struct {
	Name, Display, Mail string
	Grants              []Grant
}

// Person is an account as those see it who look after accounts.
type Person struct {
	store.Account
	Grants   []Grant
	Passkeys int
	Link     Kind // a link that is open, "" for none
	Locked   bool
}

// People are all accounts.
func (a *Accounts) People(ctx context.Context) ([]Person, error) {
	all, err := a.store.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	passkeys, err := a.store.Passkeys(ctx, "")
	if err != nil {
		return nil, err
	}
	links, err := a.store.Links(ctx, a.now())
	if err != nil {
		return nil, err
	}
	list := make([]Person, 0, len(all))
	for _, x := range all {
		p := Person{Account: x, Locked: a.locks.locked(x.Name, x.Unlocked, a.now())}
		if p.Grants, err = decodeGrants(x.Grants); err != nil {
			return nil, err
		}
		for _, k := range passkeys {
			if k.Account == x.ID {
				p.Passkeys++
			}
		}
		for _, l := range links {
			if l.Account == x.ID {
				p.Link = Kind(l.Kind)
			}
		}
		list = append(list, p)
	}
	return list, nil
}

// Person is one account.
func (a *Accounts) Person(ctx context.Context, id string) (Person, error) {
	list, err := a.People(ctx)
	if err != nil {
		return Person{}, err
	}
	i := slices.IndexFunc(list, func(p Person) bool { return p.ID == id })
	if i < 0 {
		return Person{}, errNoAccount
	}
	return list[i], nil
}

// PersonByName is the one of a name.
func (a *Accounts) PersonByName(ctx context.Context, name string) (Person, error) {
	x, err := a.store.AccountByName(ctx, fold(name))
	if err != nil {
		return Person{}, notFound(err, "There is no account of this name.")
	}
	return a.Person(ctx, x.ID)
}

var errNoAccount = refuse(ErrNotFound, "There is no such account; it may have been removed.")

// newAccount checks what an account is to be.
func (a *Accounts) newAccount(w Wanted) (store.Account, error) {
	return wanted(store.Account{ID: newID(), Created: a.now()}, w)
}

// wanted puts what is wanted into an account, if it makes sense.
func wanted(x store.Account, w Wanted) (store.Account, error) {
	x.Name, x.Display, x.Mail = fold(w.Name), strings.TrimSpace(w.Display), strings.ToLower(strings.TrimSpace(w.Mail))
	if x.Display == "" {
		x.Display = strings.TrimSpace(w.Name)
	}
	if x.Name == "" || len(x.Name) > 64 || strings.ContainsFunc(x.Name, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || strings.ContainsRune("._-@", r))
	}) {
		return x, refuse(ErrInvalid, "A name has letters (a to z), digits, dot, dash, underscore and @, and at most 64 of them.")
	}
	if strings.ContainsFunc(x.Display+x.Mail, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return x, refuse(ErrInvalid, "Names and addresses have no control characters.")
	}
	if local, domain, ok := strings.Cut(x.Mail, "@"); x.Mail != "" && (!ok || local == "" || domain == "") {
		return x, refuse(ErrInvalid, "This is no mail address.")
	}
	var err error
	x.Grants, err = encodeGrants(w.Grants)
	return x, err
}

func (a *Accounts) add(ctx context.Context, w Wanted) (store.Account, error) {
	x, err := a.newAccount(w)
	if err != nil {
		return x, err
	}
	err = a.store.AddAccount(ctx, x, maxAccounts)
	if errors.Is(err, store.ErrConflict) {
		err = refuse(ErrConflict, "There is an account of this name, or there are as many as there can be.")
	}
	return x, err
}

// Add makes an account and a link to set it up. Maker is who does it.
func (a *Accounts) Add(ctx context.Context, w Wanted, maker string) (Person, Link, error) {
	x, err := a.add(ctx, w)
	if err != nil {
		return Person{}, Link{}, err
	}
	l, err := a.newLink(ctx, Invite, x.ID, maker)
	if err != nil {
		return Person{}, l, err
	}
	p, err := a.Person(ctx, x.ID)
	return p, l, err
}

// Change changes an account if it still is of a version, else it is ErrStale.
func (a *Accounts) Change(ctx context.Context, id string, version int64, w Wanted) (Person, error) {
	x, err := wanted(store.Account{ID: id}, w)
	if err != nil {
		return Person{}, err
	}
	err = a.store.PutAccount(ctx, x, version, keepAdministrator)
	switch {
	case errors.Is(err, store.ErrConflict):
		return Person{}, refuse(ErrStale, "Someone else changed this account meanwhile.")
	case errors.Is(err, store.ErrInvalid):
		return Person{}, refuse(ErrConflict, "There is an account of this name.")
	case err != nil:
		return Person{}, notFound(err, errNoAccount.Error())
	}
	// What is open was opened with the grants of before.
	a.watches.end(func(w *watch) bool { return w.account == id })
	return a.Person(ctx, id)
}

// keepAdministrator refuses a state in which nobody could look after accounts.
func keepAdministrator(all []store.Account) error {
	for _, x := range all {
		grants, err := decodeGrants(x.Grants)
		if err != nil {
			return err
		}
		if slices.Contains(grants, Grant{Everywhere, Administrator}) {
			return nil
		}
	}
	return refuse(ErrConflict, "This is the last administrator. Make another one first.")
}

// Remove removes an account with its sessions, passkeys and tokens.
func (a *Accounts) Remove(ctx context.Context, id string) error {
	if err := a.store.DeleteAccount(ctx, id, keepAdministrator); err != nil {
		return notFound(err, errNoAccount.Error())
	}
	a.watches.end(func(w *watch) bool { return w.account == id })
	return nil
}

// Link makes a link by which an account is set up: anew, if it has something
// to sign in with already. Maker is who asks, "" for the host.
func (a *Accounts) Link(ctx context.Context, id, maker string) (Person, Link, error) {
	p, err := a.Person(ctx, id)
	if err != nil {
		return p, Link{}, err
	}
	kind := Invite
	if p.Passkeys > 0 || p.Password != "" {
		kind = Recover
	}
	l, err := a.newLink(ctx, kind, id, maker)
	return p, l, err
}

// Unlock lets an account sign in with its password again at once.
func (a *Accounts) Unlock(ctx context.Context, id string) (Person, error) {
	if err := a.store.SetUnlocked(ctx, id, a.now()); err != nil {
		return Person{}, notFound(err, errNoAccount.Error())
	}
	return a.Person(ctx, id)
}
