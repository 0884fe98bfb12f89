// Package hub is the role that takes batches from the bus into the store, keeps
// the inventory and the findings up to date with them, and seals what is old
// into history.
//
// It moves values between packages that do not know each other and decides
// nothing about a plant. Three loops run side by side: feed (one for each stream
// of batches), judge and keep. A batch is committed to the store before the bus
// is told, and the store counts each batch once, so that any of this may die at
// any time; see docs/running.md.
package hub

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/judge/detect"
	"github.com/bulkhead-ot/bulkhead/internal/keep/bus"
	"github.com/bulkhead-ot/bulkhead/internal/keep/history"
	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// Options is what a hub works with. Store, Archive and Streams must be set.
type Options struct {
	Store   *store.DB
	Archive *history.Archive
	// Streams are where batches come from: this process's bus, and the servers
	// of sensors elsewhere.
	Streams []Stream
	// Publish tells people who look on what changed: topic "assets", "findings",
	// "sensors" or "overview", whether it was put or removed, and its
	// identifier. Nil tells nobody.
	Publish func(topic string, removed bool, id string)
	Now     func() time.Time // nil is time.Now
	Log     *slog.Logger     // nil is slog.Default()

	// SealEvery is how often the keeper looks for hours to seal; 0 is 20 seconds.
	SealEvery time.Duration
	// Grace is how long an hour of rows waits to be sealed after it ended; 0 is
	// ten minutes.
	Grace time.Duration
	// Forget is after how long what was not seen any more is forgotten; 0 is
	// two years.
	Forget time.Duration
	// Retention is how long history is kept, asked before each round of
	// rolling up; nil is the default.
	Retention func(context.Context) (history.Retention, error)
}

// Stream is one stream of batches.
type Stream struct {
	Name string // for the log
	// Open makes the reader; it is called again after a failure.
	Open func(context.Context) (Reader, error)
}

// Reader gives batches in order. *bus.Consumer is one.
type Reader interface {
	Fetch(ctx context.Context, most int, wait time.Duration) (bus.Delivery, error)
	Commit(ctx context.Context, d *bus.Delivery) error
}

// Hub is the role. Make it with New.
type Hub struct {
	o         Options
	knowledge detect.Knowledge
	mu        sync.Mutex
	sites     map[string]*site
	counters  Counters
	trouble   troubles
	wake      chan struct{} // tells the judge that people decided something
}

// Counters are what the hub did since it started.
type Counters struct {
	Batches, Duplicates, Missing, Damaged atomic.Uint64
	Observations, LeftOut                 atomic.Uint64
	Judged                                atomic.Uint64 // rounds
	JudgeNanos                            atomic.Int64  // of the last round
	Sealed                                atomic.Uint64 // segments
	Failures                              atomic.Uint64 // of applying; each was tried again
	ApplyNanos                            atomic.Int64  // all time spent applying
	Lag                                   atomic.Int64  // nanoseconds between the last batch being made and applied
}

// New makes a hub and restores its inventory from the store.
func New(ctx context.Context, o Options) (*Hub, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.SealEvery <= 0 {
		o.SealEvery = sealEvery
	}
	if o.Grace <= 0 {
		o.Grace = 10 * time.Minute
	}
	if o.Forget <= 0 {
		o.Forget = 2 * 365 * 24 * time.Hour
	}
	if o.Publish == nil {
		o.Publish = func(string, bool, string) {}
	}
	if o.Retention == nil {
		o.Retention = func(context.Context) (history.Retention, error) { return history.DefaultRetention(), nil }
	}
	k, err := detect.Builtin()
	if err != nil {
		return nil, err
	}
	h := &Hub{o: o, knowledge: k, sites: map[string]*site{}, wake: make(chan struct{}, 1)}
	names, err := o.Store.Sites(ctx)
	if err != nil {
		return nil, fmt.Errorf("list the sites: %w", err)
	}
	for _, name := range names {
		s := newSite(name)
		if err := s.restore(ctx, o.Store); err != nil {
			return nil, fmt.Errorf("restore the inventory of site %q: %w", name, err)
		}
		h.sites[name] = s
	}
	return h, nil
}

// Run works until ctx is done and returns when everything stands still.
func (h *Hub) Run(ctx context.Context) {
	var all sync.WaitGroup
	for i := range h.o.Streams {
		all.Go(func() { h.feed(ctx, &h.o.Streams[i]) })
	}
	all.Go(func() { h.judge(ctx) })
	all.Go(func() { h.keep(ctx) })
	all.Wait()
}

// Counters are those of this hub; read them at any time.
func (h *Hub) Counters() *Counters { return &h.counters }

// Problems are what is wrong at present, a sentence each, by the part that has
// the problem: "bus", "store", "history".
func (h *Hub) Problems() map[string]string { return h.trouble.list() }

// site is the one of that name, made if need be.
func (h *Hub) site(name string) *site {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := h.sites[name]
	if s == nil {
		s = newSite(name)
		h.sites[name] = s
	}
	return s
}

func (h *Hub) all() (list []*site) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, s := range h.sites {
		list = append(list, s)
	}
	return list
}

// wait sleeps, and reports whether there is still something to do.
func wait(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// Crosses is what the store asks to mark conversations that cross a boundary.
func Crosses(client, server store.Stand, protocol string, answered bool) bool {
	return detect.Crosses(traits(client), traits(server), protocol, answered)
}

func traits(s store.Stand) detect.Traits {
	return detect.TraitsOf(&plant.Asset{Kind: s.Kind, Side: s.Side})
}
