package account

import (
	"errors"
	"time"
)

// Kinds of refusal.
var (
	ErrInvalid  = errors.New("invalid")
	ErrNotFound = errors.New("not found")
	ErrConflict = errors.New("conflict")
	ErrStale    = errors.New("changed meanwhile")
	ErrSignIn   = errors.New("not signed in") // who it is was not proved
	ErrDenied   = errors.New("denied")
	ErrWait     = errors.New("too many tries")
	ErrBusy     = errors.New("busy")
	ErrAbsent   = errors.New("not set up")
)

// Refusal is an error whose text is for the one who asked.
type Refusal struct {
	Kind  error
	Text  string
	After time.Duration // when to try again, 0 if waiting does not help
}

// Error is the text.
func (r *Refusal) Error() string { return r.Text }

// Unwrap is the kind.
func (r *Refusal) Unwrap() error { return r.Kind }

func refuse(kind error, text string) error { return &Refusal{Kind: kind, Text: text} }

// What is told of a sign-in that failed, whatever was wrong: an answer that
// tells a wrong name from a wrong password tells which names there are.
var (
	errPassword = refuse(ErrSignIn, "The name, the password or the code is wrong.")
	errPasskey  = refuse(ErrSignIn, "This passkey is not accepted. Try another one, or ask an administrator for a link.")
	errLink     = refuse(ErrNotFound, "This link was used, has expired or was replaced by a newer one. Ask for a new one.")
	errEnrol    = refuse(ErrSignIn, "The time to set up the account is over. Open the link again.")
)
