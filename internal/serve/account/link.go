package account

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
)

// Kind is what a one-time link is for.
type Kind string

// Kinds of links.
const (
	Setup   Kind = store.FirstAccount // names the first administrator
	Invite  Kind = "invite"           // sets an account up that has nothing to sign in with
	Recover Kind = "recover"          // sets an account up anew: what it had is void
	Enter   Kind = "enter"            // signs in at once
)

const (
	linkTime   = 24 * time.Hour
	inviteTime = 7 * 24 * time.Hour
)

// Link is a one-time link. Only its hash is kept.
type Link struct {
	Kind    Kind
	Token   string
	Expires time.Time
}

// Path is where the console opens a link. The token stands behind #, so that it
// is never sent with a request for a page, and in no log.
func (l Link) Path() string { return "/setup#" + l.Token }

// newLink makes a link and voids the former one for the same account, "" for
// the first set-up. Maker is who asked for it, "" for the host.
func (a *Accounts) newLink(ctx context.Context, kind Kind, account, maker string) (Link, error) {
	now := a.now()
	secret, hash := newSecret()
	l := Link{kind, secret, now.Add(linkTime)}
	if kind == Invite {
		l.Expires = now.Add(inviteTime)
	}
	return l, a.store.PutLink(ctx, store.AccountLink{Hash: hash, Kind: string(kind), Account: account, Maker: maker, Created: now, Expires: l.Expires})
}

// SetupLink is a new link for the first administrator; ErrConflict if there is
// an account. The link before it is void.
func (a *Accounts) SetupLink(ctx context.Context) (Link, error) {
	switch none, err := a.Setup(ctx); {
	case err != nil:
		return Link{}, err
	case !none:
		return Link{}, refuse(ErrConflict, "There is an account already. bulkhead account list shows all, and bulkhead account link NAME makes a link for one.")
	}
	return a.newLink(ctx, Setup, "", "")
}

// EnterLink is a link that signs in as an administrator without anything else,
// who is made if there is none of this name: for a demonstration.
func (a *Accounts) EnterLink(ctx context.Context, name, display string) (Link, error) {
	account, err := a.store.AccountByName(ctx, name)
	if errors.Is(err, store.ErrNotFound) {
		account, err = a.add(ctx, Wanted{Name: name, Display: display, Grants: []Grant{{Everywhere, Administrator}}})
	}
	if err != nil {
		return Link{}, err
	}
	return a.newLink(ctx, Enter, account.ID, "")
}

// Opened is what a link was for.
type Opened struct {
	Kind      Kind
	Name      string
	Display   string
	Maker     string // who made the link, "" for the host
	Enrolment string // secret of the enrolment; "" with Enter
	Expires   time.Time
	Signed    *Signed // with Enter
}

// enrolment is the setting up of an account by one who had a link. The link is
// spent at its end.
type enrolment struct {
	id       string
	link     string // hash
	kind     Kind
	maker    string
	account  store.Account
	password string // hash
	secret   string // of one-time codes
}

func (e *enrolment) purpose() string { return "enrol " + e.id }

// Open opens a link. Enter signs in and spends it; the others begin an
// enrolment, and what is spent is spent when that ends.
func (a *Accounts) Open(ctx context.Context, p Place, token string) (Opened, error) {
	now := a.now()
	l, err := a.store.Link(ctx, hashOf(token), now)
	if err != nil {
		return Opened{}, gone(err)
	}
	e := enrolment{id: newID(), link: l.Hash, kind: Kind(l.Kind), maker: l.Maker}
	if l.Account != "" {
		if e.account, err = a.store.Account(ctx, l.Account); err != nil {
			return Opened{}, gone(err)
		}
	}
	o := Opened{Kind: e.kind, Name: e.account.Name, Display: e.account.Display, Maker: l.Maker}
	if e.kind == Enter {
		if _, err := a.store.TakeLink(ctx, l.Hash, now); err != nil {
			return Opened{}, gone(err)
		}
		s, err := a.begin(ctx, e.account, ViaLink, p)
		o.Signed = &s
		return o, err
	}
	secret, hash := newSecret()
	o.Enrolment, o.Expires = secret, a.enrolments.put(hash, e, now)
	return o, nil
}

func gone(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return errLink
	}
	return err
}

// enrolling is the enrolment that a secret belongs to. The first administrator
// must have a name before anything else.
func (a *Accounts) enrolling(secret string, named bool) (enrolment, error) {
	e, ok := a.enrolments.get(hashOf(secret), a.now())
	switch {
	case !ok:
		return e, errEnrol
	case named && e.account.ID == "":
		return e, refuse(ErrConflict, "Name the account first.")
	}
	return e, nil
}

// Enrolling is the name of the account that somebody sets up.
func (a *Accounts) Enrolling(secret string) (string, error) {
	e, err := a.enrolling(secret, true)
	return e.account.Name, err
}

// EnrolAccount names the first administrator.
func (a *Accounts) EnrolAccount(_ context.Context, secret, name, display string) error {
	e, err := a.enrolling(secret, false)
	if err != nil {
		return err
	}
	if e.kind != Setup {
		return refuse(ErrConflict, "The account has a name already.")
	}
	made, err := a.newAccount(Wanted{Name: name, Display: display, Grants: []Grant{{Everywhere, Administrator}}})
	if err != nil {
		return err
	}
	a.enrolments.change(hashOf(secret), a.now(), func(x *enrolment) {
		if x.account.ID != "" {
			made.ID = x.account.ID // a passkey may be in the making
		}
		x.account = made
	})
	return nil
}

// BeginEnrolPasskey is what the browser is asked to make a passkey.
func (a *Accounts) BeginEnrolPasskey(ctx context.Context, p Place, secret string) (any, error) {
	e, err := a.enrolling(secret, true)
	if err != nil {
		return nil, err
	}
	c, err := a.create(ctx, p, &e.account, e.purpose())
	if err != nil {
		return nil, err
	}
	return c.Response, nil
}

// EnrolPasskey ends an enrolment with a passkey and signs in.
func (a *Accounts) EnrolPasskey(ctx context.Context, p Place, secret, name string, answer []byte) (Enrolled, error) {
	e, err := a.enrolling(secret, true)
	if err != nil {
		return Enrolled{}, err
	}
	k, err := a.created(p, &e.account, e.purpose(), name, answer)
	if err != nil {
		return Enrolled{}, err
	}
	return a.finish(ctx, p, secret, &e, store.Enrolment{Account: e.account, Passkey: k}, ViaPasskey)
}

// EnrolPassword takes a password and gives the secret for one-time codes, which
// must be proved before both are written.
func (a *Accounts) EnrolPassword(ctx context.Context, secret, password string) (CodeSecret, error) {
	e, err := a.enrolling(secret, true)
	if err != nil {
		return CodeSecret{}, err
	}
	if err := checkPassword(password, e.account.Name, e.account.Display, e.account.Mail); err != nil {
		return CodeSecret{}, err
	}
	hash, err := a.hash(ctx, password)
	if err != nil {
		return CodeSecret{}, err
	}
	c, err := newCodeSecret(e.account.Name)
	if err != nil {
		return c, err
	}
	if !a.enrolments.change(hashOf(secret), a.now(), func(x *enrolment) { x.password, x.secret = hash, c.Secret }) {
		return CodeSecret{}, errEnrol
	}
	return c, nil
}

// EnrolCode ends an enrolment with the code that proves the app, and signs in.
func (a *Accounts) EnrolCode(ctx context.Context, p Place, secret, code string) (Enrolled, error) {
	e, err := a.enrolling(secret, true)
	if err != nil {
		return Enrolled{}, err
	}
	if e.secret == "" {
		return Enrolled{}, refuse(ErrConflict, "Choose a password first.")
	}
	step := codeStep(e.secret, code, a.now())
	if step == 0 {
		return Enrolled{}, errCode
	}
	e.account.Password, e.account.Secret, e.account.Step = e.password, e.secret, step
	codes, hashes := newRecovery(e.account.ID)
	done, err := a.finish(ctx, p, secret, &e, store.Enrolment{Account: e.account, Codes: hashes}, ViaPassword)
	done.RecoveryCodes = codes
	return done, err
}

var errCode = refuse(ErrInvalid, "The code does not fit. Is the clock of the phone right? Wait for the next code and try that.")

// Enrolled is somebody whose account is set up.
type Enrolled struct {
	Signed        Signed
	Kind          Kind
	Maker         string // who made the link
	RecoveryCodes []string
}

// finish spends the link, writes what was set up and signs in. Of two who hold
// the same link one ends here.
func (a *Accounts) finish(ctx context.Context, p Place, secret string, e *enrolment, s store.Enrolment, via string) (Enrolled, error) {
	s.Reset = e.kind == Recover
	err := a.store.Redeem(ctx, e.link, a.now(), s)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return Enrolled{}, errLink
	case errors.Is(err, store.ErrConflict):
		return Enrolled{}, refuse(ErrConflict, "Somebody else has set this up meanwhile.")
	case err != nil:
		return Enrolled{}, err
	}
	a.enrolments.drop(hashOf(secret))
	if s.Reset {
		a.watches.end(func(w *watch) bool { return w.account == e.account.ID && w.session != "" })
	}
	signed, err := a.begin(ctx, s.Account, via, p)
	if err != nil {
		return Enrolled{}, fmt.Errorf("sign in after the enrolment: %w", err)
	}
	return Enrolled{Signed: signed, Kind: e.kind, Maker: e.maker}, nil
}
