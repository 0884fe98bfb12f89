// Package inventory folds what was seen on the wire into assets: which
// addresses, names and facts belong to one thing, what it is, who made it and
// where in the plant it stands.
//
// A Builder takes observations in any order and keeps them compactly: an
// address is a record of 72 bytes, a fact of 56, a conversation of 32, and
// texts are kept once. Build folds them: the address that a MAC uses on its
// own link is the device's, addresses that come through a router are devices
// of their own, and two interfaces become one asset only where a serial number
// or a system name says so. Assets then hands them out one at a time, in the
// same order whatever order the observations came in.
//
// The package is pure: no I/O, no clock, no goroutine, nothing global but data
// built into the program. docs/inventory.md explains the rules to a newcomer.
package inventory

import (
	"github.com/bulkhead-ot/bulkhead/internal/judge/inventory/fingerprint"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// Options bound a Builder. The zero value is good for a plant.
type Options struct {
	// Fingerprints say what identity values mean; nil is the built-in set.
	Fingerprints *fingerprint.Set

	// The most addresses, facts and pairs of speakers that are kept. What
	// comes beyond is counted in Dropped. 0 is the default: 4 million
	// addresses, 8 million facts, 8 million pairs.
	MaxEndpoints, MaxFacts, MaxLinks int
}

// Builder folds observations into assets. It is not for use by several
// goroutines at once.
type Builder struct {
	fingerprints *fingerprint.Set
	texts        interner // values and names
	words        words    // fields, sources and protocols

	endpoints   arena[endpoint]
	endpointIdx index
	facts       arena[fact]
	factIdx     index
	links       arena[link]
	linkIdx     index

	sealed  bool // factIdx and linkIdx are empty
	limit   [3]int
	dropped uint64

	decisions []Decision          // of people, by identifier
	units     map[uint32]*unitSet // of endpoints that answer Modbus
	vendors   map[string]string   // spelling to usual name
	meanings  map[meaningKey][]fingerprint.Gain
	phrases   map[standingKey]string
	speech    []*speech  // by protocol
	fields    []fieldUse // by field
	fold      *folded    // what Build made; nil after Add
}

// New is an empty Builder.
func New(o Options) *Builder {
	b := &Builder{
		fingerprints: o.Fingerprints,
		texts:        newInterner(),
		words:        words{newInterner()},
		units:        make(map[uint32]*unitSet),
		vendors:      make(map[string]string),
		meanings:     make(map[meaningKey][]fingerprint.Gain),
		phrases:      make(map[standingKey]string),
		limit:        [3]int{4 << 20, 8 << 20, 8 << 20},
	}
	b.words.id(plant.RoleUnknown) // for which there must be room
	if b.fingerprints == nil {
		b.fingerprints = fingerprint.Builtin()
	}
	for i, n := range [3]int{o.MaxEndpoints, o.MaxFacts, o.MaxLinks} {
		if n > 0 {
			b.limit[i] = n
		}
	}
	return b
}

// Add takes one observation and copies what it keeps: o is not used after Add
// returns. Anomalies say nothing about what an asset is and are left out.
func (b *Builder) Add(o plant.Observation) {
	b.fold = nil
	if b.sealed {
		b.unseal()
	}
	switch o := o.(type) {
	case *plant.Sighting:
		b.addSighting(o)
	case *plant.Conversation:
		b.addConversation(o)
	case *plant.Operation:
		b.addOperation(o)
	}
}

// Dropped is how many observations were left out because a bound of Options
// was reached.
func (b *Builder) Dropped() uint64 { return b.dropped }
