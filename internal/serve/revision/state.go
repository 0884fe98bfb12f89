package revision

import (
	"context"
	"errors"

	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/compile"
	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/symbolic"
	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// State is how the boundary of a site stands.
type State struct {
	Version int64 // of the plant model; 0 for none
	Stage   model.Stage
	Notes   []compile.Note
	Newest  *store.Revision // nil for none; without text and policy
	Edited  bool            // the plant model would make another policy than Newest
	Changes []string        // in which they differ
	Has     bool            // there is a boundary
	View    View
}

// State says how the boundary of a site stands.
func (d *Desk) State(ctx context.Context, site string) (*State, error) {
	s := &State{Stage: model.StageObserve}
	x, err := d.present(ctx, site)
	if err != nil {
		return nil, err
	}
	if x.Policy != nil {
		s.Version, s.Stage, s.Notes = x.Version, x.Policy.Rest, x.Notes
	}
	r, err := d.store.Revision(ctx, site, 0)
	switch {
	case err == nil:
		s.Newest = &r
		s.edited(&r, x)
	case !errors.Is(err, store.ErrNotFound):
		return nil, err
	}
	s.View, s.Has = d.Boundary(ctx, site)
	return s, d.Follow(ctx, site)
}

// edited says in what the plant model differs from a revision. Machines that
// came since make another policy of the same text.
func (s *State) edited(r *store.Revision, x *Draft) {
	if x.Policy == nil || x.Hash == r.Hash {
		return
	}
	s.Edited = true
	was, _ := model.Parse(r.Text, x.scene.made)
	if was == nil {
		return
	}
	for _, c := range model.Diff(was, x.Model) {
		if len(s.Changes) < maxSentences {
			s.Changes = append(s.Changes, c.Says)
		}
	}
	if len(s.Changes) == 0 {
		s.Changes = []string{"Machines or services that were seen since would be in it, or something has expired: the text is the same."}
	}
}

// Head is the newest revision of a site without its text, and what was applied
// last; nil for none.
func (d *Desk) Head(ctx context.Context, site string) (*store.Revision, *store.Application, error) {
	var head *store.Revision
	r, err := d.store.RevisionHead(ctx, site, 0)
	switch {
	case err == nil:
		head = &r
	case !errors.Is(err, store.ErrNotFound):
		return nil, nil, err
	}
	l, err := d.store.Applications(ctx, site, store.Page{Limit: 1})
	if err != nil || len(l.Items) == 0 {
		return head, nil, err
	}
	return head, &l.Items[0], nil
}

// Revisions lists those of a site, the newest first.
func (d *Desk) Revisions(ctx context.Context, site string, p store.Page) (store.List[store.Revision], error) {
	return d.store.Revisions(ctx, site, p)
}

// Revision is one revision, and which packets it judges otherwise than the one
// before.
func (d *Desk) Revision(ctx context.Context, site string, n int64) (*store.Revision, *symbolic.Difference, error) {
	r, err := d.store.Revision(ctx, site, n)
	if err != nil {
		return nil, nil, found(err, "Site %s has no revision %d.", site, n)
	}
	x, err := d.revised(ctx, &r)
	if err != nil {
		return nil, nil, err
	}
	before := open()
	if r.Parent > 0 {
		parent, err := d.store.Revision(ctx, site, r.Parent)
		if err != nil {
			return nil, nil, err
		}
		p, err := policy.Parse(parent.Policy)
		if err != nil {
			return nil, nil, err
		}
		before = symbolic.Source{Name: revisionName(parent.N), Policy: p}
	}
	diff, err := compare(before, source(x), x, d.o.Now())
	return &r, diff, err
}
