package plant

// Housekeeping reports whether a protocol only asks for names and time or
// announces something. Such conversations cross every boundary and carry
// nothing to a machine, so they are no crossing that anyone must decide on.
func Housekeeping(protocol string) bool { return housekeeping[protocol] }

var housekeeping = map[string]bool{
	"arp": true, "browser": true, "cdp": true, "dhcp": true, "dhcpv6": true, "dns": true, "icmp": true, "igmp": true, "lldp": true, "llmnr": true,
	"mdns": true, "nbdgm": true, "nbns": true, "ntp": true, "ptp": true, "ssdp": true, "stp": true, "syslog": true, "ws-discovery": true,
}
