package model

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

func TestPlace(t *testing.T) {
	p := NewPlacer(parsed(t, example(t)))
	ip := func(s ...string) (all []netip.Addr) {
		for _, a := range s {
			all = append(all, netip.MustParseAddr(a))
		}
		return all
	}
	for _, c := range []struct {
		name  string
		facts Facts
		want  Placement
	}{
		{
			"by its identifier before its subnet",
			Facts{ID: "sn-siemens-x1", IPs: ip("10.20.9.9")},
			Placement{Zone: "dmz", ZoneWhy: "asset sn-siemens-x1", Owners: Owned{Owner{"anna", "site"}, Owner{"maintenance", "site"}}},
		},
		{
			"by the longer prefix",
			Facts{IPs: ip("10.1.30.4")},
			Placement{Zone: "dmz", ZoneWhy: "subnet 10.1.30.0/24", Owners: Owned{Owner{"anna", "site"}, Owner{"maintenance", "site"}}},
		},
		{
			"by MAC before subnet",
			Facts{MACs: []plant.MAC{{0, 0x1b, 0x1b, 0x47, 0x3f, 0xa2}}, IPs: ip("10.20.2.4")},
			Placement{Zone: "ops", ZoneWhy: "subnet 10.20.0.0/16", Line: "line-2", Cell: "capper", LineWhy: "mac 00:1b:1b:47:3f:a2", Owners: Owned{Owner{"anna", "site"}, Owner{"bernd", "line line-2"}}},
		},
		{
			"by the member that names more",
			Facts{IPs: ip("10.20.2.4"), Role: plant.RoleRobot},
			Placement{Zone: "ops", ZoneWhy: "subnet 10.20.0.0/16", Line: "line-2", Cell: "capper", LineWhy: "subnet 10.20.2.0/24, role robot", Owners: Owned{Owner{"anna", "site"}, Owner{"bernd", "line line-2"}}},
		},
		{
			"by a name in other case, and the zone by the line",
			Facts{Names: []string{"x", "Plc-L2-Main"}},
			Placement{Zone: "cell-2", ZoneWhy: "line line-2", Line: "line-2", LineWhy: "name *-l2-*", Owners: Owned{Owner{"anna", "zone cell-2"}, Owner{"bernd", "line line-2"}}},
		},
		{
			"by VLAN before name",
			Facts{VLANs: []uint16{12}, Names: []string{"plc-l2-x"}},
			Placement{Zone: "office", ZoneWhy: "vlan 12", Line: "line-2", LineWhy: "name *-l2-*", Owners: Owned{Owner{"anna", "site"}, Owner{"bernd", "line line-2"}}},
		},
		{"by role", Facts{Role: plant.RoleHMI}, Placement{Zone: "ops", ZoneWhy: "role HMI", Owners: Owned{Owner{"anna", "site"}, Owner{"maintenance", "site"}}}},
		{"by nothing", Facts{IPs: ip("192.0.2.1", "::ffff:198.51.100.7", "fe80::1%eth0")}, Placement{Owners: Owned{Owner{"anna", "site"}, Owner{"maintenance", "site"}}}},
		{"IPv4 in IPv6", Facts{IPs: ip("::ffff:10.1.30.7")}, Placement{Zone: "dmz", ZoneWhy: "subnet 10.1.30.0/24", Owners: Owned{Owner{"anna", "site"}, Owner{"maintenance", "site"}}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := p.Place(&c.facts); got != c.want {
				t.Errorf("got  %+v\nwant %+v", got, c.want)
			}
		})
	}
}

func TestLike(t *testing.T) {
	for _, c := range []struct {
		text, pattern string
		want          bool
	}{
		{"pc-1", "pc-*", true},
		{"pc", "pc-*", false},
		{"xpc-1", "pc-*", false},
		{"abc", "a?c", true},
		{"ac", "a?c", false},
		{"aXbXc", "a*b*c", true},
		{"ab", "*", true},
		{"", "*", true},
		{"größe", "gr?ße", true},
		{strings.Repeat("a", 200), strings.Repeat("a*", 50) + "b", false},
	} {
		if got := like(c.text, c.pattern); got != c.want {
			t.Errorf("%q %q: %v", c.text, c.pattern, got)
		}
	}
}

func TestProposeIsAccepted(t *testing.T) {
	seen := []Seen{
		{Network: "10.10.10.0/24", Kind: plant.KindDevice, Level: 4, Role: plant.RolePC},
		{Network: "10.10.10.0/24", Kind: plant.KindDevice, Level: plant.LevelUnknown},
		{Network: "10.30.0.0/24", Kind: plant.KindDevice, Level: 3.5, Role: plant.RoleServer},
		{Network: "10.20.0.0/24", Kind: plant.KindDevice, Level: 3, Role: plant.RoleHistorian},
		{Network: "10.21.1.0/24", Kind: plant.KindDevice, Level: 1, Role: plant.RoleController},
		{Network: "vlan 20", Kind: plant.KindDevice, Level: 0, Role: plant.RoleDrive},
		{Network: "2001:db8::/64", Kind: plant.KindDevice, Level: 1},
		{Network: "10.66.0.0/24", Kind: plant.KindDevice, Level: plant.LevelUnknown},
		{Network: "", Kind: plant.KindDevice, Level: 1},
		{Network: "x", Kind: plant.KindExternal},
	}
	for _, site := range []string{"works", "Alder Foods", "a: b # \"c\"", "404"} {
		for _, list := range [][]Seen{seen, nil, seen[7:8], seen[9:]} {
			text := Propose(site, list)
			m, problems := Parse(text, today)
			if m == nil || m.Site != site {
				t.Fatalf("%v\n%s", problems, text)
			}
		}
	}
	m := parsed(t, Propose("works", seen))
	if len(m.Zones) != 7 || m.Zone("office").Kind != ZoneEnterprise || m.Zone("internet") == nil || m.Zone("cell-10-21-1-0-24").Members[0].Subnet.String() != "10.21.1.0/24" {
		t.Errorf("%+v", m.Zones)
	}
}

func TestProposeSaysWhatIsThere(t *testing.T) {
	one := []Seen{{Network: "10.21.1.0/24", Kind: plant.KindDevice, Level: 1, Role: plant.RoleController}, {Kind: plant.KindExternal}}
	for _, c := range []struct {
		seen      []Seen
		want, not string
	}{
		{nil, "# Nothing was seen yet.", "zones:\n  -"},
		{[]Seen{{Kind: plant.KindDevice, Level: 1}}, "# Nothing that was seen has a network of its own.", "Nothing was seen yet"},
		{one, "# 1 asset: 1 × controller\n", "1 assets"},
		{one, "# 1 peer outside the site\n", "1 peers"},
		{append(one, one...), "# 2 peers outside the site\n", "assets: 1"},
	} {
		if text := Propose("works", c.seen); !strings.Contains(text, c.want) || strings.Contains(text, c.not) {
			t.Errorf("it lacks %q or has %q:\n%s", c.want, c.not, text)
		}
	}
}

func BenchmarkPlace(b *testing.B) {
	p := NewPlacer(parsed(b, example(b)))
	f := Facts{ID: "mac-1", MACs: []plant.MAC{{1}}, IPs: []netip.Addr{netip.MustParseAddr("10.20.2.7")}, VLANs: []uint16{7}, Names: []string{"plc-7"}, Role: plant.RoleController}
	b.ReportAllocs()
	for b.Loop() {
		p.Place(&f)
	}
}
