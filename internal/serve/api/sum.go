package api

import (
	"context"
	"errors"
	"hash/maphash"
	"slices"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/keep/history"
	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// Sums over a time come from two places: rows by the minute that are still in
// SQL, and what was sealed into history. A row is in one of them at any moment.

// sumKey is what groups are told apart by.
type sumKey interface {
	comparable
	ends() (site string, a, b plant.Endpoint)
}

// convKey is what conversations are told apart by.
type convKey struct {
	site           string
	client, server plant.Endpoint
	transport      plant.Transport
	port           uint16
	protocol       string
}

func (k convKey) ends() (string, plant.Endpoint, plant.Endpoint) { return k.site, k.client, k.server }

// opKey is what operations are told apart by.
type opKey struct {
	site                 string
	requester, responder plant.Endpoint
	port                 uint16
	protocol, code       string
	object               string
}

func (k opKey) ends() (string, plant.Endpoint, plant.Endpoint) {
	return k.site, k.requester, k.responder
}

// group is one row of the answer. The assets at its ends are found last, for
// the rows that are shown.
type group[K sumKey, V any] struct {
	key   K
	value V
	hash  uint64       // of the key; orders those that are equal
	next  *group[K, V] // another with the same hash
}

// summed collects groups, at most history.MaxGroups. What finds no room is told
// by more. Keys are long: each is hashed once for a row, and groups are made
// some hundred at a time.
type summed[K sumKey, V any] struct {
	byHash map[uint64]*group[K, V]
	groups []*group[K, V]
	spare  []group[K, V]
	seed   maphash.Seed
	more   bool
}

func newSummed[K sumKey, V any](seed maphash.Seed) *summed[K, V] {
	return &summed[K, V]{byHash: map[uint64]*group[K, V]{}, seed: seed}
}

// at is the group of a key, made if there is none yet; nil if there is no room.
func (s *summed[K, V]) at(k K) (g *group[K, V], made bool) {
	hash := maphash.Comparable(s.seed, k)
	first := s.byHash[hash]
	for g = first; g != nil; g = g.next {
		if g.key == k {
			return g, false
		}
	}
	if len(s.groups) >= history.MaxGroups {
		s.more = true
		return nil, false
	}
	if len(s.spare) == 0 {
		s.spare = make([]group[K, V], min(256, history.MaxGroups-len(s.groups)))
	}
	g, s.spare = &s.spare[0], s.spare[1:]
	g.key, g.hash, g.next = k, hash, first
	s.byHash[hash] = g
	s.groups = append(s.groups, g)
	return g, true
}

// span is what a sum is over.
type span struct {
	sites     []string
	from, to  time.Time
	kind      plant.SegmentKind
	asset     ends // of the asset asked for; empty for all
	peer      ends
	protocols []string
	kinds     []plant.Kind
}

// ends are the endpoints of an asset.
type ends struct {
	site  string
	set   map[plant.Endpoint]bool
	addrs []string // of them, without doubles
}

func (s *Server) ends(ctx context.Context, id string) (ends, error) {
	if id == "" {
		return ends{}, nil
	}
	d, err := s.store.Asset(ctx, id)
	if err != nil {
		return ends{}, err
	}
	if err := s.within(ctx, d.Site); err != nil {
		return ends{}, err
	}
	e := ends{site: d.Site, set: map[plant.Endpoint]bool{}}
	for _, x := range d.Endpoints {
		e.set[x] = true
		e.addrs = append(e.addrs, x.Addr())
	}
	slices.Sort(e.addrs)
	e.addrs = slices.Compact(e.addrs)
	return e, nil
}

// take tells whether something between two endpoints is asked for.
func (p *span) take(a, b plant.Endpoint, protocol string) bool {
	if len(p.protocols) > 0 && !slices.Contains(p.protocols, protocol) {
		return false
	}
	if p.asset.set == nil {
		return true
	}
	if p.peer.set == nil {
		return p.asset.set[a] || p.asset.set[b]
	}
	return p.asset.set[a] && p.peer.set[b] || p.asset.set[b] && p.peer.set[a]
}

func (s *Server) span(ctx context.Context, f *TalkFilter, kind plant.SegmentKind) (*span, error) {
	p := &span{from: f.From, to: f.To, kind: kind}
	if p.to.IsZero() {
		p.to = s.opt.Now()
	}
	if f.Protocol != "" {
		p.protocols = []string{f.Protocol}
	}
	var err error
	if p.sites, err = s.sites(ctx, f.Site); err != nil {
		return nil, err
	}
	if p.asset, err = s.ends(ctx, f.Asset); err != nil {
		return nil, err
	}
	if p.peer, err = s.ends(ctx, f.Peer); err != nil {
		return nil, err
	}
	p.within(p.asset.site)
	p.within(p.peer.site)
	return p, nil
}

// within leaves one site, that of an asset: another may use its addresses.
func (p *span) within(site string) {
	if site != "" {
		p.sites = slices.DeleteFunc(p.sites, func(s string) bool { return s != site })
	}
}

func (s *Server) sites(ctx context.Context, site string) ([]string, error) {
	if site != "" {
		return []string{site}, nil
	}
	all, err := s.store.Sites(ctx)
	return slices.Clone(all), err
}

// stable runs a sum, and again if segments were sealed or rolled up meanwhile:
// rows would have been counted in both places or in neither, or a file would
// have gone while it was read.
func (s *Server) stable(ctx context.Context, p *span, sum func(segments []plant.Segment) error) error {
	before, err := s.segments(ctx, p)
	if err != nil {
		return err
	}
	for try := 0; ; try++ {
		failed := sum(before)
		after, err := s.segments(ctx, p)
		if err != nil {
			return errors.Join(failed, err)
		}
		same := slices.EqualFunc(before, after, func(a, b plant.Segment) bool { return a.Path == b.Path })
		if same || try == 2 {
			return failed
		}
		before = after
	}
}

func (s *Server) segments(ctx context.Context, p *span) ([]plant.Segment, error) {
	var all []plant.Segment
	for _, site := range p.sites {
		list, err := s.store.Segments(ctx, store.SegmentFilter{Site: site, Kind: p.kind, From: p.from, To: p.to})
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	return all, nil
}

func (p *span) query(site string) history.Query {
	return history.Query{From: p.from, To: p.to, Site: site, Addrs: p.asset.addrs, Protocols: p.protocols, Kinds: p.kinds}
}

func ofSite(segments []plant.Segment, site string) []plant.Segment {
	var list []plant.Segment
	for _, s := range segments {
		if s.Site == site {
			list = append(list, s)
		}
	}
	return list
}

func (s *Server) summedConversations(ctx context.Context, f *TalkFilter, page Page) (*List[Conversation], error) {
	done, err := s.heavy.take(ctx, s.opt.Limits.Wait)
	if err != nil {
		return nil, err
	}
	defer done()
	p, err := s.span(ctx, f, plant.SegmentConversations)
	if err != nil {
		return nil, err
	}
	var sums *summed[convKey, plant.Conversation]
	err = s.stable(ctx, p, func(segments []plant.Segment) (err error) {
		sums, err = s.sumConversations(ctx, p, segments)
		return err
	})
	if err != nil {
		return nil, err
	}
	return answerSums(ctx, s, sums, page, f.crossing(), summary[plant.Conversation, Conversation]{
		size:     func(c *plant.Conversation) uint64 { return c.BytesUp + c.BytesDown },
		protocol: func(c *plant.Conversation) (string, bool) { return c.Protocol, c.Answered },
		row: func(n *names, site string, c *plant.Conversation, a, b store.AssetRef, crossing bool) Conversation {
			return n.conversation(&store.ConversationItem{Conversation: *c, Site: site, ClientAsset: a, ServerAsset: b, Crossing: crossing})
		},
	})
}

func (s *Server) sumConversations(ctx context.Context, p *span, segments []plant.Segment) (*summed[convKey, plant.Conversation], error) {
	sums := newSummed[convKey, plant.Conversation](s.seed)
	for _, site := range p.sites {
		add := func(c *plant.Conversation) {
			if !p.take(c.Client, c.Server, c.Protocol) {
				return
			}
			k := convKey{site, c.Client, c.Server, c.Transport, c.Port, c.Protocol}
			g, made := sums.at(k)
			switch {
			case g == nil:
			case made:
				g.value = *c
			default:
				addConversation(&g.value, c)
			}
		}
		if err := s.store.ConversationsBetween(ctx, site, p.from, p.to, func(_ string, c *plant.Conversation) error {
			add(c)
			return nil
		}); err != nil {
			return nil, err
		}
		sealed := ofSite(segments, site)
		if s.opt.History == nil || len(sealed) == 0 {
			continue
		}
		if err := s.opt.History.Conversations(ctx, sealed, p.query(site), func(c *history.Conversation) bool {
			add(&c.Conversation)
			return ctx.Err() == nil
		}); err != nil {
			return nil, err
		}
	}
	return sums, ctx.Err()
}

func addConversation(to, c *plant.Conversation) {
	to.Confirmed = to.Confirmed || c.Confirmed
	to.Answered = to.Answered || c.Answered
	to.Established = to.Established || c.Established
	to.Flows += c.Flows
	to.PacketsUp += c.PacketsUp
	to.PacketsDown += c.PacketsDown
	to.BytesUp += c.BytesUp
	to.BytesDown += c.BytesDown
	to.Lost += c.Lost
	if c.First.Before(to.First) {
		to.First, to.Packet = c.First, c.Packet
	}
	if c.Last.After(to.Last) {
		to.Last = c.Last
	}
}

func (s *Server) summedOperations(ctx context.Context, in *operationListInput) (*List[Operation], error) {
	done, err := s.heavy.take(ctx, s.opt.Limits.Wait)
	if err != nil {
		return nil, err
	}
	defer done()
	p, err := s.span(ctx, &in.TalkFilter, plant.SegmentOperations)
	if err != nil {
		return nil, err
	}
	p.kinds = kindOf(in.Kind)
	var sums *summed[opKey, plant.Operation]
	err = s.stable(ctx, p, func(segments []plant.Segment) (err error) {
		sums, err = s.sumOperations(ctx, p, segments)
		return err
	})
	if err != nil {
		return nil, err
	}
	return answerSums(ctx, s, sums, in.Page, in.crossing(), summary[plant.Operation, Operation]{
		size:     func(o *plant.Operation) uint64 { return o.Requests + o.Responses },
		protocol: func(o *plant.Operation) (string, bool) { return o.Verb.Protocol, true },
		row: func(n *names, site string, o *plant.Operation, a, b store.AssetRef, crossing bool) Operation {
			return n.operation(&store.OperationItem{Operation: *o, Site: site, RequesterAsset: a, ResponderAsset: b, Crossing: crossing})
		},
	})
}

func (s *Server) sumOperations(ctx context.Context, p *span, segments []plant.Segment) (*summed[opKey, plant.Operation], error) {
	sums := newSummed[opKey, plant.Operation](s.seed)
	for _, site := range p.sites {
		add := func(o *plant.Operation) {
			if !p.take(o.Requester, o.Responder, o.Verb.Protocol) || len(p.kinds) > 0 && !slices.Contains(p.kinds, o.Verb.Kind) {
				return
			}
			k := opKey{site, o.Requester, o.Responder, o.Port, o.Verb.Protocol, o.Verb.Code, o.Object}
			g, made := sums.at(k)
			switch {
			case g == nil:
			case made:
				g.value = *o
			default:
				addOperation(&g.value, o)
			}
		}
		if err := s.store.OperationsBetween(ctx, site, p.from, p.to, func(_ string, o *plant.Operation) error {
			add(o)
			return nil
		}); err != nil {
			return nil, err
		}
		sealed := ofSite(segments, site)
		if s.opt.History == nil || len(sealed) == 0 {
			continue
		}
		if err := s.opt.History.Operations(ctx, sealed, p.query(site), func(o *history.Operation) bool {
			add(&o.Operation)
			return ctx.Err() == nil
		}); err != nil {
			return nil, err
		}
	}
	return sums, ctx.Err()
}

func addOperation(to, o *plant.Operation) {
	to.Requests += o.Requests
	to.Responses += o.Responses
	to.Accepted += o.Accepted
	to.Refused += o.Refused
	if o.First.Before(to.First) {
		to.First, to.Packet = o.First, o.Packet
	}
	if o.Last.After(to.Last) {
		to.Last, to.Value = o.Last, o.Value
	}
}
