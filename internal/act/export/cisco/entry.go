package cisco

import (
	"cmp"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/act/export/device"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// Net is a set of addresses with what was not understood of it.
type Net struct {
	Addrs device.Addrs
	Why   string
}

// Dialect is how a device writes entries, and what their names stand for.
type Dialect struct {
	// Family is 4 or 6 where a list is of one family, else 0.
	Family int
	// Wildcard is true where a mask has ones where a bit may be anything.
	Wildcard bool
	Net      func(name string) Net
	// Service is a group of services, false if the name is none of one.
	Service func(name string) (device.Services, bool)
	Time    func(name string) (until time.Time, why string)
	// Addr is an address by a name that the device has for it.
	Addr func(name string) (netip.Addr, bool)
}

// Entry reads what follows "permit" or "deny". Aside is true of an entry that
// is not about first packets of connections, and then why says so; off of one
// that is not in force.
func (d *Dialect) Entry(allow bool, words []string) (f device.Found, aside, off bool) {
	p := &entry{d: d, rest: words}
	f = device.Found{Allow: allow}
	p.protocol()
	f.From = p.addr()
	src := p.ports()
	f.To = p.addr()
	dst := p.ports()
	p.options()
	f.What = p.services(src, dst)
	f.Until = p.until
	if p.why != "" && (p.lost || p.maybe) {
		f.Maybe = true
	}
	if p.lost {
		// What could not be read may stand for anything.
		f.From, f.To, f.What = device.AnyAddr(), device.AnyAddr(), device.AnyService()
		if d.Family != 0 {
			all := device.Prefixes(map[int]netip.Prefix{4: device.All4, 6: device.All6}[d.Family])
			f.From, f.To = all, all
		}
	}
	f.Why = p.why
	if p.aside != "" && !p.lost {
		f.Why = p.aside
		return f, true, p.off
	}
	return f, false, p.off
}

// entry is a position in an entry's words.
type entry struct {
	d     *Dialect
	rest  []string
	proto uint8
	group device.Services // in place of a protocol
	named bool            // group is given
	icmp  *device.Services
	dst   *device.Services // a group of services in place of ports
	until time.Time
	why   string // what was not understood
	lost  bool   // and nothing after it can be trusted
	maybe bool   // it holds under conditions that are not read
	aside string
	off   bool
}

func (p *entry) word() string {
	if len(p.rest) == 0 {
		return ""
	}
	return p.rest[0]
}

func (p *entry) next() string {
	w := p.word()
	if len(p.rest) > 0 {
		p.rest = p.rest[1:]
	}
	return w
}

func (p *entry) fail(why string) {
	if !p.lost {
		p.lost, p.why = true, why
	}
}

func (p *entry) doubt(why string) { p.maybe, p.why = true, cmp.Or(p.why, why) }

// protocols are the names of IP protocols in access lists.
var protocols = map[string]uint8{
	"ip": policy.Any, "ipv6": policy.Any, "icmp": 1, "igmp": 2, "ipinip": 4, "tcp": 6, "igrp": 9, "udp": 17, "gre": 47, "esp": 50, "ipsec": 50, "ah": 51, "ahp": 51,
	"icmp6": 58, "icmpv6": 58, "eigrp": 88, "ospf": 89, "nos": 94, "pim": 103, "pcp": 108, "snp": 109, "vrrp": 112, "sctp": 132,
}

func (p *entry) protocol() {
	w := p.next()
	if w == "object-group" || w == "object" {
		name := p.next()
		s, is := p.d.Service(name)
		if !is {
			s = device.UnknownService(policy.Any)
			p.why = "the service " + name + " is not in this text"
		}
		p.group, p.named = s, true
		return
	}
	proto, is := protocols[w]
	if n, err := strconv.ParseUint(w, 10, 8); err == nil && !is {
		proto, is = uint8(n), true
	}
	if !is {
		p.fail("the protocol " + w + " is not known")
		return
	}
	if w == "icmp" && p.d.Family == 6 {
		proto = policy.ICMPv6
	}
	p.proto = proto
}

// addr reads one end: any, host, a network with its mask, a group.
func (p *entry) addr() device.Addrs {
	if p.lost {
		return device.UnknownAddr()
	}
	whole := device.AnyAddr()
	if p.d.Family != 0 {
		whole = device.Prefixes(map[int]netip.Prefix{4: device.All4, 6: device.All6}[p.d.Family])
	}
	switch w := p.next(); w {
	case "any":
		return whole
	case "any4":
		return device.Prefixes(device.All4)
	case "any6":
		return device.Prefixes(device.All6)
	case "host":
		if a, ok := p.d.address(p.next()); ok {
			return device.Prefixes(netip.PrefixFrom(a, a.BitLen())).And(whole)
		}
		p.fail("a host's address is none")
	case "object-group", "object", "addrgroup":
		n := p.d.Net(p.next())
		if n.Why != "" {
			p.why = cmp.Or(p.why, n.Why)
		}
		return n.Addrs.And(whole)
	case "interface":
		p.next()
		p.why = cmp.Or(p.why, "an interface's address is not read")
		return device.UnknownAddr()
	default:
		return p.network(w).And(whole)
	}
	return device.UnknownAddr()
}

func (p *entry) network(w string) device.Addrs {
	if x, err := netip.ParsePrefix(w); err == nil && !x.Addr().Is4In6() {
		return device.Prefixes(x)
	}
	a, ok := p.d.address(w)
	mask, err := netip.ParseAddr(p.word())
	if !ok || err != nil {
		p.fail("an address is none: " + w)
		return device.UnknownAddr()
	}
	p.next()
	if p.d.Wildcard {
		if s, ok := device.Wildcard(a, mask); ok {
			return s
		}
		p.why = cmp.Or(p.why, "a wildcard mask with too many gaps")
		return device.UnknownAddr()
	}
	if x, ok := device.Masked(a, mask); ok {
		return device.Prefixes(x)
	}
	p.fail("a mask with gaps")
	return device.UnknownAddr()
}

func (d *Dialect) address(w string) (netip.Addr, bool) {
	if a, err := netip.ParseAddr(w); err == nil && !a.Is4In6() && a.Zone() == "" {
		return a, true
	}
	if d.Addr != nil {
		return d.Addr(w)
	}
	return netip.Addr{}, false
}

// ports reads "eq 502", "range 1 9", "neq", "gt", "lt"; none is every port.
func (p *entry) ports() []device.Span {
	all := []device.Span{device.AllPorts}
	if p.lost {
		return all
	}
	switch op := p.word(); op {
	case "eq", "neq", "gt", "lt", "range":
		p.next()
		s, n := Spans(op, p.rest, p.proto)
		if n == 0 {
			p.fail("a port is not known: " + op + " " + p.word())
			return all
		}
		p.rest = p.rest[n:]
		return s
	case "object-group", "object":
		// In the place of ports stands a group of ports, in that of an address one
		// of addresses.
		if len(p.rest) < 2 {
			return all
		}
		if s, is := p.d.Service(p.rest[1]); is {
			p.rest = p.rest[2:]
			p.dst = &s
		}
	}
	return all
}

// Spans reads the ports of an operator and says how many words they took; none
// if they are not known. Several may follow "eq" and "neq".
func Spans(op string, words []string, proto uint8) ([]device.Span, int) {
	var ports []uint16
	for _, w := range words {
		n, ok := portNumber(w, proto)
		if !ok {
			break
		}
		ports = append(ports, n)
		if len(ports) == 1 && op != "eq" && op != "neq" || len(ports) == 2 && op == "range" {
			if op != "range" || len(ports) == 2 {
				break
			}
		}
	}
	if len(ports) == 0 {
		return nil, 0
	}
	var s []device.Span
	for _, n := range ports {
		s = append(s, device.Span{First: n, Last: n})
	}
	switch n := ports[0]; {
	case op == "eq":
		return s, len(ports)
	case op == "neq":
		return device.Without(s), len(ports)
	case op == "gt" && n < 65535:
		return []device.Span{{First: n + 1, Last: 65535}}, 1
	case op == "lt" && n > 0:
		return []device.Span{{First: 0, Last: n - 1}}, 1
	case op == "range" && len(ports) == 2 && n <= ports[1]:
		return []device.Span{{First: n, Last: ports[1]}}, 2
	}
	return nil, 0
}

// passive are options that change nothing about what matches.
var passive = map[string]bool{"log": true, "log-input": true, "debugging": true, "disable": true, "default": true, "informational": true, "notifications": true, "warnings": true, "errors": true, "critical": true, "alerts": true, "emergencies": true}

func (p *entry) options() {
	for len(p.rest) > 0 && !p.lost {
		w := p.next()
		n, err := strconv.Atoi(w)
		numeric := err == nil
		switch {
		case passive[w]:
			// "log 6 interval 300" of ASA
			if _, err := strconv.Atoi(p.word()); err == nil && w == "log" {
				p.next()
			}
		case w == "interval" || w == "sequence":
			p.next()
		case w == "reflect":
			p.next()
		case w == "timeout" && numeric:
		case w == "timeout":
			p.next()
		case w == "established":
			p.aside = "it lets answers through, not connections"
		case w == "fragments":
			p.aside = "it is about fragments after the first"
		case w == "inactive":
			p.off = true
		case w == "time-range":
			until, why := p.d.Time(p.next())
			p.until = until
			if why != "" {
				p.doubt(why)
			}
		case p.proto == policy.ICMP || p.proto == policy.ICMPv6:
			if i, is := Types(p.proto)[w]; is {
				n, numeric = i, true
			}
			if !numeric {
				p.doubt("the type of ICMP " + w + " is not known")
				continue
			}
			s, decides := device.ICMP(p.proto, n)
			if !decides {
				p.aside = "errors and neighbours are not connections"
			}
			p.icmp = &s
			if _, err := strconv.Atoi(p.word()); err == nil {
				p.next() // the code
			}
		default:
			p.doubt("its condition " + w + " is not read")
		}
	}
}

func (p *entry) services(src, dst []device.Span) device.Services {
	switch {
	case p.lost:
		return device.UnknownService(policy.Any)
	case p.named:
		if !p.group.Known() {
			p.why = cmp.Or(p.why, "a group of services is not known")
		}
		return p.group
	case p.icmp != nil:
		if !p.icmp.Known() {
			p.why = cmp.Or(p.why, "a type of ICMP that is not known")
		}
		return *p.icmp
	case p.dst != nil:
		s := p.dst.And(device.Product(p.proto, src, []device.Span{device.AllPorts}))
		if !s.Known() {
			p.why = cmp.Or(p.why, "a group of ports is not known")
		}
		return s
	case p.proto == policy.Any:
		return device.AnyService()
	}
	return device.Product(p.proto, src, dst)
}

// Clock is the time zone of a device, as far as its configuration says: without
// a word it is UTC.
type Clock struct {
	offset time.Duration
	summer bool
}

// Read takes "clock timezone CET 1 0" and "clock summer-time CEST recurring".
func (c *Clock) Read(l *Line) {
	switch {
	case l.Is("clock", "timezone"):
		h, err := strconv.Atoi(l.Word(3))
		m, err2 := strconv.Atoi(cmp.Or(l.Word(4), "0"))
		if err == nil && err2 == nil {
			c.offset = time.Duration(h)*time.Hour + time.Duration(m)*time.Minute
		}
	case l.Is("clock", "summer-time"):
		c.summer = true
	}
}

// utc is a time of the device's clock. In March and October, when summer time
// begins and ends, it may be an hour off.
func (c *Clock) utc(t time.Time) time.Time {
	t = t.Add(-c.offset)
	if c.summer && t.Month() >= time.April && t.Month() <= time.October {
		t = t.Add(-time.Hour)
	}
	return t
}

// Range reads "absolute start … end …" of a time range. Others hold at certain
// times only.
func Range(body []Line, clock *Clock) (time.Time, string) {
	if len(body) != 1 || body[0].Word(0) != "absolute" {
		return time.Time{}, "it holds at certain times only"
	}
	w := body[0].Words[1:]
	var until time.Time
	for len(w) >= 5 {
		t, err := time.Parse("15:04 2 January 2006", strings.Join(w[1:5], " "))
		switch {
		case err != nil:
			return time.Time{}, "its times are none"
		case w[0] == "start" && t.After(time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)):
			return time.Time{}, "it holds from a certain time on only"
		case w[0] == "end":
			until = clock.utc(t).Add(time.Minute) // the minute itself is in it
		}
		w = w[5:]
	}
	if len(w) > 0 {
		return time.Time{}, "its times are none"
	}
	return until, ""
}

// LastEnd is the latest time that a range may end at.
var LastEnd = time.Date(2035, 12, 31, 23, 59, 0, 0, time.UTC)

// End is how the last minute before a time is written, in a device's time zone.
func End(until time.Time, zone *time.Location) string {
	if zone == nil {
		zone = time.UTC
	}
	return until.Truncate(time.Minute).Add(-time.Minute).In(zone).Format("15:04 2 January 2006")
}

// Member reads a member of a group of services: "tcp eq 502", "tcp-udp range 1
// 9", "udp source eq 53 eq 53", "icmp echo", "tcp destination gt 1023", "ip".
func Member(w []string) device.Services {
	if len(w) == 0 {
		return device.UnknownService(policy.Any)
	}
	if w[0] == "tcp-udp" {
		return Member(append([]string{"tcp"}, w[1:]...)).Or(Member(append([]string{"udp"}, w[1:]...)))
	}
	proto, is := protocols[w[0]]
	if n, err := strconv.ParseUint(w[0], 10, 8); err == nil && !is {
		proto, is = uint8(n), true
	}
	if !is {
		return device.UnknownService(policy.Any)
	}
	if proto == policy.Any {
		return device.AnyService()
	}
	src, dst := []device.Span{device.AllPorts}, []device.Span{device.AllPorts}
	into := &dst
	for w = w[1:]; len(w) > 0; {
		switch w[0] {
		case "source":
			into, w = &src, w[1:]
		case "destination":
			into, w = &dst, w[1:]
		case "eq", "neq", "gt", "lt", "range":
			s, n := Spans(w[0], w[1:], proto)
			if n == 0 {
				return device.UnknownService(proto)
			}
			*into, w = s, w[1+n:]
			into = &dst
		default:
			kind, known := Types(proto)[w[0]]
			if n, err := strconv.Atoi(w[0]); err == nil {
				kind, known = n, true
			}
			if proto != policy.ICMP && proto != policy.ICMPv6 || !known || len(w) > 2 {
				return device.UnknownService(proto)
			}
			s, _ := device.ICMP(proto, kind)
			return s
		}
	}
	return device.Product(proto, src, dst)
}
