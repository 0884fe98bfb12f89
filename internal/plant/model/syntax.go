package model

import (
	"errors"
	"strings"

	"github.com/goccy/go-yaml"
)

// syntax turns what the parser says into our words.
func (s *source) syntax(err error) {
	var e *yaml.SyntaxError
	if !errors.As(err, &e) || e.Token == nil {
		s.bad(0, 0, "this is no YAML: "+firstLine(err.Error()), "")
		return
	}
	at := s.offset(e.Token.Position.Line, e.Token.Position.Column)
	message, hint := wording(e.Message)
	s.bad(at, at+max(1, len(strings.TrimSpace(e.Token.Value))), message, hint)
}

// wordings are the parser's most frequent messages, and what a person who wrote
// the text most likely has to do.
var wordings = []struct{ has, message, hint string }{
	{"mapping value is not allowed", "a second colon makes no sense here", `put a text with ": " in it in quotes: reason: "a: b"; or begin a new line`},
	{"',' or ']' must be", "the list that began with [ does not end", "put ] at its end, and a comma between its parts"},
	{"',' or '}' must be", "the group that began with { does not end", "put } at its end, and a comma between its parts"},
	{"sequence end token", "the list that began with [ does not end", "put ] at its end"},
	{"mapping end token", "the group that began with { does not end", "put } at its end"},
	{"could not find flow map", "the group that began with { does not end", "put } at its end"},
	{"could not find flow seq", "the list that began with [ does not end", "put ] at its end"},
	{"end character of double-quoted", "the text in quotes does not end", `put " at its end`},
	{"end character of single-quoted", "the text in quotes does not end", "put ' at its end; ' within it is written ''"},
	{"non-map value is specified", "a key without a value, or a value without its key", "write key: value, with a space after the colon"},
	{"value is not allowed in this context", "this does not belong here", "see the indentation: what belongs together begins in the same column"},
	{"unexpected key name", "this does not belong here", "see the indentation: what belongs together begins in the same column"},
	{"cannot start any token", "this character cannot begin a value", `put the text in quotes: "…"`},
}

func wording(said string) (message, hint string) {
	for _, w := range wordings {
		if strings.Contains(said, w.has) {
			return w.message, w.hint
		}
	}
	return "this is no YAML: " + firstLine(said), "see the indentation, colons and quotes of this line and the one before"
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return line
}
