package wall

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// Injector sends a packet through the wall from an interface of the box's own on
// one side to one of its own on the other.
type Injector interface {
	// Open makes the two interfaces. Nothing but from and to is led to them.
	Open(from, to netip.Addr) (Injection, error)
}

// Injection is a pair of interfaces that stands while a probe lasts.
type Injection interface {
	// SYN sends the first packet of a connection and reports whether it arrived
	// within a time.
	SYN(ctx context.Context, srcPort, dstPort uint16, within time.Duration) (bool, error)
	Close() error
}

// How long a probe waits: for a packet to arrive, which takes microseconds
// within one machine, and for the kernel's report of what it stopped, which are
// added up second by second.
const (
	arrivesWithin = 500 * time.Millisecond
	reportsWithin = 4 * time.Second
)

// Probe sends a SYN that the wall must stop, and then another that a grant lets
// through: only if that one arrives does the first prove anything.
func (s *Server) Probe(ctx context.Context) (*ProbeResult, error) {
	s.probing.Lock()
	defer s.probing.Unlock()
	r := &ProbeResult{At: time.Now(), What: Unknown, From: s.c.Canary.From, To: s.c.Canary.To, Port: s.c.Canary.Port}
	if err := s.probe(ctx, r); err != nil {
		if ctx.Err() != nil {
			return nil, fmt.Errorf("probe: %w", ctx.Err())
		}
		r.Says = err.Error()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.canary = r
	text := ""
	if r.What == Arrived {
		text = "the canary probe came through: " + r.Says
	}
	s.problem("canary", text)
	s.c.Log.Info("probed", "what", r.What, "says", r.Says)
	return r, nil
}

// probe fills in r; an error says why nothing can be said.
func (s *Server) probe(ctx context.Context, r *ProbeResult) error {
	if err := s.mayProbe(r); err != nil {
		return err
	}
	x, err := s.c.Inject.Open(r.From, r.To)
	if err != nil {
		return fmt.Errorf("the probe's interfaces cannot be made: %w", err)
	}
	defer x.Close()
	before := s.reports.number()
	port := uint16(49152 + rand.IntN(8192))
	arrived, err := x.SYN(ctx, port, r.Port, arrivesWithin)
	if err != nil {
		return fmt.Errorf("the probe cannot be sent: %w", err)
	}
	if arrived {
		r.What = Arrived
		r.Says = fmt.Sprintf("a connection from %s to %s was let through although the policy in force denies it", r.From, netip.AddrPortFrom(r.To, r.Port))
		return nil
	}
	if r.Control, err = s.control(ctx, x, r); err != nil {
		return err
	}
	r.Denied = s.reports.has(ctx, before, r, reportsWithin)
	switch {
	case !r.Control:
		return errors.New("one that was granted did not arrive either: the probe's way through the box does not work, so that it proves nothing")
	case !r.Denied:
		return errors.New("it did not arrive, and the kernel has not reported that it stopped it")
	}
	r.What = Stopped
	r.Says = "it was stopped and reported; one that was granted arrived"
	return nil
}

// mayProbe says why a probe would prove nothing.
func (s *Server) mayProbe(r *ProbeResult) error {
	if !r.From.IsValid() {
		return errors.New("no canary addresses are configured (boundary: canary)")
	}
	if s.c.Inject == nil {
		return errors.New("this box cannot send a probe: it needs a router or a proxy-arp box")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.should()
	v := p.Judge(&policy.Packet{Src: r.From, Dst: r.To, Proto: policy.TCP, SrcPort: 49152, DstPort: r.Port}, time.Now())
	if v.Action != policy.Deny {
		return fmt.Errorf("the policy in force does not deny it: from %s (zone %q) to %s (zone %q) it says %s", r.From, p.Zones[v.From].ID, r.To, p.Zones[v.To].ID, v.Action)
	}
	return nil
}

// control sends a SYN that a grant lets through. The grant is for the canary's
// own addresses, which no machine has, and ends by itself.
func (s *Server) control(ctx context.Context, x Injection, r *ProbeResult) (bool, error) {
	g := policy.Grant{
		ID: "canary-" + newID(), Src: r.From, Dst: r.To, Proto: policy.TCP, Port: r.Port,
		Until: time.Now().Add(5 * time.Second), Why: "canary probe", Approved: []string{"boundary"},
	}
	s.mu.Lock()
	err := s.kernel.Grant(g)
	s.mu.Unlock()
	if err != nil {
		return false, fmt.Errorf("the probe's grant: %w", err)
	}
	arrived, err := x.SYN(ctx, uint16(57344+rand.IntN(8192)), r.Port, arrivesWithin)
	s.mu.Lock()
	revoked := s.kernel.Revoke(g.ID)
	s.mu.Unlock()
	return arrived, errors.Join(err, revoked)
}

// number is that of the next report.
func (x *reports) number() uint64 {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.next
}

// has waits for a report of a stopped probe.
func (x *reports) has(ctx context.Context, from uint64, r *ProbeResult, within time.Duration) bool {
	end := time.Now().Add(within)
	for {
		a := x.since(x.epoch, from)
		for i := range a.Reports {
			if d := &a.Reports[i]; d.Kind == KindDenied && d.Src == r.From && d.Dst == r.To && d.DstPort == r.Port {
				return true
			}
		}
		if from = a.Next; len(a.Reports) == maxReports {
			continue
		}
		if time.Now().After(end) || ctx.Err() != nil {
			return false
		}
		time.Sleep(50 * time.Millisecond)
	}
}
