package inventory

import (
	"fmt"
	"slices"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// clue is one reason to believe in a role. Its words are put together only
// where they are told.
type clue struct {
	role       plant.Role
	confidence float64
	packet     plant.PacketRef
	asked      bool      // known only by what the asset asked of others
	late       bool      // counts only where the others make a PC or nothing
	fact       *slotFact // that shows the role
	talk       *talk     // that suggests it
	link       *link     // the gravest thing asked
	carried    *carried  // what it forwards for others
	text       string    // what the asset does in a talk, or all there is to say
}

// clues gathers what speaks for any role.
func (b *Builder) clues(clues []clue, f *folded, p *portrait, h *habits) []clue {
	clues = identityClues(clues, p)
	clues = b.serviceClues(clues, h)
	clues = clientsClue(clues, h)
	clues = b.controlClues(clues, h)
	clues = carrierClues(clues, p)
	return b.unitClue(clues, f, p.asset)
}

// moduleRole lowers what a module in a rack says about the whole rack.
const moduleRole = 0.9

// identityClues are what the asset, its rack and its fingerprints say.
func identityClues(clues []clue, p *portrait) []clue {
	told := len(clues)
	for i := range p.facts {
		f := &p.facts[i]
		if f.Field != plant.FieldRole || slices.ContainsFunc(clues[told:], func(c clue) bool { return c.role == f.Value && c.fact.from == f.from }) {
			continue
		}
		c := clue{role: f.Value, confidence: f.Confidence, packet: f.Packet, fact: f, asked: f.Source == connecting}
		if f.slot != plant.NoSlot {
			if f.Value != plant.RoleController && f.Value != plant.RoleSafety {
				continue
			}
			c.confidence *= moduleRole
		}
		clues = append(clues, c)
	}
	return clues
}

// connecting is where a client of S7 says what it connects as.
const connecting = "s7comm.tsap"

// guessed lowers what a port alone suggests: anything can listen on a port.
const guessed = 0.4

// serviceClues are the protocols that the asset serves and uses.
func (b *Builder) serviceClues(clues []clue, h *habits) []clue {
	for i := range h.serves {
		t := &h.serves[i]
		if p := b.speech[t.proto]; p != nil && t.answered {
			clues = talkClues(clues, p.serves, t, "serves")
		}
	}
	for i := range h.asks {
		t := &h.asks[i]
		if p := b.speech[t.proto]; p != nil {
			clues = talkClues(clues, p.asks, t, "uses")
		}
	}
	return domainClue(b.publisherClue(clues, h), h)
}

func talkClues(clues []clue, roles []likely, t *talk, verb string) []clue {
	for _, r := range roles {
		c := clue{role: r.role, confidence: r.confidence, text: verb, talk: t, packet: t.packet}
		if !t.confirmed {
			c.confidence *= guessed
		}
		clues = append(clues, c)
	}
	return clues
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
	return append(clues, clue{role: plant.RoleDomain, confidence: 0.9, text: "serves DNS, Kerberos and LDAP", packet: packet})
}

// A machine that hands values to a broker and takes none is a sensor, or a
// gateway that speaks for some; nothing on the wire tells which.
const (
	publishes      = 0.32
	publishesMaybe = 0.2
)

// publisherClue is for one that only publishes.
func (b *Builder) publisherClue(clues []clue, h *habits) []clue {
	for i := range h.asks {
		t := &h.asks[i]
		if (t.protocol == "mqtt" || t.protocol == "sparkplug") && t.confirmed && t.published && !t.subscribed {
			return append(clues,
				clue{role: plant.RoleSensor, confidence: publishes, text: "publishes and takes nothing: uses", talk: t, packet: t.packet},
				clue{role: plant.RoleGateway, confidence: publishesMaybe, text: "publishes and takes nothing: uses", talk: t, packet: t.packet})
		}
	}
	return clues
}

// How sure asking controllers for something makes us of the role of the one
// that asks. Reading is what everybody does; changing a program is not.
const (
	askMany     = 3 // controllers; fewer is an operator panel, more a control room
	scadaAsks   = 0.6
	panelAsks   = 0.45
	panelWrites = 0.6 // of a computer, which reads for many reasons
	programAsks = 0.85
	modeAsks    = 0.4
)

// controlClues are what the asset asks of controllers.
func (b *Builder) controlClues(clues []clue, h *habits) []clue {
	if h.gravest != nil {
		clues = b.engineeringClue(clues, h.gravest)
	}
	if h.asksMany == 0 || b.isPolled(h) {
		return clues // a controller that asks another is still a controller
	}
	c := clue{role: plant.RoleHMI, confidence: panelAsks, asked: true}
	c.text = fmt.Sprintf("asks %s of the control level for values", peers(h.asksMany))
	switch {
	case h.asksMany >= askMany:
		c.role, c.confidence = plant.RoleSCADA, scadaAsks
	case h.writes:
		if computer, _ := isComputerByItself(clues); computer {
			c.confidence = panelWrites
		}
		c.text += " and sets some"
	}
	return append(clues, c)
}

func (b *Builder) engineeringClue(clues []clue, l *link) []clue {
	c := clue{role: plant.RoleEngineering, packet: l.packet, link: l, asked: true}
	switch l.worst {
	case plant.Program, plant.Firmware:
		c.confidence = programAsks
	case plant.Mode:
		c.confidence = modeAsks
	default:
		return clues
	}
	return append(clues, c)
}

// isPolled reports whether others ask the asset in a control protocol.
func (b *Builder) isPolled(h *habits) bool {
	for i := range h.serves {
		t := &h.serves[i]
		if p := b.speech[t.proto]; p != nil && p.control && t.answered && t.confirmed {
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
		clues = append(clues, clue{role: plant.RoleRouter, confidence: isGateway, text: "is the default router of " + peers(g.users), packet: g.packet})
	}
	for _, m := range p.macs {
		if isVirtual(m) {
			clues = append(clues, clue{role: plant.RoleRouter, confidence: sharedMAC, text: m.String() + " is the shared MAC of a group of routers"})
		}
	}
	c := clue{role: plant.RoleRouter, packet: p.carried.packet, carried: &p.carried}
	switch {
	case p.carried.routed > 1:
		c.confidence = routes
	case p.carried.routed == 1:
		c.confidence = routesOne
	case p.carried.unclear > 2:
		c.confidence = mayRouteMany
	case p.carried.unclear > 0:
		c.confidence = mayRoute // too little for a role, enough to say
	default:
		return clues
	}
	return append(clues, c)
}

// why says what a MAC forwards.
func (c *carried) why() string {
	s := make(sentence, 0, usualSentence)
	switch {
	case c.routed > 1:
		return s.say("forwards packets of ").number(c.routed).say(" addresses beyond it, ").ip(c.example).say(" among them").text()
	case c.routed == 1:
		return s.say("forwards packets of ").ip(c.example).say(", whose time-to-live was counted down").text()
	case c.unclear > 2:
		return s.number(c.unclear).say(" addresses send through this MAC, ").ip(c.example).say(" among them").text()
	}
	return s.number(c.unclear).say(" more addresses send through this MAC; it may be one machine that has them all").text()
}

// word is the address of e as people write it.
func (e *endpoint) word() string {
	return plant.Endpoint{MAC: e.mac, IP: e.addr()}.Addr()
}
