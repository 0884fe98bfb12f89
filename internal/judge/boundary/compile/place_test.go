package compile

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// TestAddressesStandWhereTheModelPlacesThem makes random zones with members of
// all kinds and random machines, and asks the model about each address by
// itself: the policy says the same, and its zones do not overlap.
func TestAddressesStandWhereTheModelPlacesThem(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 28))
	placed, elsewhere := 0, 0
	for range 200 {
		m := parsed(t, randomModel(r))
		assets := randomAssets(r)
		p, _ := compiled(t, Input{Model: m, Assets: assets})
		placer := model.NewPlacer(m)
		owners := map[netip.Addr][]string{}
		for i := range assets {
			for _, ip := range assets[i].Facts.IPs {
				owners[ip] = append(owners[ip], standing(placer, m, &assets[i], ip))
			}
		}
		for ip, zones := range owners {
			slices.Sort(zones)
			if zones = slices.Compact(zones); len(zones) > 1 {
				continue // nobody can say
			}
			if got := p.Zones[p.At(ip)].ID; got != zones[0] {
				t.Fatalf("%s stands in %q, not in %q\n%s\n%+v", ip, got, zones[0], m.Marshal(), assets)
			}
			if zones[0] != "" {
				placed++
			}
			if !anySubnet(m, ip) && zones[0] != "" {
				elsewhere++
			}
		}
	}
	if placed < 500 || elsewhere < 50 {
		t.Error(placed, elsewhere)
	}
}

// standing says plainly what compile works out in layers.
func standing(placer *model.Placer, m *model.Model, a *Asset, ip netip.Addr) string {
	if !anySubnet(m, ip) {
		if at := placer.Place(&a.Facts).Zone; at != "" {
			return at
		}
		for _, z := range m.Zones { // then only a line's subnet can know it
			if ip.Is4() && z.Kind == model.ZoneInternet && !ip.IsPrivate() {
				return z.ID
			}
		}
		return ""
	}
	alone := a.Facts
	alone.IPs = []netip.Addr{ip}
	if at := placer.Place(&alone).Zone; at != "" {
		return at
	}
	return placer.Place(&a.Facts).Zone
}

// anySubnet reports whether a zone names a subnet that holds an address.
func anySubnet(m *model.Model, ip netip.Addr) bool {
	return slices.ContainsFunc(m.Zones, func(z model.Zone) bool {
		return slices.ContainsFunc(z.Members, func(e model.Member) bool { return e.Subnet.IsValid() && e.Subnet.Contains(ip) })
	})
}

func randomModel(r *rand.Rand) string {
	var b strings.Builder
	b.WriteString("zones:\n")
	used := map[string]bool{}
	for i := range 2 + r.IntN(4) {
		var members []string
		for range 1 + r.IntN(3) {
			var e string
			switch r.IntN(6) {
			case 0:
				e = fmt.Sprintf("asset: a%d", r.IntN(12))
			case 1:
				e = fmt.Sprintf("mac: \"02:00:00:00:00:%02d\"", r.IntN(12))
			case 2:
				e = []string{"role: HMI", "vlan: 7"}[r.IntN(2)]
			default:
				e = "subnet: " + netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 0, byte(r.IntN(2)), byte(r.IntN(16) * 16)}), 22+r.IntN(9)).Masked().String()
				if r.IntN(4) == 0 {
					e += ", role: HMI"
				}
			}
			if !used[e] {
				used[e] = true
				members = append(members, "{ "+e+" }")
			}
		}
		if len(members) > 0 {
			fmt.Fprintf(&b, "  - { id: z%d, name: Z%d, kind: cell, members: [ %s ] }\n", i, i, strings.Join(members, ", "))
		}
	}
	if len(used) == 0 || !strings.Contains(b.String(), "id:") {
		return randomModel(r)
	}
	return b.String()
}

func randomAssets(r *rand.Rand) []Asset {
	var all []Asset
	for i := range 12 {
		a := Asset{ID: fmt.Sprintf("a%d", i), Label: fmt.Sprintf("A%d", i)}
		a.Facts = model.Facts{ID: a.ID, MACs: []plant.MAC{{2, 0, 0, 0, 0, byte(i/10*16 + i%10)}}}
		if r.IntN(3) == 0 {
			a.Facts.Role = plant.RoleHMI
		}
		if r.IntN(3) == 0 {
			a.Facts.VLANs = []uint16{7}
		}
		for range r.IntN(3) {
			a.Facts.IPs = append(a.Facts.IPs, netip.AddrFrom4([4]byte{10, 0, byte(r.IntN(4)), byte(r.IntN(64) * 4)}))
		}
		if r.IntN(4) == 0 {
			a.Facts.IPs = append(a.Facts.IPs, netip.MustParseAddr(fmt.Sprintf("fe80::%x", 1+i)))
		}
		all = append(all, a)
	}
	return all
}

// BenchmarkCompile is a plant of 1,000 machines in 60 zones with 500 conduits
// and what was recorded through them.
func BenchmarkCompile(b *testing.B) {
	m := &model.Model{Site: "works", TimeZone: "UTC"}
	in := Input{Model: m, Now: now}
	for i := range 60 {
		m.Zones = append(m.Zones, model.Zone{ID: fmt.Sprint("z", i), Kind: model.ZoneCell, Members: []model.Member{{Subnet: netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(i), 0, 0}), 24)}}})
	}
	for i := range 1000 {
		zone := fmt.Sprint("z", i%60)
		in.Assets = append(in.Assets, Asset{ID: fmt.Sprint(i), Zone: zone, Facts: model.Facts{ID: fmt.Sprint(i), IPs: []netip.Addr{
			netip.AddrFrom4([4]byte{10, byte(i % 60), 0, byte(i / 60)}), netip.AddrFrom4([4]byte{172, 16, byte(i >> 8), byte(i)}), netip.AddrFrom16([16]byte{0xfe, 0x80, 14: byte(i >> 8), 15: byte(i)}),
		}}})
	}
	for i := range 500 {
		from, to := fmt.Sprint("z", i%60), fmt.Sprint("z", (i*7+1+i/60)%60)
		if from == to {
			continue
		}
		m.Conduits = append(m.Conduits, model.Conduit{ID: fmt.Sprint("c", i), From: from, To: to, Allow: []model.Service{{Protocol: "modbus", Verbs: []string{"read"}}, {Protocol: "opcua"}, {Protocol: "slmp"}}})
		for k := range 4 {
			in.Services = append(in.Services, Seen{from, to, "slmp", plant.TCP, uint16(5000 + k)})
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		p, _, err := Compile(in)
		if err != nil || len(p.Conduits) < 400 || p.At(netip.MustParseAddr("10.7.0.9")) == policy.Nowhere {
			b.Fatal(err)
		}
	}
}
