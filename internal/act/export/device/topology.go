package device

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"go4.org/netipx"
)

// Topology is where a device sends addresses to, as far as its configuration
// says: the networks of its interfaces and its fixed routes. With it a rule that
// is bound to interfaces becomes one about addresses: those that are routed
// there. An address that arrives where it does not belong is not looked at.
type Topology struct {
	ports map[string]*port
	// Dynamic is why routes are not all in the text, "" if they are.
	Dynamic string

	known map[string]behind
}

type behind struct {
	addrs Addrs
	why   string
}

type port struct {
	prefixes []netip.Prefix // connected or routed there
	vague4   bool           // it gets its IPv4 address from elsewhere
	vague6   bool
}

func (t *Topology) port(name string) *port {
	if t.ports == nil {
		t.ports = map[string]*port{}
	}
	p := t.ports[name]
	if p == nil {
		p = &port{}
		t.ports[name] = p
	}
	return p
}

// Declare says that there is an interface of that name.
func (t *Topology) Declare(name string) { t.port(name) }

// Connect says that a network, or what a route leads to, is at an interface.
func (t *Topology) Connect(name string, p netip.Prefix) {
	if p.IsValid() && !p.Addr().Is4In6() {
		x := t.port(name)
		x.prefixes = append(x.prefixes, p.Masked())
	}
}

// Vague says that an interface gets its address of a family from elsewhere, by
// DHCP or the like.
func (t *Topology) Vague(name string, family int) {
	if family == 4 {
		t.port(name).vague4 = true
	} else {
		t.port(name).vague6 = true
	}
}

// Behind is what is routed to the interfaces of these names, and why that is not
// known, if it is not. It is asked after all interfaces and routes were told.
func (t *Topology) Behind(names ...string) (Addrs, string) {
	for _, n := range names {
		if t.ports[n] == nil {
			return UnknownAddr(), "where interface " + clip(n) + " leads to is not in this text"
		}
	}
	if t.Dynamic != "" {
		return UnknownAddr(), t.Dynamic
	}
	key := strings.Join(names, "\x00")
	if known, is := t.known[key]; is {
		return known.addrs, known.why
	}
	v4, why4 := t.behind(names, 4)
	v6, why6 := t.behind(names, 6)
	b := behind{v4.Or(v6), cmp.Or(why4, why6)}
	if t.known == nil {
		t.known = map[string]behind{}
	}
	t.known[key] = b
	return b.addrs, b.why
}

// ends is which side of a question a route leads to.
type ends struct{ here, elsewhere bool }

// behind takes the longest route to each address, as the device does.
func (t *Topology) behind(names []string, family int) (Addrs, string) {
	routes, vague, vagueHere := t.routes(names, family)
	all := All6
	if family == 4 {
		all = All4
	}
	switch _, given := routes[0][all]; {
	case vague == 1 && !given:
		// The one interface whose address comes from a provider is the way to all
		// that is not routed elsewhere.
		routes[0] = map[netip.Prefix]ends{all: {vagueHere, !vagueHere}}
	case vague > 0:
		return Addrs{nothing, set(all)}, "an interface gets its address from elsewhere, so what is behind it is not known"
	}
	var in, both netipx.IPSetBuilder
	for _, group := range routes {
		for p, e := range group {
			in.RemovePrefix(p)
			both.RemovePrefix(p)
			if e.here && e.elsewhere {
				both.AddPrefix(p)
			} else if e.here {
				in.AddPrefix(p)
			}
		}
	}
	sure, err := in.IPSet()
	doubt, err2 := both.IPSet()
	if err != nil || err2 != nil || len(doubt.Ranges()) > 0 {
		return Addrs{sure, sure}.Or(Addrs{nothing, doubt}), "two interfaces lead to one network"
	}
	return Addrs{sure, sure}, ""
}

// routes are a family's routes by length, so that a longer one overrules.
func (t *Topology) routes(names []string, family int) (routes [129]map[netip.Prefix]ends, vague int, vagueHere bool) {
	for name, p := range t.ports {
		here := slices.Contains(names, name)
		if family == 4 && p.vague4 || family == 6 && p.vague6 {
			vague++
			vagueHere = vagueHere || here
		}
		for _, x := range p.prefixes {
			if x.Addr().Is4() != (family == 4) {
				continue
			}
			group := routes[x.Bits()]
			if group == nil {
				group = map[netip.Prefix]ends{}
				routes[x.Bits()] = group
			}
			e := group[x]
			group[x] = ends{e.here || here, e.elsewhere || !here}
		}
	}
	return routes, vague, vagueHere
}
