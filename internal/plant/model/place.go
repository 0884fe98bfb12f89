package model

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// Facts are what an asset is placed by.
type Facts struct {
	ID    string
	MACs  []plant.MAC
	IPs   []netip.Addr
	VLANs []uint16
	Names []string
	Role  plant.Role
}

// Placement is where an asset stands and who answers for it. What is "" nothing
// tells.
type Placement struct {
	Zone, Line, Cell string
	ZoneWhy          string // the member that matched: "subnet 10.20.2.0/24"
	LineWhy          string
	Owners           Owned
}

// Placer places assets. It is made once for a model and is quick: an asset
// costs some map look-ups, and one step for each pattern of names. Its methods
// can be called by several goroutines.
type Placer struct {
	m     *Model
	zones index
	lines index
	owned map[[3]string]Owned
}

// place is what a member makes an asset a part of, and how specific it is.
type place struct {
	e          *Member
	zone       string
	line, cell string
	order      int // in the text
}

// Ranks of what a member names, the most specific highest.
const (
	rankLine = iota + 1
	rankCell
	rankRole
	rankName
	rankVLAN
	rankSubnet
	rankMAC
	rankAsset
)

// rank is the most specific thing that a member names.
func (e *Member) rank() int {
	switch {
	case e.Asset != "":
		return rankAsset
	case !e.MAC.IsZero():
		return rankMAC
	case e.Subnet.IsValid():
		return rankSubnet
	case e.VLAN != 0:
		return rankVLAN
	case e.Name != "":
		return rankName
	case e.Role != "":
		return rankRole
	case e.Cell != "":
		return rankCell
	}
	return rankLine
}

// conditions is how many things a member names.
func (e *Member) conditions() int {
	n := 0
	for _, named := range []bool{e.Asset != "", !e.MAC.IsZero(), e.Subnet.IsValid(), e.VLAN != 0, e.Name != "", e.Role != "", e.Cell != "", e.Line != ""} {
		if named {
			n++
		}
	}
	return n
}

// index finds members by the most specific thing that they name.
type index struct {
	assets  map[string][]*place
	macs    map[plant.MAC][]*place
	subnets map[netip.Prefix][]*place
	bits    []int // lengths of prefixes, longest first
	vlans   map[uint16][]*place
	names   []*place
	roles   map[string][]*place
	cells   map[string][]*place
	lines   map[string][]*place
}

func newIndex(all []*place) index {
	x := index{
		assets: map[string][]*place{}, macs: map[plant.MAC][]*place{}, subnets: map[netip.Prefix][]*place{}, vlans: map[uint16][]*place{},
		roles: map[string][]*place{}, cells: map[string][]*place{}, lines: map[string][]*place{},
	}
	for i, p := range all {
		p.order = i
		e := p.e
		switch e.rank() {
		case rankAsset:
			x.assets[e.Asset] = append(x.assets[e.Asset], p)
		case rankMAC:
			x.macs[e.MAC] = append(x.macs[e.MAC], p)
		case rankSubnet:
			x.subnets[e.Subnet] = append(x.subnets[e.Subnet], p)
			if !slices.Contains(x.bits, e.Subnet.Bits()) {
				x.bits = append(x.bits, e.Subnet.Bits())
			}
		case rankVLAN:
			x.vlans[e.VLAN] = append(x.vlans[e.VLAN], p)
		case rankName:
			x.names = append(x.names, p)
		case rankRole:
			x.roles[e.Role] = append(x.roles[e.Role], p)
		case rankCell:
			x.cells[e.Cell] = append(x.cells[e.Cell], p)
		default:
			x.lines[e.Line] = append(x.lines[e.Line], p)
		}
	}
	slices.SortFunc(x.bits, func(a, b int) int { return cmp.Compare(b, a) })
	return x
}

// NewPlacer makes a placer.
func NewPlacer(m *Model) *Placer {
	var zones, lines []*place
	for i := range m.Zones {
		for k := range m.Zones[i].Members {
			zones = append(zones, &place{e: &m.Zones[i].Members[k], zone: m.Zones[i].ID})
		}
	}
	for i := range m.Lines {
		l := &m.Lines[i]
		// A cell's member wins over the line's own where they are as specific.
		for k := range l.Cells {
			for j := range l.Cells[k].Members {
				lines = append(lines, &place{e: &l.Cells[k].Members[j], line: l.ID, cell: l.Cells[k].ID})
			}
		}
		for k := range l.Members {
			lines = append(lines, &place{e: &l.Members[k], line: l.ID})
		}
	}
	p := &Placer{m: m, zones: newIndex(zones), lines: newIndex(lines), owned: map[[3]string]Owned{}}
	p.inherit()
	return p
}

// inherit works out owners beforehand: there are far fewer places than assets.
func (p *Placer) inherit() {
	zones := []string{""}
	for i := range p.m.Zones {
		zones = append(zones, p.m.Zones[i].ID)
	}
	for i := range p.m.Lines {
		l := &p.m.Lines[i]
		cells := []string{""}
		for k := range l.Cells {
			cells = append(cells, l.Cells[k].ID)
		}
		if len(cells)*len(zones) > 1<<16 {
			continue // worked out when asked for
		}
		for _, c := range cells {
			for _, z := range zones {
				p.owned[[3]string{c, l.ID, z}] = p.m.OwnersOf(c, l.ID, z)
			}
		}
	}
	for _, z := range zones {
		p.owned[[3]string{"", "", z}] = p.m.OwnersOf("", "", z)
	}
}

// Place says where an asset stands. Line and cell come first: a zone may have a
// line as its member.
func (p *Placer) Place(f *Facts) Placement {
	var at Placement
	if best := p.lines.find(f, "", ""); best != nil {
		at.Line, at.Cell, at.LineWhy = best.line, best.cell, best.e.String()
	}
	if best := p.zones.find(f, at.Line, at.Cell); best != nil {
		at.Zone, at.ZoneWhy = best.zone, best.e.String()
	}
	owned, ok := p.owned[[3]string{at.Cell, at.Line, at.Zone}]
	if !ok {
		owned = p.m.OwnersOf(at.Cell, at.Line, at.Zone)
	}
	at.Owners = owned
	return at
}

// find is the most specific member that matches.
func (x *index) find(f *Facts, line, cell string) *place {
	if best := pick(x.assets[f.ID], f, line, cell, nil); best != nil {
		return best
	}
	var best *place
	for _, m := range f.MACs {
		best = pick(x.macs[m], f, line, cell, best)
	}
	if best != nil {
		return best
	}
	for _, bits := range x.bits {
		for _, ip := range f.IPs {
			ip = ip.Unmap().WithZone("")
			if bits > ip.BitLen() {
				continue
			}
			best = pick(x.subnets[netip.PrefixFrom(ip, bits).Masked()], f, line, cell, best)
		}
		if best != nil {
			return best
		}
	}
	for _, v := range f.VLANs {
		best = pick(x.vlans[v], f, line, cell, best)
	}
	if best == nil {
		best = pick(x.names, f, line, cell, nil)
	}
	for _, list := range [][]*place{x.roles[f.Role], x.cells[cell], x.lines[line]} {
		if best == nil {
			best = pick(list, f, line, cell, nil)
		}
	}
	return best
}

// pick is the better of what was found and the members that match: the one with
// more conditions, the longer pattern, the earlier in the text.
func pick(list []*place, f *Facts, line, cell string, best *place) *place {
	for _, p := range list {
		if p.e.matches(f, line, cell) && (best == nil || p.better(best)) {
			best = p
		}
	}
	return best
}

func (p *place) better(than *place) bool {
	return cmp.Or(
		cmp.Compare(p.e.conditions(), than.e.conditions()),
		cmp.Compare(len(strings.Trim(p.e.Name, "*?")), len(strings.Trim(than.e.Name, "*?"))),
		cmp.Compare(than.order, p.order),
	) > 0
}

// matches reports whether everything that a member names holds.
func (e *Member) matches(f *Facts, line, cell string) bool {
	return (e.Asset == "" || e.Asset == f.ID) &&
		(e.MAC.IsZero() || slices.Contains(f.MACs, e.MAC)) &&
		(!e.Subnet.IsValid() || slices.ContainsFunc(f.IPs, func(ip netip.Addr) bool { return e.Subnet.Contains(ip.Unmap().WithZone("")) })) &&
		(e.VLAN == 0 || slices.Contains(f.VLANs, e.VLAN)) &&
		(e.Role == "" || e.Role == f.Role) &&
		(e.Line == "" || e.Line == line) &&
		(e.Cell == "" || e.Cell == cell) &&
		(e.Name == "" || slices.ContainsFunc(f.Names, func(n string) bool { return like(strings.ToLower(n), strings.ToLower(e.Name)) }))
}

// like reports whether a text fits a pattern with * and ?. It goes back to the
// last * only, so that no pattern costs more than pattern times text.
func like(text, pattern string) bool {
	t, p := []rune(text), []rune(pattern)
	i, k, star, mark := 0, 0, -1, 0
	for i < len(t) {
		switch {
		case k < len(p) && p[k] == '*':
			star, mark = k, i
			k++
		case k < len(p) && (p[k] == '?' || p[k] == t[i]):
			i++
			k++
		case star >= 0:
			mark++
			i, k = mark, star+1
		default:
			return false
		}
	}
	for k < len(p) && p[k] == '*' {
		k++
	}
	return k == len(p)
}
