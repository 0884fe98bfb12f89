package api

import (
	"context"
	"net/netip"
	"sync"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// each maps a list, never to nil: lists are not null in our answers.
func each[A, B any](list []A, f func(*A) B) []B {
	out := make([]B, len(list))
	for i := range list {
		out[i] = f(&list[i])
	}
	return out
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// page is a store's page in our words.
func page[A, B any](l store.List[A], f func(*A) B) *List[B] {
	return &List[B]{Items: each(l.Items, f), Next: l.Next, Total: l.Total, More: l.More}
}

func (p Page) of(sort string) store.Page {
	return store.Page{Limit: p.Limit, Cursor: p.Cursor, Sort: sort}
}

func level(l float64) *float64 {
	if l < 0 {
		return nil
	}
	return &l
}

func macText(m *plant.MAC) string       { return m.String() }
func ipText(a *netip.Addr) string       { return a.String() }
func countOf(c *store.Count) Count      { return Count{c.Value, c.Count} }
func counts(list []store.Count) []Count { return each(list, countOf) }

func findingCounts(c store.FindingCounts) FindingCounts {
	return FindingCounts{int64(c.High), int64(c.Medium), int64(c.Low), int64(c.Info)}
}

// assetIndex finds assets by identifier in the picture that the store made of
// the plant last, so that a list of conversations needs no question for each
// row. It may be some seconds old, as the picture is.
type assetIndex struct {
	mu   sync.Mutex
	made *store.Map
	byID map[string]*store.AssetItem
}

// assets is the index of the present picture.
func (s *Server) assets(ctx context.Context) (map[string]*store.AssetItem, error) {
	m, err := s.store.Map(ctx, "")
	if err != nil {
		return nil, err
	}
	x := &s.index
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.made != m {
		x.byID = make(map[string]*store.AssetItem, len(m.Assets))
		for i := range m.Assets {
			x.byID[m.Assets[i].ID] = &m.Assets[i]
		}
		x.made = m
	}
	return x.byID, nil
}

// names turns references of the store into those of the API for one answer.
type names struct {
	assets  map[string]*store.AssetItem
	sensors map[int]*store.Sensor
}

func (s *Server) names(ctx context.Context) (*names, error) {
	assets, err := s.assets(ctx)
	if err != nil {
		return nil, err
	}
	n, err := s.packetNames(ctx)
	if err != nil {
		return nil, err
	}
	n.assets = assets
	return n, nil
}

// packetNames knows sensors only.
func (s *Server) packetNames(ctx context.Context) (*names, error) {
	sensors, err := s.store.Sensors(ctx, "")
	if err != nil {
		return nil, err
	}
	n := &names{sensors: make(map[int]*store.Sensor, len(sensors))}
	for i := range sensors {
		n.sensors[sensors[i].ID] = &sensors[i]
	}
	return n, nil
}

// asset names an asset. The address stands in for one that is not known.
func (n *names) asset(r store.AssetRef, address string) AssetRef {
	ref := AssetRef{ID: r.ID, Label: r.Label, Side: string(plant.SideUnknown)}
	if a := n.assets[r.ID]; a != nil && r.ID != "" {
		ref.Label, ref.Kind, ref.Side, ref.Role, ref.Level = a.Label, string(a.Kind), string(a.Side), a.Role, level(a.Level)
	}
	if ref.Label == "" {
		ref.Label = address
	}
	return ref
}

// packet names a packet that was read at a time, zero if that is not known.
func (n *names) packet(r plant.PacketRef, at time.Time) *Packet {
	sensor := n.sensors[r.Capture()]
	if r.Number() == 0 || sensor == nil {
		return nil
	}
	oldest := sensor.Status.RingOldest
	return &Packet{
		Site: sensor.Site, Sensor: sensor.Name, Number: r.Number(), At: when(at),
		Available: !oldest.IsZero() && (at.IsZero() || !at.Before(oldest)),
	}
}
