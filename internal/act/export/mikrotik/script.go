package mikrotik

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/bulkhead-ot/bulkhead/internal/act/export/device"
)

// command is one line of a script, in the menu it is for.
type command struct {
	line  int
	text  string
	menu  string // "/ip firewall filter"
	verb  string // "add", "set", …
	words []string
	props map[string]string
}

// verbs are what a line may do; what comes before one is a menu.
var verbs = map[string]bool{"add": true, "set": true, "remove": true, "print": true, "export": true, "move": true, "enable": true, "disable": true, "edit": true, "unset": true, "reset": true, "comment": true}

// commands splits an export into commands. RouterOS breaks long lines with a
// backslash anywhere, in quoted text too, and indents what follows.
func commands(text string) ([]command, error) {
	var all []command
	menu := ""
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); i++ {
		c := command{line: i + 1, menu: menu}
		var joined strings.Builder
		for ; strings.HasSuffix(lines[i], "\\") && i+1 < len(lines); i++ {
			joined.WriteString(strings.TrimLeft(strings.TrimSuffix(lines[i], "\\"), " \t"))
		}
		if joined.Len() > 0 {
			joined.WriteString(strings.TrimLeft(lines[i], " \t"))
			c.text = joined.String()
		} else {
			c.text = strings.TrimSpace(lines[i])
		}
		if c.text == "" || c.text[0] == '#' {
			continue
		}
		words, err := split(c.text)
		if err != nil {
			return nil, fmt.Errorf("%w: line %d: %w", device.ErrText, c.line, err)
		}
		if strings.HasPrefix(words[0], "/") {
			n := 0
			for n < len(words) && !verbs[words[n]] && !strings.Contains(words[n], "=") {
				n++
			}
			menu = "/" + strings.Trim(strings.ReplaceAll(strings.Join(words[:n], " "), "/", " "), " ")
			if words = words[n:]; len(words) == 0 {
				continue
			}
			c.menu = menu
		}
		c.verb, c.words = words[0], words[1:]
		c.props = map[string]string{}
		for _, w := range c.words {
			if key, value, is := strings.Cut(w, "="); is && !strings.HasPrefix(w, "[") {
				c.props[key] = value
			}
		}
		all = append(all, c)
	}
	return all, nil
}

// split cuts a line into words; what stands in quotes or brackets is one.
func split(line string) ([]string, error) {
	var words []string
	var w strings.Builder
	quoted, depth, started := false, 0, false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == '\\' && quoted && i+1 < len(line):
			i++
			if depth > 0 {
				w.WriteByte('\\')
			}
			w.WriteByte(line[i])
		case c == '"':
			quoted = !quoted
			started = true
			if depth > 0 {
				w.WriteByte(c)
			}
		case quoted:
			w.WriteByte(c)
		case c == '[' || c == '{' || c == '(':
			depth++
			started = true
			w.WriteByte(c)
		case c == ']' || c == '}' || c == ')':
			depth--
			w.WriteByte(c)
		case (c == ' ' || c == '\t') && depth <= 0:
			if started {
				words = append(words, w.String())
			}
			w.Reset()
			started = false
		default:
			started = true
			w.WriteByte(c)
		}
	}
	if quoted {
		return nil, fmt.Errorf("a quotation mark is never closed")
	}
	if started {
		words = append(words, w.String())
	}
	if len(words) == 0 {
		words = []string{line}
	}
	return words, nil
}

// condition is one of those that "find where" joins with "and"; in brackets
// behind an exclamation mark it is turned round.
var condition = regexp.MustCompile(`^(!\()?([a-z-]+)(!=|=|~)"([^"]*)"(\))?$`)

// found says which items a "[find where …]" means. It is false for what goes
// beyond comparisons joined by "and".
func found(items []*command, words []string) (map[*command]bool, bool) {
	if len(words) != 1 {
		return nil, false
	}
	inner, is := strings.CutPrefix(words[0], "[find ")
	inner, is2 := strings.CutSuffix(inner, "]")
	if !is || !is2 {
		return nil, false
	}
	hit := map[*command]bool{}
	for _, it := range items {
		hit[it] = true
	}
	for _, c := range strings.Split(strings.TrimPrefix(inner, "where "), " and ") {
		m := condition.FindStringSubmatch(strings.TrimSpace(c))
		if m == nil || (m[1] == "") != (m[5] == "") {
			return nil, false
		}
		var like *regexp.Regexp
		if m[3] == "~" {
			var err error
			if like, err = regexp.Compile(m[4]); err != nil {
				return nil, false
			}
		}
		for it := range hit {
			value := it.props[m[2]]
			if yes := like != nil && like.MatchString(value) || like == nil && (value == m[4]) == (m[3] == "="); yes == (m[1] != "") {
				delete(hit, it)
			}
		}
	}
	return hit, true
}
