// Package opnsense writes a boundary's policy as the parts of OPNsense's
// config.xml that hold it (aliases, and the rules that the API manages), and
// reads a config.xml.
//
// It reads both kinds of rules: those of "Rules [new]" (earlier "Automation",
// below OPNsense/Firewall/Filter) and those of "Rules" (below filter), in the
// order in which OPNsense puts them into pf: floating, groups, interfaces.
//
// Reference: OPNsense core, models OPNsense/Firewall/Filter.xml 1.0.4 and
// Alias.xml, FilterRuleField.php (order of rules); OPNsense documentation, API
// of the firewall (savepoint, apply, cancelRollback).
package opnsense

import (
	"bytes"
	"crypto/sha256"
	"encoding/xml"
	"fmt"
	"net/netip"

	"github.com/bulkhead-ot/bulkhead/internal/act/export/device"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// Limits of the models: the name of an alias (AliasNameField.php), a rule's
// description and its place in the order (Filter.xml).
const (
	maxAlias       = 31
	maxDescription = 255
	maxSequence    = 999_999
	firstSequence  = 1000 // leaves room before for people's own
)

// Render writes a policy as a part of config.xml. OPNsense's schedules know day
// and month but no year, so a conduit that ends is refused. What is addressed
// to the firewall itself stays with its own rules.
func Render(p *policy.Policy, o device.Options) ([]byte, error) {
	steps, err := device.Plan(p, &o, &device.Limits{Device: "OPNsense", Steps: (maxSequence - firstSequence) / 16, Expires: func(*policy.Conduit) string {
		return "a schedule there has no year"
	}})
	if err != nil {
		return nil, err
	}
	w := &writer{policy: p, options: o, label: o.Label(p), names: device.Names{Max: maxAlias, Filler: '_'}}
	if err := w.limits(steps); err != nil {
		return nil, err
	}
	w.out.WriteString("<?xml version=\"1.0\"?>\n")
	fmt.Fprintf(&w.out, "<!-- Bulkhead boundary policy of site %s, %s -->\n<opnsense>\n <OPNsense>\n  <Firewall>\n", dashless(device.Plain(p.Site, 60)), dashless(w.label))
	w.aliases(steps)
	w.rules(steps)
	w.out.WriteString("  </Firewall>\n </OPNsense>\n</opnsense>\n")
	return w.out.Bytes(), nil
}

// dashless makes a text that may stand in an XML comment.
func dashless(s string) string {
	return string(bytes.ReplaceAll([]byte(s), []byte("--"), []byte("-.")))
}

type writer struct {
	policy  *policy.Policy
	options device.Options
	label   string
	names   device.Names
	out     bytes.Buffer
	next    int
}

// protocols are the names that a rule may have: the field takes names of
// /etc/protocols only.
var protocols = map[uint8]string{
	policy.Any: "any", policy.ICMP: "ICMP", 2: "IGMP", policy.TCP: "TCP", policy.UDP: "UDP", 41: "IPV6", 47: "GRE", 50: "ESP", 51: "AH", policy.ICMPv6: "IPV6-ICMP",
	88: "EIGRP", 89: "OSPF", 103: "PIM", 112: "CARP", 115: "L2TP", 132: "SCTP",
}

func (w *writer) limits(steps []device.Step) error {
	r := &device.Refusal{Device: "OPNsense"}
	for _, s := range steps {
		for _, m := range s.Matches {
			if protocols[m.Proto] == "" {
				r.Lacks = append(r.Lacks, device.Lack{Conduit: s.Conduit, What: fmt.Sprintf("a rule there cannot name IP protocol %d", m.Proto)})
			}
			if m.First == 0 && m.Last != 65535 {
				r.Lacks = append(r.Lacks, device.Lack{Conduit: s.Conduit, What: "a rule there has no port 0"})
			}
		}
	}
	if len(r.Lacks) > 0 {
		return r
	}
	return nil
}

// element writes one that holds text.
func (w *writer) element(indent, name, text string) {
	fmt.Fprintf(&w.out, "%s<%s>", indent, name)
	_ = xml.EscapeText(&w.out, []byte(text)) // a buffer takes everything
	fmt.Fprintf(&w.out, "</%s>\n", name)
}

func (w *writer) aliases(steps []device.Step) {
	used := map[int][]netip.Prefix{}
	for _, s := range steps {
		for _, side := range []device.Side{s.From, s.To} {
			if !side.Any {
				used[side.Zone] = append(append([]netip.Prefix{}, side.V4...), side.V6...)
			}
		}
	}
	w.out.WriteString("   <Alias version=\"1.0.1\">\n    <aliases>\n")
	for zone := range w.policy.Zones {
		if len(used[zone]) == 0 {
			continue
		}
		var content bytes.Buffer
		for i, r := range used[zone] {
			if i > 0 {
				content.WriteByte('\n')
			}
			content.WriteString(r.String())
		}
		name := w.alias(zone)
		fmt.Fprintf(&w.out, "     <alias uuid=\"%s\">\n", uuid("alias", name))
		for _, e := range [][2]string{{"enabled", "1"}, {"name", name}, {"type", "network"}, {"content", content.String()}, {"description", device.Plain("Bulkhead zone "+w.policy.Zones[zone].Name, maxDescription)}} {
			w.element("      ", e[0], e[1])
		}
		w.out.WriteString("     </alias>\n")
	}
	w.out.WriteString("    </aliases>\n   </Alias>\n")
}

func (w *writer) alias(zone int) string { return w.names.For("BH_", w.policy.Zones[zone].ID) }

// uuid is the same for the same thing in every revision, so that what is there
// already is changed and not doubled.
func uuid(kind, name string) string {
	b := sha256.Sum256([]byte("bulkhead\x00" + kind + "\x00" + name))
	b[6] = b[6]&0x0f | 0x80 // RFC 9562, version 8: made by a rule of our own
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:16])
}

func (w *writer) rules(steps []device.Step) {
	w.out.WriteString("   <Filter version=\"1.0.4\">\n    <rules>\n")
	w.next = firstSequence
	for i := range steps {
		s := &steps[i]
		if len(s.Matches) == 0 {
			w.rule(s, policy.Match{Last: 65535}, 0)
		}
		for k, m := range s.Matches {
			w.rule(s, m, k)
		}
	}
	w.out.WriteString("    </rules>\n   </Filter>\n")
}

// rule writes one rule for one service. It is never bound to an interface: rules
// of a single interface come after all floating ones, and so after those that
// stop the rest.
func (w *writer) rule(s *device.Step, m policy.Match, k int) {
	family := w.family(s, m)
	if family == "" {
		return
	}
	action := [...]string{"pass", "block", "reject"}[s.Act]
	from, to, notTo := w.side(s.From), w.side(s.To), "0"
	if s.Act != device.Pass && s.To.Any {
		to, notTo = "(self)", "1"
	}
	port := ""
	if m.First != 0 || m.Last != 65535 {
		if port = fmt.Sprint(m.First); m.Last != m.First {
			port += fmt.Sprint("-", m.Last)
		}
	}
	fmt.Fprintf(&w.out, "     <rule uuid=\"%s\">\n", uuid("rule", fmt.Sprint(w.policy.Site, "\x00", s.Name, "\x00", k)))
	for _, e := range [][2]string{
		{"enabled", "1"},
		{"sequence", fmt.Sprint(w.next)},
		{"action", action},
		{"quick", "1"},
		{"interface", ""},
		{"direction", "in"},
		{"ipprotocol", family},
		{"protocol", protocols[m.Proto]},
		{"source_net", from},
		{"source_not", "0"},
		{"source_port", ""},
		{"destination_net", to},
		{"destination_not", notTo},
		{"destination_port", port},
		{"log", map[bool]string{true: "1", false: "0"}[s.Log]},
		{"description", device.Plain("Bulkhead "+s.Why+", "+w.label, maxDescription)},
	} {
		w.element("      ", e[0], e[1])
	}
	w.out.WriteString("     </rule>\n")
	w.next++
}

func (w *writer) side(s device.Side) string {
	if s.Any {
		return "any"
	}
	return w.alias(s.Zone)
}

// family is what a rule is for; "" where it could match nothing.
func (w *writer) family(s *device.Step, m policy.Match) string {
	v4 := s.Has(4) && m.Proto != policy.ICMPv6 && w.options.Family != 6
	v6 := s.Has(6) && m.Proto != policy.ICMP && w.options.Family != 4
	switch {
	case v4 && v6:
		return "inet46"
	case v4:
		return "inet"
	case v6:
		return "inet6"
	}
	return ""
}
