package api

import (
	"context"

	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

func (f *FindingFilter) store() store.FindingFilter {
	return store.FindingFilter{Site: f.Site, Level: f.Level, Rule: f.Rule, Asset: f.Asset, Closed: f.Closed}
}

func (s *Server) listFindings(ctx context.Context, in *findingListInput) (*List[Finding], error) {
	l, err := s.store.Findings(ctx, in.FindingFilter.store(), in.Page.of(""))
	if err != nil {
		return nil, err
	}
	n, err := s.names(ctx)
	if err != nil {
		return nil, err
	}
	return page(l, n.finding), nil
}

func (s *Server) finding(ctx context.Context, in *findingInput) (*Finding, error) {
	item, err := s.store.Finding(ctx, in.ID)
	if err == nil {
		err = s.within(ctx, item.Site)
	}
	if err != nil {
		return nil, err
	}
	n, err := s.names(ctx)
	if err != nil {
		return nil, err
	}
	f := n.finding(&item)
	return &f, nil
}

func (n *names) finding(f *store.FindingItem) Finding {
	out := Finding{
		ID: f.ID, Site: f.Site, Rule: f.Rule, Level: f.Level, Title: f.Title, Why: f.Why, Next: orEmpty(f.Next),
		Assets: each(f.Assets, func(id *string) AssetRef { return n.asset(store.AssetRef{ID: *id}, *id) }),
		Count:  f.Count, First: when(f.First), Last: when(f.Last), Opened: when(f.Opened), Closed: when(f.Closed),
		Details: orEmpty(f.Details), Evidence: []Packet{},
	}
	for _, r := range f.Evidence {
		// A finding does not keep the time of each packet. The ring may hold it
		// if it reaches back to when the finding was last added to.
		if p := n.evidence(r, f); p != nil {
			out.Evidence = append(out.Evidence, *p)
		}
	}
	return out
}

func (n *names) evidence(r plant.PacketRef, f *store.FindingItem) *Packet {
	p := n.packet(r, f.Last)
	if p != nil {
		p.At = nil
	}
	return p
}
