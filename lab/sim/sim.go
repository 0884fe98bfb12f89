// Package sim runs many activities side by side in simulated time, in one
// thread and in an order that depends on nothing but the seed.
//
// An activity is an ordinary function that does something, waits, and does the
// next thing. Waiting hands control to whoever is due next, so that what the
// activities emit comes out in the order of its time. Frames are pulled one by
// one, so a simulation of any length needs the memory of its activities only.
// No clock is read: whoever pulls the frames decides whether to write them at
// once or to play them at the speed of the real world.
package sim

import (
	"hash/fnv"
	"iter"
	"math/rand/v2"
	"time"
)

// Activity is what one party does over time. It ends by returning.
type Activity func(p *Proc)

// Sim is a simulation.
type Sim struct {
	seed  uint64
	end   time.Duration
	queue queue
	added int
	noise []byte

	// What was emitted and not pulled yet, in the order of time. The buffers
	// of frames that were pulled are used again.
	frames     []frame
	head, tail int
}

type frame struct {
	at   time.Duration
	data []byte
}

// New makes a simulation that runs from 0 up to, but not at, the end.
func New(seed uint64, end time.Duration) *Sim {
	return &Sim{seed: seed, end: end, noise: noise(seed)}
}

// Go adds an activity that starts at a time. The name chooses its random
// numbers: another activity more or less changes nothing for it.
func (s *Sim) Go(name string, at time.Duration, run Activity) {
	h := fnv.New64a()
	h.Write([]byte(name))
	p := &Proc{Rand: rand.New(rand.NewPCG(s.seed, h.Sum64())), sim: s, now: at}
	p.next, p.stop = iter.Pull(func(yield func(struct{}) bool) {
		p.yield = yield
		run(p)
	})
	s.queue.push(entry{at, s.added, p})
	s.added++
}

// Next is the next frame and its time, or false when the time is over. The
// frame is valid until the next call.
func (s *Sim) Next() (at time.Duration, data []byte, more bool) {
	for s.head == s.tail {
		s.head, s.tail = 0, 0
		if !s.step() {
			return 0, nil, false
		}
	}
	f := &s.frames[s.head]
	s.head++
	return f.at, f.data, true
}

// Close ends every activity. It must be called once the simulation is no longer
// wanted, whether or not its time is over.
func (s *Sim) Close() {
	for _, e := range s.queue {
		e.proc.stop()
	}
	s.queue, s.head, s.tail = nil, 0, 0
}

// step runs the activity that is due next until it waits for another.
func (s *Sim) step() bool {
	if len(s.queue) == 0 || s.queue[0].at >= s.end {
		return false
	}
	p := s.queue[0].proc
	p.until = min(s.queue.second(), s.end)
	if _, more := p.next(); more {
		s.queue[0].at = p.now
		s.queue.down(0)
	} else {
		s.queue.pop()
	}
	return true
}

// batch is how many frames an activity may emit while nobody else is due
// before it lets them be pulled.
const batch = 64

func (s *Sim) emit(at time.Duration, data []byte) {
	if s.tail == len(s.frames) {
		s.frames = append(s.frames, frame{data: make([]byte, 0, 1600)})
	}
	f := &s.frames[s.tail]
	f.at, f.data = at, append(f.data[:0], data...)
	s.tail++
}

// noiseSize is the size of the table that random bytes are cut from.
const noiseSize = 1 << 16

func noise(seed uint64) []byte {
	r := rand.New(rand.NewPCG(seed, noiseSize))
	b := make([]byte, 0, noiseSize)
	for len(b) < noiseSize {
		v := r.Uint64()
		b = append(b, byte(v), byte(v>>8), byte(v>>16), byte(v>>24), byte(v>>32), byte(v>>40), byte(v>>48), byte(v>>56))
	}
	return b
}
