package assure

import "fmt"

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
		clean := f.Observed.Sub(f.From)
		for i := range f.Findings {
			if x := &f.Findings[i]; x.Rule == rule {
				if seen(f, s, x) {
					return
				}
				clean = min(clean, f.Now.Sub(x.Last))
			}
		}
		if ok, status, why := f.watched(); !ok {
			s.is(status, "Not seen, but that proves nothing. %s", why)
			return
		}
		s.is(Proven, "Not seen for %s, while the network was watched.", days(clean))
	}
}

// seen lets a finding speak against a claim; false if it is too long ago.
func seen(f *Facts, s *Statement, x *Finding) bool {
	age := f.Now.Sub(x.Last)
	if age > forgotten {
		return false
	}
	s.Missing, s.AsOf, s.Link = x.Assets, x.Last, x.Link
	for _, d := range x.Details[:min(len(x.Details), maxEvidence)] {
		s.Evidence = append(s.Evidence, Evidence{Text: d, Link: s.Link})
	}
	if age > fresh {
		s.is(Stale, "It was seen %s ago at %s, and not since. Whether it ended or only rests, nobody has said.", days(age), amount(x.Assets, s.Unit))
		return true
	}
	s.is(Contradicted, "%s: seen at %s, last %s ago.", x.Title, amount(x.Assets, s.Unit), days(age))
	return true
}

func conduits(f *Facts, s *Statement) {
	switch {
	case f.Uncovered > 0 && f.Zones > 0:
		s.Missing, s.All = f.Uncovered, f.Crossings
		s.is(Contradicted, "No conduit allows %s between zones.", amount(f.Uncovered, s.Unit))
		return
	case f.Uncovered > 0:
		s.Missing, s.All = f.Uncovered, f.Crossings
		s.is(Contradicted, "%s cross between office and plant, and nobody has said that they may: no conduits are written down.", amount(f.Uncovered, s.Unit))
		return
	}
	if ok, status, why := f.watched(); !ok {
		s.is(status, "Nothing crosses without a conduit, but that proves nothing. %s", why)
		return
	}
	if f.Inside > 0 && float64(f.Sideless)/float64(f.Inside) > placeable {
		s.Missing = 0
		s.is(Unknown, "Of %s inside the site nobody can say whether they belong to office or plant, so what they cross is not counted.", amount(f.Sideless, "asset"))
		return
	}
	s.is(Proven, "All that was seen to cross goes through one of %s.", amount(f.Conduits, "conduit"))
	if f.Crossings == 0 {
		s.Why = "Nothing was seen to cross."
	}
}

// share measures a claim about how many of a whole are as they should be.
func share(f *Facts, s *Statement, missing, all int64, most float64, what string) {
	s.Missing, s.All = missing, all
	switch {
	case all == 0:
		s.is(Unknown, "Nothing has been seen that this could be said of.")
	case float64(missing) > most*float64(all):
		s.is(Contradicted, "%s of %d %s.", amount(missing, s.Unit), all, what)
	case f.Now.Sub(f.Observed) > fresh:
		s.is(Stale, "It was so %s ago, when the last packet was seen.", days(f.Now.Sub(f.Observed)))
	default:
		s.is(Proven, "%d of %s.", all-missing, amount(all, s.Unit))
	}
}

func inventory(f *Facts, s *Statement) {
	share(f, s, f.Unknown, f.Inside, 0, "say nothing about what they are")
	if ok, status, why := f.watched(); !ok && s.Status == Proven {
		s.is(status, "All that came by is known. %s", why)
	}
}

// unversioned is the share of plant machines whose version may be unknown.
const unversioned = 0.1

func versions(f *Facts, s *Statement) {
	share(f, s, f.Plant-f.Version, f.Plant, unversioned, "have not said which version they run")
}

func owners(f *Facts, s *Statement) {
	if !f.Modelled {
		s.Missing, s.All = f.Inside, f.Inside
		s.is(Unknown, "No owners are written down yet.")
		return
	}
	share(f, s, f.Ownerless, f.Inside, 0, "lack an owner on one side or both")
}

func lines(f *Facts, s *Statement) {
	if !f.Modelled {
		s.Missing, s.All = f.Plant, f.Plant
		s.is(Unknown, "No lines are written down yet.")
		return
	}
	share(f, s, f.Lineless, f.Plant, 0, "stand on no line that was named")
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
	switch {
	case s.All == 0:
		s.is(Unknown, "There is no sensor yet.")
	case s.Missing > 0:
		s.is(Contradicted, "%s of %d have lost packets, reports or their link.", amount(s.Missing, s.Unit), s.All)
	case f.Now.Sub(f.Observed) > fresh:
		s.is(Stale, "The newest packet is %s old.", days(f.Now.Sub(f.Observed)))
	default:
		s.is(Proven, "%s of %d without loss.", amount(s.All, s.Unit), s.All)
	}
}

func kept(f *Facts, s *Statement) {
	const day = 24 * 60 * 60 * 1e9
	s.All = int64(keep / day)
	have := int64(f.Observed.Sub(f.From) / day)
	if f.From.IsZero() || f.Observed.IsZero() {
		have = 0
	}
	s.Missing = max(0, s.All-have)
	switch {
	case f.Retention > 0 && f.Retention < keep:
		s.is(Contradicted, "History is set to be deleted after %s.", days(f.Retention))
	case s.Missing > 0:
		s.Missing = 0 // nothing to do but wait
		s.is(Unknown, "%d of %d days are there so far; nothing is deleted before.", have, s.All)
	default:
		s.is(Proven, "%s are kept.", amount(have, s.Unit))
	}
}
