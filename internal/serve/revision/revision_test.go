package revision

import (
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/compile"
	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/record"
	"github.com/bulkhead-ot/bulkhead/internal/keep/store"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

var clock = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

// minutesAgo are minutes in which something was seen.
func minutesAgo(ago ...int64) []int64 {
	var all []int64
	for _, m := range ago {
		all = append(all, clock.Unix()/60-m)
	}
	slices.Sort(all)
	return all
}

func TestWhatIsAPolling(t *testing.T) {
	for _, c := range []struct {
		name     string
		minutes  []int64
		requests uint64
		want     time.Duration
	}{
		{"every second", minutesAgo(1, 2, 3, 4, 5, 6), 360, time.Second},
		{"every five seconds", minutesAgo(1, 2, 3, 4, 5, 6), 72, 5 * time.Second},
		{"ten times a second", minutesAgo(1, 2, 3, 4, 5, 6), 3600, time.Second},
		{"every minute, without decoded requests", minutesAgo(1, 2, 3, 4, 5, 6), 0, time.Minute},
		{"every ten minutes", minutesAgo(5, 15, 25, 35, 45, 55, 65), 7, 10 * time.Minute},
		{"with one hole", minutesAgo(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 30), 13, time.Minute},
		{"too seldom to tell", minutesAgo(1, 2, 3, 4, 5), 5, 0},
		{"now and then", minutesAgo(1, 2, 30, 31, 90, 91, 150, 151, 200), 9, 0},
		{"ended", minutesAgo(100, 101, 102, 103, 104, 105), 360, 0},
		{"late, as rows are", minutesAgo(4, 5, 6, 7, 8, 9), 360, time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := &pace{minutes: c.minutes, requests: c.requests}
			if got := p.period(clock); got != c.want {
				t.Errorf("%v, not %v", got, c.want)
			}
		})
	}
}

const people = `site: works
people:
  - { id: anna, name: Anna, side: it, mail: Anna@example.com }
  - { id: bernd, name: Bernd, side: operations, mail: b@example.com }
  - { id: carla, name: Carla, side: operations }
teams: [ { id: shift, name: Shift, side: operations, members: [bernd, carla] } ]
owners: { it: anna, operations: carla }
zones:
  - { id: office, name: Office, kind: enterprise, members: [ { subnet: 10.1.0.0/16 } ] }
  - { id: cell, name: Cell, kind: cell, owners: { operations: shift }, members: [ { subnet: 10.2.0.0/16 } ] }
conduits:
  - { id: c, from: office, to: cell, allow: [ { transport: tcp, port: 443 } ], reason: Screens. }
`

func parsed(t *testing.T, text string) *model.Model {
	t.Helper()
	m, problems := model.Parse(text, clock)
	if m == nil {
		t.Fatal(problems)
	}
	return m
}

func TestWhomAnAccountSpeaksFor(t *testing.T) {
	m := parsed(t, people)
	for _, c := range []struct {
		name, mail, account string
		side                model.Side
		want                string
	}{
		{"by mail, in another case", " anna@EXAMPLE.com", "a1", model.SideIT, "anna"},
		{"by name", "", "carla", model.SideOperations, "carla"},
		{"the other side", "anna@example.com", "a1", model.SideOperations, ""},
		{"a name whose mail is another side's", "anna@example.com", "carla", model.SideOperations, ""},
		{"a mail that nobody has, and a name", "x@example.com", "bernd", model.SideOperations, "bernd"},
		{"a person without mail is nobody's by an empty one", "", "dieter", model.SideOperations, ""},
		{"a team is no person", "", "shift", model.SideOperations, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := ""
			if p := person(m, c.side, c.mail, c.account); p != nil {
				got = p.ID
			}
			if got != c.want {
				t.Errorf("%q, not %q", got, c.want)
			}
		})
	}
}

func TestOwnersOfWhatChanges(t *testing.T) {
	m := parsed(t, people)
	for _, c := range []struct {
		name string
		body store.RevisionBody
		want string // of operations
	}{
		{"a conduit inherits from the zone it leads to, and a team is its members", store.RevisionBody{Changed: []string{"c"}}, "bernd carla"},
		{"a zone inherits from the site", store.RevisionBody{Zones: []string{"office"}}, "carla"},
		{"nothing known is the site's", store.RevisionBody{Changed: []string{"gone"}}, "carla"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var want []string
			for _, id := range []string{"bernd", "carla"} {
				if owners(m, &c.body, model.SideOperations)[id] {
					want = append(want, id)
				}
			}
			if got := join(want); got != c.want {
				t.Errorf("%q, not %q", got, c.want)
			}
		})
	}
}

func join(list []string) (s string) {
	for i, x := range list {
		if i > 0 {
			s += " "
		}
		s += x
	}
	return s
}

func small() *policy.Policy {
	prefix := func(s string) []netip.Prefix { return []netip.Prefix{netip.MustParsePrefix(s)} }
	return &policy.Policy{
		Site: "works", Rest: model.StageEnforce,
		Zones: []policy.Zone{{}, {ID: "office", Kind: model.ZoneEnterprise, Ranges: prefix("10.1.0.0/16")}, {ID: "cell", Kind: model.ZoneCell, Ranges: prefix("10.2.0.0/16")}, {ID: "dmz", Kind: model.ZoneDMZ, Ranges: prefix("10.3.0.0/16")}},
		Conduits: []policy.Conduit{
			{ID: "a", From: 1, To: 2, Matches: []policy.Match{{Proto: policy.TCP, First: 443, Last: 443}}},
			{ID: "b", From: 3, To: 2, Matches: []policy.Match{{Proto: policy.TCP, First: 502, Last: 502, Relay: &policy.Relay{Protocol: "modbus", Kinds: 2}}}},
		},
	}
}

func TestWhatChanges(t *testing.T) {
	for _, c := range []struct {
		name            string
		change          func(*policy.Policy)
		zones, conduits []string
	}{
		{"nothing", func(*policy.Policy) {}, nil, nil},
		{"a range", func(p *policy.Policy) { p.Zones[1].Ranges[0] = netip.MustParsePrefix("10.1.0.0/17") }, []string{"office"}, nil},
		{"a zone comes, and indices move", func(p *policy.Policy) {
			p.Zones = slices.Insert(p.Zones, 1, policy.Zone{ID: "new", Kind: model.ZoneVendor})
			for i := range p.Conduits {
				p.Conduits[i].From++
				p.Conduits[i].To++
			}
		}, []string{"new"}, nil},
		{"a port", func(p *policy.Policy) { p.Conduits[0].Matches[0].Last = 444 }, nil, []string{"a"}},
		{"what a relay lets through", func(p *policy.Policy) { p.Conduits[1].Matches[0].Relay.Kinds = 6 }, nil, []string{"b"}},
		{"a conduit goes", func(p *policy.Policy) { p.Conduits = p.Conduits[:1] }, nil, []string{"b"}},
		{"a conduit ends", func(p *policy.Policy) { p.Conduits[0].Until = clock }, nil, []string{"a"}},
		{"a stage of a pair", func(p *policy.Policy) { p.Pairs = []policy.Pair{{From: 1, To: 2, Stage: model.StageShadow}} }, []string{"cell", "office"}, nil},
		{"the stage of the rest", func(p *policy.Policy) { p.Rest = model.StageShadow }, []string{"cell", "dmz", "office"}, nil},
		{"the name of a zone", func(p *policy.Policy) { p.Zones[1].Name = "Offices" }, nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := small()
			c.change(b)
			zones, conduits := changed(small(), b)
			if d := cmp.Diff([][]string{orNone(c.zones), orNone(c.conduits)}, [][]string{zones, conduits}); d != "" {
				t.Errorf("(-want +got)\n%s", d)
			}
			// Either way round it is the same that differs.
			if z, k := changed(b, small()); !slices.Equal(z, zones) || !slices.Equal(k, conduits) {
				t.Errorf("the other way round: %v %v", z, k)
			}
		})
	}
}

func orNone(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

func TestOptionsOfADevice(t *testing.T) {
	o, err := DeviceOptions([]string{"office=port1", "=wan"}, []string{"10.0.0.1"}, "4")
	if err != nil || o.Interfaces["office"] != "port1" || o.Interfaces[""] != "wan" || len(o.Own) != 1 || o.Family != 4 {
		t.Errorf("%+v %v", o, err)
	}
	for _, bad := range [][3]string{{"port1", "", ""}, {"office=", "", ""}, {"", "10.0.0", ""}, {"", "", "5"}} {
		var interfaces, own []string
		if bad[0] != "" {
			interfaces = []string{bad[0]}
		}
		if bad[1] != "" {
			own = []string{bad[1]}
		}
		if _, err := DeviceOptions(interfaces, own, bad[2]); err == nil {
			t.Errorf("%v is taken", bad)
		}
	}
}

// TestServicesAreOfAddresses holds that what a machine with addresses in two
// zones says counts for the zone of the address that it said it from.
func TestServicesAreOfAddresses(t *testing.T) {
	where := &policy.Policy{Rest: model.StageEnforce, Zones: []policy.Zone{
		{},
		{ID: "dmz", Ranges: []netip.Prefix{netip.MustParsePrefix("10.3.0.0/24")}},
		{ID: "operations", Ranges: []netip.Prefix{netip.MustParsePrefix("10.2.0.0/24")}},
		{ID: "cell", Ranges: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/24")}},
	}}
	talk := func(client, server, from, to string) record.Talk {
		return record.Talk{Client: client, Server: server, From: plant.Endpoint{IP: netip.MustParseAddr(from)}, To: plant.Endpoint{IP: netip.MustParseAddr(to)}, Protocol: "modbus", Transport: plant.TCP, Port: 1502}
	}
	got := services(where, []record.Talk{
		talk("historian", "plc", "10.3.0.9", "10.1.0.5"),
		talk("historian", "plc", "10.2.0.9", "10.1.0.5"),
		talk("historian", "plc", "10.2.0.10", "10.1.0.6"), // the same once more
		talk("historian", "scada", "10.2.0.9", "10.2.0.7"),
		talk("historian", "stranger", "10.2.0.9", "192.0.2.7"),
	}, time.Time{})
	want := []compile.Seen{
		{From: "dmz", To: "cell", Protocol: "modbus", Transport: plant.TCP, Port: 1502},
		{From: "operations", To: "cell", Protocol: "modbus", Transport: plant.TCP, Port: 1502},
	}
	if !slices.Equal(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}
