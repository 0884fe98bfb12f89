package inventory

import "net/netip"

// shared is the address space of carrier-grade translators (RFC 6598).
var shared = netip.PrefixFrom(netip.AddrFrom4([4]byte{100, 64, 0, 0}), 10)

// private reports whether an address cannot come from the Internet: RFC 1918
// and RFC 4193, link-local, loopback and RFC 6598.
func private(a netip.Addr) bool {
	return a.IsPrivate() || a.IsLinkLocalUnicast() || a.IsLoopback() || shared.Contains(a)
}
