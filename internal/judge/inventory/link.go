package inventory

import (
	"strings"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// link is that one endpoint talked to another in one protocol.
type link struct {
	packet plant.PacketRef // the first conversation, or the gravest operation
	client uint32
	server uint32
	verb   uint32 // text: name of the gravest operation
	proto  word
	kinds  kinds // what the client asked for
	did    kinds // and was not refused
	worst  plant.Kind
	state  linkState
}

type linkState uint8

const (
	linkConfirmed  linkState = 1 << iota // decoded, not guessed from a port
	linkAnswered                         // both sides were seen
	linkFrames                           // frames of a link-layer protocol, no IP
	linkGroup                            // sent to a group of listeners
	linkTalks                            // a conversation was seen, not only operations
	linkPublished                        // the client handed values to a broker
	linkSubscribed                       // it took values from one
	linkServes                           // answers that were sent to all
)

// kinds is a set of plant.Kind.
type kinds uint16

func (k kinds) has(x plant.Kind) bool { return k&(1<<x) != 0 }

// any reports whether k holds one of xs.
func (k kinds) any(xs ...plant.Kind) bool {
	for _, x := range xs {
		if k.has(x) {
			return true
		}
	}
	return false
}

// addConversation keeps who serves what to whom.
func (b *Builder) addConversation(c *plant.Conversation) {
	from, sent := b.endpointID(c.Client)
	to, known := b.endpointID(c.Server)
	if sent && c.PacketsUp > 0 {
		b.speaks(from, c)
	}
	if known && (c.PacketsDown > 0 || c.Answered) {
		b.speaks(to, c)
	}
	answers := !sent && known && c.PacketsDown > 0
	if c.Protocol == "" || c.Protocol == "unknown" || !sent && !answers {
		return
	}
	switch {
	case !known:
		to = from // a sender to a group: it speaks the protocol, to nobody in particular
	case answers:
		from = to // one that answers everybody
	}
	l := b.link(from, to, c.Protocol)
	if l == nil {
		return
	}
	switch {
	case !known:
		l.state |= linkGroup
	case answers:
		l.state |= linkServes
	}
	l.state |= conversationState(c) | linkTalks
	if c.Packet != 0 && l.verb == 0 && (l.packet == 0 || c.Packet < l.packet) {
		l.packet = c.Packet
	}
}

func conversationState(c *plant.Conversation) (s linkState) {
	if c.Confirmed || c.Transport == plant.Ethernet || c.Transport == plant.OtherIP {
		s |= linkConfirmed // what a frame or packet carries is written in its header
	}
	if c.Answered || c.PacketsDown > 0 {
		s |= linkAnswered
	}
	if c.Transport == plant.Ethernet {
		s |= linkFrames
	}
	return s
}

// speaks notes that endpoint id sent something in c.
func (b *Builder) speaks(id uint32, c *plant.Conversation) {
	r := b.endpoints.at(id)
	r.seen |= spoke
	r.span(nano(c.First), nano(c.Last), 0)
}

// addOperation keeps what kinds of thing one endpoint asked of another.
func (b *Builder) addOperation(o *plant.Operation) {
	from, ok := b.endpointID(o.Requester)
	to, known := b.endpointID(o.Responder)
	if !ok || !known {
		return
	}
	l := b.link(from, to, o.Verb.Protocol)
	if l == nil {
		return
	}
	k := kinds(1) << o.Verb.Kind
	l.kinds |= k
	if o.Accepted > 0 || o.Refused == 0 {
		l.did |= k
	}
	l.state |= linkConfirmed | brokered(&o.Verb)
	if o.Responses > 0 {
		l.state |= linkAnswered
	}
	b.noteUnit(to, o)
	b.rememberWorst(l, o)
}

// brokered is what a message to a broker does.
func brokered(v *plant.Verb) linkState {
	switch {
	case v.Protocol != "mqtt" && v.Protocol != "sparkplug":
	case v.Name == "Publish", strings.HasPrefix(v.Name, "Publish ("):
		return linkPublished
	case v.Name == "Subscribe", strings.HasPrefix(v.Name, "Subscribe ("):
		return linkSubscribed
	}
	return 0
}

// rememberWorst keeps the name and packet of the gravest operation; of equally
// grave ones the first packet, then the first name.
func (b *Builder) rememberWorst(l *link, o *plant.Operation) {
	name := o.Verb.Name
	if l.verb != 0 {
		switch old := b.texts.text(l.verb); {
		case o.Verb.Kind < l.worst,
			o.Verb.Kind == l.worst && o.Packet > l.packet,
			o.Verb.Kind == l.worst && o.Packet == l.packet && name >= old:
			return
		}
	}
	l.worst, l.verb, l.packet = o.Verb.Kind, b.texts.id(name), o.Packet
}

// link is the record of client asking server in a protocol, nil beyond the
// bound.
func (b *Builder) link(client, server uint32, protocol string) *link {
	proto, ok := b.words.id(protocol)
	if !ok {
		b.dropped++
		return nil
	}
	fresh := link{client: client, server: server, proto: proto}
	hash := fresh.hash()
	at, ok := b.linkIdx.find(hash, func(i uint32) bool {
		l := b.links.at(i)
		return l.client == client && l.server == server && l.proto == proto
	})
	if ok {
		return b.links.at(at)
	}
	if b.links.n >= b.limit[2] {
		b.dropped++
		return nil
	}
	at = b.links.add(fresh)
	b.linkIdx.add(hash, at)
	return b.links.at(at)
}
