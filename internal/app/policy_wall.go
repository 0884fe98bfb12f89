package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/bulkhead-ot/bulkhead/internal/app/wall"
	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/proof"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
	"github.com/bulkhead-ot/bulkhead/internal/serve/revision"
)

// wallOf is the boundary on this machine as a desk asks it.
type wallOf struct {
	client *wall.Client

	mu      sync.Mutex
	epoch   string
	next    uint64
	reports []revision.Report // the newest last
}

// maxReports bounds what the hub remembers of what a boundary stopped.
const maxReports = 2000

// wallError says what a boundary refused in its own words.
func wallError(err error) error {
	for _, k := range []struct{ of, kind error }{
		{wall.ErrAway, revision.ErrAway},
		{wall.ErrInvalid, revision.ErrInvalid},
		{wall.ErrNotFound, revision.ErrNotFound},
		{wall.ErrConflict, revision.ErrConflict},
		{wall.ErrSignature, revision.ErrConflict},
	} {
		if errors.Is(err, k.of) {
			return &revision.Refusal{Kind: k.kind, Text: sentence(err.Error())}
		}
	}
	return err
}

// sentence makes an error's text one for people.
func sentence(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:] + "."
}

// Status is what holds now.
func (w *wallOf) Status(ctx context.Context) (*revision.Status, error) {
	s, err := w.client.Status(ctx)
	if err != nil {
		return nil, wallError(err)
	}
	out := &revision.Status{Mode: s.Mode, Problems: s.Problems, Started: s.Started}
	if s.Opened != nil {
		out.Opened = fmt.Sprintf("%s opened it in an emergency: %s. Everything passes until it is closed again (bulkhead boundary close).", s.Opened.By, s.Opened.Reason)
	}
	if s.Confirmed != nil {
		h := heldOf(s.Confirmed)
		out.Confirmed = &h
	}
	if s.Pending != nil {
		out.Pending = trialOf(s.Pending)
	}
	if o := s.Last; o != nil {
		out.Last = &revision.Ended{Held: heldOf(&o.Revision), ID: o.ID, Confirmed: o.What == wall.Confirmed, Ended: o.Ended, By: o.Ender, Why: sentence(o.Why)}
		if out.Last.Confirmed { // one that went back may have been confirmed all the same
			out.Last.By = cmp.Or(o.ConfirmedBy, o.Ender)
		}
	}
	for i := range s.Grants {
		out.Grants = append(out.Grants, s.Grants[i].Grant)
	}
	for i := range s.Containments {
		out.Contained = append(out.Contained, s.Containments[i].ID)
	}
	for _, c := range s.Conduits {
		out.Conduits = append(out.Conduits, revision.Counter{Conduit: c.Conduit, Packets: c.Packets})
	}
	return out, nil
}

func heldOf(r *wall.Revision) revision.Held {
	return revision.Held{N: r.Number, Hash: r.Hash, At: r.At, By: r.By, Reason: r.Reason, Forced: r.Forced}
}

func trialOf(p *wall.Pending) *revision.Trial {
	t := &revision.Trial{Held: heldOf(&p.Revision), ID: p.ID, Until: p.Until, Confirmed: p.Confirmed, ConfirmedBy: p.ConfirmedBy, Guarded: p.Guarded}
	for i := range p.Seen {
		x := &p.Seen[i]
		t.Seen = append(t.Seen, revision.Seen{Critical: x.Critical, Last: x.Last, OK: x.OK})
	}
	return t
}

// Apply puts a revision in force on trial.
func (w *wallOf) Apply(ctx context.Context, o *revision.Order) (*revision.Trial, error) {
	p, err := w.client.Apply(ctx, &wall.ApplyRequest{Number: o.N, Policy: o.Policy, Signature: o.Signature, Critical: o.Critical, Within: o.Within, Force: o.Force, Reason: o.Reason, By: o.By})
	if err != nil {
		return nil, wallError(err)
	}
	return trialOf(p), nil
}

// Confirm says that the plant is well.
func (w *wallOf) Confirm(ctx context.Context, by string) error {
	_, err := w.client.Confirm(ctx, wall.EndRequest{By: by})
	return wallError(err)
}

// Rollback takes a trial back.
func (w *wallOf) Rollback(ctx context.Context, by, reason string) error {
	_, err := w.client.Rollback(ctx, wall.EndRequest{By: by, Reason: reason})
	return wallError(err)
}

// Contain stops what a containment names.
func (w *wallOf) Contain(ctx context.Context, c policy.Containment) error {
	_, err := w.client.Contain(ctx, c)
	return wallError(err)
}

// Release ends a containment.
func (w *wallOf) Release(ctx context.Context, id, by, reason string) error {
	return wallError(w.client.Release(ctx, id, wall.EndRequest{By: by, Reason: reason}))
}

// ReadBack reads what the kernel has.
func (w *wallOf) ReadBack(ctx context.Context) (*policy.Policy, error) {
	r, err := w.client.ReadBack(ctx)
	if err != nil {
		return nil, wallError(err)
	}
	if r.Policy == nil {
		return nil, &revision.Refusal{Kind: revision.ErrConflict, Text: "What the kernel has is no policy: " + r.Says}
	}
	return r.Policy, nil
}

// Probe sends a canary.
func (w *wallOf) Probe(ctx context.Context) (*proof.Probe, error) {
	r, err := w.client.Probe(ctx)
	if err != nil {
		return nil, wallError(err)
	}
	p := &proof.Probe{At: r.At, From: r.From, To: r.To, Counted: r.Denied}
	switch r.What {
	case wall.Stopped:
		p.Sent = 1
	case wall.Arrived:
		p.Sent, p.Arrived = 1, 1
	default:
		p.Problem = r.Says
	}
	if r.Control {
		p.Control = 1
	}
	return p, nil
}

// Reports are what was stopped or would have been, the newest first: those that
// are new are asked for, the others remembered.
func (w *wallOf) Reports(ctx context.Context) ([]revision.Report, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for {
		r, err := w.client.Denials(ctx, w.epoch, w.next)
		if err != nil {
			return nil, wallError(err)
		}
		if r.Epoch != w.epoch {
			w.reports = nil
		}
		w.epoch, w.next = r.Epoch, r.Next
		for i := range r.Reports {
			w.reports = append(w.reports, reportOf(&r.Reports[i]))
		}
		if n := len(w.reports) - maxReports; n > 0 {
			w.reports = slices.Delete(w.reports, 0, n)
		}
		if len(r.Reports) == 0 {
			break
		}
	}
	all := slices.Clone(w.reports)
	slices.Reverse(all)
	return all, nil
}

func reportOf(r *wall.Report) revision.Report {
	out := revision.Report{
		Packet: policy.Packet{Src: r.Src, Dst: r.Dst, Proto: r.Proto, SrcPort: r.SrcPort, DstPort: r.DstPort},
		Kind:   r.Kind, Ethernet: r.EtherType, SrcMAC: r.SrcMAC, In: r.In, Operation: strings.TrimSpace(strings.Join([]string{r.Protocol, r.Operation, r.Object}, " ")), Why: r.Why, Count: r.Count, First: r.First, Last: r.Last,
	}
	return out
}
