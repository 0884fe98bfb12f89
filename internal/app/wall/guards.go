package wall

import (
	"context"
	"time"
)

// Guards start guards of trials.
type Guards interface {
	// Start starts a guard for the trial in a folder and returns when it watches.
	Start(dir string) (Guard, error)
}

// Guard is a guard that was started, by this process or by one before it.
type Guard interface {
	// Changed tells it that the change was made.
	Changed()
	// End tells it to put the previous contents back and end.
	End()
	// Alive reports whether it still watches.
	Alive() bool
	// Wait returns when it does not any more; an error is the context's.
	Wait(ctx context.Context) error
}

// adopted is a guard that another process had started. All that is known of it
// is the lock that it holds.
type adopted struct{ path string }

// adopt takes up the guard that holds a lock, if one does.
func adopt(path string) Guard { return &adopted{path} }

// Changed does nothing: the guard knew when the process before this one died.
func (a *adopted) Changed() {}

// End ends the process that has written its number into the lock that it holds.
func (a *adopted) End() {
	if a.Alive() {
		terminate(a.path)
	}
}

// Alive tries the lock.
func (a *adopted) Alive() bool {
	f, err := lock(a.path)
	if err != nil {
		return true // what cannot be tried is not taken from anybody
	}
	f.Close()
	return false
}

// Wait tries the lock again and again.
func (a *adopted) Wait(ctx context.Context) error {
	t := time.NewTicker(200 * time.Millisecond)
	defer t.Stop()
	for a.Alive() {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-t.C:
		}
	}
	return nil
}
