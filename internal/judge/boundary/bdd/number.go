package bdd

// Run is the numbers from First to Last, both included.
type Run struct{ First, Last uint32 }

// In is the strings whose bits from variable at on, width of them with the most
// significant first, are a number in one of the runs. Runs are sorted and do not
// overlap. Width is at most 32.
func (s *Space) In(at, width int, runs []Run) Ref { return s.in(at, width, 0, runs) }

// in looks at the numbers from base on that width bits can tell apart.
func (s *Space) in(at, width int, base uint32, runs []Run) Ref {
	if len(runs) == 0 {
		return False
	}
	last := base + uint32(uint64(1)<<width-1)
	if runs[0].First <= base && last <= runs[0].Last {
		return True
	}
	width--
	half := base + 1<<width
	low, high := runs, runs
	for len(low) > 0 && low[len(low)-1].First >= half {
		low = low[:len(low)-1]
	}
	for len(high) > 0 && high[0].Last < half {
		high = high[1:]
	}
	return s.Node(at, s.in(at+1, width, base, low), s.in(at+1, width, half, high))
}

// Choose is the string of the set that stands at the place which its bits from
// variable at on, width of them, name; places behind the last are empty. The
// sets depend on variables behind those only.
func (s *Space) Choose(at, width int, sets []Ref) Ref {
	if len(sets) == 0 {
		return False
	}
	if width == 0 {
		return sets[0]
	}
	half := min(len(sets), 1<<(width-1))
	return s.Node(at, s.Choose(at+1, width-1, sets[:half]), s.Choose(at+1, width-1, sets[half:]))
}

// Numbers are the numbers that the bits from variable at on have in some string
// of a: runs that do not touch, at most limit of them. The second result is
// false if there were more.
func (s *Space) Numbers(a Ref, at, width, limit int) ([]Run, bool) {
	a = s.Exists(s.Exists(a, 0, at), at+width, int(s.vars))
	w := walk{s: s, limit: limit, whole: true}
	w.numbers(a, at, width, 0)
	return w.runs, w.whole
}

type walk struct {
	s     *Space
	runs  []Run
	limit int
	whole bool
}

func (w *walk) numbers(a Ref, at, width int, base uint32) {
	if a == False || !w.whole {
		return
	}
	if a == True {
		w.add(Run{base, base + uint32(uint64(1)<<width-1)})
		return
	}
	x := w.s.nodes[a]
	if int(x.level) > at {
		x.low, x.high = a, a
	}
	w.numbers(x.low, at+1, width-1, base)
	w.numbers(x.high, at+1, width-1, base+1<<(width-1))
}

// add puts a run behind the others; it touches at most the last.
func (w *walk) add(r Run) {
	n := len(w.runs)
	switch {
	case n > 0 && w.runs[n-1].Last+1 == r.First:
		w.runs[n-1].Last = r.Last
	case n >= w.limit:
		w.whole = false
	default:
		w.runs = append(w.runs, r)
	}
}
