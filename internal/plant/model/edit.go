package model

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Op is what an edit does.
type Op string

// Ops.
const (
	OpSet    Op = "set"    // gives a path a value
	OpAdd    Op = "add"    // puts one more member into the list at a path
	OpRemove Op = "remove" // takes away what is at a path
)

// Edit is one change of a text at a path such as
// lines[line-2].owners.operations: keys with points between, and members of a
// list by their identifier or number in brackets. Value is a string, bool,
// float64, []any or map[string]any, as JSON gives them.
type Edit struct {
	Op    Op
	Path  string
	Value any
}

// ErrEdit marks an edit that cannot be made: its path leads nowhere, or the text
// is none. Apply's errors are *EditError.
var ErrEdit = errors.New("cannot be changed")

// EditError says why an edit cannot be made.
type EditError struct {
	Path string // of the edit
	Text string
}

// Error is the path and the text.
func (e *EditError) Error() string { return e.Path + " cannot be changed: " + e.Text }

// Unwrap is ErrEdit.
func (e *EditError) Unwrap() error { return ErrEdit }

// Apply makes edits one after the other and returns the changed text. All that
// no edit is about stays as it is, comments, order and quotes. The result may
// have problems: Parse it.
func Apply(text string, edits []Edit) (string, error) {
	for _, e := range edits {
		next, err := applyOne(text, e)
		if err != nil {
			return "", &EditError{Path: e.Path, Text: err.Error()}
		}
		text = next
	}
	return text, nil
}

func refused(format string, a ...any) error {
	return fmt.Errorf(format, a...)
}

func applyOne(text string, e Edit) (next string, err error) {
	if strings.Contains(text, "\r\n") {
		defer func() { next = strings.ReplaceAll(next, "\n", "\r\n") }()
	}
	if strings.HasPrefix(text, bom) {
		defer func() {
			if err == nil {
				next = bom + next
			}
		}()
	}
	s := newSource(text)
	defer func() {
		if r := recover(); r != nil { // of the YAML package, see read
			next, err = "", refused("the text cannot be read")
		}
	}()
	root := s.tree()
	if root == nil {
		if strings.TrimSpace(text) == "" || len(s.found) == 0 {
			return "", refused("there is no text to change")
		}
		return "", refused("the text is no YAML: %s", s.found[0])
	}
	steps, err := parsePath(e.Path)
	if err != nil {
		return "", err
	}
	ed := &editing{source: s, root: root}
	switch e.Op {
	case OpSet:
		next, err = ed.set(steps, e.Value)
	case OpAdd:
		next, err = ed.add(steps, e.Value)
	case OpRemove:
		next, err = ed.remove(steps)
	default:
		return "", refused("%q is no change; there are set, add and remove", e.Op)
	}
	if err != nil {
		return "", err
	}
	if check := newSource(next); check.tree() == nil && len(check.found) > 0 {
		return "", refused("this place of the text is too unusual to be changed here: change it in the text itself")
	}
	return next, nil
}

// step is one part of a path: a key, or a member of a list.
type step struct {
	name   string
	member bool
}

// maxSteps bounds a path; the deepest of a model has eight.
const maxSteps = 16

func parsePath(path string) ([]step, error) {
	var all []step
	rest := path
	for rest != "" {
		if len(all) == maxSteps {
			return nil, refused("the path is too long")
		}
		if rest[0] == '[' {
			end := strings.IndexByte(rest, ']')
			if end < 2 || len(all) == 0 {
				return nil, refused("write a path such as lines[line-2].owners.it")
			}
			all = append(all, step{rest[1:end], true})
			if rest = rest[end+1:]; rest != "" && rest[0] == '.' {
				if rest = rest[1:]; rest == "" || rest[0] == '[' {
					return nil, refused("write a path such as lines[line-2].owners.it")
				}
			} else if rest != "" && rest[0] != '[' {
				return nil, refused("write a path such as lines[line-2].owners.it")
			}
			continue
		}
		end := strings.IndexAny(rest, ".[")
		if end < 0 {
			end = len(rest)
		}
		if end == 0 || strings.Trim(rest[:end], "abcdefghijklmnopqrstuvwxyz_") != "" {
			return nil, refused("write a path such as lines[line-2].owners.it")
		}
		all = append(all, step{name: rest[:end]})
		if rest = rest[end:]; rest != "" && rest[0] == '.' {
			if rest = rest[1:]; rest == "" || rest[0] == '[' {
				return nil, refused("write a path such as lines[line-2].owners.it")
			}
		}
	}
	if len(all) == 0 {
		return nil, refused("write a path such as lines[line-2].owners.it")
	}
	return all, nil
}

// editing is one edit at work.
type editing struct {
	*source
	root *node
}

// child is where a step leads from a node; the place in its list or group.
func (n *node) child(s step) (*node, int) {
	if !s.member {
		for i := range n.entries {
			if n.entries[i].key == s.name {
				return n.entries[i].value, i
			}
		}
		return nil, -1
	}
	for i, item := range n.items {
		if id := item.get("id"); id != nil && id.kind == scalarNode && id.text == s.name {
			return item, i
		}
	}
	if i, err := strconv.Atoi(s.name); err == nil && i >= 0 && i < len(n.items) {
		return n.items[i], i
	}
	return nil, -1
}

// follow walks a path as far as it goes. nodes begins with the root.
func (e *editing) follow(steps []step) (nodes []*node, places []int) {
	nodes = []*node{e.root}
	for _, s := range steps {
		next, i := nodes[len(nodes)-1].child(s)
		if next == nil {
			break
		}
		nodes, places = append(nodes, next), append(places, i)
	}
	return nodes, places
}

func (e *editing) splice(start, end int, with string) string {
	return e.text[:start] + with + e.text[end:]
}

func (e *editing) set(steps []step, value any) (string, error) {
	nodes, places := e.follow(steps)
	last := nodes[len(nodes)-1]
	rest := steps[len(nodes)-1:]
	if len(rest) == 0 {
		return e.replace(nodes, places, value)
	}
	for _, s := range rest {
		if s.member {
			return "", refused("there is no %q in this list", s.name)
		}
	}
	for i := len(rest) - 1; i > 0; i-- {
		value = []pairOf{{rest[i].name, value}}
	}
	if last.kind == nullNode {
		return e.replace(nodes, places, []pairOf{{rest[0].name, value}})
	}
	if last.kind != mapNode {
		return "", refused("%s is %s and has no %s", orRoot(last.path), what(last), rest[0].name)
	}
	return e.insertKey(last, rest[0].name, value)
}

func orRoot(path string) string {
	if path == "" {
		return "the document"
	}
	return path
}

// replace puts another value in the place of a node.
func (e *editing) replace(nodes []*node, places []int, value any) (string, error) {
	n := nodes[len(nodes)-1]
	if len(nodes) == 1 {
		return "", refused("the whole document cannot be replaced by a change: save another text")
	}
	if n.kind == nullNode && n.start == n.end {
		return e.splice(n.start, n.end, " "+flow(value)), nil
	}
	parent := nodes[len(nodes)-2]
	if (n.kind == mapNode || n.kind == listNode) && !n.flow && parent.kind == mapNode {
		// It stands below its key: the value moves beside it.
		colon := e.colonAfter(parent.entries[places[len(places)-1]].end)
		return e.splice(colon, n.end, " "+flow(value)), nil
	}
	text := flow(value)
	if n.kind == scalarNode && n.quoted && !n.block && strings.HasPrefix(e.text[n.start:], `"`) {
		if s, ok := value.(string); ok {
			text = quote(s) // quotes stay
		}
	}
	return e.splice(n.start, n.end, text), nil
}

// colonAfter is behind the colon of a key that ends at an offset.
func (e *editing) colonAfter(end int) int {
	if i := strings.IndexByte(e.text[end:], ':'); i >= 0 {
		return end + i + 1
	}
	return end
}

// insertKey puts a key at the end of a group.
func (e *editing) insertKey(n *node, key string, value any) (string, error) {
	text := key + ": " + flow(value)
	if n.flow {
		return e.insertFlow(n, text, len(n.entries) == 0, n.lastEnd())
	}
	column := e.columnOf(n.entries[0].start)
	if list, ok := value.([]any); ok && n == e.root && len(list) > 0 {
		var b strings.Builder
		for _, item := range list {
			b.WriteString("\n" + "  - " + flow(item))
		}
		text = key + ":" + b.String()
	}
	return e.insertLine(n.end, column, text), nil
}

// lastEnd is where the last part of a bracket ends.
func (n *node) lastEnd() int {
	switch {
	case len(n.entries) > 0:
		return n.entries[len(n.entries)-1].value.end
	case len(n.items) > 0:
		return n.items[len(n.items)-1].end
	}
	return n.start + 1
}

func (e *editing) insertFlow(n *node, text string, empty bool, at int) (string, error) {
	if empty {
		pad := ""
		if strings.HasPrefix(e.text[n.start:], "{") {
			pad = " "
		}
		return e.splice(n.start+1, n.end-1, pad+text+pad), nil
	}
	return e.splice(at, at, ", "+text), nil
}

// insertLine puts a line after the one in which something ends. The last line
// of a file may lack its newline.
func (e *editing) insertLine(after, column int, text string) string {
	line, _ := e.place(max(after-1, 0))
	at := e.lineEnd(line)
	return e.splice(at, at, "\n"+strings.Repeat(" ", column)+text)
}

// columnOf is how many characters stand before an offset in its line.
func (e *editing) columnOf(at int) int {
	line, _ := e.place(at)
	return utf8.RuneCountInString(e.text[e.lines[line-1]:at])
}

func (e *editing) add(steps []step, value any) (string, error) {
	nodes, places := e.follow(steps)
	n := nodes[len(nodes)-1]
	if len(nodes) <= len(steps) {
		return e.set(steps, []any{value})
	}
	switch {
	case n.kind == nullNode:
		return e.replace(nodes, places, []any{value})
	case n.kind != listNode:
		return "", refused("it is %s and not a list", what(n))
	case n.flow:
		return e.insertFlow(n, flow(value), len(n.items) == 0, n.lastEnd())
	}
	return e.insertLine(n.end, e.columnOf(n.start), "- "+flow(value)), nil
}

func (e *editing) remove(steps []step) (string, error) {
	nodes, places := e.follow(steps)
	if len(nodes) <= len(steps) {
		s := steps[len(nodes)-1]
		if s.member {
			return "", refused("there is no %q in this list", s.name)
		}
		return "", refused("there is no %s in %s", s.name, orRoot(nodes[len(nodes)-1].path))
	}
	// What would be empty goes too: "owners:" with nothing below it says nothing.
	depth := len(places)
	for depth > 1 && nodes[depth-1].size() == 1 {
		depth--
	}
	parent, at := nodes[depth-1], places[depth-1]
	if parent.size() == 1 {
		return "", refused("nothing would be left")
	}
	if parent.flow {
		return e.removeFlow(parent, at), nil
	}
	return e.removeLines(parent, at), nil
}

func (n *node) size() int { return len(n.entries) + len(n.items) }

// span is where a part of a node begins and ends.
func (n *node) span(i int) (start, end int) {
	if n.kind == mapNode {
		return n.entries[i].start, n.entries[i].value.end
	}
	return n.items[i].start, n.items[i].end
}

func (e *editing) removeFlow(n *node, i int) string {
	start, end := n.span(i)
	if i+1 < n.size() {
		next, _ := n.span(i + 1)
		return e.splice(start, next, "")
	}
	_, before := n.span(i - 1)
	return e.splice(before, end, "")
}

// removeLines takes the lines of a part out, with the comments right above it
// unless it is the first: those may be about the whole list.
func (e *editing) removeLines(n *node, i int) string {
	start, end := n.span(i)
	line, _ := e.place(start)
	last, _ := e.place(max(end-1, start))
	if n.kind == mapNode && i == 0 && n.size() > 1 && strings.TrimLeft(e.text[e.lines[line-1]:start], " ") != "" {
		// It stands behind the dash of a list: the next key takes its place.
		next, _ := n.span(1)
		return e.splice(start, next, "")
	}
	if i > 0 {
		for line > 1 && e.comment(line-1) && e.indent(line-1) == e.indent(line) {
			line--
		}
	}
	from, to := e.lines[line-1], len(e.text)
	if last < len(e.lines) {
		to = e.lines[last]
	}
	return e.splice(from, to, "")
}

func (e *editing) comment(line int) bool {
	return strings.HasPrefix(strings.TrimLeft(e.text[e.lines[line-1]:e.lineEnd(line)], " "), "#")
}
