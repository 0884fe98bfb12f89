package api

import (
	"errors"
	"net/http"
	"time"
)

// Deadlines of a connection move on while something that takes long goes well.
// A writer that has none, as in tests, needs none.

func readUntil(rc *http.ResponseController, t time.Time) error {
	return supported(rc.SetReadDeadline(t))
}

func writeUntil(rc *http.ResponseController, t time.Time) error {
	return supported(rc.SetWriteDeadline(t))
}

func supported(err error) error {
	if errors.Is(err, http.ErrNotSupported) {
		return nil
	}
	return err
}
