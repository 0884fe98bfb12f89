package propose

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
)

// write makes the text that would result, of the zones and conduits there are so
// far, and reads it back.
func (d *draft) write() error {
	var err error
	if d.kept {
		err = d.extend()
	} else {
		d.begin()
	}
	if err != nil {
		return err
	}
	m, problems := model.Parse(d.text, d.in.Now)
	if m == nil {
		return fmt.Errorf("propose a boundary for site %q: the text has a problem: %s", d.in.Site, problems[0].String())
	}
	d.model = m
	return nil
}

// extend changes the text of the model that is there: comments, order and all
// that is not about zones and conduits stay as they are.
func (d *draft) extend() error {
	var lists []list
	for _, a := range d.added {
		l := list{path: "zones[" + a.zone + "].members"}
		if i := slices.IndexFunc(lists, func(x list) bool { return x.path == l.path }); i >= 0 {
			for _, m := range a.members {
				lists[i].values = append(lists[i].values, memberValue(&m))
			}
			continue
		}
		for _, m := range a.members {
			l.values = append(l.values, memberValue(&m))
		}
		lists = append(lists, l)
	}
	zones, conduits := list{path: "zones"}, list{path: "conduits"}
	for _, z := range d.zones {
		if !z.Kept {
			zones.values = append(zones.values, zoneValue(z))
		}
	}
	for _, c := range d.conduits {
		if !c.Kept {
			conduits.values = append(conduits.values, d.conduitValue(c))
		}
	}
	text := d.in.Text
	for _, l := range append(lists, zones, conduits) {
		var err error
		if text, err = l.into(text); err != nil {
			return fmt.Errorf("propose a boundary for site %q: %w", d.in.Site, err)
		}
	}
	d.text = text
	return nil
}

// list is what is added to one list of the text.
type list struct {
	path   string
	values []map[string]any
}

// mark stands for all values of a list while one edit looks for its place: an
// edit reads the whole text, and a plant may need hundreds of values.
const mark = "bulkhead-proposes-here"

func (l *list) into(text string) (string, error) {
	if len(l.values) == 0 {
		return text, nil
	}
	var flows []string
	for _, v := range l.values {
		f, err := flow(v)
		if err != nil {
			return "", err
		}
		flows = append(flows, f)
	}
	text, err := model.Apply(text, []model.Edit{{Op: model.OpAdd, Path: l.path, Value: map[string]any{"id": mark}}})
	if err != nil {
		return "", err
	}
	one := "{ id: " + mark + " }"
	at := strings.Index(text, one)
	if at < 0 {
		return "", fmt.Errorf("%s took no more members", l.path)
	}
	// In a list with a line for each member, each value has a line.
	between := ", "
	if begin := strings.LastIndexByte(text[:at], '\n') + 1; strings.TrimSpace(text[begin:at]) == "-" {
		between = "\n" + text[begin:at]
		if strings.Contains(text, "\r\n") {
			between = "\r" + between
		}
	}
	return text[:at] + strings.Join(flows, between) + text[at+len(one):], nil
}

// flow is a value in one line, as the model's own writer has it.
func flow(v map[string]any) (string, error) {
	const before = "site: a\nzones:\n  - "
	text, err := model.Apply("site: a\n", []model.Edit{{Op: model.OpAdd, Path: "zones", Value: v}})
	if err != nil {
		return "", err
	}
	return strings.TrimSuffix(strings.TrimPrefix(text, before), "\n"), nil
}

func memberValue(m *model.Member) map[string]any {
	v := map[string]any{}
	for _, e := range []struct {
		key, text string
		is        bool
	}{
		{"asset", m.Asset, m.Asset != ""},
		{"mac", m.MAC.String(), !m.MAC.IsZero()},
		{"subnet", m.Subnet.String(), m.Subnet.IsValid()},
		{"role", m.Role, m.Role != ""},
		{"line", m.Line, m.Line != ""},
	} {
		if e.is {
			v[e.key] = e.text
		}
	}
	if m.VLAN != 0 {
		v["vlan"] = float64(m.VLAN)
	}
	return v
}

func zoneValue(z *zone) map[string]any {
	members := make([]any, len(z.Members))
	for i := range z.Members {
		members[i] = memberValue(&z.Members[i])
	}
	v := map[string]any{"id": z.ID, "name": z.Name, "kind": string(z.Kind), "note": z.Why, "members": members}
	if z.Level != nil {
		v["level"] = *z.Level
	}
	return v
}

func (d *draft) conduitValue(c *Conduit) map[string]any {
	allow := make([]any, len(c.Allow))
	for i := range c.Allow {
		allow[i] = serviceValue(&c.Allow[i])
	}
	return map[string]any{"id": c.ID, "name": c.Name, "from": c.From, "to": c.To, "allow": allow, "reason": c.Reason, "review": d.review(c).String()}
}

func serviceValue(s *model.Service) map[string]any {
	v := map[string]any{}
	if s.Protocol != "" {
		v["protocol"] = s.Protocol
	}
	if s.Transport != "" {
		v["transport"] = s.Transport
	}
	switch {
	case len(s.Port) == 1 && s.Port[0].First == s.Port[0].Last:
		v["port"] = float64(s.Port[0].First)
	case len(s.Port) > 0:
		var all []any
		for _, r := range s.Port {
			all = append(all, r.String())
		}
		v["port"] = all
	}
	if len(s.Verbs) > 0 {
		var all []any
		for _, x := range s.Verbs {
			all = append(all, x)
		}
		v["verbs"] = all
	}
	return v
}

const (
	// reviewMonths is after how many months a conduit's owners look at it again,
	// and reviewFew for one that single machines use.
	reviewMonths = 6
	reviewFew    = 3
)

func (d *draft) review(c *Conduit) model.Date {
	months := reviewMonths
	if strings.Contains(c.ID, "-few") {
		months = reviewFew
	}
	return model.DateOf(d.in.Now.UTC().AddDate(0, months, 0))
}

const head = `# The plant in your words. This is a proposal, made from what was recorded:
# nothing of it holds until it is saved, and nothing is stopped by it.
# docs/plant-model.md explains every key.

`

const people = `
# Times of windows and shifts are the site's own.
# time_zone: Europe/Berlin
# currency: EUR

# Who answers for things: one person or team in IT, one in operations. Owners
# named here answer for whatever names none of its own.
# people:
#   - { id: anna, name: Anna Weiss, side: it, mail: anna@example.com }
#   - { id: bernd, name: Bernd Ott, side: operations }
# owners: { it: anna, operations: bernd }

# A line is what stops together. What it costs decides what is looked at first.
# lines:
#   - id: line-1
#     name: Filling
#     cost: { per_hour: 2200, restart: 1500 }
#     members: [ { subnet: 10.20.2.0/24 } ]

# Zones are assets with the same security needs, conduits what may pass between
# them. Put together what belongs together, and take apart what does not.
`

const windows = `
# When a line may be touched.
# windows:
#   - { id: saturday, lines: [line-1], days: [sat], from: "06:00", to: "10:00" }
`

// begin writes a first text. It has no people and lines: nobody can see those.
func (d *draft) begin() {
	m := &model.Model{Zones: []model.Zone{}, Conduits: []model.Conduit{}}
	for _, z := range d.zones {
		m.Zones = append(m.Zones, model.Zone{ID: z.ID, Name: z.Name, Kind: z.Kind, Level: z.Level, Note: z.Why, Members: z.Members})
	}
	for _, c := range d.conduits {
		m.Conduits = append(m.Conduits, model.Conduit{ID: c.ID, Name: c.Name, From: c.From, To: c.To, Allow: c.Allow, Reason: c.Reason, Review: d.review(c)})
	}
	var b strings.Builder
	b.WriteString(head)
	b.WriteString((&model.Model{Site: d.in.Site}).Marshal())
	b.WriteString(people)
	if len(m.Zones) == 0 {
		why := "Nothing was seen yet."
		if len(d.nodes) > 0 {
			why = "Nothing that was seen tells of a zone."
		}
		b.WriteString("# " + why + " As an example:\n# zones:\n#   - { id: office, name: Office, kind: enterprise, level: 4, members: [ { subnet: 10.1.0.0/16 } ] }\n")
	}
	b.WriteString(m.Marshal())
	b.WriteString(windows)
	d.text = b.String()
}
