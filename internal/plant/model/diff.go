package model

import (
	"encoding"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// ChangeOp is what became of something between two models.
type ChangeOp string

// What becomes of things.
const (
	Added   ChangeOp = "add"
	Removed ChangeOp = "remove"
	Changed ChangeOp = "change"
)

// Difference is one thing in which two models differ.
type Difference struct {
	Path     string
	Op       ChangeOp
	Old, New string
	Says     string // "line line-2 (Filling): owner in operations: Bernd Ott → Carla Diaz"
}

// Diff tells how b differs from a, in the order of the document. The order of
// members in a list is no difference. Nil is an empty model.
func Diff(a, b *Model) []Difference {
	d := &differ{a: a, b: b}
	if a == nil {
		d.a = &Model{}
	}
	if b == nil {
		d.b = &Model{}
	}
	d.group("", "", reflect.ValueOf(d.a).Elem(), reflect.ValueOf(d.b).Elem())
	return d.found
}

type differ struct {
	a, b  *Model
	found []Difference
}

// words are keys as people call them.
var words = map[string]string{
	"it": "owner in IT", "operations": "owner in operations", "per_hour": "cost of an hour", "restart": "cost of a restart", "spoilage": "cost of spoilage",
	"spoils_after": "hours until spoilage", "time_zone": "time zone", "from": "from", "to": "to", "allow": "allows", "target": "security level", "members": "members",
}

// kindWords are what members of lists are called.
var kindWords = map[string]string{
	"people": "person", "teams": "team", "lines": "line", "cells": "cell", "zones": "zone", "conduits": "conduit", "windows": "window", "shifts": "shift",
}

func wordOf(key string) string {
	if w := words[key]; w != "" {
		return w
	}
	return strings.ReplaceAll(key, "_", " ")
}

// group compares two structures of one type.
func (d *differ) group(path, label string, a, b reflect.Value) {
	for _, f := range fieldsOf(a.Type()) {
		x, y := a.Field(f.index), b.Field(f.index)
		p := join(path, f.key)
		_, isText := x.Interface().(encoding.TextMarshaler)
		switch {
		case x.Kind() == reflect.Struct && !isText:
			d.group(p, label, x, y)
		case x.Kind() == reflect.Slice && !isText && hasID(x.Type().Elem()):
			d.named(p, f.key, label, x, y)
		case x.Kind() == reflect.Slice && !isText:
			d.set(p, f.key, label, textsOf(x), textsOf(y))
		default:
			d.value(p, f.key, label, x, y)
		}
	}
}

// hasID reports whether members of a list are told apart by an identifier.
func hasID(t reflect.Type) bool {
	if t.Kind() != reflect.Struct {
		return false
	}
	f, ok := t.FieldByName("ID")
	return ok && f.Type.Kind() == reflect.String
}

func idOf(v reflect.Value) string { return v.FieldByName("ID").String() }

// called is what people call a member of a list: "line line-2 (Filling)".
func called(key string, v reflect.Value) string {
	s := kindWords[key] + " " + idOf(v)
	if name := v.FieldByName("Name"); name.IsValid() && name.String() != "" && name.String() != idOf(v) {
		s += " (" + name.String() + ")"
	}
	return s
}

// named compares lists whose members have identifiers.
func (d *differ) named(path, key, label string, a, b reflect.Value) {
	was := map[string]reflect.Value{}
	for i := range a.Len() {
		was[idOf(a.Index(i))] = a.Index(i)
	}
	is := map[string]bool{}
	for i := range b.Len() {
		v := b.Index(i)
		id := idOf(v)
		is[id] = true
		p := path + "[" + id + "]"
		if old, ok := was[id]; ok {
			d.group(p, called(key, v), old, v)
			continue
		}
		d.add(Difference{Path: p, Op: Added, New: flow(plainOf(v)), Says: prefixed(label, "new "+called(key, v))})
	}
	for i := range a.Len() {
		v := a.Index(i)
		if id := idOf(v); !is[id] {
			d.add(Difference{Path: path + "[" + id + "]", Op: Removed, Old: flow(plainOf(v)), Says: prefixed(label, called(key, v)+" is removed")})
		}
	}
}

func prefixed(label, s string) string {
	if label == "" {
		return s
	}
	return label + ": " + s
}

func (d *differ) add(x Difference) { d.found = append(d.found, x) }

// textsOf are the members of a list as texts.
func textsOf(v reflect.Value) []string {
	all := make([]string, v.Len())
	for i := range all {
		if s, ok := v.Index(i).Interface().(fmt.Stringer); ok {
			all[i] = s.String()
		} else {
			all[i] = strings.Trim(flow(plainOf(v.Index(i))), "{} ")
		}
	}
	return all
}

// set compares lists whose members are what they say.
func (d *differ) set(path, key, label string, a, b []string) {
	for _, s := range missingIn(b, a) {
		d.add(Difference{Path: path, Op: Added, New: s, Says: prefixed(label, wordOf(key)+": "+s+" is new")})
	}
	for _, s := range missingIn(a, b) {
		d.add(Difference{Path: path, Op: Removed, Old: s, Says: prefixed(label, wordOf(key)+": "+s+" is removed")})
	}
}

// missingIn are the texts of list that other lacks, each as often as it does.
func missingIn(list, other []string) []string {
	left := slices.Clone(other)
	var all []string
	for _, s := range list {
		if i := slices.Index(left, s); i >= 0 {
			left = slices.Delete(left, i, i+1)
			continue
		}
		all = append(all, s)
	}
	return all
}

func (d *differ) value(path, key, label string, a, b reflect.Value) {
	x, y := shown(a), shown(b)
	if x == y {
		return
	}
	c := Difference{Path: path, Op: Changed, Old: x, New: y}
	switch {
	case x == "":
		c.Op = Added
	case y == "":
		c.Op = Removed
	}
	if key == "it" || key == "operations" {
		x, y = calledIn(d.a, x), calledIn(d.b, y)
	}
	c.Says = prefixed(label, fmt.Sprintf("%s: %s → %s", wordOf(key), orNothing(x), orNothing(y)))
	d.add(c)
}

func calledIn(m *Model, id string) string {
	if id == "" {
		return ""
	}
	return m.Called(id)
}

func orNothing(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

// shown is a value as a text, "" for none.
func shown(v reflect.Value) string {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return ""
		}
		return shown(v.Elem()) // a level of 0 is one
	}
	switch x := v.Interface().(type) {
	case fmt.Stringer:
		return x.String()
	case float64:
		if x == 0 {
			return ""
		}
		return number(x)
	}
	if v.IsZero() {
		return ""
	}
	return fmt.Sprint(v.Interface())
}
