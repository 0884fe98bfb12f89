package api

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/keep/history"
	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

func (f *AssetFilter) store() store.AssetFilter {
	return store.AssetFilter{
		Site: f.Site, Q: f.Q, Kind: f.Kind, Side: f.Side, Role: f.Role, Vendor: f.Vendor, Protocol: f.Protocol, Network: f.Network,
		Zone: f.Zone, Line: f.Line, Cell: f.Cell, Owner: f.Owner,
		Level: parseLevel(f.Level), Finding: f.Finding, SeenSince: f.SeenSince, FirstSince: f.FirstSince,
	}
}

// parseLevel is nil for "any"; the filter's values are checked before.
func parseLevel(text string) *float64 {
	if text == "" {
		return nil
	}
	l := float64(plant.LevelUnknown)
	if text != "unknown" {
		l, _ = strconv.ParseFloat(text, 64)
	}
	return &l
}

func (s *Server) listAssets(ctx context.Context, in *assetListInput) (*List[AssetRow], error) {
	l, err := s.store.Assets(ctx, in.AssetFilter.store(), in.Page.of(strings.Replace(in.Sort, "name", "label", 1)))
	if err != nil {
		return nil, err
	}
	return page(l, assetRow), nil
}

func assetRow(a *store.AssetItem) AssetRow {
	return AssetRow{
		ID: a.ID, Site: a.Site, Kind: string(a.Kind), Side: string(a.Side), Level: level(a.Level), Role: a.Role, Label: a.Label,
		Names: orEmpty(a.Names), IPs: each(a.IPs, ipText), MACs: each(a.MACs, macText), VLANs: orEmpty(a.VLANs), Network: a.Network,
		Zone: a.Zone, Line: a.Line, Cell: a.Cell, Owners: OwnerIDs{IT: a.OwnerIT, Operations: a.OwnerOperations},
		Vendor: a.Vendor, Product: a.Product, OrderNumber: a.OrderNumber, Firmware: a.Firmware, Hardware: a.Hardware, Serial: a.Serial, OS: a.OS,
		Protocols: orEmpty(a.Protocols), FirstSeen: when(a.First), LastSeen: when(a.Last),
		Facts: int64(a.Facts), Modules: int64(a.Modules), Conflicts: int64(a.Conflicts), Findings: findingCounts(a.Findings), Gone: when(a.Gone),
	}
}

// NewAssetRow is an asset as lists give it, for those who publish changes.
func NewAssetRow(a *store.AssetItem) AssetRow { return assetRow(a) }

func (s *Server) assetFacets(ctx context.Context, in *AssetFilter) (*Facets, error) {
	f, err := s.store.AssetFacets(ctx, in.store())
	if err != nil {
		return nil, err
	}
	return &Facets{
		Total: f.Total, Vendors: counts(f.Vendors), Roles: counts(f.Roles), Kinds: counts(f.Kinds), Sides: counts(f.Sides),
		Levels: counts(f.Levels), Protocols: counts(f.Protocols), Networks: counts(f.Networks), Sites: s.seen(ctx, counts(f.Sites)),
		Zones: counts(f.Zones), Lines: counts(f.Lines), Cells: counts(f.Cells), Owners: counts(f.Owners),
	}, nil
}

// seen leaves out the sites that whoever asks is not on.
func (s *Server) seen(ctx context.Context, sites []Count) []Count {
	return slices.DeleteFunc(sites, func(c Count) bool { return !s.sees(ctx, c.Value) })
}

func (s *Server) asset(w http.ResponseWriter, r *http.Request, in *AssetPath) error {
	d, err := s.store.Asset(r.Context(), in.ID)
	if err != nil {
		return err
	}
	if err := s.within(r.Context(), d.Site); err != nil {
		return err
	}
	if d.ID != in.ID {
		w.Header().Set("Location", base+"/assets/"+url.PathEscape(d.ID))
		w.WriteHeader(http.StatusTemporaryRedirect)
		return nil
	}
	n, err := s.packetNames(r.Context())
	if err != nil {
		return err
	}
	a := n.detail(&d)
	a.Owners = s.called(r.Context(), d.Site).owners(d.OwnerIT, d.Why.IT, d.OwnerOperations, d.Why.Operations)
	return writeJSON(w, r, http.StatusOK, a)
}

func (n *names) detail(d *store.AssetDetail) *Asset {
	a := assetRow(&d.AssetItem)
	return &Asset{
		ID: a.ID, Site: a.Site, Kind: a.Kind, Side: a.Side, Level: a.Level, Role: a.Role, Label: a.Label, Names: a.Names, IPs: a.IPs, MACs: a.MACs, VLANs: a.VLANs,
		Network: a.Network, Zone: a.Zone, Line: a.Line, Cell: a.Cell, PlacedBy: PlacedBy{Zone: d.Why.Zone, Line: d.Why.Line}, Vendor: a.Vendor, Product: a.Product, OrderNumber: a.OrderNumber, Firmware: a.Firmware, Hardware: a.Hardware, Serial: a.Serial, OS: a.OS,
		Protocols: a.Protocols, FirstSeen: a.FirstSeen, LastSeen: a.LastSeen, Gone: a.Gone,
		Facts:     each(d.Full.Facts, n.fact),
		Modules:   each(d.Full.Modules, n.module),
		Reasons:   each(d.Full.Reasons, n.reason),
		Conflicts: each(d.Full.Conflicts, n.conflict),
		Findings:  each(d.Open, func(f *store.FindingRef) FindingRef { return FindingRef{f.ID, f.Level, f.Title} }),
		Changes:   each(d.Changes, func(c *store.Change) AssetChange { return AssetChange{c.Field, c.Old, c.New, when(c.When)} }),
		Aliases:   orEmpty(d.Former),
		Endpoints: each(d.Endpoints, endpointDTO),
	}
}

func (n *names) fact(f *plant.Fact) Fact {
	return Fact{
		Field: string(f.Field), Value: f.Value, Source: f.Source, Confidence: f.Confidence, Count: f.Count,
		First: when(f.First), Last: when(f.Last), Packet: n.packet(f.Packet, f.First),
	}
}

func (n *names) module(m *plant.Module) Module {
	return Module{
		Slot: m.Slot, Vendor: m.Vendor, Product: m.Product, OrderNumber: m.OrderNumber, Firmware: m.Firmware, Hardware: m.Hardware, Serial: m.Serial,
		Facts: each(m.Facts, n.fact),
	}
}

func (n *names) reason(r *plant.Reason) Reason {
	return Reason{What: r.What, Why: r.Why, Packet: n.packet(r.Packet, time.Time{})}
}

func (n *names) conflict(c *plant.Conflict) Conflict {
	return Conflict{Field: string(c.Field), Why: c.Why, Facts: each(c.Facts, n.fact)}
}

const day = 24 * time.Hour

func (s *Server) assetPeers(ctx context.Context, in *assetPeersInput) (*List[Peer], error) {
	if err := s.withinAsset(ctx, in.ID); err != nil {
		return nil, err
	}
	now := s.opt.Now()
	l, err := s.store.Peers(ctx, in.ID, now.Add(-day), in.Page.of(in.Sort))
	if err != nil {
		return nil, err
	}
	n, err := s.names(ctx)
	if err != nil {
		return nil, err
	}
	sealed, known, err := s.sealedPeers(ctx, l.Items, now)
	if err != nil {
		return nil, err
	}
	return page(l, func(p *store.Peer) Peer {
		out := n.peer(p)
		if known {
			sum := p.RecentBytes + sealed[peerKeyOf(p)]
			out.BytesDay = &sum
		}
		return out
	}), nil
}

func (n *names) peer(p *store.Peer) Peer {
	other, end, direction := p.ClientAsset, p.Client, "in"
	if p.Out {
		other, end, direction = p.ServerAsset, p.Server, "out"
	}
	return Peer{
		Asset: n.asset(other, end.Addr()), Address: end.Addr(), Direction: direction, Transport: p.Transport.String(), Protocol: p.Protocol, Port: p.Port,
		Packets: p.PacketsUp + p.PacketsDown, Bytes: p.BytesUp + p.BytesDown, First: when(p.First), Last: when(p.Last), Crossing: p.Crossing,
	}
}

// peerKey tells the conversations of one asset apart as the history does.
type peerKey struct {
	own, other string
	out        bool
	transport  plant.Transport
	port       uint16
	protocol   string
}

func peerKeyOf(p *store.Peer) peerKey {
	k := peerKey{p.Server.Addr(), p.Client.Addr(), p.Out, p.Transport, p.Port, p.Protocol}
	if p.Out {
		k.own, k.other = k.other, k.own
	}
	return k
}

// Bounds of what the history is asked for the bytes of the last day: addresses
// of the asset (a router that translates can have thousands), and how long the
// page may wait for them.
const (
	maxOwn  = 8
	dayWait = 300 * time.Millisecond
)

// sealedPeers are the bytes of the last day that were sealed into history, by
// conversation. They are not known if the history is busy: the page of an asset
// does not wait for it.
func (s *Server) sealedPeers(ctx context.Context, peers []store.Peer, now time.Time) (sum map[peerKey]uint64, known bool, err error) {
	if s.opt.History == nil || len(peers) == 0 {
		return nil, true, nil
	}
	own := map[string]bool{}
	for i := range peers {
		own[peerKeyOf(&peers[i]).own] = true
	}
	segments, err := s.store.Segments(ctx, store.SegmentFilter{Site: peers[0].Site, Kind: plant.SegmentConversations, From: now.Add(-day), To: now})
	if err != nil || len(segments) == 0 {
		return nil, true, err
	}
	if len(own) > maxOwn {
		return nil, false, nil
	}
	done, err := s.heavy.take(ctx, 0)
	if err != nil {
		return nil, false, nil // busy is an answer here
	}
	defer done()
	request := ctx
	ctx, cancel := context.WithTimeout(ctx, dayWait)
	defer cancel()
	sum = map[peerKey]uint64{}
	for addr := range own {
		a, err := s.opt.History.Peers(ctx, segments, addr, history.Query{From: now.Add(-day), To: now, Site: peers[0].Site})
		if err != nil {
			if ctx.Err() == nil {
				s.log.Warn("history does not tell the bytes of the last day", "error", err)
			}
			return nil, false, request.Err()
		}
		for _, p := range a.Groups {
			sum[peerKey{addr, p.Addr, !p.Client, p.Transport, p.Port, p.Protocol}] += p.BytesUp + p.BytesDown
		}
	}
	return sum, true, nil
}

func (s *Server) assetOperations(ctx context.Context, in *assetOperationsInput) (*List[Operation], error) {
	if err := s.withinAsset(ctx, in.ID); err != nil {
		return nil, err
	}
	return s.totalOperations(ctx, store.TalkFilter{Asset: in.ID, Protocol: in.Protocol, Kind: in.Kind}, in.Page.of(in.Sort))
}
