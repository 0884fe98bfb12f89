package inventory

import (
	"fmt"
	"slices"
	"strings"

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
}

// judgement is a verdict with its reasons.
type judgement struct {
	verdict
	reasons []plant.Reason
}

func (j *judgement) because(what, why string, packet plant.PacketRef) {
	j.reasons = append(j.reasons, plant.Reason{What: what, Why: why, Packet: packet})
}

// judge decides role, kind, side and level from the asset alone.
func (b *Builder) judge(f *folded, p *portrait, h *habits) judgement {
	j := judgement{verdict: verdict{level: plant.LevelUnknown, kind: plant.KindDevice, side: plant.SideUnknown}}
	if why := b.outside(p, h); why != "" {
		j.verdict = verdict{plant.RoleExternalPeer, plant.SideIT, 5, plant.KindExternal}
		j.because("kind", why, 0)
		j.because("level", "level 5: it is outside the site", 0)
		return j
	}
	j.role, j.reasons = roleOf(b.unitClue(b.clues(p, h), f, p.asset))
	if s, ok := standings[j.role]; ok {
		j.verdict = verdict{j.role, s.side, s.level, s.kind}
	}
	if j.level != plant.LevelUnknown {
		j.because("level", fmt.Sprintf("level %g is where %s stands", j.level, article(j.role)), 0)
	}
	b.judgeSide(&j, p, h)
	return j
}

// judgeSide decides the half of the network: by role, by what the product is,
// by what it speaks.
func (b *Builder) judgeSide(j *judgement, p *portrait, h *habits) {
	if j.side != plant.SideUnknown {
		j.because("side", fmt.Sprintf("%s belongs to %s", article(j.role), sideName(j.side)), 0)
		return
	}
	if s, why := p.sideOf(); s == plant.SideOT {
		j.side = s
		j.because("side", why, 0)
		return
	}
	for _, talks := range [2][]talk{h.serves, h.asks} {
		for i := range talks {
			t := &talks[i]
			if q := b.fingerprints.Protocol(t.protocol); q != nil && q.Side == plant.SideOT && t.confirmed {
				j.side = plant.SideOT
				j.because("side", "it speaks "+t.protocol, t.packet)
				return
			}
		}
	}
}

func sideName(s plant.Side) string {
	if s == plant.SideOT {
		return "the control network"
	}
	return "the office network"
}

// outside says why an asset is outside the site, "" if it is inside. A private
// address is inside. A public one is inside when it is on a link that we see,
// and where no link is seen at all, when it serves a control protocol.
func (b *Builder) outside(p *portrait, h *habits) string {
	if len(p.macs) > 0 || len(p.ips) == 0 {
		return ""
	}
	for _, a := range p.ips {
		if private(a) {
			return ""
		}
	}
	if (p.noMAC || p.onLink) && b.isPolled(h) {
		return ""
	}
	if p.noMAC {
		return fmt.Sprintf("%s is a public address and the capture shows no link it is on", p.ips[0])
	}
	return fmt.Sprintf("%s is a public address that is only reached through a router", p.ips[0])
}

// judgeAll judges every asset alone, then keeps what its neighbours need.
func (b *Builder) judgeAll(f *folded) {
	f.roles = make([]verdict, len(f.assets))
	f.serials = make(map[uint32]string)
	used := make(map[string]bool)
	var room desk
	for i := range f.assets {
		p, h := &room.portrait, &room.habits
		b.portrait(f, uint32(i), p)
		b.habits(f, uint32(i), h)
		j := b.judge(f, p, h)
		f.roles[i] = j.verdict
		if !p.says(plant.FieldSerial) {
			continue
		}
		if id := b.serialOf(p); id != "" && !used[id] {
			used[id] = true
			f.serials[uint32(i)] = id
		}
	}
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
	return slices.ContainsFunc(p.facts, func(f slotFact) bool { return f.Field == field })
}
