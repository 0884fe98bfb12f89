package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/keep/ledger"
	"github.com/bulkhead-ot/bulkhead/internal/serve/account"
)

var errNoAccounts = refuse(ErrAbsent, "This program has no accounts.")

// accounts are those of the server; a double that tells who asks has none.
func (s *Server) accounts() (*account.Accounts, error) {
	if s.opt.Accounts == nil {
		return nil, errNoAccounts
	}
	return s.opt.Accounts, nil
}

func (s *Server) signIn(w http.ResponseWriter, r *http.Request, _ *noInput) error {
	a, err := s.accounts()
	if err != nil {
		return err
	}
	setup, err := a.Setup(r.Context())
	if err != nil {
		return err
	}
	o := &Opening{Setup: setup, Version: s.opt.Version, Methods: Methods{Passkey: placeOf(r).Passkeys(), Password: true, OIDC: []Provider{}}}
	for _, p := range a.Providers() {
		o.Methods.OIDC = append(o.Methods.OIDC, Provider{ID: p.ID, Name: p.Name})
	}
	return writeJSON(w, r, http.StatusOK, o)
}

// signedIn hands the browser its session, and ends the one it had: a session
// is never carried over a sign-in.
func (s *Server) signedIn(w http.ResponseWriter, r *http.Request, signed account.Signed) (Session, error) {
	i := signed.Identity
	if err := asks(r.Context(), caller{Account: i.Account, Name: i.Name, Via: i.Via}); err != nil {
		// What cannot be recorded is not done.
		return Session{}, errors.Join(err, s.opt.Accounts.EndSecret(r.Context(), signed.Secret))
	}
	if old := sessionSecret(r); old != "" {
		if err := s.opt.Accounts.EndSecret(r.Context(), old); err != nil {
			return Session{}, err
		}
	}
	s.setCookie(w, r, cookieSession, signed.Secret, i.Expires, http.SameSiteStrictMode)
	s.setCookie(w, r, cookieEnrol, "", time.Time{}, http.SameSiteStrictMode)
	return sessionOf(i), nil
}

func sessionOf(i *account.Identity) Session {
	out := Session{
		Account:     AccountRef{ID: i.Account, Name: i.Name, Display: i.Display, Grants: grantsOf(i.Grants)},
		Permissions: []string{}, Sites: orEmpty(i.Sites(account.Read)), FreshUntil: when(i.Fresh), Expires: when(i.Expires), Idle: int64(i.Idle / time.Second), Via: i.Via,
	}
	for _, p := range i.Permissions() {
		out.Permissions = append(out.Permissions, string(p))
	}
	if i.Limit != nil {
		out.Account.Grants = []Grant{{i.Limit.Site, string(i.Limit.Role)}}
	}
	return out
}

func grantsOf(list []account.Grant) []Grant {
	return each(list, func(g *account.Grant) Grant { return Grant{g.Site, string(g.Role)} })
}

// answerSigned answers a sign-in.
func (s *Server) answerSigned(w http.ResponseWriter, r *http.Request, signed account.Signed, err error) error {
	if err != nil {
		return s.refused(r, err)
	}
	out, err := s.signedIn(w, r, signed)
	if err != nil {
		return err
	}
	return writeJSON(w, r, http.StatusOK, out)
}

// refused notes in the ledger who somebody tried to sign in as.
func (s *Server) refused(r *http.Request, err error) error {
	var f *account.Failure
	if errors.As(err, &f) {
		detail := ""
		if f.Count > 1 {
			detail = fmt.Sprintf("try %d of this source", f.Count)
		}
		remark(r.Context(), f.Name, detail)
	}
	return err
}

func (s *Server) openLink(w http.ResponseWriter, r *http.Request, in *body[LinkToken]) error {
	a, err := s.accounts()
	if err != nil {
		return err
	}
	o, err := a.Open(r.Context(), placeOf(r), in.Body.Token)
	if err != nil {
		return err
	}
	remark(r.Context(), o.Name, fmt.Sprintf("a link to %s, made by %s", o.Kind, maker(o.Maker)))
	out := LinkOpened{Kind: string(o.Kind), Name: o.Name, Display: o.Display, Expires: when(o.Expires)}
	if o.Signed == nil {
		s.setCookie(w, r, cookieEnrol, o.Enrolment, o.Expires, http.SameSiteStrictMode)
		return writeJSON(w, r, http.StatusOK, out)
	}
	session, err := s.signedIn(w, r, *o.Signed)
	if err != nil {
		return err
	}
	out.Session = &session
	return writeJSON(w, r, http.StatusOK, out)
}

func maker(name string) string {
	if name == "" {
		return "the host"
	}
	return name
}

func (s *Server) beginPasskey(w http.ResponseWriter, r *http.Request, _ *noInput) error {
	a, err := s.accounts()
	if err != nil {
		return err
	}
	o, err := a.BeginPasskey(placeOf(r))
	return options(w, r, o, err)
}

// options answers with what a browser is asked of a passkey.
func options(w http.ResponseWriter, r *http.Request, o any, err error) error {
	if err != nil {
		return err
	}
	return writeJSON(w, r, http.StatusOK, map[string]any{"publicKey": o})
}

// credentialOf is what a browser gave, as the JSON it was.
func credentialOf(c map[string]any) (json.RawMessage, error) { return json.Marshal(c) }

func (s *Server) signInPasskey(w http.ResponseWriter, r *http.Request, in *body[PasskeyUsed]) error {
	a, err := s.accounts()
	if err != nil {
		return err
	}
	c, err := credentialOf(in.Body.Credential)
	if err != nil {
		return err
	}
	signed, err := a.SignInPasskey(r.Context(), placeOf(r), c)
	return s.answerSigned(w, r, signed, err)
}

func (s *Server) signInPassword(w http.ResponseWriter, r *http.Request, in *body[PasswordSignIn]) error {
	a, err := s.accounts()
	if err != nil {
		return err
	}
	signed, err := a.SignInPassword(r.Context(), placeOf(r), in.Body.Name, in.Body.Password, in.Body.Code)
	return s.answerSigned(w, r, signed, err)
}

// holdTime is how long a browser may be at an identity provider.
const holdTime = 10 * time.Minute

// beginOIDC and finishOIDC are where a browser goes by itself, so that what goes
// wrong is shown by the console's page and not as a problem document.
func (s *Server) beginOIDC(w http.ResponseWriter, r *http.Request, in *providerInput) error {
	a, err := s.accounts()
	if err != nil {
		return err
	}
	to, hold, err := a.BeginOIDC(r.Context(), in.ID, placeOf(r).Origin+base+"/signin/oidc/"+url.PathEscape(in.ID)+"/callback")
	if err != nil {
		return s.backToSignIn(w, r, err)
	}
	// The browser comes back from another site: Strict would leave it out.
	s.setCookie(w, r, cookieOIDC, hold, s.opt.Now().Add(holdTime), http.SameSiteLaxMode)
	return redirect(w, to)
}

func (s *Server) finishOIDC(w http.ResponseWriter, r *http.Request, in *providerInput) error {
	a, err := s.accounts()
	if err != nil {
		return err
	}
	hold := cookie(r, cookieOIDC)
	s.setCookie(w, r, cookieOIDC, "", time.Time{}, http.SameSiteLaxMode)
	q := r.URL.Query()
	signed, err := a.FinishOIDC(r.Context(), placeOf(r), in.ID, hold, q.Get("state"), q.Get("code"))
	if err == nil {
		_, err = s.signedIn(w, r, signed)
	}
	if err != nil {
		return s.backToSignIn(w, r, s.refused(r, err))
	}
	return redirect(w, "/")
}

// backToSignIn shows the page for signing in, which says that it failed.
func (s *Server) backToSignIn(w http.ResponseWriter, r *http.Request, err error) error {
	why, outcome := "oidc", ledger.Refused
	if !errors.Is(err, account.ErrSignIn) {
		why, outcome = "provider", ledger.Failed
		s.log.Warn("sign-in through an identity provider failed", "error", err)
	}
	endsAs(r.Context(), outcome)
	return redirect(w, "/signin?failed="+why)
}

func redirect(w http.ResponseWriter, to string) error {
	w.Header().Set("Location", to)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusSeeOther)
	return nil
}

func (s *Server) enrolAccount(w http.ResponseWriter, r *http.Request, in *body[AccountName]) error {
	a, err := s.accounts()
	if err != nil {
		return err
	}
	if err := a.EnrolAccount(r.Context(), cookie(r, cookieEnrol), in.Body.Name, in.Body.Display); err != nil {
		return err
	}
	return done(w, r)
}

func done(w http.ResponseWriter, r *http.Request) error {
	return writeJSON(w, r, http.StatusOK, Done{true})
}

func (s *Server) beginEnrolPasskey(w http.ResponseWriter, r *http.Request, _ *noInput) error {
	a, err := s.accounts()
	if err != nil {
		return err
	}
	o, err := a.BeginEnrolPasskey(r.Context(), placeOf(r), cookie(r, cookieEnrol))
	return options(w, r, o, err)
}

func (s *Server) enrolPasskey(w http.ResponseWriter, r *http.Request, in *body[PasskeyCreated]) error {
	a, err := s.accounts()
	if err != nil {
		return err
	}
	c, err := credentialOf(in.Body.Credential)
	if err != nil {
		return err
	}
	if err := s.enrolling(r, a); err != nil {
		return err
	}
	e, err := a.EnrolPasskey(r.Context(), placeOf(r), cookie(r, cookieEnrol), in.Body.Name, c)
	return s.answerEnrolled(w, r, e, err)
}

// enrolling records that somebody who has a link sets an account up. Who has
// none is told so before anything is written.
func (s *Server) enrolling(r *http.Request, a *account.Accounts) error {
	name, err := a.Enrolling(cookie(r, cookieEnrol))
	if err != nil {
		return err
	}
	remark(r.Context(), name, "")
	return asks(r.Context(), caller{Name: name, Via: account.ViaLink})
}

func (s *Server) answerEnrolled(w http.ResponseWriter, r *http.Request, e account.Enrolled, err error) error {
	if err != nil {
		return err
	}
	session, err := s.signedIn(w, r, e.Signed)
	if err != nil {
		return err
	}
	remark(r.Context(), session.Account.Name, fmt.Sprintf("with a link to %s, made by %s", e.Kind, maker(e.Maker)))
	return writeJSON(w, r, http.StatusOK, Enrolled{Session: session, RecoveryCodes: orEmpty(e.RecoveryCodes)})
}

func (s *Server) enrolPassword(w http.ResponseWriter, r *http.Request, in *body[NewPassword]) error {
	a, err := s.accounts()
	if err != nil {
		return err
	}
	c, err := a.EnrolPassword(r.Context(), cookie(r, cookieEnrol), in.Body.Password)
	if err != nil {
		return err
	}
	return writeJSON(w, r, http.StatusOK, CodeSecret(c))
}

func (s *Server) enrolCodes(w http.ResponseWriter, r *http.Request, in *body[Code]) error {
	a, err := s.accounts()
	if err != nil {
		return err
	}
	if err := s.enrolling(r, a); err != nil {
		return err
	}
	e, err := a.EnrolCode(r.Context(), placeOf(r), cookie(r, cookieEnrol), in.Body.Code)
	return s.answerEnrolled(w, r, e, err)
}

func (s *Server) session(w http.ResponseWriter, r *http.Request, _ *noInput) error {
	return writeJSON(w, r, http.StatusOK, sessionOf(account.From(r.Context())))
}

func (s *Server) signOut(w http.ResponseWriter, r *http.Request, _ *noInput) error {
	a, err := s.accounts()
	if err != nil {
		return err
	}
	if err := a.SignOut(r.Context(), account.From(r.Context())); err != nil {
		return err
	}
	s.setCookie(w, r, cookieSession, "", time.Time{}, http.SameSiteStrictMode)
	return done(w, r)
}

func (s *Server) beginConfirm(w http.ResponseWriter, r *http.Request, _ *noInput) error {
	a, err := s.accounts()
	if err != nil {
		return err
	}
	o, err := a.BeginConfirm(placeOf(r), account.From(r.Context()))
	return options(w, r, o, err)
}

func (s *Server) confirm(w http.ResponseWriter, r *http.Request, in *body[Confirmation]) error {
	a, err := s.accounts()
	if err != nil {
		return err
	}
	who, secret, b := account.From(r.Context()), sessionSecret(r), &in.Body
	var signed account.Signed
	if b.Credential != nil {
		var c json.RawMessage
		if c, err = credentialOf(b.Credential); err != nil {
			return err
		}
		signed, err = a.ConfirmPasskey(r.Context(), placeOf(r), who, secret, c)
	} else {
		signed, err = a.ConfirmPassword(r.Context(), placeOf(r), who, secret, b.Password, b.Code)
	}
	if err != nil {
		return s.refused(r, err)
	}
	s.setCookie(w, r, cookieSession, signed.Secret, signed.Identity.Expires, http.SameSiteStrictMode)
	return writeJSON(w, r, http.StatusOK, sessionOf(signed.Identity))
}

// whole is a list that is always one page.
func whole[T any](items []T) *List[T] { return &List[T]{Items: items, Total: int64(len(items))} }
