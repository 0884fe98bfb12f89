// Package compile turns a plant model and what stands where into a policy by
// address: what a kernel, a firewall and the judges can hold.
//
// A model speaks of machines and protocols, a policy of addresses and ports. A
// service becomes the ports that its protocol is registered for (ports.txt) and
// those on which it was really seen; verbs and objects become a relay where one
// can read the protocol. Whatever a policy cannot say exactly as the model does
// is left out or widened to a port, and a Note says so: what is unknown is not
// allowed.
//
// The same input gives the same policy, byte for byte. The package does no I/O
// and reads no clock.
package compile

import (
	"fmt"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// Input is what a policy is made from.
type Input struct {
	Model *model.Model
	// Now decides which conduits have expired.
	Now    time.Time
	Assets []Asset
	// Services are what was recorded between zones; only those that a service of
	// a conduit covers matter.
	Services []Seen
}

// Asset is a machine with its addresses.
type Asset struct {
	ID    string
	Label string // what people call it, for notes
	Facts model.Facts
	// Zone is where it stands; "" has it placed by the model.
	Zone string
	// Pinned says that all its addresses stand in Zone, whatever subnet they are
	// in: it was placed by something that outranks subnets.
	Pinned bool
}

// Seen is a service that was recorded from one zone to another, by their ids.
type Seen struct {
	From, To  string
	Protocol  string
	Transport plant.Transport
	Port      uint16 // the server's
}

// Note is what a policy does not say exactly as the model does.
type Note struct {
	Conduit string `json:"conduit,omitempty"` // "" where it is about the site
	Service string `json:"service,omitempty"` // in the model's words
	Kind    Kind   `json:"kind"`
	Text    string `json:"text"` // a sentence, and what would settle it
}

// Kind is what a note is about.
type Kind string

// Kinds of note.
const (
	EmptyZone Kind = "empty-zone"    // a conduit's zone has no address
	NoPorts   Kind = "no-ports"      // nothing tells a protocol's ports: left out
	Dynamic   Kind = "dynamic-ports" // a protocol agrees on further ports as it goes: those not seen are left out
	PortsOnly Kind = "ports-only"    // verbs or objects that nothing can hold: allowed by port
	LeftOut   Kind = "left-out"      // a part that nothing can hold to verbs: left out
	Ethernet  Kind = "ethernet"      // has no IP header: no conduit can hold it
	Expired   Kind = "expired"       // the conduit does not hold any more
	TwoZones  Kind = "two-zones"     // an address that two machines of different zones have
	Unplaced  Kind = "unplaced"      // machines that stand in no zone
	Internet  Kind = "internet"      // a second zone of the internet
)

// Compile makes the policy of a model. An error is of an input that contradicts
// itself: the notes are then what was found until there.
func Compile(in Input) (*policy.Policy, []Note, error) {
	known, err := Ports()
	if err != nil {
		return nil, nil, err
	}
	c := &compiler{Input: in, zones: map[string]int{}, known: known}
	p := &policy.Policy{Site: in.Model.Site, Zones: make([]policy.Zone, 1, len(in.Model.Zones)+1), Rest: in.Model.Boundary.Stage}
	if p.Rest == "" {
		p.Rest = model.StageObserve
	}
	for i := range in.Model.Zones {
		z := &in.Model.Zones[i]
		c.zones[z.ID] = len(p.Zones)
		p.Zones = append(p.Zones, policy.Zone{ID: z.ID, Name: z.Name, Kind: z.Kind})
	}
	if err := c.ranges(p); err != nil {
		return nil, c.notes, err
	}
	c.seen = byPair(in.Services)
	for i := range in.Model.Conduits {
		if err := c.conduit(p, &in.Model.Conduits[i]); err != nil {
			return nil, c.notes, err
		}
	}
	p.Pairs = c.pairs(p.Rest)
	for _, name := range in.Model.Boundary.Ethernet {
		n, ok := model.EtherType(name)
		if !ok {
			return nil, c.notes, fmt.Errorf("boundary.ethernet: %q is no protocol without IP: %w", name, policy.ErrWrong)
		}
		p.Ethernet = append(p.Ethernet, n)
	}
	p.Normalize()
	if err := p.Validate(); err != nil {
		return nil, c.notes, fmt.Errorf("compile the model of site %q: %w", in.Model.Site, err)
	}
	return p, c.notes, nil
}

// compiler is one run of Compile.
type compiler struct {
	Input
	zones map[string]int   // index in the policy
	known map[string]Known // by protocol
	seen  map[pair][]Seen
	notes []Note
}

type pair struct{ from, to string }

func byPair(all []Seen) map[pair][]Seen {
	m := map[pair][]Seen{}
	for _, s := range all {
		k := pair{s.From, s.To}
		m[k] = append(m[k], s)
	}
	return m
}

func (c *compiler) note(conduit string, s *model.Service, kind Kind, format string, args ...any) {
	n := Note{Conduit: conduit, Kind: kind, Text: fmt.Sprintf(format, args...)}
	if s != nil {
		n.Service = s.String()
	}
	c.notes = append(c.notes, n)
}
