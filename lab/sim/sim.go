// Package sim runs many activities side by side in simulated time, in one
// thread and in an order that depends on nothing but the seed.
//
// An activity is an ordinary function that does something, waits, and does the
// next thing. Waiting hands control to whoever is due next, so that what the
// activities emit comes out in the order of its time. No clock is read: whoever
// receives the frames decides whether to write them at once or to play them at
// the speed of the real world.
package sim

import (
	"container/heap"
	"errors"
	"hash/fnv"
	"iter"
	"math/rand/v2"
	"time"
)

// Activity is what one party does over time. It ends by returning.
type Activity func(p *Proc)

// Emit takes a frame at a time since the start. The frame is its to keep.
type Emit func(at time.Duration, frame []byte) error

// Sim is a simulation that has not run yet.
type Sim struct {
	seed  uint64
	end   time.Duration
	emit  Emit
	err   error
	queue queue
}

// New makes a simulation that runs from 0 to end.
func New(seed uint64, end time.Duration, emit Emit) *Sim {
	return &Sim{seed: seed, end: end, emit: emit}
}

// Go adds an activity that starts at a time. The name chooses its random
// numbers: another activity more or less changes nothing for it.
func (s *Sim) Go(name string, at time.Duration, run Activity) {
	h := fnv.New64a()
	h.Write([]byte(name))
	p := &Proc{Rand: rand.New(rand.NewPCG(s.seed, h.Sum64())), sim: s, now: at, index: len(s.queue)}
	p.next, p.stop = iter.Pull(func(yield func(struct{}) bool) {
		p.yield = yield
		run(p)
	})
	s.queue = append(s.queue, p)
}

// errDone ends a simulation whose time is over.
var errDone = errors.New("time is over")

// Run runs every activity until its end or the end of the time, and returns the
// first error of the receiver.
func (s *Sim) Run() error {
	heap.Init(&s.queue)
	for len(s.queue) > 0 && s.err == nil {
		p := s.queue[0]
		if p.now > s.end {
			s.err = errDone
			break
		}
		if _, more := p.next(); more {
			heap.Fix(&s.queue, 0)
		} else {
			heap.Pop(&s.queue)
		}
	}
	for _, p := range s.queue {
		p.stop()
	}
	if errors.Is(s.err, errDone) {
		return nil
	}
	return s.err
}

// queue is the activities that run, the one that is due next first.
type queue []*Proc

func (q queue) Len() int      { return len(q) }
func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x any)   { *q = append(*q, x.(*Proc)) }

func (q queue) Less(i, j int) bool {
	if q[i].now != q[j].now {
		return q[i].now < q[j].now
	}
	return q[i].index < q[j].index
}

func (q *queue) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}
