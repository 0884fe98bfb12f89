// Package fortigate writes a boundary's policy as commands of FortiOS, and reads
// configurations of FortiGate firewalls.
//
// It writes for FortiOS 6.4 and later, where one table of policies holds IPv4
// and IPv6; it reads the tables of earlier versions too. What a profile of
// inspection does to a connection after its first packet is not looked at.
//
// Reference: FortiOS CLI Reference 7.0 and 7.6 (config firewall policy, address,
// address6, addrgrp, service custom, schedule onetime; config system interface;
// config router static).
package fortigate

import (
	"cmp"
	"fmt"

	"github.com/bulkhead-ot/bulkhead/internal/act/export/device"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// read are the keys of a policy that are understood, and aside those that do not
// decide whether a connection's first packet passes.
var read = map[string]bool{
	"srcintf": true, "dstintf": true, "srcaddr": true, "dstaddr": true, "srcaddr6": true, "dstaddr6": true, "srcaddr4": true, "dstaddr4": true, "action": true,
	"schedule": true, "service": true, "status": true, "srcaddr-negate": true, "dstaddr-negate": true, "srcaddr6-negate": true, "dstaddr6-negate": true,
	"service-negate": true, "name": true,
}

var aside = map[string]bool{
	"uuid": true, "uuid-idx": true, "comments": true, "label": true, "global-label": true, "logtraffic": true, "logtraffic-start": true, "log-http-transaction": true,
	"capture-packet": true, "nat": true, "fixedport": true, "ippool": true, "poolname": true, "poolname6": true, "permit-any-host": true, "permit-stun-host": true,
	"natip": true, "natinbound": true, "natoutbound": true, "inbound": true, "outbound": true, "send-deny-packet": true, "block-notification": true,
	"replacemsg-override-group": true, "schedule-timeout": true, "session-ttl": true, "policy-expiry": true, "auto-asic-offload": true, "np-acceleration": true,
	"traffic-shaper": true, "traffic-shaper-reverse": true, "per-ip-shaper": true, "tcp-mss-sender": true, "tcp-mss-receiver": true, "diffserv-forward": true,
	"diffserv-reverse": true, "diffservcode-forward": true, "diffservcode-rev": true, "diffserv-copy": true, "custom-log-fields": true, "anti-replay": true,
	"tcp-session-without-syn": true, "firewall-session-dirty": true, "timeout-send-rst": true, "vlan-cos-fwd": true, "vlan-cos-rev": true, "wccp": true,
	"inspection-mode": true, "utm-status": true, "profile-type": true, "profile-group": true, "profile-protocol-options": true, "ssl-ssh-profile": true,
	"av-profile": true, "webfilter-profile": true, "dnsfilter-profile": true, "emailfilter-profile": true, "dlp-sensor": true, "dlp-profile": true,
	"file-filter-profile": true, "ips-sensor": true, "application-list": true, "voip-profile": true, "ips-voip-filter": true, "sctp-filter-profile": true,
	"icap-profile": true, "cifs-profile": true, "waf-profile": true, "ssh-filter-profile": true, "videofilter-profile": true, "virtual-patch-profile": true,
	"casb-profile": true, "match-vip": true, "match-vip-only": true, "webcache": true, "webcache-https": true, "disclaimer": true, "email-collect": true,
	"delay-tcp-npu-session": true, "dsri": true, "radius-mac-auth-bypass": true, "fec": true, "passive-wan-health-measurement": true, "policyid": true,
	"cgn-log-server-grp": true, "cgn-eif": true, "cgn-eim": true,
}

// policy reads one policy.
func (r *reader) policy(e *entry, t *table) {
	f := device.Found{Name: cmp.Or(e.one("name"), e.name), Line: e.line, Text: fmt.Sprintf("config %s, edit %s", t.path, e.name), Allow: e.one("action") == "accept"}
	doubt := func(why string) { f.Why = cmp.Or(f.Why, why) }
	switch a := e.one("action"); a {
	case "", "deny", "accept":
	default:
		r.Unknown(e.line, f.Text, "its action "+a+" is not known")
		return
	}
	for key, v := range e.values {
		if !read[key] && !aside[key] && len(v.words) > 0 && v.words[0] != "disable" {
			f.Maybe = true
		}
	}
	if f.Maybe {
		doubt("it holds under conditions that are not read: " + r.conditions(e))
	}
	until, why := r.objects.schedule(e.one("schedule"))
	if why != "" {
		f.Maybe = true
		doubt(why)
	}
	f.Until = until
	f.What = r.services(e, doubt)
	src, dst := r.ends(e, t, doubt)
	f.From, f.To = src, dst
	if e.on("utm-status") && f.Allow {
		r.Harmless(e.line, f.Text, "a profile of inspection may end a connection that this policy lets begin")
	}
	r.Add(&f)
}

// conditions are the keys that are not understood, in a fixed order.
func (r *reader) conditions(e *entry) string {
	first := ""
	for key, v := range e.values {
		if !read[key] && !aside[key] && len(v.words) > 0 && v.words[0] != "disable" && (first == "" || key < first) {
			first = key
		}
	}
	return first
}

func (r *reader) services(e *entry, doubt func(string)) device.Services {
	if e.on("internet-service") || e.on("internet-service-src") || e.on("internet-service6") {
		return device.UnknownService(policy.Any)
	}
	var s device.Services
	if len(e.all("service")) == 0 {
		doubt("it names no service")
		return device.UnknownService(policy.Any)
	}
	for _, name := range e.all("service") {
		x := r.objects.what(name, 0)
		if !x.Known() {
			doubt("service " + name + " is not known")
		}
		s = s.Or(x)
	}
	if e.on("service-negate") {
		doubt("all services but some")
		s = s.Not()
	}
	return s
}

// ends are the addresses of both sides: what the policy names, where its
// interfaces lead to.
func (r *reader) ends(e *entry, t *table, doubt func(string)) (src, dst device.Addrs) {
	src, dst = r.side(e, t, "src", doubt), r.side(e, t, "dst", doubt)
	return src, dst
}

func (r *reader) side(e *entry, t *table, end string, doubt func(string)) device.Addrs {
	if e.on("internet-service") && end == "dst" || e.on("internet-service-src") && end == "src" || e.on("internet-service6") {
		doubt("its addresses are a service of the internet")
		return device.UnknownAddr()
	}
	all, named := device.NoAddr(), false
	for i, family := range []int{4, 6} {
		if t.family != 0 && t.family != family {
			continue
		}
		key := end + t.keys[i]
		if len(e.all(key)) == 0 {
			continue // the policy is not for this family
		}
		named = true
		n := r.objects.union(e.all(key), family, 0)
		if n.why != "" {
			doubt(n.why)
		}
		if e.on(key + "-negate") {
			n.addrs = n.addrs.Not().And(whole(family))
		}
		all = all.Or(n.addrs)
	}
	if !named {
		doubt("it names no address")
		all = device.UnknownAddr()
	}
	return r.bound(all, e.all(end+"intf"), doubt)
}

// bound leaves of a set what is routed to interfaces.
func (r *reader) bound(a device.Addrs, names []string, doubt func(string)) device.Addrs {
	if len(names) == 0 {
		doubt("it names no interface")
		return a.And(device.UnknownAddr())
	}
	var ports []string
	for _, n := range names {
		if n == "any" {
			return a
		}
		if members, is := r.zones[n]; is {
			ports = append(ports, members...)
		} else {
			ports = append(ports, n)
		}
	}
	at, why := r.topology.Behind(ports...)
	if why != "" && !a.And(at).Known() {
		doubt(why)
	}
	return a.And(at)
}
