package enforce

import (
	"slices"

	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// cutter cuts matches of one pair of zones into pieces that do not overlap. What
// is added first has a piece. Most pairs have one match, so it is kept small.
type cutter struct {
	lanes []lane
	any   []piece // of every protocol, at most one: the first
}

// lane is the pieces of one protocol, in the order of their ports.
type lane struct {
	proto uint8
	list  []piece
}

// lane is that of a protocol, nil if it has none.
func (c *cutter) lane(proto uint8) *lane {
	for i := range c.lanes {
		if c.lanes[i].proto == proto {
			return &c.lanes[i]
		}
	}
	return nil
}

// add enters a match as the piece s, whose protocol and ports it sets.
func (c *cutter) add(m policy.Match, s piece) {
	if m.Proto == policy.Any {
		for i := range c.lanes {
			c.lanes[i].put(s, 0, 65535)
		}
		if len(c.any) == 0 {
			c.any = append(c.any, s)
		}
		return
	}
	l := c.lane(m.Proto)
	if l == nil {
		c.lanes = append(c.lanes, lane{proto: m.Proto})
		l = &c.lanes[len(c.lanes)-1]
		for _, a := range c.any { // it came before
			l.put(a, 0, 65535)
		}
	}
	l.put(s, m.First, m.Last)
}

// put enters what of first to last no piece has yet.
func (l *lane) put(s piece, first, last uint16) {
	i, _ := slices.BinarySearchFunc(l.list, first, func(x piece, p uint16) int { return int(x.last) - int(p) })
	at := int(first)
	for ; at <= int(last); i++ {
		stop := int(last)
		if i < len(l.list) && int(l.list[i].first) <= stop {
			stop = int(l.list[i].first) - 1
		}
		if at <= stop {
			n := s
			n.proto, n.lastProto, n.first, n.last = l.proto, l.proto, uint16(at), uint16(stop)
			l.list = slices.Insert(l.list, i, n)
			i++
		}
		if i >= len(l.list) || int(l.list[i].first) > int(last) {
			break
		}
		at = int(l.list[i].last) + 1
	}
}

// pieces are all pieces, less what but has.
func (c *cutter) pieces(but *cutter) []piece {
	if but != nil {
		c = c.without(but)
	}
	var all []piece
	var protos []int
	for _, l := range c.lanes {
		all = append(all, l.list...)
		protos = append(protos, int(l.proto))
	}
	if len(c.any) == 0 {
		return all
	}
	// Of every protocol less those that have pieces of their own.
	slices.Sort(protos)
	from := 0
	for _, p := range append(protos, 256) {
		if from < p {
			n := c.any[0]
			n.proto, n.lastProto, n.first, n.last = uint8(from), uint8(p-1), 0, 65535
			all = append(all, n)
		}
		from = p + 1
	}
	return all
}

// without is what is left where but has nothing. Only TCP has relays, so that
// pieces of every protocol need not be cut.
func (c *cutter) without(but *cutter) *cutter {
	out := &cutter{}
	if len(but.any) > 0 {
		return out
	}
	for _, l := range c.lanes {
		left := lane{proto: l.proto}
		if b := but.lane(l.proto); b != nil {
			left.list = slices.Clone(b.list)
		}
		for i := range left.list {
			left.list[i].conduit = -1
		}
		for _, s := range l.list {
			left.put(s, s.first, s.last)
		}
		left.list = slices.DeleteFunc(left.list, func(s piece) bool { return s.conduit < 0 })
		out.lanes = append(out.lanes, left)
	}
	return out
}
