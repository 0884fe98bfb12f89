// Package fingerprint says what identity values mean: that order number
// 6ES7 315 is a SIMATIC S7-300 CPU, that CIP vendor 1 is Rockwell Automation,
// that NTLM build 17763 is Windows Server 2019.
//
// The knowledge is data: rules and tables in YAML files, each with the public
// source of its numbers and with cases that must match and must not. The
// package only looks things up; it knows no assets and decides nothing.
package fingerprint

import (
	"embed"
	"fmt"
	"io/fs"
	"regexp"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

//go:embed *.yaml
var files embed.FS

// Fields that rules give beyond those of package plant.
const (
	FieldSide   plant.Field = "side"   // plant.SideOT or plant.SideIT
	FieldFamily plant.Field = "family" // the product family, when the product itself is not known
)

// Gain is what a value means: a fact that a rule derives.
type Gain struct {
	Field      plant.Field
	Value      string
	Rule       string  // "siemens.s7-300"
	Confidence float64 // of the rule; the fact's own confidence multiplies it
}

// Set is a collection of rules and tables.
type Set struct {
	rules     map[plant.Field][]*rule
	tables    map[plant.Field][]*tableRule
	protocols map[string]*Protocol
	vendors   []*rule // spellings of manufacturers' names
}

// File is one data file.
type File struct {
	About     string      `yaml:"about"`
	Sources   []string    `yaml:"sources"`
	Rules     []Rule      `yaml:"rules"`
	Tables    []Table     `yaml:"tables"`
	Vendors   []Rule      `yaml:"vendors"`
	Protocols []*Protocol `yaml:"protocols"`
}

// Rule derives facts from values that match a regular expression.
type Rule struct {
	ID         string            `yaml:"id"`
	Fields     []plant.Field     `yaml:"fields"`
	Match      string            `yaml:"match"`   // RE2
	Compact    bool              `yaml:"compact"` // match in upper case without spaces
	Gives      map[string]string `yaml:"gives"`   // field to value; $1 is the first submatch
	Confidence float64           `yaml:"confidence"`
	Is         []string          `yaml:"is"`  // values that match
	Not        []string          `yaml:"not"` // values that do not
}

// Table derives one field from a number in a registry.
type Table struct {
	ID         string            `yaml:"id"`
	Field      plant.Field       `yaml:"field"`
	Prefix     string            `yaml:"prefix"` // "cip:"
	Gives      plant.Field       `yaml:"gives"`
	Confidence float64           `yaml:"confidence"`
	Entries    map[string]string `yaml:"entries"`
	Is         map[string]string `yaml:"is"`  // values and what they mean
	Not        []string          `yaml:"not"` // values that mean nothing
}

type rule struct {
	Rule
	re *regexp.Regexp
}

type tableRule struct{ Table }

// Builtin is the set that is built into the program. It is read once.
func Builtin() *Set { return builtin() }

var builtin = sync.OnceValue(func() *Set {
	s, err := Load(files)
	if err != nil {
		return &Set{} // a test holds that the files load
	}
	return s
})

// Load reads all YAML files in the root of a file system.
func Load(fsys fs.FS) (*Set, error) {
	names, err := fs.Glob(fsys, "*.yaml")
	if err != nil {
		return nil, err
	}
	s := &Set{
		rules: make(map[plant.Field][]*rule), tables: make(map[plant.Field][]*tableRule),
		protocols: make(map[string]*Protocol),
	}
	for _, name := range names {
		f, err := Read(fsys, name)
		if err != nil {
			return nil, err
		}
		if err := s.add(f); err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
	}
	return s, nil
}

// Read reads one file; unknown keys are an error.
func Read(fsys fs.FS, name string) (File, error) {
	b, err := fs.ReadFile(fsys, name)
	if err != nil {
		return File{}, err
	}
	var f File
	if err := yaml.UnmarshalWithOptions(b, &f, yaml.Strict()); err != nil {
		return File{}, fmt.Errorf("read %s: %w", name, err)
	}
	return f, nil
}

func (s *Set) add(f File) error {
	for _, r := range f.Rules {
		c, err := compile(r)
		if err != nil {
			return err
		}
		for _, field := range r.Fields {
			s.rules[field] = append(s.rules[field], c)
		}
	}
	for _, r := range f.Vendors {
		c, err := compile(r)
		if err != nil {
			return err
		}
		s.vendors = append(s.vendors, c)
	}
	for _, t := range f.Tables {
		s.tables[t.Field] = append(s.tables[t.Field], &tableRule{t})
	}
	for _, p := range f.Protocols {
		s.protocols[p.Name] = p
	}
	return nil
}

func compile(r Rule) (*rule, error) {
	re, err := regexp.Compile(r.Match)
	if err != nil {
		return nil, fmt.Errorf("rule %s: %w", r.ID, err)
	}
	return &rule{r, re}, nil
}

// Match appends what a value of a field means to gains.
func (s *Set) Match(gains []Gain, field plant.Field, value string) []Gain {
	for _, t := range s.tables[field] {
		gains = t.match(gains, value)
	}
	compact := ""
	for _, r := range s.rules[field] {
		v := value
		if r.Compact {
			if compact == "" {
				compact = Compact(value)
			}
			v = compact
		}
		gains = r.match(gains, v)
	}
	return gains
}

func (t *tableRule) match(gains []Gain, value string) []Gain {
	key, ok := strings.CutPrefix(value, t.Prefix)
	if !ok {
		return gains
	}
	meaning, ok := t.Entries[key]
	if !ok {
		return gains
	}
	return append(gains, Gain{t.Gives, meaning, t.ID, t.Confidence})
}

func (r *rule) match(gains []Gain, value string) []Gain {
	at := r.re.FindStringSubmatchIndex(value)
	if at == nil {
		return gains
	}
	for field, template := range r.Gives {
		v := template
		if strings.Contains(template, "$") {
			v = strings.TrimSpace(string(r.re.ExpandString(nil, template, value, at)))
		}
		if v != "" {
			gains = append(gains, Gain{plant.Field(field), v, r.ID, r.Confidence})
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
	for _, r := range s.vendors {
		if r.re.MatchString(said) {
			return r.Gives["vendor"]
		}
	}
	return said
}

// Protocol is what taking part in a protocol says about an asset.
type Protocol struct {
	Name string     `yaml:"name"`
	Side plant.Side `yaml:"side"` // the half of the network that speaks it
	// Serves and Asks are the roles of the two ends, with how sure that is.
	Serves map[plant.Role]float64 `yaml:"serves"`
	Asks   map[plant.Role]float64 `yaml:"asks"`
	// Control says that the server controls or measures a process, so that
	// asking many of them makes a SCADA server.
	Control bool `yaml:"control"`
}

// Protocol is what is known of a protocol, nil if nothing is.
func (s *Set) Protocol(name string) *Protocol { return s.protocols[name] }

// Reads reports whether any rule or table looks at a field.
func (s *Set) Reads(field plant.Field) bool {
	return len(s.rules[field]) > 0 || len(s.tables[field]) > 0
}
