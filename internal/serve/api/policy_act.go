package api

import (
	"context"
	"fmt"
	"mime"
	"net/http"
	"net/netip"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/proof"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
	"github.com/bulkhead-ot/bulkhead/internal/serve/revision"
)

func (s *Server) applyRevision(ctx context.Context, in *applyInput) (*PolicyApplied, error) {
	d, site, err := s.desk(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	w := revision.Wish{Within: time.Duration(in.Body.ConfirmWithin) * time.Second, Force: in.Body.Force, Reason: in.Body.Reason}
	detail := fmt.Sprintf("revision %d", in.N)
	if w.Force {
		detail += ", forced: " + w.Reason
	}
	remark(ctx, "policy of site "+site, detail)
	if err := d.Apply(ctx, site, in.N, w, person(ctx)); err != nil {
		return nil, err
	}
	return s.applied(ctx, d, site)
}

func (s *Server) policyApplied(ctx context.Context, in *ModelInput) (*PolicyApplied, error) {
	d, site, err := s.desk(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	return s.applied(ctx, d, site)
}

// applied is how it goes with what was applied last.
func (s *Server) applied(ctx context.Context, d *revision.Desk, site string) (*PolicyApplied, error) {
	a, t, err := d.Applied(ctx, site)
	if err != nil {
		return nil, err
	}
	out := &PolicyApplied{State: "none", Now: s.opt.Now().UTC(), Seen: []CriticalSeen{}}
	if a != nil {
		*out = PolicyApplied{
			State: string(a.State), N: a.Revision, Hash: a.Hash, By: a.By.Name, At: when(a.At), Until: when(a.Until), Ended: when(a.Ended), EndedBy: a.EndedBy, Forced: a.Forced, Reason: a.Reason,
			Says: a.Says, Now: out.Now, Seen: out.Seen,
		}
	}
	if t != nil {
		// What the boundary says of a trial is what holds.
		out.State, out.N, out.Hash, out.By, out.At, out.Until = "pending", t.N, t.Hash, t.By, when(t.At), when(t.Until)
		out.Confirmed, out.Seen = !t.Confirmed.IsZero(), each(t.Seen, criticalSeen)
		out.Says = trialSays(t)
	}
	return out, nil
}

func trialSays(t *revision.Trial) string {
	unseen := 0
	for i := range t.Seen {
		if !t.Seen[i].OK {
			unseen++
		}
	}
	switch {
	case !t.Guarded:
		return "Its guard is gone: it goes back now."
	case !t.Confirmed.IsZero() && unseen > 0:
		return fmt.Sprintf("It is confirmed, and holds once %d more of the conversations that lines live on were seen.", unseen)
	case unseen > 0:
		return fmt.Sprintf("It waits to be confirmed, and for %d of the %d conversations that lines live on.", unseen, len(t.Seen))
	}
	return "It waits to be confirmed."
}

func (s *Server) confirmPolicy(ctx context.Context, in *ModelInput) (*PolicyApplied, error) {
	d, site, err := s.desk(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	remark(ctx, "policy of site "+site, "")
	if err := d.Confirm(ctx, site, person(ctx)); err != nil {
		return nil, err
	}
	return s.applied(ctx, d, site)
}

func (s *Server) rollbackPolicy(ctx context.Context, in *policyReasonInput) (*PolicyApplied, error) {
	d, site, err := s.desk(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	remark(ctx, "policy of site "+site, in.Body.Reason)
	if err := d.Rollback(ctx, site, in.Body.Reason, person(ctx)); err != nil {
		return nil, err
	}
	return s.applied(ctx, d, site)
}

func (s *Server) policyProofs(ctx context.Context, in *ModelInput) (*PolicyProofs, error) {
	d, site, err := s.desk(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	p, err := d.Proofs(ctx, site)
	return proofs(p, err)
}

func (s *Server) provePolicy(ctx context.Context, in *ModelInput) (*PolicyProofs, error) {
	d, site, err := s.desk(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	remark(ctx, "policy of site "+site, "")
	p, err := d.Prove(ctx, site)
	return proofs(p, err)
}

func proofs(p *revision.Proven, err error) (*PolicyProofs, error) {
	if err != nil {
		return nil, err
	}
	return &PolicyProofs{Revision: p.Revision, Proofs: each(p.Proofs, func(x *proof.Proof) PolicyProof {
		return PolicyProof{Kind: string(x.Kind), Status: string(x.Status), At: when(x.At), Says: x.Says, Evidence: each(x.Evidence, func(e *proof.Evidence) Evidence { return Evidence{e.Text, e.Link} })}
	})}, nil
}

func (s *Server) exportPolicy(w http.ResponseWriter, r *http.Request, in *exportPolicyInput) error {
	ctx := r.Context()
	d, site, err := s.desk(ctx, in.Site)
	if err != nil {
		return err
	}
	o, err := revision.DeviceOptions(in.Interfaces, in.Own, in.Family)
	if err != nil {
		return err
	}
	config, file, n, err := d.Export(ctx, site, in.Brand, in.Revision, o)
	if err != nil {
		return err
	}
	remark(ctx, "policy of site "+site, fmt.Sprintf("revision %d for %s", n, in.Brand))
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": file}))
	w.Write(config) // the client is gone, which is no error of ours
	return nil
}

// maxImported bounds the rules that an answer has.
const maxImported = 1000

func (s *Server) importPolicy(w http.ResponseWriter, r *http.Request, in *importPolicyInput) error {
	ctx := r.Context()
	d, site, err := s.desk(ctx, in.Site)
	if err != nil {
		return err
	}
	done, err := s.heavy.take(ctx, s.opt.Limits.Wait)
	if err != nil {
		return err
	}
	defer done()
	c, err := d.Import(ctx, site, in.Body.Brand, []byte(in.Body.Text), in.Body.Revision)
	if err != nil {
		return err
	}
	return writeJSON(w, r, http.StatusOK, Compared(c))
}

// Compared is a comparison in the words of the API.
func Compared(c *revision.Compared) *PolicyCompared {
	rules := c.Rules.Rules
	return &PolicyCompared{
		Verdict: c.Verdict, Revision: c.Revision, RulesAll: int64(len(rules)), Rules: each(rules[:min(len(rules), maxImported)], importedRule),
		Unknown: each(c.Rules.Unknown, func(l *policy.Line) UnknownLine {
			return UnknownLine{Line: l.Number, Text: l.Text, Why: l.Why, Harmless: l.Harmless}
		}),
		Difference: differences(c.Difference), Findings: orEmpty(c.Findings), Says: c.Says,
	}
}

func importedRule(r *policy.Rule) ImportedRule {
	prefixes := func(list []netip.Prefix) []string {
		return each(list, func(p *netip.Prefix) string { return p.String() })
	}
	return ImportedRule{Name: r.Name, Conduit: r.Conduit, Allow: r.Allow, From: prefixes(r.From), To: prefixes(r.To), Matches: each(r.Matches, matchText), Line: r.Line}
}

// matchText is a service in words: "tcp 443", "udp 1000-2000 from 53".
func matchText(m *policy.PortMatch) string {
	text := map[uint8]string{policy.Any: "any", policy.ICMP: "icmp", policy.TCP: "tcp", policy.UDP: "udp", policy.ICMPv6: "icmpv6"}[m.Proto]
	if text == "" {
		text = fmt.Sprintf("protocol %d", m.Proto)
	}
	ports := func(first, last uint16) string {
		if first == last {
			return fmt.Sprint(first)
		}
		return fmt.Sprintf("%d-%d", first, last)
	}
	if m.First != 0 || m.Last != 65535 {
		text += " " + ports(m.First, m.Last)
	}
	if m.SrcFirst != 0 || m.SrcLast != 65535 {
		text += " from " + ports(m.SrcFirst, m.SrcLast)
	}
	return text
}

func (s *Server) listGrants(ctx context.Context, in *ModelInput) (*List[PolicyGrant], error) {
	d, site, err := s.desk(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	v, has := d.Boundary(ctx, site)
	out := &List[PolicyGrant]{Items: []PolicyGrant{}}
	if !has || v.Status == nil || !v.Since.IsZero() {
		return out, nil
	}
	out.Items = each(v.Status.Grants, func(g *policy.Grant) PolicyGrant {
		return PolicyGrant{ID: g.ID, Src: g.Src.String(), Dst: g.Dst.String(), Proto: g.Proto, Port: g.Port, Until: when(g.Until), Why: g.Why, Approved: orEmpty(g.Approved)}
	})
	out.Total = int64(len(out.Items))
	return out, nil
}
