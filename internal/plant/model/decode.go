package model

import (
	"encoding"
	"fmt"
	"net/netip"
	"reflect"
	"slices"
	"strings"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// decoder fills a model from a tree and remembers where each value stands, by
// the address it has in the model.
type decoder struct {
	*source
	at   map[any]*node
	keys map[any]*entry
}

// fieldOf is what the tags of a field say.
type fieldOf struct {
	key, example string
	need         bool
	enum         []string
	index        int
}

// fieldsOf are the fields of a structure by their keys, in order.
func fieldsOf(t reflect.Type) []fieldOf {
	all := make([]fieldOf, 0, t.NumField())
	for i := range t.NumField() {
		tag := t.Field(i).Tag
		f := fieldOf{key: tag.Get("yaml"), example: tag.Get("eg"), need: tag.Get("need") != "", index: i}
		if e := tag.Get("enum"); e != "" {
			f.enum = strings.Split(e, ",")
		}
		all = append(all, f)
	}
	return all
}

// object fills a structure.
func (d *decoder) object(n *node, v reflect.Value) {
	d.at[v.Addr().Interface()] = n
	fields := fieldsOf(v.Type())
	if n.kind != mapNode {
		d.report(Error, n.start, n.end, n.path, what(n)+" where keys are expected", "write them below it: "+exampleOf(fields))
		return
	}
	seen := map[string]*entry{}
	for i := range n.entries {
		e := &n.entries[i]
		if first := seen[e.key]; first != nil {
			line, _ := d.place(first.start)
			d.report(Error, e.start, e.end, e.value.path, fmt.Sprintf("%s stands here a second time", e.key), fmt.Sprintf("the first is in line %d: take one of them out", line))
			continue
		}
		seen[e.key] = e
		k := slices.IndexFunc(fields, func(f fieldOf) bool { return f.key == e.key })
		if k < 0 {
			d.unknownKey(n, e, fields)
			continue
		}
		field := v.Field(fields[k].index)
		d.keys[field.Addr().Interface()] = e
		d.value(e.value, field, &fields[k])
	}
	for i := range fields {
		if f := &fields[i]; f.need && seen[f.key] == nil {
			d.missing(n, f)
		}
	}
}

func (d *decoder) unknownKey(n *node, e *entry, fields []fieldOf) {
	if n.flow && strings.Trim(e.key, "0123456789") == "" {
		d.report(Error, e.start, e.end, join(n.path, e.key), "a comma ends a value here", "a point stands before decimals, and nothing between thousands: 12000.50")
		return
	}
	known := make([]string, len(fields))
	for i := range fields {
		known[i] = fields[i].key
	}
	d.report(Error, e.start, e.end, join(n.path, e.key), fmt.Sprintf("%q is not known here", e.key), oneOf(e.key, known))
}

func (d *decoder) missing(n *node, f *fieldOf) {
	start, end := n.start, n.start+1
	if len(n.entries) > 0 {
		start, end = n.entries[0].start, n.entries[0].end
	}
	d.report(Error, start, end, join(n.path, f.key), f.key+" is missing", "write for example  "+f.example)
}

// what is what a node is, for people.
func what(n *node) string {
	switch n.kind {
	case mapNode:
		return "a group of keys"
	case listNode:
		return "a list"
	case nullNode:
		return "nothing"
	}
	return fmt.Sprintf("%q", short(n.text))
}

func short(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:59]) + "…"
	}
	return s
}

func exampleOf(fields []fieldOf) string {
	for i := range fields {
		if fields[i].example != "" {
			return fields[i].example
		}
	}
	return "key: value"
}

// wrong reports a value that is none of its kind.
func (d *decoder) wrong(n *node, f *fieldOf, message string) {
	hint := ""
	if f.example != "" {
		hint = "write for example  " + f.example
	}
	d.report(Error, n.start, n.end, n.path, message, hint)
}

// value fills one field.
func (d *decoder) value(n *node, v reflect.Value, f *fieldOf) {
	d.at[v.Addr().Interface()] = n
	if n.kind == nullNode && v.Kind() != reflect.Struct && v.Kind() != reflect.Slice {
		d.wrong(n, f, f.key+" has no value")
		return
	}
	switch to := v.Addr().Interface().(type) {
	case *Days:
		d.days(n, to, f)
		return
	case *Ports:
		d.ports(n, to, f)
		return
	case *netip.Prefix:
		d.prefix(n, to, f)
		return
	case *plant.MAC:
		d.mac(n, to, f)
		return
	case *Clock:
		d.clock(n, to, f)
		return
	case encoding.TextUnmarshaler:
		if d.scalar(n, f) {
			if err := to.UnmarshalText([]byte(n.text)); err != nil {
				d.wrong(n, f, fmt.Sprintf("%q: %s", short(n.text), err))
			}
		}
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		if n.kind != nullNode {
			d.object(n, v)
		} else {
			d.wrong(n, f, f.key+" has no value")
		}
	case reflect.Slice:
		d.list(n, v, f)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.number(n, v.Elem(), f)
	case reflect.Float64, reflect.Int, reflect.Uint16:
		d.number(n, v, f)
	case reflect.Bool:
		d.boolean(n, v, f)
	case reflect.String:
		d.string(n, v, f)
	}
}

// list fills a slice of structures or texts.
func (d *decoder) list(n *node, v reflect.Value, f *fieldOf) {
	switch n.kind {
	case listNode:
	case nullNode:
		return // "zones:" with nothing below it is an empty list
	case scalarNode:
		hint := fmt.Sprintf("write  %s: [%s]", f.key, n.text)
		if v.Type().Elem().Kind() == reflect.Struct {
			hint = "write each member below it, with a dash: - { " + exampleOf(fieldsOf(v.Type().Elem())) + ", … }"
		}
		d.report(Error, n.start, n.end, n.path, what(n)+" where a list is expected", hint)
		return
	default:
		d.report(Error, n.start, n.end, n.path, "a group of keys where a list is expected", "put a dash before the first key of each member: - id: …")
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(n.items), len(n.items)))
	for i, item := range n.items {
		to := v.Index(i)
		if to.Kind() == reflect.Struct {
			d.object(item, to)
			continue
		}
		d.at[to.Addr().Interface()] = item
		if d.scalar(item, f) {
			to.SetString(item.text)
		}
	}
}
