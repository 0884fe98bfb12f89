package assure

import (
	"fmt"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/flat"
	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/proof"
	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/record"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// WallInput is what a wall is described from.
type WallInput struct {
	Now   time.Time
	Model *model.Model // the newest plant model, for who answers for conduits; nil for none
	// Policy is what an enforcer holds, nil where none does; Revision, Hash and
	// Since are of it.
	Policy   *policy.Policy
	Revision int64
	Hash     string
	Since    time.Time
	Enforcer string
	Assets   []record.Asset
	Proofs   []proof.Proof
}

// WallOf is what stands between the zones of one site.
func WallOf(in *WallInput) Wall {
	w := Wall{Proofs: in.Proofs}
	w.owned(in.Model)
	if in.Policy == nil {
		return w
	}
	w.Enforced, w.Revision, w.Hash, w.Since, w.Enforcer = true, in.Revision, in.Hash, in.Since, in.Enforcer
	w.pairs(in.Policy)
	office := flat.FromOffice(&flat.Input{Draft: in.Policy, Enforced: in.Policy, Assets: in.Assets, Now: in.Now})
	w.OfficePairs, w.OfficeOpen = office.Pairs, office.Open
	for _, way := range office.Ways {
		w.OfficeWays = append(w.OfficeWays, Evidence{Text: way, Link: "/boundary"})
	}
	w.tried()
	return w
}

// owned counts the conduits that lack an owner on a side.
func (w *Wall) owned(m *model.Model) {
	if m == nil {
		return
	}
	for i := range m.Conduits {
		c := &m.Conduits[i]
		o := m.OwnersOfConduit(c)
		side := ""
		switch {
		case o.IT.ID == "" && o.Operations.ID == "":
			side = "on both sides"
		case o.IT.ID == "":
			side = "in IT"
		case o.Operations.ID == "":
			side = "in operations"
		default:
			continue
		}
		w.OneOwner++
		if len(w.OneOwners) < maxEvidence {
			w.OneOwners = append(w.OneOwners, Evidence{Text: fmt.Sprintf("Conduit %s lacks an owner %s.", c.ID, side), Link: "/boundary"})
		}
	}
}

// pairs counts the pairs of zones in which an address can be, with whatever
// stands in no zone as one of them, and those between which nothing is stopped.
func (w *Wall) pairs(p *policy.Policy) {
	for from := range p.Zones {
		for to := range p.Zones {
			if from == to || empty(p, from) || empty(p, to) {
				continue
			}
			w.Pairs++
			if s := p.StageOf(from, to); s != model.StageEnforce && s != model.StageEnforceNew {
				w.Open++
			}
		}
	}
}

func empty(p *policy.Policy, zone int) bool {
	return zone != policy.Nowhere && len(p.Zones[zone].Ranges) == 0
}

// tried says when both ends of the wall were tried on one day, and what differed
// when it was read back last.
func (w *Wall) tried() {
	read, canary := w.proof(proof.ReadBack), w.proof(proof.Canary)
	held := func(p *proof.Proof) bool { return p.Status == proof.Proven || p.Status == proof.Stale }
	if held(&read) && held(&canary) && read.At.Sub(canary.At).Abs() <= 24*time.Hour {
		w.Tested = read.At
		if canary.At.Before(read.At) {
			w.Tested = canary.At
		}
	}
	if read.Status == proof.Contradicted {
		w.Drift = max(1, int64(len(read.Evidence)))
	}
}

// Worse is the wall that stands worse, of two sites, with what both lack of
// owners: a wall that is not there is the worst.
func Worse(a, b Wall) Wall {
	out := a
	if b.worth() < a.worth() {
		out = b
	}
	out.OneOwner = a.OneOwner + b.OneOwner
	out.OneOwners = append(append([]Evidence(nil), a.OneOwners...), b.OneOwners...)
	return out
}

// worth orders walls, the worst first.
func (w *Wall) worth() int {
	if !w.Enforced {
		return 0
	}
	least := 10
	for _, k := range []proof.Kind{proof.ReadBack, proof.Canary, proof.Contradiction} {
		least = min(least, 1+rank(w.proof(k).Status))
	}
	return least
}
