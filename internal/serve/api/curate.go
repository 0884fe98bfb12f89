package api

import (
	"context"
	"net/netip"

	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/serve/account"
)

// Curator takes what people decide about assets, holds it against what was
// decided before, and keeps it. What it refuses is a Refusal that says why.
type Curator interface {
	// Merge says that assets are one machine; the first keeps its identifier.
	Merge(ctx context.Context, assets []string, reason string, by store.Person) (store.Decision, error)
	// Split says that some endpoints of an asset are a machine of their own.
	Split(ctx context.Context, asset string, endpoints []plant.Endpoint, reason string, by store.Person) (store.Decision, error)
	// Undo takes a decision back.
	Undo(ctx context.Context, id string, by store.Person) (store.Decision, error)
}

var errNoCurator = refuse(ErrAbsent, "This installation has no inventory of its own: assets are merged and split where the hub runs.")

func (s *Server) mergeAssets(ctx context.Context, in *mergeInput) (*Decision, error) {
	if s.opt.Curator == nil {
		return nil, errNoCurator
	}
	for _, id := range in.Body.Assets {
		if err := s.withinAsset(ctx, id); err != nil {
			return nil, err
		}
	}
	d, err := s.opt.Curator.Merge(ctx, in.Body.Assets, in.Body.Reason, person(ctx))
	return decided(&d, err)
}

func (s *Server) splitAsset(ctx context.Context, in *splitInput) (*Decision, error) {
	if s.opt.Curator == nil {
		return nil, errNoCurator
	}
	if err := s.withinAsset(ctx, in.Body.Asset); err != nil {
		return nil, err
	}
	ends := make([]plant.Endpoint, len(in.Body.Endpoints))
	for i := range ends {
		var err error
		if ends[i], err = in.Body.Endpoints[i].word(); err != nil {
			return nil, err
		}
	}
	d, err := s.opt.Curator.Split(ctx, in.Body.Asset, ends, in.Body.Reason, person(ctx))
	return decided(&d, err)
}

func (s *Server) undoDecision(ctx context.Context, in *decisionInput) (*Decision, error) {
	if s.opt.Curator == nil {
		return nil, errNoCurator
	}
	if isConfined(ctx) {
		before, err := s.store.Decision(ctx, in.ID)
		if err == nil {
			err = s.within(ctx, before.Site)
		}
		if err != nil {
			return nil, err
		}
	}
	d, err := s.opt.Curator.Undo(ctx, in.ID, person(ctx))
	return decided(&d, err)
}

func (s *Server) listDecisions(ctx context.Context, in *decisionListInput) (*List[Decision], error) {
	l, err := s.store.Decisions(ctx, store.DecisionFilter{Site: in.Site, Asset: in.Asset}, in.Page.of(""))
	if err != nil {
		return nil, err
	}
	return page(l, decision), nil
}

func decided(d *store.Decision, err error) (*Decision, error) {
	if err != nil {
		return nil, err
	}
	out := decision(d)
	return &out, nil
}

func decision(d *store.Decision) Decision {
	out := Decision{
		ID: d.ID, Site: d.Site, Kind: string(d.Kind), Reason: d.Reason, By: d.By.Name, At: d.At.UTC(), Followed: when(d.Followed),
		Assets: each(d.Assets, func(a *store.DecidedAsset) DecidedAsset { return DecidedAsset{a.ID, a.Label} }),
		Endpoints: each(d.Endpoints, func(e *store.DecidedEndpoint) DecidedEndpoint {
			x := endpointDTO(&e.Endpoint)
			return DecidedEndpoint{x.MAC, x.IP, x.VLAN, int64(e.Part)}
		}),
	}
	if !d.Holds() {
		out.Undone = &Undone{By: d.UndoneBy.Name, At: d.Undone.UTC()}
	}
	return out
}

func endpointDTO(e *plant.Endpoint) Endpoint {
	out := Endpoint{VLAN: e.VLAN}
	if !e.MAC.IsZero() {
		out.MAC = e.MAC.String()
	}
	if e.IP.IsValid() {
		out.IP = e.IP.String()
	}
	return out
}

// word is the endpoint that a request names.
func (e *Endpoint) word() (plant.Endpoint, error) {
	out := plant.Endpoint{VLAN: e.VLAN}
	var err error
	if e.MAC != "" {
		if out.MAC, err = plant.ParseMAC(e.MAC); err != nil {
			return out, refuse(ErrInvalid, "An endpoint's mac is written 00:1b:1b:01:02:03.")
		}
	}
	if e.IP != "" {
		if out.IP, err = netip.ParseAddr(e.IP); err != nil {
			return out, refuse(ErrInvalid, "An endpoint's ip is an IPv4 or IPv6 address.")
		}
	}
	if e.MAC == "" && e.IP == "" {
		return out, refuse(ErrInvalid, "An endpoint has a mac, an ip or both.")
	}
	return out, nil
}

// person is who asks.
func person(ctx context.Context) store.Person {
	i := account.From(ctx)
	if i == nil {
		return store.Person{}
	}
	return store.Person{ID: i.Account, Name: i.Name}
}
