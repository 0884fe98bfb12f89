package dissect

import (
	"fmt"
	"maps"
	"sync"
	"sync/atomic"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// VerbRow is one line of a protocol's table of verbs.
type VerbRow struct {
	Code      uint32
	Name      string
	Kind      plant.Kind
	Technique string
	Reply     string // see plant.Verb
}

// Verbs finds the verb of a message code. Codes that the table lacks get a
// verb of kind Other, made when they are first seen, at most maxUnknown of
// them: then they share one.
type Verbs struct {
	protocol string
	code     string // fmt verb of the contract's code: "%d", "0x%02x"
	dense    [256]*plant.Verb
	sparse   atomic.Pointer[map[uint32]*plant.Verb]
	grow     sync.Mutex
	unknown  int
}

const maxUnknown = 256

// NewVerbs makes the table of a protocol. code is the fmt verb that prints a
// code as the JSON contract wants it, such as "%d", "0x%02x" or "c.%d".
func NewVerbs(protocol, code string, rows []VerbRow) *Verbs {
	v := &Verbs{protocol: protocol, code: code}
	sparse := make(map[uint32]*plant.Verb)
	for _, r := range rows {
		verb := &plant.Verb{Protocol: protocol, Code: fmt.Sprintf(code, r.Code), Name: r.Name, Kind: r.Kind, Technique: r.Technique, Reply: r.Reply}
		if r.Code < uint32(len(v.dense)) {
			v.dense[r.Code] = verb
		} else {
			sparse[r.Code] = verb
		}
	}
	for i := range v.dense {
		if v.dense[i] == nil {
			v.dense[i] = v.unknownVerb(uint32(i))
		}
	}
	v.sparse.Store(&sparse)
	return v
}

// Get is the verb of a code, the same pointer each time.
func (v *Verbs) Get(code uint32) *plant.Verb {
	if code < uint32(len(v.dense)) {
		return v.dense[code]
	}
	if verb := (*v.sparse.Load())[code]; verb != nil {
		return verb
	}
	return v.learn(code)
}

func (v *Verbs) learn(code uint32) *plant.Verb {
	v.grow.Lock()
	defer v.grow.Unlock()
	old := *v.sparse.Load()
	if verb := old[code]; verb != nil {
		return verb
	}
	if v.unknown >= maxUnknown {
		return v.dense[0xff]
	}
	v.unknown++
	grown := maps.Clone(old)
	grown[code] = v.unknownVerb(code)
	v.sparse.Store(&grown)
	return grown[code]
}

func (v *Verbs) unknownVerb(code uint32) *plant.Verb {
	c := fmt.Sprintf(v.code, code)
	return &plant.Verb{Protocol: v.protocol, Code: c, Name: "Unknown (" + c + ")", Kind: plant.Other}
}
