package api

import (
	"net/http"

	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/serve/account"
)

func (s *Server) me(w http.ResponseWriter, r *http.Request, _ *noInput) error {
	a, err := s.accounts()
	if err != nil {
		return err
	}
	who := account.From(r.Context())
	o, err := a.Own(r.Context(), who)
	if err != nil {
		return err
	}
	return writeJSON(w, r, http.StatusOK, &Me{
		AccountRef: AccountRef{ID: who.Account, Name: o.Account.Name, Display: o.Account.Display, Grants: grantsOf(who.Grants)},
		Mail:       o.Account.Mail, Passkeys: each(o.Passkeys, passkeyOf), Password: o.Account.Password != "", Codes: o.Account.Secret != "", RecoveryCodes: o.Recovery,
	})
}

func passkeyOf(p *store.Passkey) Passkey {
	out := Passkey{ID: p.ID, Name: p.Name, Site: p.Host, Created: when(p.Created), Used: when(p.Used)}
	if p.Suspect {
		out.Warning = "Its counter went back: there may be a copy. It is not accepted any more. Remove it, and find out where the copy is."
	}
	return out
}

func (s *Server) listPasskeys(w http.ResponseWriter, r *http.Request, _ *noInput) error {
	a, err := s.accounts()
	if err != nil {
		return err
	}
	o, err := a.Own(r.Context(), account.From(r.Context()))
	if err != nil {
		return err
	}
	return writeJSON(w, r, http.StatusOK, whole(each(o.Passkeys, passkeyOf)))
}

func (s *Server) beginAddPasskey(w http.ResponseWriter, r *http.Request, _ *noInput) error {
	a, err := s.accounts()
	if err != nil {
		return err
	}
	o, err := a.BeginAddPasskey(r.Context(), placeOf(r), account.From(r.Context()))
	return options(w, r, o, err)
}

func (s *Server) addPasskey(w http.ResponseWriter, r *http.Request, in *body[PasskeyCreated]) error {
	a, err := s.accounts()
	if err != nil {
		return err
	}
	c, err := credentialOf(in.Body.Credential)
	if err != nil {
		return err
	}
	k, err := a.AddPasskey(r.Context(), placeOf(r), account.From(r.Context()), in.Body.Name, c)
	if err != nil {
		return err
	}
	remark(r.Context(), k.Name, "")
	return writeJSON(w, r, http.StatusOK, passkeyOf(&k))
}

func (s *Server) removePasskey(w http.ResponseWriter, r *http.Request, in *AccountPath) error {
	a, err := s.accounts()
	if err != nil {
		return err
	}
	if err := a.RemovePasskey(r.Context(), account.From(r.Context()), in.ID); err != nil {
		return err
	}
	return done(w, r)
}

func (s *Server) changePassword(w http.ResponseWriter, r *http.Request, in *body[NewPassword]) error {
	a, err := s.accounts()
	if err != nil {
		return err
	}
	if err := a.ChangePassword(r.Context(), account.From(r.Context()), in.Body.Password); err != nil {
		return err
	}
	return done(w, r)
}

func (s *Server) beginCodes(w http.ResponseWriter, r *http.Request, _ *noInput) error {
	a, err := s.accounts()
	if err != nil {
		return err
	}
	c, err := a.BeginCodes(account.From(r.Context()))
	if err != nil {
		return err
	}
	return writeJSON(w, r, http.StatusOK, CodeSecret(c))
}

func (s *Server) confirmCodes(w http.ResponseWriter, r *http.Request, in *body[Code]) error {
	a, err := s.accounts()
	if err != nil {
		return err
	}
	codes, err := a.ConfirmCodes(r.Context(), account.From(r.Context()), in.Body.Code)
	if err != nil {
		return err
	}
	return writeJSON(w, r, http.StatusOK, RecoveryCodes{codes})
}

func (s *Server) newRecoveryCodes(w http.ResponseWriter, r *http.Request, _ *noInput) error {
	a, err := s.accounts()
	if err != nil {
		return err
	}
	codes, err := a.NewRecoveryCodes(r.Context(), account.From(r.Context()))
	if err != nil {
		return err
	}
	return writeJSON(w, r, http.StatusOK, RecoveryCodes{codes})
}

func (s *Server) listSessions(w http.ResponseWriter, r *http.Request, _ *noInput) error {
	a, err := s.accounts()
	if err != nil {
		return err
	}
	who := account.From(r.Context())
	list, err := a.Sessions(r.Context(), who)
	if err != nil {
		return err
	}
	return writeJSON(w, r, http.StatusOK, whole(each(list, func(x *store.Session) SessionInfo {
		return SessionInfo{ID: x.ID, Current: x.ID == who.Session, Via: x.Via, From: x.Origin, Agent: x.Agent, Created: when(x.Created), Used: when(x.Used), Expires: when(x.Expires)}
	})))
}

func (s *Server) endSession(w http.ResponseWriter, r *http.Request, in *AccountPath) error {
	a, err := s.accounts()
	if err != nil {
		return err
	}
	if err := a.EndSession(r.Context(), account.From(r.Context()), in.ID); err != nil {
		return err
	}
	return done(w, r)
}
