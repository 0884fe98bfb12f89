package flat

import (
	"fmt"
	"math"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/record"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

var now = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

const text = `
site: works
currency: EUR
lines:
  - { id: line-1, name: Filling, cost: { per_hour: 3400 }, members: [ { subnet: 10.21.1.0/24 } ] }
  - { id: line-2, name: Packaging, cost: { per_hour: 500 }, members: [ { subnet: 10.21.2.0/24 } ] }
zones:
  - { id: office, name: Office, kind: enterprise, members: [ { subnet: 10.1.0.0/24 } ] }
  - { id: operations, name: Operations, kind: operations, members: [ { subnet: 10.20.0.0/24 } ] }
  - { id: cell-1, name: Cell 1, kind: cell, members: [ { subnet: 10.21.1.0/24 } ] }
  - { id: cell-2, name: Cell 2, kind: cell, members: [ { subnet: 10.21.2.0/24 } ] }
`

func works(t testing.TB, stage model.Stage, conduits ...policy.Conduit) (*model.Model, *policy.Policy) {
	t.Helper()
	m, problems := model.Parse(text, now)
	if m == nil {
		t.Fatal(problems)
	}
	p := &policy.Policy{Site: "works", Rest: stage, Conduits: conduits, Zones: []policy.Zone{{}}}
	for i := range m.Zones {
		z := &m.Zones[i]
		p.Zones = append(p.Zones, policy.Zone{ID: z.ID, Name: z.Name, Kind: z.Kind, Ranges: []netip.Prefix{z.Members[0].Subnet}})
	}
	p.Normalize()
	if err := p.Validate(); err != nil {
		t.Fatal(err)
	}
	return m, p
}

const (
	office     = 1
	operations = 2
	cell1      = 3
	cell2      = 4
)

func tcp(first, last uint16) policy.Match {
	return policy.Match{Proto: policy.TCP, First: first, Last: last}
}

func relay(kinds ...plant.Kind) policy.Match {
	m := tcp(502, 502)
	m.Relay = &policy.Relay{Protocol: "modbus", Kinds: model.KindsOf(kinds...)}
	return m
}

func conduit(id string, from, to int, matches ...policy.Match) policy.Conduit {
	return policy.Conduit{ID: id, From: from, To: to, Matches: matches}
}

func asset(ip string, role plant.Role) record.Asset {
	return record.Asset{Facts: model.Facts{ID: ip, IPs: []netip.Addr{netip.MustParseAddr(ip)}, Role: role}, Label: ip}
}

// five machines: two in the office, one in operations, a controller in cell 1,
// a safety controller and a drive in cell 2.
var machines = []record.Asset{
	asset("10.1.0.1", plant.RolePC), asset("10.1.0.2", plant.RolePC), asset("10.20.0.1", plant.RoleSCADA),
	asset("10.21.1.1", plant.RoleController), asset("10.21.2.1", plant.RoleSafety), asset("10.21.2.2", plant.RoleDrive),
}

func TestNumber(t *testing.T) {
	// Ways by weight: to cell 1 (2): 2 office, 1 operations, 2 of cell 2 = 10. To
	// cell 2 (5): 2 office, 1 operations, 1 of cell 1 = 20. Together 30.
	for name, c := range map[string]struct {
		stage    model.Stage
		conduits []policy.Conduit
		pairs    []policy.Pair
		want     float64
	}{
		"nothing is enforced":                 {stage: model.StageObserve, want: 100},
		"shadow stops nothing":                {stage: model.StageShadow, want: 100},
		"everything is closed":                {stage: model.StageEnforce, want: 0},
		"new connections are judged":          {stage: model.StageEnforceNew, want: 0},
		"one port from operations to cell 1":  {stage: model.StageEnforce, conduits: []policy.Conduit{conduit("a", operations, cell1, tcp(502, 502))}, want: 100 * 2 * 0.2 / 30},
		"a relay that lets change":            {stage: model.StageEnforce, conduits: []policy.Conduit{conduit("a", operations, cell1, relay(plant.Write))}, want: 100 * 2 * 0.15 / 30},
		"a relay that lets read":              {stage: model.StageEnforce, conduits: []policy.Conduit{conduit("a", operations, cell1, relay(plant.Read))}, want: 100 * 2 * 0.05 / 30},
		"all ports from operations to cell 1": {stage: model.StageEnforce, conduits: []policy.Conduit{conduit("a", operations, cell1, tcp(0, 65535))}, want: 100 * 2. / 30},
		"anything from operations to cell 2":  {stage: model.StageEnforce, conduits: []policy.Conduit{conduit("a", operations, cell2, policy.Match{Last: 65535})}, want: 100 * 5. / 30},
		"two ports of two conduits":           {stage: model.StageEnforce, conduits: []policy.Conduit{conduit("a", operations, cell1, tcp(502, 502)), conduit("b", operations, cell1, tcp(102, 102))}, want: 100 * 2 * 0.36 / 30},
		"echo opens nothing":                  {stage: model.StageEnforce, conduits: []policy.Conduit{conduit("a", operations, cell1, policy.Match{Proto: policy.ICMP, Last: 65535})}, want: 0},
		"a conduit away from the cells":       {stage: model.StageEnforce, conduits: []policy.Conduit{conduit("a", cell1, office, tcp(25, 25))}, want: 0},
		"an expired conduit":                  {stage: model.StageEnforce, conduits: []policy.Conduit{{ID: "a", From: operations, To: cell1, Matches: []policy.Match{tcp(0, 65535)}, Until: now}}, want: 0},
		"one pair is enforced":                {stage: model.StageObserve, pairs: []policy.Pair{{From: office, To: cell2, Stage: model.StageEnforce}}, want: 100 * 20. / 30},
		"one pair is not":                     {stage: model.StageEnforce, pairs: []policy.Pair{{From: office, To: cell2, Stage: model.StageShadow}}, want: 100 * 10. / 30},
	} {
		t.Run(name, func(t *testing.T) {
			m, p := works(t, c.stage, c.conduits...)
			p.Pairs = c.pairs
			f := Measure(&Input{Model: m, Draft: p, Enforced: p, Assets: machines, Now: now})
			if math.Abs(f.Number-c.want) > 1e-9 {
				t.Errorf("%v, not %v", f.Number, c.want)
			}
			sum := 0.0
			for _, x := range f.Terms {
				sum += x.Contribution
				if want := 100 * x.Open * float64(x.Sources) * x.Weight / 30; math.Abs(x.Contribution-want) > 1e-9 {
					t.Errorf("%s → %s adds %v: %d × %v × %v", x.From, x.To, x.Contribution, x.Sources, x.Weight, x.Open)
				}
			}
			if math.Abs(sum-f.Number) > 1e-9 {
				t.Errorf("the terms add up to %v", sum)
			}
			if len(f.Terms) != 6 {
				t.Errorf("%d terms", len(f.Terms))
			}
		})
	}
}

func TestWithoutKnowledgeEverythingStandsOpen(t *testing.T) {
	m, p := works(t, model.StageEnforce)
	for name, in := range map[string]*Input{
		"no zones and nothing enforced": {},
		"zones and nothing enforced":    {Model: m, Draft: p},
	} {
		in.Assets, in.Now = machines, now
		if f := Measure(in); f.Number != 100 || !strings.Contains(f.Says, "nothing that is known of") {
			t.Errorf("%s: %v: %s", name, f.Number, f.Says)
		}
	}
	if f := Measure(&Input{Assets: machines[:3], Now: now}); f.Number != -1 || f.Next != nil {
		t.Errorf("nothing to reach: %+v", f)
	}
	if f := Measure(&Input{Now: now}); f.Number != -1 {
		t.Errorf("nothing at all: %+v", f)
	}
}

func TestAMachineInTwoZonesReachesFromBoth(t *testing.T) {
	m, p := works(t, model.StageEnforce, conduit("a", operations, cell1, tcp(502, 502)))
	both := asset("10.1.0.9", plant.RolePC)
	both.IPs = append(both.IPs, netip.MustParseAddr("10.20.0.9"))
	all := []record.Asset{both, machines[3]}
	if f := Measure(&Input{Model: m, Draft: p, Enforced: p, Assets: all, Now: now}); math.Abs(f.Number-20) > 1e-9 {
		t.Errorf("%v", f.Number)
	}
	router := both
	router.Kind = plant.KindNetwork
	if f := Measure(&Input{Model: m, Draft: p, Enforced: p, Assets: []record.Asset{machines[0], machines[3], router}, Now: now}); f.Number != 0 {
		t.Errorf("a router between the zones: %v", f.Number)
	}
	within := asset("10.1.0.9", plant.RolePC)
	within.IPs = append(within.IPs, netip.MustParseAddr("10.21.1.9"))
	if f := Measure(&Input{Model: m, Draft: p, Enforced: p, Assets: []record.Asset{machines[0], machines[3], within}, Now: now}); f.Number != 0 {
		t.Errorf("a machine that also stands in the cell: %v", f.Number)
	}
}

func TestAPathAroundTheWallOpensIt(t *testing.T) {
	m, p := works(t, model.StageEnforce)
	around := talk("10.1.0.1", "10.21.1.1", 502, time.Hour)
	f := Measure(&Input{Model: m, Draft: p, Enforced: p, Assets: machines, Around: []record.Talk{around}, Now: now})
	if math.Abs(f.Number-100*4./30) > 1e-9 {
		t.Errorf("%v", f.Number)
	}
}

func talk(from, to string, port uint16, ago time.Duration) record.Talk {
	at := func(s string) plant.Endpoint { return plant.Endpoint{IP: netip.MustParseAddr(s)} }
	return record.Talk{Client: from, Server: to, From: at(from), To: at(to), Transport: plant.TCP, Port: port, Protocol: "modbus", Answered: true, Count: 1, First: now.Add(-2 * ago), Last: now.Add(-ago)}
}

func TestWhatToCloseNext(t *testing.T) {
	open, _ := works(t, model.StageObserve)
	_, draft := works(t, model.StageObserve, conduit("supervise", operations, cell2, tcp(502, 502)))
	daily := talk("10.1.0.1", "10.21.2.1", 502, time.Hour)
	for name, c := range map[string]struct {
		talks []record.Talk
		want  string // from → to
		block int
	}{
		// Office to cell 2 is the heaviest pair: 10 of 30.
		"nothing was recorded":                  {nil, "office → cell-2", 0},
		"what is carried by a conduit may stay": {[]record.Talk{talk("10.20.0.1", "10.21.2.1", 502, time.Hour)}, "office → cell-2", 0},
		"what is used waits":                    {[]record.Talk{daily, daily, daily}, "cell-1 → cell-2", 0},
		"what was used a year ago does not":     {[]record.Talk{talk("10.1.0.1", "10.21.2.1", 502, 365*24*time.Hour)}, "office → cell-2", 1},
	} {
		t.Run(name, func(t *testing.T) {
			f := Measure(&Input{Model: open, Draft: draft, Assets: machines, Talks: c.talks, Now: now})
			n := f.Next
			if n == nil || n.From+" → "+n.To != c.want || n.Blocked != c.block || n.Conduit != "" {
				t.Fatalf("%+v", n)
			}
			if math.Abs(n.Number+n.Gains-f.Number) > 1e-9 || n.Gains <= 0 {
				t.Errorf("from %v to %v, gains %v", f.Number, n.Number, n.Gains)
			}
			if c.block == 0 != strings.Contains(n.Says, "nothing that was recorded") {
				t.Error(n.Says)
			}
		})
	}
	f := Measure(&Input{Model: open, Draft: draft, Assets: machines, Talks: []record.Talk{daily}, Now: now})
	i := slices.IndexFunc(f.Others, func(n Next) bool { return n.From == "office" && n.To == "cell-2" })
	if i < 0 || f.Others[i].PerHour != 500 || !strings.Contains(f.Others[i].Says, "1 recorded conversation would be stopped, which was seen 60 minutes ago on Packaging (500 EUR an hour)") {
		t.Errorf("%+v", f.Others)
	}
}

// TestEnforcingWhatIsNextGivesTheNumberThatWasSaid closes one after the other
// until nothing is left.
func TestEnforcingWhatIsNextGivesTheNumberThatWasSaid(t *testing.T) {
	m, p := works(t, model.StageObserve, conduit("supervise", operations, cell2, tcp(502, 502)), conduit("unused", office, cell1, tcp(80, 90)))
	used := []record.Talk{talk("10.20.0.1", "10.21.2.1", 502, time.Hour)}
	before := 100.0
	for step := range 20 {
		f := Measure(&Input{Model: m, Draft: p, Enforced: p, Assets: machines, Talks: used, Now: now})
		if math.Abs(f.Number-before) > 1e-9 {
			t.Fatalf("step %d: %v, and %v was said", step, f.Number, before)
		}
		n := f.Next
		if n == nil {
			if f.Number != 0 {
				t.Errorf("%v is left, and nothing to close", f.Number)
			}
			return
		}
		before = n.Number
		if n.Conduit != "" {
			p.Conduits = slices.DeleteFunc(p.Conduits, func(c policy.Conduit) bool { return c.ID == n.Conduit })
		} else {
			p.Pairs = append(p.Pairs, policy.Pair{From: p.Zone(n.From), To: p.Zone(n.To), Stage: model.StageEnforce})
		}
	}
	t.Error("there is always something to close")
}

// TestClosingNeverRaisesTheNumber takes conduits, matches and ports away from
// random policies, makes pairs stricter and gives ports relays.
func TestClosingNeverRaisesTheNumber(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	match := func() policy.Match {
		switch r.IntN(4) {
		case 0:
			return relay(plant.Kind(r.IntN(9)))
		case 1:
			return policy.Match{Proto: []uint8{policy.Any, policy.ICMP, 47}[r.IntN(3)], Last: 65535}
		}
		a, b := uint16(r.IntN(65536)), uint16(r.IntN(65536))
		return tcp(min(a, b), max(a, b))
	}
	for range 400 {
		m, p := works(t, model.Stages[r.IntN(4)])
		for i := range r.IntN(8) {
			from, to := 1+r.IntN(4), 1+r.IntN(4)
			if from != to {
				c := conduit(fmt.Sprint("c", i), from, to)
				for range 1 + r.IntN(3) {
					c.Matches = append(c.Matches, match())
				}
				p.Conduits = append(p.Conduits, c)
			}
		}
		for from := range 5 {
			for to := range 5 {
				if r.IntN(3) == 0 && (from != to || from == 0) {
					p.Pairs = append(p.Pairs, policy.Pair{From: from, To: to, Stage: model.Stages[r.IntN(4)]})
				}
			}
		}
		var all []record.Asset
		for range 2 + r.IntN(12) {
			a := asset(fmt.Sprintf("10.%s.%d", []string{"1.0", "20.0", "21.1", "21.2", "99.0"}[r.IntN(5)], 1+r.IntN(250)), []plant.Role{plant.RoleController, plant.RolePC, plant.RoleSafety, plant.RoleDrive}[r.IntN(4)])
			if r.IntN(5) == 0 {
				a.IPs = append(a.IPs, netip.MustParseAddr("10.20.0.77"))
			}
			all = append(all, a)
		}
		_, draft := works(t, model.StageEnforce)
		number := func() float64 {
			return Measure(&Input{Model: m, Draft: draft, Enforced: p, Assets: all, Now: now}).Number
		}
		before := number()
		for range 8 {
			what := closeSomething(r, p)
			after := number()
			if after > before+1e-9 || after < 0 && before >= 0 || after > 100+1e-9 {
				t.Fatalf("%s: from %v to %v", what, before, after)
			}
			before = after
		}
	}
}

func closeSomething(r *rand.Rand, p *policy.Policy) string {
	if len(p.Conduits) > 0 {
		i := r.IntN(len(p.Conduits))
		c := &p.Conduits[i]
		switch k := r.IntN(len(c.Matches) + 1); {
		case k == len(c.Matches) || len(c.Matches) == 1:
			p.Conduits = slices.Delete(p.Conduits, i, i+1)
			return "a conduit less"
		case c.Matches[k].Proto == policy.TCP && c.Matches[k].Relay == nil && r.IntN(2) == 0:
			c.Matches[k].Relay = &policy.Relay{Protocol: "modbus", Kinds: model.KindsOf(plant.Read)}
			return "a relay"
		case c.Matches[k].First < c.Matches[k].Last && c.Matches[k].Proto == policy.TCP:
			c.Matches[k].Last--
			return "a port less"
		default:
			c.Matches = slices.Delete(c.Matches, k, k+1)
			return "a match less"
		}
	}
	if len(p.Pairs) > 0 {
		i := r.IntN(len(p.Pairs))
		p.Pairs[i].Stage = model.Stages[min(3, slices.Index(model.Stages, p.Pairs[i].Stage)+1)]
		return "a pair stricter"
	}
	p.Rest = model.StageEnforce
	return "the rest is enforced"
}

func TestFromOffice(t *testing.T) {
	stray := asset("172.16.0.1", plant.RoleUnknown)
	all := append(slices.Clone(machines), stray)
	// Three machines (two of the office, one that stands nowhere) and two
	// controllers: six ways.
	for name, c := range map[string]struct {
		stage    model.Stage
		conduits []policy.Conduit
		open     int64
	}{
		"nothing is enforced":                {model.StageObserve, nil, 6},
		"everything is closed":               {model.StageEnforce, nil, 0},
		"one port to cell 1":                 {model.StageEnforce, []policy.Conduit{conduit("a", office, cell1, tcp(502, 502))}, 2},
		"reading only is a way all the same": {model.StageEnforce, []policy.Conduit{conduit("a", office, cell1, relay(plant.Read))}, 2},
		"operations may":                     {model.StageEnforce, []policy.Conduit{conduit("a", operations, cell1, tcp(502, 502))}, 0},
		"echo is no way":                     {model.StageEnforce, []policy.Conduit{conduit("a", office, cell1, policy.Match{Proto: policy.ICMP, Last: 65535})}, 0},
	} {
		m, p := works(t, c.stage, c.conduits...)
		got := FromOffice(&Input{Model: m, Draft: p, Enforced: p, Assets: all, Now: now})
		if got.Pairs != 6 || got.Open != c.open || (len(got.Ways) == 0) != (c.open == 0) {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if got := FromOffice(&Input{Assets: all, Now: now}); got.Open != got.Pairs || got.Open == 0 {
		t.Errorf("without zones: %+v", got)
	}
}

func BenchmarkMeasure(b *testing.B) {
	m, p := works(b, model.StageObserve, conduit("supervise", operations, cell2, tcp(502, 502)))
	var all []record.Asset
	for i := range 1000 {
		all = append(all, asset(fmt.Sprintf("10.%s.%d", []string{"1.0", "20.0", "21.1", "21.2"}[i%4], 1+i/4%250), plant.RoleController))
	}
	for b.Loop() {
		Measure(&Input{Model: m, Draft: p, Enforced: p, Assets: all, Now: now})
	}
}
