package opnsense

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/bulkhead-ot/bulkhead/internal/act/export/device"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// Parse reads a config.xml or a part of one. What no rule matches is stopped,
// as OPNsense does by itself.
func Parse(b []byte) (*policy.RuleSet, error) {
	text, err := device.Text(b)
	if err != nil {
		return nil, err
	}
	root, err := document(text)
	if err != nil {
		return nil, err
	}
	r := &reader{groups: map[string][]string{}, objects: objects{aliases: map[string]*node{}, networks: map[string][]netip.Prefix{}, vague: map[string]bool{}}}
	r.sections(root)
	r.interfaces(root)
	r.routes(root)
	for _, path := range [][]string{{"OPNsense", "Firewall", "Alias", "aliases", "alias"}, {"aliases", "alias"}} {
		for _, a := range root.at(path...) {
			r.objects.aliases[a.get("name")] = a
		}
	}
	r.system(root)
	r.translation(root)
	r.rules(root)
	return r.Done()
}

type reader struct {
	device.Reading
	objects  objects
	topology device.Topology
	groups   map[string][]string // interfaces of groups
}

// plain are sections that have no say in what is passed on, or are read
// elsewhere.
var plain = words(`version theme sysctl system interfaces dhcpd dhcpdv6 dhcrelay dhcrelay6 dnsmasq dyndnses dnsupdates snmpd nat filter rrd load_balancer widgets
revision OPNsense ca cert crl gateways staticroutes aliases schedules vlans laggs bridges gifs gres ppps wireless wol unbound ntpd syslog ifgroups virtualip openvpn
ipsec notifications hasync cron installedpackages trigger_initial_wizard lastchange rrddata igmpproxy proxyarp opendns pptpd diag shaper dhcp6 dns certificate
radvd dhcpbackup`)

// plainParts are those below OPNsense.
var plainParts = words(`Firewall IDS captiveportal cron Netflow TrafficShaper monit proxy Syslog IPsec Swanctl OpenVPN OpenVPNExport wireguard Gateways Interfaces Kea
unboundplus Dnsmasq DHCRelay Hostdiscovery DynDNS AcmeClient HAProxy Nginx Postfix Redis Telegraf Collectd NetSnmp NodeExporter ZabbixAgent zabbixagent Zerotier
Tailscale tailscale tor freeradius ntopng UDPBroadcastRelay mdnsrepeater Backup Trust Auth Diagnostics Core routes Netbird netdata git-backup`)

func words(s string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(s) {
		m[strings.ToLower(w)] = true
	}
	return m
}

func (r *reader) sections(root *node) {
	for _, n := range root.kids {
		if !plain[strings.ToLower(n.name)] && len(n.kids) > 0 {
			r.Before(n.line, "<"+n.name+">", "this section is not known")
		}
	}
	for _, n := range append(root.at("OPNsense"), root.at("OPNSense")...) {
		for _, k := range n.kids {
			name := strings.ToLower(k.name)
			switch {
			case name == "quagga" && slices.ContainsFunc(k.at("general"), func(g *node) bool { return g.value("enabled") }):
				r.topology.Dynamic = "routes come from a routing protocol"
			case name == "quagga" || plainParts[name]:
			case len(k.kids) > 0:
				r.Before(k.line, "<"+k.name+">", "this part is not known")
			}
		}
	}
}

// interfaces reads networks. An interface without an address of a family has
// none behind it but what is routed there.
func (r *reader) interfaces(root *node) {
	for _, all := range root.at("interfaces") {
		for _, n := range all.kids {
			if n.has("enable") && !n.on("enable") || n.name == "lo0" {
				continue
			}
			r.topology.Declare(n.name)
			r.address(n, "ipaddr", "subnet", 4)
			r.address(n, "ipaddrv6", "subnetv6", 6)
			if g := n.get("gateway"); g != "" && g != "none" {
				r.topology.Connect(n.name, device.All4)
			}
			if g := n.get("gatewayv6"); g != "" && g != "none" {
				r.topology.Connect(n.name, device.All6)
			}
		}
	}
	for _, path := range [][]string{{"ifgroups", "ifgroupentry"}, {"OPNsense", "Firewall", "Group", "ifgroupentry"}} {
		for _, g := range root.at(path...) {
			r.groups[g.get("ifname")] = strings.FieldsFunc(g.get("members"), func(c rune) bool { return c == ' ' || c == ',' })
		}
	}
}

func (r *reader) address(n *node, addr, subnet string, family int) {
	a, err := netip.ParseAddr(n.get(addr))
	bits, err2 := strconv.Atoi(n.get(subnet))
	switch {
	case n.get(addr) == "":
	case err != nil || err2 != nil || a.Is4() != (family == 4) || bits < 0 || bits > a.BitLen() || a.Is4In6() || a.Zone() != "":
		r.topology.Vague(n.name, family)
		r.objects.vague[n.name] = true
	default:
		p := netip.PrefixFrom(a, bits)
		r.topology.Connect(n.name, p)
		r.objects.networks[n.name] = append(r.objects.networks[n.name], p)
	}
}

func (r *reader) routes(root *node) {
	port := map[string]string{}
	for _, path := range [][]string{{"gateways", "gateway_item"}, {"OPNsense", "Gateways", "gateway_item"}} {
		for _, g := range root.at(path...) {
			port[g.get("name")] = g.get("interface")
			if g.on("defaultgw") && !g.on("disabled") && g.get("interface") != "" {
				r.topology.Connect(g.get("interface"), map[bool]netip.Prefix{true: device.All6, false: device.All4}[g.get("ipprotocol") == "inet6"])
			}
		}
	}
	for _, path := range [][]string{{"staticroutes", "route"}, {"OPNsense", "routes", "route"}} {
		for _, n := range root.at(path...) {
			p, err := netip.ParsePrefix(n.get("network"))
			to := port[n.get("gateway")]
			switch {
			case n.on("disabled"), strings.HasPrefix(n.get("gateway"), "Null"):
			case err != nil || to == "":
				r.topology.Dynamic = "a route leads to where this text does not say"
			default:
				r.topology.Connect(to, p)
			}
		}
	}
}

// system reads settings that decide before all rules.
func (r *reader) system(root *node) {
	anything := func(n *node, why string, to device.Addrs, maybe bool) {
		r.Add(&device.Found{Name: n.name, Line: n.line, Text: "<" + n.name + ">", From: device.AnyAddr(), To: to, What: device.AnyService(), Why: why, Maybe: maybe})
	}
	for _, s := range root.at("system") {
		if s.on("disablefilter") {
			r.Before(s.line, "<disablefilter>", "the filter is off")
		}
		if !s.on("ipv6allow") {
			anything(s, "", device.Prefixes(device.All6), false)
		}
	}
	for _, f := range root.at("filter") {
		if f.on("bypassstaticroutes") {
			r.Before(f.line, "<bypassstaticroutes>", "what is routed back to where it came from is not filtered")
		}
	}
	for _, g := range root.at("OPNsense", "IDS", "general") {
		if g.value("enabled") && g.value("ips") {
			anything(g, "intrusion prevention may stop what rules let through", device.AnyAddr(), true)
		}
	}
	for _, z := range root.at("OPNsense", "captiveportal", "zones", "zone") {
		if z.value("enabled") {
			r.Before(z.line, "<captiveportal>", "a captive portal decides who may pass")
		}
	}
	for _, all := range root.at("interfaces") {
		for _, n := range all.kids {
			r.privates(n)
		}
	}
}

var private = device.Prefixes(netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16"), netip.MustParsePrefix("fc00::/7"))

// privates are the two switches of an interface that stop sources before any
// rule.
func (r *reader) privates(n *node) {
	if n.has("enable") && !n.on("enable") {
		return
	}
	at, why := r.topology.Behind(n.name)
	f := device.Found{Line: n.line, To: device.AnyAddr(), What: device.AnyService(), Why: why}
	if n.value("blockpriv") {
		f.Name, f.Text, f.From = "blockpriv "+n.name, "<blockpriv>", private.And(at)
		r.Add(&f)
	}
	if n.value("blockbogons") {
		f.Name, f.Text, f.From, f.Why = "blockbogons "+n.name, "<blockbogons>", at.And(device.UnknownAddr()), "which addresses are bogons is not in this text"
		r.Add(&f)
	}
}

// translation tells of what changes a destination before the filter sees it.
func (r *reader) translation(root *node) {
	for _, path := range [][]string{{"nat", "rule"}, {"OPNsense", "Firewall", "DNat", "rule"}, {"OPNsense", "Firewall", "DNat", "rules", "rule"}, {"OPNsense", "Firewall", "Filter", "onetoone", "rule"}, {"OPNsense", "Firewall", "Filter", "npt", "rule"}, {"nat", "onetoone"}, {"nat", "npt"}} {
		for _, n := range root.at(path...) {
			if n.on("disabled") || n.has("enabled") && !n.value("enabled") || len(n.kids) == 0 {
				continue
			}
			from, why := r.topology.Behind(r.ports(n.get("interface"))...)
			for _, allow := range []bool{true, false} {
				r.Add(&device.Found{
					Name: "nat", Line: n.line, Text: fmt.Sprintf("<%s> %s%s", strings.Join(path, "/"), n.get("descr"), n.get("description")), Allow: allow, Maybe: true,
					From: from, To: device.AnyAddr(), What: device.AnyService(), Why: "addresses are changed before the filter sees them" + strings.Repeat(", and "+why, min(1, len(why))),
				})
			}
		}
	}
}

// ports are the interfaces of a list, groups taken apart.
func (r *reader) ports(list string) []string {
	var all []string
	for _, name := range strings.FieldsFunc(list, func(c rune) bool { return c == ',' || c == ' ' }) {
		if members, is := r.groups[name]; is {
			all = append(all, members...)
		} else {
			all = append(all, name)
		}
	}
	return all
}
