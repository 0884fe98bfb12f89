package compile

import (
	"net/netip"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

var now = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

// head makes a text that Parse takes without a problem.
const head = `site: demo
name: Demo
time_zone: Europe/Berlin
currency: EUR
people:
  - { id: anna, name: Anna, side: it, mail: a@example.com }
  - { id: bernd, name: Bernd, side: operations, mail: b@example.com }
owners: { it: anna, operations: bernd }
`

func parsed(t *testing.T, text string) *model.Model {
	t.Helper()
	m, problems := model.Parse(head+text, now)
	for _, p := range problems {
		if p.Severity == model.Error {
			t.Fatal(p)
		}
	}
	return m
}

func compiled(t *testing.T, in Input) (*policy.Policy, []Note) {
	t.Helper()
	in.Now = now
	p, notes, err := Compile(in)
	if err != nil {
		t.Fatal(err)
	}
	return p, notes
}

func ranges(p *policy.Policy) map[string][]string {
	m := map[string][]string{}
	for _, z := range p.Zones[1:] {
		for _, r := range z.Ranges {
			m[z.ID] = append(m[z.ID], r.String())
		}
	}
	return m
}

func facts(id string, ips ...string) model.Facts {
	f := model.Facts{ID: id}
	for _, s := range ips {
		f.IPs = append(f.IPs, netip.MustParseAddr(s))
	}
	return f
}

func TestZonesOfAddresses(t *testing.T) {
	tests := []struct {
		name   string
		text   string
		assets []Asset
		want   map[string][]string
		kinds  []Kind
	}{
		{
			"the longest subnet wins", `zones:
  - { id: plant, name: Plant, kind: operations, members: [ { subnet: 10.0.0.0/8 } ] }
  - { id: cell, name: Cell, kind: cell, members: [ { subnet: 10.128.0.0/9 }, { subnet: 10.0.0.0/30 } ] }
`, nil,
			map[string][]string{
				"plant": {
					"10.0.0.4/30", "10.0.0.8/29", "10.0.0.16/28", "10.0.0.32/27", "10.0.0.64/26", "10.0.0.128/25", "10.0.1.0/24", "10.0.2.0/23", "10.0.4.0/22", "10.0.8.0/21", "10.0.16.0/20",
					"10.0.32.0/19", "10.0.64.0/18", "10.0.128.0/17", "10.1.0.0/16", "10.2.0.0/15", "10.4.0.0/14", "10.8.0.0/13", "10.16.0.0/12", "10.32.0.0/11", "10.64.0.0/10",
				},
				"cell": {"10.0.0.0/30", "10.128.0.0/9"},
			},
			nil,
		},
		{
			"a machine of two subnets stands in both zones, its other addresses where it stands", `zones:
  - { id: a, name: A, kind: operations, members: [ { subnet: 10.1.0.0/24 } ] }
  - { id: b, name: B, kind: cell, members: [ { subnet: 10.2.0.0/24 } ] }
`,
			[]Asset{{ID: "x", Facts: facts("x", "10.2.0.7", "10.1.0.7", "192.168.9.9", "2001:db8::7", "::1", "224.0.0.1"), Zone: "b"}},
			map[string][]string{"a": {"10.1.0.0/24"}, "b": {"10.2.0.0/24", "192.168.9.9/32", "2001:db8::7/128"}},
			nil,
		},
		{
			"a pinned machine stands in one zone, whatever its subnet", `zones:
  - { id: a, name: A, kind: operations, members: [ { subnet: 10.1.0.0/30 } ] }
  - { id: b, name: B, kind: cell, members: [ { asset: x } ] }
`,
			[]Asset{{ID: "x", Facts: facts("x", "10.1.0.1"), Zone: "b", Pinned: true}},
			map[string][]string{"a": {"10.1.0.0/32", "10.1.0.2/31"}, "b": {"10.1.0.1/32"}},
			nil,
		},
		{
			"a member that names the machine pins it", `zones:
  - { id: a, name: A, kind: operations, members: [ { subnet: 10.1.0.0/30 } ] }
  - { id: b, name: B, kind: cell, members: [ { asset: x } ] }
`,
			[]Asset{{ID: "x", Facts: facts("x", "10.1.0.1")}},
			map[string][]string{"a": {"10.1.0.0/32", "10.1.0.2/31"}, "b": {"10.1.0.1/32"}},
			nil,
		},
		{
			"a subnet with a role is about the machines that have it", `zones:
  - { id: a, name: A, kind: operations, members: [ { subnet: 10.1.0.0/30 } ] }
  - { id: b, name: B, kind: cell, members: [ { subnet: 10.1.0.0/30, role: HMI } ] }
`,
			[]Asset{{ID: "x", Facts: model.Facts{ID: "x", Role: plant.RoleHMI, IPs: []netip.Addr{netip.MustParseAddr("10.1.0.1")}}}},
			map[string][]string{"a": {"10.1.0.0/32", "10.1.0.2/31"}, "b": {"10.1.0.1/32"}},
			nil,
		},
		{
			"an address of two machines in different zones stands where its subnet does", `zones:
  - { id: a, name: A, kind: operations, members: [ { subnet: 10.1.0.0/30 } ] }
  - { id: b, name: B, kind: cell, members: [ { asset: x }, { asset: y } ] }
`,
			[]Asset{
				{ID: "x", Label: "X", Facts: facts("x", "10.1.0.1", "192.168.0.1"), Zone: "b", Pinned: true},
				{ID: "y", Label: "Y", Facts: facts("y", "10.1.0.1", "192.168.0.1"), Zone: "a", Pinned: true},
			},
			map[string][]string{"a": {"10.1.0.0/30"}},
			[]Kind{TwoZones, TwoZones},
		},
		{
			"a line's subnet stands in the zone that has the line", `lines:
  - id: one
    name: One
    members: [ { subnet: 10.1.0.0/29 } ]
    cells:
      - { id: filler, name: Filler, members: [ { subnet: 10.1.0.4/31 } ] }
      - { id: capper, name: Capper, members: [ { subnet: 10.1.0.6/31 } ] }
  - { id: two, name: Two, members: [ { subnet: 10.1.0.2/31 } ] }
zones:
  - { id: a, name: A, kind: cell, members: [ { line: one } ] }
  - { id: b, name: B, kind: cell, members: [ { cell: capper } ] }
`, nil,
			map[string][]string{"a": {"10.1.0.0/31", "10.1.0.4/31"}, "b": {"10.1.0.6/31"}},
			nil,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, notes := compiled(t, Input{Model: parsed(t, tt.text), Assets: tt.assets})
			if d := cmp.Diff(tt.want, ranges(p)); d != "" {
				t.Error(d)
			}
			var kinds []Kind
			for _, n := range notes {
				kinds = append(kinds, n.Kind)
			}
			if d := cmp.Diff(tt.kinds, kinds); d != "" {
				t.Error(d, notes)
			}
		})
	}
}

func TestTheInternetIsWhatNobodyClaims(t *testing.T) {
	p, notes := compiled(t, Input{Model: parsed(t, `zones:
  - { id: plant, name: Plant, kind: operations, members: [ { subnet: 8.8.8.0/24 }, { subnet: "2001:db8:1::/48" } ] }
  - { id: net, name: Internet, kind: internet, members: [ { role: external peer } ] }
  - { id: net2, name: Internet 2, kind: internet, members: [ { subnet: 9.9.9.9/32 } ] }
`)})
	if len(notes) != 1 || notes[0].Kind != Internet {
		t.Error(notes)
	}
	for address, zone := range map[string]string{
		"8.8.8.8": "plant", "8.8.4.4": "net", "9.9.9.9": "net2", "10.1.1.1": "", "100.64.0.1": "", "224.0.0.1": "", "203.0.113.1": "net",
		"2001:db8:1::1": "plant", "2001:db8:2::1": "net", "fe80::1": "", "fd00::1": "", "ff02::1": "", "64:ff9b::1": "net", "127.0.0.1": "", "255.255.255.255": "",
	} {
		if got := p.Zones[p.At(netip.MustParseAddr(address))].ID; got != zone {
			t.Errorf("%s stands in %q, not in %q", address, got, zone)
		}
	}
}

func TestServices(t *testing.T) {
	tests := []struct {
		name  string
		allow string
		seen  []Seen
		want  []policy.Match
		kinds []Kind
	}{
		{"everything", "[ { any: true } ]", nil, []policy.Match{{Last: 65535}}, nil},
		{"everything takes the rest in", "[ { any: true }, { protocol: modbus, verbs: [read] } ]", nil, []policy.Match{{Last: 65535}}, nil},
		{"registered ports", "[ { protocol: dns } ]", nil, []policy.Match{{Proto: 6, First: 53, Last: 53}, {Proto: 17, First: 53, Last: 53}}, nil},
		{"one transport of them", "[ { protocol: dns, transport: udp } ]", nil, []policy.Match{{Proto: 17, First: 53, Last: 53}}, nil},
		{
			"and those that were seen", "[ { protocol: http } ]",
			[]Seen{
				{"a", "b", "http", plant.TCP, 8080},
				{"a", "b", "http", plant.TCP, 8080},
				{"a", "b", "http", plant.TCP, 81},
				{"b", "a", "http", plant.TCP, 9},
				{"a", "b", "tls", plant.TCP, 10},
				{"a", "b", "http", plant.OtherIP, 0},
			},
			[]policy.Match{{Proto: 6, First: 80, Last: 81}, {Proto: 6, First: 8080, Last: 8080}},
			nil,
		},
		{"named ports stand for themselves", "[ { protocol: http, port: [81, 8000-8010] } ]", []Seen{{"a", "b", "http", plant.TCP, 8080}}, []policy.Match{{Proto: 6, First: 81, Last: 81}, {Proto: 6, First: 8000, Last: 8010}}, nil},
		{"ranges that touch are one", "[ { transport: tcp, port: [1-5, 6, 8, 7-9] } ]", nil, []policy.Match{{Proto: 6, First: 1, Last: 9}}, nil},
		{"a transport alone", "[ { transport: udp } ]", nil, []policy.Match{{Proto: 17, Last: 65535}}, nil},
		{"without ports", "[ { protocol: icmp } ]", nil, []policy.Match{{Proto: 1, Last: 65535}, {Proto: 58, Last: 65535}}, nil},
		{"nothing tells the ports", "[ { protocol: slmp } ]", nil, nil, []Kind{NoPorts}},
		{"but they were seen", "[ { protocol: slmp } ]", []Seen{{"a", "b", "slmp", plant.UDP, 5000}}, []policy.Match{{Proto: 17, First: 5000, Last: 5000}}, nil},
		{"nothing tells the transport", "[ { protocol: slmp, port: 5000 } ]", nil, nil, []Kind{NoPorts}},
		{"no IP header", "[ { protocol: profinet-rt }, { transport: eth } ]", nil, nil, []Kind{Ethernet, Ethernet}},
		{"further ports", "[ { protocol: dcerpc } ]", []Seen{{"a", "b", "dcerpc", plant.TCP, 49152}}, []policy.Match{{Proto: 6, First: 135, Last: 135}, {Proto: 6, First: 49152, Last: 49152}}, []Kind{Dynamic}},
		{
			"verbs by a relay", "[ { protocol: modbus, verbs: [read] }, { protocol: modbus, verbs: [write] } ]", nil,
			[]policy.Match{{Proto: 6, First: 502, Last: 502, Relay: &policy.Relay{Protocol: "modbus", Kinds: model.KindsOf(plant.Other, plant.Identify, plant.Read, plant.Write)}}},
			nil,
		},
		{
			"what a relay cannot read", "[ { protocol: enip, verbs: [read] } ]", nil,
			[]policy.Match{{Proto: 6, First: 44818, Last: 44818, Relay: &policy.Relay{Protocol: "enip", Kinds: model.KindsOf(plant.Other, plant.Identify, plant.Read)}}},
			[]Kind{LeftOut},
		},
		{"verbs that nothing holds", "[ { protocol: opcua, verbs: [read, auth] } ]", nil, []policy.Match{{Proto: 6, First: 4840, Last: 4840}}, []Kind{PortsOnly}},
		{
			"objects by a relay", `[ { protocol: modbus, objects: ["holding registers 0-99"] } ]`, nil,
			[]policy.Match{{Proto: 6, First: 502, Last: 502, Relay: &policy.Relay{Protocol: "modbus", Kinds: everything, Objects: []string{"holding registers 0-99"}}}},
			nil,
		},
		{
			"without a relay counts more", "[ { protocol: modbus, verbs: [read], transport: tcp, port: 500-510 }, { transport: tcp, port: 502 } ]", nil,
			[]policy.Match{
				{Proto: 6, First: 500, Last: 501, Relay: &policy.Relay{Protocol: "modbus", Kinds: model.KindsOf(plant.Other, plant.Identify, plant.Read)}},
				{Proto: 6, First: 502, Last: 502},
				{Proto: 6, First: 503, Last: 510, Relay: &policy.Relay{Protocol: "modbus", Kinds: model.KindsOf(plant.Other, plant.Identify, plant.Read)}},
			},
			nil,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := parsed(t, `zones:
  - { id: a, name: A, kind: operations, members: [ { subnet: 10.1.0.0/24 } ] }
  - { id: b, name: B, kind: cell, members: [ { subnet: 10.2.0.0/24 } ] }
conduits:
  - { id: c, name: C, from: a, to: b, reason: For the test., allow: `+tt.allow+` }
`)
			p, notes := compiled(t, Input{Model: m, Services: tt.seen})
			if d := cmp.Diff(tt.want, p.Conduits[0].Matches); d != "" {
				t.Error(d)
			}
			var kinds []Kind
			for _, n := range notes {
				if n.Conduit != "c" || n.Service == "" {
					t.Errorf("%+v", n)
				}
				kinds = append(kinds, n.Kind)
			}
			if d := cmp.Diff(tt.kinds, kinds); d != "" {
				t.Error(d, notes)
			}
		})
	}
}

func TestStagesAndTime(t *testing.T) {
	m := parsed(t, `zones:
  - { id: a, name: A, kind: operations, members: [ { subnet: 10.1.0.0/24 } ] }
  - { id: b, name: B, kind: cell, members: [ { subnet: 10.2.0.0/24 } ] }
  - { id: c, name: C, kind: cell }
boundary: { stage: shadow, ethernet: [profinet, "0x88e1", lldp] }
conduits:
  - { id: late, name: X, from: a, to: b, reason: For the test., allow: [ { protocol: modbus } ], expires: 2027-01-01, stage: enforce-new }
  - { id: later, name: X, from: a, to: b, reason: For the test., allow: [ { protocol: modbus } ], stage: observe }
  - { id: gone, name: X, from: b, to: a, reason: For the test., allow: [ { protocol: modbus } ], expires: 2026-11-28, stage: enforce }
  - { id: void, name: X, from: b, to: c, reason: For the test., allow: [ { protocol: modbus } ], stage: observe }
  - { id: same, name: X, from: c, to: b, reason: For the test., allow: [ { protocol: modbus } ] }
`)
	p, notes := compiled(t, Input{Model: m})
	if p.Rest != model.StageShadow {
		t.Error(p.Rest)
	}
	if d := cmp.Diff([]policy.Pair{{From: 1, To: 2, Stage: model.StageEnforceNew}, {From: 2, To: 1, Stage: model.StageEnforce}, {From: 2, To: 3, Stage: model.StageObserve}}, p.Pairs); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]uint16{0x8892, 0x88cc, 0x88e1}, p.Ethernet); d != "" {
		t.Error(d)
	}
	if len(p.Conduits) != 4 || p.Conduits[0].ID != "late" || !p.Conduits[0].Until.Equal(time.Date(2026, 12, 31, 23, 0, 0, 0, time.UTC)) {
		t.Error("what expires later has to say when", p.Conduits)
	}
	var kinds []Kind
	for _, n := range notes {
		kinds = append(kinds, n.Kind)
	}
	if d := cmp.Diff([]Kind{Expired, EmptyZone, EmptyZone}, kinds); d != "" {
		t.Error(d)
	}
}

// TestTheSameInputGivesTheSamePolicy would fail if a map's order came through.
func TestTheSameInputGivesTheSamePolicy(t *testing.T) {
	text, err := os.ReadFile("../../../../lab/model.yaml")
	if err != nil {
		t.Fatal(err)
	}
	m, _ := model.Parse(string(text), now)
	if m == nil {
		t.Fatal("the simulated plant's model does not parse")
	}
	in := Input{Model: m, Services: []Seen{{"operations", "line-3", "slmp", plant.TCP, 5007}}}
	for i := range 200 {
		in.Assets = append(in.Assets, Asset{ID: string(rune('a' + i)), Facts: facts("x", netip.AddrFrom4([4]byte{10, 21, byte(i % 5), byte(i)}).String(), netip.AddrFrom4([4]byte{172, 16, 1, byte(i)}).String()), Zone: "line-1"})
	}
	first, notes := compiled(t, in)
	for range 5 {
		again, notes2 := compiled(t, in)
		if first.Hash() != again.Hash() || !cmp.Equal(notes, notes2) {
			t.Fatal("two policies of one model differ")
		}
	}
	read, err := policy.Parse(first.Canonical())
	if err != nil || read.Hash() != first.Hash() {
		t.Fatal("what was read is not what was written", err)
	}
}

func TestEveryRowOfPortsIsRead(t *testing.T) {
	all, err := Ports()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range model.Protocols {
		k, ok := all[name]
		if !ok {
			t.Errorf("ports.txt has no row for %s", name)
		}
		if len(k.IP) > 0 && (k.Link || len(k.TCP)+len(k.UDP) > 0) {
			t.Errorf("%s has ports and has none", name)
		}
	}
	if len(all) != len(model.Protocols) {
		t.Errorf("ports.txt has %d rows, and there are %d protocols", len(all), len(model.Protocols))
	}
}
