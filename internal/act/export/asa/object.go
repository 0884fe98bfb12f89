package asa

import (
	"cmp"
	"net/netip"

	"github.com/bulkhead-ot/bulkhead/internal/act/export/cisco"
	"github.com/bulkhead-ot/bulkhead/internal/act/export/device"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// maxNesting is how deep groups may hold groups.
const maxNesting = 16

// net is an object or a group of addresses.
func (r *reader) net(name string, depth int) cisco.Net {
	if n, is := r.nets[name]; is {
		return n
	}
	s := r.networks[name]
	if s == nil || depth > maxNesting {
		return cisco.Net{Addrs: device.UnknownAddr(), Why: "the object " + name + " is not in this text"}
	}
	n := cisco.Net{Addrs: device.NoAddr()}
	var parts []device.Addrs
	for i := range s.Body {
		l := &s.Body[i]
		if l.Is("description") || l.Is("nat") {
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

// member is one line of an object or a group.
func (r *reader) member(l *cisco.Line, depth int) cisco.Net {
	w := l.Words
	if w[0] == "network-object" || w[0] == "subnet" {
		w = w[1:]
	}
	at := func(i int) string {
		if i < len(w) {
			return w[i]
		}
		return ""
	}
	switch at(0) {
	case "group-object", "object":
		return r.net(at(1), depth+1)
	case "host":
		if a, ok := r.addr(at(1)); ok {
			return cisco.Net{Addrs: device.Prefixes(netip.PrefixFrom(a, a.BitLen()))}
		}
	case "range":
		a, ok := r.addr(at(1))
		b, ok2 := r.addr(at(2))
		if ok && ok2 {
			if s, ok := device.Range(a, b); ok {
				return cisco.Net{Addrs: s}
			}
		}
	case "fqdn":
		return cisco.Net{Addrs: device.UnknownAddr(), Why: "an object holds a name: " + l.Text}
	}
	if x, err := netip.ParsePrefix(at(0)); err == nil && !x.Addr().Is4In6() {
		return cisco.Net{Addrs: device.Prefixes(x)}
	}
	a, ok := r.addr(at(0))
	m, err := netip.ParseAddr(at(1))
	if ok && err == nil {
		if x, ok := device.Masked(a, m); ok {
			return cisco.Net{Addrs: device.Prefixes(x)}
		}
	}
	return cisco.Net{Addrs: device.UnknownAddr(), Why: "a member of an object is not known: " + l.Text}
}

// service is an object or a group of services, of protocols or of types of
// ICMP.
func (r *reader) service(name string) (device.Services, bool) {
	s, is := r.services[name]
	if !is {
		return device.Services{}, false
	}
	return r.group(s, 0), true
}

func (r *reader) group(s *cisco.Section, depth int) device.Services {
	var all device.Services
	for i := range s.Body {
		l := &s.Body[i]
		switch {
		case l.Is("description"):
		case l.Is("group-object"), l.Is("service-object", "object"):
			if g := r.services[l.Word(len(l.Words)-1)]; g != nil && depth < maxNesting {
				all = all.Or(r.group(g, depth+1))
			} else {
				all = all.Or(device.UnknownService(policy.Any))
			}
		case l.Is("port-object"):
			all = all.Or(typed(s.Word(3), l.Words[1:]))
		case l.Is("icmp-object"):
			all = all.Or(cisco.Member([]string{"icmp", l.Word(1)}))
		case l.Is("service-object"), l.Is("service"), l.Is("protocol-object"):
			all = all.Or(cisco.Member(l.Words[1:]))
		default:
			all = all.Or(device.UnknownService(policy.Any))
		}
	}
	return all
}

// typed reads the ports of a group that names its protocol once.
func typed(kind string, w []string) device.Services {
	switch kind {
	case "tcp", "udp":
		return cisco.Member(append([]string{kind}, w...))
	case "tcp-udp":
		return cisco.Member(append([]string{"tcp-udp"}, w...))
	}
	return device.UnknownService(policy.Any)
}
