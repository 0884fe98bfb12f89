package flat

import (
	"math"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// How far a way stands open. These are ours and compare ways with each other;
// nothing measures them (decision record 0023).
const (
	// onePort is a way on which one port is open: enough to ask a controller for
	// anything that its protocol has.
	onePort = 0.2
	// changing is what is left of it where a relay reads what is asked and lets
	// through what changes a machine, reading where it lets through nothing that
	// does.
	changing = 0.75
	reading  = 0.25
)

// width is how far one match opens a way: 0.2 for one port, 1 for all of them.
// It grows with each doubling.
func width(m *policy.Match) float64 {
	var w float64
	switch m.Proto {
	case policy.ICMP, policy.ICMPv6:
		return 0 // says that one is there, and opens nothing
	case policy.Any:
		w = 1
	case policy.TCP, policy.UDP:
		w = onePort + (1-onePort)*math.Log2(float64(m.Last)-float64(m.First)+1)/16
	default:
		w = onePort
	}
	switch {
	case m.Relay == nil:
		return w
	case m.Relay.Kinds&strong != 0:
		return w * changing
	}
	return w * reading
}

// strong are the kinds of operation that change what a machine does.
var strong = model.KindsOf(plant.Write, plant.Config, plant.Program, plant.Mode, plant.Firmware)

// ways says how far ways between zones of a policy stand open.
type ways struct {
	policy   *policy.Policy // nil: nothing is enforced
	enforced bool           // take every pair for enforced
	without  int            // a conduit that is left out, -1 for none
	around   map[[2]int]bool
	conduits map[[2]int][]int
	known    map[[2]int]float64
	stages   map[[2]int]model.Stage
}

func newWays(p *policy.Policy, in *Input) *ways {
	w := &ways{policy: p, without: -1, around: map[[2]int]bool{}, conduits: map[[2]int][]int{}, known: map[[2]int]float64{}, stages: map[[2]int]model.Stage{}}
	if p == nil {
		return w
	}
	for i := range p.Conduits {
		c := &p.Conduits[i]
		if c.Until.IsZero() || in.Now.Before(c.Until) {
			k := [2]int{c.From, c.To}
			w.conduits[k] = append(w.conduits[k], i)
		}
	}
	for _, x := range p.Pairs {
		w.stages[[2]int{x.From, x.To}] = x.Stage
	}
	return w
}

// but is the same with one conduit left out.
func (w *ways) but(conduit int) *ways {
	other := *w
	other.without, other.known = conduit, map[[2]int]float64{}
	return &other
}

// open is how far the way from one zone to another stands open, 0 to 1. Each
// further match leaves a part of what is still closed open.
func (w *ways) open(from, to int) float64 {
	if w.policy == nil || from == to && from != policy.Nowhere {
		return 1
	}
	k := [2]int{from, to}
	if x, ok := w.known[k]; ok {
		return x
	}
	x := w.opened(k)
	w.known[k] = x
	return x
}

func (w *ways) opened(k [2]int) float64 {
	if w.around[k] || !w.enforced && w.loose(k) {
		return 1
	}
	closed := 1.0
	for _, i := range w.conduits[k] {
		if i == w.without {
			continue
		}
		for m := range w.policy.Conduits[i].Matches {
			closed *= 1 - width(&w.policy.Conduits[i].Matches[m])
		}
	}
	return 1 - closed
}

// loose reports whether nothing is stopped between two zones.
func (w *ways) loose(k [2]int) bool {
	s, ok := w.stages[k]
	if !ok {
		s = w.policy.Rest
	}
	return s != model.StageEnforce && s != model.StageEnforceNew
}
