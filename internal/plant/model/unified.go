package model

import (
	"fmt"
	"strings"
)

// contextLines stand around each change.
const contextLines = 3

// maxDepthOfDiff bounds the work on two texts that have little in common; they
// are then shown as one taken out and the other put in.
const maxDepthOfDiff = 1500

// Unified is how two texts differ, in the unified format that patch reads. ""
// if they do not.
func Unified(oldName, newName, a, b string) string {
	if a == b {
		return ""
	}
	x, y := splitLines(a), splitLines(b)
	ops := diffLines(x, y)
	var out strings.Builder
	fmt.Fprintf(&out, "--- %s\n+++ %s\n", oldName, newName)
	for i := 0; i < len(ops); {
		if ops[i].kind == ' ' {
			i++
			continue
		}
		start := max(0, i-contextLines)
		end, quiet := i, 0
		for k := i; k < len(ops) && quiet <= 2*contextLines; k++ {
			if ops[k].kind == ' ' {
				quiet++
			} else {
				end, quiet = k, 0
			}
		}
		stop := min(len(ops), end+1+contextLines)
		hunk(&out, ops[start:stop])
		i = stop
	}
	return out.String()
}

// lineOp is a line that both have (' '), only the old ('-') or only the new
// ('+'), with how many lines of each come before it.
type lineOp struct {
	kind byte
	text string
	a, b int
}

func hunk(out *strings.Builder, ops []lineOp) {
	var old, fresh int
	for _, o := range ops {
		if o.kind != '+' {
			old++
		}
		if o.kind != '-' {
			fresh++
		}
	}
	fmt.Fprintf(out, "@@ -%s +%s @@\n", rangeOf(ops[0].a, old), rangeOf(ops[0].b, fresh))
	for _, o := range ops {
		out.WriteByte(o.kind)
		out.WriteString(o.text)
		if !strings.HasSuffix(o.text, "\n") {
			out.WriteString("\n\\ No newline at end of file\n")
		}
	}
}

func rangeOf(before, n int) string {
	switch n {
	case 0:
		return fmt.Sprintf("%d,0", before)
	case 1:
		return fmt.Sprint(before + 1)
	}
	return fmt.Sprintf("%d,%d", before+1, n)
}

func splitLines(s string) []string {
	if s == "" {
		return nil
	}
	all := strings.SplitAfter(s, "\n")
	if all[len(all)-1] == "" {
		all = all[:len(all)-1]
	}
	return all
}

// diffLines finds the fewest lines to take out and put in (E. Myers, An O(ND)
// Difference Algorithm and Its Variations, 1986).
func diffLines(x, y []string) []lineOp {
	head := 0
	for head < len(x) && head < len(y) && x[head] == y[head] {
		head++
	}
	tail := 0
	for tail < len(x)-head && tail < len(y)-head && x[len(x)-1-tail] == y[len(y)-1-tail] {
		tail++
	}
	kinds := make([]byte, 0, len(x)+len(y))
	for range head {
		kinds = append(kinds, ' ')
	}
	kinds = append(kinds, myers(x[head:len(x)-tail], y[head:len(y)-tail])...)
	for range tail {
		kinds = append(kinds, ' ')
	}
	ops := make([]lineOp, len(kinds))
	i, k := 0, 0
	for n, kind := range kinds {
		ops[n] = lineOp{kind: kind, a: i, b: k}
		if kind == '+' {
			ops[n].text = y[k]
			k++
			continue
		}
		ops[n].text = x[i]
		i++
		if kind == ' ' {
			k++
		}
	}
	return ops
}

func myers(x, y []string) []byte {
	n, m := len(x), len(y)
	limit := min(n+m, maxDepthOfDiff)
	var trace [][]int
	v := make([]int, 2*limit+3)
	off := limit + 1
	for d := 0; d <= limit; d++ {
		trace = append(trace, append([]int(nil), v[off-d-1:off+d+2]...))
		for k := -d; k <= d; k += 2 {
			var i int
			if k == -d || k != d && v[off+k-1] < v[off+k+1] {
				i = v[off+k+1]
			} else {
				i = v[off+k-1] + 1
			}
			for i < n && i-k < m && x[i] == y[i-k] {
				i++
			}
			v[off+k] = i
			if i >= n && i-k >= m {
				return walkBack(trace, n, m)
			}
		}
	}
	return append([]byte(strings.Repeat("-", n)), strings.Repeat("+", m)...)
}

// walkBack finds the way from what was reached with each number of changes. The
// row of d has the furthest places before round d, from diagonal -d-1 on.
func walkBack(trace [][]int, n, m int) []byte {
	var back []byte
	i, j := n, m
	for d := len(trace) - 1; d >= 0; d-- {
		at := func(k int) int { return trace[d][k+d+1] }
		k := i - j
		from := k - 1
		if k == -d || k != d && at(k-1) < at(k+1) {
			from = k + 1
		}
		pi := at(from)
		pj := pi - from
		for i > pi && j > pj {
			back = append(back, ' ')
			i--
			j--
		}
		if d == 0 {
			break
		}
		if i == pi {
			back = append(back, '+')
			j--
		} else {
			back = append(back, '-')
			i--
		}
	}
	for a, b := 0, len(back)-1; a < b; a, b = a+1, b-1 {
		back[a], back[b] = back[b], back[a]
	}
	return back
}
