//go:build linux

package enforce

import (
	"errors"
	"fmt"
	"net"
	"net/netip"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// maxHosts bounds the hosts of a ProxyARP machine.
const maxHosts = 8192

// proxies makes both interfaces answer for the other's hosts, at once: a
// neighbour's second of waiting would be a second without a controller.
func (t *Topology) proxies() error {
	for _, name := range []string{t.cfg.Office, t.cfg.Plant} {
		l, err := t.k.route.LinkByName(name)
		if err != nil {
			return fmt.Errorf("interface %s: %w", name, err)
		}
		if err := t.k.route.LinkSetUp(l); err != nil {
			return fmt.Errorf("interface %s: %w", name, err)
		}
		for _, s := range []struct{ name, value string }{
			{"net/ipv4/conf/" + name + "/proxy_arp", "1"},
			{"net/ipv4/conf/" + name + "/forwarding", "1"},
			{"net/ipv4/conf/" + name + "/send_redirects", "0"},
			{"net/ipv4/neigh/" + name + "/proxy_delay", "0"},
			{"net/ipv6/conf/" + name + "/proxy_ndp", "1"},
			{"net/ipv6/neigh/" + name + "/proxy_delay", "0"},
		} {
			if err := t.sysctl(s.name, s.value); err != nil {
				return err
			}
		}
	}
	return t.sysctls("1", "net/ipv6/conf/all/proxy_ndp")
}

// Learn tells a ProxyARP machine of further hosts; a host whose side is "" is
// looked for among the machine's neighbours, and left out if it is not there. A
// host that is known stays where it is: whoever claims its address on the other
// side is not believed.
func (t *Topology) Learn(hosts []Host) error {
	if t.cfg.Mode != ProxyARP {
		return fmt.Errorf("%w: a %s learns no hosts", ErrConfig, t.cfg.Mode)
	}
	var near map[netip.Addr]Side
	for _, h := range hosts {
		h.Addr = h.Addr.Unmap().WithZone("")
		if h.Side == "" {
			if near == nil {
				var err error
				if near, err = t.neighbours(); err != nil {
					return err
				}
			}
			h.Side = near[h.Addr]
		}
		if h.Side == "" || !h.Addr.IsValid() || t.knows(h.Addr) {
			continue
		}
		if err := t.learn(h); err != nil {
			return err
		}
	}
	return nil
}

// Hosts are the hosts that are known, and on which side they are.
func (t *Topology) Hosts() map[netip.Addr]Side {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := make(map[netip.Addr]Side, len(t.hosts))
	for a, s := range t.hosts {
		out[a] = s
	}
	return out
}

func (t *Topology) knows(a netip.Addr) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, known := t.hosts[a]
	return known
}

// learn makes a route to a host, and has the other side told that its address is
// here.
func (t *Topology) learn(h Host) error {
	here, there := t.cfg.Office, t.cfg.Plant
	switch h.Side {
	case Plant:
		here, there = there, here
	case Office:
	default:
		return fmt.Errorf("%w: host %v is on side %q", ErrConfig, h.Addr, h.Side)
	}
	t.mu.Lock()
	full := len(t.hosts) >= maxHosts
	t.mu.Unlock()
	if full {
		return fmt.Errorf("%w: more than %d hosts", ErrRefused, maxHosts)
	}
	link, err := t.k.route.LinkByName(here)
	if err != nil {
		return fmt.Errorf("interface %s: %w", here, err)
	}
	bits := h.Addr.BitLen()
	r := &netlink.Route{LinkIndex: link.Attrs().Index, Scope: unix.RT_SCOPE_LINK, Dst: &net.IPNet{IP: h.Addr.AsSlice(), Mask: net.CIDRMask(bits, bits)}}
	if err := t.addRoute(r, "route to %v by %s", h.Addr, here); err != nil {
		return err
	}
	if h.Addr.Is6() {
		if err := t.proxyND(h.Addr, there); err != nil {
			return err
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.hosts[h.Addr] = h.Side
	return nil
}

// proxyND answers neighbour solicitations for an address on an interface. ARP
// needs no such entry: the kernel answers for what it has a route to.
func (t *Topology) proxyND(a netip.Addr, name string) error {
	link, err := t.k.route.LinkByName(name)
	if err != nil {
		return fmt.Errorf("interface %s: %w", name, err)
	}
	n := &netlink.Neigh{LinkIndex: link.Attrs().Index, Family: netlink.FAMILY_V6, Flags: netlink.NTF_PROXY, IP: a.AsSlice()}
	if err := t.k.route.NeighAdd(n); err != nil && !errors.Is(err, unix.EEXIST) {
		return fmt.Errorf("proxy for %v on %s: %w", a, name, err)
	}
	t.did(func() error {
		if err := t.k.route.NeighDel(n); !errors.Is(err, unix.ENOENT) {
			return err
		}
		return nil
	}, "neighbour proxy for %v on %s", a, name)
	return nil
}

// neighbours are the hosts that the kernel has heard of on either side.
func (t *Topology) neighbours() (map[netip.Addr]Side, error) {
	all := map[netip.Addr]Side{}
	for side, name := range map[Side]string{Office: t.cfg.Office, Plant: t.cfg.Plant} {
		l, err := t.k.route.LinkByName(name)
		if err != nil {
			return nil, fmt.Errorf("interface %s: %w", name, err)
		}
		list, err := t.k.route.NeighList(l.Attrs().Index, netlink.FAMILY_ALL)
		if err != nil {
			return nil, fmt.Errorf("neighbours on %s: %w", name, err)
		}
		for _, n := range list {
			if a, ok := netip.AddrFromSlice(n.IP); ok && len(n.HardwareAddr) == 6 && n.Flags&netlink.NTF_PROXY == 0 {
				all[a.Unmap()] = side
			}
		}
	}
	return all, nil
}
