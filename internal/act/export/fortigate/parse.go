package fortigate

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/act/export/device"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// Parse reads a FortiOS configuration: a backup, what "show" prints, or a part.
// Policies bound to interfaces are read as for what is routed there, which needs
// the interfaces and routes in the text.
func Parse(b []byte) (*policy.RuleSet, error) {
	text, err := device.Text(b)
	if err != nil {
		return nil, err
	}
	all, err := statements(text)
	if err != nil {
		return nil, err
	}
	blocks, loose, err := tree(all)
	if err != nil {
		return nil, err
	}
	if len(blocks) == 0 {
		return nil, fmt.Errorf("%w: it has no \"config\" section of FortiOS", device.ErrText)
	}
	r := &reader{objects: objects{
		address: map[string]*entry{}, address6: map[string]*entry{}, group: map[string]*entry{}, group6: map[string]*entry{},
		service: map[string]*entry{}, serviceGroup: map[string]*entry{}, onetime: map[string]*entry{},
	}, zones: map[string][]string{}}
	for _, s := range loose {
		if !prompt.MatchString(s.String()) {
			r.Unknown(s.line, s.String(), "it stands outside any section")
		}
	}
	r.sections(blocks, "")
	r.policies()
	return r.Done()
}

// prompt is a line of a terminal that was pasted along.
var prompt = regexp.MustCompile(`^\S+ (\(\S+\) )?[#$]( (show|get|end|exit|config|diagnose).*)?$`)

type reader struct {
	device.Reading
	objects  objects
	topology device.Topology
	zones    map[string][]string // interfaces of zones
	tables   []table
	vdom     string // whose policies these are
}

// table is one list of policies in the order of the text.
type table struct {
	*block
	family int // 4, 6, or 0 for both
	keys   [2]string
}

// plain are sections that have no say in what is passed on: settings of the
// device, profiles that policies name, logs. Of "firewall" only some have none.
var plain = map[string]bool{
	"alertemail": true, "antivirus": true, "application": true, "authentication": true, "automation": true, "casb": true, "certificate": true, "cifs": true,
	"credential-store": true, "diameter-filter": true, "dlp": true, "dnsfilter": true, "emailfilter": true, "endpoint-control": true, "extender-controller": true,
	"extension-controller": true, "file-filter": true, "ftp-proxy": true, "icap": true, "ips": true, "log": true, "monitoring": true, "report": true, "rule": true,
	"sctp-filter": true, "ssh-filter": true, "switch-controller": true, "system": true, "telemetry-controller": true, "user": true, "videofilter": true,
	"virtual-patch": true, "voip": true, "vpn": true, "waf": true, "wanopt": true, "web-proxy": true, "webfilter": true, "wireless-controller": true,
	"router": true, "ztna": true,
}

var plainFirewall = map[string]bool{
	"schedule recurring": true, "schedule group": true, "service category": true, "ippool": true, "ippool6": true, "profile-group": true,
	"profile-protocol-options": true, "ssl-ssh-profile": true, "ssl setting": true, "ssh setting": true, "shaper traffic-shaper": true, "shaper per-ip-shaper": true,
	"shaping-policy": true, "shaping-profile": true, "local-in-policy": true, "local-in-policy6": true, "wildcard-fqdn custom": true, "wildcard-fqdn group": true,
	"central-snat-map": true, "auth-portal": true, "identity-based-route": true, "internet-service-name": true, "internet-service-definition": true,
	"internet-service-custom": true, "internet-service-group": true, "internet-service-addition": true, "internet-service-extension": true, "multicast-address": true,
	"multicast-address6": true, "address6-template": true, "proxy-address": true, "proxy-addrgrp": true, "ldb-monitor": true, "network-service-dynamic": true,
	"sniffer": true, "traffic-class": true, "ssh host-key": true, "ssh local-ca": true, "ssh local-key": true, "vendor-mac": true, "country": true,
	"city": true, "region": true, "internet-service-sld": true, "vip": true, "vip6": true, "vipgrp": true, "vipgrp6": true, "access-proxy": true, "access-proxy6": true,
	"ip-translation": true, "ipv6-eh-filter": true, "decrypted-traffic-mirror": true, "on-demand-sniffer": true, "global": true,
}

func (r *reader) sections(blocks []*block, vdom string) {
	for _, b := range blocks {
		switch {
		case b.path == "vdom":
			for _, e := range b.entries {
				r.sections(e.blocks, e.name)
			}
		case b.path == "global":
			r.sections(b.self.blocks, vdom)
		default:
			r.section(b, vdom)
		}
	}
}

func (r *reader) section(b *block, vdom string) {
	family, rest, _ := strings.Cut(b.path, " ")
	into := map[string]map[string]*entry{
		"address": r.objects.address, "address6": r.objects.address6, "addrgrp": r.objects.group, "addrgrp6": r.objects.group6,
		"service custom": r.objects.service, "service group": r.objects.serviceGroup, "schedule onetime": r.objects.onetime,
	}[rest]
	switch {
	case family == "firewall" && into != nil:
		for _, e := range b.entries {
			into[e.name] = e
		}
		r.odd(b)
	case family == "firewall" && (rest == "policy" || rest == "policy6" || rest == "consolidated policy"):
		r.table(b, rest, vdom)
	case family == "firewall" && !plainFirewall[rest]:
		if len(b.entries) > 0 || len(b.self.values) > 0 {
			r.Before(b.line, "config "+b.path, "this section may stop or pass packets, and is not read")
		}
	case b.path == "system interface":
		r.interfaces(b)
	case b.path == "system zone":
		r.zone(b)
	case b.path == "system global":
		r.clock(b)
	case b.path == "system settings" && b.self.one("ngfw-mode") == "policy-based":
		r.Before(b.self.values["ngfw-mode"].line, "set ngfw-mode policy-based", "policies are judged by application there")
	case b.path == "router static" || b.path == "router static6":
		r.routes(b)
	case b.path == "router policy" || b.path == "router policy6":
		if len(b.entries) > 0 {
			r.topology.Dynamic = "policies decide about routes"
		}
	case family == "router":
		r.routing(b)
	case family != "firewall" && !plain[family]:
		r.Before(b.line, "config "+b.path, "this section is not known")
	}
}

// odd tells of commands that change a table in a way that is not followed.
func (r *reader) odd(b *block) {
	for _, s := range b.odd {
		r.Before(s.line, s.String(), "this command is not followed")
	}
}

func (r *reader) table(b *block, rest, vdom string) {
	r.odd(b)
	if len(b.entries) == 0 {
		return
	}
	if r.vdom != vdom && len(r.tables) > 0 {
		r.Before(b.line, "config "+b.path, "policies of a second virtual firewall, "+vdom+", are not read together with the first one's")
		return
	}
	r.vdom = vdom
	t := table{block: b, keys: [2]string{"addr", "addr6"}}
	switch rest {
	case "policy6":
		t.family = 6
		t.keys[1] = "addr"
	case "consolidated policy":
		t.keys[0] = "addr4"
	}
	r.tables = append(r.tables, t)
}

func (r *reader) interfaces(b *block) {
	for _, e := range b.entries {
		r.topology.Declare(e.name)
		if e.one("status") == "down" {
			continue
		}
		if m := e.one("mode"); m != "" && m != "static" {
			r.topology.Vague(e.name, 4)
		}
		r.connect(e.name, e.all("ip"))
		for _, s := range e.sub("secondaryip") {
			for _, x := range s.entries {
				r.connect(e.name, x.all("ip"))
			}
		}
		for _, v6 := range e.sub("ipv6") {
			if m := v6.self.one("ip6-mode"); m != "" && m != "static" || v6.self.on("autoconf") {
				r.topology.Vague(e.name, 6)
			}
			r.connect(e.name, v6.self.all("ip6-address"))
			for _, s := range v6.self.sub("ip6-extra-addr") {
				for _, x := range s.entries {
					r.connect(e.name, []string{x.name})
				}
			}
		}
	}
}

// connect takes "10.1.0.1 255.255.0.0" or "fd00::1/64". An address of zeros is
// none.
func (r *reader) connect(name string, words []string) {
	p := netip.Prefix{}
	switch len(words) {
	case 1:
		p, _ = netip.ParsePrefix(words[0])
	case 2:
		p, _ = device.Masked(parse(words[0]), parse(words[1]))
	}
	if p.IsValid() && !(p.Addr().IsUnspecified() && len(words) == 2) && p.Masked().Addr() != netip.IPv6Unspecified() {
		r.topology.Connect(name, p)
	}
}

func (r *reader) zone(b *block) {
	for _, e := range b.entries {
		r.zones[e.name] = e.all("interface")
		if e.one("intrazone") == "allow" {
			r.Before(e.line, "config system zone, edit "+e.name, "what passes between the interfaces of this zone needs no policy")
		}
	}
}

// clock takes the time zone, which newer devices have by its name. Older ones
// have a number for it, which is not read.
func (r *reader) clock(b *block) {
	name := b.self.one("timezone")
	if name == "" {
		return
	}
	if at, err := time.LoadLocation(name); err == nil && strings.Contains(name, "/") {
		r.objects.clock = at
		return
	}
	r.Harmless(b.self.values["timezone"].line, "set timezone "+name, "what time zone that is is not known: dates are read as UTC")
}

func (r *reader) routes(b *block) {
	for _, e := range b.entries {
		if e.one("status") == "disable" || e.on("blackhole") {
			continue
		}
		p := device.All4
		if b.path == "router static6" {
			p = device.All6
		}
		var err error
		switch w := e.all("dst"); len(w) {
		case 1:
			p, err = netip.ParsePrefix(w[0])
		case 2:
			var ok bool
			if p, ok = device.Masked(parse(w[0]), parse(w[1])); !ok {
				err = device.ErrText
			}
		}
		if to := e.one("device"); to == "" || err != nil || len(e.all("dstaddr")) > 0 || e.one("internet-service") != "" {
			r.topology.Dynamic = "a route leads to where this text does not say"
		} else {
			r.topology.Connect(to, p)
		}
	}
}

// routing notes whether a routing protocol is in use: its section is there
// always, with entries only if it is.
func (r *reader) routing(b *block) {
	for _, s := range b.self.blocks {
		if len(s.entries) > 0 && !strings.HasPrefix(s.path, "redistribute") && slices.Contains([]string{"neighbor", "neighbor-group", "network", "area", "interface", "ospf-interface", "ospf6-interface", "isis-interface", "net"}, s.path) {
			r.topology.Dynamic = "routes come from " + strings.TrimPrefix(b.path, "router ")
		}
	}
}

// policies reads the tables once all names are known. Families have tables of
// their own on older devices, so that the order among tables does not matter.
func (r *reader) policies() {
	if len(r.tables) == 0 {
		r.Unknown(1, "", "no policies are in this text")
	}
	for _, t := range r.tables {
		for _, e := range t.entries {
			if e.one("status") != "disable" {
				r.policy(e, &t)
			}
		}
	}
}
