//go:build linux

package enforce

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// Topology is what Setup changed on the machine so that packets take their way
// through the wall. Its methods may be called by several goroutines.
type Topology struct {
	// Changed says in words what Setup changed, in order.
	Changed []string

	cfg  Config
	caps Caps
	k    *kernel

	mu      sync.Mutex
	undo    []func() error // in the order in which things were done
	changed []string
	hosts   map[netip.Addr]Side
}

// Setup makes the machine what cfg.Mode says: forwarding switched on, proxies
// and routes, a bridge, routing for relays. Set up the wall (Open) first: from
// here on packets pass. What it finds as it should be it leaves, and what it
// changed Close puts back.
func Setup(cfg Config, caps Caps) (*Topology, error) {
	cfg, err := cfg.filled()
	if err != nil {
		return nil, err
	}
	if cfg.Mode == Bridge && cfg.Tracking == "" {
		cfg.Tracking = caps.Best()
	}
	if err := caps.check(cfg); err != nil {
		return nil, err
	}
	t := &Topology{cfg: cfg, caps: caps, hosts: map[netip.Addr]Side{}}
	if t.k, err = dial(cfg.Namespace); err != nil {
		return nil, err
	}
	if err := t.setup(); err != nil {
		return nil, errors.Join(err, t.Close())
	}
	t.Changed = t.changed
	return t, nil
}

func (t *Topology) setup() error {
	if t.cfg.Mode == Bridge {
		return t.bridge()
	}
	if len(t.cfg.Relay) > 0 {
		if err := t.relayRoutes(); err != nil {
			return err
		}
	}
	if t.cfg.Mode == ProxyARP {
		if err := t.proxies(); err != nil {
			return err
		}
		if err := t.Learn(t.cfg.Hosts); err != nil {
			return err
		}
	}
	return t.sysctls("1", "net/ipv4/ip_forward", "net/ipv6/conf/all/forwarding")
}

// Close puts everything back as Setup found it.
func (t *Topology) Close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	var errs []error
	for i := len(t.undo) - 1; i >= 0; i-- {
		errs = append(errs, t.undo[i]())
	}
	t.undo = nil
	return errors.Join(append(errs, t.k.close())...)
}

// did remembers a change and how to take it back. Without a way back it stays.
func (t *Topology) did(undo func() error, format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.changed = append(t.changed, fmt.Sprintf(format, args...))
	if undo != nil {
		t.undo = append(t.undo, undo)
	}
}

// sysctls gives settings below /proc/sys a value.
func (t *Topology) sysctls(value string, names ...string) error {
	for _, n := range names {
		if err := t.sysctl(n, value); err != nil {
			return err
		}
	}
	return nil
}

func (t *Topology) sysctl(name, value string) error {
	path := "/proc/sys/" + name
	var old string
	err := t.k.do(func() error {
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if old = strings.TrimSpace(string(b)); old == value {
			return nil
		}
		return os.WriteFile(path, []byte(value), 0o644)
	})
	if err != nil {
		return fmt.Errorf("setting %s: %w", name, err)
	}
	if old == value {
		return nil
	}
	t.did(func() error {
		return t.k.do(func() error {
			err := os.WriteFile(path, []byte(old), 0o644)
			if errors.Is(err, os.ErrNotExist) { // the interface is gone
				return nil
			}
			return err
		})
	}, "%s from %s to %s", name, old, value)
	return nil
}

// relayTable is the routing table that delivers to relays; relayPriority the
// place of its rule, before the main table's.
const (
	relayTable    = 4248
	relayPriority = 4248
)

// relayRoutes delivers packets that the wall has marked to this machine, though
// they are for another.
func (t *Topology) relayRoutes() error {
	lo, err := t.k.route.LinkByName("lo")
	if err != nil {
		return fmt.Errorf("loopback interface: %w", err)
	}
	if lo.Attrs().Flags&net.FlagUp == 0 {
		if err := t.k.route.LinkSetUp(lo); err != nil {
			return fmt.Errorf("loopback interface: %w", err)
		}
		t.did(nil, "interface lo switched on")
	}
	for _, f := range []struct {
		family int
		all    net.IPNet
	}{
		{netlink.FAMILY_V4, net.IPNet{IP: net.IPv4zero.To4(), Mask: net.CIDRMask(0, 32)}},
		{netlink.FAMILY_V6, net.IPNet{IP: net.IPv6zero, Mask: net.CIDRMask(0, 128)}},
	} {
		route := &netlink.Route{Family: f.family, Dst: &f.all, Type: unix.RTN_LOCAL, Scope: unix.RT_SCOPE_HOST, Table: relayTable, LinkIndex: lo.Attrs().Index}
		if err := t.addRoute(route, "local route of table %d", relayTable); err != nil {
			return err
		}
		rule := netlink.NewRule()
		rule.Family, rule.Mark, rule.Table, rule.Priority = f.family, policy.MarkRelayIn, relayTable, relayPriority
		err := t.k.route.RuleAdd(rule)
		if errors.Is(err, unix.EEXIST) {
			continue
		}
		if err != nil {
			return fmt.Errorf("routing rule for relays: %w", err)
		}
		t.did(func() error { return t.k.route.RuleDel(rule) }, "routing rule: mark %#x to table %d", policy.MarkRelayIn, relayTable)
	}
	return nil
}

// addRoute adds a route that is not there yet.
func (t *Topology) addRoute(r *netlink.Route, format string, args ...any) error {
	err := t.k.route.RouteAdd(r)
	if errors.Is(err, unix.EEXIST) {
		return nil
	}
	if err != nil {
		return fmt.Errorf(format+": %w", append(args, err)...)
	}
	t.did(func() error {
		if err := t.k.route.RouteDel(r); !errors.Is(err, unix.ESRCH) {
			return err
		}
		return nil // it went with its interface
	}, format, args...)
	return nil
}

// bridge makes a bridge of the two interfaces.
func (t *Topology) bridge() error {
	attrs := netlink.NewLinkAttrs()
	attrs.Name = t.cfg.Bridge
	snooping := false // a plant's multicast goes where it went before
	br := &netlink.Bridge{LinkAttrs: attrs, MulticastSnooping: &snooping}
	if t.cfg.GroupForward != 0 {
		br.GroupFwdMask = &t.cfg.GroupForward
	}
	switch err := t.k.route.LinkAdd(br); {
	case errors.Is(err, unix.EEXIST):
	case err != nil:
		return fmt.Errorf("bridge %s: %w", t.cfg.Bridge, err)
	default:
		t.did(func() error { return t.k.route.LinkDel(br) }, "bridge %s", t.cfg.Bridge)
	}
	if t.cfg.Tracking == BrNetfilter {
		// With a tag or without: a frame with a VLAN's tag must not pass by.
		if err := t.sysctls("1", "net/bridge/bridge-nf-call-iptables", "net/bridge/bridge-nf-call-ip6tables", "net/bridge/bridge-nf-filter-vlan-tagged"); err != nil {
			return err
		}
	}
	if t.cfg.Tracking != BrNetfilter && t.caps.Has[FeatureBrNetfilter] {
		// It is on by default where the module is loaded, and costs time.
		if err := t.sysctls("0", "net/bridge/bridge-nf-call-iptables", "net/bridge/bridge-nf-call-ip6tables"); err != nil {
			return err
		}
	}
	return t.enslave()
}

func (t *Topology) enslave() error {
	br, err := t.k.route.LinkByName(t.cfg.Bridge)
	if err != nil {
		return fmt.Errorf("bridge %s: %w", t.cfg.Bridge, err)
	}
	for _, name := range []string{t.cfg.Office, t.cfg.Plant} {
		l, err := t.k.route.LinkByName(name)
		if err != nil {
			return fmt.Errorf("interface %s: %w", name, err)
		}
		if l.Attrs().MasterIndex == br.Attrs().Index {
			continue
		}
		if err := t.k.route.LinkSetMaster(l, br); err != nil {
			return fmt.Errorf("interface %s into bridge %s: %w", name, t.cfg.Bridge, err)
		}
		t.did(func() error { return t.k.route.LinkSetNoMaster(l) }, "interface %s into bridge %s", name, t.cfg.Bridge)
		if err := t.k.route.LinkSetUp(l); err != nil {
			return fmt.Errorf("interface %s: %w", name, err)
		}
	}
	if err := t.k.route.LinkSetUp(br); err != nil {
		return fmt.Errorf("bridge %s: %w", t.cfg.Bridge, err)
	}
	return nil
}
