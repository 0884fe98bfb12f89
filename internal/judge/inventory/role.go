package inventory

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/bulkhead-ot/bulkhead/internal/judge/inventory/fingerprint"
	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// clue is one reason to believe in a role.
type clue struct {
	role       plant.Role
	confidence float64
	why        string
	packet     plant.PacketRef
}

// enoughForRole: below it the role is unknown. One clue such as "serves HTTP"
// is less, one such as "is polled in Modbus" more.
const enoughForRole = 0.3

// roleOf weighs the clues. Those for one role add up as independent reasons
// do; the best supported role wins, and its clues are the reasons.
func roleOf(clues []clue) (plant.Role, []plant.Reason) {
	if len(clues) == 0 {
		return plant.RoleUnknown, nil
	}
	weights := make(map[plant.Role]float64)
	for _, c := range clues {
		weights[c.role] += weightOf(c.confidence)
	}
	best := plant.RoleUnknown
	for _, role := range slices.Sorted(maps.Keys(weights)) {
		if best == plant.RoleUnknown || weights[role] > weights[best]+1e-9 {
			best = role
		}
	}
	if confidenceOf(weights[best]) < enoughForRole {
		return plant.RoleUnknown, nil
	}
	return best, reasonsFor(best, clues)
}

// maxReasons is how many clues of a role are told, the surest first.
const maxReasons = 5

func reasonsFor(role plant.Role, clues []clue) []plant.Reason {
	slices.SortStableFunc(clues, func(x, y clue) int {
		return cmp.Or(cmp.Compare(y.confidence, x.confidence), strings.Compare(x.why, y.why))
	})
	var reasons []plant.Reason
	for _, c := range clues {
		if c.role == role && len(reasons) < maxReasons {
			reasons = append(reasons, plant.Reason{What: "role", Why: c.why, Packet: c.packet})
		}
	}
	return reasons
}

// clues gathers what speaks for any role.
func (b *Builder) clues(p *portrait, h *habits) []clue {
	var clues []clue
	clues = identityClues(clues, p)
	clues = b.serviceClues(clues, h)
	clues = b.controlClues(clues, h)
	return carrierClues(clues, p)
}

// moduleRole lowers what a module in a rack says about the whole rack.
const moduleRole = 0.9

// identityClues are what the asset, its rack and its fingerprints say.
func identityClues(clues []clue, p *portrait) []clue {
	var told map[string]bool
	for i := range p.facts {
		f := &p.facts[i]
		if f.Field != plant.FieldRole || told[f.Value+f.from] {
			continue
		}
		if told == nil {
			told = make(map[string]bool)
		}
		c := clue{role: f.Value, confidence: f.Confidence, packet: f.Packet}
		if f.rule != "" {
			c.why = fmt.Sprintf("%q speaks for %s (%s)", f.from, article(f.Value), f.rule)
		} else {
			c.why = fmt.Sprintf("%s shows %s", f.Source, article(f.Value))
		}
		if f.slot != plant.NoSlot {
			if f.Value != plant.RoleController && f.Value != plant.RoleSafety {
				continue
			}
			c.confidence *= moduleRole
			c.why = fmt.Sprintf("module in slot %d: %s", f.slot, c.why)
		}
		told[f.Value+f.from] = true
		clues = append(clues, c)
	}
	return clues
}

// guessed lowers what a port alone suggests: anything can listen on a port.
const guessed = 0.4

// serviceClues are the protocols that the asset serves and uses.
func (b *Builder) serviceClues(clues []clue, h *habits) []clue {
	for i := range h.serves {
		t := &h.serves[i]
		if p := b.fingerprints.Protocol(t.protocol); p != nil && t.answered {
			clues = talkClues(clues, p.Serves, t, "serves")
		}
	}
	for i := range h.asks {
		t := &h.asks[i]
		if p := b.fingerprints.Protocol(t.protocol); p != nil {
			clues = talkClues(clues, p.Asks, t, "uses")
		}
	}
	return domainClue(clues, h)
}

func talkClues(clues []clue, roles map[plant.Role]float64, t *talk, verb string) []clue {
	for _, role := range slices.Sorted(maps.Keys(roles)) {
		c := clue{role: role, confidence: roles[role], why: talkWhy(verb, t), packet: t.packet}
		if !t.confirmed {
			c.confidence *= guessed
			c.why += ", by its port only"
		}
		clues = append(clues, c)
	}
	return clues
}

// talkWhy tells a talk; one without peers is sent to a group.
func talkWhy(verb string, t *talk) string {
	if t.peers == 0 {
		return "sends " + t.protocol
	}
	return fmt.Sprintf("%s %s (%s)", verb, t.protocol, peers(t.peers))
}

func peers(n int) string {
	if n == 1 {
		return "1 peer"
	}
	return fmt.Sprintf("%d peers", n)
}

// domainClue: only a domain controller answers Kerberos, LDAP and DNS together.
func domainClue(clues []clue, h *habits) []clue {
	have := 0
	var packet plant.PacketRef
	for i := range h.serves {
		switch t := &h.serves[i]; t.protocol {
		case "kerberos", "ldap", "cldap", "dns":
			if t.answered {
				have++
				packet = max(packet, t.packet)
			}
		}
	}
	if have < 3 {
		return clues
	}
	return append(clues, clue{plant.RoleDomain, 0.9, "serves DNS, Kerberos and LDAP", packet})
}

// How sure asking controllers for something makes us of the role of the one
// that asks. Reading is what everybody does; changing a program is not.
const (
	askMany      = 3 // controllers; fewer is an operator panel, more a control room
	scadaAsks    = 0.6
	panelAsks    = 0.45
	programAsks  = 0.85
	modeAsks     = 0.4
	minimumServe = 1
)

// controlClues are what the asset asks of controllers.
func (b *Builder) controlClues(clues []clue, h *habits) []clue {
	if h.gravest != nil {
		clues = b.engineeringClue(clues, h.gravest)
	}
	if h.asksMany == 0 || b.isPolled(h) {
		return clues // a controller that asks another is still a controller
	}
	if h.asksMany >= askMany {
		return append(clues, clue{plant.RoleSCADA, scadaAsks, fmt.Sprintf("asks %d controllers or devices for values", h.asksMany), 0})
	}
	return append(clues, clue{plant.RoleHMI, panelAsks, fmt.Sprintf("asks %s of the control level for values", peers(h.asksMany)), 0})
}

func (b *Builder) engineeringClue(clues []clue, l *link) []clue {
	c := clue{role: plant.RoleEngineering, packet: l.packet}
	switch l.worst {
	case plant.Program, plant.Firmware:
		c.confidence = programAsks
	case plant.Mode:
		c.confidence = modeAsks
	default:
		return clues
	}
	c.why = fmt.Sprintf("asked %s for %q in %s", b.endpoints.at(l.server).word(), b.texts.text(l.verb), b.words.text(l.proto))
	return append(clues, c)
}

// isPolled reports whether others ask the asset in a control protocol.
func (b *Builder) isPolled(h *habits) bool {
	for i := range h.serves {
		t := &h.serves[i]
		if p := b.fingerprints.Protocol(t.protocol); p != nil && p.Control && t.answered && t.confirmed && t.peers >= minimumServe {
			return true
		}
	}
	return false
}

// How sure forwarding makes us of a router: packets that were counted down on
// their way crossed one; several addresses behind one MAC may be one machine.
const (
	routes       = 0.8
	routesOne    = 0.5
	mayRoute     = 0.2
	mayRouteMany = 0.6
	sharedMAC    = 0.95
	isGateway    = 0.6
)

// carrierClues are what others send through the asset's MAC, or say of it.
func carrierClues(clues []clue, p *portrait) []clue {
	if g := p.gateway; g.users > 0 {
		clues = append(clues, clue{plant.RoleRouter, isGateway, fmt.Sprintf("is the default router of %s", peers(g.users)), g.packet})
	}
	for _, m := range p.macs {
		if isVirtual(m) {
			clues = append(clues, clue{plant.RoleRouter, sharedMAC, m.String() + " is the shared MAC of a group of routers", 0})
		}
	}
	c := clue{role: plant.RoleRouter, packet: p.carried.packet}
	switch {
	case p.carried.routed > 1:
		c.confidence = routes
		c.why = fmt.Sprintf("forwards packets of %d addresses beyond it, %s among them", p.carried.routed, p.carried.example)
	case p.carried.routed == 1:
		c.confidence = routesOne
		c.why = fmt.Sprintf("forwards packets of %s, whose time-to-live was counted down", p.carried.example)
	case p.carried.unclear > 2:
		c.confidence = mayRouteMany
		c.why = fmt.Sprintf("%d addresses send through this MAC, %s among them", p.carried.unclear, p.carried.example)
	case p.carried.unclear > 0:
		c.confidence = mayRoute // too little for a role, enough to say
		c.why = fmt.Sprintf("%d more addresses send through this MAC; it may be one machine that has them all", p.carried.unclear)
	default:
		return clues
	}
	return append(clues, c)
}

// word is the address of e as people write it.
func (e *endpoint) word() string {
	return plant.Endpoint{MAC: e.mac, IP: e.addr()}.Addr()
}

// sideOf is what fingerprints say about the side, and why.
func (p *portrait) sideOf() (plant.Side, string) {
	for _, c := range p.choices(plant.NoSlot, fingerprint.FieldSide, nil) {
		return plant.Side(c.value), fmt.Sprintf("%q speaks for %s (%s)", c.from, sideName(plant.Side(c.value)), c.source)
	}
	return plant.SideUnknown, ""
}
