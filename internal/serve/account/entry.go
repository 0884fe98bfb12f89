package account

import (
	"context"
	"time"
)

// Entry is one act that the ledger keeps: who did what to what, and whether it
// was done.
type Entry struct {
	At      time.Time
	Actor   string // name of the account; "" if nobody was signed in
	Via     string // how they were signed in
	From    string // address of the connection
	Act     string // "sign-in", "account.change" …
	Object  string // what it was done to: the name of an account, of a token
	Detail  string // in words, without secrets
	Outcome string // Done or Refused
}

// Outcomes of an act.
const (
	Done    = "done"
	Refused = "refused"
)

// Recorder keeps entries. It is asked after the act; its error is logged.
type Recorder interface {
	Record(context.Context, Entry) error
}
