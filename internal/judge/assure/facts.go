package assure

import (
	"fmt"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/proof"
)

// Facts are what was counted of a site.
type Facts struct {
	Now      time.Time
	Observed time.Time // newest packet
	From     time.Time // from when on things are kept
	// Since is from when on the network was watched up to Observed, with no more
	// than Slack missing.
	Since    time.Time
	Sensors  []Sensor
	Findings []Finding // open ones

	Inside   int64 // assets that are no peers outside
	Unknown  int64 // of them: neither role nor vendor known
	Sideless int64 // of them: neither office nor plant
	Plant    int64 // on the plant's side
	Version  int64 // of those on the plant's side: firmware or operating system known

	Modelled  bool  // somebody wrote down the plant's own words
	Zones     int64 // that they name
	Conduits  int64
	Unowned   int64 // of them: nobody answers for them
	Unplaced  int64 // inside, in no zone; without zones, neither office nor plant
	Ownerless int64 // inside, without both owners
	Lineless  int64 // on the plant's side, without a line
	Crossings int64 // conversations between zones; without zones, between office and plant or with outside
	Uncovered int64 // of them: those that no conduit covers
	Retention time.Duration

	Wall Wall
}

// Wall is what stands between the zones, as enforcers and proofs say. The zero
// value is a plant that enforces nothing. Of several sites it is that of the
// one that stands worst.
type Wall struct {
	// Enforced is true where an enforcer holds an approved revision now; Revision
	// and Hash are that one's, Since when it was applied.
	Enforced bool
	Revision int64
	Hash     string
	Since    time.Time
	Enforcer string // its name and mode: "box1, proxy-arp"
	// Open are pairs of zones that are not enforced, of Pairs there are.
	Open, Pairs int64
	// Proofs are those of package proof; none before the first was made.
	Proofs []proof.Proof
	// OfficePairs are the ways from office computers and their like (enterprise,
	// vendor, internet and no zone) to controllers, OfficeOpen those of them that
	// what is enforced leaves open, OfficeWays the first of them in words.
	OfficePairs, OfficeOpen int64
	OfficeWays              []Evidence
	// OneOwner are conduits that lack an owner on one side or both, in words the
	// first of them.
	OneOwner  int64
	OneOwners []Evidence
	// Tested is when the boundary was last tried as a whole (a canary that was
	// stopped and a read back that was equal, on one day); Drift how many of what
	// was read back since differed from what was signed.
	Tested time.Time
	Drift  int64
}

// Sensor is how one sensor does.
type Sensor struct {
	Name     string
	Problem  string // "" if nothing is wrong
	Ended    bool   // it read a capture to its end
	Packets  uint64
	Dropped  uint64
	Missing  uint64 // batches that never came
	OneSided int64
	Flows    uint64
}

// Finding is what an open finding says of a claim.
type Finding struct {
	Rule    string
	Title   string
	Link    string // the console's page of it
	Assets  int64
	Count   uint64
	Last    time.Time
	Details []string
}

// Judgement: these are ours, not measured.
const (
	// fresh is how old an observation of the network may be and still speak for
	// today.
	fresh = 7 * 24 * time.Hour
	// week is how long one must have watched before "was not seen" means
	// anything: a week holds each shift and the weekend's jobs once.
	week = 7 * 24 * time.Hour
	// forgotten is when something that was seen once and not since no longer
	// contradicts.
	forgotten = 30 * 24 * time.Hour
	// Slack is how much may be missing of the time that was watched: a capture
	// begins and ends somewhere, and a machine is started anew.
	Slack = 6 * time.Hour
	// tolerable is the share of packets that a sensor may drop.
	tolerable = 0.01
	// placeable is the share of assets that may have no side.
	placeable = 0.1
	// keep is how long insurers and SP 800-171 assessors expect records to go
	// back.
	keep = 90 * 24 * time.Hour
)

// watched says whether what was not seen can be said not to be there, and if
// not, how the claim then stands and why.
func (f *Facts) watched() (ok bool, status Status, why string) {
	if len(f.Sensors) == 0 || f.Observed.IsZero() {
		return false, Unknown, "No sensor has seen a packet yet."
	}
	if age := f.Now.Sub(f.Observed); age > fresh {
		return false, Stale, fmt.Sprintf("The newest packet is %s old; what was seen then says nothing about today.", days(age))
	}
	if span := f.span(); span < week-Slack {
		return false, Unknown, fmt.Sprintf("The network was watched for %s; a week is needed, so that every shift and the weekend's jobs came by once.", days(span))
	}
	for _, s := range f.Sensors {
		if w := s.weakness(); w != "" {
			return false, Unknown, fmt.Sprintf("Sensor %s does not see everything: %s", s.Name, w)
		}
	}
	return true, Proven, ""
}

// span is how long the network was watched without a gap to speak of.
func (f *Facts) span() time.Duration { return max(0, f.Observed.Sub(f.Since)) }

// weakness is why a sensor's picture is not whole.
func (s *Sensor) weakness() string {
	switch all := s.Packets + s.Dropped; {
	case s.Problem != "":
		return s.Problem
	case all > 0 && float64(s.Dropped)/float64(all) > tolerable:
		return fmt.Sprintf("it dropped %.1f %% of the packets.", 100*float64(s.Dropped)/float64(all))
	case s.Missing > 0:
		return fmt.Sprintf("%s never arrived.", amount(int64(min(s.Missing, 1<<62)), "report"))
	}
	return ""
}

// days is a duration as people say it. A day that lacks no more than Slack is
// one: the week that is enough for a proof is 7 days.
func days(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "less than a minute"
	case d < 2*time.Hour:
		return amount(int64(d/time.Minute), "minute")
	case d < 48*time.Hour:
		return amount(int64(d/time.Hour), "hour")
	}
	return amount(int64((d+Slack)/(24*time.Hour)), "day")
}

// blind is what the answer cannot take into account.
func blind(f *Facts) []Evidence {
	var list []Evidence
	say := func(link, format string, a ...any) {
		list = append(list, Evidence{Text: fmt.Sprintf(format, a...), Link: link})
	}
	live := 0
	for _, s := range f.Sensors {
		if !s.Ended {
			live++
		}
		if w := s.weakness(); w != "" {
			say("/sensors", "Sensor %s: %s", s.Name, w)
		}
		if s.OneSided >= 10 && uint64(s.OneSided) > s.Flows/50 {
			say("/sensors", "Of %s, sensor %s sees one side only: the mirror port may carry one direction.", amount(s.OneSided, "conversation"), s.Name)
		}
	}
	if f.Unknown > 0 {
		say("/assets?role=unknown", "Nothing identifies %s inside the site.", amount(f.Unknown, "asset"))
	}
	if f.Sideless > 0 {
		uncounted := "."
		if f.Zones == 0 {
			uncounted = either(f.Sideless, "; what it crosses is not counted.", "; what they cross is not counted.")
		}
		say("/assets?side=unknown&kind=device", "Nobody can say whether %s %s to office or plant%s", amount(f.Sideless, "asset"), either(f.Sideless, "belongs", "belong"), uncounted)
	}
	if f.Zones > 0 && f.Unplaced > 0 {
		say("/assets?zone=none&kind=device", "%s %s in no zone; what crosses there is not counted.", amount(f.Unplaced, "asset"), either(f.Unplaced, "stands", "stand"))
	}
	switch {
	case live == 1 && f.Inside > 0:
		say("/sensors", "One sensor sees one place of the network. Conversations that stay within another switch do not come by.")
	case live == 0 && len(f.Sensors) > 0:
		say("/sensors", "No sensor watches now: all of this comes from captures.")
	}
	if !f.Modelled && f.Inside > 0 {
		say("/settings/model", "The plant's lines, zones and owners are not written down yet.")
	}
	return list
}
