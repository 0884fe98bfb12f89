package inventory

import (
	"fmt"
	"slices"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// placed is the judgement of asset i with its reasons.
func (b *Builder) placed(f *folded, i uint32, d *desk) judgement {
	own := b.judge(f, d)
	j := judgement{verdict: b.verdict(f.roles[i]), reasons: d.reasons[:0]}
	b.explain(&j, &own, d)
	b.explainPlace(f, i, &j, &d.habits)
	return j
}

// explainPlace says what placed an asset that its own words do not place.
func (b *Builder) explainPlace(f *folded, i uint32, j *judgement, h *habits) {
	if j.by == placedAlone && (j.level != 3 || j.kind != plant.KindDevice) {
		return
	}
	camps := f.around.last
	if j.by == placedOffice {
		camps = f.around.first
	}
	n := h.around(camps)
	g := f.around.nets[i]
	s := f.around.subnets[g]
	switch j.by {
	case placedAlone:
		j.explainServer(n)
	case placedBehindVPN:
		j.because("side", fmt.Sprintf("reached through a VPN router (%s): it stands at the other end of the tunnel", b.wordOf(f, f.around.vpn[i])), 0)
	case placedOffice:
		j.because("level", fmt.Sprintf("level 4: a PC that talks to the office network or outside (%s) and not to the control network", peers(n.it+n.outside)), 0)
	case placedCompany:
		j.because("side", "talks to nobody but the control network ("+peers(n.ot)+")", 0)
	case placedNeighbours:
		j.because("side", fmt.Sprintf("stands in %s, where %d are of the control network and %d of the office", g.name(), s.ot+s.asking, s.it), 0)
		j.explainServer(n)
	case placedOutOfPlace:
		j.because("side", fmt.Sprintf("asks the control network as its own machines do, but stands in %s with %d of the office and nothing of the control network", g.name(), s.it), 0)
	case placedUsed:
		j.explainServer(n)
	case placedBetween:
		j.because("level", fmt.Sprintf("level 3.5: it talks to both sides, %d in the control network, %d in the office network and %d outside", n.ot, n.it, n.outside), 0)
	case placedZone:
		j.because("level", fmt.Sprintf("level 3.5: stands in %s among %d that work for both sides", g.name(), f.around.zones[g].between), 0)
	case placedAstride:
		j.because("side", "has addresses in networks of both sides", 0)
	}
}

// explainServer says why a server, or what stands in an office, has its level.
func (j *judgement) explainServer(n around) {
	switch _, stands := standings[j.role]; {
	case stands:
	case j.level == 3:
		j.because("level", fmt.Sprintf("level 3: %s of the control network (%s there)", article(j.role), peers(n.ot)), 0)
	case j.level == 4 && j.role == plant.RoleUnknown:
		j.because("level", "level 4: it stands in the office network", 0)
	case j.level == 4:
		j.because("level", fmt.Sprintf("level 4: %s of the office network (%s there or outside, %d in the control network)", article(j.role), peers(n.it+n.outside), n.ot), 0)
	}
}

// name is a network in words.
func (g ground) name() string {
	if g == manyGround {
		return "networks"
	}
	return g.String()
}

// wordOf is the address of an asset.
func (b *Builder) wordOf(f *folded, i uint32) string {
	return b.nodeName(f, f.assets[i])
}

// around counts the peers by where they stand.
func (h *habits) around(camps []camp) (n around) {
	slices.Sort(h.peers)
	h.peers = slices.Compact(h.peers)
	for _, p := range h.peers {
		n.add(camps[p])
	}
	return n
}
