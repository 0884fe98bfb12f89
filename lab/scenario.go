package lab

import (
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"strings"
	"time"
)

// DefaultScenario is that of the demonstration.
const DefaultScenario = "demo"

// ErrScenario says that there is no scenario of that name.
var ErrScenario = errors.New("no such scenario")

// Scenario is what happens besides everyday work, and what a program that
// watches must make of it.
type Scenario struct {
	Name  string        `yaml:"-"`
	Title string        `yaml:"title"` // one line
	Story string        `yaml:"story"` // what happens, for people
	Start time.Time     `yaml:"start"` // the plant's time at which it begins
	Time  time.Duration `yaml:"time"`  // how long it is
	Thin  int           `yaml:"thin"`  // by how much it is thinned where it is tested; 0 is not
	// Repeats says that machines repeat what nobody acknowledges, which other
	// readers of captures point out.
	Repeats bool `yaml:"repeats"`

	See   Expected `yaml:"see"`   // what must be seen
	Quiet []string `yaml:"quiet"` // rules that must find nothing
	Later []Later  `yaml:"later"` // what judges must say that do not exist yet

	hosts []machine
	talks []talk
}

// Expected is what must be seen of a scenario.
type Expected struct {
	Assets        []ExpectedAsset        `yaml:"assets"`
	Conversations []ExpectedConversation `yaml:"conversations"`
	Operations    []ExpectedOperation    `yaml:"operations"`
	Findings      []ExpectedFinding      `yaml:"findings"`
}

// ExpectedAsset is an asset by its address. Fields that are empty may be
// anything; Says must be part of its name, vendor, product or system.
type ExpectedAsset struct {
	IP   netip.Addr `yaml:"ip"`
	Side string     `yaml:"side"`
	Role string     `yaml:"role"`
	Says string     `yaml:"says"`
}

// ExpectedConversation is a conversation of two addresses in a protocol.
type ExpectedConversation struct {
	From     netip.Addr `yaml:"from"`
	To       netip.Addr `yaml:"to"`
	Protocol string     `yaml:"protocol"`
}

// ExpectedOperation is what one address asked of another.
type ExpectedOperation struct {
	From     netip.Addr `yaml:"from"`
	To       netip.Addr `yaml:"to"`
	Protocol string     `yaml:"protocol"`
	Kind     string     `yaml:"kind"`
	Object   string     `yaml:"object"` // part of it
	Refused  bool       `yaml:"refused"`
}

// ExpectedFinding is a finding of a rule, whose details say something.
type ExpectedFinding struct {
	Rule string `yaml:"rule"`
	Says string `yaml:"says"`
}

// Later is what a judge must say that does not exist yet.
type Later struct {
	Judge string `yaml:"judge"` // baseline, window …
	Says  string `yaml:"says"`
}

// Scenarios are the names of all scenarios, sorted.
func Scenarios() ([]string, error) {
	entries, err := files.ReadDir("scenario")
	if err != nil {
		return nil, fmt.Errorf("list scenarios: %w", err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".yaml"))
	}
	return names, nil
}

// ReadScenario is the scenario of that name. The error wraps ErrScenario if
// there is none.
func ReadScenario(name string) (*Scenario, error) {
	var s struct {
		Scenario `yaml:",inline"`
		Hosts    []machine `yaml:"hosts"`
		Talks    []talk    `yaml:"talks"`
	}
	if err := readYAML("scenario/"+name+".yaml", &s); errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrInvalid) {
		return nil, fmt.Errorf("%w %q", ErrScenario, name)
	} else if err != nil {
		return nil, err
	}
	s.Name, s.hosts, s.talks = name, s.Hosts, s.Talks
	return &s.Scenario, nil
}

// Machine is a machine of the plant as whoever checks an inventory needs it.
type Machine struct {
	Name string
	IP   netip.Addr
	// What it says of itself, "" if it does not.
	Product, Order, Firmware string
	Truth
}

// says is what a machine tells of its product and firmware. A rack has many of
// both, and a switch that speaks CIP one in each protocol, so that nobody can
// say which is its own.
func (m *machine) says() (product, firmware string) {
	switch {
	case m.Rack != nil, m.CIP != nil && m.Text != "":
		return m.CIP.Name, ""
	case m.CIP != nil:
		return m.CIP.Name, fmt.Sprintf("%d.%d", m.CIP.Major, m.CIP.Minor)
	case m.BACnet != nil:
		return m.BACnet.Model, m.BACnet.Firmware
	case len(m.Objects) > 2:
		return m.Objects[1], m.Objects[2]
	}
	return "", m.Firmware
}

// Machines are those of the plant, without those that a scenario adds, of
// which the data say what an inventory must make of them.
func Machines() ([]Machine, error) {
	p, err := readPlan(DefaultScenario)
	if err != nil {
		return nil, err
	}
	var list []Machine
	for i := range p.Hosts {
		if m := &p.Hosts[i]; m.Is != nil {
			product, firmware := m.says()
			list = append(list, Machine{Name: m.Name, IP: m.IP, Product: product, Order: m.Order, Firmware: firmware, Truth: *m.Is})
		}
	}
	return list, nil
}

// Describe tells a scenario to people.
func (s *Scenario) Describe() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n\n%s\nIt begins on %s and takes %v.\n", s.Name, s.Title, s.Story, s.Start.Format("Monday, 2 January 2006, 15:04 MST"), s.Time)
	b.WriteString("\nMust be seen:\n")
	for _, a := range s.See.Assets {
		fmt.Fprintf(&b, "  asset         %v %s\n", a.IP, strings.Join(strings.Fields(a.Role+" "+a.Says), " "))
	}
	for _, c := range s.See.Conversations {
		fmt.Fprintf(&b, "  conversation  %v → %v, %s\n", c.From, c.To, c.Protocol)
	}
	for _, o := range s.See.Operations {
		fmt.Fprintf(&b, "  operation     %v → %v, %s %s %s\n", o.From, o.To, o.Protocol, o.Kind, o.Object)
	}
	for _, f := range s.See.Findings {
		fmt.Fprintf(&b, "  finding       %s: %s\n", f.Rule, f.Says)
	}
	if len(s.Quiet) > 0 {
		fmt.Fprintf(&b, "\nMust stay quiet:\n  %s\n", strings.Join(s.Quiet, ", "))
	}
	if len(s.Later) > 0 {
		b.WriteString("\nNot judged yet:\n")
	}
	for _, l := range s.Later {
		fmt.Fprintf(&b, "  %-12s  %s\n", l.Judge, l.Says)
	}
	return b.String()
}
