package detect

import (
	_ "embed"
	"fmt"
	"path"

	"github.com/goccy/go-yaml"
)

//go:embed security.yaml
var securityFile []byte

// Weakness is what a value of the fact "security" means.
type Weakness struct {
	Value string `yaml:"value"`
	Says  string `yaml:"says"`
}

// Weaknesses are the built-in ones.
func Weaknesses() ([]Weakness, error) {
	var list []Weakness
	if err := yaml.UnmarshalWithOptions(securityFile, &list, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("read the built-in weaknesses: %w", err)
	}
	return list, nil
}

// weakness is what a value means to people, "" if it is no weakness. Few values
// are said by many, so that each is looked up once.
func (d *Detector) weakness(value string) string {
	says, ok := d.weak[value]
	if !ok {
		says = d.findWeakness(value)
		if len(d.weak) < maxWeak {
			d.weak[value] = says
		}
	}
	return says
}

// maxWeak bounds what weakness remembers.
const maxWeak = 4096

func (d *Detector) findWeakness(value string) string {
	for i := range d.weaknesses {
		w := &d.weaknesses[i]
		if fits, err := path.Match(w.Value, value); fits && err == nil {
			return w.Says
		}
	}
	return ""
}
