package store

import (
	"context"
	"encoding/json"
	"time"
)

// Account is one of those who may sign in. What its grants mean is for those
// who ask the store to know.
type Account struct {
	ID, Name string // a name is one of a kind
	Display  string
	Mail     string
	Grants   json.RawMessage
	Password string // the encoded hash, "" for none
	Secret   string // of its one-time codes, "" for none
	Step     int64  // of the last one-time code that was taken
	Provider string // the identity provider that vouched for it, "" for none
	Subject  string // what the provider calls it
	Created  time.Time
	Seen     time.Time // when it signed in last
	Unlocked time.Time // failures before this time do not count
	Version  int64     // of what PutAccount changes, from 1
}

// Passkey is the public half of a passkey.
type Passkey struct {
	ID         string // of the credential, base64url
	Account    string
	Name       string
	Host       string // that it is bound to
	Credential json.RawMessage
	Suspect    bool // its counter went back: there may be a copy
	Created    time.Time
	Used       time.Time
}

// AccountLink is a one-time link, known by its token's hash.
type AccountLink struct {
	Hash, Kind string
	Account    string // "" for the first set-up
	Maker      string // name of the account that made it, "" for the host
	Created    time.Time
	Expires    time.Time
}

// Session is somebody who is signed in, known by the token's hash.
type Session struct {
	ID, Hash, Account string
	Via               string
	Origin, Agent     string // address and browser it was begun with
	Created, Used     time.Time
	Fresh             time.Time // when somebody last proved who sits there
	Expires           time.Time
}

// Token is an API token, known by its hash.
type Token struct {
	ID, Hash, Account      string
	Name, Role, Site       string
	Created, Expires, Used time.Time
}

// Enrolment is what somebody who had a link set up.
type Enrolment struct {
	Account Account // made if it is not there, else only its password and codes are written
	Passkey *Passkey
	Codes   []string // hashes of recovery codes
	Reset   bool     // what the account had before to sign in with is void, and its sessions end
}

// FirstAccount is what Redeem is told of a link that only makes the first
// account.
const FirstAccount = "setup"

// HasAccounts reports whether there is any account.
func (db *DB) HasAccounts(ctx context.Context) (bool, error) { return db.hasAccounts(ctx) }

// Accounts are all accounts by name.
func (db *DB) Accounts(ctx context.Context) ([]Account, error) { return db.accounts(ctx) }

// Account is the one with an ID.
func (db *DB) Account(ctx context.Context, id string) (Account, error) {
	return db.accountBy(ctx, "id = ?", id)
}

// AccountByName is the one with a name.
func (db *DB) AccountByName(ctx context.Context, name string) (Account, error) {
	return db.accountBy(ctx, "name = ?", name)
}

// AccountBySubject is the one that a provider has vouched for before.
func (db *DB) AccountBySubject(ctx context.Context, provider, subject string) (Account, error) {
	return db.accountBy(ctx, "provider = ? AND subject = ? AND subject <> ''", provider, subject)
}

// AccountByMail is the only one with an address; ErrConflict if there are
// several.
func (db *DB) AccountByMail(ctx context.Context, mail string) (Account, error) {
	return db.accountBy(ctx, "mail = ? AND mail <> ''", mail)
}

// AddAccount adds an account; ErrConflict if there is one of its name, ErrConflict
// if there are max already.
func (db *DB) AddAccount(ctx context.Context, a Account, max int) error {
	return db.addAccount(ctx, a, max)
}

// PutAccount writes name, display, mail and grants if the version still is the
// one given, else it is ErrConflict. Check is given all accounts as they will
// be, and its error keeps the change from being made.
func (db *DB) PutAccount(ctx context.Context, a Account, version int64, check func([]Account) error) error {
	return db.putAccount(ctx, a, version, check)
}

// DeleteAccount removes an account with all that belongs to it. Check is given
// those that stay.
func (db *DB) DeleteAccount(ctx context.Context, id string, check func([]Account) error) error {
	return db.deleteAccount(ctx, id, check)
}

// SetUnlocked notes that failures before a time do not count.
func (db *DB) SetUnlocked(ctx context.Context, id string, at time.Time) error {
	return db.setAccount(ctx, id, "unlocked = ?", nanos(at))
}

// SetSubject notes what a provider calls an account; ErrConflict if another
// provider or subject stands there.
func (db *DB) SetSubject(ctx context.Context, id, provider, subject string) error {
	return db.setSubject(ctx, id, provider, subject)
}

// SetPassword writes the hash of a password.
func (db *DB) SetPassword(ctx context.Context, id, hash string) error {
	return db.setAccount(ctx, id, "password = ?", hash)
}

// SetCodes writes the secret of one-time codes with the step of the code that
// proved it, and replaces the recovery codes.
func (db *DB) SetCodes(ctx context.Context, id, secret string, step int64, recovery []string) error {
	return db.setCodes(ctx, id, secret, step, recovery)
}

// SetRecovery replaces the hashes of an account's recovery codes.
func (db *DB) SetRecovery(ctx context.Context, id string, hashes []string) error {
	return db.setRecovery(ctx, id, hashes)
}

// UseStep notes that the one-time code of a step was taken; ErrConflict if one
// of this step or a later one was before.
func (db *DB) UseStep(ctx context.Context, id string, step int64) error {
	return db.useStep(ctx, id, step)
}

// UseRecovery spends a recovery code; ErrNotFound if there is no such code.
func (db *DB) UseRecovery(ctx context.Context, id, hash string) error {
	return db.useRecovery(ctx, id, hash)
}

// RecoveryLeft is how many recovery codes an account has.
func (db *DB) RecoveryLeft(ctx context.Context, id string) (int, error) {
	return db.recoveryLeft(ctx, id)
}

// Passkeys are an account's, of all accounts if account is "".
func (db *DB) Passkeys(ctx context.Context, account string) ([]Passkey, error) {
	return db.passkeys(ctx, account)
}

// AddPasskey adds one; ErrConflict if it is there already, ErrConflict if the
// account has max.
func (db *DB) AddPasskey(ctx context.Context, p Passkey, max int) error {
	return db.addPasskey(ctx, p, max)
}

// UsePasskey notes that a passkey was used if its credential still is the one
// that was read, else ErrConflict: two uses at once must not both pass the
// check of the counter.
func (db *DB) UsePasskey(ctx context.Context, p Passkey, was json.RawMessage) error {
	return db.usePasskey(ctx, p, was)
}

// DeletePasskey removes one of an account's.
func (db *DB) DeletePasskey(ctx context.Context, account, id string) error {
	return db.deleteOf(ctx, "passkey", account, id)
}

// PutLink adds a link and voids those before it for the same account.
func (db *DB) PutLink(ctx context.Context, l AccountLink) error { return db.putLink(ctx, l) }

// Link is the one with a hash that has not expired.
func (db *DB) Link(ctx context.Context, hash string, now time.Time) (AccountLink, error) {
	return db.link(ctx, hash, now)
}

// Links are those that have not expired.
func (db *DB) Links(ctx context.Context, now time.Time) ([]AccountLink, error) {
	return db.links(ctx, now)
}

// TakeLink spends a link; ErrNotFound if it was spent or has expired.
func (db *DB) TakeLink(ctx context.Context, hash string, now time.Time) (AccountLink, error) {
	return db.takeLink(ctx, hash, now)
}

// Redeem spends a link and writes what was set up with it, both or neither.
// ErrNotFound if the link was spent or has expired; ErrConflict if it makes the
// first account and there is one.
func (db *DB) Redeem(ctx context.Context, hash string, now time.Time, e Enrolment) error {
	return db.redeem(ctx, hash, now, e)
}

// AddSession adds a session and notes that the account was seen. Of an account
// that has max sessions the one that was not used for the longest time ends.
func (db *DB) AddSession(ctx context.Context, s Session, max int) error {
	return db.addSession(ctx, s, max)
}

// Session is the one whose token has a hash.
func (db *DB) Session(ctx context.Context, hash string) (Session, error) {
	return db.session(ctx, hash)
}

// Sessions are an account's.
func (db *DB) Sessions(ctx context.Context, account string) ([]Session, error) {
	return db.sessions(ctx, account)
}

// TouchSession notes that a session was used.
func (db *DB) TouchSession(ctx context.Context, id string, at time.Time) error {
	return db.touch(ctx, "session", id, at)
}

// RotateSession gives a session a new token and notes that somebody proved who
// sits there. ErrNotFound if the old token is not valid any more.
func (db *DB) RotateSession(ctx context.Context, hash, newHash string, at time.Time) error {
	return db.rotateSession(ctx, hash, newHash, at)
}

// DeleteSession ends one of an account's sessions.
func (db *DB) DeleteSession(ctx context.Context, account, id string) error {
	return db.deleteOf(ctx, "session", account, id)
}

// DeleteSessions ends all sessions of an account but one.
func (db *DB) DeleteSessions(ctx context.Context, account, but string) error {
	return db.deleteSessions(ctx, account, but)
}

// AddToken adds a token; ErrConflict if the account has max.
func (db *DB) AddToken(ctx context.Context, t Token, max int) error { return db.addToken(ctx, t, max) }

// Token is the one with a hash.
func (db *DB) Token(ctx context.Context, hash string) (Token, error) { return db.token(ctx, hash) }

// Tokens are an account's, of all accounts if account is "".
func (db *DB) Tokens(ctx context.Context, account string) ([]Token, error) {
	return db.tokens(ctx, account)
}

// TouchToken notes that a token was used.
func (db *DB) TouchToken(ctx context.Context, id string, at time.Time) error {
	return db.touch(ctx, "token", id, at)
}

// DeleteToken removes one of an account's tokens.
func (db *DB) DeleteToken(ctx context.Context, account, id string) error {
	return db.deleteOf(ctx, "token", account, id)
}

// ForgetExpired removes links, sessions and tokens that have expired, and
// sessions that were not used since a time.
func (db *DB) ForgetExpired(ctx context.Context, now, unused time.Time) error {
	return db.forgetExpired(ctx, now, unused)
}
