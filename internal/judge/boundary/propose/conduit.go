package propose

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
)

// share is how many pairs of machines must use a service before it is taken for
// one of the whole zone. What fewer use stands in a conduit of its own, to be
// looked at again sooner.
const share = 3

// connect makes the fewest conduits that carry what was seen: for each pair of
// zones one with the services that many share, and one with those of single
// machines.
func (d *draft) connect() {
	keys := make([]pair, 0, len(d.pairs))
	for k := range d.pairs {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b pair) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) })
	for i := range d.present.Conduits {
		d.keep(&d.present.Conduits[i])
	}
	for _, k := range keys {
		var many, few []*service
		for _, s := range d.pairs[k].list() {
			if s.common(d, k) {
				many = append(many, s)
			} else {
				few = append(few, s)
			}
		}
		d.conduit(k, many, false)
		d.conduit(k, few, len(many) > 0)
	}
}

// list are the services of a pair of zones in an order that does not change.
func (x *traffic) list() []*service {
	all := make([]*service, 0, len(x.services))
	for _, s := range x.services {
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b *service) int {
		return cmp.Or(cmp.Compare(a.protocol, b.protocol), cmp.Compare(a.transport, b.transport))
	})
	return all
}

// common reports whether a service is one of the zones and not of single
// machines: several pairs use it, or half of a zone does. Names and time are
// for everybody.
func (s *service) common(d *draft, k pair) bool {
	return len(s.pairs) >= share || plant.Housekeeping(s.protocol) ||
		2*len(s.clients) >= len(d.byZone[k.from].nodes) || 2*len(s.servers) >= len(d.byZone[k.to].nodes)
}

// keep lists a conduit of the model that is there, with what goes through it.
func (d *draft) keep(m *model.Conduit) {
	c := &Conduit{ID: m.ID, Name: m.Name, From: m.From, To: m.To, Allow: m.Allow, Reason: m.Reason, Kept: true}
	d.conduits = append(d.conduits, c)
	x := d.pairs[pair{m.From, m.To}]
	if x == nil || x.carried[m.ID] == nil {
		c.Open = []string{"Nothing of what was recorded went through it."}
		return
	}
	e := x.carried[m.ID]
	c.rest(e.talks, e.conversations, len(e.clients), len(e.servers))
	c.Last = e.last
	for i := range m.Allow {
		s := &m.Allow[i]
		if s.Protocol == "" {
			continue
		}
		kinds, used := e.protocols[s.Protocol]
		switch {
		case !used:
			c.Open = append(c.Open, fmt.Sprintf("Nobody used %s.", s.Protocol))
		case len(s.Verbs) == 0 && controls[s.Protocol] && kinds&strong == 0 && kinds != 0:
			c.Open = append(c.Open, fmt.Sprintf("It allows everything over %s, and nobody changed anything by it: verbs: [%s] would do.", s.Protocol, strings.Join(verbList(s.Protocol, kinds), ", ")))
		}
	}
}

func (c *Conduit) rest(talks []seen, conversations, clients, servers int) {
	c.Talks, c.Conversations, c.Clients, c.Servers = newest(talks), conversations, clients, servers
}

// conduit proposes a conduit for some services.
func (d *draft) conduit(k pair, services []*service, second bool) {
	if len(services) == 0 {
		return
	}
	all := newEvidence()
	c := &Conduit{From: k.from, To: k.to}
	for _, s := range services {
		c.Allow = append(c.Allow, s.words())
		c.Open = append(c.Open, s.open(d, k)...)
		all.take(&s.evidence)
	}
	id := k.from + "-to-" + k.to
	c.Name = fmt.Sprintf("%s to %s", d.called(k.from), d.called(k.to))
	switch {
	case second:
		id += "-few"
		c.Name += ", of single machines"
	case !slices.ContainsFunc(services, func(s *service) bool { return !plant.Housekeeping(s.protocol) }):
		c.Name += ": names and time"
	}
	c.ID = d.freeConduit(id)
	c.rest(all.talks, all.conversations, len(all.clients), len(all.servers))
	c.Last = all.last
	c.Reason = d.reason(&all, services)
	c.Forbids = d.forbids(k, services, second)
	d.conduits = append(d.conduits, c)
}

func (e *evidence) take(o *evidence) {
	for n := range o.clients {
		e.clients[n] = true
	}
	for n := range o.servers {
		e.servers[n] = true
	}
	e.talks = append(e.talks, o.talks...)
	e.conversations += o.conversations
	if e.first.IsZero() || o.first.Before(e.first) {
		e.first = o.first
	}
	if o.last.After(e.last) {
		e.last = o.last
	}
}

func (d *draft) freeConduit(id string) string {
	id = strings.Trim(id[:min(len(id), 56)], "-")
	for try, n := id, 2; ; n++ {
		if !slices.ContainsFunc(d.conduits, func(c *Conduit) bool { return c.ID == try }) {
			return try
		}
		try = fmt.Sprintf("%s-%d", id, n)
	}
}

// reason says who needs a conduit, from what was seen.
func (d *draft) reason(e *evidence, services []*service) string {
	var what []string
	for _, s := range services {
		if !slices.Contains(what, s.protocol) {
			what = append(what, s.protocol)
		}
	}
	return fmt.Sprintf("Seen from %s to %s: %s asked %s by %s.", e.first.UTC().Format("2006-01-02"), e.last.UTC().Format("2006-01-02"), who(e.clients), who(e.servers), few(what, 6))
}

func who(nodes map[*node]bool) string {
	names := labels(nodes)
	if len(names) > 3 {
		return counted(len(names), "machine")
	}
	return few(names, 3)
}

func labels(nodes map[*node]bool) []string {
	var names []string
	for n := range nodes {
		names = append(names, n.Label)
	}
	slices.Sort(names)
	return names
}

// dynamicFrom is where the ports begin that a protocol agrees on as it goes
// (RFC 6335, section 6).
const dynamicFrom = 49152

// words are a service as a conduit says it.
func (s *service) words() model.Service {
	w := model.Service{Protocol: s.protocol}
	if s.protocol == "unknown" {
		w.Protocol = ""
	}
	switch s.transport {
	case plant.TCP, plant.UDP:
		w.Transport = s.transport.String()
		w.Port = s.portRanges()
	case plant.OtherIP:
		if w.Protocol == "" {
			w.Transport = "ip"
		}
	}
	if s.held() {
		w.Verbs = verbList(s.protocol, s.kinds)
	}
	return w
}

// held reports whether a service is to be held to the verbs that were seen: what
// acts on machines is, where what was asked could be read, and where a relay can
// hold it or nothing can.
func (s *service) held() bool {
	return controls[s.protocol] && s.kinds != 0 && (s.transport == plant.TCP || !relayed[s.protocol])
}

// relayed are the protocols that a relay can read, over TCP only.
var relayed = set("modbus s7comm enip")

// signsIn are protocols whose every session begins with signing in.
var signsIn = set("opcua smb ftp tds ldap")

// verbList are the verbs of a conduit for what was asked, the least first.
func verbList(protocol string, kinds model.Kinds) []string {
	var all []string
	list := kinds.List()
	slices.Reverse(list)
	for _, k := range list {
		if k != plant.Other && k != plant.Identify {
			all = append(all, k.String())
		}
	}
	if signsIn[protocol] && kinds&model.KindsOf(plant.Auth) == 0 {
		all = append(all, plant.Auth.String())
	}
	if len(all) == 0 {
		all = []string{plant.Identify.String()}
	}
	return all
}

// portRanges are the ports on which a service was seen. Several of those that a
// server chooses as it goes stand for all of them.
func (s *service) portRanges() model.Ports {
	var ports []uint16
	dynamic := 0
	for p := range s.ports {
		ports = append(ports, p)
		if p >= dynamicFrom {
			dynamic++
		}
	}
	slices.Sort(ports)
	var out model.Ports
	for _, p := range ports {
		if p >= dynamicFrom && dynamic >= share {
			out = append(out, model.PortRange{First: dynamicFrom, Last: 65535})
			break
		}
		if n := len(out); n > 0 && p == out[n-1].Last+1 {
			out[n-1].Last = p
			continue
		}
		out = append(out, model.PortRange{First: p, Last: p})
	}
	return out
}

// open says what a service leaves open beyond what was seen.
func (s *service) open(d *draft, k pair) []string {
	var all []string
	say := func(format string, a ...any) { all = append(all, fmt.Sprintf(format, a...)) }
	if n := len(d.byZone[k.from].nodes); len(s.clients) < n && !plant.Housekeeping(s.protocol) {
		say("%s of %s may use %s, and %s did.", everyOf(n), d.called(k.from), s.protocol, who(s.clients))
	}
	switch {
	case s.protocol == "unknown":
		say("Nothing read what goes over %s: anything may.", s.words().String())
	case controls[s.protocol] && s.kinds == 0:
		say("What was asked by %s could not be read: anything may be.", s.protocol)
	case controls[s.protocol] && !s.held():
		say("%s over %s cannot be held to verbs: whoever may ask at all may ask for anything.", s.protocol, s.transport)
	case controls[s.protocol] && !relayed[s.protocol]:
		say("No relay reads %s: its verbs are watched, and only its port is held.", s.protocol)
	}
	for _, x := range s.kindsOfFew(d.byZone[k.from]) {
		say("Only %s needs %s over %s; a zone of its own would leave it to that machine.", who(s.evidence.kinds[x]), x, s.protocol)
	}
	if r := s.portRanges(); len(r) > 0 && r[len(r)-1].Last == 65535 {
		say("%s agrees on ports as it goes: all from %d on are open.", s.protocol, dynamicFrom)
	}
	return all
}

func everyOf(n int) string {
	if n == 2 {
		return "Both machines"
	}
	return fmt.Sprintf("All %d machines", n)
}

// kindsOfFew are the kinds that change a machine and that one client of several
// asks for.
func (s *service) kindsOfFew(from *zone) []plant.Kind {
	var all []plant.Kind
	if from.group == "engineering" {
		return nil // it is that zone
	}
	for _, k := range (s.kinds & strong).List() {
		if n := len(s.evidence.kinds[k]); s.held() && n == 1 && len(s.clients) > 1 {
			all = append(all, k)
		}
	}
	return all
}

// forbids says what would be stopped once the pair is enforced.
func (d *draft) forbids(k pair, services []*service, second bool) []string {
	if second {
		return nil // the first conduit of the pair says it
	}
	all := []string{fmt.Sprintf("Everything else from %s to %s.", d.called(k.from), d.called(k.to))}
	if d.pairs[pair{k.to, k.from}] == nil {
		all = append(all, fmt.Sprintf("%s opens no conversation with %s.", d.called(k.to), d.called(k.from)))
	}
	for _, s := range services {
		if missing := strong &^ s.kinds; s.held() && missing != 0 {
			var verbs []string
			for _, v := range missing.List() {
				verbs = append(verbs, v.String())
			}
			all = append(all, fmt.Sprintf("By %s: %s.", s.protocol, strings.Join(verbs, ", ")))
		}
	}
	return all
}

// remark notes what a person has to decide.
func (d *draft) remark() {
	var lost, torn, guards, points []string
	for _, n := range d.nodes {
		switch {
		case n.zone == nil && !n.Outside():
			lost = append(lost, n.Label)
		case n.band == safety && n.zone != nil && n.zone.Kind != model.ZoneSafety:
			guards = append(guards, n.Label+" in "+d.called(n.zone.ID))
		}
		if n.Role == plant.RoleAccessPoint {
			points = append(points, n.Label)
		}
		if n.band != gear && spread(n.Asset) {
			torn = append(torn, n.Label)
		}
	}
	if len(lost) > 0 {
		d.note("Nothing tells where %s %s: %s. What stands in no zone is allowed nothing.", counted(len(lost), "machine"), either(len(lost), "belongs", "belong"), few(lost, 6))
	}
	if d.nowhere > 0 {
		d.note("%s %s an end that stands in no zone; no conduit was proposed for %s.", counted(d.nowhere, "conversation"), either(d.nowhere, "has", "have"), either(d.nowhere, "it", "them"))
	}
	if len(guards) > 0 {
		d.note("Safety controllers that share a zone with others: %s. In a zone of their own they would keep working when something befalls the rest.", few(guards, 6))
	}
	if len(torn) > 0 {
		d.note("%s %s addresses in several networks: %s. %s a way around any wall.", counted(len(torn), "machine"), either(len(torn), "has", "have"), few(torn, 6), either(len(torn), "It is", "They are"))
	}
	if len(points) > 0 {
		d.note("Wireless: what comes by %s cannot be told from what is wired there. If it has a network or VLAN of its own, make that a zone of kind wireless.", few(points, 6))
	}
}

func either(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
