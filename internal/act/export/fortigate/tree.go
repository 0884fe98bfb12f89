package fortigate

import (
	"fmt"
	"strings"

	"github.com/bulkhead-ot/bulkhead/internal/act/export/device"
)

// entry is what stands between edit and next, or between config and end where a
// section has no entries.
type entry struct {
	name   string
	line   int
	values map[string]value
	blocks []*block
}

type value struct {
	line  int
	words []string
}

// block is a section: config … end.
type block struct {
	path    string
	line    int
	self    entry // what is set in it outside entries
	entries []*entry
	byName  map[string]*entry
	odd     []statement // what is neither set nor edit
}

// statement is one command with the line it starts on.
type statement struct {
	line  int
	words []string
}

func (s statement) String() string { return strings.Join(s.words, " ") }

// statements splits a text into commands. A quoted word may go on over several
// lines: certificates and messages do.
func statements(text string) ([]statement, error) {
	var all []statement
	var cur statement
	var word strings.Builder
	started, quotedAt, line := false, 0, 1
	endWord := func() {
		if started {
			cur.words = append(cur.words, word.String())
			word.Reset()
			started = false
		}
	}
	for i := 0; i < len(text); i++ {
		c := text[i]
		if len(cur.words) == 0 && !started {
			cur.line = line
		}
		switch {
		case c == '\\' && i+1 < len(text) && text[i+1] != '\n':
			i++
			word.WriteByte(text[i])
			started = true
		case c == '"':
			if quotedAt == 0 {
				quotedAt = line
			} else {
				quotedAt = 0
			}
			started = true
		case quotedAt > 0:
			word.WriteByte(c)
		case c == '#' && len(cur.words) == 0 && !started:
			for i+1 < len(text) && text[i+1] != '\n' {
				i++
			}
		case c == '\n':
			if endWord(); len(cur.words) > 0 {
				all = append(all, cur)
			}
			cur = statement{}
		case c == ' ' || c == '\t':
			endWord()
		default:
			word.WriteByte(c)
			started = true
		}
		if c == '\n' {
			line++
		}
	}
	if quotedAt > 0 {
		return nil, fmt.Errorf("%w: line %d: a quotation mark is never closed", device.ErrText, quotedAt)
	}
	if endWord(); len(cur.words) > 0 {
		all = append(all, cur)
	}
	return all, nil
}

// Bounds: deeper than any FortiOS section nests, and more sections side by side
// than it has.
const (
	maxDepth    = 16
	maxSections = 10_000
)

// frame is where the tree builder stands: a block and, if one is open, its entry.
type frame struct {
	block *block
	entry *entry
}

// tree puts commands into sections. What stands outside any is returned as
// loose.
func tree(all []statement) (blocks []*block, loose []statement, err error) {
	var stack []frame
	for _, s := range all {
		top := len(stack) - 1
		switch verb := s.words[0]; {
		case verb == "config" && len(s.words) > 1:
			if len(stack) >= maxDepth {
				return nil, nil, fmt.Errorf("%w: line %d: sections nest deeper than %d", device.ErrText, s.line, maxDepth)
			}
			into := &blocks
			if top >= 0 {
				into = &stack[top].at().blocks
			}
			if len(*into) > maxSections {
				return nil, nil, fmt.Errorf("%w: line %d: more than %d sections", device.ErrText, s.line, maxSections)
			}
			stack = append(stack, frame{block: open(into, s)})
		case top < 0:
			loose = append(loose, s)
		case verb == "end":
			stack = stack[:top]
		case verb == "next":
			stack[top].entry = nil
		case verb == "edit" && len(s.words) == 2:
			stack[top].entry = stack[top].block.edit(s)
		case !stack[top].at().change(s):
			stack[top].block.odd = append(stack[top].block.odd, s)
		}
	}
	if len(stack) > 0 {
		b := stack[len(stack)-1].block
		return nil, nil, fmt.Errorf("%w: line %d: \"config %s\" is never ended", device.ErrText, b.line, b.path)
	}
	return blocks, loose, nil
}

// open is the section that a command opens: one that was there before is gone on
// with, so that a second script changes what the first made.
func open(into *[]*block, s statement) *block {
	path := strings.Join(s.words[1:], " ")
	for _, b := range *into {
		if b.path == path {
			return b
		}
	}
	b := &block{path: path, line: s.line, byName: map[string]*entry{}}
	b.self.line = s.line
	*into = append(*into, b)
	return b
}

func (f frame) at() *entry {
	if f.entry != nil {
		return f.entry
	}
	return &f.block.self
}

// edit opens an entry: one that is there is changed, and 0 is always a new one.
func (b *block) edit(s statement) *entry {
	name := s.words[1]
	if e := b.byName[name]; e != nil && name != "0" {
		return e
	}
	e := &entry{name: name, line: s.line}
	b.entries = append(b.entries, e)
	b.byName[name] = e
	return e
}

// change does what set, unset and append do, and is false for other commands.
func (e *entry) change(s statement) bool {
	if len(s.words) < 2 {
		return false
	}
	key := s.words[1]
	switch s.words[0] {
	case "set":
		e.set(key, value{s.line, s.words[2:]})
	case "append":
		e.set(key, value{s.line, append(append([]string(nil), e.values[key].words...), s.words[2:]...)})
	case "unset":
		delete(e.values, key)
	default:
		return false
	}
	return true
}

func (e *entry) set(key string, v value) {
	if e.values == nil {
		e.values = map[string]value{}
	}
	e.values[key] = v
}

// one is the first word of what is set, "" if nothing is.
func (e *entry) one(key string) string {
	if w := e.values[key].words; len(w) > 0 {
		return w[0]
	}
	return ""
}

func (e *entry) on(key string) bool { return e.one(key) == "enable" }

// all are the words of what is set.
func (e *entry) all(key string) []string { return e.values[key].words }

// sub are an entry's sections of a path.
func (e *entry) sub(path string) []*block {
	var found []*block
	for _, b := range e.blocks {
		if b.path == path {
			found = append(found, b)
		}
	}
	return found
}
