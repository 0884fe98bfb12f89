package hub

import (
	"context"
	"fmt"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/judge/detect"
	"github.com/bulkhead-ot/bulkhead/internal/judge/inventory"
	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// The judge looks once a second whether something came, and leaves the machine
// to others for several times as long as a round took.
const (
	judgeEvery = time.Second
	judgeRest  = 8
	judgeLeast = 2 * time.Second
)

func (h *Hub) judge(ctx context.Context) {
	for h.waitToJudge(ctx) {
		for _, s := range h.all() {
			if ctx.Err() != nil {
				return
			}
			h.trouble.set(h.o.Log, "inventory of "+s.name, h.judgeSite(ctx, s))
		}
	}
}

// waitToJudge is wait, until people decided something at the latest.
func (h *Hub) waitToJudge(ctx context.Context) bool {
	t := time.NewTimer(judgeEvery)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
	case <-h.wake:
	}
	return true
}

// JudgeNow works out every site's assets and findings, whether it is their turn
// or not.
func (h *Hub) JudgeNow(ctx context.Context) error {
	for _, s := range h.all() {
		s.next = time.Time{}
		if err := h.judgeSite(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// judgeSite works out a site's assets and findings anew and saves what differs.
func (h *Hub) judgeSite(ctx context.Context, s *site) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.dirty || h.o.Now().Before(s.next) {
		return nil
	}
	begin := time.Now()
	r := &round{hub: h, site: s, assets: s.builder.Settle(func(e plant.Endpoint) string { return s.ids[e] }, s.pins()...)}
	err := r.save(ctx)
	took := time.Since(begin)
	s.next = h.o.Now().Add(max(judgeLeast, judgeRest*took))
	if err != nil {
		return err
	}
	s.dirty = false
	h.counters.Judged.Add(1)
	h.counters.JudgeNanos.Store(int64(took))
	return nil
}

// round is one time of judging a site.
type round struct {
	hub      *Hub
	site     *site
	assets   []inventory.Identity
	detector *detect.Detector
}

func (r *round) save(ctx context.Context) error {
	h, s := r.hub, r.site
	r.detector = detect.New(h.knowledge, detect.Assets{Number: s.builder.Number, At: r.at})
	saved, err := h.o.Store.SaveInventory(ctx, s.name, h.o.Now(), r.rows)
	if err != nil {
		return fmt.Errorf("save the inventory: %w", err)
	}
	r.remember()
	if err := s.followed(ctx, h.o.Store, h.o.Now()); err != nil {
		return fmt.Errorf("note which decisions are followed: %w", err)
	}
	h.announce("assets", saved)
	findings, err := r.findings(ctx)
	if err != nil {
		return fmt.Errorf("look for findings: %w", err)
	}
	if saved, err = h.o.Store.SaveFindings(ctx, s.name, h.o.Now(), findings); err != nil {
		return fmt.Errorf("save the findings: %w", err)
	}
	h.announce("findings", saved)
	h.o.Publish("overview", false, "")
	return nil
}

// at is the asset at a place, under the identifier it keeps.
func (r *round) at(n int) *plant.Asset {
	a := r.site.builder.At(n)
	a.ID = r.assets[n].ID
	return a
}

// rows are the assets to be saved. The detector sees each on its way.
func (r *round) rows(yield func(store.AssetRow) bool) {
	var traits []detect.Traits
	n := 0
	for a := range r.site.builder.Assets() {
		a.ID = r.assets[n].ID
		traits = append(traits, detect.TraitsOf(a))
		r.detector.Asset(a)
		row := store.AssetRow{
			Asset: a, Label: inventory.LabelOf(a), Network: inventory.NetworkOf(a),
			Endpoints: r.site.builder.EndpointsOf(n), Former: r.assets[n].Former,
		}
		n++
		if !yield(row) {
			return
		}
	}
	r.detector.Know(traits)
}

// remember notes which asset each endpoint belongs to, for the next round.
func (r *round) remember() {
	ids := make(map[plant.Endpoint]string, len(r.site.ids))
	for n := range r.assets {
		for _, e := range r.site.builder.EndpointsOf(n) {
			ids[e] = r.assets[n].ID
		}
	}
	r.site.ids = ids
}

// findings asks the detector about everything that the store has added up.
func (r *round) findings(ctx context.Context) ([]plant.Finding, error) {
	db, d, name := r.hub.o.Store, r.detector, r.site.name
	if err := db.ConversationTotals(ctx, name, func(c *plant.Conversation) error { d.Conversation(c); return nil }); err != nil {
		return nil, err
	}
	if err := db.OperationTotals(ctx, name, func(o *plant.Operation) error { d.Operation(o); return nil }); err != nil {
		return nil, err
	}
	if err := db.AnomalyTotals(ctx, name, func(a *plant.Anomaly) error { d.Anomaly(a); return nil }); err != nil {
		return nil, err
	}
	return d.Findings(), nil
}

func (h *Hub) announce(topic string, s store.Saved) {
	for _, id := range s.Put {
		h.o.Publish(topic, false, id)
	}
	for _, id := range s.Removed {
		h.o.Publish(topic, true, id)
	}
}
