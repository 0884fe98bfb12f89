package sensor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/capture"
)

// Sensor reads a source and publishes what it learns in numbered batches.
type Sensor struct {
	o      Options
	mu     sync.Mutex
	status plant.SensorStatus

	// How far the reading is, noted every thousand frames.
	packets, bytes atomic.Uint64
}

// Defaults of Options.
const (
	defaultInterval   = time.Minute
	defaultMaxRows    = 10_000
	defaultStopWithin = 10 * time.Second
)

// New makes a sensor. Publish, Last and Protocols must be set.
func New(o Options) *Sensor {
	if o.Interval <= 0 {
		o.Interval = defaultInterval
	}
	if o.MaxRows <= 0 {
		o.MaxRows = defaultMaxRows
	}
	if o.StopWithin <= 0 {
		o.StopWithin = defaultStopWithin
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return &Sensor{o: o}
}

// Status is what the sensor said of itself with its last report, with the packets
// that it has read since. It may be called at any time by anyone.
func (s *Sensor) Status() plant.SensorStatus {
	s.mu.Lock()
	defer s.mu.Unlock()
	x := s.status
	x.Packets, x.Bytes = max(x.Packets, s.packets.Load()), max(x.Bytes, s.bytes.Load())
	return x
}

// Run reads src until it ends, fails or ctx is done, and returns when everything
// that was learnt is published: nil at the end of a capture and after a stop. A
// Recorded source that is stopped goes on from its last report when it is run
// again, so that what came after it is left for then. Run is called once.
func (s *Sensor) Run(ctx context.Context, src Source) error {
	r, err := s.start(ctx)
	if err != nil || r == nil {
		return err
	}
	defer r.pool.Close()
	defer r.out.close()
	var stop atomic.Bool // looked at for each frame: a context would cost more
	defer context.AfterFunc(ctx, func() { stop.Store(true) })()
	var f capture.Frame
	for !stop.Load() {
		switch err := src.Next(&f); {
		case err == nil:
			if err := r.frame(ctx, &f); err != nil {
				return r.stopped(ctx, err)
			}
		case idle(err):
			if err := r.idle(ctx); err != nil {
				return r.stopped(ctx, err)
			}
		default:
			return r.finish(ctx, err)
		}
	}
	return r.stopped(ctx, ctx.Err())
}

// lookEvery is after how many frames a line's clock is looked at again: 64 frames
// are 64 µs on a full line, and looking for each would cost as much as reading
// it.
const lookEvery = 64

// idle reports whether a source says that nothing came.
func idle(err error) bool {
	var t interface{ Timeout() bool }
	return errors.As(err, &t) && t.Timeout() && !errors.Is(err, context.DeadlineExceeded)
}

// finish ends the run after the source ended with err or the context is done.
func (r *run) finish(ctx context.Context, err error) error {
	switch {
	case errors.Is(err, io.EOF):
		err = nil
	case ctx.Err() != nil:
		return r.stopped(ctx, err)
	default:
		r.problem = fmt.Sprintf("reading stopped after packet %d: %v", r.frames, err)
	}
	if r.skip != nil && r.frames < r.skip.Position {
		return fmt.Errorf("go on with %s after packet %d: it has only %d", r.o.Source, r.skip.Position, r.frames)
	}
	if e := r.end(ctx); e != nil {
		return r.stopped(ctx, e)
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", r.o.Source, err)
	}
	return nil
}

// stopped ends the run because the context is done, or returns err if that is
// not why.
func (r *run) stopped(ctx context.Context, err error) error {
	if ctx.Err() == nil {
		return err
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), r.o.StopWithin)
	defer cancel()
	if r.o.Kind != Recorded {
		err = r.end(grace)
	} else {
		err = r.out.wait(grace)
	}
	if err != nil {
		r.o.Log.Warn("stopped before everything was published", "sensor", r.o.Name, "err", err)
		return fmt.Errorf("publish what %s learnt last: %w", r.o.Name, err)
	}
	return nil
}
