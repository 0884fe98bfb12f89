package sensor

import (
	"context"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// interval ends a stretch of time: it reports what was learnt, or lets it add up
// while the bus has not taken the report before.
func (r *run) interval(ctx context.Context) error {
	if r.o.Kind == Live {
		if r.out.busy() {
			return nil
		}
	} else if err := r.out.wait(ctx); err != nil {
		return err
	}
	r.report(r.state())
	return nil
}

// end reports everything that was learnt and waits until the bus has it.
func (r *run) end(ctx context.Context) error {
	if err := r.out.wait(ctx); err != nil {
		return err
	}
	if !r.ended {
		r.ended = true
		r.pool.Drain()
		r.report(plant.SensorEnded)
	}
	return r.out.wait(ctx)
}

// state is what the sensor does in the middle of its source.
func (r *run) state() plant.SensorState {
	switch {
	case r.o.Kind != Live:
		return plant.SensorReading
	case r.quiet:
		return plant.SensorSilent
	}
	return plant.SensorWatching
}

// report makes batches of what was learnt since the last one and sends them off.
// A line's batches come even when there is nothing in them: they say that the
// sensor lives.
func (r *run) report(state plant.SensorState) {
	p := packer{run: r, made: r.o.Now()}
	r.pool.Report(r.time(), p.add)
	var s plant.SensorStatus
	r.pool.count(&s)
	s.State = state
	s = r.status(s)
	r.sensor.put(s)
	if len(p.batches) == 0 && (state == plant.SensorEnded || r.o.Kind == Live) {
		p.next()
	}
	r.position = r.frames
	r.seal(p.batches, s)
	r.quiet = true
	r.out.send(r.unsent(p.batches))
}

// time is the engines' now.
func (r *run) time() time.Time {
	if r.o.Kind == Live {
		return r.o.Now()
	}
	return at(r.now)
}

// status completes what the engines say.
func (r *run) status(s plant.SensorStatus) plant.SensorStatus {
	b := &r.base
	s.Version, s.Source, s.Started, s.Problem = r.o.Version, r.o.Source, b.Started, r.problem
	s.Packets, s.Bytes = b.Packets+r.packets, b.Bytes+r.bytes
	s.Duplicates += b.Duplicates
	s.Undecoded += b.Undecoded
	s.Sampled += b.Sampled
	s.Failures += b.Failures
	s.Lost += b.Lost
	if r.o.Condition != nil {
		state := s.State
		if r.o.Condition(&s); state == plant.SensorEnded { // whatever the line does
			s.State = state
		}
	}
	s.Dropped += b.Dropped
	return s
}

// seal gives the batches of one report what only the whole of it knows. All but
// the last leave the position where it was and the source unfinished: after a
// restart the report is made again, and its numbers tell what the bus has.
func (r *run) seal(batches []*plant.Batch, s plant.SensorStatus) {
	for i, b := range batches {
		b.Status = s
		if i == len(batches)-1 {
			b.Position = r.position
		} else if s.State == plant.SensorEnded {
			b.Status.State = plant.SensorReading
		}
		if !r.quiet {
			b.From, b.To = at(r.first), at(r.last)
		}
	}
}

// packer puts observations into batches of bounded size.
type packer struct {
	run     *run
	made    time.Time
	batches []*plant.Batch
	rows    int // in the last batch
	text    int // bytes of text in it
}

// maxText bounds the text of one batch, most of which may not compress.
const maxText = 1 << 20

// next begins another batch.
func (p *packer) next() *plant.Batch {
	r := p.run
	r.sequence++
	b := &plant.Batch{Site: r.o.Site, Sensor: r.o.Name, Epoch: r.epoch, Sequence: r.sequence, Position: r.position, Made: p.made}
	p.batches = append(p.batches, b)
	p.rows, p.text = 0, 0
	return b
}

func (p *packer) add(o plant.Observation) {
	var b *plant.Batch
	if len(p.batches) == 0 || p.rows >= p.run.o.MaxRows || p.text >= maxText {
		b = p.next()
	} else {
		b = p.batches[len(p.batches)-1]
	}
	p.rows++
	switch o := o.(type) {
	case *plant.Sighting:
		b.Sightings = append(b.Sightings, *o)
		p.text += len(o.Value)
	case *plant.Conversation:
		b.Conversations = append(b.Conversations, *o)
	case *plant.Operation:
		b.Operations = append(b.Operations, *o)
		p.text += len(o.Object)
	case *plant.Anomaly:
		b.Anomalies = append(b.Anomalies, *o)
		p.text += len(o.Text)
	}
}

// put is what Status answers from now on.
func (s *Sensor) put(x plant.SensorStatus) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.status = x
}

// trouble notes a problem until the next report.
func (s *Sensor) trouble(problem string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.status.Problem = problem
}
