package hub

import (
	"context"
	"sync"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/judge/inventory"
	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// site is the inventory of one site in memory.
type site struct {
	name string
	mu   sync.Mutex
	// what was seen
	builder *inventory.Builder
	ids     map[plant.Endpoint]string // the asset of each endpoint when it was last judged
	dirty   bool                      // something came since
	// what people decided, and what they took back that was not judged since
	decisions []store.Decision

	next time.Time // when it may be judged again
}

func newSite(name string) *site {
	return &site{name: name, builder: inventory.New(inventory.Options{}), ids: map[plant.Endpoint]string{}}
}

// restore fills the inventory with what the store has.
func (s *site) restore(ctx context.Context, db *store.DB) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := inventory.New(inventory.Options{})
	if err := db.Sightings(ctx, s.name, func(o *plant.Sighting) error { b.Add(o); return nil }); err != nil {
		return err
	}
	if err := db.ConversationTotals(ctx, s.name, func(o *plant.Conversation) error { b.Add(o); return nil }); err != nil {
		return err
	}
	if err := db.OperationTotals(ctx, s.name, func(o *plant.Operation) error { b.Add(o); return nil }); err != nil {
		return err
	}
	ids := map[plant.Endpoint]string{}
	err := db.EndpointAssets(ctx, s.name, func(e plant.Endpoint, asset string) error { ids[e] = asset; return nil })
	if err != nil {
		return err
	}
	decisions, err := db.DecisionsToFollow(ctx, s.name)
	if err != nil {
		return err
	}
	s.builder, s.ids, s.dirty = b, ids, true
	s.decide(decisions)
	return nil
}

// add takes the observations of a batch.
func (s *site) add(b *plant.Batch) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range b.Sightings {
		s.builder.Add(&b.Sightings[i])
	}
	for i := range b.Conversations {
		s.builder.Add(&b.Conversations[i])
	}
	for i := range b.Operations {
		s.builder.Add(&b.Operations[i])
	}
	s.dirty = s.dirty || b.Rows() > 0
}
