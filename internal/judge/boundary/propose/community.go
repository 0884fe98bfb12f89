package propose

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"strings"
	"unicode"

	"gonum.org/v1/gonum/graph/community"
	"gonum.org/v1/gonum/graph/simple"

	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/record"
)

const (
	// clear is the modularity from which on a division is taken for one that is
	// there (Newman and Girvan 2004: 0.3 and more show structure).
	clear = 0.3
	// loyal is the share of a panel's conversations that must stay in one
	// community for the panel to belong to it.
	loyal = 0.6
	// singles is up to how many controllers that talk to no other machine of a
	// line get a cell each; more of them are put together by who asks them.
	singles = 24
)

// clusters finds the communities among controllers, what they control and their
// panels: those that talk with each other more than with the rest. Whoever
// talks to many (SCADA servers, workstations, historians) is left out: they
// would join everything.
func clusters(nodes []*node) [][]*node {
	var in []*node
	for _, n := range nodes {
		if n.band == cell || n.band == safety || n.band == panel {
			in = append(in, n)
		}
	}
	var out [][]*node
	for _, part := range components(in) {
		out = append(out, divide(part)...)
	}
	out = expel(out)
	slices.SortFunc(out, func(a, b []*node) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a[0].ID, b[0].ID)) })
	return out
}

// devoted finds SCADA servers that look after machines which nobody else looks
// after, and by far not after all there are: they belong to these as a panel
// does.
func devoted(nodes []*node) {
	floor := 0
	for _, n := range nodes {
		if n.band == cell || n.band == safety {
			floor++
		}
	}
	for _, n := range nodes {
		if n.band != operations || n.Level > 2.5 {
			continue
		}
		wards := 0
		alone := true
		for p, l := range n.peers {
			if !l.control {
				continue
			}
			wards++
			alone = alone && (p.band == cell || p.band == safety) && p.masters() == 1
		}
		if alone && wards > 1 && 2*wards < floor {
			n.band = panel
		}
	}
}

// masters is how many servers, workstations and panels work with a machine.
func (n *node) masters() int {
	all := 0
	for p, l := range n.peers {
		if l.control && (p.band == operations || p.band == engineering || p.band == panel) {
			all++
		}
	}
	return all
}

// components are the parts of a graph that nothing joins.
func components(in []*node) [][]*node {
	todo := map[*node]bool{}
	for _, n := range in {
		todo[n] = true
	}
	var out [][]*node
	for _, n := range in {
		if !todo[n] {
			continue
		}
		delete(todo, n)
		part := []*node{n}
		for i := 0; i < len(part); i++ {
			for _, p := range part[i].with() {
				if todo[p] {
					delete(todo, p)
					part = append(part, p)
				}
			}
		}
		byID(part)
		out = append(out, part)
	}
	return out
}

func byID(nodes []*node) {
	slices.SortFunc(nodes, func(a, b *node) int { return cmp.Compare(a.ID, b.ID) })
}

// divide takes a part apart where it clearly falls into communities (Louvain;
// Blondel, Guillaume, Lambiotte and Lefebvre 2008). The seed is fixed, so that
// the same recording gives the same zones.
func divide(part []*node) [][]*node {
	if len(part) < 4 {
		return [][]*node{part}
	}
	g := simple.NewWeightedUndirectedGraph(0, 0)
	number := map[*node]int64{}
	for i, n := range part {
		number[n] = int64(i)
		g.AddNode(simple.Node(i))
	}
	for _, n := range part {
		for _, p := range n.with() {
			if j, ok := number[p]; ok && number[n] < j {
				g.SetWeightedEdge(simple.WeightedEdge{F: simple.Node(number[n]), T: simple.Node(j), W: n.peers[p].weight})
			}
		}
	}
	found := community.Modularize(g, 1, rand.NewPCG(1, 1)).Communities()
	if len(found) < 2 || community.Q(g, found, 1) < clear {
		return [][]*node{part}
	}
	var out [][]*node
	for _, c := range found {
		var nodes []*node
		for _, x := range c {
			nodes = append(nodes, part[x.ID()])
		}
		byID(nodes)
		out = append(out, nodes)
	}
	slices.SortFunc(out, func(a, b []*node) int { return cmp.Compare(a[0].ID, b[0].ID) })
	return rejoin(out)
}

// rejoin gives communities without a controller back to those that they work
// with: a guard with its I/O is a part of a line, not a line.
func rejoin(all [][]*node) [][]*node {
	for i := 0; i < len(all); i++ {
		if slices.ContainsFunc(all[i], func(n *node) bool { return n.band == cell && isController(n.Asset) }) {
			continue
		}
		best, most := -1, 0.0
		for k := range all {
			if w := between(all[i], all[k]); k != i && w > most {
				best, most = k, w
			}
		}
		if best < 0 {
			continue
		}
		all[best] = append(all[best], all[i]...)
		byID(all[best])
		all = slices.Delete(all, i, i+1)
		i = -1 // what was passed over may have a neighbour now
	}
	return all
}

// between is how much two communities talk.
func between(a, b []*node) float64 {
	sum := 0.0
	for _, n := range a {
		for _, o := range b {
			if l := n.peers[o]; l != nil {
				sum += l.weight
			}
		}
	}
	return sum
}

// expel takes panels out that look after several communities: they are
// operators' stations, and would let one line reach the other.
func expel(all [][]*node) [][]*node {
	of := map[*node]int{}
	for i, c := range all {
		for _, n := range c {
			of[n] = i
		}
	}
	var out [][]*node
	for i, c := range all {
		var left []*node
		for _, n := range c {
			if n.band == panel && n.home(of, i) < loyal {
				continue
			}
			left = append(left, n)
		}
		if len(left) > 0 {
			out = append(out, left)
		}
	}
	return out
}

// home is the share of a node's conversations with communities that stays in
// its own; 0 if it has none.
func (n *node) home(of map[*node]int, own int) float64 {
	var inside, all float64
	for _, p := range n.with() {
		if c, ok := of[p]; ok {
			all += n.peers[p].weight
			if c == own {
				inside += n.peers[p].weight
			}
		}
	}
	if all == 0 {
		return 0
	}
	return inside / all
}

// gathered puts machines that talk to no other of their kind together by who
// asks them, where there are too many for a cell each.
func gathered(all [][]*node) [][]*node {
	var alone, out [][]*node
	for _, c := range all {
		if len(c) == 1 {
			alone = append(alone, c)
		} else {
			out = append(out, c)
		}
	}
	lone := 0
	groups := map[string][]*node{}
	var keys []string
	for _, c := range alone {
		n := c[0]
		k := "asked by " + n.askers()
		if (n.band == cell && isController(n.Asset) || n.band == safety) && lone < singles {
			lone++
			k = n.ID
		}
		if groups[k] == nil {
			keys = append(keys, k)
		}
		groups[k] = append(groups[k], n)
	}
	for _, k := range keys {
		out = append(out, groups[k])
	}
	return out
}

// askers are those who ask a node, by identifier.
func (n *node) askers() string {
	var all []string
	for _, p := range n.with() {
		if n.peers[p].answers > 0 {
			all = append(all, p.ID)
		}
	}
	return strings.Join(all, " ")
}

// askerNames are those who ask a node, as people call them.
func (n *node) askerNames() []string {
	var all []string
	for _, p := range n.with() {
		if n.peers[p].answers > 0 {
			all = append(all, p.Label)
		}
	}
	return all
}

// tag is a part of names that most of a community have and nobody else does:
// people mark lines so ("plc-l1-fill", "hmi-l1"). "" if there is none.
func tag(c []*node, others []*node) string {
	mine, theirs := map[string]int{}, map[string]int{}
	named := 0
	for _, n := range c {
		if t := tokens(n.Asset); len(t) > 0 {
			named++
			for _, x := range t {
				mine[x]++
			}
		}
	}
	inside := map[*node]bool{}
	for _, n := range c {
		inside[n] = true
	}
	for _, n := range others {
		if !inside[n] {
			for _, x := range tokens(n.Asset) {
				theirs[x]++
			}
		}
	}
	best := ""
	for x, n := range mine {
		if n*2 <= named || n < 2 || theirs[x]*4 > n {
			continue
		}
		if best == "" || mine[x] > mine[best] || mine[x] == mine[best] && x < best {
			best = x
		}
	}
	return best
}

// tokens are the parts of an asset's first name that could mark a line: letters
// with a number behind them.
func tokens(a *record.Asset) []string {
	if len(a.Names) == 0 {
		return nil
	}
	name, _, _ := strings.Cut(strings.ToLower(a.Names[0]), ".")
	var out []string
	for _, x := range strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if len(x) <= 12 && strings.IndexFunc(x, unicode.IsLetter) == 0 && strings.IndexFunc(x, unicode.IsDigit) > 0 && !slices.Contains(out, x) {
			out = append(out, x)
		}
	}
	return out
}
