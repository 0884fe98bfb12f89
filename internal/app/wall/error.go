package wall

import (
	"errors"
	"net/http"
)

// Errors of the boundary, over the socket too: errors.Is holds on both sides.
var (
	// ErrInvalid is of a request that makes no sense.
	ErrInvalid = errors.New("the request is wrong")
	// ErrNotFound is of a grant, containment or trial that is not there.
	ErrNotFound = errors.New("there is none")
	// ErrConflict is of what cannot be done now: a trial is on, the revision is
	// old, the kernel has drifted.
	ErrConflict = errors.New("it cannot be done now")
	// ErrAway means that no boundary process answers.
	ErrAway = errors.New("the boundary process does not answer")
	// ErrInternal is of what failed on the box.
	ErrInternal = errors.New("the boundary failed")
)

// kinds are the errors that cross the socket.
var kinds = []struct {
	name   string
	status int
	err    error
}{
	{"invalid", http.StatusBadRequest, ErrInvalid},
	{"signature", http.StatusForbidden, ErrSignature},
	{"not-found", http.StatusNotFound, ErrNotFound},
	{"conflict", http.StatusConflict, ErrConflict},
	{"internal", http.StatusInternalServerError, ErrInternal},
}

// problem is an error as it crosses the socket.
type problem struct {
	Kind string `json:"kind"`
	Text string `json:"text"`
}

// remoteError is an error that came over the socket: it reads as it did there.
type remoteError struct {
	text string
	kind error
}

func (e *remoteError) Error() string { return e.text }
func (e *remoteError) Unwrap() error { return e.kind }

func (p problem) error() error {
	for _, k := range kinds {
		if k.name == p.Kind {
			return &remoteError{p.Text, k.err}
		}
	}
	return &remoteError{p.Text, ErrInternal}
}

// problemOf is the kind of an error with its HTTP status.
func problemOf(err error) (problem, int) {
	for _, k := range kinds {
		if errors.Is(err, k.err) {
			return problem{k.name, err.Error()}, k.status
		}
	}
	return problem{"internal", err.Error()}, http.StatusInternalServerError
}
