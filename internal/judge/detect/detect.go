// Package detect says what looks wrong: it walks assets, conversations,
// operations, facts and anomalies once and groups what it sees into few
// findings, one for each rule, with the devices and packets behind them.
//
// It is a pure judge: it reads no clock, keeps nothing global and does the same
// for the same input. What people read about a rule stands in rules.yaml.
package detect

import (
	"cmp"
	_ "embed"
	"fmt"
	"slices"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

//go:embed rules.yaml
var rulesFile []byte

// Rule is what people read about one kind of finding.
type Rule struct {
	Rule  string   `yaml:"rule"`
	Level string   `yaml:"level"`
	Title string   `yaml:"title"`
	Why   string   `yaml:"why"`
	Next  []string `yaml:"next"`
}

// Rules are the built-in rules in the order of the file.
func Rules() ([]Rule, error) {
	var rules []Rule
	if err := yaml.UnmarshalWithOptions(rulesFile, &rules, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("read the built-in rules: %w", err)
	}
	return rules, nil
}

// Traits are what the rules about who talks to whom ask of an asset.
type Traits uint8

// Traits of assets.
const (
	OnPlantFloor Traits = 1 << iota
	InOffice
	Outside
)

// TraitsOf takes them from an asset.
func TraitsOf(a *plant.Asset) Traits {
	switch {
	case a.Kind == plant.KindExternal:
		return Outside
	case a.Side == plant.SideOT:
		return OnPlantFloor
	case a.Side == plant.SideIT:
		return InOffice
	}
	return 0
}

// Assets is how a detector asks for assets. Number gives the place of an
// endpoint's asset, -1 for none; Traits and At are by place.
type Assets struct {
	Number func(plant.Endpoint) int
	Traits []Traits
	At     func(number int) *plant.Asset
}

// Label is what people call an asset: its name and address, or what it is.
func Label(a *plant.Asset) string {
	address := ""
	switch {
	case len(a.IPs) > 0:
		address = a.IPs[0].String()
	case len(a.MACs) > 0:
		address = a.MACs[0].String()
	}
	if len(a.Names) == 0 {
		return address
	}
	if address == "" {
		return a.Names[0]
	}
	return a.Names[0] + " (" + address + ")"
}

// maxDetails bounds the lines and packets that a finding keeps; the rest is
// counted.
const maxDetails = 200

// Detector collects findings.
type Detector struct {
	rules      map[string]*Rule
	order      []string
	weaknesses []Weakness
	weak       map[string]string // what a value means, "" for nothing
	assets     Assets
	names      map[int]string // of assets that stand in a finding
	found      map[string]*found

	scans   map[int]*reach
	servers map[plant.Endpoint]bool // that answered DHCP
	half    halves
}

// found is a finding in the making. Lines are told apart by their text.
type found struct {
	plant.Finding
	lines  map[string]bool
	assets map[int]bool
}

// Knowledge is the data that a detector judges by.
type Knowledge struct {
	Rules      []Rule
	Weaknesses []Weakness
}

// Builtin is the knowledge that comes with the program.
func Builtin() (Knowledge, error) {
	rules, err := Rules()
	if err != nil {
		return Knowledge{}, err
	}
	weaknesses, err := Weaknesses()
	return Knowledge{rules, weaknesses}, err
}

// New makes a detector.
func New(k Knowledge, assets Assets) *Detector {
	d := &Detector{
		rules: map[string]*Rule{}, weaknesses: k.Weaknesses, assets: assets, names: map[int]string{}, found: map[string]*found{},
		weak: map[string]string{}, scans: map[int]*reach{}, servers: map[plant.Endpoint]bool{},
	}
	for i := range k.Rules {
		d.rules[k.Rules[i].Rule] = &k.Rules[i]
		d.order = append(d.order, k.Rules[i].Rule)
	}
	return d
}

// Know gives the traits of the assets, by place: what is judged from then on
// may ask for them.
func (d *Detector) Know(traits []Traits) { d.assets.Traits = traits }

// traits are those of an endpoint's asset; known is false if it has none.
func (d *Detector) traits(e plant.Endpoint) (t Traits, known bool) {
	if i := d.assets.Number(e); i >= 0 && i < len(d.assets.Traits) {
		return d.assets.Traits[i], true
	}
	return 0, false
}

// event is one thing that a rule matched.
type event struct {
	line        func() string // made only when it is kept
	first, last time.Time
	packet      plant.PacketRef
	count       uint64
	about       []plant.Endpoint // the one to look at first, first
}

func (d *Detector) report(rule string, e event) {
	r := d.rules[rule]
	if r == nil {
		return
	}
	f := d.found[rule]
	if f == nil {
		f = &found{lines: map[string]bool{}, assets: map[int]bool{}}
		f.Finding = plant.Finding{Rule: rule, Level: r.Level, Title: r.Title, Why: r.Why, Next: r.Next, First: e.first, Last: e.last}
		d.found[rule] = f
	}
	f.Count += max(e.count, 1)
	if e.first.Before(f.First) {
		f.First = e.first
	}
	if e.last.After(f.Last) {
		f.Last = e.last
	}
	for _, x := range e.about {
		if len(f.Assets) >= maxDetails {
			break
		}
		if i := d.assets.Number(x); i >= 0 && !f.assets[i] {
			f.assets[i] = true
			f.Assets = append(f.Assets, d.assets.At(i).ID)
		}
	}
	if len(f.Details) >= maxDetails {
		return
	}
	line := e.line()
	if f.lines[line] {
		return
	}
	f.lines[line] = true
	f.Details = append(f.Details, line)
	f.Evidence = append(f.Evidence, e.packet)
}

// levels orders findings for people.
var levels = map[string]int{"high": 0, "medium": 1, "low": 2, "info": 3}

// Findings are what was found, the most serious first.
func (d *Detector) Findings() []plant.Finding {
	d.closeScans()
	d.closeServers()
	d.closeHalves()
	var list []plant.Finding
	for _, rule := range d.order {
		if f := d.found[rule]; f != nil {
			list = append(list, f.Finding)
		}
	}
	slices.SortStableFunc(list, func(a, b plant.Finding) int { return cmp.Compare(levels[a.Level], levels[b.Level]) })
	return list
}

// label names an endpoint: by its asset, else by its address.
func (d *Detector) label(e plant.Endpoint) string {
	i := d.assets.Number(e)
	if i < 0 {
		return e.Addr()
	}
	name, known := d.names[i]
	if !known {
		name = Label(d.assets.At(i))
		d.names[i] = name
	}
	return name
}
