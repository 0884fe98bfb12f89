package bdd

import (
	"errors"
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"
)

// Six variables have 64 strings: a set of them is a word, and every operation
// has one instruction to be compared with.
const six = 6

// words are the sets where one variable is 1.
var words = [six]uint64{0xffffffff00000000, 0xffff0000ffff0000, 0xff00ff00ff00ff00, 0xf0f0f0f0f0f0f0f0, 0xcccccccccccccccc, 0xaaaaaaaaaaaaaaaa}

func space(t testing.TB, vars, max int) *Space {
	t.Helper()
	s, err := New(vars, max)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// word is a set as a truth table, by asking for every string.
func word(s *Space, a Ref) uint64 {
	var w uint64
	for i := range 64 {
		if s.Has(a, func(v int) bool { return i>>(six-1-v)&1 != 0 }) {
			w |= 1 << i
		}
	}
	return w
}

// exists is a word without regard to one variable.
func exists(w uint64, v int) uint64 {
	n := 1 << (six - 1 - v)
	one, zero := w&words[v], w&^words[v]
	return one | one>>n | zero | zero<<n
}

// run takes bytes for a program over sets and their words.
func run(t *testing.T, program []byte) {
	s := space(t, six, 1<<16)
	var sets []Ref
	var tables []uint64
	for v := range six {
		sets, tables = append(sets, s.Node(v, False, True)), append(tables, words[v])
	}
	for len(program) >= 4 && len(sets) < 200 {
		op, i, j, k := program[0], int(program[1])%len(sets), int(program[2])%len(sets), int(program[3])%len(sets)
		program = program[4:]
		a, b, c, x, y, z := sets[i], sets[j], sets[k], tables[i], tables[j], tables[k]
		switch op % 8 {
		case 0:
			a, x = s.And(a, b), x&y
		case 1:
			a, x = s.Or(a, b), x|y
		case 2:
			a, x = s.Diff(a, b), x&^y
		case 3:
			a, x = s.Not(a), ^x
		case 4:
			a, x = s.If(a, b, c), x&y|^x&z
		case 5:
			a, x = s.Xor(a, b), x^y
		case 6:
			first := j % six
			end := first + k%(six-first) + 1
			a = s.Exists(a, first, end)
			for v := first; v < end; v++ {
				x = exists(x, v)
			}
		case 7:
			first, last := uint32(min(j, k)), uint32(max(j, k))
			a, x = s.In(2, 4, []Run{{first % 16, max(first%16, last%16)}}), 0
			for n := range 64 {
				if low := uint32(n & 15); first%16 <= low && low <= max(first%16, last%16) {
					x |= 1 << n
				}
			}
		}
		sets, tables = append(sets, a), append(tables, x)
	}
	check(t, s, sets, tables)
}

func check(t *testing.T, s *Space, sets []Ref, tables []uint64) {
	t.Helper()
	same := map[uint64]Ref{}
	for i, a := range sets {
		if got := word(s, a); got != tables[i] {
			t.Fatalf("set %d is %x, want %x", i, got, tables[i])
		}
		if other, ok := same[tables[i]]; ok && other != a {
			t.Fatalf("%x has two diagrams", tables[i])
		}
		same[tables[i]] = a
		if got, want := s.Count(a), float64(bits.OnesCount64(tables[i])); math.Abs(got-want) > 1e-6 {
			t.Fatalf("%x has %v strings, want %v", tables[i], got, want)
		}
		one := s.One(a)
		if (one == nil) != (tables[i] == 0) || one != nil && !s.Has(a, func(v int) bool { return one[v] }) {
			t.Fatalf("%x: one of it is %v", tables[i], one)
		}
		runs, whole := s.Numbers(a, 0, six, 64)
		var back uint64
		for _, r := range runs {
			for n := r.First; n <= r.Last; n++ {
				back |= 1 << n
			}
		}
		if !whole || back != tables[i] || s.In(0, six, runs) != a {
			t.Fatalf("%x: its numbers are %v", tables[i], runs)
		}
	}
	for r := 2; r < s.Len(); r++ {
		if n := s.nodes[r]; n.low == n.high || s.nodes[n.low].level <= n.level || s.nodes[n.high].level <= n.level {
			t.Fatalf("node %d is neither reduced nor ordered: %+v", r, n)
		}
	}
	if s.Err() != nil {
		t.Fatal(s.Err())
	}
}

func TestProgramsOfSets(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		program := make([]byte, 4*r.IntN(150))
		for i := range program {
			program[i] = byte(r.Uint32())
		}
		run(t, program)
	}
}

func FuzzProgramsOfSets(f *testing.F) {
	f.Add([]byte{0, 0, 1, 2, 4, 6, 5, 4, 3, 7, 0, 0, 6, 8, 2, 3, 7, 1, 9, 4})
	f.Fuzz(run)
}

func TestChooseIsATable(t *testing.T) {
	s := space(t, 6, 1000)
	leaf := []Ref{s.Node(4, False, True), True, False, s.Node(5, True, False), s.Node(5, False, True)}
	a := s.Choose(0, 3, leaf)
	for place := range 8 {
		for low := range 4 {
			bit := func(v int) bool {
				if v < 3 {
					return place>>(2-v)&1 != 0
				}
				return v > 3 && low>>(5-v)&1 != 0
			}
			want := place < len(leaf) && s.Has(leaf[place], bit)
			if got := s.Has(a, bit); got != want {
				t.Errorf("place %d, string %d: %t", place, low, got)
			}
		}
	}
}

func TestAFullSpaceSaysSo(t *testing.T) {
	s := space(t, 40, 500)
	r := rand.New(rand.NewPCG(1, 2))
	a := False
	for range 1000 {
		a = s.Or(a, s.In(0, 32, []Run{{r.Uint32(), math.MaxUint32}}))
		n := r.Uint32()
		a = s.Xor(a, s.In(8, 32, []Run{{n, n}}))
	}
	if !errors.Is(s.Err(), ErrFull) || s.Len() > 500 {
		t.Errorf("%d nodes, %v", s.Len(), s.Err())
	}
	for _, bad := range [][2]int{{0, 10}, {MaxVars + 1, 10}, {4, 1}, {4, 1<<30 + 1}} {
		if _, err := New(bad[0], bad[1]); err == nil {
			t.Errorf("%v: no error", bad)
		}
	}
}

func TestNumbersHaveABound(t *testing.T) {
	s := space(t, 8, 1000)
	odd := s.Node(7, False, True)
	if runs, whole := s.Numbers(odd, 0, 8, 5); whole || !slices.Equal(runs, []Run{{1, 1}, {3, 3}, {5, 5}, {7, 7}, {9, 9}}) {
		t.Error(runs, whole)
	}
	if runs, whole := s.Numbers(odd, 0, 7, 1); !whole || !slices.Equal(runs, []Run{{0, 127}}) {
		t.Error(runs, whole)
	}
	if runs, _ := s.Numbers(s.In(0, 8, []Run{{3, 200}}), 0, 8, 9); !slices.Equal(runs, []Run{{3, 200}}) {
		t.Error(runs)
	}
}

func TestLargeCounts(t *testing.T) {
	s := space(t, 300, 10)
	if got := s.Log2(s.Node(0, False, True)); got != 299 {
		t.Error(got)
	}
	if !math.IsInf(s.Log2(False), -1) || s.Count(False) != 0 {
		t.Error(s.Log2(False))
	}
	if s.Size(s.Node(3, False, s.Node(5, True, False))) != 2 {
		t.Error("two nodes")
	}
}

// BenchmarkUnion adds up 1,000 random boxes of four numbers of 12 bits.
func BenchmarkUnion(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		r := rand.New(rand.NewPCG(1, 2))
		s := space(b, 48, 1<<24)
		all := False
		for range 1000 {
			box := True
			for at := 36; at >= 0; at -= 12 {
				n := r.Uint32N(4096)
				box = s.And(s.In(at, 12, []Run{{n, min(4095, n+r.Uint32N(200))}}), box)
			}
			all = s.Or(all, box)
		}
		if s.Err() != nil {
			b.Fatal(s.Err())
		}
		b.ReportMetric(float64(s.Len()), "nodes")
	}
}
