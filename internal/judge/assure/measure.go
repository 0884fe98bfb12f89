package assure

import (
	"fmt"
	"slices"
	"time"
)

// measures say how each claim stands. They fill in status, numbers, why and
// evidence.
var measures = map[string]func(*Facts, *Statement){
	"inbound":   absence("inbound"),
	"control":   absence("office-controls"),
	"internet":  absence("internet"),
	"remote":    absence("remote-access"),
	"passwords": absence("cleartext-login"),
	"weak":      absence("weak-security"),
	"conduits":  conduits,

	"reach":         reach,
	"only-conduits": onlyConduits,
	"two-owners":    twoOwners,
	"stands":        stands,
	"tested":        tested,

	"inventory": inventory,
	"versions":  versions,
	"owners":    owners,
	"lines":     lines,
	"sensors":   sensors,
	"kept":      kept,
}

// maxEvidence bounds the lines of evidence that a statement shows itself; its
// link has the rest.
const maxEvidence = 5

func (s *Statement) is(status Status, format string, a ...any) {
	s.Status, s.Why = status, fmt.Sprintf(format, a...)
}

// absence measures a claim that something is not there: a finding of the rule
// contradicts it, and nothing proves it but having watched.
func absence(rule string) func(*Facts, *Statement) {
	return func(f *Facts, s *Statement) {
		clean := f.span()
		var found []*Finding // one for each site
		for i := range f.Findings {
			x := &f.Findings[i]
			if x.Rule != rule {
				continue
			}
			if age := f.Now.Sub(x.Last); age > forgotten {
				clean = min(clean, age)
				continue
			}
			found = append(found, x)
		}
		if len(found) > 0 {
			seen(f, s, found)
			return
		}
		if ok, status, why := f.watched(); !ok {
			s.is(status, "Not seen, but that proves nothing. %s", why)
			return
		}
		s.is(Proven, "Not seen for %s, while the network was watched.", days(clean))
	}
}

// seen lets findings speak against a claim, the newest first. One of today
// contradicts, however many of others are older.
func seen(f *Facts, s *Statement, found []*Finding) {
	slices.SortStableFunc(found, func(a, b *Finding) int { return b.Last.Compare(a.Last) })
	newest := found[0]
	age := f.Now.Sub(newest.Last)
	s.AsOf, s.Link = newest.Last, newest.Link
	for _, x := range found {
		if age <= fresh && f.Now.Sub(x.Last) > fresh {
			break
		}
		s.Missing += x.Assets
		for _, d := range x.Details {
			if len(s.Evidence) < maxEvidence {
				s.Evidence = append(s.Evidence, Evidence{Text: d, Link: x.Link})
			}
		}
	}
	if age > fresh {
		s.is(Stale, "It was seen %s ago at %s, and not since. Whether it ended or only rests, nobody has said.", days(age), amount(s.Missing, s.Unit))
		return
	}
	s.is(Contradicted, "%s: seen at %s, last %s ago.", newest.Title, amount(s.Missing, s.Unit), days(age))
}

func conduits(f *Facts, s *Statement) {
	switch {
	case f.Uncovered > 0 && f.Zones > 0:
		s.Missing, s.All = f.Uncovered, f.Crossings
		s.is(Contradicted, "No conduit allows %s between zones.", amount(f.Uncovered, s.Unit))
		return
	case f.Uncovered > 0:
		s.Missing, s.All = f.Uncovered, f.Crossings
		s.is(Contradicted, "%s %s between office and plant, and nobody has said that %s may: no conduits are written down.", amount(f.Uncovered, s.Unit), either(f.Uncovered, "crosses", "cross"), either(f.Uncovered, "it", "they"))
		return
	case f.Unowned > 0:
		s.Missing, s.All, s.Unit = f.Unowned, f.Conduits, "conduit"
		s.Do = "Name who answers for {n} {unit}."
		s.is(Contradicted, "Nobody answers for %s.", amount(f.Unowned, s.Unit))
		return
	}
	if ok, status, why := f.watched(); !ok {
		what := "Nothing crosses without a conduit"
		if f.Crossings == 0 {
			what = "Nothing was seen to cross"
		}
		s.is(status, "%s, but that proves nothing. %s", what, why)
		return
	}
	if f.Inside > 0 && float64(f.Unplaced)/float64(f.Inside) > placeable {
		where := either(f.Unplaced, "has", "have") + " no known side, office or plant"
		if f.Zones > 0 {
			where = either(f.Unplaced, "stands", "stand") + " in no zone"
		}
		s.is(Unknown, "%s inside the site %s, so what crosses there is not counted.", amount(f.Unplaced, "asset"), where)
		return
	}
	switch {
	case f.Crossings == 0:
		s.is(Proven, "Nothing was seen to cross.")
	case f.Conduits == 1:
		s.is(Proven, "All that was seen to cross goes through the one conduit there is.")
	default:
		s.is(Proven, "All that was seen to cross goes through one of %s.", amount(f.Conduits, "conduit"))
	}
}

// share measures a claim about how many of a whole are as they should be. What
// never came by may be otherwise, so that the network must have been watched.
// one and many say what is wrong with those that are missing.
func share(f *Facts, s *Statement, missing, all int64, most float64, one, many string) {
	s.Missing, s.All = missing, all
	switch ok, status, why := f.watched(); {
	case all == 0:
		s.is(Unknown, "Nothing has been seen that this could be said of.")
	case float64(missing) > most*float64(all):
		s.is(Contradicted, "%s of %d %s.", amount(missing, s.Unit), all, either(missing, one, many))
	case status == Stale:
		s.is(Stale, "It was so %s ago, when the last packet was seen.", days(f.Now.Sub(f.Observed)))
	case !ok:
		s.is(status, "%d of %s that came by. %s", all-missing, amount(all, s.Unit), why)
	default:
		s.is(Proven, "%d of %s.", all-missing, amount(all, s.Unit))
	}
}

func inventory(f *Facts, s *Statement) {
	share(f, s, f.Unknown, f.Inside, 0, "says nothing about what it is", "say nothing about what they are")
}

// unversioned is the share of plant machines whose version may be unknown.
const unversioned = 0.1

func versions(f *Facts, s *Statement) {
	share(f, s, f.Plant-f.Version, f.Plant, unversioned, "has not said which version it runs", "have not said which version they run")
}

func owners(f *Facts, s *Statement) {
	if !f.Modelled {
		s.Missing, s.All = f.Inside, f.Inside
		s.is(Unknown, "No owners are written down yet.")
		return
	}
	share(f, s, f.Ownerless, f.Inside, 0, "lacks an owner on one side or both", "lack an owner on one side or both")
}

func lines(f *Facts, s *Statement) {
	if !f.Modelled {
		s.Missing, s.All = f.Plant, f.Plant
		s.is(Unknown, "No lines are written down yet.")
		return
	}
	share(f, s, f.Lineless, f.Plant, 0, "stands on no line that was named", "stand on no line that was named")
}

func sensors(f *Facts, s *Statement) {
	s.All = int64(len(f.Sensors))
	for i := range f.Sensors {
		if w := f.Sensors[i].weakness(); w != "" {
			s.Missing++
			s.Evidence = append(s.Evidence, Evidence{Text: f.Sensors[i].Name + ": " + w, Link: "/sensors"})
		}
	}
	s.Evidence = s.Evidence[:min(len(s.Evidence), maxEvidence)]
	ended := !slices.ContainsFunc(f.Sensors, func(x Sensor) bool { return !x.Ended })
	switch {
	case s.All == 0:
		s.is(Unknown, "There is no sensor yet.")
	case s.Missing > 0:
		s.is(Contradicted, "%s of %d %s lost packets, reports or %s link.", amount(s.Missing, s.Unit), s.All, either(s.Missing, "has", "have"), either(s.Missing, "its", "their"))
	case ended:
		s.is(Unknown, "No sensor watches now: all that is known comes from captures.")
	case f.Now.Sub(f.Observed) > fresh:
		s.is(Stale, "The newest packet is %s old.", days(f.Now.Sub(f.Observed)))
	default:
		s.is(Proven, "%d of %s without loss.", s.All, amount(s.All, s.Unit))
	}
}

func kept(f *Facts, s *Statement) {
	const day = 24 * time.Hour
	s.All = int64(keep / day)
	have := int64(f.Observed.Sub(f.From) / day)
	if f.From.IsZero() || f.Observed.IsZero() {
		have = 0
	}
	s.Missing = max(0, s.All-have)
	switch {
	case f.Retention > 0 && f.Retention < keep:
		s.Missing = int64((keep - f.Retention + day - 1) / day)
		s.is(Contradicted, "History is set to be deleted after %s.", days(f.Retention))
	case s.Missing > 0:
		s.Missing = 0 // nothing to do but wait
		s.is(Unknown, "%d of %d days are there so far; nothing is deleted before.", have, s.All)
	case f.Now.Sub(f.Observed) > fresh:
		s.is(Stale, "%s are kept, and nothing has been added for %s.", amount(have, s.Unit), days(f.Now.Sub(f.Observed)))
	default:
		s.is(Proven, "%s are kept.", amount(have, s.Unit))
	}
}
