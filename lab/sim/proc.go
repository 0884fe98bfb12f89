package sim

import (
	"math/rand/v2"
	"time"
)

// Proc is an activity that runs: its clock, its random numbers and its way out.
type Proc struct {
	Rand *rand.Rand

	sim    *Sim
	now    time.Duration
	index  int
	alarms []alarm
	over   bool
	yield  func(struct{}) bool
	next   func() (struct{}, bool)
	stop   func()
}

// alarm is something that happens while the activity waits.
type alarm struct {
	at time.Duration
	do func()
}

// Now is the time since the start.
func (p *Proc) Now() time.Duration { return p.now }

// Emit sends a frame now.
func (p *Proc) Emit(frame []byte) {
	if p.over || p.sim.err != nil || p.now > p.sim.end {
		return
	}
	p.sim.err = p.sim.emit(p.now, frame)
}

// Wait lets time pass. Alarms that fall into it happen at their time.
func (p *Proc) Wait(d time.Duration) {
	until := p.now + max(d, 0)
	for i := p.earliest(until); i >= 0; i = p.earliest(until) {
		a := p.alarms[i]
		p.alarms = append(p.alarms[:i], p.alarms[i+1:]...)
		p.advance(max(a.at, p.now))
		a.do()
	}
	p.advance(until)
}

// Alarm has something done after d, if the activity waits that long.
func (p *Proc) Alarm(d time.Duration, do func()) {
	p.alarms = append(p.alarms, alarm{p.now + d, do})
}

func (p *Proc) earliest(until time.Duration) int {
	best := -1
	for i, a := range p.alarms {
		if a.at <= until && (best < 0 || a.at < p.alarms[best].at) {
			best = i
		}
	}
	return best
}

func (p *Proc) advance(to time.Duration) {
	if p.over || to == p.now {
		return
	}
	p.now = to
	if !p.yield(struct{}{}) {
		p.over = true
	}
}

// Every waits for the next cycle of a period, a little early or late as real
// devices are, and reports whether there is one.
func (p *Proc) Every(period time.Duration) bool {
	p.Wait(p.Jitter(period, 0.02))
	return !p.over && p.now <= p.sim.end
}

// Jitter is d, off by at most the given share.
func (p *Proc) Jitter(d time.Duration, share float64) time.Duration {
	return d + time.Duration(float64(d)*share*(2*p.Rand.Float64()-1))
}

// Bytes is n random bytes: what is encrypted, nonces, identifiers.
func (p *Proc) Bytes(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(p.Rand.Uint32())
	}
	return b
}
