package mikrotik

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/bulkhead-ot/bulkhead/internal/act/export/device"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// Parse reads what "/export" writes, or a part of it. What no rule of the chain
// "forward" matches passes: that is RouterOS' own default.
func Parse(b []byte) (*policy.RuleSet, error) {
	text, err := device.Text(b)
	if err != nil {
		return nil, err
	}
	all, err := commands(text)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(all, func(c command) bool { return strings.HasPrefix(c.menu, "/ip") }) {
		return nil, fmt.Errorf("%w: it has no menu \"/ip …\" of RouterOS", device.ErrText)
	}
	r := &reader{items: map[string][]*command{}, members: map[string][]string{}}
	for i := range all {
		r.command(&all[i])
	}
	r.topologies()
	r.chains, r.entries = r.by("chain"), r.by("list")
	for _, family := range []int{4, 6} {
		r.family(family)
	}
	r.Set.Default = true
	return r.Done()
}

type reader struct {
	device.Reading
	topology device.Topology
	items    map[string][]*command // what was added, by menu
	members  map[string][]string   // interfaces of lists
	vague    map[string]bool       // lists of interfaces that are made of others
	lists    map[string]listed     // address lists by family and name
	ipsec    bool                  // tunnels are in the text
	steps    int
	removals int
	chains   map[string][]*command // items by menu and chain
	entries  map[string][]*command // items by menu and address list
}

type listed struct {
	addrs device.Addrs
	why   string
}

// kept are the menus whose items are read.
var kept = map[string]bool{
	"/ip firewall filter": true, "/ipv6 firewall filter": true, "/ip firewall address-list": true, "/ipv6 firewall address-list": true, "/ip firewall nat": true,
	"/ipv6 firewall nat": true, "/ip firewall raw": true, "/ipv6 firewall raw": true, "/ip firewall mangle": true, "/ipv6 firewall mangle": true,
	"/ip address": true, "/ipv6 address": true, "/ip route": true, "/ipv6 route": true, "/ip dhcp-client": true, "/ipv6 dhcp-client": true,
	"/interface list": true, "/interface list member": true, "/interface pppoe-client": true, "/interface lte": true,
}

// plain are menus that have no say in what is routed between networks.
var plain = map[string]bool{
	"system": true, "tool": true, "user": true, "user-manager": true, "snmp": true, "certificate": true, "queue": true, "radius": true, "ppp": true, "port": true,
	"disk": true, "file": true, "log": true, "caps-man": true, "container": true, "console": true, "dude": true, "iot": true, "lora": true, "lcd": true, "mpls": true,
	"zerotier": true, "task": true, "special-login": true, "partitions": true, "password": true, "interface": true,
	"ip arp": true, "ip dhcp-server": true, "ip dhcp-relay": true, "ip dns": true, "ip pool": true, "ip service": true, "ip ssh": true, "ip neighbor": true, "ip cloud": true,
	"ip smb": true, "ip traffic-flow": true, "ip kid-control": true, "ip media": true, "ip socks": true, "ip tftp": true, "ip proxy": true, "ip packing": true,
	"ip accounting": true, "ip nat-pmp": true, "ip firewall service-port": true, "ip firewall layer7-protocol": true, "ip vrf": false,
	"ipv6 nd": true, "ipv6 pool": true, "ipv6 dhcp-server": true, "ipv6 neighbor": true, "ipv6 dhcp-relay": true,
	"routing filter": true, "routing id": true, "routing table": true, "routing bfd": true, "routing igmp-proxy": true,
}

func (r *reader) command(c *command) {
	path := strings.TrimPrefix(c.menu, "/")
	switch {
	case c.verb == "print" || c.verb == "export":
	case strings.HasPrefix(c.verb, ":"):
		r.Before(c.line, c.text, "a program, which is not followed")
	case kept[c.menu]:
		r.keep(c)
	case path == "ip settings" || path == "ipv6 settings" || path == "ip firewall connection tracking" || path == "ip upnp":
		r.settings(c)
	case strings.HasPrefix(path, "ip ipsec"):
		r.ipsec = r.ipsec || c.verb == "add"
	case strings.HasPrefix(path, "interface bridge filter") || strings.HasPrefix(path, "interface bridge nat") || strings.HasPrefix(path, "ip hotspot") && c.verb == "add":
		r.Before(c.line, c.text, "it may stop packets in a way that is not read")
	case has(path, "routing filter"), has(path, "ip hotspot"):
	case strings.HasPrefix(path, "routing"):
		if c.verb == "add" && !isPlain(path) {
			r.topology.Dynamic = "routes come from " + path
		}
	case !isPlain(path):
		r.Before(c.line, c.text, "the menu "+c.menu+" is not known")
	}
}

func has(path, menu string) bool { return path == menu || strings.HasPrefix(path, menu+" ") }

// isPlain looks for the longest menu that is known.
func isPlain(path string) bool {
	for p := path; p != ""; {
		if is, known := plain[p]; known {
			return is
		}
		i := strings.LastIndexByte(p, ' ')
		if i < 0 {
			break
		}
		p = p[:i]
	}
	return false
}

// maxRemovals bounds commands that each look at all items.
const maxRemovals = 1000

// keep follows what is added to and removed from a menu.
func (r *reader) keep(c *command) {
	items := r.items[c.menu]
	switch {
	case c.verb == "add" && c.props["place-before"] == "":
		r.items[c.menu] = append(items, c)
	case c.verb == "remove" && r.removals < maxRemovals:
		r.removals++
		hit, ok := found(items, c.words)
		if !ok && len(items) > 0 {
			r.Before(c.line, c.text, "what it removes is not followed")
			return
		}
		r.items[c.menu] = slices.DeleteFunc(items, func(it *command) bool { return hit[it] })
	case c.verb == "set" && (c.menu == "/interface list" || c.menu == "/interface lte"):
	default:
		r.Before(c.line, c.text, "this command is not followed")
	}
}

func (r *reader) settings(c *command) {
	p := c.props
	switch {
	case p["enabled"] == "no" && strings.HasSuffix(c.menu, "tracking"):
		r.Before(c.line, c.text, "connections are not tracked, so that rules about their state do not hold")
	case p["enabled"] == "yes" && c.menu == "/ip upnp":
		r.Before(c.line, c.text, "programs may open ways through the router")
	case p["disable-ipv6"] == "yes" || c.menu == "/ipv6 settings" && p["forward"] == "no":
		r.Add(&device.Found{Name: "no IPv6", Line: c.line, Text: c.text, From: device.AnyAddr(), To: device.Prefixes(device.All6), What: device.AnyService()})
	case p["ip-forward"] == "no":
		r.Add(&device.Found{Name: "no forwarding", Line: c.line, Text: c.text, From: device.AnyAddr(), To: device.Prefixes(device.All4), What: device.AnyService()})
	}
}

// by are all items in order by their menu and one of their properties.
func (r *reader) by(property string) map[string][]*command {
	m := map[string][]*command{}
	for menu, items := range r.items {
		for _, c := range items {
			key := menu + "\x00" + c.props[property]
			m[key] = append(m[key], c)
		}
	}
	return m
}

func (c *command) off() bool { return c.props["disabled"] == "yes" || c.props["disabled"] == "true" }

// topologies reads interfaces, their networks and the routes.
func (r *reader) topologies() {
	r.vague = map[string]bool{"dynamic": true, "static": true}
	for _, c := range r.items["/interface list"] {
		if c.props["include"] != "" || c.props["exclude"] != "" {
			r.vague[c.props["name"]] = true
		}
	}
	for _, c := range r.items["/interface list member"] {
		if !c.off() {
			r.members[c.props["list"]] = append(r.members[c.props["list"]], c.props["interface"])
		}
	}
	for _, menu := range []string{"/ip address", "/ipv6 address"} {
		for _, c := range r.items[menu] {
			p, err := netip.ParsePrefix(c.props["address"])
			switch {
			case c.off():
			case err != nil || c.props["from-pool"] != "":
				r.topology.Vague(c.props["interface"], map[bool]int{true: 4, false: 6}[menu == "/ip address"])
			default:
				r.topology.Connect(c.props["interface"], p)
			}
		}
	}
	for _, c := range r.items["/ip dhcp-client"] {
		if !c.off() {
			r.topology.Vague(c.props["interface"], 4)
		}
	}
	for _, c := range r.items["/ipv6 dhcp-client"] {
		if !c.off() {
			r.topology.Vague(c.props["interface"], 6)
		}
	}
	for _, menu := range []string{"/interface pppoe-client", "/interface lte"} {
		for _, c := range r.items[menu] {
			if !c.off() {
				r.topology.Vague(c.props["name"], 4)
			}
		}
	}
	for _, menu := range []string{"/ip route", "/ipv6 route"} {
		r.routes(menu)
	}
	for _, c := range append(r.items["/ip firewall mangle"], r.items["/ipv6 firewall mangle"]...) {
		if c.props["action"] == "mark-routing" && !c.off() {
			r.topology.Dynamic = "marks decide about routes"
		}
	}
}

// maxRoutes bounds what is looked at for each next hop.
const maxRoutes = 20_000

func (r *reader) routes(menu string) {
	if len(r.items[menu]) > maxRoutes {
		r.topology.Dynamic = "there are too many routes"
		return
	}
	for _, c := range r.items[menu] {
		dst := device.All4
		if menu == "/ipv6 route" {
			dst = device.All6
		}
		var err error
		if d := c.props["dst-address"]; d != "" {
			dst, err = netip.ParsePrefix(d)
			if a, err2 := netip.ParseAddr(d); err2 == nil {
				dst, err = netip.PrefixFrom(a, a.BitLen()), nil
			}
		}
		_, blackhole := c.props["blackhole"]
		switch to := r.gateway(c.props["gateway"]); {
		case c.off() || blackhole || slices.Contains(c.words, "blackhole") || c.props["type"] == "blackhole":
		case err != nil || to == "" || c.props["routing-table"] != "" && c.props["routing-table"] != "main" || c.props["routing-mark"] != "":
			r.topology.Dynamic = "a route leads to where this text does not say"
		default:
			r.topology.Connect(to, dst)
		}
	}
}

// gateway is the interface of a next hop: its name, or the one whose network
// the next hop's address is in.
func (r *reader) gateway(g string) string {
	if _, name, is := strings.Cut(g, "%"); is {
		return name
	}
	a, err := netip.ParseAddr(g)
	if err != nil {
		return g
	}
	menu := "/ip address"
	if a.Is6() {
		menu = "/ipv6 address"
	}
	for _, c := range r.items[menu][:min(len(r.items[menu]), maxRoutes)] {
		if p, err := netip.ParsePrefix(c.props["address"]); err == nil && p.Contains(a) && !c.off() {
			return c.props["interface"]
		}
	}
	return ""
}
