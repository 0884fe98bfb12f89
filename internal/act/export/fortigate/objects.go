package fortigate

import (
	"cmp"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/act/export/device"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// objects are what policies refer to by name. A name is resolved once.
type objects struct {
	address, address6, group, group6 map[string]*entry
	service, serviceGroup            map[string]*entry
	onetime                          map[string]*entry
	clock                            *time.Location // of schedules; nil is UTC

	addrs    [2]map[string]named
	services map[string]device.Services
}

// named is a resolved object: what was not understood of it is why.
type named struct {
	addrs device.Addrs
	why   string
}

// maxNesting is how deep groups may hold groups.
const maxNesting = 16

// addr is the addresses of a name in a family.
func (o *objects) addr(name string, family, depth int) named {
	i := family/2 - 2 // 4 is 0, 6 is 1
	if n, is := o.addrs[i][name]; is {
		return n
	}
	if depth > maxNesting {
		return named{device.UnknownAddr(), "groups hold each other"}
	}
	objects, groups := o.address, o.group
	if family == 6 {
		objects, groups = o.address6, o.group6
	}
	var n named
	switch {
	case objects[name] != nil && family == 4:
		n = address4(objects[name])
	case objects[name] != nil:
		n = address6(objects[name])
	case groups[name] != nil:
		n = o.members(groups[name], family, depth+1)
	case name == "all":
		n = named{device.AnyAddr(), ""}
	case name == "none":
		n = named{device.NoAddr(), ""}
	default:
		n = named{device.UnknownAddr(), "address " + name + " is not in this text"}
	}
	n.addrs = n.addrs.And(whole(family))
	if o.addrs[i] == nil {
		o.addrs[i] = map[string]named{}
	}
	o.addrs[i][name] = n
	return n
}

func whole(family int) device.Addrs {
	if family == 4 {
		return device.Prefixes(device.All4)
	}
	return device.Prefixes(device.All6)
}

func (o *objects) members(g *entry, family, depth int) named {
	n := o.union(g.all("member"), family, depth)
	if g.on("exclude") {
		x := o.union(g.all("exclude-member"), family, depth)
		n.addrs = n.addrs.And(x.addrs.Not())
		if n.why == "" {
			n.why = x.why
		}
	}
	return n
}

func (o *objects) union(names []string, family, depth int) named {
	n := named{addrs: device.NoAddr()}
	parts := make([]device.Addrs, 0, len(names))
	for _, name := range names {
		m := o.addr(name, family, depth)
		parts = append(parts, m.addrs)
		if n.why == "" {
			n.why = m.why
		}
	}
	n.addrs = n.addrs.Or(parts...)
	return n
}

func address4(e *entry) named {
	unknown := func(why string) named { return named{device.UnknownAddr(), "address " + e.name + ": " + why} }
	switch kind := e.one("type"); kind {
	case "", "ipmask":
		w := e.all("subnet")
		switch len(w) {
		case 0:
			return named{device.Prefixes(device.All4), ""}
		case 1:
			if p, err := netip.ParsePrefix(w[0]); err == nil && p.Addr().Is4() {
				return named{device.Prefixes(p), ""}
			}
		case 2:
			if p, ok := device.Masked(parse(w[0]), parse(w[1])); ok {
				return named{device.Prefixes(p), ""}
			}
		}
		return unknown("its subnet is none")
	case "iprange":
		if a, ok := device.Range(parse(e.one("start-ip")), parse(e.one("end-ip"))); ok {
			return named{a, ""}
		}
		return unknown("its range is none")
	case "wildcard":
		w := e.all("wildcard")
		if len(w) == 2 {
			// FortiOS writes ones where an address counts, Cisco zeros.
			if mask := parse(w[1]); mask.Is4() {
				if a, ok := device.Wildcard(parse(w[0]), flip(mask)); ok {
					return named{a, ""}
				}
			}
		}
		return unknown("a wildcard mask with too many gaps")
	default:
		return unknown("its addresses are made elsewhere (" + kind + ")")
	}
}

func address6(e *entry) named {
	unknown := func(why string) named { return named{device.UnknownAddr(), "address " + e.name + ": " + why} }
	switch kind := e.one("type"); kind {
	case "", "ipprefix":
		if e.one("ip6") == "" {
			return named{device.Prefixes(device.All6), ""}
		}
		if p, err := netip.ParsePrefix(e.one("ip6")); err == nil && p.Addr().Is6() && !p.Addr().Is4In6() {
			return named{device.Prefixes(p), ""}
		}
		return unknown("its prefix is none")
	case "iprange":
		if a, ok := device.Range(parse(e.one("start-ip")), parse(e.one("end-ip"))); ok {
			return named{a, ""}
		}
		return unknown("its range is none")
	default:
		return unknown("its addresses are made elsewhere (" + kind + ")")
	}
}

// parse is an address, the zero one if it is none.
func parse(s string) netip.Addr {
	a, err := netip.ParseAddr(s)
	if err != nil || a.Zone() != "" || a.Is4In6() {
		return netip.Addr{}
	}
	return a
}

func flip(mask netip.Addr) netip.Addr {
	b := mask.As4()
	for i := range b {
		b[i] = ^b[i]
	}
	return netip.AddrFrom4(b)
}

// what is the services of a name.
func (o *objects) what(name string, depth int) device.Services {
	if s, is := o.services[name]; is {
		return s
	}
	var s device.Services
	switch {
	case depth > maxNesting:
		return device.UnknownService(policy.Any)
	case o.service[name] != nil:
		s = custom(o.service[name])
	case o.serviceGroup[name] != nil:
		for _, m := range o.serviceGroup[name].all("member") {
			s = s.Or(o.what(m, depth+1))
		}
	default:
		s = builtIn(name)
	}
	if o.services == nil {
		o.services = map[string]device.Services{}
	}
	o.services[name] = s
	return s
}

// builtIn are the services that a device has from the factory; a configuration
// in full lists them, and then they are read there.
func builtIn(name string) device.Services {
	tcp := func(p uint16) device.Services {
		return device.Ports(policy.TCP, device.AllPorts, device.Span{First: p, Last: p})
	}
	udp := func(p uint16) device.Services {
		return device.Ports(policy.UDP, device.AllPorts, device.Span{First: p, Last: p})
	}
	switch name {
	case "ALL":
		return device.AnyService()
	case "ALL_TCP":
		return device.Ports(policy.TCP, device.AllPorts, device.Span{First: 1, Last: 65535})
	case "ALL_UDP":
		return device.Ports(policy.UDP, device.AllPorts, device.Span{First: 1, Last: 65535})
	case "ALL_ICMP", "PING":
		return device.Service(policy.ICMP)
	case "ALL_ICMP6", "PING6":
		return device.Service(policy.ICMPv6)
	case "HTTP":
		return tcp(80)
	case "HTTPS":
		return tcp(443)
	case "SSH":
		return tcp(22)
	case "TELNET":
		return tcp(23)
	case "FTP":
		return tcp(21)
	case "SMTP":
		return tcp(25)
	case "RDP":
		return tcp(3389)
	case "SMB":
		return tcp(445)
	case "SYSLOG":
		return udp(514)
	case "DNS":
		return tcp(53).Or(udp(53))
	case "NTP":
		return tcp(123).Or(udp(123))
	case "SNMP":
		return tcp(161).Or(tcp(162)).Or(device.Ports(policy.UDP, device.AllPorts, device.Span{First: 161, Last: 162}))
	}
	return device.UnknownService(policy.Any)
}

// custom reads a service that is in the text.
func custom(e *entry) device.Services {
	for _, key := range []string{"fqdn", "iprange", "app-category", "application", "helper-disable"} {
		if len(e.all(key)) > 0 && e.one(key) != "0.0.0.0" {
			return device.UnknownService(policy.Any)
		}
	}
	switch e.one("protocol") {
	case "", "TCP/UDP/SCTP", "TCP/UDP/UDP-Lite/SCTP", "5":
		s := ranges(policy.TCP, e.all("tcp-portrange"))
		return s.Or(ranges(policy.UDP, e.all("udp-portrange"))).Or(ranges(132, e.all("sctp-portrange")))
	case "ICMP", "1":
		return icmp(policy.ICMP, e)
	case "ICMP6", "58":
		return icmp(policy.ICMPv6, e)
	case "IP", "2":
		n, err := strconv.Atoi(e.one("protocol-number"))
		switch {
		case e.one("protocol-number") == "" || n == 0 && err == nil:
			return device.AnyService()
		case err == nil && n > 0 && n < 256:
			return device.Service(uint8(n))
		}
	}
	return device.UnknownService(policy.Any)
}

func icmp(proto uint8, e *entry) device.Services {
	if e.one("icmptype") == "" {
		return device.Service(proto)
	}
	kind, err := strconv.Atoi(e.one("icmptype"))
	if err != nil {
		return device.UnknownService(proto)
	}
	s, _ := device.ICMP(proto, kind)
	return s
}

// ranges reads "443", "1000-2000" and "443:1024-65535": what is asked, and after
// the colon the ports of who asks.
func ranges(proto uint8, words []string) device.Services {
	var s device.Services
	for _, w := range words {
		dst, src, both := strings.Cut(w, ":")
		d, ok := span(dst)
		from, ok2 := device.AllPorts, true
		if both {
			from, ok2 = span(src)
		}
		if !ok || !ok2 {
			return device.UnknownService(proto)
		}
		s = s.Or(device.Ports(proto, from, d))
	}
	return s
}

func span(s string) (device.Span, bool) {
	first, last, both := strings.Cut(s, "-")
	if !both {
		last = first
	}
	a, err := strconv.ParseUint(first, 10, 16)
	b, err2 := strconv.ParseUint(last, 10, 16)
	return device.Span{First: uint16(a), Last: uint16(b)}, err == nil && err2 == nil && a <= b
}

// long past: a schedule that began before has begun.
var begun = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)

// schedule is until when a policy holds, and why that is not known.
func (o *objects) schedule(name string) (time.Time, string) {
	if name == "" || name == "always" {
		return time.Time{}, ""
	}
	e := o.onetime[name]
	if e == nil {
		return time.Time{}, "it holds at certain times only (" + name + ")"
	}
	at := cmp.Or(o.clock, time.UTC)
	end, err := time.ParseInLocation(scheduleFormat, strings.Join(e.all("end"), " "), at)
	start, err2 := time.ParseInLocation(scheduleFormat, strings.Join(e.all("start"), " "), at)
	if err != nil || err2 != nil || start.After(begun) {
		return time.Time{}, "it holds at certain times only (" + name + ")"
	}
	return end.UTC().Add(time.Minute), "" // the last minute is in it
}
