package inventory

import (
	"math/rand/v2"
	"net/netip"
	"reflect"
	"slices"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// random is a busy capture: few MACs and addresses, so that they collide.
func random(r *rand.Rand, n int) []plant.Observation {
	pick := func() string {
		s := ""
		if r.IntN(8) > 0 {
			s += "00:1b:1b:00:00:0" + string('0'+byte(r.IntN(8)))
		}
		if r.IntN(6) > 0 || s == "" {
			s += " " + [...]string{"10.0.0.", "8.8.8.", "192.168.1."}[r.IntN(3)] + string('1'+byte(r.IntN(8)))
		}
		if r.IntN(3) == 0 {
			s += " vlan1" + string('0'+byte(r.IntN(3)))
		}
		return s
	}
	var out []plant.Observation
	for range n {
		switch e := pick(); r.IntN(16) {
		case 0, 1, 2:
			if at(e).IP.IsValid() {
				out = append(out, sends(e, uint64(1+r.IntN(9)), [...]string{"64", "63", "128", "117", "255"}[r.IntN(5)], r.IntN(5), 5+r.IntN(5))...)
			}
		case 3:
			if x := at(e); x.IP.IsValid() && !x.MAC.IsZero() {
				out = append(out, claims(e))
			}
		case 4:
			out = append(out, says(e, plant.FieldSerial, [...]string{"S-1111", "S-2222", "S-3333"}[r.IntN(3)], "x.y"), says(e, plant.FieldVendor, "Siemens", "x.y"))
		case 5:
			out = append(out, module(e, r.IntN(3), plant.FieldOrderNumber, "6ES7 315-2EH14-0AB0", "s7comm.szl"))
		case 6:
			out = append(out, talks(e, pick(), [...]string{"s7comm", "dns", "modbus"}[r.IntN(3)]))
		case 8:
			if x := at(e); x.IP.IsValid() && !x.MAC.IsZero() {
				out = append(out, says(e[:17], plant.FieldAddress, x.IP.String(), [...]string{"lldp", "dhcp", "profinet.dcp", "cdp"}[r.IntN(4)]))
			}
		case 9:
			out = append(out, says(e, plant.FieldName, [...]string{"plc1", "switch1", "switch"}[r.IntN(3)], [...]string{"lldp", "profinet.dcp", "dns"}[r.IntN(3)]))
		case 10:
			out = append(out, says(e, plant.FieldFingerprint, "lldp-chassis=00:1b:1b:00:00:0"+string('0'+byte(r.IntN(8))), "lldp"),
				says(e, plant.FieldGateway, "10.0.0."+string('1'+byte(r.IntN(8))), "dhcp"))
		case 11:
			out = append(out, says(e, plant.FieldOS, "Windows 10", "ntlm"), talks(e, pick(), [...]string{"smb", "rdp", "tds", "mqtt"}[r.IntN(4)]))
		case 12:
			out = append(out, says(e, plant.FieldRole, [...]string{plant.RolePrinter, plant.RoleController, plant.RoleServer}[r.IntN(3)], "snmp"))
		case 13:
			out = append(out, talks(e, pick(), [...]string{"openvpn", "tls"}[r.IntN(2)]))
		case 14:
			out = append(out, says(e, plant.FieldResolves, [...]string{"a.local=10.0.0.", "b.local=192.168.1."}[r.IntN(2)]+string('1'+byte(r.IntN(8))), "dns"))
		case 15:
			out = append(out, says(e, plant.FieldDescription, [...]string{"eWON Cosy 131", "Siemens, SIMATIC S7, CPU-1200, 6ES7 215-1AG40-0XB0, HW: 1, FW: V.4.2.1, S-11112222"}[r.IntN(2)], "lldp"))
		case 7:
			out = append(out, does(e, pick(), "s7comm", [...]string{"Read", "Stop"}[r.IntN(2)], plant.Kind(r.IntN(9))))
		}
	}
	return out
}

// Every unicast source IP stands in exactly one asset of its realm, endpoints
// that sent find their asset, and identifiers are unique.
func TestEveryAddressHasOneAsset(t *testing.T) {
	for seed := range uint64(200) {
		seen := random(rand.New(rand.NewPCG(seed, 1)), 60)
		b := build(seen)
		holders, ids := map[netip.Addr]int{}, map[string]bool{}
		for a := range b.Assets() {
			if ids[a.ID] {
				t.Fatalf("seed %d: two assets %s", seed, a.ID)
			}
			ids[a.ID] = true
			for _, ip := range a.IPs {
				holders[ip]++
			}
		}
		vlans := map[netip.Addr]map[uint16]bool{}
		for _, o := range seen {
			s, ok := o.(*plant.Sighting)
			if !ok || s.Field != plant.FieldAddress {
				continue
			}
			ip := netip.MustParseAddr(s.Value)
			vlan := s.Endpoint.VLAN
			if id := b.AssetID(plant.Endpoint{MAC: s.Endpoint.MAC, IP: ip, VLAN: s.Endpoint.VLAN}); !ids[id] {
				t.Fatalf("seed %d: %v is in no asset (%q)", seed, s.Endpoint, id)
			}
			if vlans[ip] == nil {
				vlans[ip] = map[uint16]bool{}
			}
			vlans[ip][vlan] = true
		}
		for ip, in := range vlans {
			delete(in, 0) // untagged copies are of any VLAN
			if n := holders[ip]; n < 1 || n > max(1, len(in)) {
				t.Fatalf("seed %d: %s, seen in %d VLANs, stands in %d assets", seed, ip, len(in), n)
			}
		}
	}
}

// The order of observations does not matter, and the same input gives the same
// assets.
func TestOrderDoesNotMatter(t *testing.T) {
	for seed := range uint64(100) {
		r := rand.New(rand.NewPCG(seed, 2))
		seen := random(r, 60)
		want := assetsOf(seen)
		r.Shuffle(len(seen), func(i, j int) { seen[i], seen[j] = seen[j], seen[i] })
		got := assetsOf(seen)
		if !reflect.DeepEqual(got, want) {
			for i := range min(len(got), len(want)) {
				if !reflect.DeepEqual(got[i], want[i]) {
					t.Fatalf("seed %d, asset %d:\n got %+v\nwant %+v", seed, i, *got[i], *want[i])
				}
			}
			t.Fatalf("seed %d: %d assets, then %d", seed, len(want), len(got))
		}
	}
}

// More observations never lose a fact of an address that sends.
func TestFactsStay(t *testing.T) {
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 3))
		seen := append(all(sends(plcMAC+" 10.0.0.1", 5, "64", 0, 9), says(plcMAC+" 10.0.0.1", plant.FieldName, "keep-me", "s7comm.szl")), random(r, 10)...)
		for range 6 {
			seen = append(seen, random(r, 15)...)
			found := 0
			for _, a := range assetsOf(seen) {
				for _, f := range a.Facts {
					if f.Value == "keep-me" {
						found++
					}
				}
			}
			if found != 1 {
				t.Fatalf("seed %d: the fact stands in %d assets", seed, found)
			}
		}
	}
}

// Assets asked for in between do not change what comes out at the end.
func TestBuildInBetween(t *testing.T) {
	for seed := range uint64(50) {
		seen := random(rand.New(rand.NewPCG(seed, 4)), 60)
		b := New(Options{})
		for i, o := range seen {
			b.Add(o)
			if i%20 == 0 {
				b.Build()
			}
		}
		if got, want := slices.Collect(b.Assets()), assetsOf(seen); !reflect.DeepEqual(got, want) {
			t.Fatalf("seed %d: assets differ after building in between", seed)
		}
	}
}
