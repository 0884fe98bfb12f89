package assure

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/proof"
)

var now = time.Date(2026, 11, 28, 6, 0, 0, 0, time.UTC)

// whole is a plant of which everything is known and nothing is wrong.
func whole() *Facts {
	return &Facts{
		Now: now, Observed: now.Add(-time.Minute), From: now.Add(-100 * 24 * time.Hour), Since: now.Add(-100 * 24 * time.Hour),
		Sensors: []Sensor{{Name: "core", Packets: 1e6, Flows: 100}, {Name: "cells", Packets: 1e6, Flows: 100}},
		Inside:  120, Plant: 80, Version: 78, Modelled: true, Zones: 6, Conduits: 9, Crossings: 12,
		Wall: Wall{
			Enforced: true, Revision: 4, Hash: "abc", Since: now.Add(-30 * 24 * time.Hour), Pairs: 30, OfficePairs: 200, Tested: now.Add(-20 * 24 * time.Hour),
			Proofs: []proof.Proof{
				{Kind: proof.ReadBack, Status: proof.Proven, At: now.Add(-time.Hour)},
				{Kind: proof.Contradiction, Status: proof.Proven, At: now.Add(-time.Minute)},
				{Kind: proof.Canary, Status: proof.Proven, At: now.Add(-5 * time.Hour)},
				{Kind: proof.Unused, Status: proof.Proven, At: now.Add(-time.Minute)},
			},
		},
	}
}

func judge(t *testing.T, f *Facts) Answer {
	t.Helper()
	checks, err := Checks()
	if err != nil {
		t.Fatal(err)
	}
	return Judge(checks, f)
}

func of(t *testing.T, a *Answer, id string) Statement {
	t.Helper()
	i := slices.IndexFunc(a.Statements, func(s Statement) bool { return s.ID == id })
	if i < 0 {
		t.Fatalf("no statement %q", id)
	}
	return a.Statements[i]
}

func TestEveryClaimIsMeasuredAndEveryMeasureIsClaimed(t *testing.T) {
	checks, err := Checks()
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for _, c := range checks {
		ids[c.ID] = true
		if c.Says == "" || c.Unit == "" || !strings.HasPrefix(c.Link, "/") || c.Do == "" || c.Effect == "" || c.When == "" || len(c.Owners) == 0 || c.Check < 1 || c.Check > 42 {
			t.Errorf("%s lacks something: %+v", c.ID, c)
		}
		for _, o := range c.Owners {
			if o != IT && o != Operations {
				t.Errorf("%s: %q is no side", c.ID, o)
			}
		}
	}
	for id := range measures {
		if !ids[id] {
			t.Errorf("%q is measured and claimed nowhere", id)
		}
	}
}

func TestAWholePlantIsProven(t *testing.T) {
	a := judge(t, whole())
	for _, s := range a.Statements {
		if s.Status != Proven {
			t.Errorf("%s is %s: %s", s.ID, s.Status, s.Why)
		}
	}
	if len(a.Next) != 0 || a.Sentence.Urgent != "" || a.Sentence.Lead != "All 18 statements hold." {
		t.Errorf("next %v, sentence %+v", a.Next, a.Sentence)
	}
}

func TestHowClaimsStand(t *testing.T) {
	day := 24 * time.Hour
	finding := func(rule string, ago time.Duration) func(*Facts) {
		return func(f *Facts) {
			f.Findings = append(f.Findings, Finding{Rule: rule, Title: "It happens", Link: "/findings?open=x", Assets: 3, Last: now.Add(-ago), Details: []string{"a → b"}})
		}
	}
	said := func(kind proof.Kind, status proof.Status) func(*Facts) {
		return func(f *Facts) {
			i := slices.IndexFunc(f.Wall.Proofs, func(p proof.Proof) bool { return p.Kind == kind })
			f.Wall.Proofs[i].Status, f.Wall.Proofs[i].Says = status, "The "+string(kind)+" says so."
			f.Wall.Proofs[i].Evidence = []proof.Evidence{{Text: "port 3", Link: "/boundary"}}
		}
	}
	bare := func(f *Facts) { f.Wall = Wall{} }
	for name, c := range map[string]struct {
		change func(*Facts)
		id     string
		status Status
		why    string // part of it
		miss   int64
	}{
		"an open finding contradicts":            {finding("internet", time.Hour), "internet", Contradicted, "3 machines, last 60 minutes ago", 3},
		"one of last month is stale":             {finding("internet", 9*day), "internet", Stale, "9 days ago", 3},
		"one of long ago no longer counts":       {finding("internet", 31*day), "internet", Proven, "for 31 days", 0},
		"another rule's does not matter":         {finding("internet", time.Hour), "inbound", Proven, "for 100 days", 0},
		"no sensor proves nothing":               {func(f *Facts) { f.Sensors = nil }, "inbound", Unknown, "No sensor", 0},
		"old packets are stale":                  {func(f *Facts) { f.Observed = now.Add(-8 * day) }, "inbound", Stale, "8 days old", 0},
		"a day is not a week":                    {func(f *Facts) { f.Since = now.Add(-day) }, "inbound", Unknown, "a week is needed", 0},
		"a week but for some hours is a week":    {func(f *Facts) { f.Since = f.Observed.Add(Slack - 7*day) }, "inbound", Proven, "for 7 days", 0},
		"a little less is none":                  {func(f *Facts) { f.Since = f.Observed.Add(Slack - 7*day + time.Minute) }, "inbound", Unknown, "watched for 6 days", 0},
		"two captures far apart are no week":     {func(f *Facts) { f.Since = f.Observed.Add(-20 * time.Second) }, "inbound", Unknown, "watched for less than a minute", 0},
		"owners of what came by in an hour":      {func(f *Facts) { f.Since = f.Observed.Add(-time.Hour) }, "owners", Unknown, "120 of 120 machines that came by", 0},
		"captures alone":                         {func(f *Facts) { f.Sensors[0].Ended, f.Sensors[1].Ended = true, true }, "sensors", Unknown, "No sensor watches now", 0},
		"an older finding of another site":       {func(f *Facts) { finding("internet", 9*day)(f); finding("internet", time.Hour)(f) }, "internet", Contradicted, "3 machines, last 60 minutes ago", 3},
		"two sites with one finding":             {func(f *Facts) { finding("internet", 2*time.Hour)(f); finding("internet", time.Hour)(f) }, "internet", Contradicted, "6 machines, last 60 minutes ago", 6},
		"a conduit that nobody answers for":      {func(f *Facts) { f.Unowned = 1 }, "conduits", Contradicted, "Nobody answers for 1 conduit.", 1},
		"one conduit":                            {func(f *Facts) { f.Conduits = 1 }, "conduits", Proven, "the one conduit there is", 0},
		"nothing crosses, for a day":             {func(f *Facts) { f.Crossings, f.Since = 0, now.Add(-day) }, "conduits", Unknown, "Nothing was seen to cross, but", 0},
		"one crossing":                           {func(f *Facts) { f.Zones, f.Uncovered = 0, 1 }, "conduits", Contradicted, "1 conversation crosses", 1},
		"zones, and assets in none":              {func(f *Facts) { f.Unplaced = 30 }, "conduits", Unknown, "30 assets inside the site stand in no zone", 0},
		"a lossy sensor proves nothing":          {func(f *Facts) { f.Sensors[0].Dropped = 1e5 }, "control", Unknown, "9.1 %", 0},
		"missing reports prove nothing":          {func(f *Facts) { f.Sensors[1].Missing = 1 }, "control", Unknown, "1 report never arrived", 0},
		"a contradiction needs no coverage":      {func(f *Facts) { f.Sensors[0].Dropped = 1e5; finding("inbound", 0)(f) }, "inbound", Contradicted, "3 machines", 3},
		"a sensor with a problem":                {func(f *Facts) { f.Sensors[0].Problem = "No link." }, "sensors", Contradicted, "1 sensor of 2 has lost packets, reports or its link.", 1},
		"crossings without conduits":             {func(f *Facts) { f.Uncovered = 2 }, "conduits", Contradicted, "2 conversations", 2},
		"crossings without zones":                {func(f *Facts) { f.Zones, f.Uncovered = 0, 1 }, "conduits", Contradicted, "no conduits are written down", 1},
		"nobody knows who belongs where":         {func(f *Facts) { f.Zones, f.Unplaced = 0, 30 }, "conduits", Unknown, "30 assets inside the site have no known side", 0},
		"a few may be unplaced":                  {func(f *Facts) { f.Unplaced = 3 }, "conduits", Proven, "9 conduits", 0},
		"nothing crosses":                        {func(f *Facts) { f.Crossings = 0 }, "conduits", Proven, "Nothing was seen to cross", 0},
		"a stranger":                             {func(f *Facts) { f.Unknown = 1 }, "inventory", Contradicted, "1 machine of 120 says nothing about what it is.", 1},
		"all known, but by half a picture":       {func(f *Facts) { f.Sensors[0].Dropped = 1e6 }, "inventory", Unknown, "120 of 120 machines that came by", 0},
		"versions of nine in ten":                {func(f *Facts) { f.Version = 72 }, "versions", Proven, "72 of 80", 8},
		"of fewer":                               {func(f *Facts) { f.Version = 71 }, "versions", Contradicted, "9 machines of 80", 9},
		"nothing on the plant floor":             {func(f *Facts) { f.Plant, f.Version = 0, 0 }, "versions", Unknown, "", 0},
		"owners missing":                         {func(f *Facts) { f.Ownerless = 5 }, "owners", Contradicted, "5 machines", 5},
		"nothing written down":                   {func(f *Facts) { f.Modelled = false }, "owners", Unknown, "No owners", 120},
		"lines not written down":                 {func(f *Facts) { f.Modelled = false }, "lines", Unknown, "No lines", 80},
		"a line is missing":                      {func(f *Facts) { f.Lineless = 1 }, "lines", Contradicted, "1 machine of 80", 1},
		"history is deleted too early":           {func(f *Facts) { f.Retention = 30 * day }, "kept", Contradicted, "30 days", 60},
		"history is young":                       {func(f *Facts) { f.From = now.Add(-20 * day) }, "kept", Unknown, "19 of 90 days", 0},
		"old facts are stale, too":               {func(f *Facts) { f.Observed = now.Add(-8 * day) }, "versions", Stale, "8 days ago", 2},
		"passwords in clear text":                {finding("cleartext-login", time.Hour), "passwords", Contradicted, "", 3},
		"protection that is broken":              {finding("weak-security", time.Hour), "weak", Contradicted, "", 3},
		"remote control outside the gateway":     {finding("remote-access", time.Hour), "remote", Contradicted, "", 3},
		"the office, without a wall":             {bare, "reach", Unknown, "nothing that is known of stops", 0},
		"the office, by a conduit":               {func(f *Facts) { f.Wall.OfficeOpen = 3 }, "reach", Contradicted, "leaves 3 ways open of 200", 3},
		"the office was seen to do it":           {finding("office-controls", time.Hour), "reach", Contradicted, "60 minutes ago", 0},
		"the office did it last month":           {finding("office-controls", 20*day), "reach", Proven, "Revision 4 closes all 200 ways", 0},
		"the office, and the wall was changed":   {said(proof.ReadBack, proof.Contradicted), "reach", Contradicted, "The readback says so", 1},
		"the office, and a path around":          {said(proof.Contradiction, proof.Contradicted), "reach", Contradicted, "The contradiction says so", 1},
		"the office, read back long ago":         {said(proof.ReadBack, proof.Stale), "reach", Stale, "The readback says so", 0},
		"the office, not proven yet":             {func(f *Facts) { f.Wall.Proofs = nil }, "reach", Unknown, "not looked at yet", 0},
		"the office of a plant without zones":    {func(f *Facts) { f.Wall.OfficePairs = 0 }, "reach", Unknown, "Nothing is known", 0},
		"only conduits, without a wall":          {bare, "only-conduits", Unknown, "nothing that is known of stops", 0},
		"only conduits, where enforced":          {func(f *Facts) { f.Wall.Open = 7 }, "only-conduits", Unknown, "7 pairs of 30 are not enforced", 7},
		"only conduits, and a path around":       {said(proof.Contradiction, proof.Contradicted), "only-conduits", Contradicted, "The contradiction says so", 0},
		"a path around beats what is not held":   {func(f *Facts) { f.Wall.Open = 7; said(proof.Contradiction, proof.Contradicted)(f) }, "only-conduits", Contradicted, "The contradiction says so", 0},
		"only conduits, unread":                  {said(proof.ReadBack, proof.Unknown), "only-conduits", Unknown, "The readback says so", 0},
		"a conduit with one owner":               {func(f *Facts) { f.Wall.OneOwner = 1 }, "two-owners", Contradicted, "1 conduit of 9 lacks an owner", 1},
		"crossings that nobody owns":             {func(f *Facts) { f.Uncovered = 2 }, "two-owners", Contradicted, "2 conversations cross without a conduit", 0},
		"no conduits to own":                     {func(f *Facts) { f.Conduits = 0 }, "two-owners", Unknown, "No conduits", 0},
		"two owners, watched for a day":          {func(f *Facts) { f.Since = now.Add(-day) }, "two-owners", Unknown, "a week is needed", 0},
		"no wall stands":                         {bare, "stands", Unknown, "No approved revision", 0},
		"the canary went through":                {said(proof.Canary, proof.Contradicted), "stands", Contradicted, "The canary says so", 1},
		"two proofs against it":                  {func(f *Facts) { said(proof.Canary, proof.Contradicted)(f); said(proof.ReadBack, proof.Contradicted)(f) }, "stands", Contradicted, "The readback says so", 2},
		"stale beats unknown":                    {func(f *Facts) { said(proof.Canary, proof.Stale)(f); said(proof.ReadBack, proof.Unknown)(f) }, "stands", Stale, "The canary says so", 0},
		"unused conduits are no gap":             {said(proof.Unused, proof.Contradicted), "stands", Proven, "", 0},
		"never tried":                            {func(f *Facts) { f.Wall.Tested = time.Time{} }, "tested", Unknown, "not tried as a whole", 0},
		"tried in spring":                        {func(f *Facts) { f.Wall.Tested = now.Add(-120 * day) }, "tested", Stale, "120 days ago", 0},
		"tried, and changed since":               {func(f *Facts) { f.Wall.Drift = 2 }, "tested", Contradicted, "2 places", 2},
		"tried, and one place changed":           {func(f *Facts) { f.Wall.Drift = 1 }, "tested", Contradicted, "one place", 1},
		"an office computer changes controllers": {finding("office-controls", time.Hour), "control", Contradicted, "", 3},
	} {
		t.Run(name, func(t *testing.T) {
			f := whole()
			c.change(f)
			a := judge(t, f)
			s := of(t, &a, c.id)
			if s.Status != c.status || !strings.Contains(s.Why, c.why) {
				t.Errorf("%s is %s: %s; want %s: …%s…", c.id, s.Status, s.Why, c.status, c.why)
			}
			if c.status != Proven && s.Missing != c.miss {
				t.Errorf("%d missing, want %d", s.Missing, c.miss)
			}
		})
	}
}

func TestTheWorstStandsFirstAndIsDoneFirst(t *testing.T) {
	f := whole()
	f.Modelled, f.Unknown, f.Uncovered = false, 2, 4
	f.Findings = []Finding{{Rule: "inbound", Title: "The internet reaches in", Link: "/findings?open=inbound@works", Assets: 1, Last: now}}
	a := judge(t, f)
	var order []string
	for _, s := range a.Statements {
		order = append(order, s.ID)
	}
	want := []string{"inbound", "conduits", "two-owners", "inventory", "owners", "lines"}
	if !slices.Equal(order[:6], want) {
		t.Errorf("order %v, want %v first", order, want)
	}
	if len(a.Next) != maxActions || a.Next[0].Do != "Take 1 machine off the internet; find the port forwarding or the modem." || a.Next[0].Link != "/findings?open=inbound@works" {
		t.Errorf("next: %+v", a.Next)
	}
	if a.Sentence.Urgent != "Four statements are contradicted" {
		t.Errorf("sentence: %+v", a.Sentence)
	}
}

func TestWhatIsSaidOfNothing(t *testing.T) {
	a := judge(t, &Facts{Now: now})
	if a.Sentence.Lead != "Nothing has been seen yet." || a.Counts[Proven] != 0 {
		t.Errorf("%+v, %v", a.Sentence, a.Counts)
	}
}

// Whatever was counted, nothing is proven without a sensor that saw packets
// lately, and every statement says why.
func TestUnknownIsNotSafe(t *testing.T) {
	checks, err := Checks()
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	number := func() int64 { return random.Int64N(50) }
	for range 5000 {
		f := &Facts{
			Now: now, Inside: number(), Unknown: number(), Sideless: number(), Unplaced: number(), Conduits: number(), Unowned: number(), Plant: number(), Version: number(),
			Modelled: random.IntN(2) == 0, Zones: number(), Ownerless: number(), Lineless: number(), Crossings: number(), Uncovered: number(),
		}
		f.Version = min(f.Version, f.Plant)
		if random.IntN(2) == 0 {
			f.Wall = Wall{Enforced: random.IntN(3) > 0, Revision: 1, Pairs: 30, Open: number() / 10, OfficePairs: number(), OfficeOpen: number() / 10, OneOwner: number() / 10, Drift: number() / 10}
			for _, k := range []proof.Kind{proof.ReadBack, proof.Contradiction, proof.Canary} {
				status := []proof.Status{proof.Unknown, proof.Stale, proof.Contradicted}[random.IntN(3)]
				f.Wall.Proofs = append(f.Wall.Proofs, proof.Proof{Kind: k, Status: status, Says: "So it is."})
			}
		}
		if random.IntN(2) == 0 {
			f.Observed = now.Add(-time.Duration(random.IntN(400)) * time.Hour)
			f.From = f.Observed.Add(-time.Duration(random.IntN(4000)) * time.Hour)
			f.Since = f.From.Add(time.Duration(random.IntN(400)) * time.Hour)
			f.Sensors = []Sensor{{Name: "a", Packets: 100, Dropped: random.Uint64N(4)}}
		}
		a := Judge(checks, f)
		for _, text := range texts(&a) {
			if m := wrongNumber.FindString(text); m != "" {
				t.Fatalf("%q: %s", m, text)
			}
		}
		total := 0
		for _, n := range a.Counts {
			total += n
		}
		if total != len(checks) || len(a.Statements) != len(checks) {
			t.Fatalf("%d counted, %d statements, %d claims", total, len(a.Statements), len(checks))
		}
		for _, s := range a.Statements {
			if s.Why == "" {
				t.Fatalf("%s does not say why it is %s", s.ID, s.Status)
			}
			if s.Status == Proven && (len(f.Sensors) == 0 || now.Sub(f.Observed) > fresh) {
				t.Fatalf("%s is proven by what was seen at %v", s.ID, f.Observed)
			}
		}
	}
}

// wrongNumber is the number one with what is many, many with what is one, or a
// choice that was not made.
var wrongNumber = regexp.MustCompile(`\b1 ((machine|asset|conversation|conduit|sensor|day|hour|minute|report|way|pair|proof|difference|place)s\b|\w+ (are|have|say|cross|belong|stand|lack|need)\b)|\b([02-9]|\d\d+) (machine|asset|conversation|conduit|sensor|day|hour|way|pair|proof|difference|place)\b|[{}|]`)

// texts are all sentences of an answer.
func texts(a *Answer) []string {
	all := []string{a.Sentence.Lead, a.Sentence.Urgent, a.Sentence.Rest}
	for i := range a.Statements {
		s := &a.Statements[i]
		all = append(all, s.Why, fill(s.Do, s))
	}
	for _, x := range a.Next {
		all = append(all, x.Do)
	}
	for _, x := range a.Blind {
		all = append(all, x.Text)
	}
	return all
}

// TestRecords holds that a record names what was observed and not when it was
// asked: the same answer an hour later is the same record.
func TestRecords(t *testing.T) {
	f := whole()
	a := judge(t, f)
	first := a.Records(f, "works", "bulkhead 1.0")
	if len(first) != len(a.Statements) {
		t.Fatalf("%d records of %d statements", len(first), len(a.Statements))
	}
	ids := map[string]bool{}
	for i, r := range first {
		ids[r.ID] = true
		if r.Check != a.Statements[i].ID || r.Result != Proven || r.Scope != "works" || len(r.SHA256) != 64 || r.Coverage != 1 || r.To.Before(r.From) || !r.Received.Equal(now) {
			t.Errorf("%+v", r)
		}
	}
	if len(ids) != len(first) {
		t.Errorf("%d identifiers of %d records", len(ids), len(first))
	}
	f.Now = now.Add(time.Hour)
	b := judge(t, f)
	for i, r := range b.Records(f, "works", "bulkhead 1.0") {
		if r.ID != first[i].ID {
			t.Errorf("%s is another record an hour later", r.Check)
		}
	}
	f.Uncovered = 1
	c := judge(t, f)
	for _, r := range c.Records(f, "works", "bulkhead 1.0") {
		if changed := r.Check == "conduits" || r.Check == "two-owners"; changed == ids[r.ID] {
			t.Errorf("%s: known %v", r.Check, ids[r.ID])
		}
	}
}
