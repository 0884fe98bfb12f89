package inventory

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// nobody is the node of an endpoint that belongs to no asset.
const nobody = ^uint32(0)

// folded is what Build makes of the observations. A node is a MAC, or an IP
// that no MAC of this link owns; an asset is one node or several that an
// identity joins.
type folded struct {
	node    []uint32 // of each endpoint
	holds   []bool   // of each endpoint: its IP stands in its asset
	nodes   []node
	byMAC   []uint32
	byIP    []uint32
	clashes map[uint32][]clash        // of a node: IPs it shares with others
	why     map[uint32][]plant.Reason // of a node: why it was merged

	following *following // what people decided; nil if nothing was

	assets  []uint32 // their first nodes, in the order of Assets
	joined  table    // asset → nodes
	records table    // asset → endpoints
	spoken  table    // asset → links
	roles   []filed
	around  surroundings
	serials map[uint32]string // asset → identifier made from its serial number

	gateways map[uint32]gateway  // asset → who calls it its default router
	called   map[uint32][]uint32 // asset → facts that name its address
}

type node struct {
	parent uint32
	asset  uint32
	mac    plant.MAC // zero: a node of an IP
	vlan   uint16    // of a virtual MAC
	record uint32    // one of its endpoints
	lo, hi uint32    // its endpoints in byMAC, if it has a MAC
}

// clash is two endpoints of one IP with different MACs, both on the link.
type clash struct{ mine, theirs uint32 }

// row is what assets are sorted by.
type row struct {
	node uint32
	ip   [16]byte
	mac  plant.MAC
}

// Build folds what was added so far. Assets and AssetID call it themselves; it
// does nothing when nothing was added since.
func (b *Builder) Build() {
	if b.fold != nil {
		return
	}
	b.learn()
	b.findHairpins()
	f := b.identify(b.decisions)
	b.merge(f)
	f.explainDecisions(b.decisions)
	b.number(f)
	b.fold = f
	b.findHearsay(f)
	b.judgeAll(f)
}

// identify makes nodes of endpoints, and joins what people said is one.
func (b *Builder) identify(decisions []Decision) *folded {
	f := &folded{
		node: make([]uint32, b.endpoints.n), holds: make([]bool, b.endpoints.n),
		clashes: make(map[uint32][]clash), why: make(map[uint32][]plant.Reason),
	}
	f.byMAC = b.byMAC()
	b.placeAll(f.byMAC)
	b.nodesOfMACs(f, f.byMAC)
	f.byIP = b.byIP()
	b.ownIPs(f)
	b.carve(f, decisions)
	b.follow(f, decisions)
	return f
}

// nodesOfMACs makes a node for each MAC that ever sent something, and gives it
// all the MAC's endpoints for now.
func (b *Builder) nodesOfMACs(f *folded, order []uint32) {
	for lo := uint32(0); len(order) > 0; {
		n := 1
		for n < len(order) && b.sameMAC(order[0], order[n]) {
			n++
		}
		hi := lo + uint32(n)
		id := nobody
		if e := b.endpoints.at(order[0]); !e.mac.IsZero() && b.present(order[:n]) {
			id = f.newNode(node{mac: e.mac, vlan: e.vlan, record: order[0], lo: lo, hi: hi})
		}
		for _, r := range order[:n] {
			f.node[r] = id
		}
		order, lo = order[n:], hi
	}
}

// present reports whether the MAC of these records sent a frame, or was told
// of by a message of its link (an LLDP or DCP frame names a MAC without IP).
func (b *Builder) present(records []uint32) bool {
	for _, r := range records {
		e := b.endpoints.at(r)
		if e.seen&present != 0 || e.seen&heard != 0 && !e.hasIP() {
			return true
		}
	}
	return false
}

func (f *folded) newNode(n node) uint32 {
	id := uint32(len(f.nodes))
	n.parent = id
	f.nodes = append(f.nodes, n)
	return id
}

// root is the node that stands for all that were joined with n.
func (f *folded) root(n uint32) uint32 {
	for f.nodes[n].parent != n {
		f.nodes[n].parent = f.nodes[f.nodes[n].parent].parent
		n = f.nodes[n].parent
	}
	return n
}

// join makes one asset of two nodes unless people said that they are two, and
// reports whether they are one. The lower number stands for both, so that the
// order of joining does not matter.
func (f *folded) join(m, n uint32, why plant.Reason) bool {
	if !f.mayJoin(m, n) {
		return false
	}
	f.why[n] = append(f.why[n], why)
	m, n = f.root(m), f.root(n)
	f.nodes[max(m, n)].parent = min(m, n)
	f.following.merged(max(m, n), min(m, n))
	return true
}

// number sorts the assets and lists the endpoints and links of each.
func (b *Builder) number(f *folded) {
	b.sortAssets(f)
	b.tabulate(f)
}

func (b *Builder) sortAssets(f *folded) {
	rows := make([]row, len(f.nodes)) // of each root
	for n := range f.nodes {
		r := &rows[f.root(uint32(n))]
		if m := f.nodes[n].mac; !m.IsZero() && (r.mac.IsZero() || bytes.Compare(m[:], r.mac[:]) < 0) {
			r.mac = m
		}
	}
	for i := len(f.byIP) - 1; i >= 0; i-- { // the lowest IP stays
		if e := f.byIP[i]; f.holds[e] {
			rows[f.root(f.node[e])].ip = b.endpoints.at(e).ip
		}
	}
	roots := rows[:0]
	for n := range rows {
		if f.root(uint32(n)) == uint32(n) {
			rows[n].node = uint32(n)
			roots = append(roots, rows[n])
		}
	}
	slices.SortFunc(roots, compareRows)
	f.assets = make([]uint32, len(roots))
	for i := range roots {
		f.assets[i] = roots[i].node
		f.nodes[roots[i].node].asset = uint32(i)
	}
	for n := range f.nodes {
		f.nodes[n].asset = f.nodes[f.root(uint32(n))].asset
	}
}

func compareRows(x, y row) int {
	none := [16]byte{}
	switch {
	case x.ip == none && y.ip != none:
		return 1
	case x.ip != none && y.ip == none:
		return -1
	}
	if c := bytes.Compare(x.ip[:], y.ip[:]); c != 0 {
		return c
	}
	return cmp.Or(bytes.Compare(x.mac[:], y.mac[:]), cmp.Compare(x.node, y.node))
}

// tabulate lists the endpoints and the links of each asset.
func (b *Builder) tabulate(f *folded) {
	f.joined = newTable(len(f.assets), func(put func(asset, item uint32)) {
		for n := range f.nodes {
			put(f.nodes[n].asset, uint32(n))
		}
	})
	f.records = newTable(len(f.assets), func(put func(asset, item uint32)) {
		for _, e := range f.byIP {
			if n := f.node[e]; n != nobody {
				put(f.nodes[n].asset, e)
			}
		}
	})
	f.spoken = newTable(len(f.assets), func(put func(asset, item uint32)) {
		for i := range uint32(b.links.n) {
			l := b.links.at(i)
			client, server := f.assetOf(l.client), f.assetOf(l.server)
			if client != nobody {
				put(client, i)
			}
			if server != nobody && server != client {
				put(server, i)
			}
		}
	})
}

// assetOf is the number of the asset that an endpoint belongs to.
func (f *folded) assetOf(endpoint uint32) uint32 {
	if n := f.node[endpoint]; n != nobody {
		return f.nodes[n].asset
	}
	return nobody
}

// table lists items by asset in two flat slices.
type table struct{ start, items []uint32 }

// newTable calls each twice: to count and to fill.
func newTable(assets int, each func(put func(asset, item uint32))) table {
	t := table{start: make([]uint32, assets+1)}
	each(func(a, _ uint32) { t.start[a+1]++ })
	for i := range assets {
		t.start[i+1] += t.start[i]
	}
	t.items = make([]uint32, t.start[assets])
	fill := slices.Clone(t.start)
	each(func(a, item uint32) {
		t.items[fill[a]] = item
		fill[a]++
	})
	return t
}

func (t *table) of(asset uint32) []uint32 { return t.items[t.start[asset]:t.start[asset+1]] }
