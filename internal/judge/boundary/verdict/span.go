package verdict

import (
	"cmp"
	"container/heap"
	"slices"
)

// spans are the outcomes of all ports of a transport. It walks the ports at
// which something begins and keeps what holds there in a heap, the strongest on
// top, so that a conduit with thousands of ports costs no more than to sort them.
func spans(list []entry, number uint8, rest outcome) []span {
	var begins []entry
	for _, e := range list {
		if e.Proto == 0 || e.Proto == number {
			begins = append(begins, e)
		}
	}
	slices.SortFunc(begins, func(a, b entry) int { return cmp.Compare(a.First, b.First) })
	var open holding
	var out []span
	for port := 0; port <= 65535; {
		for len(begins) > 0 && int(begins[0].First) == port {
			heap.Push(&open, begins[0])
			begins = begins[1:]
		}
		for len(open) > 0 && int(open[0].Last) < port {
			heap.Pop(&open)
		}
		last, o := 65535, rest
		if len(open) > 0 {
			last, o = int(open[0].Last), open[0].outcome
		}
		if len(begins) > 0 {
			last = min(last, int(begins[0].First)-1)
		}
		if n := len(out); n > 0 && out[n-1].outcome == o {
			out[n-1].last = uint16(last)
		} else {
			out = append(out, span{uint16(last), o})
		}
		port = last + 1
	}
	return out
}

// holding are matches that hold at a port, the one that decides first.
type holding []entry

func (h holding) Len() int           { return len(h) }
func (h holding) Less(i, j int) bool { return h[i].before(h[j].outcome) }
func (h holding) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *holding) Push(x any)        { *h = append(*h, x.(entry)) }

// Pop takes the last, as package heap wants it.
func (h *holding) Pop() any {
	old := *h
	x := old[len(old)-1]
	*h = old[:len(old)-1]
	return x
}
