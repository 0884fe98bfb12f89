package model

import (
	"fmt"
	"reflect"
	"time"
)

// Parse reads a document. It reports all problems at once, in the order of the
// text; with one that is an Error the model is nil. Dates are compared with now
// (a review that is overdue is a warning), unless it is zero.
func Parse(text string, now time.Time) (*Model, []Problem) {
	m, s := read(text, now)
	sortProblems(s.found)
	if HasError(s.found) {
		return nil, s.found
	}
	return m, s.found
}

// read parses and checks. The model is only good if no error was found.
func read(text string, now time.Time) (m *Model, s *source) {
	s = newSource(text)
	// The YAML package is not ours: should some text make it fail, the person
	// is told where we stand and the program lives on.
	defer func() {
		if e := recover(); e != nil {
			m = nil
			s.bad(0, 0, fmt.Sprintf("the text cannot be read: %v", e), "take out what was changed last")
		}
	}()
	root := s.tree()
	if root == nil {
		return nil, s
	}
	m = &Model{}
	d := &decoder{source: s, at: map[any]*node{}, keys: map[any]*entry{}}
	d.object(root, reflect.ValueOf(m).Elem())
	(&checker{decoder: d, m: m, now: now}).all()
	fillLists(reflect.ValueOf(m).Elem())
	return m, s
}

// fillLists makes every list that is nil an empty one, so that JSON has [] and
// two models that say the same are equal.
func fillLists(v reflect.Value) {
	for i := range v.NumField() {
		f := v.Field(i)
		switch {
		case f.Kind() == reflect.Slice:
			if f.IsNil() && f.Type() != reflect.TypeFor[Ports]() {
				f.Set(reflect.MakeSlice(f.Type(), 0, 0))
			}
			for k := range f.Len() {
				if e := f.Index(k); e.Kind() == reflect.Struct && e.Type().PkgPath() == v.Type().PkgPath() {
					fillLists(e)
				}
			}
		case f.Kind() == reflect.Struct && f.Type().PkgPath() == v.Type().PkgPath():
			fillLists(f)
		}
	}
}

// SiteProblem is a problem with the site that a text names, at its place.
func SiteProblem(text, message, hint string) Problem {
	s := newSource(text)
	at, end := 0, 0
	if root := s.tree(); root != nil {
		if n := root.get("site"); n != nil {
			at, end = n.start, n.end
		}
	}
	s.found = nil
	s.report(Error, at, end, "site", message, hint)
	return s.found[0]
}
