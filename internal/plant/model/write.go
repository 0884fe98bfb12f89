package model

import (
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Marshal writes a model as a document. Comments are not in a model: to change
// a text that people wrote use Edit.
func (m *Model) Marshal() string {
	var b strings.Builder
	v := reflect.ValueOf(m).Elem()
	for _, f := range fieldsOf(v.Type()) {
		field := v.Field(f.index)
		if field.IsZero() || field.Kind() == reflect.Slice && field.Len() == 0 {
			continue
		}
		if field.Kind() != reflect.Slice {
			fmt.Fprintf(&b, "%s: %s\n", f.key, flow(plainOf(field)))
			continue
		}
		fmt.Fprintf(&b, "%s:\n", f.key)
		for i := range field.Len() {
			block(&b, "  ", plainOf(field.Index(i)))
		}
	}
	return b.String()
}

// String is Marshal.
func (m *Model) String() string { return m.Marshal() }

// pairOf is a key with its value, so that keys keep their order.
type pairOf struct {
	key   string
	value any
}

// quotedText is a text that stands in quotes whatever it is.
type quotedText string

// plainOf turns a part of a model into texts, numbers, lists and pairs; what is
// empty is left out.
func plainOf(v reflect.Value) any {
	switch x := v.Interface().(type) {
	case Clock:
		return quotedText(x.String())
	case Days:
		return listOf(x.list())
	case Ports:
		if len(x) == 1 {
			return bare(x[0].String())
		}
		all := []any{}
		for _, r := range x {
			all = append(all, bare(r.String()))
		}
		return all
	case encoding.TextMarshaler:
		b, err := x.MarshalText()
		if err != nil {
			return ""
		}
		return bare(b)
	}
	switch v.Kind() {
	case reflect.Struct:
		pairs := []pairOf{}
		for _, f := range fieldsOf(v.Type()) {
			if field := v.Field(f.index); !field.IsZero() && (field.Kind() != reflect.Slice || field.Len() > 0) {
				pairs = append(pairs, pairOf{f.key, plainOf(field)})
			}
		}
		return pairs
	case reflect.Slice:
		all := []any{}
		for i := range v.Len() {
			all = append(all, plainOf(v.Index(i)))
		}
		return all
	case reflect.Pointer:
		return plainOf(v.Elem())
	case reflect.String:
		return v.String()
	}
	return v.Interface()
}

// bare is a text that needs no quotes: an address, a date, a port.
type bare string

func listOf(texts []string) []any {
	all := make([]any, len(texts))
	for i, t := range texts {
		all[i] = t
	}
	return all
}

// wideLine is how long a line of a list may get before its member is written
// below each other.
const wideLine = 100

// block writes one member of a list.
func block(b *strings.Builder, indent string, v any) {
	pairs, ok := v.([]pairOf)
	one := flow(v)
	if !ok || len(indent)+2+len(one) <= wideLine {
		fmt.Fprintf(b, "%s- %s\n", indent, one)
		return
	}
	dash := "- "
	for _, p := range pairs {
		text := flow(p.value)
		list, isList := p.value.([]any)
		if isList && len(indent)+len(p.key)+len(text) > wideLine {
			fmt.Fprintf(b, "%s%s%s:\n", indent, dash, p.key)
			for _, item := range list {
				block(b, indent+"    ", item)
			}
		} else {
			fmt.Fprintf(b, "%s%s%s: %s\n", indent, dash, p.key, text)
		}
		dash = "  "
	}
}

// flow writes a value in one line.
func flow(v any) string {
	switch x := v.(type) {
	case nil:
		return "null"
	case bare:
		return string(x)
	case quotedText:
		return quote(string(x))
	case string:
		return scalarText(x)
	case bool:
		return strconv.FormatBool(x)
	case float64:
		return number(x)
	case json.Number:
		return x.String()
	case int:
		return strconv.Itoa(x)
	case uint16:
		return strconv.Itoa(int(x))
	case []any:
		parts := make([]string, len(x))
		for i := range x {
			parts[i] = flow(x[i])
		}
		if len(parts) > 0 && strings.HasPrefix(parts[0], "{") {
			return "[ " + strings.Join(parts, ", ") + " ]"
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case []pairOf:
		parts := make([]string, len(x))
		for i, p := range x {
			parts[i] = scalarText(p.key) + ": " + flow(p.value)
		}
		if len(parts) == 0 {
			return "{}"
		}
		return "{ " + strings.Join(parts, ", ") + " }"
	case map[string]any:
		return flow(sortedPairs(x))
	}
	return scalarText(fmt.Sprint(v))
}

// keyOrder is the order in which people write keys: that of the structures.
var keyOrder = func() []string {
	var all []string
	for _, t := range []reflect.Type{
		reflect.TypeFor[Line](), reflect.TypeFor[Person](), reflect.TypeFor[Zone](), reflect.TypeFor[Window](), reflect.TypeFor[Conduit](), reflect.TypeFor[Team](),
		reflect.TypeFor[Shift](), reflect.TypeFor[Owners](), reflect.TypeFor[Cost](), reflect.TypeFor[Member](), reflect.TypeFor[Service](),
	} {
		for _, f := range fieldsOf(t) {
			if !slices.Contains(all, f.key) {
				all = append(all, f.key)
			}
		}
	}
	return all
}()

// sortedPairs gives a group of keys that has no order one.
func sortedPairs(of map[string]any) []pairOf {
	pairs := make([]pairOf, 0, len(of))
	for k, v := range of {
		pairs = append(pairs, pairOf{k, v})
	}
	rank := func(key string) int {
		if i := slices.Index(keyOrder, key); i >= 0 {
			return i
		}
		return len(keyOrder)
	}
	slices.SortFunc(pairs, func(a, b pairOf) int {
		if d := rank(a.key) - rank(b.key); d != 0 {
			return d
		}
		return strings.Compare(a.key, b.key)
	})
	return pairs
}

// plainText is what needs no quotes in any place: words, and no word that some
// reader of YAML takes for something else.
var (
	plainText   = regexp.MustCompile(`^[\p{L}_/][\p{L}\p{N}_./@()+&' -]*$`)
	plainDate   = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)
	plainPrefix = regexp.MustCompile(`^(\d{1,3}\.){3}\d{1,3}/\d{1,2}$|^\d{1,2}h(\d{1,2}m)?$`)
	otherWords  = strings.Fields("true false yes no on off y n null nan")
)

func scalarText(s string) string {
	if plainDate.MatchString(s) || plainPrefix.MatchString(s) {
		return s
	}
	if plainText.MatchString(s) && !strings.HasSuffix(s, " ") && !slices.Contains(otherWords, strings.ToLower(s)) {
		return s
	}
	return quote(s)
}

// quote writes a text in double quotes (YAML 1.2.2 section 5.7).
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < ' ' || r == 0x7f || r == 0xfeff || r == 0x85 || r == 0x2028 || r == 0x2029 || r == 0xfffd:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
