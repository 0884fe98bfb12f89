package api

import (
	"context"

	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// crossing is nil where the filter does not ask for it.
func (f *TalkFilter) crossing() *bool {
	if f.Crossing == "" {
		return nil
	}
	yes := f.Crossing == "true"
	return &yes
}

// sums tells whether sums over a time are asked for, not totals.
func (f *TalkFilter) sums() bool { return !f.From.IsZero() || !f.To.IsZero() }

func (f *TalkFilter) store() store.TalkFilter {
	return store.TalkFilter{Site: f.Site, Asset: f.Asset, Peer: f.Peer, Protocol: f.Protocol, Crossing: f.crossing()}
}

func (f *TalkFilter) check() error {
	switch {
	case f.Peer != "" && f.Asset == "":
		return refuse(ErrInvalid, "peer needs asset: it means what the two said to each other.")
	case !f.From.IsZero() && !f.To.IsZero() && !f.From.Before(f.To):
		return refuse(ErrInvalid, "from must be before to.")
	}
	return nil
}

func (s *Server) listConversations(ctx context.Context, in *conversationListInput) (*List[Conversation], error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	if in.sums() {
		return s.summedConversations(ctx, &in.TalkFilter, in.Page)
	}
	l, err := s.store.Conversations(ctx, in.TalkFilter.store(), in.Page.of(in.Sort))
	if err != nil {
		return nil, err
	}
	n, err := s.names(ctx)
	if err != nil {
		return nil, err
	}
	return page(l, n.conversation), nil
}

func (n *names) conversation(c *store.ConversationItem) Conversation {
	client, server := c.Client.Addr(), c.Server.Addr()
	return Conversation{
		Client: n.asset(c.ClientAsset, client), Server: n.asset(c.ServerAsset, server), ClientAddress: client, ServerAddress: server,
		Transport: c.Transport.String(), Port: c.Port, Protocol: c.Protocol, Confirmed: c.Confirmed, Answered: c.Answered,
		Flows: c.Flows, Packets: c.PacketsUp + c.PacketsDown, Bytes: c.BytesUp + c.BytesDown, PacketsFromClient: c.PacketsUp, BytesFromClient: c.BytesUp, LostBytes: c.Lost,
		First: when(c.First), Last: when(c.Last), Crossing: c.Crossing, Packet: n.packet(c.Packet, c.First),
	}
}

func (s *Server) listOperations(ctx context.Context, in *operationListInput) (*List[Operation], error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	if in.sums() {
		return s.summedOperations(ctx, in)
	}
	f := in.TalkFilter.store()
	f.Kind = in.Kind
	return s.totalOperations(ctx, f, in.Page.of(in.Sort))
}

func (s *Server) totalOperations(ctx context.Context, f store.TalkFilter, p store.Page) (*List[Operation], error) {
	l, err := s.store.Operations(ctx, f, p)
	if err != nil {
		return nil, err
	}
	n, err := s.names(ctx)
	if err != nil {
		return nil, err
	}
	return page(l, n.operation), nil
}

func (n *names) operation(o *store.OperationItem) Operation {
	requester, responder := o.Requester.Addr(), o.Responder.Addr()
	return Operation{
		Requester: n.asset(o.RequesterAsset, requester), Responder: n.asset(o.ResponderAsset, responder), RequesterAddress: requester, ResponderAddress: responder,
		Port: o.Port, Protocol: o.Verb.Protocol, Code: o.Verb.Code, Name: o.Verb.Name, Kind: o.Verb.Kind.String(), Technique: o.Verb.Technique,
		Object: o.Object, Value: o.Value, Requests: o.Requests, Responses: o.Responses, Accepted: o.Accepted, Refused: o.Refused,
		First: when(o.First), Last: when(o.Last), Crossing: o.Crossing, Packet: n.packet(o.Packet, o.First),
	}
}

// stand is where an asset stands, for Options.Crosses.
func stand(a *store.AssetItem) store.Stand {
	return store.Stand{Kind: a.Kind, Side: a.Side, Level: a.Level, Role: a.Role}
}

// crosses asks whether something between two assets goes over a boundary. With
// an end that no asset stands for that is not known, so it does not.
func (s *Server) crosses(a, b *store.AssetItem, protocol string, answered bool) bool {
	return s.opt.Crosses != nil && a != nil && b != nil && s.opt.Crosses(stand(a), stand(b), protocol, answered)
}

func kindOf(name string) []plant.Kind {
	if k, ok := plant.ParseKind(name); ok && name != "" {
		return []plant.Kind{k}
	}
	return nil
}
