package assure

import (
	"slices"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/proof"
)

// trial is how old the last trial of the boundary may be: what insurers and the
// map of checks (check 42) ask for.
const trial = 90 * 24 * time.Hour

// proof is the proof of that kind; one that was never made is unknown.
func (w *Wall) proof(kind proof.Kind) proof.Proof {
	if i := slices.IndexFunc(w.Proofs, func(p proof.Proof) bool { return p.Kind == kind }); i >= 0 {
		return w.Proofs[i]
	}
	return proof.Proof{Kind: kind, Status: proof.Unknown, Says: "It was not looked at yet."}
}

// by lets a statement rest on proofs: the worst of them decides. It reports
// whether all of them hold.
func (s *Statement) by(w *Wall, kinds ...proof.Kind) bool {
	var worst *proof.Proof
	for _, k := range kinds {
		p := w.proof(k)
		for _, e := range p.Evidence {
			if p.Status != proof.Proven && len(s.Evidence) < maxEvidence {
				s.Evidence = append(s.Evidence, Evidence{Text: e.Text, Link: e.Link})
			}
		}
		if p.Status == proof.Contradicted {
			s.Missing++
		}
		if !p.At.IsZero() && (s.AsOf.IsZero() || p.At.Before(s.AsOf)) {
			s.AsOf = p.At // as old as the oldest it rests on
		}
		if worst == nil || rank(p.Status) < rank(worst.Status) {
			worst = &p
		}
	}
	if worst == nil || worst.Status == proof.Proven {
		return true
	}
	s.Status, s.Why = Status(worst.Status), worst.Says
	return false
}

func rank(s proof.Status) int { return slices.Index(worst, Status(s)) }

// unenforced is what is said where no wall stands.
const unenforced = "No approved revision is enforced yet: nothing that is known of stops anything."

// reach measures that nothing leads from the office's side to a controller: what
// was seen contradicts it, what is enforced proves it as long as that is what is
// enforced.
func reach(f *Facts, s *Statement) {
	w := &f.Wall
	s.All = w.OfficePairs
	if i := slices.IndexFunc(f.Findings, func(x Finding) bool { return x.Rule == "office-controls" && f.Now.Sub(x.Last) <= fresh }); i >= 0 {
		x := &f.Findings[i]
		s.AsOf, s.Link, s.All = x.Last, x.Link, 0
		s.is(Contradicted, "An office computer asked a controller to change something %s ago.", days(f.Now.Sub(x.Last)))
		return
	}
	switch {
	case !w.Enforced:
		s.is(Unknown, "%s", unenforced)
	case w.OfficeOpen > 0:
		s.Missing = w.OfficeOpen
		s.Evidence = append(s.Evidence, w.OfficeWays[:min(len(w.OfficeWays), maxEvidence)]...)
		s.is(Contradicted, "What is enforced leaves %s open of %d.", amount(w.OfficeOpen, s.Unit), w.OfficePairs)
	case w.OfficePairs == 0:
		s.is(Unknown, "Nothing is known that this could be said of: no office computer or no controller stands in a zone.")
	case s.by(w, proof.ReadBack, proof.Contradiction):
		s.is(Proven, "Revision %d closes all %d ways, it is what is enforced, and nothing was seen to go around it.", w.Revision, w.OfficePairs)
	}
	s.whole()
}

// whole is for a claim whose numbers are ways: proofs that speak against it are
// no ways, and there is nothing to count.
func (s *Statement) whole() {
	if s.Status != Contradicted || s.Missing > s.All {
		s.Missing = 0
	}
}

// onlyConduits measures that whatever no conduit names does not pass.
func onlyConduits(f *Facts, s *Statement) {
	w := &f.Wall
	s.All = w.Pairs
	switch {
	case !w.Enforced:
		s.is(Unknown, "%s", unenforced)
	case !s.by(w, proof.Contradiction) && s.Status == Contradicted:
		s.Missing = 0 // a path around the wall is no pair of zones
	case w.Open > 0:
		s.Missing = w.Open
		s.is(Unknown, "%s of %d %s not enforced: what crosses there without a conduit passes.", amount(w.Open, s.Unit), w.Pairs, either(w.Open, "is", "are"))
	case s.by(w, proof.ReadBack, proof.Contradiction):
		s.is(Proven, "All %d pairs of zones are enforced, and nothing was seen to cross without a conduit.", w.Pairs)
	default:
		s.Missing = 0
	}
}

// twoOwners measures that nobody opens the boundary alone.
func twoOwners(f *Facts, s *Statement) {
	s.All = f.Conduits
	switch ok, status, why := f.watched(); {
	case f.Wall.OneOwner > 0:
		s.Missing = f.Wall.OneOwner
		s.Evidence = slices.Clone(f.Wall.OneOwners[:min(len(f.Wall.OneOwners), maxEvidence)])
		s.is(Contradicted, "%s of %d %s an owner on one side or both.", amount(s.Missing, s.Unit), f.Conduits, either(s.Missing, "lacks", "lack"))
	case f.Uncovered > 0:
		s.All = f.Crossings
		s.is(Contradicted, "%s without a conduit, so nobody answers for %s.", either(f.Uncovered, "1 conversation crosses", amount(f.Uncovered, "conversation")+" cross"), either(f.Uncovered, "it", "them"))
	case f.Conduits == 0:
		s.is(Unknown, "No conduits are written down yet.")
	case !ok:
		s.is(status, "Each of the conduits that are written down has two, but more may cross. %s", why)
	case f.Conduits == 1:
		s.is(Proven, "The one conduit there is has both.")
	default:
		s.is(Proven, "Each of %s has both.", amount(f.Conduits, s.Unit))
	}
}

// stands measures that what is enforced is what was signed, in ways that do not
// rest on each other.
func stands(f *Facts, s *Statement) {
	w := &f.Wall
	switch {
	case !w.Enforced:
		s.is(Unknown, "%s", unenforced)
	case s.by(w, proof.ReadBack, proof.Canary, proof.Contradiction):
		s.is(Proven, "Revision %d is what is enforced, the probe was stopped, and nothing was seen to go around.", w.Revision)
	}
	s.All = 3
}

// tested measures when the boundary was last tried as a whole.
func tested(f *Facts, s *Statement) {
	w := &f.Wall
	if !w.Tested.IsZero() {
		s.AsOf = w.Tested
	}
	switch age := f.Now.Sub(w.Tested); {
	case !w.Enforced:
		s.is(Unknown, "%s", unenforced)
	case w.Drift > 0:
		s.Missing = w.Drift
		s.is(Contradicted, "What was read back differs in %s from what was signed.", either(w.Drift, "one place", amount(w.Drift, "place")))
	case w.Tested.IsZero():
		s.is(Unknown, "It was not tried as a whole yet: a probe that is stopped and a read back that is equal, on one day.")
	case age > trial:
		s.is(Stale, "It was last tried %s ago; every 90 days is asked for.", days(age))
	default:
		s.is(Proven, "It was tried %s ago, and nothing has drifted since.", days(age))
	}
}
