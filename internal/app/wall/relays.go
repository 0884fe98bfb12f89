package wall

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/act/relay"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// Relays read the messages of conduits that do not allow everything.
type Relays interface {
	// SetPolicy says what may be asked, for connections that stand too.
	SetPolicy(*policy.Policy)
	// Serve works until ctx ends.
	Serve(ctx context.Context) error
	// Problem says what a person should know, "" if nothing.
	Problem() string
}

// relay runs the relays until the server ends.
func (s *Server) relay() {
	err := s.relays.Serve(s.done)
	if s.done.Err() != nil {
		return
	}
	// Transparent sockets do not come by themselves: a restart tries again.
	s.mu.Lock()
	defer s.mu.Unlock()
	s.problem("relay", fmt.Sprintf("conduits that need a relay let nothing pass: %v", err))
}

// setRelays tells the relays what holds.
func (s *Server) setRelays(p *policy.Policy) {
	if s.relays != nil {
		s.relays.SetPolicy(p)
	}
}

// messages are relays of package relay.
type messages struct{ *relay.Relay }

// NewRelays makes the relays that listen at ports.
func NewRelays(ports map[string]uint16, log *slog.Logger) func(report func(...Report)) Relays {
	return func(report func(...Report)) Relays {
		return messages{relay.New(relay.Config{
			Ports: ports, Mark: policy.MarkRelayOut, Log: log,
			Report: func(list []relay.Decision) { report(decisions(list)...) },
		})}
	}
}

// SetPolicy says what may be asked.
func (m messages) SetPolicy(p *policy.Policy) { m.Relay.SetPolicy(relay.FromPolicy(p, time.Now)) }

// Problem says when there are too many connections.
func (m messages) Problem() string {
	if n := m.Status().Crowded; n > 0 {
		return fmt.Sprintf("%d connections to relays were turned away: too many at a time", n)
	}
	return ""
}

// decisions are those that refused something, or would have.
func decisions(list []relay.Decision) []Report {
	var all []Report
	for i := range list {
		d := &list[i]
		if d.Refused == 0 && !d.Shadow {
			continue
		}
		r := Report{
			Kind: KindRefused, First: d.First, Last: d.Last, Count: d.Refused,
			Src: d.Requester.IP, Dst: d.Responder.IP, Proto: policy.TCP, DstPort: d.Port,
			Protocol: d.Verb.Protocol, Operation: d.Verb.Name, Object: d.Object, Why: d.Why,
		}
		if d.Shadow {
			r.Kind, r.Count = KindShadow, d.Requests
		}
		all = append(all, r)
	}
	return all
}
