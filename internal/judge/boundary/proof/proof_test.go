package proof

import (
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/record"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

var now = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

const day = 24 * time.Hour

func works() *policy.Policy {
	in := func(s string) []netip.Prefix { return []netip.Prefix{netip.MustParsePrefix(s)} }
	return &policy.Policy{
		Site: "works", Rest: model.StageEnforce,
		Zones:    []policy.Zone{{}, {ID: "office", Kind: model.ZoneEnterprise, Ranges: in("10.1.0.0/24")}, {ID: "cell", Kind: model.ZoneCell, Ranges: in("10.21.1.0/24")}, {ID: "ops", Kind: model.ZoneOperations, Ranges: in("10.20.0.0/24")}},
		Conduits: []policy.Conduit{{ID: "supervise", From: 3, To: 2, Matches: []policy.Match{{Proto: policy.TCP, First: 502, Last: 502}}}},
		Pairs:    []policy.Pair{{From: 2, To: 1, Stage: model.StageShadow}},
	}
}

func talk(from, to string, port uint16) record.Talk {
	at := func(s string, last byte) plant.Endpoint {
		return plant.Endpoint{IP: netip.MustParseAddr(s), MAC: plant.MAC{0, 27, 27, 0, 0, last}}
	}
	return record.Talk{
		ID: 7, Client: from, Server: to, From: at(from, 1), To: at(to, 2), Transport: plant.TCP, Port: port, Protocol: "modbus", Answered: true, Count: 2,
		First: now.Add(-3 * day), Last: now.Add(-time.Hour), Sensors: []string{"cells"},
	}
}

// whole is a wall of which everything is proven.
func whole() *Input {
	return &Input{
		Now: now, Signed: &Signed{Revision: 4, Hash: "abc", Applied: now.Add(-10 * day)}, Read: &Read{At: now.Add(-time.Hour), Hash: "abc"},
		Seen: &Seen{
			Policy: works(), Talks: []record.Talk{talk("10.20.0.1", "10.21.1.1", 502)}, From: now.Add(-10 * day), To: now.Add(-time.Minute), Sensors: 1,
			Assets: []record.Asset{{Facts: model.Facts{ID: "10.21.1.1"}, Label: "PLC", Port: "sw-l1 port-003"}},
		},
		Probe: &Probe{At: now.Add(-5 * time.Hour), From: netip.MustParseAddr("10.1.0.250"), To: netip.MustParseAddr("10.21.1.250"), Sent: 3, Control: 1},
		Uses:  []Use{{Conduit: "supervise", Last: now.Add(-time.Hour), Packets: 9, Since: now.Add(-10 * day)}}, Watched: now.Add(-100 * day), Observed: now.Add(-time.Minute),
	}
}

func TestProofs(t *testing.T) {
	around := talk("10.1.0.1", "10.21.1.1", 502)
	seen := func(change func(*record.Talk)) func(*Input) {
		return func(in *Input) {
			x := around
			change(&x)
			in.Seen.Talks = append(in.Seen.Talks, x)
		}
	}
	for name, c := range map[string]struct {
		change func(*Input)
		kind   Kind
		status Status
		says   string // part of it, or of the evidence
	}{
		"all is well":                          {func(*Input) {}, ReadBack, Proven, "revision 4 as it was signed"},
		"nothing was signed":                   {func(in *Input) { in.Signed = nil }, ReadBack, Unknown, "No revision"},
		"nothing was read back":                {func(in *Input) { in.Read = nil }, ReadBack, Unknown, "nobody has read back"},
		"another hash":                         {func(in *Input) { in.Read.Hash = "abd" }, ReadBack, Contradicted, "hash abd"},
		"no hash":                              {func(in *Input) { in.Read.Hash = "" }, ReadBack, Unknown, "no hash"},
		"a difference in words":                {func(in *Input) { in.Read.Differences = []string{"office → cell tcp 102 passes"} }, ReadBack, Contradicted, "office → cell"},
		"a difference beats what is not known": {func(in *Input) { in.Read.Differences, in.Read.Unknown = []string{"x"}, []string{"y"} }, ReadBack, Contradicted, "1 difference"},
		"a line that was not understood":       {func(in *Input) { in.Read.Unknown = []string{"line 7: set vdom"} }, ReadBack, Unknown, "line 7"},
		"the enforcer does not answer":         {func(in *Input) { in.Read.Problem = "connection refused" }, ReadBack, Unknown, "connection refused"},
		"read back before it was applied":      {func(in *Input) { in.Read.At = now.Add(-11 * day) }, ReadBack, Unknown, "older than revision 4"},
		"read back eight days ago":             {func(in *Input) { in.Read.At = now.Add(-8 * day) }, ReadBack, Stale, "8 days ago"},
		"an old difference still contradicts":  {func(in *Input) { in.Read.At, in.Read.Hash = now.Add(-8*day), "x" }, ReadBack, Contradicted, "hash x"},

		"nothing contradicts":              {func(*Input) {}, Contradiction, Proven, "nothing was seen that the policy stops"},
		"the office talks to a controller": {seen(func(*record.Talk) {}), Contradiction, Contradicted, "10.1.0.1 [MAC 00:1b:1b:00:00:01] → PLC (10.21.1.1) [MAC 00:1b:1b:00:00:02, plugged in at sw-l1 port-003]: modbus on tcp 502"},
		"and the sensor is named":          {seen(func(*record.Talk) {}), Contradiction, Contradicted, "seen by sensor cells"},
		"nobody answered":                  {seen(func(x *record.Talk) { x.Answered = false }), Contradiction, Proven, ""},
		"before it was applied":            {seen(func(x *record.Talk) { x.Last = now.Add(-11 * day) }), Contradiction, Proven, ""},
		"no new connection since":          {seen(func(x *record.Talk) { x.Count = 0 }), Contradiction, Proven, ""},
		"to a pair that is not enforced":   {seen(func(x *record.Talk) { x.From, x.To = x.To, x.From }), Contradiction, Proven, ""},
		"to a group":                       {seen(func(x *record.Talk) { x.To.IP = netip.MustParseAddr("239.1.1.1") }), Contradiction, Proven, ""},
		"a session was approved": {func(in *Input) {
			seen(func(*record.Talk) {})(in)
			in.Seen.Grants = []policy.Grant{{Src: around.From.IP, Dst: around.To.IP, Proto: 6, Port: 502, Until: now}}
		}, Contradiction, Proven, ""},
		"to another port than was approved": {func(in *Input) {
			seen(func(*record.Talk) {})(in)
			in.Seen.Grants = []policy.Grant{{Src: around.From.IP, Dst: around.To.IP, Proto: 6, Port: 80, Until: now}}
		}, Contradiction, Contradicted, ""},
		"after the session had ended": {func(in *Input) {
			seen(func(*record.Talk) {})(in)
			in.Seen.Grants = []policy.Grant{{Src: around.From.IP, Dst: around.To.IP, Proto: 6, Port: 502, Until: now.Add(-5 * day)}}
		}, Contradiction, Contradicted, ""},
		"nothing is enforced":                {func(in *Input) { in.Seen = nil }, Contradiction, Unknown, "Nothing is enforced"},
		"everything is in shadow":            {func(in *Input) { in.Seen.Policy.Rest = model.StageShadow }, Contradiction, Unknown, "No pair of zones is enforced"},
		"no sensor on the far side":          {func(in *Input) { in.Seen.Sensors = 0 }, Contradiction, Unknown, "No sensor"},
		"nothing was observed":               {func(in *Input) { in.Seen.To = in.Seen.From }, Contradiction, Unknown, "Nothing was observed"},
		"applied this morning":               {func(in *Input) { in.Seen.From = now.Add(-3 * time.Hour) }, Contradiction, Unknown, "a day is needed"},
		"nothing was observed for nine days": {func(in *Input) { in.Seen.From, in.Seen.To = now.Add(-20*day), now.Add(-9*day) }, Contradiction, Stale, "9 days ago"},

		"the canary was stopped":       {func(*Input) {}, Canary, Proven, "3 packets that nothing allows were stopped"},
		"the canary arrived":           {func(in *Input) { in.Probe.Arrived = 1 }, Canary, Contradicted, "1 of 3 packets arrived"},
		"no canary yet":                {func(in *Input) { in.Probe = nil }, Canary, Unknown, "Nobody has sent"},
		"the far end is dead":          {func(in *Input) { in.Probe.Control = 0 }, Canary, Unknown, "looks like a wall"},
		"nothing was sent":             {func(in *Input) { in.Probe.Sent = 0 }, Canary, Unknown, "sent nothing"},
		"the probe failed":             {func(in *Input) { in.Probe.Problem = "no such interface" }, Canary, Unknown, "no such interface"},
		"a canary before the revision": {func(in *Input) { in.Probe.At = now.Add(-11 * day) }, Canary, Unknown, "older than revision 4"},
		"an old canary":                {func(in *Input) { in.Probe.At = now.Add(-9 * day) }, Canary, Stale, "9 days ago"},

		"every conduit is used": {func(*Input) {}, Unused, Proven, "The one conduit was used"},
		"nobody counts":         {func(in *Input) { in.Uses = nil }, Unused, Unknown, "Nobody counts"},
		"unused for a quarter": {func(in *Input) {
			in.Uses = append(in.Uses, Use{Conduit: "old", Last: now.Add(-95 * day), Since: now.Add(-200 * day)})
		}, Unused, Contradicted, "old: last used 2026-08-25"},
		"never used in a quarter": {func(in *Input) { in.Uses = append(in.Uses, Use{Conduit: "old", Since: now.Add(-95 * day)}) }, Unused, Contradicted, "never used since"},
		"unused for a month": {func(in *Input) {
			in.Uses = append(in.Uses, Use{Conduit: "old", Last: now.Add(-35 * day), Since: now.Add(-200 * day)})
		}, Unused, Stale, "ask who still needs it"},
		"never used, and new": {func(in *Input) { in.Uses = append(in.Uses, Use{Conduit: "new", Since: now.Add(-5 * day)}) }, Unused, Unknown, "less than 30 days"},
		"counted for a month only, used before": {func(in *Input) {
			in.Uses = append(in.Uses, Use{Conduit: "x", Last: now.Add(-300 * day), Since: now.Add(-35 * day)})
		}, Unused, Stale, ""},
		"nothing was observed meanwhile": {func(in *Input) { in.Observed = now.Add(-60 * day); in.Uses[0].Last = now.Add(-61 * day) }, Unused, Stale, "60 days ago"},
	} {
		t.Run(name, func(t *testing.T) {
			in := whole()
			c.change(in)
			all := Prove(in)
			if len(all) != 4 {
				t.Fatalf("%d proofs", len(all))
			}
			for _, p := range all {
				if p.Kind != c.kind {
					continue
				}
				text := p.Says
				for _, e := range p.Evidence {
					text += "\n" + e.Text
				}
				if p.Status != c.status || !strings.Contains(text, c.says) {
					t.Errorf("%s: %s", p.Status, text)
				}
			}
		})
	}
}

// TestNothingIsProvenWithoutFreshEvidence takes away and ages at random: what is
// proven was looked at within the last week.
func TestNothingIsProvenWithoutFreshEvidence(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	proven := 0
	for range 5000 {
		in := whole()
		ago := func() time.Time { return now.Add(-time.Duration(r.IntN(20*24)) * time.Hour) }
		in.Signed.Applied, in.Read.At, in.Probe.At = now.Add(-30*day), ago(), ago()
		in.Seen.To, in.Observed = ago(), ago()
		in.Seen.From = in.Seen.To.Add(-time.Duration(r.IntN(72)) * time.Hour)
		for _, gone := range []func(){
			func() { in.Signed = nil }, func() { in.Read = nil }, func() { in.Seen = nil }, func() { in.Probe = nil }, func() { in.Uses = nil }, func() { in.Read = &Read{} }, func() { in.Probe = &Probe{} },
		} {
			if r.IntN(10) == 0 {
				gone()
			}
		}
		for _, p := range Prove(in) {
			if p.Says == "" || p.Status == "" {
				t.Fatalf("%+v", p)
			}
			if p.Status != Proven {
				continue
			}
			proven++
			if age := now.Sub(p.At); p.At.IsZero() || age > 7*day {
				t.Fatalf("%s is proven by what was seen %v ago", p.Kind, age)
			}
		}
	}
	if proven < 100 {
		t.Errorf("only %d proofs", proven)
	}
}
