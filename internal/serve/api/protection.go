package api

import (
	"context"
	"net/url"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/judge/assure"
	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
)

// protection answers "are we actually protected?" from what is counted now.
func (s *Server) protection(ctx context.Context, in *siteInput) (*Protection, error) {
	f, err := s.facts(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	a := assure.Judge(s.checks, f)
	out := &Protection{
		Sentence: Sentence{a.Sentence.Lead, a.Sentence.Urgent, a.Sentence.Rest}, AsOf: when(a.AsOf), Now: f.Now.UTC(),
		Counts: StatusCounts{
			Proven: a.Counts[assure.Proven], Contradicted: a.Counts[assure.Contradicted], Stale: a.Counts[assure.Stale],
			Attested: a.Counts[assure.Attested], Unknown: a.Counts[assure.Unknown],
		},
		Statements: each(a.Statements, newStatement),
		Next: each(a.Next, func(x *assure.Action) Action {
			return Action{Statement: x.Statement, Do: x.Do, Effect: x.Effect, When: x.When, Link: x.Link, Owners: sides(x.Owners)}
		}),
		Blind: each(a.Blind, newEvidence),
	}
	return out, nil
}

func newStatement(x *assure.Statement) Statement {
	return Statement{
		ID: x.ID, Check: x.Check.Check, Says: x.Says, Status: string(x.Status), Missing: x.Missing, Of: x.All, Unit: x.Unit,
		Why: x.Why, Link: x.Link, Owners: sides(x.Owners), AsOf: when(x.AsOf), Evidence: each(x.Evidence, newEvidence),
	}
}

func newEvidence(x *assure.Evidence) Evidence { return Evidence{x.Text, x.Link} }

func sides(list []assure.Side) []string {
	return each(list, func(x *assure.Side) string { return string(*x) })
}

// facts are what the answer is judged by.
func (s *Server) facts(ctx context.Context, site string) (*assure.Facts, error) {
	f := &assure.Facts{Now: s.opt.Now()}
	o, err := s.store.Overview(ctx, site)
	if err != nil {
		return nil, err
	}
	f.Observed, f.From = o.Observed, earliest(o.HistoryFrom, o.RecentFrom)
	f.Since = f.From
	if err := s.tally(ctx, site, f); err != nil {
		return nil, err
	}
	if f.Sensors, err = s.sensorFacts(ctx, site, f.Now); err != nil {
		return nil, err
	}
	if f.Findings, err = s.findingFacts(ctx, site); err != nil {
		return nil, err
	}
	keep, _, err := ReadRetention(ctx, s.store)
	f.Retention = keep.History().Day
	return f, err
}

// tally adds up what is counted of a site, or of all that whoever asks may see.
// Where a site has no zones, what crosses between office and plant takes the
// place of what goes between them.
func (s *Server) tally(ctx context.Context, site string, f *assure.Facts) error {
	sites := []string{site}
	if site == "" {
		var err error
		if sites, err = s.store.Sites(ctx); err != nil {
			return err
		}
	}
	f.Modelled = len(sites) > 0
	for i, name := range sites {
		if s.opt.Policy != nil {
			w, err := s.opt.Policy.Assured(ctx, name)
			if err != nil {
				return err
			}
			if i > 0 {
				w = assure.Worse(f.Wall, w)
			}
			f.Wall = w
		}
		t, err := s.store.Tally(ctx, name)
		if err != nil {
			return err
		}
		f.Inside += t.Inside
		f.Unknown += t.Unknown
		f.Sideless += t.Sideless
		f.Plant += t.Plant
		f.Version += t.Version
		f.Lineless += t.Lineless
		f.Ownerless += t.Ownerless
		since, err := s.store.WatchedSince(ctx, name, f.Observed, assure.Slack)
		if err != nil {
			return err
		}
		if since.After(f.Since) {
			f.Since = since // of several sites that which was watched least
		}
		c := s.called(ctx, name)
		f.Modelled = f.Modelled && c.version > 0
		f.Zones += int64(len(c.model.Zones))
		f.Conduits += int64(len(c.model.Conduits))
		f.Unowned += unowned(c.model)
		if len(c.model.Zones) > 0 {
			f.Unplaced += t.Zoneless
			f.Crossings += t.Between
			f.Uncovered += t.Uncovered
		} else {
			f.Unplaced += t.Sideless
			f.Crossings += t.Crossings
			f.Uncovered += t.Crossings
		}
	}
	return nil
}

// unowned is how many conduits nobody answers for, on either side.
func unowned(m *model.Model) (n int64) {
	for i := range m.Conduits {
		if m.OwnersOfConduit(&m.Conduits[i]) == (model.Owned{}) {
			n++
		}
	}
	return n
}

func (s *Server) sensorFacts(ctx context.Context, site string, now time.Time) ([]assure.Sensor, error) {
	list, err := s.store.Sensors(ctx, site)
	if err != nil {
		return nil, err
	}
	return each(list, func(x *store.Sensor) assure.Sensor {
		return assure.Sensor{
			Name: x.Name, Problem: problem(x, now), Ended: x.Status.State == plant.SensorEnded, Packets: x.Status.Packets, Dropped: x.Status.Dropped,
			Missing: x.Missing, OneSided: x.OneSided, Flows: x.Status.Flows,
		}
	}), nil
}

// maxFindings is how many open findings are read: more than there are rules.
const maxFindings = 1000

// findingFacts are the open findings: one for each rule and site.
func (s *Server) findingFacts(ctx context.Context, site string) ([]assure.Finding, error) {
	l, err := s.store.Findings(ctx, store.FindingFilter{Site: site}, store.Page{Limit: maxFindings})
	if err != nil {
		return nil, err
	}
	return each(l.Items, func(x *store.FindingItem) assure.Finding {
		return assure.Finding{
			Rule: x.Rule, Title: x.Title, Link: "/findings?open=" + url.QueryEscape(x.ID), Assets: int64(len(x.Assets)), Count: x.Count, Last: x.Last, Details: x.Details,
		}
	}), nil
}
