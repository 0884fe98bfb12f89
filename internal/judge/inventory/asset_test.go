package inventory

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

func only(t *testing.T, seen []plant.Observation) *plant.Asset {
	t.Helper()
	assets := assetsOf(seen)
	if len(assets) != 1 {
		t.Fatalf("%d assets: %q", len(assets), lines(assets))
	}
	return assets[0]
}

func sure(s *plant.Sighting, confidence float64) *plant.Sighting {
	s.Confidence = confidence
	return s
}

func TestNamedFields(t *testing.T) {
	e := "00:0c:29:00:00:01 10.0.0.5"
	base := sends(e, 9, "64", 0, 9)
	for _, c := range []struct {
		name string
		seen []plant.Observation
		get  func(*plant.Asset) string
		want string
	}{
		{"the registry of MAC addresses is a hint", nil, func(a *plant.Asset) string { return a.Vendor }, "VMware"},
		{"what a protocol says corrects it", all(says(e, plant.FieldVendorID, "cip:1", "enip.list-identity")), func(a *plant.Asset) string { return a.Vendor }, "Rockwell Automation"},
		{
			"an order number names vendor and family", all(says(e, plant.FieldOrderNumber, "6ES7 315-2EH14-0AB0", "s7comm.szl")),
			func(a *plant.Asset) string { return a.Vendor + ", " + a.Product + ", " + a.OrderNumber }, "Siemens, SIMATIC S7-300, 6ES7 315-2EH14-0AB0",
		},
		{
			"the product it names itself goes before the family", all(says(e, plant.FieldOrderNumber, "6ES7 315-2EH14-0AB0", "s7comm.szl"), says(e, plant.FieldProduct, "CPU 315-2 PN/DP", "s7comm.szl")),
			func(a *plant.Asset) string { return a.Product }, "CPU 315-2 PN/DP",
		},
		{
			"two sources that agree go before a surer one", all(
				sure(says(e, plant.FieldFirmware, "V3.2.6", "x.one"), 0.8), sure(says(e, plant.FieldFirmware, "v3.2.6", "x.two"), 0.8), sure(says(e, plant.FieldFirmware, "V1.0", "x.three"), 0.9)),
			func(a *plant.Asset) string { return a.Firmware }, "V3.2.6",
		},
		{
			"hearsay does not outweigh the device", all(
				sure(says(e, plant.FieldProduct, "NAE", "bacnet.property"), 0.95), sure(says(e, plant.FieldProduct, "some server", "http.host"), 0.5)),
			func(a *plant.Asset) string { return a.Product }, "NAE",
		},
		{
			"a Windows build in plain words", all(says(e, plant.FieldOS, "Windows 10.0 build 17763", "ntlm.challenge")),
			func(a *plant.Asset) string { return a.OS }, "Windows 10 1809 or Server 2019",
		},
		{
			"names by support", all(sure(says(e, plant.FieldName, "maybe", "http.host"), 0.5), says(e, plant.FieldName, "PLC-7", "profinet.dcp")),
			func(a *plant.Asset) string { return strings.Join(a.Names, ",") }, "PLC-7,maybe",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.get(only(t, all(base, c.seen))); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// A rack is one asset with its modules, named after its controller; what its
// interface says stays among the facts.
func TestRack(t *testing.T) {
	e := "00:00:bc:00:00:01 10.0.0.5"
	a := only(t, all(
		sends(e, 9, "64", 0, 9),
		says(e, plant.FieldVendorID, "cip:1", "enip.list-identity"), says(e, plant.FieldProduct, "1756-ENBT/A", "enip.list-identity"),
		says(e, plant.FieldSerial, "00524D8E", "enip.list-identity"),
		module(e, 0, plant.FieldVendorID, "cip:1", "cip.identity"), module(e, 0, plant.FieldDeviceType, "cip:14", "cip.identity"),
		module(e, 0, plant.FieldProduct, "1756-L61/B LOGIX5561", "cip.identity"), module(e, 0, plant.FieldSerial, "0051823F", "cip.identity"),
		module(e, 1, plant.FieldVendorID, "cip:1", "cip.identity"), module(e, 1, plant.FieldProduct, "1756-ENBT/A", "cip.identity"), module(e, 1, plant.FieldDeviceType, "cip:12", "cip.identity"),
		module(e, 3, plant.FieldProduct, "MVI56 ProSoft Technology, Inc.", "cip.identity"),
	))
	if a.Role != plant.RoleController || a.Product != "1756-L61/B LOGIX5561" || a.Serial != "0051823F" || a.ID != "sn-rockwell-automation-0051823f" {
		t.Errorf("rack: %s, %q, serial %s, %s", a.Role, a.Product, a.Serial, a.ID)
	}
	var modules []string
	for _, m := range a.Modules {
		modules = append(modules, m.Vendor+" "+m.Product)
	}
	want := []string{"Rockwell Automation 1756-L61/B LOGIX5561", "Rockwell Automation 1756-ENBT/A", "ProSoft Technology MVI56 ProSoft Technology, Inc."}
	if !reflect.DeepEqual(modules, want) {
		t.Errorf("modules %q, want %q", modules, want)
	}
	if !slices.ContainsFunc(a.Facts, func(f plant.Fact) bool { return f.Value == "1756-ENBT/A" }) {
		t.Error("the interface's own name is lost")
	}
}

func TestConflicts(t *testing.T) {
	one, two := plcMAC+" 10.0.0.5", hmiMAC+" 10.0.0.5"
	for _, c := range []struct {
		name string
		seen []plant.Observation
		want []string // parts of the conflicts' reasons, in order
	}{
		{"a duplicate address", all(sends(one, 9, "64", 0, 9), sends(two, 5, "64", 3, 4)), []string{"both use 10.0.0.5 at the same time", "both use 10.0.0.5 at the same time"}},
		{"an address given anew", all(sends(one, 9, "64", 0, 3), sends(two, 5, "64", 5, 8)), []string{"one after the other", "one after the other"}},
		{
			"two serial numbers in one message", all(sends(one, 9, "64", 0, 9), says(one, plant.FieldSerial, "AB12345", "s7comm.szl"), says(one, plant.FieldSerial, "AB99999", "s7comm.szl")),
			[]string{"2 different values in s7comm.szl"},
		},
		{"two sources that name one number their own way", all(sends(one, 9, "64", 0, 9), says(one, plant.FieldSerial, "AB12345", "s7comm.szl"), says(one, plant.FieldSerial, "12345", "snmp")), nil},
		{"no conflict", all(sends(one, 9, "64", 0, 9)), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, a := range assetsOf(c.seen) {
				for _, x := range a.Conflicts {
					got = append(got, x.Why)
				}
			}
			if len(got) != len(c.want) {
				t.Fatalf("conflicts %q", got)
			}
			for i := range got {
				if !strings.Contains(got[i], c.want[i]) {
					t.Errorf("%q does not say %q", got[i], c.want[i])
				}
			}
		})
	}
}

func TestIdentifiers(t *testing.T) {
	e := plcMAC + " 10.0.0.5"
	base := sends(e, 9, "64", 0, 9)
	for _, c := range []struct {
		name string
		seen []plant.Observation
		want string
	}{
		{"an IP without MAC", sends("10.0.0.5", 9, "64", 0, 9), "ip-10.0.0.5"},
		{"a MAC", base, "mac-001b1b000001"},
		{"a serial number with its vendor", all(base, says(e, plant.FieldOrderNumber, "6ES7 315-2EH14-0AB0", "s7comm.szl"), says(e, plant.FieldSerial, "S C-X4U421302009", "s7comm.szl")), "sn-siemens-s-c-x4u421302009"},
		{"a serial number that was never set", all(base, says(e, plant.FieldSerial, "0000000000", "s7comm.szl")), "mac-001b1b000001"},
		{"a shared MAC in a VLAN", all(claims("00:00:5e:00:01:07 10.0.0.1 vlan12")), "mac-00005e000107-vlan12"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if a := only(t, c.seen); a.ID != c.want {
				t.Errorf("ID %q, want %q", a.ID, c.want)
			}
		})
	}
}

func TestAssetID(t *testing.T) {
	b := build(all(
		sends(plcMAC+" 10.0.0.5 vlan10", 9, "64", 0, 9), sends(hmiMAC+" 10.0.0.5 vlan20", 9, "64", 0, 9), sends(routerMAC+" 8.8.8.8", 9, "117", 0, 9),
		says(plcMAC, plant.FieldName, "plc", "profinet.dcp")))
	for _, c := range []struct{ name, endpoint, want string }{
		{"as it was seen", plcMAC + " 10.0.0.5 vlan10", "mac-001b1b000001"},
		{"the same IP in another VLAN", hmiMAC + " 10.0.0.5 vlan20", "mac-001b1b000002"},
		{"by IP and VLAN, through a router", routerMAC + " 10.0.0.5 vlan20", "mac-001b1b000002"},
		{"by MAC", plcMAC, "mac-001b1b000001"},
		{"a peer beyond the router", routerMAC + " 8.8.8.8", "ip-8.8.8.8"},
		{"an IP that never sent", routerMAC + " 9.9.9.9", ""},
		{"a group", "224.0.0.251", ""},
	} {
		if got := b.AssetID(at(c.endpoint)); got != c.want {
			t.Errorf("%s: AssetID = %q, want %q", c.name, got, c.want)
		}
	}
	n := b.Number(at(plcMAC))
	if n < 0 || b.At(n).ID != "mac-001b1b000001" || b.Number(at("224.0.0.251")) != -1 {
		t.Errorf("Number = %d", n)
	}
}

// What finds no room is counted, and what was kept stays right.
func TestBounds(t *testing.T) {
	b := New(Options{MaxEndpoints: 2, MaxFacts: 1, MaxLinks: 1})
	for _, o := range all(
		sends(plcMAC+" 10.0.0.5", 9, "64", 0, 9), sends(hmiMAC+" 10.0.0.6", 9, "64", 0, 9), sends(routerMAC+" 10.0.0.7", 9, "64", 0, 9),
		says(plcMAC+" 10.0.0.5", plant.FieldName, "a", "x"), says(plcMAC+" 10.0.0.5", plant.FieldName, "b", "x"),
		talks(plcMAC+" 10.0.0.5", hmiMAC+" 10.0.0.6", "s7comm"), talks(hmiMAC+" 10.0.0.6", plcMAC+" 10.0.0.5", "s7comm"),
	) {
		b.Add(o)
	}
	if n := len(slices.Collect(b.Assets())); n != 2 || b.Dropped() == 0 {
		t.Errorf("%d assets, %d dropped", n, b.Dropped())
	}
}
