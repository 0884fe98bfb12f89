package hub

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/judge/inventory"
	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/serve/api"
)

// Curate takes what people decide about assets. It is what the API calls its
// Curator.
type Curate struct{ hub *Hub }

// Curator takes decisions for the sites of this hub.
func (h *Hub) Curator() *Curate { return &Curate{h} }

func refuse(kind error, format string, args ...any) error {
	return &api.Refusal{Kind: kind, Text: fmt.Sprintf(format, args...)}
}

// Merge says that assets are one machine; the first keeps its identifier.
func (c *Curate) Merge(ctx context.Context, assets []string, reason string, by store.Person) (store.Decision, error) {
	found, err := c.assets(ctx, assets)
	if err != nil {
		return store.Decision{}, err
	}
	d := c.decision(store.DecisionMerge, found, reason, by)
	s := c.hub.site(d.Site)
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range found {
		n, err := s.number(&found[i])
		if err != nil {
			return d.Decision, err
		}
		ends, err := s.builder.Anchors(n)
		if err == nil && len(ends) == 0 {
			return d.Decision, refuse(api.ErrConflict, "%s is known only by what it forwards for others: there is no address of its own to hold on to.", found[i].Label)
		}
		d.add(s.coreFirst(ends), i)
		if err != nil || len(d.Endpoints) > inventory.MaxTaken {
			return d.Decision, refuse(api.ErrTooLarge, "These assets have more than %d interfaces together, which is more than one decision can name.", inventory.MaxTaken)
		}
	}
	return c.keep(ctx, s, &d.Decision)
}

// Split says that some endpoints of an asset are a machine of their own; what
// is left keeps the identifier.
func (c *Curate) Split(ctx context.Context, asset string, out []plant.Endpoint, reason string, by store.Person) (store.Decision, error) {
	found, err := c.assets(ctx, []string{asset})
	if err != nil {
		return store.Decision{}, err
	}
	d := c.decision(store.DecisionSplit, found, reason, by)
	s := c.hub.site(d.Site)
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := s.number(&found[0])
	if err != nil {
		return d.Decision, err
	}
	taken, stays, err := s.builder.Cut(n, out)
	if err != nil {
		return d.Decision, cutRefusal(err, found[0].Label)
	}
	d.add(taken, 0)
	d.add(stays, 1)
	return c.keep(ctx, s, &d.Decision)
}

func cutRefusal(err error, label string) error {
	switch {
	case errors.Is(err, inventory.ErrNotIts):
		return refuse(api.ErrInvalid, "An endpoint that was named is not one of %s. Look at it again: something may have been learnt meanwhile.", label)
	case errors.Is(err, inventory.ErrAll):
		return refuse(api.ErrInvalid, "Nothing would be left of %s. Name only the endpoints of the other machine.", label)
	case errors.Is(err, inventory.ErrOneInterface):
		return refuse(api.ErrInvalid, "An interface cannot be taken out while its addresses stay. Name the addresses of the other machine.")
	case errors.Is(err, inventory.ErrTooMany):
		return refuse(api.ErrTooLarge, "%s has more interfaces than one decision can name: %d to take out, %d that stay.", label, inventory.MaxTaken, inventory.MaxStays)
	}
	return err
}

// Undo takes a decision back.
func (c *Curate) Undo(ctx context.Context, id string, by store.Person) (store.Decision, error) {
	d, err := c.hub.o.Store.Decision(ctx, id)
	if err != nil {
		return d, err
	}
	s := c.hub.site(d.Site)
	s.mu.Lock()
	defer s.mu.Unlock()
	d, err = c.hub.o.Store.UndoDecision(ctx, id, by, c.hub.o.Now())
	if errors.Is(err, store.ErrConflict) {
		return d, refuse(api.ErrConflict, "This decision was taken back already.")
	}
	if err != nil {
		return d, err
	}
	all := slices.DeleteFunc(slices.Clone(s.decisions), func(x store.Decision) bool { return x.ID == id })
	c.changed(s, append(all, d))
	return d, nil
}

// deciding is a decision in the making.
type deciding struct{ store.Decision }

func (d *deciding) add(ends []plant.Endpoint, part int) {
	for _, e := range ends {
		d.Endpoints = append(d.Endpoints, store.DecidedEndpoint{Endpoint: e, Part: part})
	}
}

func (c *Curate) decision(kind store.DecisionKind, of []store.AssetDetail, reason string, by store.Person) deciding {
	d := deciding{store.Decision{ID: rand.Text(), Site: of[0].Site, Kind: kind, Reason: strings.TrimSpace(reason), By: by, At: c.hub.o.Now().UTC().Truncate(time.Second)}}
	for i := range of {
		d.Assets = append(d.Assets, store.DecidedAsset{ID: of[i].ID, Label: of[i].Label})
	}
	return d
}

// assets are those that are meant: there, different, and of one site.
func (c *Curate) assets(ctx context.Context, ids []string) ([]store.AssetDetail, error) {
	var all []store.AssetDetail
	for _, id := range ids {
		a, err := c.hub.o.Store.Asset(ctx, id)
		switch {
		case errors.Is(err, store.ErrNotFound):
			return nil, refuse(api.ErrNotFound, "There is no asset %q.", id)
		case err != nil:
			return nil, err
		case !a.Gone.IsZero():
			return nil, refuse(api.ErrConflict, "%s is no longer found, so that nothing can be decided about it.", a.Label)
		case len(all) > 0 && a.Site != all[0].Site:
			return nil, refuse(api.ErrInvalid, "%s and %s stand at different sites.", all[0].Label, a.Label)
		case slices.ContainsFunc(all, func(x store.AssetDetail) bool { return x.ID == a.ID }):
			return nil, refuse(api.ErrConflict, "%s is named twice: what was two is one asset already.", a.Label)
		}
		all = append(all, a)
	}
	return all, nil
}

// number is the place of an asset in the inventory as it is now. It may have
// learnt something that the store does not say yet.
func (s *site) number(a *store.AssetDetail) (int, error) {
	for _, e := range a.Endpoints {
		if s.ids[e] == a.ID {
			if n := s.builder.Number(e); n >= 0 {
				return n, nil
			}
		}
	}
	return 0, refuse(api.ErrConflict, "What %s is made of is just being worked out anew. Try again in a moment.", a.Label)
}

// coreFirst orders what stands for an asset: what people merged into it comes
// last, so that the asset is still what it was called after when they take that
// back.
func (s *site) coreFirst(ends []plant.Endpoint) []plant.Endpoint {
	came := map[plant.Endpoint]int{}
	for i := range s.decisions {
		if d := &s.decisions[i]; d.Holds() && d.Kind == store.DecisionMerge {
			for _, e := range d.Endpoints {
				if e.Part > 0 {
					came[e.Endpoint] = 1
				}
			}
		}
	}
	slices.SortStableFunc(ends, func(x, y plant.Endpoint) int { return cmp.Compare(came[x], came[y]) })
	return ends
}

// keep holds a decision against those before it, and keeps it.
func (c *Curate) keep(ctx context.Context, s *site, d *store.Decision) (store.Decision, error) {
	if against := s.builder.Against(decisionOf(d)); len(against) > 0 {
		return *d, s.contradiction(against)
	}
	err := c.hub.o.Store.PutDecision(ctx, d)
	if errors.Is(err, store.ErrTooMany) {
		return *d, refuse(api.ErrConflict, "As many decisions hold at this site as can be kept. Take back those that are needed no more.")
	}
	if err != nil {
		return *d, err
	}
	c.changed(s, append(slices.Clone(s.decisions), *d))
	return *d, nil
}

// maxNamed is how many decisions a refusal names.
const maxNamed = 3

func (s *site) contradiction(against []string) error {
	var named []string
	for i := range s.decisions {
		if slices.Contains(against, s.decisions[i].ID) && len(named) < maxNamed {
			named = append(named, "“"+why(&s.decisions[i])+"”")
		}
	}
	if len(named) == 0 {
		return refuse(api.ErrConflict, "What should be two machines has one interface, so that nothing tells them apart.")
	}
	return refuse(api.ErrConflict, "This contradicts what was decided before: %s. Take that back first.", strings.Join(named, "; "))
}

// changed has a site judged anew, now.
func (c *Curate) changed(s *site, all []store.Decision) {
	s.decide(all)
	s.dirty, s.next = true, time.Time{}
	select {
	case c.hub.wake <- struct{}{}:
	default:
	}
}
