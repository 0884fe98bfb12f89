package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/compile"
	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/serve/account"
	"github.com/bulkhead-ot/bulkhead/internal/serve/revision"
)

var errNoPolicy = refuse(ErrAbsent, "This installation keeps no boundary policies.")

// desk is where policies are made, and the site that is meant.
func (s *Server) desk(ctx context.Context, site string) (*revision.Desk, string, error) {
	if s.opt.Policy == nil {
		return nil, "", errNoPolicy
	}
	site, err := s.oneSite(ctx, site)
	return s.opt.Policy, site, err
}

func (s *Server) policyState(ctx context.Context, in *ModelInput) (*PolicyState, error) {
	d, site, err := s.desk(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	p, err := d.State(ctx, site)
	if err != nil {
		return nil, err
	}
	out := &PolicyState{
		Site: site, Version: p.Version, Stage: string(p.Stage), Edited: p.Edited, Changes: orEmpty(p.Changes),
		Enforcers: []Enforcer{}, Notes: each(p.Notes, policyNote),
	}
	if p.Newest != nil {
		out.Newest, out.Draft = revisionHead(p.Newest), p.Newest.Signature == ""
	}
	if p.Has {
		out.Enforcers = append(out.Enforcers, enforcer(&p.View))
	}
	if x := p.View.Status; x != nil {
		out.Enforced, out.Pending = enforced(x, p.View.Since.IsZero()), pending(x.Pending)
	}
	return out, nil
}

func revisionHead(r *store.Revision) *RevisionHead {
	return &RevisionHead{N: r.N, Hash: r.Hash, At: when(r.At), Author: r.Author.Name, Signed: r.Signature != ""}
}

func policyNote(n *compile.Note) PolicyNote {
	return PolicyNote{Conduit: n.Conduit, Service: n.Service, Kind: string(n.Kind), Text: n.Text}
}

// enforced is what a boundary holds; nil where it does not answer, since then
// that is not known.
func enforced(x *revision.Status, answers bool) *PolicyEnforced {
	h := x.Held()
	if h == nil || !answers {
		return nil
	}
	return &PolicyEnforced{N: h.N, Hash: h.Hash, At: when(h.At), By: h.By, Pending: x.Pending != nil}
}

func enforcer(v *revision.View) Enforcer {
	e := Enforcer{ID: "boundary", LastSeen: when(v.At), Since: when(v.Since), Says: "It answers, and nothing is in force."}
	if v.Status != nil {
		e.Mode = v.Status.Mode
	}
	switch {
	case !v.Since.IsZero():
		e.Says = "It does not answer. What is in its kernel stays in force. " + v.Says
	case v.Status.Opened != "":
		e.Says = v.Status.Opened
	case len(v.Status.Problems) > 0:
		e.Says = v.Status.Problems[0]
	default:
		e.OK = true
		if h := v.Status.Held(); h != nil {
			e.Says = fmt.Sprintf("It answers and holds revision %d.", h.N)
		}
	}
	return e
}

func pending(t *revision.Trial) *PolicyPending {
	if t == nil {
		return nil
	}
	return &PolicyPending{
		N: t.N, Hash: t.Hash, By: t.By, At: when(t.At), Until: when(t.Until), Confirmed: !t.Confirmed.IsZero(), Forced: t.Forced, Reason: t.Reason, Seen: each(t.Seen, criticalSeen),
	}
}

func criticalSeen(x *revision.Seen) CriticalSeen {
	return CriticalSeen{
		Client: x.Client.String(), Server: x.Server.String(), Proto: x.Proto, Port: x.Port, Period: x.Period.Seconds(), Line: x.Line, Says: x.Says, Last: when(x.Last), OK: x.OK,
	}
}

// policyHeads are how far the policies of sites are, for the events.
func (s *Server) policyHeads(ctx context.Context, site string) ([]PolicyHead, error) {
	heads := []PolicyHead{}
	if s.opt.Policy == nil {
		return heads, nil
	}
	sites, err := s.sites(ctx, site)
	if err != nil {
		return nil, err
	}
	for _, site := range sites {
		if !s.sees(ctx, site) {
			continue
		}
		r, a, err := s.opt.Policy.Head(ctx, site)
		if err != nil {
			return nil, err
		}
		h := PolicyHead{Site: site, Applied: "none"}
		if r != nil {
			h.Newest = revisionHead(r)
		}
		if a != nil {
			h.Applied = string(a.State)
		}
		heads = append(heads, h)
	}
	return heads, nil
}

func (s *Server) listRevisions(ctx context.Context, in *revisionsInput) (*List[PolicyRevision], error) {
	_, site, err := s.desk(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	l, err := s.opt.Policy.Revisions(ctx, site, in.Page.of(""))
	if err != nil {
		return nil, err
	}
	out := page(l, policyRevision)
	for i := range l.Items {
		if out.Items[i].Needs, err = s.needs(ctx, &l.Items[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func policyRevision(r *store.Revision) PolicyRevision {
	return PolicyRevision{
		N: r.N, Parent: r.Parent, Hash: r.Hash, Version: r.Version, Author: r.Author.Name, At: when(r.At), Reason: r.Reason, Signed: r.Signature != "", SignedAt: when(r.Signed),
		Approvals: each(r.Approvals, func(a *store.Approval) PolicyApproval {
			return PolicyApproval{Side: string(a.Side), Person: a.Person, Name: a.Name, Account: a.Account.Name, At: when(a.At)}
		}),
		Needs: []ApprovalNeed{}, Changes: orEmpty(r.Body.Changes), Packets: []PolicyDifference{},
		Notes: each(r.Body.Notes, func(n *store.RevisionNote) PolicyNote { return PolicyNote(*n) }),
		Size:  PolicySize{Zones: r.Body.Size[0], Conduits: r.Body.Size[1], Ranges: r.Body.Size[2], Matches: r.Body.Size[3]},
	}
}

// needs says who can approve a revision, and whether who asks can.
func (s *Server) needs(ctx context.Context, r *store.Revision) ([]ApprovalNeed, error) {
	all, err := s.opt.Policy.Needs(ctx, r, account.From(ctx))
	return each(all, func(n *revision.Need) ApprovalNeed {
		return ApprovalNeed{Side: string(n.Side), Owners: orEmpty(n.Owners), Others: orEmpty(n.Others), You: n.You}
	}), err
}

func (s *Server) revision(ctx context.Context, in *revisionInput) (*PolicyRevision, error) {
	_, site, err := s.desk(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	return s.wholeRevision(ctx, site, in.N)
}

// wholeRevision is a revision with its text, its policy and what it changes.
func (s *Server) wholeRevision(ctx context.Context, site string, n int64) (*PolicyRevision, error) {
	r, diff, err := s.opt.Policy.Revision(ctx, site, n)
	if err != nil {
		return nil, err
	}
	out := policyRevision(r)
	out.Text, out.Signature, out.Policy = r.Text, r.Signature, json.RawMessage(r.Policy)
	out.Packets = differences(diff)
	out.Needs, err = s.needs(ctx, r)
	return &out, err
}

func (s *Server) addRevision(w http.ResponseWriter, r *http.Request, in *newRevisionInput) error {
	ctx := r.Context()
	d, site, err := s.desk(ctx, in.Site)
	if err != nil {
		return err
	}
	made, err := d.Revise(ctx, site, in.Body.Text, in.Body.Reason, person(ctx))
	var wrong *revision.TextError
	if errors.As(err, &wrong) {
		return refuseModel(w, wrong.Problems)
	}
	if err != nil {
		return err
	}
	remark(ctx, "policy of site "+site, fmt.Sprintf("revision %d, %s: %s", made.N, made.Hash, in.Body.Reason))
	out, err := s.wholeRevision(ctx, site, made.N)
	if err != nil {
		return err
	}
	return writeJSON(w, r, http.StatusCreated, out)
}

func (s *Server) approveRevision(ctx context.Context, in *approveInput) (*PolicyRevision, error) {
	d, site, err := s.desk(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	remark(ctx, "policy of site "+site, fmt.Sprintf("revision %d for %s", in.N, in.Body.Side))
	if err := d.Approve(ctx, site, in.N, model.Side(in.Body.Side), in.Body.Hash, account.From(ctx)); err != nil {
		return nil, err
	}
	out, err := s.wholeRevision(ctx, site, in.N)
	if err == nil && out.Signed {
		remark(ctx, "", fmt.Sprintf("revision %d for %s; signed: %s", in.N, in.Body.Side, out.Hash))
	}
	return out, err
}

func (s *Server) markBlocked(ctx context.Context, in *markInput) (*BlockMark, error) {
	d, site, err := s.desk(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	m := store.Mark{Kind: in.Body.Row, Says: in.Body.Says, Until: in.Body.Until, Reason: in.Body.Reason, By: person(ctx)}
	if m.Says == "none" {
		m.Says = ""
	}
	remark(ctx, "policy of site "+site, in.Body.Row+": "+in.Body.Says+" "+in.Body.Reason)
	if m, err = d.Mark(ctx, site, m); err != nil {
		return nil, err
	}
	return &BlockMark{Row: m.Kind, Says: in.Body.Says, Until: when(m.Until), By: m.By.Name, At: when(m.At), Reason: m.Reason}, nil
}
