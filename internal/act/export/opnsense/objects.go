package opnsense

import (
	"cmp"
	"net/netip"
	"strconv"
	"strings"

	"github.com/bulkhead-ot/bulkhead/internal/act/export/device"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// maxNesting is how deep aliases may hold aliases.
const maxNesting = 16

// named is a set of addresses, and what was not understood of it.
type named struct {
	addrs device.Addrs
	why   string
}

// objects are what rules refer to by name.
type objects struct {
	aliases  map[string]*node
	networks map[string][]netip.Prefix // of interfaces, with their own address
	vague    map[string]bool           // interfaces whose addresses come from elsewhere
	known    map[string]named
}

// net is what stands in a rule as a network: "any", "(self)", an interface's
// network or address, an alias, an address.
func (o *objects) net(name string, depth int) named {
	if n, is := o.known[name]; is {
		return n
	}
	n := o.resolve(name, depth)
	if o.known == nil {
		o.known = map[string]named{}
	}
	o.known[name] = n
	return n
}

func (o *objects) resolve(name string, depth int) named {
	port, own := strings.CutSuffix(name, "ip")
	switch {
	case name == "" || name == "any":
		return named{device.AnyAddr(), ""}
	case name == "(self)":
		// What is addressed to the firewall itself does not cross it.
		return named{device.NoAddr(), ""}
	case depth > maxNesting:
		return named{device.UnknownAddr(), "aliases hold each other"}
	case o.aliases[name] != nil:
		return o.alias(o.aliases[name], depth)
	case o.vague[name] || own && o.vague[port]:
		return named{device.UnknownAddr(), "the network of interface " + name + " comes from elsewhere"}
	case o.networks[name] != nil:
		return named{device.Prefixes(o.networks[name]...), ""}
	case own && o.networks[port] != nil:
		var all []netip.Prefix
		for _, p := range o.networks[port] {
			all = append(all, netip.PrefixFrom(p.Addr(), p.Addr().BitLen()))
		}
		return named{device.Prefixes(all...), ""}
	}
	if a, ok := literal(name); ok {
		return named{a, ""}
	}
	return named{device.UnknownAddr(), "the name " + name + " is not in this text"}
}

// literal is an address, a network, a range or an address with a wildcard mask.
func literal(s string) (device.Addrs, bool) {
	if p, err := netip.ParsePrefix(s); err == nil && !p.Addr().Is4In6() {
		return device.Prefixes(p), true
	}
	if a, err := netip.ParseAddr(s); err == nil && !a.Is4In6() && a.Zone() == "" {
		return device.Prefixes(netip.PrefixFrom(a, a.BitLen())), true
	}
	if first, last, is := strings.Cut(s, "-"); is {
		a, err := netip.ParseAddr(first)
		b, err2 := netip.ParseAddr(last)
		if err == nil && err2 == nil && !a.Is4In6() && !b.Is4In6() {
			return device.Range(a, b)
		}
	}
	if addr, mask, is := strings.Cut(s, "/"); is {
		a, err := netip.ParseAddr(addr)
		m, err2 := netip.ParseAddr(mask)
		if err == nil && err2 == nil {
			return device.Wildcard(a, m)
		}
	}
	return device.Addrs{}, false
}

func (o *objects) alias(n *node, depth int) named {
	kind := n.get("type")
	switch {
	case n.has("enabled") && !n.value("enabled"):
		return named{device.UnknownAddr(), "the alias " + n.get("name") + " is off"}
	case kind != "host" && kind != "network" && kind != "networkgroup":
		return named{device.UnknownAddr(), "what the alias " + n.get("name") + " holds is made elsewhere (" + kind + ")"}
	}
	in, out := []device.Addrs{}, []device.Addrs{}
	why := ""
	for _, word := range content(n) {
		word, not := strings.CutPrefix(word, "!")
		m, ok := named{}, false
		if o.aliases[word] != nil {
			m, ok = o.net(word, depth+1), true
		} else if m.addrs, ok = literal(word); !ok {
			m = named{device.UnknownAddr(), "the alias " + n.get("name") + " holds the name " + word}
		}
		why = cmp.Or(why, m.why)
		if not {
			out = append(out, m.addrs)
		} else {
			in = append(in, m.addrs)
		}
	}
	return named{device.NoAddr().Or(in...).And(device.NoAddr().Or(out...).Not()), why}
}

// content are the words of an alias. Old ones have them in "address".
func content(n *node) []string {
	words := strings.Fields(n.get("content") + " " + n.get("address"))
	if n.get("type") == "networkgroup" {
		words = strings.FieldsFunc(n.get("content"), func(r rune) bool { return r == ',' || r == ' ' || r == '\n' })
	}
	return words
}

// wellKnown are names that people give ports.
var wellKnown = map[string]uint16{"ftp": 21, "ssh": 22, "telnet": 23, "smtp": 25, "domain": 53, "tftp": 69, "http": 80, "pop3": 110, "ntp": 123, "imap": 143, "snmp": 161, "ldap": 389, "https": 443, "syslog": 514, "imaps": 993, "ms-wbt-server": 3389}

// ports is what stands in a rule as a port. It is false if it is not known.
func (o *objects) ports(s string, depth int) ([]device.Span, bool) {
	if s == "" || s == "any" {
		return []device.Span{device.AllPorts}, true
	}
	if n := o.aliases[s]; n != nil {
		if depth > maxNesting || n.get("type") != "port" || n.has("enabled") && !n.value("enabled") {
			return nil, false
		}
		var all []device.Span
		for _, word := range content(n) {
			spans, ok := o.ports(word, depth+1)
			if !ok {
				return nil, false
			}
			all = append(all, spans...)
		}
		return all, true
	}
	if p, is := wellKnown[s]; is {
		return []device.Span{{First: p, Last: p}}, true
	}
	first, last, is := strings.Cut(strings.ReplaceAll(s, ":", "-"), "-")
	if !is {
		last = first
	}
	a, err := strconv.ParseUint(first, 10, 16)
	b, err2 := strconv.ParseUint(last, 10, 16)
	if err != nil || err2 != nil || a > b {
		return nil, false
	}
	return []device.Span{{First: uint16(a), Last: uint16(b)}}, true
}

// service reads a protocol, its ports and types of ICMP.
func (o *objects) service(proto, src, dst, icmp, icmp6 string) (device.Services, string) {
	from, ok := o.ports(src, 0)
	to, ok2 := o.ports(dst, 0)
	why := ""
	if !ok || !ok2 {
		why = "its ports are not known"
	}
	all := []uint8{}
	switch name := strings.ToLower(proto); name {
	case "", "any":
		return device.AnyService(), "" // ports are of TCP and UDP alone, and OPNsense takes them for no other
	case "tcp/udp":
		all = append(all, policy.TCP, policy.UDP)
	default:
		n, err := strconv.ParseUint(name, 10, 8)
		if err == nil && n > 0 {
			all = append(all, uint8(n))
		}
		for number, known := range protocols {
			if strings.EqualFold(known, name) {
				all = append(all, number)
			}
		}
		if name == "icmp6" || name == "icmpv6" {
			all = append(all, policy.ICMPv6)
		}
	}
	if len(all) == 0 {
		return device.UnknownService(policy.Any), "the protocol " + proto + " is not known"
	}
	var s device.Services
	for _, p := range all {
		switch {
		case p == policy.ICMP && icmp != "":
			s = s.Or(types(p, icmp, types4))
		case p == policy.ICMPv6 && icmp6 != "":
			s = s.Or(types(p, icmp6, types6))
		case why != "":
			s = s.Or(device.UnknownService(p))
		default:
			s = s.Or(device.Product(p, from, to))
		}
	}
	return s, why
}

// The names of types of ICMP that decide about first packets or surely do not;
// others are unknown.
var (
	types4 = map[string]int{"echoreq": 8, "echorep": 0, "unreach": 3, "squench": 4, "timex": 11, "paramprob": 12}
	types6 = map[string]int{"echoreq": 128, "echorep": 129, "unreach": 1, "toobig": 2, "timex": 3, "paramprob": 4}
)

func types(proto uint8, list string, names map[string]int) device.Services {
	var s device.Services
	for _, name := range strings.Split(list, ",") {
		kind, is := names[name]
		if n, err := strconv.Atoi(name); err == nil {
			kind, is = n, true
		}
		if !is {
			s = s.Or(device.UnknownService(proto))
			continue
		}
		x, _ := device.ICMP(proto, kind)
		s = s.Or(x)
	}
	return s
}
