package inventory

import (
	"fmt"
	"slices"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// around counts an asset's peers by where they stand.
type around struct{ ot, it, outside int }

func (f *folded) around(h *habits) around {
	var n around
	slices.Sort(h.peers)
	h.peers = slices.Compact(h.peers)
	for _, p := range h.peers {
		switch v := &f.roles[p]; {
		case v.kind == plant.KindExternal:
			n.outside++
		case v.side == plant.SideOT:
			n.ot++
		case v.side == plant.SideIT:
			n.it++
		}
	}
	return n
}

// refine places what its role alone does not place, by whom it talks to. The
// peers are judged by themselves, so that the result does not depend on the
// order of the assets.
func (j *judgement) refine(n around) {
	switch j.role {
	case plant.RoleServer, plant.RoleBroker, plant.RoleTimeSource, plant.RoleDomain:
		j.refineServer(n)
	case plant.RolePC, plant.RoleUnknown, plant.RoleCamera:
		j.refineOther(n)
	case plant.RoleHistorian:
		if n.it+n.outside > 0 && n.ot > 0 {
			j.between(n)
		}
	case plant.RoleSwitch, plant.RoleRouter, plant.RoleFirewall, plant.RoleAccessPoint:
		if j.side == plant.SideUnknown && n.ot > 0 && n.it+n.outside == 0 {
			j.side = plant.SideOT
			j.because("side", fmt.Sprintf("talks to nobody but the control network (%s)", peers(n.ot)), 0)
		}
	}
}

func (j *judgement) refineServer(n around) {
	switch {
	case n.ot > 0 && n.it+n.outside > 0 && j.side != plant.SideOT && j.role != plant.RoleDomain:
		j.between(n)
	case n.ot > 0 || j.side == plant.SideOT:
		j.level, j.side = 3, plant.SideOT
		j.because("level", fmt.Sprintf("level 3: a %s that works for the control network (%s there)", j.role, peers(n.ot)), 0)
	case n.it+n.outside > 0 || j.role == plant.RoleDomain:
		j.level, j.side = 4, plant.SideIT
		j.because("level", fmt.Sprintf("level 4: a %s that nothing of the control network was seen to use", j.role), 0)
	}
}

// refineOther takes the side of the company that an asset keeps, if it is all
// of one side. A PC that talks to the Internet or to office servers and to
// nothing of the control network is an office PC.
func (j *judgement) refineOther(n around) {
	switch {
	case j.side != plant.SideUnknown:
	case n.ot > 0 && n.it+n.outside == 0:
		j.side = plant.SideOT
		j.because("side", fmt.Sprintf("talks to nobody but the control network (%s)", peers(n.ot)), 0)
	case n.ot == 0 && n.it+n.outside > 0 && j.role == plant.RolePC:
		j.level, j.side = 4, plant.SideIT
		j.because("level", fmt.Sprintf("level 4: a PC that talks to the office network or outside (%s) and not to the control network", peers(n.it+n.outside)), 0)
	}
}

// between places an asset in the zone between the two networks.
func (j *judgement) between(n around) {
	j.level = 3.5
	j.because("level", fmt.Sprintf("level 3.5: it talks to both sides, %d in the control network, %d in the office network and %d outside", n.ot, n.it, n.outside), 0)
}
