package bdd

// Operations of two sets. As the third word of a question they are above every
// Ref.
const (
	opAnd Ref = 1<<31 + iota
	opOr
	opDiff
	opXor
	opExists
)

// And is what is in both.
func (s *Space) And(a, b Ref) Ref { return s.apply(opAnd, a, b) }

// Or is what is in one of them.
func (s *Space) Or(a, b Ref) Ref { return s.apply(opOr, a, b) }

// Diff is what is in a and not in b.
func (s *Space) Diff(a, b Ref) Ref { return s.apply(opDiff, a, b) }

// Xor is what is in exactly one of them.
func (s *Space) Xor(a, b Ref) Ref { return s.apply(opXor, a, b) }

// Not is what is not in a.
func (s *Space) Not(a Ref) Ref { return s.apply(opDiff, True, a) }

// trivial answers what needs no look at nodes.
func trivial(op, a, b Ref) (Ref, bool) {
	switch op {
	case opAnd:
		switch {
		case a == False || b == False:
			return False, true
		case a == True || a == b:
			return b, true
		case b == True:
			return a, true
		}
	case opOr:
		switch {
		case a == True || b == True:
			return True, true
		case a == False || a == b:
			return b, true
		case b == False:
			return a, true
		}
	case opDiff:
		switch {
		case a == False || b == True || a == b:
			return False, true
		case b == False:
			return a, true
		}
	case opXor:
		switch {
		case a == b:
			return False, true
		case a == False:
			return b, true
		case b == False:
			return a, true
		}
	}
	return False, false
}

func (s *Space) apply(op, a, b Ref) Ref {
	if r, ok := trivial(op, a, b); ok {
		return r
	}
	if a > b && op != opDiff {
		a, b = b, a
	}
	if known := s.remembered(a, b, op); known.a == a && known.b == b && known.c == op {
		return known.gives
	}
	x, y := s.nodes[a], s.nodes[b]
	level := min(x.level, y.level)
	if x.level > level {
		x.low, x.high = a, a
	}
	if y.level > level {
		y.low, y.high = b, b
	}
	r := s.Node(int(level), s.apply(op, x.low, y.low), s.apply(op, x.high, y.high))
	return s.remember(a, b, op, r)
}

// remember keeps an answer, unless there was no room to find it.
func (s *Space) remember(a, b, c, gives Ref) Ref {
	if s.err == nil {
		*s.remembered(a, b, c) = answer{a, b, c, gives}
	}
	return gives
}

// If is what is in then and in f, and what is in otherwise and not in f.
func (s *Space) If(f, then, otherwise Ref) Ref {
	switch {
	case f == True || then == otherwise:
		return then
	case f == False:
		return otherwise
	case then == True:
		return s.Or(f, otherwise)
	case then == False:
		return s.Diff(otherwise, f)
	case otherwise == False:
		return s.And(f, then)
	}
	if known := s.remembered(f, then, otherwise); known.a == f && known.b == then && known.c == otherwise {
		return known.gives
	}
	x, y, z := s.nodes[f], s.nodes[then], s.nodes[otherwise]
	level := min(x.level, y.level, z.level)
	for _, p := range []struct {
		*node
		whole Ref
	}{{&x, f}, {&y, then}, {&z, otherwise}} {
		if p.level > level {
			p.low, p.high = p.whole, p.whole
		}
	}
	r := s.Node(int(level), s.If(x.low, y.low, z.low), s.If(x.high, y.high, z.high))
	return s.remember(f, then, otherwise, r)
}

// Exists is a without regard to the variables from first up to but not
// including end: what is in it for some value of theirs.
func (s *Space) Exists(a Ref, first, end int) Ref {
	x := s.nodes[a]
	if int(x.level) >= end {
		return a
	}
	window := Ref(first)<<16 | Ref(end)
	if known := s.remembered(a, window, opExists); known.a == a && known.b == window && known.c == opExists {
		return known.gives
	}
	low, high := s.Exists(x.low, first, end), s.Exists(x.high, first, end)
	if int(x.level) >= first {
		return s.remember(a, window, opExists, s.Or(low, high))
	}
	return s.remember(a, window, opExists, s.Node(int(x.level), low, high))
}
