package api

import (
	"cmp"
	"context"
	"slices"

	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
)

func (s *Server) boundary(ctx context.Context, in *boundaryInput) (*Boundary, error) {
	site, err := s.oneSite(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	b, err := s.store.Boundary(ctx, site, in.From, in.To)
	if err != nil {
		return nil, err
	}
	c := s.called(ctx, site)
	out := &Boundary{Version: c.version, At: b.Made.UTC(), Zones: []BoundaryZone{}, Cells: []BoundaryCell{}, Conduits: []BoundaryConduit{}}
	if len(c.model.Zones) == 0 {
		return out, s.networksAsZones(ctx, site, out)
	}
	out.Declared, out.Unplaced = true, b.Zones[""]
	for i := range c.model.Zones {
		z := &c.model.Zones[i]
		out.Zones = append(out.Zones, BoundaryZone{
			ID: z.ID, Name: z.Name, Kind: string(z.Kind), Level: z.Level, Target: z.Target, Assets: b.Zones[z.ID], Owners: c.owned(c.model.OwnersOf("", "", z.ID)),
		})
	}
	out.add(b)
	s.conduits(c, b, out)
	return out, nil
}

// add sums cells by pair of zones: a pair has one for each state and conduit.
func (out *Boundary) add(b *store.Boundary) {
	type pair struct{ from, to string }
	cells := map[pair]*BoundaryCell{}
	kinds := map[pair]model.Kinds{}
	for i := range b.Cells {
		x := &b.Cells[i]
		if x.State == model.StateUnknown {
			out.Unknown += x.Conversations
			continue
		}
		k := pair{x.From, x.To}
		c := cells[k]
		if c == nil {
			c = &BoundaryCell{From: x.From, To: x.To, First: when(x.First), Last: when(x.Last), Protocols: []string{}, Conduits: []string{}}
			cells[k] = c
		}
		kinds[k] |= x.Kinds
		c.add(x)
	}
	for k, c := range cells {
		c.Kinds = kindNames(kinds[k])
		slices.Sort(c.Protocols)
		slices.Sort(c.Conduits)
		out.Cells = append(out.Cells, *c)
	}
	out.sort()
}

func (out *Boundary) sort() {
	slices.SortFunc(out.Cells, func(a, b BoundaryCell) int {
		return cmp.Or(cmp.Compare(b.Uncovered, a.Uncovered), cmp.Compare(b.Bytes, a.Bytes), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
}

func (c *BoundaryCell) add(x *store.BoundaryCell) {
	c.Conversations += x.Conversations
	c.Packets += x.Packets
	c.Bytes += x.Bytes
	switch x.State {
	case model.StateCovered:
		c.Covered += x.Conversations
	case model.StateUncovered:
		c.Uncovered += x.Conversations
	case model.StateAttempt:
		c.Attempts += x.Conversations
	case model.StateAside:
		c.Aside += x.Conversations
	}
	if first := when(x.First); first != nil && (c.First == nil || first.Before(*c.First)) {
		c.First = first
	}
	if last := when(x.Last); last != nil && (c.Last == nil || last.After(*c.Last)) {
		c.Last = last
	}
	for _, p := range x.Protocols {
		if !slices.Contains(c.Protocols, p) {
			c.Protocols = append(c.Protocols, p)
		}
	}
	if x.Conduit != "" && !slices.Contains(c.Conduits, x.Conduit) {
		c.Conduits = append(c.Conduits, x.Conduit)
	}
}

// conduits are those of the model with what uses them.
func (s *Server) conduits(c called, b *store.Boundary, out *Boundary) {
	used := map[string]*BoundaryConduit{}
	today := c.model.Today(s.opt.Now())
	out.Conduits = make([]BoundaryConduit, len(c.model.Conduits))
	for i := range c.model.Conduits {
		x := &c.model.Conduits[i]
		out.Conduits[i] = BoundaryConduit{
			ID: x.ID, Name: x.Name, From: x.From, To: x.To, Allow: each(x.Allow, func(v *model.Service) string { return v.String() }), Reason: x.Reason,
			Owners: c.owned(c.model.OwnersOfConduit(x)), Review: x.Review.String(), Overdue: !x.Review.IsZero() && x.Review.Before(today),
			Expires: x.Expires.String(), Expired: !x.Expires.IsZero() && !today.Before(x.Expires),
		}
		used[x.ID] = &out.Conduits[i]
	}
	for i := range b.Cells {
		x := &b.Cells[i]
		if u := used[x.Conduit]; u != nil && x.Conduit != "" {
			u.Used += x.Conversations
			if last := when(x.Last); last != nil && (u.Last == nil || last.After(*u.Last)) {
				u.Last = last
			}
		}
	}
}

// networksAsZones makes a matrix where nobody has declared zones: it shows what
// crosses, and nothing can be covered.
func (s *Server) networksAsZones(ctx context.Context, site string, out *Boundary) error {
	m, err := s.store.Map(ctx, site)
	if err != nil {
		return err
	}
	assets := map[string]int64{}
	levels := map[string]map[float64]int{}
	for i := range m.Assets {
		a := &m.Assets[i]
		assets[a.Network]++
		if levels[a.Network] == nil {
			levels[a.Network] = map[float64]int{}
		}
		levels[a.Network][a.Level]++
	}
	for network, n := range assets {
		l := level(most(levels[network], func(l float64) bool { return l >= 0 }))
		out.Zones = append(out.Zones, BoundaryZone{ID: network, Name: network, Kind: "network", Level: l, Assets: n})
	}
	slices.SortFunc(out.Zones, func(a, b BoundaryZone) int {
		return cmp.Or(cmp.Compare(height(b.Level), height(a.Level)), cmp.Compare(a.ID, b.ID))
	})
	for i := range m.Networks {
		e := &m.Networks[i]
		out.Cells = append(out.Cells, BoundaryCell{
			From: e.From, To: e.To, Conversations: e.Conversations, Packets: e.Packets, Bytes: e.Bytes, Last: when(e.Last), Protocols: orEmpty(e.Protocols),
			Kinds: each(e.Operations, func(k *plant.Kind) string { return k.String() }), Conduits: []string{},
		})
	}
	out.sort()
	return nil
}

// states are those that the filter asks for.
func (in *boundaryTalkInput) states() []model.State {
	all := []model.State{model.StateCovered, model.StateUncovered, model.StateAttempt, model.StateAside, model.StateUnknown}
	if state, ok := model.ParseState(in.State); ok && in.State != "" {
		all = []model.State{state}
	}
	return slices.DeleteFunc(all, func(x model.State) bool {
		open := x == model.StateUncovered || x == model.StateAttempt
		return in.Covered == "true" && x != model.StateCovered || in.Covered == "false" && !open
	})
}

func (s *Server) listBoundaryConversations(ctx context.Context, in *boundaryTalkInput) (*List[BoundaryTalk], error) {
	site, err := s.oneSite(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	states := in.states()
	if len(states) == 0 {
		return nil, refuse(ErrInvalid, "state and covered contradict each other.")
	}
	l, err := s.store.Conversations(ctx, store.TalkFilter{Site: site, FromZone: in.FromZone, ToZone: in.ToZone, Conduit: in.Conduit, States: states, From: in.From, To: in.To}, in.Page.of(in.Sort))
	if err != nil {
		return nil, err
	}
	n, err := s.names(ctx)
	if err != nil {
		return nil, err
	}
	c := s.called(ctx, site)
	return page(l, func(x *store.ConversationItem) BoundaryTalk {
		out := BoundaryTalk{Conversation: n.conversation(x), FromZone: x.FromZone, ToZone: x.ToZone, State: x.State.String(), Conduit: x.Conduit, Kinds: kindNames(x.Kinds)}
		if c.words != nil {
			out.Why = c.words.Judge(&model.Talk{From: x.FromZone, To: x.ToZone, Protocol: x.Protocol, Transport: x.Transport, Port: x.Port, Answered: x.Answered, Kinds: x.Kinds}).Why
		}
		return out
	}), nil
}
