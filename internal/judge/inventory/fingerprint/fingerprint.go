// Package fingerprint says what identity values mean: that order number
// 6ES7 315 is a SIMATIC S7-300 CPU, that CIP vendor 1 is Rockwell Automation,
// that NTLM build 17763 is Windows Server 2019.
//
// The knowledge is data: rules and tables in YAML files, each with the public
// source of its numbers and with cases that must match and must not. The
// program in gen packs what is needed at run time into rules.json, which is
// built in: reading the YAML would cost each start 25 ms. The package only looks
// things up; it knows no assets and decides nothing.
package fingerprint

//go:generate go run ./gen

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

//go:embed rules.json
var packed []byte

// Fields that rules give beyond those of package plant.
const (
	FieldSide   plant.Field = "side"   // plant.SideOT or plant.SideIT
	FieldFamily plant.Field = "family" // the product family, when the product itself is not known
	FieldHelps  plant.Field = "helps"  // the role of the module beside it that it only works for: it leads no rack
)

// Gain is what a value means: a fact that a rule derives.
type Gain struct {
	Field      plant.Field
	Value      string
	Rule       string  // "siemens.s7-300"
	Source     string  // "fingerprint.siemens.s7-300", what the derived fact names
	Confidence float64 // of the rule; the fact's own confidence multiplies it
}

// sourcePrefix begins the source of a derived fact.
const sourcePrefix = "fingerprint."

// Set is a collection of rules and tables.
type Set struct {
	rules     map[plant.Field][]*rule
	tables    map[plant.Field][]*tableRule
	protocols map[string]*Protocol
	vendors   []*rule // spellings of manufacturers' names
}

// File is one data file, or all of them packed.
type File struct {
	About     string      `yaml:"about" json:"about,omitempty"`
	Sources   []string    `yaml:"sources" json:"sources,omitempty"`
	Rules     []Rule      `yaml:"rules" json:"rules,omitempty"`
	Tables    []Table     `yaml:"tables" json:"tables,omitempty"`
	Vendors   []Rule      `yaml:"vendors" json:"vendors,omitempty"`
	Protocols []*Protocol `yaml:"protocols" json:"protocols,omitempty"`
}

// Rule derives facts from values that match a regular expression.
type Rule struct {
	ID         string            `yaml:"id" json:"id,omitempty"`
	Fields     []plant.Field     `yaml:"fields" json:"fields,omitempty"`
	Match      string            `yaml:"match" json:"match,omitempty"`     // RE2
	Compact    bool              `yaml:"compact" json:"compact,omitempty"` // match in upper case without spaces
	Gives      map[string]string `yaml:"gives" json:"gives,omitempty"`     // field to value; $1 is the first submatch
	Confidence float64           `yaml:"confidence" json:"confidence,omitempty"`
	Is         []string          `yaml:"is" json:"is,omitempty"`   // values that match
	Not        []string          `yaml:"not" json:"not,omitempty"` // values that do not
}

// Table derives one field from a number in a registry.
type Table struct {
	ID         string            `yaml:"id" json:"id,omitempty"`
	Field      plant.Field       `yaml:"field" json:"field,omitempty"`
	Prefix     string            `yaml:"prefix" json:"prefix,omitempty"` // "cip:"
	Gives      plant.Field       `yaml:"gives" json:"gives,omitempty"`
	Confidence float64           `yaml:"confidence" json:"confidence,omitempty"`
	Entries    map[string]string `yaml:"entries" json:"entries,omitempty"`
	Is         map[string]string `yaml:"is" json:"is,omitempty"`   // values and what they mean
	Not        []string          `yaml:"not" json:"not,omitempty"` // values that mean nothing
}

type rule struct {
	Rule
	source   string
	re       func() *regexp.Regexp
	required func() []string
}

type tableRule struct {
	Table
	source string
}

// Builtin is the set that is built into the program. It is read once.
func Builtin() *Set { return builtin() }

var builtin = sync.OnceValue(func() *Set {
	s := newSet()
	var f File
	if err := json.Unmarshal(packed, &f); err == nil { // a test holds that it is
		s.add(f)
	}
	return s
})

func newSet() *Set {
	return &Set{
		rules: make(map[plant.Field][]*rule), tables: make(map[plant.Field][]*tableRule),
		protocols: make(map[string]*Protocol),
	}
}

// Load reads all YAML files in the root of a file system.
func Load(fsys fs.FS) (*Set, error) {
	f, err := Pack(fsys)
	if err != nil {
		return nil, err
	}
	s := newSet()
	s.add(f)
	return s, nil
}

// Pack is all YAML files in the root of a file system as one, without what
// only people and tests read.
func Pack(fsys fs.FS) (File, error) {
	names, err := fs.Glob(fsys, "*.yaml")
	if err != nil {
		return File{}, err
	}
	var all File
	for _, name := range names {
		f, err := Read(fsys, name)
		if err != nil {
			return File{}, err
		}
		all.Rules = append(all.Rules, bare(f.Rules)...)
		all.Vendors = append(all.Vendors, bare(f.Vendors)...)
		all.Protocols = append(all.Protocols, f.Protocols...)
		for _, t := range f.Tables {
			t.Is, t.Not = nil, nil
			all.Tables = append(all.Tables, t)
		}
	}
	return all, nil
}

func bare(rules []Rule) []Rule {
	for i := range rules {
		rules[i].Is, rules[i].Not = nil, nil
	}
	return rules
}

// Read reads one file; unknown keys and expressions that do not compile are
// errors.
func Read(fsys fs.FS, name string) (File, error) {
	b, err := fs.ReadFile(fsys, name)
	if err != nil {
		return File{}, err
	}
	var f File
	if err := yaml.UnmarshalWithOptions(b, &f, yaml.Strict()); err != nil {
		return File{}, fmt.Errorf("read %s: %w", name, err)
	}
	for _, r := range slices.Concat(f.Rules, f.Vendors) {
		if _, err := regexp.Compile(r.Match); err != nil {
			return File{}, fmt.Errorf("read %s: rule %s: %w", name, r.ID, err)
		}
	}
	return f, nil
}

func (s *Set) add(f File) {
	for _, r := range f.Rules {
		c := newRule(r)
		for _, field := range r.Fields {
			s.rules[field] = append(s.rules[field], c)
		}
	}
	for _, r := range f.Vendors {
		s.vendors = append(s.vendors, newRule(r))
	}
	for _, t := range f.Tables {
		s.tables[t.Field] = append(s.tables[t.Field], &tableRule{t, sourcePrefix + t.ID})
	}
	for _, p := range f.Protocols {
		s.protocols[p.Name] = p
	}
}

// newRule makes a rule of an expression that compiles. That is done when it is
// first needed: most of them never are.
func newRule(r Rule) *rule {
	return &rule{r, sourcePrefix + r.ID, sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(r.Match) }), sync.OnceValue(func() []string { return required(r.Match) })}
}

// Match appends what a value of a field means to gains.
func (s *Set) Match(gains []Gain, field plant.Field, value string) []Gain {
	for _, t := range s.tables[field] {
		gains = t.match(gains, value)
	}
	rules := s.rules[field]
	if len(rules) == 0 {
		return gains
	}
	plain, compact := newForm(value), newForm(Compact(value))
	for _, r := range rules {
		form := &plain
		if r.Compact {
			form = &compact
		}
		if r.mayMatch(form.lower) {
			gains = r.match(gains, form.value)
		}
	}
	return gains
}

// form is one way to write a value.
type form struct{ value, lower string }

func newForm(value string) form { return form{value, strings.ToLower(value)} }

func (t *tableRule) match(gains []Gain, value string) []Gain {
	key, ok := strings.CutPrefix(value, t.Prefix)
	if !ok {
		return gains
	}
	meaning, ok := t.Entries[key]
	if !ok {
		return gains
	}
	return append(gains, Gain{t.Gives, meaning, t.ID, t.source, t.Confidence})
}

func (r *rule) match(gains []Gain, value string) []Gain {
	re := r.re()
	at := re.FindStringSubmatchIndex(value)
	if at == nil {
		return gains
	}
	for field, template := range r.Gives {
		v := template
		if strings.Contains(template, "$") {
			v = strings.TrimSpace(string(re.ExpandString(nil, template, value, at)))
		}
		if v != "" {
			gains = append(gains, Gain{plant.Field(field), v, r.ID, r.source, r.Confidence})
		}
	}
	return gains
}

// Compact is a value in upper case without spaces, so that "6ES7 315-2EH14"
// and "6es7315-2EH14" are the same order number.
func Compact(value string) string {
	return strings.ToUpper(strings.Join(strings.Fields(value), ""))
}

// Vendor is the usual name of a manufacturer, however it was spelt.
func (s *Set) Vendor(said string) string {
	said = strings.TrimSpace(said)
	lower := strings.ToLower(said)
	for _, r := range s.vendors {
		if r.mayMatch(lower) && r.re().MatchString(said) {
			return r.Gives["vendor"]
		}
	}
	return said
}

// Protocol is what taking part in a protocol says about an asset.
type Protocol struct {
	Name string     `yaml:"name" json:"name,omitempty"`
	Side plant.Side `yaml:"side" json:"side,omitempty"` // the half of the network that speaks it
	// Serves and Asks are the roles of the two ends, with how sure that is.
	Serves map[plant.Role]float64 `yaml:"serves" json:"serves,omitempty"`
	Asks   map[plant.Role]float64 `yaml:"asks" json:"asks,omitempty"`
	// Control says that the server controls or measures a process, so that
	// asking many of them makes a SCADA server.
	Control bool `yaml:"control" json:"control,omitempty"`
	// Office says that offices and plants keep servers for it, so that a
	// computer that serves it to many is one.
	Office bool `yaml:"office" json:"office,omitempty"`
}

// Protocol is what is known of a protocol, nil if nothing is.
func (s *Set) Protocol(name string) *Protocol { return s.protocols[name] }

// Reads reports whether any rule or table looks at a field.
func (s *Set) Reads(field plant.Field) bool {
	return len(s.rules[field]) > 0 || len(s.tables[field]) > 0
}
