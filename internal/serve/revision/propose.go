package revision

import (
	"context"
	"errors"
	"strconv"

	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/flat"
	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/propose"
	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/record"
	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// Proposal is a boundary made from what was recorded.
type Proposal struct {
	*propose.Proposal
	Site    string
	Version int64 // of the plant model that it adds to; 0 for none
	Changes []model.Difference
	Labels  map[string]string // of assets
}

// Propose drafts a boundary from what was recorded. It is kept for some seconds,
// as sums over the plant are.
func (d *Desk) Propose(ctx context.Context, site string) (*Proposal, error) {
	v, err := d.store.Model(ctx, site)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	made, err := d.store.Figure(ctx, "boundary proposal "+site+" "+itoa(v.Version), func(ctx context.Context) (any, error) {
		p, err := d.propose(ctx, site, &v)
		if err != nil {
			return nil, err
		}
		return p, nil
	})
	if err != nil {
		return nil, err
	}
	return made.(*Proposal), nil
}

func (d *Desk) propose(ctx context.Context, site string, v *store.ModelVersion) (*Proposal, error) {
	s, err := d.scene(ctx, site)
	if err != nil {
		return nil, err
	}
	now := d.o.Now()
	p, err := propose.Propose(&propose.Input{Site: site, Text: v.Text, Assets: s.assets, Talks: s.talks, Now: now})
	if err != nil {
		return nil, refuse(ErrConflict, "Nothing can be proposed: %v.", err)
	}
	out := &Proposal{Proposal: p, Site: site, Version: v.Version, Labels: make(map[string]string, len(s.assets))}
	for i := range s.assets {
		out.Labels[s.assets[i].ID] = s.assets[i].Label
	}
	was, _ := model.Parse(v.Text, now)
	if was == nil {
		was = &model.Model{Site: site}
	}
	if p.Model != nil {
		out.Changes = model.Diff(was, p.Model)
	}
	return out, nil
}

// Flatness says how flat a site's network is, and whether that is of what is in
// force.
func (d *Desk) Flatness(ctx context.Context, site string) (*flat.Flatness, bool, error) {
	x, err := d.present(ctx, site)
	if err != nil {
		return nil, false, err
	}
	in := &flat.Input{Model: x.Model, Draft: x.Policy, Assets: x.Assets, Talks: x.scene.talks, Now: d.o.Now()}
	r, err := d.Enforced(ctx, site)
	if err != nil {
		return nil, false, err
	}
	if r != nil {
		if in.Enforced, err = policy.Parse(r.Policy); err != nil {
			return nil, false, err
		}
		if in.Around, err = d.around(ctx, r); err != nil {
			return nil, false, err
		}
	}
	return flat.Measure(in), in.Enforced != nil, nil
}

// around are the conversations that went around what is in force: between their
// zones nothing holds.
func (d *Desk) around(ctx context.Context, r *store.Revision) ([]record.Talk, error) {
	x, err := d.revised(ctx, r)
	if err != nil {
		return nil, err
	}
	v, has := d.Boundary(ctx, r.Site)
	if !has || v.Status == nil || v.Status.Held() == nil {
		return nil, nil
	}
	seen, err := d.seenSince(ctx, x, v.Status.Held().At, v.Status.Grants)
	if err != nil {
		return nil, err
	}
	return seen.Around(d.o.Now()), nil
}
