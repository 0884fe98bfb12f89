package api

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/binary"
	"hash/maphash"
	"slices"

	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// summary is what the answer needs to know of the values.
type summary[V, R any] struct {
	size     func(*V) uint64 // what the answer is sorted by
	protocol func(*V) (name string, answered bool)
	row      func(n *names, site string, v *V, a, b store.AssetRef, crossing bool) R
}

// answerSums finds the page's groups and names the assets of its rows.
func answerSums[K sumKey, V, R any](ctx context.Context, s *Server, sums *summed[K, V], p Page, crossing *bool, y summary[V, R]) (*List[R], error) {
	cursor, err := parseSumCursor(p.Cursor, s.life())
	if err != nil {
		return nil, err
	}
	n, err := s.names(ctx)
	if err != nil {
		return nil, err
	}
	groups := sums.groups
	var placed map[end]string
	assets := func(g *group[K, V]) (site, a, b string) {
		site, one, other := g.key.ends()
		return site, placed[end{site, one}], placed[end{site, other}]
	}
	crosses := func(g *group[K, V]) bool {
		name, answered := y.protocol(&g.value)
		_, a, b := assets(g)
		return s.crosses(n.assets[a], n.assets[b], name, answered)
	}
	if crossing != nil {
		if placed, err = place(ctx, s, groups); err != nil {
			return nil, err
		}
		groups = slices.DeleteFunc(groups, func(g *group[K, V]) bool { return crosses(g) != *crossing })
	}
	out := &List[R]{Items: []R{}, Total: int64(len(groups)), More: sums.more}
	shown := largest(groups, cursor, p.Limit+1, y.size)
	if len(shown) > p.Limit {
		shown = shown[:p.Limit]
		last := shown[len(shown)-1]
		out.Next = sumCursor{y.size(&last.value), last.hash}.text(s.life())
	}
	if placed == nil {
		if placed, err = place(ctx, s, shown); err != nil {
			return nil, err
		}
	}
	for _, g := range shown {
		site, a, b := assets(g)
		out.Items = append(out.Items, y.row(n, site, &g.value, store.AssetRef{ID: a}, store.AssetRef{ID: b}, crosses(g)))
	}
	return out, nil
}

// largest are the first n groups after the cursor, largest first. Sorting all
// of 50,000 groups to show a hundred took as long as reading a third of them.
func largest[K sumKey, V any](groups []*group[K, V], after *sumCursor, n int, size func(*V) uint64) []*group[K, V] {
	type sized struct {
		sumCursor
		g *group[K, V]
	}
	held := make([]sized, 0, 2*n)
	order := func(a, b sized) int { return a.compare(b.sumCursor) }
	var worst *sumCursor // no group behind it has a place
	for _, g := range groups {
		c := sumCursor{size(&g.value), g.hash}
		if after != nil && c.compare(*after) <= 0 || worst != nil && c.compare(*worst) > 0 {
			continue
		}
		if held = append(held, sized{c, g}); len(held) == 2*n {
			slices.SortFunc(held, order)
			held = held[:n]
			last := held[n-1].sumCursor
			worst = &last
		}
	}
	slices.SortFunc(held, order)
	var list []*group[K, V]
	for _, h := range held[:min(n, len(held))] {
		list = append(list, h.g)
	}
	return list
}

// end is an endpoint of a site.
type end struct {
	site string
	plant.Endpoint
}

// place finds the assets of the endpoints in groups.
func place[K sumKey, V any](ctx context.Context, s *Server, groups []*group[K, V]) (map[end]string, error) {
	placed := map[end]string{}
	of := map[string][]plant.Endpoint{} // by site
	for _, g := range groups {
		site, a, b := g.key.ends()
		for _, e := range []plant.Endpoint{a, b} {
			if _, there := placed[end{site, e}]; !there {
				placed[end{site, e}] = ""
				of[site] = append(of[site], e)
			}
		}
	}
	for site, endpoints := range of {
		err := s.store.AssetsOf(ctx, site, endpoints, func(e plant.Endpoint, asset string) error {
			placed[end{site, e}] = asset
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return placed, nil
}

// sumCursor names the last row of a page: its size and the hash of its key.
type sumCursor struct{ size, hash uint64 }

// compare puts the larger first, and those that are equal in order of hash.
func (c sumCursor) compare(d sumCursor) int {
	return cmp.Or(cmp.Compare(d.size, c.size), cmp.Compare(c.hash, d.hash))
}

// life tells cursors of this process from those of another, whose hashes mean
// nothing here.
func (s *Server) life() uint64 { return maphash.String(s.seed, "cursor") }

// text is the cursor for clients.
func (c sumCursor) text(life uint64) string {
	var b [24]byte
	binary.BigEndian.PutUint64(b[:8], c.size)
	binary.BigEndian.PutUint64(b[8:16], c.hash)
	binary.BigEndian.PutUint64(b[16:], life)
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// parseSumCursor is nil for the first page.
func parseSumCursor(text string, life uint64) (*sumCursor, error) {
	if text == "" {
		return nil, nil
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(b) != 24 || binary.BigEndian.Uint64(b[16:]) != life {
		return nil, refuse(ErrInvalid, "The cursor is none that this list gave since the program was started. Begin again without a cursor.")
	}
	return &sumCursor{binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:16])}, nil
}
