package history

import (
	"context"
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
	Addr                            string // as plant.Endpoint.Addr writes it
	PacketsSent, PacketsReceived    uint64
	BytesSent, BytesReceived        uint64
	ConversationsAsClient, AsServer uint64 // rows of history
	First, Last                     time.Time
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

// TopTalkers is the n addresses that sent and received the most bytes.
func (a *Archive) TopTalkers(ctx context.Context, segments []plant.Segment, q Query, n int) (Answer[Talker], error) {
	return Answer[Talker]{}, errLater
}

// Peers is whom addr (as plant.Endpoint.Addr writes it) talked to, most bytes
// first. It takes the place of q.Addrs.
func (a *Archive) Peers(ctx context.Context, segments []plant.Segment, addr string, q Query) (Answer[Peer], error) {
	return Answer[Peer]{}, errLater
}

// Traffic is the traffic of each protocol in stretches of width (at least a
// minute), in order of time and protocol. A row of a step longer than width
// counts in the stretch that it begins in.
func (a *Archive) Traffic(ctx context.Context, segments []plant.Segment, q Query, width time.Duration) (Answer[Stretch], error) {
	return Answer[Stretch]{}, errLater
}

// Pairs is the traffic between networks, most bytes first.
func (a *Archive) Pairs(ctx context.Context, segments []plant.Segment, q Query, by Grouping) (Answer[Pair], error) {
	return Answer[Pair]{}, errLater
}
