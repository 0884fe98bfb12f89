package revision

import (
	"context"
	"errors"

	"github.com/bulkhead-ot/bulkhead/internal/judge/assure"
	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
)

// Assured is what stands between the zones of a site, for the answer to "are we
// actually protected?". It is kept for some seconds, as sums over the plant are.
func (d *Desk) Assured(ctx context.Context, site string) (assure.Wall, error) {
	v, err := d.store.Figure(ctx, "boundary assured "+site, func(ctx context.Context) (any, error) {
		w, err := d.assured(ctx, site)
		if err != nil {
			return nil, err
		}
		return w, nil
	})
	if err != nil {
		return assure.Wall{}, err
	}
	return v.(assure.Wall), nil
}

func (d *Desk) assured(ctx context.Context, site string) (assure.Wall, error) {
	in := &assure.WallInput{Now: d.o.Now()}
	newest, err := d.store.Model(ctx, site)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return assure.Wall{}, err
	}
	if newest.Text != "" {
		in.Model, _ = model.Parse(newest.Text, in.Now)
	}
	r, err := d.Enforced(ctx, site)
	if err != nil || r == nil {
		return assure.WallOf(in), err
	}
	x, err := d.revised(ctx, r)
	if err != nil {
		return assure.Wall{}, err
	}
	proven, err := d.Proofs(ctx, site)
	if err != nil {
		return assure.Wall{}, err
	}
	in.Policy, in.Revision, in.Hash, in.Assets, in.Proofs = x.Policy, r.N, r.Hash, x.Assets, proven.Proofs
	if v, has := d.Boundary(ctx, site); has && v.Status != nil && v.Status.Held() != nil {
		in.Since, in.Enforcer = v.Status.Held().At, v.Status.Mode
	}
	return assure.WallOf(in), nil
}
