package model

import (
	"fmt"
	"math"
	"net/netip"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

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
