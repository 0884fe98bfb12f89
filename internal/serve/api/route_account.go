package api

import (
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"github.com/bulkhead-ot/bulkhead/internal/serve/account"
)

// registerIdentity puts the routes of sign-in, one's own account, accounts and
// tokens on the mux.
func (s *Server) registerIdentity() {
	const get, post, put, del = http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete
	raw(s, get, base+"/signin", about{"signIn", "identity", account.Open, "How to sign in"}, one[Opening], s.signIn)
	raw(s, post, base+"/signin/link", about{"openLink", "identity", account.Open, "Open a one-time link"}, one[LinkOpened], s.openLink)
	raw(s, post, base+"/signin/passkey/begin", about{"beginPasskey", "identity", account.Open, "Begin to sign in with a passkey"}, one[PasskeyOptions], s.beginPasskey)
	raw(s, post, base+"/signin/passkey", about{"signInPasskey", "identity", account.Open, "Sign in with a passkey"}, one[Session], s.signInPasskey)
	raw(s, post, base+"/signin/password", about{"signInPassword", "identity", account.Open, "Sign in with a password and a one-time code"}, one[Session], s.signInPassword)
	raw(s, get, base+"/signin/oidc/{id}", about{"beginOIDC", "identity", account.Open, "Go to an identity provider to sign in"}, redirects, s.beginOIDC)
	raw(s, get, base+"/signin/oidc/{id}/callback", about{"finishOIDC", "identity", account.Open, "Come back from an identity provider"}, callback, s.finishOIDC)

	raw(s, post, base+"/enrol/account", about{"enrolAccount", "identity", account.Open, "Name the first administrator"}, one[Done], s.enrolAccount)
	raw(s, post, base+"/enrol/passkey/begin", about{"beginEnrolPasskey", "identity", account.Open, "Begin to enrol a passkey"}, one[PasskeyOptions], s.beginEnrolPasskey)
	raw(s, post, base+"/enrol/passkey", about{"enrolPasskey", "identity", account.Open, "Enrol a passkey and sign in"}, one[Enrolled], s.enrolPasskey)
	raw(s, post, base+"/enrol/password", about{"enrolPassword", "identity", account.Open, "Choose a password"}, one[CodeSecret], s.enrolPassword)
	raw(s, post, base+"/enrol/totp", about{"enrolCodes", "identity", account.Open, "Prove the app for one-time codes and sign in"}, one[Enrolled], s.enrolCodes)

	raw(s, get, base+"/session", about{"session", "identity", account.Self, "Who is signed in and what they may do"}, one[Session], s.session)
	raw(s, del, base+"/session", about{"signOut", "identity", account.Self, "Sign out"}, one[Done], s.signOut)
	raw(s, post, base+"/session/confirm/begin", about{"beginConfirm", "identity", account.Self, "Begin to confirm with a passkey who it is"}, one[PasskeyOptions], s.beginConfirm)
	raw(s, post, base+"/session/confirm", about{"confirm", "identity", account.Self, "Confirm who it is"}, one[Session], s.confirm)

	raw(s, get, base+"/me", about{"me", "identity", account.Self, "One's own account"}, one[Me], s.me)
	raw(s, get, base+"/me/passkeys", about{"listPasskeys", "identity", account.Self, "One's own passkeys"}, one[List[Passkey]], s.listPasskeys)
	raw(s, post, base+"/me/passkeys/begin", about{"beginAddPasskey", "identity", account.Self, "Begin to add a passkey"}, one[PasskeyOptions], s.beginAddPasskey)
	raw(s, post, base+"/me/passkeys", about{"addPasskey", "identity", account.Self, "Add a passkey"}, one[Passkey], s.addPasskey)
	raw(s, del, base+"/me/passkeys/{id}", about{"removePasskey", "identity", account.Self, "Remove a passkey"}, one[Done], s.removePasskey)
	raw(s, post, base+"/me/password", about{"changePassword", "identity", account.Self, "Change one's password; it needs an app for one-time codes"}, one[Done], s.changePassword)
	raw(s, post, base+"/me/totp", about{"beginCodes", "identity", account.Self, "Begin to set up an app for one-time codes"}, one[CodeSecret], s.beginCodes)
	raw(s, post, base+"/me/totp/confirm", about{"confirmCodes", "identity", account.Self, "Prove the app for one-time codes"}, one[RecoveryCodes], s.confirmCodes)
	raw(s, post, base+"/me/recovery-codes", about{"newRecoveryCodes", "identity", account.Self, "Make new recovery codes"}, one[RecoveryCodes], s.newRecoveryCodes)
	raw(s, get, base+"/me/sessions", about{"listSessions", "identity", account.Self, "One's own sessions"}, one[List[SessionInfo]], s.listSessions)
	raw(s, del, base+"/me/sessions/{id}", about{"endSession", "identity", account.Self, "End one of one's own sessions"}, one[Done], s.endSession)

	raw(s, get, base+"/accounts", about{"listAccounts", "accounts", account.Audit, "List accounts"}, one[List[Account]], s.listAccounts)
	raw(s, post, base+"/accounts", about{"addAccount", "accounts", account.Administer, "Make an account and the link to set it up"}, answers(http.StatusCreated, "application/json", reflect.TypeFor[NewAccount]()), s.addAccount)
	raw(s, put, base+"/accounts/{id}", about{"changeAccount", "accounts", account.Administer, "Change an account"}, accountShape, s.changeAccount)
	raw(s, del, base+"/accounts/{id}", about{"removeAccount", "accounts", account.Administer, "Remove an account, its sessions and its tokens"}, one[Done], s.removeAccount)
	raw(s, post, base+"/accounts/{id}/link", about{"linkAccount", "accounts", account.Administer, "Make a link by which an account is set up anew"}, one[Link], s.linkAccount)
	raw(s, post, base+"/accounts/{id}/unlock", about{"unlockAccount", "accounts", account.Administer, "Let an account sign in with its password again at once"}, one[Done], s.unlockAccount)

	raw(s, get, base+"/tokens", about{"listTokens", "accounts", account.Self, "List API tokens: one's own, or all for those who administer"}, one[List[Token]], s.listTokens)
	raw(s, post, base+"/tokens", about{"addToken", "accounts", account.Self, "Make an API token"}, answers(http.StatusCreated, "application/json", reflect.TypeFor[NewToken]()), s.addToken)
	raw(s, del, base+"/tokens/{id}", about{"removeToken", "accounts", account.Self, "Remove an API token"}, one[Done], s.removeToken)
}

// one documents an answer of JSON with status 200.
func one[T any](s *Server, op *huma.Operation) {
	answers(http.StatusOK, "application/json", reflect.TypeFor[T]())(s, op)
}

func accountShape(s *Server, op *huma.Operation) {
	one[Account](s, op)
	op.Responses["412"] = &huma.Response{
		Description: "Someone else changed it: this is how it is now.",
		Content:     map[string]*huma.MediaType{"application/json": {Schema: s.schema(reflect.TypeFor[Account]())}},
	}
}

func redirects(_ *Server, op *huma.Operation) {
	op.DefaultStatus = http.StatusSeeOther
	op.Responses["303"] = &huma.Response{
		Description: "Location has where to go.",
		Headers:     map[string]*huma.Param{"Location": {Schema: &huma.Schema{Type: huma.TypeString}}},
	}
}

// callback takes whatever a provider adds to the query.
func callback(s *Server, op *huma.Operation) {
	redirects(s, op)
	op.SkipValidateParams = true
}
