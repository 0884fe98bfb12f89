package api

import (
	"context"
	"net/netip"
	"slices"

	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/simulate"
	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
	"github.com/bulkhead-ot/bulkhead/internal/serve/account"
	"github.com/bulkhead-ot/bulkhead/internal/serve/revision"
)

func (t *ContainmentTarget) word() revision.Target {
	return revision.Target{Asset: t.Asset, Conduit: t.Conduit, Pair: t.Pair, Island: t.Island}
}

func (t *ContainmentTarget) says() string {
	switch {
	case t.Asset != "":
		return "asset " + t.Asset
	case t.Conduit != "":
		return "conduit " + t.Conduit
	case len(t.Pair) == 2:
		return "zones " + t.Pair[0] + " and " + t.Pair[1]
	}
	return "island"
}

func (s *Server) listContainments(ctx context.Context, in *containmentsInput) (*List[PolicyContainment], error) {
	d, site, err := s.desk(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	l, you, held, err := d.Containments(ctx, site, store.ContainmentState(in.State), in.Page.of(""), account.From(ctx))
	if err != nil {
		return nil, err
	}
	n, err := s.names(ctx)
	if err != nil {
		return nil, err
	}
	return page(l, func(c *store.Containment) PolicyContainment { return n.containment(c, you, held) }), nil
}

func (n *names) containment(c *store.Containment, you bool, held []string) PolicyContainment {
	b := &c.Body
	out := PolicyContainment{
		ID: c.ID, State: string(c.State), Addrs: []string{}, Conduit: b.Conduit, Pair: orEmpty(b.Pair), Island: b.Island, Until: when(c.Until), Reason: c.Reason, By: c.By.Name, At: when(c.At),
		Lines: orEmpty(b.Lines), Needs: b.Needs, You: you && c.State == store.ContainmentWaiting, Ended: when(c.Ended), EndedBy: c.EndedBy, Says: c.Says,
	}
	if b.Asset != "" {
		ref := n.ref(&simulate.Ref{ID: b.Asset, Label: b.Label})
		out.Asset = &ref
	}
	for _, p := range b.Parts {
		out.Addrs = append(out.Addrs, each(p.Addrs, ipText)...)
	}
	if x := c.Consent; x != nil {
		out.Consent = &Consent{Person: x.Person, Name: x.Name, Account: x.Account.Name, At: when(x.At)}
	}
	out.Enforced = c.State == store.ContainmentActive && !slices.ContainsFunc(b.Parts, func(p policy.Containment) bool { return !slices.Contains(held, p.ID) })
	return out
}

func (s *Server) previewContainment(ctx context.Context, in *containmentTargetInput) (*ContainmentPreview, error) {
	d, site, err := s.desk(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	remark(ctx, "policy of site "+site, in.Body.says())
	p, err := d.Preview(ctx, site, in.Body.word(), account.From(ctx))
	if err != nil {
		return nil, err
	}
	n, err := s.names(ctx)
	if err != nil {
		return nil, err
	}
	out := &ContainmentPreview{
		Stops: each(p.Result.Blocked, func(x *simulate.Row) Blocked {
			b := n.blocked(x)
			b.Why = "The containment would stop it."
			return b
		}),
		Lines: each(p.Result.Lines, lineStop), Addrs: each(p.Addrs, func(a *netip.Addr) string { return a.String() }),
		Pairs: each(p.Pairs, func(x *[2]string) []string { return x[:] }), Needs: p.Needs, You: p.You, Rehearsed: when(p.Rehearsed), Says: p.Says(),
	}
	if p.Within > 0 {
		out.Unenforced = "Conversations within one zone do not cross the boundary, so it cannot stop them."
	}
	return out, nil
}

func (s *Server) addContainment(ctx context.Context, in *containmentInput) (*PolicyContainment, error) {
	d, site, err := s.desk(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	b := &in.Body
	detail := b.says() + " until " + b.Until.UTC().Format("2006-01-02 15:04 UTC") + ": " + b.Reason
	remark(ctx, "policy of site "+site, detail)
	c, err := d.Contain(ctx, site, b.ContainmentTarget.word(), b.Until, b.Reason, b.Consent, account.From(ctx))
	if err != nil {
		return nil, err
	}
	remark(ctx, "containment "+c.ID+" of site "+site, detail)
	return s.oneContainment(ctx, d, c)
}

func (s *Server) oneContainment(ctx context.Context, d *revision.Desk, c *store.Containment) (*PolicyContainment, error) {
	n, err := s.names(ctx)
	if err != nil {
		return nil, err
	}
	you, err := d.MayConsent(ctx, c.Site, account.From(ctx))
	if err != nil {
		return nil, err
	}
	var held []string
	if v, _ := d.Boundary(ctx, c.Site); v.Status != nil && v.Since.IsZero() {
		held = v.Status.Contained
	}
	out := n.containment(c, you, held)
	return &out, nil
}

func (s *Server) consentContainment(ctx context.Context, in *containmentPath) (*PolicyContainment, error) {
	d, site, err := s.desk(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	remark(ctx, "containment "+in.ID+" of site "+site, "")
	c, err := d.ConsentTo(ctx, site, in.ID, account.From(ctx))
	if err != nil {
		return nil, err
	}
	return s.oneContainment(ctx, d, c)
}

func (s *Server) endContainment(ctx context.Context, in *containmentPath) (*PolicyContainment, error) {
	d, site, err := s.desk(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	remark(ctx, "containment "+in.ID+" of site "+site, "")
	c, err := d.EndContainment(ctx, site, in.ID, person(ctx))
	if err != nil {
		return nil, err
	}
	return s.oneContainment(ctx, d, c)
}
