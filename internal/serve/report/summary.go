package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// summary is what the pages and the terminal say in few words.
type summary struct {
	packets   uint64
	assets    int
	external  int
	sides     map[plant.Side]int
	byRole    map[plant.Role]*roleSum
	protocols []protocolSum
	changes   []change
	labels    []string // of the assets, in their order
}

type roleSum struct {
	role     plant.Role
	count    int
	products []string // the most frequent first
	seen     map[string]int
}

type protocolSum struct {
	name          string
	bytes         uint64
	packets       uint64
	conversations int
	confirmed     bool
}

// change is what one device did to another beyond reading.
type change struct {
	from, to string
	kinds    map[plant.Kind]uint64
	refused  uint64
	protocol string
}

// words says what was done: "3 program, 1 mode (s7comm)".
func (c *change) words() string {
	var parts []string
	for k := plant.Firmware; k >= plant.Auth; k-- {
		if n := c.kinds[k]; n > 0 && k != plant.Auth {
			parts = append(parts, thousands(n)+" "+kindWords[k])
		}
	}
	s := strings.Join(parts, ", ")
	if c.refused > 0 {
		s += fmt.Sprintf(", %s refused", thousands(c.refused))
	}
	return s + " (" + c.protocol + ")"
}

var kindWords = map[plant.Kind]string{
	plant.Firmware: "firmware", plant.Mode: "start/stop/reset", plant.Program: "program", plant.Config: "settings", plant.Write: "writes",
}

func summarize(s *Source) *summary {
	m := &summary{sides: map[plant.Side]int{}, byRole: map[plant.Role]*roleSum{}}
	for i := range s.Captures {
		m.packets += s.Captures[i].Packets
	}
	for a := range s.Assets {
		m.asset(a)
	}
	m.conversations(s)
	m.operations(s)
	return m
}

func (m *summary) asset(a *plant.Asset) {
	m.assets++
	m.labels = append(m.labels, label(a))
	if a.Kind == plant.KindExternal {
		m.external++
		return
	}
	m.sides[a.Side]++
	r := m.byRole[a.Role]
	if r == nil {
		r = &roleSum{role: a.Role, seen: map[string]int{}}
		m.byRole[a.Role] = r
	}
	r.count++
	if p := what(a); p != "" {
		r.seen[p]++
	}
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
		return a.Names[0]
	}
	return a.Names[0] + " (" + address + ")"
}

// what is an asset's product in few words: vendor and product, or what there is.
func what(a *plant.Asset) string {
	product := cmp.Or(a.Product, a.OrderNumber, a.OS)
	if a.Vendor == "" || strings.HasPrefix(strings.ToLower(product), strings.ToLower(strings.SplitN(a.Vendor, " ", 2)[0])) {
		return product
	}
	return strings.TrimSpace(a.Vendor + " " + product)
}

// roles are the roles that occur, in the order of plant people: controllers
// first, unknown last.
func (m *summary) roles() []*roleSum {
	var list []*roleSum
	for _, r := range m.byRole {
		r.products = r.products[:0]
		for p := range r.seen {
			r.products = append(r.products, p)
		}
		slices.SortFunc(r.products, func(a, b string) int { return cmp.Or(cmp.Compare(r.seen[b], r.seen[a]), cmp.Compare(a, b)) })
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

func roleRank(r plant.Role) int {
	if i := slices.Index(roleOrder, r); i >= 0 {
		return i
	}
	return len(roleOrder)
}

func (m *summary) conversations(s *Source) {
	sums := map[string]*protocolSum{}
	for c := range s.Conversations {
		p := sums[c.Protocol]
		if p == nil {
			p = &protocolSum{name: c.Protocol}
			sums[c.Protocol] = p
		}
		p.bytes += c.BytesUp + c.BytesDown
		p.packets += c.PacketsUp + c.PacketsDown
		p.conversations++
		p.confirmed = p.confirmed || c.Confirmed
	}
	for _, p := range sums {
		m.protocols = append(m.protocols, *p)
	}
}

func (m *summary) operations(s *Source) {
	type pair struct {
		from, to int
		protocol string
	}
	rows := map[pair]*change{}
	for o := range s.Operations {
		if o.Verb.Kind < plant.Write || officeProtocols[o.Verb.Protocol] {
			continue
		}
		p := pair{s.Number(o.Requester), s.Number(o.Responder), o.Verb.Protocol}
		c := rows[p]
		if c == nil {
			c = &change{from: m.name(p.from, o.Requester), to: m.name(p.to, o.Responder), protocol: o.Verb.Protocol, kinds: map[plant.Kind]uint64{}}
			rows[p] = c
		}
		c.kinds[o.Verb.Kind] += max(o.Requests, o.Responses)
		c.refused += o.Refused
	}
	for _, c := range rows {
		m.changes = append(m.changes, *c)
	}
	slices.SortFunc(m.changes, func(a, b change) int {
		return cmp.Or(cmp.Compare(b.weight(), a.weight()), cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to), cmp.Compare(a.protocol, b.protocol))
	})
}

// officeProtocols write, configure and start things that are no controllers.
var officeProtocols = map[string]bool{
	"smb": true, "dcerpc": true, "ldap": true, "http": true, "ftp": true, "snmp": true, "tftp": true, "dhcp": true, "dns": true, "rdp": true, "mqtt": true,
	"kerberos": true, "nbns": true, "tds": true, "sunrpc": true, "ssh": true, "telnet": true, "vnc": true, "smtp": true, "imap": true, "pop3": true, "coap": true,
}

// weight orders changes: first by the most consequential kind, then by number.
func (c *change) weight() uint64 {
	for k := plant.Firmware; k >= plant.Write; k-- {
		if n := c.kinds[k]; n > 0 {
			return uint64(k)<<40 + min(n, 1<<40-1)
		}
	}
	return 0
}

func (m *summary) name(number int, e plant.Endpoint) string {
	if number >= 0 && number < len(m.labels) {
		return m.labels[number]
	}
	return e.Addr()
}
