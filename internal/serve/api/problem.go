package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// Errors that the things this package asks wrap, so that it knows what to
// answer. What people should read stands in a Refusal.
var (
	ErrNotFound  = errors.New("not found")
	ErrBusy      = errors.New("too much is asked at once")
	ErrTooLarge  = errors.New("too large")
	ErrNoRoom    = errors.New("no room on disk")
	ErrWrongType = errors.New("not a capture")
	ErrConflict  = errors.New("not possible now")
	ErrInvalid   = errors.New("invalid")
	ErrAbsent    = errors.New("not set up")
)

// Refusal is an error whose text is meant for the one who asked: it says what
// is wrong and what to do. Kind is one of the errors of this package.
type Refusal struct {
	Kind  error
	Text  string
	After time.Duration // when to try again; 0 if that does not help
}

// Error is the text for people.
func (r *Refusal) Error() string { return r.Text }

// Unwrap is the kind.
func (r *Refusal) Unwrap() error { return r.Kind }

func refuse(kind error, text string) error { return &Refusal{Kind: kind, Text: text} }

// statuses says what each kind is in HTTP.
var statuses = []struct {
	kind   error
	status int
}{
	{ErrNotFound, http.StatusNotFound},
	{ErrBusy, http.StatusServiceUnavailable},
	{ErrTooLarge, http.StatusRequestEntityTooLarge},
	{ErrNoRoom, http.StatusInsufficientStorage},
	{ErrWrongType, http.StatusUnsupportedMediaType},
	{ErrConflict, http.StatusConflict},
	{ErrInvalid, http.StatusUnprocessableEntity},
	{ErrAbsent, http.StatusNotImplemented},
	{context.DeadlineExceeded, http.StatusServiceUnavailable},
}

// problem is what a client is told of an error. Only a Refusal's text leaves
// the program; all else goes to the log and is a plain 500 outside.
func (s *Server) problem(ctx context.Context, err error) *huma.ErrorModel {
	status := http.StatusInternalServerError
	for _, k := range statuses {
		if errors.Is(err, k.kind) {
			status = k.status
			break
		}
	}
	p := newProblem(status, "")
	var r *Refusal
	switch {
	case errors.As(err, &r):
		p.Detail = r.Text
	case status == http.StatusNotFound:
		p.Detail = "There is no such thing here."
	case errors.Is(err, context.DeadlineExceeded):
		p.Detail = "The answer took too long. Ask for less: a shorter time or fewer rows."
	case ctx.Err() != nil:
		return p // the client is gone; nobody reads this
	default:
		p.Status, p.Title = http.StatusInternalServerError, http.StatusText(http.StatusInternalServerError)
		p.Detail = "Something failed here. The log of the program says what."
		s.log.ErrorContext(ctx, "request failed", "route", routeOf(ctx), "error", err)
	}
	return p
}

func newProblem(status int, detail string) *huma.ErrorModel {
	return &huma.ErrorModel{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: detail}
}

// writeProblem answers with a problem document.
func writeProblem(w http.ResponseWriter, p *huma.ErrorModel) {
	h := w.Header()
	h.Set("Content-Type", "application/problem+json")
	h.Set("Cache-Control", "no-store")
	h.Del("Content-Length")
	h.Del("ETag")
	h.Del("Content-Disposition")
	if p.Status == http.StatusServiceUnavailable || p.Status == http.StatusTooManyRequests {
		h.Set("Retry-After", strconv.Itoa(retryAfter))
	}
	w.WriteHeader(p.Status)
	json.NewEncoder(w).Encode(p) //nolint:errcheck // the client is gone, which is no error of ours
}

// retryAfter is how many seconds a client that came at a busy moment waits.
const retryAfter = 2
