package model

import "time"

// Owner is who answers for something, and what names them: "line line-2",
// "site". The zero value is nobody.
type Owner struct {
	ID   string `json:"id"`   // of a person or team
	From string `json:"from"` // what names the owner
}

// Owned is who answers for something on each side.
type Owned struct {
	IT         Owner `json:"it"`
	Operations Owner `json:"operations"`
}

// inherit takes from further up what is not known yet.
func (o *Owned) inherit(of Owners, from string) {
	if o.IT.ID == "" && of.IT != "" {
		o.IT = Owner{of.IT, from}
	}
	if o.Operations.ID == "" && of.Operations != "" {
		o.Operations = Owner{of.Operations, from}
	}
}

// OwnersOf is who answers for what stands in a cell, line and zone, each of
// which may be "". The nearest that names an owner decides, for each side by
// itself: cell, line, zone, site.
func (m *Model) OwnersOf(cell, line, zone string) Owned {
	var o Owned
	if c, of := m.Cell(cell); c != nil && cell != "" {
		o.inherit(c.Owners, "cell "+c.ID)
		if line == "" {
			line = of.ID
		}
	}
	if l := m.Line(line); l != nil && line != "" {
		o.inherit(l.Owners, "line "+l.ID)
	}
	if z := m.Zone(zone); z != nil && zone != "" {
		o.inherit(z.Owners, "zone "+z.ID)
	}
	o.inherit(m.Owners, "site")
	return o
}

// OwnersOfConduit is who answers for a conduit: its own owners, and what it
// lacks from the zone it leads to, then the one it comes from, then the site.
// Who is asked has more to lose than who asks.
func (m *Model) OwnersOfConduit(c *Conduit) Owned {
	var o Owned
	o.inherit(c.Owners, "conduit "+c.ID)
	for _, id := range []string{c.To, c.From} {
		if z := m.Zone(id); z != nil {
			o.inherit(z.Owners, "zone "+z.ID)
		}
	}
	o.inherit(m.Owners, "site")
	return o
}

// CostOf is what a stop of a line costs: its own cost, or the site's if it
// names none.
func (m *Model) CostOf(line string) Cost {
	if l := m.Line(line); l != nil && l.Cost != (Cost{}) {
		return l.Cost
	}
	return m.Cost
}

// OnShift are the people of a team who are there at a time: those of the shifts
// that cover it, all members where the team has no shifts.
func (m *Model) OnShift(team string, at time.Time) []string {
	t := m.Team(team)
	if t == nil {
		return nil
	}
	if len(t.Shifts) == 0 {
		return t.Members
	}
	where := m.location()
	var there []string
	for i := range t.Shifts {
		s := &t.Shifts[i]
		w := Window{Days: s.Days, From: s.From, To: s.To}
		if s.To <= s.From {
			w.To, w.Length = 0, Length(time.Duration(24*60-s.From.Minutes()+s.To.Minutes())*time.Minute)
		}
		if _, ok := w.at(at, where); ok {
			there = append(there, s.People...)
		}
	}
	return there
}

// Begins is when a day begins at the site; zero for no day.
func (m *Model) Begins(d Date) time.Time {
	if d.IsZero() {
		return time.Time{}
	}
	return instant(d, ClockAt(0, 0), m.location(), false)
}

// Today is the day it is at the site.
func (m *Model) Today(now time.Time) Date { return DateOf(now.In(m.location())) }
