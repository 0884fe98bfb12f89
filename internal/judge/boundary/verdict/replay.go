package verdict

import (
	"iter"

	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// Tally adds up what a policy says to many connections.
type Tally struct {
	Total     uint64
	ByAction  [policy.Shadow + 1]uint64
	ByConduit []uint64 // that let them through, as Policy.Conduits has them
	// Pairs are those that no conduit allowed, by zone: [from*zones+to].
	Pairs []uint64
}

// Stopped are the connections that do not pass.
func (t *Tally) Stopped() uint64 { return t.ByAction[policy.Deny] }

// Replay judges recorded connections, each as often as it says it came.
func (t *Table) Replay(all iter.Seq2[policy.Packet, uint64]) Tally {
	sum := Tally{ByConduit: make([]uint64, len(t.policy.Conduits)), Pairs: make([]uint64, t.n*t.n)}
	for k, n := range all {
		v := t.Judge(k)
		sum.Total += n
		sum.ByAction[v.Action] += n
		switch {
		case v.Conduit >= 0:
			sum.ByConduit[v.Conduit] += n
		case v.Action != policy.Allow:
			sum.Pairs[v.From*int(t.n)+v.To] += n
		}
	}
	return sum
}
