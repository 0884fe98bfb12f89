package model

import (
	"fmt"
	"sort"
	"strings"
	"unicode/utf8"
)

// source is a text that can be pointed into.
type source struct {
	text   string
	lines  []int // offset of each line's beginning
	starts []int // of the tokens, sorted
	found  []Problem
}

// bom begins a text that some editors save as UTF-8.
const bom = "\ufeff"

// newSource leaves a byte order mark out and takes line ends of every kind to be one character: the YAML package
// miscounts where they are two. Lines and columns are those of the text.
func newSource(text string) *source {
	text = strings.ReplaceAll(strings.TrimPrefix(text, bom), "\r\n", "\n")
	s := &source{text: text, lines: []int{0}}
	for i := range len(text) {
		if text[i] == '\n' {
			s.lines = append(s.lines, i+1)
		}
	}
	return s
}

// offset is the place of a line and column, both from 1; columns are runes.
func (s *source) offset(line, column int) int {
	if line < 1 {
		return 0
	}
	if line > len(s.lines) {
		return len(s.text)
	}
	at := s.lines[line-1]
	for ; column > 1 && at < len(s.text) && s.text[at] != '\n'; column-- {
		_, n := utf8.DecodeRuneInString(s.text[at:])
		at += n
	}
	return at
}

// place is the line and column of an offset.
func (s *source) place(offset int) (line, column int) {
	offset = min(max(offset, 0), len(s.text))
	line = sort.SearchInts(s.lines, offset+1)
	return line, utf8.RuneCountInString(s.text[s.lines[line-1]:offset]) + 1
}

// report adds a problem with the bytes from start to end.
func (s *source) report(severity Severity, start, end int, path, message, hint string) {
	if len(s.found) >= maxShown {
		return
	}
	p := Problem{Severity: severity, Path: path, Message: message, Hint: hint}
	p.Line, p.Column = s.place(start)
	end = min(end, len(s.text))
	if end > start {
		part, _, _ := strings.Cut(s.text[start:end], "\n")
		p.Length = utf8.RuneCountInString(strings.TrimRight(part, " \r"))
	}
	p.Length = max(p.Length, 1)
	s.found = append(s.found, p)
}

func (s *source) bad(start, end int, message, hint string) {
	s.report(Error, start, end, "", message, hint)
}

// sane refuses what is no text of a person before anything reads it.
func (s *source) sane() bool {
	if len(s.text) > MaxText {
		s.bad(0, 0, fmt.Sprintf("it has %d bytes", len(s.text)), fmt.Sprintf("a plant needs at most %d", MaxText))
		return false
	}
	for i := 0; i < len(s.text); {
		r, n := utf8.DecodeRuneInString(s.text[i:])
		if r == utf8.RuneError && n == 1 {
			s.bad(i, i+1, "this is no UTF-8", "save the file as UTF-8")
			return false
		}
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f || r == 0xfeff && i > 0 {
			s.bad(i, i+n, fmt.Sprintf("character U+%04X cannot stand in a text", r), "take it out")
			return false
		}
		i += n
	}
	for i, at := range s.lines {
		end := len(s.text)
		if i+1 < len(s.lines) {
			end = s.lines[i+1]
		}
		if end-at > maxLine {
			s.bad(at, at+1, fmt.Sprintf("the line has %d bytes", end-at), fmt.Sprintf("a line has at most %d: break it up", maxLine))
			return false
		}
	}
	return s.noTabs()
}

// noTabs finds the tabs that stand in the indentation of a line: YAML forbids
// them, and what the parser says of them is hard to follow.
func (s *source) noTabs() bool {
	ok := true
	for _, at := range s.lines {
		n := 0
		for at+n < len(s.text) && (s.text[at+n] == ' ' || s.text[at+n] == '\t') {
			n++
		}
		tab := strings.IndexByte(s.text[at:at+n], '\t')
		rest := s.text[at+n:]
		if tab < 0 || rest == "" || rest[0] == '\n' || rest[0] == '\r' || rest[0] == '#' {
			continue
		}
		s.bad(at+tab, at+n, "the line is indented with a tab", "YAML takes spaces only: put two spaces for each step")
		ok = false
	}
	return ok
}

// indent is how far a line is indented, dashes of a list counted.
func (s *source) indent(line int) int {
	rest := s.text[s.lines[line-1]:]
	return len(rest) - len(strings.TrimLeft(rest, " "))
}

func (s *source) blank(line int) bool {
	return strings.TrimSpace(s.text[s.lines[line-1]:s.lineEnd(line)]) == ""
}

// lineEnd is where a line ends, before its newline.
func (s *source) lineEnd(line int) int {
	end := len(s.text)
	if line < len(s.lines) {
		end = s.lines[line] - 1
	}
	if end > s.lines[line-1] && s.text[end-1] == '\r' {
		end--
	}
	return end
}
