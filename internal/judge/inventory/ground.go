package inventory

import (
	"fmt"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// ground is the network that an asset stands in, as far as addresses tell: the
// first three bytes of its IPv4 addresses, which is how nearly all plants and
// offices cut theirs.
type ground uint32

const (
	noGround   ground = 0
	manyGround ground = 1 // addresses in several
)

func (g ground) String() string { return fmt.Sprintf("%d.%d.%d.0/24", g>>24, g>>16&255, g>>8&255) }

// groundOf is the network of one address.
func groundOf(e *endpoint) ground {
	a := e.addr()
	if !a.Is4() || a.IsLinkLocalUnicast() || a.IsLoopback() {
		return noGround
	}
	ip := a.As4()
	return ground(ip[0])<<24 | ground(ip[1])<<16 | ground(ip[2])<<8
}

// findGrounds notes the network of each asset.
func (b *Builder) findGrounds(f *folded) {
	f.around.nets = make([]ground, len(f.assets))
	for i := range f.assets {
		at := noGround
		for _, r := range f.records.of(uint32(i)) {
			if !f.holds[r] {
				continue
			}
			switch g := groundOf(b.endpoints.at(r)); {
			case g == noGround, g == at:
			case at == noGround:
				at = g
			default:
				at = manyGround
			}
		}
		f.around.nets[i] = at
	}
}

// subnet counts what stands in a network.
type subnet struct {
	ot      int // of the control network by what they are
	asking  int // by what they ask of others
	it      int
	used    int // those of ot and it that are there only by whom they work for
	between int // in the zone between the two
}

// survey counts the networks' assets inside the site.
func (f *folded) survey() map[ground]subnet {
	subnets := make(map[ground]subnet)
	for i := range f.roles {
		v, g := f.roles[i], f.around.nets[i]
		c := v.camp()
		if g <= manyGround || c == campNone || c == campOutside {
			continue
		}
		s := subnets[g]
		if v.by == placedUsed || v.by == placedCompany {
			s.used++
		}
		switch {
		case c == campBetween:
			s.between++
		case c == campIT:
			s.it++
		case v.otherwise != nothingAsked:
			s.asking++
		default:
			s.ot++
		}
		subnets[g] = s
	}
	return subnets
}

// A network places others in it when enough in it have a side, and many times
// more have the one than the other.
const (
	enoughNeighbours = 3
	mostly           = 4
)

// side is the one that most of a network is of.
func (s subnet) side() plant.Side {
	ot := s.ot + s.asking
	switch {
	case ot+s.it < enoughNeighbours:
	case ot >= mostly*s.it:
		return plant.SideOT
	case s.it >= mostly*ot:
		return plant.SideIT
	}
	return plant.SideUnknown
}

// office reports whether nothing in a network is of the control network by
// what it is.
func (s subnet) office() bool { return s.it >= enoughNeighbours && s.ot == 0 && s.it > s.asking }

// zone reports whether a network is the one between the two: most in it work
// for both. One that was seen to work for one side only has no side of its own
// to set against that, but must not be the rule.
func (s subnet) zone() bool {
	own := s.ot + s.asking + s.it - s.used
	return s.between >= 2 && s.between >= s.used && s.between > own
}

// sideOfGround is the side of the network that asset i stands in. One that
// stands in several has their side if they agree; if not, it stands astride.
func (b *Builder) sideOfGround(f *folded, i uint32) (side plant.Side, astride bool) {
	if g := f.around.nets[i]; g != manyGround {
		return f.around.subnets[g].side(), false
	}
	side = plant.SideUnknown
	for _, r := range f.records.of(i) {
		if !f.holds[r] {
			continue
		}
		switch s := f.around.subnets[groundOf(b.endpoints.at(r))].side(); {
		case s == plant.SideUnknown, s == side:
		case side == plant.SideUnknown:
			side = s
		default:
			return plant.SideUnknown, true
		}
	}
	return side, false
}

// findVPN notes the assets that are reached through a router with a tunnel to
// the outside: those whose packets come from its MAC and not from their own.
func (b *Builder) findVPN(f *folded) {
	ends := make(map[uint32]bool)
	for i := range uint32(b.links.n) {
		l := b.links.at(i)
		if s := b.speech[l.proto]; s == nil || !s.tunnel || l.state&(linkGroup|linkAnswered) != linkAnswered {
			continue
		}
		client, server := f.assetOf(l.client), f.assetOf(l.server)
		if client == nobody || server == nobody {
			continue
		}
		if f.roles[server].external() {
			ends[client] = true
		}
		if f.roles[client].external() {
			ends[server] = true
		}
	}
	f.around.vpn = make(map[uint32]uint32)
	for router := range ends {
		b.behind(f, router)
	}
}

// behind notes what sends through the MACs of a router without being on its
// link.
func (b *Builder) behind(f *folded, router uint32) {
	for _, n := range f.members(router) {
		m := f.nodes[n].mac
		if m.IsZero() {
			continue
		}
		for _, r := range b.recordsOf(f, m) {
			i := f.assetOf(r)
			if i == nobody || i == router || !f.holds[r] || b.endpoints.at(r).place != placeRouted || f.roles[i].external() {
				continue
			}
			if old, ok := f.around.vpn[i]; !ok || router < old {
				f.around.vpn[i] = router
			}
		}
	}
}
