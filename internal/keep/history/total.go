package history

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"github.com/bulkhead-ot/bulkhead/internal/plant"
)

// MaxGroups is how many groups an answer adds up. Rows of further groups are
// added up in Rest.
const MaxGroups = 1 << 17

// Totals are counters of conversations added up. Up is from client to server.
type Totals struct {
	Rows                   uint64 // of history
	Flows                  uint64
	PacketsUp, PacketsDown uint64
	BytesUp, BytesDown     uint64 // lengths on the wire
	Lost                   uint64 // TCP payload bytes that the captures lack
	First, Last            time.Time
}

// Answer is what was added up, and what found no room. It can come with an
// error that names the segments that could not be read: it is then the answer
// of the others.
type Answer[T any] struct {
	Groups []T
	Rest   Totals // of rows beyond MaxGroups groups
}

// Talker is one address and what it sent and received.
type Talker struct {
	Addr                         string // as plant.Endpoint.Addr writes it
	PacketsSent, PacketsReceived uint64
	BytesSent, BytesReceived     uint64
	AsClient, AsServer           uint64 // rows of history
	First, Last                  time.Time
}

// Peer is whom an address talked to, in what protocol, on which side.
type Peer struct {
	Addr      string // the peer's
	Client    bool   // the peer is the client
	Transport plant.Transport
	Port      uint16 // of the server
	Protocol  string
	Totals
}

// Stretch is the traffic of one protocol in a stretch of time.
type Stretch struct {
	Start    time.Time
	Protocol string
	Totals
}

// Grouping says what a network is for Pairs.
type Grouping string

// Groupings.
const (
	ByPrefix Grouping = "prefix" // IPv4 /24, IPv6 /64, "ethernet" for traffic without IP
	ByVLAN   Grouping = "vlan"   // the VLAN's number, "0" for untagged
)

// Pair is the traffic from clients of one network to servers of another.
type Pair struct {
	Client, Server string   // "10.0.5.0/24", or the VLAN's number
	Protocols      []string // at most 32, sorted
	Totals
}

// add adds one row.
func (t *Totals) add(b *block, r int32) {
	t.Rows++
	t.Flows += b.uint(colFlows, r)
	t.PacketsUp += b.uint(colPacketsUp, r)
	t.PacketsDown += b.uint(colPacketsDown, r)
	t.BytesUp += b.uint(colBytesUp, r)
	t.BytesDown += b.uint(colBytesDown, r)
	t.Lost += b.uint(colLost, r)
	span(&t.First, &t.Last, b, r)
}

// span widens a stretch of time by that of a row.
func span(first, last *time.Time, b *block, r int32) {
	if f := b.int(colFirst, r); f != noTime && (first.IsZero() || f < first.UnixMilli()) {
		*first = fromMillis(f)
	}
	if l := b.int(colLast, r); l != noTime && (last.IsZero() || l > last.UnixMilli()) {
		*last = fromMillis(l)
	}
}

// totalColumns are what Totals.add reads, and others.
func totalColumns(others ...int) []int {
	return append(others, colFlows, colPacketsUp, colPacketsDown, colBytesUp, colBytesDown, colLost, colFirst, colLast)
}

// groups are groups by key, at most MaxGroups.
type groups[K comparable, G any] struct {
	byKey map[K]*G
	keys  []K
}

// group is the group of a key, nil if there is no room for one more.
func (g *groups[K, G]) group(k K) *G {
	if p := g.byKey[k]; p != nil || len(g.keys) >= MaxGroups {
		return p
	}
	if g.byKey == nil {
		g.byKey = map[K]*G{}
	}
	p := new(G)
	g.byKey[k] = p
	g.keys = append(g.keys, k)
	return p
}

// addresses finds the address of one side of a row, and keeps for each place in
// the dictionaries what belongs to it.
type addresses[V any] struct {
	b       *block
	ip, mac int
	none    int32 // the place of "no IP address"
	ips     []V
	macs    []V
	known   []bool // of ips, then of macs
	find    func(addr string) V
}

func addressesOf[V any](b *block, ip, mac int, find func(addr string) V) addresses[V] {
	i, m := len(b.columns[ip].words), len(b.columns[mac].words)
	return addresses[V]{b, ip, mac, int32(slices.Index(b.columns[ip].words, "")), make([]V, i), make([]V, m), make([]bool, i+m), find}
}

func (a *addresses[V]) at(r int32) V {
	col, list, offset := a.ip, a.ips, 0
	id := a.b.columns[a.ip].ids[r]
	if id == a.none {
		col, list, offset = a.mac, a.macs, len(a.ips)
		id = a.b.columns[a.mac].ids[r]
	}
	if !a.known[offset+int(id)] {
		a.known[offset+int(id)] = true
		list[id] = a.find(a.b.columns[col].words[id])
	}
	return list[id]
}

// TopTalkers is the n addresses that sent and received the most bytes.
func (a *Archive) TopTalkers(ctx context.Context, segments []plant.Segment, q Query, n int) (Answer[Talker], error) {
	var all groups[string, Talker]
	var answer Answer[Talker]
	err := a.scan(ctx, segments, plant.SegmentConversations, q, totalColumns(colFromIP, colFromMAC, colToIP, colToMAC), func(b *block) error {
		clients := addressesOf(b, colFromIP, colFromMAC, all.group)
		servers := addressesOf(b, colToIP, colToMAC, all.group)
		for _, r := range b.rows {
			client, server := clients.at(r), servers.at(r)
			if client == nil || server == nil {
				answer.Rest.add(b, r)
			}
			client.add(b, r, true)
			server.add(b, r, false)
		}
		return nil
	})
	for _, addr := range all.keys {
		t := *all.byKey[addr]
		t.Addr = addr
		answer.Groups = append(answer.Groups, t)
	}
	slices.SortFunc(answer.Groups, func(x, y Talker) int {
		return cmp.Or(cmp.Compare(y.BytesSent+y.BytesReceived, x.BytesSent+x.BytesReceived), cmp.Compare(x.Addr, y.Addr))
	})
	answer.Groups = slices.Clip(answer.Groups[:min(max(n, 0), len(answer.Groups))])
	return answer, err
}

// add adds one row; a talker without a place adds nothing.
func (t *Talker) add(b *block, r int32, client bool) {
	if t == nil {
		return
	}
	sent, received := colBytesUp, colBytesDown
	packetsSent, packetsReceived := colPacketsUp, colPacketsDown
	if client {
		t.AsClient++
	} else {
		t.AsServer++
		sent, received = received, sent
		packetsSent, packetsReceived = packetsReceived, packetsSent
	}
	t.BytesSent += b.uint(sent, r)
	t.BytesReceived += b.uint(received, r)
	t.PacketsSent += b.uint(packetsSent, r)
	t.PacketsReceived += b.uint(packetsReceived, r)
	span(&t.First, &t.Last, b, r)
}

// Peers is whom addr (as plant.Endpoint.Addr writes it) talked to, most bytes
// first. It takes the place of q.Addrs.
func (a *Archive) Peers(ctx context.Context, segments []plant.Segment, addr string, q Query) (Answer[Peer], error) {
	q.Addrs = []string{addr}
	type key struct {
		addr, transport, protocol string
		client                    bool
		port                      int64
	}
	var all groups[key, Peer]
	var answer Answer[Peer]
	same := func(addr string) string { return addr }
	err := a.scan(ctx, segments, plant.SegmentConversations, q, totalColumns(colTransport, colPort, colProtocol), func(b *block) error {
		clients, servers := addressesOf(b, colFromIP, colFromMAC, same), addressesOf(b, colToIP, colToMAC, same)
		for _, r := range b.rows {
			k := key{servers.at(r), b.word(colTransport, r), b.word(colProtocol, r), false, b.int(colPort, r)}
			if client := clients.at(r); client != addr {
				k.addr, k.client = client, true
			}
			if p := all.group(k); p != nil {
				p.add(b, r)
			} else {
				answer.Rest.add(b, r)
			}
		}
		return nil
	})
	for _, k := range all.keys {
		p := *all.byKey[k]
		p.Addr, p.Client, p.Transport, p.Port, p.Protocol = k.addr, k.client, parseTransport(k.transport), uint16(k.port), k.protocol
		answer.Groups = append(answer.Groups, p)
	}
	slices.SortFunc(answer.Groups, func(x, y Peer) int {
		return cmp.Or(byBytes(&x.Totals, &y.Totals), cmp.Compare(x.Addr, y.Addr), cmp.Compare(x.Protocol, y.Protocol), cmp.Compare(x.Port, y.Port),
			cmp.Compare(x.Transport, y.Transport), first(x.Client, y.Client))
	})
	return answer, err
}

func byBytes(x, y *Totals) int { return cmp.Compare(y.BytesUp+y.BytesDown, x.BytesUp+x.BytesDown) }

// first puts true before false.
func first(x, y bool) int {
	switch {
	case x == y:
		return 0
	case x:
		return -1
	}
	return 1
}

// Traffic is the traffic of each protocol in stretches of width (at least a
// minute), in order of time and protocol. A row of a step longer than width
// counts in the stretch that it begins in.
func (a *Archive) Traffic(ctx context.Context, segments []plant.Segment, q Query, width time.Duration) (Answer[Stretch], error) {
	type key struct {
		start    int64
		protocol string
	}
	var all groups[key, Stretch]
	var answer Answer[Stretch]
	ms := max(width, time.Minute).Milliseconds()
	err := a.scan(ctx, segments, plant.SegmentConversations, q, totalColumns(colProtocol), func(b *block) error {
		protocols := &b.columns[colProtocol]
		now, places := int64(-1), make([]*Stretch, len(protocols.words))
		for _, r := range b.rows {
			// Rows are in order of time, so that a place is found once for each
			// protocol and stretch.
			at := b.int(colTime, r)
			if at -= at % ms; at != now {
				now = at
				clear(places)
			}
			id := protocols.ids[r]
			if places[id] == nil {
				places[id] = all.group(key{at, protocols.words[id]})
			}
			if p := places[id]; p != nil {
				p.add(b, r)
			} else {
				answer.Rest.add(b, r)
			}
		}
		return nil
	})
	for _, k := range all.keys {
		s := *all.byKey[k]
		s.Start, s.Protocol = time.UnixMilli(k.start).UTC(), k.protocol
		answer.Groups = append(answer.Groups, s)
	}
	slices.SortFunc(answer.Groups, func(x, y Stretch) int {
		return cmp.Or(x.Start.Compare(y.Start), cmp.Compare(x.Protocol, y.Protocol))
	})
	return answer, err
}

// maxPairProtocols is how many protocols a pair names.
const maxPairProtocols = 32

// withProtocol adds a protocol to those that a pair names, in order.
func withProtocol(all []string, name string) []string {
	if at, found := slices.BinarySearch(all, name); !found && len(all) < maxPairProtocols {
		return slices.Insert(all, at, name)
	}
	return all
}

// Pairs is the traffic between networks, most bytes first.
func (a *Archive) Pairs(ctx context.Context, segments []plant.Segment, q Query, by Grouping) (Answer[Pair], error) {
	var all groups[[2]string, Pair]
	var answer Answer[Pair]
	need := totalColumns(colProtocol, colFromIP, colFromMAC, colToIP, colToMAC)
	if by == ByVLAN {
		need = totalColumns(colProtocol, colFromVLAN, colToVLAN)
	} else if by != ByPrefix {
		return answer, fmt.Errorf("group history by %q: there is prefix and vlan", by)
	}
	err := a.scan(ctx, segments, plant.SegmentConversations, q, need, func(b *block) error {
		network := networksOf(b, by)
		for _, r := range b.rows {
			p := all.group([2]string{network(r, colFromIP, colFromVLAN), network(r, colToIP, colToVLAN)})
			if p == nil {
				answer.Rest.add(b, r)
				continue
			}
			p.add(b, r)
			p.Protocols = withProtocol(p.Protocols, b.word(colProtocol, r))
		}
		return nil
	})
	for _, k := range all.keys {
		p := *all.byKey[k]
		p.Client, p.Server = k[0], k[1]
		answer.Groups = append(answer.Groups, p)
	}
	slices.SortFunc(answer.Groups, func(x, y Pair) int {
		return cmp.Or(byBytes(&x.Totals, &y.Totals), cmp.Compare(x.Client, y.Client), cmp.Compare(x.Server, y.Server))
	})
	return answer, err
}

// networksOf says which network a side of a row is in.
func networksOf(b *block, by Grouping) func(r int32, ip, vlan int) string {
	if by == ByVLAN {
		return func(r int32, _, vlan int) string { return strconv.FormatInt(b.int(vlan, r), 10) }
	}
	from := addressesOf(b, colFromIP, colFromMAC, prefixOf)
	to := addressesOf(b, colToIP, colToMAC, prefixOf)
	return func(r int32, ip, _ int) string {
		if ip == colFromIP {
			return from.at(r)
		}
		return to.at(r)
	}
}

// prefixOf is the network of an address, "ethernet" for a MAC address.
func prefixOf(addr string) string {
	ip, err := netip.ParseAddr(addr)
	if err != nil {
		return "ethernet"
	}
	bits := 24
	if ip = ip.Unmap(); ip.Is6() {
		bits = 64
	}
	p, _ := ip.WithZone("").Prefix(bits)
	return p.String()
}
