package model

import (
	"encoding"
	"fmt"
	"math"
	"net/netip"
	"reflect"
	"slices"
	"strconv"
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

// scalar reports whether a node is a single value.
func (d *decoder) scalar(n *node, f *fieldOf) bool {
	if n.kind == scalarNode {
		return true
	}
	d.wrong(n, f, what(n)+" where one value is expected")
	return false
}

func (d *decoder) string(n *node, v reflect.Value, f *fieldOf) {
	if !d.scalar(n, f) {
		return
	}
	if strings.TrimSpace(n.text) == "" {
		d.wrong(n, f, f.key+" is empty")
		return
	}
	v.SetString(n.text)
	if len(f.enum) > 0 && !slices.Contains(f.enum, n.text) {
		d.report(Error, n.start, n.end, n.path, fmt.Sprintf("%q is no %s", short(n.text), f.key), oneOf(n.text, f.enum))
		v.SetString("")
	}
}

func (d *decoder) boolean(n *node, v reflect.Value, f *fieldOf) {
	switch {
	case !d.scalar(n, f):
	case n.text == "true":
		v.SetBool(true)
	case n.text != "false":
		d.report(Error, n.start, n.end, n.path, fmt.Sprintf("%q is neither true nor false", short(n.text)), "write true or false")
	}
}

// number reads a number in decimal, as people write one.
func (d *decoder) number(n *node, v reflect.Value, f *fieldOf) {
	if !d.scalar(n, f) {
		return
	}
	if v.Kind() == reflect.Float64 {
		x, err := strconv.ParseFloat(n.text, 64)
		if err != nil || math.IsNaN(x) || math.IsInf(x, 0) || strings.ContainsAny(n.text, "xXpP_") {
			d.wrong(n, f, fmt.Sprintf("%q is no number", short(n.text))+groupedNumber(n.text))
			return
		}
		v.SetFloat(x)
		return
	}
	x, err := strconv.Atoi(n.text)
	if err != nil {
		d.wrong(n, f, fmt.Sprintf("%q is no whole number", short(n.text)))
		return
	}
	if v.Kind() == reflect.Uint16 {
		if x < 0 || x > math.MaxUint16 {
			d.wrong(n, f, fmt.Sprintf("%d is out of range", x))
			return
		}
		v.SetUint(uint64(x))
		return
	}
	v.SetInt(int64(x))
}

// groupedNumber tells those who write 12.000,50 or 12,000 how it is written here.
func groupedNumber(s string) string {
	if strings.Trim(s, "0123456789.,' ") == "" && strings.ContainsAny(s, "0123456789") {
		return ": a point stands before decimals, and nothing between thousands"
	}
	if strings.ContainsAny(s, "€$£") || strings.ContainsAny(s, "0123456789") && strings.Trim(s, "0123456789., ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" {
		return ": the currency stands once, at currency"
	}
	return ""
}

// clock reads a time of day. Without quotes other readers of YAML take 06:00
// for the number 360 (YAML 1.1 counts to the base of 60).
func (d *decoder) clock(n *node, to *Clock, f *fieldOf) {
	if !d.scalar(n, f) {
		return
	}
	if err := to.UnmarshalText([]byte(n.text)); err != nil {
		if _, err := strconv.Atoi(n.text); err == nil {
			d.wrong(n, f, n.text+" is a number, and a time of day is expected")
			return
		}
		d.wrong(n, f, fmt.Sprintf("%q: %s", short(n.text), err))
		return
	}
	if !n.quoted {
		d.report(Error, n.start, n.end, n.path, n.text+" without quotes is the number "+strconv.Itoa(to.Minutes())+" to many programs that read YAML", "write it in quotes: "+f.key+`: "`+to.String()+`"`)
	}
}

func (d *decoder) days(n *node, to *Days, f *fieldOf) {
	for _, item := range d.oneOrMore(n, f) {
		one, err := parseDays(item.text)
		if err != nil {
			d.report(Error, item.start, item.end, item.path, err.Error(), oneOf(dayGuess(item.text), append([]string{}, "mon", "tue", "wed", "thu", "fri", "sat", "sun"))+", or a range such as mon-fri")
			continue
		}
		*to |= one
	}
}

// dayGuess is the beginning of a day's name in English or German, for who
// writes Saturday or Samstag.
func dayGuess(s string) string {
	s = strings.ToLower(s)
	for _, other := range []struct{ begins, means string }{
		{"mo", "mon"}, {"tu", "tue"}, {"di", "tue"}, {"we", "wed"}, {"mi", "wed"}, {"th", "thu"}, {"do", "thu"}, {"fr", "fri"}, {"sa", "sat"}, {"su", "sun"}, {"so", "sun"},
	} {
		if strings.HasPrefix(s, other.begins) {
			return other.means
		}
	}
	return s
}

func (d *decoder) ports(n *node, to *Ports, f *fieldOf) {
	for _, item := range d.oneOrMore(n, f) {
		r, err := parsePorts(item.text)
		if err != nil {
			d.report(Error, item.start, item.end, item.path, fmt.Sprintf("%q: %s", short(item.text), err), "write for example  port: 443  or  port: [80, 8000-8010]")
			continue
		}
		*to = append(*to, r)
	}
}

// oneOrMore are the single values of a node that may be one or a list.
func (d *decoder) oneOrMore(n *node, f *fieldOf) []*node {
	if n.kind == scalarNode {
		return []*node{n}
	}
	if n.kind != listNode {
		d.wrong(n, f, what(n)+" where a list is expected")
		return nil
	}
	var all []*node
	for _, item := range n.items {
		if item.kind != scalarNode {
			d.wrong(item, f, what(item)+" where one value is expected")
			continue
		}
		all = append(all, item)
	}
	return all
}

func (d *decoder) prefix(n *node, to *netip.Prefix, f *fieldOf) {
	if !d.scalar(n, f) {
		return
	}
	p, err := netip.ParsePrefix(n.text)
	if err == nil {
		if p != p.Masked() {
			d.report(Error, n.start, n.end, n.path, fmt.Sprintf("%s is an address within a subnet", n.text), fmt.Sprintf("the subnet is %s; one machine is %s/%d", p.Masked(), p.Addr(), p.Addr().BitLen()))
			return
		}
		*to = p
		return
	}
	d.report(Error, n.start, n.end, n.path, fmt.Sprintf("%q is no subnet", short(n.text)), prefixHint(n.text))
}

// prefixHint says how a subnet that was written otherwise is written.
func prefixHint(s string) string {
	address, mask, ok := strings.Cut(s, "/")
	if !ok {
		address, mask, ok = strings.Cut(s, " ")
	}
	a, err := netip.ParseAddr(strings.TrimSpace(address))
	if err != nil {
		return "write the first address and how many of its bits are the network's: 10.20.2.0/24"
	}
	if !ok {
		return fmt.Sprintf("say how many bits are the network's: %s/24 is 256 addresses, %s/%d is one", a, a, a.BitLen())
	}
	if m, err := netip.ParseAddr(strings.TrimSpace(mask)); err == nil && m.Is4() && a.Is4() {
		if bits, ok := maskBits(m); ok {
			return fmt.Sprintf("write the mask as a number of bits: %s", netip.PrefixFrom(a, bits).Masked())
		}
		return fmt.Sprintf("%s is no mask", m)
	}
	return fmt.Sprintf("the number after / is from 0 to %d", a.BitLen())
}

func maskBits(m netip.Addr) (int, bool) {
	b := m.As4()
	x := uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
	n := 0
	for x&(1<<31) != 0 {
		n++
		x <<= 1
	}
	return n, x == 0
}

func (d *decoder) mac(n *node, to *plant.MAC, f *fieldOf) {
	if !d.scalar(n, f) {
		return
	}
	m, err := plant.ParseMAC(n.text)
	if err == nil && !m.IsZero() {
		*to = m
		return
	}
	bare := strings.NewReplacer(":", "", "-", "", ".", "").Replace(n.text)
	hint := "write for example  mac: 00:1b:1b:47:3f:a2"
	if m, err := plant.ParseMAC(colons(bare)); err == nil && !m.IsZero() {
		hint = "write it with colons: " + m.String()
	}
	d.report(Error, n.start, n.end, n.path, fmt.Sprintf("%q is no MAC address", short(n.text)), hint)
}

func colons(bare string) string {
	if len(bare) != 12 {
		return ""
	}
	var parts []string
	for i := 0; i < 12; i += 2 {
		parts = append(parts, bare[i:i+2])
	}
	return strings.Join(parts, ":")
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
