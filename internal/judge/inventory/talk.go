package inventory

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// talk is what an asset did in one protocol, on one side of it.
type talk struct {
	protocol  string
	peers     int // different endpoints on the other side
	confirmed bool
	answered  bool
	packets   uint64
	packet    plant.PacketRef
}

// habits is what an asset does, from its conversations and operations.
type habits struct {
	serves    []talk // sorted by protocol
	asks      []talk
	speaks    []string // protocols, sorted
	gravest   *link    // the gravest operation it asked for
	changed   *link    // the gravest operation asked of it
	peers     map[uint32]bool
	asksMany  int // different servers of control protocols that it asked
	sentNames []word
}

// habits gathers what asset i does.
func (b *Builder) habits(f *folded, i uint32) habits {
	h := habits{}
	links := f.spoken.of(i)
	if len(links) == 0 {
		return h
	}
	h.peers = make(map[uint32]bool)
	serves, asks := map[word]*talk{}, map[word]*talk{}
	controlled := map[uint32]bool{}
	for _, n := range links {
		l := b.links.at(n)
		client, server := f.assetOf(l.client), f.assetOf(l.server)
		if client == i {
			b.tally(asks, l)
			if p := b.fingerprints.Protocol(b.words.text(l.proto)); p != nil && p.Control && l.state&(linkGroup|linkConfirmed) == linkConfirmed && server != nobody && server != i {
				controlled[server] = true
			}
			h.gravest = b.graver(h.gravest, l)
			h.notePeer(server, i)
		}
		if server == i && l.state&linkGroup == 0 {
			b.tally(serves, l)
			h.changed = b.graver(h.changed, l)
			h.notePeer(client, i)
		}
		if l.state&linkConfirmed != 0 {
			h.sentNames = append(h.sentNames, l.proto)
		}
	}
	h.asksMany = len(controlled)
	h.serves, h.asks = sortTalks(serves), sortTalks(asks)
	h.speaks = b.protocolNames(h.sentNames)
	return h
}

func (h *habits) notePeer(peer, self uint32) {
	if peer != nobody && peer != self {
		h.peers[peer] = true
	}
}

func (b *Builder) tally(talks map[word]*talk, l *link) {
	t := talks[l.proto]
	if t == nil {
		t = &talk{protocol: b.words.text(l.proto)}
		talks[l.proto] = t
	}
	if l.state&linkGroup == 0 {
		t.peers++
	}
	t.confirmed = t.confirmed || l.state&linkConfirmed != 0
	t.answered = t.answered || l.state&linkAnswered != 0
	t.packets += l.packets
	if l.packet != 0 && (t.packet == 0 || l.packet < t.packet) {
		t.packet = l.packet
	}
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

func sortTalks(m map[word]*talk) []talk {
	talks := make([]talk, 0, len(m))
	for _, t := range m {
		talks = append(talks, *t)
	}
	slices.SortFunc(talks, func(x, y talk) int { return cmp.Compare(x.protocol, y.protocol) })
	return talks
}

func (b *Builder) protocolNames(ids []word) []string {
	slices.Sort(ids)
	names := make([]string, 0, 8)
	for _, id := range slices.Compact(ids) {
		names = append(names, b.words.text(id))
	}
	slices.SortFunc(names, strings.Compare)
	return names
}
