package inventory

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// talk is what an asset did in one protocol, on one side of it.
type talk struct {
	protocol  string
	proto     word
	peers     int // different endpoints on the other side
	confirmed bool
	answered  bool

	published, subscribed bool // gave values to it, took values from it
	packet                plant.PacketRef
}

// habits is what an asset does, from its conversations and operations. It is
// reused from one asset to the next.
type habits struct {
	serves   []talk // sorted by protocol
	asks     []talk
	gravest  *link    // the gravest operation it asked for
	asksMany int      // different servers of control protocols that it asked
	polled   []uint32 // those servers
	writes   bool     // it wrote values to one of them
	clients  []uint32 // that asked it in office protocols, with repetitions
	visitors []uint32 // that worked it from afar
	asked    []uint32 // that it asked in office protocols
	remotes  bool     // it works others from afar
	proto    []word
	peers    []uint32 // assets it talked to, with repetitions
}

// habits gathers what asset i does into h.
func (b *Builder) habits(f *folded, i uint32, h *habits) {
	*h = habits{
		serves: h.serves[:0], asks: h.asks[:0], polled: h.polled[:0], proto: h.proto[:0], peers: h.peers[:0],
		clients: h.clients[:0], visitors: h.visitors[:0], asked: h.asked[:0],
	}
	for _, n := range f.spoken.of(i) {
		l := b.links.at(n)
		client, server := f.assetOf(l.client), f.assetOf(l.server)
		if client == i && l.state&(linkServes|linkGroup) != linkServes {
			h.asks = b.tally(h.asks, l)
			if server != i && b.polls(l, server) {
				h.polled = append(h.polled, server)
				h.writes = h.writes || l.did.has(plant.Write)
			}
			h.gravest = b.graver(h.gravest, l)
			h.notePeer(server, i)
		}
		if server == i && (l.state&linkGroup == 0 || l.state&linkServes != 0) {
			h.serves = b.tally(h.serves, l)
			h.notePeer(client, i)
		}
		b.noteService(h, l, client, server, i)
		if l.state&linkConfirmed != 0 && !slices.Contains(h.proto, l.proto) {
			h.proto = append(h.proto, l.proto)
		}
	}
	slices.Sort(h.polled)
	h.polled = slices.Compact(h.polled)
	h.asksMany = len(h.polled)
	sortTalks(h.serves)
	sortTalks(h.asks)
}

// polls reports whether the client of a link asks an asset of the control level
// for values: not only who it is, which is what a scanner asks.
func (b *Builder) polls(l *link, server uint32) bool {
	p := b.speech[l.proto]
	if p == nil || !p.control || server == nobody || l.state&(linkGroup|linkConfirmed) != linkConfirmed {
		return false
	}
	return l.kinds == 0 || l.kinds.any(plant.Read, plant.Write)
}

func (h *habits) notePeer(peer, self uint32) {
	if peer != nobody && peer != self {
		h.peers = append(h.peers, peer)
	}
}

// tally adds a link to the talk of its protocol. An asset speaks few, so that
// looking through them is the fastest way.
func (b *Builder) tally(talks []talk, l *link) []talk {
	i := slices.IndexFunc(talks, func(t talk) bool { return t.proto == l.proto })
	if i < 0 {
		i = len(talks)
		talks = append(talks, talk{proto: l.proto, protocol: b.words.text(l.proto)})
	}
	t := &talks[i]
	if l.state&(linkGroup|linkServes) == 0 {
		t.peers++
	}
	t.confirmed = t.confirmed || l.state&linkConfirmed != 0
	t.answered = t.answered || l.state&linkAnswered != 0
	t.published = t.published || l.state&linkPublished != 0
	t.subscribed = t.subscribed || l.state&linkSubscribed != 0
	if l.packet != 0 && (t.packet == 0 || l.packet < t.packet) {
		t.packet = l.packet
	}
	return talks
}

// graver is the link with the graver operation; of equal ones the one whose
// packet came first.
func (b *Builder) graver(x, y *link) *link {
	switch {
	case y.verb == 0 || y.kinds == 0:
		return x
	case x == nil || y.worst > x.worst:
		return y
	case y.worst < x.worst:
		return x
	}
	if c := cmp.Or(cmp.Compare(y.packet, x.packet), b.compareEnds(y.server, x.server), b.compareEnds(y.client, x.client),
		cmp.Compare(b.words.text(y.proto), b.words.text(x.proto))); c < 0 {
		return y
	}
	return x
}

// compareEnds orders endpoints by address, whatever order they came in.
func (b *Builder) compareEnds(i, j uint32) int {
	x, y := b.endpoints.at(i), b.endpoints.at(j)
	return cmp.Or(bytes.Compare(x.ip[:], y.ip[:]), bytes.Compare(x.mac[:], y.mac[:]), cmp.Compare(x.vlan, y.vlan))
}

func sortTalks(talks []talk) {
	slices.SortFunc(talks, func(x, y talk) int { return cmp.Compare(x.protocol, y.protocol) })
}

// protocols adds the names of what an asset speaks, sorted.
func (b *Builder) protocols(names []string, h *habits) []string {
	names = slices.Grow(names, len(h.proto))
	for _, id := range h.proto {
		names = append(names, b.words.text(id))
	}
	slices.Sort(names)
	return names
}
