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
	until  time.Duration // before which nobody else is due
	alarms []*Alarm
	over   bool
	yield  func(struct{}) bool
	next   func() (struct{}, bool)
	stop   func()
}

// Alarm is something that happens while an activity waits. Whoever makes one
// keeps it: it can be set again and again.
type Alarm struct {
	Do  func()
	at  time.Duration
	set bool
}

// Now is the time since the start.
func (p *Proc) Now() time.Duration { return p.now }

// Over reports whether the simulation has ended: whatever is done from now on
// is lost, and waiting takes no time.
func (p *Proc) Over() bool { return p.over }

// Emit sends a frame now. The frame is copied.
func (p *Proc) Emit(frame []byte) {
	if p.over || p.now >= p.sim.end {
		return
	}
	p.sim.emit(p.now, frame)
}

// Wait lets time pass. Alarms that fall into it happen at their time.
func (p *Proc) Wait(d time.Duration) {
	until := p.now + max(d, 0)
	for len(p.alarms) > 0 {
		a := p.earliest(until)
		if a == nil {
			break
		}
		p.Clear(a)
		p.advance(max(a.at, p.now))
		a.Do()
	}
	p.advance(until)
}

// Set has an alarm go off after d, if the activity waits that long.
func (p *Proc) Set(a *Alarm, d time.Duration) {
	a.at = p.now + d
	if !a.set {
		a.set = true
		p.alarms = append(p.alarms, a)
	}
}

// Clear takes an alarm back.
func (p *Proc) Clear(a *Alarm) {
	if !a.set {
		return
	}
	a.set = false
	for i := range p.alarms {
		if p.alarms[i] == a {
			p.alarms = append(p.alarms[:i], p.alarms[i+1:]...)
			return
		}
	}
}

func (p *Proc) earliest(until time.Duration) *Alarm {
	var first *Alarm
	for _, a := range p.alarms {
		if a.at <= until && (first == nil || a.at < first.at) {
			first = a
		}
	}
	return first
}

// advance moves the clock and lets those run who are due before.
func (p *Proc) advance(to time.Duration) {
	if p.over || to == p.now {
		return
	}
	p.now = to
	if to < p.until && p.sim.tail-p.sim.head < batch {
		return
	}
	if !p.yield(struct{}{}) {
		p.over = true
	}
}

// Every waits for the next cycle of a period, a little early or late as real
// devices are, and reports whether there is one.
func (p *Proc) Every(period time.Duration) bool {
	p.Wait(p.Jitter(period, 0.02))
	return !p.over && p.now < p.sim.end
}

// Jitter is d, off by at most the given share.
func (p *Proc) Jitter(d time.Duration, share float64) time.Duration {
	return d + time.Duration(float64(d)*share*(2*p.Rand.Float64()-1))
}

// Bytes is n random bytes of its own: nonces, identifiers, values that change.
func (p *Proc) Bytes(n int) []byte { return append([]byte(nil), p.Noise(n)...) }

// Noise is n random bytes that nobody may change, at most a few thousand: what
// is encrypted. It costs no memory.
func (p *Proc) Noise(n int) []byte {
	from := p.Rand.IntN(noiseSize - n)
	return p.sim.noise[from : from+n]
}
