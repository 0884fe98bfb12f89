package enforce

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
)

// Mode is how the machine stands between the two sides.
type Mode string

// Modes.
const (
	// Router forwards between subnets.
	Router Mode = "router"
	// ProxyARP forwards between two interfaces of one subnet and answers ARP and
	// neighbour solicitations of each side for the hosts of the other: nobody
	// gets another address. Only IP crosses, and no broadcast.
	ProxyARP Mode = "proxy-arp"
	// Bridge forwards frames; the machine needs no address.
	Bridge Mode = "bridge"
)

// Tracking is how a bridge knows the answers to what it let through.
type Tracking string

// Trackings of a bridge, best first. A router always has that of the kernel.
const (
	// Native is connection tracking of the bridge family (nf_conntrack_bridge).
	Native Tracking = "native"
	// BrNetfilter leads bridged packets through the hooks of IP.
	BrNetfilter Tracking = "br_netfilter"
	// Stateless takes for an answer what comes from a service's port, does not
	// open a connection, and goes the other way of what is allowed.
	Stateless Tracking = "stateless"
)

// Side is one of the two interfaces of a ProxyARP or Bridge machine.
type Side string

// Sides.
const (
	Office Side = "office"
	Plant  Side = "plant"
)

// Host is an address and the side on which it stands.
type Host struct {
	Addr netip.Addr `json:"addr"`
	Side Side       `json:"side"`
}

// Config says where the wall stands. The zero value of everything but Mode is a
// useful one for a router.
type Config struct {
	Mode Mode `json:"mode"`
	// Office and Plant are the names of the two interfaces. A router may leave
	// them empty: it judges whatever it forwards.
	Office string `json:"office,omitempty"`
	Plant  string `json:"plant,omitempty"`
	// Bridge is the name of the bridge that Setup makes of the two interfaces,
	// "bulkhead0" if empty.
	Bridge string `json:"bridge,omitempty"`
	// Tracking of a bridge; "" is the best that the kernel has.
	Tracking Tracking `json:"tracking,omitempty"`
	// Hosts are the hosts of a ProxyARP machine that are known beforehand; Learn
	// adds others.
	Hosts []Host `json:"hosts,omitempty"`
	// Learn are the subnets of whose addresses a ProxyARP machine learns by
	// itself (Topology.Listen); none learns nothing. Name gateways and servers in
	// Hosts all the same: of two who claim an address that is not named, the first
	// is believed.
	Learn []netip.Prefix `json:"learn,omitempty"`
	// GroupForward are link-local group addresses that a bridge passes on, as
	// bits of their last byte (01-80-C2-00-00-0X): 0x4000 is LLDP. The kernel
	// refuses bits 0 to 2 (STP, pause frames, LACP).
	GroupForward uint16 `json:"group_forward,omitempty"`
	// Relay are the local TCP ports of relays by protocol. Conduits whose
	// protocol is not among them let nothing through.
	Relay map[string]uint16 `json:"relay,omitempty"`
	// Group is the netlink log group of denied packets, 66 if 0.
	Group uint16 `json:"group,omitempty"`
	// Table is the name of the tables, "bulkhead" if empty.
	Table string `json:"table,omitempty"`
	// Namespace is the path of a network namespace (/run/netns/x); empty for that
	// of the calling thread.
	Namespace string `json:"namespace,omitempty"`
}

// ErrConfig is the error of a configuration that cannot be.
var ErrConfig = errors.New("enforcer configuration")

// Relays are the protocols for which a relay is known, in a fixed order.
var relays = []string{"modbus", "s7comm", "enip"}

// filled returns the configuration with its defaults, or says what is wrong.
func (c Config) filled() (Config, error) {
	if c.Bridge == "" {
		c.Bridge = "bulkhead0"
	}
	if c.Group == 0 {
		c.Group = 66
	}
	if c.Table == "" {
		c.Table = "bulkhead"
	}
	switch {
	case c.Mode != Router && c.Mode != ProxyARP && c.Mode != Bridge:
		return c, fmt.Errorf("%w: %q is no mode", ErrConfig, c.Mode)
	case c.Mode != Router && (c.Office == "" || c.Plant == "" || c.Office == c.Plant):
		return c, fmt.Errorf("%w: a %s needs two interfaces", ErrConfig, c.Mode)
	case !slices.Contains([]Tracking{"", Native, BrNetfilter, Stateless}, c.Tracking):
		return c, fmt.Errorf("%w: %q is no way to know answers", ErrConfig, c.Tracking)
	case c.Mode == Bridge && len(c.Relay) > 0:
		return c, fmt.Errorf("%w: a bridge has no relays; a proxy-arp machine has", ErrConfig)
	}
	for name, port := range c.Relay {
		if !slices.Contains(relays, name) || port == 0 {
			return c, fmt.Errorf("%w: no relay %q on port %d", ErrConfig, name, port)
		}
	}
	return c, nil
}
