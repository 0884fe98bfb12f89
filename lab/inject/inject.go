// Package inject plays frames of the simulated plant onto a network interface,
// each when it is due or at a fixed rate, for tests and drills of whoever
// listens there.
//
// A simulated stop looks like a real one to a controller that hears it, so this
// package refuses whatever may lead to a real network: it sends on interfaces
// that exist in software only and are no part of a bridge, unless told
// otherwise. It never receives. Sending exists on Linux only.
package inject

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/wire/capture"
)

// Source hands out frames, as lab.Source does.
type Source interface{ Next(*capture.Frame) error }

// Sink takes frames, several at once; it may not keep them.
type Sink interface{ Send(frames [][]byte) error }

// Rate says when frames are sent. Now and Sleep are the clock.
type Rate struct {
	// PerSecond sends so many frames a second whatever their time; 0 sends
	// each when it is due.
	PerSecond int
	// Speed is how many seconds of the frames' time pass in one of the clock;
	// 0 is 1.
	Speed float64
	Now   func() time.Time
	Sleep func(context.Context, time.Duration) error
}

// batchFrames is how many frames are sent at once at most, and batchTime how
// much earlier than due a frame may be sent with others.
const (
	batchFrames = 64
	batchTime   = 200 * time.Microsecond
)

// Counts is what was played.
type Counts struct{ Frames, Bytes uint64 }

// Play sends the frames of a source until it ends, the context ends or sending
// fails. The end of the context is no error.
func Play(ctx context.Context, from Source, to Sink, r Rate) (Counts, error) {
	p := &player{to: to, rate: r, start: r.Now()}
	if p.rate.Speed <= 0 {
		p.rate.Speed = 1
	}
	err := p.run(ctx, from)
	if errors.Is(err, io.EOF) || ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		err = nil
	}
	return p.sent, err
}

type player struct {
	to    Sink
	rate  Rate
	start time.Time // of the clock
	first int64     // time of the first frame
	seen  uint64    // frames that came from the source
	sent  Counts

	memory [batchFrames][]byte
	batch  [][]byte
}

func (p *player) run(ctx context.Context, from Source) error {
	var f capture.Frame
	for {
		if err := from.Next(&f); err != nil {
			if failed := p.flush(); failed != nil {
				return failed
			}
			return err
		}
		if p.seen == 0 {
			p.first = f.Time
		}
		if err := p.wait(ctx, p.due(&f)); err != nil {
			return err
		}
		p.seen++
		n := len(p.batch)
		p.memory[n] = append(p.memory[n][:0], f.Data...)
		if p.batch = append(p.batch, p.memory[n]); len(p.batch) == batchFrames {
			if err := p.flush(); err != nil {
				return err
			}
		}
	}
}

// due is when a frame is to be sent.
func (p *player) due(f *capture.Frame) time.Time {
	if p.rate.PerSecond > 0 {
		return p.start.Add(time.Duration(float64(p.seen) / float64(p.rate.PerSecond) * float64(time.Second)))
	}
	return p.start.Add(time.Duration(float64(f.Time-p.first) / p.rate.Speed))
}

// wait sends what is waiting and sleeps until a frame is due. It looks at the
// clock only where that can matter.
func (p *player) wait(ctx context.Context, due time.Time) error {
	if len(p.batch) > 0 && p.rate.PerSecond > 0 {
		return nil // a batch is due with its first frame
	}
	early := due.Sub(p.rate.Now())
	if early <= batchTime && len(p.batch) > 0 {
		return nil
	}
	if err := p.flush(); err != nil {
		return err
	}
	if early > 0 {
		return p.rate.Sleep(ctx, early)
	}
	return ctx.Err()
}

func (p *player) flush() error {
	if len(p.batch) == 0 {
		return nil
	}
	if err := p.to.Send(p.batch); err != nil {
		return err
	}
	p.sent.Frames += uint64(len(p.batch))
	for _, b := range p.batch {
		p.sent.Bytes += uint64(len(b))
	}
	p.batch = p.batch[:0]
	return nil
}

// MaxKept is how many bytes of frames Keep takes.
const MaxKept = 1 << 30

// ErrLong says that there are more frames than fit into memory.
var ErrLong = errors.New("there are more frames than fit into a gigabyte")

// Loop is frames in memory that come again and again.
type Loop struct {
	data   []byte
	frames []kept
	next   int
	shift  int64 // of the times of this round
	length int64
}

type kept struct {
	time     int64
	from, to int
}

// Keep reads a source to its end and makes a loop of it.
func Keep(from Source) (*Loop, error) {
	l := &Loop{}
	var f capture.Frame
	for {
		err := from.Next(&f)
		switch {
		case errors.Is(err, io.EOF) && len(l.frames) > 0:
			l.length = l.frames[len(l.frames)-1].time - l.frames[0].time + int64(time.Millisecond)
			return l, nil
		case err != nil:
			return nil, err
		case len(l.data)+len(f.Data) > MaxKept:
			return nil, ErrLong
		}
		at := len(l.data)
		l.data = append(l.data, f.Data...)
		l.frames = append(l.frames, kept{f.Time, at, len(l.data)})
	}
}

// Next is the next frame. Rounds follow each other in time.
func (l *Loop) Next(f *capture.Frame) error {
	if l.next == len(l.frames) {
		l.next = 0
		l.shift += l.length
	}
	k := &l.frames[l.next]
	l.next++
	*f = capture.Frame{Time: k.time + l.shift, Data: l.data[k.from:k.to], Wire: k.to - k.from, Link: 1}
	return nil
}
