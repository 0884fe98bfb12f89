package store

import "errors"

// Kinds of error, to be asked for with errors.Is. An error without a kind is
// internal.
var (
	// ErrInvalid means that what was asked for makes no sense: a cursor that
	// is none, a sort that does not exist.
	ErrInvalid = errors.New("invalid")
	// ErrNotFound means that there is no such thing.
	ErrNotFound = errors.New("not found")
	// ErrConflict means that someone else changed it first.
	ErrConflict = errors.New("conflict")
	// ErrExists means that there is one of that name.
	ErrExists = errors.New("exists already")
	// ErrTooMany means that there are as many as there may be.
	ErrTooMany = errors.New("too many")
	// ErrFull means that the disk is full. Nothing was changed, and the same
	// call works once there is room.
	ErrFull = errors.New("disk full")
	// ErrUnavailable means that the database cannot be reached or written.
	// Nothing was changed, and the same call may work later.
	ErrUnavailable = errors.New("database unavailable")
	// ErrNewer means that a later version of the program made the schema.
	ErrNewer = errors.New("made by a newer version")
	// ErrUnsupported means that this engine cannot do it.
	ErrUnsupported = errors.New("not supported")
)
