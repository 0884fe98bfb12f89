package opnsense

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/bulkhead-ot/bulkhead/internal/act/export/device"
)

// rule is one of either kind, in the words of the new one.
type rule struct {
	*node
	order     [3]int // group of rules, kind, place within
	names     string
	action    string
	ports     string
	notPort   bool
	direction string
	quick     bool
	family    string
	proto     string
	icmp      [2]string
	src, dst  end
	maybe     string // the condition that is not read
}

type end struct {
	nets []string
	not  bool
	port string
}

// Groups of rules in the order of OPNsense.
const (
	floating = 200_000
	grouped  = 300_000
	single   = 400_000
)

// rules reads all rules, puts them in order, and adds them: what is stopped on
// its way out first, then what decides at once on its way in, then from the
// last on what decides only if nothing else does.
func (r *reader) rules(root *node) {
	var all []*rule
	for i, n := range root.at("OPNsense", "Firewall", "Filter", "rules", "rule") {
		if !n.has("enabled") || n.value("enabled") {
			x := modern(n)
			seq, _ := strconv.Atoi(n.get("sequence"))
			x.order = [3]int{r.group(x), 0, seq<<20 + min(i, 1<<20-1)}
			all = append(all, x)
		}
	}
	for i, n := range root.at("filter", "rule") {
		if !n.on("disabled") {
			x := legacy(n)
			x.order = [3]int{r.group(x), 1, i}
			if n.on("floating") {
				x.order[0] = floating
			}
			all = append(all, x)
		}
	}
	slices.SortStableFunc(all, func(a, b *rule) int { return slices.Compare(a.order[:], b.order[:]) })
	passed := false
	for _, x := range all {
		if x.direction == "out" || x.direction == "any" {
			r.out(x, passed)
			passed = passed || x.action == "pass"
		}
	}
	var late []*rule
	for _, x := range all {
		switch {
		case x.direction == "out":
		case x.quick:
			r.in(x)
		default:
			late = append(late, x)
		}
	}
	for _, x := range slices.Backward(late) {
		r.in(x)
	}
}

// group is where a rule stands among the others by its interfaces.
func (r *reader) group(x *rule) int {
	names := strings.FieldsFunc(x.ports, func(c rune) bool { return c == ',' || c == ' ' })
	if len(names) != 1 || x.notPort {
		return floating
	}
	if _, is := r.groups[names[0]]; is {
		return grouped
	}
	return single
}

// read and aside are the elements of rules that are understood, and that do not
// decide about first packets.
var (
	read = words(`enabled sequence action quick interfacenot interface direction ipprotocol protocol icmptype icmp6type icmp6-type source_net source_not source_port
destination_net destination_not destination_port type source destination disabled floating`)
	aside = words(`statetype state-policy sort_order prio_group gateway replyto reply-to disablereplyto log allowopts nosync nopfsync statetimeout udp-first udp-multiple
udp-single max-src-nodes max-src-states max-src-conn max max-src-conn-rate max-src-conn-rates overload adaptivestart adaptiveend set-prio set-prio-low tag categories
category shaper1 shaper2 description descr tcpflags_any created updated id tracker associated-rule-id dnpipe pdnpipe ackqueue defaultqueue label`)
)

// condition is the first element of a rule that nobody reads.
func condition(n *node) string {
	for _, k := range n.kids {
		if !read[strings.ToLower(k.name)] && !aside[strings.ToLower(k.name)] && (k.text != "" && k.text != "0" || len(k.kids) > 0) {
			return k.name
		}
	}
	return ""
}

func list(s string) []string {
	return strings.FieldsFunc(s, func(c rune) bool { return c == ',' })
}

func modern(n *node) *rule {
	return &rule{
		node: n, names: n.get("description"), action: cmp.Or(n.get("action"), "pass"), ports: n.get("interface"), notPort: n.value("interfacenot"),
		direction: cmp.Or(n.get("direction"), "in"), quick: !n.has("quick") || n.value("quick"), family: cmp.Or(n.get("ipprotocol"), "inet"), proto: n.get("protocol"),
		icmp:  [2]string{n.get("icmptype"), n.get("icmp6type")},
		src:   end{list(n.get("source_net")), n.value("source_not"), n.get("source_port")},
		dst:   end{list(n.get("destination_net")), n.value("destination_not"), n.get("destination_port")},
		maybe: condition(n),
	}
}

func legacy(n *node) *rule {
	x := &rule{
		node: n, names: n.get("descr"), action: cmp.Or(n.get("type"), "pass"), ports: n.get("interface"), notPort: n.on("interfacenot"),
		direction: cmp.Or(n.get("direction"), "in"), quick: true, family: cmp.Or(n.get("ipprotocol"), "inet"), proto: n.get("protocol"),
		icmp:  [2]string{n.get("icmptype"), cmp.Or(n.get("icmp6-type"), n.get("icmp6type"))},
		src:   side(n, "source"),
		dst:   side(n, "destination"),
		maybe: condition(n),
	}
	if n.on("floating") {
		// Only floating rules may leave the last word to others.
		x.quick = n.on("quick")
	}
	return x
}

func side(n *node, name string) end {
	for _, s := range n.at(name) {
		nets := list(cmp.Or(s.get("network"), s.get("address"), "any"))
		return end{nets, s.on("not"), s.get("port")}
	}
	return end{nets: []string{"any"}}
}

// found is what a rule matches, before its interface.
func (r *reader) found(x *rule) *device.Found {
	f := &device.Found{Name: cmp.Or(x.names, x.uuid, fmt.Sprint("line ", x.line)), Line: x.line, Text: fmt.Sprintf("<rule> %s", x.names), Allow: x.action == "pass"}
	if x.maybe != "" {
		f.Maybe, f.Why = true, "its condition "+x.maybe+" is not read"
	}
	f.What, f.Why = r.service(x, f.Why)
	f.From, f.Why = r.end(x.src, f.Why)
	f.To, f.Why = r.end(x.dst, f.Why)
	switch x.family {
	case "inet":
		f.To = f.To.And(device.Prefixes(device.All4))
	case "inet6":
		f.To = f.To.And(device.Prefixes(device.All6))
	case "inet46":
	default:
		f.Maybe, f.Why = true, cmp.Or(f.Why, "the family "+x.family+" is not known")
	}
	return f
}

func (r *reader) service(x *rule, why string) (device.Services, string) {
	s, more := r.objects.service(x.proto, x.src.port, x.dst.port, x.icmp[0], x.icmp[1])
	if more == "" && !s.Known() {
		more = "a type of ICMP that is not known"
	}
	return s, cmp.Or(why, more)
}

func (r *reader) end(e end, why string) (device.Addrs, string) {
	all := device.NoAddr()
	if len(e.nets) == 0 {
		all = device.AnyAddr()
	}
	for _, name := range e.nets {
		n := r.objects.net(name, 0)
		all, why = all.Or(n.addrs), cmp.Or(why, n.why)
	}
	if e.not {
		all = all.Not()
	}
	return all, why
}

// at is what is routed to a rule's interfaces; everything where it names none.
func (r *reader) at(x *rule) (device.Addrs, string) {
	names := r.ports(x.ports)
	if len(names) == 0 || names[0] == "any" {
		return device.AnyAddr(), ""
	}
	a, why := r.topology.Behind(names...)
	if x.notPort {
		a = a.Not()
	}
	return a, why
}

// in adds a rule for what comes in.
func (r *reader) in(x *rule) {
	f := r.found(x)
	at, why := r.at(x)
	f.From, f.Why = f.From.And(at), cmp.Or(f.Why, why)
	r.add(x, f)
}

// add adds a rule; one whose action is not known might do either.
func (r *reader) add(x *rule, f *device.Found) {
	if x.action != "pass" && x.action != "block" && x.action != "reject" {
		f.Maybe, f.Why = true, cmp.Or(f.Why, "the action "+x.action+" is not known")
		r.Add(f)
		f.Allow = true
	}
	r.Add(f)
}

// out adds what a rule stops on its way out. What passes there was passed on its
// way in: by itself OPNsense stops nothing on the way out.
func (r *reader) out(x *rule, passed bool) {
	f := r.found(x)
	at, why := r.at(x)
	f.To, f.Why = f.To.And(at), cmp.Or(f.Why, why)
	if x.action == "pass" {
		return
	}
	if passed || !x.quick {
		f.Maybe, f.Why = true, cmp.Or(f.Why, "it stops on the way out what others may pass there")
	}
	r.add(x, f)
}
