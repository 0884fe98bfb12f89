package model

import (
	"fmt"
	"slices"
	"strings"

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
