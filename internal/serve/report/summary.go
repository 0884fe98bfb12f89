package report

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// summary is what the page and the terminal say in few words.
type summary struct {
	packets       uint64
	assets        int
	external      int
	identified    int // devices whose product or order number is known
	sides         map[plant.Side]int
	byRole        map[plant.Role]*roleSum
	protocols     []protocolSum
	conversations int
	half          int    // TCP conversations of which one side is missing
	gaps          int    // conversations with bytes missing
	lost          uint64 // those bytes
	bytes         uint64
	unread        uint64 // bytes of conversations that no decoder confirmed
	encrypted     uint64
	changes       []change
	crossings     []crossing
	housekeeping  int // conversations across the boundary that only ask for names, time …
	labels        []string
	stands        []stand // of the assets, in their order
	roleOf        []plant.Role
	first, last   time.Time // of everything that was seen
}

// stand is where an asset stands, as far as the boundary is concerned.
type stand uint8

const (
	nowhere stand = iota
	onFloor
	inOffice
	outSide
)

func standOf(a *plant.Asset) stand {
	switch {
	case a.Kind == plant.KindExternal:
		return outSide
	case a.Side == plant.SideOT:
		return onFloor
	case a.Side == plant.SideIT:
		return inOffice
	}
	return nowhere
}

type roleSum struct {
	role     plant.Role
	count    int
	products tally // of those that are identified
	vendors  tally // of the others, mostly from the network card
}

type protocolSum struct {
	name          string
	bytes         uint64
	packets       uint64
	conversations int
	confirmed     bool
}

// summarize walks everything once.
func summarize(s *Source) *summary {
	m := &summary{sides: map[plant.Side]int{}, byRole: map[plant.Role]*roleSum{}}
	for i := range s.Captures {
		m.packets += s.Captures[i].Packets
		m.seen(s.Captures[i].First, s.Captures[i].Last)
	}
	for a := range s.Assets {
		m.asset(a)
	}
	m.talk(s)
	m.operations(s)
	return m
}

// seen widens the time that everything happened in.
func (m *summary) seen(first, last time.Time) {
	if !first.IsZero() && (m.first.IsZero() || first.Before(m.first)) {
		m.first = first
	}
	if last.After(m.last) {
		m.last = last
	}
}

func (m *summary) asset(a *plant.Asset) {
	m.assets++
	m.seen(a.First, a.Last)
	m.labels = append(m.labels, label(a))
	m.stands = append(m.stands, standOf(a))
	m.roleOf = append(m.roleOf, a.Role)
	if a.Kind == plant.KindExternal {
		m.external++
		return
	}
	m.sides[a.Side]++
	r := m.byRole[a.Role]
	if r == nil {
		r = &roleSum{role: a.Role, products: tally{}, vendors: tally{}}
		m.byRole[a.Role] = r
	}
	r.count++
	if known(a) {
		m.identified++
	}
	if p := what(a); p != "" {
		if known(a) || a.OS != "" {
			r.products[p]++
		} else {
			r.vendors[p]++
		}
	}
}

// known reports whether the asset said what product it is. A manufacturer alone
// is mostly that of the network card.
func known(a *plant.Asset) bool { return a.Product != "" || a.OrderNumber != "" }

// tally counts how often each text occurs.
type tally map[string]int

// list are the texts, the most frequent first.
func (t tally) list() []string {
	list := make([]string, 0, len(t))
	for p := range t {
		list = append(list, p)
	}
	slices.SortFunc(list, func(a, b string) int { return cmp.Or(cmp.Compare(t[b], t[a]), cmp.Compare(a, b)) })
	return list
}

// label is what people call an asset.
func label(a *plant.Asset) string {
	address := ""
	switch {
	case len(a.IPs) > 0:
		address = a.IPs[0].String()
	case len(a.MACs) > 0:
		address = a.MACs[0].String()
	}
	switch {
	case len(a.Names) == 0:
		return address
	case address == "":
		return clean(a.Names[0])
	}
	return clean(a.Names[0]) + " (" + address + ")"
}

// what is an asset's product in few words: vendor and product, or what there is.
func what(a *plant.Asset) string {
	product := cmp.Or(a.Product, a.OrderNumber, a.OS)
	vendor := maker(a.Vendor)
	first, _, _ := strings.Cut(vendor, " ")
	if vendor == "" || strings.HasPrefix(strings.ToLower(product), strings.ToLower(first)) {
		return clean(product)
	}
	return clean(strings.TrimSpace(vendor + " " + product))
}

// maker is a manufacturer's name without what follows a comma and without its
// legal form, which fills a line and tells nobody anything.
func maker(vendor string) string {
	name, _, _ := strings.Cut(vendor, ",")
	words := strings.Fields(name)
	for len(words) > 1 && legalForms[strings.ToLower(strings.Trim(words[len(words)-1], ".()"))] {
		words = words[:len(words)-1]
	}
	return strings.Join(words, " ")
}

var legalForms = map[string]bool{
	"inc": true, "ltd": true, "co": true, "corp": true, "corporation": true, "gmbh": true, "ag": true, "llc": true, "sa": true, "s.a": true, "bv": true,
	"b.v": true, "ab": true, "oy": true, "limited": true, "company": true, "kg": true, "&": true, "spa": true, "s.p.a": true, "srl": true, "s.r.l": true, "plc": true,
}

// clean replaces what would steer a terminal or turn the reading direction:
// names come from the network, and anybody there can choose one.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return unicode.ReplacementChar
		}
		return r
	}, s)
}

// roles are the roles that occur, in the order of plant people: controllers
// first, unknown last.
func (m *summary) roles() []*roleSum {
	var list []*roleSum
	for _, r := range m.byRole {
		list = append(list, r)
	}
	slices.SortFunc(list, func(a, b *roleSum) int {
		return cmp.Or(cmp.Compare(roleRank(a.role), roleRank(b.role)), cmp.Compare(a.role, b.role))
	})
	return list
}

var roleOrder = []plant.Role{
	plant.RoleController, plant.RoleSafety, plant.RoleRemoteIO, plant.RoleDrive, plant.RoleRobot, plant.RoleSensor, plant.RoleRelay, plant.RoleBuilding,
	plant.RoleHMI, plant.RoleEngineering, plant.RoleSCADA, plant.RoleHistorian, plant.RoleGateway, plant.RoleBroker, plant.RoleSwitch, plant.RoleRouter,
	plant.RoleFirewall, plant.RoleAccessPoint, plant.RoleDomain, plant.RoleServer, plant.RolePC, plant.RolePrinter, plant.RoleCamera, plant.RolePhone, plant.RoleTimeSource,
}

// roleRank is a role's place in roleOrder; what is not there comes last.
func roleRank(r plant.Role) int {
	if i := slices.Index(roleOrder, r); i >= 0 {
		return i
	}
	return len(roleOrder)
}

// singular is one of a role.
func singular(r plant.Role) string {
	if r == plant.RoleUnknown {
		return "device of unknown role"
	}
	return r
}

// plural is several of a role.
func plural(r plant.Role) string {
	switch r {
	case plant.RoleUnknown:
		return "devices of unknown role"
	case plant.RoleRemoteIO:
		return "remote I/O stations"
	case plant.RoleSensor:
		return "sensors or instruments"
	case plant.RoleSwitch:
		return "switches"
	}
	return r + "s"
}

func (m *summary) name(number int, e plant.Endpoint) string {
	if number >= 0 && number < len(m.labels) {
		return m.labels[number]
	}
	return e.Addr()
}

func (m *summary) role(number int) plant.Role {
	if number >= 0 && number < len(m.roleOf) {
		return m.roleOf[number]
	}
	return plant.RoleUnknown
}

// topProtocols are the n protocols with the most bytes.
func (m *summary) topProtocols(n int) []protocolSum {
	list := slices.Clone(m.protocols)
	slices.SortFunc(list, func(a, b protocolSum) int {
		return cmp.Or(cmp.Compare(b.bytes, a.bytes), cmp.Compare(a.name, b.name))
	})
	return list[:min(n, len(list))]
}
