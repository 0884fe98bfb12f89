package revision

import (
	"context"
	"errors"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/proof"
	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/record"
	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/symbolic"
	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/verdict"
	"github.com/bulkhead-ot/bulkhead/internal/keep/history"
	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// Proven are the four proofs of what is in force.
type Proven struct {
	Revision int64 // 0 while nothing is in force
	Proofs   []proof.Proof
}

// Proofs says whether the wall of a site stands, by what was looked at last.
func (d *Desk) Proofs(ctx context.Context, site string) (*Proven, error) {
	in := &proof.Input{Now: d.o.Now()}
	r, err := d.Enforced(ctx, site)
	if err != nil {
		return nil, err
	}
	if r == nil {
		return &Proven{Proofs: proof.Prove(in)}, nil
	}
	x, err := d.revised(ctx, r)
	if err != nil {
		return nil, err
	}
	v, _ := d.Boundary(ctx, site)
	h := v.Status.Held()
	in.Signed = &proof.Signed{Revision: r.N, Hash: r.Hash, Applied: h.At, By: h.By}
	in.Model, in.Observed, in.Watched = x.Model, x.scene.observed, x.scene.since()
	if in.Read, err = d.lookedAt(ctx, site, r.N); err != nil {
		return nil, err
	}
	var probe proof.Probe
	if _, err := d.store.Look(ctx, site, lookCanary, &probe); err == nil {
		in.Probe = &probe
	} else if !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	if in.Seen, err = d.seenSince(ctx, x, h.At, v.Status.Grants); err != nil {
		return nil, err
	}
	in.Uses = d.uses(x, v.Status, h.At)
	return &Proven{Revision: r.N, Proofs: proof.Prove(in)}, nil
}

// lookedAt is what was read back last, nil if that was of another revision.
func (d *Desk) lookedAt(ctx context.Context, site string, n int64) (*proof.Read, error) {
	var r readBack
	at, err := d.store.Look(ctx, site, lookReadBack, &r)
	if errors.Is(err, store.ErrNotFound) || err == nil && r.N != n {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &proof.Read{At: at, Hash: r.Hash, Problem: r.Problem, Differences: r.Differences, Unknown: r.Unknown}, nil
}

// Prove reads back what the boundary holds and has it send a canary, then says
// how the proofs stand.
func (d *Desk) Prove(ctx context.Context, site string) (*Proven, error) {
	if err := d.must(site); err != nil {
		return nil, err
	}
	v, _ := d.Boundary(ctx, site)
	if !v.Since.IsZero() {
		return nil, away(v)
	}
	r, err := d.Enforced(ctx, site)
	if err != nil {
		return nil, err
	}
	if r == nil {
		return nil, refuse(ErrConflict, "Nothing is in force that could be proven: apply a revision first.")
	}
	if err := d.readBack(ctx, r); err != nil {
		return nil, err
	}
	probe, err := d.o.Wall.Probe(ctx)
	if err != nil {
		return nil, err
	}
	if err := d.store.PutLook(ctx, site, lookCanary, d.o.Now(), probe); err != nil {
		return nil, err
	}
	d.o.Changed(site)
	return d.Proofs(ctx, site)
}

// readBack compares what the kernel has with the revision that should be there.
func (d *Desk) readBack(ctx context.Context, r *store.Revision) error {
	look := readBack{N: r.N}
	p, err := d.o.Wall.ReadBack(ctx)
	if err != nil {
		look.Problem = err.Error()
		return d.store.PutLook(ctx, r.Site, lookReadBack, d.o.Now(), look)
	}
	look.Policy, look.Hash = p, p.Hash()
	x, err := d.revised(ctx, r)
	if err != nil {
		return err
	}
	diff, err := compare(source(x), symbolic.Source{Name: "what was read back", Policy: p}, x, d.o.Now())
	if err != nil {
		look.Problem = err.Error()
		return d.store.PutLook(ctx, r.Site, lookReadBack, d.o.Now(), look)
	}
	for i := range diff.Regions {
		if g := &diff.Regions[i]; g.Change == symbolic.Unknown {
			look.Unknown = append(look.Unknown, g.Says)
		} else {
			look.Differences = append(look.Differences, g.Says)
		}
	}
	return d.store.PutLook(ctx, r.Site, lookReadBack, d.o.Now(), look)
}

// seenSince is what was observed since a policy was applied. A conversation that
// began before counts by what was seen of it since: which it was, the rows by
// the minute and the history say. Only those that the policy stops are looked up
// there.
func (d *Desk) seenSince(ctx context.Context, x *Draft, applied time.Time, grants []policy.Grant) (*proof.Seen, error) {
	now := d.o.Now()
	table := verdict.New(x.Policy, now)
	s := &proof.Seen{Policy: x.Policy, Table: table, Assets: x.Assets, From: applied, To: x.scene.observed, Grants: grants, Sensors: x.scene.sensors}
	older := map[paceKey]record.Talk{}
	for i := range x.scene.talks {
		t := x.scene.talks[i]
		if t.Last.Before(applied) || t.Local() {
			continue
		}
		v := table.Judge(policy.Packet{Src: t.From.IP.Unmap().WithZone(""), Dst: t.To.IP.Unmap().WithZone(""), Proto: t.Proto(), DstPort: t.Port})
		if t.First.Before(applied) && v.Action == policy.Deny {
			older[paceKey{t.From, t.To, t.Transport, t.Port}] = t
			continue
		}
		s.Talks = append(s.Talks, t)
	}
	if len(older) == 0 {
		return s, nil
	}
	again, err := d.again(ctx, x.Site, applied, older)
	for _, t := range again {
		s.Talks = append(s.Talks, *t)
	}
	return s, err
}

// again is what was seen of conversations from a time on. A row of the history
// that began before it is left out: it would tell of before.
func (d *Desk) again(ctx context.Context, site string, from time.Time, of map[paceKey]record.Talk) (map[paceKey]*record.Talk, error) {
	out := map[paceKey]*record.Talk{}
	add := func(c *plant.Conversation) {
		k := paceKey{c.Client, c.Server, c.Transport, c.Port}
		t, ok := of[k]
		if !ok || c.First.Before(from) {
			return
		}
		s := out[k]
		if s == nil {
			t.First, t.Last, t.Count, t.Answered = c.First, c.Last, 0, false
			s = &t
			out[k] = s
		}
		s.Count += max(c.Flows, 1)
		s.Answered = s.Answered || c.Answered
		if c.First.Before(s.First) {
			s.First = c.First
		}
		if c.Last.After(s.Last) {
			s.Last = c.Last
		}
	}
	if d.o.Archive != nil {
		segments, err := d.store.Segments(ctx, store.SegmentFilter{Site: site, Kind: plant.SegmentConversations, From: from, To: d.o.Now()})
		if err != nil {
			return nil, err
		}
		if err := d.o.Archive.Conversations(ctx, segments, history.Query{Site: site, From: from}, func(c *history.Conversation) bool {
			add(&c.Conversation)
			return ctx.Err() == nil
		}); err != nil {
			return nil, err
		}
	}
	return out, d.store.ConversationsBetween(ctx, site, from, d.o.Now(), func(_ string, c *plant.Conversation) error {
		add(c)
		return nil
	})
}

// uses are when conduits were used last, by what was recorded and by the
// boundary's counters.
func (d *Desk) uses(x *Draft, s *Status, applied time.Time) []proof.Use {
	table := verdict.New(x.Policy, d.o.Now())
	all := make([]proof.Use, len(x.Policy.Conduits))
	for i := range all {
		all[i] = proof.Use{Conduit: x.Policy.Conduits[i].ID, Since: applied}
		if since := x.scene.since(); !since.IsZero() && since.Before(applied) {
			all[i].Since = since
		}
	}
	for i := range x.scene.talks {
		t := &x.scene.talks[i]
		if t.Local() || !t.Answered {
			continue
		}
		v := table.Judge(policy.Packet{Src: t.From.IP.Unmap().WithZone(""), Dst: t.To.IP.Unmap().WithZone(""), Proto: t.Proto(), DstPort: t.Port})
		if v.Conduit >= 0 && t.Last.After(all[v.Conduit].Last) {
			all[v.Conduit].Last = t.Last
		}
	}
	for _, c := range s.Conduits {
		for i := range all {
			if all[i].Conduit == c.Conduit {
				all[i].Packets = c.Packets
			}
		}
	}
	return all
}
