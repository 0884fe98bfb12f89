package fortigate

import (
	"bytes"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/act/export/device"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// Limits of the smallest models and of all: FortiOS CLI Reference 7.0 ("config
// firewall policy": name 35 characters, comments 1,023; addresses, groups and
// services 79; schedules 31) and the maximum values table (5,000 policies, 600
// members of a group).
const (
	maxPolicyName  = 35
	maxName        = 79
	maxSchedule    = 31
	maxPolicies    = 5000
	maxMembers     = 600
	firstPolicy    = 20001 // numbers of our own, so that the next import overwrites
	scheduleFormat = "15:04 2006/01/02"
)

// Render writes a policy as commands for FortiOS 6.4 or later, where one policy
// table holds both families. Numbers start at 20001 so that importing again
// changes the same entries.
func Render(p *policy.Policy, o device.Options) ([]byte, error) {
	steps, err := device.Plan(p, &o, &device.Limits{Device: "FortiGate", Steps: maxPolicies})
	if err != nil {
		return nil, err
	}
	w := &writer{
		policy: p, options: o, label: o.Label(p), hash: p.Hash(),
		names:    device.Names{Max: maxName, Allows: "-_.", Filler: '-'},
		policies: device.Names{Max: maxPolicyName, Allows: "-_. ", Filler: '-'},
	}
	if err := w.limits(steps); err != nil {
		return nil, err
	}
	fmt.Fprintf(&w.out, "# Bulkhead boundary policy of site %s\n# %s\n", device.Plain(p.Site, 60), w.label)
	w.zones(steps)
	w.services(steps)
	w.schedules(steps)
	w.steps(steps)
	return w.out.Bytes(), nil
}

type writer struct {
	policy          *policy.Policy
	options         device.Options
	label, hash     string
	names, policies device.Names
	out             bytes.Buffer
}

// limits refuses what no field can hold.
func (w *writer) limits(steps []device.Step) error {
	r := &device.Refusal{Device: "FortiGate"}
	for _, s := range steps {
		for _, m := range s.Matches {
			if m.First == 0 && m.Last != 65535 {
				r.Lacks = append(r.Lacks, device.Lack{Conduit: s.Conduit, What: "a service there has no port 0"})
			}
		}
		for _, side := range []device.Side{s.From, s.To} {
			if n := max(len(side.V4), len(side.V6)); n > maxMembers {
				r.Lacks = append(r.Lacks, device.Lack{Conduit: s.Conduit, What: fmt.Sprintf("zone %q has %d ranges, and a group there holds %d", w.policy.Zones[side.Zone].ID, n, maxMembers)})
			}
		}
	}
	if len(r.Lacks) > 0 {
		return r
	}
	return nil
}

// section writes a table if it has entries.
func (w *writer) section(path string, entries func()) {
	before := w.out.Len()
	fmt.Fprintf(&w.out, "config %s\n", path)
	start := w.out.Len()
	entries()
	if w.out.Len() == start {
		w.out.Truncate(before)
		return
	}
	w.out.WriteString("end\n")
}

func (w *writer) entry(name string, lines ...string) {
	fmt.Fprintf(&w.out, "    edit %s\n", name)
	for _, l := range lines {
		if !strings.HasPrefix(l, "unset ") {
			l = "set " + l
		}
		fmt.Fprintf(&w.out, "        %s\n", l)
	}
	w.out.WriteString("    next\n")
}

func quote(s string) string { return `"` + s + `"` }

func quoted(all []string) string {
	q := make([]string, len(all))
	for i, s := range all {
		q[i] = quote(s)
	}
	return strings.Join(q, " ")
}

// zones writes the addresses of the zones that any step names, and a group for
// each zone and family.
func (w *writer) zones(steps []device.Step) {
	used := map[int]device.Side{}
	for _, s := range steps {
		for _, side := range []device.Side{s.From, s.To} {
			if !side.Any {
				used[side.Zone] = side
			}
		}
	}
	for _, family := range []int{4, 6} {
		suffix := map[int]string{4: "", 6: "6"}[family]
		each := func(do func(zone int, ranges []netip.Prefix)) {
			for zone := range w.policy.Zones {
				side := used[zone]
				if ranges := side.In(family); len(ranges) > 0 {
					do(zone, ranges)
				}
			}
		}
		w.section("firewall address"+suffix, func() {
			each(func(zone int, ranges []netip.Prefix) {
				for _, r := range ranges {
					value := "ip6 " + r.String()
					if family == 4 {
						value = fmt.Sprintf("subnet %s %s", r.Addr(), device.Netmask(r))
					}
					w.entry(quote(w.address(r)), value, "comment "+quote(device.Plain("zone "+w.policy.Zones[zone].ID, 200)))
				}
			})
		})
		w.section("firewall addrgrp"+suffix, func() {
			each(func(zone int, ranges []netip.Prefix) {
				var members []string
				for _, r := range ranges {
					members = append(members, w.address(r))
				}
				w.entry(quote(w.group(zone)), "member "+quoted(members), "comment "+quote(device.Plain(w.policy.Zones[zone].Name, 200)))
			})
		})
	}
}

func (w *writer) address(r netip.Prefix) string {
	return "BH-" + strings.NewReplacer(":", ".", "/", "_").Replace(r.String())
}

// group is the name of a zone's groups: addresses of the two families have
// tables of their own.
func (w *writer) group(zone int) string { return w.names.For("BH-zone-", w.policy.Zones[zone].ID) }

func (w *writer) services(steps []device.Step) {
	done := map[string]bool{}
	w.section("firewall service custom", func() {
		for _, s := range steps {
			for _, m := range s.Matches {
				if name, lines := service(m); !done[name] && len(lines) > 0 {
					done[name] = true
					w.entry(quote(name), lines...)
				}
			}
		}
	})
}

// service is the name of what a match stands for, and how it is made. ALL is
// there on every device.
func service(m policy.Match) (string, []string) {
	ports := fmt.Sprint(m.First)
	if m.Last != m.First {
		ports += fmt.Sprint("-", m.Last)
	}
	all := m.First == 0 && m.Last == 65535
	switch {
	case m.Proto == policy.Any:
		return "ALL", nil
	case m.Proto == policy.ICMP:
		return "BH-icmp", []string{"protocol ICMP"}
	case m.Proto == policy.ICMPv6:
		return "BH-icmp6", []string{"protocol ICMP6"}
	case m.Proto == policy.TCP && !all:
		return "BH-tcp-" + ports, []string{"protocol TCP/UDP/SCTP", "tcp-portrange " + ports}
	case m.Proto == policy.UDP && !all:
		return "BH-udp-" + ports, []string{"protocol TCP/UDP/SCTP", "udp-portrange " + ports}
	}
	// By number, all ports are in it, 0 as well.
	return fmt.Sprint("BH-ip-", m.Proto), []string{"protocol IP", fmt.Sprint("protocol-number ", m.Proto)}
}

// schedule is the name of what ends at a time. FortiOS counts in minutes of the
// device's own time zone; a rule never ends later than it may.
func (w *writer) schedule(until time.Time) (name, end string) {
	if until.IsZero() {
		return "always", ""
	}
	at := until.Truncate(time.Minute).Add(-time.Minute) // the last minute is in it
	if w.options.Location != nil {
		at = at.In(w.options.Location)
	} else {
		at = at.UTC()
	}
	return "BH-until-" + at.Format("20060102-1504"), at.Format(scheduleFormat)
}

func (w *writer) schedules(steps []device.Step) {
	done := map[string]bool{}
	w.section("firewall schedule onetime", func() {
		for _, s := range steps {
			if name, end := w.schedule(s.Until); end != "" && !done[name] {
				done[name] = true
				w.entry(quote(name[:min(len(name), maxSchedule)]), "start "+started, "end "+end)
			}
		}
	})
}

// started is before any policy was written: a schedule must have a start.
const started = "00:00 2001/01/01"

func (w *writer) steps(steps []device.Step) {
	w.section("firewall policy", func() {
		for i := range steps {
			w.entry(fmt.Sprint(firstPolicy+i), w.step(&steps[i])...)
		}
	})
}

func (w *writer) step(s *device.Step) []string {
	// No two policies may have one name, not even while an import is on its way
	// from the last revision's: so the name says which policy it is of.
	lines := []string{"name " + quote(w.policies.For("BH-"+w.hash[:8]+" ", s.Name))}
	from, to := w.interfaces(s)
	lines = append(lines, "srcintf "+quote(from), "dstintf "+quote(to))
	if s.Act == device.Pass {
		lines = append(lines, "action accept")
	} else {
		lines = append(lines, "action deny")
	}
	for _, family := range []int{4, 6} {
		suffix := map[int]string{4: "", 6: "6"}[family]
		if !s.Has(family) || w.options.Family != 0 && w.options.Family != family {
			// The last revision's policy of this number may have had some.
			lines = append(lines, "unset srcaddr"+suffix, "unset dstaddr"+suffix)
			continue
		}
		lines = append(lines, "srcaddr"+suffix+" "+quote(w.side(s.From)), "dstaddr"+suffix+" "+quote(w.side(s.To)))
	}
	schedule, _ := w.schedule(s.Until)
	var services []string
	for _, m := range s.Matches {
		if name, _ := service(m); !slices.Contains(services, name) {
			services = append(services, name)
		}
	}
	if len(services) == 0 {
		services = []string{"ALL"}
	}
	lines = append(lines, "schedule "+quote(schedule), "service "+quoted(services))
	if s.Log {
		lines = append(lines, "logtraffic all")
	} else {
		lines = append(lines, "logtraffic disable")
	}
	if s.Act == device.Reject {
		lines = append(lines, "send-deny-packet enable")
	} else {
		lines = append(lines, "send-deny-packet disable")
	}
	return append(lines, "comments "+quote(device.Plain(s.Why+", "+w.label, 1023)))
}

func (w *writer) side(s device.Side) string {
	if s.Any {
		return "all"
	}
	return w.group(s.Zone)
}

// interfaces binds a step where people said where both its zones are.
func (w *writer) interfaces(s *device.Step) (string, string) {
	from, to := w.options.Interfaces[w.policy.Zones[s.From.Zone].ID], w.options.Interfaces[w.policy.Zones[s.To.Zone].ID]
	if from == "" || to == "" || s.From.Any || s.To.Any || s.From.Zone == s.To.Zone {
		return "any", "any"
	}
	return device.Plain(from, maxPolicyName), device.Plain(to, maxPolicyName)
}
