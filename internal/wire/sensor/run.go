package sensor

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/capture"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
)

// run is one call of Run.
type run struct {
	o      *Options
	sensor *Sensor
	pool   *Pool
	out    *outbox
	pace   pace

	epoch    string
	sequence uint64
	position uint64 // frames that the batches up to sequence account for
	frames   uint64 // number of the last frame read
	skip     *plant.Batch

	base        plant.SensorStatus // counters of earlier runs
	packets     uint64
	bytes       uint64
	quiet       bool  // no frame since the last report
	first, last int64 // packet times since then, earliest and latest
	now         int64 // packet time of the last frame
	problem     string
	ended       bool // the last report was made
}

// start makes a run that goes on where the last batch left off. It is nil when
// there is nothing left to read.
func (s *Sensor) start(ctx context.Context) (*run, error) {
	last, err := s.o.Last(ctx)
	if err != nil {
		return nil, fmt.Errorf("find the last batch of %s: %w", s.o.Name, err)
	}
	r := &run{o: &s.o, sensor: s, quiet: true, pace: newPace(&s.o)}
	r.base.Started = s.o.Now()
	switch {
	case last == nil:
		if r.epoch = s.o.Epoch; r.epoch == "" {
			r.epoch = NewEpoch(s.o.Now())
		}
	case s.o.Kind == Recorded && last.Status.State == plant.SensorEnded:
		s.put(last.Status)
		return nil, nil
	default:
		r.epoch = last.Epoch
	}
	switch {
	case s.o.Kind == Recorded:
		r.skip = last
	case last != nil:
		r.sequence, r.position = last.Sequence, last.Position
		started := r.base.Started
		r.base = last.Status
		r.base.Started = started
		r.frames = max(r.position, s.o.Numbered)
	default:
		r.frames = s.o.Numbered
	}
	r.pool = NewPool(s.o.Workers, s.o.Protocols, dissect.Options{MaxFlows: s.o.MaxFlows, Sample: s.o.Sample})
	r.out = newOutbox(ctx, s)
	s.put(r.status(plant.SensorStatus{}))
	return r, nil
}

// NewEpoch names a life of the sensor's state: when it began, and something
// that tells it from another that began in the same second.
func NewEpoch(now time.Time) string {
	var b [4]byte
	_, _ = rand.Read(b[:]) // it never fails
	return now.UTC().Format("20060102T150405") + "-" + hex.EncodeToString(b[:])
}

// frame reads one frame, after a report if one is due before it.
func (r *run) frame(ctx context.Context, f *capture.Frame) error {
	due := false
	if r.o.Kind != Live {
		due = r.pace.due(f.Time, r.frames-r.position)
	} else if r.packets%lookEvery == 0 || f.Time >= r.pace.to {
		due = r.pace.due(r.o.Now().UnixNano(), r.frames-r.position)
	}
	if due {
		if err := r.interval(ctx); err != nil {
			return err
		}
		r.begin(f.Time)
	}
	if r.skip != nil && r.frames == r.skip.Position {
		r.caughtUp()
	}
	r.frames++
	if r.o.Keep != nil && (r.skip == nil || r.frames > r.skip.Position) {
		r.o.Keep(f, r.frames)
	}
	r.pool.Frame(f, plant.NewPacketRef(0, r.frames))
	r.packets++
	r.bytes += uint64(f.Wire)
	if r.packets%noteEvery == 0 {
		r.sensor.packets.Store(r.base.Packets + r.packets)
		r.sensor.bytes.Store(r.base.Bytes + r.bytes)
	}
	r.span(f.Time)
	return nil
}

// noteEvery is after how many frames Status knows how far the reading is.
const noteEvery = 1024

func (r *run) span(t int64) {
	if r.quiet {
		r.first, r.last, r.quiet = t, t, false
	}
	r.first, r.last, r.now = min(r.first, t), max(r.last, t), t
}

// begin starts the next stretch of time.
func (r *run) begin(t int64) {
	if r.o.Kind == Live {
		t = r.o.Now().UnixNano()
	}
	r.pace.begin(t)
}

// idle is called when nothing came for a while.
func (r *run) idle(ctx context.Context) error {
	if r.o.Kind != Live || !r.pace.due(r.o.Now().UnixNano(), r.frames-r.position) {
		return nil
	}
	if err := r.interval(ctx); err != nil {
		return err
	}
	r.begin(0)
	return nil
}
