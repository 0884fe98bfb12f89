package opnsense

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/bulkhead-ot/bulkhead/internal/act/export/device"
)

// node is an element of config.xml.
type node struct {
	name string
	line int
	uuid string
	text string
	kids []*node
}

// Bounds of a document: deeper and larger than any configuration.
const (
	maxDepth = 64
	maxNodes = 2_000_000
)

// document reads XML into nodes.
func document(text string) (*node, error) {
	d := xml.NewDecoder(strings.NewReader(text))
	root := &node{}
	stack := []*node{root}
	nodes := 0
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		line, _ := d.InputPos()
		if err != nil {
			return nil, fmt.Errorf("%w: line %d: %w", device.ErrText, line, err)
		}
		top := stack[len(stack)-1]
		switch t := t.(type) {
		case xml.StartElement:
			if nodes++; nodes > maxNodes || len(stack) > maxDepth {
				return nil, fmt.Errorf("%w: line %d: too many elements, or nested too deep", device.ErrText, line)
			}
			n := &node{name: t.Name.Local, line: line}
			for _, a := range t.Attr {
				if a.Name.Local == "uuid" {
					n.uuid = a.Value
				}
			}
			top.kids = append(top.kids, n)
			stack = append(stack, n)
		case xml.EndElement:
			top.text = strings.TrimSpace(top.text)
			stack = stack[:len(stack)-1]
		case xml.CharData:
			top.text += string(t)
		}
	}
	if len(root.kids) != 1 || root.kids[0].name != "opnsense" {
		return nil, fmt.Errorf("%w: its root is not <opnsense>", device.ErrText)
	}
	return root.kids[0], nil
}

// at are the elements at a path.
func (n *node) at(path ...string) []*node {
	found := []*node{n}
	for _, name := range path {
		var next []*node
		for _, f := range found {
			for _, k := range f.kids {
				if k.name == name {
					next = append(next, k)
				}
			}
		}
		found = next
	}
	return found
}

// get is the text of an element's first child of a name, "" if it has none.
func (n *node) get(name string) string {
	for _, k := range n.kids {
		if k.name == name {
			return k.text
		}
	}
	return ""
}

// has reports whether a child of that name is there, as flags of old parts of
// config.xml are.
func (n *node) has(name string) bool {
	for _, k := range n.kids {
		if k.name == name {
			return true
		}
	}
	return false
}

// on reports whether a flag is set, of either kind: by being there, or by a
// value.
func (n *node) on(name string) bool {
	for _, k := range n.kids {
		if k.name == name {
			return k.text != "0" && k.text != "no"
		}
	}
	return false
}

// value reports whether a flag of the newer parts is set: empty is not.
func (n *node) value(name string) bool {
	switch n.get(name) {
	case "1", "yes", "on", "true":
		return true
	}
	return false
}
