// Package asa writes a boundary's policy as configuration of a Cisco ASA, and
// reads its configurations.
//
// It writes for ASA 9.0 and later, where one list holds IPv4 and IPv6, and
// applies the list to all interfaces (global) or to those that are named. Lists
// and groups carry a part of the policy's hash in their names, so that the
// device turns from one to the next in one step. Lists speak of real addresses,
// before translation, and do not judge what is addressed to the device itself.
//
// Reference: Cisco ASA Series Command Reference (access-list extended,
// access-group, object network, object-group, time-range, security-level);
// ASA 9.12 Firewall CLI Configuration Guide (Objects for Access Control: names
// up to 64 characters, groups of both families).
package asa

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

// Limits: names of groups, remarks, and how many entries a list may have once
// its groups are written out, which is how the smallest models hold it.
const (
	maxName    = 64
	maxRemark  = 100
	maxEntries = 25_000
)

// Render writes a policy as configuration commands.
func Render(p *policy.Policy, o device.Options) ([]byte, error) {
	steps, err := device.Plan(p, &o, &device.Limits{Device: "Cisco ASA", Expires: func(c *policy.Conduit) string {
		if c.Until.After(cisco.LastEnd) {
			return "times there end in 2035"
		}
		return ""
	}})
	if err != nil {
		return nil, err
	}
	w := &writer{policy: p, options: o, label: o.Label(p), list: "BH-" + p.Hash()[:8], names: device.Names{Max: maxName, Allows: "-_.", Filler: '-'}}
	if err := w.limits(steps); err != nil {
		return nil, err
	}
	fmt.Fprintf(&w.out, "! Bulkhead boundary policy of site %s\n! %s\n", device.Plain(p.Site, 60), w.label)
	w.groups(steps)
	w.ranges(steps)
	w.remark(w.label)
	w.always()
	for i := range steps {
		w.step(&steps[i])
	}
	w.inspect(steps)
	w.apply()
	return w.out.Bytes(), nil
}

type writer struct {
	policy  *policy.Policy
	options device.Options
	label   string
	list    string
	names   device.Names
	out     bytes.Buffer
}

// limits counts entries as the device does, with groups written out.
func (w *writer) limits(steps []device.Step) error {
	n := 0
	for _, s := range steps {
		size := func(side device.Side, family int) int {
			if side.Any {
				return 1
			}
			return len(side.In(family))
		}
		n += (size(s.From, 4)*size(s.To, 4) + size(s.From, 6)*size(s.To, 6)) * max(1, len(s.Matches))
		if n > maxEntries {
			return &device.Refusal{Device: "Cisco ASA", Lacks: []device.Lack{{Conduit: s.Conduit, What: fmt.Sprintf("with it the list has more than %d entries, and small models hold no more", maxEntries)}}}
		}
	}
	return nil
}

func (w *writer) groups(steps []device.Step) {
	used := map[int][]netip.Prefix{}
	for _, s := range steps {
		for _, side := range []device.Side{s.From, s.To} {
			if !side.Any {
				used[side.Zone] = append(append([]netip.Prefix{}, side.V4...), side.V6...)
			}
		}
	}
	for zone := range w.policy.Zones {
		if len(used[zone]) == 0 {
			continue
		}
		fmt.Fprintf(&w.out, "object-group network %s\n description %s\n", w.group(zone), device.Plain("zone "+w.policy.Zones[zone].Name, 100))
		for _, r := range used[zone] {
			switch {
			case r.Bits() == r.Addr().BitLen():
				fmt.Fprintf(&w.out, " network-object host %v\n", r.Addr())
			case r.Addr().Is4():
				fmt.Fprintf(&w.out, " network-object %v %v\n", r.Addr(), device.Netmask(r))
			default:
				fmt.Fprintf(&w.out, " network-object %v\n", r)
			}
		}
	}
}

func (w *writer) group(zone int) string { return w.names.For(w.list+"-", w.policy.Zones[zone].ID) }

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

func (w *writer) remark(text string) {
	fmt.Fprintf(&w.out, "access-list %s remark %s\n", w.list, device.Plain(text, maxRemark))
}

func (w *writer) line(format string, args ...any) {
	fmt.Fprintf(&w.out, "access-list "+w.list+" extended "+format+"\n", args...)
}

// always lets through what the policy never stops: errors of ICMP.
func (w *writer) always() {
	errors := []string{"unreachable", "time-exceeded", "parameter-problem"}
	for _, e := range errors {
		if w.options.Family != 6 {
			w.line("permit icmp any4 any4 %s", e)
		}
	}
	for _, e := range append(errors, "packet-too-big") {
		if w.options.Family != 4 {
			w.line("permit icmp6 any6 any6 %s", e)
		}
	}
}

func (w *writer) side(s *device.Side) string {
	switch {
	case !s.Any:
		return "object-group " + w.group(s.Zone)
	case w.options.Family == 4:
		return "any4"
	case w.options.Family == 6:
		return "any6"
	}
	return "any"
}

func (w *writer) step(s *device.Step) {
	w.remark(s.Why)
	verb, tail := "permit", ""
	if s.Act != device.Pass {
		verb = "deny"
	}
	if s.Log {
		tail = " log"
	}
	if !s.Until.IsZero() {
		tail += " time-range " + rangeName(s.Until)
	}
	if len(s.Matches) == 0 {
		w.line("%s ip %s %s%s", verb, w.side(&s.From), w.side(&s.To), tail)
	}
	for _, m := range s.Matches {
		if m.Proto == policy.ICMP && !s.Has(4) || m.Proto == policy.ICMPv6 && !s.Has(6) {
			continue
		}
		w.line("%s %s %s %s%s%s", verb, protocol(m.Proto), w.side(&s.From), w.side(&s.To), ports(m), tail)
	}
}

func protocol(n uint8) string {
	names := map[uint8]string{policy.Any: "ip", policy.ICMP: "icmp", policy.TCP: "tcp", policy.UDP: "udp", policy.ICMPv6: "icmp6"}
	if name, is := names[n]; is {
		return name
	}
	return fmt.Sprint(n)
}

func ports(m policy.Match) string {
	switch {
	case m.First == 0 && m.Last == 65535:
		return ""
	case m.First == m.Last:
		return fmt.Sprintf(" eq %d", m.First)
	}
	return fmt.Sprintf(" range %d %d", m.First, m.Last)
}

// inspect makes the device keep state of echo requests, whose answers it would
// stop otherwise. The map and the class are there from the factory.
func (w *writer) inspect(steps []device.Step) {
	for _, s := range steps {
		for _, m := range s.Matches {
			if m.Proto == policy.ICMP || m.Proto == policy.ICMPv6 || m.Proto == policy.Any {
				w.out.WriteString("policy-map global_policy\n class inspection_default\n  inspect icmp\n  inspect icmp error\n")
				return
			}
		}
	}
}

// apply puts the list in force: at the interfaces that were named, or at all.
func (w *writer) apply() {
	var names []string
	for _, n := range w.options.Interfaces {
		if n = device.Plain(n, 48); !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	slices.Sort(names)
	for _, n := range names {
		fmt.Fprintf(&w.out, "access-group %s in interface %s\n", w.list, n)
	}
	if len(names) == 0 {
		fmt.Fprintf(&w.out, "access-group %s global\n", w.list)
	}
}
