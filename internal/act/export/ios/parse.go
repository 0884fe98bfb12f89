package ios

import (
	"cmp"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/act/export/cisco"
	"github.com/bulkhead-ot/bulkhead/internal/act/export/device"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// Parse reads a running configuration or a part of one that has the interfaces
// and the lists they apply. An interface without a list lets everything in, as
// IOS does.
func Parse(b []byte) (*policy.RuleSet, error) {
	text, err := device.Text(b)
	if err != nil {
		return nil, err
	}
	sections := cisco.Sections(text, stays)
	r := &reader{lists: map[string]*cisco.Section{}, groups: map[string]*cisco.Section{}, services: map[string]*cisco.Section{}, ranges: map[string][]cisco.Line{}, nets: map[string]cisco.Net{}}
	for i := range sections {
		r.section(&sections[i])
	}
	if len(r.lists) == 0 && len(r.ports) == 0 {
		return nil, fmt.Errorf("%w: it has neither interfaces nor access lists of IOS", device.ErrText)
	}
	if len(r.ports) > cisco.MaxPorts {
		return nil, fmt.Errorf("%w: it has more than %d interfaces", device.ErrText, cisco.MaxPorts)
	}
	r.routes()
	for _, family := range []int{4, 6} {
		r.family(family)
	}
	return r.Done()
}

// stays is true of lines of a list or a group that were typed without
// indentation.
func stays(head, l *cisco.Line) bool {
	list := head.Is("ip", "access-list") || head.Is("ipv6", "access-list")
	_, err := strconv.Atoi(l.Words[0])
	return list && (err == nil || slices.Contains([]string{"permit", "deny", "remark", "evaluate"}, l.Words[0]))
}

type reader struct {
	device.Reading
	clock    cisco.Clock
	topology device.Topology
	lists    map[string]*cisco.Section // by family and name; numbered ones are gathered
	groups   map[string]*cisco.Section
	services map[string]*cisco.Section
	ranges   map[string][]cisco.Line
	nets     map[string]cisco.Net
	ports    []*port
	static   []cisco.Line
	whole    bool // the text is a whole configuration
	routes6  bool // IPv6 is routed
}

// port is a routed interface.
type port struct {
	name    string
	line    int
	off     bool
	carries map[int]bool // families for which it has addresses or lists
	in, out map[int]string
	own     []netip.Prefix
}

// plain are words that begin lines which have no say in what is passed on.
var plain = words(`version service hostname boot boot-start-marker boot-end-marker enable aaa clock logging username line banner snmp-server ntp archive
spanning-tree vlan vtp license redundancy control-plane scheduler end exit track tacacs tacacs-server radius radius-server memory cdp lldp errdisable mls monitor
event alias platform diagnostic transport privilege key call-home voice telephony-service dial-peer card network-clock standby udld power sampler flow netconf
netconf-yang restconf parser process cns file warm-reboot default dot11 qos table-map template nvram facility-alarm macro system switch stack-mac device-tracking
Building Current class-map prompt login multilink subscriber security stackwise-virtual port-channel hw-module transceiver upgrade policy-map route-map exception
sntp gateway sip-ua mgcp ccm-manager rtr udp tcp config-register configure ptp rep mac lacp cisp authentication dot1x fallback`)

// plainIP are those after "ip" or "ipv6".
var plainIP = words(`domain domain-name name-server host http ssh scp cef forward-protocol classless subnet-zero dhcp ftp tftp sla flow flow-export flow-cache
bgp-community tcp multicast multicast-routing pim igmp default-gateway prefix-list community-list as-path finger bootp domain-lookup arp radius tacacs telnet
tftp-client rcmd reflexive-list routing accounting source-route icmp options spd nd mld general-prefix address inspect hop-limit local route nat access-list
unicast-routing vrf unnumbered mtu rsvp`)

func words(s string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(s) {
		m[w] = true
	}
	return m
}

func (r *reader) section(s *cisco.Section) {
	ip := s.Word(0) == "ip" || s.Word(0) == "ipv6"
	switch {
	case s.Is("version"):
		r.whole = true
	case s.Is("clock"):
		r.clock.Read(&s.Line)
	case s.Is("interface"):
		r.port(s)
	case s.Is("ip", "access-list", "extended"), s.Is("ip", "access-list", "standard"):
		r.list(4, s.Word(3), s)
	case s.Is("ipv6", "access-list", "log-update"):
	case s.Is("ipv6", "access-list"):
		r.list(6, s.Word(2), s)
	case s.Is("access-list"):
		r.numbered(s)
	case s.Is("object-group", "network"), s.Is("object-group", "v6-network"):
		r.groups[s.Word(2)] = s
	case s.Is("object-group", "service"):
		r.services[s.Word(2)] = s
	case s.Is("time-range"):
		r.ranges[s.Word(1)] = s.Body
	case ip && s.Word(1) == "route":
		r.static = append(r.static, s.Line)
	case s.Is("ipv6", "unicast-routing"):
		r.routes6 = true
	case ip && s.Word(1) == "vrf" || s.Is("vrf"):
		r.topology.Dynamic = "there are several routing tables"
	case ip && s.Word(1) == "nat":
		r.nat(s)
	case s.Is("router"), s.Is("ip", "local", "policy"):
		r.topology.Dynamic = "routes come from " + strings.Join(s.Words[:min(2, len(s.Words))], " ")
	case s.Is("zone"), s.Is("zone-pair"):
		r.Before(s.Number, s.Text, "a firewall by zones decides as well")
	case s.Is("no", "ip", "access-list"), s.Is("no", "ipv6", "access-list"), s.Is("no", "access-list"), s.Is("no", "object-group"), s.Is("no", "ip", "routing"), s.Is("no", "interface"):
		r.Before(s.Number, s.Text, "what this takes away is not followed")
	case s.Is("crypto"):
		if s.Is("crypto", "map") {
			r.Before(s.Number, s.Text, "what comes through tunnels is not followed")
		}
	case s.Is("no"), plain[s.Word(0)], ip && plainIP[s.Word(1)]:
	case prompt.MatchString(s.Text):
	default:
		r.Before(s.Number, s.Text, "this line is not known")
	}
}

// prompt is a line of a terminal that was pasted along.
var prompt = regexp.MustCompile(`^\S+[#>]\s*(sh(ow)? .*|term.*|exit|end)?$`)

// nat tells of fixed translations: a list on the way in sees addresses before
// they are changed.
func (r *reader) nat(s *cisco.Section) {
	if slices.Contains(s.Words, "static") || s.Is("ip", "nat", "outside") && s.Word(2) == "outside" {
		r.Before(s.Number, s.Text, "addresses are changed after the list of the way in has seen them")
	}
}

// list takes a named list. One that is given again is added to, as IOS does.
func (r *reader) list(family int, name string, s *cisco.Section) {
	key := fmt.Sprint(family, " ", name)
	if old := r.lists[key]; old != nil {
		old.Body = append(old.Body, s.Body...)
		return
	}
	r.lists[key] = s
}

// numbered gathers "access-list 101 permit …".
func (r *reader) numbered(s *cisco.Section) {
	n, err := strconv.Atoi(s.Word(1))
	if err != nil || len(s.Words) < 3 {
		r.Before(s.Number, s.Text, "this list is not known")
		return
	}
	key := fmt.Sprint(4, " ", n)
	if r.lists[key] == nil {
		kind := "extended"
		if n < 100 || n >= 1300 && n < 2000 {
			kind = "standard"
		}
		r.lists[key] = &cisco.Section{Line: cisco.Line{Number: s.Number, Text: s.Text, Words: []string{"ip", "access-list", kind, s.Word(1)}}}
	}
	l := s.Line
	l.Words = l.Words[2:]
	r.lists[key].Body = append(r.lists[key].Body, l)
}

func (r *reader) port(s *cisco.Section) {
	p := &port{name: strings.Join(s.Words[1:], ""), line: s.Number, carries: map[int]bool{}, in: map[int]string{}, out: map[int]string{}}
	low := strings.ToLower(p.name)
	if strings.HasPrefix(low, "loopback") || strings.HasPrefix(low, "null") {
		return
	}
	for i := range s.Body {
		r.portLine(p, &s.Body[i])
	}
	if p.off {
		return
	}
	r.ports = append(r.ports, p)
	r.topology.Declare(p.name)
	for _, x := range p.own {
		r.topology.Connect(p.name, x)
	}
}

func (r *reader) portLine(p *port, l *cisco.Line) {
	family := map[bool]int{true: 6, false: 4}[l.Word(0) == "ipv6"]
	switch {
	case l.Is("shutdown"):
		p.off = true
	case l.Is("ip", "address") || l.Is("ipv6", "address"):
		p.carries[family] = true
		x, err := netip.ParsePrefix(l.Word(2))
		if a, err2 := netip.ParseAddr(l.Word(2)); err2 == nil && family == 4 {
			if m, err3 := netip.ParseAddr(l.Word(3)); err3 == nil {
				if n, ok := device.Masked(a, m); ok {
					x, err = netip.PrefixFrom(a, n.Bits()), nil
				}
			}
		}
		switch {
		case err == nil && x.Addr().Is4() == (family == 4):
			p.own = append(p.own, x)
		case l.Word(3) != "link-local":
			r.topology.Vague(p.name, family)
		}
	case l.Is("no", "ip", "access-group"):
		p.carries[4] = true
	case l.Is("no", "ipv6", "traffic-filter"):
		p.carries[6] = true
	case l.Is("ip", "unnumbered"), l.Is("ipv6", "enable"):
		p.carries[family] = true
	case l.Is("ip", "access-group") && len(l.Words) > 3, l.Is("ipv6", "traffic-filter") && len(l.Words) > 3:
		p.carries[family] = true
		map[string]map[int]string{"in": p.in, "out": p.out}[cmp.Or(map[string]string{"in": "in"}[l.Word(3)], "out")][family] = l.Word(2)
	case l.Is("ip", "policy"), l.Is("ipv6", "policy"), l.Is("vrf", "forwarding"), l.Is("ip", "vrf"):
		r.topology.Dynamic = "a policy decides about routes at interface " + p.name
	case l.Is("zone-member"), l.Is("crypto", "map"), l.Is("ip", "admission"), l.Is("ip", "auth-proxy"), l.Is("ip", "ips"), l.Is("service-policy", "type"):
		r.Before(l.Number, l.Text, "this interface filters in a way that is not read")
	}
}

// routes adds fixed routes, to an interface or by the network the next hop is
// in.
func (r *reader) routes() {
	if len(r.static) > cisco.MaxRoutes {
		r.topology.Dynamic = "there are too many routes"
		return
	}
	for _, l := range r.static {
		w := l.Words[2:]
		var dst netip.Prefix
		if l.Words[0] == "ip" && len(w) >= 3 {
			a, err := netip.ParseAddr(w[0])
			m, err2 := netip.ParseAddr(w[1])
			if err == nil && err2 == nil {
				dst, _ = device.Masked(a, m)
			}
			w = w[2:]
		} else if l.Words[0] == "ipv6" && len(w) >= 2 {
			dst, _ = netip.ParsePrefix(w[0])
			w = w[1:]
		}
		to := ""
		if len(w) > 0 {
			to = r.hop(w)
		}
		switch {
		case strings.HasPrefix(strings.ToLower(to), "null"):
		case !dst.IsValid() || to == "":
			r.topology.Dynamic = "a route leads to where this text does not say"
		default:
			r.topology.Connect(to, dst)
		}
	}
}

func (r *reader) hop(w []string) string {
	a, err := netip.ParseAddr(w[0])
	if err != nil {
		if len(w) > 1 && len(w[1]) > 0 && w[1][0] >= '0' && w[1][0] <= '9' && strings.Contains(w[1], "/") {
			return w[0] + w[1] // "GigabitEthernet 0/1"
		}
		return w[0]
	}
	for _, p := range r.ports {
		for _, x := range p.own {
			if x.Contains(a) {
				return p.name
			}
		}
	}
	return ""
}

// family puts the lists of one family together.
func (r *reader) family(family int) {
	all := device.Prefixes(map[int]netip.Prefix{4: device.All4, 6: device.All6}[family])
	f := device.Found{Name: fmt.Sprint("IPv", family), Line: 1, Text: fmt.Sprint("IPv", family), From: all, To: all, What: device.AnyService()}
	var ports []cisco.Port
	applied := false
	read := map[string]*cisco.List{}
	for _, p := range r.ports {
		if p.carries[family] {
			ports = append(ports, cisco.Port{Name: p.name, In: r.applied(family, p.in[family], read), Out: r.applied(family, p.out[family], read), Default: true})
			applied = applied || p.in[family] != "" || p.out[family] != ""
		}
	}
	switch {
	case family == 6 && r.whole && !r.routes6:
		r.Add(&f) // IOS does not route IPv6 unless told to
	case len(ports) == 0 && r.whole:
		r.Add(&f)
	case len(ports) == 0 || !applied && !r.whole:
		f.Maybe, f.Why = true, "which list is in force at which interface is not in this text"
		for _, allow := range []bool{true, false} {
			f.Allow = allow
			r.Add(&f)
		}
	default:
		cisco.Combine(&r.Reading, &r.topology, ports, all)
	}
}

// applied is a list that an interface names, nil for none. One that is not in
// the text may hold anything, though IOS takes an empty one for none.
func (r *reader) applied(family int, name string, read map[string]*cisco.List) *cisco.List {
	switch {
	case name == "":
		return nil
	case read[name] != nil:
		return read[name]
	}
	l := &cisco.List{Name: name, Line: 1}
	read[name] = l
	s := r.lists[fmt.Sprint(family, " ", name)]
	if s == nil {
		for _, allow := range []bool{true, false} {
			l.Entries = append(l.Entries, device.Found{Name: name, Line: 1, Text: name, Allow: allow, From: device.AnyAddr(), To: device.AnyAddr(), What: device.AnyService(), Maybe: true, Why: "the list " + name + " is not in this text"})
		}
		return l
	}
	l.Line = s.Number
	d := cisco.Dialect{Family: family, Wildcard: family == 4, Net: func(n string) cisco.Net { return r.net(n, 0) }, Service: r.service, Time: r.time}
	for _, line := range numberedLines(s.Body) {
		r.entry(l, &d, s.Is("ip", "access-list", "standard"), &line)
	}
	return l
}

// numberedLines are the entries of a list in the order of their numbers, taken
// off. One without a number comes ten after the last, as IOS counts.
func numberedLines(body []cisco.Line) []cisco.Line {
	type numberedLine struct {
		n    int
		line cisco.Line
	}
	var all []numberedLine
	last := 0
	for _, l := range body {
		if l.Word(0) == "sequence" {
			l.Words = l.Words[1:]
		}
		n, err := strconv.Atoi(l.Word(0))
		if err == nil {
			l.Words = l.Words[1:]
		} else {
			n = last + 10
		}
		last = max(last, n)
		all = append(all, numberedLine{n, l})
	}
	slices.SortStableFunc(all, func(a, b numberedLine) int { return cmp.Compare(a.n, b.n) })
	out := make([]cisco.Line, len(all))
	for i, x := range all {
		out[i] = x.line
	}
	return out
}

func (r *reader) entry(l *cisco.List, d *cisco.Dialect, standard bool, line *cisco.Line) {
	w := line.Words
	if len(w) == 0 {
		return
	}
	switch w[0] {
	case "remark", "exit":
	case "evaluate":
		r.Harmless(line.Number, line.Text, "it lets answers through, not connections")
	case "permit", "deny":
		rest := w[1:]
		if standard {
			rest = standardWords(rest)
		}
		f, aside, off := d.Entry(w[0] == "permit", rest)
		switch {
		case off:
		case aside || f.To.Local():
			r.Harmless(line.Number, line.Text, cmp.Or(f.Why, "no router passes on what is addressed to neighbours"))
		default:
			f.Name, f.Line, f.Text = fmt.Sprintf("%s line %d", l.Name, line.Number), line.Number, line.Text
			l.Entries = append(l.Entries, f)
		}
	default:
		for _, allow := range []bool{true, false} {
			l.Entries = append(l.Entries, device.Found{Name: l.Name, Line: line.Number, Text: line.Text, Allow: allow, From: device.AnyAddr(), To: device.AnyAddr(), What: device.AnyService(), Maybe: true, Why: "this entry is not known"})
		}
	}
}

// standardWords makes an extended entry of a standard one, which names sources
// only and leaves out "host" and masks.
func standardWords(w []string) []string {
	out := []string{"ip"}
	n := 1
	switch {
	case len(w) > 0 && w[0] == "host" && len(w) > 1:
		out, n = append(out, w[0], w[1]), 2
	case len(w) > 0 && w[0] == "any" || len(w) == 0:
		out = append(out, "any")
	case len(w) > 1 && strings.Contains(w[1], "."):
		out, n = append(out, w[0], w[1]), 2
	default:
		out = append(out, "host", w[0])
	}
	out = append(out, "any")
	return append(out, w[min(n, len(w)):]...)
}

func (r *reader) time(name string) (time.Time, string) {
	body, is := r.ranges[name]
	if !is {
		return time.Time{}, "the time range " + name + " is not in this text"
	}
	return cisco.Range(body, &r.clock)
}

// maxNesting is how deep groups may hold groups.
const maxNesting = 16

// net is an object group of addresses.
func (r *reader) net(name string, depth int) cisco.Net {
	if n, is := r.nets[name]; is {
		return n
	}
	s := r.groups[name]
	if s == nil || depth > maxNesting {
		return cisco.Net{Addrs: device.UnknownAddr(), Why: "the group " + name + " is not in this text"}
	}
	n := cisco.Net{Addrs: device.NoAddr()}
	var parts []device.Addrs
	for i := range s.Body {
		l := &s.Body[i]
		if l.Is("description") {
			continue
		}
		m := r.member(l, depth)
		parts = append(parts, m.Addrs)
		n.Why = cmp.Or(n.Why, m.Why)
	}
	n.Addrs = n.Addrs.Or(parts...)
	r.nets[name] = n
	return n
}

func (r *reader) member(l *cisco.Line, depth int) cisco.Net {
	a, err := netip.ParseAddr(l.Word(len(l.Words) - 1))
	switch {
	case l.Is("group-object"):
		return r.net(l.Word(1), depth+1)
	case l.Is("any"):
		return cisco.Net{Addrs: device.AnyAddr()}
	case l.Is("host") && err == nil && !a.Is4In6() && a.Zone() == "":
		return cisco.Net{Addrs: device.Prefixes(netip.PrefixFrom(a, a.BitLen()))}
	case l.Is("range") && err == nil:
		if first, err2 := netip.ParseAddr(l.Word(1)); err2 == nil {
			if s, ok := device.Range(first, a); ok {
				return cisco.Net{Addrs: s}
			}
		}
	case len(l.Words) == 1:
		if x, err2 := netip.ParsePrefix(l.Word(0)); err2 == nil && !x.Addr().Is4In6() {
			return cisco.Net{Addrs: device.Prefixes(x)}
		}
	case len(l.Words) == 2 && err == nil:
		if first, err2 := netip.ParseAddr(l.Word(0)); err2 == nil {
			if x, ok := device.Masked(first, a); ok {
				return cisco.Net{Addrs: device.Prefixes(x)}
			}
		}
	}
	return cisco.Net{Addrs: device.UnknownAddr(), Why: "a member of a group is not known: " + l.Text}
}

// service is an object group of services.
func (r *reader) service(name string) (device.Services, bool) {
	s, is := r.services[name]
	if !is {
		return device.Services{}, false
	}
	return r.serviceGroup(s, 0), true
}

func (r *reader) serviceGroup(s *cisco.Section, depth int) device.Services {
	var all device.Services
	for i := range s.Body {
		l := &s.Body[i]
		switch {
		case l.Is("description"):
		case l.Is("group-object"):
			if g := r.services[l.Word(1)]; g != nil && depth < maxNesting {
				all = all.Or(r.serviceGroup(g, depth+1))
			} else {
				all = all.Or(device.UnknownService(policy.Any))
			}
		default:
			all = all.Or(cisco.Member(l.Words))
		}
	}
	return all
}
