package inventory

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bulkhead-ot/bulkhead/internal/judge/inventory/fingerprint"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// standing is where a role usually stands: the Purdue level as in ISA-99.00.01
// and Cisco's and Rockwell's Converged Plantwide Ethernet guide, where drives,
// robots and remote I/O are level 0, and the side.
type standing struct {
	level float64
	side  plant.Side
	kind  plant.AssetKind
}

var standings = map[plant.Role]standing{
	plant.RoleSensor:      {0, plant.SideOT, plant.KindDevice},
	plant.RoleRemoteIO:    {0, plant.SideOT, plant.KindDevice},
	plant.RoleDrive:       {0, plant.SideOT, plant.KindDevice},
	plant.RoleRobot:       {0, plant.SideOT, plant.KindDevice},
	plant.RoleController:  {1, plant.SideOT, plant.KindDevice},
	plant.RoleSafety:      {1, plant.SideOT, plant.KindDevice},
	plant.RoleRelay:       {1, plant.SideOT, plant.KindDevice},
	plant.RoleBuilding:    {1, plant.SideOT, plant.KindDevice},
	plant.RoleGateway:     {1, plant.SideOT, plant.KindDevice},
	plant.RoleHMI:         {2, plant.SideOT, plant.KindDevice},
	plant.RoleEngineering: {2, plant.SideOT, plant.KindDevice},
	plant.RoleSCADA:       {2, plant.SideOT, plant.KindDevice},
	plant.RoleHistorian:   {3, plant.SideOT, plant.KindDevice},
	plant.RoleSwitch:      {plant.LevelUnknown, plant.SideUnknown, plant.KindNetwork},
	plant.RoleRouter:      {plant.LevelUnknown, plant.SideUnknown, plant.KindNetwork},
	plant.RoleFirewall:    {plant.LevelUnknown, plant.SideUnknown, plant.KindNetwork},
	plant.RoleAccessPoint: {plant.LevelUnknown, plant.SideUnknown, plant.KindNetwork},
	plant.RolePrinter:     {4, plant.SideIT, plant.KindDevice},
	plant.RolePhone:       {4, plant.SideIT, plant.KindDevice},
}

// verdict is what is judged of an asset.
type verdict struct {
	role  plant.Role
	side  plant.Side
	level float64
	kind  plant.AssetKind

	asked     bool       // nothing but what it asked of others gives it the role
	otherwise plant.Role // which it would have without that
	by        placing    // what placed it that is not in itself
}

// judgement is a verdict with its reasons.
type judgement struct {
	verdict
	reasons []plant.Reason
}

func (j *judgement) because(what, why string, packet plant.PacketRef) {
	j.reasons = append(j.reasons, plant.Reason{What: what, Why: why, Packet: packet})
}

// judge decides role, kind, side and level from the asset alone. The clues stay
// in d for those who want reasons.
func (b *Builder) judge(f *folded, d *desk) verdict {
	p, h := &d.portrait, &d.habits
	d.clues = d.clues[:0]
	if b.isOutside(p, h) {
		return verdict{role: plant.RoleExternalPeer, side: plant.SideIT, level: 5, kind: plant.KindExternal}
	}
	d.clues = b.clues(d.clues, f, p, h)
	d.scale = d.scale.weigh(d.clues, true)
	v := standingOf(d.scale.best())
	if onlyAsked(d.clues, v.role) {
		d.scale = d.scale.weigh(d.clues, false)
		v.asked, v.otherwise = true, d.scale.best()
	}
	if v.side == plant.SideUnknown {
		if _, speaks, told := b.plantSide(v.role, p, h); speaks != nil || told {
			v.side = plant.SideOT
		}
		if v.role == plant.RoleCamera && v.side == plant.SideOT {
			v.level = 0 // it looks at the product, as a sensor does
		}
	}
	return v
}

// standingOf is where a role stands by itself.
func standingOf(role plant.Role) verdict {
	if s, ok := standings[role]; ok {
		return verdict{role: role, side: s.side, level: s.level, kind: s.kind}
	}
	return verdict{role: role, side: plant.SideUnknown, level: plant.LevelUnknown, kind: plant.KindDevice}
}

// explain gives the reasons for what judge decided.
func (b *Builder) explain(j *judgement, own *verdict, d *desk) {
	p, h := &d.portrait, &d.habits
	if j.kind == plant.KindExternal {
		j.because("kind", p.outsideWhy(), 0)
		j.because("level", "level 5: it is outside the site", 0)
		return
	}
	if j.role != plant.RoleUnknown {
		j.reasons = b.reasonsFor(j.role, d)
	}
	if j.level != plant.LevelUnknown && j.level == own.level {
		j.because("level", b.stands(j.level, j.role), 0)
	}
	if j.side == plant.SideUnknown || j.side != own.side {
		return
	}
	if s, ok := standings[j.role]; ok && s.side == j.side {
		j.because("side", b.belongs(j.role, j.side), 0)
		return
	}
	switch said, speaks, told := b.plantSide(j.role, p, h); {
	case told:
		j.because("side", fmt.Sprintf("%q speaks for %s (%s)", said.from, sideName(plant.SideOT), said.source), 0)
	case speaks != nil:
		j.because("side", "it speaks "+speaks.protocol, speaks.packet)
	}
}

// plantSide is what shows that an asset belongs to the control network although
// its role does not say so: what is told of what the product is made for, or
// the talk in which it speaks as control networks do. What a computer asks for
// does not count: one from the office can ask for anything.
func (b *Builder) plantSide(role plant.Role, p *portrait, h *habits) (said choice, speaks *talk, told bool) {
	if c := p.choices(plant.NoSlot, fingerprint.FieldSide, nil); len(c) > 0 && plant.Side(c[0].value) == plant.SideOT {
		return c[0], nil, true
	}
	for n, talks := range [2][]talk{h.serves, h.asks} {
		if n == 1 && isComputer(role) {
			break
		}
		for i := range talks {
			t := &talks[i]
			if q := b.speech[t.proto]; q != nil && q.plant && t.confirmed {
				return choice{}, t, false
			}
		}
	}
	return choice{}, nil, false
}

// isComputer reports whether a role is one that a general computer has on
// either side.
func isComputer(r plant.Role) bool {
	return r == plant.RolePC || r == plant.RoleServer || r == plant.RoleDomain || r == plant.RoleBroker || r == plant.RolePrinter
}

func sideName(s plant.Side) string {
	if s == plant.SideOT {
		return "the control network"
	}
	return "the office network"
}

// isOutside reports whether an asset is outside the site. A private address is
// inside. A public one is inside when it is on a link that we see, and where no
// link is seen at all, when it serves a control protocol.
func (b *Builder) isOutside(p *portrait, h *habits) bool {
	if len(p.macs) > 0 || len(p.ips) == 0 || slices.ContainsFunc(p.ips, private) {
		return false
	}
	return !(p.noMAC || p.onLink) || !b.isPolled(h)
}

func (p *portrait) outsideWhy() string {
	if p.noMAC {
		return p.ips[0].String() + " is a public address and the capture shows no link it is on"
	}
	return p.ips[0].String() + " is a public address that is only reached through a router"
}

// judgeAll judges every asset alone, then keeps what its neighbours need.
func (b *Builder) judgeAll(f *folded) {
	f.roles = make([]filed, len(f.assets))
	f.serials = make(map[uint32]string)
	used := make(map[string]bool)
	var room desk
	for i := range f.assets {
		p := &room.portrait
		b.sketch(f, uint32(i), p)
		b.habits(f, uint32(i), &room.habits)
		v := b.judge(f, &room)
		f.roles[i] = b.fileVerdict(&v)
		if !p.says(plant.FieldSerial) {
			continue
		}
		b.portrait(f, uint32(i), p)
		if id := b.serialOf(p); id != "" && !used[id] {
			used[id] = true
			f.serials[uint32(i)] = id
		}
	}
	b.placeByCompany(f)
}

// serialOf is the identifier of an asset that says its serial number: that of
// the one controller in its rack, or its own.
func (b *Builder) serialOf(p *portrait) string {
	n := b.named(p, plant.NoSlot)
	if lead := leadModule(p, b.modules(p)); lead != nil && lead.Serial != "" {
		n.serial, n.vendor = lead.Serial, first(lead.Vendor, n.vendor)
	}
	if !usefulSerial(n.serial) || n.vendor == "" {
		return ""
	}
	return serialID(n.vendor, n.serial)
}

// article is a noun with its article: "an HMI", "a drive".
func article(noun string) string {
	if strings.ContainsRune("aeiou", rune(noun[0])) || strings.HasPrefix(noun, "HMI") {
		return "an " + noun
	}
	return "a " + noun
}

// says reports whether anything is said about a field, of the asset or of a
// module in it.
func (p *portrait) says(field plant.Field) bool {
	for i := range p.facts {
		if p.facts[i].Field == field {
			return true
		}
	}
	return false
}
