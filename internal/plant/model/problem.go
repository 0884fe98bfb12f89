package model

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Severity is how bad a problem is.
type Severity string

// Severities. A text with an error makes no model; a warning is something that
// is allowed and probably not meant.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// Problem is something in a text that is not right.
type Problem struct {
	Severity Severity
	Line     int    // from 1
	Column   int    // from 1, in characters
	Length   int    // characters to underline, at least 1
	Path     string // of the value: "lines[line-2].owners.it"; "" for the whole
	Message  string // what is wrong
	Hint     string // what would be right; "" if the message says it
}

// String is the problem as compilers write it, without a file's name.
func (p Problem) String() string {
	s := fmt.Sprintf("%d:%d: %s", p.Line, p.Column, p.Message)
	if p.Severity == Warning {
		s = fmt.Sprintf("%d:%d: warning: %s", p.Line, p.Column, p.Message)
	}
	if p.Hint != "" {
		s += "; " + p.Hint
	}
	return s
}

// HasError reports whether a text with these problems makes no model.
func HasError(all []Problem) bool {
	return slices.ContainsFunc(all, func(p Problem) bool { return p.Severity == Error })
}

// sortProblems puts problems in the order of the text.
func sortProblems(all []Problem) {
	slices.SortStableFunc(all, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), strings.Compare(a.Message, b.Message))
	})
}

// Excerpt is the line of a problem with a caret below what is meant, as
// terminals show it; "" if the text has no such line.
func Excerpt(text string, p Problem) string {
	lines := strings.Split(text, "\n")
	if p.Line < 1 || p.Line > len(lines) {
		return ""
	}
	line := []rune(strings.TrimSuffix(lines[p.Line-1], "\r"))
	from := min(max(p.Column-1, 0), len(line))
	var pad strings.Builder
	for _, r := range line[:from] {
		if r == '\t' {
			pad.WriteByte('\t') // as wide as the one above
		} else {
			pad.WriteByte(' ')
		}
	}
	n := max(1, min(p.Length, len(line)-from))
	number := fmt.Sprintf("%5d | ", p.Line)
	return number + string(line) + "\n" + strings.Repeat(" ", len(number)-2) + "| " + pad.String() + "^" + strings.Repeat("~", n-1)
}
