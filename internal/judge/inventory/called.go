package inventory

import (
	"net/netip"
	"strconv"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// LabelOf is what people call an asset: its name, else its address, else what
// it is.
func LabelOf(a *plant.Asset) string {
	switch {
	case len(a.Names) > 0:
		return a.Names[0]
	case len(a.IPs) > 0:
		return a.IPs[0].String()
	case len(a.MACs) > 0:
		return a.MACs[0].String()
	}
	return a.ID
}

// NetworkOf is the network that an asset stands in: the /24 of its first IPv4
// address, else the /64 of its first IPv6 address that is not link-local, else
// its VLAN; "" if nothing tells. Peers outside the site are of no network of it.
func NetworkOf(a *plant.Asset) string {
	if a.Kind == plant.KindExternal {
		return ""
	}
	var six netip.Addr
	for _, ip := range a.IPs {
		if ip.Is4() && !ip.IsLinkLocalUnicast() {
			return netip.PrefixFrom(ip, 24).Masked().String()
		}
		if ip.Is6() && !ip.IsLinkLocalUnicast() && !six.IsValid() {
			six = ip
		}
	}
	switch {
	case six.IsValid():
		return netip.PrefixFrom(six.WithZone(""), 64).Masked().String()
	case len(a.VLANs) > 0 && a.VLANs[0] != 0:
		return "vlan " + strconv.Itoa(int(a.VLANs[0]))
	}
	return ""
}
