package account

import "sync"

// watches tells those who serve somebody for long when the session ends.
type watches struct {
	mu sync.Mutex
	by map[*watch]bool
}

type watch struct {
	account, session, token string
	ended                   chan struct{}
}

// Watch returns a channel that is closed when the session or the token of an
// identity ends here, or its account changes. Call stop when it is no longer
// needed. What ends by itself or by another process is found by asking
// Identify again.
func (a *Accounts) Watch(i *Identity) (ended <-chan struct{}, stop func()) {
	w := &watch{account: i.Account, session: i.Session, token: i.Token, ended: make(chan struct{})}
	a.watches.mu.Lock()
	a.watches.by[w] = true
	a.watches.mu.Unlock()
	return w.ended, func() {
		a.watches.mu.Lock()
		defer a.watches.mu.Unlock()
		delete(a.watches.by, w)
	}
}

// end tells those that the function chooses.
func (w *watches) end(which func(*watch) bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for x := range w.by {
		if which(x) {
			close(x.ended)
			delete(w.by, x)
		}
	}
}
