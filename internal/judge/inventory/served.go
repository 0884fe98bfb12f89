package inventory

import (
	"slices"
	"strings"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// A computer that so many others ask in an office protocol is there for them.
// One or two colleagues look into a share of any PC.
const (
	manyClients = 3
	servesMany  = 0.8
)

// clientRules begin the names of the rules that know systems for desks: such a
// one can have a share, and is no server by that. Other rules that speak for a
// PC see a Windows, which a server has as well.
const clientRules = "windows.client"

// noteService notes who asks asset i, and whom it asks, in protocols that
// servers are kept for.
func (b *Builder) noteService(h *habits, l *link, client, server, i uint32) {
	s := b.speech[l.proto]
	if s == nil || l.state&(linkGroup|linkConfirmed|linkAnswered) != linkConfirmed|linkAnswered || client == server {
		return
	}
	if s.remote && client == i {
		h.remotes = true
	}
	switch {
	case !s.office:
	case client == i:
		h.asked = append(h.asked, server)
	case s.remote:
		h.visitors = append(h.visitors, client)
	default:
		h.clients = append(h.clients, client)
	}
}

// countClients is how many ask the asset without being asked in turn: PCs that
// browse each other's shares are no servers. Those that work it from afar count
// where it works others from afar, as a jump host does.
func (h *habits) countClients() int {
	if h.remotes {
		h.clients = append(h.clients, h.visitors...)
	}
	slices.Sort(h.clients)
	h.clients = slices.Compact(h.clients)
	slices.Sort(h.asked)
	n := 0
	for _, c := range h.clients {
		if _, mutual := slices.BinarySearch(h.asked, c); !mutual && c != nobody {
			n++
		}
	}
	return n
}

// clientsClue is for a computer that many ask. That it is a computer must be
// known: controllers, printers and cameras have web pages that many look at.
func clientsClue(clues []clue, h *habits) []clue {
	n := h.countClients()
	if computer, desk := isComputerByItself(clues); n < manyClients || !computer || desk {
		return clues
	}
	return append(clues, clue{role: plant.RoleServer, confidence: servesMany, late: true, text: "is asked by " + peers(n) + " that it does not ask, as servers are"})
}

// isComputerByItself reports whether what an asset says shows a computer, and
// whether it shows that its system is one for desks.
func isComputerByItself(clues []clue) (computer, desk bool) {
	for i := range clues {
		c := &clues[i]
		if c.fact == nil || c.role != plant.RolePC && c.role != plant.RoleServer {
			continue
		}
		computer = true
		desk = desk || c.role == plant.RolePC && (c.fact.rule == "" || strings.HasPrefix(c.fact.rule, clientRules))
	}
	return computer, desk
}
