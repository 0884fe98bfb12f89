// Package bdd holds sets of bit strings as reduced ordered binary decision
// diagrams: two sets are the same exactly when they have the same Ref, however
// they came about.
//
// All diagrams of a Space share their nodes, which are never freed: make a space
// for one question and drop it. A space has a bound of nodes; when it is
// reached every further answer is False and Err says so, so that no question
// takes the machine's memory. A space is not for several goroutines.
//
// Reference: R. E. Bryant, Graph-Based Algorithms for Boolean Function
// Manipulation, IEEE Transactions on Computers C-35 (1986).
package bdd

import (
	"errors"
	"fmt"
)

// Ref is a set in a space.
type Ref uint32

// False is the empty set, True the set of everything.
const (
	False Ref = 0
	True  Ref = 1
)

// ErrFull is the error of a space that has no room for another node.
var ErrFull = errors.New("the question has too many cases")

// MaxVars bounds the bits of a string.
const MaxVars = 1 << 12

// Space is where diagrams live. The variables are the bits of a string, 0 first.
type Space struct {
	vars  uint16
	max   int
	nodes []node
	index []Ref // by hash of the node, open addressing; 0 is free
	memo  []answer
	err   error
}

// node is: if the variable is 0 low, else high.
type node struct {
	low, high Ref
	level     uint16 // the variable; that of False and True is vars
}

// answer is what an operation gave: a cache that forgets.
type answer struct{ a, b, c, gives Ref }

const (
	leastIndex = 1 << 10
	leastMemo  = 1 << 12
	mostMemo   = 1 << 20
)

// New makes a space for strings of vars bits, with at most max nodes of 12
// bytes; the tables beside them take up to three times as much.
func New(vars, max int) (*Space, error) {
	if vars < 1 || vars > MaxVars || max < 2 || max > 1<<30 {
		return nil, fmt.Errorf("a space of %d variables and %d nodes: out of range", vars, max)
	}
	s := &Space{vars: uint16(vars), max: max, index: make([]Ref, leastIndex), memo: make([]answer, leastMemo)}
	s.nodes = append(s.nodes, node{False, False, s.vars}, node{True, True, s.vars})
	return s, nil
}

// Err is ErrFull when an answer since New may be wrong for lack of room, else
// nil.
func (s *Space) Err() error { return s.err }

// Len is the number of nodes of all diagrams.
func (s *Space) Len() int { return len(s.nodes) }

// Node is the set that is low where the variable is 0 and high where it is 1.
// Neither may depend on that variable or one before it.
func (s *Space) Node(variable int, low, high Ref) Ref {
	if low == high {
		return low
	}
	n := node{low, high, uint16(variable)}
	mask := uint32(len(s.index) - 1)
	at := n.hash() & mask
	for ; s.index[at] != 0; at = (at + 1) & mask {
		if s.nodes[s.index[at]] == n {
			return s.index[at]
		}
	}
	if len(s.nodes) >= s.max || s.err != nil {
		s.err = ErrFull
		return False
	}
	r := Ref(len(s.nodes))
	s.nodes = append(s.nodes, n)
	s.index[at] = r
	if len(s.nodes)*2 > len(s.index) {
		s.grow()
	}
	return r
}

func (n node) hash() uint32 { return mix(uint32(n.low), uint32(n.high), uint32(n.level)) }

// mix spreads three numbers over 32 bits by multiplying with odd constants.
func mix(a, b, c uint32) uint32 {
	h := (uint64(a)<<32|uint64(b))*0x9e3779b97f4a7c15 + uint64(c)*0xc2b2ae3d27d4eb4f
	h ^= h >> 29
	h *= 0xbf58476d1ce4e5b9
	return uint32(h >> 32)
}

// grow doubles the index, and the memo along with it.
func (s *Space) grow() {
	s.index = make([]Ref, 2*len(s.index))
	mask := uint32(len(s.index) - 1)
	for r := 2; r < len(s.nodes); r++ {
		at := s.nodes[r].hash() & mask
		for ; s.index[at] != 0; at = (at + 1) & mask {
		}
		s.index[at] = Ref(r)
	}
	if len(s.memo) >= mostMemo || len(s.memo) >= len(s.index) {
		return
	}
	old := s.memo
	s.memo = make([]answer, 2*len(old))
	for _, a := range old {
		*s.remembered(a.a, a.b, a.c) = a
	}
}

// remembered is where the answer to a question is, if it is there.
func (s *Space) remembered(a, b, c Ref) *answer {
	return &s.memo[mix(uint32(a), uint32(b), uint32(c))&uint32(len(s.memo)-1)]
}
