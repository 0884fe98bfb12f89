package model

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// checker looks at what a text means: that what is named exists, and what
// contradicts itself.
type checker struct {
	*decoder
	m   *Model
	now time.Time

	parties map[string]Side // people and teams
	lines   map[string]bool
	cells   map[string]bool
	zones   map[string]bool
}

func (c *checker) all() {
	c.site()
	c.names()
	c.people()
	c.owners(&c.m.Owners)
	c.cost(&c.m.Cost)
	for i := range c.m.Lines {
		c.line(&c.m.Lines[i])
	}
	for i := range c.m.Zones {
		c.zone(&c.m.Zones[i])
	}
	c.members()
	for i := range c.m.Conduits {
		c.conduit(&c.m.Conduits[i])
	}
	for i := range c.m.Windows {
		c.window(&c.m.Windows[i])
	}
}

// say reports a problem with the value of a field of the model. A field that
// does not stand in the text (its key is missing) has been reported already.
func (c *checker) say(severity Severity, field any, message, hint string) {
	if n := c.at[field]; n != nil {
		c.report(severity, n.start, n.end, n.path, message, hint)
	}
}

func (c *checker) wrongly(field any, message, hint string) { c.say(Error, field, message, hint) }

// lineOf is where a field stands.
func (c *checker) lineOf(field any) int {
	n := c.at[field]
	if n == nil {
		return 0
	}
	line, _ := c.place(n.start)
	return line
}

func (c *checker) has(field any) bool { return c.at[field] != nil }

func (c *checker) site() {
	m := c.m
	if m.Site != "" && len(m.Site) > 128 {
		c.wrongly(&m.Site, "the site's identifier is too long", "it has at most 128 bytes")
	}
	if m.Name == "" {
		m.Name = m.Site
	}
	if m.TimeZone != "" {
		if _, err := time.LoadLocation(m.TimeZone); err != nil || m.TimeZone == "Local" {
			hint := "write a place of the time zone database: Europe/Berlin, America/Chicago, Asia/Tokyo"
			if guess := zoneGuess(m.TimeZone); guess != "" {
				hint = "did you mean " + guess + "?"
			}
			c.wrongly(&m.TimeZone, fmt.Sprintf("there is no time zone %q", short(m.TimeZone)), hint)
			m.TimeZone = ""
		}
	}
	if m.Currency != "" && !slices.Contains(currencies, m.Currency) {
		hint := "write its three letters: EUR, USD, CHF"
		if guess := currencyGuess(m.Currency); guess != "" {
			hint = "did you mean " + guess + "?"
		}
		c.wrongly(&m.Currency, fmt.Sprintf("%q is no currency", short(m.Currency)), hint)
	}
	if m.TimeZone == "" && !c.has(&m.TimeZone) {
		for i := range m.Windows {
			c.needZone(&m.Windows[i], "a window")
			return
		}
		for i := range m.Teams {
			if len(m.Teams[i].Shifts) > 0 {
				c.needZone(&m.Teams[i].Shifts[0], "a shift")
				return
			}
		}
	}
}

func (c *checker) needZone(field any, what string) {
	n := c.at[field]
	if n == nil {
		return
	}
	c.report(Error, n.start, n.start+1, "time_zone", what+" needs the site's time zone", "write at the top of the file  time_zone: Europe/Berlin")
}

// validID reports whether a text may be an identifier: it stands in paths and
// addresses.
func validID(id string) bool {
	if id == "" || len(id) > 64 {
		return false
	}
	for i, r := range id {
		ok := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || i > 0 && (r == '-' || r == '_' || r == '.')
		if !ok {
			return false
		}
	}
	return true
}

// names notes every identifier and reports those that are none or come twice.
func (c *checker) names() {
	m := c.m
	c.parties, c.lines, c.cells, c.zones = map[string]Side{}, map[string]bool{}, map[string]bool{}, map[string]bool{}
	first := map[string]int{}
	id := func(what string, field *string) bool {
		if *field == "" {
			return false
		}
		if !validID(*field) {
			c.wrongly(field, fmt.Sprintf("%q cannot be an identifier", short(*field)), "it has letters a-z, digits, - _ and . only, as in line-2; what people call it stands at name")
			return false
		}
		key := what + " " + *field
		if line, taken := first[key]; taken {
			c.wrongly(field, fmt.Sprintf("there is another %s %q", what, *field), fmt.Sprintf("the first is in line %d: give each its own", line))
			return false
		}
		first[key] = c.lineOf(field)
		return true
	}
	for i := range m.People {
		if p := &m.People[i]; id("person or team", &p.ID) {
			c.parties[p.ID] = p.Side
		}
	}
	for i := range m.Teams {
		if t := &m.Teams[i]; id("person or team", &t.ID) {
			c.parties[t.ID] = t.Side
		}
	}
	for i := range m.Lines {
		l := &m.Lines[i]
		id("line", &l.ID)
		c.lines[l.ID] = true
		for k := range l.Cells {
			id("cell", &l.Cells[k].ID)
			c.cells[l.Cells[k].ID] = true
		}
	}
	for i := range m.Zones {
		id("zone", &m.Zones[i].ID)
		c.zones[m.Zones[i].ID] = true
	}
	for i := range m.Conduits {
		id("conduit", &m.Conduits[i].ID)
	}
	for i := range m.Windows {
		id("window", &m.Windows[i].ID)
	}
}

// known reports a reference to something that is not there.
func known[V any](c *checker, field *string, what string, of map[string]V) bool {
	if *field == "" {
		return false
	}
	if _, ok := of[*field]; ok {
		return true
	}
	names := slices.Sorted(maps.Keys(of))
	names = slices.DeleteFunc(names, func(s string) bool { return s == "" })
	hint := fmt.Sprintf("the file has no %s yet", what)
	if len(names) > 0 {
		hint = oneOf(*field, names)
	}
	c.wrongly(field, fmt.Sprintf("there is no %s %q", what, short(*field)), hint)
	return false
}

func (c *checker) people() {
	for i := range c.m.People {
		if p := &c.m.People[i]; p.Mail != "" && !looksLikeMail(p.Mail) {
			c.wrongly(&p.Mail, fmt.Sprintf("%q is no mail address", short(p.Mail)), "write for example  mail: anna@example.com")
		}
	}
	people := map[string]Side{}
	for i := range c.m.People {
		people[c.m.People[i].ID] = c.m.People[i].Side
	}
	for i := range c.m.Teams {
		t := &c.m.Teams[i]
		if t.Mail != "" && !looksLikeMail(t.Mail) {
			c.wrongly(&t.Mail, fmt.Sprintf("%q is no mail address", short(t.Mail)), "write for example  mail: maintenance@example.com")
		}
		for k := range t.Members {
			known(c, &t.Members[k], "person", people)
		}
		for k := range t.Shifts {
			for p := range t.Shifts[k].People {
				known(c, &t.Shifts[k].People[p], "person", people)
			}
		}
	}
}

func looksLikeMail(s string) bool {
	name, domain, ok := strings.Cut(s, "@")
	return ok && name != "" && strings.Contains(domain, ".") && !strings.ContainsAny(s, " ,;<>") && !strings.Contains(domain, "@")
}

// owners checks that both exist and stand on their side.
func (c *checker) owners(o *Owners) {
	for _, e := range []struct {
		field *string
		side  Side
	}{{&o.IT, SideIT}, {&o.Operations, SideOperations}} {
		if *e.field == "" || !known(c, e.field, "person or team", c.parties) {
			continue
		}
		if side := c.parties[*e.field]; side != e.side && side != "" {
			var right []string
			for id, s := range c.parties {
				if s == e.side {
					right = append(right, id)
				}
			}
			slices.Sort(right)
			hint := fmt.Sprintf("nobody in the file has side: %s", e.side)
			if len(right) > 0 {
				hint = "on that side are " + enumerate(right)
			}
			c.wrongly(e.field, fmt.Sprintf("%s is on side %s and cannot be the owner in %s", c.m.Called(*e.field), side, sideName(e.side)), hint)
		}
	}
}

func sideName(s Side) string {
	if s == SideIT {
		return "IT"
	}
	return "operations"
}

func (c *checker) cost(cost *Cost) {
	for _, e := range []struct {
		field *float64
		what  string
	}{{&cost.PerHour, "per_hour"}, {&cost.Restart, "restart"}, {&cost.Spoilage, "spoilage"}, {&cost.SpoilsAfter, "spoils_after"}} {
		switch {
		case *e.field < 0:
			c.wrongly(e.field, "a cost cannot be less than nothing", fmt.Sprintf("write  %s: %s", e.what, number(-*e.field)))
		case *e.field > 1e12:
			c.wrongly(e.field, "this is more than any plant can lose", "leave the zeros out that are too many")
		}
	}
	if (cost.PerHour != 0 || cost.Restart != 0 || cost.Spoilage != 0) && c.m.Currency == "" && !c.has(&c.m.Currency) {
		if n := c.at[cost]; n != nil {
			c.report(Warning, n.start, n.start+1, n.path, "a cost without a currency", "write at the top of the file  currency: EUR")
		}
	}
}

func (c *checker) line(l *Line) {
	c.owners(&l.Owners)
	c.cost(&l.Cost)
	for i := range l.Members {
		c.member(&l.Members[i], true)
	}
	for i := range l.Cells {
		c.owners(&l.Cells[i].Owners)
		for k := range l.Cells[i].Members {
			c.member(&l.Cells[i].Members[k], true)
		}
	}
}

func (c *checker) zone(z *Zone) {
	c.owners(&z.Owners)
	if z.Level != nil && !slices.Contains([]float64{0, 1, 2, 3, 3.5, 4, 5}, *z.Level) {
		c.wrongly(&z.Level, fmt.Sprintf("%s is no Purdue level", number(*z.Level)), "it is one of 0, 1, 2, 3, 3.5 (DMZ), 4, 5")
	}
	if z.Target < 0 || z.Target > 4 {
		c.wrongly(&z.Target, fmt.Sprintf("%d is no security level", z.Target), "it is 1, 2, 3 or 4 (IEC 62443 SL-T)")
	}
	for i := range z.Members {
		c.member(&z.Members[i], false)
	}
}

// member checks one selector. What belongs to a line cannot be told by a line.
func (c *checker) member(e *Member, ofLine bool) {
	n := c.at[e]
	if n == nil || n.kind != mapNode {
		return
	}
	if len(n.entries) == 0 {
		c.report(Error, n.start, n.end, n.path, "it names nothing", "write for example  { subnet: 10.20.2.0/24 }")
		return
	}
	if c.has(&e.VLAN) && (e.VLAN == 0 || e.VLAN > 4094) {
		c.wrongly(&e.VLAN, fmt.Sprintf("%d is no VLAN", e.VLAN), "it is a number from 1 to 4094")
	}
	if e.Role != "" && !slices.Contains(roles, e.Role) {
		c.wrongly(&e.Role, fmt.Sprintf("%q is no role", short(e.Role)), oneOf(e.Role, roles))
	}
	if e.Name != "" && strings.Trim(e.Name, "*? ") == "" {
		c.wrongly(&e.Name, "this pattern takes every name", `write more of it: name: "PC-*"`)
	}
	if ofLine && (e.Line != "" || e.Cell != "") {
		field := &e.Line
		if e.Line == "" {
			field = &e.Cell
		}
		c.wrongly(field, "a line's or cell's members cannot be another line's", "name assets, subnets, VLANs, names or roles; line: and cell: are for zones")
		return
	}
	known(c, &e.Line, "line", c.lines)
	known(c, &e.Cell, "cell", c.cells)
}

// belonging is a member with what it makes an asset a part of.
type belonging struct {
	e    *Member
	what string
}

// members looks for the same member in two places: nothing would say which
// place wins.
func (c *checker) members() {
	var places, zones []belonging
	for i := range c.m.Lines {
		l := &c.m.Lines[i]
		for k := range l.Members {
			places = append(places, belonging{&l.Members[k], "line " + l.ID})
		}
		for k := range l.Cells {
			for j := range l.Cells[k].Members {
				places = append(places, belonging{&l.Cells[k].Members[j], "cell " + l.Cells[k].ID})
			}
		}
	}
	for i := range c.m.Zones {
		z := &c.m.Zones[i]
		for k := range z.Members {
			zones = append(zones, belonging{&z.Members[k], "zone " + z.ID})
		}
	}
	c.twice(places)
	c.twice(zones)
	c.nested(zones)
}

func (c *checker) twice(all []belonging) {
	first := map[Member]belonging{}
	for _, b := range all {
		if *b.e == (Member{}) {
			continue
		}
		if other, taken := first[*b.e]; taken {
			message := fmt.Sprintf("%s is a member of %s already", b.e, other.what)
			if other.what == b.what {
				message = fmt.Sprintf("%s stands here a second time", b.e)
			}
			c.wrongly(b.e, message, fmt.Sprintf("the other is in line %d: an asset stands in one place only, take one of them out", c.lineOf(other.e)))
			continue
		}
		first[*b.e] = b
	}
}

// nearBits is how much longer the prefix of a subnet within another is, at
// most, for the two to look like a mistake: 10.20.2.0/23 and 10.20.3.0/24. A
// /24 within a /16 is a plan.
const nearBits = 3

func (c *checker) nested(all []belonging) {
	var bare []belonging
	for _, b := range all {
		if b.e.Subnet.IsValid() && *b.e == (Member{Subnet: b.e.Subnet}) {
			bare = append(bare, b)
		}
	}
	at := map[netip.Prefix]belonging{}
	for _, b := range bare {
		if _, taken := at[b.e.Subnet]; !taken {
			at[b.e.Subnet] = b
		}
	}
	for _, b := range bare {
		for bits := b.e.Subnet.Bits() - 1; bits >= max(0, b.e.Subnet.Bits()-nearBits); bits-- {
			outer, ok := at[netip.PrefixFrom(b.e.Subnet.Addr(), bits).Masked()]
			if !ok || outer.what == b.what {
				continue
			}
			c.say(Warning, &b.e.Subnet, fmt.Sprintf("%s overlaps %s of %s (line %d)", b.e.Subnet, outer.e.Subnet, outer.what, c.lineOf(outer.e)),
				fmt.Sprintf("what is in both belongs to %s, because its prefix is longer; if that is not meant, see the masks", b.what))
			break
		}
	}
}

func (c *checker) conduit(e *Conduit) {
	c.owners(&e.Owners)
	known(c, &e.From, "zone", c.zones)
	known(c, &e.To, "zone", c.zones)
	if e.From != "" && e.From == e.To {
		c.wrongly(&e.To, fmt.Sprintf("the conduit leads from zone %s to itself", e.From), "a conduit connects two zones; what talks within one needs none")
	}
	if n := c.at[&e.Allow]; n != nil && len(e.Allow) == 0 && n.kind != mapNode && n.kind != scalarNode {
		c.report(Error, n.start, n.end, n.path, "the conduit allows nothing", "say what may pass: allow: [ { protocol: opcua, verbs: [read, auth] } ]; or take the conduit out")
	}
	for i := range e.Allow {
		c.service(&e.Allow[i])
	}
	today := DateOf(c.now)
	if !c.now.IsZero() && !e.Review.IsZero() && e.Review.Before(today) {
		c.say(Warning, &e.Review, fmt.Sprintf("the review was due on %s", e.Review), "let the owners look at it again and write the next date, or take the conduit out")
	}
	if !c.now.IsZero() && !e.Expires.IsZero() && !today.Before(e.Expires) {
		c.say(Warning, &e.Expires, fmt.Sprintf("the conduit does not hold since %s", e.Expires), "write a later date if it is still needed, or take the conduit out")
	}
	if !e.Review.IsZero() && !e.Expires.IsZero() && e.Expires.Before(e.Review) {
		c.say(Warning, &e.Review, fmt.Sprintf("the review comes after the conduit expires on %s", e.Expires), "let the review come first")
	}
}

func (c *checker) service(s *Service) {
	n := c.at[s]
	if n == nil || n.kind != mapNode {
		return
	}
	named := len(n.entries)
	switch {
	case named == 0:
		c.report(Error, n.start, n.end, n.path, "it names nothing", "write for example  { protocol: opcua, verbs: [read, auth] }  or  { transport: tcp, port: 443 };  { any: true }  is everything")
		return
	case s.Any && named > 1:
		c.wrongly(&s.Any, "any is everything, and more is named beside it", "take any out, or the rest")
	case c.has(&s.Any) && !s.Any && named == 1:
		c.wrongly(&s.Any, "any: false allows nothing", "name a protocol, or a transport and a port")
	}
	if s.Protocol != "" && !slices.Contains(Protocols, s.Protocol) {
		c.wrongly(&s.Protocol, fmt.Sprintf("%q is no protocol", short(s.Protocol)), oneOf(protocolGuess(s.Protocol), Protocols))
	}
	if len(s.Port) > 0 && (s.Transport == "ip" || s.Transport == "eth") {
		c.wrongly(&s.Port, s.Transport+" has no ports", "ports are for transport: tcp and transport: udp")
	}
	if len(s.Port) > 0 && s.Transport == "" && s.Protocol == "" {
		c.wrongly(&s.Port, "a port without its transport", "write  transport: tcp  or  transport: udp  beside it")
	}
	for i := range s.Verbs {
		if v := &s.Verbs[i]; *v != "" && !slices.Contains(verbs, *v) {
			c.wrongly(v, fmt.Sprintf("%q is no verb", short(*v)), oneOf(*v, verbs))
		}
	}
	if len(s.Verbs) > 0 && s.Protocol == "" && !s.Any {
		c.wrongly(&s.Verbs, "verbs without a protocol", "name the protocol that has them: { protocol: modbus, verbs: [read] }")
	}
	if slices.Contains(signsIn, s.Protocol) && len(s.Verbs) > 0 && !slices.Contains(s.Verbs, "auth") {
		c.say(Warning, &s.Verbs, fmt.Sprintf("%s signs in before it does anything, and auth is not among the verbs", s.Protocol), "add it: verbs: ["+strings.Join(append(slices.Clone(s.Verbs), "auth"), ", ")+"]")
	}
}

// signsIn are protocols whose every session begins with an operation of kind
// auth.
var signsIn = []string{"opcua", "smb", "ftp", "tds", "ldap"}

func (c *checker) window(w *Window) {
	n := c.at[w]
	if n == nil || n.kind != mapNode {
		return
	}
	for i := range w.Lines {
		known(c, &w.Lines[i], "line", c.lines)
	}
	miss := func(message, hint string) {
		start, end := n.start, n.start+1
		if id := c.keys[&w.ID]; id != nil {
			start, end = id.start, id.end
		}
		c.report(Error, start, end, n.path, message, hint)
	}
	switch {
	case c.has(&w.Days) && c.has(&w.Date):
		c.wrongly(&w.Date, "a window is every week (days) or once (date), not both", "take one of them out")
	case !c.has(&w.Days) && !c.has(&w.Date):
		miss("it does not say on which days", "write  days: [sat]  for every week, or  date: 2026-12-28  for once")
	}
	if !c.has(&w.From) {
		miss("it does not say from when", `write for example  from: "06:00"`)
	}
	switch {
	case c.has(&w.To) && c.has(&w.Length):
		c.wrongly(&w.Length, "it has an end (to) and a length", "take one of them out")
	case !c.has(&w.To) && !c.has(&w.Length):
		miss("it does not say how long", `write for example  to: "10:00"  or  length: 8h`)
	case w.From != 0 && w.To != 0 && w.To <= w.From:
		c.endsEarly(w)
	}
	if (c.has(&w.Since) || c.has(&w.Until)) && !w.Date.IsZero() {
		field := any(&w.Since)
		if !c.has(&w.Since) {
			field = &w.Until
		}
		c.wrongly(field, "since and until are for windows of every week", "take it out: date says the day")
	}
	if !w.Since.IsZero() && !w.Until.IsZero() && w.Until.Before(w.Since) {
		c.wrongly(&w.Until, fmt.Sprintf("it ends before it begins on %s", w.Since), "let until be the later day")
	}
	if !c.now.IsZero() && !w.Until.IsZero() && w.Until.Before(DateOf(c.now)) {
		c.say(Warning, &w.Until, "this window is over", "take it out, or write a later date")
	}
}

func (c *checker) endsEarly(w *Window) {
	rest := Length(time.Duration(24*60-w.From.Minutes()+w.To.Minutes()) * time.Minute)
	c.wrongly(&w.To, fmt.Sprintf("the window ends at %s, before it begins at %s", w.To, w.From), fmt.Sprintf("if it goes on past midnight, write  length: %s  in place of to", rest))
}
