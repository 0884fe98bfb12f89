package inventory

import (
	"net/netip"
	"reflect"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

func TestAddresses(t *testing.T) {
	for _, c := range []struct {
		name string
		seen []plant.Observation
		want []string
	}{
		{"a MAC with one address", all(sends(plcMAC+" 10.0.0.5", 9, "64", 0, 9)), []string{"00:01|10.0.0.5|unknown"}},
		{
			"no MAC at all", all(sends("10.0.0.5", 9, "64", 0, 9), sends("10.0.0.6", 9, "64", 0, 9)),
			[]string{"|10.0.0.5|unknown", "|10.0.0.6|unknown"},
		},
		{
			"a router with three addresses behind it", all(
				sends(routerMAC+" 10.1.0.5", 9, "63", 0, 9), sends(routerMAC+" 10.1.0.6", 9, "127", 0, 9), sends(routerMAC+" 8.8.8.8", 9, "117", 0, 9), claims(routerMAC+" 10.0.0.1")),
			[]string{"|8.8.8.8|external peer", "00:03|10.0.0.1|router", "|10.1.0.5|unknown", "|10.1.0.6|unknown"},
		},
		{
			"one remote peer through a router that shows nothing of itself", all(sends(routerMAC+" 10.1.0.5", 9, "126", 0, 9)),
			[]string{"|10.1.0.5|unknown", "00:03||router"},
		},
		{
			"two addresses that one MAC claims by ARP", all(
				sends(plcMAC+" 10.0.0.5", 9, "64", 0, 9), sends(plcMAC+" 10.0.1.5", 9, "64", 0, 9), claims(plcMAC+" 10.0.0.5"), claims(plcMAC+" 10.0.1.5")),
			[]string{"00:01|10.0.0.5,10.0.1.5|unknown"},
		},
		{
			"two addresses at once and nothing tells", all(
				sends(plcMAC+" 10.0.0.5", 9, "64", 0, 9), sends(plcMAC+" 10.0.0.6", 9, "64", 0, 9)),
			[]string{"|10.0.0.5|unknown", "|10.0.0.6|unknown", "00:01||unknown"},
		},
		{
			"an address that changed", all(
				sends(plcMAC+" 10.0.0.5", 9, "64", 0, 4), sends(plcMAC+" 10.0.0.6", 9, "64", 5, 9)),
			[]string{"00:01|10.0.0.5,10.0.0.6|unknown"},
		},
		{
			"both ends of a conversation with one MAC", all(
				sends(plcMAC+" 10.0.0.5", 9, "64", 0, 4), sends(plcMAC+" 10.0.0.6", 9, "64", 5, 9), talks(plcMAC+" 10.0.0.5", plcMAC+" 10.0.0.6", "modbus")),
			[]string{"|10.0.0.5|HMI", "|10.0.0.6|controller", "00:01||unknown"},
		},
		{
			"a question and an answer, too short to be an address that changed", all(
				sends(plcMAC+" 10.0.0.5", 1, "64", 0, 0), sends(plcMAC+" 10.0.0.6", 1, "64", 1, 1)),
			[]string{"|10.0.0.5|unknown", "|10.0.0.6|unknown", "00:01||unknown"},
		},
		{
			"a router that answers ARP for many", all(
				proxy(routerMAC, 20), sends(routerMAC+" 10.0.0.100", 3, "63", 0, 1), sends(routerMAC+" 10.0.0.101", 3, "63", 0, 1)),
			[]string{"|10.0.0.100|unknown", "|10.0.0.101|unknown", "00:03||router"},
		},
		{
			"an address used by two MACs goes to the one that used it most", all(
				sends(plcMAC+" 10.0.0.5", 9, "64", 0, 9), sends(hmiMAC+" 10.0.0.5", 3, "128", 2, 3)),
			[]string{"00:01|10.0.0.5|unknown", "00:02||unknown"},
		},
		{
			"one address in two VLANs is two devices", all(
				sends(plcMAC+" 192.168.0.1 vlan10", 9, "64", 0, 9), sends(hmiMAC+" 192.168.0.1 vlan20", 3, "64", 2, 3)),
			[]string{"00:01|192.168.0.1|unknown", "00:02|192.168.0.1|unknown"},
		},
		{
			"one device seen in its VLAN and behind the router in another", all(
				sends(plcMAC+" 10.0.0.5 vlan10", 9, "64", 0, 9), sends(routerMAC+" 10.0.0.5 vlan20", 3, "63", 0, 9)),
			[]string{"00:01|10.0.0.5|unknown", "00:03||router"},
		},
		{
			"the same frame with and without its VLAN tag", all(
				sends(plcMAC+" 10.0.0.5 vlan10", 9, "64", 0, 9), sends(plcMAC+" 10.0.0.5", 9, "64", 0, 9)),
			[]string{"00:01|10.0.0.5|unknown"},
		},
		{
			"VRRP: the shared MAC and the master's own", all(
				sends(routerMAC+" 10.0.0.2", 9, "255", 0, 9), claims(routerMAC+" 10.0.0.2"), claims("00:00:5e:00:01:07 10.0.0.1"),
				sends("00:00:5e:00:01:07 10.0.0.1", 2, "255", 0, 9), sends(routerMAC+" 10.0.0.1", 9, "255", 0, 9), claims(routerMAC+" 10.0.0.1"),
				sends("00:00:5e:00:01:07 10.9.9.9", 9, "63", 0, 9)),
			[]string{"01:07|10.0.0.1|router", "00:03|10.0.0.2|unknown", "|10.9.9.9|unknown"},
		},
		{
			"VRRP groups of one number in two VLANs are two", all(
				claims("00:00:5e:00:01:01 10.1.0.1 vlan1"), claims("00:00:5e:00:01:01 10.2.0.1 vlan2")),
			[]string{"01:01|10.1.0.1|router", "01:01|10.2.0.1|router"},
		},
		{
			"IPv4 with IPv6 on one machine", all(
				sends(plcMAC+" 10.0.0.5", 9, "64", 0, 9), sends(plcMAC+" fe80::21b:1bff:fe00:1", 2, "255", 0, 9), sends(plcMAC+" 2001:db8::7", 2, "64", 0, 9)),
			[]string{"00:01|10.0.0.5,2001:db8::7,fe80::21b:1bff:fe00:1|unknown"},
		},
		{"a public address on our link", all(sends(plcMAC+" 91.5.4.3", 9, "64", 0, 9)), []string{"00:01|91.5.4.3|unknown"}},
		{
			"a public address that serves Modbus in a capture without MACs", all(
				sends("91.5.4.3", 9, "64", 0, 9), sends("91.5.4.4", 9, "64", 0, 9), talks("91.5.4.4", "91.5.4.3", "modbus")),
			[]string{"|91.5.4.3|controller", "|91.5.4.4|external peer"},
		},
		{"ARP alone makes an asset", all(claims(plcMAC + " 10.0.0.5")), []string{"00:01|10.0.0.5|unknown"}},
		{"what is said of an address that never sent makes none", all(
			says("10.0.0.9", plant.FieldName, "ghost", "dns"), says(routerMAC+" 10.0.0.9", plant.FieldName, "ghost", "smb")), nil},
		{
			"group and empty addresses are nobody", all(
				sends("10.0.0.1", 1, "64", 0, 0), says("01:00:5e:00:00:fb 224.0.0.251", plant.FieldName, "x", "mdns"), says("224.0.0.251", plant.FieldName, "x", "mdns")),
			[]string{"|10.0.0.1|unknown"},
		},
		{"a device without IP", all(says(plcMAC, plant.FieldName, "pn-io-1", "profinet.dcp")), []string{"00:01||unknown"}},
		{"a device that says its IP in DCP", all(says(plcMAC, plant.FieldAddress, "192.168.0.7", "profinet.dcp")), []string{"00:01|192.168.0.7|unknown"}},
		{"a DHCP client before it has an address", all(says(plcMAC+" 0.0.0.0", plant.FieldName, "panel", "dhcp")), []string{"00:01||unknown"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := lines(assetsOf(c.seen)); !reflect.DeepEqual(got, c.want) {
				t.Errorf("assets\n got %q\nwant %q", got, c.want)
			}
		})
	}
}

// proxy is a MAC that claims n addresses.
func proxy(m string, n int) []plant.Observation {
	var out []plant.Observation
	for i := range n {
		out = append(out, claims(m+" "+netip.AddrFrom4([4]byte{10, 0, 0, byte(100 + i)}).String()))
	}
	return out
}
