package sensor

import (
	"math"
	"time"
)

// pace says when a report is due: when time leaves the stretch that the last one
// began. It knows no clock; times are nanoseconds since 1970.
type pace struct {
	interval int64
	soon     bool  // the first interval is told in parts
	early    int64 // until when
	from, to int64
	begun    bool
}

const (
	soonParts = 6 // of an interval, in the first one
	// backFrames is how many frames a stretch has at least that is ended by a
	// clock going back: two clocks in one capture would else make a report for
	// each frame.
	backFrames = 10_000
)

func newPace(o *Options) pace {
	return pace{interval: int64(o.Interval), soon: o.Kind != Recorded}
}

// due reports whether time t is in another stretch than the present one, which
// has that many frames. Times up to an interval before it belong to it: frames
// of several interfaces come a little out of order.
func (p *pace) due(t int64, frames uint64) bool {
	if !p.begun {
		p.begun = true
		if p.soon {
			p.early = t + p.interval
		}
		p.begin(t)
		return false
	}
	return t >= p.to || t < p.from-p.interval && frames >= backFrames
}

// begin starts the stretch that t is in.
func (p *pace) begin(t int64) {
	step := p.interval
	if p.soon = p.soon && t < p.early; p.soon {
		step = max(step/soonParts, 1)
	}
	t = max(t, math.MinInt64+2*p.interval)
	p.from = t - ((t%step)+step)%step
	if p.to = p.from + step; p.to < p.from { // the last stretch there is
		p.to = math.MaxInt64
	}
}

// at is a time as reports name it.
func at(ns int64) time.Time { return time.Unix(0, ns).UTC() }
