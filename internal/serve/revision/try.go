package revision

import (
	"context"
	"errors"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/coverage"
	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/simulate"
	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/symbolic"
	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/verdict"
	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// Trying is what a draft would have done, and how it differs from what is in
// force.
type Trying struct {
	*Draft
	Result     *simulate.Result
	Coverage   *coverage.Coverage
	Enforced   int64                // 0 where nothing is in force: then everything passes
	Difference *symbolic.Difference // from what is in force to the draft
	ReadBack   *symbolic.Difference // from what was read back; nil where nothing was
	ReadBackAt time.Time
	Reports    []Report
	Says       []string // what the figures leave out
	Took       time.Duration
}

// Simulate tries a draft three ways: recorded conversations are replayed, all
// packets are compared with what is in force and with what was read back, and
// the boundary says what it stops or would stop.
func (d *Desk) Simulate(ctx context.Context, x *Draft) (*Trying, error) {
	began := time.Now() // what it took is no time of the plant's
	t := &Trying{Draft: x}
	var err error
	if t.Result, err = d.replay(ctx, x); err != nil {
		return nil, err
	}
	if x.scene.leftOut > 0 {
		t.Says = append(t.Says, "There are more recorded conversations than can be replayed at once; some are left out.")
	}
	t.Coverage = cover(x, d.o.Now())
	before, n, err := d.inForce(ctx, x.Site)
	if err != nil {
		return nil, err
	}
	t.Enforced = n
	if t.Difference, err = compare(before, source(x), x, d.o.Now()); err != nil {
		return nil, err
	}
	if err := d.againstReadBack(ctx, t); err != nil {
		return nil, err
	}
	if d.enforces(x.Site) {
		if t.Reports, err = d.o.Wall.Reports(ctx); err != nil {
			t.Says = append(t.Says, "The boundary does not answer: what it stopped or would have stopped is not known.")
		}
	}
	t.Took = time.Since(began)
	return t, nil
}

// replay replays what was recorded against a draft.
func (d *Desk) replay(ctx context.Context, x *Draft) (*simulate.Result, error) {
	now := d.o.Now()
	kept, err := d.store.Marks(ctx, x.Site)
	if err != nil {
		return nil, err
	}
	in := simulate.Input{Policy: x.Policy, Table: verdict.New(x.Policy, now), Model: x.Model, Assets: x.Assets, Now: now}
	for i := range kept {
		m := &kept[i]
		in.Marks = append(in.Marks, simulate.Mark{Row: m.Kind, Says: simulate.Decision(m.Says), Until: m.Until, By: m.By.Name, Reason: m.Reason})
	}
	r := simulate.New(in)
	for i := range x.scene.talks {
		r.Add(&x.scene.talks[i])
	}
	return r.Result(), nil
}

// cover counts how much of the plant's life was recorded.
func cover(x *Draft, now time.Time) *coverage.Coverage {
	return coverage.Measure(&coverage.Input{Model: x.Model, Watched: x.scene.watched, Changes: x.scene.changes, Talks: x.scene.talks, Now: now})
}

// Coverage counts it for the newest plant model, or without one.
func (d *Desk) Coverage(ctx context.Context, site string) (*coverage.Coverage, error) {
	x, err := d.present(ctx, site)
	if err != nil {
		return nil, err
	}
	return cover(x, d.o.Now()), nil
}

// present is the newest plant model as a draft; where there is none, or one that
// makes no policy, it is what was recorded without one: Policy and Model are nil
// then.
func (d *Desk) present(ctx context.Context, site string) (*Draft, error) {
	x, err := d.Draft(ctx, site, "")
	var wrong *TextError
	if errors.Is(err, ErrNotFound) || errors.Is(err, ErrInvalid) || errors.As(err, &wrong) {
		s, err := d.scene(ctx, site)
		if err != nil {
			return nil, err
		}
		return &Draft{Site: site, Assets: s.assets, scene: s}, nil
	}
	return x, err
}

// source names a draft for sentences.
func source(x *Draft) symbolic.Source {
	name := "the draft"
	if x.Revision > 0 {
		name = revisionName(x.Revision)
	}
	return symbolic.Source{Name: name, Policy: x.Policy}
}

func revisionName(n int64) string { return "revision " + itoa(n) }

// open is a network without a boundary: everything passes.
func open() symbolic.Source {
	return symbolic.Source{Name: "no boundary", Rules: &policy.RuleSet{Default: true}}
}

// inForce is what a site's boundary holds, as far as that is known, and its
// number; 0 where nothing is in force.
func (d *Desk) inForce(ctx context.Context, site string) (symbolic.Source, int64, error) {
	r, err := d.Enforced(ctx, site)
	if err != nil || r == nil {
		return open(), 0, err
	}
	p, err := policy.Parse(r.Policy)
	if err != nil {
		return open(), 0, err
	}
	return symbolic.Source{Name: revisionName(r.N), Policy: p}, r.N, nil
}

// Enforced is the revision that a site's boundary holds, nil for none. One that
// does not answer holds what it held last.
func (d *Desk) Enforced(ctx context.Context, site string) (*store.Revision, error) {
	v, has := d.Boundary(ctx, site)
	if !has || v.Status == nil || v.Status.Held() == nil {
		return nil, nil
	}
	h := v.Status.Held()
	r, err := d.store.Revision(ctx, site, h.N)
	if errors.Is(err, store.ErrNotFound) || err == nil && r.Hash != h.Hash {
		d.o.Log.Warn("the boundary holds a policy that is no revision of its site", "site", site, "revision", h.N, "hash", h.Hash)
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &r, nil
}

// maxRegions bounds the differences that an answer has.
const maxRegions = 200

// compare says what the second source does otherwise, with examples of machines
// that there are.
func compare(before, after symbolic.Source, x *Draft, now time.Time) (*symbolic.Difference, error) {
	diff, err := symbolic.Compare(before, after, symbolic.Options{Now: now, Names: x.Policy, Hosts: x.hosts(), Regions: maxRegions})
	if err != nil {
		return nil, refuse(ErrInvalid, "The two cannot be compared: %v.", err)
	}
	return diff, nil
}

// readBack is what was read back from a boundary, as it is kept.
type readBack struct {
	N           int64          `json:"n"` // the revision that should be in force
	Hash        string         `json:"hash"`
	Policy      *policy.Policy `json:"policy"`
	Problem     string         `json:"problem"`
	Differences []string       `json:"differences"`
	Unknown     []string       `json:"unknown"`
}

// Kinds of looks.
const (
	lookReadBack = "readback"
	lookCanary   = "canary"
	lookIsland   = "island"
)

func (d *Desk) againstReadBack(ctx context.Context, t *Trying) error {
	var r readBack
	at, err := d.store.Look(ctx, t.Site, lookReadBack, &r)
	if errors.Is(err, store.ErrNotFound) || err == nil && r.Policy == nil {
		return nil
	}
	if err != nil {
		return err
	}
	t.ReadBackAt = at
	t.ReadBack, err = compare(symbolic.Source{Name: "what was read back", Policy: r.Policy}, source(t.Draft), t.Draft, d.o.Now())
	return err
}
