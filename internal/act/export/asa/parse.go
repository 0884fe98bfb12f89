package asa

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

// Parse reads a running configuration or a part of one that has lists and says
// where they are in force. Where no list is, the interfaces' levels of security
// decide.
func Parse(b []byte) (*policy.RuleSet, error) {
	text, err := device.Text(b)
	if err != nil {
		return nil, err
	}
	r := &reader{
		lists: map[string][]cisco.Line{}, networks: map[string]*cisco.Section{}, services: map[string]*cisco.Section{}, ranges: map[string][]cisco.Line{},
		names: map[string]netip.Addr{}, nets: map[string]cisco.Net{}, in: map[string]string{}, out: map[string]string{}, read: map[string]*cisco.List{},
	}
	for _, s := range cisco.Sections(text, func(_, _ *cisco.Line) bool { return false }) {
		r.section(&s)
	}
	if len(r.lists) == 0 && len(r.ports) == 0 {
		return nil, fmt.Errorf("%w: it has neither interfaces nor access lists of an ASA", device.ErrText)
	}
	if len(r.ports) > cisco.MaxPorts {
		return nil, fmt.Errorf("%w: it has more than %d interfaces", device.ErrText, cisco.MaxPorts)
	}
	r.routes()
	r.tunnels()
	r.combine()
	return r.Done()
}

type reader struct {
	device.Reading
	clock    cisco.Clock
	topology device.Topology
	lists    map[string][]cisco.Line // lines of lists, from the word after the name
	networks map[string]*cisco.Section
	services map[string]*cisco.Section
	ranges   map[string][]cisco.Line
	names    map[string]netip.Addr
	nets     map[string]cisco.Net
	read     map[string]*cisco.List
	ports    []*port
	in, out  map[string]string // lists by interface
	global   string
	static   []cisco.Line
	same     bool // interfaces of one level may talk
	vpn      *cisco.Line
	filtered bool // what comes through tunnels is filtered
	old      bool // before 9.0: lists are of IPv4
}

type port struct {
	name  string
	level int
	own   []netip.Prefix
}

var plain = words(`hostname domain-name enable passwd password xlate conn-limit dns ftp pager logging mtu failover icmp asdm arp timeout aaa aaa-server user-identity http
snmp-server service telnet ssh console threat-detection username class-map policy-map service-policy prompt call-home end exit quit ntp tls-proxy
no boot clock banner tcp-map terminal dhcpd dhcprelay management-access monitor-interface sla track ssl group-policy webvpn tunnel-group crypto sysopt ip ipv6
license jumbo-frame key certificate smtp-server priority-queue privilege mac-address nameif lacp cluster flow-export snmp names logout configure
checkheaps client-update command-alias compression coredump eject event fips hw-module imap4s ldap multicast-routing pop3s quota redundant resource scep smartcard
vpdn vpn vpn-addr-assign vpn-sessiondb vpnclient wccp zonelabs-integrity zone pim mroute igmp object-group-search dynamic-access-policy-record regex mac-address-table anyconnect mac-list dhcp-client ldap-attribute-map tcp-options pim-old prefix-list route-map as-path community-list ip-address`)

func words(s string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(s) {
		m[w] = true
	}
	return m
}

// prompt is a line of a terminal that was pasted along.
var prompt = regexp.MustCompile(`^\S+[#>]\s*(sh(ow)? .*|term.*|exit|end)?$`)

func (r *reader) section(s *cisco.Section) {
	switch s.Word(0) {
	case "ASA", "PIX":
		major, _, _ := strings.Cut(s.Word(2), ".")
		n, err := strconv.Atoi(major)
		r.old = err == nil && n < 9
	case "clock":
		r.clock.Read(&s.Line)
	case "interface":
		r.port(s)
	case "access-list":
		r.list(s)
	case "access-group":
		r.apply(s)
	case "object", "object-group":
		r.object(s)
	case "time-range":
		r.ranges[s.Word(1)] = s.Body
	case "name":
		if a, err := netip.ParseAddr(s.Word(1)); err == nil {
			r.names[s.Word(2)] = a
		}
	case "route":
		r.static = append(r.static, s.Line)
	case "ipv6":
		switch s.Word(1) {
		case "route":
			r.static = append(r.static, s.Line)
		case "access-list":
			r.Before(s.Number, s.Text, "lists of IPv6 of old releases are not read")
		}
	case "nat", "static", "global", "nat-control":
		r.nat(&s.Line)
	case "same-security-traffic":
		r.same = r.same || s.Word(2) == "inter-interface"
	case "router", "policy-route":
		r.topology.Dynamic = "routes come from " + s.Word(0) + " " + s.Word(1)
	case "firewall":
		r.Before(s.Number, s.Text, "a bridge is filtered by other lists as well")
	case "no":
		if slices.Contains([]string{"access-list", "access-group", "object", "object-group", "interface"}, s.Word(1)) {
			r.Before(s.Number, s.Text, "what this takes away is not followed")
		}
		r.filtered = r.filtered || s.Is("no", "sysopt", "connection", "permit-vpn")
	case "crypto":
		if s.Is("crypto", "map") && slices.Contains(s.Words, "interface") {
			r.vpn = &s.Line
		}
	case "webvpn":
		if slices.ContainsFunc(s.Body, func(l cisco.Line) bool { return l.Is("enable") }) {
			r.vpn = &s.Line
		}
	default:
		if !plain[s.Word(0)] && !strings.HasPrefix(s.Word(0), "Cryptochecksum:") && !prompt.MatchString(s.Text) {
			r.Before(s.Number, s.Text, "this line is not known")
		}
	}
}

// nat tells of translation. Lists speak of real addresses, so most of it leaves
// them right; a destination that is changed does not.
func (r *reader) nat(l *cisco.Line) {
	if l.Word(0) != "nat" || slices.Contains(l.Words, "destination") || r.old {
		r.Before(l.Number, l.Text, "destinations are changed before the list sees them")
		return
	}
	r.Harmless(l.Number, l.Text, "addresses are changed; lists speak of the real ones")
}

func (r *reader) port(s *cisco.Section) {
	p := &port{}
	off := false
	for i := range s.Body {
		l := &s.Body[i]
		switch {
		case l.Is("nameif"):
			p.name = l.Word(1)
		case l.Is("security-level"):
			p.level, _ = strconv.Atoi(l.Word(1))
		case l.Is("shutdown"):
			off = true
		case l.Is("policy-route"), l.Is("bridge-group"):
			r.topology.Dynamic = "an interface does not only route"
		}
	}
	if p.name == "" || off {
		return
	}
	r.ports = append(r.ports, p)
	r.topology.Declare(p.name)
	for i := range s.Body {
		r.address(p, &s.Body[i])
	}
}

func (r *reader) address(p *port, l *cisco.Line) {
	if l.Word(1) != "address" || l.Word(0) != "ip" && l.Word(0) != "ipv6" {
		return
	}
	x, err := netip.ParsePrefix(l.Word(2))
	if l.Word(0) == "ip" {
		a, err2 := netip.ParseAddr(l.Word(2))
		m, err3 := netip.ParseAddr(l.Word(3))
		n, ok := netip.Prefix{}, false
		if err2 == nil && err3 == nil {
			n, ok = device.Masked(a, m)
		}
		if x, err = n, device.ErrText; ok {
			x, err = netip.PrefixFrom(a, n.Bits()), nil
		}
	}
	switch {
	case err == nil && !x.Addr().Is4In6():
		p.own = append(p.own, x)
		r.topology.Connect(p.name, x)
	case l.Word(2) == "dhcp" || l.Word(2) == "pppoe" || l.Word(2) == "autoconfig" || l.Word(2) == "autoconf":
		r.topology.Vague(p.name, map[string]int{"ip": 4, "ipv6": 6}[l.Word(0)])
	case l.Word(3) == "link-local" || l.Word(2) == "standby":
	default:
		r.topology.Vague(p.name, map[string]int{"ip": 4, "ipv6": 6}[l.Word(0)])
	}
}

// list gathers lines of lists, without "line n" and the name.
func (r *reader) list(s *cisco.Section) {
	name := s.Word(1)
	l := s.Line
	l.Words = l.Words[min(2, len(l.Words)):]
	if l.Word(0) == "line" {
		l.Words = l.Words[min(2, len(l.Words)):]
	}
	if name == "" || l.Word(0) == "remark" || name == "alert-interval" || name == "deny-flow-max" {
		return
	}
	r.lists[name] = append(r.lists[name], l)
}

func (r *reader) apply(s *cisco.Section) {
	switch {
	case s.Word(2) == "global":
		r.global = s.Word(1)
	case slices.Contains(s.Words, "control-plane"):
	case s.Word(2) == "in" && s.Word(3) == "interface" && len(s.Words) == 5:
		r.in[s.Word(4)] = s.Word(1)
	case s.Word(2) == "out" && s.Word(3) == "interface" && len(s.Words) == 5:
		r.out[s.Word(4)] = s.Word(1)
	default:
		r.Before(s.Number, s.Text, "where this list is in force is not read")
	}
}

func (r *reader) object(s *cisco.Section) {
	switch s.Word(1) {
	case "network":
		r.networks[s.Word(2)] = s
	case "service", "protocol", "icmp-type":
		r.services[s.Word(2)] = s
	}
	for i := range s.Body {
		if l := &s.Body[i]; l.Is("nat") {
			r.nat(l)
		}
	}
}

func (r *reader) routes() {
	if len(r.static) > cisco.MaxRoutes {
		r.topology.Dynamic = "there are too many routes"
		return
	}
	for _, l := range r.static {
		w := l.Words[1:]
		var dst netip.Prefix
		to := ""
		if l.Words[0] == "ipv6" {
			w = w[1:]
			if len(w) > 1 {
				to = w[0]
				dst, _ = netip.ParsePrefix(w[1])
			}
		} else if len(w) > 2 {
			to = w[0]
			a, err := r.addr(w[1])
			m, err2 := netip.ParseAddr(w[2])
			switch {
			case w[1] == "0" && w[2] == "0":
				dst = device.All4
			case err && err2 == nil:
				dst, _ = device.Masked(a, m)
			}
		}
		switch {
		case strings.EqualFold(to, "Null0"):
		case !dst.IsValid() || to == "":
			r.topology.Dynamic = "a route leads to where this text does not say"
		default:
			r.topology.Connect(to, dst)
		}
	}
}

func (r *reader) addr(w string) (netip.Addr, bool) {
	if a, err := netip.ParseAddr(w); err == nil && !a.Is4In6() && a.Zone() == "" {
		return a, true
	}
	a, is := r.names[w]
	return a, is
}

// tunnels tells that what comes out of tunnels passes by the lists, as it does
// unless people say otherwise.
func (r *reader) tunnels() {
	if r.vpn != nil && !r.filtered {
		r.Add(&device.Found{Name: "tunnels", Line: r.vpn.Number, Text: r.vpn.Text, Allow: true, Maybe: true, From: device.AnyAddr(), To: device.AnyAddr(), What: device.AnyService(), Why: "what comes through tunnels passes by the lists"})
	}
	if r.old {
		for _, allow := range []bool{true, false} {
			r.Add(&device.Found{Name: "IPv6", Line: 1, Text: "ASA Version", Allow: allow, Maybe: true, From: device.AnyAddr(), To: device.Prefixes(device.All6), What: device.AnyService(), Why: "releases before 9.0 have lists of their own for IPv6"})
		}
	}
}

// combine puts the lists of all interfaces together.
func (r *reader) combine() {
	for _, m := range []map[string]string{r.in, r.out} {
		for _, name := range sorted(m) {
			if !slices.ContainsFunc(r.ports, func(p *port) bool { return p.name == name }) {
				r.ports = append(r.ports, &port{name: name, level: -1})
			}
		}
	}
	if len(r.ports) == 0 && r.global != "" {
		r.ports = append(r.ports, &port{name: "any", level: -1})
	}
	var ports []cisco.Port
	for _, p := range r.ports {
		ports = append(ports, cisco.Port{Name: p.name, In: r.incoming(p), Out: r.one(r.out[p.name])})
	}
	if len(ports) == 0 {
		r.Unknown(1, "", "which list is in force at which interface is not in this text")
		return
	}
	cisco.Combine(&r.Reading, &r.topology, ports, device.AnyAddr())
}

func sorted(m map[string]string) []string {
	all := make([]string, 0, len(m))
	for k := range m {
		all = append(all, k)
	}
	slices.Sort(all)
	return all
}

// incoming is what judges what comes in at an interface: its own list, then the
// global one, or, with neither, the levels of security.
func (r *reader) incoming(p *port) *cisco.List {
	own := r.in[p.name]
	switch {
	case own == "" && r.global == "":
		return r.levels(p)
	case own == "":
		return r.one(r.global)
	case r.global == "" || r.global == own:
		return r.one(own)
	}
	key := own + "\x00" + r.global
	if r.read[key] == nil {
		a, b := r.one(own), r.one(r.global)
		r.read[key] = &cisco.List{Name: a.Name, Line: a.Line, Entries: slices.Concat(a.Entries, b.Entries)}
	}
	return r.read[key]
}

// levels lets connections go from a higher level to a lower one.
func (r *reader) levels(p *port) *cisco.List {
	l := &cisco.List{Name: "level of " + p.name, Line: 1}
	for _, q := range r.ports {
		if q != p && (q.level < p.level || q.level == p.level && r.same) && p.level >= 0 && q.level >= 0 {
			at, why := r.topology.Behind(q.name)
			l.Entries = append(l.Entries, device.Found{Name: l.Name + " above " + q.name, Line: 1, Text: "security-level", Allow: true, From: device.AnyAddr(), To: at, What: device.AnyService(), Why: why})
		}
	}
	return l
}

// one is a list, nil for no name.
func (r *reader) one(name string) *cisco.List {
	switch {
	case name == "":
		return nil
	case r.read[name] != nil:
		return r.read[name]
	}
	l := &cisco.List{Name: name, Line: 1}
	r.read[name] = l
	lines := r.lists[name]
	if len(lines) == 0 {
		l.Entries = unknown(name, 1, name, "the list "+name+" is not in this text")
		return l
	}
	l.Line = lines[0].Number
	d := cisco.Dialect{Net: func(n string) cisco.Net { return r.net(n, 0) }, Service: r.service, Time: r.time, Addr: r.addr}
	if r.old {
		d.Family = 4
	}
	for i := range lines {
		r.entry(l, &d, &lines[i])
	}
	return l
}

// unknown is an entry that may pass or stop anything.
func unknown(name string, line int, text, why string) []device.Found {
	var both []device.Found
	for _, allow := range []bool{true, false} {
		both = append(both, device.Found{Name: name, Line: line, Text: text, Allow: allow, From: device.AnyAddr(), To: device.AnyAddr(), What: device.AnyService(), Maybe: true, Why: why})
	}
	return both
}

func (r *reader) entry(l *cisco.List, d *cisco.Dialect, line *cisco.Line) {
	w := line.Words
	if len(w) > 0 && w[0] == "extended" {
		w = w[1:]
	}
	if len(w) == 0 || w[0] != "permit" && w[0] != "deny" {
		l.Entries = append(l.Entries, unknown(l.Name, line.Number, line.Text, "this entry is not known")...)
		return
	}
	f, aside, off := d.Entry(w[0] == "permit", w[1:])
	switch {
	case off:
	case aside || f.To.Local():
		r.Harmless(line.Number, line.Text, cmp.Or(f.Why, "no device passes on what is addressed to neighbours"))
	default:
		f.Name, f.Line, f.Text = fmt.Sprintf("%s line %d", l.Name, line.Number), line.Number, line.Text
		l.Entries = append(l.Entries, f)
	}
}

func (r *reader) time(name string) (time.Time, string) {
	body, is := r.ranges[name]
	if !is {
		return time.Time{}, "the time range " + name + " is not in this text"
	}
	return cisco.Range(body, &r.clock)
}
