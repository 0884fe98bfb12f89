// Package mikrotik writes a boundary's policy as a script for MikroTik's
// RouterOS, and reads what RouterOS exports.
//
// The policy becomes lists and a chain of its own, named after the policy's hash,
// that "forward" jumps to: an import fills the new ones first, turns to them, and
// then removes the old.
// What is addressed to the router itself (chain "input") is left alone.
//
// Reference: RouterOS documentation, Firewall (Filter, Address-lists, Raw, NAT)
// and Configuration Management (export, import, safe mode); RouterOS 6.45 to 7.
package mikrotik

import (
	"bytes"
	"fmt"
	"net/netip"
	"strings"

	"github.com/bulkhead-ot/bulkhead/internal/act/export/device"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// maxList bounds the names of address lists. RouterOS documents no limit; this
// keeps its tables readable.
const maxList = 60

// Render writes a policy as a script for "/import". RouterOS matches hours and
// weekdays but no date, so a conduit that ends is refused.
func Render(p *policy.Policy, o device.Options) ([]byte, error) {
	steps, err := device.Plan(p, &o, &device.Limits{Device: "MikroTik", Expires: func(*policy.Conduit) string {
		return "a rule there can be held to hours and weekdays, not to a date"
	}})
	if err != nil {
		return nil, err
	}
	w := &writer{policy: p, options: o, label: o.Label(p), chain: "BH-" + p.Hash()[:8], names: device.Names{Max: maxList, Allows: "-_.", Filler: '-'}}
	fmt.Fprintf(&w.out, "# Bulkhead boundary policy of site %s\n# %s\n", device.Plain(p.Site, 60), w.label)
	for _, family := range []int{4, 6} {
		if o.Family == 0 || o.Family == family {
			w.family(family, steps)
		}
	}
	return w.out.Bytes(), nil
}

type writer struct {
	policy  *policy.Policy
	options device.Options
	label   string
	chain   string
	names   device.Names
	out     bytes.Buffer
}

func root(family int) string {
	if family == 4 {
		return "/ip firewall "
	}
	return "/ipv6 firewall "
}

func (w *writer) family(family int, steps []device.Step) {
	w.lists(family, steps)
	fmt.Fprintf(&w.out, "%sfilter\nremove [find where chain=%q]\nremove [find where jump-target=%q]\n", root(family), w.chain, w.chain)
	w.rule("action=accept connection-state=established,related,untracked", "answers")
	w.rule("action=drop connection-state=invalid", "belongs to no connection")
	for i := range steps {
		if steps[i].Has(family) {
			w.step(family, &steps[i])
		}
	}
	fmt.Fprintf(&w.out, "add chain=forward action=jump jump-target=%s comment=\"BH jump: %s\"\n", w.chain, w.label)
	// Only now that the new chain is in force do the old ones go.
	fmt.Fprintf(&w.out, "remove [find where comment~\"^BH jump\" and jump-target!=%q]\n", w.chain)
	fmt.Fprintf(&w.out, "remove [find where chain~\"^BH-\" and chain!=%q]\n", w.chain)
	fmt.Fprintf(&w.out, "%saddress-list\nremove [find where list~\"^BH-\" and !(list~\"^%s-\")]\n", root(family), w.chain)
}

// lists writes the addresses of each zone that a step names.
func (w *writer) lists(family int, steps []device.Step) {
	used := map[int][]netip.Prefix{}
	for i := range steps {
		for _, side := range []*device.Side{&steps[i].From, &steps[i].To} {
			if steps[i].Has(family) && !side.Any {
				used[side.Zone] = side.In(family)
			}
		}
	}
	fmt.Fprintf(&w.out, "%saddress-list\nremove [find where list~\"^%s-\"]\n", root(family), w.chain)
	for zone := range w.policy.Zones {
		for _, r := range used[zone] {
			fmt.Fprintf(&w.out, "add list=%s address=%v comment=\"%s\"\n", w.list(zone), r, device.Plain("zone "+w.policy.Zones[zone].Name, 100))
		}
	}
}

func (w *writer) list(zone int) string { return w.names.For(w.chain+"-", w.policy.Zones[zone].ID) }

func (w *writer) rule(what, why string) {
	fmt.Fprintf(&w.out, "add chain=%s %s comment=\"BH %s\"\n", w.chain, what, device.Plain(why, 200))
}

// step writes one rule for each service.
func (w *writer) step(family int, s *device.Step) {
	var ends strings.Builder
	if !s.From.Any {
		ends.WriteString(" src-address-list=" + w.list(s.From.Zone))
	}
	if !s.To.Any {
		ends.WriteString(" dst-address-list=" + w.list(s.To.Zone))
	}
	from, to := w.options.Interfaces[w.policy.Zones[s.From.Zone].ID], w.options.Interfaces[w.policy.Zones[s.To.Zone].ID]
	if from != "" && to != "" && !s.From.Any && !s.To.Any && s.From.Zone != s.To.Zone {
		fmt.Fprintf(&ends, " in-interface=\"%s\" out-interface=\"%s\"", device.Plain(from, 60), device.Plain(to, 60))
	}
	if len(s.Matches) == 0 {
		w.act(s, ends.String(), "")
		return
	}
	for _, m := range s.Matches {
		if m.Proto == policy.ICMP && family == 6 || m.Proto == policy.ICMPv6 && family == 4 {
			continue // never in the other family's header
		}
		w.act(s, ends.String(), service(m))
	}
}

func (w *writer) act(s *device.Step, ends, what string) {
	logs := ""
	if s.Log {
		logs = " log=yes log-prefix=" + map[bool]string{true: "BH-shadow", false: "BH-stopped"}[s.Act == device.Pass]
	}
	switch s.Act {
	case device.Pass:
		w.rule("action=accept"+ends+what+logs, s.Why)
	case device.Drop:
		w.rule("action=drop"+ends+what+logs, s.Why)
	case device.Reject:
		w.rule("action=reject reject-with=tcp-reset protocol=tcp"+ends+logs, s.Why)
		w.rule("action=reject reject-with=icmp-admin-prohibited"+ends+logs, s.Why)
	}
}

func service(m policy.Match) string {
	names := map[uint8]string{policy.ICMP: "icmp", policy.ICMPv6: "icmpv6", policy.TCP: "tcp", policy.UDP: "udp"}
	name, is := names[m.Proto]
	if !is {
		name = fmt.Sprint(m.Proto)
	}
	switch {
	case m.Proto == policy.Any:
		return ""
	case m.First == 0 && m.Last == 65535:
		return " protocol=" + name
	case m.First == m.Last:
		return fmt.Sprintf(" protocol=%s dst-port=%d", name, m.First)
	}
	return fmt.Sprintf(" protocol=%s dst-port=%d-%d", name, m.First, m.Last)
}
