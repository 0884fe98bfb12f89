// Package sensor runs the engines that read frames: one on one core, or several
// that share the conversations between them, each without knowing the others.
package sensor

import (
	"iter"
	"sync"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/wire/capture"
	"github.com/bulkhead-ot/bulkhead/internal/wire/dissect"
	"github.com/bulkhead-ot/bulkhead/internal/wire/packet"
)

// Pool reads frames with one or more engines. Frame is called by one goroutine.
type Pool struct {
	workers []*worker
	done    sync.WaitGroup
}

// Counts is what was left out of a capture's observations.
type Counts struct{ Undecoded, Duplicates uint64 }

// worker is an engine and, when there are several, the batches on their way to
// it.
type worker struct {
	engine *dissect.Engine
	counts map[int]*Counts // by capture
	queue  chan *batch
	free   chan *batch
	fill   *batch
	rest   []*batch
}

// batch is a number of frames copied into one buffer.
type batch struct {
	data   []byte
	frames []frame
}

type frame struct {
	time       int64
	from, size int
	wire, link int
	ref        plant.PacketRef
}

const (
	batchBytes = 128 << 10
	batchesOut = 4 // batches in flight to one worker
)

// DefaultMaxFlows is how many conversations in progress a pool follows where
// nothing else is said.
const DefaultMaxFlows = 1 << 18

// NewPool makes a pool of n engines; the bounds of options are for all of them
// together.
func NewPool(n int, protocols func() []dissect.Protocol, o dissect.Options) *Pool {
	n = max(n, 1)
	if o.MaxFlows <= 0 {
		o.MaxFlows = DefaultMaxFlows
	}
	o.MaxFlows = max(o.MaxFlows/n, 1024)
	p := &Pool{}
	for range n {
		w := &worker{engine: dissect.NewEngine(protocols(), o), counts: map[int]*Counts{}}
		p.workers = append(p.workers, w)
		if n > 1 {
			p.start(w)
		}
	}
	return p
}

func (p *Pool) start(w *worker) {
	w.queue, w.free = make(chan *batch, batchesOut), make(chan *batch, batchesOut)
	for range batchesOut - 1 {
		w.free <- &batch{data: make([]byte, 0, batchBytes)}
	}
	w.fill = &batch{data: make([]byte, 0, batchBytes)}
	queue := w.queue
	p.done.Go(func() {
		for b := range queue {
			w.run(b)
			b.data, b.frames = b.data[:0], b.frames[:0]
			w.free <- b
		}
	})
}

// Frame reads one frame, or queues it for the engine that reads its
// conversation.
func (p *Pool) Frame(f *capture.Frame, ref plant.PacketRef) {
	if len(p.workers) == 1 {
		p.workers[0].read(f, ref)
		return
	}
	w := p.workers[packet.Shard(f.Link, f.Data)%uint64(len(p.workers))]
	b := w.fill
	if len(b.data)+len(f.Data) > batchBytes && len(b.frames) > 0 {
		w.queue <- b
		b = <-w.free
		w.fill = b
	}
	b.frames = append(b.frames, frame{f.Time, len(b.data), len(f.Data), f.Wire, f.Link, ref})
	b.data = append(b.data, f.Data...)
}

func (w *worker) run(b *batch) {
	var f capture.Frame
	for i := range b.frames {
		x := &b.frames[i]
		f.Time, f.Data, f.Wire, f.Link = x.time, b.data[x.from:x.from+x.size], x.wire, x.link
		w.read(&f, x.ref)
	}
}

func (w *worker) read(f *capture.Frame, ref plant.PacketRef) {
	undecoded, duplicates := w.engine.Undecoded, w.engine.Duplicates
	w.engine.Frame(f, ref)
	if w.engine.Undecoded != undecoded || w.engine.Duplicates != duplicates {
		c := w.counts[ref.Capture()]
		if c == nil {
			c = new(Counts)
			w.counts[ref.Capture()] = c
		}
		c.Undecoded += w.engine.Undecoded - undecoded
		c.Duplicates += w.engine.Duplicates - duplicates
	}
}

// settle waits until every frame handed to Frame is read. Until the next one the
// engines rest.
func (p *Pool) settle() {
	for _, w := range p.workers {
		if w.queue != nil {
			w.queue <- w.fill
		}
	}
	for _, w := range p.workers {
		if w.queue == nil {
			continue
		}
		for range batchesOut - 1 { // the worker has none left when all are back
			w.rest = append(w.rest, <-w.free)
		}
		w.fill = <-w.free
		for _, b := range w.rest {
			w.free <- b
		}
		w.rest = w.rest[:0]
	}
}

// Report hands over what every engine learnt since the last one (see
// dissect.Engine.Report). It is called by the goroutine that calls Frame.
func (p *Pool) Report(now time.Time, emit func(plant.Observation)) {
	p.settle()
	for _, w := range p.workers {
		w.engine.Report(now, emit)
	}
}

// Close ends the engines' goroutines when everything handed to them is read. No
// frame may come after it.
func (p *Pool) Close() {
	for _, w := range p.workers {
		if w.queue != nil {
			w.queue <- w.fill
			close(w.queue)
			w.queue = nil
		}
	}
	p.done.Wait()
}

// Drain waits until everything is read and every conversation is folded into
// the tables. No frame may come after it.
func (p *Pool) Drain() {
	p.Close()
	for _, w := range p.workers {
		p.done.Go(w.engine.Drain)
	}
	p.done.Wait()
}

// Finish is Drain for the last time: nothing is read any more, so that the engines
// keep only what they tell.
func (p *Pool) Finish() {
	p.Drain()
	for _, w := range p.workers {
		w.engine.Finish()
		w.queue, w.free, w.fill = nil, nil, nil
	}
}

// Counts are those of one capture, after Drain.
func (p *Pool) Counts(capture int) (sum Counts) {
	for _, w := range p.workers {
		if c := w.counts[capture]; c != nil {
			sum.Undecoded += c.Undecoded
			sum.Duplicates += c.Duplicates
		}
	}
	return sum
}

// count adds what the engines say of themselves to a status. The engines must
// rest.
func (p *Pool) count(s *plant.SensorStatus) {
	for _, w := range p.workers {
		e := w.engine
		s.Undecoded += e.Undecoded
		s.Duplicates += e.Duplicates
		s.Failures += e.Failures
		s.Sampled += e.Sampled
		s.Lost += e.Lost()
		s.Flows += uint64(e.Flows())
	}
}

// Failures is the number of decoder failures.
func (p *Pool) Failures() (n uint64) {
	for _, w := range p.workers {
		n += w.engine.Failures
	}
	return n
}

// Sampled is the number of cyclic frames that were counted without being read.
func (p *Pool) Sampled() (n uint64) {
	for _, w := range p.workers {
		n += w.engine.Sampled
	}
	return n
}

// Lost is the number of things that found no room in the tables.
func (p *Pool) Lost() (n uint64) {
	for _, w := range p.workers {
		n += w.engine.Lost()
	}
	return n
}

// all walks one sequence of every engine.
func all[T any](p *Pool, of func(*dissect.Engine) iter.Seq[T]) iter.Seq[T] {
	return func(yield func(T) bool) {
		for _, w := range p.workers {
			for v := range of(w.engine) {
				if !yield(v) {
					return
				}
			}
		}
	}
}

// Sightings are the facts that were learnt, after Drain; as in the sequences
// below a value is reused by the next step.
func (p *Pool) Sightings() iter.Seq[*plant.Sighting] { return all(p, (*dissect.Engine).Sightings) }

// ForgetSightings gives back the memory of what Sightings hands out, after Finish.
func (p *Pool) ForgetSightings() {
	for _, w := range p.workers {
		w.engine.ForgetSightings()
	}
}

// Conversations are who talked to whom, after Drain.
func (p *Pool) Conversations() iter.Seq[*plant.Conversation] {
	return all(p, (*dissect.Engine).Conversations)
}

// Operations are what was asked of whom, after Drain.
func (p *Pool) Operations() iter.Seq[*plant.Operation] { return all(p, (*dissect.Engine).Operations) }

// Anomalies are what broke, after Drain.
func (p *Pool) Anomalies() iter.Seq[*plant.Anomaly] { return all(p, (*dissect.Engine).Anomalies) }
