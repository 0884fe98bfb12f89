// Package cisco is what configurations of Cisco's IOS and ASA have in common:
// sections by indentation, entries of access lists, names of ports and types of
// ICMP, time ranges, and how lists of several interfaces decide together. It
// knows neither device; the packages ios and asa do.
//
// Reference: Cisco IOS Security Command Reference (permit, object-group,
// time-range); Cisco ASA Series Command Reference (access-list extended,
// object-group, access-group).
package cisco

import (
	"cmp"
	"strings"

	"github.com/bulkhead-ot/bulkhead/internal/act/export/device"
)

// Line is one line of a configuration, in words.
type Line struct {
	Number int // from 1
	Text   string
	Words  []string
}

// Word is the word at a position, "" after the last.
func (l *Line) Word(i int) string {
	if i < len(l.Words) {
		return l.Words[i]
	}
	return ""
}

// Is reports whether a line begins with these words.
func (l *Line) Is(words ...string) bool {
	for i, w := range words {
		if l.Word(i) != w {
			return false
		}
	}
	return true
}

// Section is a line at the margin with the indented lines that belong to it.
type Section struct {
	Line
	Body []Line
}

// Sections splits a configuration. Comments are left out, and banners, whose
// text may look like anything. Lines at the margin for which stays is true
// belong to the section above, as they do when commands are typed in.
func Sections(text string, stays func(head, l *Line) bool) []Section {
	var all []Section
	end := "" // what ends a banner
	for i, raw := range strings.Split(text, "\n") {
		if end != "" {
			if strings.Contains(raw, end) {
				end = ""
			}
			continue
		}
		l := Line{Number: i + 1, Text: strings.TrimSpace(raw), Words: strings.Fields(raw)}
		if len(l.Words) == 0 || strings.HasPrefix(l.Words[0], "!") || l.Words[0] == ":" || strings.HasPrefix(l.Text, ": ") {
			continue
		}
		indented := raw[0] == ' ' || raw[0] == '\t'
		switch {
		case len(all) > 0 && (indented || stays(&all[len(all)-1].Line, &l)):
			s := &all[len(all)-1]
			s.Body = append(s.Body, l)
			continue
		case l.Words[0] == "banner" && len(l.Words) > 2:
			end = banner(raw, l.Words)
		}
		all = append(all, Section{Line: l})
	}
	return all
}

// banner is what ends a banner that begins on a line, "" if it ends there: the
// first character after its kind, which is shown as ^C for a control character.
// ASA writes one line for each line of a banner and ends none.
func banner(raw string, words []string) string {
	rest := strings.TrimSpace(raw[strings.Index(raw, words[1])+len(words[1]):])
	mark := rest[:1]
	switch {
	case strings.HasPrefix(rest, "^C"):
		mark = "^C"
	case rest[0] >= 'a' && rest[0] <= 'z' || rest[0] >= 'A' && rest[0] <= 'Z' || rest[0] >= '0' && rest[0] <= '9':
		return ""
	}
	if strings.Contains(rest[len(mark):], mark) {
		return ""
	}
	return mark
}

// Bounds of a device: more interfaces and fixed routes than any has for which a
// text is read.
const (
	MaxPorts  = 4096
	MaxRoutes = 20_000
)

// Port is an interface with the lists that judge what comes in and goes out.
type Port struct {
	Name    string
	In, Out *List // nil for none
	// Default is what becomes of what comes in where there is no list, or of what
	// a list leaves open.
	Default bool
}

// List is an access list, as far as it was understood.
type List struct {
	Name    string
	Line    int
	Entries []device.Found
	// Open is true of a list after which others decide; else what no entry
	// matches is stopped.
	Open bool
}

// ground is what is left to decide about.
type ground struct {
	from, to device.Addrs
	what     device.Services
	why      string // what of it is not known
}

func (g *ground) cut(f device.Found) device.Found {
	f.From, f.To, f.What = f.From.And(g.from), f.To.And(g.to), f.What.And(g.what)
	f.Why = cmp.Or(f.Why, g.why)
	return f
}

// Combine adds to a reading what the lists of all interfaces decide together: a
// packet passes if the list of the interface where it comes in and that of the
// interface where it goes out let it through.
func Combine(r *device.Reading, t *device.Topology, ports []Port, within device.Addrs) {
	c := combiner{r, t, ports}
	g := ground{within, within, device.AnyService(), ""}
	byOut := group(ports, func(p *Port) *List { return p.Out })
	if len(byOut) == 1 && byOut[0].list == nil {
		c.in(g)
		return
	}
	for _, o := range byOut {
		at, why := t.Behind(o.names...)
		c.out(o.list, ground{g.from, g.to.And(at), g.what, why})
	}
}

type combiner struct {
	r     *device.Reading
	t     *device.Topology
	ports []Port
}

// shared are the interfaces that have one list.
type shared struct {
	list  *List
	names []string
	open  bool
}

func group(ports []Port, list func(*Port) *List) []shared {
	var all []shared
next:
	for i := range ports {
		p := &ports[i]
		for k := range all {
			if all[k].list == list(p) && all[k].open == p.Default {
				all[k].names = append(all[k].names, p.Name)
				continue next
			}
		}
		all = append(all, shared{list(p), []string{p.Name}, p.Default})
	}
	return all
}

func (c *combiner) out(l *List, g ground) {
	if l == nil {
		c.in(g)
		return
	}
	for _, f := range l.Entries {
		f = g.cut(f)
		switch {
		case !f.Allow:
			c.r.Add(&f)
		case f.Maybe || !f.From.Known() || !f.To.Known() || !f.What.Known():
			// It may go on to the lists of the way in, or to what comes next here.
			for _, allow := range []bool{true, false} {
				f.Allow, f.Maybe = allow, true
				c.r.Add(&f)
			}
		default:
			c.in(ground{f.From, f.To, f.What, f.Why})
		}
	}
	c.rest(l.Name, l.Line, g, false)
}

// in goes through the lists of the way in. One list at all interfaces needs no
// knowledge of what is behind them.
func (c *combiner) in(g ground) {
	byIn := group(c.ports, func(p *Port) *List { return p.In })
	for _, s := range byIn {
		at, why := device.AnyAddr(), ""
		if len(byIn) > 1 {
			at, why = c.t.Behind(s.names...)
		}
		here := ground{g.from.And(at), g.to, g.what, cmp.Or(why, g.why)}
		name, line, open := "no list", 1, s.open
		if s.list != nil {
			for _, f := range s.list.Entries {
				f = here.cut(f)
				c.r.Add(&f)
			}
			name, line = s.list.Name, s.list.Line
			open = open && s.list.Open
		}
		c.rest(name, line, here, open)
	}
}

// rest is what a list does with what none of its entries matches.
func (c *combiner) rest(name string, line int, g ground, allow bool) {
	c.r.Add(&device.Found{Name: name + ": the rest", Line: line, Text: name, Allow: allow, From: g.from, To: g.to, What: g.what, Why: g.why})
}
