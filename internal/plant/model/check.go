package model

import (
	"fmt"
	"maps"
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
	c.between(&c.m.Boundary)
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
