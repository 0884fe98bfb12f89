package relay

import (
	"fmt"
	"slices"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// Reasons of refusals.
const (
	whyKind    = "the conduit does not allow this kind of operation"
	whyObject  = "the conduit does not allow this object"
	whyUnknown = "what it does is not known"
)

// rule is a Rule in the form that is asked for each message. It does not change.
type rule struct {
	loose  bool // nothing is stopped: observe, shadow, or everything is allowed
	shadow bool // what would be refused is reported
	all    bool
	grants []grant
}

// grant is one policy.Relay.
type grant struct {
	kinds  model.Kinds
	scopes []scope // none: every object
}

// everything is all kinds of operation.
var everything = model.KindsOf(plant.Other, plant.Identify, plant.Read, plant.Auth, plant.Write, plant.Config, plant.Program, plant.Mode, plant.Firmware)

// harmless are the kinds that always pass.
var harmless = model.KindsOf(plant.Other, plant.Identify)

func compile(r Rule, protocol string) *rule {
	c := &rule{shadow: r.Stage == model.StageShadow, loose: r.Stage == model.StageShadow || r.Stage == model.StageObserve}
	for _, p := range r.Relays {
		if p == nil {
			c.all = true
			continue
		}
		if p.Protocol != protocol {
			continue
		}
		g := grant{kinds: p.Kinds | harmless}
		for _, o := range p.Objects {
			if s, ok := parseScope(protocol, o); ok {
				g.scopes = append(g.scopes, s...)
			}
		}
		switch {
		case len(p.Objects) == 0 && g.kinds == everything:
			c.all = true
		case len(p.Objects) > 0 && len(g.scopes) == 0: // none that was understood
			g.kinds = harmless
		}
		c.grants = append(c.grants, g)
	}
	c.loose = c.loose || c.all
	return c
}

// Check says which of a relay's objects nothing can be held to.
func Check(r *policy.Relay) error {
	if !slices.Contains([]string{Modbus, S7, ENIP}, r.Protocol) {
		return fmt.Errorf("no relay reads %q", r.Protocol)
	}
	for _, o := range r.Objects {
		if _, ok := parseScope(r.Protocol, o); !ok {
			return fmt.Errorf("%q is no object of %s", o, r.Protocol)
		}
	}
	return nil
}

// allows says whether an operation of a kind may be asked about an object, and
// if not why. A known kind is not enough: who calls has made sure that it is
// known.
func (r *rule) allows(kind plant.Kind, t *target) (why string, ok bool) {
	if r.all || harmless.Has(kind) {
		return "", true
	}
	why = whyKind
	for i := range r.grants {
		g := &r.grants[i]
		if !g.kinds.Has(kind) {
			continue
		}
		if len(g.scopes) == 0 {
			return "", true
		}
		for j := range g.scopes {
			if g.scopes[j].covers(t) {
				return "", true
			}
		}
		why = whyObject
	}
	return why, false
}
