package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/bulkhead-ot/bulkhead/internal/keep/ledger"
	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/serve/account"
	"github.com/bulkhead-ot/bulkhead/internal/serve/revision"
)

// Kinds of refusal, which decide the status of the answer.
var (
	ErrNotFound  = errors.New("not found")
	ErrInvalid   = errors.New("invalid")
	ErrConflict  = errors.New("not possible now")
	ErrTooLarge  = errors.New("too large")
	ErrWrongType = errors.New("of the wrong type")
	ErrNoRoom    = errors.New("no room on disk")
	ErrBusy      = errors.New("too much is asked at once")
	ErrAbsent    = errors.New("not set up")
	ErrDenied    = errors.New("not allowed")
	ErrUnseen    = errors.New("without saying what was seen")
	ErrTooMany   = errors.New("too many requests")
	ErrStale     = errors.New("changed meanwhile")
)

// Refusal is an error whose text is meant for the one who asked: it says what
// is wrong and what to do. An Importer or Cutter returns one where it has
// something to say; all other errors are internal.
type Refusal struct {
	Kind  error // one of the kinds of this package
	Text  string
	After time.Duration // when to try again; 0 if waiting does not help
}

// Error is the text for people.
func (r *Refusal) Error() string { return r.Text }

// Unwrap is the kind.
func (r *Refusal) Unwrap() error { return r.Kind }

func refuse(kind error, text string) error { return &Refusal{Kind: kind, Text: text} }

// statuses says what each kind of error is in HTTP, and what people are told
// where the error itself has no text for them.
var statuses = []struct {
	kind   error
	status int
	text   string
}{
	{ErrNotFound, http.StatusNotFound, "There is no such thing."},
	{ErrInvalid, http.StatusUnprocessableEntity, "This makes no sense."},
	{ErrConflict, http.StatusConflict, "This is not possible now."},
	{ErrTooLarge, http.StatusRequestEntityTooLarge, "This is too large."},
	{ErrWrongType, http.StatusUnsupportedMediaType, "This is of the wrong type."},
	{ErrNoRoom, http.StatusInsufficientStorage, "The disk has no room for it."},
	{ErrBusy, http.StatusServiceUnavailable, "Try again in a moment."},
	{ErrAbsent, http.StatusNotImplemented, "This installation has no such part."},
	{ErrDenied, http.StatusForbidden, "This is not allowed."},
	{ErrUnseen, http.StatusPreconditionRequired, "Send the entity tag of what you saw as If-Match."},
	{ErrTooMany, http.StatusTooManyRequests, "Too many requests. Wait a moment."},
	{ErrStale, http.StatusPreconditionFailed, "Someone else changed it meanwhile. Look at it again and repeat the change."},
	{account.ErrInvalid, http.StatusUnprocessableEntity, ""},
	{account.ErrNotFound, http.StatusNotFound, ""},
	{account.ErrConflict, http.StatusConflict, ""},
	{account.ErrStale, http.StatusPreconditionFailed, ""},
	{account.ErrSignIn, http.StatusUnauthorized, ""},
	{account.ErrDenied, http.StatusForbidden, ""},
	{account.ErrWait, http.StatusTooManyRequests, ""},
	{account.ErrBusy, http.StatusServiceUnavailable, ""},
	{account.ErrAbsent, http.StatusNotImplemented, ""},
	{revision.ErrInvalid, http.StatusUnprocessableEntity, ""},
	{revision.ErrNotFound, http.StatusNotFound, ""},
	{revision.ErrConflict, http.StatusConflict, ""},
	{revision.ErrDenied, http.StatusForbidden, ""},
	{revision.ErrAbsent, http.StatusNotImplemented, ""},
	{revision.ErrAway, http.StatusServiceUnavailable, ""},
	{store.ErrNotFound, http.StatusNotFound, "There is no such thing. It may have been removed, or never been here."},
	{store.ErrInvalid, http.StatusUnprocessableEntity, "The cursor or the order is none that this list has. Begin again without a cursor."},
	{store.ErrConflict, http.StatusConflict, "Someone else changed it at the same time. Look at it again and repeat the change."},
	{store.ErrExists, http.StatusConflict, "There is one of this name already."},
	{store.ErrTooMany, http.StatusConflict, "There are as many of these as there may be. Remove one first."},
	{store.ErrFull, http.StatusInsufficientStorage, "The disk is full. Make room; nothing was changed."},
	{store.ErrUnavailable, http.StatusServiceUnavailable, "The database cannot be reached just now. Try again; if it stays so, look at the log and run bulkhead doctor."},
	{ledger.ErrFull, http.StatusInsufficientStorage, "The disk is full, so that what you ask for cannot be recorded. It was not done. Make room and repeat it."},
	{ledger.ErrDamaged, http.StatusServiceUnavailable, "The ledger was damaged while it was in use, so that what you ask for cannot be recorded. It was not done. Look with bulkhead ledger verify, then start the hub anew."},
	{ledger.ErrBusy, http.StatusServiceUnavailable, "Too much is being done at once to record it. It was not done. Try again in a moment."},
	{context.DeadlineExceeded, http.StatusServiceUnavailable, "The answer took too long. Ask for less: a shorter time, or one asset."},
}

// problem is what a client is told of an error. Only a Refusal's text leaves
// the program; what has no kind is a 500 and goes to the log.
func (s *Server) problem(r *http.Request, err error) *huma.ErrorModel {
	var refusal *Refusal
	var ofAccounts *account.Refusal
	var ofDesk *revision.Refusal
	var typed *problemError
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &refusal):
		return newProblem(statusOf(refusal.Kind), refusal.Text)
	case errors.As(err, &typed):
		p := newProblem(typed.status, typed.text)
		if typed.kind != "" {
			p.Type = typed.kind
		}
		return p
	case errors.As(err, &ofAccounts):
		return newProblem(statusOf(ofAccounts.Kind), ofAccounts.Text)
	case errors.As(err, &ofDesk):
		return newProblem(statusOf(ofDesk.Kind), ofDesk.Text)
	case errors.As(err, &tooLarge):
		return newProblem(http.StatusRequestEntityTooLarge, "The body is larger than "+strconv.FormatInt(tooLarge.Limit, 10)+" bytes.")
	}
	for _, k := range statuses {
		if errors.Is(err, k.kind) {
			if k.status >= 500 {
				s.log.Warn("request not answered", "method", r.Method, "route", r.Pattern, "error", err)
			}
			return newProblem(k.status, k.text)
		}
	}
	if r.Context().Err() != nil {
		// The client went away; nobody reads this answer.
		return newProblem(http.StatusServiceUnavailable, "The request was given up.")
	}
	s.log.Error("request failed", "method", r.Method, "route", r.Pattern, "error", err)
	return newProblem(http.StatusInternalServerError, "Something failed here. The log of the program says what.")
}

// fail answers with the problem that an error is, and says when to try again
// where that is known.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	var after time.Duration
	var refusal *Refusal
	var ofAccounts *account.Refusal
	switch {
	case errors.As(err, &refusal):
		after = refusal.After
	case errors.As(err, &ofAccounts):
		after = ofAccounts.After
	}
	if after > 0 {
		w.Header().Set("Retry-After", strconv.FormatInt(int64((after+time.Second-1)/time.Second), 10))
	}
	writeProblem(w, s.problem(r, err))
}

func statusOf(kind error) int {
	for _, k := range statuses {
		if errors.Is(kind, k.kind) {
			return k.status
		}
	}
	return http.StatusInternalServerError
}

func newProblem(status int, detail string) *huma.ErrorModel {
	return &huma.ErrorModel{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: detail}
}

// retryAfter is how many seconds a client that came at a busy moment waits.
const retryAfter = 2

// writeProblem answers with a problem document.
func writeProblem(w http.ResponseWriter, p *huma.ErrorModel) {
	h := w.Header()
	h.Set("Content-Type", "application/problem+json")
	h.Set("Cache-Control", "no-store")
	for _, name := range []string{"Content-Length", "Content-Disposition", "ETag", "Last-Modified"} {
		h.Del(name)
	}
	if p.Status == http.StatusServiceUnavailable && h.Get("Retry-After") == "" {
		h.Set("Retry-After", strconv.Itoa(retryAfter))
	}
	w.WriteHeader(p.Status)
	json.NewEncoder(w).Encode(p) // the client is gone, which is no error of ours
}
