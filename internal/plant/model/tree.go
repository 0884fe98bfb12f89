package model

import (
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Bounds of a text. The largest plant that the program is made for needs a
// quarter of the bytes.
const (
	MaxText  = 2 << 20 // bytes
	maxDepth = 24      // of brackets and lists in lists
	maxLine  = 4096    // bytes in a line
	maxShown = 200     // problems that are reported of one text
)

// nodeKind is what a node is.
type nodeKind uint8

const (
	scalarNode nodeKind = iota
	nullNode
	mapNode
	listNode
)

// node is a value of the document with its place in the text. The tree is ours
// and not the YAML package's, which has no ends of values and counts places in
// ways that differ from node to node.
type node struct {
	kind    nodeKind
	text    string // of a scalar
	quoted  bool
	block   bool // a scalar of several lines, | or >
	flow    bool // written in brackets
	entries []entry
	items   []*node
	start   int // byte offsets in the text
	end     int
	path    string
}

// entry is a key with its value.
type entry struct {
	key        string
	start, end int // of the key
	value      *node
}

// get is the value of a key, nil if there is none.
func (n *node) get(key string) *node {
	for i := range n.entries {
		if n.entries[i].key == key {
			return n.entries[i].value
		}
	}
	return nil
}

// source is a text that can be pointed into.
type source struct {
	text   string
	lines  []int // offset of each line's beginning
	starts []int // of the tokens, sorted
	found  []Problem
}

// newSource takes line ends of every kind to be one character: the YAML package
// miscounts where they are two. Lines and columns are those of the text.
func newSource(text string) *source {
	text = strings.ReplaceAll(text, "\r\n", "\n")
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

// tree reads the document; nil if it is none.
func (s *source) tree() *node {
	if !s.sane() {
		return nil
	}
	tokens := lexer.Tokenize(s.text)
	if !s.plain(tokens) {
		return nil
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		s.syntax(err)
		return nil
	}
	var bodies []ast.Node
	for _, d := range file.Docs {
		if d.Body != nil {
			bodies = append(bodies, d.Body)
		}
	}
	switch {
	case len(bodies) == 0:
		s.bad(0, 0, "there is nothing in it", "a document begins with the site's identifier: site: demo")
		return nil
	case len(bodies) > 1:
		at := s.offset(bodies[1].GetToken().Position.Line, 1)
		s.bad(at, at+1, "a second document begins here", "one file describes one site: put it into a file of its own")
		return nil
	}
	n := s.node(bodies[0])
	if n != nil {
		s.finish(n)
	}
	return n
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

// plain notes where tokens begin and refuses parts of YAML that nobody needs
// here: what points elsewhere (an alias can stand for a million lines), tags,
// and nesting that is deeper than any plant.
func (s *source) plain(tokens token.Tokens) bool {
	ok := true
	depth, dashes, line := 0, 0, 0
	refuse := func(t *token.Token, message, hint string) {
		at := s.offset(t.Position.Line, t.Position.Column)
		s.bad(at, at+len(t.Value), message, hint)
		ok = false
	}
	for i, t := range tokens {
		if t.Position.Line != line {
			line, dashes = t.Position.Line, 0
		}
		content := i > 0 && (tokens[i-1].Type == token.LiteralType || tokens[i-1].Type == token.FoldedType)
		if !content {
			s.starts = append(s.starts, s.offset(t.Position.Line, t.Position.Column))
		}
		switch t.Type {
		case token.AnchorType, token.AliasType, token.MergeKeyType:
			refuse(t, "anchors and aliases (&, *, <<) are not read here", `write it out; a text that begins with one of them stands in quotes: "*"`)
		case token.TagType:
			refuse(t, "tags (!) are not read here", `take it out; a text that begins with ! stands in quotes`)
		case token.DirectiveType:
			refuse(t, "directives (%) are not read here", "take the line out")
		case token.MappingKeyType:
			refuse(t, "keys with ? are not read here", "write key: value")
		case token.MappingStartType, token.SequenceStartType:
			depth++
		case token.MappingEndType, token.SequenceEndType:
			depth--
		case token.SequenceEntryType:
			dashes++
		}
		if depth > maxDepth || dashes > maxDepth {
			refuse(t, "this is nested too deeply", fmt.Sprintf("lists and brackets go %d deep at most", maxDepth))
		}
		if !ok && len(s.found) >= 20 || depth > maxDepth || dashes > maxDepth {
			break
		}
	}
	slices.Sort(s.starts)
	return ok
}

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

// node makes our node of a YAML one; nil where it has no meaning here, which
// was reported.
func (s *source) node(n ast.Node) *node {
	switch v := n.(type) {
	case *ast.MappingNode:
		return s.mapping(v)
	case *ast.MappingValueNode:
		return s.mapping(&ast.MappingNode{Values: []*ast.MappingValueNode{v}})
	case *ast.SequenceNode:
		return s.sequence(v)
	case *ast.NullNode:
		at := s.tokenOffset(v.GetToken())
		if word := s.word(at); word != "null" && word != "~" && word != "Null" && word != "NULL" {
			return &node{kind: nullNode, start: -1} // nothing is written; finish finds the place
		}
		return &node{kind: nullNode, start: at, end: s.endOf(at), text: s.word(at)}
	case *ast.LiteralNode:
		return s.literal(v)
	case *ast.CommentGroupNode, *ast.CommentNode:
		return &node{kind: nullNode, start: -1}
	}
	t := n.GetToken()
	at := s.tokenOffset(t)
	out := &node{kind: scalarNode, start: at, end: s.endOf(at), text: t.Value, quoted: t.Type == token.DoubleQuoteType || t.Type == token.SingleQuoteType}
	if out.end <= out.start {
		out.end = min(out.start+1, len(s.text))
	}
	return out
}

func (s *source) tokenOffset(t *token.Token) int {
	return s.offset(t.Position.Line, t.Position.Column)
}

// word is what stands at an offset up to a space or bracket.
func (s *source) word(at int) string {
	rest := s.text[at:]
	if i := strings.IndexAny(rest, " \t\r\n,]}#"); i >= 0 {
		rest = rest[:i]
	}
	return rest
}

// endOf is where the scalar that begins at an offset ends: before the next
// token, without what is between.
func (s *source) endOf(start int) int {
	i, _ := slices.BinarySearch(s.starts, start+1)
	end := len(s.text)
	if i < len(s.starts) {
		end = s.starts[i]
	}
	return start + len(strings.TrimRight(s.text[start:end], " \t\r\n"))
}

func (s *source) mapping(v *ast.MappingNode) *node {
	out := &node{kind: mapNode, flow: v.IsFlowStyle}
	if v.IsFlowStyle {
		out.start = s.tokenOffset(v.Start)
		out.end = out.start + 1
		if v.End != nil {
			out.end = s.tokenOffset(v.End) + 1
		}
	}
	for _, pair := range v.Values {
		key := pair.Key.GetToken()
		e := entry{key: key.Value, start: s.tokenOffset(key)}
		e.end = s.endOf(e.start)
		if pair.Value == nil {
			e.value = &node{kind: nullNode, start: -1}
		} else if e.value = s.node(pair.Value); e.value == nil {
			continue
		}
		if e.value.start < 0 {
			colon := s.offset(pair.Start.Position.Line, pair.Start.Position.Column)
			e.value.start, e.value.end = colon+1, colon+1
		}
		out.entries = append(out.entries, e)
	}
	if !v.IsFlowStyle && len(out.entries) > 0 {
		out.start = out.entries[0].start
		out.end = out.entries[len(out.entries)-1].value.end
	}
	return out
}

func (s *source) sequence(v *ast.SequenceNode) *node {
	out := &node{kind: listNode, flow: v.IsFlowStyle}
	out.start = s.tokenOffset(v.Start)
	out.end = out.start + 1
	if v.IsFlowStyle && v.End != nil {
		out.end = s.tokenOffset(v.End) + 1
	}
	for i, item := range v.Values {
		n := s.node(item)
		if n == nil {
			continue
		}
		if n.start < 0 {
			n.start, n.end = out.start, out.start+1
			if i < len(v.Entries) && v.Entries[i].Start != nil {
				n.start = s.tokenOffset(v.Entries[i].Start) + 1
				n.end = n.start
			}
		}
		out.items = append(out.items, n)
	}
	if !v.IsFlowStyle && len(out.items) > 0 {
		out.end = out.items[len(out.items)-1].end
	}
	return out
}

// literal is a scalar of several lines: it goes on as long as lines are
// indented more than the one it begins in.
func (s *source) literal(v *ast.LiteralNode) *node {
	at := s.tokenOffset(v.Start)
	line, _ := s.place(at)
	indent := s.indent(line)
	end := line
	for next := line + 1; next <= len(s.lines); next++ {
		if s.blank(next) {
			continue
		}
		if s.indent(next) <= indent {
			break
		}
		end = next
	}
	return &node{kind: scalarNode, block: true, quoted: true, start: at, end: s.lineEnd(end), text: strings.TrimRight(v.Value.Value, "\n")}
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

// finish gives every node its path, as people and Edit write it: members of a
// list by their identifier where they have one.
func (s *source) finish(n *node) {
	for i := range n.entries {
		e := &n.entries[i]
		e.value.path = join(n.path, e.key)
		s.finish(e.value)
	}
	for i, item := range n.items {
		item.path = fmt.Sprintf("%s[%d]", n.path, i)
		if item.kind == mapNode {
			if id := item.get("id"); id != nil && id.kind == scalarNode && validID(id.text) {
				item.path = n.path + "[" + id.text + "]"
			}
		}
		s.finish(item)
	}
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
