package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/coverage"
	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/flat"
	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/propose"
	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/simulate"
	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/symbolic"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/serve/revision"
)

// tried is the draft that a simulation is asked for.
func (s *Server) tried(ctx context.Context, d *revision.Desk, site string, in *SimulateRequest) (*revision.Draft, error) {
	switch {
	case in.Text != "" && in.Revision > 0:
		return nil, refuse(ErrInvalid, "Give a text or a revision, not both.")
	case in.Revision > 0:
		return d.Revised(ctx, site, in.Revision)
	}
	return d.Draft(ctx, site, in.Text)
}

func (s *Server) simulatePolicy(w http.ResponseWriter, r *http.Request, in *simulateInput) error {
	ctx := r.Context()
	d, site, err := s.desk(ctx, in.Site)
	if err != nil {
		return err
	}
	x, err := s.tried(ctx, d, site, &in.Body)
	var wrong *revision.TextError
	if errors.As(err, &wrong) {
		return writeJSON(w, r, http.StatusOK, emptySimulation(wrong.Problems))
	}
	if err != nil {
		return err
	}
	done, err := s.heavy.take(ctx, s.opt.Limits.Wait)
	if err != nil {
		return err
	}
	defer done()
	t, err := d.Simulate(ctx, x)
	if err != nil {
		return err
	}
	out, err := s.simulation(ctx, t)
	if err != nil {
		return err
	}
	return writeJSON(w, r, http.StatusOK, out)
}

// emptySimulation is the answer to a text that has errors.
func emptySimulation(problems []model.Problem) *Simulation {
	none := []Blocked{}
	return &Simulation{
		Problems: each(problems, modelProblem), Coverage: LearningCoverage{Missing: []string{}, Slots: []ShiftSeen{}}, Blocked: none, Attempts: none, Frames: none, Refused: none, Beyond: none, Aside: none,
		Lines: []LineStop{}, Difference: []PolicyDifference{}, ReadBack: []PolicyDifference{}, Shadow: []ShadowDenial{}, Notes: []PolicyNote{}, Unmatched: []string{},
	}
}

func (s *Server) simulation(ctx context.Context, t *revision.Trying) (*Simulation, error) {
	n, err := s.names(ctx)
	if err != nil {
		return nil, err
	}
	r := t.Result
	rows := func(list []simulate.Row) []Blocked {
		return each(list, func(x *simulate.Row) Blocked { return n.blocked(x) })
	}
	out := &Simulation{
		Revision: t.Revision, Hash: t.Hash, Problems: each(t.Problems, modelProblem), Coverage: learning(t.Coverage), From: when(r.From), To: when(r.To),
		Total: int64(r.Total), Passes: int64(r.Passes), Inspected: int64(r.Inspected), Local: int64(r.Local),
		Blocked: rows(r.Blocked), Attempts: rows(r.Attempts), Frames: rows(r.Frames), Unjudged: int64(r.Unjudged), Refused: rows(r.Refused), Beyond: rows(r.Beyond), Aside: rows(r.Aside), Open: int64(r.Open), Approximate: r.Approximate,
		Lines: each(r.Lines, lineStop), Enforced: t.Enforced, Difference: differences(t.Difference), ReadBack: differences(t.ReadBack), ReadBackAt: when(t.ReadBackAt),
		Notes: each(t.Notes, policyNote), Unmatched: orEmpty(t.Says), Took: t.Took.Seconds(),
	}
	names := map[string]string{}
	for i := range t.Assets {
		for _, ip := range t.Assets[i].IPs {
			names[ip.Unmap().WithZone("").String()] = t.Assets[i].ID
		}
	}
	out.Shadow = each(t.Reports, func(x *revision.Report) ShadowDenial { return n.denial(x, names) })
	return out, nil
}

func (n *names) ref(x *simulate.Ref) AssetRef {
	a := n.assets[x.ID]
	if a == nil {
		return AssetRef{ID: "", Label: x.Label, Side: "unknown"}
	}
	return AssetRef{ID: x.ID, Label: a.Label, Kind: string(a.Kind), Side: string(a.Side), Role: a.Role, Level: level(a.Level)}
}

func (n *names) blocked(x *simulate.Row) Blocked {
	out := Blocked{
		Key: x.Key, Clients: each(x.Clients, n.ref), Servers: each(x.Servers, n.ref), ClientCount: int64(x.ClientCount), ServerCount: int64(x.ServerCount),
		FromZone: x.FromZone, ToZone: x.ToZone, Protocol: x.Protocol, Transport: x.Transport.String(), Port: x.Port, Kinds: kindNames(x.Kinds),
		Conversations: int64(x.Conversations), Count: x.Count, First: when(x.First), Last: when(x.Last), Days: int64(x.Days), Line: x.Line,
		CostPerHour: x.PerHour, CostRestart: x.Restart, Conduit: x.Conduit, Stage: string(x.Stage), Answered: x.Answered, Why: x.Why, Link: n.talkLink(x),
	}
	if m := x.Mark; m != nil {
		out.Mark = &BlockMark{Row: m.Row, Says: string(m.Says), Until: when(m.Until), By: m.By, Reason: m.Reason}
	}
	return out
}

// talkLink is the console's page with the conversations of a row.
func (n *names) talkLink(x *simulate.Row) string {
	q := url.Values{}
	if x.FromZone != "" {
		q.Set("from_zone", x.FromZone)
	}
	if x.ToZone != "" {
		q.Set("to_zone", x.ToZone)
	}
	return "/boundary?" + q.Encode()
}

func lineStop(x *simulate.Line) LineStop {
	return LineStop{Line: x.ID, Name: x.Name, Blocked: int64(x.Blocked), Refused: int64(x.Refused), Count: x.Count, Last: when(x.Last), CostPerHour: x.PerHour}
}

func (n *names) denial(x *revision.Report, assets map[string]string) ShadowDenial {
	ref := func(addr string) AssetRef {
		if a := n.assets[assets[addr]]; a != nil {
			return AssetRef{ID: a.ID, Label: a.Label, Kind: string(a.Kind), Side: string(a.Side), Role: a.Role, Level: level(a.Level)}
		}
		return AssetRef{Label: addr, Side: "unknown"}
	}
	out := ShadowDenial{
		Kind: x.Kind, ClientMAC: x.SrcMAC, Proto: x.Proto, Port: x.DstPort, Ethernet: x.Ethernet, Interface: x.In, Operation: x.Operation, Why: x.Why,
		Count: x.Count, First: when(x.First), Last: when(x.Last), Client: AssetRef{Label: x.SrcMAC, Side: "unknown"}, Server: AssetRef{Side: "unknown"},
	}
	if x.Src.IsValid() {
		out.ClientAddress, out.Client = x.Src.String(), ref(x.Src.Unmap().WithZone("").String())
	}
	if x.Dst.IsValid() {
		out.ServerAddress, out.Server = x.Dst.String(), ref(x.Dst.Unmap().WithZone("").String())
	}
	return out
}

// differences are packets that are judged otherwise; of nothing there are none.
func differences(d *symbolic.Difference) []PolicyDifference {
	if d == nil {
		return []PolicyDifference{}
	}
	return each(d.Regions, func(r *symbolic.Region) PolicyDifference {
		out := PolicyDifference{
			Change: string(r.Change), Allows: r.Change == symbolic.NewlyAllowed || r.Change == symbolic.Unrelayed, Unknown: r.Change == symbolic.Unknown,
			From: r.FromZone, To: r.ToZone, Conduit: r.After.Conduit, Says: r.Says,
			Example: PacketExample{Src: r.Example.Src.String(), Dst: r.Example.Dst.String(), Proto: r.Example.Proto, Port: r.Example.DstPort},
		}
		if out.Conduit == "" {
			out.Conduit = r.Before.Conduit
		}
		return out
	})
}

func learning(c *coverage.Coverage) LearningCoverage {
	return LearningCoverage{
		Enough: c.Enough, Says: c.Says, Missing: orEmpty(c.Missing), From: when(c.From), To: when(c.To), Watched: c.Watched.Hours(), LongestGap: c.LongestGap.Hours(),
		Shifts: int64(c.Shifts), ShiftsOf: int64(c.ShiftsOf), Assumed: c.Assumed, Weeks: int64(c.Weeks), Weekends: int64(c.Weekends), MonthEnds: int64(c.MonthEnds),
		Changeovers: int64(c.Changeovers), Windows: int64(c.Windows), WeeklyJobs: int64(c.WeeklyJobs),
		Slots: each(c.Slots, func(x *coverage.Slot) ShiftSeen {
			return ShiftSeen{Team: x.Team, Shift: x.Shift, Day: [...]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}[x.Day%7], From: x.From.String(), To: x.To.String(), Seen: int64(x.Seen), Passed: int64(x.Passed)}
		}),
	}
}

func (s *Server) policyCoverage(ctx context.Context, in *ModelInput) (*LearningCoverage, error) {
	d, site, err := s.desk(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	c, err := d.Coverage(ctx, site)
	if err != nil {
		return nil, err
	}
	out := learning(c)
	return &out, nil
}

// maxNamed bounds the assets that a proposed zone names.
const maxNamed = 200

func (s *Server) policyProposal(ctx context.Context, in *ModelInput) (*PolicyProposal, error) {
	d, site, err := s.desk(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	p, err := d.Propose(ctx, site)
	if err != nil {
		return nil, err
	}
	n, err := s.names(ctx)
	if err != nil {
		return nil, err
	}
	ref := func(id string) AssetRef { return n.ref(&simulate.Ref{ID: id, Label: p.Labels[id]}) }
	return &PolicyProposal{
		Site: site, Version: p.Version, Changes: each(p.Changes, modelChange), Notes: orEmpty(p.Notes), Text: p.Text,
		Zones: each(p.Zones, func(z *propose.Zone) ProposedZone {
			return ProposedZone{
				ID: z.ID, Name: z.Name, Kind: string(z.Kind), Level: z.Level, Why: z.Why, Kept: z.Kept, Total: int64(len(z.Assets)),
				Members: each(z.Members, func(m *model.Member) string { return m.String() }),
				Assets:  each(z.Assets[:min(len(z.Assets), maxNamed)], func(id *string) AssetRef { return ref(*id) }),
			}
		}),
		Conduits: each(p.Conduits, func(c *propose.Conduit) ProposedConduit {
			q := url.Values{"from_zone": {c.From}, "to_zone": {c.To}}
			return ProposedConduit{
				ID: c.ID, Name: c.Name, From: c.From, To: c.To, Allow: each(c.Allow, func(v *model.Service) string { return v.String() }), Reason: c.Reason, Kept: c.Kept,
				Conversations: int64(c.Conversations), Clients: int64(c.Clients), Servers: int64(c.Servers), Last: when(c.Last), Forbids: orEmpty(c.Forbids), Open: orEmpty(c.Open),
				Link: "/boundary?" + q.Encode(),
			}
		}),
		Wrong: each(p.Wrong, func(x *propose.Wrong) LooksWrong {
			return LooksWrong{
				Rule: string(x.Rule), Client: ref(x.Client), Server: ref(x.Server), FromZone: x.FromZone, ToZone: x.ToZone, Protocol: x.Protocol, Transport: x.Transport.String(), Port: x.Port,
				Kinds: kindNames(x.Kinds), Conversations: int64(x.Conversations), Count: x.Count, First: when(x.First), Last: when(x.Last), Why: x.Why, Link: wrongLink(x),
			}
		}),
	}, nil
}

// wrongLink is the console's page with what looks wrong.
func wrongLink(x *propose.Wrong) string {
	if x.Client == "" {
		return fmt.Sprintf("/boundary?%s", url.Values{"from_zone": {x.FromZone}, "to_zone": {x.ToZone}}.Encode())
	}
	return "/assets/" + url.PathEscape(x.Client)
}

func (s *Server) policyFlatness(ctx context.Context, in *ModelInput) (*Flatness, error) {
	d, site, err := s.desk(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	f, enforced, err := d.Flatness(ctx, site)
	if err != nil {
		return nil, err
	}
	next := func(x *flat.Next) FlatnessNext {
		return FlatnessNext{
			Conduit: x.Conduit, From: x.From, To: x.To, Gains: x.Gains, Number: x.Number, Risk: x.Risk, Blocked: int64(x.Blocked), Lines: orEmpty(x.Lines), CostPerHour: x.PerHour, Last: when(x.Last), Says: x.Says,
		}
	}
	out := &Flatness{Says: f.Says, Enforced: enforced, Others: each(f.Others, next), Derivation: each(f.Terms, func(x *flat.Term) FlatnessTerm {
		return FlatnessTerm{
			From: x.From, To: x.To, FromName: x.FromName, ToName: x.ToName, AssetsFrom: int64(x.Sources), AssetsTo: int64(x.Targets), Reaches: x.Open, Weight: x.Weight, Contribution: x.Contribution, Why: x.Why,
		}
	})}
	if f.Number >= 0 {
		out.Number = &f.Number
	}
	if f.Next != nil {
		n := next(f.Next)
		out.Next = &n
	}
	return out, nil
}
