package propose

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/bulkhead-ot/bulkhead/internal/judge/boundary/record"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
	"github.com/bulkhead-ot/bulkhead/internal/plant/model"
)

type wrongKey struct {
	rule           Rule
	client, server string
	protocol       string
	transport      plant.Transport
	port           uint16
}

// suspect lists a conversation that looks wrong and reports whether it is one
// that may not be proposed.
func (d *draft) suspect(c, s *node, from, to string, t *record.Talk, v model.Verdict) bool {
	rule, why := d.rule(c, s, d.byZone[from], d.byZone[to], t)
	if rule == "" {
		return false
	}
	if v.State == model.StateCovered {
		why += fmt.Sprintf(" Conduit %s of the plant model allows it: look whether it should.", v.Conduit)
	}
	d.list(rule, t, from, to, why)
	return true
}

func (d *draft) list(rule Rule, t *record.Talk, from, to, why string) {
	k := wrongKey{rule, t.Client, t.Server, t.Protocol, t.Transport, t.Port}
	w := d.wrong[k]
	if w == nil {
		w = &Wrong{Rule: rule, Client: t.Client, Server: t.Server, FromZone: from, ToZone: to, Protocol: t.Protocol, Transport: t.Transport, Port: t.Port, Why: why, First: t.First}
		d.wrong[k] = w
	}
	w.Conversations++
	w.Count += t.Count
	w.Kinds |= t.Kinds
	if t.First.Before(w.First) {
		w.First = t.First
	}
	if !t.Last.Before(w.Last) {
		w.Last, w.Talk = t.Last, t.ID
	}
}

func (d *draft) scan(c *node, t *record.Talk) {
	one := *t
	one.Server, one.Protocol, one.Port = "", "", 0
	d.list(Scan, &one, d.zoneOf(c), "", fmt.Sprintf("%s tried %d machines and more that did not answer: whoever does not know where a machine is needs no way to it.", c.Label, scanned))
}

func (d *draft) zoneOf(n *node) string {
	if n.zone == nil {
		return ""
	}
	return n.zone.ID
}

// strong are the kinds of operation that change what a machine does.
var strong = model.KindsOf(plant.Write, plant.Config, plant.Program, plant.Mode, plant.Firmware)

// rule says why a conversation between two zones looks wrong; "" if it does not.
// A zone is nil where an end stands in none.
func (d *draft) rule(c, s *node, from, to *zone, t *record.Talk) (Rule, string) {
	fk, tk := kindOf(from), kindOf(to)
	floor := tk == model.ZoneCell || tk == model.ZoneSafety
	over := controls[t.Protocol] && t.Kinds&strong != 0
	far := fk == "" || fk == model.ZoneEnterprise || fk == model.ZoneVendor || fk == model.ZoneWireless
	switch {
	case fk == model.ZoneInternet && tk != model.ZoneInternet:
		return Inbound, fmt.Sprintf("%s reaches %s from the internet by %s.", c.Label, s.Label, t.Protocol)
	case tk == model.ZoneInternet && onFloor(fk):
		return Internet, fmt.Sprintf("%s talks to %s in the internet by %s; what it needs can be fetched by the DMZ.", c.Label, s.Label, t.Protocol)
	case over && (far || fk == model.ZoneDMZ) && onFloor(tk):
		return Control, fmt.Sprintf("%s in %s asks %s to %s by %s; only operations should.", c.Label, d.name(from), s.Label, verbs(t.Kinds&strong), t.Protocol)
	case t.Protocol == "teamviewer" && (onFloor(fk) || onFloor(tk)), remote[t.Protocol] && far && onFloor(tk):
		return Remote, fmt.Sprintf("%s steers %s by %s past every approval; sessions that are approved and recorded do the same.", c.Label, s.Label, t.Protocol)
	case plant.Housekeeping(t.Protocol):
		return "", ""
	case (fk == model.ZoneCell || fk == model.ZoneSafety) && floor && from.group != to.group:
		return Across, fmt.Sprintf("%s in %s reaches %s in %s by %s: what befalls one line should not reach the next.", c.Label, d.name(from), s.Label, d.name(to), t.Protocol)
	case fk == model.ZoneVendor && floor:
		return Direct, fmt.Sprintf("%s comes from %s straight to %s by %s; give the vendor a session that is approved, for the time of the work.", c.Label, d.name(from), s.Label, t.Protocol)
	}
	return "", ""
}

func (d *draft) name(z *zone) string {
	if z == nil {
		return "no zone"
	}
	return d.called(z.ID)
}

func kindOf(z *zone) model.ZoneKind {
	if z == nil {
		return ""
	}
	return z.Kind
}

func onFloor(k model.ZoneKind) bool {
	return k == model.ZoneOperations || k == model.ZoneCell || k == model.ZoneSafety
}

// deeds are kinds of operation as something one asks a machine to do.
var deeds = map[plant.Kind]string{
	plant.Write: "change its values", plant.Config: "change its settings", plant.Program: "take or give its program", plant.Mode: "start or stop", plant.Firmware: "take other firmware",
}

func verbs(k model.Kinds) string {
	var all []string
	for _, one := range k.List() {
		if deeds[one] != "" {
			all = append(all, deeds[one])
		}
	}
	return strings.Join(all, " and ")
}

// ruleOrder puts the worst first.
var ruleOrder = []Rule{Inbound, Control, Internet, Remote, Across, Direct, Scan}

func (d *draft) wrongs() []Wrong {
	all := make([]Wrong, 0, len(d.wrong))
	for _, w := range d.wrong {
		all = append(all, *w)
	}
	slices.SortFunc(all, func(a, b Wrong) int {
		return cmp.Or(
			cmp.Compare(slices.Index(ruleOrder, a.Rule), slices.Index(ruleOrder, b.Rule)), cmp.Compare(b.Kinds, a.Kinds), b.Last.Compare(a.Last),
			cmp.Compare(a.Client, b.Client), cmp.Compare(a.Server, b.Server), cmp.Compare(a.Protocol, b.Protocol), cmp.Compare(a.Port, b.Port), cmp.Compare(a.Transport, b.Transport),
		)
	})
	return all
}
