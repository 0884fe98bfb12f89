package logs

import (
	_ "embed"
	"fmt"
	"slices"

	"github.com/goccy/go-yaml"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

//go:embed protocol.yaml
var protocolYAML []byte

// verbBook has the verbs and ports of all protocols.
type verbBook struct {
	protocols map[string]*verbs
	ports     map[plant.Transport]map[uint16]string
}

// protocolY is one protocol in protocol.yaml.
type protocolY struct {
	TCP   []uint16 `yaml:"tcp"`
	UDP   []uint16 `yaml:"udp"`
	Verbs []verbY  `yaml:"verbs"`
}

// verbY is one verb: the code and name that package dissect gives it, and what
// logs call it beside that. Upper and lower case and what is no letter or digit
// make no difference between names.
type verbY struct {
	Code      string   `yaml:"code"`
	Name      string   `yaml:"name"`
	Kind      string   `yaml:"kind"`
	Technique string   `yaml:"technique"`
	Reply     string   `yaml:"reply"`
	Also      []string `yaml:"also"`
	// Only leaves out the code as a name: several verbs share it.
	Only  bool   `yaml:"only"`
	Space string `yaml:"space"` // what its object is: "coils"
}

// verb is a plant.Verb and the space its object lies in.
type verb struct {
	plant.Verb
	space string
}

// verbs are those of one protocol.
type verbs struct {
	protocol string
	known    map[string]*verb
}

func loadVerbs(data []byte) (*verbBook, error) {
	var file struct {
		About     string               `yaml:"about"`
		Protocols map[string]protocolY `yaml:"protocols"`
	}
	if err := yaml.UnmarshalWithOptions(data, &file, yaml.Strict()); err != nil {
		return nil, err
	}
	b := &verbBook{protocols: map[string]*verbs{}, ports: map[plant.Transport]map[uint16]string{plant.TCP: {}, plant.UDP: {}}}
	for name, p := range file.Protocols {
		for _, n := range p.TCP {
			b.ports[plant.TCP][n] = name
		}
		for _, n := range p.UDP {
			b.ports[plant.UDP][n] = name
		}
		v := &verbs{protocol: name, known: map[string]*verb{}}
		for i := range p.Verbs {
			if err := v.add(&p.Verbs[i]); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
		}
		b.protocols[name] = v
	}
	return b, nil
}

func (b *verbBook) verbs(protocol string) *verbs { return b.protocols[protocol] }

// suggested is the protocol that a port suggests, "" for none.
func (b *verbBook) suggested(t plant.Transport, port uint16) string { return b.ports[t][port] }

func (v *verbs) add(y *verbY) error {
	kind, ok := plant.ParseKind(y.Kind)
	if !ok {
		return fmt.Errorf("verb %s: unknown kind %q", y.Code, y.Kind)
	}
	x := &verb{plant.Verb{Protocol: v.protocol, Code: y.Code, Name: y.Name, Kind: kind, Technique: y.Technique, Reply: y.Reply}, y.Space}
	names := append(slices.Clone(y.Also), y.Name)
	if !y.Only {
		names = append(names, y.Code)
	} else {
		names = slices.Clone(y.Also)
	}
	for _, n := range names {
		key := string(appendKey(nil, []byte(n)))
		if old := v.known[key]; old != nil && old != x {
			return fmt.Errorf("%q names %s and %s", n, old.Code, y.Code)
		}
		v.known[key] = x
	}
	return nil
}

// appendKey is what tells names apart: letters, digits and the marks in codes.
func appendKey(b, name []byte) []byte {
	for _, c := range name {
		switch {
		case c >= 'A' && c <= 'Z':
			b = append(b, c+'a'-'A')
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '.', c == '/':
			b = append(b, c)
		}
	}
	return b
}

// find is the verb with that key, nil when there is none.
func (v *verbs) find(key []byte) *verb { return v.known[string(key)] }
