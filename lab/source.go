package lab

import (
	"context"
	"io"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/wire/capture"
	"github.com/bulkhead-ot/bulkhead/lab/sim"
)

// Source hands out the frames of the simulated plant in the order of their
// time, as a capture does. It is used by one goroutine and needs the same
// memory for an hour as for a year.
type Source struct {
	sim         *sim.Sim
	start, from int64 // nanoseconds since 1970
	frames      uint64
}

// NewSource starts a simulation. Whoever made it calls Close.
func NewSource(o Options) (*Source, error) {
	p, err := readPlan(o.Scenario)
	if err != nil {
		return nil, err
	}
	w, err := newWorld(p, &o)
	if err != nil {
		return nil, err
	}
	s := &Source{sim: sim.New(o.Seed, w.time), start: w.start.UnixNano()}
	if !o.From.IsZero() {
		s.from = o.From.UnixNano()
	}
	w.schedule(s.sim, p.Talks)
	return s, nil
}

// Next puts the next frame into f, or returns io.EOF when the time is over. The
// frame's bytes are valid until the next call.
func (s *Source) Next(f *capture.Frame) error {
	for {
		at, data, more := s.sim.Next()
		if !more {
			return io.EOF
		}
		if t := s.start + int64(at); t >= s.from {
			s.frames++
			*f = capture.Frame{Time: t, Data: data, Wire: len(data), Link: ethernet}
			return nil
		}
	}
}

// Frames is how many frames were handed out.
func (s *Source) Frames() uint64 { return s.frames }

// Close ends the simulation.
func (s *Source) Close() error {
	s.sim.Close()
	return nil
}

// Pace says how a source is played against a clock. Now and Sleep are the
// clock: time.Now and SleepContext outside of tests.
type Pace struct {
	// From is the plant's time from which on frames wait until they are due;
	// those before come as fast as they are asked for.
	From time.Time
	// Wall is the clock's time at which From is due; zero is when the first
	// frame after From is asked for.
	Wall time.Time
	// Speed is how many seconds of the plant pass in one of the clock; 0 is 1.
	Speed float64
	Now   func() time.Time
	Sleep func(context.Context, time.Duration) error
}

// Paced is a source whose frames come when they are due. One that is late,
// because nobody asked for it, comes at once.
type Paced struct {
	source *Source
	ctx    context.Context // the signature of Next has no room for it
	pace   Pace
}

// NewPaced plays a source against a clock until the context ends, which Next
// then reports. Closing the source stays with whoever made it.
func NewPaced(ctx context.Context, s *Source, p Pace) *Paced {
	if p.Speed <= 0 {
		p.Speed = 1
	}
	return &Paced{source: s, ctx: ctx, pace: p}
}

// Next puts the next frame into f when it is due.
func (p *Paced) Next(f *capture.Frame) error {
	if err := p.source.Next(f); err != nil {
		return err
	}
	since := time.Duration(f.Time - p.pace.From.UnixNano())
	if since < 0 {
		return p.ctx.Err()
	}
	now := p.pace.Now()
	if p.pace.Wall.IsZero() {
		p.pace.Wall = now.Add(-time.Duration(float64(since) / p.pace.Speed))
	}
	if early := p.pace.Wall.Add(time.Duration(float64(since) / p.pace.Speed)).Sub(now); early > 0 {
		return p.pace.Sleep(p.ctx, early)
	}
	return p.ctx.Err()
}

// SleepContext waits, or returns the context's error if it ends before.
func SleepContext(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
