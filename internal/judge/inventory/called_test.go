package inventory

import (
	"net/netip"
	"testing"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

func TestCalled(t *testing.T) {
	ip := func(list ...string) (ips []netip.Addr) {
		for _, s := range list {
			ips = append(ips, netip.MustParseAddr(s))
		}
		return ips
	}
	mac := []plant.MAC{{0, 1, 2, 3, 4, 5}}
	for _, c := range []struct {
		name           string
		asset          plant.Asset
		label, network string
	}{
		{"a name before an address", plant.Asset{Names: []string{"plc1"}, IPs: ip("10.1.2.3")}, "plc1", "10.1.2.0/24"},
		{"an address before a MAC", plant.Asset{IPs: ip("fe80::1", "2001:db8::5"), MACs: mac}, "fe80::1", "2001:db8::/64"},
		{"IPv4 before IPv6", plant.Asset{IPs: ip("2001:db8::5", "169.254.1.1", "192.168.7.9")}, "2001:db8::5", "192.168.7.0/24"},
		{"only a MAC, in a VLAN", plant.Asset{MACs: mac, VLANs: []uint16{12}}, "00:01:02:03:04:05", "vlan 12"},
		{"only a MAC", plant.Asset{MACs: mac, VLANs: []uint16{0}}, "00:01:02:03:04:05", ""},
		{"nothing but an identifier", plant.Asset{ID: "x"}, "x", ""},
		{"outside", plant.Asset{Kind: plant.KindExternal, IPs: ip("203.0.113.9")}, "203.0.113.9", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if l, n := LabelOf(&c.asset), NetworkOf(&c.asset); l != c.label || n != c.network {
				t.Errorf("%q in %q, want %q in %q", l, n, c.label, c.network)
			}
		})
	}
}
