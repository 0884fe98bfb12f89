package mikrotik

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/bulkhead-ot/bulkhead/internal/act/export/device"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// Bounds of a walk through chains: jumps multiply.
const (
	maxJumps = 16
	maxSteps = 300_000
)

// ground is what a chain is entered with.
type ground struct {
	from, to device.Addrs
	what     device.Services
	why      string
	maybe    bool
}

func everything(family int) ground {
	all := device.Prefixes(device.All4)
	if family == 6 {
		all = device.Prefixes(device.All6)
	}
	return ground{from: all, to: all, what: device.AnyService()}
}

func menu(family int, name string) string { return root(family) + name }

// family reads what decides about one family: raw, translation, filter.
func (r *reader) family(family int) {
	r.raw(family)
	if g := everything(family); len(r.items[menu(family, "filter")]) == 0 && !r.whole() {
		r.Add(&device.Found{Name: "filter", Line: 1, Text: menu(family, "filter"), From: g.from, To: g.to, What: g.what, Maybe: true, Why: "this menu is not in the text"})
	}
	for _, c := range r.items[menu(family, "nat")] {
		if c.props["chain"] != "dstnat" || c.off() || c.props["action"] == "accept" {
			continue
		}
		g := r.match(c, family, everything(family))
		for _, allow := range []bool{true, false} {
			r.Add(&device.Found{Name: "nat", Line: c.line, Text: c.text, Allow: allow, From: g.from, To: g.to, What: g.what, Maybe: true, Why: "the destination is changed before the filter sees it"})
		}
	}
	r.walk(family, "forward", everything(family), 0)
}

// raw drops come before everything else. Whatever else it does to connections
// is not followed.
func (r *reader) raw(family int) {
	for _, c := range r.items[menu(family, "raw")] {
		switch action := c.props["action"]; {
		case c.off() || c.props["chain"] == "output" || action == "log" || action == "passthrough":
		case c.props["chain"] == "prerouting" && action == "drop":
			g := r.match(c, family, everything(family))
			r.Add(&device.Found{Name: cmp.Or(c.props["comment"], "raw"), Line: c.line, Text: c.text, From: g.from, To: g.to, What: g.what, Why: g.why, Maybe: g.maybe})
		default:
			r.Unknown(c.line, c.text, "what comes before connection tracking is followed only where it drops")
		}
	}
}

// walk goes through a chain and the chains it jumps to. It is false when the
// whole of what it was entered with has been decided or is not known.
func (r *reader) walk(family int, chain string, g ground, depth int) {
	for _, c := range r.chains[menu(family, "filter")+"\x00"+chain] {
		if c.off() {
			continue
		}
		if r.steps++; r.steps > maxSteps || depth > maxJumps {
			if r.steps == maxSteps+1 || depth > maxJumps {
				r.Unknown(c.line, c.text, "chains jump to each other too often")
			}
			return
		}
		at := r.match(c, family, g)
		if at.from.None() || at.to.None() || len(at.what.Might) == 0 {
			continue
		}
		switch action := cmp.Or(c.props["action"], "accept"); action {
		case "accept", "drop", "reject", "tarpit":
			r.Add(&device.Found{Name: cmp.Or(c.props["comment"], fmt.Sprint(chain, " line ", c.line)), Line: c.line, Text: c.text, Allow: action == "accept", From: at.from, To: at.to, What: at.what, Why: at.why, Maybe: at.maybe})
		case "jump":
			r.walk(family, c.props["jump-target"], at, depth+1)
		case "log", "passthrough", "fasttrack-connection", "add-src-to-address-list", "add-dst-to-address-list":
			// These go on to the next rule. Lists that rules fill are in filled.
		case "return":
			if !unconditional(c) {
				r.Unknown(c.line, c.text, "it returns from its chain for some packets only")
			}
			return
		default:
			r.Unknown(c.line, c.text, "its action "+action+" is not known")
		}
	}
}

// whole reports whether the text is an export of everything: one of a single
// menu has no addresses, and says nothing about what it leaves out.
func (r *reader) whole() bool { return len(r.items["/ip address"]) > 0 }

func unconditional(c *command) bool {
	for key := range c.props {
		if !aside[key] {
			return false
		}
	}
	return true
}

// aside are properties that match nothing.
var aside = map[string]bool{
	"chain": true, "action": true, "comment": true, "log": true, "log-prefix": true, "disabled": true, "jump-target": true, "reject-with": true, "hw-offload": true,
	"address-list": true, "address-list-timeout": true, "to-addresses": true, "to-ports": true,
}

// match narrows what a chain was entered with to what an item matches.
func (r *reader) match(c *command, family int, g ground) ground {
	p := c.props
	doubt := func(why string) { g.why = cmp.Or(g.why, why) }
	for _, key := range keys(p) {
		value := p[key]
		bare, not := strings.CutPrefix(value, "!")
		switch key {
		case "src-address", "dst-address":
			a, ok := addresses(bare)
			if !ok {
				a = device.UnknownAddr()
				doubt("the address " + value + " is not one")
			}
			g.end(key, a, not)
		case "src-address-list", "dst-address-list":
			l := r.list(family, bare)
			if l.why != "" {
				doubt(l.why)
			}
			g.end(key, l.addrs, not)
		case "in-interface", "out-interface", "in-interface-list", "out-interface-list":
			a, why := r.behind(key, bare)
			if why != "" {
				doubt(why)
			}
			g.end(map[bool]string{true: "src", false: "dst"}[strings.HasPrefix(key, "in-")], a, not)
		case "connection-state":
			if !states(bare, not) {
				g.what = device.Services{}
			}
		case "connection-nat-state":
			r.natState(&g, bare, not, family)
		case "ipsec-policy":
			if r.ipsec || !r.whole() {
				g.maybe = true
				doubt("it is about packets of tunnels")
			} else if strings.HasSuffix(bare, ",ipsec") != not {
				g.what = device.Services{}
			}
		case "protocol", "src-port", "dst-port", "icmp-options":
		default:
			if !aside[key] {
				g.maybe = true
				doubt("its condition " + key + " is not known")
			}
		}
	}
	s, why := services(c)
	if why != "" {
		doubt(why)
	}
	g.what = g.what.And(s)
	for _, w := range c.words {
		if !strings.Contains(w, "=") {
			g.maybe = true
			doubt("the word " + w + " is not known")
		}
	}
	return g
}

// keys are the properties in a fixed order.
func keys(p map[string]string) []string {
	all := make([]string, 0, len(p))
	for k := range p {
		all = append(all, k)
	}
	slices.Sort(all)
	return all
}

func (g *ground) end(key string, a device.Addrs, not bool) {
	if not {
		a = a.Not()
	}
	if strings.HasPrefix(key, "src") {
		g.from = g.from.And(a)
	} else {
		g.to = g.to.And(a)
	}
}

// addresses are "10.0.0.0/8", "10.0.0.1" or "10.0.0.1-10.0.0.9".
func addresses(s string) (device.Addrs, bool) {
	if first, last, is := strings.Cut(s, "-"); is {
		a, err := netip.ParseAddr(first)
		b, err2 := netip.ParseAddr(last)
		if err != nil || err2 != nil {
			return device.Addrs{}, false
		}
		return device.Range(a, b)
	}
	if p, err := netip.ParsePrefix(s); err == nil && !p.Addr().Is4In6() {
		return device.Prefixes(p), true
	}
	if a, err := netip.ParseAddr(s); err == nil && !a.Is4In6() && a.Zone() == "" {
		return device.Prefixes(netip.PrefixFrom(a, a.BitLen())), true
	}
	return device.Addrs{}, false
}

// list is an address list. One that is nowhere filled is empty, unless rules
// fill it while they run.
func (r *reader) list(family int, name string) listed {
	if r.lists == nil {
		r.lists = map[string]listed{}
		r.filled()
	}
	key := fmt.Sprint(family, name)
	if l, is := r.lists[key]; is {
		return l
	}
	l := listed{addrs: device.NoAddr()}
	var parts []device.Addrs
	for _, c := range r.entries[menu(family, "address-list")+"\x00"+name] {
		if c.off() {
			continue
		}
		a, ok := addresses(c.props["address"])
		if !ok || c.props["timeout"] != "" {
			a = device.UnknownAddr()
			l.why = "the list " + name + " holds a name or an address for a time"
		}
		parts = append(parts, a)
	}
	l.addrs = l.addrs.Or(parts...)
	r.lists[key] = l
	return l
}

// filled marks the lists that rules of any table fill.
func (r *reader) filled() {
	for _, family := range []int{4, 6} {
		for _, table := range []string{"filter", "raw", "mangle", "nat"} {
			for _, c := range r.items[menu(family, table)] {
				if strings.HasPrefix(c.props["action"], "add-") && !c.off() {
					name := c.props["address-list"]
					r.lists[fmt.Sprint(family, name)] = listed{device.UnknownAddr(), "rules fill the list " + name}
				}
			}
		}
	}
}

func (r *reader) behind(key, name string) (device.Addrs, string) {
	if !strings.HasSuffix(key, "-list") {
		return r.topology.Behind(name)
	}
	switch {
	case name == "all":
		return device.AnyAddr(), ""
	case r.vague[name]:
		return device.UnknownAddr(), "the list of interfaces " + name + " is made elsewhere"
	}
	return r.topology.Behind(r.members[name]...)
}

// states reports whether first packets are among the states.
func states(list string, not bool) bool {
	return slices.Contains(strings.Split(list, ","), "new") != not
}

// natState knows that nothing is translated where no rule translates.
func (r *reader) natState(g *ground, list string, not bool, family int) {
	named := strings.Split(list, ",")
	if !slices.Contains(named, "dstnat") {
		g.maybe = true
		g.why = cmp.Or(g.why, "it is about translated connections")
		return
	}
	if !r.whole() || slices.ContainsFunc(r.items[menu(family, "nat")], func(c *command) bool { return c.props["chain"] == "dstnat" && !c.off() }) {
		g.maybe = true
		g.why = cmp.Or(g.why, "it is about connections whose destination is changed")
		return
	}
	if !not {
		g.what = device.Services{}
	}
}

var protocols = map[string]uint8{
	"icmp": 1, "igmp": 2, "ipencap": 4, "tcp": 6, "egp": 8, "igp": 9, "udp": 17, "rdp": 27, "ipv6-encap": 41, "rsvp": 46, "gre": 47, "ipsec-esp": 50, "ipsec-ah": 51,
	"icmpv6": 58, "ospf": 89, "ipip": 94, "etherip": 97, "encap": 98, "pim": 103, "vrrp": 112, "l2tp": 115, "sctp": 132, "udp-lite": 136,
}

// services reads protocol, ports and types of ICMP.
func services(c *command) (device.Services, string) {
	p := c.props
	name, not := strings.CutPrefix(p["protocol"], "!")
	if name == "" || name == "all" {
		if p["src-port"] != "" || p["dst-port"] != "" || p["icmp-options"] != "" {
			return device.UnknownService(policy.Any), "it names ports without a protocol"
		}
		return device.AnyService(), ""
	}
	proto, is := protocols[name]
	if n, err := strconv.ParseUint(name, 10, 8); err == nil {
		proto, is = uint8(n), true
	}
	if !is || proto == policy.Any {
		return device.UnknownService(policy.Any), "the protocol " + name + " is not known"
	}
	if not {
		return device.UnknownService(policy.Any), "every protocol but one"
	}
	if o := p["icmp-options"]; o != "" {
		kind, err := strconv.Atoi(strings.SplitN(o, ":", 2)[0])
		if err != nil {
			return device.UnknownService(proto), "types of ICMP that are not read"
		}
		s, decides := device.ICMP(proto, kind)
		if decides && !s.Known() {
			return s, "a type of ICMP that is not known"
		}
		return s, ""
	}
	src, ok := spans(p["src-port"])
	dst, ok2 := spans(p["dst-port"])
	if !ok || !ok2 {
		return device.UnknownService(proto), "its ports are none"
	}
	return device.Product(proto, src, dst), ""
}

// spans reads "502", "443,8000-8010" and "!22".
func spans(s string) ([]device.Span, bool) {
	if s == "" {
		return []device.Span{device.AllPorts}, true
	}
	s, not := strings.CutPrefix(s, "!")
	var all []device.Span
	for _, part := range strings.Split(s, ",") {
		first, last, is := strings.Cut(part, "-")
		if !is {
			last = first
		}
		a, err := strconv.ParseUint(first, 10, 16)
		b, err2 := strconv.ParseUint(last, 10, 16)
		if err != nil || err2 != nil || a > b {
			return nil, false
		}
		all = append(all, device.Span{First: uint16(a), Last: uint16(b)})
	}
	if not {
		return device.Without(all), true
	}
	return all, true
}
