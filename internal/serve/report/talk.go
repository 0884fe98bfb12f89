package report

import (
	"cmp"
	"slices"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// talk adds up conversations: by protocol, and across the boundary.
func (m *summary) talk(s *Source) {
	sums := map[string]*protocolSum{}
	crossings := map[[2]int]*crossing{}
	for c := range s.Conversations {
		p := sums[c.Protocol]
		if p == nil {
			p = &protocolSum{name: c.Protocol}
			sums[c.Protocol] = p
		}
		p.add(c)
		m.quality(c)
		m.cross(s, c, crossings)
	}
	for _, p := range sums {
		m.protocols = append(m.protocols, *p)
	}
	for _, x := range crossings {
		slices.Sort(x.protocols)
		m.crossings = append(m.crossings, *x)
	}
	slices.SortFunc(m.crossings, compareCrossings)
}

func (p *protocolSum) add(c *plant.Conversation) {
	p.bytes += c.BytesUp + c.BytesDown
	p.packets += c.PacketsUp + c.PacketsDown
	p.conversations++
	p.confirmed = p.confirmed || c.Confirmed
}

// quality counts what the capture cannot show of a conversation.
func (m *summary) quality(c *plant.Conversation) {
	bytes := c.BytesUp + c.BytesDown
	m.conversations++
	m.bytes += bytes
	if c.Transport == plant.TCP && c.Confirmed && (c.PacketsUp == 0 || c.PacketsDown == 0) {
		m.half++
	}
	if c.Lost > 0 {
		m.gaps++
		m.lost += c.Lost
	}
	switch {
	case encrypted[c.Protocol]:
		m.encrypted += bytes
	case !c.Confirmed:
		m.unread += bytes
	}
}

// encrypted are the protocols whose content no capture shows.
var encrypted = map[string]bool{"tls": true, "ssh": true, "quic": true, "ipsec": true, "esp": true, "openvpn": true, "wireguard": true, "dtls": true}

// border is what a conversation passes.
type border uint8

const (
	within      border = iota
	withOffice         // between the plant floor and the office
	withOutside        // between the plant floor and outside the site
)

// crossing is one device on the plant floor and one that is not, which talk.
type crossing struct {
	border        border
	client        int // places of the two in the list of assets
	server        int
	protocols     []string
	conversations int
	bytes         uint64
}

// borderOf tells what a conversation passes. One that nobody answered went
// nowhere.
func (m *summary) borderOf(client, server int, c *plant.Conversation) border {
	if client < 0 || server < 0 || client >= len(m.stands) || server >= len(m.stands) || !c.Answered {
		return within
	}
	a, b := m.stands[client], m.stands[server]
	if b == onFloor {
		a, b = b, a
	}
	switch {
	case a != onFloor:
		return within
	case b == inOffice:
		return withOffice
	case b == outSide:
		return withOutside
	}
	return within
}

func (m *summary) cross(s *Source, c *plant.Conversation, crossings map[[2]int]*crossing) {
	client, server := s.Number(c.Client), s.Number(c.Server)
	b := m.borderOf(client, server, c)
	if b == within {
		return
	}
	if b == withOffice && plant.Housekeeping(c.Protocol) {
		m.housekeeping++
		return
	}
	x := crossings[[2]int{client, server}]
	if x == nil {
		x = &crossing{border: b, client: client, server: server}
		crossings[[2]int{client, server}] = x
	}
	if !slices.Contains(x.protocols, c.Protocol) {
		x.protocols = append(x.protocols, c.Protocol)
	}
	x.conversations++
	x.bytes += c.BytesUp + c.BytesDown
}

// compareCrossings puts the internet before the office, then the largest.
func compareCrossings(a, b crossing) int {
	return cmp.Or(cmp.Compare(b.border, a.border), cmp.Compare(b.bytes, a.bytes), cmp.Compare(a.client, b.client), cmp.Compare(a.server, b.server))
}
