package sim

import (
	"math"
	"time"
)

// entry is an activity in the queue with what it is ordered by, so that
// comparing reads no other memory.
type entry struct {
	at    time.Duration
	index int
	proc  *Proc
}

func (e *entry) before(f *entry) bool {
	return e.at < f.at || e.at == f.at && e.index < f.index
}

// queue is the activities that run, as a heap with four children to a node: the
// one that is due next first.
type queue []entry

const arity = 4

func (q *queue) push(e entry) {
	*q = append(*q, e)
	h := *q
	for i := len(h) - 1; i > 0; {
		parent := (i - 1) / arity
		if !h[i].before(&h[parent]) {
			return
		}
		h[i], h[parent] = h[parent], h[i]
		i = parent
	}
}

// pop takes the first away.
func (q *queue) pop() {
	h := *q
	last := len(h) - 1
	h[0], h[last] = h[last], entry{}
	*q = h[:last]
	if last > 0 {
		q.down(0)
	}
}

// down moves an entry that became later to its place.
func (q *queue) down(i int) {
	h := *q
	e := h[i]
	for {
		child := arity*i + 1
		if child >= len(h) {
			break
		}
		for c := child + 1; c < min(child+arity, len(h)); c++ {
			if h[c].before(&h[child]) {
				child = c
			}
		}
		if !h[child].before(&e) {
			break
		}
		h[i] = h[child]
		i = child
	}
	h[i] = e
}

// second is when the activity after the first is due.
func (q queue) second() time.Duration {
	at := time.Duration(math.MaxInt64)
	for i := 1; i < min(1+arity, len(q)); i++ {
		at = min(at, q[i].at)
	}
	return at
}
