package api

import "net/http"

var errNoAccounts = refuse(ErrAbsent, "This program has no accounts.")

func (s *Server) signIn(w http.ResponseWriter, r *http.Request, in *noInput) error {
	return errNoAccounts
}

func (s *Server) openLink(w http.ResponseWriter, r *http.Request, in *body[LinkToken]) error {
	return errNoAccounts
}

func (s *Server) beginPasskey(w http.ResponseWriter, r *http.Request, in *noInput) error {
	return errNoAccounts
}

func (s *Server) signInPasskey(w http.ResponseWriter, r *http.Request, in *body[PasskeyUsed]) error {
	return errNoAccounts
}

func (s *Server) signInPassword(w http.ResponseWriter, r *http.Request, in *body[PasswordSignIn]) error {
	return errNoAccounts
}

func (s *Server) beginOIDC(w http.ResponseWriter, r *http.Request, in *providerInput) error {
	return errNoAccounts
}

func (s *Server) finishOIDC(w http.ResponseWriter, r *http.Request, in *providerInput) error {
	return errNoAccounts
}

func (s *Server) enrolAccount(w http.ResponseWriter, r *http.Request, in *body[AccountName]) error {
	return errNoAccounts
}

func (s *Server) beginEnrolPasskey(w http.ResponseWriter, r *http.Request, in *noInput) error {
	return errNoAccounts
}

func (s *Server) enrolPasskey(w http.ResponseWriter, r *http.Request, in *body[PasskeyCreated]) error {
	return errNoAccounts
}

func (s *Server) enrolPassword(w http.ResponseWriter, r *http.Request, in *body[NewPassword]) error {
	return errNoAccounts
}

func (s *Server) enrolCodes(w http.ResponseWriter, r *http.Request, in *body[Code]) error {
	return errNoAccounts
}

func (s *Server) session(w http.ResponseWriter, r *http.Request, in *noInput) error {
	return errNoAccounts
}

func (s *Server) signOut(w http.ResponseWriter, r *http.Request, in *noInput) error {
	return errNoAccounts
}

func (s *Server) beginConfirm(w http.ResponseWriter, r *http.Request, in *noInput) error {
	return errNoAccounts
}

func (s *Server) confirm(w http.ResponseWriter, r *http.Request, in *body[Confirmation]) error {
	return errNoAccounts
}

func (s *Server) me(w http.ResponseWriter, r *http.Request, in *noInput) error { return errNoAccounts }

func (s *Server) listPasskeys(w http.ResponseWriter, r *http.Request, in *noInput) error {
	return errNoAccounts
}

func (s *Server) beginAddPasskey(w http.ResponseWriter, r *http.Request, in *noInput) error {
	return errNoAccounts
}

func (s *Server) addPasskey(w http.ResponseWriter, r *http.Request, in *body[PasskeyCreated]) error {
	return errNoAccounts
}

func (s *Server) removePasskey(w http.ResponseWriter, r *http.Request, in *AccountPath) error {
	return errNoAccounts
}

func (s *Server) changePassword(w http.ResponseWriter, r *http.Request, in *body[NewPassword]) error {
	return errNoAccounts
}

func (s *Server) beginCodes(w http.ResponseWriter, r *http.Request, in *noInput) error {
	return errNoAccounts
}

func (s *Server) confirmCodes(w http.ResponseWriter, r *http.Request, in *body[Code]) error {
	return errNoAccounts
}

func (s *Server) newRecoveryCodes(w http.ResponseWriter, r *http.Request, in *noInput) error {
	return errNoAccounts
}

func (s *Server) listSessions(w http.ResponseWriter, r *http.Request, in *noInput) error {
	return errNoAccounts
}

func (s *Server) endSession(w http.ResponseWriter, r *http.Request, in *AccountPath) error {
	return errNoAccounts
}

func (s *Server) listAccounts(w http.ResponseWriter, r *http.Request, in *noInput) error {
	return errNoAccounts
}

func (s *Server) addAccount(w http.ResponseWriter, r *http.Request, in *body[AccountRequest]) error {
	return errNoAccounts
}

func (s *Server) changeAccount(w http.ResponseWriter, r *http.Request, in *accountPutInput) error {
	return errNoAccounts
}

func (s *Server) removeAccount(w http.ResponseWriter, r *http.Request, in *AccountPath) error {
	return errNoAccounts
}

func (s *Server) linkAccount(w http.ResponseWriter, r *http.Request, in *AccountPath) error {
	return errNoAccounts
}

func (s *Server) unlockAccount(w http.ResponseWriter, r *http.Request, in *AccountPath) error {
	return errNoAccounts
}

func (s *Server) listTokens(w http.ResponseWriter, r *http.Request, in *noInput) error {
	return errNoAccounts
}

func (s *Server) addToken(w http.ResponseWriter, r *http.Request, in *body[TokenRequest]) error {
	return errNoAccounts
}

func (s *Server) removeToken(w http.ResponseWriter, r *http.Request, in *AccountPath) error {
	return errNoAccounts
}
