package api

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/serve/account"
)

// versionSeen is the version that an If-Match header names.
func versionSeen(header string) (int64, error) {
	if header == "" {
		return 0, refuse(ErrUnseen, "Send the etag of what you saw as If-Match, so that nobody's change is overwritten unseen.")
	}
	text, ok := strings.CutPrefix(strings.TrimSpace(header), `"v`)
	text, closed := strings.CutSuffix(text, `"`)
	n, err := strconv.ParseInt(text, 10, 64)
	if !ok || !closed || err != nil {
		return 0, refuse(ErrStale, "This etag is none that was given.")
	}
	return n, nil
}

func accountOf(p *account.Person) Account {
	out := Account{
		ID: p.ID, Name: p.Name, Display: p.Display, Mail: p.Mail, Grants: grantsOf(p.Grants), Passkeys: p.Passkeys, Password: p.Password != "",
		Provider: p.Provider, Locked: p.Locked, Created: when(p.Created), Seen: when(p.Seen), ETag: versionTag(p.Version),
	}
	if p.Link == account.Invite || p.Link == account.Recover {
		out.Link = string(p.Link)
	}
	return out
}

func (s *Server) listAccounts(w http.ResponseWriter, r *http.Request, _ *noInput) error {
	a, err := s.accounts()
	if err != nil {
		return err
	}
	list, err := a.People(r.Context())
	if err != nil {
		return err
	}
	return writeJSON(w, r, http.StatusOK, whole(each(list, accountOf)))
}

func (q *AccountRequest) wanted() account.Wanted {
	w := account.Wanted{Name: q.Name, Display: q.Display, Mail: q.Mail}
	for _, g := range q.Grants {
		w.Grants = append(w.Grants, account.Grant{Site: g.Site, Role: account.Role(g.Role)})
	}
	return w
}

func (q *AccountRequest) words() string {
	var list []string
	for _, g := range q.Grants {
		list = append(list, g.Role+" on "+g.Site)
	}
	if list == nil {
		return "no grants"
	}
	return strings.Join(list, ", ")
}

func linkOf(l account.Link) Link {
	return Link{Kind: string(l.Kind), Path: l.Path(), Expires: when(l.Expires)}
}

func (s *Server) addAccount(w http.ResponseWriter, r *http.Request, in *body[AccountRequest]) error {
	a, err := s.accounts()
	if err != nil {
		return err
	}
	remark(r.Context(), in.Body.Name, in.Body.words())
	p, l, err := a.Add(r.Context(), in.Body.wanted(), account.From(r.Context()).Name)
	if err != nil {
		return err
	}
	return writeJSON(w, r, http.StatusCreated, &NewAccount{accountOf(&p), linkOf(l)})
}

func (s *Server) changeAccount(w http.ResponseWriter, r *http.Request, in *accountPutInput) error {
	a, err := s.accounts()
	if err != nil {
		return err
	}
	remark(r.Context(), in.Body.Name, in.Body.words())
	version, err := versionSeen(in.IfMatch)
	var p account.Person
	if err == nil {
		p, err = a.Change(r.Context(), in.ID, version, in.Body.wanted())
	}
	status := http.StatusOK
	if errors.Is(err, account.ErrStale) || errors.Is(err, ErrStale) {
		// The present state, so that both changes can be shown side by side.
		status = http.StatusPreconditionFailed
		p, err = a.Person(r.Context(), in.ID)
	}
	if err != nil {
		return err
	}
	w.Header().Set("ETag", versionTag(p.Version))
	return writeJSON(w, r, status, accountOf(&p))
}

// aboutPerson notes the name of an account that is acted on.
func (s *Server) aboutPerson(r *http.Request, a *account.Accounts, id string) error {
	p, err := a.Person(r.Context(), id)
	if err == nil {
		remark(r.Context(), p.Name, "")
	}
	return err
}

func (s *Server) removeAccount(w http.ResponseWriter, r *http.Request, in *AccountPath) error {
	a, err := s.accounts()
	if err == nil {
		err = s.aboutPerson(r, a, in.ID)
	}
	if err == nil {
		err = a.Remove(r.Context(), in.ID)
	}
	if err != nil {
		return err
	}
	return done(w, r)
}

func (s *Server) linkAccount(w http.ResponseWriter, r *http.Request, in *AccountPath) error {
	a, err := s.accounts()
	if err != nil {
		return err
	}
	p, l, err := a.Link(r.Context(), in.ID, account.From(r.Context()).Name)
	if err != nil {
		return err
	}
	remark(r.Context(), p.Name, "a link to "+string(l.Kind))
	return writeJSON(w, r, http.StatusOK, linkOf(l))
}

func (s *Server) unlockAccount(w http.ResponseWriter, r *http.Request, in *AccountPath) error {
	a, err := s.accounts()
	if err != nil {
		return err
	}
	p, err := a.Unlock(r.Context(), in.ID)
	if err != nil {
		return err
	}
	remark(r.Context(), p.Name, "")
	return done(w, r)
}

func (s *Server) listTokens(w http.ResponseWriter, r *http.Request, _ *noInput) error {
	a, err := s.accounts()
	if err != nil {
		return err
	}
	who := account.From(r.Context())
	list, err := a.Tokens(r.Context(), who)
	if err != nil {
		return err
	}
	names, err := a.Names(r.Context())
	if err != nil {
		return err
	}
	return writeJSON(w, r, http.StatusOK, whole(each(list, func(k *store.Token) Token { return tokenOf(k, names[k.Account], who) })))
}

func tokenOf(k *store.Token, owner string, who *account.Identity) Token {
	return Token{
		ID: k.ID, Name: k.Name, Account: owner, Mine: k.Account == who.Account, Role: k.Role, Site: k.Site,
		Created: when(k.Created), Expires: when(k.Expires), Used: when(k.Used),
	}
}

func (s *Server) addToken(w http.ResponseWriter, r *http.Request, in *body[TokenRequest]) error {
	a, err := s.accounts()
	if err != nil {
		return err
	}
	b, who := &in.Body, account.From(r.Context())
	remark(r.Context(), b.Name, fmt.Sprintf("%s on %s until %s", b.Role, b.Site, b.Expires.UTC().Format("2006-01-02")))
	k, secret, err := a.AddToken(r.Context(), who, account.WantedToken{Name: b.Name, Grant: account.Grant{Site: b.Site, Role: account.Role(b.Role)}, Expires: b.Expires})
	if err != nil {
		return err
	}
	return writeJSON(w, r, http.StatusCreated, &NewToken{tokenOf(&k, who.Name, who), secret})
}

func (s *Server) removeToken(w http.ResponseWriter, r *http.Request, in *AccountPath) error {
	a, err := s.accounts()
	if err != nil {
		return err
	}
	k, err := a.RemoveToken(r.Context(), account.From(r.Context()), in.ID)
	if err != nil {
		return err
	}
	remark(r.Context(), k.Name, "")
	return done(w, r)
}
