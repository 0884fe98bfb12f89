package inventory

import (
	"slices"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// unmet is a decision that could not be followed, with those that stand against
// it.
type unmet struct {
	decision string
	chain    []string
}

// side is one side of a decision that keeps two machines apart.
type side struct {
	decision int // its place
	second   bool
}

// following is what decisions make of nodes.
type following struct {
	sides    map[uint32][]side // of a root: what it must stay apart from
	together [][]uint32        // of each decision: nodes that are one
	others   [][]uint32        // of each that keeps apart: nodes that are another
	unmet    []unmet
}

// carve gives addresses that were taken out of an interface a node of their own
// where the interface stays. All records of the address go with it, so that one
// IP has one node as before.
func (b *Builder) carve(f *folded, decisions []Decision) {
	for i := range decisions {
		d := &decisions[i]
		if !d.Apart {
			continue
		}
		stay := map[uint32]bool{}
		for _, e := range d.Parts[1] {
			stay[b.nodeOf(f, e)] = true
		}
		for _, e := range d.Parts[0] {
			n := b.nodeOf(f, e)
			if _, ip, ok := keyOf(e); ok && ip != ([16]byte{}) && n != nobody && stay[n] && !f.nodes[n].mac.IsZero() {
				b.carveIP(f, n, ip)
			}
		}
	}
}

func (b *Builder) carveIP(f *folded, from uint32, ip [16]byte) {
	to := nobody
	for _, r := range b.recordsOfIP(f, ip) {
		if f.node[r] != from {
			continue
		}
		if to == nobody {
			to = f.newNode(node{record: r})
		}
		f.node[r] = to
	}
}

// nodeOf is the node that an endpoint of a decision belongs to.
func (b *Builder) nodeOf(f *folded, e plant.Endpoint) uint32 {
	mac, ip, ok := keyOf(e)
	if !ok {
		return nobody
	}
	if r, ok := b.findEndpoint(mac, ip, e.VLAN&0xfff); ok {
		return f.node[r]
	}
	if ip == ([16]byte{}) {
		return b.nodeOfMAC(f, mac)
	}
	for _, r := range b.recordsOfIP(f, ip) { // the same in another VLAN
		if x := b.endpoints.at(r); x.mac == mac {
			return f.node[r]
		}
	}
	return nobody
}

// follow joins what people say is one machine, and notes what they say is not,
// for all that joins nodes later.
func (b *Builder) follow(f *folded, decisions []Decision) {
	if len(decisions) == 0 {
		return
	}
	w := &following{sides: map[uint32][]side{}, together: make([][]uint32, len(decisions)), others: make([][]uint32, len(decisions))}
	f.following = w
	for i := range decisions {
		w.together[i], w.others[i] = b.meant(f, &decisions[i])
		f.unite(w.together[i])
	}
	for i := range decisions {
		if decisions[i].Apart {
			w.keepApart(f, decisions, i)
		}
	}
}

// meant are the nodes that a decision says are one, and those that it says are
// another. Of each part of a merge the first that is there stands for all: that
// they belong together is for what was seen, or for another decision, to say.
func (b *Builder) meant(f *folded, d *Decision) (together, others []uint32) {
	if d.Apart {
		return b.nodesOf(f, d.Parts[0]), b.nodesOf(f, d.Parts[1])
	}
	for _, part := range d.Parts {
		if nodes := b.nodesOf(f, part); len(nodes) > 0 {
			together = append(together, nodes[0])
		}
	}
	return together, nil
}

func (b *Builder) nodesOf(f *folded, ends []plant.Endpoint) []uint32 {
	var nodes []uint32
	for _, e := range ends {
		if n := b.nodeOf(f, e); n != nobody && !slices.Contains(nodes, n) {
			nodes = append(nodes, n)
		}
	}
	return nodes
}

func (f *folded) unite(nodes []uint32) {
	for i := 1; i < len(nodes); i++ {
		m, n := f.root(nodes[0]), f.root(nodes[i])
		f.nodes[max(m, n)].parent = min(m, n)
	}
}

// keepApart marks the two sides of decision i.
func (w *following) keepApart(f *folded, decisions []Decision, i int) {
	first, second := w.together[i], w.others[i]
	for _, s := range first {
		for _, r := range second {
			if f.root(s) == f.root(r) {
				w.unmet = append(w.unmet, unmet{decisions[i].ID, w.chain(decisions, s, r)})
				return
			}
		}
	}
	w.mark(f, first, side{i, false})
	w.mark(f, second, side{i, true})
}

func (w *following) mark(f *folded, nodes []uint32, s side) {
	for _, n := range nodes {
		if r := f.root(n); !slices.Contains(w.sides[r], s) {
			w.sides[r] = append(w.sides[r], s)
		}
	}
}

// chain is a shortest list of decisions that make one machine of two nodes.
func (w *following) chain(decisions []Decision, from, to uint32) []string {
	came := map[uint32]int{from: -1} // by which decision
	before := map[uint32]uint32{}
	for queue := []uint32{from}; len(queue) > 0; queue = queue[1:] {
		for i := range decisions {
			if !slices.Contains(w.together[i], queue[0]) {
				continue
			}
			for _, n := range w.together[i] {
				if _, seen := came[n]; !seen {
					came[n], before[n] = i, queue[0]
					queue = append(queue, n)
				}
			}
		}
	}
	var ids []string
	for n := to; n != from; n = before[n] {
		i, reached := came[n]
		if !reached {
			return ids // one interface holds both: no decision is to blame
		}
		ids = append(ids, decisions[i].ID)
	}
	return ids
}

// mayJoin reports whether people let two nodes be one machine.
func (f *folded) mayJoin(m, n uint32) bool {
	if f.following == nil {
		return true
	}
	x, y := f.following.sides[f.root(m)], f.following.sides[f.root(n)]
	return !slices.ContainsFunc(x, func(s side) bool { return slices.Contains(y, side{s.decision, !s.second}) })
}

// merged hands what a root must stay apart from to the root that it went into.
func (w *following) merged(from, into uint32) {
	if w == nil || from == into {
		return
	}
	for _, s := range w.sides[from] {
		if !slices.Contains(w.sides[into], s) {
			w.sides[into] = append(w.sides[into], s)
		}
	}
	delete(w.sides, from)
}

// explainDecisions gives every asset that a decision is about its reason.
func (f *folded) explainDecisions(decisions []Decision) {
	if f.following == nil {
		return
	}
	for i := range decisions {
		d := &decisions[i]
		if slices.ContainsFunc(f.following.unmet, func(u unmet) bool { return u.decision == d.ID }) {
			continue
		}
		what, told := "merge", []uint32{}
		if d.Apart {
			what = "split"
		}
		all := slices.Concat(f.following.together[i], f.following.others[i])
		if len(all) < 2 {
			continue // the other is not there, so that nothing was decided
		}
		for _, n := range all {
			if r := f.root(n); !slices.Contains(told, r) {
				told = append(told, r)
				f.why[r] = append([]plant.Reason{{What: what, Why: d.Why}}, f.why[r]...)
			}
		}
	}
}
