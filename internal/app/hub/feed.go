package hub

import (
	"context"
	"errors"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/keep/bus"
	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// Bounds of one round: a transaction for many batches costs little more than
// for one, and what a round holds is held in memory.
const (
	roundBatches = 48
	fetchWait    = time.Second
	retryFirst   = time.Second
	retryMost    = 30 * time.Second
)

// feed takes the batches of one stream into the store, for as long as ctx lasts.
func (h *Hub) feed(ctx context.Context, s *Stream) {
	part := "bus " + s.Name
	pause := retryFirst
	for ctx.Err() == nil {
		r, err := s.Open(ctx)
		if err == nil {
			err = h.drain(ctx, r, func() {
				pause = retryFirst
				h.trouble.set(h.o.Log, part, nil)
			})
		}
		if ctx.Err() != nil {
			return
		}
		h.trouble.set(h.o.Log, part, err)
		if !wait(ctx, pause) {
			return
		}
		pause = min(2*pause, retryMost)
	}
}

// drain reads one stream until something fails. What was fetched and not
// committed comes again. The next batches are fetched and unpacked while those
// before them are committed.
func (h *Hub) drain(ctx context.Context, r Reader, works func()) error {
	ctx, stop := context.WithCancel(ctx)
	fetched, failed := make(chan bus.Delivery), make(chan error, 1)
	go func() {
		defer close(fetched)
		failed <- fetch(ctx, r, fetched)
	}()
	err := h.take(ctx, r, fetched, works)
	stop()
	for range fetched { // the goroutine ends before drain does
	}
	return errors.Join(err, <-failed)
}

// fetch hands on what comes, until ctx is done or something fails.
func fetch(ctx context.Context, r Reader, to chan<- bus.Delivery) error {
	for ctx.Err() == nil {
		d, err := r.Fetch(ctx, roundBatches, fetchWait)
		if err != nil {
			return err
		}
		select {
		case to <- d:
		case <-ctx.Done():
		}
	}
	return nil
}

// take commits what was fetched, until there is no more or something fails.
func (h *Hub) take(ctx context.Context, r Reader, from <-chan bus.Delivery, works func()) error {
	for d := range from {
		for _, err := range d.Damaged {
			h.counters.Damaged.Add(1)
			h.o.Log.Error("a message on the bus is passed over", "error", err)
		}
		if len(d.Batches) > 0 {
			err := h.apply(ctx, d.Batches)
			h.trouble.set(h.o.Log, "store", err)
			if err != nil {
				return err
			}
		}
		if err := r.Commit(ctx, &d); err != nil {
			return err
		}
		works()
	}
	return nil
}

// apply commits batches and then adds what counted to the inventory.
func (h *Hub) apply(ctx context.Context, batches []*plant.Batch) error {
	// What is committed must reach the inventory: a stop waits for it.
	ctx = context.WithoutCancel(ctx)
	begin := time.Now()
	applied, err := h.o.Store.Apply(ctx, batches)
	h.counters.ApplyNanos.Add(int64(time.Since(begin)))
	if err != nil {
		h.counters.Failures.Add(1)
		return err
	}
	if made := batches[len(batches)-1].Made; !made.IsZero() {
		h.counters.Lag.Store(int64(h.o.Now().Sub(made)))
	}
	h.counters.LeftOut.Add(applied.LeftOut)
	heard := map[string]bool{}
	for i, b := range batches {
		a := &applied.Batches[i]
		h.counters.Missing.Add(a.Missing)
		if a.Missing > 0 {
			h.o.Log.Warn("batches of a sensor have not come", "site", b.Site, "sensor", b.Sensor, "missing", a.Missing)
		}
		if a.Outcome == store.Duplicate {
			h.counters.Duplicates.Add(1)
			continue
		}
		h.counters.Batches.Add(1)
		h.counters.Observations.Add(uint64(b.Rows()))
		h.site(b.Site).add(b)
		heard[b.Sensor] = true
	}
	for sensor := range heard {
		h.o.Publish("sensors", false, sensor)
	}
	return nil
}
