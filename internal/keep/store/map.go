package store

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
)

// Edge is what passes between two boxes of the map or, for what crosses or no
// conduit covers, between two assets. From is the side that asks.
type Edge struct {
	Site     string
	From, To string // boxes (AssetItem.Box), or identifiers of assets
	// Conversations are all that it stands for; Uncovered are those of them that
	// no conduit of the plant model covers, and Conduits what covers others.
	Conversations int64
	Uncovered     int64
	Conduits      []string
	Protocols     []string
	Packets       uint64
	Bytes         uint64
	Last          time.Time
	Crossing      bool
	Operations    []plant.Kind // that were asked for, most consequential first
}

// Map is what the plant map draws, added up over the totals. It may be some
// seconds old: Made says when it was made.
type Map struct {
	Assets   []AssetItem // without what the inventory no longer makes
	Networks []Edge
	Pairs    []Edge // of assets, only what crosses or no conduit covers; at most 5,000, the largest
	More     int64  // pairs left out
	Made     time.Time
}

// Map draws a site, "" for all.
func (db *DB) Map(ctx context.Context, site string) (*Map, error) { return db.plantMap(ctx, site) }

// Overview are the counts that every page shows. It may be some seconds old.
type Overview struct {
	Sites                    []string
	Assets, Unknown          int64 // unknown: inside the site, neither role nor vendor known
	Kinds, Sides, Roles      []Count
	Conversations, Crossings int64
	Findings                 FindingCounts
	Observed                 time.Time // newest packet time of any sensor
	RecentFrom               time.Time // oldest row by the minute
	HistoryFrom, HistoryTo   time.Time // of the segments
	Made                     time.Time
}

// Overview counts a site, "" for all.
func (db *DB) Overview(ctx context.Context, site string) (*Overview, error) {
	return db.overview(ctx, site)
}

// maxPairs bounds the pairs of assets that the map draws.
const maxPairs = 5000

// mapEnds are the two boxes or assets of an edge.
type mapEnds struct{ site, from, to string }

// mapping is a map in the making.
type mapping struct {
	assets   map[int64]AssetItem
	networks map[mapEnds]*Edge
	pairs    map[mapEnds]*Edge
}

func (db *DB) plantMap(ctx context.Context, site string) (*Map, error) {
	// Where there is one site, it and all sites are one picture, which is large.
	if all, err := db.sites(ctx); err == nil && len(all) == 1 && all[0] == site {
		site = ""
	}
	v, err := db.figure(ctx, "map "+site, func(ctx context.Context) (any, error) { return db.makeMap(ctx, site) })
	if err != nil {
		return nil, db.failed("draw the map", err)
	}
	return v.(*Map), nil
}

func (db *DB) makeMap(ctx context.Context, site string) (*Map, error) {
	sites, err := db.sitesOf(ctx, site)
	m := &Map{Made: db.options.Now()}
	if err != nil || len(sites) == 0 {
		return m, err
	}
	g := &mapping{assets: map[int64]AssetItem{}, networks: map[mapEnds]*Edge{}, pairs: map[mapEnds]*Edge{}}
	err = db.each(ctx, "SELECT "+assetColumns+assetFrom+" WHERE asset.gone = 0 AND asset.site IN ("+list(len(sites))+") ORDER BY asset.sorted, asset.num", sites, func(scan func(...any) error) error {
		num, a, err := scanAsset(scan)
		g.assets[num] = a
		m.Assets = append(m.Assets, a)
		return err
	})
	if err == nil {
		err = db.mapConversations(ctx, g, sites)
	}
	if err == nil {
		err = db.mapOperations(ctx, g, sites)
	}
	m.Networks, m.Pairs = sortedEdges(g.networks), sortedEdges(g.pairs)
	if n := len(m.Pairs) - maxPairs; n > 0 {
		m.Pairs, m.More = m.Pairs[:maxPairs], int64(n)
	}
	return m, err
}

// mapConversations adds up by pair of assets in SQL, and by network here: an
// asset's network is known without reading it for every conversation.
func (db *DB) mapConversations(ctx context.Context, g *mapping, sites []any) error {
	words, err := db.modelWords(ctx)
	if err != nil {
		return err
	}
	return db.each(ctx, `SELECT client_asset, server_asset, protocol, crossing, state, conduit, COUNT(*), SUM(packets_up + packets_down), SUM(bytes_up + bytes_down), MAX(last) FROM conversation
 WHERE site IN (`+list(len(sites))+`) AND client_asset IS NOT NULL AND server_asset IS NOT NULL GROUP BY client_asset, server_asset, protocol, crossing, state, conduit`, sites, func(scan func(...any) error) error {
		var client, server, crossing, state, conduit, n, last int64
		var protocol string
		var packets, bytes uint64
		if err := scan(&client, &server, &protocol, &crossing, &state, &conduit, &n, &packets, &bytes, &last); err != nil {
			return err
		}
		uncovered := model.State(state) == model.StateUncovered
		for _, e := range g.edges(client, server, crossing != 0 || uncovered, true) {
			e.Conversations += n
			if uncovered {
				e.Uncovered += n
			}
			if c := words[conduit]; c != "" && !slices.Contains(e.Conduits, c) {
				e.Conduits = append(e.Conduits, c)
			}
			e.Packets += packets
			e.Bytes += bytes
			e.Crossing = e.Crossing || crossing != 0
			if at := clock(last); at.After(e.Last) {
				e.Last = at
			}
			if !slices.Contains(e.Protocols, protocol) {
				e.Protocols = append(e.Protocols, protocol)
			}
		}
		return nil
	})
}

func (db *DB) mapOperations(ctx context.Context, g *mapping, sites []any) error {
	return db.each(ctx, `SELECT requester_asset, responder_asset, kind FROM operation
 WHERE site IN (`+list(len(sites))+`) AND requester_asset IS NOT NULL AND responder_asset IS NOT NULL GROUP BY requester_asset, responder_asset, kind`, sites, func(scan func(...any) error) error {
		var requester, responder, kind int64
		if err := scan(&requester, &responder, &kind); err != nil {
			return err
		}
		// A pair that is drawn for another reason than crossing shows its
		// operations as well.
		for _, e := range g.edges(requester, responder, true, false) {
			if k := kindOf(kind); !slices.Contains(e.Operations, k) {
				e.Operations = append(e.Operations, k)
			}
		}
		return nil
	})
}

// edges are those that a conversation between two assets belongs to. Without
// add only those that are there: an operation travels in a conversation.
func (g *mapping) edges(from, to int64, crossing, add bool) []*Edge {
	a, isA := g.assets[from]
	b, isB := g.assets[to]
	if !isA || !isB {
		return nil
	}
	var all []*Edge
	if from, to := a.Box(), b.Box(); from != to {
		all = append(all, edgeAt(g.networks, mapEnds{a.Site, from, to}, add))
	}
	if crossing {
		all = append(all, edgeAt(g.pairs, mapEnds{a.Site, a.ID, b.ID}, add))
	}
	return slices.DeleteFunc(all, func(e *Edge) bool { return e == nil })
}

func edgeAt(of map[mapEnds]*Edge, k mapEnds, add bool) *Edge {
	e := of[k]
	if e == nil && add {
		e = &Edge{Site: k.site, From: k.from, To: k.to}
		of[k] = e
	}
	return e
}

// sortedEdges are the edges, the largest first.
func sortedEdges(of map[mapEnds]*Edge) []Edge {
	all := make([]Edge, 0, len(of))
	for _, e := range of {
		slices.Sort(e.Protocols)
		slices.Sort(e.Conduits)
		slices.SortFunc(e.Operations, func(a, b plant.Kind) int { return cmp.Compare(b, a) })
		all = append(all, *e)
	}
	slices.SortFunc(all, func(a, b Edge) int {
		return cmp.Or(cmp.Compare(b.Bytes, a.Bytes), cmp.Compare(a.Site, b.Site), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	return all
}

func (db *DB) overview(ctx context.Context, site string) (*Overview, error) {
	v, err := db.figure(ctx, "overview "+site, func(ctx context.Context) (any, error) { return db.makeOverview(ctx, site) })
	if err != nil {
		return nil, db.failed("count the plant", err)
	}
	return v.(*Overview), nil
}

func (db *DB) makeOverview(ctx context.Context, site string) (*Overview, error) {
	o := &Overview{Made: db.options.Now()}
	sites, err := db.sitesOf(ctx, site)
	if err != nil || len(sites) == 0 {
		return o, err
	}
	in := " IN (" + list(len(sites)) + ")"
	if err := db.overviewAssets(ctx, o, in, sites); err != nil {
		return o, err
	}
	if o.Sites, err = db.sites(ctx); err != nil {
		return o, err
	}
	var observed, recent, low, high int64
	for _, q := range []struct {
		query string
		to    []any
	}{
		{"SELECT COUNT(*) FROM conversation WHERE site" + in, []any{&o.Conversations}},
		{"SELECT COUNT(*) FROM conversation WHERE crossing = 1 AND site" + in, []any{&o.Crossings}},
		{"SELECT COALESCE(MAX(observed), 0) FROM sensor WHERE site" + in, []any{&observed}},
		{"SELECT COALESCE(MIN(minute) * 60000000000, 0) FROM conversation_minute WHERE site" + in, []any{&recent}},
		{"SELECT COALESCE(MIN(low), 0), COALESCE(MAX(high), 0) FROM segment WHERE site IN (SELECT name FROM site WHERE id" + in + ")", []any{&low, &high}},
	} {
		if err := db.row(ctx, q.query, sites, q.to...); err != nil {
			return o, err
		}
	}
	o.Observed, o.RecentFrom, o.HistoryFrom, o.HistoryTo = clock(observed), clock(recent), clock(low), clock(high)
	err = db.each(ctx, "SELECT level, COUNT(*) FROM finding WHERE closed = 0 AND site"+in+" GROUP BY level", sites, func(scan func(...any) error) error {
		var level string
		var n int
		err := scan(&level, &n)
		o.Findings.set(level, n)
		return err
	})
	return o, err
}

func (db *DB) overviewAssets(ctx context.Context, o *Overview, in string, sites []any) error {
	kinds, sides, roles := map[string]int64{}, map[string]int64{}, map[string]int64{}
	err := db.each(ctx, "SELECT kind, side, role, CASE WHEN vendor = '' THEN 1 ELSE 0 END AS nameless, COUNT(*) FROM asset WHERE gone = 0 AND site"+in+" GROUP BY kind, side, role, nameless", sites, func(scan func(...any) error) error {
		var kind, side, role string
		var nameless, n int64
		err := scan(&kind, &side, &role, &nameless, &n)
		o.Assets += n
		if kind != string(plant.KindExternal) && role == plant.RoleUnknown && nameless != 0 {
			o.Unknown += n
		}
		kinds[kind] += n
		sides[side] += n
		roles[role] += n
		return err
	})
	o.Kinds, o.Sides, o.Roles = topCounts(kinds), topCounts(sides), topCounts(roles)
	return err
}
