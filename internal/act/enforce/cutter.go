package enforce

import (
	"slices"

	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// cutter cuts matches of one pair of zones into pieces that do not overlap. What
// is added first has a piece.
type cutter struct {
	by     map[uint8][]piece // of one protocol each, in the order of their ports
	any    []piece           // of every protocol, at most one: the first
	protos []uint8           // that have pieces of their own
}

func newCutter() *cutter { return &cutter{by: map[uint8][]piece{}} }

// add enters a match as the piece s, whose protocol and ports it sets.
func (c *cutter) add(m policy.Match, s piece) {
	if m.Proto == policy.Any {
		for _, p := range c.protos {
			c.put(p, s, 0, 65535)
		}
		if len(c.any) == 0 {
			c.any = append(c.any, s)
		}
		return
	}
	if !slices.Contains(c.protos, m.Proto) {
		c.protos = append(c.protos, m.Proto)
		for _, a := range c.any { // it came before
			c.put(m.Proto, a, 0, 65535)
		}
	}
	c.put(m.Proto, s, m.First, m.Last)
}

// put enters what of first to last no piece of the protocol has yet.
func (c *cutter) put(proto uint8, s piece, first, last uint16) {
	list := c.by[proto]
	i, _ := slices.BinarySearchFunc(list, first, func(x piece, p uint16) int { return int(x.last) - int(p) })
	at := int(first)
	for ; at <= int(last); i++ {
		stop := int(last)
		if i < len(list) && int(list[i].first) <= stop {
			stop = int(list[i].first) - 1
		}
		if at <= stop {
			n := s
			n.proto, n.lastProto, n.first, n.last = proto, proto, uint16(at), uint16(stop)
			list = slices.Insert(list, i, n)
			i++
		}
		if i >= len(list) || int(list[i].first) > int(last) {
			break
		}
		at = int(list[i].last) + 1
	}
	c.by[proto] = list
}

// pieces are all pieces, less what but has.
func (c *cutter) pieces(but *cutter) []piece {
	if but != nil {
		c = c.without(but)
	}
	var all []piece
	for _, p := range c.protos {
		all = append(all, c.by[p]...)
	}
	for _, a := range c.any {
		// Protocols that pieces of their own speak of are left out.
		sorted := slices.Sorted(slices.Values(c.protos))
		from := 0
		for _, p := range append(intsOf(sorted), 256) {
			if from < p {
				n := a
				n.proto, n.lastProto, n.first, n.last = uint8(from), uint8(p-1), 0, 65535
				all = append(all, n)
			}
			from = p + 1
		}
	}
	return all
}

// without is what is left where but has nothing. Only TCP has relays, so that
// pieces of every protocol need not be cut.
func (c *cutter) without(but *cutter) *cutter {
	out := newCutter()
	if len(but.any) > 0 {
		return out
	}
	for _, p := range c.protos {
		out.protos = append(out.protos, p)
		taken := newCutter()
		taken.by[p] = slices.Clone(but.by[p])
		for i := range taken.by[p] {
			taken.by[p][i].conduit = -1
		}
		for _, s := range c.by[p] {
			taken.put(p, s, s.first, s.last)
		}
		out.by[p] = slices.DeleteFunc(taken.by[p], func(s piece) bool { return s.conduit < 0 })
	}
	return out
}

func intsOf(list []uint8) []int {
	out := make([]int, len(list))
	for i, p := range list {
		out[i] = int(p)
	}
	return out
}
