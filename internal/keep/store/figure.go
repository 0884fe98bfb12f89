package store

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"
)

// figures are sums over the whole plant that take longer than a page may wait.
// One that is stale is handed out while it is made anew, so that people wait
// for the first one only.
type figures struct {
	mu sync.Mutex
	of map[string]*figure
}

type figure struct {
	value  any
	err    error
	made   time.Time
	took   time.Duration
	asked  time.Time
	making chan struct{} // closed when it is made; nil when nobody makes it
}

const (
	// maxFigures bounds the figures that are kept. The one that was not asked
	// for longest goes.
	maxFigures = 64
	// figureTime bounds the making of one.
	figureTime = time.Minute
	// restFactor keeps the making of large figures below a tenth of a core,
	// however often someone asks.
	restFactor = 10
	// tooStale is from when on one waits for a new figure.
	tooStale = 10 * time.Minute
)

// Figure is a value that takes longer to make than a page may wait, kept under a
// name as sums over the plant are: it may be some seconds old, or eleven times as
// old as it takes to make. Make may go on after ctx is done; what it returns is
// handed to all who ask, who must not change it.
func (db *DB) Figure(ctx context.Context, name string, make func(context.Context) (any, error)) (any, error) {
	return db.figure(ctx, "of others: "+name, make)
}

// figure is the value that make made. Where it is asked for all the time it is
// at most Options.Stale old, or eleven times as old as it takes to make.
func (db *DB) figure(ctx context.Context, name string, make func(context.Context) (any, error)) (any, error) {
	if db.options.Stale < 0 {
		return make(ctx)
	}
	now := db.options.Now()
	db.figures.mu.Lock()
	f := db.figures.at(name)
	f.asked = now
	age := now.Sub(f.made)
	if (age >= max(db.options.Stale, restFactor*f.took) || age < 0) && f.making == nil {
		db.makeFigure(f, make)
	}
	making, usable := f.making, f.value != nil && age < tooStale
	value := f.value
	db.figures.mu.Unlock()
	if usable || making == nil {
		return value, nil
	}
	select {
	case <-making:
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for %s: %w", name, ctx.Err())
	}
	db.figures.mu.Lock()
	defer db.figures.mu.Unlock()
	return f.value, f.err
}

func (n *figures) at(name string) *figure {
	if f := n.of[name]; f != nil {
		return f
	}
	if n.of == nil {
		n.of = map[string]*figure{}
	}
	if len(n.of) >= maxFigures {
		oldest := ""
		for name, f := range n.of {
			if oldest == "" || f.asked.Before(n.of[oldest].asked) {
				oldest = name
			}
		}
		delete(n.of, oldest)
	}
	f := &figure{}
	n.of[name] = f
	return f
}

// drop forgets figures that are quickly made, by the beginning of their names.
func (n *figures) drop(prefixes ...string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for name := range n.of {
		for _, p := range prefixes {
			if strings.HasPrefix(name, p) {
				delete(n.of, name)
			}
		}
	}
}

// makeFigure starts the making of a figure. Close waits for it.
func (db *DB) makeFigure(f *figure, make func(context.Context) (any, error)) {
	done := newDone()
	f.making = done
	db.running.Go(func() {
		ctx, cancel := context.WithTimeout(db.living, figureTime)
		defer cancel()
		began := time.Now()
		value, err := make(ctx)
		took := time.Since(began)
		db.figures.mu.Lock()
		defer db.figures.mu.Unlock()
		f.err, f.making = err, nil
		if err == nil {
			f.value, f.made, f.took = value, db.options.Now(), took
		} else if f.value != nil {
			db.options.Log.Warn("figures of the plant were not renewed", "error", err)
		}
		close(done)
	})
}

func newDone() chan struct{} { return make(chan struct{}) }
