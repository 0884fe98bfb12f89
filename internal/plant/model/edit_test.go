package model

import (
	"errors"
	"strings"
	"testing"
	"time"
)

const editText = `# top
site: works # the site
people:
  # Anna leaves in May.
  - { id: anna, name: Anna, side: it }
  # Bernd stays.
  - id: bernd # operations
    name: 'Bernd'
    side: operations

owners: { it: anna } # everything
lines:
  - id: line-1
    name: Filling # the oldest
    cost:
      per_hour: 2200   # a guess

  - { id: line-2, name: Packing, cells: [ { id: filler, name: Filler } ] }
zones:
`

func TestApply(t *testing.T) {
	for _, c := range []struct {
		name  string
		edits []Edit
		// was is taken out of editText and is put in its place.
		was, is string
	}{
		{
			"give a line its owner",
			[]Edit{{OpSet, "lines[line-1].owners.operations", "bernd"}},
			"      per_hour: 2200   # a guess\n", "      per_hour: 2200   # a guess\n    owners: { operations: bernd }\n",
		},
		{
			"give a line in brackets its owner",
			[]Edit{{OpSet, "lines[line-2].owners.operations", "bernd"}},
			"cells: [ { id: filler, name: Filler } ] }", "cells: [ { id: filler, name: Filler } ], owners: { operations: bernd } }",
		},
		{"add to owners in brackets", []Edit{{OpSet, "owners.operations", "bernd"}}, "{ it: anna }", "{ it: anna, operations: bernd }"},
		{"change a value and keep its comment", []Edit{{OpSet, "lines[line-1].name", "Filling: new"}}, "name: Filling # the oldest", "name: \"Filling: new\" # the oldest"},
		{"change a number", []Edit{{OpSet, "lines[line-1].cost.per_hour", 2500.5}}, "per_hour: 2200   #", "per_hour: 2500.5   #"},
		{"add a key below a key", []Edit{{OpSet, "lines[line-1].cost.restart", 10.0}}, "per_hour: 2200   # a guess\n", "per_hour: 2200   # a guess\n      restart: 10\n"},
		{
			"replace a group below its key",
			[]Edit{{OpSet, "lines[line-1].cost", map[string]any{"restart": 1.0, "per_hour": 2.0}}},
			"cost:\n      per_hour: 2200   # a guess", "cost: { per_hour: 2, restart: 1 }   # a guess",
		},
		{"a text that looks like something else stands in quotes", []Edit{{OpSet, "people[bernd].phone", "030"}}, "    side: operations\n", "    side: operations\n    phone: \"030\"\n"},
		{
			"add to a list below its key",
			[]Edit{{OpAdd, "people", map[string]any{"side": "it", "id": "carl", "name": "Carl"}}},
			"    side: operations\n", "    side: operations\n  - { id: carl, name: Carl, side: it }\n",
		},
		{
			"add to a list in brackets",
			[]Edit{{OpAdd, "lines[line-2].cells", map[string]any{"id": "c2", "name": "C"}}},
			"name: Filler } ]", "name: Filler }, { id: c2, name: C } ]",
		},
		{"add to a list that is empty", []Edit{{OpAdd, "zones", map[string]any{"id": "z", "name": "Z", "kind": "dmz"}}}, "zones:\n", "zones: [ { id: z, name: Z, kind: dmz } ]\n"},
		{
			"add to a list that is not there",
			[]Edit{{OpAdd, "windows", map[string]any{"id": "w", "days": []any{"sat"}, "from": "06:00", "to": "10:00"}}},
			"zones:\n", "zones:\nwindows:\n  - { id: w, days: [sat], from: \"06:00\", to: \"10:00\" }\n",
		},
		{
			"remove a member with the comment above it",
			[]Edit{{OpRemove, "people[bernd]", nil}},
			"  # Bernd stays.\n  - id: bernd # operations\n    name: 'Bernd'\n    side: operations\n", "",
		},
		{"remove the first member and keep the comment above it", []Edit{{OpRemove, "people[anna]", nil}}, "  - { id: anna, name: Anna, side: it }\n", ""},
		{"remove a key", []Edit{{OpRemove, "people[bernd].name", nil}}, "    name: 'Bernd'\n", ""},
		{"remove the key behind a dash", []Edit{{OpRemove, "people[bernd].id", nil}}, "- id: bernd # operations\n    name", "- name"},
		{"remove the last key with its group", []Edit{{OpRemove, "lines[line-1].cost.per_hour", nil}}, "    cost:\n      per_hour: 2200   # a guess\n", ""},
		{"remove from brackets", []Edit{{OpRemove, "lines[line-2].name", nil}}, "id: line-2, name: Packing, ", "id: line-2, "},
		{"remove the last in brackets", []Edit{{OpRemove, "lines[line-2].cells[filler]", nil}}, ", cells: [ { id: filler, name: Filler } ]", ""},
		{"by number", []Edit{{OpSet, "people[0].name", "Ann"}}, "name: Anna,", "name: Ann,"},
		{"two at once", []Edit{{OpSet, "owners.operations", "bernd"}, {OpSet, "owners.it", "bernd"}}, "{ it: anna }", "{ it: bernd, operations: bernd }"},
	} {
		for _, eol := range []string{"\n", "\r\n"} {
			t.Run(c.name, func(t *testing.T) {
				if strings.Count(editText, c.was) != 1 {
					t.Fatalf("%q is not in the text once", c.was)
				}
				other := strings.NewReplacer("\n", eol)
				got, err := Apply(other.Replace(editText), c.edits)
				if err != nil {
					t.Fatal(err)
				}
				if want := other.Replace(strings.Replace(editText, c.was, c.is, 1)); got != want {
					t.Error(Unified("want", "got", want, got))
				}
			})
		}
	}
}

func TestApplyKeepsTheByteOrderMark(t *testing.T) {
	for _, e := range []Edit{{OpSet, "site", "new"}, {OpSet, "name", "Works"}, {OpAdd, "zones", map[string]any{"id": "office"}}, {OpSet, "people[anna].side", "operations"}} {
		want, err := Apply("site: works\npeople:\n  - { id: anna, name: Anna, side: it }\n", []Edit{e})
		if err != nil {
			t.Fatal(err)
		}
		got, err := Apply(bom+"site: works\npeople:\n  - { id: anna, name: Anna, side: it }\n", []Edit{e})
		if err != nil || got != bom+want {
			t.Errorf("%s: %q, %v", e.Path, got, err)
		}
	}
}

func TestApplyWithoutLastNewline(t *testing.T) {
	got, err := Apply("site: a", []Edit{{OpSet, "name", "B"}, {OpAdd, "lines", map[string]any{"id": "l", "name": "L"}}})
	if want := "site: a\nname: B\nlines:\n  - { id: l, name: L }"; err != nil || got != want {
		t.Errorf("%q %v", got, err)
	}
}

func TestApplyRefuses(t *testing.T) {
	for _, c := range []struct {
		name, text string
		edit       Edit
		want       string
	}{
		{"a member that is not there", editText, Edit{OpSet, "lines[line-9].name", "x"}, `there is no "line-9" in this list`},
		{"a key that is not there", editText, Edit{OpRemove, "lines[line-2].cost", nil}, "there is no cost in lines[line-2]"},
		{"a key of a text", editText, Edit{OpSet, "site.name", "x"}, `site is "works" and has no name`},
		{"a list that is none", editText, Edit{OpAdd, "owners", "x"}, "it is a group of keys and not a list"},
		{"no path", editText, Edit{OpSet, "lines..x", "x"}, "write a path such as"},
		{"a path with a space", editText, Edit{OpSet, "a b", "x"}, "write a path such as"},
		{"another op", editText, Edit{"move", "site", "x"}, "there are set, add and remove"},
		{"a broken text", "site: [", Edit{OpSet, "site", "x"}, "the text is no YAML"},
		{"the only key", "site: a\n", Edit{OpRemove, "site", nil}, "nothing would be left"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Apply(c.text, []Edit{c.edit})
			if !errors.Is(err, ErrEdit) || !strings.Contains(err.Error(), c.want) || got != "" {
				t.Errorf("%q %v", got, err)
			}
		})
	}
}

// FuzzApply sets, adds and removes in any text that is a model: the result is
// YAML that says what was asked for, and nothing else has changed.
func FuzzApply(f *testing.F) {
	f.Add(editText, "lines[line-1].name", "A: b # c")
	f.Add(editText, "owners.operations", "bernd")
	f.Add(example(f), "conduits[poll].reason", "\u2028\u0085 'x' \"y\" \\ \t\n")
	f.Add(example(f), "zones[office].note", "- [x]: {y} &z *a !b %c @d `e")
	f.Add("{site: a, lines: [{id: b, name: c}]}", "lines[b].note", "x")
	f.Add("site: a\nlines:\n- id: b\n  name: |\n    c\n\n    d\n", "lines[b].note", "true")
	f.Fuzz(func(t *testing.T, text, path, value string) {
		before, _ := Parse(text, time.Time{})
		if before == nil || strings.TrimSpace(value) == "" || strings.ContainsAny(value, "\r\x00\ufeff") {
			return
		}
		got, err := Apply(text, []Edit{{OpSet, path, value}})
		if err != nil {
			return
		}
		s := newSource(got)
		root := s.tree()
		if root == nil {
			t.Fatalf("the result is no YAML: %v\n%s", s.found, got)
		}
		steps, _ := parsePath(path)
		nodes, _ := (&editing{source: s, root: root}).follow(steps)
		last := nodes[len(nodes)-1]
		id := steps[len(steps)-1].name == "id" // then the path leads elsewhere
		if !id && (len(nodes) != len(steps)+1 || last.kind != scalarNode || last.text != strings.ToValidUTF8(value, "\ufffd")) {
			t.Fatalf("%s is not %q:\n%s", path, value, got)
		}
		after, _ := Parse(got, time.Time{})
		if after == nil {
			return // the value is none for this place
		}
		for _, d := range Diff(before, after) {
			if !id && !strings.HasPrefix(path, strings.TrimSuffix(d.Path, ".name")) && !strings.HasPrefix(d.Path, strings.SplitN(path, "[", 2)[0]) {
				t.Fatalf("%s changes %s:\n%s", path, d.Says, got)
			}
		}
	})
}
