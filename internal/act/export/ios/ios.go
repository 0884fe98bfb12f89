// Package ios writes a boundary's policy as access lists of Cisco IOS and IOS
// XE routers, and reads their configurations.
//
// A router's lists keep no state: answers of TCP are let through by their flags
// ("established"), those of everything else by reflexive lists. One list for
// each family judges what comes in at all interfaces that are named. Lists and
// groups carry a part of the policy's hash in their names, so that an interface
// turns from one to the next in one step.
//
// Reference: Cisco IOS Security Command Reference (permit, permit (IPv6),
// permit (reflexive), object-group, time-range, absolute); Cisco IOS XE 17,
// Security Configuration Guide: Access Control Lists, Object Groups for ACLs.
package ios

import (
	"bytes"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/act/export/cisco"
	"github.com/bulkhead-ot/bulkhead/internal/act/export/device"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// Limits: names of lists and groups (64 characters), remarks (100), entries with
// object groups (2,048 in a list, IOS XE), and, so that no router's memory is
// filled by addresses written out, entries of a list at all.
const (
	maxName    = 64
	maxRemark  = 100
	maxGroups  = 2048
	maxEntries = 10_000
)

// Render writes a policy as configuration commands. Without Options.Interfaces
// the lists are written and applied nowhere, and a comment says so.
func Render(p *policy.Policy, o device.Options) ([]byte, error) {
	steps, err := device.Plan(p, &o, &device.Limits{Device: "Cisco IOS", Expires: expires})
	if err != nil {
		return nil, err
	}
	w := &writer{policy: p, options: o, label: o.Label(p), prefix: "BH-" + p.Hash()[:8], names: device.Names{Max: maxName, Allows: "-_.", Filler: '-'}, refusal: device.Refusal{Device: "Cisco IOS"}}
	fmt.Fprintf(&w.out, "! Bulkhead boundary policy of site %s\n! %s\n", device.Plain(p.Site, 60), w.label)
	w.ranges(steps)
	for _, family := range []int{4, 6} {
		if o.Family == 0 || o.Family == family {
			w.list(family, steps)
		}
	}
	w.apply()
	if len(w.refusal.Lacks) > 0 {
		return nil, &w.refusal
	}
	return w.out.Bytes(), nil
}

// expires refuses ends that cannot be written: the line that lets answers of
// other protocols back takes no time range.
func expires(c *policy.Conduit) string {
	if slices.ContainsFunc(c.Matches, func(m policy.Match) bool { return m.Proto != policy.TCP }) {
		return "only rules of TCP can end there: others let answers back by a reflexive list, whose lines take no time range"
	}
	if c.Until.After(cisco.LastEnd) {
		return "times there end in 2035"
	}
	return ""
}

type writer struct {
	policy  *policy.Policy
	options device.Options
	label   string
	prefix  string
	names   device.Names
	refusal device.Refusal
	out     bytes.Buffer
	entries int
	grouped int  // entries with groups
	flat    bool // addresses are written out, without groups
}

func (w *writer) name(family int) string { return fmt.Sprintf("%s-V%d", w.prefix, family) }

func (w *writer) ranges(steps []device.Step) {
	done := map[time.Time]bool{}
	for _, s := range steps {
		if !s.Until.IsZero() && !done[s.Until] {
			done[s.Until] = true
			fmt.Fprintf(&w.out, "time-range %s\n absolute end %s\n", rangeName(s.Until), cisco.End(s.Until, w.options.Location))
		}
	}
}

func rangeName(until time.Time) string { return "BH-UNTIL-" + until.UTC().Format("20060102-1504") }

// list writes one family's list. Where it would have more entries with groups
// than a device takes, addresses are written out.
func (w *writer) list(family int, steps []device.Step) {
	start := w.out.Len()
	w.flat = family == 6
	for w.fill(family, steps); w.grouped > maxGroups; w.fill(family, steps) {
		w.out.Truncate(start)
		w.flat = true
	}
}

func (w *writer) fill(family int, steps []device.Step) {
	if family == 4 {
		if !w.flat {
			w.groups(steps)
		}
		fmt.Fprintf(&w.out, "ip access-list extended %s\n", w.name(4))
	} else {
		fmt.Fprintf(&w.out, "ipv6 access-list %s\n", w.name(6))
	}
	w.entries, w.grouped = 0, 0
	w.remark(w.label)
	w.line("evaluate %s-R%d", w.prefix, family)
	w.always(family)
	for i := range steps {
		if s := &steps[i]; s.Has(family) {
			w.answers(family, s)
		}
	}
	for i := range steps {
		if s := &steps[i]; s.Has(family) {
			w.remark(s.Why)
			w.step(family, s)
			if w.entries > maxEntries {
				w.refusal.Lacks = append(w.refusal.Lacks, device.Lack{Conduit: s.Conduit, What: fmt.Sprintf("with it the list for IPv%d has more than %d entries", family, maxEntries)})
				return
			}
		}
	}
}

func (w *writer) line(format string, args ...any) {
	w.entries++
	fmt.Fprintf(&w.out, " "+format+"\n", args...)
}

func (w *writer) remark(text string) {
	fmt.Fprintf(&w.out, " remark %s\n", device.Plain(text, maxRemark))
}

// always lets through what the policy never stops, and what is addressed to the
// router itself where people said what that is.
func (w *writer) always(family int) {
	errors := []string{"unreachable", "time-exceeded", "parameter-problem"}
	if family == 6 {
		errors = append(errors, "packet-too-big", "nd-na", "nd-ns", "router-solicitation", "router-advertisement", "mld-query", "mld-report", "mld-reduction")
	}
	for _, e := range errors {
		w.line("permit icmp any any %s", e)
	}
	for _, a := range w.options.Own {
		if a.Is4() == (family == 4) {
			w.line("permit %s any host %v", whole(family), a)
		}
	}
}

func whole(family int) string {
	if family == 4 {
		return "ip"
	}
	return "ipv6"
}

// groups writes an object group for each zone, for IPv4: in IPv6 lists older
// releases take none.
func (w *writer) groups(steps []device.Step) {
	used := map[int][]netip.Prefix{}
	for _, s := range steps {
		for _, side := range []device.Side{s.From, s.To} {
			if s.Has(4) && !side.Any {
				used[side.Zone] = side.V4
			}
		}
	}
	for zone := range w.policy.Zones {
		if len(used[zone]) == 0 {
			continue
		}
		fmt.Fprintf(&w.out, "object-group network %s\n description %s\n", w.group(zone), device.Plain("zone "+w.policy.Zones[zone].Name, 100))
		for _, r := range used[zone] {
			if r.Bits() == 32 {
				fmt.Fprintf(&w.out, " host %v\n", r.Addr())
			} else {
				fmt.Fprintf(&w.out, " %v %v\n", r.Addr(), device.Netmask(r))
			}
		}
	}
}

func (w *writer) group(zone int) string { return w.names.For(w.prefix+"-", w.policy.Zones[zone].ID) }

// ends are the ways in which an end is written: one for a group, or one for
// each of its ranges.
func (w *writer) ends(family int, s *device.Side, grouped bool) []string {
	switch {
	case s.Any:
		return []string{"any"}
	case grouped && !w.flat:
		return []string{"object-group " + w.group(s.Zone)}
	}
	var all []string
	for _, r := range s.In(family) {
		switch {
		case r.Bits() == r.Addr().BitLen():
			all = append(all, "host "+r.Addr().String())
		case family == 4:
			all = append(all, fmt.Sprintf("%v %v", r.Addr(), wildcard(r)))
		default:
			all = append(all, r.String())
		}
	}
	return all
}

func wildcard(r netip.Prefix) netip.Addr {
	b := device.Netmask(r).As4()
	for i := range b {
		b[i] = ^b[i]
	}
	return netip.AddrFrom4(b)
}

// answers lets answers of TCP through: a range of ports of the answering side,
// with the flags of a connection that stands.
func (w *writer) answers(family int, s *device.Step) {
	if s.Act != device.Pass || s.From.Zone == s.To.Zone {
		return // within a zone both ways are let through
	}
	ports := []string{}
	if len(s.Matches) == 0 {
		ports = append(ports, "")
	}
	for _, m := range s.Matches {
		if m.Proto == policy.TCP || m.Proto == policy.Any {
			ports = append(ports, portOf(m))
		}
	}
	for _, p := range ports {
		for _, to := range w.ends(family, &s.To, true) {
			for _, from := range w.ends(family, &s.From, true) {
				w.line("permit tcp %s%s %s established", to, p, from)
				w.grouped += b2i(!w.flat)
			}
		}
	}
}

func portOf(m policy.Match) string {
	switch {
	case m.First == 0 && m.Last == 65535:
		return ""
	case m.First == m.Last:
		return fmt.Sprintf(" eq %d", m.First)
	}
	return fmt.Sprintf(" range %d %d", m.First, m.Last)
}

func (w *writer) step(family int, s *device.Step) {
	if s.Act != device.Pass {
		w.permute(family, s, "deny "+whole(family), "", " log", true)
		return
	}
	if s.From.Zone == s.To.Zone && !s.From.Any {
		w.permute(family, s, "permit "+whole(family), "", "", true)
		return
	}
	if len(s.Matches) == 0 {
		// Lines of reflexive lists take no "log": of what would be stopped, only
		// connections of TCP are logged.
		w.permute(family, s, "permit tcp", "", map[bool]string{true: " log"}[s.Log], true)
		w.permute(family, s, "permit "+whole(family), "", w.reflect(family), false)
	}
	for _, m := range s.Matches {
		w.match(family, s, m)
	}
}

func (w *writer) reflect(family int) string { return fmt.Sprintf(" reflect %s-R%d", w.prefix, family) }

func (w *writer) match(family int, s *device.Step, m policy.Match) {
	limit := ""
	if !s.Until.IsZero() {
		limit = " time-range " + rangeName(s.Until)
	}
	switch {
	case m.Proto == policy.ICMP && family == 6 || m.Proto == policy.ICMPv6 && family == 4:
	case m.Proto == policy.TCP:
		w.permute(family, s, "permit tcp", portOf(m), limit, true)
	case m.Proto == policy.Any:
		w.permute(family, s, "permit tcp", "", "", true)
		w.permute(family, s, "permit "+whole(family), "", w.reflect(family), false)
	case m.Proto == policy.ICMP || m.Proto == policy.ICMPv6:
		w.permute(family, s, "permit icmp", "", w.reflect(family), false)
	case m.Proto == policy.UDP:
		w.permute(family, s, "permit udp", portOf(m), w.reflect(family), false)
	default:
		w.permute(family, s, fmt.Sprint("permit ", m.Proto), "", w.reflect(family), false)
	}
}

// permute writes an entry for every pair of ends.
func (w *writer) permute(family int, s *device.Step, what, port, tail string, grouped bool) {
	for _, from := range w.ends(family, &s.From, grouped) {
		for _, to := range w.ends(family, &s.To, grouped) {
			w.line("%s %s %s%s%s", what, from, to, port, tail)
			w.grouped += b2i(grouped && !w.flat)
		}
	}
}

// apply puts the lists in force at every interface that was named, once.
func (w *writer) apply() {
	var names []string
	for _, n := range w.options.Interfaces {
		if n = device.Plain(n, 80); !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	slices.Sort(names)
	if len(names) == 0 {
		w.out.WriteString("! NOT IN FORCE: nobody said at which interfaces. At each of the boundary's:\n! interface ...\n")
		w.put("!")
		return
	}
	for _, n := range names {
		fmt.Fprintf(&w.out, "interface %s\n", n)
		w.put("")
	}
}

func (w *writer) put(comment string) {
	if w.options.Family != 6 {
		fmt.Fprintf(&w.out, "%s ip access-group %s in\n", comment, w.name(4))
	}
	if w.options.Family != 4 {
		fmt.Fprintf(&w.out, "%s ipv6 traffic-filter %s in\n", comment, w.name(6))
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
