package inventory

import (
	"slices"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// camp is where an asset stands, as its peers and neighbours see it.
type camp uint8

const (
	campNone camp = iota
	campOT
	campIT
	campOutside
	campBetween // in the zone between the two networks
)

func (f filed) camp() camp {
	switch {
	case f.external():
		return campOutside
	case f.level == 2*levelDMZ:
		return campBetween
	case sides[f.side] == plant.SideOT:
		return campOT
	case sides[f.side] == plant.SideIT:
		return campIT
	}
	return campNone
}

// levelDMZ is the level of the zone between the two networks.
const levelDMZ = 3.5

// placing is what placed an asset that does not place itself.
type placing uint8

const (
	placedAlone      placing = iota // by itself, or not at all
	placedBehindVPN                 // it is reached through a tunnel
	placedOffice                    // it talks to the office or outside, and not to the control network
	placedCompany                   // it talks to nobody but the control network
	placedNeighbours                // most that stand in its network are of one side
	placedOutOfPlace                // it acts as one of the control network, but stands in an office
	placedUsed                      // it works for one side
	placedBetween                   // it works for both
	placedZone                      // it stands among such
	placedAstride                   // it has addresses in networks of both sides
)

// surroundings are what a fold knows of who stands where.
type surroundings struct {
	first   []camp // by what assets are, and by their company outside
	last    []camp // with their neighbours' help
	nets    []ground
	subnets map[ground]subnet // by what their assets are by themselves
	zones   map[ground]subnet // when all but the zones are placed
	vpn     map[uint32]uint32 // asset → the VPN router before it
}

// placeByCompany places the assets that their own words do not place: by whom
// they talk to and by what stands in their network. Each round looks at what
// the one before decided of all assets, so that their order does not matter.
func (b *Builder) placeByCompany(f *folded) {
	a := &f.around
	b.findVPN(f)
	b.findGrounds(f)
	pc := b.roleWord(plant.RolePC)
	a.first = f.camps()
	b.round(f, a.first, b.placeOutgoing, func(i uint32, v filed) bool {
		_, behind := a.vpn[i]
		return behind || v.role == pc && v.open()
	})
	a.subnets = f.survey()
	b.round(f, nil, b.placeInSubnet, func(_ uint32, v filed) bool {
		return v.open() || v.otherwise != nothingAsked || v.by == placedOffice
	})
	a.last = f.camps()
	served := b.roleWords(plant.RoleServer, plant.RoleBroker, plant.RoleTimeSource, plant.RoleDomain, plant.RoleHistorian)
	b.round(f, a.last, b.placeByPeers, func(_ uint32, v filed) bool { return v.open() || slices.Contains(served, v.role) })
	a.zones = f.survey()
	b.round(f, nil, b.placeInZone, func(i uint32, _ filed) bool { return a.zones[a.nets[i]].zone() })
}

// round lets place look at every asset inside the site that may be concerned.
func (b *Builder) round(f *folded, camps []camp, place func(f *folded, i uint32, v *verdict, n around), concerned func(i uint32, v filed) bool) {
	var seen []uint32 // asset → the last one that had it as a peer, plus 1
	if camps != nil {
		seen = make([]uint32, len(f.roles))
	}
	var v verdict // one for all: place makes it escape
	for i := range f.roles {
		if f.roles[i].external() || !concerned(uint32(i), f.roles[i]) {
			continue
		}
		var n around
		if camps != nil {
			n = b.peersOf(f, uint32(i), camps, seen)
		}
		v = b.verdict(f.roles[i])
		place(f, uint32(i), &v, n)
		f.roles[i] = b.fileVerdict(&v)
	}
}

func (f *folded) camps() []camp {
	camps := make([]camp, len(f.roles))
	for i := range f.roles {
		camps[i] = f.roles[i].camp()
	}
	return camps
}

// around counts an asset's peers by where they stand.
type around struct {
	ot, it, outside int
	remote          bool // somebody outside the control network works it from afar
}

func (n *around) add(c camp) {
	switch c {
	case campOT:
		n.ot++
	case campIT:
		n.it++
	case campOutside:
		n.outside++
	}
}

// peersOf counts the peers of asset i. seen is room that tells which were
// counted already.
func (b *Builder) peersOf(f *folded, i uint32, camps []camp, seen []uint32) (n around) {
	for _, at := range f.spoken.of(i) {
		l := b.links.at(at)
		client, server := f.assetOf(l.client), f.assetOf(l.server)
		peer := server
		if server == i && l.state&linkGroup == 0 {
			peer = client
		}
		if peer == nobody || peer == i {
			continue
		}
		if s := b.speech[l.proto]; s != nil && s.remote && server == i && l.state&linkAnswered != 0 && camps[peer] != campNone && camps[peer] != campOT {
			n.remote = true
		}
		if seen[peer] != i+1 {
			seen[peer] = i + 1
			n.add(camps[peer])
		}
	}
	return n
}

// placeOutgoing looks at what lies outside: what is reached through a tunnel
// stands at its other end, and a PC that talks to the Internet or to office
// equipment and to nothing of the control network is an office PC.
func (b *Builder) placeOutgoing(f *folded, i uint32, v *verdict, n around) {
	if _, behind := f.around.vpn[i]; behind {
		role := v.role
		if v.asked {
			role = v.otherwise
		}
		if v.side = plant.SideUnknown; role != v.role {
			*v = standingOf(role)
		}
		v.by = placedBehindVPN
		return
	}
	if v.role == plant.RolePC && v.side == plant.SideUnknown && n.ot == 0 && n.it+n.outside > 0 {
		v.level, v.side, v.by = 4, plant.SideIT, placedOffice
	}
}

// placeInSubnet takes the side of what stands in the same network. One that
// only acts as if it belonged to the control network, among nothing but office
// equipment, is out of place.
func (b *Builder) placeInSubnet(f *folded, i uint32, v *verdict, _ around) {
	if v.by == placedBehindVPN {
		return
	}
	side, astride := b.sideOfGround(f, i)
	switch {
	case astride && v.kind == plant.KindNetwork && v.side == plant.SideUnknown:
		v.by = placedAstride
	case v.asked && v.side == plant.SideOT && f.around.subnets[f.around.nets[i]].office():
		if v.role != plant.RoleEngineering {
			*v = standingOf(v.otherwise)
		}
		v.level, v.side, v.by = 4, plant.SideIT, placedOutOfPlace
	case v.by == placedOffice && side == plant.SideOT:
		v.level, v.side, v.by = plant.LevelUnknown, side, placedNeighbours
	case v.side == plant.SideUnknown && side != plant.SideUnknown:
		v.side, v.by = side, placedNeighbours
		if side == plant.SideIT && v.kind == plant.KindDevice {
			v.level = 4
		}
	}
}

// placeByPeers places servers by those they work for, and what is still open
// by the company it keeps, if that is all of one side.
func (b *Builder) placeByPeers(f *folded, i uint32, v *verdict, n around) {
	if v.by == placedBehindVPN {
		return
	}
	both := n.ot > 0 && n.it+n.outside > 0
	switch v.role {
	case plant.RoleServer, plant.RoleBroker, plant.RoleTimeSource, plant.RoleDomain:
		v.placeServer(n)
	case plant.RoleHistorian:
		if side, _ := b.sideOfGround(f, i); both && side == plant.SideUnknown {
			v.between(placedBetween)
		}
	case plant.RolePC, plant.RoleUnknown, plant.RoleCamera:
		if v.side == plant.SideUnknown {
			v.placeOther(n)
		}
	case plant.RoleSwitch, plant.RoleRouter, plant.RoleFirewall, plant.RoleAccessPoint:
		if v.side == plant.SideUnknown && n.ot > 0 && n.it+n.outside == 0 && v.by != placedAstride {
			v.side, v.by = plant.SideOT, placedCompany
		}
	}
}

func (v *verdict) placeServer(n around) {
	it := n.it + n.outside
	if v.side == plant.SideUnknown && (n.ot > 0 || it > 0 || v.role == plant.RoleDomain) {
		switch {
		case n.ot > 0 && it > 0 && v.role != plant.RoleDomain:
			v.between(placedBetween)
			return
		case n.ot > it:
			v.side = plant.SideOT
		default:
			v.side = plant.SideIT
		}
		v.by = placedUsed
	}
	switch v.side {
	case plant.SideOT:
		v.level = 3
	case plant.SideIT:
		v.level = 4
	}
}

func (v *verdict) placeOther(n around) {
	it := n.it + n.outside
	switch {
	case n.ot > 0 && n.remote && v.role != plant.RoleCamera:
		v.between(placedBetween)
	case n.ot > 0 && it == 0:
		v.side, v.by = plant.SideOT, placedCompany
	case n.ot == 0 && it > 0 && v.role == plant.RolePC:
		v.level, v.side, v.by = 4, plant.SideIT, placedOffice
	}
}

// placeInZone: what stands among assets that work for both sides stands in the
// zone between them, too.
func (b *Builder) placeInZone(f *folded, i uint32, v *verdict, _ around) {
	if v.level == levelDMZ || v.kind != plant.KindDevice || v.by == placedBehindVPN || !f.around.zones[f.around.nets[i]].zone() {
		return
	}
	switch v.role {
	case plant.RoleServer, plant.RoleBroker, plant.RoleTimeSource, plant.RoleDomain, plant.RoleHistorian, plant.RolePC, plant.RoleUnknown:
		v.between(placedZone)
	}
}

func (v *verdict) between(by placing) {
	v.level, v.side, v.by = levelDMZ, plant.SideUnknown, by
}
