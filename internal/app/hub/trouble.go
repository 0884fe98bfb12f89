package hub

import (
	"log/slog"
	"maps"
	"sync"
)

// troubles are what is wrong at present. Each is logged once when it begins and
// once when it ends, however often it is met in between.
type troubles struct {
	mu  sync.Mutex
	now map[string]string
}

func (t *troubles) set(log *slog.Logger, part string, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	old, had := t.now[part]
	switch {
	case err == nil && had:
		delete(t.now, part)
		log.Info("works again", "part", part, "was", old)
	case err != nil && old != err.Error():
		if t.now == nil {
			t.now = map[string]string{}
		}
		t.now[part] = err.Error()
		if !had {
			log.Error("does not work; trying again", "part", part, "error", err)
		}
	}
}

func (t *troubles) list() map[string]string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return maps.Clone(t.now)
}
