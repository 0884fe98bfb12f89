package policy

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"slices"

	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
)

// ErrWrong is the error of a policy that contradicts itself.
var ErrWrong = errors.New("the policy is wrong")

// Normalize sorts all lists and drops what is said twice.
func (p *Policy) Normalize() {
	for i := range p.Zones {
		z := &p.Zones[i]
		slices.SortFunc(z.Ranges, comparePrefix)
		z.Ranges = slices.Compact(z.Ranges)
	}
	slices.SortFunc(p.Conduits, func(a, b Conduit) int { return cmp.Compare(a.ID, b.ID) })
	for i := range p.Conduits {
		slices.SortFunc(p.Conduits[i].Matches, compareMatch)
	}
	slices.SortFunc(p.Pairs, func(a, b Pair) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To)) })
	slices.Sort(p.Ethernet)
	p.Ethernet = slices.Compact(p.Ethernet)
}

// comparePrefix orders by family, address and length.
func comparePrefix(a, b netip.Prefix) int {
	return cmp.Or(cmp.Compare(a.Addr().BitLen(), b.Addr().BitLen()), a.Addr().Compare(b.Addr()), cmp.Compare(a.Bits(), b.Bits()))
}

func compareMatch(a, b Match) int {
	return cmp.Or(cmp.Compare(a.Proto, b.Proto), cmp.Compare(a.First, b.First), cmp.Compare(a.Last, b.Last))
}

// Validate says what contradicts itself: zones that overlap, indices that lead
// nowhere, ports of protocols that have none.
func (p *Policy) Validate() error {
	if len(p.Zones) == 0 || p.Zones[Nowhere].ID != "" || len(p.Zones[Nowhere].Ranges) > 0 {
		return fmt.Errorf("%w: its first zone is not that of addresses without a zone", ErrWrong)
	}
	if err := p.disjoint(); err != nil {
		return err
	}
	for i := range p.Conduits {
		if err := p.checkConduit(&p.Conduits[i]); err != nil {
			return err
		}
	}
	if !slices.Contains(model.Stages, p.Rest) {
		return fmt.Errorf("%w: %q is no stage", ErrWrong, p.Rest)
	}
	seen := map[[2]int]bool{}
	for _, x := range p.Pairs {
		switch k := [2]int{x.From, x.To}; {
		case !p.has(x.From) || !p.has(x.To) || x.From == x.To && x.From != Nowhere:
			return fmt.Errorf("%w: a pair of zones %d and %d", ErrWrong, x.From, x.To)
		case !slices.Contains(model.Stages, x.Stage):
			return fmt.Errorf("%w: %q is no stage", ErrWrong, x.Stage)
		case seen[k]:
			return fmt.Errorf("%w: two stages from %q to %q", ErrWrong, p.Zones[x.From].ID, p.Zones[x.To].ID)
		default:
			seen[k] = true
		}
	}
	return nil
}

func (p *Policy) has(zone int) bool { return zone >= 0 && zone < len(p.Zones) }

func (p *Policy) disjoint() error {
	type owned struct {
		netip.Prefix
		zone string
	}
	var all []owned
	ids := map[string]bool{}
	for i := 1; i < len(p.Zones); i++ {
		z := &p.Zones[i]
		if z.ID == "" || ids[z.ID] {
			return fmt.Errorf("%w: two zones are called %q", ErrWrong, z.ID)
		}
		ids[z.ID] = true
		for _, r := range z.Ranges {
			if !r.IsValid() || r.Masked() != r || r.Addr().Is4In6() {
				return fmt.Errorf("%w: zone %q: %v is no range", ErrWrong, z.ID, r)
			}
			all = append(all, owned{r, z.ID})
		}
	}
	slices.SortFunc(all, func(a, b owned) int { return comparePrefix(a.Prefix, b.Prefix) })
	for i := 1; i < len(all); i++ {
		// Sorted, a range that holds others stands right before the first of them.
		if a, b := all[i-1], all[i]; a.Overlaps(b.Prefix) {
			return fmt.Errorf("%w: %v of zone %q and %v of zone %q overlap", ErrWrong, a.Prefix, a.zone, b.Prefix, b.zone)
		}
	}
	return nil
}

func (p *Policy) checkConduit(c *Conduit) error {
	if !p.has(c.From) || !p.has(c.To) || c.From == Nowhere || c.To == Nowhere || c.From == c.To {
		return fmt.Errorf("%w: conduit %q leads from zone %d to zone %d", ErrWrong, c.ID, c.From, c.To)
	}
	for _, m := range c.Matches {
		ported := m.Proto == TCP || m.Proto == UDP
		if m.First > m.Last || !ported && (m.First != 0 || m.Last != 65535) || m.Relay != nil && m.Proto != TCP {
			return fmt.Errorf("%w: conduit %q: protocol %d, ports %d to %d", ErrWrong, c.ID, m.Proto, m.First, m.Last)
		}
	}
	return nil
}

// Canonical is the policy as bytes that are the same for the same policy: what
// is hashed and signed.
func (p *Policy) Canonical() []byte {
	b, err := json.Marshal(p)
	if err != nil {
		panic("a policy that is no JSON: " + err.Error()) // it has no such types
	}
	return b
}

// Hash names the policy: SHA-256 of Canonical, in hex.
func (p *Policy) Hash() string {
	sum := sha256.Sum256(p.Canonical())
	return hex.EncodeToString(sum[:])
}

// MaxText bounds a policy as text: 64 MB are 500,000 conduits.
const MaxText = 64 << 20

// Parse reads what Canonical wrote and validates it.
func Parse(b []byte) (*Policy, error) {
	if len(b) > MaxText {
		return nil, fmt.Errorf("%w: it has %d bytes, more than %d", ErrWrong, len(b), MaxText)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	var p Policy
	if err := d.Decode(&p); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrWrong, err)
	}
	p.Normalize()
	return &p, p.Validate()
}

// StageOf is the stage of what no conduit allows from one zone to another. It
// looks through a list: who asks often makes a table.
func (p *Policy) StageOf(from, to int) model.Stage {
	for _, x := range p.Pairs {
		if x.From == from && x.To == to {
			return x.Stage
		}
	}
	return p.Rest
}

// Zone is the index of the zone of that id, -1 if there is none.
func (p *Policy) Zone(id string) int {
	return slices.IndexFunc(p.Zones, func(z Zone) bool { return z.ID == id && id != "" })
}
