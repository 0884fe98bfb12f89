package bdd

import "math"

// Has reports whether a string is in a set; bit tells its bits.
func (s *Space) Has(a Ref, bit func(variable int) bool) bool {
	for a > True {
		n := &s.nodes[a]
		if bit(int(n.level)) {
			a = n.high
		} else {
			a = n.low
		}
	}
	return a == True
}

// One is a string of a set, the first by the order of variables with 0 before
// 1; nil if the set is empty.
func (s *Space) One(a Ref) []bool {
	if a == False {
		return nil
	}
	bits := make([]bool, s.vars)
	for a != True {
		n := &s.nodes[a]
		if a = n.low; a == False {
			a = n.high
			bits[n.level] = true
		}
	}
	return bits
}

// Log2 is the binary logarithm of how many strings are in a set, minus infinity
// for none.
func (s *Space) Log2(a Ref) float64 {
	return math.Log2(s.share(a, map[Ref]float64{False: 0, True: 1})) + float64(s.vars)
}

// Count is how many strings are in a set: infinity where a float64 ends.
func (s *Space) Count(a Ref) float64 { return math.Exp2(s.Log2(a)) }

// share is the part of all strings that is in a set. Small parts of spaces with
// more than a thousand variables become 0.
func (s *Space) share(a Ref, known map[Ref]float64) float64 {
	if x, ok := known[a]; ok {
		return x
	}
	n := s.nodes[a]
	x := (s.share(n.low, known) + s.share(n.high, known)) / 2
	known[a] = x
	return x
}

// Size is the number of nodes of one diagram.
func (s *Space) Size(a Ref) int {
	seen := map[Ref]bool{False: true, True: true}
	n := 0
	for todo := []Ref{a}; len(todo) > 0; {
		r := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[r] {
			continue
		}
		seen[r] = true
		n++
		todo = append(todo, s.nodes[r].low, s.nodes[r].high)
	}
	return n
}
