package logs

import (
	"bytes"
	"slices"
	"strings"
)

// conditionY is a condition on a row: for each column the values of which one
// must be there. "*" stands for any value, "" for none, "x*", "*x" and "*x*" for a
// beginning and an ending; a "!" before all of it means not. Case is ignored.
// The columns must all agree. "a|b" stands for the first of the two that has a
// value.
type conditionY map[string][]string

type condition []check

type check struct {
	columns  []column
	patterns []pattern
}

type pattern struct {
	text   string // lower case
	kind   uint8
	negate bool
}

// Kinds of pattern.
const (
	equal uint8 = iota
	present
	absent
	prefix
	suffix
	part
)

func (d *description) condition(y conditionY) condition {
	var c condition
	for name, values := range y {
		k := check{columns: d.alternatives(name)}
		for _, v := range values {
			k.patterns = append(k.patterns, newPattern(v))
		}
		c = append(c, k)
	}
	slices.SortFunc(c, func(a, b check) int { return int(a.columns[0] - b.columns[0]) })
	return c
}

func newPattern(s string) (p pattern) {
	s, p.negate = strings.CutPrefix(strings.ToLower(s), "!")
	switch {
	case s == "":
		p.kind = absent
	case s == "*":
		p.kind = present
	case len(s) > 2 && s[0] == '*' && s[len(s)-1] == '*':
		p.kind, p.text = part, s[1:len(s)-1]
	case s[0] == '*':
		p.kind, p.text = suffix, s[1:]
	case s[len(s)-1] == '*':
		p.kind, p.text = prefix, s[:len(s)-1]
	default:
		p.text = s
	}
	return p
}

// holds reports whether a row meets the condition. One without checks is met by
// every row.
func (c condition) holds(r *row) bool {
	for i := range c {
		if !c[i].holds(r.either(c[i].columns)) {
			return false
		}
	}
	return true
}

// met is holds for conditions that mean something only where they are given.
func (c condition) met(r *row) bool { return len(c) > 0 && c.holds(r) }

func (k *check) holds(v []byte) bool {
	wanted, found := false, false
	for i := range k.patterns {
		p := &k.patterns[i]
		switch {
		case p.negate && p.matches(v):
			return false
		case !p.negate:
			wanted, found = true, found || p.matches(v)
		}
	}
	return found || !wanted
}

func (p *pattern) matches(v []byte) bool {
	switch p.kind {
	case present:
		return len(v) > 0
	case absent:
		return len(v) == 0
	case prefix:
		return len(v) >= len(p.text) && equalFold(v[:len(p.text)], p.text)
	case part:
		return bytes.Contains(bytes.ToLower(v), []byte(p.text))
	case suffix:
		return len(v) >= len(p.text) && equalFold(v[len(v)-len(p.text):], p.text)
	}
	return len(v) == len(p.text) && equalFold(v, p.text)
}

// equalFold compares ASCII text with text in lower case.
func equalFold(v []byte, lower string) bool {
	for i := range lower {
		c := v[i]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}

// isFalse reads a truth value: "F" in tab separated logs, "false" in JSON.
func isFalse(v []byte) bool { return bytes.Equal(v, []byte("F")) || bytes.Equal(v, []byte("false")) }
