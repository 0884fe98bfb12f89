package lab

import (
	"strings"
	"time"
)

// settling is how long it takes until all that is always going on goes on.
const settling = 4 * time.Second

// retry is how long a machine waits before it tries again to reach one that
// stopped answering.
const retry = 20 * time.Second

// live is the whole life of a talk: when it happens, and how often.
func (s *scene) live() {
	t := s.talk
	switch {
	case t.When != "":
		s.inHours(s.world.hours[t.When])
	case len(t.On) > 0:
		if t.After > 0 {
			s.Wait(s.settled(t.After))
			s.act(Endless)
		}
		s.onMoments()
	case t.Event:
		s.Wait(s.world.stage + time.Duration(t.At*float64(s.world.length)) + t.After - s.Now())
		s.act(Endless)
	default:
		s.Wait(s.settled(t.After))
		s.act(Endless)
	}
}

// settled is some time in the first seconds, and then after.
func (s *scene) settled(after time.Duration) time.Duration {
	return after + time.Duration(s.Rand.Float64()*float64(settling))
}

// inHours acts while people are there. Those who are there when the simulation
// begins have just come; the others come a little late.
func (s *scene) inHours(h hours) {
	late := s.settled(s.talk.After)
	for !s.Over() {
		open, change := h.at(s.clock())
		end := change.Sub(s.world.start)
		if open && s.Now()+late < end {
			s.Wait(late)
			s.act(end - time.Duration(s.Rand.Float64()*float64(time.Minute)))
		}
		s.Wait(end - s.Now())
		late = s.from.lateness + s.settled(s.talk.After)
	}
}

// onMoments acts whenever one of the moments comes.
func (s *scene) onMoments() {
	for !s.Over() {
		now := s.clock()
		next := s.talk.On[0].after(now)
		for _, m := range s.talk.On[1:] {
			if at := m.after(now); at.Before(next) {
				next = at
			}
		}
		s.Wait(next.Sub(now))
		begin := s.Now()
		s.Wait(s.settled(0))
		s.act(begin + max(s.talk.For, time.Minute))
	}
}

// act does the deed, and again when the other side was lost or the own machine
// was down.
func (s *scene) act(until time.Duration) {
	if s.talk.For > 0 {
		until = min(until, s.Now()+s.talk.For)
	}
	s.until = until
	if strings.HasPrefix(s.talk.Do, "power-") {
		deeds[s.talk.Do](s) // what happens to the machine, and is not done by it
		return
	}
	for !s.Over() && s.Now() < until {
		if !s.from.Down {
			s.conn, s.gone = nil, false
			deeds[s.talk.Do](s)
			if !s.lost() && !s.from.Down {
				break
			}
		}
		s.Wait(s.Jitter(retry, 0.2))
	}
	if s.conn != nil && s.until < Endless {
		s.conn.Close()
	}
}
