package api

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/keep/history"
	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
)

// bandNames are the Purdue levels as people call them, highest first.
var bandNames = []struct {
	level float64
	name  string
}{
	{5, "Enterprise"},
	{4, "Office"},
	{3.5, "DMZ"},
	{3, "Operations"},
	{2, "Supervision"},
	{1, "Control"},
	{0, "Process"},
}

func (s *Server) plantMap(ctx context.Context, in *mapInput) (*Map, error) {
	now := s.opt.Now()
	sites, err := s.sites(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	if in.At.IsZero() {
		return s.presentMap(ctx, sites, now)
	}
	d := s.newDrawing(now)
	past := in.At.Before(now)
	if past {
		from := in.At.Add(-day).UTC()
		d.out.At, d.out.From = in.At.UTC(), &from
	}
	for _, site := range sites {
		m, err := s.store.Map(ctx, site)
		if err != nil {
			return nil, err
		}
		d.models[site] = s.called(ctx, site).model
		d.assets(site, m.Assets, in.At)
		if past {
			if err := s.pastEdges(ctx, d, site, in.At); err != nil {
				return nil, err
			}
			continue
		}
		d.edges(site, m)
	}
	d.finish()
	return d.out, nil
}

func (s *Server) newDrawing(now time.Time) *drawing {
	return &drawing{room: s.opt.Limits.Assets, out: &Map{At: now.UTC(), Boxes: []Box{}, Edges: []Edge{}}, models: map[string]*model.Model{}, networks: map[string]map[string]int{}}
}

// drawn are the maps as they were drawn last, by sites. One is drawn again when
// the store has added up anew or a model is another one.
type drawn struct {
	mu sync.Mutex
	of map[string]drawnMap
}

// maxDrawn bounds the maps that are kept.
const maxDrawn = 8

type drawnMap struct {
	maps     []*store.Map
	versions []int64 // of the models
	out      *Map
}

// presentMap is the map of now. Nobody may change what it refers to.
func (s *Server) presentMap(ctx context.Context, sites []string, now time.Time) (*Map, error) {
	var of drawnMap
	d := s.newDrawing(now)
	for _, site := range sites {
		m, err := s.store.Map(ctx, site)
		if err != nil {
			return nil, err
		}
		c := s.called(ctx, site)
		d.models[site] = c.model
		of.maps, of.versions = append(of.maps, m), append(of.versions, c.version)
	}
	key := strings.Join(sites, "\n")
	s.drawn.mu.Lock()
	defer s.drawn.mu.Unlock()
	if was, ok := s.drawn.of[key]; ok && slices.Equal(was.maps, of.maps) && slices.Equal(was.versions, of.versions) {
		of.out = was.out
	} else {
		for i, site := range sites {
			d.assets(site, of.maps[i].Assets, time.Time{})
			d.edges(site, of.maps[i])
		}
		d.finish()
		of.out = d.out
		if s.drawn.of == nil || len(s.drawn.of) >= maxDrawn {
			s.drawn.of = map[string]drawnMap{}
		}
		s.drawn.of[key] = of
	}
	out := *of.out
	out.At = now.UTC()
	return &out, nil
}

// drawing is a map in the making.
type drawing struct {
	out      *Map
	room     int // for assets
	models   map[string]*model.Model
	networks map[string]map[string]int // assets by network and box
}

// boxID names a box. Two sites may use the same addresses.
func boxID(site, box string) string { return site + "/" + box }

// box is a network with all its assets.
type box struct {
	Box
	all    []*store.AssetItem
	levels map[float64]int
	sides  map[plant.Side]int
	lines  map[string]int
}

// newBox is a box without its assets: a zone of the plant model, or a network.
func (d *drawing) newBox(site string, a *store.AssetItem) Box {
	b := Box{ID: boxID(site, a.Box()), Site: site, Network: a.Network, Name: a.Network, Kind: "network", Assets: []MapAsset{}}
	if a.Zone == "" {
		return b
	}
	b.Network, b.Zone, b.Name, b.Kind = "", a.Zone, a.Zone, ""
	if z := d.models[site].Zone(a.Zone); z != nil {
		b.Name, b.Kind, b.Level = z.Name, string(z.Kind), z.Level
	}
	return b
}

// stands notes in which box assets of a network stand.
func (d *drawing) stands(site string, a *store.AssetItem) {
	network := boxID(site, a.Network)
	if d.networks[network] == nil {
		d.networks[network] = map[string]int{}
	}
	d.networks[network][boxID(site, a.Box())]++
}

// boxOf is the box in which most assets of a network stand.
func (d *drawing) boxOf(site, network string) string {
	return most(d.networks[boxID(site, network)], func(string) bool { return true })
}

// assets puts those of a site into boxes, all of them or those that had been
// seen by a time.
func (d *drawing) assets(site string, assets []store.AssetItem, at time.Time) {
	boxes := map[string]*box{}
	for i := range assets {
		a := &assets[i]
		if !at.IsZero() && a.First.After(at) {
			continue
		}
		b := boxes[a.Box()]
		if b == nil {
			b = &box{Box: d.newBox(site, a), levels: map[float64]int{}, sides: map[plant.Side]int{}, lines: map[string]int{}}
			boxes[a.Box()] = b
		}
		if a.Line != "" {
			b.lines[a.Line]++
		}
		d.stands(site, a)
		b.all = append(b.all, a)
		b.levels[a.Level]++
		b.sides[a.Side]++
	}
	sorted := make([]*box, 0, len(boxes))
	for _, b := range boxes {
		sorted = append(sorted, b)
	}
	// Small boxes first, so that one network of thousands does not leave the
	// others empty.
	slices.SortFunc(sorted, func(a, b *box) int {
		return cmp.Or(cmp.Compare(len(a.all), len(b.all)), cmp.Compare(a.ID, b.ID))
	})
	for _, b := range sorted {
		d.box(b)
	}
}

func (d *drawing) box(b *box) {
	b.Total = int64(len(b.all))
	if b.Level == nil {
		b.Level = level(most(b.levels, func(l float64) bool { return l >= 0 }))
	}
	for l, n := range b.lines {
		if 2*n > len(b.all) {
			b.Line = l // a switch with addresses on several lines makes no box a line's
		}
	}
	b.Side = string(most(b.sides, func(s plant.Side) bool { return s != plant.SideUnknown }))
	slices.SortFunc(b.all, func(x, y *store.AssetItem) int {
		return cmp.Or(cmp.Compare(severity(x.Findings), severity(y.Findings)), cmp.Compare(x.Label, y.Label), cmp.Compare(x.ID, y.ID))
	})
	for _, a := range b.all {
		if d.room == 0 {
			d.out.More++
			continue
		}
		d.room--
		b.Assets = append(b.Assets, MapAsset{
			ID: a.ID, Label: a.Label, Role: a.Role, Kind: string(a.Kind), Side: string(a.Side), Level: level(a.Level),
			VendorKnown: a.Vendor != "", Line: a.Line, Worst: worst[severity(a.Findings)],
		})
	}
	d.out.Boxes = append(d.out.Boxes, b.Box)
}

// most is what most assets of a box have, of what is known if anything is.
func most[K cmp.Ordered](count map[K]int, known func(K) bool) K {
	var best K
	found := false
	for k, n := range count {
		better := !found || known(k) && !known(best) ||
			known(k) == known(best) && (n > count[best] || n == count[best] && k < best)
		if better {
			best, found = k, true
		}
	}
	return best
}

// worst are the levels of findings by severity.
var worst = []string{"high", "medium", "low", "info", "none"}

func severity(c store.FindingCounts) int {
	switch {
	case c.High > 0:
		return 0
	case c.Medium > 0:
		return 1
	case c.Low > 0:
		return 2
	case c.Info > 0:
		return 3
	}
	return 4
}

func (d *drawing) edges(site string, m *store.Map) {
	for i := range m.Networks {
		e := edge(&m.Networks[i], "boxes")
		e.From, e.To = boxID(site, e.From), boxID(site, e.To)
		d.out.Edges = append(d.out.Edges, e)
	}
	for i := range m.Pairs {
		d.out.Edges = append(d.out.Edges, edge(&m.Pairs[i], "assets"))
	}
}

func edge(e *store.Edge, between string) Edge {
	return Edge{
		Between: between, From: e.From, To: e.To, Protocols: orEmpty(e.Protocols), Packets: e.Packets, Bytes: e.Bytes, Last: when(e.Last), Crossing: e.Crossing,
		Operations: each(e.Operations, func(k *plant.Kind) string { return k.String() }), Conduits: orEmpty(e.Conduits), Uncovered: e.Uncovered,
	}
}

// pastEdges are what passed between networks in the day before a time.
func (s *Server) pastEdges(ctx context.Context, d *drawing, site string, at time.Time) error {
	if s.opt.History == nil {
		return nil
	}
	done, err := s.heavy.take(ctx, s.opt.Limits.Wait)
	if err != nil {
		return err
	}
	defer done()
	from := at.Add(-day)
	segments, err := s.store.Segments(ctx, store.SegmentFilter{Site: site, Kind: plant.SegmentConversations, From: from, To: at})
	if err != nil || len(segments) == 0 {
		return err
	}
	a, err := s.opt.History.Pairs(ctx, segments, history.Query{From: from, To: at, Site: site}, history.ByPrefix)
	if err != nil {
		return err
	}
	sides := map[string]string{}
	for i := range d.out.Boxes {
		sides[d.out.Boxes[i].ID] = d.out.Boxes[i].Side
	}
	for _, p := range a.Groups {
		from, to := d.boxOf(site, p.Client), d.boxOf(site, p.Server)
		if sides[from] == "" || sides[to] == "" || from == to {
			continue // no asset stands there
		}
		d.out.Edges = append(d.out.Edges, Edge{
			Between: "boxes", From: from, To: to, Protocols: orEmpty(p.Protocols), Packets: p.PacketsUp + p.PacketsDown, Bytes: p.BytesUp + p.BytesDown,
			Last: when(p.Last), Crossing: crossed(sides[from], sides[to], p.Protocols), Operations: []string{}, Conduits: []string{},
		})
	}
	return nil
}

// crossed tells whether an edge of the past goes from one side to the other
// with more than names and time.
func crossed(from, to string, protocols []string) bool {
	both := from == string(plant.SideOT) && to == string(plant.SideIT) || from == string(plant.SideIT) && to == string(plant.SideOT)
	return both && slices.ContainsFunc(protocols, func(p string) bool { return !plant.Housekeeping(p) })
}

// finish orders boxes and adds the bands they stand in.
func (d *drawing) finish() {
	slices.SortFunc(d.out.Boxes, func(a, b Box) int {
		return cmp.Or(cmp.Compare(height(b.Level), height(a.Level)), cmp.Compare(a.Site, b.Site), cmp.Compare(a.ID, b.ID))
	})
	d.out.Bands = []Band{}
	for i := range d.out.Boxes {
		l := d.out.Boxes[i].Level
		if i > 0 && height(l) == height(d.out.Boxes[i-1].Level) {
			continue
		}
		d.out.Bands = append(d.out.Bands, Band{Level: l, Name: bandName(l)})
	}
}

// height orders levels; the unknown one is lowest, so that it is last.
func height(l *float64) float64 {
	if l == nil {
		return -1
	}
	return *l
}

func bandName(l *float64) string {
	if l == nil {
		return "Level unknown"
	}
	for _, b := range bandNames {
		if b.level == *l {
			return fmt.Sprintf("%s (level %s)", b.name, strconv.FormatFloat(*l, 'g', -1, 64))
		}
	}
	return "Level " + strconv.FormatFloat(*l, 'g', -1, 64)
}
