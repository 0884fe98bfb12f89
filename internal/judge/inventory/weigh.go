package inventory

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// enoughForRole: below it the role is unknown. One clue such as "serves HTTP"
// is less, one such as "is polled in Modbus" more.
const enoughForRole = 0.3

// enoughToSpecify: what a machine is there for goes before what kind of machine
// it is, if it is as sure as that.
const enoughToSpecify = 0.55

// enoughToServe is how sure it must be that what looks like a PC is a server,
// whose system looks the same: more than one program that servers have, or many
// that ask it.
const enoughToServe = 0.75

// generic are the roles that say what kind of machine an asset is, with those
// that say what such a machine is there for. Everything that Windows does by
// itself adds up to a PC, a firewall forwards as any router does, and a safety
// controller answers as any controller; none makes the narrower role less
// likely.
var generic = map[plant.Role][]plant.Role{
	plant.RolePC:         {plant.RoleEngineering, plant.RoleSCADA, plant.RoleHistorian, plant.RoleHMI, plant.RoleController},
	plant.RoleServer:     {plant.RoleEngineering, plant.RoleSCADA, plant.RoleHistorian, plant.RoleDomain},
	plant.RoleRouter:     {plant.RoleFirewall},
	plant.RoleController: {plant.RoleSafety},
}

// scale weighs the clues for each role. Those for one role add up as
// independent reasons do. There are so few roles that a list is faster than a
// map.
type scale []pan

type pan struct {
	role   plant.Role
	weight float64
	late   float64 // of clues that count late
}

// weigh fills s, whose room is used again. Without what was asked, it takes
// only clues that the asset gives by what it is and serves.
func (s scale) weigh(clues []clue, withAsked bool) scale {
	s = s[:0]
	for i := range clues {
		c := &clues[i]
		if c.asked && !withAsked {
			continue
		}
		at := slices.IndexFunc(s, func(p pan) bool { return p.role == c.role })
		if at < 0 {
			at = len(s)
			s = append(s, pan{role: c.role})
		}
		if c.late {
			s[at].late += weightOf(c.confidence)
		} else {
			s[at].weight += weightOf(c.confidence)
		}
	}
	return s
}

// best is the best supported role: the narrower of two that describe the same
// machine, the first by name of two that weigh the same.
func (s scale) best() plant.Role {
	best, most := s.most(func(plant.Role) bool { return true })
	if confidenceOf(most) < enoughForRole {
		best = plant.RoleUnknown
	}
	for narrower := s.narrower(best); narrower != ""; narrower = s.narrower(best) {
		best = narrower // generic has no circles
	}
	return best
}

// narrower is the best of the roles that a machine of one is there for, "" if
// none is sure enough.
func (s scale) narrower(role plant.Role) plant.Role {
	among := generic[role]
	best, weight := s.most(func(r plant.Role) bool { return slices.Contains(among, r) })
	switch {
	case confidenceOf(weight) >= enoughToSpecify:
		return best
	case (role == plant.RolePC || role == plant.RoleUnknown) && s.serves():
		return plant.RoleServer
	}
	return ""
}

// serves reports whether what seems a PC, or nothing in particular, is a
// server.
func (s scale) serves() bool {
	i := slices.IndexFunc(s, func(p pan) bool { return p.role == plant.RoleServer })
	return i >= 0 && confidenceOf(s[i].weight+s[i].late) >= enoughToServe
}

// most is the heaviest of the roles that are wanted.
func (s scale) most(wanted func(plant.Role) bool) (best plant.Role, most float64) {
	best = plant.RoleUnknown
	for _, p := range s {
		if !wanted(p.role) || p.weight < most-1e-9 || p.weight <= most+1e-9 && best != plant.RoleUnknown && best < p.role {
			continue
		}
		best, most = p.role, p.weight
	}
	return best, most
}

// onlyAsked reports whether nothing but its asking gives an asset that role.
func onlyAsked(clues []clue, role plant.Role) bool {
	own, asked := 0.0, false
	for i := range clues {
		switch c := &clues[i]; {
		case c.role != role:
		case c.asked:
			asked = true
		default:
			own += weightOf(c.confidence)
		}
	}
	return asked && confidenceOf(own) < enoughForRole
}

// maxReasons is how many clues of a role are told, the surest first.
const maxReasons = 5

// toldClue is a clue in words.
type toldClue struct {
	confidence float64
	plant.Reason
}

// reasonsFor are the clues for a role in words.
func (b *Builder) reasonsFor(role plant.Role, d *desk) []plant.Reason {
	all := d.told[:0]
	for i := range d.clues {
		if c := &d.clues[i]; c.role == role {
			all = append(all, toldClue{c.confidence, plant.Reason{What: "role", Why: b.why(c), Packet: c.packet}})
		}
	}
	d.told = all
	if len(all) > 1 {
		slices.SortStableFunc(all, func(x, y toldClue) int {
			return cmp.Or(cmp.Compare(y.confidence, x.confidence), strings.Compare(x.Why, y.Why))
		})
	}
	reasons := slices.Grow(d.reasons[:0], maxReasons+5) // with room for the others
	for i := range all[:min(len(all), maxReasons)] {
		reasons = append(reasons, all[i].Reason)
	}
	return reasons
}

// why is a clue in words.
func (b *Builder) why(c *clue) string {
	switch {
	case c.fact != nil:
		return factWhy(c.fact)
	case c.talk != nil:
		return talkWhy(c.text, c.talk)
	case c.carried != nil:
		return c.carried.why()
	case c.link != nil:
		l := c.link
		return fmt.Sprintf("asked %s for %q in %s", b.endpoints.at(l.server).word(), b.texts.text(l.verb), b.words.text(l.proto))
	}
	return c.text
}

func factWhy(f *slotFact) string {
	why := ""
	if f.slot != plant.NoSlot {
		why = "module in slot " + strconv.Itoa(f.slot) + ": "
	}
	if f.rule != "" {
		return why + strconv.Quote(f.from) + " speaks for " + article(f.Value) + " (" + f.rule + ")"
	}
	return why + f.Source + " shows " + article(f.Value)
}

// talkWhy tells a talk; one without peers is sent to a group.
func talkWhy(verb string, t *talk) string {
	s := make(sentence, 0, usualSentence)
	if t.peers > 0 {
		s = s.say(verb).say(" ").say(t.protocol).say(" (").peers(t.peers).say(")")
	} else {
		s = s.say("sends ").say(t.protocol)
	}
	if !t.confirmed {
		s = s.say(", by its port only")
	}
	return s.text()
}

func peers(n int) string {
	if n == 1 {
		return "1 peer"
	}
	return strconv.Itoa(n) + " peers"
}
