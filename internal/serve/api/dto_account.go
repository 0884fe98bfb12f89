package api

import "time"

// Opening is what the sign-in page needs to know before anyone is signed in.
type Opening struct {
	Setup   bool    `json:"setup" doc:"No account exists yet: the first is made with the set-up link that bulkhead run prints."`
	Methods Methods `json:"methods"`
	Version string  `json:"version"`
}

// Methods are the ways to sign in at the address that was asked.
type Methods struct {
	Passkey  bool       `json:"passkey" doc:"False where the address is an IP address: browsers bind passkeys to names."`
	Password bool       `json:"password"`
	OIDC     []Provider `json:"oidc" doc:"Identity providers; the console sends the browser to /api/v1/signin/oidc/{id}."`
}

// Provider is an identity provider that vouches for people.
type Provider struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// LinkToken is the token of a one-time link.
type LinkToken struct {
	Token string `json:"token" minLength:"16" maxLength:"128" doc:"What stands behind # in the link."`
}

// LinkOpened says what a one-time link is for.
type LinkOpened struct {
	Kind    string     `json:"kind" enum:"setup,invite,recover,enter" doc:"With enter the answer has a session; else a cookie was set that lets /enrol be used for ten minutes."`
	Name    string     `json:"name" doc:"Of the account; empty with setup."`
	Display string     `json:"display"`
	Expires *time.Time `json:"expires" doc:"Of the enrolment."`
	Session *Session   `json:"session" doc:"Null unless the link signs in."`
}

// AccountName names the first administrator.
type AccountName struct {
	Name    string `json:"name" minLength:"1" maxLength:"64" doc:"What to sign in as: letters, digits, dot, dash, underscore and @."`
	Display string `json:"display,omitempty" maxLength:"128" doc:"What people read; the name if it is left out."`
}

// PasskeyOptions are given to navigator.credentials.create or get after
// PublicKeyCredential.parseCreationOptionsFromJSON or parseRequestOptionsFromJSON.
type PasskeyOptions struct {
	PublicKey map[string]any `json:"publicKey" doc:"As in Web Authentication, the JSON form."`
}

// PasskeyCreated is a passkey that a browser has made.
type PasskeyCreated struct {
	Name       string         `json:"name,omitempty" maxLength:"64" doc:"What people call it: \"my laptop\"."`
	Credential map[string]any `json:"credential" doc:"PublicKeyCredential.toJSON()."`
}

// PasskeyUsed is what a browser gives for a passkey.
type PasskeyUsed struct {
	Credential map[string]any `json:"credential" doc:"PublicKeyCredential.toJSON()."`
}

// NewPassword is a password to set.
type NewPassword struct {
	Password string `json:"password" minLength:"1" maxLength:"1024" doc:"At least 12 characters; common ones and the account's own name are refused."`
}

// CodeSecret is what an app for one-time codes (TOTP, RFC 6238) is given.
type CodeSecret struct {
	Secret string `json:"secret" doc:"Base 32, to be typed in."`
	URI    string `json:"uri" doc:"otpauth://…"`
	QR     string `json:"qr" doc:"The URI as a picture: data:image/png;base64,…"`
}

// Code is a one-time code.
type Code struct {
	Code string `json:"code" minLength:"6" maxLength:"32"`
}

// Enrolled is the end of an enrolment.
type Enrolled struct {
	Session       Session  `json:"session"`
	RecoveryCodes []string `json:"recovery_codes" doc:"Shown once; each signs in once in place of a one-time code. Empty after a passkey."`
}

// PasswordSignIn is a name with a password and a one-time code.
type PasswordSignIn struct {
	Name     string `json:"name" minLength:"1" maxLength:"128"`
	Password string `json:"password" minLength:"1" maxLength:"1024"`
	Code     string `json:"code" minLength:"1" maxLength:"32" doc:"Of the app, or one of the recovery codes."`
}

// Confirmation proves again who sits there: a passkey, or the password with a
// code.
type Confirmation struct {
	Credential map[string]any `json:"credential,omitempty" doc:"PublicKeyCredential.toJSON()."`
	Password   string         `json:"password,omitempty" maxLength:"1024"`
	Code       string         `json:"code,omitempty" maxLength:"32"`
}

// Grant gives an account a role on a site.
type Grant struct {
	Site string `json:"site" minLength:"1" maxLength:"128" doc:"A site's name, * for all."`
	Role string `json:"role" enum:"viewer,operator,engineer,auditor,administrator"`
}

// AccountRef names the account that is signed in.
type AccountRef struct {
	ID      string  `json:"id"`
	Name    string  `json:"name"`
	Display string  `json:"display"`
	Grants  []Grant `json:"grants"`
}

// Session is who is signed in, and what they may do.
type Session struct {
	Account     AccountRef `json:"account"`
	Permissions []string   `json:"permissions" doc:"Of self, read, audit, operate, edit, administer: what the account may do on at least one site."`
	Sites       []string   `json:"sites" doc:"Sites the account sees; * is all. Who has several must name one in every request with a site parameter."`
	FreshUntil  *time.Time `json:"fresh_until" doc:"Until then acts that need a fresh sign-in are taken; after it they answer 403 with type confirm. Null with a token."`
	Expires     *time.Time `json:"expires" doc:"When it ends whatever is done; it ends before if nothing is."`
	Idle        int64      `json:"idle" doc:"Seconds without a request after which it ends."`
	Via         string     `json:"via" enum:"passkey,password,oidc,link,token"`
}

// Me is one's own account.
type Me struct {
	AccountRef
	Mail          string    `json:"mail"`
	Passkeys      []Passkey `json:"passkeys"`
	Password      bool      `json:"password" doc:"A password is set."`
	Codes         bool      `json:"codes" doc:"An app for one-time codes is set up."`
	RecoveryCodes int       `json:"recovery_codes" doc:"That are left."`
}

// Passkey is one of an account's.
type Passkey struct {
	ID      string     `json:"id"`
	Name    string     `json:"name"`
	Site    string     `json:"site" doc:"The host name it works at."`
	Created *time.Time `json:"created"`
	Used    *time.Time `json:"used"`
	Warning string     `json:"warning" doc:"It may have been copied: its counter went back. Empty if not."`
}

// RecoveryCodes are new ones; those before are void.
type RecoveryCodes struct {
	RecoveryCodes []string `json:"recovery_codes" doc:"Shown once."`
}

// SessionInfo is one of an account's sessions.
type SessionInfo struct {
	ID      string     `json:"id"`
	Current bool       `json:"current" doc:"The one that asks."`
	Via     string     `json:"via"`
	From    string     `json:"from" doc:"Address it was begun from."`
	Agent   string     `json:"agent" doc:"What the browser called itself."`
	Created *time.Time `json:"created"`
	Used    *time.Time `json:"used" doc:"To the minute."`
	Expires *time.Time `json:"expires"`
}

// Account is one of those who may sign in, for those who look after them.
type Account struct {
	ID       string     `json:"id"`
	Name     string     `json:"name"`
	Display  string     `json:"display"`
	Mail     string     `json:"mail"`
	Grants   []Grant    `json:"grants"`
	Passkeys int        `json:"passkeys"`
	Password bool       `json:"password"`
	Provider string     `json:"provider" doc:"The identity provider that has vouched for it, empty if none has."`
	Link     string     `json:"link" enum:"invite,recover,enter," doc:"A one-time link is open; empty if none is."`
	Locked   bool       `json:"locked" doc:"Signing in with a password is put off after failures. Passkeys are not."`
	Created  *time.Time `json:"created"`
	Seen     *time.Time `json:"seen" doc:"When it signed in last."`
	ETag     string     `json:"etag" doc:"For If-Match."`
}

// AccountRequest is what an account is to be.
type AccountRequest struct {
	Name    string  `json:"name" minLength:"1" maxLength:"64" doc:"What to sign in as: letters, digits, dot, dash, underscore and @."`
	Display string  `json:"display,omitempty" maxLength:"128"`
	Mail    string  `json:"mail,omitempty" maxLength:"254" doc:"By which an identity provider may vouch for it."`
	Grants  []Grant `json:"grants" maxItems:"100" doc:"None: the account exists and may do nothing."`
}

// Link is a one-time link.
type Link struct {
	Kind    string     `json:"kind" enum:"invite,recover"`
	Path    string     `json:"path" doc:"To be opened at the console's address; shown once."`
	Expires *time.Time `json:"expires"`
}

// NewAccount is an account that was made, with the link to set it up.
type NewAccount struct {
	Account Account `json:"account"`
	Link    Link    `json:"link"`
}

// Token is an API token without its secret.
type Token struct {
	ID      string     `json:"id"`
	Name    string     `json:"name"`
	Account string     `json:"account" doc:"Name of the account that made it; it may never do more than that account."`
	Mine    bool       `json:"mine"`
	Role    string     `json:"role"`
	Site    string     `json:"site"`
	Created *time.Time `json:"created"`
	Expires *time.Time `json:"expires"`
	Used    *time.Time `json:"used" doc:"To the minute; null if never."`
}

// TokenRequest asks for a token.
type TokenRequest struct {
	Name    string    `json:"name" minLength:"1" maxLength:"64" doc:"What it is for."`
	Role    string    `json:"role" enum:"viewer,operator,engineer,auditor,administrator"`
	Site    string    `json:"site" minLength:"1" maxLength:"128" doc:"A site's name, * for all."`
	Expires time.Time `json:"expires" doc:"At most a year from now."`
}

// NewToken is a token that was made.
type NewToken struct {
	Token  Token  `json:"token"`
	Secret string `json:"secret" doc:"Shown once; send it as Authorization: Bearer …"`
}

// Done says that something is done that has nothing to show.
type Done struct {
	Done bool `json:"done"`
}

type body[T any] struct{ Body T }

type accountPutInput struct {
	AccountPath
	IfMatch string `header:"If-Match" maxLength:"64" doc:"The etag that was seen."`
	Body    AccountRequest
}

// AccountPath names an account, a token, a session or a passkey in a path.
type AccountPath struct {
	ID string `path:"id" maxLength:"400"`
}

type providerInput struct {
	ID string `path:"id" maxLength:"64"`
}
