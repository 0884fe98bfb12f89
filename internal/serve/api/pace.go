package api

import (
	"net/http"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/bulkhead-ot/bulkhead/internal/serve/account"
)

// pace bounds how many requests each source makes in a second. The table is
// bounded: when it is full, the one that asked longest ago goes, which by then
// has its burst back or nearly so.
type pace struct {
	mu    sync.Mutex
	by    map[string]*paced
	each  rate.Limit
	burst int
}

type paced struct {
	limiter *rate.Limiter
	last    time.Time
}

const maxPaced = 4096

func newPace(perSecond float64, burst int) *pace {
	return &pace{by: map[string]*paced{}, each: rate.Limit(perSecond), burst: burst}
}

// take reports how long a source must wait before its next request; 0 if it
// may be made now.
func (p *pace) take(key string, now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	x := p.by[key]
	if x == nil {
		if len(p.by) >= maxPaced {
			p.makeRoom()
		}
		x = &paced{limiter: rate.NewLimiter(p.each, p.burst)}
		p.by[key] = x
	}
	x.last = now
	r := x.limiter.ReserveN(now, 1)
	wait := r.DelayFrom(now)
	if wait > 0 {
		r.CancelAt(now)
	}
	return wait
}

func (p *pace) makeRoom() {
	oldest, last := "", time.Time{}
	for k, x := range p.by {
		if oldest == "" || x.last.Before(last) {
			oldest, last = k, x.last
		}
	}
	delete(p.by, oldest)
}

// paces are those of a server.
type paces struct {
	signIn *pace // by source: sign-in, links, enrolment
	nobody *pace // by source: the rest, without a session or token
	people *pace // by session or token
}

func newPaces(l Limits) paces {
	return paces{signIn: newPace(0.5, 20), nobody: newPace(20, 100), people: newPace(l.PerSecond, int(4*l.PerSecond))}
}

// paced refuses a request that comes too soon after others.
func (s *Server) paced(rule *rule, who *account.Identity, r *http.Request) error {
	now := s.opt.Now()
	from := subnet(remote(r))
	var wait time.Duration
	switch {
	case rule.signIn:
		wait = s.paces.signIn.take(from, now)
	case who == nil:
		wait = s.paces.nobody.take(from, now)
	default:
		wait = s.paces.people.take(who.Session+who.Token, now)
	}
	if wait > 0 {
		s.metrics.refused.WithLabelValues("rate").Inc()
		return &Refusal{Kind: ErrTooMany, Text: "Too many requests. Wait a moment.", After: wait}
	}
	return nil
}

// subnet is who is counted together: an address, in IPv6 its /64.
func subnet(a netip.Addr) string {
	if a.Is6() {
		if p, err := a.WithZone("").Prefix(64); err == nil {
			return p.String()
		}
	}
	return a.String()
}
